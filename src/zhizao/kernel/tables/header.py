"""From a sheet as an official form to a table: title row, unit line, header of several rows, body, notes."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from zhizao.kernel import text
from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.tables.delimited import header_problems
from zhizao.kernel.tables.workbook import Grid

_SEARCHED_ROWS: Final = 30
_MAX_LEVELS: Final = 4
_UNIT_LINE: Final = re.compile(r"(?:计量)?单位[:：]\s*([^\s，,;；)）]+)")
_NOTE: Final = re.compile(
    r"(?:注|备注|说明|资料来源|数据来源|来源|填表人|填报人|单位负责人|统计负责人|填报日期|报出日期)\s*[:：]"
)
_ORDINAL: Final = re.compile(r"[甲乙丙丁戊]|\d{1,3}")
_SPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Table:
    """The body of a sheet under its header.

    ``names`` are the column names, the levels of a merged header joined with ``/``; ``rows`` the body, of the same
    width; ``lines`` their row numbers in the file; ``unit`` what the unit line says; ``title`` and ``notes`` the rest.
    """

    names: list[str]
    rows: list[list[str]]
    lines: list[int]
    title: str = ""
    unit: str | None = None
    notes: tuple[str, ...] = ()
    file: str | None = None
    sheet: str | None = None

    def place(self, index: int, column: str | None = None) -> Place:
        """Where row ``index`` of the body stands in the file."""
        return Place(file=self.file, sheet=self.sheet, row=self.lines[index], column=column)


def header_key(name: str) -> str:
    """A header as it is compared: normalised, without blanks and line breaks, brackets half-width.

    >>> header_key("总投资 \\n（万元）")
    '总投资(万元)'
    """
    return _SPACE.sub("", text.normalise(name)).replace("（", "(").replace("）", ")")


def find_table(grid: Grid, *, known: Collection[str] = (), fill_down: Collection[str] = ()) -> Table:
    """Find the header of a sheet and cut out the body below it.

    With ``known`` names the header is the row, or the run of up to four rows, in which most of them are found; without,
    the first row that is at least half as wide as the widest and has no unit line in it, with the rows its merged cells
    reach. A row of column numbers (甲 乙 1 2 3) below the header is left out; the body ends at the first note
    (``注：``, ``资料来源：``).

    Parameters
    ----------
    known : collection of str, optional
        Names to look for, aliases too.
    fill_down : collection of str, optional
        Columns whose merged cells hold for every row that they span. Cells that are not merged stay empty.

    Raises
    ------
    Refused
        ``tables.no_header``, ``tables.header_blank``, ``tables.header_double``.

    Examples
    --------
    >>> grid = Grid([["产值表", ""], ["单位：万元", ""], ["企业", "产值"], ["甲厂", "12"]], [1, 2, 3, 4])
    >>> table = find_table(grid)
    >>> table.title, table.unit, table.names, table.rows
    ('产值表', '万元', ['企业', '产值'], [['甲厂', '12']])
    """
    if known:
        top, bottom = _known_header(grid, {header_key(name) for name in known})
    else:
        top, bottom = _likely_header(grid)
    names = header_names(grid, top, bottom)
    while names and not names[-1] and not any(row[len(names) - 1] for row in grid.rows[bottom + 1 :]):
        names.pop()
    if problems := header_problems(names, grid.place(bottom)):
        raise Refused(*problems)
    filled = _filled(grid, {names.index(name) for name in fill_down if name in names})
    first = bottom + 1
    if first < len(filled.rows) and _is_numbering(filled.rows[first]):
        first += 1
    rows: list[list[str]] = []
    lines: list[int] = []
    notes: list[str] = []
    for row, line in zip(filled.rows[first:], filled.lines[first:], strict=True):
        content = [cell for cell in row if cell.strip()]
        if notes or (content and _NOTE.match(content[0].strip())):
            notes += [" ".join(content)] if content else []
        elif content:
            rows.append(row[: len(names)])
            lines.append(line)
    above = [cell.strip() for row in grid.rows[:top] for cell in row if cell.strip()]
    units = [match[1] for cell in above if (match := _UNIT_LINE.search(cell)) and not cell.startswith("填报单位")]
    title = next((cell for cell in above if not _UNIT_LINE.search(cell)), "")
    return Table(names, rows, lines, title, units[0] if units else None, tuple(notes), grid.file, grid.sheet)


def header_names(grid: Grid, top: int, bottom: int) -> list[str]:
    """The names that the header rows ``top`` to ``bottom`` give, their levels joined with ``/``.

    A merged cell counts for all that it covers. Without merged ranges (CSV) an empty cell of an upper level takes the
    one to its left, if a lower level has a name there.

    >>> header_names(Grid([["企业", "产值", ""], ["", "2024", "2025"]], [1, 2]), 0, 1)
    ['企业', '产值/2024', '产值/2025']
    """
    width = max(map(len, grid.rows[top : bottom + 1]), default=0)
    levels = [[header_key(cell) for cell in row] + [""] * (width - len(row)) for row in grid.rows[top : bottom + 1]]
    for merge in grid.merges:
        for row in range(max(merge.top, top), min(merge.bottom, bottom) + 1):
            if top <= merge.top:
                levels[row - top][merge.left : merge.right + 1] = [levels[merge.top - top][merge.left]] * (
                    min(merge.right + 1, width) - merge.left
                )
    if not grid.merges:
        for level, row_cells in enumerate(levels[:-1]):
            for column in range(1, width):
                if not row_cells[column] and any(below[column] for below in levels[level + 1 :]):
                    row_cells[column] = row_cells[column - 1]
    names = []
    for column in range(width):
        parts: list[str] = []
        for row_cells in levels:
            if row_cells[column] and row_cells[column] not in parts:
                parts.append(row_cells[column])
        names.append("/".join(parts))
    return names


def _known_header(grid: Grid, known: set[str]) -> tuple[int, int]:
    best, best_score = (0, 0), 0
    for levels in range(1, _MAX_LEVELS + 1):
        for top in range(min(_SEARCHED_ROWS, len(grid.rows) - levels + 1)):
            names = header_names(grid, top, top + levels - 1)
            score = len({bare for name in names if (bare := name) in known or (bare := without_unit(name)[0]) in known})
            if score > best_score:
                best, best_score = (top, top + levels - 1), score
    if not best_score:
        raise Refused(_no_header(grid, sorted(known)))
    return best


def _likely_header(grid: Grid) -> tuple[int, int]:
    searched = grid.rows[:_SEARCHED_ROWS]
    widths = [len({cell for cell in row if cell.strip()}) for row in searched]
    widest = max(widths, default=0)
    enough = max(min(widest, 2), widest / 2, 1)
    for top, row in enumerate(searched):
        if widths[top] >= enough and not any(_UNIT_LINE.search(cell) for cell in row):
            return top, _reach(grid, top)
    raise Refused(_no_header(grid, []))


def _reach(grid: Grid, top: int) -> int:
    """The last header row: as far down as merged cells go, and one row below each cell merged sideways."""
    bottom = top
    for row in range(top, top + _MAX_LEVELS):
        for merge in grid.merges:
            if merge.top == row and row <= bottom and bottom < len(grid.rows) - 1:
                bottom = max(bottom, merge.bottom, merge.bottom + 1 if merge.right > merge.left else 0)
    return min(bottom, len(grid.rows) - 1, top + _MAX_LEVELS - 1)


def without_unit(name: str) -> tuple[str, str | None]:
    """A header name and the unit in its last brackets.

    >>> without_unit("总投资(万元)")
    ('总投资', '万元')
    """
    match = re.fullmatch(r"(.+)\(([^()]+)\)", name)
    return (match[1], match[2]) if match else (name, None)


def _filled(grid: Grid, columns: set[int]) -> Grid:
    rows = [list(row) for row in grid.rows]
    for merge in grid.merges:
        if merge.left in columns:
            for row in range(merge.top + 1, min(merge.bottom + 1, len(rows))):
                rows[row][merge.left] = rows[merge.top][merge.left]
    return replace(grid, rows=rows)


def _is_numbering(row: list[str]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    numbers = [int(cell) for cell in cells if cell.isdecimal()]
    return (
        cells[:1] == ["甲"]
        and all(_ORDINAL.fullmatch(cell) for cell in cells)
        and numbers == list(range(1, len(numbers) + 1))
    )


def _no_header(grid: Grid, names: list[str]) -> Problem:
    return Problem(
        "tables.no_header",
        mark("No header row was found."),
        Place(file=grid.file, sheet=grid.sheet),
        mark("Write the column names into one row; expected: %(names)s."),
        params={"names": "、".join(names) or "—"},
    )
