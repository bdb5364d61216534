"""The kinds of job an installation knows. An app declares its own in ``<app>/jobs.py``, which is found at start.

    @job_kind("plan.read", label=_("Read a plan"), resumable=True)
    def read(job: JobContext, *, file: str) -> dict: ...

The web process loads every ``jobs.py``; engines are imported inside the functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

JobFunction = Callable[..., "dict[str, Any] | None"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job.

    ``resumable`` says that a run that was cut off may be started again from its beginning without doing harm: its
    writes are idempotent or land in one transaction. A kind that is not fails visibly when its worker dies.
    ``every`` makes it periodic: it is started without parameters at each whole multiple of the interval.
    """

    name: str
    label: str
    run: JobFunction
    resumable: bool = False
    every: timedelta | None = None


_kinds: dict[str, Kind] = {}


def job_kind(
    name: str, *, label: str, resumable: bool = False, every: timedelta | None = None
) -> Callable[[JobFunction], JobFunction]:
    """Declare a function ``run(job: JobContext, **parameters) -> dict | None`` as the work of a kind of job.

    Raises
    ------
    ValueError : the name is taken, or a periodic kind is not resumable.
    """
    if every is not None and not resumable:
        raise ValueError(f"{name} is periodic and must be resumable")

    def declare(run: JobFunction) -> JobFunction:
        if name in _kinds:
            raise ValueError(f"two kinds of job are named {name}")
        _kinds[name] = Kind(name=name, label=label, run=run, resumable=resumable, every=every)
        return run

    return declare


def get(name: str) -> Kind:
    """The kind of this name; ``KeyError`` if there is none."""
    return _kinds[name]


def find(name: str) -> Kind | None:
    """The kind of this name, or ``None``."""
    return _kinds.get(name)


def label(name: str) -> str:
    """The kind in the reader's language; the bare name if it is no longer declared."""
    kind = _kinds.get(name)
    return str(kind.label) if kind else name


def periodic() -> list[Kind]:
    """Every kind that runs on a schedule, by name."""
    return sorted((kind for kind in _kinds.values() if kind.every), key=lambda kind: kind.name)
