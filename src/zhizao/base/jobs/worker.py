"""The worker process: takes jobs one after another, and beside them keeps the house (the tick).

The tick starts again what a dead worker left, hands events to their subscribers, and starts what is due.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from zhizao.base.jobs import registry, services
from zhizao.base.jobs.execution import WORKER_ID
from zhizao.base.jobs.models import Job, ScheduledRun, WorkerBeat

logger = logging.getLogger(__name__)

TICK_SECONDS = 5.0
TASK_ROWS_KEPT = timedelta(days=30)
BEATS_KEPT = timedelta(days=1)


def run_worker(*, once: bool = False, interval: float = 0.5) -> None:
    """Work until told to stop (Ctrl-C or SIGTERM: the running job is finished first), or ``once``: until nothing waits.

    ``interval`` is the pause, in seconds, before an empty queue is looked at again.
    """
    logger.info("worker %s starts", WORKER_ID)
    tick()
    with nullcontext() if once else _ticking():
        while True:
            worker = _loop(once=once, interval=interval)
            worker.run()
            # What ran may have published events, whose subscribers are now due.
            if not once or not tick():
                break
    logger.info("worker %s ends", WORKER_ID)


def tick() -> int:
    """Keep the house once; returns how many jobs were put into the queue."""
    from zhizao.base.events.services import deliver_pending

    _beat()
    recovered = services.recover_stale(worker=WORKER_ID)
    for job in recovered:
        logger.warning("job %s had lost its worker and is now %s", job.pk, job.state)
    queued = sum(job.state == Job.State.QUEUED for job in recovered)
    queued += services.dispatch_lost() + deliver_pending() + start_due(now=timezone.now())
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - TASK_ROWS_KEPT).delete()
    return queued


def _beat() -> None:
    """Leave word that this worker lives; forget those long gone."""
    now = timezone.now()
    WorkerBeat.objects.update_or_create(worker=WORKER_ID, defaults={"at": now})
    WorkerBeat.objects.filter(at__lt=now - BEATS_KEPT).delete()


def start_due(*, now: datetime) -> int:
    """Start each periodic kind whose present due time has not been served; missed ones are not made up for."""
    started = 0
    for kind in registry.periodic():
        due = due_time(now, every=kind.every)
        if ScheduledRun.objects.filter(name=kind.name, due=due).exists():
            continue
        with transaction.atomic():
            served, is_new = ScheduledRun.objects.get_or_create(name=kind.name, due=due)
            if is_new:
                served.job = services.enqueue(actor=None, kind=kind.name, parameters={}, area=None)
                served.save(update_fields=["job"])
                started += 1
    return started


def due_time(now: datetime, *, every: timedelta) -> datetime:
    """The last whole multiple of the interval before ``now``, counted from a midnight of the installation's time zone.

    >>> from datetime import UTC
    >>> due_time(datetime(2026, 1, 2, 3, 4, tzinfo=UTC), every=timedelta(hours=1)).astimezone(UTC).hour
    3
    """
    origin = timezone.make_aware(datetime(2000, 1, 1))  # noqa: DTZ001 -- a wall-clock midnight, made aware
    return origin + (now - origin) // every * every


@contextmanager
def _ticking() -> Iterator[None]:
    stop = threading.Event()

    def loop() -> None:
        while not stop.wait(TICK_SECONDS):
            try:
                tick()
            except DatabaseError:
                logger.warning("the tick could not reach the database; it tries again", exc_info=True)
                connection.close()
            except Exception:
                logger.exception("the tick failed; it tries again")
        connection.close()

    thread = threading.Thread(target=loop, name="tick", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=TICK_SECONDS)


def _loop(*, once: bool, interval: float) -> Worker:
    worker = Worker(
        queue_names=["default"],
        interval=interval,
        batch=once,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=WORKER_ID,
        excluded_queue_names=[],
    )
    if threading.current_thread() is threading.main_thread():
        worker.configure_signals()
    return worker
