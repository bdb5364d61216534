"""What the work of a job sees: stages, a log, its actor, and the one transaction in which it lands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from zhizao.base.files import store
from zhizao.base.jobs import services
from zhizao.base.jobs.models import Job
from zhizao.base.jobs.reporting import Reporter

if TYPE_CHECKING:
    from zhizao.base.accounts.models import Area, User


class Cancelled(Exception):  # noqa: N818 -- a wish of the owner, not a fault
    """The owner asked to stop; raised where the work reports progress."""


class Superseded(Exception):  # noqa: N818 -- a fact about the worker, not a fault of the work
    """This worker was given up for dead and the job was started again elsewhere; it must write nothing more."""


class Stage:
    """A named part of the work that counts."""

    def __init__(self, context: JobContext, *, start: float, until: float, total: int | None) -> None:
        self._context = context
        self._start = start
        self._until = until
        self.total = total
        self.done = 0

    def advance(self, count: int = 1) -> None:
        """Count ``count`` more as done. Cheap: call it for each row.

        Raises
        ------
        Cancelled, Superseded
        """
        self.done += count
        if self.total:
            share = min(self.done / self.total, 1.0)
            self._context.reporter.note(progress=self._start + (self._until - self._start) * share)
        self._context.reporter.note(count_done=self.done)
        self._context.check()


class JobContext:
    """Handed to the work as its first argument."""

    def __init__(self, job: Job, reporter: Reporter) -> None:
        self.job = job
        self.reporter = reporter
        self.landed = False
        self._level = 0.0

    @property
    def actor(self) -> User | None:
        """On whose behalf the work is done; ``None`` for work of the system."""
        return self.job.owner

    @property
    def area(self) -> Area | None:
        return self.job.area

    @contextmanager
    def stage(self, name: str, *, total: int | None = None, until: float = 1.0) -> Iterator[Stage]:
        """A named part of the work. ``name`` is a marked msgid; ``total`` unknown shows a moving stripe.

        ``until`` is the whole job's progress at the end of the stage; a stage that does not say has the bar to itself.

        Raises
        ------
        Cancelled, Superseded
        """
        start = self._level if self._level < until else 0.0
        self.reporter.note(stage=name, count_done=0, count_total=total, progress=start)
        self.check()
        yield Stage(self, start=start, until=until, total=total)
        self._level = until
        self.reporter.note(progress=until)

    def log(self, text: str, **params: object) -> None:
        """Add a line to the job's log: a marked msgid and its figures."""
        self.reporter.log(text, params)

    def attach(self, data: bytes, *, name: str, media_type: str) -> None:
        """Offer a file for download as the job's result."""
        self.reporter.note(result_sha256=store.put(data), result_name=name, result_media_type=media_type)

    def check(self) -> None:
        """Stop here if the owner asked for it; for work without a count."""
        self.reporter.beat()
        if self.reporter.superseded:
            raise Superseded
        if self.reporter.cancel_requested and not self.landed:
            raise Cancelled

    @contextmanager
    def landing(self) -> Iterator[dict[str, Any]]:
        """One transaction for all that the job writes and for its outcome: both stand, or neither.

        Fill the yielded dict with the job's result. A worker that dies before the end of the block has stored
        nothing; one that dies after it has finished the job. Keep it short: on SQLite nobody else writes meanwhile.

        Raises
        ------
        Cancelled, Superseded
        """
        self.reporter.flush()
        self.check()
        result: dict[str, Any] = {}
        with transaction.atomic():
            yield result
            if not finish(self.job, state=Job.State.DONE, result=result, progress=1.0):
                raise Superseded
        self.landed = True


def finish(job: Job, *, state: str, **values: Any) -> bool:
    """Write the outcome of this attempt and tell the owner, unless the job was taken away from it meanwhile."""
    values |= {"state": state, "finished_at": timezone.now()}
    with transaction.atomic():
        mine = Job.objects.filter(pk=job.pk, attempt=job.attempt, state=Job.State.RUNNING)
        written = bool(mine.update(**values))
        if written and state != Job.State.CANCELLED:
            services.tell_owner(job=job, state=state)
    return written
