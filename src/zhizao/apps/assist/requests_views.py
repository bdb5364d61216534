"""The pages on which an enterprise asks for help and sees what becomes of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from zhizao.apps.assist import requests_queries, requests_services
from zhizao.apps.assist.grid_forms import RequestForm
from zhizao.apps.assist.grid_tables import RequestTable
from zhizao.apps.assist.grid_views import act, may, posted
from zhizao.apps.registry import queries as register
from zhizao.base.accounts.access import needs
from zhizao.base.facts.models import Subject, own_key
from zhizao.base.files import uploads
from zhizao.base.ui.views import table_response


def own(request: HttpRequest) -> Subject:
    """The enterprise that the actor speaks for."""
    key = own_key(request.user) or ""
    found = register.enterprise(request.user, key.partition(":")[2])
    if found is None:
        raise Http404
    return found


@needs("assist.request")
def requests(request: HttpRequest) -> HttpResponse:
    """The enterprise's requests, with state, day of the answer and result."""
    subject = own(request)
    found = requests_queries.requests(request.user, subject, as_of=request.as_of)
    return table_response(
        request,
        table=RequestTable(found),
        title=_("Our requests"),
        source=_("Requests of %(name)s and their cases.") % {"name": _called(subject)},
        template="assist/request_list.html",
        context={
            "lines": found,
            "waiting": [line for line in found if line.status in ("open", "suspended")],
            "unrated": [line for line in found if line.waits_for_rating],
            "may_ask": may(request, "assist.request", subject),
        },
    )


def _called(subject: Subject) -> str:
    return register.parent_names([subject], register.view())[subject.pk]


@needs("assist.request")
def new(request: HttpRequest) -> HttpResponse:
    """Ask for help."""
    subject = own(request)

    def do(data: dict[str, Any]) -> str:
        data.pop("file")
        brought = [uploads.take(request, "file")] if request.FILES or uploads.cut_off(request, "file") else []
        sent = requests_services.ask_for_help(actor=request.user, subject=subject, uploads=brought, **data)
        messages.success(request, _("Sent. Its case shows who has it and by when you are answered."))
        return sent.case.get_absolute_url() if sent.case else reverse("assist:requests")

    return act(
        request,
        form=RequestForm(posted(request), request.FILES or None),
        do=do,
        back=reverse("assist:requests"),
        title=_("Ask for help"),
        answer=_("It becomes a case at once, with a unit, a day and a number; you see what is done."),
        verb=_("Send the request"),
        field="text",
    )
