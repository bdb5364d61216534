"""Who looks after which enterprises, whom they have visited and whom they are due to visit; read-only.

``actor`` is ``None`` for the system itself. The number of queries does not depend on how many enterprises there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from zhizao.apps.assist import visits_rhythm
from zhizao.apps.assist.models import Duty, Responsibility, Visit
from zhizao.apps.registry import queries as register
from zhizao.apps.warning import queries as warnings
from zhizao.base.facts.models import Membership, Name, Subject
from zhizao.base.facts.queries import CHINA, facts_at, instant
from zhizao.base.flow.asking import owner_of
from zhizao.base.flow.models import Case

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.apps.registry.queries import View
    from zhizao.apps.warning.queries import Alarm
    from zhizao.base.accounts.models import Area, Organisation, User

    Actor = User | AnonymousUser | None

NOBODY, OVERDUE, SOON, LATER, UNKNOWN = "nobody", "overdue", "soon", "later", "unknown"
SOON_DAYS = 14
"""A visit that is due within so many days is shown as due soon."""
DONE_WITHIN_DAYS = 90
"""Visits of so many days count as done lately."""


@dataclass(slots=True)
class Line:
    """An enterprise of the grid."""

    subject: Subject
    name: str
    tier: str = ""
    street: str = ""
    duties: dict[str, Responsibility] = field(default_factory=dict)
    last_visit: date | None = None
    visits_lately: int = 0
    planned: Visit | None = None
    alarms: list[Alarm] = field(default_factory=list)
    cases_open: int = 0
    due: visits_rhythm.Due | None = None
    state: str = NOBODY

    @property
    def holders(self) -> list[Responsibility]:
        """Who has a duty and can do it, in the order of the duties."""
        return [self.duties[duty] for duty in Duty.values if duty in self.duties and is_held(self.duties[duty])]

    @property
    def due_on(self) -> date | None:
        """By which day a visit is due."""
        return self.due.on if self.due else None

    @property
    def is_serious(self) -> bool:
        """Whether a standing alarm of it is serious."""
        return any(alarm.severity == "serious" for alarm in self.alarms)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class GridRow:
    """What one person, or a unit that names no person, looks after; both ``None``: nobody does."""

    person: User | None
    unit: Organisation | None
    enterprises: int
    visits_due: int
    visits_done: int
    overdue: int
    cases_open: int

    @property
    def key(self) -> str:
        """How a filter names it."""
        if self.person is not None:
            return f"person:{self.person.pk}"
        return f"unit:{self.unit.pk}" if self.unit is not None else NOBODY


def is_held(duty: Responsibility) -> bool:
    """Whether whoever has the duty can do it: the account is open and the unit still there."""
    person, unit = duty.person, duty.unit
    if person is not None:
        return person.is_active and person.organisation is not None and person.organisation.is_active
    return unit is not None and unit.is_active


def who_has(case: Case) -> User | Organisation | None:
    """Who must act in a case: its owner while the account is open and of the unit that has it, else the unit."""
    return owner_of(case) or case.unit


def since(duty: Responsibility) -> date:
    """From which day on whoever has the duty has it."""
    return duty.valid_from or duty.known_from.astimezone(CHINA).date()


def enterprises(actor: Actor, area: Area, seen: View) -> QuerySet[Name]:
    """The registered names of an area's enterprises that stand for themselves, those that the actor may see."""
    subjects = Subject.objects.all() if actor is None else Subject.objects.visible_to(actor)
    firms = subjects.filter(kind=register.ENTERPRISE, area__path__startswith=area.path).exclude(
        key__endswith=register.OUTSIDE
    )
    rows = Name.objects.filter(kind=Name.Kind.REGISTERED, subject__in=firms.order_by().values("pk"))
    return facts_at(rows.exclude(subject__in=register.survivors(seen)), **seen.at)


def duties(seen: View, subjects: Iterable[int] | None = None) -> QuerySet[Responsibility]:
    """The duties that hold on a day as known then; of every enterprise, or of some (by primary key)."""
    rows = Responsibility.objects.all() if subjects is None else Responsibility.objects.filter(subject__in=subjects)
    return facts_at(rows, **seen.at).select_related("person__organisation", "unit").order_by("subject", "duty")


def done(visits: QuerySet[Visit], seen: View) -> QuerySet[Visit]:
    """Of some visits those that had been made, and reported, by then; of a corrected report the last."""
    at = instant(seen.as_of)
    return visits.standing(at).filter(done_on__lte=seen.on, reported_at__lte=at)


def planned(visits: QuerySet[Visit], seen: View) -> QuerySet[Visit]:
    """Of some visits those that were planned by then, neither made nor given up."""
    at = instant(seen.as_of)
    open_then = Q(reported_at=None) | Q(reported_at__gt=at)
    kept_then = Q(cancelled_at=None) | Q(cancelled_at__gt=at)
    return visits.filter(open_then, kept_then, planned_at__lte=at).order_by("planned_on", "pk")


def lines(actor: Actor, area: Area, *, as_of: date | None = None) -> list[Line]:
    """Every enterprise of an area with whoever looks after it: those without anybody first, then by the day due."""
    seen = register.view(as_of)
    rule = visits_rhythm.rhythm(seen.on)
    found = {
        name.subject_id: Line(name.subject, name.text)
        for name in enterprises(actor, area, seen).select_related("subject")
    }
    _attributes(found, area, seen)
    for duty in duties(seen):
        if duty.subject_id in found:
            found[duty.subject_id].duties[duty.duty] = duty
    _visits(found, area, seen)
    for subject, alarms in warnings.by_enterprise(actor, area, as_of=as_of).items():
        if subject in found:
            oldest = seen.on - timedelta(days=rule.alarm_counts_days)
            found[subject].alarms = [alarm for alarm in alarms if alarm.found_as_of >= oldest]
    for subject in _open_cases(actor, area, seen):
        if subject in found:
            found[subject].cases_open += 1
    for line in found.values():
        _judge(line, rule, seen.on)
    order = {NOBODY: 0, OVERDUE: 1, SOON: 2, LATER: 3, UNKNOWN: 4}
    return sorted(found.values(), key=lambda line: (order[line.state], line.due_on or date.max, line.name))


def _attributes(found: Mapping[int, Line], area: Area, seen: View) -> None:
    tiers = register.attribute_by_key(area, "tier", seen)
    for line in found.values():
        line.tier = tiers.get(line.subject.key, "")
    rows = Membership.objects.filter(tree=Membership.Tree.GRID, subject__area__path__startswith=area.path)
    places = list(facts_at(rows, **seen.at).select_related("parent"))
    called = register.parent_names({row.parent for row in places}, seen)
    for row in places:
        if row.subject_id in found:
            found[row.subject_id].street = called[row.parent_id]


def _visits(found: Mapping[int, Line], area: Area, seen: View) -> None:
    rows = Visit.objects.filter(area__path__startswith=area.path)
    first = seen.on - timedelta(days=DONE_WITHIN_DAYS)
    for subject, day in done(rows, seen).order_by("done_on").values_list("subject", "done_on"):
        if subject in found:
            found[subject].last_visit = day
            found[subject].visits_lately += day > first
    for visit in planned(rows, seen).select_related("visitor"):
        if visit.subject_id in found and found[visit.subject_id].planned is None:
            found[visit.subject_id].planned = visit


def _open_cases(actor: Actor, area: Area, seen: View) -> QuerySet:
    rows = Case.objects.all() if actor is None else Case.objects.visible_to(actor)
    at = instant(seen.as_of)
    rows = rows.filter(area__path__startswith=area.path, subject__isnull=False, opened_at__lte=at)
    return rows.filter(Q(closed_at=None) | Q(closed_at__gt=at)).order_by().values_list("subject", flat=True)


def _judge(line: Line, rule: visits_rhythm.Rhythm, on: date) -> None:
    held = line.holders
    days = [since(duty) for duty in held]
    line.due = visits_rhythm.visit_due(
        rule,
        tier=line.tier,
        last_visit=line.last_visit,
        since=min(days, default=None),
        alarms=[(alarm.found_as_of, alarm.severity) for alarm in line.alarms],
    )
    if not held:
        line.state = NOBODY
    elif line.due is None:
        line.state = UNKNOWN
    elif line.due.on < on:
        line.state = OVERDUE
    else:
        line.state = SOON if line.due.on <= on + timedelta(days=SOON_DAYS) else LATER


def grid(actor: Actor, area: Area, as_of: date | None = None) -> list[GridRow]:
    """Who looks after how many enterprises, by person and unit; those that nobody looks after first."""
    return rows_of(lines(actor, area, as_of=as_of))


def rows_of(found: Iterable[Line]) -> list[GridRow]:
    """The lines of a grid by whoever looks after them: an enterprise with three of them counts with each."""
    groups: dict[tuple[int, int], list[Line]] = defaultdict(list)
    who: dict[tuple[int, int], tuple[User | None, Organisation | None]] = {(0, 0): (None, None)}
    for line in found:
        keys = set()
        for duty in line.holders:
            unit = duty.unit if duty.unit is not None else duty.person.organisation
            key = (duty.person_id or 0, 0 if duty.person_id else unit.pk)
            who[key] = (duty.person, unit)
            keys.add(key)
        for key in keys or {(0, 0)}:
            groups[key].append(line)
    rows = [
        GridRow(
            *who[key],
            enterprises=len(some),
            visits_due=sum(line.state in (OVERDUE, SOON) for line in some),
            visits_done=sum(line.visits_lately for line in some),
            overdue=sum(line.state == OVERDUE for line in some),
            cases_open=sum(line.cases_open for line in some),
        )
        for key, some in groups.items()
    ]
    return sorted(
        rows,
        key=lambda row: (row.person is not None or row.unit is not None, -row.overdue, str(row.unit), str(row.person)),
    )


def of_holder(found: Iterable[Line], key: str) -> list[Line]:
    """The lines that a row of the grid counts, by its key."""
    kind, _sep, number = key.partition(":")
    if kind == NOBODY:
        return [line for line in found if not line.holders]
    if kind == "person":
        return [line for line in found if any(str(duty.person_id) == number for duty in line.holders)]
    return [
        line for line in found if any(duty.person_id is None and str(duty.unit_id) == number for duty in line.holders)
    ]
