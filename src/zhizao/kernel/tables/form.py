"""Tables out as official forms: title row, unit line, header of one or two levels, body, source note.

Written with XlsxWriter, cell by cell: for pages and forms, up to some 10,000 rows. Bulk goes through ``write_xlsx``.
"""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, Literal

import polars as pl
import xlsxwriter

SIMULATED_MARK: Final = "模拟"
_CREATED: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001 -- a constant of the file format, no instant
_FONT: Final = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter"}
_NARROWEST, _WIDEST, _MEASURED_ROWS = 6, 50, 1_000
_FORBIDDEN_IN_SHEET_NAME: Final = str.maketrans(dict.fromkeys("[]:*?/\\", " "))

CellKind = Literal["text", "integer", "decimal", "percent", "date"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormColumn:
    """A column of a form.

    ``header`` may have two levels, ``产值/2025年``; neighbours with the same upper level share a merged cell.
    ``percent`` takes figures from 0 to 100 and shows them with ``%``; text columns are for names and codes.
    """

    name: str
    header: str
    kind: CellKind = "text"
    places: int = 2
    width: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What stands around the figures of a form."""

    title: str
    columns: tuple[FormColumn, ...]
    unit: str = ""
    source_note: str = ""
    simulated: bool = False


def write_form(form: Form, frame: pl.DataFrame) -> bytes:
    """Write a frame as an official form.

    Null is an empty cell. Text is always text, also where it begins with ``=``. A simulated form has 模拟 in its title,
    its sheet name and its source note. The same form and frame give the same bytes.

    Parameters
    ----------
    form : Form
    frame : polars.DataFrame, with the columns of the form

    Examples
    --------
    >>> form = Form(title="产值表", unit="万元", columns=(FormColumn(name="firm", header="企业"),))
    >>> write_form(form, pl.DataFrame({"firm": ["甲厂"]}))[:2]
    b'PK'
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": _CREATED, "title": _marked(form.title, form)})
    name = _marked(form.title, form).translate(_FORBIDDEN_IN_SHEET_NAME)[:31].strip("' ")
    sheet = book.add_worksheet(name or "Sheet1")
    last = len(form.columns) - 1
    row = _line(book, sheet, 0, last, _marked(form.title, form), {"font_size": 16, "bold": True, "align": "center"})
    sheet.set_row(0, 30)
    if form.unit:
        row = _line(book, sheet, row, last, f"单位：{form.unit}", {"align": "right"})
    row = _header(book, sheet, row, form.columns)
    sheet.freeze_panes(row, 1 if last else 0)
    sheet.repeat_rows(0, row - 1)
    body = row
    for index, column in enumerate(form.columns):
        values = frame[column.name].to_list()
        style = book.add_format(_style(column))
        for offset, value in enumerate(values):
            _cell(sheet, body + offset, index, value, column, style)
        sheet.set_column(index, index, column.width or _width(column, values))
    if form.source_note:
        _line(book, sheet, body + frame.height, last, f"资料来源：{_marked(form.source_note, form)}", {"align": "left"})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
    return buffer.getvalue()


def _marked(text: str, form: Form) -> str:
    return f"【{SIMULATED_MARK}】{text}" if form.simulated else text


def _line(book: Any, sheet: Any, row: int, last: int, text: str, style: dict[str, object]) -> int:
    formatted = book.add_format({**_FONT, **style})
    if last:
        sheet.merge_range(row, 0, row, last, "", formatted)
    sheet.write_string(row, 0, text, formatted)
    return row + 1


def _header(book: Any, sheet: Any, row: int, columns: Sequence[FormColumn]) -> int:
    look = {"bold": True, "align": "center", "border": 1, "bg_color": "#EEF1F5", "text_wrap": True}
    style = book.add_format({**_FONT, **look})
    levels = [tuple(column.header.split("/", 1)) for column in columns]
    deep = any(len(level) == 2 for level in levels)
    start = 0
    for upper, run in groupby(levels, key=lambda level: (level[0], len(level))):
        parts = list(run)
        end = start + len(parts) - 1
        if not deep or upper[1] == 1:
            for index in range(start, end + 1):
                if deep:
                    sheet.merge_range(row, index, row + 1, index, "", style)
                sheet.write_string(row, index, upper[0], style)
        else:
            if end > start:
                sheet.merge_range(row, start, row, end, "", style)
            sheet.write_string(row, start, upper[0], style)
            for index, level in enumerate(parts, start=start):
                sheet.write_string(row + 1, index, level[1], style)
        start = end + 1
    return row + (2 if deep else 1)


def _style(column: FormColumn) -> dict[str, object]:
    decimals = f".{'0' * column.places}" if column.places else ""
    shapes: dict[CellKind, dict[str, object]] = {
        "text": {"num_format": "@", "align": "left", "text_wrap": True},
        "integer": {"num_format": "#,##0", "align": "right"},
        "decimal": {"num_format": f"#,##0{decimals}", "align": "right"},
        "percent": {"num_format": f"0{decimals}%", "align": "right"},
        "date": {"num_format": "yyyy-mm-dd", "align": "center"},
    }
    return {**_FONT, "border": 1, **shapes[column.kind]}


def _cell(sheet: Any, row: int, index: int, value: Any, column: FormColumn, style: Any) -> None:
    if value is None:
        sheet.write_blank(row, index, None, style)
    elif column.kind == "text":
        sheet.write_string(row, index, str(value), style)
    elif column.kind == "date":
        sheet.write_datetime(row, index, value, style)
    else:
        sheet.write_number(row, index, float(value) / (100 if column.kind == "percent" else 1), style)


def _width(column: FormColumn, values: Sequence[object]) -> float:
    """As wide as the widest of the first rows; a Chinese character counts two."""
    if column.kind in ("integer", "decimal"):
        places = column.places if column.kind == "decimal" else 0
        texts = [f"{float(str(value)):,.{places}f}" for value in values[:_MEASURED_ROWS] if value is not None]
    else:
        texts = [str(value) for value in values[:_MEASURED_ROWS] if value is not None]
    widest = max(map(_display_width, [*texts, *column.header.split("/")]), default=0)
    return float(min(max(widest + 2, _NARROWEST), _WIDEST))


def _display_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
