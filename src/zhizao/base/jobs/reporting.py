"""How a running job's progress gets into the database without touching the work's own transactions.

The work only notes figures in memory. A thread with its own connection writes them, at most twice a second, beats the
heart every few seconds, and reads whether the owner asked to stop. So progress is seen while the work is in a
transaction (on SQLite: as soon as it does not hold the write lock), and is not rolled back with it.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from zhizao.base.jobs.models import Job, JobLog

logger = logging.getLogger(__name__)

FLUSH_SECONDS: Final = 0.5
MOST_LOG_LINES: Final = 2_000


class Reporter:
    """Writes one attempt of a job. Where the caller is in a transaction (a test), it writes there, without a thread."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._values: dict[str, Any] = {}
        self._lines: list[JobLog] = []
        self._line_count = 0
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._written_at = time.monotonic()
        self.cancel_requested = False
        self.superseded = False

    def __enter__(self) -> Reporter:
        if not connection.in_atomic_block:
            self._thread = threading.Thread(target=self._run, name=f"job-{self._job.pk}", daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._thread is not None:
            self._stop.set()
            self._thread.join()
        self.flush()

    def note(self, **values: Any) -> None:
        """Remember figures; the last ones noted are written."""
        with self._lock:
            self._values |= values

    def log(self, text: str, params: dict[str, Any]) -> None:
        """Remember a line of the log. Lines beyond the cap are dropped, for a log is read by people."""
        with self._lock:
            self._line_count += 1
            if self._line_count <= MOST_LOG_LINES:
                self._lines.append(
                    JobLog(job=self._job, attempt=self._job.attempt, at=timezone.now(), text=text, params=params)
                )

    def beat(self) -> None:
        """Called by the work; writes only where there is no thread to do it, and then at most twice a second."""
        if self._thread is None and time.monotonic() - self._written_at >= FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what was noted, with a heartbeat; what cannot be written now is kept for the next time."""
        with self._writing:
            with self._lock:
                values, self._values = self._values, {}
                lines, self._lines = self._lines, []
            self._written_at = time.monotonic()
            mine = Job.objects.filter(pk=self._job.pk, attempt=self._job.attempt)
            try:
                with transaction.atomic():
                    running = mine.filter(state=Job.State.RUNNING)
                    if running.update(heartbeat_at=timezone.now(), **values):
                        self.cancel_requested = running.filter(cancel_requested=True).exists()
                    elif not mine.exists():
                        self.superseded = True
                        return
                    JobLog.objects.bulk_create(lines)
            except DatabaseError:
                with self._lock:
                    self._values = values | self._values
                    self._lines = lines + self._lines
                logger.warning("progress of job %s could not be written now", self._job.pk, exc_info=True)

    def _run(self) -> None:
        try:
            while not self._stop.wait(FLUSH_SECONDS):
                idle = time.monotonic() - self._written_at
                if self._values or self._lines or idle >= settings.JOB_HEARTBEAT_SECONDS:
                    self.flush()
                else:
                    self._look()
        finally:
            connection.close()

    def _look(self) -> None:
        """Only read, for the owner's wish must be seen sooner than the next heartbeat."""
        try:
            found = Job.objects.filter(pk=self._job.pk).values_list("attempt", "cancel_requested").get()
        except DatabaseError:
            return
        self.superseded = found[0] != self._job.attempt
        self.cancel_requested = found[1]
