"""Verbs: keep the facts of a brief as a run, issue the brief, ask for either."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from zhizao.apps.cockpit import gathering, public, reading
from zhizao.apps.cockpit.models import Brief
from zhizao.apps.cockpit.permissions import READERS
from zhizao.base.audit.services import record
from zhizao.base.evidence import canonical
from zhizao.base.evidence import services as evidence
from zhizao.base.evidence.models import Run
from zhizao.base.files import store
from zhizao.base.jobs import services as jobs
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.apps.cockpit.book import Asked
    from zhizao.apps.cockpit.gathering import Gathered
    from zhizao.apps.cockpit.text import Paper
    from zhizao.base.accounts.models import Area, User
    from zhizao.base.jobs.models import Job

ISSUE, REBUILD = "cockpit.issue", "cockpit.rebuild"
PUBLIC = "cockpit.public"
FORMS = ("docx", "pdf")


def allow_issue(actor: User | None, area: Area) -> None:
    """Raise ``PermissionDenied`` unless the actor may issue briefs of the area."""
    if actor is not None and not actor.has_perm("cockpit.issue", area):
        raise PermissionDenied("cockpit.issue")


def start(*, actor: User, area: Area, kind: str, month: str, as_of: date) -> Job:
    """Ask for a brief to be issued, or rebuilt from what is known now; the same wish twice is one job.

    Raises
    ------
    Refused
        As ``gathering.ask``.
    """
    allow_issue(actor, area)
    asked = gathering.ask(area, month, as_of)
    parameters = {"area": area.code, "month": str(asked.month), "as_of": as_of.isoformat()}
    key = f"{asked.month}:{as_of.isoformat()}" if kind == ISSUE else None
    return jobs.enqueue(actor=actor, kind=kind, parameters=parameters, area=area, idempotency_key=key)


@transaction.atomic
def keep(*, actor: User | None, made: Gathered) -> Run:
    """Keep the facts of a brief as a run, so that each of its figures opens; the same facts are the same run."""
    allow_issue(actor, made.asked.area)
    return evidence.record_run(
        actor=actor,
        area=made.asked.area,
        engine=reading.ENGINE,
        engine_version=reading.ENGINE_VERSION,
        inputs=made.inputs,
        parameters={"month": str(made.asked.month), "template": made.template.version},
        seed=None,
        as_of=made.asked.as_of,
        output=canonical.dumps(made.data),
        roles=READERS,
    )


def refuse_second_public(asked: Asked) -> None:
    """Refuse a public brief beside another of the same month, of another day or of an area above or below.

    Raises
    ------
    Refused
        ``cockpit.public_once``: each is protected by itself; what lies between the two could be one enterprise's.
    """
    for run in Run.objects.filter(engine=PUBLIC, parameters__month=str(asked.month)).select_related("area"):
        nested = run.area.path.startswith(asked.area.path) or asked.area.path.startswith(run.area.path)
        if nested and (run.area, run.as_of) != (asked.area, asked.as_of):
            raise Refused(
                Problem(
                    "cockpit.public_once",
                    mark("A public brief of %(month)s was written already, of %(area)s as of %(day)s."),
                    remedy=mark("Write that one again: the difference of two would tell of single enterprises."),
                    params={"month": str(asked.month), "area": run.area.name, "day": str(run.as_of)},
                )
            )


@transaction.atomic
def keep_public(*, actor: User | None, made: Gathered) -> Run:
    """Keep what the public version of a brief tells, as a run of its own."""
    refuse_second_public(made.asked)
    allow_issue(actor, made.asked.area)
    return evidence.record_run(
        actor=actor,
        area=made.asked.area,
        engine=PUBLIC,
        engine_version=reading.ENGINE_VERSION,
        inputs=made.inputs,
        parameters={"month": str(made.asked.month), "template": made.template.version},
        seed=None,
        as_of=made.asked.as_of,
        output=canonical.dumps(public.protected(made.data)),
        roles=READERS,
    )


def file(written: Paper, form: str, *, on: date) -> bytes:
    """The brief as ``docx`` or ``pdf``."""
    from zhizao.apps.cockpit import docx, pdf  # they load python-docx and Typst

    return docx.docx(written, on=on) if form == "docx" else pdf.pdf(written)


def files_of(run: Run, asked: Asked, version: int, language: str) -> dict[str, bytes]:
    """Both files of a brief."""
    written = reading.paper(reading.facts_of(run), version=version, language=language, run=run.sha12)
    return {form: file(written, form, on=asked.as_of) for form in FORMS}


@transaction.atomic
def issue(*, actor: User | None, made: Gathered, run: Run, files: Mapping[str, Mapping[str, bytes]]) -> list[Brief]:
    """Keep what goes out, in both languages; issuing the same again changes nothing.

    Raises
    ------
    Refused
        ``cockpit.issued``: another brief of this month and day went out already.
    """
    allow_issue(actor, made.asked.area)
    found = []
    for language, of in files.items():
        same = {
            "area": made.asked.area,
            "start_month": made.asked.month.start_month,
            "months": made.asked.month.months,
            "as_of": made.asked.as_of,
            "language": language,
        }
        there = Brief.objects.filter(**same).first()
        if there is None:
            there = Brief.objects.create(
                **same,
                template_version=made.template.version,
                run=run,
                runs=sorted({about["run"] for about in made.data["sources"].values() if about.get("run")}),
                docx_sha256=store.put(of["docx"]),
                pdf_sha256=store.put(of["pdf"]),
                issued_by=actor,
            )
            details = {"month": str(made.asked.month), "language": language, "run": run.sha12}
            record(actor=actor, action="cockpit.brief.issue", target=there, area=made.asked.area, details=details)
        elif there.run_id != run.pk:
            raise Refused(
                Problem(
                    "cockpit.issued",
                    mark("The brief of %(month)s as of %(day)s was issued already, from other figures."),
                    remedy=mark("Look at the difference, and issue one of a later day."),
                    params={"month": str(made.asked.month), "day": made.asked.as_of.isoformat()},
                )
            )
        found.append(there)
    return found
