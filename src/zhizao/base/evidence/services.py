"""Record what an engine made, and open it to the public."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction

from zhizao.base.accounts.scoping import for_roles
from zhizao.base.audit import services as audit
from zhizao.base.evidence import canonical
from zhizao.base.evidence.models import Run
from zhizao.base.files import store
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.base.accounts.models import Area, User

logger = logging.getLogger(__name__)

MEDIA_TYPES = ("application/json", "text/csv")


def fingerprint(
    *,
    engine: str,
    engine_version: str,
    inputs: dict[str, str],
    parameters: dict[str, Any],
    seed: int | None,
    as_of: date | None,
) -> str:
    """The SHA-256 of all that determines a run's output; ``inputs`` maps a name to the SHA-256 of its bytes."""
    return canonical.sha256(
        {
            "engine": engine,
            "engine_version": engine_version,
            "inputs": inputs,
            "parameters": parameters,
            "seed": seed,
            "as_of": as_of,
        }
    )


@transaction.atomic
def record_run(
    *,
    actor: User | None,
    area: Area,
    engine: str,
    engine_version: str,
    inputs: dict[str, str],
    parameters: dict[str, Any],
    seed: int | None,
    as_of: date | None,
    output: bytes,
    media_type: str = "application/json",
    roles: Iterable[str] = (),
) -> Run:
    """Keep an engine's output with all that determines it. The same run again returns the row that is there.

    ``roles`` are those that may see it in the area, by default all; ``open_up`` ends that.

    ``actor`` is ``None`` for work that the system starts by itself. ``output`` is canonical JSON
    (``canonical.dumps``) or CSV with a head row.

    Raises
    ------
    Refused : the same run gave other bytes than before (``evidence.not_reproducible``), or an unknown media type.
    """
    if media_type not in MEDIA_TYPES:
        raise ValueError(f"a run's output is one of {MEDIA_TYPES}, not {media_type}")
    mark_of_run = fingerprint(
        engine=engine, engine_version=engine_version, inputs=inputs, parameters=parameters, seed=seed, as_of=as_of
    )
    run, created = Run.objects.get_or_create(
        area=area,
        fingerprint=mark_of_run,
        defaults={
            "engine": engine,
            "engine_version": engine_version,
            "inputs": inputs,
            "parameters": canonical.plain(parameters),
            "seed": seed,
            "as_of": as_of,
            "output_sha256": store.put(output),
            "output_size": len(output),
            "media_type": media_type,
            "made_by": actor,
            "roles": for_roles(roles),
        },
    )
    if created:
        audit.record(actor=actor, action="evidence.run.record", target=run, area=area, details={"engine": engine})
    elif run.output_sha256 != (again := store.put(output)):
        logger.error("run %s of %s is not reproducible: %s, now %s", run.sha12, engine, run.output_sha256, again)
        raise Refused(
            Problem(
                "evidence.not_reproducible",
                mark("%(engine)s gave another output for the same inputs: run %(run)s cannot be reproduced."),
                remedy=mark("Keep both outputs, and raise the engine's version if its result was meant to change."),
                params={"engine": engine, "run": run.sha12, "before": run.output_sha256, "now": again},
            )
        )
    return run


def open_up(run: Run) -> Run:
    """Let every role of the area see a run: what it was made for is no draft any more. The caller audits its act."""
    if run.roles:
        run.roles = ""
        run.save(update_fields=["roles"])
    return run


@transaction.atomic
def make_public(*, actor: User, run: Run) -> Run:
    """Let everybody open a run, for what it feeds has been published."""
    if not rules.has_perm("evidence.publish", actor) or not Run.objects.visible_to(actor).filter(pk=run.pk).exists():
        raise PermissionDenied
    if not run.public:
        run.public = True
        run.save(update_fields=["public"])
        audit.record(actor=actor, action="evidence.run.publish", target=run, area=run.area)
    return run
