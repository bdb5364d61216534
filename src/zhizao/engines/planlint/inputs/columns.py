"""Tables of plain text whose columns are kept apart by blanks: each of their lines becomes a row of cells behind tabs.

Lines with the same number of cells, four or more, of which three follow each other (empty lines aside), are a table.
Prose has no such lines: Chinese text has no two blanks between words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Final

_APART: Final = re.compile(r"(?:[ \u3000]{2,})")
_FEWEST_CELLS: Final = 4
_FEWEST_ROWS: Final = 3
_LONGEST: Final = 40
"""Characters of a cell, on the average of its line: blanks that fill a line of prose make longer pieces."""


def with_tabs(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines, those of tables in blanks with tabs.

    >>> with_tabs(["序号  指标  单位  2025年", "1  产值  亿元  40", "", "2  企业  家  7", "正文。"])
    ('\\t序号\\t指标\\t单位\\t2025年', '\\t1\\t产值\\t亿元\\t40', '', '\\t2\\t企业\\t家\\t7', '正文。')
    """
    cells = {at: row for at, line in enumerate(lines) if (row := _cells(line))}
    done = list(lines)
    for rows in _tables(lines, cells):
        for at in rows:
            done[at] = "\t" + "\t".join(cells[at])
    return tuple(done)


def _cells(line: str) -> list[str]:
    if "\t" in line or "  " not in line.replace("\u3000", " "):
        return []
    row = _APART.split(line.strip(" \u3000"))
    return row if len(row) >= _FEWEST_CELLS and len(line) <= _LONGEST * len(row) else []


def _tables(lines: Sequence[str], cells: dict[int, list[str]]) -> list[list[int]]:
    """The lines of each table: those of one width with nothing but empty lines between them."""
    filled = (at for at, line in enumerate(lines) if line.strip())
    runs = (list(run) for _, run in groupby(filled, key=lambda at: len(cells.get(at, ()))))
    return [run for run in runs if len(run) >= _FEWEST_ROWS and run[0] in cells]
