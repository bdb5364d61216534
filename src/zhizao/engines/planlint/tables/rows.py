"""Cells into rows, where line breaks do not tell: the cheapest way to cut a run of cells into rows of known forms.

A table of ``n`` columns is a sequence of full rows (``n`` cells of the right kinds), group titles, totals, repeated
headers, empty rows, and rows that miss their merged cell. Each form has a cost (a cell of the wrong kind, a blank line
inside a row, a row that starts without one), and the cut of least total cost is found by dynamic programming, in time
linear in the cells:

    best(j) = min over forms f ending at j of best(j − |f|) + cost(f)

Blank lines are evidence, not law: the cut does not change when some are put between cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from zhizao.engines.planlint.document import Cell
from zhizao.engines.planlint.tables.layout import (
    EMPTY,
    FIGURES,
    GROUP,
    INTEGER,
    NONE,
    TOTAL,
    WORDS,
    Layout,
    Shape,
    kind,
)

FULL, TITLE, SUM, HEADER, BLANK, SHORT, STRAY = "full", "title", "sum", "header", "blank", "short", "stray"
_WRONG_KIND: Final = 3.0
_INNER_GAP: Final = 0.3
_NO_GAP: Final = 1.0
_SHORT: Final = 4.0
_STRAY: Final = 8.0
_BLANK: Final = 0.2
SAMPLE: Final = 240
"""Cells by which layouts are compared."""
_NUMERAL: Final = re.compile(r"[（(]?[一二三四五六七八九十]+[）)]?[、.]?")
_EVERY: Final = frozenset({EMPTY, NONE, INTEGER, "number", GROUP, WORDS})


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its form, its cells by column key, all its cells, and how many are of the wrong kind."""

    form: str
    cells: dict[str, Cell]
    raw: tuple[Cell, ...]
    wrong: int = 0

    @property
    def line(self) -> int:
        """Line of the first cell with something in it."""
        return next((cell.line for cell in self.raw if cell.text), self.raw[0].line)

    def text(self, key: str) -> str:
        """A cell's text; empty if the table has no such column."""
        return self.cells[key].text if key in self.cells else ""

    def place(self, key: str) -> int:
        """A cell's line; the row's if the table has no such column."""
        return self.cells[key].line if key in self.cells else self.line

    def own_line(self, merged: frozenset[str]) -> int:
        """Line of the first cell that is this row's own, not one merged over several rows."""
        own = [cell.line for key, cell in self.cells.items() if key not in merged and cell.text]
        return min(own, default=self.line)


class _Form(NamedTuple):
    cost: float
    length: int
    form: str
    skip: int = 0
    wrong: int = 0


_NOTHING: Final = _Form(0.0, 0, STRAY)


def segment(cells: Sequence[Cell], layout: Layout, shape: Shape) -> list[Row]:
    """Cut the cells behind a header into rows.

    Every cell ends up in exactly one row, in order.
    """
    cutter = _Cutter(cells[layout.end :], layout, shape)
    steps = cutter.cheapest()
    rows: list[Row] = []
    end = len(cutter.body)
    while end:
        _, start, form = steps[end]
        rows.append(cutter.row(start, form))
        end = start
    return rows[::-1]


def cost(cells: Sequence[Cell], layout: Layout, shape: Shape) -> float:
    """How badly a layout fits the first cells behind its header: the cost of the cheapest cut, for each cell."""
    cutter = _Cutter(cells[layout.end : layout.end + SAMPLE], layout, shape)
    return cutter.cheapest()[-1].cost / max(len(cutter.body), 1)


class _Step(NamedTuple):
    """The cheapest way to a place: its cost, and where and how its last row starts."""

    cost: float
    start: int
    form: _Form


class _Cutter:
    """The forms that can start at a cell, and the row that a chosen form makes."""

    def __init__(self, body: Sequence[Cell], layout: Layout, shape: Shape) -> None:
        self.body, self.layout, self.shape = body, layout, shape
        self.kinds = [kind(cell.text) for cell in body]
        self.accepted = [shape.kinds.get("year" if key.startswith("year:") else key, _EVERY) for key in layout.keys]
        self.gaps = [0]
        for cell in body:
            self.gaps.append(self.gaps[-1] + cell.gap)
        leading = 0
        while leading < layout.width - 1 and layout.keys[leading] in shape.merged:
            leading += 1
        self.skips = range(1, leading + 1)

    def cheapest(self) -> list[_Step]:
        """For each place in the body the cheapest way there."""
        steps = [_Step(0.0, 0, _NOTHING)] + [_Step(float("inf"), 0, _NOTHING)] * len(self.body)
        for start in range(len(self.body)):
            reached = steps[start].cost + (_NO_GAP if start and not self.body[start].gap else 0.0)
            for form in self.forms(start):
                if reached + form.cost < steps[start + form.length].cost:
                    steps[start + form.length] = _Step(reached + form.cost, start, form)
        return steps

    def forms(self, start: int) -> Iterator[_Form]:
        width, left = self.layout.width, len(self.body) - start
        if width <= left:
            yield self._full(start, 0, 0.0)
            if not any(cell.text for cell in self.body[start : start + width]):
                yield _Form(_BLANK + self._inner(start, width), width, BLANK)
        for skip in self.skips:
            if width - skip <= left:
                yield self._full(start, skip, 0.7)
        yield from self._header(start)
        yield from self._title(start)
        yield from self._sum(start)
        yield from self._bounded(start)
        yield _Form(_STRAY, 1, STRAY)

    def row(self, start: int, form: _Form) -> Row:
        raw = tuple(self.body[start : start + form.length])
        if form.form == FULL:
            keys = self.layout.keys[form.skip :]
            return Row(FULL, {key: cell for key, cell in zip(keys, raw, strict=True) if key}, raw, form.wrong)
        if form.form == SUM and len(raw) == self.layout.width:
            return Row(SUM, {key: cell for key, cell in zip(self.layout.keys, raw, strict=True) if key}, raw)
        return Row(form.form, {}, raw)

    def _inner(self, start: int, length: int) -> float:
        return _INNER_GAP * (self.gaps[start + length] - self.gaps[start + 1])

    def _full(self, start: int, skip: int, cost: float) -> _Form:
        wanted = self.accepted[skip:]
        found = self.kinds[start : start + len(wanted)]
        wrong = sum(one not in accepted for one, accepted in zip(found, wanted, strict=True))
        return _Form(cost + _WRONG_KIND * wrong + self._inner(start, len(wanted)), len(wanted), FULL, skip, wrong)

    def _header(self, start: int) -> Iterator[_Form]:
        header = self.layout.header
        if self.body[start].text != header[0]:
            return
        if [cell.text for cell in self.body[start : start + len(header)]] == list(header):
            yield _Form(0.0, len(header), HEADER)

    def _title(self, start: int) -> Iterator[_Form]:
        """A group's title: “一、…” in one cell, or “一” and the words in two; empty cells may follow.

        Its subtotals may follow too, where blank lines or line ends hold the row together on both sides.
        """
        if not self.shape.groups:
            return
        kinds = self.kinds
        alone = _NUMERAL.fullmatch(self.body[start].text)
        length = 0
        if kinds[start] == GROUP:
            if not alone:
                length = 1
            elif start + 1 < len(kinds) and kinds[start + 1] in (WORDS, GROUP):
                length = 2
        elif kinds[start] == WORDS and self._stands_alone(start):
            length = 1
        if not length:
            return
        begins, subtotals = start == 0 or self.body[start].gap, False
        while length <= self.layout.width and start + length <= len(kinds):
            cost = 0.5 if kinds[start] == GROUP else 1.5
            ends = start + length == len(kinds) or self.body[start + length].gap
            if not subtotals or (begins and ends):
                yield _Form(cost + self._inner(start, length), length, TITLE)
            if ends or kinds[start + length] not in (FIGURES if kinds[start] == GROUP else (EMPTY,)):
                return
            subtotals = subtotals or kinds[start + length] != EMPTY
            length += 1

    def _stands_alone(self, start: int) -> bool:
        behind = start + 1
        while behind < len(self.body) and self.kinds[behind] == EMPTY and not self.body[behind].gap:
            behind += 1
        return (
            (start == 0 or self.body[start].gap)
            and behind < len(self.body)
            and self.body[behind].gap
            and self.kinds[behind] == INTEGER
        )

    def _sum(self, start: int) -> Iterator[_Form]:
        """A total: its word in the first or second cell, then figures or empty cells."""
        word = start + (self.kinds[start] == EMPTY and start + 1 < len(self.kinds))
        if self.kinds[word] != TOTAL:
            return
        length = word - start + 1
        while length <= self.layout.width and start + length <= len(self.kinds):
            # a full row of cells is likelier than a shorter one, and one that ends at a blank line likelier than both
            ends = start + length == len(self.kinds) or self.body[start + length].gap
            yield _Form((0.4 if ends else 0.9) + self._inner(start, length), length, SUM)
            if start + length == len(self.kinds) or self.kinds[start + length] in (WORDS, GROUP, TOTAL):
                return
            length += 1

    def _bounded(self, start: int) -> Iterator[_Form]:
        """Rows that only blank lines hold together: empty ones, and ones with cells too few or too many."""
        if start and not self.body[start].gap:
            return
        length, blank = 0, True
        while length < self.layout.width + 3 and start + length < len(self.body):
            blank = blank and self.kinds[start + length] == EMPTY
            length += 1
            if blank:
                yield _Form(_BLANK + self._inner(start, length), length, BLANK)
            if start + length == len(self.body) or self.body[start + length].gap:
                if length != self.layout.width and not blank:
                    yield _Form(
                        _SHORT + 0.5 * abs(self.layout.width - length) + self._inner(start, length), length, SHORT
                    )
                if length > 1 and not blank:
                    return
