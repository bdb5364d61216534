"""Run one job and write down what came of it."""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from zhizao.base.jobs import registry, services
from zhizao.base.jobs.context import Cancelled, JobContext, Superseded, finish
from zhizao.base.jobs.models import Job
from zhizao.base.jobs.problems import to_json
from zhizao.base.jobs.reporting import Reporter
from zhizao.kernel.result import Problem, Refused, mark

logger = logging.getLogger(__name__)

WORKER_ID = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


def execute(job_id: int) -> None:
    """Run the job if it still waits. Every outcome is in its row; nothing is raised but what stops the process."""
    job = _claim(job_id)
    if job is None:
        return
    kind = registry.find(job.kind)
    if kind is None:
        finish(job, state=Job.State.FAILED, problems=[to_json(_unknown_kind(job.kind))])
        return
    with Reporter(job) as reporter:
        context = JobContext(job, reporter)
        try:
            outcome = _run(kind, context)
        except (SystemExit, KeyboardInterrupt):
            if not context.landed:
                with transaction.atomic():
                    services.give_back(job=job)
            raise
    if not context.landed and outcome is not None:
        finish(job, **outcome)


def _claim(job_id: int) -> Job | None:
    """Take the job if it waits; of two workers one gets it."""
    now = timezone.now()
    taken = Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING, attempt=F("attempt") + 1, worker=WORKER_ID, started_at=now, heartbeat_at=now
    )
    return Job.objects.select_related("owner", "area").get(pk=job_id) if taken else None


def _run(kind: registry.Kind, context: JobContext) -> dict[str, object] | None:
    """The outcome of the work as values of the row; ``None`` if this attempt may write none."""
    job = context.job
    try:
        result = kind.run(context, **job.parameters)
        json.dumps(result)  # a result that cannot be kept is a fault of the work, found here
    except Superseded:
        logger.warning("job %s was started again elsewhere; attempt %s wrote nothing more", job.pk, job.attempt)
        return None
    except Cancelled:
        return {"state": Job.State.CANCELLED}
    except Refused as refused:
        return {"state": Job.State.FAILED, "problems": [to_json(problem) for problem in refused.problems]}
    except PermissionDenied:
        return {"state": Job.State.FAILED, "problems": [to_json(_denied())]}
    except Exception:
        number = secrets.token_hex(4)
        logger.exception("job %s (%s) failed, number for support %s", job.pk, job.kind, number)
        return {"state": Job.State.FAILED, "problems": [to_json(_fault(number))]}
    return {"state": Job.State.DONE, "result": result, "progress": 1.0}


def _unknown_kind(kind: str) -> Problem:
    return Problem(
        "jobs.unknown_kind",
        mark("This installation has no work of the kind “%(kind)s”."),
        remedy=mark("It was removed since the job was asked for. Start the work from its page."),
        params={"kind": kind},
    )


def _denied() -> Problem:
    return Problem(
        "jobs.denied",
        mark("The owner of the job may not do this."),
        remedy=mark("Ask an administrator for the role, then start the job again."),
    )


def _fault(number: str) -> Problem:
    return Problem(
        "jobs.fault",
        mark("The work stopped because of a fault of the system. Number for support: %(number)s."),
        remedy=mark("Start it again; if it fails once more, give the number to the administrator."),
        params={"number": number},
    )
