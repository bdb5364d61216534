"""The project library added up, and what the text says of its number and money."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Number
from zhizao.engines.planlint.rules._common import added, computed, decimal, integer, rounded, text
from zhizao.engines.planlint.rules._projects import UNIT, Project, money_step, projects
from zhizao.engines.planlint.tables.values import converted
from zhizao.engines.planlint.tolerance import Interval, interval
from zhizao.kernel.result import mark

REACH: Final = 80
"""Characters between what an amount is said of and the amount."""
STOP: Final = re.compile(r"[。；！？\n]")


@dataclass(frozen=True, slots=True)
class Group:
    """Projects added up: a sector or all, with the slack that rounding leaves."""

    name: str
    rows: tuple[Project, ...]
    slack: Decimal

    @property
    def total(self) -> Decimal:
        """What its rows say together."""
        return sum((one.total for one in self.rows if one.total is not None), Decimal(0))

    @property
    def is_known(self) -> bool:
        """Whether every row says its investment."""
        return all(one.total is not None for one in self.rows)

    @property
    def span(self) -> Interval:
        """Its total, and what rounding leaves."""
        return Interval(self.total - self.slack, self.total + self.slack)

    @property
    def phases(self) -> Iterator[Interval]:
        """What is invested before, within and after the period, where every row says it."""
        for phase in ("before", "plan", "after"):
            values = [value for one in self.rows if (value := getattr(one, phase)) is not None]
            if len(values) == len(self.rows):
                total = sum(values, Decimal(0))
                yield Interval(total - self.slack, total + self.slack)

    @property
    def number(self) -> Number:
        """The line of arithmetic."""
        values = [one.total for one in self.rows if one.total is not None]
        return computed(mark("Sum of the rows"), self.total, UNIT, by=added(values), places=2)


def groups(facts: Facts) -> list[Group]:
    """The library as a whole and each of its sectors."""
    rows = list(projects(facts))
    sectors: dict[str, list[Project]] = defaultdict(list)
    for one in rows:
        sectors[one.sector].append(one)
    parts = [("", rows), *(sectors.items() if len(sectors) > 1 else ())]
    return [
        Group(name, tuple(group), sum((money_step(facts["projects"][one.row]) for one in group), Decimal(0)))
        for name, group in parts
    ]


def start_of(facts: Facts, row: int) -> int:
    """Where a claim stands in its line."""
    return integer(facts["claims"][row], "start") or 0


def amounts_by_line(facts: Facts) -> dict[int, list[int]]:
    """Claims of money by their line, in order."""
    found: dict[int, list[int]] = defaultdict(list)
    for row, record in enumerate(facts["claims"]):
        line = integer(record, "line")
        if line is not None and in_wan_yuan(facts, row) is not None:
            found[line].append(row)
    return {line: sorted(rows, key=lambda row: start_of(facts, row)) for line, rows in found.items()}


def in_wan_yuan(facts: Facts, row: int) -> tuple[Decimal, Interval] | None:
    """A claim of money: its value and what it stands for, in 10^4 yuan; None if it is no money."""
    record = facts["claims"][row]
    value, unit = decimal(record, "value"), text(record, "unit")
    factor = converted(Decimal(1), "亿元" if unit == "亿" else unit, UNIT) if unit else None
    if value is None or factor is None:
        return None
    return rounded(value * factor, 2), interval(value, bound=text(record, "bound") or "eq").times(factor)


def counted_amounts(facts: Facts) -> Iterator[tuple[int, int]]:
    """Claims of a number of projects and of their investment in one sentence: 60个项目，总投资100亿元."""
    if facts.document is None or not facts["projects"]:
        return
    counts: dict[int, list[int]] = defaultdict(list)
    for row, record in enumerate(facts["claims"]):
        words = text(record, "subject") + text(record, "indicator")
        line = integer(record, "line")
        if line is not None and "项目" in words and text(record, "unit") in ("个", "项"):
            counts[line].append(row)
    for line, rows in amounts_by_line(facts).items():
        for row in rows:
            if "投资" not in text(facts["claims"][row], "indicator"):
                continue
            words = facts.document.lines[line - 1]
            begin = start_of(facts, row)
            at = bisect_left(counts[line], begin, key=lambda one: start_of(facts, one))
            count = counts[line][at - 1] if at else None
            if count is None or begin > start_of(facts, count) + REACH:
                continue
            if not STOP.search(words[start_of(facts, count) : begin]):
                yield count, row
