"""The register in the columns in which it can be taken in again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from zhizao.apps.registry import attributes, link_sheet, queries, sheet
from zhizao.base.facts.models import Name
from zhizao.base.facts.queries import facts_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

    from zhizao.apps.registry.queries import Line, View
    from zhizao.base.facts.models import Link, Subject

NAMES_A_QUERY = 1000
FEN_PER_WAN_YUAN = 1_000_000
PPM_PER_PCT = 10_000
NAME_KINDS = {
    Name.Kind.SHORT: "short_name",
    Name.Kind.FORMER: "former_name",
    Name.Kind.ENGLISH: "english_name",
}


def frame(names: Iterable[Name], seen: View, *, contacts: bool) -> pl.DataFrame:
    """The enterprises of some registered names; contacts are left out unless the actor may see them."""
    import polars as pl

    schema = {column.name: _dtype(pl, column.kind) for column in sheet.columns()}
    rest = iter(names)
    rows: list[dict[str, Any]] = []
    while part := list(islice(rest, NAMES_A_QUERY)):
        lines = queries.lines(part, seen)
        others: dict[int, dict[str, list[str]]] = {line.subject.pk: {} for line in lines}
        for row in facts_at(Name.objects.filter(subject__in=list(others)), **seen.at).order_by("text"):
            if row.kind in NAME_KINDS:
                others[row.subject_id].setdefault(NAME_KINDS[row.kind], []).append(row.text)
        rows += (_cells(line, others[line.subject.pk], contacts=contacts) for line in lines)
    return pl.DataFrame(rows, schema=schema)


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


def links_frame(links: Iterable[Link], seen: View) -> pl.DataFrame:
    """Links in the columns in which they can be taken in again; the engines read the same table."""
    import polars as pl

    rows = list(links)
    called = queries.parent_names({end for row in rows for end in (row.subject, row.buyer)}, seen)
    kinds = {"amount_wan_yuan": pl.Decimal(18, 6), "share_pct": pl.Decimal(9, 4), "parties": pl.Int64}
    schema = {name: kinds.get(name, pl.String) for name in link_sheet.COLUMN_NAMES}
    cells = (
        (
            _end(row.subject, called),
            called[row.subject_id],
            _end(row.buyer, called),
            called[row.buyer_id],
            row.product or None,
            None if row.yearly_amount_fen is None else Decimal(row.yearly_amount_fen) / FEN_PER_WAN_YUAN,
            None if row.share_ppm is None else Decimal(row.share_ppm) / PPM_PER_PCT,
            row.parties,
            _word(link_sheet.BASES, row.basis),
            _word(link_sheet.CONFIDENCES, row.confidence),
            row.valid_from,
            row.valid_to,
            "是" if row.simulated else None,
            row.source or None,
        )
        for row in rows
    )
    dates = {"valid_from": pl.Date, "valid_to": pl.Date}
    return pl.DataFrame(list(cells), schema=schema | dates, orient="row").sort("buyer", "supplier", "product")


def _end(subject: Subject, called: Mapping[int, str]) -> str:
    if not subject.key.endswith(queries.OUTSIDE):
        return subject.id_part
    anywhere = subject.id_part == f"{subject.area.code}{queries.OUTSIDE}"
    return link_sheet.OUTSIDE if anywhere else f"{link_sheet.OUTSIDE_IN}{called[subject.pk]}"


def _word(words: Mapping[str, str], code: str) -> str:
    return next(word for word, value in words.items() if value == code)
