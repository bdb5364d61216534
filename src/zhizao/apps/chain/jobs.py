"""Long work on the chains: those of a plan are taken over, a file is taken in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhizao.apps.chain import risk_jobs as risk_jobs  # declares its kinds of job
from zhizao.base.files import store
from zhizao.base.files.models import StoredFile
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


@job_kind("chain.import", label=_("Import chains"), resumable=True)
def import_chains(job: JobContext, *, file: int, what: str, valid_from: str) -> dict[str, Any]:
    """Take nodes, members or flows in; ``valid_from`` counts for rows that name no day of their own."""
    from zhizao.apps.chain import importing, sheets
    from zhizao.apps.registry.importing import batch_of

    stored = StoredFile.objects.select_related("area").get(pk=file)
    with job.stage(mark("Checking the rows"), until=0.3):
        data = store.read(stored.sha256)
        rows = sheets.read(what, data, file=stored.name)
    with job.stage(mark("Storing the facts")), job.landing() as result:
        found = importing.take_rows(
            actor=job.actor,
            area=stored.area,
            what=what,
            rows=rows,
            source=stored.name,
            batch=batch_of(data),
            valid_from=date.fromisoformat(valid_from),
        )
        job.log(mark("%(rows)s rows read, %(facts)s facts added"), rows=found.rows, facts=found.facts)
        result |= {"url": reverse("chain:list"), "rows": found.rows, "facts": found.facts}
    return result
