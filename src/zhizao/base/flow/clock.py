"""The clock of a case: working days used and left, computed from its events.

It runs from the day after the opening, stands while the case is suspended or has been given back to the enterprise, and
ends with the case. An event that stops or starts it carries ``details["clock"]``: ``{"stop": reason}`` or ``{"go":
reason}``; it runs while no reason holds it. The timers of a procedure go by the same clock (``ran``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from zhizao.base.facts.queries import CHINA
from zhizao.base.flow import deadline

if TYPE_CHECKING:
    from zhizao.base.flow.models import Case, CaseEvent

SUSPENDED: Final = "suspended"
RETURNED: Final = "returned"
Moment = TypeVar("Moment", date, datetime)


@dataclass(frozen=True, slots=True)
class Clock:
    """Working days: used, allowed and left (None without a deadline; negative once overdue).

    ``provisional``: days of a year count whose holidays are not published yet.
    """

    elapsed: int
    allowed: int | None
    left: int | None
    provisional: bool
    stopped_by: frozenset[str] = frozenset()

    @property
    def is_overdue(self) -> bool:
        return self.left is not None and self.left < 0


def day_of(at: datetime) -> date:
    """The day of an instant in China."""
    return at.astimezone(CHINA).date()


def runs(
    opened: Moment, marks: Iterable[tuple[Moment, Mapping[str, Any]]]
) -> tuple[list[tuple[Moment, Moment | None]], set[str]]:
    """The stretches of days in which the clock ran, the last open at its end if it runs; and what holds it now.

    >>> runs(date(2025, 1, 1), [(date(2025, 1, 3), {"stop": "suspended"}), (date(2025, 1, 6), {"go": "suspended"})])[0]
    [(datetime.date(2025, 1, 1), datetime.date(2025, 1, 3)), (datetime.date(2025, 1, 6), None)]
    """
    found: list[tuple[Moment, Moment | None]] = [(opened, None)]
    held: set[str] = set()
    for day, mark in marks:
        was_held = bool(held)
        if "stop" in mark:
            held.add(mark["stop"])
        if "go" in mark:
            held.discard(mark["go"])
        if held and not was_held:
            found[-1] = (found[-1][0], day)
        elif was_held and not held:
            found.append((day, None))
    return found, held


def stops_of(events: Iterable[CaseEvent]) -> list[tuple[datetime, Mapping[str, Any]]]:
    """What of the events stopped or started the clock, in their order."""
    return [(event.at, event.details["clock"]) for event in events if event.details.get("clock")]


def marks_of(events: Iterable[CaseEvent]) -> list[tuple[date, Mapping[str, Any]]]:
    """The same by days."""
    return [(day_of(at), mark) for at, mark in stops_of(events)]


def ran(
    since: datetime, until: datetime, stops: Iterable[tuple[datetime, Mapping[str, Any]]], *, but: str = ""
) -> list[tuple[datetime, datetime]]:
    """The stretches between two instants in which nothing held the clock; holding it for ``but`` does not count.

    >>> from zoneinfo import ZoneInfo
    >>> day = [datetime(2025, 6, n, tzinfo=ZoneInfo("Asia/Shanghai")) for n in range(1, 10)]
    >>> stops = [(day[2], {"stop": "suspended"}), (day[5], {"go": "suspended"})]
    >>> [(a.day, b.day) for a, b in ran(day[1], day[8], stops)]
    [(2, 3), (6, 9)]
    >>> [(a.day, b.day) for a, b in ran(day[3], day[8], stops)]
    [(6, 9)]
    """
    counted = [(at, mark) for at, mark in stops if but not in mark.values()]
    stretches, _held = runs(min([since, *(at for at, _mark in counted)]), counted)
    cut = [(max(first, since), min(last or until, until)) for first, last in stretches]
    return [(first, last) for first, last in cut if first <= last]


def read(case: Case, events: Iterable[CaseEvent], *, at: datetime) -> Clock:
    """The clock at an instant, from the events up to it."""
    marks = marks_of(event for event in events if event.at <= at)
    stretches, held = runs(day_of(case.opened_at), marks)
    end = day_of(min(at, case.closed_at) if case.closed_at else at)
    elapsed, provisional = 0, False
    for first, last in stretches:
        days, presumed = deadline.working_days(first, min(last or end, end))
        elapsed += max(days, 0)
        provisional |= presumed
    allowed = case.working_days
    left = None if allowed is None else allowed - elapsed
    return Clock(elapsed, allowed, left, provisional or case.due_provisional, frozenset(held))


def due_day(case: Case, marks: Iterable[tuple[date, Mapping[str, Any]]]) -> tuple[date | None, bool]:
    """The day on which the case is due, and whether it is provisional; none while the clock stands, or ever."""
    if case.working_days is None:
        return None, False
    stretches, held = runs(day_of(case.opened_at), marks)
    if held:
        return None, False
    used, presumed = 0, False
    for first, last in stretches[:-1]:
        days, guessed = deadline.working_days(first, last)
        used += days
        presumed |= guessed
    day, provisional = deadline.due(stretches[-1][0], max(case.working_days - used, 0))
    return day, provisional or presumed


def step_due(due_on: date, opened: date, marks: Sequence[tuple[date, Mapping[str, Any]]], *, but: str = "") -> date:
    """The day of a step after the last of the marks: where the clock goes again, later by the working days for which it
    has just stood. A step that was late before stays late.
    """
    counted = [(at, mark) for at, mark in marks if but not in mark.values()]
    stretches, held = runs(opened, counted)
    if held or counted[-1:] != [marks[-1]] or len(stretches) < 2:
        return due_on
    stopped = stretches[-2][1]
    if stopped is None or due_on < stopped:
        return due_on
    stood = deadline.working_days(max(stopped, opened), stretches[-1][0])[0]
    return deadline.due(due_on, max(stood, 0))[0]


def held(case: Case) -> set[str]:
    """What holds the clock of the case now."""
    return runs(day_of(case.opened_at), marks_of(case.events.all()))[1]


def answered(case: Case) -> dict[str, str] | None:
    """What starts the clock again once the enterprise has answered; None if the case does not wait for it."""
    return {"go": RETURNED} if RETURNED in held(case) else None
