"""The pages of visits: all of them, one, and what is to be done at an enterprise."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhizao.apps.assist import corrections, visits_paper, visits_queries, visits_services
from zhizao.apps.assist.grid_forms import CorrectReportForm, PlanForm, ReasonForm, ReportForm, VisitFilter
from zhizao.apps.assist.grid_tables import VisitTable, topics
from zhizao.apps.assist.grid_views import act, called, files_of, may, now_only, opened, own_area, posted, source
from zhizao.apps.assist.models import Visit
from zhizao.apps.registry import queries as register
from zhizao.base.accounts.access import needs
from zhizao.base.facts.models import Subject
from zhizao.base.ui import exports
from zhizao.base.ui.views import table_response

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def found(request: HttpRequest, pk: int) -> Visit:
    """The visit of the address; for one who may not see it there is none."""
    visit = visits_queries.visit(request.user, pk, request.as_of)
    if visit is None:
        raise Http404
    return visit


@needs("assist.grid")
def visits(request: HttpRequest) -> HttpResponse:
    """Visits that are planned, made or given up."""
    form = VisitFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    seen = register.view(request.as_of)
    area = own_area(request)
    rows = visits_queries.visits(
        request.user,
        area,
        as_of=request.as_of,
        visitor=request.user.pk if wanted.get("whose") == "own" else None,
        state=wanted.get("state", ""),
    )
    lines = visits_queries.lines(rows, seen)
    return table_response(
        request,
        table=VisitTable(lines, filter_form=form),
        title=_("Visits"),
        source=source(request),
        template="assist/visit_list.html",
        context={
            "total": len(lines),
            "late": [line for line in lines if line.state == visits_queries.LATE],
            "may_visit": may(request, "assist.visit", area),
        },
    )


@needs("assist.grid")
def enterprise(request: HttpRequest, key: str) -> HttpResponse:
    """What is to be done at an enterprise: who has it, what is due, what is open, what was promised."""
    subject = opened(request, key)
    context = {
        "brief": visits_queries.briefing(request.user, subject, as_of=request.as_of),
        "subject": subject,
        "may_visit": may(request, "assist.visit", subject),
        "may_assign": may(request, "assist.assign", subject),
        "source": source(request),
    }
    return render(request, "assist/enterprise.html", context)


@needs("assist.grid")
def briefing(request: HttpRequest, key: str) -> HttpResponse:
    """The briefing for a visitor, one page to print."""
    brief = visits_queries.briefing(request.user, opened(request, key), as_of=request.as_of)
    data = visits_paper.paper(request.user, brief, source=source(request))
    return exports.attachment(data, f"{brief.name}-{brief.seen.on}.docx", DOCX)


@needs("assist.visit")
def plan(request: HttpRequest, key: str) -> HttpResponse:
    """Plan a visit; with ``?follows=`` one that follows another."""
    subject = opened(request, key)
    number = request.GET.get("follows", "")
    follows = found(request, int(number)) if number.isdecimal() else None
    kind = Visit.Kind.FOLLOW_UP if follows else Visit.Kind.PLAN
    first = {"visitor": request.user.pk, "planned_on": request.today, "kind": kind}
    form = PlanForm(posted(request), actor=request.user, initial=first)

    def do(data: dict[str, Any]) -> str:
        visit = visits_services.plan_visit(actor=request.user, subject=subject, follows=follows, **data)
        messages.success(request, _("Planned; it stands on the visitor's workbench."))
        return visit.get_absolute_url()

    return act(
        request,
        form=form,
        do=do,
        back=reverse("assist:enterprise", args=[key]),
        title=_("Plan a visit"),
        answer=_("It is put on the visitor's workbench with its day."),
        verb=_("Plan the visit"),
        field="planned_on",
        subject=subject,
    )


@needs("assist.visit")
def record_visit(request: HttpRequest, key: str) -> HttpResponse:
    """Report a visit that nobody had planned."""
    subject = opened(request, key)
    write = partial(visits_services.record_visit, subject=subject)
    return _report(request, subject, write, back=reverse("assist:enterprise", args=[key]))


def _report(
    request: HttpRequest, subject: Subject, write: Callable[..., Visit], *, back: str, form: ReportForm | None = None
) -> HttpResponse:
    """Show the form of a report, or write it; one that corrects another has a form of its own."""
    is_new = form is None
    form = form or ReportForm(posted(request), request.FILES or None, initial={"done_on": request.today})

    def do(data: dict[str, Any]) -> str:
        data.pop("file")
        visit = write(actor=request.user, files=files_of(request, subject.area), **data)
        messages.success(request, _("Recorded.") if is_new else _("Corrected; what stood there before stays readable."))
        return visit.get_absolute_url()

    if is_new:
        title, verb = _("Report a visit"), _("Report the visit")
        answer = _("What was found, what is needed, and what was promised.")
    else:
        title, verb = _("Correct the report"), _("Keep the correction")
        answer = _("The report as it is now. Lists and papers show the corrected one; the old one stays readable.")
    return act(
        request, form=form, do=do, back=back, title=title, answer=answer, verb=verb, field="done_on", subject=subject
    )


@needs("assist.grid")
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit."""
    one = found(request, pk)
    seen = register.view(request.as_of)
    state = visits_queries.state(one, seen)
    later = visits_queries.correction_of(one, request.as_of)
    stands = not request.looking_back and later is None
    context = {
        "visit": one,
        "called": called(one.subject, request),
        "subject": one.subject,
        "state": state,
        "topics": topics(one.needs),
        "files": one.files.all(),
        "later": later,
        "may_report": stands and visits_services.may_report(request.user, one),
        "may_visit": stands and may(request, "assist.visit", one.subject),
        "may_correct": stands and state == visits_queries.DONE and may(request, corrections.CORRECT, one),
        "source": source(request),
    }
    return render(request, "assist/visit.html", context)


@needs("assist.visit")
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Report a planned visit."""
    one = found(request, pk)
    write = partial(visits_services.report_visit, visit=one)
    return _report(request, one.subject, write, back=one.get_absolute_url())


@needs("assist.visit")
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Report a visit anew that was reported wrongly."""
    one = found(request, pk)
    if not request.user.has_perm(corrections.CORRECT, one):
        raise PermissionDenied
    first = {name: getattr(one, name) for name in ("done_on", "findings", "needs", "next_step")}
    form = CorrectReportForm(posted(request), request.FILES or None, initial=first)
    write = partial(corrections.correct_visit, visit=one)
    return _report(request, one.subject, write, back=one.get_absolute_url(), form=form)


@needs("assist.visit")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a planned visit up."""
    one = found(request, pk)

    def do(data: dict[str, Any]) -> None:
        visits_services.cancel_visit(actor=request.user, visit=one, **data)
        messages.success(request, _("The visit is given up."))

    return act(
        request,
        form=ReasonForm(posted(request)),
        do=do,
        back=one.get_absolute_url(),
        title=_("Give the visit up"),
        answer=_("The enterprise stays due; plan another day if it still has to be seen."),
        verb=_("Give the visit up"),
        field="why",
        subject=one.subject,
    )


@needs("assist.visit")
@require_POST
def make_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a case of what a visit found."""
    now_only(request)
    return redirect(visits_services.case_of_visit(actor=request.user, visit=found(request, pk)))
