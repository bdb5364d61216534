"""Long work and what events ask for: alarms and matters become cases, effects are measured."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhizao.apps.assist import kinds, services
from zhizao.apps.assist import visits_jobs as visits_jobs  # declares its kind of job
from zhizao.apps.warning import queries as warning
from zhizao.base.accounts.models import Area
from zhizao.base.events.models import Event
from zhizao.base.facts.queries import today
from zhizao.base.flow.models import Case
from zhizao.base.jobs.context import JobContext
from zhizao.base.jobs.registry import job_kind
from zhizao.kernel.result import mark


@job_kind("assist.take_alarms", label=_("Make cases of serious alarms"), resumable=True)
def take_alarms(job: JobContext, *, event: int) -> dict[str, Any]:
    """Open cases for those of the alarms just found that the rule takes by itself; again, it opens none twice."""
    numbers = Event.objects.get(sequence=event).payload["alarms"]
    found = [alarm for number in numbers if (alarm := warning.alarm(None, number)) is not None]
    with job.landing() as result:
        opened = services.take_alarms(found)
        job.log(mark("%(opened)s cases opened of %(alarms)s alarms"), opened=len(opened), alarms=len(found))
        result |= {"url": reverse("assist:queue"), "cases": [case.number for case in opened]}
    return result


@job_kind("assist.take_matter", label=_("Make a case of a matter of a chain"), resumable=True)
def take_matter(job: JobContext, *, event: int) -> dict[str, Any]:
    """Open the case of a matter that was opened at a chain."""
    matter = Event.objects.get(sequence=event).payload["matter"]
    with job.landing() as result:
        case = services.open_for_matter(actor=None, matter=matter)
        result |= {"case": case.number if case else None}
    return result


@job_kind("assist.case_closed", label=_("Carry the result of a case to what it is of"), resumable=True)
def case_closed(job: JobContext, *, event: int) -> dict[str, Any]:
    """Close the matter of a closed case with its result; other kinds have nothing to carry."""
    payload = Event.objects.get(sequence=event).payload
    with job.landing() as result:
        ended = False
        if payload["kind"] == kinds.MATTER:
            ended = services.end_matter(case=Case.objects.get(pk=payload["case"]))
        result |= {"matter_closed": ended}
    return result


@job_kind("assist.effects", label=_("Measure what help did"), resumable=True, every=timedelta(days=1))
def measure(job: JobContext, *, as_of: str = "") -> dict[str, Any]:
    """Measure the effects of closed cases whose months after are over, and those again whose figures changed."""
    from zhizao.apps.assist import effects  # reads the ledger of every enterprise: only in the worker

    added = 0
    areas = Case.objects.filter(kind__startswith="assist.", status=Case.Status.CLOSED).order_by().values("area")
    for area in Area.objects.filter(pk__in=areas):
        made = effects.make(area, date.fromisoformat(as_of) if as_of else today())
        if made is not None:
            with job.landing():
                added += len(services.keep_effects(actor=None, made=made))
    return {"effects": added}
