"""Rates that bear the name of what they divide: 增加值率 is value added over output, 产销率 products sold over made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Severity
from zhizao.engines.planlint.rules._common import computed, plain, printed
from zhizao.engines.planlint.rules._statements import Statement, Statements, places, statements
from zhizao.engines.planlint.text.concepts import AREA
from zhizao.engines.planlint.tolerance import Interval
from zhizao.kernel.result import mark

HUNDRED: Final = Decimal(100)
NAMED: Final = (
    (re.compile(r"(?:工业)?增加值率"), "value_added", "output"),
    (re.compile(r"(?:工业)?(?:产品)?产销率|产品销售率"), "sales_output", "output"),
    (re.compile(r"(?:营业收入|营收|销售)利润率"), "profit", "revenue"),
)
"""Rates with their numerator and denominator, of industry as a whole."""
SCOPES: Final = ("above_scale", "all", "")
HEADS_MOST: Final = Decimal(200_000_000)
HEADS_LEAST: Final = Decimal(100)
"""More people than the industry of any country employs, and fewer than that of any region."""


@dataclass(frozen=True, slots=True)
class _Ratio:
    """Two statements of one scope and year, and what they leave of the rate, per cent."""

    top: Statement
    below: Statement
    values: Interval

    @property
    def middle(self) -> Decimal:
        return (self.values.low + self.values.high) / 2


def find_rates(facts: Facts) -> Iterator[Finding]:
    """A rate is not that of the two figures that its name divides.

    Formula: numerator ÷ denominator × 100, both of industry as a whole, of one scope and of the rate's year. Tolerance:
    rounding and bounds of all three. An error if one scope alone is printed, else a warning.

    A finding: 增加值率26% beside 增加值326亿元 and 总产值1480亿元, which make 22%. None: the rate of a sector; a rate
    of which one figure is not printed.
    """
    known = statements(facts)
    for one in known:
        if one.concept.measure != "rate" or one.concept.statistic != "level" or len(one.concept.subject) != 1:
            continue
        for pattern, top, below in NAMED:
            if pattern.fullmatch(one.concept.subject[0]):
                yield from _differs(facts, one, list(_ratios(known, one, top, below)))


def _ratios(known: Statements, one: Statement, top: str, below: str) -> Iterator[_Ratio]:
    for scope in (one.concept.scope,) if one.concept.scope else SCOPES:
        pair = [
            next((other for other in known.wholes(measure, one.year) if other.concept.scope == scope), None)
            for measure in (top, below)
        ]
        if pair[0] is None or pair[1] is None:
            continue
        over, under = known.tight(pair[0], pair[1].unit), known.tight(pair[1], pair[1].unit)
        if over is not None and under is not None and under.low > 0:
            yield _Ratio(pair[0], pair[1], (over / under).times(HUNDRED))


def _differs(facts: Facts, one: Statement, ratios: list[_Ratio]) -> Iterator[Finding]:
    said = one.values()
    if not ratios or said is None or any(ratio.values.meets(said) for ratio in ratios):
        return
    ratio = ratios[0]
    yield Finding(
        "derived.rate",
        Severity.ERROR if len(ratios) == 1 else Severity.WARNING,
        mark("“%(name)s” for %(year)s is stated as %(stated)s%%; the figures that it divides give %(given)s%%."),
        f"{one.name} {one.year}",
        {"name": one.name, "year": one.year, "stated": plain(one.value), "given": plain(ratio.middle, 1)},
        (
            printed(mark("Rate as printed"), one.value, "%"),
            ratio.top.number(),
            ratio.below.number(),
            computed(
                mark("Rate that they give"),
                ratio.middle,
                "%",
                by=f"{plain(ratio.top.value)}÷{plain(ratio.below.value)}",
                within=ratio.values,
            ),
        ),
        places(facts, [one, ratio.top, ratio.below]),
        mark("Correct the rate, or the figures that it is made of."),
    )


def find_heads(facts: Facts) -> Iterator[Finding]:
    """Value added and labour productivity together make a number of employees that no region has.

    Formula: value added ÷ productivity, of one year: more than 200 million or fewer than 100 people. An error: one of
    the two has a wrong unit. A finding: 326亿元 and 31.5元/人. None: 326亿元 and 31.5万元/人.
    """
    known = statements(facts)
    for one in known:
        if one.concept.measure != "productivity" or one.concept.statistic != "level" or one.value <= 0:
            continue
        if one.is_text or not (one.concept.whole or one.concept.subject in ((), (AREA,))):
            continue
        for added in known.wholes("value_added", one.year)[:1]:
            money, mine = added.values("元"), one.values(f"元/{one.unit.partition('/')[2] or '人'}")
            if money is None or mine is None or mine.low <= 0:
                continue
            heads = (money / mine).times(Decimal(1))
            if heads.low <= HEADS_MOST and heads.high >= HEADS_LEAST:
                continue
            middle = (heads.low + heads.high) / 2
            yield Finding(
                "derived.heads",
                Severity.ERROR,
                mark("“%(name)s” for %(year)s and the value added make %(heads)s employees; a unit must be wrong."),
                f"{one.name} {one.year}",
                {"name": one.name, "year": one.year, "heads": plain(middle, 0)},
                (
                    one.number(),
                    added.number(),
                    computed(
                        mark("Employees that they make"),
                        middle,
                        "人",
                        by=f"{plain(added.value)}{added.unit}÷{plain(one.value)}{one.unit}",
                        places=0,
                    ),
                ),
                places(facts, [one, added]),
                mark("Correct the unit of the productivity, or of the value added."),
            )


RULES: Final = (
    Rule("derived.rate", mark("A rate against the figures it divides"), ("claims",), find_rates),
    Rule("derived.heads", mark("Employees that value added and productivity make"), ("indicators",), find_heads),
)
