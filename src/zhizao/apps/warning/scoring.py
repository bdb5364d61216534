"""How good alarms were, by rule: precision, recall, lead, false alarms, hours; what was missed; said against came.

Of alarms with an outcome (a person's before a rule's), t true and f false,

    precision = t / (t + f),        precision@k = the same of the k worst alarms of each month,
    recall = events found / events,        found: called in the event's month or the two after,
    lead = mean of (event − first call) in months, below nought is late,
    false per 1,000 = 1000 f / enterprise-months watched,

shares with Wilson's 95 % interval. Events come from looking back (``looking_back``), whether or not anything was
called. Alarms whose outcome is unknown or open count nowhere but in their own column.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse

from zhizao.apps.warning import outcomes, queries, rules, runs
from zhizao.apps.warning.models import Alarm, Outcome
from zhizao.apps.warning.reasons import GRAVER
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Subject
from zhizao.base.ui import numbers
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import Area, User
    from zhizao.base.evidence.models import Run

    Actor = User | AnonymousUser | None

K: Final = 10
WITHIN_MONTHS: Final = 2
EDGES: Final = (0.0, 1.0, 5.0, 10.0, 15.0, 100.0)
"""Bounds of the classes of said shares of false calls, %."""
_ALL: Final = ""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with its 95 % interval."""

    hits: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.hits / self.of

    @property
    def percent(self) -> str:
        return f"{100 * self.value:.0f}"

    @property
    def low_percent(self) -> str:
        return f"{100 * self.low:.0f}"

    @property
    def high_percent(self) -> str:
        return f"{100 * self.high:.0f}"

    @property
    def per_1000(self) -> str:
        return f"{1000 * self.value:.1f}"


@dataclass(frozen=True, slots=True)
class Row:
    """The score of a rule, or of all (``rule`` is empty); ``None`` is unknown."""

    rule: str
    title: str
    alarms: int
    true: int
    false: int
    unknown: int
    waiting: int
    precision: Share | None
    precision_at_k: Share | None
    events: int | None
    recall: Share | None
    lead_months: float | None
    false_per_1000: Share | None
    hours: Decimal | None


@dataclass(frozen=True, slots=True)
class Missed:
    """A fall that no alarm told in time."""

    subject: int
    key: str
    name: str
    family: str
    span: Span
    worse_pct: float | None
    stayed_pct: float | None

    @property
    def href(self) -> str:
        return reverse("registry:file", args=[self.key])

    @property
    def period(self) -> str:
        return numbers.period(self.span)


@dataclass(frozen=True, slots=True)
class Class:
    """Alarms of which like shares were said to be false."""

    low: float
    high: float
    said_true: float
    came: Share


@dataclass(frozen=True, slots=True)
class Scores:
    """All of it; ``run`` is that of looking back, ``None`` before there is one."""

    rows: tuple[Row, ...]
    missed: tuple[Missed, ...]
    classes: tuple[Class, ...]
    run: Run | None
    since: int | None
    enterprise_months: int | None
    simulated: bool

    @property
    def whole(self) -> Row | None:
        """The row of all rules about enterprises together."""
        return next((row for row in self.rows if row.rule == _ALL), None)


def scores(actor: Actor, area: Area, *, as_of: date | None = None, since: int | None = None) -> Scores:
    """The scores of an area's alarms as known at the end of a day.

    Parameters
    ----------
    since : year × 12 + month − 1
        The first month that counts; by default the one from which on there is history enough and the area was watched.
    """
    run = runs.latest(actor, area, part=outcomes.PART, as_of=as_of)
    record = runs.read(run) if run else {}
    first = since if since is not None else _first_month(area, record, as_of)
    rows = queries.alarms(actor, area, as_of=as_of, with_lapsed=True).exclude(lapsed_why=GRAVER)
    if first is not None:
        rows = rows.filter(start_month__gte=first)
    alarms = list(rows)
    said = queries.outcomes([alarm.pk for alarm in alarms], as_of=as_of)
    events = _events(actor, record, first)
    watched = _watched(record, first) if record else None
    titles = queries.titles(area, as_of=as_of)
    by_rule: dict[str, list[Alarm]] = defaultdict(list)
    for alarm in alarms:
        by_rule[alarm.rule].append(alarm)
    told = [
        _row(rule, titles.get(rule, rule), part, said, events.get(rules.family_of(rule)), watched)
        for rule, part in sorted(by_rule.items())
    ]
    of_enterprises = [alarm for alarm in alarms if alarm.family in events]
    if of_enterprises:
        whole = [event for part in events.values() for event in part]
        told.insert(0, _row(_ALL, "", of_enterprises, said, whole, watched))
    return Scores(
        rows=tuple(told),
        missed=_missed(of_enterprises, events, as_of),
        classes=_classes(alarms, said),
        run=run,
        since=first,
        enterprise_months=watched,
        simulated=any(alarm.simulated for alarm in alarms),
    )


def _first_month(area: Area, record: Mapping[str, Any], as_of: date | None) -> int | None:
    if not record:
        return None
    watched = runs.first_month(area, as_of=as_of)
    return max(Span.parse(record["since"]).start_month, watched or 0)


@dataclass(frozen=True, slots=True)
class _Event:
    subject: int
    key: str
    family: str
    span: Span
    row: Mapping[str, Any]


def _events(actor: Actor, record: Mapping[str, Any], since: int | None) -> dict[str, list[_Event]]:
    """The events that the actor may see, by family; a family without any is there with none."""
    from zhizao.apps.warning.looking_back import MEASURES

    if not record:
        return {}
    found: dict[str, list[_Event]] = {family: [] for family in MEASURES}
    seen = Subject.objects.all() if actor is None else Subject.objects.visible_to(actor)
    keys = dict(seen.filter(key__in={row["subject"] for row in record["events"]}).values_list("key", "pk"))
    for row in record["events"]:
        span = Span.parse(row["span"])
        if row["subject"] in keys and (since is None or span.start_month >= since):
            found[row["family"]].append(_Event(keys[row["subject"]], row["subject"], row["family"], span, row))
    return found


def _watched(record: Mapping[str, Any], since: int | None) -> int:
    """Enterprise-months with a figure."""
    return sum(n for month, n in record["watched"] if since is None or Span.parse(month).start_month >= since)


def _row(
    rule: str,
    title: str,
    alarms: Sequence[Alarm],
    said: Mapping[int, Outcome],
    events: Sequence[_Event] | None,
    watched: int | None,
) -> Row:
    verdicts = [said[alarm.pk].verdict if alarm.pk in said else "" for alarm in alarms]
    true, false = verdicts.count(Outcome.Verdict.TRUE), verdicts.count(Outcome.Verdict.FALSE)
    first = _first_calls(alarms, events or ())
    leads = [event.span.start_month - month for event, month in first]
    hours = [one.cost_hours for alarm in alarms if (one := said.get(alarm.pk)) and one.cost_hours is not None]
    return Row(
        rule=rule,
        title=title,
        alarms=len(alarms),
        true=true,
        false=false,
        unknown=verdicts.count(Outcome.Verdict.UNKNOWN),
        waiting=verdicts.count(""),
        precision=share(true, true + false),
        precision_at_k=_at_k(alarms, said),
        events=None if events is None else len(events),
        recall=None if events is None else share(len(first), len(events)),
        lead_months=sum(leads) / len(leads) if leads else None,
        false_per_1000=share(false, watched) if watched is not None and true + false else None,
        hours=sum(hours, Decimal(0)) if hours else None,
    )


def share(hits: int, of: int) -> Share | None:
    """A share with Wilson's interval; ``None`` of nothing."""
    from zhizao.engines.outlook.probability import wilson

    return Share(hits, of, *wilson(hits, of)) if of else None


def _at_k(alarms: Iterable[Alarm], said: Mapping[int, Outcome]) -> Share | None:
    """Of the k worst alarms of each month with an outcome, how many were true."""
    by_month: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for alarm in alarms:
        verdict = said[alarm.pk].verdict if alarm.pk in said else ""
        if verdict in (Outcome.Verdict.TRUE, Outcome.Verdict.FALSE):
            by_month[alarm.start_month].append((-alarm.score, verdict))
    top = [verdict for month in by_month.values() for _score, verdict in sorted(month)[:K]]
    return share(top.count(Outcome.Verdict.TRUE), len(top))


def _first_calls(alarms: Iterable[Alarm], events: Iterable[_Event]) -> list[tuple[_Event, int]]:
    """Each event that was found, with the month of its first call."""
    months: dict[int, list[int]] = defaultdict(list)
    for alarm in alarms:
        months[alarm.subject_id].append(alarm.start_month)
    found = []
    for event in events:
        start = event.span.start_month
        calls = [month for month in months[event.subject] if start <= month <= start + WITHIN_MONTHS]
        if calls:
            found.append((event, min(calls)))
    return found


def _missed(alarms: Sequence[Alarm], events: Mapping[str, Sequence[_Event]], as_of: date | None) -> tuple[Missed, ...]:
    """Events that no alarm about the enterprise told in time, the latest and largest first."""
    every = [event for part in events.values() for event in part]
    told = {id(event) for event, _month in _first_calls(alarms, every)}
    left = [event for event in every if id(event) not in told]
    names = facts.names({event.subject for event in left}, on=as_of or facts.today(), as_of=as_of)
    left.sort(key=lambda event: (-event.span.start_month, -(event.row["worse_pct"] or 0), event.key))
    return tuple(
        Missed(
            subject=event.subject,
            key=event.key.partition(":")[2],
            name=names.get(event.subject, event.key.partition(":")[2]),
            family=event.family,
            span=event.span,
            worse_pct=event.row["worse_pct"],
            stayed_pct=event.row["stayed_pct"],
        )
        for event in left
    )


def _classes(alarms: Iterable[Alarm], said: Mapping[int, Outcome]) -> tuple[Class, ...]:
    """Alarms of distress by the share of false calls that was said of them."""
    told: list[tuple[float, bool]] = []
    for alarm in alarms:
        q = alarm.facts.get("inputs", {}).get(f"{alarm.family}_q_pct")
        verdict = said[alarm.pk].verdict if alarm.pk in said else ""
        if q is not None and verdict in (Outcome.Verdict.TRUE, Outcome.Verdict.FALSE):
            told.append((float(q), verdict == Outcome.Verdict.TRUE))
    found = []
    for low, high in pairwise(EDGES):
        part = [(q, came) for q, came in told if low <= q < high or q == high == EDGES[-1]]
        came = share(sum(came for _q, came in part), len(part))
        if came is not None:
            found.append(Class(low, high, 1 - sum(q for q, _came in part) / len(part) / 100, came))
    return tuple(found)
