"""What becomes of a version: a table replaced, a draft discarded or brought up to date, the next plan begun."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from zhizao.apps.plan import checking, correcting, publishable, services
from zhizao.apps.plan.models import Plan, PlanVersion, Row
from zhizao.apps.plan.queries import rows
from zhizao.apps.plan.sheets import SHEETS, Sheet, add_rows, build, missing_columns, record_of
from zhizao.base.audit.services import record
from zhizao.base.jobs.problems import from_json, to_json
from zhizao.base.messages import services as messages
from zhizao.kernel.result import Place, Problem, Refused, Severity, mark

if TYPE_CHECKING:
    from zhizao.base.accounts.models import User
    from zhizao.engines.planlint.facts import Facts
    from zhizao.engines.planlint.versions.merge import Conflict

Kind, Status = PlanVersion.Kind, PlanVersion.Status
MERGED = "plan.both_changed"


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
    """Replace one table of a draft by the records of a corrected file; of a published version, in a draft of it.

    A draft that is open already is changed, not joined by another. Nothing changes if a cell is wrong.

    Raises
    ------
    Refused : every cell that cannot be read; the table is as it was; the open draft has changed it otherwise.
    PermissionDenied : the actor may not edit this plan.
    """
    services.allow(actor, "plan.edit", version)
    sheet = SHEETS[sheet_name]
    if problems := missing_columns(sheet, list(columns), file=file):
        raise Refused(*problems)
    Plan.objects.select_for_update().get(pk=version.plan_id)
    new = build(sheet, _with_trace(version, sheet, records), file=file)
    if _records(sheet, new) == _records(sheet, rows(version, sheet.model)):
        raise _refusal(
            "plan.table_unchanged",
            mark("The table is the same as in version %(number)s; nothing was changed."),
            mark("Upload the corrected file."),
            file=file,
            number=version.number,
        )
    draft = version if version.is_draft else _open_draft(version, sheet, file=file)
    details = {"table": sheet_name, "file": file, "rows": len(new), "reason": reason}
    if draft is None:
        others = services.copies(version, *(other for other in SHEETS.values() if other is not sheet))
        return services.make_draft(
            actor=actor,
            base=version,
            new_rows=[*others, *new],
            how="replace",
            details=details,
            kind=Kind.CORRECTION,
            reason=reason,
        )
    _put(draft, sheet, new)
    _recorded(actor, draft, how="replace", details=details)
    return draft


def _records(sheet: Sheet, found: Iterable[Row]) -> list[dict[str, Any]]:
    return [record_of(sheet, row) for row in found]


def _open_draft(version: PlanVersion, sheet: Sheet, *, file: str) -> PlanVersion | None:
    """The draft of a version that a corrected table goes into, if one is open; a mid-term branch is left alone."""
    found = version.drafts.filter(status=Status.DRAFT, plan=version.plan).exclude(kind=Kind.MID_TERM).first()
    if found and _records(sheet, rows(found, sheet.model)) != _records(sheet, rows(version, sheet.model)):
        raise _refusal(
            "plan.table_changed_in_draft",
            mark("Version %(number)s, a draft, has changed this table already; your file would undo that."),
            mark("Download the table of the draft, correct it and upload it there."),
            file=file,
            number=found.number,
        )
    return found


def _put(draft: PlanVersion, sheet: Sheet, new: list[Row]) -> None:
    """Put other rows into a table of a draft; a page that shows the old ones is out of date."""
    old = rows(draft, sheet.model)
    revision = (old.aggregate(last=Max("revision"))["last"] or 0) + 1
    old.delete()
    for row in new:
        row.revision = revision
    add_rows(draft, new)


def _recorded(actor: User | None, draft: PlanVersion, *, how: str, details: dict[str, Any]) -> None:
    services.record_reading(actor=actor, version=draft, how=how, inputs={})
    details = {"version": draft.number} | details
    record(actor=actor, action=f"plan.version.{how}", target=draft, area=draft.plan.area, details=details)
    services.ask_for_check(draft)


def _with_trace(version: PlanVersion, sheet: Sheet, records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Records with line and confidence of the row of the same name, where the file does not carry them."""
    old = [record_of(sheet, row) | {"extra": row.extra} for row in rows(version, sheet.model)]
    key = (
        sheet.columns[0].name
        if sheet.name == "indicators"
        else next((column.name for column in sheet.columns if column.name in ("name", "enterprise", "member")), "")
    )
    lines = {str(record[key]): record for record in reversed(old)} if key else {}
    kept = []
    for new in records:
        known = lines.get(str(new.get(key)), {})
        cells = {name: services.as_before(known.get(name), cell) for name, cell in new.items()}
        trace = {name: known.get(name) for name in ("line", "confidence", "note", "extra")}
        kept.append(trace | services.without_stale_quotes(known, cells))
    return kept


@transaction.atomic
def discard_draft(*, actor: User, version: PlanVersion, reason: str) -> PlanVersion:
    """Give a draft up: it is no longer worked on, and stays to be seen by those who could work on it.

    Raises
    ------
    Refused : it is no draft. PermissionDenied : the actor may not edit this plan.
    """
    services.allow(actor, "plan.edit", version)
    version = _locked_draft(version)
    version.status, version.input_sha256 = Status.DISCARDED, None  # the same document may come in again
    version.discarded_because = reason
    version.save(update_fields=["status", "input_sha256", "discarded_because"])
    details = {"version": version.number, "reason": reason}
    record(actor=actor, action="plan.version.discard", target=version, area=version.plan.area, details=details)
    messages.settle(actor=actor, subject=services.subject_of(version))
    return version


@transaction.atomic
def bring_up_to_date(*, actor: User, version: PlanVersion) -> tuple[PlanVersion, int]:
    """Put what the version in force has changed meanwhile into a draft; gives the draft and the number of conflicts.

    A cell that both have changed keeps the draft's value; each is noted with the problems of the draft.

    Raises
    ------
    Refused : it is no draft, or is up to date. PermissionDenied : the actor may not edit this plan.
    """
    from zhizao.engines.planlint.versions.merge import merge

    services.allow(actor, "plan.edit", version)
    version = _locked_draft(version)
    current = version.plan.versions.filter(status=Status.PUBLISHED).first()
    base = version.based_on
    if current is None or base is None or not publishable.is_behind(version, current):
        raise _refusal(
            "plan.up_to_date",
            mark("Version %(number)s knows all that is in force."),
            mark("Go on with it as it is."),
            number=version.number,
        )
    merged = merge(*(correcting.engine_rows(plan) for plan in (base, version, current)))
    for sheet in SHEETS.values():
        _put(version, sheet, build(sheet, merged.rows[sheet.name], file=""))
    kept = [item for item in version.problems if from_json(item).code != MERGED]
    version.based_on = current
    version.problems = [*kept, *(to_json(_problem(conflict, current)) for conflict in merged.conflicts)]
    version.absent = sorted(set(version.absent) & set(current.absent))
    version.save(update_fields=["based_on", "problems", "absent"])
    details = {"current": current.number, "conflicts": len(merged.conflicts)}
    _recorded(actor, version, how="update", details=details)
    return version, len(merged.conflicts)


def _problem(conflict: Conflict, current: PlanVersion) -> Problem:
    place = Place(sheet=conflict.table, row=conflict.row + 1, column=conflict.column or None)
    params = {"name": conflict.name, "ours": conflict.ours, "theirs": conflict.theirs, "number": current.number}
    params = {name: "—" if value is None else str(value) for name, value in params.items()}
    message = (
        mark("“%(name)s” is %(ours)s here and %(theirs)s in version %(number)s; the value of this draft was kept.")
        if conflict.column
        else mark("“%(name)s” was dropped by one side and changed by the other (version %(number)s); it was kept.")
    )
    remedy = mark("Decide which of the two holds, and correct the row if it is the other.")
    return Problem(MERGED, message, place, remedy, Severity.WARNING, params)


@transaction.atomic
def roll_over(
    *,
    actor: User | None,
    version: PlanVersion,
    actuals: Mapping[str, tuple[int, Decimal]] | None = None,
    finished: Collection[str] = (),
    late: Collection[str] = (),
) -> PlanVersion:
    """Begin the next plan from a published version: its first draft. The same once more is the same draft.

    Parameters
    ----------
    actuals : by the key of a target the year and value that were measured last
    finished : names of projects that are known to be finished
    late : names of projects that are not, though by their date they should be

    Raises
    ------
    Refused : the version is not published, names no years, or has no such project.
    PermissionDenied : the actor may not edit plans here.
    """
    from zhizao.engines.planlint.versions.rollover import Actual
    from zhizao.engines.planlint.versions.rollover import roll_over as begin

    services.allow(actor, "plan.edit", version)
    if version.status not in (Status.PUBLISHED, Status.SUPERSEDED):
        raise _refusal(
            "plan.not_published",
            mark("Version %(number)s is not published."),
            mark("Publish it, or begin the next plan from the version in force."),
            number=version.number,
        )
    facts = _with_late(checking.facts_of(version), late)
    found = begin(facts, actuals={key: Actual(*one) for key, one in (actuals or {}).items()}, finished=finished)
    return services.take(
        actor=actor,
        area=version.plan.area,
        plan=None,
        reading=found.pack,
        file=version.source_name,
        how="roll_over",
        based_on=version,
    )


def _with_late(facts: Facts, late: Collection[str]) -> Facts:
    """The plan with late projects as what they are: nobody knows when they end."""
    projects = facts["projects"]
    if unknown := set(late) - {str(row["name"]) for row in projects}:
        names = "、".join(sorted(unknown))
        message, remedy = mark("The plan has no project “%(names)s”."), mark("Reload the page.")
        raise _refusal("plan.no_such_project", message, remedy, names=names)
    undated = [{**row, "finish": None} if row["name"] in late else row for row in projects]
    return replace(facts, rows={**facts.rows, "projects": undated})


@transaction.atomic
def set_parent(*, actor: User, plan: Plan, parent: Plan | None) -> Plan:
    """Say which plan stands above a plan; none of its own descendants can.

    Raises
    ------
    Refused : it would stand above itself. PermissionDenied : the actor may not edit the plan, or not see the parent.
    """
    services.allow(actor, "plan.edit", plan)
    plan = Plan.objects.select_for_update().select_related("area").get(pk=plan.pk)
    above, seen = parent, {plan.pk}
    while above is not None:
        if above.pk in seen:
            raise _refusal(
                "plan.parent_circle",
                mark("“%(title)s” stands below this plan, or is this plan."),
                mark("Choose the plan of a higher level."),
                title=str(parent),
            )
        seen.add(above.pk)
        above = above.parent
    if plan.parent_id == (parent.pk if parent else None):
        return plan
    plan.parent = parent
    plan.save(update_fields=["parent"])
    details = {"parent": parent.slug if parent else ""}
    record(actor=actor, action="plan.parent", target=plan, area=plan.area, details=details)
    return plan


def _locked_draft(version: PlanVersion) -> PlanVersion:
    Plan.objects.select_for_update().get(pk=version.plan_id)
    version = PlanVersion.objects.select_related("plan__area", "based_on").get(pk=version.pk)
    if not version.is_draft:
        raise _refusal(
            "plan.no_draft",
            mark("Version %(number)s is no draft."),
            mark("Reload the page."),
            number=version.number,
        )
    return version


def _refusal(code: str, message: str, remedy: str, *, file: str = "", **params: object) -> Refused:
    return Refused(Problem(code, message, Place(file=file or None), remedy, params=params))
