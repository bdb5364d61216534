"""Long work: write a brief and issue it, or compute its facts anew to compare."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhizao.apps.cockpit import gathering, preparing, services, text
from zhizao.base.accounts.models import Area
from zhizao.base.jobs.context import JobContext
from zhizao.base.jobs.registry import job_kind
from zhizao.kernel.result import mark

if TYPE_CHECKING:
    from zhizao.apps.cockpit.gathering import Gathered


@job_kind(services.ISSUE, label=_("Write the monthly brief"), resumable=True)
def issue(job: JobContext, *, area: str, month: str, as_of: str) -> dict[str, Any]:
    """Write a brief in both languages and issue it; the same brief again is the one that is there."""
    made = _gathered(job, area, month, as_of, until=0.6)
    with job.stage(mark("Writing the files"), total=len(text.LANGUAGES), until=0.95) as stage:
        run = services.keep(actor=job.actor, made=made)
        files = {}
        for language in text.LANGUAGES:
            files[language] = services.files_of(run, made.asked, made.template.version, language)
            stage.advance()
    with job.stage(mark("Issuing the brief")), job.landing() as result:
        briefs = services.issue(actor=job.actor, made=made, run=run, files=files)
        result |= {"url": reverse("cockpit:brief", args=[briefs[0].month]), "run": run.sha12}
    return result


@job_kind(services.REBUILD, label=_("Rebuild the monthly brief"), resumable=True)
def rebuild(job: JobContext, *, area: str, month: str, as_of: str) -> dict[str, Any]:
    """Compute the facts of an issued brief anew, from what is known now of its day; the brief stays as it is."""
    made = _gathered(job, area, month, as_of, until=0.95)
    with job.stage(mark("Storing the facts")), job.landing() as result:
        run = services.keep(actor=job.actor, made=made)
        result |= {"run": run.sha12}
    return result


def _gathered(job: JobContext, area: str, month: str, as_of: str, *, until: float) -> Gathered:
    place = Area.objects.get(code=area)
    services.allow_issue(job.actor, place)

    def step(words: str) -> None:
        job.log(words)
        job.check()

    with job.stage(mark("Gathering the facts"), until=until):
        asked = gathering.ask(place, month, date.fromisoformat(as_of))
        preparing.prepare(actor=job.actor, asked=asked, step=step)
        return gathering.gather(asked, step=step)
