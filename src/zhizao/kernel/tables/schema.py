"""Typed reading: a table against the columns that are expected, with every bad cell named at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import polars as pl

from zhizao.kernel import text
from zhizao.kernel.result import Place, Problem, Refused, Result, mark
from zhizao.kernel.span import Span
from zhizao.kernel.tables import cells
from zhizao.kernel.tables.delimited import SHOWN_PROBLEMS, capped
from zhizao.kernel.tables.header import Table, find_table, header_key, without_unit
from zhizao.kernel.tables.limits import Limits, Source, collector_paused
from zhizao.kernel.tables.workbook import read_grids, read_xlsx

Kind = Literal["text", "integer", "decimal", "date", "span", "boolean"]
_DTYPES: Final[dict[Kind, Any]] = {
    "text": pl.String,
    "integer": pl.Int64,
    "decimal": pl.Decimal(38, 10),
    "date": pl.Date,
    "span": pl.String,
    "boolean": pl.Boolean,
}
_DECIMAL_PLACES: Final = 10
_DECIMAL_DIGITS: Final = 38 - _DECIMAL_PLACES
_REASONS: Final = {
    "tables.not_a_number": (mark("“%(text)s” is not a number."), mark("Write digits, or leave the cell empty.")),
    "tables.not_whole": (mark("“%(text)s” is not a whole number."), mark("Write a number without decimals.")),
    "tables.number_range": (
        mark("“%(text)s” has too many digits."),
        mark("At most 28 digits before and 10 after the point are kept; whole numbers up to 18 digits."),
    ),
    "tables.other_unit": (mark("“%(text)s” is in another unit than the column (%(unit)s)."), mark("Convert it first.")),
    "tables.not_a_date": (mark("“%(text)s” is not a date."), mark("Write it like 2020-08-01 or 2020-08.")),
    "tables.not_a_span": (mark("“%(text)s” is not a period."), mark("Write it like 2025, 2025Q1 or 2025-05.")),
    "tables.ambiguous_month": (
        mark("“%(text)s” may mean January or October."),
        mark("Write the month with two digits: 01 or 10."),
    ),
    "tables.not_yes_or_no": (mark("“%(text)s” is neither yes nor no."), mark("Write 是 or 否.")),
    "tables.not_a_choice": (mark("“%(text)s” is not one of the values allowed."), mark("Allowed: %(choices)s.")),
    "tables.required": (mark("The cell is empty."), mark("Fill it in; the column is compulsory.")),
}
_SHORT_MONTH: Final = re.compile(r"[12][0-9]{3}\.1")
_PADDED_MONTH: Final = r"^[12][0-9]{3}\.0[1-9]$"
_PLAIN: Final[dict[Kind, str]] = {
    "text": r"^[0-9A-Za-z\u{4e00}-\u{65df}\u{65e1}-\u{9fff}](?:.*\S)?$",
    "integer": "^-?[0-9]{1,17}$",
    "decimal": r"^-?[0-9]{1,17}(?:\.[0-9]{1,10})?$",
    "date": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
}
"""Cells read at once: no mark of “none” (无 is U+65E0), no blanks at the ends, no full-width digits, no unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that is expected: its name in the result, its kind, and the headers under which it may stand.

    >>> Column(name="total_wan_yuan", kind="decimal", unit="万元", aliases=("总投资",)).required
    False
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    unit: str | None = None
    choices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    fill_down: bool = False

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(header_key(name) for name in (self.name, *self.aliases))


def read_table(
    source: Source,
    columns: Sequence[Column],
    *,
    sheet: str | None = None,
    file: str | None = None,
    limits: Limits | None = None,
) -> Result[pl.DataFrame]:
    """Read a workbook's sheet or a CSV against a schema.

    Without ``sheet`` the first visible sheet is read in which a header with these columns is found.

    Parameters
    ----------
    source : Path, bytes or Traversable
    columns : sequence of Column
        Other columns of the file are left out.

    Returns
    -------
    Result of a polars.DataFrame
        Columns named and typed as in the schema: text String, integer Int64, decimal Decimal(38, 10), date Date, span
        String in canonical form, boolean Boolean. Empty cells and marks of “none” (—, /, 无) are null.

    Raises
    ------
    Refused
        Every problem of the file at once, the first 200 in full.

    Examples
    --------
    >>> columns = [Column(name="firm", aliases=("企业",)), Column(name="land_mu", kind="decimal", unit="亩")]
    >>> read_table("企业,land_mu（亩）\\n甲厂,—\\n乙厂,\\"1,200.5\\"\\n".encode(), columns).value.rows()
    [('甲厂', None), ('乙厂', Decimal('1200.5000000000'))]
    """
    with collector_paused():
        return _read_table(source, columns, sheet=sheet, file=file, limits=limits)


def _read_table(
    source: Source, columns: Sequence[Column], *, sheet: str | None, file: str | None, limits: Limits | None
) -> Result[pl.DataFrame]:
    if sheet is None:
        found = read_grids(source, file=file, limits=limits)
    else:
        found = read_xlsx(source, sheet=sheet, file=file, limits=limits)
    known = [header for column in columns for header in column.headers]
    refusal: Refused | None = None
    for grid in found.value:
        try:
            names = find_table(grid, known=known).names
        except Refused as error:
            refusal = refusal or error
            continue
        matches = _match(names, columns)
        fill_down = [names[index] for column, index in matches.items() if column.fill_down]
        frame = typed(find_table(grid, known=known, fill_down=fill_down), columns)
        return Result(frame, found.problems)
    raise refusal or Refused(Problem("tables.no_header", mark("No header row was found."), Place(file=file)))


def typed(table: Table, columns: Sequence[Column]) -> pl.DataFrame:
    """The body of a table in the types of a schema; refuses with every bad cell.

    >>> table = Table(["年份", "产值(亿元)"], [["2020.08", "12"]], [2])
    >>> schema = [Column(name="month", kind="date", aliases=("年份",)),
    ...           Column(name="output_wan_yuan", kind="decimal", unit="万元", aliases=("产值",))]
    >>> typed(table, schema)
    Traceback (most recent call last):
    zhizao.kernel.result.Refused: output_wan_yuan: The column is in 亿元; 万元 is expected. Convert it first.
    """
    matches = _match(table.names, columns)
    problems: list[Problem] = []
    for column in columns:
        if column not in matches and column.required:
            problems.append(
                Problem(
                    "tables.column_missing",
                    mark("The column “%(name)s” is missing."),
                    Place(file=table.file, sheet=table.sheet, column=column.name),
                    mark("Add it; it may be called %(headers)s."),
                    params={"name": column.name, "headers": "、".join(column.headers)},
                )
            )
    for column, index in matches.items():
        unit = without_unit(table.names[index])[1] or (table.unit if column.kind in ("decimal", "integer") else None)
        from_header = without_unit(table.names[index])[1] is not None
        if column.unit and unit and unit != column.unit and (from_header or _same_kind(unit, column.unit)):
            problems.append(
                Problem(
                    "tables.other_unit",
                    mark("The column is in %(unit)s; %(expected)s is expected."),
                    Place(file=table.file, sheet=table.sheet, column=column.name),
                    mark("Convert it first."),
                    params={"unit": unit, "expected": column.unit},
                )
            )
    series = []
    count = 0
    for column in columns:
        if column not in matches:
            series.append(pl.Series(column.name, [None] * len(table.rows), dtype=_DTYPES[column.kind]))
            continue
        texts = [row[matches[column]] for row in table.rows]
        read, bad = _read_column(column, texts)
        for number, (index, code) in enumerate(bad):
            if len(problems) + number < SHOWN_PROBLEMS * 2:
                problems.append(_bad_cell(code, texts[index], column, table.place(index, column.name)))
            else:
                count += 1
        series.append(read)
    if problems:
        problems.sort(key=lambda problem: problem.place.row or 0)
        raise Refused(*_with_rest(problems, count))
    return pl.DataFrame(series)


def _with_rest(problems: list[Problem], uncounted: int) -> list[Problem]:
    shown = capped(problems)
    if uncounted and shown[-1].code == "tables.more_problems":
        rest = shown[-1]
        total = len(problems) - SHOWN_PROBLEMS + uncounted
        shown[-1] = Problem(rest.code, rest.message, rest.place, rest.remedy, params={"count": total})
    return shown


def _match(names: Sequence[str], columns: Sequence[Column]) -> dict[Column, int]:
    """Which column of the table is which of the schema: by the whole header, then by the header without its unit."""
    exact = {header_key(name): index for index, name in reversed(list(enumerate(names)))}
    bare = {without_unit(header_key(name))[0]: index for index, name in reversed(list(enumerate(names)))}
    matches: dict[Column, int] = {}
    for column in columns:
        for known in (exact, bare):
            index = next((known[header] for header in column.headers if header in known), None)
            if index is not None and index not in matches.values():
                matches[column] = index
                break
    return matches


def _same_kind(unit: str, expected: str) -> bool:
    """Whether a unit line speaks of this column at all: 万元 says nothing of a column in 亩."""
    powers = "万亿百千"
    return unit.lstrip(powers) == expected.lstrip(powers)


def _read_column(column: Column, texts: list[str]) -> tuple[pl.Series, list[tuple[int, str]]]:
    """The column, and for each bad cell its row and why. Plain cells are read at once, the others one by one."""
    raw = pl.Series(column.name, texts, dtype=pl.String)
    series = _plain_cells(column, raw)
    left = series.is_null().arg_true().to_list()
    parse = _PARSERS[column.kind]
    padded = column.kind in ("date", "span") and raw.str.contains(_PADDED_MONTH).any()
    known: dict[str, tuple[Any, str | None]] = {}
    rows: list[int] = []
    values: list[Any] = []
    bad: list[tuple[int, str]] = []
    for index in left:
        cell = texts[index]
        if cell not in known:
            known[cell] = _read_cell(column, cell, parse, padded=padded)
        value, code = known[cell]
        if code:
            bad.append((index, code))
        elif value is not None:
            rows.append(index)
            values.append(value)
    if rows:
        series = series.scatter(rows, pl.Series(values, dtype=series.dtype, strict=True))
    return series, bad


def _plain_cells(column: Column, raw: pl.Series) -> pl.Series:
    """The cells that need no thought, in the column's type; null where the cell must be looked at."""
    dtype = _DTYPES[column.kind]
    pattern = _PLAIN.get(column.kind)
    if pattern is None or column.choices:
        return pl.Series(raw.name, [None], dtype=dtype).new_from_index(0, len(raw))
    plain = raw.set(~raw.str.contains(pattern), None)
    return plain.str.to_date("%Y-%m-%d", strict=False) if column.kind == "date" else plain.cast(dtype)


def _read_cell(
    column: Column, cell: str, parse: Callable[[str, Column], Any], *, padded: bool
) -> tuple[Any, str | None]:
    blank = not cell.strip() if column.kind == "boolean" else text.is_blank_mark(cell)
    if blank and cell.strip() not in column.choices:
        return None, "tables.required" if column.required else None
    if padded and _SHORT_MONTH.fullmatch(cell):
        return None, "tables.ambiguous_month"
    try:
        value = parse(cell, column)
    except cells.BadCell as error:
        return None, error.code
    if column.choices and str(value) not in column.choices:
        return None, "tables.not_a_choice"
    return value, None


def _bad_cell(code: str, cell: str, column: Column, place: Place) -> Problem:
    message, remedy = _REASONS[code]
    params = {"text": cell, "unit": column.unit or "—", "choices": "、".join(column.choices)}
    used = {name: value for name, value in params.items() if f"%({name})s" in message + remedy}
    return Problem(code, message, place, remedy, params=used)


def _decimal(cell: str, column: Column) -> Any:
    value = cells.parse_decimal(cell, column.unit)
    exponent = value.normalize().as_tuple().exponent
    if value.adjusted() >= _DECIMAL_DIGITS or (isinstance(exponent, int) and -exponent > _DECIMAL_PLACES):
        raise cells.BadCell("tables.number_range")
    return value


def _integer(cell: str, column: Column) -> int:
    value = cells.parse_integer(cell, column.unit)
    if abs(value) >= 10**18:
        raise cells.BadCell("tables.number_range")
    return value


def _span(cell: str, _column: Column) -> str:
    try:
        return str(Span.parse(text.normalise(cell)))
    except Refused as refused:
        if refused.problems[0].code == "span.ambiguous":
            raise cells.BadCell("tables.ambiguous_month") from None
    try:
        day = cells.parse_date(cell)
    except cells.BadCell:
        raise cells.BadCell("tables.not_a_span") from None
    return str(Span.of_month(day.year, day.month))


_PARSERS: Final[dict[Kind, Callable[[str, Column], Any]]] = {
    "text": lambda cell, _: cell.strip(),
    "integer": _integer,
    "decimal": _decimal,
    "date": lambda cell, _: cells.parse_date(cell),
    "span": _span,
    "boolean": lambda cell, _: cells.parse_boolean(cell),
}
