"""What can be done with a plan: read one in, publish it, correct what was read. No actor: the system."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhizao.apps.plan import correcting, outputs, publishable
from zhizao.apps.plan.models import EDITORS, Plan, PlanVersion, Row
from zhizao.apps.plan.queries import rows, tables
from zhizao.apps.plan.search import entries
from zhizao.apps.plan.sheets import SHEETS, Sheet, add_rows, build, record_of
from zhizao.base.accounts.roles import Role
from zhizao.base.audit.services import record
from zhizao.base.events.services import publish
from zhizao.base.evidence import canonical
from zhizao.base.evidence import services as evidence
from zhizao.base.files import services as files
from zhizao.base.jobs import services as jobs
from zhizao.base.jobs.problems import to_json
from zhizao.base.messages import services as messages
from zhizao.base.search import services as search
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from zhizao.base.accounts.models import Area, User
    from zhizao.base.jobs.models import Job
    from zhizao.engines.planlint import PlanPack, Reading

ENGINE = "planlint"
ENGINE_VERSION = "1"


@transaction.atomic
def import_pack(*, actor: User | None, area: Area, path: Path | Traversable) -> PlanVersion:
    """Take in a plan pack as a draft, whole or not at all. The same pack again is the same version.

    Raises
    ------
    Refused : every table and cell that cannot be taken, by row and column.
    PermissionDenied : the actor may not edit plans of the area.
    """
    from zhizao.engines.planlint import read_pack  # polars is heavy: only where a plan is read

    allow(actor, "plan.edit", area)
    version = take(actor=actor, area=area, plan=None, reading=read_pack(path), file=path.name, how="pack")
    correcting.import_corrections(version.plan, path)
    return version


@transaction.atomic
def take_reading(
    *, actor: User | None, area: Area, reading: Reading, file: str, plan: Plan | None = None, reason: str = ""
) -> PlanVersion:
    """Make what a document says the next draft of a plan, or the first of a new one.

    Raises
    ------
    Refused, PermissionDenied : as ``import_pack``.
    """
    allow(actor, "plan.edit", plan or area)
    return take(actor=actor, area=area, plan=plan, reading=reading, file=file, how="document", reason=reason)


@transaction.atomic
def publish_version(
    *,
    actor: User | None,
    version: PlanVersion,
    reason: str = "",
    document_number: str = "",
    known_from: datetime | None = None,
) -> PlanVersion:
    """Put a draft into force: from now on, or from the instant at which its document was issued.

    Raises
    ------
    Refused : it is no draft, has no targets, lacks its reason or the number of its document, does not know of the
        version in force, or would be older than it.
    PermissionDenied : the actor may not publish plans of the area.
    """
    allow(actor, "plan.publish", version)
    plan = Plan.objects.select_for_update().get(pk=version.plan_id)
    version = PlanVersion.objects.select_related("plan__area", "run", "check_run").get(pk=version.pk)
    version.reason = reason or version.reason
    version.document_number = document_number or version.document_number
    known_from = known_from or timezone.now()
    previous = plan.versions.filter(status=PlanVersion.Status.PUBLISHED).first()
    publishable.check(version, previous=previous, known_from=known_from)
    if previous:
        previous.status = PlanVersion.Status.SUPERSEDED
        previous.save(update_fields=["status"])
    version.status = PlanVersion.Status.PUBLISHED
    version.known_from, version.published_at = known_from, timezone.now()
    version.save(update_fields=["status", "known_from", "published_at", "reason", "document_number"])
    if version.run:
        # Whoever may publish the plan opens its figures with it; this act's audit row covers both.
        version.run.public = True
        version.run.save(update_fields=["public"])
    if version.check_run:
        evidence.open_up(version.check_run)
    if version.source_sha256:
        files.open_up(area=plan.area, sha256=version.source_sha256)
    search.replace(source=f"plan:{plan.slug}", entries=entries(version))
    details = {"plan": plan.slug, "version": version.number, "kind": version.kind, "reason": version.reason}
    details |= {"document_number": version.document_number} if version.document_number else {}
    publish(name="plan.version_published", area=plan.area, subject=f"plan:{plan.slug}", payload=details)
    record(actor=actor, action="plan.version.publish", target=version, area=plan.area, details=details)
    messages.settle(actor=actor, subject=subject_of(version))
    if not is_checked(version):
        ask_for_check(version)
    return version


@transaction.atomic
def start_draft(
    *,
    actor: User,
    version: PlanVersion,
    reason: str,
    kind: PlanVersion.Kind = PlanVersion.Kind.AMENDMENT,
    document_number: str = "",
) -> PlanVersion:
    """A draft with the rows of a version, to be amended or corrected; asked for again while it is open, the same one.

    A mid-term adjustment may be worked on for months beside the version in force, which may be amended meanwhile:
    ``amending.bring_up_to_date`` puts those amendments into it.
    """
    allow(actor, "plan.edit", version)
    Plan.objects.select_for_update().get(pk=version.plan_id)
    facts = {"reason": reason, "kind": kind, "document_number": document_number}
    if same := version.drafts.filter(status=PlanVersion.Status.DRAFT, created_by=actor, **facts).first():
        return same
    return make_draft(actor=actor, base=version, new_rows=copies(version), how="amend", details={}, **facts)


def make_draft(
    *,
    actor: User,
    base: PlanVersion,
    new_rows: list[Row],
    how: str,
    details: dict[str, Any],
    kind: PlanVersion.Kind,
    reason: str,
    document_number: str = "",
) -> PlanVersion:
    """The next version of a plan as a draft with these rows, based on another; recorded, checked, asked about."""
    Plan.objects.select_for_update().get(pk=base.plan_id)
    version = PlanVersion.objects.create(
        plan=base.plan,
        number=next_number(base.plan),
        kind=kind,
        based_on=base,
        reason=reason,
        document_number=document_number,
        source_name=base.source_name,
        source_sha256=base.source_sha256,
        meta=base.meta,
        absent=base.absent,
        problems=base.problems,
        created_by=actor,
    )
    add_rows(version, new_rows)
    record_reading(actor=actor, version=version, how=how, inputs={})
    details = {"version": version.number, "based_on": base.number, "kind": kind, "reason": reason} | details
    details |= {"document_number": document_number} if document_number else {}
    record(actor=actor, action=f"plan.version.{how}", target=version, area=base.plan.area, details=details)
    ask_for_check(version)
    ask_to_publish(actor, version)
    return version


def copies(version: PlanVersion, *sheets: Sheet) -> list[Row]:
    """The rows of some tables of a version, by default of all, without a version of their own yet."""
    found = [row for sheet in sheets or SHEETS.values() for row in rows(version, sheet.model)]
    for row in found:
        row.pk, row.id, row.revision, row._state.adding = None, None, 1, True
    return found


class StaleEdit(Exception):  # noqa: N818 -- an outcome that the form shows, not a fault
    """Somebody else changed the row meanwhile; ``current`` is what it says now. Nothing was written."""

    def __init__(self, current: Row) -> None:
        self.current = current
        super().__init__(f"row {current.pk} is at revision {current.revision}")


@transaction.atomic
def correct_row(
    *,
    actor: User,
    version: PlanVersion,
    sheet_name: str,
    position: int,
    values: Mapping[str, Any],
    revision: int,
    reason: str = "",
) -> Row:
    """Correct one row of a draft, as it was seen at ``revision``.

    Raises
    ------
    StaleEdit : the row has been changed since; the caller shows both.
    Refused : the version is no draft, or a value cannot be read.
    PermissionDenied : the actor may not edit this plan.
    """
    allow(actor, "plan.edit", version)
    version = PlanVersion.objects.select_for_update(of=("self",)).select_related("plan__area").get(pk=version.pk)
    refuse_unless_draft(version)
    sheet = SHEETS[sheet_name]
    row = sheet.model.objects.get(version=version, position=position)
    if row.revision != revision:
        raise StaleEdit(row)
    before = record_of(sheet, row)
    key, read = correcting.key_of(version, sheet, position)
    cells = without_stale_quotes(before, {**before, **values}) | {"extra": row.extra}
    (new,) = build(sheet, [cells], file="", first_row=position + 2)
    after = record_of(sheet, new)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if not changed:
        return row
    new.pk, new.version, new.position, new.revision = row.pk, version, row.position, row.revision + 1
    new.save(force_update=True)
    if not version.needs_document:  # what an authority decides anew is no fault of the reading
        correcting.note_correction(
            version, sheet, actor=actor, key=key, read=read, position=position, columns=changed, reason=reason
        )
    record_reading(actor=actor, version=version, how="correct", inputs={})
    details = {"version": version.number, "table": sheet_name, "row": position + 1, "changed": changed}
    details |= {"reason": reason} if reason else {}
    record(actor=actor, action="plan.row.correct", target=version, area=version.plan.area, details=details)
    return new


def refuse_unless_draft(version: PlanVersion) -> None:
    """Raise ``Refused`` where rows may no longer be changed."""
    if not version.is_draft:
        raise Refused(
            Problem(
                "plan.not_draft",
                mark("Version %(number)s is published and cannot be changed."),
                remedy=mark("Start a draft from it and correct the row there."),
                params={"number": version.number},
            )
        )


def allow(actor: User | None, permission: str, target: object) -> None:
    """Raise ``PermissionDenied`` unless the actor has the permission there; the system has every one."""
    if actor is not None and not actor.has_perm(permission, target):
        raise PermissionDenied(permission)


def take(
    *,
    actor: User | None,
    area: Area,
    plan: Plan | None,
    reading: Reading | PlanPack,
    file: str,
    how: str,
    reason: str = "",
    based_on: PlanVersion | None = None,
) -> PlanVersion:
    """Make a reading or a pack the next draft of its plan; of a new plan the first, in the actor's name.

    With ``based_on`` it is rolled over from that version. Otherwise the first version is the plan as issued, another
    reading of the same document corrects it, and another document amends it.
    """
    about = outputs.about(reading.meta, name=file.partition(".")[0])
    plan = plan or Plan.objects.filter(slug=about.slug).first()
    decided, not_applied = correcting.applied(plan, reading) if how == "document" else (reading.rows, ())
    new_rows: list[Row] = []
    problems: list[Problem] = []
    read: dict[str, Any] = {}
    for sheet in SHEETS.values():
        read[sheet.name] = records = list(decided.get(sheet.name, ()))
        try:
            new_rows += build(sheet, records, file=f"{sheet.name}.csv")
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(*problems)
    sha256 = canonical.sha256({"about": about.facts(), "tables": _as_text(read)})
    if plan is None:
        plan = Plan.objects.create(area=area, slug=about.slug, **about.plan_fields())
        record(actor=actor, action="plan.create", target=plan, area=area)
    elif not plan.area.path.startswith(area.path):
        allow(actor, "plan.edit", plan)
    if same := plan.versions.filter(input_sha256=sha256).first():
        return same
    version = PlanVersion.objects.create(
        plan=plan,
        number=next_number(plan),
        kind=PlanVersion.Kind.ROLL_OVER if based_on else _kind_of(plan, about.source_sha256),
        based_on=based_on,
        reason=reason,
        document_number=about.document_number,
        source_name=about.source_name or file,
        source_sha256=about.source_sha256,
        input_sha256=sha256,
        meta=canonical.plain(reading.meta),
        absent=sorted(getattr(reading, "absent", ())),
        problems=[to_json(problem) for problem in (*not_applied, *reading.problems)],
        created_by=actor,
    )
    add_rows(version, new_rows)
    inputs = {"tables": sha256} | ({"source": about.source_sha256} if about.source_sha256 else {})
    record_reading(actor=actor, version=version, how=how, inputs=inputs)
    details = {"plan": plan.slug, "version": version.number, "how": how, "file": file, "rows": len(new_rows)}
    record(actor=actor, action="plan.version.import", target=version, area=plan.area, details=details)
    ask_for_check(version)
    ask_to_publish(actor, version)
    return version


def _kind_of(plan: Plan, source_sha256: str) -> PlanVersion.Kind:
    """What a document that comes in is to the plan: its first version, the same document again, or another."""
    current = plan.versions.filter(status=PlanVersion.Status.PUBLISHED).first()
    if current is None:
        return PlanVersion.Kind.ORIGINAL
    same = bool(source_sha256) and current.source_sha256 == source_sha256
    return PlanVersion.Kind.CORRECTION if same else PlanVersion.Kind.AMENDMENT


def _as_text(read: dict[str, Any]) -> dict[str, Any]:
    return {
        name: [{key: None if value is None else str(value) for key, value in record.items()} for record in records]
        for name, records in read.items()
    }


def is_checked(version: PlanVersion) -> bool:
    """Whether the last check saw the rows as they are now."""
    checked, read = version.check_run, version.run
    return bool(checked and read and checked.inputs.get("rows") == read.inputs.get("rows"))


def ask_for_check(version: PlanVersion, *, actor: User | None = None) -> Job:
    """Have a version checked by the worker; without an actor nobody is told when it is done."""
    parameters = {"plan": version.plan.slug, "version": version.number}
    if actor is None and (waiting := jobs.waiting(kind="plan.check", parameters=parameters)):
        return waiting  # it will see the rows as they are by then
    return jobs.enqueue(actor=actor, kind="plan.check", parameters=parameters, area=version.plan.area)


def subject_of(version: PlanVersion) -> str:
    """The name under which a version's to-dos stand."""
    return f"plan.version:{version.pk}"


def ask_to_publish(actor: User | None, version: PlanVersion) -> None:
    """Put a person's draft on the workbench of the area's analysts; what the system loads asks nobody."""
    if actor is None:
        return
    title = _("Review and publish: %(title)s, version %(number)s") % {
        "title": version.plan.title,
        "number": version.number,
    }
    messages.ask(
        asked_by=actor,
        area=version.plan.area,
        role=Role.ANALYST,
        title=title[:200],
        url=f"{reverse('plan:review', args=[version.number])}?plan={version.plan.slug}&version={version.number}",
        subject=subject_of(version),
    )


QUOTES = {"base_value": "base_printed", "target_value": "target_printed", "growth_stated_pct": "growth_printed"}


def without_stale_quotes(old: Mapping[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """A figure that was corrected is no longer what was printed, unless the printed form was corrected with it."""
    stale = {
        quote: None
        for figure, quote in QUOTES.items()
        if old.get(quote) and as_before(old.get(figure), new.get(figure)) != old.get(figure)
        if new.get(quote) == old.get(quote)
    }
    return new | stale


def as_before(old: Any, new: Any) -> Any:
    """The old writing of a number that a spreadsheet wrote otherwise: 176.0 comes back as 176."""
    try:
        return old if old is not None and Decimal(str(old)) == Decimal(str(new)) else new
    except InvalidOperation:
        return new


def next_number(plan: Plan) -> int:
    """The number of a plan's next version."""
    return (plan.versions.aggregate(last=Max("number"))["last"] or 0) + 1


def record_reading(*, actor: User | None, version: PlanVersion, how: str, inputs: dict[str, str]) -> None:
    """Keep all that the version says, and what is computed from it, as a run: its figures open this."""
    contents = tables(version)
    version.run = evidence.record_run(
        actor=actor,
        area=version.plan.area,
        engine=ENGINE,
        engine_version=ENGINE_VERSION,
        inputs={"rows": canonical.sha256(contents)} | inputs,
        parameters={"plan": version.plan.slug, "version": version.number, "how": how},
        seed=None,
        as_of=None,
        output=canonical.dumps(outputs.reading_output(version, contents)),
        media_type="application/json",
        roles=EDITORS if version.is_draft else (),
    )
    version.save(update_fields=["run"])


def start_of(day: date) -> datetime:
    """The instant at which a day begins where the plan is."""
    return timezone.make_aware(datetime.combine(day, time.min))
