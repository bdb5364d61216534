"""Open, save, hand in, return and accept a report; say who has to report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhizao.base.accounts.models import Organisation, User
from zhizao.base.audit.services import record
from zhizao.base.events.services import publish
from zhizao.base.facts import services as facts
from zhizao.base.forms import queries, reminding
from zhizao.base.forms.circle import subject_key
from zhizao.base.forms.definition import Form, key, text_in
from zhizao.base.forms.library import library
from zhizao.base.forms.models import Duty, Step, Submission
from zhizao.base.messages.services import ask, notify, settle
from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.base.forms.checks import Finding

ACCEPTED = "forms.accepted"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_LONGEST_CELL = 100
_LONGEST_REASON = 500
_FIRST_YEAR = 2000
State = Submission.State


class StaleReport(Exception):  # noqa: N818 -- a decision about an act, not a fault
    """Somebody else saved the report meanwhile; ``current`` is what is stored, ``typed`` what was to be saved."""

    def __init__(self, current: Submission, typed: Mapping[str, str]) -> None:
        self.current, self.typed = current, typed
        super().__init__("the report was saved by somebody else")


@transaction.atomic
def open_report(*, actor: User, form: str, period: Span) -> Submission:
    """The actor's own report on a form for a period: the one that there is, or a new draft.

    Raises
    ------
    PermissionDenied
    Refused : ``forms.not_asked``: no calendar asks for it, or not of this enterprise; ``forms.not_open``: too early.
    """
    if not rules.has_perm("forms.report", actor):
        raise PermissionDenied
    organisation = actor.organisation
    forms = library(organisation.area.path)
    deadline, edition = forms.deadline(form, period), forms.form(form, period)
    begun = Submission.objects.filter(
        organisation=organisation, form=form, start_month=period.start_month, months=period.months
    )
    asked = begun.exists() or queries.is_asked(actor, period)
    if deadline is None or edition is None or not asked:
        message = mark("Nobody asks for %(form)s of %(period)s.")
        remedy = mark("Choose a report from your list.")
        raise _refused("forms.not_asked", message, remedy, form=form, period=period)
    if deadline.opens > timezone.localdate():
        message = mark("This report opens on %(day)s.")
        raise _refused("forms.not_open", message, mark("Come back then."), day=deadline.opens.isoformat())
    submission, created = Submission.objects.get_or_create(
        organisation=organisation,
        form=form,
        start_month=period.start_month,
        months=period.months,
        defaults={
            "area": organisation.area,
            "subject_key": subject_key(organisation),
            "edition": edition.edition,
        },
    )
    if created:
        _step(submission, actor)
        # the page that begins a report says what its figures are used for: beginning it agrees to that
        record(actor=actor, action="forms.report.open", target=submission, details={"agreed": True})
    return submission


@transaction.atomic
def save(
    *,
    actor: User,
    submission: Submission,
    cells: Mapping[str, str],
    revision: int,
    reasons: Mapping[str, str] | None = None,
) -> Submission:
    """Keep cells (and reasons) of a draft as typed, whatever is wrong with them; other cells stay as they are.

    Saving what is stored already changes nothing, whoever stored it.

    Raises
    ------
    StaleReport : the report has another revision, and other figures in these cells.
    Refused : ``forms.closed``, ``forms.no_cell``, ``forms.locked``, ``forms.too_long``.
    """
    stored = _locked_row(actor, submission)
    form = stored.definition
    wanted = {cell: _clean(text) for cell, text in cells.items()}
    checks = {check.id for check in form.checks}
    explained = {name: _clean(text) for name, text in (reasons or {}).items() if name in checks}
    _check_cells(stored, form, wanted, explained)
    changed = {cell: text for cell, text in wanted.items() if stored.cells.get(cell, "") != text}
    said = {name: text for name, text in explained.items() if stored.reasons.get(name, "") != text}
    if not changed and not said:
        return stored
    if revision != stored.revision:
        raise StaleReport(stored, changed)
    stored.cells = {cell: text for cell, text in {**stored.cells, **wanted}.items() if text}
    stored.reasons = {name: text for name, text in {**stored.reasons, **explained}.items() if text}
    stored.revision += 1
    stored.saved_at = timezone.now()
    stored.save(update_fields=["cells", "reasons", "revision", "saved_at"])
    record(actor=actor, action="forms.report.save", target=stored, details={"cells": sorted(changed)})
    return stored


def _locked_row(actor: User, submission: Submission) -> Submission:
    """The reporter's own open report, held for this transaction."""
    if not rules.has_perm("forms.report", actor) or submission.organisation_id != actor.organisation_id:
        raise PermissionDenied
    stored = Submission.objects.select_for_update().get(pk=submission.pk)
    if not stored.is_open:
        message = mark("The report has been handed in and cannot be changed.")
        raise _refused("forms.closed", message, mark("Ask the department to return it."))
    return stored


def _clean(text: str) -> str:
    """The text without what a database does not keep: control characters and halves of characters."""
    return _CONTROL.sub(" ", text).encode("utf-8", "replace").decode().strip()


def _check_cells(stored: Submission, form: Form, cells: Mapping[str, str], reasons: Mapping[str, str]) -> None:
    known = {key(row, column): row for row, column in form.cells()}
    filled = queries.known_cells(stored, form, queries.handed_in(stored))
    problems = []
    for cell, text in cells.items():
        place = Place(column=form.label(cell, "zh"))
        if cell not in known:
            message = mark("There is no cell “%(cell)s” in this form.")
            problems.append(Problem("forms.no_cell", message, place, mark("Reload the page."), params={"cell": cell}))
        elif len(text) > _LONGEST_CELL:
            message = mark("The text is longer than %(limit)s characters.")
            params = {"limit": _LONGEST_CELL}
            problems.append(Problem("forms.too_long", message, place, mark("Shorten it."), params=params))
        elif text and known[cell].node is not None:
            if not _agrees(stored, form, cell, text, cells):
                message = mark("The cell is computed from others; “%(text)s” is not what follows.")
                remedy = mark("Leave it empty, or correct the figures that it follows from.")
                problems.append(Problem("forms.locked", message, place, remedy, params={"text": text}))
        elif cell in filled and text and not _same(known[cell], text, filled[cell].printed):
            message = mark("The cell is filled in from %(source)s with %(known)s; “%(text)s” is something else.")
            params = {"source": filled[cell].source, "known": filled[cell].printed, "text": text}
            remedy = mark("If that is wrong, have it corrected where it comes from.")
            problems.append(Problem("forms.locked", message, place, remedy, params=params))
    if any(len(text) > _LONGEST_REASON for text in reasons.values()):
        message = mark("The text is longer than %(limit)s characters.")
        params = {"limit": _LONGEST_REASON}
        problems.append(Problem("forms.too_long", message, remedy=mark("Shorten it."), params=params))
    if problems:
        raise Refused(*problems)


def _same(row: object, text: str, printed: str) -> bool:
    from zhizao.base.forms.checks import read_cell

    try:
        return read_cell(row, text) == read_cell(row, printed)
    except Refused:
        return False


def _agrees(stored: Submission, form: Form, cell: str, text: str, cells: Mapping[str, str]) -> bool:
    from zhizao.base.forms.checks import evaluate, read_cell

    code, _dot, _column = cell.partition(".")
    row = form.row(code)
    values = evaluate(form, {**stored.cells, **cells}).values
    try:
        return values[cell] is None or read_cell(row, text) == values[cell]
    except Refused:
        return False


@transaction.atomic
def submit(
    *, actor: User, submission: Submission, revision: int, reasons: Mapping[str, str] | None = None
) -> Submission:
    """Hand a report in. Hard findings refuse it, soft ones need a reason each; after the deadline it is late.

    Raises
    ------
    StaleReport
    Refused : ``forms.closed``, ``forms.hard`` and ``forms.reason_missing`` for each finding, ``forms.too_late``.
    """
    if revision != (stored := _locked_row(actor, submission)).revision:
        raise StaleReport(stored, {})
    stored = save(actor=actor, submission=stored, cells={}, revision=revision, reasons=reasons)
    found = queries.assess(stored)
    problems = [_hard(finding, found.form) for finding in found.outcome.of("hard")]
    problems += [_unexplained(finding, found.form) for finding in found.unexplained]
    now = timezone.now()
    deadline = stored.deadline
    late = deadline is not None and deadline.is_late(now)
    if late and deadline is not None and deadline.after == "refused" and stored.submitted_at is None:
        message = mark("The report was due by %(due)s; later ones are not taken.")
        params = {"due": deadline.due.strftime("%Y-%m-%d %H:%M")}
        problems.append(Problem("forms.too_late", message, remedy=mark("Ask the department."), params=params))
    if problems:
        raise Refused(*problems)
    stored.cells = {**{cell: text for cell, text in found.printed.items() if text}, **found.computed}
    stored.sources = {cell: item.source for cell, item in found.filled.items()}
    stored.reasons = {f.id: stored.reasons[f.id] for f in found.outcome.of("soft")}
    if stored.submitted_at is None:
        stored.late = late  # a report that was in time and came back for correction stays in time
    stored.submitted_at = now
    _move(stored, State.SUBMITTED, actor, "")
    settle(actor=actor, subject=reminding.todo_of(stored.organisation, stored.form, stored.period))
    reminding.ask_to_judge(actor=actor, submission=stored)
    return stored


def _hard(finding: Finding, form: Form) -> Problem:
    place = Place(column=form.label(finding.cells[0], "zh") if finding.cells else None)
    return Problem("forms.hard", finding.message, place, finding.remedy, params=finding.params)


def _unexplained(finding: Finding, form: Form) -> Problem:
    place = Place(column=form.label(finding.cells[0], "zh") if finding.cells else None)
    remedy = mark("Correct the figures, or give a reason.")
    return Problem("forms.reason_missing", finding.message, place, remedy, params=finding.params)


@transaction.atomic
def return_(*, actor: User, submission: Submission, reason: str) -> Submission:
    """Give a report back for correction, also one that was accepted: its reporter may write in it again."""
    stored = _judged(actor, submission, allowed=Submission.HANDED_IN)
    reason = _clean(reason)
    if not reason:
        raise _refused("forms.no_reason", mark("Say why it is returned."), mark("Write what is to be corrected."))
    if len(reason) > _LONGEST_REASON:
        message = mark("The text is longer than %(limit)s characters.")
        raise _refused("forms.too_long", message, mark("Shorten it."), limit=_LONGEST_REASON)
    _move(stored, State.RETURNED, actor, reason)
    reminding.settle_judging(actor=actor, submission=stored)
    title = _("Returned: %(title)s, %(period)s") % _named(stored)
    people = reminding.people(stored.organisation)
    notify(to=people, title=title, body=reason, url=stored.get_absolute_url())
    for person in people:
        ask(
            asked_by=actor,
            area=stored.area,
            title=title,
            url=stored.get_absolute_url(),
            to=person,
            subject=reminding.todo_of(stored.organisation, stored.form, stored.period),
        )
    return stored


@transaction.atomic
def accept(*, actor: User, submission: Submission) -> Submission:
    """Accept a report; the ledger hears of it."""
    stored = _judged(actor, submission, allowed=(State.SUBMITTED,))
    stored.decided_at = timezone.now()
    _move(stored, State.ACCEPTED, actor, "")
    reminding.settle_judging(actor=actor, submission=stored)
    publish(
        name=ACCEPTED,
        area=stored.area,
        subject=stored.subject_key,
        payload={"submission": stored.pk, "form": stored.form, "period": str(stored.period)},
    )
    return stored


def _judged(actor: User, submission: Submission, *, allowed: Iterable[str]) -> Submission:
    if not rules.has_perm("forms.review", actor):
        raise PermissionDenied
    stored = Submission.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=submission.pk).first()
    if stored is None:
        raise PermissionDenied
    if stored.state not in allowed:
        message = mark("The report is in the state “%(state)s” already.")
        raise _refused("forms.state", message, mark("Reload the page."), state=stored.get_state_display())
    return stored


def _move(stored: Submission, state: str, actor: User, reason: str) -> None:
    stored.state = state
    stored.revision += 1
    stored.save()
    _step(stored, actor, reason)
    details = {"form": stored.form, "period": str(stored.period), "late": stored.late}
    record(actor=actor, action=f"forms.report.{state}", target=stored, details=details | {"reason": reason})


def _step(stored: Submission, actor: User, reason: str = "") -> None:
    Step.objects.create(
        submission=stored,
        state=stored.state,
        by=actor,
        at=timezone.now(),
        reason=reason,
        revision=stored.revision,
        cells=stored.cells,
        reasons=stored.reasons,
    )


@transaction.atomic
def state_duty(
    *, actor: User, organisation: Organisation, asked: bool, since: date, until: date | None = None, reason: str
) -> list[Duty]:
    """State that an enterprise is asked to report in these days, or is not; what is not the last word stays to read.

    Raises
    ------
    PermissionDenied
    Refused : ``forms.days`` the days cannot be, ``forms.no_reason``, ``forms.too_long``.
    """
    if not rules.has_perm("forms.review", actor):
        raise PermissionDenied
    if not queries.reporters(actor).filter(pk=organisation.pk).exists():
        raise PermissionDenied
    reason = _clean(reason)
    if not reason:
        raise _refused("forms.no_reason", mark("Say why."), mark("Write on what ground it is asked, or is not."))
    if len(reason) > _LONGEST_REASON:
        message = mark("The text is longer than %(limit)s characters.")
        raise _refused("forms.too_long", message, mark("Shorten it."), limit=_LONGEST_REASON)
    years = range(_FIRST_YEAR, timezone.localdate().year + 2)
    if any(day.year not in years for day in (since, until) if day) or (until is not None and until < since):
        message = mark("The days from %(since)s to %(until)s cannot be.")
        remedy = mark("Write days from %(first)s to next year, the first before the last.")
        raise _refused("forms.days", message, remedy, since=since, until=until or "—", first=_FIRST_YEAR)
    kind, _colon, id_part = subject_key(organisation).partition(":")
    subject = facts.subject(kind=kind, id_part=id_part, area=organisation.area)
    source = f"{reason} ({actor})"
    stated = facts.state([Duty(subject=subject, asked=asked, valid_from=since, valid_to=until, source=source)])
    days = {"asked": asked, "since": since.isoformat(), "until": until.isoformat() if until else None}
    record(actor=actor, action="forms.duty", target=organisation, area=organisation.area, details=days)
    return stated


def _named(stored: Submission) -> dict[str, str]:
    return {"title": text_in(stored.definition.title, "zh"), "period": stored.period.to_chinese()}


def _refused(code: str, message: str, remedy: str, **params: object) -> Refused:
    return Refused(Problem(code, message, remedy=remedy, params=params))
