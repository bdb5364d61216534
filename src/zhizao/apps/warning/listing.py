"""Alarms as lists show them: with the name of whom they are about, their rule, their probability and outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final

from zhizao.apps.warning import probabilities, queries
from zhizao.apps.warning.models import Alarm
from zhizao.base.facts import queries as facts
from zhizao.base.ui.numbers import period

if TYPE_CHECKING:
    from zhizao.apps.warning.models import Outcome
    from zhizao.base.accounts.models import Area

AT_ONCE: Final = 500
"""So many alarms are read at once."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list."""

    alarm: Alarm
    name: str
    title: str
    sentence: str
    probability: float
    outcome: Outcome | None
    lapsed: str

    @property
    def month(self) -> int:
        return int(self.alarm.start_month)

    @property
    def period_word(self) -> str:
        return period(self.alarm.span)

    @property
    def severity(self) -> str:
        return str(self.alarm.severity)

    @property
    def score(self) -> float:
        return float(self.alarm.score)

    @property
    def p(self) -> float:
        """How likely it is true, in per cent."""
        return 100 * self.probability

    @property
    def found_as_of(self) -> str:
        return self.alarm.found_as_of.isoformat()


class Reader:
    """Reads what lists show beside the alarms: for all rows of a page at once, and what an area has in common once."""

    def __init__(self, area: Area, *, as_of: date | None = None) -> None:
        self.area, self.as_of = area, as_of

    @cached_property
    def titles(self) -> dict[str, str]:
        return queries.titles(self.area, as_of=self.as_of)

    @cached_property
    def record(self) -> probabilities.Record:
        return probabilities.of(self.area, as_of=self.as_of)

    def lines(self, alarms: Iterable[Alarm]) -> list[Line]:
        """Rows of a list."""
        rows = list(alarms)
        called, said = names(rows, as_of=self.as_of), queries.sentences(rows)
        outcomes = queries.outcomes([alarm.pk for alarm in rows], as_of=self.as_of)
        return [
            Line(
                alarm=alarm,
                name=called[alarm.pk],
                title=self.titles.get(alarm.rule, alarm.rule),
                sentence=said[alarm.pk],
                probability=self.record.of(alarm).p,
                outcome=outcomes.get(alarm.pk),
                lapsed=queries.lapsed_because(alarm) if queries.has_lapsed(alarm, self.as_of) else "",
            )
            for alarm in rows
        ]

    def of_keys(self, keys: Iterable[int]) -> Iterator[Line]:
        """Rows of alarms by primary key, in the order of these."""
        wanted = list(keys)
        for start in range(0, len(wanted), AT_ONCE):
            part = wanted[start : start + AT_ONCE]
            found = Alarm.objects.filter(pk__in=part).select_related("subject", "area", "run").in_bulk()
            yield from self.lines(found[key] for key in part)


def lines(alarms: Iterable[Alarm], area: Area, *, as_of: date | None = None) -> list[Line]:
    """Rows of a list."""
    return Reader(area, as_of=as_of).lines(alarms)


def names(alarms: Iterable[Alarm], *, as_of: date | None = None) -> dict[int, str]:
    """What each alarm (by primary key) is about: the name of its subject, and the target if it is one of a plan."""
    rows = list(alarms)
    subjects = {alarm.subject_id: alarm.subject for alarm in rows}
    called = facts.names(subjects, on=as_of or facts.today(), as_of=as_of)
    areas = {f"area:{alarm.area.code}": alarm.area.name for alarm in rows}
    found = {}
    for alarm in rows:
        name = called.get(alarm.subject_id) or areas.get(alarm.subject.key) or alarm.subject.id_part
        target = alarm.facts.get("params", {}).get("target")
        found[alarm.pk] = f"{name} · {target}" if target else name
    return found
