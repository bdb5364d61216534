"""Long work: a run of an area, the runs that a new plan or a new month asks for, and those of past days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhizao.apps.outlook import runs, services
from zhizao.apps.outlook.conventions import conventions
from zhizao.apps.plan import queries as plans
from zhizao.base.accounts.models import Area
from zhizao.base.events.models import Event
from zhizao.base.facts.queries import today
from zhizao.base.jobs.context import JobContext
from zhizao.base.jobs.registry import job_kind
from zhizao.kernel.result import mark

if TYPE_CHECKING:
    from zhizao.apps.outlook.running import Asked

COMBINED = 1000
"""The largest series get the median of three models; what targets follow are few, and all of them are large."""


@job_kind(services.JOB, label=_("Forecast the targets"), resumable=True)
def run(
    job: JobContext, *, area: str, as_of: str, draws: int = services.DRAWS, seed: int = 0, combined: int = COMBINED
) -> dict[str, Any]:
    """Tell every target of an area as of a day, and what moved since the run before; the same run is the same bytes."""
    from zhizao.apps.outlook import running  # the engine: only in the worker

    place, day = _allowed(job, area, [as_of], draws), date.fromisoformat(as_of)
    asked = running.Asked(place, day, services.day_before(place, day), draws, seed, combined)
    with job.stage(mark("Forecasting the targets"), until=0.6):
        targets = running.make(asked, step=lambda text: _log(job, text))
    with job.stage(mark("Forecasting the enterprises"), until=0.95):
        enterprises = running.enterprises(asked, step=lambda text: job.check())
    with job.stage(mark("Storing the forecasts")), job.landing() as result:
        kept = services.keep(actor=job.actor, asked=asked, made=targets, part=runs.TARGETS)
        services.keep(actor=job.actor, asked=asked, made=enterprises, part=runs.ENTERPRISES)
        told = sum(row["p"] is not None for row in targets.record["targets"])
        job.log(mark("%(told)s of %(count)s targets told"), told=told, count=len(targets.promises))
        address = f"{reverse('outlook:overview')}?{urlencode({'area': place.code, 'as_of': as_of})}"
        result |= {"url": address, "run": kept.sha12}
    return result


@job_kind(services.BACKTESTS, label=_("Forecast past months as known then"), resumable=True)
def backtests(job: JobContext, *, area: str, days: list[str], draws: int, seed: int) -> dict[str, Any]:
    """Tell every target as of today, then of past days in their order, each from what was known then.

    Each day is kept by itself; started again, the job goes on after the days that are there.
    """
    from zhizao.apps.outlook import running

    place = _allowed(job, area, days, draws)
    wanted = [today(), *map(date.fromisoformat, days)]
    with job.stage(mark("Forecasting past months"), total=len(wanted), until=1.0) as stage:
        last = None
        for day in wanted:
            asked = running.Asked(place, day, services.day_before(place, day), draws, seed, 0)
            if not _is_there(asked):
                made, last = running.make_after(last, asked, step=lambda text: job.check())
                services.keep(actor=job.actor, asked=asked, made=made, part=runs.TARGETS)
                if day == today():
                    own = running.enterprises(asked, step=lambda text: job.check())
                    services.keep(actor=job.actor, asked=asked, made=own, part=runs.ENTERPRISES)
            stage.advance()
    return {"days": len(wanted), "url": f"{reverse('outlook:overview')}?{urlencode({'area': place.code})}"}


def _allowed(job: JobContext, area: str, days: list[str], draws: int) -> Area:
    found = Area.objects.get(code=area)
    services.allow_run(job.actor, found)
    for day in days:
        services.check(date.fromisoformat(day), draws)
    return found


def _is_there(asked: Asked) -> bool:
    run = runs.latest(None, asked.area, part=runs.TARGETS, as_of=asked.as_of)
    return run is not None and run.as_of == asked.as_of and run.seed == asked.seed


def _log(job: JobContext, text: str) -> None:
    """A step begins: a line in the log, and a place where a cancelled job stops."""
    job.log(text)
    job.check()


@job_kind("outlook.plan_published", label=_("Forecast a new plan's targets"), resumable=True)
def plan_published(job: JobContext, *, event: int) -> dict[str, Any]:
    """A plan was published: its area's targets are forecast anew."""
    area = Event.objects.get(sequence=event).area
    with transaction.atomic():
        started = services.start_run(actor=None, area=area) if area is not None else None
    return {"event": event, "job": started.pk if started else None}


@job_kind("outlook.monthly", label=_("Forecast the targets each month"), resumable=True, every=timedelta(days=1))
def monthly(job: JobContext) -> dict[str, Any]:
    """Each day: areas whose plan still runs and that have no run since last month's figures came in are forecast."""
    day = today()
    since = figures_in(day)
    started = []
    for area in Area.objects.filter(pk__in=_running(day)):
        newest = runs.latest(None, area, part=runs.TARGETS, as_of=None)
        if newest is None or newest.as_of is None or newest.as_of < since:
            started.append(services.start_run(actor=None, area=area).pk)
    return {"jobs": started}


def figures_in(day: date) -> date:
    """The last day, not after this one, from which on the figures of the month before were in.

    >>> figures_in(date(2025, 3, 15)), figures_in(date(2025, 1, 14))
    (datetime.date(2025, 3, 15), datetime.date(2024, 12, 15))
    """
    first = conventions().forecast_from_day
    month = day if day.day >= first else day.replace(day=1) - timedelta(days=1)
    return month.replace(day=first)


def _running(day: date) -> set[int]:
    """Areas with a plan of which a year, or its settling, is not over."""
    from django.contrib.auth.models import AnonymousUser

    found = plans.plans(AnonymousUser()).filter(last_year__gte=day.year - 1)
    return set(found.values_list("area", flat=True))
