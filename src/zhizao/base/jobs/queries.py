from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Max, QuerySet
from django.utils import timezone

from zhizao.base.jobs.models import Job, JobLog, WorkerBeat

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User


def visible_jobs(actor: User | AnonymousUser) -> QuerySet[Job]:
    """Every job that the actor may see, newest first."""
    return Job.objects.visible_to(actor).select_related("owner", "area")


def jobs_of(actor: User | AnonymousUser) -> QuerySet[Job]:
    """The jobs that the actor asked for, newest first."""
    return visible_jobs(actor).filter(owner=actor if actor.is_authenticated else None)


def log_tail(job: Job, *, lines: int = 200) -> list[JobLog]:
    """The last lines of a job's log, oldest first."""
    return list(job.log.order_by("-pk")[:lines])[::-1]


def worker_seen_seconds_ago() -> float | None:
    """Seconds since any worker was alive; ``None`` when none ever was."""
    last = WorkerBeat.objects.aggregate(last=Max("at"))["last"]
    return (timezone.now() - last).total_seconds() if last else None
