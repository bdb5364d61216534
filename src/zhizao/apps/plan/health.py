"""Plan health: what the last check of a version found, in its document, with what people decide about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhizao.apps.plan import checking, judging, services
from zhizao.apps.plan.forms import DocumentForm
from zhizao.apps.plan.health_page import page_context
from zhizao.apps.plan.models import PlanVersion
from zhizao.apps.plan.opening import link, of_plan
from zhizao.apps.plan.views import source_of
from zhizao.base.accounts.access import needs
from zhizao.base.files import uploads
from zhizao.base.files.services import receive
from zhizao.base.jobs.problems import remedy_words, say, words
from zhizao.base.ui import errors
from zhizao.base.ui.exports import attachment
from zhizao.kernel.result import Place, Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.engines.planlint.report.present import Heading

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOCUMENT_KINDS = {"txt", "docx", "pdf", "html", "xlsx"}
Of = Callable[..., HttpResponse]


def in_area(view: Of) -> Of:
    """Only versions of the actor's own area: another's report is not found."""

    @wraps(view)
    def opened(request: HttpRequest, version: PlanVersion, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("plan.health", version):
            raise Http404
        return view(request, version, *args, **kwargs)

    return opened


@needs("plan.health")
@of_plan
@in_area
def page(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    """The report: score by family, findings in the document and beside it; as html, docx or pdf too."""
    checked = checking.checked(version)
    context = {
        "version": version,
        "plan": version.plan,
        "title": _("Plan health"),
        "checked": checked,
        "fresh": services.is_checked(version),
        "may_check": not request.looking_back and request.user.has_perm("plan.edit", version),
        "may_decide": not request.looking_back and request.user.has_perm("plan.decide", version),
        "document_form": DocumentForm(),
    }
    if checked is None:
        return render(request, "plan/health_none.html", context)
    if wanted := request.GET.get("format"):
        return _shared(request, version, checked, wanted)
    return render(request, "plan/health.html", context | page_context(request, version, checked))


def _shared(request: HttpRequest, version: PlanVersion, checked: checking.Checked, wanted: str) -> HttpResponse:
    """The whole report as one file."""
    from zhizao.engines.planlint.report import present_docx, present_html, present_pdf

    shown, heading = judging.presentation(version, checked), heading_of(version, checked)
    name = f"plan-health-{version.plan.slug}-{version.number}"
    language = "zh-Hans" if (get_language() or "zh").startswith("zh") else "en"
    match wanted:
        case "html":
            data = present_html.html(shown, heading, say=say, language=language).encode()
            return attachment(data, f"{name}.html", "text/html; charset=utf-8")
        case "docx":
            data = present_docx.docx(shown, heading, say=say, on=_day(checked))
            return attachment(data, f"{name}.docx", DOCX)
        case "pdf":
            try:
                data = present_pdf.pdf(shown, heading, say=say, language=language)
            except Refused as refused:
                problem = refused.problems[0]
                return errors.refuse(request, reason=words(problem), remedy=remedy_words(problem))
            return attachment(data, f"{name}.pdf", "application/pdf")
    return errors.refuse(
        request,
        reason=_("“%(format)s” is not a format of this report.") % {"format": wanted[:20]},
        remedy=_("Ask for html, docx or pdf."),
    )


def heading_of(version: PlanVersion, checked: checking.Checked) -> Heading:
    """What a shared report says of itself: plan, version, when it was checked, and by which run."""
    from zhizao.engines.planlint.report.present import Heading

    number = {"number": version.number, "status": version.get_status_display()}
    return Heading(
        title=_("%(plan)s: plan health") % {"plan": version.plan.title},
        version=_("version %(number)s (%(status)s)") % number,
        checked_on=_("checked on %(day)s") % {"day": _day(checked).isoformat()},
        source=_("Source: %(source)s.") % {"source": source_of(version)},
        facts=((_("Run"), checked.run.sha12), (_("SHA-256 of the source"), version.source_sha256 or "—")),
    )


def _day(checked: checking.Checked) -> date:
    return timezone.localtime(checked.run.made_at).date()


def _may(request: HttpRequest, permission: str, version: PlanVersion) -> None:
    if request.looking_back or not request.user.has_perm(permission, version):
        raise PermissionDenied(permission)


@needs("plan.edit")
@require_POST
@of_plan
@in_area
def check(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    """Have the version checked again; the job's page shows how far it is."""
    _may(request, "plan.edit", version)
    return redirect(services.ask_for_check(version, actor=request.user))


@needs("plan.edit")
@require_POST
@of_plan
@in_area
def document(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    """Take in the document that the version was read from, and no other; then check with it at hand."""
    _may(request, "plan.edit", version)
    form = DocumentForm(request.POST, request.FILES)
    try:
        if not form.is_valid():
            raise Refused(uploads.cut_off(request, "file") or _no_file())
        upload = uploads.take(request, "file")
        if problem := another(version, upload):
            raise Refused(problem)
        receive(actor=request.user, upload=upload, area=version.plan.area, kinds=DOCUMENT_KINDS)
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, " ".join(filter(None, (words(problem), remedy_words(problem)))))
        return HttpResponseRedirect(back(request))
    return redirect(services.ask_for_check(version, actor=request.user))


def back(request: HttpRequest, *, anchor: str = "", **query: object) -> str:
    """The report's page again: the same part, filters and finding."""
    kept = {name: value for name in ("chapter", "family", "severity") if (value := request.GET.get(name))}
    return link(request, "plan:health", **(kept | query)) + anchor


def another(version: PlanVersion, upload: Any) -> Problem | None:
    """The problem of a file that is not the document that a version was read from."""
    import hashlib

    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    if not version.source_sha256:
        return Problem(
            "plan.no_source_known",
            mark("It is not known which document this version was read from."),
            remedy=mark("Upload the document as a new version: it is read and shown then."),
        )
    if digest.hexdigest() != version.source_sha256:
        return Problem(
            "plan.another_document",
            mark("This is another document: its SHA-256 is %(given)s…, and the version was read from %(wanted)s…."),
            place=Place(file=str(upload.name)),
            remedy=mark("Choose the file that the plan was read from, unchanged."),
            params={"given": digest.hexdigest()[:12], "wanted": version.source_sha256[:12]},
        )
    return None


def _no_file() -> Problem:
    return Problem("plan.no_file", mark("No file was chosen."), remedy=mark("Choose the plan's document."))


@needs("plan.decide")
@require_POST
@of_plan
@in_area
def finding(request: HttpRequest, version: PlanVersion, finding: str) -> HttpResponse:
    """Accept a finding, judge it otherwise, or say that it is no problem."""
    _may(request, "plan.decide", version)
    at = request.POST.get("at", "")
    try:
        judging.decide(
            actor=request.user,
            version=version,
            finding=finding,
            verdict=request.POST.get("verdict", ""),
            severity=request.POST.get("severity", ""),
            reason=request.POST.get("reason", ""),
        )
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, " ".join(filter(None, (words(problem), remedy_words(problem)))))
    anchor = f"#{at}" if at[:1] in ("d", "f") and at[1:].isdecimal() and len(at) < 8 else ""
    return HttpResponseRedirect(back(request, anchor=anchor, finding=finding))


@needs("plan.decide")
@of_plan
@in_area
def letter(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    """A letter that asks whoever issued the plan to correct what was accepted."""
    from zhizao.engines.planlint.report import present_docx

    checked = checking.checked(version)
    known = judging.decisions(version)
    accepted = {
        name for name, one in known.items() if one.verdict in (judging.Verdict.ACCEPTED, judging.Verdict.JUDGED)
    }
    items = [] if checked is None else judging.presentation(version, checked, known).items
    items = [item for item in items if item.id in accepted]
    if checked is None or not items:
        return errors.refuse(
            request,
            reason=_("No finding of this version is accepted, so there is nothing to ask for."),
            remedy=_("Accept findings in the report first."),
        )
    data = present_docx.letter(
        items,
        present_heading(version),
        to=version.plan.issuer or _("the office that issued the plan"),
        sender=str(request.user.organisation),
        say=say,
        on=max(timezone.localtime(one.decided_at).date() for one in known.values()),
    )
    return attachment(data, f"corrections-{version.plan.slug}-{version.number}.docx", DOCX)


def present_heading(version: PlanVersion) -> Heading:
    """The plan and version that a letter is about."""
    from zhizao.engines.planlint.report.present import Heading

    return Heading(version.plan.title, _("version %(number)s") % {"number": version.number}, "")
