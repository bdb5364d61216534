"""The register in the columns in which it can be taken in again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from zhizao.apps.registry import attributes, queries, sheet
from zhizao.base.facts.models import Name
from zhizao.base.facts.queries import facts_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from zhizao.apps.registry.queries import Line, View

NAME_KINDS = {
    Name.Kind.SHORT: "short_name",
    Name.Kind.FORMER: "former_name",
    Name.Kind.ENGLISH: "english_name",
}


def frame(names: Iterable[Name], seen: View, *, contacts: bool) -> pl.DataFrame:
    """The enterprises of some registered names; contacts are left out unless the actor may see them."""
    import polars as pl

    found = queries.lines(names, seen)
    others: dict[int, dict[str, list[str]]] = {line.subject.pk: {} for line in found}
    rows = facts_at(Name.objects.filter(subject__in=list(others), kind__in=NAME_KINDS), **seen.at).order_by("text")
    for row in rows:
        others[row.subject_id].setdefault(NAME_KINDS[row.kind], []).append(row.text)
    schema = {column.name: _dtype(pl, column.kind) for column in sheet.columns()}
    return pl.DataFrame([_cells(line, others[line.subject.pk], contacts=contacts) for line in found], schema=schema)


def _dtype(pl: Any, kind: str) -> Any:
    return {"integer": pl.Int64, "decimal": pl.Float64, "date": pl.Date}.get(kind, pl.String)


def _cells(line: Line, others: dict[str, list[str]], *, contacts: bool) -> dict[str, Any]:
    cells: dict[str, Any] = {"id": line.id, "name": line.name, "credit_code": line.code or None}
    cells |= {column: sheet.SPLIT.join(texts) for column, texts in others.items()}
    cells |= {tree: sheet.SPLIT.join(line.parents[tree]) for tree in sheet.MEMBERSHIPS if tree in line.parents}
    for name, value in line.attributes.items():
        if name not in attributes.CONTACTS or contacts:
            cells[name] = _typed(name, value)
    return cells


def _typed(name: str, value: str) -> Any:
    kind = attributes.ATTRIBUTES[name]
    if name == "founded_on":
        return date.fromisoformat(value)
    if name == "above_scale":
        return "是" if value == attributes.YES else "否"
    if kind.unit == "万元":
        return float(value)
    return int(value) if kind.unit == "人" else value
