"""Any table of the document, read or not: rows of totals against their columns, growth against the years beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.document import Cell, Run
from zhizao.engines.planlint.facts import TEXT, Facts
from zhizao.engines.planlint.finding import Finding, Severity
from zhizao.engines.planlint.growth import annual_growth_pct, half_step
from zhizao.engines.planlint.rules._common import added, computed, integer, line_mention, plain, printed
from zhizao.engines.planlint.tables.layout import GROUP, TOTAL, kind, year_of
from zhizao.engines.planlint.tables.values import Figure, figure
from zhizao.engines.planlint.tolerance import Interval, interval
from zhizao.kernel import text as words_of
from zhizao.kernel.result import mark

_NO_SUM: Final = re.compile(
    r"序号|编号|年限|周期|时间|起止|开工|竣工|完工|增速|增长|增幅|年均|比重|占比|比例|[%％]|率|强度|均|指数|单位|电话|备注"
)
"""Columns that do not add up."""
_IN_ALL: Final = re.compile("全[省市区县州](?:合计|总计)")
SHARE: Final = re.compile(r"(?:占比|比重|比例|构成|所占比[例重])(?:[（(]?[%％][)）]?)?$")
"""A row of shares below the totals."""
_GROWTH: Final = re.compile(r"年均|年平均")
_MONEY: Final = re.compile(r"总投资|投资总额|投资额")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose lines are its rows: the words of its header, and the rows below."""

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str


def grids(facts: Facts) -> Iterator[Grid]:
    """The tables that have a row on each line, and at least two rows below the header."""
    for run in facts.document.runs if facts.document else ():
        if (grid := _grid(run)) is not None:
            yield grid


def _grid(run: Run) -> Grid | None:
    rows: list[list[Cell]] = []
    for cell in run.cells:
        if rows and rows[-1][0].line == cell.line:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    width = max(map(len, rows))
    if len(rows) < 3 or width < 3 or sum(len(row) == width for row in rows) * 2 < len(rows):
        return None
    head = next((at for at, row in enumerate(rows) if len(row) == width), 0)
    header = [cell.text for cell in rows[head]]
    body = rows[head + 1 :]
    while body and len(body[0]) == width and not any(value_in(cell) for cell in body[0]) and not body[0][0].text:
        header = [lower.text or upper for upper, lower in zip(header, body.pop(0), strict=True)]
    return Grid(tuple(header), tuple(tuple(row) for row in body), run.caption)


def value_in(cell: Cell) -> Figure | None:
    return None if words_of.is_blank_mark(cell.text) else figure(cell.text)


def is_total(row: Sequence[Cell]) -> bool:
    return any(kind(cell.text) == TOTAL or _IN_ALL.fullmatch(cell.text) for cell in row[:2])


def _is_part(row: Sequence[Cell]) -> bool:
    """Whether a row is one of those that a total adds up."""
    return not is_total(row) and not _is_group(row) and not any(SHARE.match(cell.text) for cell in row[:2])


def _is_group(row: Sequence[Cell]) -> bool:
    """A group's title with its subtotals: 一、食品（3个）."""
    first = next((cell.text for cell in row if cell.text), "")
    return kind(first) == GROUP


def find_totals(facts: Facts) -> Iterator[Finding]:
    """The row of totals of a table is not the sum of the rows above or below it.

    Formula: for each column of figures that has a total: total = Σ rows (without subtotals). Columns of years, shares,
    growth and means are left out, and a column with a cell that is no figure. Tolerance: rounding of every cell. An
    error. The investment in all of the project library is told by ``projects.totals``.

    A finding: 合计 1715 above 620, 285, 512 and 198. None: a total of a column with a blank where others have figures
    and the rest fits; 小计 of a part.
    """
    lines = {line for record in facts["projects"] if (line := integer(record, "line")) is not None}
    for grid in grids(facts):
        for total, rows in _blocks(grid):
            is_library = any(row[0].line in lines for row in rows)
            for column, name in enumerate(grid.header):
                if _NO_SUM.search(name) or (is_library and _MONEY.search(name)):
                    continue
                yield from _column(facts, grid, total, rows, column)


def _blocks(grid: Grid) -> Iterator[tuple[Sequence[Cell], list[Sequence[Cell]]]]:
    """The rows of totals with what each adds up: all rows; or a first part of them, and then its 小计 with the rest."""
    full: list[Sequence[Cell]] = [row for row in grid.rows if len(row) == len(grid.header)]
    totals = [at for at, row in enumerate(full) if is_total(row)]
    if len(totals) == 1:
        yield full[totals[0]], [row for row in full if _is_part(row)]
    elif len(totals) == 2 and totals[1] - totals[0] > 1 and totals[1] == len(full) - 1:
        yield full[totals[0]], [row for row in full[: totals[0]] if _is_part(row)]
        rest = [row for row in full[totals[0] : totals[1]] if row is full[totals[0]] or _is_part(row)]
        yield full[totals[1]], rest


def _column(
    facts: Facts, grid: Grid, total: Sequence[Cell], rows: Sequence[Sequence[Cell]], column: int
) -> Iterator[Finding]:
    whole = value_in(total[column])
    cells = [row[column] for row in rows]
    values = [value_in(cell) for cell in cells]
    if whole is None or any(
        value is None and not words_of.is_blank_mark(cell.text) for cell, value in zip(cells, values, strict=True)
    ):
        return
    parts = [value for value in values if value is not None]
    if len(parts) < 2 or any(part.bound != "eq" or part.high is not None for part in [*parts, whole]):
        return
    result = sum((part.value for part in parts), Decimal(0))
    slack = sum((half_step(part.value) for part in parts if part.value != part.value.to_integral_value()), Decimal(0))
    own = interval(whole.value) if slack else Interval(whole.value, whole.value)
    if Interval(result - slack, result + slack).meets(own):
        return
    yield Finding(
        "sums.table",
        Severity.ERROR,
        mark("The total of the column “%(name)s” is printed as %(total)s; its rows add up to %(sum)s."),
        f"{grid.caption}/{grid.header[column]}/{total[0].text}",
        {"name": grid.header[column], "total": plain(whole.value), "sum": plain(result)},
        (
            printed(mark("Total"), whole.value, whole.unit),
            computed(mark("Sum of the rows"), result, whole.unit, by=added(part.value for part in parts), places=2),
            computed(
                mark("Difference"),
                result - whole.value,
                whole.unit,
                by=f"{plain(result)}−{plain(whole.value)}",
                places=2,
            ),
        ),
        (line_mention(facts, total[column].line), line_mention(facts, rows[0][0].line)),
        mark("Correct the total or a row."),
    )


def find_growth(facts: Facts) -> Iterator[Finding]:
    """The mean annual growth that a row states is not that of the two years beside it.

    Formula: g = (last year ÷ first year)^(1 ÷ years) − 1 for the first and last column with a year. Only in tables that
    are no table of targets (``growth.stated`` has those). Tolerance: rounding of all three. An error.

    A finding: 310 (2025), 480 (2030), 7.7 %. None: 310, 450, 7.7 %; rows of shares.
    """
    lines = {line for record in facts["indicators"] if (line := integer(record, "line")) is not None}
    for grid in grids(facts):
        years = [
            (year, at) for at, name in enumerate(grid.header) if (year := year_of(name)) and not _NO_SUM.search(name)
        ]
        growths = [at for at, name in enumerate(grid.header) if _GROWTH.search(name)]
        if len(years) < 2 or len(growths) != 1 or any(row[0].line in lines for row in grid.rows):
            continue
        (first, base), (last, target) = min(years), max(years)
        for row in grid.rows:
            if len(row) == len(grid.header) and first < last:
                yield from _growth(facts, row, (row[base], row[target], row[growths[0]]), last - first)


def _growth(facts: Facts, row: Sequence[Cell], cells: tuple[Cell, Cell, Cell], years: int) -> Iterator[Finding]:
    base, target, stated = (value_in(cell) for cell in cells)
    if base is None or target is None or stated is None or "%" in base.unit or base.value <= 0 or target.value <= 0:
        return
    if any(one.bound != "eq" or one.high is not None for one in (base, target, stated)):
        return
    low, high = interval(base.value), interval(target.value)
    if low.low <= 0 or high.low <= 0:
        return
    span = Interval(annual_growth_pct(low.high, high.low, years), annual_growth_pct(low.low, high.high, years))
    if span.meets(interval(stated.value)):
        return
    given = annual_growth_pct(base.value, target.value, years)
    name = next((cell.text for cell in row if cell.text and figure(cell.text) is None), row[0].text)
    yield Finding(
        "growth.row",
        Severity.ERROR,
        mark("“%(name)s”: the row states %(stated)s%% a year; its two years give %(given)s%%."),
        name,
        {"name": name, "stated": plain(stated.value), "given": plain(given, 1)},
        (
            printed(mark("Growth as stated"), stated.value, "%"),
            computed(
                mark("Growth of the two years"),
                given,
                "%",
                by=f"({plain(target.value)}÷{plain(base.value)})^(1/{years})−1",
            ),
        ),
        (line_mention(facts, cells[2].line),),
        mark("Correct the growth or one of the two years."),
    )


RULES: Final = (
    Rule("sums.table", mark("Rows of totals"), (TEXT,), find_totals),
    Rule("growth.row", mark("Growth in other tables"), (TEXT,), find_growth),
)
