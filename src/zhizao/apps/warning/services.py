"""Verbs: ask for a run, keep what it found, let lapse what no longer stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from zhizao.apps.warning import runs
from zhizao.apps.warning.models import Alarm
from zhizao.apps.warning.permissions import READERS
from zhizao.apps.warning.reasons import GRAVER, STANDS
from zhizao.base.audit.services import record
from zhizao.base.events.services import publish
from zhizao.base.evidence import services as evidence
from zhizao.base.facts.models import Subject
from zhizao.base.facts.queries import today
from zhizao.base.jobs import services as jobs
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from datetime import date

    from zhizao.apps.warning.running import Made
    from zhizao.base.accounts.models import Area, User
    from zhizao.base.evidence.models import Run
    from zhizao.base.jobs.models import Job

JOB, BACKTESTS = "warning.run", "warning.backtests"
FOUND = "warning.found"


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a run: its row, how many alarms are new, how many lapsed."""

    run: Run
    found: int
    lapsed: int


def allow_run(actor: User | None, area: Area) -> None:
    """Raise ``PermissionDenied`` unless the actor may have the area's alarms computed."""
    if actor is not None and not actor.has_perm("warning.run", area):
        raise PermissionDenied("warning.run")


def start_run(*, actor: User | None, area: Area, as_of: date | None = None, wish: str = "") -> Job:
    """Ask for a run as of the end of a day, today by default; the same ``wish`` for a day twice is one job.

    Raises
    ------
    Refused
        ``warning.future``.
    """
    allow_run(actor, area)
    day = as_of or today()
    check(day)
    parameters = {"area": area.code, "as_of": day.isoformat()}
    key = f"{day.isoformat()}:{today().isoformat()}:{wish}"
    return jobs.enqueue(actor=actor, kind=JOB, parameters=parameters, area=area, idempotency_key=key)


def start_backtests(*, actor: User | None, area: Area, days: Iterable[date], cut_offs: bool = False) -> Job:
    """Ask for runs of past days in their order and for one of today; the same wish twice is one job.

    With ``cut_offs`` bounds of the lamps are then proposed from the region's own months, where it has set none.

    Raises
    ------
    Refused
        As ``start_run``.
    """
    allow_run(actor, area)
    past = sorted(set(days))
    for day in past:
        check(day)
    parameters = {"area": area.code, "days": [day.isoformat() for day in past], "cut_offs": cut_offs}
    key = f"{past[0]}:{past[-1]}:{len(past)}"
    return jobs.enqueue(actor=actor, kind=BACKTESTS, parameters=parameters, area=area, idempotency_key=key)


def check(day: date) -> None:
    """Refuse a day that has not come."""
    if day > today():
        message, remedy = mark("%(day)s has not come yet."), mark("Ask for today or an earlier day.")
        raise Refused(Problem("warning.future", message, remedy=remedy, params={"day": day.isoformat()}))


@transaction.atomic
def keep(*, actor: User | None, made: Made) -> Kept:
    """Keep a run, add the alarms that are new, let lapse those that no longer stand; the same run again adds nothing.

    A run of a day before one that is there already lets nothing lapse: what was known later counts.
    """
    from zhizao.apps.warning.running import is_past

    allow_run(actor, made.area)
    newest = runs.latest(None, made.area)
    is_newest = newest is None or newest.as_of is None or newest.as_of <= made.as_of
    run = _record(actor, made, runs.ALARMS, made.output)
    _record(actor, made, runs.PROSPERITY, made.prosperity)
    found = _new(made, run, is_backtest=is_past(made.as_of))
    lapsed = _let_lapse(made) if is_newest else 0
    kept = Kept(run, len(found), lapsed)
    if found or lapsed:
        details = {"as_of": made.as_of.isoformat(), "alarms": kept.found, "lapsed": lapsed, "run": run.sha12}
        record(actor=actor, action="warning.run.keep", target=run, area=made.area, details=details)
    if found and is_newest:
        payload = {"run": run.sha12, "as_of": made.as_of.isoformat(), "alarms": [alarm.pk for alarm in found]}
        publish(name=FOUND, area=made.area, subject=run.sha12, payload=payload)
    return kept


def _record(actor: User | None, made: Made, part: str, output: bytes) -> Run:
    return evidence.record_run(
        actor=actor,
        area=made.area,
        engine=runs.ENGINE,
        engine_version=runs.ENGINE_VERSION,
        inputs=made.inputs,
        parameters=made.parameters(part),
        seed=None,
        as_of=made.as_of,
        output=output,
        roles=READERS,
    )


def _new(made: Made, run: Run, *, is_backtest: bool) -> list[Alarm]:
    """Add the alarms that do not stand already: an event that figures move by a month is not called twice."""
    from zhizao.apps.warning.judging import GRAVITY
    from zhizao.apps.warning.rules import watch_of
    from zhizao.apps.warning.running import cell_of

    told = made.record["alarms"]
    if not told:
        return []
    subjects = dict(Subject.objects.filter(key__in={one["subject"] for one in told}).values_list("key", "pk"))
    quiet = watch_of(made.area, made.as_of).quiet_cells
    standing = defaultdict(list)
    first = min(one["start_month"] for one in told) - quiet - 1
    rows = Alarm.objects.filter(area=made.area, start_month__gte=first, lapsed_as_of=None)
    for rule, subject, about, month, severity in rows.values_list(
        "rule", "subject", "about", "start_month", "severity"
    ):
        standing[rule, subject, about].append((cell_of(month), GRAVITY[severity]))

    def is_new(one: Mapping[str, Any]) -> bool:
        there = standing[one["rule"], subjects[one["subject"]], one["about"]]
        cell, gravity = cell_of(one["start_month"]), GRAVITY[one["severity"]]
        return not any(abs(cell - other) <= quiet and gravity <= as_grave for other, as_grave in there)

    fresh = [
        Alarm(
            area=made.area,
            subject_id=subjects[one["subject"]],
            run=run,
            rows=one["references"],
            found_as_of=made.as_of,
            is_backtest=is_backtest,
            **{name: one[name] for name in _COPIED},
        )
        for one in made.record["alarms"]
        if is_new(one)
    ]
    # the day's alarm may be there, lapsed by an earlier run of the day: it stands again as it was
    key = ("subject_id", "rule", "about", "start_month", "severity")
    same_day = Alarm.objects.filter(area=made.area, found_as_of=made.as_of).exclude(lapsed_as_of=None)
    lapsed = {tuple(getattr(alarm, name) for name in key): alarm for alarm in same_day}
    again = [lapsed[each] for one in fresh if (each := tuple(getattr(one, name) for name in key)) in lapsed]
    Alarm.objects.filter(pk__in=[alarm.pk for alarm in again]).update(lapsed_as_of=None, lapsed_why="")
    new = [one for one in fresh if tuple(getattr(one, name) for name in key) not in lapsed]
    return [*Alarm.objects.bulk_create(new), *again]


_COPIED = ("rule", "family", "about", "start_month", "months", "score", "severity", "facts", "simulated")


def _let_lapse(made: Made) -> int:
    """Mark the alarms found before that this run finds no more, or finds graver."""
    rows = Alarm.objects.filter(area=made.area, lapsed_as_of=None, found_as_of__lte=made.as_of)
    serious = {
        (alarm.rule, alarm.subject_id, alarm.about, alarm.start_month)
        for alarm in rows.filter(severity=Alarm.Severity.SERIOUS)
    }
    by_reason: dict[str, list[int]] = defaultdict(list)
    columns = ("pk", "rule", "subject", "subject__key", "about", "start_month", "severity")
    for pk, rule, subject, key, about, month, severity in rows.values_list(*columns):
        why = made.standing(rule, key, about, month)
        if why == STANDS and severity == Alarm.Severity.NOTICE and (rule, subject, about, month) in serious:
            why = GRAVER
        if why:
            by_reason[why].append(pk)
    for why, keys in by_reason.items():
        for start in range(0, len(keys), 500):
            part = Alarm.objects.filter(pk__in=keys[start : start + 500])
            part.update(lapsed_as_of=made.as_of, lapsed_why=why)
    return sum(map(len, by_reason.values()))
