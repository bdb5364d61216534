"""What is asked of reports: what is due, what a report says and what is wrong with it, who is late. Read-only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from zhizao.base.accounts.models import Organisation
from zhizao.base.accounts.scoping import area_path
from zhizao.base.facts.models import Subject
from zhizao.base.facts.queries import instant
from zhizao.base.forms.circle import Circle, subject_key
from zhizao.base.forms.definition import BEFORE, YEAR, Form, Value, key
from zhizao.base.forms.known import Filled, handed_in, known_cells
from zhizao.base.forms.library import CHINA, Deadline, library
from zhizao.base.forms.models import Step, Submission
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User
    from zhizao.base.forms.checks import Context, Finding, Outcome


MISSING = "forms.missing:"


@dataclass(frozen=True, slots=True)
class Burden:
    """What a report costs its reporter: cells asked, cells that need not be typed, minutes left."""

    asked: int
    saved: int
    minutes: Decimal
    minutes_saved: Decimal

    @property
    def typed(self) -> int:
        """The cells that are left to be typed."""
        return self.asked - self.saved

    def __add__(self, other: Burden) -> Burden:
        return Burden(
            self.asked + other.asked,
            self.saved + other.saved,
            self.minutes + other.minutes,
            self.minutes_saved + other.minutes_saved,
        )


NO_BURDEN = Burden(0, 0, Decimal(0), Decimal(0))


@dataclass(frozen=True, slots=True)
class Assessment:
    """A report as it stands: figures with what is filled in, findings, and how much of it was saved."""

    submission: Submission
    form: Form
    printed: Mapping[str, str]
    filled: Mapping[str, Filled]
    outcome: Outcome
    burden: Burden

    @property
    def computed(self) -> dict[str, str]:
        """The cells that follow from others, as text."""
        return {
            key(row, column): f"{value:f}"
            for row, column in self.form.cells()
            if row.node is not None and (value := self.outcome.values[key(row, column)]) is not None
        }

    @property
    def remarks(self) -> list[Finding]:
        """The findings but for empty cells: a form that is being filled in is not scolded for what is to come."""
        return [finding for finding in self.outcome.findings if not finding.id.startswith(MISSING)]

    @property
    def empty(self) -> int:
        """How many cells that are asked are still empty."""
        return len(self.outcome.findings) - len(self.remarks)

    @property
    def unexplained(self) -> list[Finding]:
        """Soft findings without a reason."""
        return [f for f in self.outcome.of("soft") if not self.submission.reasons.get(f.id, "").strip()]


@dataclass(frozen=True, slots=True)
class Due:
    """A report that is asked for, and where it stands; ``submission`` is None where nobody has begun."""

    deadline: Deadline
    form: Form
    organisation: Organisation
    submission: Submission | None
    now: datetime

    @property
    def state(self) -> str:
        """late, due, draft, returned, submitted or accepted."""
        state = self.submission.state if self.submission else None
        if state in Submission.HANDED_IN or state == Submission.State.RETURNED:
            return str(state)
        if self.deadline.is_late(self.now):
            return "late"
        return str(state or "due")


def assess(submission: Submission) -> Assessment:
    """A report with what is known for it, checked."""
    from zhizao.base.forms.checks import evaluate  # polars with it: only where a report is checked

    form = submission.definition
    others = handed_in(submission)
    filled = known_cells(submission, form, others) if submission.is_open else _stored(submission)
    printed = {**submission.cells, **{cell: item.printed for cell, item in filled.items()}}
    context = context_of(submission, form, others)
    outcome = evaluate(form, printed, context, language=get_language() or "zh")
    return Assessment(submission, form, printed, filled, outcome, burden(form, filled))


def _stored(submission: Submission) -> dict[str, Filled]:
    return {cell: Filled(submission.cells.get(cell, ""), source) for cell, source in submission.sources.items()}


def burden(form: Form, filled: Iterable[str]) -> Burden:
    """The cells of a form, those that are computed or filled in, and the minutes by the edition's parameters."""
    asked = sum(1 for _cell in form.cells())
    computed = {key(row, column) for row, column in form.cells() if row.node is not None}
    saved = len(computed | set(filled))
    each = form.burden.minutes_per_item
    return Burden(asked, saved, form.burden.minutes_per_form + each * (asked - saved), each * saved)


def expected(due: Due) -> Burden:
    """What a report that waits will cost, less what is known for it already."""
    report = due.submission or Submission(
        area=due.organisation.area,
        organisation=due.organisation,
        subject_key=subject_key(due.organisation),
        form=due.form.id,
        start_month=due.deadline.period.start_month,
        months=due.deadline.period.months,
    )
    return burden(due.form, known_cells(report, due.form, handed_in(report)))


def context_of(submission: Submission, form: Form, others: Iterable[Submission]) -> Context:
    """The figures that checks compare with: of earlier reports, and of other forms."""
    from zhizao.base.forms.checks import Context

    forms = library(submission.area.path)
    by_report = {(other.form, other.period): other for other in others}
    known: dict[tuple[str, Span], Mapping[str, Value]] = {}

    def values(name: str, at: str) -> Mapping[str, Value]:
        period = forms.earlier(name, submission.period, at) if at else submission.period
        report = by_report.get((name, period)) if period else None
        if report is None:
            return {}
        if (name, report.period) not in known:
            known[name, report.period] = values_of(report)
        return known[name, report.period]

    return Context(
        period=submission.period,
        before=values(form.id, BEFORE),
        year=values(form.id, YEAR),
        others={other.name: values(other.form, other.at).get(other.cell) for other in form.others},
    )


def values_of(submission: Submission) -> Mapping[str, Value]:
    """The figures of a report, computed ones too, without checks."""
    from dataclasses import replace

    from zhizao.base.forms.checks import evaluate

    return evaluate(replace(submission.definition, checks=()), submission.cells).values


def observations_of(submission: Submission) -> list[dict[str, Any]]:
    """The rows of a report in the columns of the ledger's observation files, and ``printed``; none unless accepted.

    A report that was returned before the ledger heard of it tells its figures when it is accepted again.
    """
    from zhizao.base.forms.mapping import observations

    if submission.state != Submission.State.ACCEPTED:
        return []
    form = submission.definition
    return observations(
        form,
        submission.cells,
        values_of(submission),
        period=submission.period,
        subject_key=submission.subject_key,
        known_from=(submission.decided_at or timezone.now()).isoformat(),
        source=f"{form.number} {submission.period} #{submission.pk}.{submission.revision}",
        status="simulated" if is_simulated(submission) else "normal",
        known=submission.sources,
    )


def is_simulated(submission: Submission) -> bool:
    """Whether the enterprise is one of the simulated economy: its figures are then marked wherever they are shown."""
    return Subject.objects.filter(key=submission.subject_key, simulated=True).exists()


# --- who has to report what


def place_of(actor: User | AnonymousUser) -> str:
    """The path of the area whose forms and deadlines hold for the actor; the nation's for a stranger."""
    organisation = getattr(actor, "organisation", None)
    return organisation.area.path if organisation is not None else ""


def as_known(actor: User, found: Iterable[Submission], *, as_of: date | None) -> list[Submission]:
    """Reports as they stood at the end of a day, those left out that the actor could not see then; not to be saved."""
    if as_of is None:
        return list(found)
    reports = {report.pk: report for report in found}
    stood: dict[int, Step] = {}
    for step in Step.objects.filter(submission__in=reports, at__lte=instant(as_of)).order_by("at", "pk"):
        stood[step.submission_id] = step
    own = actor.organisation_id
    for pk, step in stood.items():
        report = reports[pk]
        report.cells, report.reasons, report.state = step.cells, step.reasons, step.state
    return [reports[pk] for pk in stood if reports[pk].organisation_id == own or reports[pk].state != "draft"]


def due_of(actor: User, *, today: date | None = None, as_of: date | None = None) -> list[Due]:
    """What the actor's enterprise has to report, or had to, and what it has begun: the latest due first."""
    organisation = actor.organisation
    circle = Circle([organisation])
    rows = as_known(actor, Submission.objects.visible_to(actor).select_related("area"), as_of=as_of)
    mine = {(s.form, s.period): s for s in rows}
    today = as_of or today
    return [
        _due(deadline, organisation, mine.get((deadline.form, deadline.period)), today)
        for deadline in library(place_of(actor)).open_by(today or timezone.localdate())
        if (deadline.form, deadline.period) in mine or circle.includes(organisation, deadline.period.last_day)
    ]


def is_asked(actor: User, period: Span) -> bool:
    """Whether the actor's enterprise has to report for a period."""
    return Circle([actor.organisation]).includes(actor.organisation, period.last_day)


def _due(deadline: Deadline, organisation: Organisation, submission: Submission | None, today: date | None) -> Due:
    now = timezone.now() if today is None else datetime(today.year, today.month, today.day, 23, 59, tzinfo=CHINA)
    forms = library(organisation.area.path)
    form = submission.definition if submission else forms.form(deadline.form, deadline.period)
    assert form is not None  # open_by leaves out what no edition is in force for
    return Due(deadline, form, organisation, submission, now)


def reporters(actor: User) -> QuerySet[Organisation]:
    """The enterprises of the actor's areas that have an account to report with."""
    path = area_path(actor)
    if path is None:
        return Organisation.objects.none()
    return (
        Organisation.objects.filter(area__path__startswith=path, is_active=True, kind=Organisation.Kind.ENTERPRISE)
        .exclude(enterprise_key=None)
        .select_related("area")
        .order_by("name", "pk")
    )


@dataclass(frozen=True, slots=True)
class Reporter:
    """An enterprise with an account, whether it has to report on a day, and on what ground."""

    organisation: Organisation
    asked: bool
    ground: str
    since: date | None
    until: date | None
    source: str


def circle(actor: User, *, on: date) -> list[Reporter]:
    """Every enterprise of the actor's areas with an account, and whether it has to report for what ends on a day."""
    organisations = list(reporters(actor))
    found = Circle(organisations)
    return [_reporter(found, organisation, on) for organisation in organisations]


def _reporter(found: Circle, organisation: Organisation, on: date) -> Reporter:
    asked = found.includes(organisation, on)
    if said := found.stated(organisation, on):
        return Reporter(organisation, asked, "stated", said.first, said.last, said.row.source)
    ground = "above_scale" if found.has_ground(organisation, on) else "none"
    return Reporter(organisation, asked, ground, found.first_account(organisation), None, "")


def board(actor: User, *, form: str, period: Span, as_of: date | None = None) -> list[Due]:
    """Of one form and period every enterprise that has to report, or has, and where it stands, or stood on a day."""
    visible = Submission.objects.visible_to(actor).filter(
        form=form, start_month=period.start_month, months=period.months
    )
    rows = as_known(actor, visible.select_related("organisation", "area"), as_of=as_of)
    found = {s.organisation_id: s for s in rows}
    return outstanding(reporters(actor), form=form, period=period, found=found, as_of=as_of)


def outstanding(
    organisations: Iterable[Organisation],
    *,
    form: str,
    period: Span,
    found: Mapping[int, Submission],
    as_of: date | None = None,
) -> list[Due]:
    """Those of some enterprises that have to report a form for a period by their area's calendar, or have."""
    wanted = list(organisations)
    circle = Circle(wanted)
    due = []
    for organisation in wanted:
        forms = library(organisation.area.path)
        deadline, submission = forms.deadline(form, period), found.get(organisation.pk)
        if deadline is None or forms.form(form, period) is None:
            continue
        if submission is not None or circle.includes(organisation, period.last_day):
            due.append(_due(deadline, organisation, submission, as_of))
    return due


def periods(place: str, form: str | None = None, *, today: date) -> list[Deadline]:
    """What has opened by a day in an area, the latest first."""
    return [d for d in library(place).open_by(today) if form in (None, d.form)]
