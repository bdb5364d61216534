"""Long work on plans: reading a document, checking a version."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhizao.apps.plan import checking, judging, services
from zhizao.apps.plan.models import Plan, PlanVersion
from zhizao.base.files import store
from zhizao.base.files.models import StoredFile
from zhizao.base.jobs.context import JobContext
from zhizao.base.jobs.registry import job_kind
from zhizao.kernel.result import mark


@job_kind("plan.read", label=_("Read a plan"), resumable=True)
def read_upload(job: JobContext, *, file: int, plan: str = "", reason: str = "") -> dict[str, Any]:
    """Read a document that was uploaded into a draft; the same document again gives the same draft."""
    from zhizao.engines.planlint import read_document  # polars is heavy: only in the worker

    stored = StoredFile.objects.select_related("area").get(pk=file)
    with job.stage(mark("Reading the document"), until=0.7):
        reading = read_document(store.read(stored.sha256), file=stored.name)
        for name, records in reading.rows.items():
            job.log(mark("Table %(name)s: %(count)s rows"), name=name, count=len(records))
        job.log(mark("%(count)s problems to look at"), count=len(reading.problems))
    with job.stage(mark("Storing the draft")), job.landing() as result:
        newest = PlanVersion.objects.aggregate(newest=Max("pk"))["newest"] or 0
        version = services.take_reading(
            actor=job.actor,
            area=stored.area,
            reading=reading,
            file=stored.name,
            plan=Plan.objects.filter(slug=plan).first() if plan else None,
            reason=reason,
        )
        known_before = version.pk <= newest
        if known_before:
            job.log(mark("The document says what version %(number)s says; no draft was made."), number=version.number)
        address = f"{reverse('plan:review', args=[version.number])}?plan={version.plan.slug}&version={version.number}"
        result |= {
            "plan": version.plan.slug,
            "version": version.number,
            "url": f"{address}&known=1" if known_before else address,
        }
    return result


@job_kind("plan.check", label=_("Check a plan"), resumable=True)
def check_version(job: JobContext, *, plan: str, version: int) -> dict[str, Any]:
    """Check a version's figures; the same version under the same rules gives the same run."""
    found = PlanVersion.objects.select_related("plan__area", "plan__parent", "run").get(plan__slug=plan, number=version)
    checking.allow_check(job.actor, found)
    with job.stage(mark("Checking the figures"), until=0.9):
        output, inputs = checking.make_check(found)
        job.log(mark("%(count)s findings, %(agreed)s figures agree"), **_counts(output))
    with job.stage(mark("Storing the report")), job.landing() as result:
        checking.keep_check(actor=job.actor, version=found, output=output, inputs=inputs)
        if carried := judging.carry(found):
            job.log(mark("%(count)s decisions carried from the version before"), count=carried)
        address = f"{reverse('plan:health')}?plan={plan}&version={version}"
        result |= {"plan": plan, "version": version, "url": address}
    return result


def _counts(output: dict[str, Any]) -> dict[str, int]:
    return {"count": len(output["findings"]), "agreed": len(output["agreed"])}
