"""The arithmetic of a rank in the queue: ``queue:<id of the enterprise>``, as known on the day that is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhizao.apps.assist import reasons
from zhizao.apps.assist.queue import EVIDENCE, QueueRow, queue

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

    from zhizao.apps.warning.queries import Alarm
    from zhizao.base.accounts.models import User

KIND = EVIDENCE


@dataclass(frozen=True, slots=True)
class Shown:
    """What the drawer says of a row."""

    row: QueueRow
    template: str = "assist/evidence.html"

    @property
    def p_source(self) -> str:
        return reasons.source_of_p(self.row)

    @property
    def unknown(self) -> list[str]:
        return list(reasons.unknown(self.row))

    @property
    def alarms(self) -> list[tuple[Alarm, str]]:
        """All of its alarms, the one that speaks first."""
        ordered = sorted(self.row.alarms, key=lambda one: (one != self.row.alarm, -one.start_month, one.pk))
        return [(one, self.row.said.get(one.pk) or one.rule) for one in ordered]

    @property
    def range_per_hour(self) -> tuple[float, float] | None:
        """The ends of its value, by those of the measure's share."""
        ends, hours = self.row.avoided_range_wan_yuan, self.row.hours
        return (ends[0] / hours, ends[1] / hours) if ends and hours else None


def resolve(actor: User | AnonymousUser, rest: str, *, as_of: date | None) -> Shown | None:
    """The arithmetic of an enterprise's rank; ``None`` where it has none that the actor may see."""
    if not actor.has_perm("assist.view") or actor.organisation is None:
        return None
    rows = queue(actor, actor.organisation.area, as_of=as_of)
    return next((Shown(row) for row in rows if row.subject.id_part == rest), None)
