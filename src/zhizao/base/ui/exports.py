"""A list as a file: xlsx or csv by the kernel's writers, so that text stays text and no cell runs as a formula."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.http import HttpResponse

if TYPE_CHECKING:
    import polars as pl

    from zhizao.base.ui.tables import Table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


def xlsx(table: Table, *, title: str, unit_line: str | None, source: str | None) -> HttpResponse:
    """The filtered set as a workbook."""
    from zhizao.kernel.tables import write_xlsx

    return _attachment(write_xlsx({_sheet_name(title): frame_of(table)}), f"{table.export_name}.xlsx", XLSX)


def csv(table: Table) -> HttpResponse:
    """The filtered set as CSV in UTF-8 with a byte order mark, so that Excel reads the Chinese."""
    from zhizao.kernel.tables import write_csv

    return _attachment(write_csv(frame_of(table)), f"{table.export_name}.csv", CSV)


def frame_of(table: Table) -> pl.DataFrame:
    """The visible columns of every row; a column is numbers if all its known values are, else text."""
    import polars as pl  # it takes a second to load: only when a file is asked for

    heads = _distinct(table.export_heads())
    columns = zip(*table.export_rows(), strict=True) if table.row_count else ([] for _head in heads)
    return pl.DataFrame({head: _series(pl, values) for head, values in zip(heads, columns, strict=True)})


def _series(pl: Any, values: Any) -> Any:
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) for value in known):
        whole = all(isinstance(value, int) for value in known)
        return pl.Series(values=[None if v is None else (v if whole else float(v)) for v in values])
    return pl.Series(values=[None if value is None else str(value) for value in values], dtype=pl.String)


def _distinct(heads: list[str]) -> list[str]:
    """Columns of one name get a number: a file cannot hold two alike."""
    seen: dict[str, int] = {}
    for head in heads:
        seen[head] = seen.get(head, 0) + 1
    counts: dict[str, int] = {}
    found = []
    for head in heads:
        counts[head] = counts.get(head, 0) + 1
        found.append(f"{head} {counts[head]}" if seen[head] > 1 else head)
    return found


def _sheet_name(title: str) -> str:
    """A sheet's name has 31 characters at most and none of []:*?/\\."""
    return re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31] or "Sheet1"


def _attachment(data: bytes, name: str, media_type: str) -> HttpResponse:
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
