"""Rows of any table: ratios computed from other columns, rows of shares, years between base and target."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.document import Cell
from zhizao.engines.planlint.facts import TEXT, Facts
from zhizao.engines.planlint.finding import Finding, Severity
from zhizao.engines.planlint.rules._common import computed, decimal, line_mention, plain, printed, target_mention, text
from zhizao.engines.planlint.rules._statements import MIDDLE, Statement, statements
from zhizao.engines.planlint.rules.table_totals import SHARE, Grid, grids, is_total, value_in
from zhizao.engines.planlint.tables.layout import unit_in, year_of
from zhizao.engines.planlint.tables.values import converted
from zhizao.engines.planlint.tolerance import Interval, interval
from zhizao.kernel.result import mark

_EACH: Final = re.compile("^(?:亩均|每亩|亩产)(?P<measure>[一-龥]{2,4})?")
_LAND: Final = re.compile("用地|占地|土地|面积")
_NET: Final = re.compile("^(?:净增加?|增量|净增量|增减)")
_HUNDRED: Final = Decimal(100)


def find_ratios(facts: Facts) -> Iterator[Finding]:
    """A column for each mu is not the row's other column divided by its land.

    Formula: 亩均产值 = 产值 ÷ 用地, in the units of the header. Tolerance: rounding of all three, and 1 %. An error. A
    finding: 280亩, 11.2亿元, 500万元/亩 (it is 400). None: a column without unit; land in a table without land.
    """
    for grid in grids(facts):
        lands = [at for at, name in enumerate(grid.header) if _LAND.search(name) and not _EACH.match(name)]
        for at, name in enumerate(grid.header):
            each = _EACH.match(name)
            if each is None or not each["measure"] or len(lands) != 1:
                continue
            made = [
                column for column, words in enumerate(grid.header) if words.startswith(each["measure"]) and column != at
            ]
            if len(made) == 1:
                yield from _ratios(facts, grid, lands[0], made[0], at)


def _ratios(facts: Facts, grid: Grid, land: int, made: int, each: int) -> Iterator[Finding]:
    units = [_unit(grid.header[column]) for column in (land, made, each)]
    per = converted(Decimal(1), units[2].partition("/")[0], "万元")
    amount, area = converted(Decimal(1), units[1], "万元"), converted(Decimal(1), units[0], "亩")
    if per is None or amount is None or area is None:
        return
    for row in grid.rows:
        if len(row) != len(grid.header):
            continue
        values = [value_in(row[column]) for column in (land, made, each)]
        if any(value is None or value.bound != "eq" for value in values):
            continue
        mu, money, ratio = (value.value for value in values if value is not None)
        if mu <= 0:
            continue
        given = interval(money).times(amount) / interval(mu).times(area)
        said = interval(ratio).times(per)
        if Interval(given.low * Decimal("0.99"), given.high * Decimal("1.01")).meets(said):
            continue
        result = money * amount / (mu * area) / per
        yield Finding(
            "derived.row_ratio",
            Severity.ERROR,
            mark("“%(name)s”: %(column)s is printed as %(stated)s; the row's own columns give %(given)s."),
            f"{grid.caption}/{_name(row)}/{grid.header[each]}",
            {
                "name": _name(row),
                "column": grid.header[each],
                "stated": plain(ratio),
                "given": plain(result, 1),
            },
            (
                printed(mark("For each mu"), ratio, units[2]),
                printed(mark("Land"), mu, units[0]),
                printed(mark("Printed"), money, units[1]),
                computed(mark("Quotient"), result, units[2], by=f"{plain(money)}÷{plain(mu)}", places=1),
            ),
            (line_mention(facts, row[each].line),),
            mark("Correct one of the three, or the unit of a column."),
        )


def _unit(words: str) -> str:
    found = re.search(r"[（(]([^（()）]{1,10})[)）]$", words)
    return found[1] if found else unit_in(words) or ""


def _name(row: Sequence[Cell]) -> str:
    return next((cell.text for cell in row if re.search("[一-龥]{2}", cell.text)), row[0].text)


def find_shares(facts: Facts) -> Iterator[Finding]:
    """A row of shares below the totals is not the total of each column in that of the last.

    Formula: share = total of the column ÷ total of all × 100, where the last column is the sum. Tolerance: rounding of
    all. An error. A finding: 620 of 4860, 18.2 %. None: a table whose last column is no total.
    """
    for grid in grids(facts):
        totals = [row for row in grid.rows if is_total(row) and len(row) == len(grid.header)]
        shares = [row for row in grid.rows if SHARE.match(row[0].text) and len(row) == len(grid.header)]
        if len(totals) != 1 or len(shares) != 1 or "计" not in grid.header[-1]:
            continue
        whole = value_in(totals[0][-1])
        for at in range(1, len(grid.header) - 1):
            part, share = value_in(totals[0][at]), value_in(shares[0][at])
            if whole is None or part is None or share is None or whole.value <= 0:
                continue
            given = (interval(part.value) / interval(whole.value)).times(_HUNDRED)
            if given.meets(interval(share.value)):
                continue
            yield Finding(
                "shares.row",
                Severity.ERROR,
                mark("“%(name)s”: the share is printed as %(stated)s%%; the totals give %(given)s%%."),
                f"{grid.caption}/{grid.header[at]}",
                {
                    "name": grid.header[at],
                    "stated": plain(share.value),
                    "given": plain(part.value / whole.value * _HUNDRED, 1),
                },
                (
                    printed(mark("Share printed"), share.value, "%"),
                    computed(
                        mark("Share of the whole"),
                        part.value / whole.value * _HUNDRED,
                        "%",
                        by=f"{plain(part.value)}÷{plain(whole.value)}",
                    ),
                ),
                (line_mention(facts, shares[0][at].line), line_mention(facts, totals[0][at].line)),
                mark("Correct the share or a total."),
            )


def find_middle(facts: Facts) -> Iterator[Finding]:
    """The value of a year between base and target lies beyond both.

    Formula: min(base, target) ≤ value ≤ max(base, target), rounding of all. A warning: it may rise and fall again. A
    finding: 58 in 2025, 115 in 2027, 110 in 2030. None: 58, 75, 110; equal figures.
    """
    for one in statements(facts):
        if not one.side.startswith(MIDDLE):
            continue
        base, target = decimal(one.record, "base_value"), decimal(one.record, "target_value")
        if base is None or target is None or min(base, target) <= one.value <= max(base, target):
            continue
        yield _beyond(facts, one, base, target)


def _beyond(facts: Facts, one: Statement, base: Decimal, target: Decimal) -> Finding:
    name = text(one.record, "name")
    return Finding(
        "targets.middle",
        Severity.WARNING,
        mark("“%(name)s”: %(value)s for %(year)s lies beyond both the base of %(base)s and the target of %(target)s."),
        f"{text(one.record, 'id') or name}/{one.year}",
        {
            "name": name,
            "value": plain(one.value) + one.unit,
            "year": one.year,
            "base": plain(base) + one.unit,
            "target": plain(target) + one.unit,
        },
        (
            printed(mark("Base"), base, one.unit),
            printed(mark("Value between"), one.value, one.unit),
            printed(mark("Target"), target, one.unit),
        ),
        (target_mention(facts, one.row),),
        mark("Correct the value, or say why it is passed and given up again."),
    )


def find_net(facts: Facts) -> Iterator[Finding]:
    """A column of changes is not the last year less the first of its row.

    Formula: 净增 = last year − first year, by the years of the header. Tolerance: rounding of all three. An error. A
    finding: 96.5 (2025), 146 (2028), 净增45.9. None: a column 新增, of which some may leave.
    """
    for grid in grids(facts):
        years = [(year, at) for at, name in enumerate(grid.header) if (year := year_of(name)) is not None]
        changes = [at for at, name in enumerate(grid.header) if _NET.search(name)]
        if len(years) < 2 or len(changes) != 1:
            continue
        (_, first), (_, last) = min(years), max(years)
        for row in grid.rows:
            cells = [value_in(row[at]) for at in (first, last, changes[0])] if len(row) == len(grid.header) else []
            values = [one.value for one in cells if one is not None and one.bound == "eq"]
            if len(values) != 3:
                continue
            base, target, change = values
            low, high, own = interval(base), interval(target), interval(change)
            if Interval(high.low - low.high, high.high - low.low).meets(own):
                continue
            yield Finding(
                "sums.net",
                Severity.ERROR,
                mark("“%(name)s”: the change is printed as %(stated)s; its two years give %(given)s."),
                f"{grid.caption}/{_name(row)}",
                {"name": _name(row), "stated": plain(change), "given": plain(target - base)},
                (
                    printed(mark("Change printed"), change, ""),
                    computed(mark("Difference"), target - base, "", by=f"{plain(target)}−{plain(base)}", places=2),
                ),
                (line_mention(facts, row[changes[0]].line),),
                mark("Correct the change or one of its ends."),
            )


RULES: Final = (
    Rule("sums.net", mark("Columns of changes"), (TEXT,), find_net),
    Rule("derived.row_ratio", mark("Columns for each mu"), (TEXT,), find_ratios),
    Rule("shares.row", mark("Rows of shares below totals"), (TEXT,), find_shares),
    Rule("targets.middle", mark("Years between base and target"), ("indicators",), find_middle),
)
