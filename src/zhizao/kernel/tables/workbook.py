"""Workbooks in: every cell as the text a reader would type, with merged ranges, before any meaning is given to it."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import python_calamine as calamine

from zhizao.kernel.result import Place, Problem, Refused, Result, Severity, mark
from zhizao.kernel.tables.delimited import capped, read_csv_rows
from zhizao.kernel.tables.limits import (
    Limits,
    Source,
    collector_paused,
    damaged_workbook,
    read_bytes,
    source_name,
    too_much,
)
from zhizao.kernel.tables.xlsx_scan import Scanner, SheetScan

_OLE: Final = b"\xd0\xcf\x11\xe0"
_ZIP: Final = b"PK"
_EXACT_BELOW: Final = 10**15
"""A spreadsheet keeps 15 digits of a number; a code typed as a longer number has lost the rest."""


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range; rows and columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as rows of text; an empty cell is ``""``. ``lines`` are the row numbers (from 1) in the file."""

    rows: list[list[str]]
    lines: list[int]
    merges: tuple[Merge, ...] = ()
    file: str | None = None
    sheet: str | None = None

    def place(self, index: int, column: str | None = None) -> Place:
        """Where row ``index`` of the grid stands in the file."""
        return Place(file=self.file, sheet=self.sheet, row=self.lines[index], column=column)


def read_xlsx(
    source: Source, *, sheet: str | None = None, file: str | None = None, limits: Limits | None = None
) -> Result[tuple[Grid, ...]]:
    """Read the visible sheets of an .xlsx or .xls workbook, or the one named.

    Text cells stay as they are (an 18-digit code keeps its digits), whole numbers lose the ``.0`` of the file format,
    dates become ISO, a number shown as a percentage becomes ``12.5%``. Percentages, error cells and formulas without
    value are known for .xlsx only.

    Parameters
    ----------
    source : Path, bytes or Traversable
    sheet : str, optional
        Read this sheet only, hidden or not.

    Returns
    -------
    Result of Grids, in the workbook's order
        With a warning for each hidden sheet left out and each number that has lost digits.

    Raises
    ------
    Refused
        No workbook, damaged, locked, beyond the limits, no such sheet; error cells and formulas never calculated.
    """
    limits = limits or Limits()
    file = file or source_name(source)
    data = read_bytes(source, file=file, limits=limits)
    if not data.startswith((_OLE, _ZIP)):
        raise Refused(damaged_workbook(file))
    scanner = Scanner(data, file=file, limits=limits) if data.startswith(_ZIP) else None
    try:
        with collector_paused(), calamine.load_workbook(io.BytesIO(data)) as workbook:
            names, problems = _chosen(workbook, sheet, file)
            scans = [scanner.scan(name) if scanner else SheetScan(frozenset(), ()) for name in names]
            if unreadable := [problem for scan in scans for problem in scan.problems]:
                raise Refused(*capped(unreadable))
            grids = tuple(
                _grid(workbook.get_sheet_by_name(name), scan, problems, file=file, limits=limits)
                for name, scan in zip(names, scans, strict=True)
            )
    except calamine.CalamineError:
        raise Refused(damaged_workbook(file)) from None
    return Result(grids, tuple(capped(problems)))


def read_grids(source: Source, *, file: str | None = None, limits: Limits | None = None) -> Result[tuple[Grid, ...]]:
    """The sheets of a workbook, or the one grid of a CSV, told apart by their first bytes.

    >>> read_grids(b"a,b\\n1,2\\n").value[0].rows
    [['a', 'b'], ['1', '2']]
    """
    limits = limits or Limits()
    file = file or source_name(source)
    data = read_bytes(source, file=file, limits=limits)
    if data.startswith((_OLE, _ZIP)):
        return read_xlsx(data, file=file, limits=limits)
    records = read_csv_rows(data, file=file, limits=limits)
    width = max(len(cells) for _, cells in records)
    rows = [cells + [""] * (width - len(cells)) for _, cells in records]
    return Result((Grid(rows, [line for line, _ in records], file=file),))


def _chosen(
    workbook: calamine.CalamineWorkbook, sheet: str | None, file: str | None
) -> tuple[list[str], list[Problem]]:
    metadata = [m for m in workbook.sheets_metadata if m.typ == calamine.SheetTypeEnum.WorkSheet]
    if sheet is not None:
        if sheet in (names := [m.name for m in metadata]):
            return [sheet], []
        raise Refused(
            Problem(
                "tables.no_sheet",
                mark("There is no sheet “%(sheet)s”."),
                Place(file=file),
                mark("The sheets are: %(sheets)s."),
                params={"sheet": sheet, "sheets": ", ".join(names)},
            )
        )
    hidden = [m.name for m in metadata if m.visible != calamine.SheetVisibleEnum.Visible]
    problems = [
        Problem(
            "tables.hidden_sheet",
            mark("The sheet is hidden and was not read."),
            Place(file=file, sheet=name),
            mark("Show it if it belongs to the data."),
            Severity.WARNING,
        )
        for name in hidden
    ]
    return [m.name for m in metadata if m.name not in hidden], problems


def _grid(
    sheet: calamine.CalamineSheet, scan: SheetScan, problems: list[Problem], *, file: str | None, limits: Limits
) -> Grid:
    top, _ = sheet.start or (0, 0)
    if sheet.total_height > limits.rows + top + 1:
        message = mark("The table has more than %(limit)s rows.")
        raise Refused(too_much(message, "tables.too_long", limits.rows, file, sheet=sheet.name))
    values = sheet.to_python(skip_empty_area=False)
    long_numbers: list[float] = []

    def number(value: float) -> str:
        if value.is_integer():
            if not -_EXACT_BELOW < value < _EXACT_BELOW:
                long_numbers.append(value)
            return str(int(value))
        text = repr(value)
        return format(Decimal(text), "f") if "e" in text else text

    text_of: dict[type, Callable[[Any], str]] = {**_TEXT, float: number}
    rows = [[value if type(value) is str else text_of[type(value)](value) for value in cells] for cells in values]
    for row, column in scan.percent_cells:
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = _percent(rows[row][column])
    if long_numbers:
        problems += (
            _digits_lost(rows[row][column], Place(file=file, sheet=sheet.name, row=row + 1))
            for row, cells in enumerate(values)
            for column, value in enumerate(cells)
            if type(value) is float and abs(value) >= _EXACT_BELOW
        )
    merges = tuple(Merge(*first, *last) for first, last in sheet.merged_cell_ranges or ())
    return Grid(rows, list(range(1, len(rows) + 1)), merges, file, sheet.name)


def _digits_lost(text: str, place: Place) -> Problem:
    return Problem(
        "tables.digits_lost",
        mark("The number %(text)s is longer than 15 digits; the spreadsheet has rounded it."),
        place,
        mark("If it is a code, format the column as text and type it again."),
        Severity.WARNING,
        {"text": text},
    )


def _percent(text: str) -> str:
    try:
        value = (Decimal(text) * 100).normalize()
    except ArithmeticError:
        return text
    return f"{value:f}%"


def _instant(value: dt.datetime) -> str:
    return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ", timespec="seconds")


_TEXT: Final[dict[type, Callable[[Any], str]]] = {
    int: str,
    bool: lambda value: "TRUE" if value else "FALSE",
    dt.date: dt.date.isoformat,
    dt.datetime: _instant,
    dt.time: dt.time.isoformat,
    dt.timedelta: str,
}
