"""The evidence of an alarm: its sentence and arithmetic, the rows that it stands on, the run, what became of it.

A reference is ``alarm:<number>``. A number of alarms, as in the brief, is opened by ``alarms:<area>~<month>~<family>``,
which lists them; an empty family is all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from zhizao.apps.warning import queries
from zhizao.apps.warning.models import Alarm, Outcome
from zhizao.base.accounts.models import Area
from zhizao.base.accounts.scoping import area_path
from zhizao.base.evidence.queries import Input, inputs_of
from zhizao.base.facts import queries as facts
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User

KIND, COUNT = "alarm", "alarms"
SHOWN = 30


def reference(alarm: Alarm) -> str:
    """What opens the evidence of an alarm."""
    return f"{KIND}:{alarm.pk}"


def count_reference(area: Area, month: int, family: str = "") -> str:
    """What opens the evidence of a number of alarms of a month."""
    return f"{COUNT}:{area.code}~{Span(month, 1)}~{family}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the drawer says of an alarm."""

    alarm: Alarm
    name: str
    title: str
    sentence: str
    rows: list[queries.Row]
    outcome: Outcome | None
    lapsed: str
    inputs: list[Input]
    template: str = "warning/evidence.html"


@dataclass(frozen=True, slots=True)
class Counted:
    """What the drawer says of a number of alarms."""

    area: Area
    span: Span
    count: int
    alarms: list[tuple[Alarm, str]]
    template: str = "warning/evidence_count.html"

    @property
    def more(self) -> int:
        return self.count - len(self.alarms)


def resolve(actor: User | AnonymousUser, rest: str, *, as_of: date | None) -> Shown | None:
    """The evidence of an alarm; ``None`` where the actor may not see it."""
    if not actor.has_perm("warning.view") or not rest.isdecimal() or len(rest) > 18:
        return None
    found = queries.alarm(actor, int(rest), as_of=as_of)
    if found is None:
        return None
    names = facts.names([found.subject_id], on=found.span.last_day, as_of=as_of)
    return Shown(
        alarm=found,
        name=names.get(found.subject_id, found.subject.id_part),
        title=queries.title(queries.rule_of(found), found.rule),
        sentence=queries.sentence(found),
        rows=queries.arithmetic(found),
        outcome=queries.outcome(found, as_of=as_of),
        lapsed=queries.lapsed_because(found) if queries.has_lapsed(found, as_of) else "",
        inputs=inputs_of(actor, found.run),
    )


def resolve_count(actor: User | AnonymousUser, rest: str, *, as_of: date | None) -> Counted | None:
    """The alarms behind a number; ``None`` where the actor may not see the area."""
    path, parts = area_path(actor), rest.split("~")
    if path is None or not actor.has_perm("warning.view") or len(parts) != 3:
        return None
    area = Area.objects.filter(code=parts[0][:40], path__startswith=path).first()
    try:
        span = Span.parse(parts[1])
    except Refused:
        return None
    if area is None:
        return None
    rows = queries.alarms(actor, area, as_of=as_of, month=span.start_month, family=parts[2] or None)
    shown = list(rows[:SHOWN])
    said = queries.sentences(shown)
    return Counted(area, span, rows.count(), [(alarm, said[alarm.pk]) for alarm in shown])
