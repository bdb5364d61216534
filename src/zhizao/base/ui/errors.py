"""Error pages that help: what happened, what was kept, what to do, and a number for support; to programs as JSON."""

from __future__ import annotations

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhizao.kernel.result import Problem, Refused


def _page(request: HttpRequest, *, status: int, name: str, answer: str, kept: str, remedies: list[str]) -> HttpResponse:
    if request.path_info.startswith("/api/"):  # who asks is a program; its own refusals say ``detail`` as well
        told = {"detail": answer, "remedies": remedies, "number": getattr(request, "id", "")}
        return JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False})
    context = {
        "status": status,
        "name": name,
        "answer": answer,
        "kept": kept,
        "remedies": remedies,
        "request_id": getattr(request, "id", ""),
        # The page is built without the request's context processors: none of them may need what has just failed.
        "language": get_language() or "zh-hans",
        "look": getattr(request, "look", None),
        "path": request.path,
        "home": "/",
    }
    return HttpResponse(render_to_string("ui/error.html", context), status=status)


def refuse(request: HttpRequest, *, reason: str, remedy: str) -> HttpResponse:
    """The 400 page for an address or a form that cannot be understood."""
    return _page(
        request,
        status=400,
        name=_("Not understood"),
        answer=reason,
        kept=_("Nothing was changed."),
        remedies=[remedy],
    )


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The 400 page for an input that a service has refused: every problem, with its remedy."""
    first, *others = refusal.problems
    said = [_say(problem.message, problem) for problem in others]
    remedies = [_say(problem.remedy, problem) for problem in refusal.problems if problem.remedy]
    return _page(
        request,
        status=400,
        name=_("Not accepted"),
        answer=_say(first.message, first),
        kept=" ".join([*said, _("Nothing was changed.")]),
        remedies=list(dict.fromkeys(remedies)) or [_("Go back, check what was entered, and send it again.")],
    )


def _say(template: str, problem: Problem) -> str:
    return _(template) % problem.params


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return too_large(request, limit_mib=settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20)
    return refuse(
        request,
        reason=_("The server could not understand this request."),
        remedy=_("Go back, check what was entered, and send it again."),
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        status=403,
        name=_("No permission"),
        answer=_("Your account may not open this page."),
        kept=_("Nothing was changed."),
        remedies=[
            _("If you need it for your work, ask the security administrator for the role and give this address."),
            _("If you hold another account, sign in with it."),
        ],
    )


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        status=404,
        name=_("Not found"),
        answer=_("There is no such page, or it lies outside your area."),
        kept=_("Nothing was changed."),
        remedies=[
            _("Check the address, or search for the name above."),
            _("If the link came from a colleague, ask which account it was opened with."),
        ],
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request,
        status=403,
        name=_("Form out of date"),
        answer=_("The form was open too long, or you signed in again in another tab, so it was not accepted."),
        kept=_("Nothing was changed. What you typed is still in the form when you go back."),
        remedies=[_("Go back, reload the page, and send it again.")],
    )


def too_large(request: HttpRequest, *, limit_mib: int) -> HttpResponse:
    return _page(
        request,
        status=413,
        name=_("File too large"),
        answer=_("The file is larger than %(limit)d MiB and was not taken in.") % {"limit": limit_mib},
        kept=_("Nothing was stored."),
        remedies=[_("Split the file, or leave out pictures and unused sheets, and upload it again.")],
    )


def unavailable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        status=503,
        name=_("Not available"),
        answer=_("The service cannot reach its database at the moment."),
        kept=_("What was saved before is safe; what you sent just now was not saved."),
        remedies=[
            _("Wait a minute and try again."),
            _("If it lasts, give the number below to the system administrator."),
        ],
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """The 500 page: no database, no context processors; if even its template fails, plain text.

    A database that cannot be reached is told apart: waiting helps.
    """
    try:
        if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
            return unavailable(request)
        return _page(
            request,
            status=500,
            name=_("Fault"),
            answer=_("The server made a mistake while answering."),
            kept=_("What was saved before is safe; what you sent just now was not saved."),
            remedies=[
                _("Try once more."),
                _("If it fails again, give the number below to the system administrator: it leads to the cause."),
            ],
        )
    except Exception:  # the last resort must not fail in turn
        number = getattr(request, "id", "")
        return HttpResponse(f"500\n{number}\n", status=500, content_type="text/plain; charset=utf-8")
