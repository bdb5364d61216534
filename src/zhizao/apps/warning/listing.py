"""Alarms as lists show them: with the name of whom they are about, their rule, their probability and outcome."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from zhizao.apps.warning import probabilities, queries
from zhizao.base.facts import queries as facts
from zhizao.base.ui.numbers import period

if TYPE_CHECKING:
    from zhizao.apps.warning.models import Alarm, Outcome
    from zhizao.base.accounts.models import Area


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


def lines(alarms: Iterable[Alarm], area: Area, *, as_of: date | None = None) -> list[Line]:
    """Rows of a list; what they need beside the alarms is read for all of them at once."""
    rows = list(alarms)
    called = names(rows, as_of=as_of)
    titles = queries.titles(area, as_of=as_of)
    record = probabilities.of(area, as_of=as_of)
    outcomes = queries.outcomes([alarm.pk for alarm in rows], as_of=as_of)
    return [
        Line(
            alarm=alarm,
            name=called[alarm.pk],
            title=titles.get(alarm.rule, alarm.rule),
            sentence=queries.sentence(alarm),
            probability=record.of(alarm).p,
            outcome=outcomes.get(alarm.pk),
            lapsed=queries.lapsed_because(alarm) if queries.has_lapsed(alarm, as_of) else "",
        )
        for alarm in rows
    ]


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
