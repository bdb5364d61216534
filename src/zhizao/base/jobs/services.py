"""Start, cancel and retry long work."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import rules
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from zhizao.base.audit import services as audit
from zhizao.base.jobs import registry
from zhizao.base.jobs.models import Job
from zhizao.base.jobs.problems import to_json
from zhizao.base.jobs.tasks import run_job
from zhizao.base.messages.services import notify
from zhizao.kernel.result import Problem, mark

if TYPE_CHECKING:
    from zhizao.base.accounts.models import Area, User

MOST_STARTS = 3

WORKER_STOPPED = Problem(
    "jobs.worker_stopped",
    mark("The worker stopped in mid-job."),
    remedy=mark("What the job had finished is kept, the rest was not stored. Look at the data, then start it again."),
)


@transaction.atomic
def enqueue(
    *,
    actor: User | None,
    kind: str,
    parameters: dict[str, Any],
    area: Area | None,
    idempotency_key: str | None = None,
) -> Job:
    """Ask for work of a declared kind; the worker starts once the caller's transaction has been committed.

    ``parameters`` are JSON and become the keyword arguments of the work. With an ``idempotency_key`` the same actor's
    same wish in the same area is one job: it is returned as it stands, or started again if it had failed.

    Raises
    ------
    KeyError : no such kind is declared.
    """
    registry.get(kind)
    key = None
    if idempotency_key is not None:
        # Two people's wishes never meet in one job: neither could see the other's.
        key = f"{area.pk if area else 0}:{actor.pk if actor else 0}:{idempotency_key}"
        if (job := Job.objects.filter(kind=kind, idempotency_key=key).first()) is not None:
            return requeue(job=job) if job.state in (Job.State.FAILED, Job.State.CANCELLED) else job
    try:
        with transaction.atomic():
            job = Job.objects.create(kind=kind, parameters=parameters, area=area, owner=actor, idempotency_key=key)
    except IntegrityError:
        if key is None:
            raise
        return Job.objects.get(kind=kind, idempotency_key=key)
    audit.record(actor=actor, action="jobs.job.enqueue", target=job, area=area, details={"kind": kind})
    dispatch(job)
    return job


def waiting(*, kind: str, parameters: dict[str, Any]) -> Job | None:
    """A job of the system itself that waits in the queue for the same work."""
    queued = Job.objects.filter(kind=kind, state=Job.State.QUEUED, owner=None)
    return next((job for job in queued if job.parameters == parameters), None)


@transaction.atomic
def cancel(*, actor: User, job: Job) -> Job:
    """Take a waiting job out of the queue, or ask a running one to stop at its next step; a finished job stays."""
    if not rules.has_perm("jobs.manage", actor, job):
        raise PermissionDenied
    now = timezone.now()
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
    running = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, cancel_requested=False)
    if waiting.update(state=Job.State.CANCELLED, finished_at=now) or running.update(cancel_requested=True):
        audit.record(actor=actor, action="jobs.job.cancel", target=job, area=job.area)
    job.refresh_from_db()
    return job


@transaction.atomic
def retry(*, actor: User, job: Job) -> Job:
    """Start a failed or cancelled job again from its beginning; any other job stays as it is."""
    if not rules.has_perm("jobs.manage", actor, job):
        raise PermissionDenied
    job = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if job.state in (Job.State.FAILED, Job.State.CANCELLED):
        requeue(job=job)
        audit.record(actor=actor, action="jobs.job.retry", target=job, area=job.area)
    return job


def requeue(*, job: Job) -> Job:
    """Put a job back into the queue as if new; the log of earlier attempts stays. Asks no permission."""
    fresh = {
        "state": Job.State.QUEUED,
        "cancel_requested": False,
        "queued_at": timezone.now(),
        "worker": "",
        "heartbeat_at": None,
        "progress": 0.0,
        "stage": "",
        "count_done": 0,
        "count_total": None,
        "result": None,
        "result_sha256": "",
        "problems": [],
        "finished_at": None,
    }
    Job.objects.filter(pk=job.pk).update(**fresh)
    job.refresh_from_db()
    dispatch(job)
    return job


def dispatch(job: Job) -> None:
    """Hand the job to the queue after the commit; what is lost in between, ``dispatch_lost`` finds."""

    def hand_over() -> None:
        task = run_job.enqueue(job.pk)
        Job.objects.filter(pk=job.pk).update(task_id=task.id)

    transaction.on_commit(hand_over)


def dispatch_lost() -> int:
    """Hand over again what waits without a place in the queue: the process died between its commit and the queue."""
    waiting = Job.objects.filter(state=Job.State.QUEUED, queued_at__lt=timezone.now() - stale_after())
    placed = DBTaskResult.objects.filter(status=TaskResultStatus.READY).values("id")
    lost = list(waiting.exclude(task_id__in=placed))
    for job in lost:
        dispatch(job)
    return len(lost)


def stale_after() -> timedelta:
    """How long a running job may be silent before its worker is held for dead."""
    return timedelta(seconds=settings.JOB_STALE_SECONDS)


def recover_stale(*, worker: str = "") -> list[Job]:
    """Deal with jobs whose worker died: start resumable ones again (three starts at most), fail the others visibly.

    ``worker`` names the caller, whose own job is alive whatever its heartbeat says.
    """
    silent = {"state": Job.State.RUNNING, "heartbeat_at__lt": timezone.now() - stale_after()}
    recovered = []
    for pk in Job.objects.filter(**silent).exclude(worker=worker).values_list("pk", flat=True):
        with transaction.atomic():
            job = Job.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, **silent).first()
            if job is not None:
                recovered.append(give_back(job=job))
    return recovered


def give_back(*, job: Job) -> Job:
    """End an attempt whose worker is gone: back into the queue if the kind is resumable, else failed."""
    kind = registry.find(job.kind)
    if job.cancel_requested:
        Job.objects.filter(pk=job.pk).update(state=Job.State.CANCELLED, finished_at=timezone.now())
    elif kind is not None and kind.resumable and job.attempt < MOST_STARTS:
        requeue(job=job)
    else:
        Job.objects.filter(pk=job.pk).update(
            state=Job.State.FAILED, finished_at=timezone.now(), problems=[to_json(WORKER_STOPPED)]
        )
        tell_owner(job=job, state=Job.State.FAILED)
    job.refresh_from_db()
    return job


def tell_owner(*, job: Job, state: str) -> None:
    """A message to whoever asked for the job; nobody asked for the work of the system."""
    if job.owner:
        words = _("%(job)s: done") if state == Job.State.DONE else _("%(job)s: failed")
        notify(to=[job.owner], title=words % {"job": job.label}, url=job.get_absolute_url())
