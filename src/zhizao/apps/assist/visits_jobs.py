"""Whoever has a visit to make is told: before its day, on it, and which enterprises of his are due without one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhizao.base.jobs.context import JobContext
from zhizao.base.jobs.registry import job_kind
from zhizao.kernel.result import mark


@job_kind("assist.reminders", label=_("Reminders of visits"), resumable=True, every=timedelta(days=1))
def reminders(job: JobContext) -> dict[str, Any]:
    """Remind once of each; again on the same day nothing more is sent."""
    from zhizao.apps.assist import visits_reminding
    from zhizao.base.facts.queries import today

    with job.stage(mark("Reminding of visits")), job.landing() as result:
        result |= visits_reminding.remind_all(today())
    return result
