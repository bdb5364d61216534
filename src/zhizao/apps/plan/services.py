"""What can be done with a plan: read one in, publish it, correct what was read. No actor: the system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhizao.apps.plan import correcting, outputs
from zhizao.apps.plan.models import Plan, PlanVersion, Row
from zhizao.apps.plan.queries import rows, tables
from zhizao.apps.plan.search import entries
from zhizao.apps.plan.sheets import SHEETS, Sheet, add_rows, build, missing_columns, record_of
from zhizao.base.accounts.roles import Role
from zhizao.base.audit.services import record
from zhizao.base.events.services import publish
from zhizao.base.evidence import canonical
from zhizao.base.evidence import services as evidence
from zhizao.base.jobs import services as jobs
from zhizao.base.jobs.problems import to_json
from zhizao.base.messages import services as messages
from zhizao.base.search import services as search
from zhizao.kernel.result import Place, Problem, Refused, mark

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

    _allow(actor, "plan.edit", area)
    version = _take(actor=actor, area=area, plan=None, reading=read_pack(path), file=path.name, how="pack")
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
    _allow(actor, "plan.edit", plan or area)
    return _take(actor=actor, area=area, plan=plan, reading=reading, file=file, how="document", reason=reason)


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
    Refused : it is no draft, has no targets, or would be older than the version in force.
    PermissionDenied : the actor may not publish plans of the area.
    """
    _allow(actor, "plan.publish", version)
    plan = Plan.objects.select_for_update().get(pk=version.plan_id)
    version = PlanVersion.objects.select_related("plan__area", "run").get(pk=version.pk)
    known_from = known_from or timezone.now()
    previous = plan.versions.filter(status=PlanVersion.Status.PUBLISHED).first()
    _check_publishable(version, previous=previous, known_from=known_from)
    if previous:
        previous.status = PlanVersion.Status.SUPERSEDED
        previous.save(update_fields=["status"])
    version.status = PlanVersion.Status.PUBLISHED
    version.known_from, version.published_at = known_from, timezone.now()
    version.reason = reason or version.reason
    version.document_number = document_number or version.document_number
    version.save(update_fields=["status", "known_from", "published_at", "reason", "document_number"])
    if version.run:
        # Whoever may publish the plan opens its figures with it; this act's audit row covers both.
        version.run.public = True
        version.run.save(update_fields=["public"])
    search.replace(source=f"plan:{plan.slug}", entries=entries(version))
    details = {"plan": plan.slug, "version": version.number, "reason": version.reason}
    publish(name="plan.version_published", area=plan.area, subject=f"plan:{plan.slug}", payload=details)
    record(actor=actor, action="plan.version.publish", target=version, area=plan.area, details=details)
    messages.settle(actor=actor, subject=_subject(version))
    if not is_checked(version):
        ask_for_check(version)
    return version


@transaction.atomic
def start_draft(*, actor: User, version: PlanVersion, reason: str) -> PlanVersion:
    """A draft with the rows of a version, to be amended."""
    _allow(actor, "plan.edit", version)
    rows_of_all = [row for sheet in SHEETS.values() for row in _copies(version, sheet)]
    return _draft(actor=actor, base=version, new_rows=rows_of_all, reason=reason, how="amend", details={})


@transaction.atomic
def replace_table(
    *,
    actor: User,
    version: PlanVersion,
    sheet_name: str,
    records: Iterable[Mapping[str, Any]],
    columns: Iterable[str],
    file: str,
    reason: str = "",
) -> PlanVersion:
    """A draft in which one table is replaced by the records of a corrected file; nothing changes if a cell is wrong.

    Raises
    ------
    Refused : every cell that cannot be read, or the table is as it was.
    PermissionDenied : the actor may not edit this plan.
    """
    _allow(actor, "plan.edit", version)
    sheet = SHEETS[sheet_name]
    if problems := missing_columns(sheet, list(columns), file=file):
        raise Refused(*problems)
    new = build(sheet, _with_trace(version, sheet, records), file=file)
    if [record_of(sheet, row) for row in new] == [record_of(sheet, row) for row in rows(version, sheet.model)]:
        raise Refused(
            Problem(
                "plan.table_unchanged",
                mark("The table is the same as in version %(number)s; nothing was changed."),
                place=Place(file=file),
                remedy=mark("Upload the corrected file."),
                params={"number": version.number},
            )
        )
    others = [row for other in SHEETS.values() if other is not sheet for row in _copies(version, other)]
    details = {"table": sheet_name, "file": file, "rows": len(new)}
    return _draft(actor=actor, base=version, new_rows=[*others, *new], reason=reason, how="replace", details=details)


class StaleEdit(Exception):  # noqa: N818 -- an outcome that the form shows, not a fault
    """Somebody else changed the row meanwhile; ``current`` is what it says now. Nothing was written."""

    def __init__(self, current: Row) -> None:
        self.current = current
        super().__init__(f"row {current.pk} is at revision {current.revision}")


@transaction.atomic
def correct_row(
    *, actor: User, version: PlanVersion, sheet_name: str, position: int, values: Mapping[str, Any], revision: int
) -> Row:
    """Correct one row of a draft, as it was seen at ``revision``.

    Raises
    ------
    StaleEdit : the row has been changed since; the caller shows both.
    Refused : the version is no draft, or a value cannot be read.
    PermissionDenied : the actor may not edit this plan.
    """
    _allow(actor, "plan.edit", version)
    version = PlanVersion.objects.select_for_update(of=("self",)).select_related("plan__area").get(pk=version.pk)
    if not version.is_draft:
        raise Refused(
            Problem(
                "plan.not_draft",
                mark("Version %(number)s is published and cannot be changed."),
                remedy=mark("Start a draft from it and correct the row there."),
                params={"number": version.number},
            )
        )
    sheet = SHEETS[sheet_name]
    row = sheet.model.objects.get(version=version, position=position)
    if row.revision != revision:
        raise StaleEdit(row)
    before = record_of(sheet, row)
    key, read = correcting.key_of(version, sheet, position)
    cells = _without_stale_quotes(before, {**before, **values}) | {"extra": row.extra}
    (new,) = build(sheet, [cells], file="", first_row=position + 2)
    after = record_of(sheet, new)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if not changed:
        return row
    new.pk, new.version, new.position, new.revision = row.pk, version, row.position, row.revision + 1
    new.save(force_update=True)
    correcting.note_correction(version, sheet, actor=actor, key=key, read=read, position=position, columns=changed)
    _record_reading(actor=actor, version=version, how="correct", inputs={})
    details = {"version": version.number, "table": sheet_name, "row": position + 1, "changed": changed}
    record(actor=actor, action="plan.row.correct", target=version, area=version.plan.area, details=details)
    return new


def _allow(actor: User | None, permission: str, target: object) -> None:
    if actor is not None and not actor.has_perm(permission, target):
        raise PermissionDenied(permission)


def _take(
    *,
    actor: User | None,
    area: Area,
    plan: Plan | None,
    reading: Reading | PlanPack,
    file: str,
    how: str,
    reason: str = "",
) -> PlanVersion:
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
        _allow(actor, "plan.edit", plan)
    if same := plan.versions.filter(input_sha256=sha256).first():
        return same
    version = PlanVersion.objects.create(
        plan=plan,
        number=_next_number(plan),
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
    _record_reading(actor=actor, version=version, how=how, inputs=inputs)
    details = {"plan": plan.slug, "version": version.number, "how": how, "file": file, "rows": len(new_rows)}
    record(actor=actor, action="plan.version.import", target=version, area=plan.area, details=details)
    ask_for_check(version)
    _ask_to_publish(actor, version)
    return version


def _as_text(read: dict[str, Any]) -> dict[str, Any]:
    return {
        name: [{key: None if value is None else str(value) for key, value in record.items()} for record in records]
        for name, records in read.items()
    }


def _draft(
    *, actor: User, base: PlanVersion, new_rows: list[Row], reason: str, how: str, details: dict[str, Any]
) -> PlanVersion:
    Plan.objects.select_for_update().get(pk=base.plan_id)
    version = PlanVersion.objects.create(
        plan=base.plan,
        number=_next_number(base.plan),
        based_on=base,
        reason=reason,
        document_number="",
        source_name=base.source_name,
        source_sha256=base.source_sha256,
        meta=base.meta,
        absent=base.absent,
        problems=base.problems,
        created_by=actor,
    )
    add_rows(version, new_rows)
    _record_reading(actor=actor, version=version, how=how, inputs={})
    details = {"version": version.number, "based_on": base.number} | details
    record(actor=actor, action=f"plan.version.{how}", target=version, area=base.plan.area, details=details)
    ask_for_check(version)
    _ask_to_publish(actor, version)
    return version


def is_checked(version: PlanVersion) -> bool:
    """Whether the last check saw the rows as they are now."""
    checked, read = version.check_run, version.run
    return bool(checked and read and checked.inputs.get("rows") == read.inputs.get("rows"))


def ask_for_check(version: PlanVersion, *, actor: User | None = None) -> Job:
    """Have a version checked by the worker; without an actor nobody is told when it is done."""
    parameters = {"plan": version.plan.slug, "version": version.number}
    return jobs.enqueue(actor=actor, kind="plan.check", parameters=parameters, area=version.plan.area)


def _subject(version: PlanVersion) -> str:
    return f"plan.version:{version.pk}"


def _ask_to_publish(actor: User | None, version: PlanVersion) -> None:
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
        subject=_subject(version),
    )


def _copies(version: PlanVersion, sheet: Sheet) -> list[Row]:
    copies = list(rows(version, sheet.model))
    for row in copies:
        row.pk, row.id, row.revision, row._state.adding = None, None, 1, True
    return copies


def _with_trace(version: PlanVersion, sheet: Sheet, records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Records with line and confidence of the row of the same name, where the file does not carry them."""
    old = [record_of(sheet, row) | {"extra": row.extra} for row in rows(version, sheet.model)]
    key = (
        sheet.columns[0].name
        if sheet.name == "indicators"
        else next((column.name for column in sheet.columns if column.name in ("name", "enterprise", "member")), "")
    )
    lines = {str(record[key]): record for record in reversed(old)}
    kept = []
    for new in records:
        known = lines.get(str(new.get(key)), {})
        cells = {name: _as_before(known.get(name), cell) for name, cell in new.items()}
        trace = {name: known.get(name) for name in ("line", "confidence", "note", "extra")}
        kept.append(trace | _without_stale_quotes(known, cells))
    return kept


QUOTES = {"base_value": "base_printed", "target_value": "target_printed", "growth_stated_pct": "growth_printed"}


def _without_stale_quotes(old: Mapping[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """A figure that was corrected is no longer what was printed, unless the printed form was corrected with it."""
    stale = {
        quote: None
        for figure, quote in QUOTES.items()
        if old.get(quote) and _as_before(old.get(figure), new.get(figure)) != old.get(figure)
        if new.get(quote) == old.get(quote)
    }
    return new | stale


def _as_before(old: Any, new: Any) -> Any:
    """The old writing of a number that a spreadsheet wrote otherwise: 176.0 comes back as 176."""
    try:
        return old if old is not None and Decimal(str(old)) == Decimal(str(new)) else new
    except InvalidOperation:
        return new


def _next_number(plan: Plan) -> int:
    return (plan.versions.aggregate(last=Max("number"))["last"] or 0) + 1


def _record_reading(*, actor: User | None, version: PlanVersion, how: str, inputs: dict[str, str]) -> None:
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
    )
    version.save(update_fields=["run"])


def _check_publishable(version: PlanVersion, *, previous: PlanVersion | None, known_from: datetime) -> None:
    if not version.is_draft:
        raise Refused(
            Problem(
                "plan.published_already",
                mark("Version %(number)s is published already."),
                remedy=mark("Reload the page."),
                params={"number": version.number},
            )
        )
    if not rows(version, SHEETS["indicators"].model).exists():
        raise Refused(
            Problem(
                "plan.no_targets",
                mark("Version %(number)s has no targets, so there is nothing to measure the plan by."),
                remedy=mark("Add the indicator table: download its empty form, fill it in and upload it."),
                params={"number": version.number},
            )
        )
    if previous and previous.known_from and known_from <= previous.known_from:
        raise Refused(
            Problem(
                "plan.older_than_current",
                mark("Version %(number)s is in force since %(since)s; a later version cannot be known before it."),
                remedy=mark("Give a later date."),
                params={"number": previous.number, "since": timezone.localtime(previous.known_from).date().isoformat()},
            )
        )


def start_of(day: date) -> datetime:
    """The instant at which a day begins where the plan is."""
    return timezone.make_aware(datetime.combine(day, time.min))
