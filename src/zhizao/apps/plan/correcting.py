"""Decisions about what was read: kept with the plan, applied to the next reading, written as ``corrections.csv``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from zhizao.apps.plan.models import Plan, PlanVersion, RowCorrection
from zhizao.apps.plan.queries import rows
from zhizao.apps.plan.sheets import SHEETS, Sheet, record_of

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from zhizao.base.accounts.models import User
    from zhizao.engines.planlint import PlanPack, Reading
    from zhizao.engines.planlint.corrections import Correction
    from zhizao.kernel.result import Problem

_FIELDS = ("table", "key", "action", "column", "read", "value", "reason", "by", "at", "sha256")


def engine_rows(version: PlanVersion) -> dict[str, list[dict[str, Any]]]:
    """Every table of a version as the engine has it: its types, with the digits that were printed."""
    return {name: engine_records(version, sheet) for name, sheet in SHEETS.items()}


def engine_records(version: PlanVersion, sheet: Sheet) -> list[dict[str, Any]]:
    """One table of a version as the engine has it."""
    return [_typed(sheet.name, record_of(sheet, row), row.extra) for row in rows(version, sheet.model)]


def _typed(table: str, record: Mapping[str, Any], extra: Mapping[str, str]) -> dict[str, Any]:
    from zhizao.engines.planlint.corrections import typed
    from zhizao.engines.planlint.schema import INTEGER, NUMBER, TABLES  # polars with it: only where rows are compared

    found: dict[str, Any] = {}
    for field in TABLES[table]:
        cell = record.get(field.name)
        if field.type in (NUMBER, INTEGER):
            value, _fits = typed("" if cell is None else str(cell), field)
            exact, _fits = typed(extra.get(field.name, ""), field)
            # the digits as printed count only while the figure is still the one that was printed
            known = exact if exact is not None and (exact == value or field.name not in record) else value
            found[field.name] = known
        else:
            text = record.get(field.name) if field.name in record else extra.get(field.name)
            found[field.name] = None if text in (None, "") else str(text)
    return found


def corrections_of(plan: Plan) -> tuple[Correction, ...]:
    """The decisions of a plan in the order in which they were made."""
    from zhizao.engines.planlint.corrections import Correction

    return tuple(
        Correction(**{name: getattr(row, name) for name in _FIELDS})
        for row in RowCorrection.objects.filter(plan=plan).order_by("pk")
    )


def applied(plan: Plan | None, reading: Reading | PlanPack) -> tuple[Mapping[str, Any], tuple[Problem, ...]]:
    """The rows of a reading with the plan's decisions in them, and what could not be applied."""
    found = corrections_of(plan) if plan else ()
    if not found:
        return reading.rows, ()
    from zhizao.engines.planlint.corrections import apply

    outcome = apply(reading.rows, found, sha256=str(reading.meta.get("source_sha256") or ""))
    return outcome.rows, outcome.problems


def keep(plan: Plan, new: Iterable[Correction]) -> None:
    """Add decisions to a plan's; a new one on the same cell takes its place, and keeps what was read first."""
    from zhizao.engines.planlint.corrections import Action, decided

    old = corrections_of(plan)
    first = {(one.table, one.key, one.column): one for one in old}
    merged = []
    for one in new:
        before = first.get((one.table, one.key, one.column))
        again = before is not None and before.action == Action.CORRECT == one.action
        merged.append(replace(one, read=before.read) if again and before else one)
    kept = decided(old, *merged)
    RowCorrection.objects.filter(plan=plan).delete()
    RowCorrection.objects.bulk_create(
        [RowCorrection(plan=plan, **{name: getattr(one, name) for name in _FIELDS}) for one in kept], batch_size=500
    )


def forget(plan: Plan, *, table: str, key: str, actions: Sequence[str]) -> None:
    """Take back decisions on a row."""
    RowCorrection.objects.filter(plan=plan, table=table, key=key, action__in=actions).delete()


def decision(
    version: PlanVersion,
    *,
    actor: User | None,
    table: str,
    key: str,
    action: str,
    column: str = "",
    read: str = "",
    value: str = "",
    reason: str = "",
) -> Correction:
    """One decision by a person, now."""
    from zhizao.engines.planlint.corrections import Correction

    return Correction(
        table=table,
        key=key,
        action=action,
        column=column,
        read=read,
        value=value,
        reason=reason[:500],
        by=str(actor or "")[:150],
        at=timezone.localtime().isoformat(timespec="seconds"),
        sha256=version.source_sha256,
    )


def key_of(version: PlanVersion, sheet: Sheet, position: int) -> tuple[str, dict[str, Any]]:
    """The stable key of a row and its record as the engine has it."""
    from zhizao.engines.planlint.corrections import row_keys

    records = engine_records(version, sheet)
    return row_keys(sheet.name, records)[position], records[position]


def note_correction(
    version: PlanVersion,
    sheet: Sheet,
    *,
    actor: User | None,
    key: str,
    read: Mapping[str, Any],
    position: int,
    columns: Iterable[str],
    reason: str,
) -> None:
    """Keep that cells of a row were corrected: from what was read to what they say now."""
    from zhizao.engines.planlint.corrections import printed
    from zhizao.engines.planlint.schema import TABLES

    now = engine_records(version, sheet)[position]
    names = {field.name for field in TABLES[sheet.name]} - {"line", "confidence", "note"}
    keep(
        version.plan,
        [
            decision(
                version,
                actor=actor,
                table=sheet.name,
                key=key,
                action="correct",
                column=column,
                read=printed(read.get(column)),
                value=printed(now.get(column)),
                reason=reason,
            )
            for column in columns
            if column in names
        ],
    )


def import_corrections(plan: Plan, path: Path | Traversable) -> None:
    """Take over the decisions that travel in a pack; they are in its rows already."""
    from zhizao.engines.planlint.corrections import FILE, read_corrections

    if (path / FILE).is_file():
        keep(plan, read_corrections(path / FILE))
