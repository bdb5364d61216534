"""Three decisions for a leader: where help waits for a word from above, by the loss that it would avoid; read-only.

A case that is within its days and has an owner needs no leader. What waits: an enterprise with an alarm of which nobody
has made a case, a case that nobody has, that is overdue or was escalated, and a part of another unit that is overdue.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from zhizao.apps.assist import reasons
from zhizao.apps.assist.grid_queries import who_has
from zhizao.apps.assist.queue import queue
from zhizao.base.facts.queries import instant, names, today
from zhizao.base.flow import deadline
from zhizao.base.flow.models import Case, CaseEvent, Part

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.apps.assist.queue import QueueRow
    from zhizao.base.accounts.models import Area, User

    Actor = User | AnonymousUser

SHOWN: Final = 3
NOBODY, PART, ESCALATED, LATE = "nobody", "part", "escalated", "late"
ACTS: Final = {
    NOBODY: ("assign",),
    PART: ("report", "assign"),
    ESCALATED: ("approve", "assign"),
    LATE: ("report", "assign"),
}
"""What a leader can do about each, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A matter that waits for a leader. ``row`` is what help is worth, ``None`` where the queue does not know it."""

    waits: str
    name: str
    case: Case | None
    part: Part | None
    row: QueueRow | None
    days_late: int

    @property
    def acts(self) -> tuple[str, ...]:
        """What can be done."""
        return ACTS[self.waits]

    @property
    def avoided_wan_yuan(self) -> float | None:
        """The expected loss avoided."""
        return self.row.avoided_wan_yuan if self.row else None

    @property
    def range_wan_yuan(self) -> tuple[float, float] | None:
        """Its ends, by the low and the high end of what the measure can avert."""
        return self.row.avoided_range_wan_yuan if self.row else None

    @property
    def hours(self) -> float | None:
        """Hours of staff."""
        return self.row.hours if self.row else None

    @property
    def simulated(self) -> bool:
        return (self.row.simulated if self.row else False) or (self.case.simulated if self.case else False)

    @property
    def who(self) -> str:
        """Who must act."""
        if self.part is not None:
            return str(self.part.unit)
        who = who_has(self.case) if self.case is not None else None
        return str(who) if who is not None else _("nobody yet")

    @property
    def finding(self) -> str:
        """What waits, in a sentence."""
        words = {"name": self.name, "who": self.who, "days": self.days_late}
        if self.waits == NOBODY:
            return _("Nobody acts for %(name)s.") % words
        if self.waits == PART:
            return _("%(who)s has not done its part, %(days)s working days after its day.") % words
        if self.waits == ESCALATED:
            return _("The case was escalated and waits for a decision.")
        return _("The case is %(days)s working days overdue.") % words

    @property
    def speaks_for(self) -> list[str]:
        """What speaks for deciding it now."""
        found = [reasons.reason(self.row)] if self.row else []
        if self.case is not None and self.case.severity == Case.Severity.SERIOUS:
            found.append(_("The case is serious."))
        return found

    @property
    def speaks_against(self) -> list[str]:
        """What is unknown, assumed or speaks against."""
        if self.row is None:
            return [_("What it would avoid is unknown: its enterprise has no alarm, or it is about none.")]
        return reasons.against(self.row)


def decisions(actor: Actor, area: Area, *, as_of: date | None = None) -> list[Decision]:
    """All that waits for a leader, where most is avoided first; the page shows three."""
    on = as_of or today()
    rows = {row.subject.pk: row for row in queue(actor, area, as_of=as_of)}
    found = list(_of_cases(actor, area, rows, on, as_of))
    in_hand = {one.case.subject_id for one in found if one.case is not None}
    found += [
        Decision(NOBODY, row.name, None, None, row, 0)
        for row in rows.values()
        if row.case is None and row.alarm is not None and row.subject.pk not in in_hand
    ]
    return sorted(found, key=_order)


def _order(one: Decision) -> tuple[float, int, str]:
    worth = -math.inf if one.avoided_wan_yuan is None else one.avoided_wan_yuan
    return -worth, -one.days_late, one.name


def _of_cases(actor: Actor, area: Area, rows: dict[int, QueueRow], on: date, as_of: date | None) -> Iterator[Decision]:
    at = instant(as_of)
    cases = Case.objects.visible_to(actor).filter(area__path__startswith=area.path, opened_at__lte=at)
    running = list(cases.exclude(closed_at__lte=at).select_related("owner", "unit", "subject"))
    if as_of is None:
        running = [case for case in running if case.status == Case.Status.OPEN]
    keys = [case.pk for case in running]
    events = CaseEvent.objects.filter(case__in=keys, verb=CaseEvent.Verb.ESCALATED, at__lte=at)
    answered = CaseEvent.objects.filter(case__in=keys, verb__in=_ANSWERS, at__lte=at)
    escalated = dict(events.order_by("sequence").values_list("case", "sequence"))
    last_answer = dict(answered.order_by("sequence").values_list("case", "sequence"))
    parts: dict[int, Part] = {}
    asked = Part.objects.filter(case__in=keys, asked_at__lte=at, due_on__lt=on).exclude(done_at__lte=at)
    for part in asked.select_related("unit").order_by("-due_on"):
        parts[part.case_id] = part
    called = names({case.subject_id for case in running if case.subject_id}, on=on, as_of=as_of)
    for case in running:
        part = parts.get(case.pk)
        if part is not None:
            waits, due_on = PART, part.due_on
        elif case.pk in escalated and escalated[case.pk] > last_answer.get(case.pk, 0):
            waits, due_on = ESCALATED, case.due_on
        elif case.due_on is not None and case.due_on < on:
            waits, due_on = LATE, case.due_on
        elif who_has(case) is None:
            waits, due_on = NOBODY, case.due_on
        else:
            continue
        late = deadline.working_days(due_on, on)[0] if due_on is not None and due_on < on else 0
        name = called.get(case.subject_id or 0, case.title)
        yield Decision(waits, name, case, part, rows.get(case.subject_id or 0), late)


_ANSWERS: Final = (CaseEvent.Verb.TRANSFERRED, CaseEvent.Verb.OPINION)
"""With these somebody answers an escalation."""
