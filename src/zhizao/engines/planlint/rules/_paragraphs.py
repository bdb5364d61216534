"""Figures of the text line by line, with the words between them: what rules inside a paragraph look at."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.growth import COUNT_UNITS, SHARE_UNITS
from zhizao.engines.planlint.rules._claims import in_unit, value_of
from zhizao.engines.planlint.rules._common import decimal, integer, text
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tolerance import Interval

_NEXT: Final = re.compile(r"(?:、|和|及|以及|与)(?:[^，。；：:（）()、]|（[^（）0-9]{1,8}）){0,24}")
_COMMA: Final = re.compile(r"，(?!合计|共计|总计|合共|累计|其中)[^，。；：:（）()、]{2,24}$")
_STOP: Final = re.compile("[。！？]")
BACK: Final = 5
"""Figures on either side among which one that belongs to another is looked for."""


@dataclass(frozen=True, slots=True)
class Said:
    """A figure of a line: its row among the claims, its record, its place in the line."""

    row: int
    record: Record
    start: int
    end: int

    @property
    def unit(self) -> str:
        """As printed."""
        return text(self.record, "unit")

    @property
    def value(self) -> Decimal:
        """As printed."""
        return value_of(self.record)

    @property
    def is_amount(self) -> bool:
        """Whether it may be added up: no share, no ratio, no growth."""
        return (
            text(self.record, "kind") != "growth"
            and self.unit not in SHARE_UNITS | {"", "番", "倍", "个百分点"}
            and "/" not in self.unit
            and not text(self.record, "of")
        )

    def within(self, unit: str) -> Interval | None:
        """What it stands for in a unit; counted things are of one unit."""
        if self.unit in COUNT_UNITS and unit in COUNT_UNITS:
            return in_unit(self.record, self.unit)
        return in_unit(self.record, unit)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text and its figures in order."""

    words: str
    figures: tuple[Said, ...]

    def between(self, one: Said, other: Said) -> str:
        """The words between two figures."""
        return self.words[one.end : other.start]

    def together(self, one: Said, other: Said) -> bool:
        """Whether both stand in one sentence."""
        return _STOP.search(self.words, one.end, other.start) is None

    def stops(self, one: Said, other: Said) -> int:
        """How many sentences end between two figures."""
        return sum(1 for _ in _STOP.finditer(self.words, one.end, other.start))

    def runs(self) -> Iterator[tuple[int, int]]:
        """Enumerations: first figure and the one behind the last, two at least, of one kind of unit."""
        first = 0
        for at in range(1, len(self.figures) + 1):
            if at < len(self.figures) and self._follows(at):
                continue
            if at - first > 1:
                yield first, at
            first = at

    def is_listed(self, at: int) -> bool:
        """Whether a figure is one of an enumeration: what stands behind 其中 is then of all of them."""
        return (bool(at) and self._follows(at)) or text(self.figures[at].record, "list_id") != ""

    def _follows(self, at: int) -> bool:
        before, one = self.figures[at - 1], self.figures[at]
        both = before.is_amount and one.is_amount and before.within(one.unit) is not None
        between = self.between(before, one)
        is_next = _COMMA.match(between) is not None and _is_next(before, one)
        return both and (is_next or _NEXT.fullmatch(between) is not None)


def _is_next(one: Said, other: Said) -> bool:
    """Whether a second figure is of the same measure as the first, and of another subject."""
    subjects = {text(each.record, "subject") for each in (one, other)}
    return (
        len(subjects) == 2
        and "" not in subjects
        and text(one.record, "indicator") == text(other.record, "indicator")
        and text(one.record, "span") == text(other.record, "span")
    )


def lines(facts: Facts) -> Iterator[Line]:
    """The lines of the text that hold figures."""
    printed = facts.document.lines if facts.document else ()
    found: dict[int, list[Said]] = defaultdict(list)
    for row, record in enumerate(facts["claims"]):
        number, start, end = (integer(record, name) for name in ("line", "start", "end"))
        if number and start is not None and end is not None and decimal(record, "value") is not None:
            found[number].append(Said(row, record, start, end))
    for number, figures in found.items():
        if number <= len(printed):
            yield Line(printed[number - 1], tuple(sorted(figures, key=lambda one: one.start)))


def summed(parts: Sequence[Said], unit: str) -> tuple[Decimal, Interval] | None:
    """The sum of figures in a unit, and what it may stand for."""
    total, span = Decimal(0), Interval(Decimal(0), Decimal(0))
    for one in parts:
        within = one.within(unit)
        if within is None:
            return None
        factor = (within.low + within.high) / 2 if one.unit != unit and unit not in COUNT_UNITS else one.value
        total, span = total + factor, span + within
    return total, span
