"""Verbs: ask for a run, keep what it told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from zhizao.apps.outlook import runs
from zhizao.apps.outlook.models import Call
from zhizao.apps.outlook.permissions import READERS
from zhizao.base.audit.services import record
from zhizao.base.evidence import services as evidence
from zhizao.base.facts.queries import today
from zhizao.base.jobs import services as jobs
from zhizao.kernel.result import Problem, Refused, mark
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.apps.outlook.running import Asked, Made
    from zhizao.base.accounts.models import Area, User
    from zhizao.base.evidence.models import Run
    from zhizao.base.jobs.models import Job

JOB, BACKTESTS = "outlook.run", "outlook.backtests"
DRAWS = 2000
MOST_DRAWS = 100_000


def allow_run(actor: User | None, area: Area) -> None:
    """Raise ``PermissionDenied`` unless the actor may have the area's targets forecast."""
    if actor is not None and not actor.has_perm("outlook.run", area):
        raise PermissionDenied("outlook.run")


def start_run(*, actor: User | None, area: Area, as_of: date | None = None, draws: int = DRAWS, seed: int = 0) -> Job:
    """Ask for a run as of the end of a day, today by default; the same wish twice on a day is one job.

    Raises
    ------
    Refused
        ``outlook.future``, ``outlook.bad_draws``.
    """
    allow_run(actor, area)
    day = as_of or today()
    check(day, draws)
    parameters = {"area": area.code, "as_of": day.isoformat(), "draws": draws, "seed": seed}
    key = f"{day.isoformat()}:{draws}:{seed}:{today().isoformat()}"
    return jobs.enqueue(actor=actor, kind=JOB, parameters=parameters, area=area, idempotency_key=key)


def start_backtests(*, actor: User | None, area: Area, days: Iterable[date], draws: int, seed: int) -> Job:
    """Ask for runs of past days, and first for one of today; the same wish twice is one job.

    Raises
    ------
    Refused
        As ``start_run``.
    """
    allow_run(actor, area)
    past = sorted(set(days))
    for day in past:
        check(day, draws)
    parameters = {"area": area.code, "days": [day.isoformat() for day in past], "draws": draws, "seed": seed}
    key = f"{past[0]}:{past[-1]}:{len(past)}:{draws}:{seed}"
    return jobs.enqueue(actor=actor, kind=BACKTESTS, parameters=parameters, area=area, idempotency_key=key)


def check(day: date, draws: int) -> None:
    """Refuse a day that has not come, and draws that tell nothing or take a day."""
    if day > today():
        message, remedy = mark("%(day)s has not come yet."), mark("Ask for today or an earlier day.")
        raise Refused(Problem("outlook.future", message, remedy=remedy, params={"day": day.isoformat()}))
    if not 100 <= draws <= MOST_DRAWS:
        message = mark("%(draws)s draws are not between 100 and %(most)s.")
        raise Refused(Problem("outlook.bad_draws", message, params={"draws": draws, "most": MOST_DRAWS}))


def day_before(area: Area, day: date) -> date | None:
    """The day that a run is compared with: that of the latest run before it."""
    before = runs.latest(None, area, part=runs.TARGETS, as_of=day - timedelta(days=1))
    return before.as_of if before else None


@transaction.atomic
def keep(*, actor: User | None, asked: Asked, made: Made, part: str) -> Run:
    """Keep a run and, of targets, its calls; the same run again adds nothing."""
    from zhizao.apps.outlook.running import ENGINE_VERSION, is_past

    allow_run(actor, asked.area)
    run = evidence.record_run(
        actor=actor,
        area=asked.area,
        engine=runs.ENGINE,
        engine_version=ENGINE_VERSION,
        inputs=made.inputs,
        parameters=asked.parameters(part),
        seed=asked.seed,
        as_of=asked.as_of,
        output=made.output,
        roles=READERS,
    )
    told = [row for row in made.record.get("targets", ()) if row["p"] is not None]
    if told and not Call.objects.filter(run=run).exists():
        calls = [_call(asked, run, row, is_backtest=is_past(asked.as_of)) for row in told]
        Call.objects.bulk_create(calls, ignore_conflicts=True)  # another job may have kept the same run meanwhile
        details = {"as_of": asked.as_of.isoformat(), "calls": len(told), "run": run.sha12}
        record(actor=actor, action="outlook.run.keep", target=run, area=asked.area, details=details)
    return run


def _call(asked: Asked, run: Run, row: Mapping[str, Any], *, is_backtest: bool) -> Call:
    span = Span.parse(row["span"])
    return Call(
        area=asked.area,
        run=run,
        target_key=row["key"],
        name=row["name"],
        pillar=row["pillar"],
        unit=row["unit"],
        as_of=asked.as_of,
        start_month=span.start_month,
        months=span.months,
        bound=row["bound"],
        threshold=row["value"],
        # as the run's bytes have them
        **{name: float(f"{row[name]:.12g}") for name in ("p", "p_lo", "p_hi")},
        fan=[[point["span"], *(float(f"{point[q]:.12g}") for q in _BANDS)] for point in row["fan"]],
        is_backtest=is_backtest,
    )


_BANDS = ("q025", "q10", "q50", "q90", "q975")
