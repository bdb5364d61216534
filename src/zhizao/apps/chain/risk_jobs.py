"""Long work on risk: everything of an area, and one what-if. Engines are loaded here, in the worker."""

from __future__ import annotations

from datetime import date
from time import perf_counter
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhizao.apps.chain import risk_services as services
from zhizao.apps.chain import what_if_run
from zhizao.base.jobs.context import JobContext
from zhizao.base.jobs.registry import job_kind
from zhizao.kernel.result import mark


@job_kind("chain.risk", label=_("Systemic risk and gaps"), resumable=True)
def compute(job: JobContext) -> dict[str, Any]:
    """Compute systemic risk, gaps and local sourcing of the job's area; refused without flows outside."""
    services.allow(job.actor, job.area)
    with job.stage(mark("Reading the links"), until=0.2):
        found = services.basis(job.area)
        job.log(mark("%(firms)s firms, %(links)s links"), **found.trade.counts)
    with job.stage(mark("Computing systemic risk"), total=len(found.trade.firms), until=0.7) as stage:
        risk = services.compute_risk(found, progress=lambda done, total: stage.advance(done - stage.done))
    with job.stage(mark("Looking for gaps"), until=0.95):
        gaps = services.compute_gaps(found, risk)
        job.log(mark("%(count)s nodes have a gap"), count=sum(_has_gap(node) for node in gaps["nodes"]))
    with job.stage(mark("Storing the result")), job.landing() as result:
        runs = services.keep(actor=job.actor, found=found, risk=risk, gaps=gaps)
        result |= {"url": reverse("chain:risk"), "runs": [run.sha12 for run in runs]}
    return result


def _has_gap(node: dict[str, Any]) -> bool:
    return any(gap["status"] == "yes" for gap in node["gaps"])


@job_kind("chain.what_if", label=_("What if"), resumable=True)
def what_if(job: JobContext, *, scenario: dict[str, Any], on: str) -> dict[str, Any]:
    """Run one scenario on the trade of the job's area as known at the end of a day."""
    services.allow(job.actor, job.area)
    wanted = what_if_run.Scenario.of(scenario)
    with job.stage(mark("Reading the links"), until=0.5):
        found = services.basis(job.area, date.fromisoformat(on))
    with job.stage(mark("Running the scenario"), until=0.9):
        start = perf_counter()
        output = what_if_run.make(found.trade, found.chains, wanted)
        job.log(mark("The engines took %(ms)s ms"), ms=round((perf_counter() - start) * 1000))
    with job.stage(mark("Storing the result")), job.landing() as result:
        run = services.keep_what_if(actor=job.actor, found=found, scenario=wanted, output=output)
        result |= {"url": reverse("chain:what_if_result", args=[run.sha12]), "run": run.sha12}
    return result
