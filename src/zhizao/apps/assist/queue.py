"""Who is helped first: enterprises with alarms or open cases, ranked by the loss that an hour of staff avoids.

One row an enterprise: its alarms are signs of one trouble, so the one that promises most speaks for all, and their
probabilities are not multiplied. What is unknown is said in the row and never taken as nought (``worth``); a row
without any known output has no rank and stands behind the ranked ones. Ties are broken by the key.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from zhizao.apps.assist import sums, worth
from zhizao.apps.assist.measures import Measure, Pack, pack_of
from zhizao.apps.assist.models import Request
from zhizao.apps.chain import risk_queries, risk_run
from zhizao.apps.ledger import queries as ledger
from zhizao.apps.ledger.figures import Reference
from zhizao.apps.registry import queries as registry
from zhizao.apps.warning import probabilities
from zhizao.apps.warning import queries as warning
from zhizao.base.evidence.models import Run
from zhizao.base.facts.models import Subject
from zhizao.base.facts.queries import instant, today
from zhizao.base.flow.models import Case
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

    from zhizao.apps.chain.risk_queries import Computed
    from zhizao.apps.warning.queries import Alarm
    from zhizao.base.accounts.models import Area, User

    Actor = User | AnonymousUser | None

OUTPUT = "gross_output"
KINDS = "assist."
EVIDENCE = "queue"
ASSUMED = "assumed"
"""The source of a probability that is a working value of the pack."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """An enterprise that could be helped, and what that is worth.

    ``value_per_hour`` is in 万元; ``None`` where nothing is known of what is at stake. ``output_at`` and ``risk_at``
    open the figures that the loss is made of, ``value_at`` the arithmetic. ``said`` is what the alarms say.
    """

    subject: Subject
    name: str
    case: Case | None
    alarm: Alarm | None
    alarms: tuple[Alarm, ...]
    said: Mapping[int, str]
    p: float
    p_source: str
    loss: worth.Loss
    depth: float | None
    months: int
    measure: Measure | None
    yearly_wan_yuan: float | None
    output_at: str
    risk_at: str
    simulated: bool

    @property
    def value_at(self) -> str:
        """What opens the arithmetic of its rank."""
        return f"{EVIDENCE}:{self.subject.id_part}"

    @property
    def loss_wan_yuan(self) -> float | None:
        """What is lost in all if the alarm is true."""
        return self.loss.whole_wan_yuan

    @property
    def expected_loss_wan_yuan(self) -> float | None:
        """The same, times how likely that is."""
        return None if self.loss_wan_yuan is None else self.p * self.loss_wan_yuan

    @property
    def avert_share(self) -> float:
        """The share that the measure can avert."""
        return self.measure.averts.mid if self.measure else 0.0

    @property
    def p_pct(self) -> float:
        """How likely it is, in %."""
        return self.p * 100

    @property
    def depth_pct(self) -> float | None:
        """The share of its output that is lost, in %; unknown where nobody can say before somebody has asked."""
        return None if self.depth is None else self.depth * 100

    @property
    def avert_pct(self) -> float:
        """The share that the measure can avert, in %."""
        return self.avert_share * 100

    @property
    def hours(self) -> float | None:
        """Hours of staff that the measure takes."""
        return self.measure.hours if self.measure else None

    @property
    def avoided_wan_yuan(self) -> float | None:
        """The expected loss avoided."""
        return worth.avoided_wan_yuan(self.p, self.loss_wan_yuan, self.avert_share)

    @property
    def avoided_range_wan_yuan(self) -> tuple[float, float] | None:
        """Its low and high end, by those of the measure's share."""
        if self.loss_wan_yuan is None or self.measure is None:
            return None
        ends = (self.measure.averts.low, self.measure.averts.high)
        low, high = (self.p * self.loss_wan_yuan * share for share in ends)
        return low, high

    @property
    def value_per_hour(self) -> float | None:
        """By which the queue is ranked."""
        return worth.an_hour(self.avoided_wan_yuan, self.hours) if self.hours else None


@dataclass(frozen=True, slots=True)
class _Sign:
    """Why somebody may need help: an alarm, or a case that was not opened for one."""

    p: float
    p_source: str
    depth: float | None
    measure: Measure | None
    alarm: Alarm | None = None


def queue(actor: Actor, area: Area, *, as_of: date | None = None) -> list[QueueRow]:
    """The enterprises of an area that the actor may see, who is worth most an hour first.

    Parameters
    ----------
    actor : ``None`` is the system
    as_of : as known at the end of a day
    """
    pack = pack_of(area, as_of or today())
    alarms = _alarms(actor, area, pack, as_of)
    cases = _cases(actor, area, as_of)
    subjects = {one.subject.pk: one.subject for one in (*alarms, *cases.values()) if one.subject is not None}
    stakes = _Stakes(area, list(subjects.values()), alarms, as_of)
    record = probabilities.of(area, as_of=as_of)
    by_subject: dict[int, list[Alarm]] = defaultdict(list)
    for one in alarms:
        by_subject[one.subject_id].append(one)
    topics, said = _topics(cases.values()), warning.sentences(alarms)
    found = [
        _row(subject, by_subject[pk], cases.get(pk), said, pack=pack, stakes=stakes, record=record, topics=topics)
        for pk, subject in subjects.items()
    ]
    return sorted(found, key=_order)


def row_of(alarm: Alarm, *, as_of: date | None = None) -> QueueRow:
    """The row that one alarm would be."""
    pack = pack_of(alarm.area, as_of or today())
    stakes = _Stakes(alarm.area, [alarm.subject], [alarm], as_of)
    record = probabilities.of(alarm.area, as_of=as_of)
    return _row(alarm.subject, [alarm], None, {}, pack=pack, stakes=stakes, record=record, topics={})


def advised(case: Case, pack: Pack) -> Measure | None:
    """The measure that fits what a case was opened for."""
    kind, _colon, number = case.origin.partition(":")
    alarm = warning.alarm(None, int(number)) if kind == "warning.alarm" and number.isdecimal() else None
    if alarm is not None:
        return pack.best(family=alarm.family, indicator=_worst(alarm))
    return _of_case(case, pack, _topics([case]).get(case.pk, "")).measure


def _order(row: QueueRow) -> tuple[float, float, str]:
    value = -math.inf if row.value_per_hour is None else row.value_per_hour
    return -value, -row.p, row.subject.key


def _alarms(actor: Actor, area: Area, pack: Pack, as_of: date | None) -> list[Alarm]:
    """The standing alarms of enterprises of the last months that nobody has called false."""
    seen = warning.alarms(actor, area, as_of=as_of).filter(subject__kind=Subject.Kind.ENTERPRISE)
    last = seen.order_by("-start_month").values_list("start_month", flat=True).first()
    if last is None:
        return []
    rows = list(seen.filter(start_month__gt=last - pack.stakes.queue_months))
    said = warning.outcomes([one.pk for one in rows], as_of=as_of)
    return [one for one in rows if one.pk not in said or said[one.pk].verdict != "false"]


def _cases(actor: Actor, area: Area, as_of: date | None) -> dict[int, Case]:
    """The case of each enterprise that was open at the end of the day, by its primary key; of several the first."""
    seen = Case.objects.all() if actor is None else Case.objects.visible_to(actor)
    at = instant(as_of)
    rows = seen.filter(
        area__path__startswith=area.path,
        kind__startswith=KINDS,
        subject__kind=Subject.Kind.ENTERPRISE,
        opened_at__lte=at,
    ).exclude(closed_at__lte=at)
    found: dict[int, Case] = {}
    for case in rows.select_related("subject", "owner", "unit").order_by("opened_at", "pk"):
        found.setdefault(case.subject_id, case)
    return found


def _topics(cases: Iterable[Case]) -> dict[int, str]:
    rows = Request.objects.filter(case__in=[case.pk for case in cases])
    return dict(rows.values_list("case", "topic"))


class _Stakes:
    """What the enterprises make in a year, and what others lose with them."""

    def __init__(self, area: Area, subjects: Sequence[Subject], alarms: Sequence[Alarm], as_of: date | None) -> None:
        self.names = registry.parent_names(subjects, registry.view(as_of))
        self.risk: Computed | None = risk_queries.computed(
            risk_queries.last(Run.objects.filter(area=area), risk_run.ENGINE, as_of)
        )
        end = max((one.start_month for one in alarms), default=_month(as_of or today()))
        self.output = _yearly({subject.pk for subject in subjects}, end, as_of)

    @cached_property
    def firms(self) -> dict[str, tuple[int, Mapping[str, Any]]]:
        """Place and row of each firm in the run of systemic risk."""
        rows = self.risk.data["firms"] if self.risk else ()
        return {row["subject"]: (place, row) for place, row in enumerate(rows)}

    def loss(self, subject: Subject, depth: float | None, months: int) -> worth.Loss:
        """What is lost if it falls."""
        if depth is None:
            return worth.Loss(None, None)
        yearly = self.output.get(subject.pk)
        return worth.loss(
            yearly_wan_yuan=yearly[0] if yearly else None,
            firm=self.firms[subject.key][1] if subject.key in self.firms else None,
            sales_wan_yuan=self.risk.data["revenue_wan_yuan"] if self.risk else 0.0,
            depth=depth,
            months=months,
        )

    def output_at(self, subject: Subject) -> str:
        """What opens the output of the year."""
        yearly = self.output.get(subject.pk)
        return str(Reference(subject.key, OUTPUT, yearly[1], ledger.Basis())) if yearly else ""

    def risk_at(self, subject: Subject) -> str:
        """What opens its systemic risk."""
        if self.risk is None or subject.key not in self.firms:
            return ""
        return self.risk.reference(f"/firms/{self.firms[subject.key][0]}/esri")


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _yearly(subjects: set[int], end: int, as_of: date | None) -> dict[int, tuple[float, Span]]:
    """Output of twelve months by enterprise, in 万元: the last that are all known, at most two years back."""
    # the twelve months before the last alarm, which are before the trouble; else the year before
    spans = [Span(end - back, 12) for back in (12, 24)]
    known = sums.sums({OUTPUT: "flow"}, spans, subjects=subjects, as_of=as_of)
    found: dict[int, tuple[float, Span]] = {}
    for span in spans:
        for (_indicator, subject), value in known.of[span].items():
            found.setdefault(subject, (value / ledger.MILLION, span))
    return found


def _row(
    subject: Subject,
    alarms: Sequence[Alarm],
    case: Case | None,
    said: Mapping[int, str],
    *,
    pack: Pack,
    stakes: _Stakes,
    record: probabilities.Record,
    topics: Mapping[int, str],
) -> QueueRow:
    signs = [_of_alarm(one, pack, record) for one in alarms]
    if not signs and case is not None:
        signs = [_of_case(case, pack, topics.get(case.pk, ""))]
    months = pack.stakes.months
    rows = [
        QueueRow(
            subject=subject,
            name=stakes.names[subject.pk],
            case=case,
            alarm=sign.alarm,
            alarms=tuple(alarms),
            said=said,
            p=sign.p,
            p_source=sign.p_source,
            loss=stakes.loss(subject, sign.depth, months),
            depth=sign.depth,
            months=months,
            measure=sign.measure,
            yearly_wan_yuan=stakes.output.get(subject.pk, (None,))[0],
            output_at=stakes.output_at(subject),
            risk_at=stakes.risk_at(subject),
            simulated=subject.simulated or any(one.simulated for one in alarms),
        )
        for sign in signs
    ]
    return min(rows, key=lambda row: (*_order(row), row.alarm.pk if row.alarm else 0))


def _of_alarm(alarm: Alarm, pack: Pack, record: probabilities.Record) -> _Sign:
    p, source = record.of(alarm)
    depth = pack.stakes.depth(alarm.family, alarm.severity)
    return _Sign(p, source, depth, pack.best(family=alarm.family, indicator=_worst(alarm)), alarm)


def _worst(alarm: Alarm) -> str:
    """The indicator that is worst of all in an alarm, if it says one."""
    return str(alarm.facts.get("params", {}).get("indicator") or "")


def _of_case(case: Case, pack: Pack, topic: str) -> _Sign:
    said = pack.stakes.asked.get(case.kind)
    measure = pack.best(topic=topic or "other") or pack.best(topic="other")
    return _Sign(said.p if said else 0.0, ASSUMED, said.depth if said else 0.0, measure)
