"""The hourly clock of the cases: timers, reminders, what is overdue, provisional days, cases that nobody has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhizao.base.jobs.context import JobContext
from zhizao.base.jobs.registry import job_kind
from zhizao.kernel.result import mark


@job_kind("flow.clock", label=_("Clock of the cases"), resumable=True, every=timedelta(hours=1))
def tick(job: JobContext) -> dict[str, Any]:
    """Do for every running case what its time has come for; each case in a transaction of its own."""
    from zhizao.base.flow import ticking

    with job.stage(mark("Going through the cases")):
        done = ticking.tick_all(timezone.now())
        job.log(mark("%(cases)s cases, %(reminded)s reminders, %(broken)s could not be read"), **done)
    return done
