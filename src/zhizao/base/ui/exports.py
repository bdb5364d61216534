"""A list as a file: xlsx or csv by the kernel's writers, so that text stays text and no cell runs as a formula."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.http import HttpResponse

from zhizao.base.ui import numbers

if TYPE_CHECKING:
    import polars as pl

    from zhizao.base.ui.tables import Table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
FORM_ROWS = 10_000  # a form is written cell by cell; longer lists go through the bulk writer, without title and styles


def xlsx(table: Table, *, title: str, unit_line: str | None, source: str | None) -> HttpResponse:
    """The filtered set as a workbook: an official form with title, unit and source, or bare rows if it is long."""
    # The writers take a second to load: only when a file is asked for.
    from zhizao.kernel.tables import Form, FormColumn, write_form, write_xlsx

    frame = frame_of(table)
    if frame.height > FORM_ROWS:
        data = write_xlsx({re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31] or "Sheet1": frame})
    else:
        columns = tuple(
            # A slash would make a header of two levels.
            FormColumn(
                name=name, header=name.replace("/", "／"), kind=_kind(frame[name]), places=_places(column.column)
            )
            for name, column in zip(frame.columns, table.export_columns(), strict=True)
        )
        form = Form(title=str(title), columns=columns, unit=str(unit_line or ""), source_note=str(source or ""))
        data = write_form(form, frame)
    return attachment(data, f"{table.export_name}.xlsx", XLSX)


def csv(table: Table) -> HttpResponse:
    """The filtered set as CSV in UTF-8 with a byte order mark, so that Excel reads the Chinese."""
    from zhizao.kernel.tables import write_csv

    return attachment(write_csv(frame_of(table)), f"{table.export_name}.csv", CSV)


def frame_of(table: Table) -> pl.DataFrame:
    """The visible columns of every row; a column is numbers or dates if all its known values are, else text."""
    import polars as pl

    heads = _distinct(table.export_heads())
    rows = list(table.export_rows())
    return pl.DataFrame({head: _series(pl, [row[i] for row in rows]) for i, head in enumerate(heads)})


def _series(pl: Any, values: Sequence[Any]) -> Any:
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, int) and not isinstance(value, bool) for value in known):
        return pl.Series(values=values, dtype=pl.Int64)
    if known and all(isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) for value in known):
        return pl.Series(values=[None if value is None else float(value) for value in values], dtype=pl.Float64)
    if known and all(isinstance(value, dt.date) and not isinstance(value, dt.datetime) for value in known):
        return pl.Series(values=values, dtype=pl.Date)
    return pl.Series(values=[None if value is None else str(value) for value in values], dtype=pl.String)


def _kind(series: pl.Series) -> Any:
    if series.dtype.is_integer():
        return "integer"
    if series.dtype.is_float():
        return "decimal"
    return "date" if series.dtype.is_temporal() else "text"


def _places(column: Any) -> int:
    decimals = getattr(column, "decimals", None)
    return numbers.DECIMALS.get(getattr(column, "unit", ""), 2) if decimals is None else decimals


def _distinct(heads: list[str]) -> list[str]:
    """Columns of one name get a number: a file cannot hold two alike."""
    found: list[str] = []
    for head in heads:
        name, number = head, 1
        while name in found:
            number += 1
            name = f"{head} {number}"
        found.append(name)
    return found


def attachment(data: bytes, name: str, media_type: str) -> HttpResponse:
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(str(name))}"
    return response
