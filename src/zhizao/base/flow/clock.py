"""The clock of a case: working days used and left, computed from its events.

It runs from the day after the opening, stands while the case is suspended or has been given back to the enterprise, and
ends with the case. An event that stops or starts it carries ``details["clock"]``: ``{"stop": reason}`` or ``{"go":
reason}``; it runs while no reason holds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from zhizao.base.facts.queries import CHINA
from zhizao.base.flow import deadline

if TYPE_CHECKING:
    from zhizao.base.flow.models import Case, CaseEvent

SUSPENDED = "suspended"
RETURNED = "returned"


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
    opened: date, marks: Iterable[tuple[date, Mapping[str, Any]]]
) -> tuple[list[tuple[date, date | None]], set[str]]:
    """The stretches of days in which the clock ran, the last open at its end if it runs; and what holds it now.

    >>> runs(date(2025, 1, 1), [(date(2025, 1, 3), {"stop": "suspended"}), (date(2025, 1, 6), {"go": "suspended"})])[0]
    [(datetime.date(2025, 1, 1), datetime.date(2025, 1, 3)), (datetime.date(2025, 1, 6), None)]
    """
    found: list[tuple[date, date | None]] = [(opened, None)]
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


def marks_of(events: Iterable[CaseEvent]) -> list[tuple[date, Mapping[str, Any]]]:
    """What of the events stopped or started the clock, in their order."""
    return [(day_of(event.at), event.details["clock"]) for event in events if event.details.get("clock")]


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


def held(case: Case) -> set[str]:
    """What holds the clock of the case now."""
    return runs(day_of(case.opened_at), marks_of(case.events.all()))[1]


def answered(case: Case) -> dict[str, str] | None:
    """What starts the clock again once the enterprise has answered; None if the case does not wait for it."""
    return {"go": RETURNED} if RETURNED in held(case) else None
