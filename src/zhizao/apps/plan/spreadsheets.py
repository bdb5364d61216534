"""A table of a version as a file to correct in a spreadsheet, and the corrected file back."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import translation

from zhizao.apps.plan.models import PlanVersion
from zhizao.apps.plan.queries import rows
from zhizao.apps.plan.sheets import Column, Sheet, plain, record_of
from zhizao.base.files import store

if TYPE_CHECKING:
    import polars as pl

_GUARD = re.compile(r"^'(?='*[=+\-@＝＋－＠])")  # as kernel.tables.write_csv puts it
LANGUAGES = ("zh-hans", "en")


def xlsx(version: PlanVersion, sheet: Sheet) -> bytes:
    """The table as a workbook: one row of heads in the reader's language, figures as numbers."""
    from zhizao.kernel import tables  # polars takes a second to load: only when a file is asked for

    return tables.write_xlsx({sheet.name: _frame(version, sheet, numbers=True)})


def csv(version: PlanVersion, sheet: Sheet) -> bytes:
    """The table as CSV; figures as printed."""
    from zhizao.kernel import tables

    return tables.write_csv(_frame(version, sheet, numbers=False))


def _frame(version: PlanVersion, sheet: Sheet, *, numbers: bool) -> pl.DataFrame:
    import polars as pl

    records = [record_of(sheet, row) for row in rows(version, sheet.model)]
    columns = {}
    for column, head in zip(sheet.columns, heads(sheet), strict=True):
        cells = [record[column.name] for record in records]
        if numbers and isinstance(column.field, models.DecimalField):
            columns[head] = pl.Series([None if cell is None else float(cell) for cell in cells], dtype=pl.Float64)
        else:
            columns[head] = pl.Series([None if cell is None else str(cell) for cell in cells], dtype=pl.String)
    return pl.DataFrame(columns)


def heads(sheet: Sheet) -> list[str]:
    """The heads of the file, each once."""
    return [column.label for column in sheet.columns]


def read(sha256: str, sheet: Sheet, *, file: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The records of a stored xlsx or csv, and the columns it has; heads are names or labels in either language.

    Raises
    ------
    Refused : what the file as such has wrong (unreadable, a zip bomb, no head row), or cells that are no numbers.
    """
    from zhizao.kernel import tables

    expected = [
        tables.Column(name=column.name, kind=_kind(column), required=column.required, aliases=_labels(column))
        for column in sheet.columns
    ]
    frame = tables.read_table(store.read(sha256), expected, file=file).value
    return [{name: _cell(cell) for name, cell in record.items()} for record in frame.to_dicts()], list(frame.columns)


def _cell(cell: Any) -> Any:
    """A cell as it was before it became a spreadsheet's: no padding noughts, no guard before a formula."""
    if isinstance(cell, Decimal):
        return plain(cell)
    return _GUARD.sub("", cell) if isinstance(cell, str) else cell


def _kind(column: Column) -> Any:
    if isinstance(column.field, models.DecimalField):
        return "decimal"
    return "integer" if isinstance(column.field, models.IntegerField) else "text"


def _labels(column: Column) -> tuple[str, ...]:
    found = []
    for language in LANGUAGES:
        with translation.override(language):
            found.append(column.label)
    return tuple(dict.fromkeys(found))
