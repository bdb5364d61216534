"""Long work: looking back on alarms when two more months are in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhizao.apps.warning import outcomes, runs, services
from zhizao.base.accounts.models import Area
from zhizao.base.jobs.context import JobContext
from zhizao.base.jobs.registry import job_kind
from zhizao.kernel.result import mark


@job_kind(outcomes.JOB, label=_("See what became of alarms"), resumable=True)
def look_back(job: JobContext, *, area: str, as_of: str) -> dict[str, Any]:
    """Judge an area's alarms by what came after; the same day again adds nothing."""
    from zhizao.apps.warning import looking_back  # the engine: only in the worker

    place, day = Area.objects.get(code=area), date.fromisoformat(as_of)
    services.allow_run(job.actor, place)
    services.check(day)
    with job.stage(mark("Looking back on alarms"), until=0.9):
        made = looking_back.make(place, day)
    with job.stage(mark("Storing what became of them")), job.landing() as result:
        kept = outcomes.keep(actor=job.actor, made=made)
        job.log(mark("%(count)s new verdicts"), count=kept.verdicts)
        url = f"{reverse('warning:scores')}?{urlencode({'area': area})}"
        result |= {"url": url, "run": kept.run.sha12, "verdicts": kept.verdicts}
    return result


@job_kind(
    "warning.outcomes_monthly",
    label=_("See each month what became of alarms"),
    resumable=True,
    every=timedelta(days=1),
)
def monthly(job: JobContext) -> dict[str, Any]:
    """Each day: areas whose last run of alarms is newer than what was last looked back on."""
    started = []
    for area in Area.objects.filter(pk__in=runs.areas()):
        newest, looked = runs.latest(None, area), runs.latest(None, area, part=outcomes.PART)
        if newest is not None and (looked is None or looked.made_at < newest.made_at):
            started.append(outcomes.start(actor=None, area=area).pk)
    return {"jobs": started}
