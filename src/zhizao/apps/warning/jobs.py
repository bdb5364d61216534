"""Long work: a run of an area, runs of past days, and the month's runs that nobody need ask for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhizao.apps.chain import risk_queries as chain
from zhizao.apps.chain import risk_run
from zhizao.apps.ledger import queries as ledger
from zhizao.apps.warning import cutoffs, outcomes, runs, services
from zhizao.apps.warning import outcome_jobs as outcome_jobs
from zhizao.apps.warning.rules import watch_of
from zhizao.base.accounts.models import Area
from zhizao.base.evidence.models import Run
from zhizao.base.facts.queries import instant, today
from zhizao.base.jobs.context import JobContext
from zhizao.base.jobs.registry import job_kind
from zhizao.kernel.result import Refused, mark

FIGURES_IN_FROM = 18
"""From this day of a month on last month's figures are in: reports come until the 14th, and are checked."""


@job_kind(services.JOB, label=_("Look for alarms"), resumable=True)
def run(job: JobContext, *, area: str, as_of: str) -> dict[str, Any]:
    """Find the alarms of an area as of a day; the same run is the same bytes."""
    from zhizao.apps.warning import running  # the engine: only in the worker

    place, day = _allowed(job, area, [as_of]), date.fromisoformat(as_of)
    with job.stage(mark("Looking for alarms"), until=0.9):
        made = running.make(place, day, step=lambda text: _log(job, text))
    with job.stage(mark("Storing the alarms")), job.landing() as result:
        kept = services.keep(actor=job.actor, made=made)
        job.log(mark("%(found)s new alarms, %(lapsed)s lapsed"), found=kept.found, lapsed=kept.lapsed)
        result |= {"url": _address(place, as_of), "run": kept.run.sha12, "found": kept.found, "lapsed": kept.lapsed}
    return result


@job_kind(services.BACKTESTS, label=_("Look for the alarms of past months as known then"), resumable=True)
def backtests(job: JobContext, *, area: str, days: list[str], cut_offs: bool) -> dict[str, Any]:
    """Find the alarms of past days in their order, each from what was known then, and those of today.

    Each day is kept by itself; started again, the job goes on after the days that are there.
    """
    from zhizao.apps.warning import gathering, running

    place = _allowed(job, area, days)
    wanted = [*map(date.fromisoformat, sorted(days)), today()]
    with job.stage(mark("Looking for alarms of past months"), total=len(wanted), until=1.0) as stage:
        told = gathering.said(place, watch_of(place))
        for day in wanted:
            there = runs.latest(None, place, as_of=day)
            if there is None or there.as_of != day:
                _know_risk(place, day)
                made = running.make(place, day, told=told, step=lambda text: job.check())
                services.keep(actor=job.actor, made=made)
            stage.advance()
    if cut_offs:
        cutoffs.propose(actor=job.actor, area=place)
    outcomes.start(actor=job.actor, area=place)
    return {"days": len(wanted), "url": _address(place, wanted[-1].isoformat())}


@job_kind("warning.monthly", label=_("Look for alarms each month"), resumable=True, every=timedelta(days=1))
def monthly(job: JobContext) -> dict[str, Any]:
    """Each day: areas with figures newer than their last run, from the day on which last month's are in, are run."""
    day = today()
    started = []
    for area in Area.objects.filter(pk__in=_with_figures(day)):
        newest = runs.latest(None, area)
        if newest is None or newest.as_of is None or _is_due(area, newest.as_of, newest.made_at, day):
            started.append(services.start_run(actor=None, area=area).pk)
    return {"jobs": started}


def figures_in(day: date) -> date:
    """The last day, not after this one, from which on the figures of the month before were in.

    >>> figures_in(date(2025, 3, 18)), figures_in(date(2025, 1, 17))
    (datetime.date(2025, 3, 18), datetime.date(2024, 12, 18))
    """
    month = day if day.day >= FIGURES_IN_FROM else day.replace(day=1) - timedelta(days=1)
    return month.replace(day=FIGURES_IN_FROM)


def _is_due(area: Area, as_of: date, made_at: Any, day: date) -> bool:
    """Whether a month has passed since the last run, or figures have come in or systemic risk was computed since."""
    if as_of < figures_in(day):
        return True
    figures = ledger.batches(None).filter(area__path__startswith=area.path, made_at__gt=made_at)
    risk = chain.last(Run.objects.filter(area=area, made_at__gt=made_at), risk_run.ENGINE, day)
    return as_of < day and (figures.exists() or risk is not None)


def _know_risk(area: Area, day: date) -> None:
    """Have systemic risk of a past day computed from the links that were known then, where none is of that time."""
    from zhizao.apps.chain import risk_services
    from zhizao.apps.warning.gather_chain import TOO_OLD

    last = chain.last(Run.objects.filter(area=area), risk_run.ENGINE, day)
    if last is not None and last.as_of is not None and day - last.as_of <= TOO_OLD:
        return
    basis = risk_services.basis(area, day)
    try:
        risk = risk_services.compute_risk(basis, progress=lambda done, of: None)
    except Refused:
        return  # no links, or nothing flows out: the run says that there is no systemic risk
    risk_services.keep(actor=None, found=basis, risk=risk, gaps=risk_services.compute_gaps(basis, risk))


def _with_figures(day: date) -> set[int]:
    """Areas of which figures of enterprises were taken in, by the end of a day."""
    return set(ledger.batches(None).filter(made_at__lte=instant(day)).order_by().values_list("area", flat=True))


def _address(area: Area, as_of: str) -> str:
    return f"{reverse('warning:overview')}?{urlencode({'area': area.code, 'as_of': as_of})}"


def _allowed(job: JobContext, area: str, days: list[str]) -> Area:
    found = Area.objects.get(code=area)
    services.allow_run(job.actor, found)
    for day in days:
        services.check(date.fromisoformat(day))
    return found


def _log(job: JobContext, text: str) -> None:
    """A step begins: a line in the log, and a place where a cancelled job stops."""
    job.log(text)
    job.check()
