"""When an enterprise is due to be visited, by the dated rule of the nation's pack (``packs/china/assist/visits.yaml``).

Two clocks run, and the earlier one counts: so many days after the last visit, by the enterprise's tier; and so many
working days after an alarm that nobody has been there since. Who has never been visited is due so many days after
somebody became responsible; where nobody is, no day can be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from zhizao.base.flow.deadline import due


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The rule as it holds from a day on."""

    effective_from: date
    source: str
    confidence: str
    days_between: Mapping[str, int]
    days_between_others: int
    working_days_after_alarm: Mapping[str, int]
    alarm_counts_days: int
    remind_working_days_before: int


@dataclass(frozen=True, slots=True)
class Due:
    """By which day a visit is due, and whether an alarm or the rhythm asks for it."""

    on: date
    by_alarm: bool


@cache
def editions() -> tuple[Rhythm, ...]:
    """Every edition of the rule, the latest first."""
    import yaml  # late: few pages ask

    data = (files("zhizao") / "packs" / "china" / "assist" / "visits.yaml").read_bytes()
    found: list[dict[str, Any]] = yaml.safe_load(data)["editions"]
    rows = [
        Rhythm(
            effective_from=row["effective_from"],
            source=row["source"]["title"],
            confidence=row["confidence"],
            days_between=row["days_between"],
            days_between_others=row["days_between_others"],
            working_days_after_alarm=row["working_days_after_alarm"],
            alarm_counts_days=row["alarm_counts_days"],
            remind_working_days_before=row["remind_working_days_before"],
        )
        for row in found
    ]
    return tuple(sorted(rows, key=lambda row: row.effective_from, reverse=True))


def rhythm(on: date) -> Rhythm:
    """The rule in force on a day; before the first edition the first.

    >>> rhythm(date(2025, 1, 1)).days_between_others
    180
    """
    return next((row for row in editions() if row.effective_from <= on), editions()[-1])


def visit_due(
    rule: Rhythm,
    *,
    tier: str,
    last_visit: date | None,
    since: date | None,
    alarms: Iterable[tuple[date, str]] = (),
) -> Due | None:
    """When the next visit is due.

    Parameters
    ----------
    rule : the rule in force
    tier : of the enterprise; a tier without a rhythm of its own has that of the others
    last_visit : the day of the last visit; None if there was none
    since : the day from which somebody is responsible; None if nobody is
    alarms : day on which each was found, and its severity

    Returns
    -------
    None where neither clock runs.

    Examples
    --------
    >>> rule = rhythm(date(2025, 1, 1))
    >>> visit_due(rule, tier="", last_visit=date(2025, 1, 1), since=None)
    Due(on=datetime.date(2025, 6, 30), by_alarm=False)
    >>> visit_due(rule, tier="", last_visit=date(2025, 1, 1), since=None, alarms=[(date(2025, 3, 3), "serious")])
    Due(on=datetime.date(2025, 3, 10), by_alarm=True)
    >>> visit_due(rule, tier="", last_visit=None, since=None) is None
    True
    """
    found = []
    if (start := last_visit or since) is not None:
        days = rule.days_between.get(tier, rule.days_between_others)
        found.append(Due(start + timedelta(days=days), by_alarm=False))
    for day, severity in alarms:
        if last_visit is None or day > last_visit:
            on, _provisional = due(day, rule.working_days_after_alarm[severity])
            found.append(Due(on, by_alarm=True))
    return min(found, key=lambda one: (one.on, not one.by_alarm), default=None)
