"""Visits as lists, and all that a visitor should know of an enterprise before he goes there; read-only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from zhizao.apps.assist import grid_queries, visits_rhythm
from zhizao.apps.assist.models import Duty, Note, Request, Responsibility, Visit, VisitQuerySet
from zhizao.apps.registry import queries as register
from zhizao.apps.warning import queries as warnings
from zhizao.base.facts.models import Name
from zhizao.base.facts.queries import facts_at, instant, names
from zhizao.base.flow.models import Case

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.apps.registry.queries import Line, View
    from zhizao.apps.warning.queries import Alarm
    from zhizao.base.accounts.models import Area, Organisation, User
    from zhizao.base.facts.models import Subject

    Actor = User | AnonymousUser

PLANNED, LATE, DONE, CANCELLED = "planned", "late", "done", "cancelled"
SHOWN = 10
"""Visits and notes shown of one enterprise."""


def state(visit: Visit, seen: View) -> str:
    """How a visit stood at the end of a day."""
    at = instant(seen.as_of)
    if visit.reported_at is not None and visit.reported_at <= at:
        return DONE
    if visit.cancelled_at is not None and visit.cancelled_at <= at:
        return CANCELLED
    return LATE if visit.planned_on < seen.on else PLANNED


def visits(
    actor: Actor,
    area: Area | None = None,
    *,
    as_of: date | None = None,
    subject: Subject | None = None,
    visitor: int | None = None,
    state: str = "",
) -> QuerySet[Visit]:
    """The visits that the actor may see, those of the latest day first; of a corrected report the last."""
    seen = register.view(as_of)
    at = instant(as_of)
    rows = _known(actor, at).standing(at)
    if area is not None:
        rows = rows.filter(area__path__startswith=area.path)
    if subject is not None:
        rows = rows.filter(subject=subject)
    if visitor is not None:
        rows = rows.filter(visitor=visitor)
    if state == DONE:
        rows = grid_queries.done(rows, seen)
    elif state == CANCELLED:
        rows = rows.filter(cancelled_at__lte=at)
    elif state in (PLANNED, LATE):
        late = Q(planned_on__lt=seen.on)
        rows = grid_queries.planned(rows, seen).filter(late if state == LATE else ~late)
    return rows.order_by("-planned_on", "-pk")


def visit(actor: Actor, pk: int, as_of: date | None = None) -> Visit | None:
    """One visit that the actor may see, even if its report was corrected."""
    found = _known(actor, instant(as_of)).filter(pk=pk)
    return found.select_related("area", "follows", "planned_by", "reported_by", "supersedes").first()


def correction_of(visit: Visit, as_of: date | None = None) -> Visit | None:
    """The report that took its place by then."""
    return _of(Visit.objects.filter(supersedes=visit, reported_at__lte=instant(as_of))).first()


def _known(actor: Actor, at: datetime) -> VisitQuerySet:
    return _of(Visit.objects.visible_to(actor).filter(planned_at__lte=at))


def _of(rows: VisitQuerySet) -> VisitQuerySet:
    return rows.select_related("subject", "visitor", "unit", "case", "reported_by")


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit as the list shows it."""

    visit: Visit
    name: str
    state: str

    @property
    def day(self) -> date:
        """On which it was made, or is to be."""
        return self.visit.done_on if self.state == DONE else self.visit.planned_on

    @property
    def visitor(self) -> str:
        return str(self.visit.visitor or self.visit.unit or "")

    @property
    def kind(self) -> str:
        return str(self.visit.get_kind_display())

    @property
    def findings(self) -> str:
        return self.visit.findings if self.state == DONE else self.visit.cancelled_why

    @property
    def next_step(self) -> str:
        return self.visit.next_step

    @property
    def case(self) -> Case | None:
        return self.visit.case


def lines(found: QuerySet[Visit], seen: View) -> list[VisitLine]:
    """Visits with the names of their enterprises and how they stood."""
    rows = list(found)
    called = names({visit.subject_id for visit in rows}, **seen.at)
    return [VisitLine(row, called.get(row.subject_id, row.subject.id_part), state(row, seen)) for row in rows]


@dataclass(frozen=True, slots=True)
class Briefing:
    """What is known of an enterprise on a day: for its page, and on paper for who visits it."""

    subject: Subject
    seen: View
    name: str
    line: Line | None
    duties: list[tuple[str, Responsibility, bool]]
    due: visits_rhythm.Due | None
    alarms: list[tuple[Alarm, str]]
    cases: list[Case]
    planned: list[Visit]
    done: list[Visit]
    notes: list[Note]
    requests: list[Request]

    @property
    def last(self) -> Visit | None:
        """The last visit."""
        return self.done[0] if self.done else None

    @property
    def promised(self) -> list[Visit]:
        """Visits at which a next step was promised."""
        return [visit for visit in self.done if visit.next_step]

    @property
    def open_cases(self) -> list[tuple[Case, User | Organisation | None]]:
        """Its open cases, each with who must act."""
        return [(case, grid_queries.who_has(case)) for case in self.cases]

    @property
    def is_overdue(self) -> bool:
        """Whether the visit should have been made by now."""
        return self.due is not None and self.due.on < self.seen.on

    @property
    def simulated(self) -> bool:
        """Whether anything in it is simulated."""
        rows: list[Any] = [self.subject, *self.cases, *self.planned, *self.done, *self.notes, *self.requests]
        rows += [alarm for alarm, _text in self.alarms]
        return any(row.simulated for row in rows) or (self.line is not None and self.line.code_simulated)


def briefing(actor: Actor, subject: Subject, *, as_of: date | None = None) -> Briefing:
    """What the actor may know of an enterprise."""
    seen = register.view(as_of)
    at = instant(as_of)
    rows = visits(actor, as_of=as_of, subject=subject)
    done = list(grid_queries.done(rows, seen).order_by("-done_on", "-pk")[:SHOWN])
    held = list(grid_queries.duties(seen, [subject.pk]))
    alarms = warnings.alarms(actor, subject.area, as_of=as_of, subject=subject.pk)
    rule = visits_rhythm.rhythm(seen.on)
    oldest = seen.on - timedelta(days=rule.alarm_counts_days)
    found = list(alarms.filter(found_as_of__gte=oldest))
    said = warnings.sentences(found)
    registered = Name.objects.filter(subject=subject, kind=Name.Kind.REGISTERED).select_related("subject")
    line = next(iter(register.lines(facts_at(registered, **seen.at), seen)), None)
    cases = Case.objects.visible_to(actor).filter(subject=subject, opened_at__lte=at)
    notes = Note.objects.visible_to(actor).filter(subject=subject, at__lte=at)
    requests = Request.objects.visible_to(actor).filter(subject=subject, at__lte=at)
    return Briefing(
        subject=subject,
        seen=seen,
        name=names([subject.pk], **seen.at).get(subject.pk, subject.id_part),
        line=line,
        duties=[(Duty(duty.duty).label, duty, grid_queries.is_held(duty)) for duty in held],
        due=visits_rhythm.visit_due(
            rule,
            tier=(line.get("tier") if line else None) or "",
            last_visit=done[0].done_on if done else None,
            since=min((grid_queries.since(duty) for duty in held if grid_queries.is_held(duty)), default=None),
            alarms=[(alarm.found_as_of, alarm.severity) for alarm in found],
        ),
        alarms=[(alarm, said[alarm.pk]) for alarm in found],
        cases=list(cases.filter(Q(closed_at=None) | Q(closed_at__gt=at)).select_related("owner", "unit")),
        planned=list(grid_queries.planned(rows, seen)),
        done=done,
        notes=list(notes.select_related("by", "case")[:SHOWN]),
        requests=list(requests.select_related("case")[:SHOWN]),
    )
