"""Long work on the chains: those of a plan are taken over, a file is taken in."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhizao.base.jobs.context import JobContext
from zhizao.base.jobs.registry import job_kind
from zhizao.kernel.result import mark


@job_kind("chain.load_plan", label=_("Industry chains of the plans"), resumable=True)
def load_plan(job: JobContext, *, event: int) -> dict[str, Any]:
    """Take over the chains of the plans in force, after one was published or the register has grown."""
    from zhizao.apps.chain import loading

    with job.stage(mark("Taking over the chains"), until=1.0):
        added = loading.load()
        job.log(mark("%(count)s facts are new"), count=added)
    return {"event": event, "added": added}
