"""Long work on the ledger: a file is checked and stored."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhizao.apps.ledger import reporting as reporting  # declares its kind of job
from zhizao.apps.ledger import services
from zhizao.base.files import store
from zhizao.base.files.models import StoredFile
from zhizao.base.jobs.context import JobContext
from zhizao.base.jobs.registry import job_kind
from zhizao.kernel.result import mark


@job_kind("ledger.define_targets", label=_("Indicators of a plan's targets"), resumable=True)
def define_targets(job: JobContext, *, event: int) -> dict[str, Any]:
    """Define an indicator for each target of a version that was published; those that are there stay as they are."""
    with job.stage(mark("Defining the indicators"), until=1.0):
        changed = services.load_indicators()
        job.log(mark("%(count)s indicators are new or changed"), count=changed)
    return {"event": event, "changed": changed}


@job_kind("ledger.import", label=_("Import observations"), resumable=True)
def import_observations(job: JobContext, *, file: int) -> dict[str, Any]:
    """Check a file and store it whole; the same file again gives the import that is there."""
    stored = StoredFile.objects.get(pk=file)
    with job.stage(mark("Reading the file"), until=0.2):
        data = store.read(stored.sha256)
    with job.stage(mark("Checking the rows"), until=0.6):
        checked = services.checked(actor=job.actor, area=stored.area, data=data, name=stored.name)
    with job.stage(mark("Storing the figures")), job.landing() as result:
        batch, is_new = services.store_checked(checked)
        if is_new:
            job.log(mark("%(added)s of %(rows)s rows are new"), added=batch.added, rows=batch.rows)
        else:
            job.log(mark("The file was taken in before: nothing changes"))
        result |= {"url": f"{batch.get_absolute_url()}{'' if is_new else '?known=1'}"}
    return result
