"""The pages of those who report: what is due, a report to fill in, its sheet; and the library of forms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zhizao.base.accounts.access import needs, public
from zhizao.base.facts.queries import instant
from zhizao.base.files import store, uploads
from zhizao.base.files.services import receive
from zhizao.base.forms import grid, queries, services
from zhizao.base.forms.definition import Check, Form, key, text_in
from zhizao.base.forms.library import library
from zhizao.base.forms.models import Submission
from zhizao.base.forms.permissions import REVIEWERS
from zhizao.base.jobs.problems import place_words, remedy_words, words
from zhizao.base.ui import exports
from zhizao.kernel.result import Problem, Refused
from zhizao.kernel.span import Span

WAITING = ("late", "due", "draft", "returned")
RECENT_DAYS = 62


def opened(request: HttpRequest, pk: int) -> Submission:
    """The report of the address, if the actor may see it; nothing is changed looking back."""
    if request.looking_back and request.method == "POST":
        raise PermissionDenied
    visible = Submission.objects.visible_to(request.user).select_related("organisation", "area")
    found = get_object_or_404(visible, pk=pk)
    if request.looking_back:
        if not queries.as_known(request.user, [found], as_of=request.as_of):
            raise Http404
        return found
    if found.state == Submission.State.RETURNED and found.organisation_id != request.user.organisation_id:
        # what its reporter is writing now is a draft again: others see what was handed in
        step = found.steps.filter(state=Submission.State.SUBMITTED).last()
        found.cells, found.reasons = (step.cells, step.reasons) if step else ({}, {})
    return found


def language() -> str:
    """The reader's language."""
    return get_language() or "zh-hans"


def said(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Problems in the reader's words."""
    return [{"place": place_words(p.place), "words": words(p), "remedy": remedy_words(p)} for p in problems]


def _period(text: str) -> Span:
    try:
        return Span.parse(text)
    except Refused:
        raise Http404 from None


@needs("forms.report")
def mine(request: HttpRequest) -> HttpResponse:
    """What my enterprise has to report: what waits now, and the year as a calendar."""
    today = request.as_of if request.looking_back else request.today
    due = queries.due_of(request.user, as_of=request.as_of if request.looking_back else None)
    waiting = [d for d in due if d.state in WAITING and (today - d.deadline.due.date()).days <= RECENT_DAYS]
    years = sorted({d.deadline.period.year for d in due}, reverse=True)
    wanted = request.GET.get("year", "")
    year = int(wanted) if wanted.isdecimal() and int(wanted) in years else (years[0] if years else today.year)
    context = {
        "waiting": sorted(waiting, key=lambda d: d.deadline.due),
        "late": sum(d.state == "late" for d in waiting),
        "years": years,
        "year": year,
        "calendar": _calendar([d for d in due if d.deadline.period.year == year]),
        "burden": _burden_of(waiting),
        "language": language(),
    }
    return render(request, "forms/mine.html", context)


def _calendar(due: list[queries.Due]) -> list[tuple[Form, list[queries.Due]]]:
    """The reports of a year by form, in the order of the months."""
    forms = {d.form.id: d.form for d in due}
    ordered = sorted(due, key=lambda d: d.deadline.period)
    return [
        (forms[name], [d for d in ordered if d.form.id == name])
        for name in sorted(forms, key=lambda n: forms[n].number)
    ]


def _burden_of(due: list[queries.Due]) -> queries.Burden:
    return sum((queries.expected(d) for d in due), queries.NO_BURDEN)


@needs("forms.report")
def begin(request: HttpRequest, form: str, period: str) -> HttpResponse:
    """Where a report begins: what it asks and by when; an act opens it."""
    span = _period(period)
    forms = library(queries.place_of(request.user))
    deadline, edition = forms.deadline(form, span), forms.form(form, span)
    if deadline is None or edition is None:
        raise Http404
    report = (
        Submission.objects.visible_to(request.user)
        .filter(form=form, start_month=span.start_month, months=span.months)
        .first()
    )
    if request.looking_back and request.method == "POST":
        raise PermissionDenied
    if request.method == "POST" and (report is not None or queries.is_asked(request.user, span)):
        report = services.open_report(actor=request.user, form=form, period=span)
    if report is not None:
        return redirect(report)
    if not queries.is_asked(request.user, span):
        raise Http404
    due = queries.Due(deadline, edition, request.user.organisation, None, timezone.now())
    context = {"form": edition, "deadline": deadline, "burden": queries.expected(due), "language": language()}
    return render(request, "forms/begin.html", context)


@needs("forms.see")
@never_cache
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """A report: to fill in while it is open, to read and judge afterwards."""
    return page(request, opened(request, pk))


def page(
    request: HttpRequest,
    submission: Submission,
    *,
    typed: Mapping[str, str] | None = None,
    problems: Iterable[Problem] = (),
    stale: services.StaleReport | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a report, or for a save by script only what changes on it."""
    found = queries.assess(submission)
    problems = list(problems)
    findings = list(found.outcome.findings) if problems else found.remarks
    deadline = submission.deadline
    own = submission.organisation_id == getattr(request.user, "organisation_id", None)
    context = {
        "submission": submission,
        "form": found.form,
        "found": found,
        "head": grid.head(found.form, language()),
        "lines": grid.lines(found, findings, language=language(), typed=typed),
        "problems": said(problems),
        "worst": json.dumps({f"{grid.CELL}{cell}": kind for cell, kind in grid.worst(findings).items()}),
        "differing": _differing(found.form, stale) if stale else None,
        "writable": submission.is_open and own and not request.looking_back and request.user.has_perm("forms.report"),
        "judging": not own
        and not request.looking_back
        and request.user.has_perm("forms.review")
        and submission.state in Submission.HANDED_IN,
        "steps": submission.steps.filter(at__lte=instant(request.as_of)).select_related("by"),
        "simulated": queries.is_simulated(submission),
        "overdue": submission.is_open
        and not request.looking_back
        and deadline is not None
        and deadline.after == "recorded"
        and deadline.is_late(timezone.now()),
        "language": language(),
        "live": bool(request.htmx),
    }
    return render(request, "forms/_live.html" if request.htmx else "forms/report.html", context, status=status)


def _differing(form: Form, stale: services.StaleReport) -> list[tuple[str, str, str]]:
    return [
        (form.label(cell, language()), stale.current.cells.get(cell, ""), text) for cell, text in stale.typed.items()
    ]


@needs("forms.report")
@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was typed; by script every few seconds, or by the button."""
    submission = opened(request, pk)
    return _kept(request, submission, grid.typed_cells(request.POST), said_after=_("The draft is saved."))


def _kept(request: HttpRequest, submission: Submission, cells: Mapping[str, str], *, said_after: str) -> HttpResponse:
    try:
        kept = services.save(
            actor=request.user,
            submission=submission,
            cells=cells,
            revision=_revision(request),
            reasons=grid.typed_reasons(request.POST),
        )
    except services.StaleReport as stale:
        return page(request, stale.current, typed=cells, stale=stale, status=409)
    except Refused as refused:
        return page(request, submission, typed=cells, problems=refused.problems, status=422)
    if request.htmx:
        return page(request, kept)
    messages.success(request, said_after)
    return redirect(kept)


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


@needs("forms.report")
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was typed and hand the report in."""
    submission = opened(request, pk)
    cells, reasons = grid.typed_cells(request.POST), grid.typed_reasons(request.POST)
    try:
        kept = services.save(
            actor=request.user, submission=submission, cells=cells, revision=_revision(request), reasons=reasons
        )
        done = services.submit(actor=request.user, submission=kept, revision=kept.revision, reasons=reasons)
    except services.StaleReport as stale:
        return page(request, stale.current, typed=cells, stale=stale, status=409)
    except Refused as refused:
        submission.refresh_from_db()
        return page(request, submission, typed=cells, problems=refused.problems, status=422)
    words_ = _("The report is handed in, after its deadline.") if done.late else _("The report is handed in.")
    messages.success(request, words_)
    return redirect(done)


@needs("forms.report")
@require_POST
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the figures of a sheet in the form's layout in place of what the draft holds."""
    submission = opened(request, pk)
    form = submission.definition
    try:
        stored = receive(
            actor=request.user,
            upload=uploads.take(request, "file"),
            area=submission.area,
            kinds={"xlsx"},
            roles=REVIEWERS,
        )
        cells = _of_sheet(submission, form, stored.sha256, stored.name)
    except Refused as refused:
        return page(request, submission, problems=refused.problems, status=422)
    return _kept(request, submission, cells, said_after=_("The figures of the file are in the draft."))


def _of_sheet(submission: Submission, form: Form, sha256: str, name: str) -> dict[str, str]:
    from zhizao.base.forms.layout import read_sheet

    found = read_sheet(
        form, store.check(sha256), period=submission.period, subject_key=submission.subject_key, file=name
    )
    typed = {key(row, column) for row, column in form.cells() if row.node is None}
    filled = queries.known_cells(submission, form, queries.handed_in(submission))
    return {**{cell: "" for cell in typed if cell not in filled}, **found}


@needs("forms.report")
@require_POST
def paste(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a block that was copied from a sheet."""
    from zhizao.base.forms.layout import read_pasted

    submission = opened(request, pk)
    try:
        cells = read_pasted(submission.definition, request.POST.get("pasted", ""))
    except Refused as refused:
        return page(request, submission, problems=refused.problems, status=422)
    return _kept(request, submission, cells, said_after=_("The figures of the block are in the draft."))


@needs("forms.see")
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as the official form: with its figures, or by ``?blank=1`` without those that are typed."""
    from zhizao.base.forms.layout import write_sheet

    submission = opened(request, pk)
    found = queries.assess(submission)
    filled = {cell: item.printed for cell, item in found.filled.items()}
    computed = {
        cell: f"{value:f}" for cell, value in found.outcome.values.items() if cell not in found.printed and value
    }
    data = write_sheet(
        found.form,
        filled if "blank" in request.GET else {**found.printed, **computed},
        period=submission.period,
        organisation=submission.organisation.name,
        subject_key=submission.subject_key,
        locked={cell: item.source for cell, item in found.filled.items()},
    )
    return exports.attachment(data, f"{found.form.number} {submission.period}.xlsx", exports.XLSX)


@public
def form_library(request: HttpRequest) -> HttpResponse:
    """Every form that is asked for, in force today."""
    forms = [(form, queries.burden(form, ())) for form in library(queries.place_of(request.user)).newest()]
    return render(request, "forms/library.html", {"forms": forms, "language": language()})


@public
def definition(request: HttpRequest, form: str) -> HttpResponse:
    """What a form asks and how it is checked."""
    place = queries.place_of(request.user)
    editions = library(place).editions(form)
    if not editions:
        raise Http404
    found = editions[0]
    checks: dict[tuple[str, str], list[str]] = {}
    for check in found.checks:
        name = check.id.partition(":")[0]
        checks.setdefault((name, check.severity), []).extend(c for c in check.cells[:1])
    context = {
        "form": found,
        "head": grid.head(found, language()),
        "burden": queries.burden(found, ()),
        "checks": [
            (severity, _template(next(c for c in found.checks if c.id.partition(":")[0] == name)), cells)
            for (name, severity), cells in checks.items()
        ],
        "deadlines": queries.periods(place, form, today=request.today)[:6],
        "language": language(),
    }
    return render(request, "forms/definition.html", context)


def _template(check: Check) -> str:
    """What a check says, with … where the figures of a report would stand."""
    return re.sub(r"%\(\w+\)s", "…", text_in(check.text, language())).replace("%%", "%")


@public
def blank(request: HttpRequest, form: str) -> HttpResponse:
    """A blank sheet of a form for a period, by default the last one that has opened."""
    from zhizao.base.forms.layout import write_sheet

    place = queries.place_of(request.user)
    latest = next(iter(queries.periods(place, form, today=request.today)), None)
    asked = request.GET.get("period")
    span = _period(asked) if asked else (latest.period if latest else None)
    found = library(place).form(form, span) if span else None
    if found is None or span is None or library(place).deadline(form, span) is None:
        raise Http404
    return exports.attachment(write_sheet(found, period=span), f"{found.number} {span}.xlsx", exports.XLSX)
