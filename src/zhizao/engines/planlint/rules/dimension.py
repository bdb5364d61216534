"""Figures of the wrong kind: parts and wholes measured differently, units of another thing, falls from nowhere.

Output counts what each plant buys as well as what it adds; value added and GDP count only what is added. So value
added as a share of output, or output as a share of GDP, is a ratio of two measures and no share: the plan's own totals
say what it would mean, and whether it can be.

Source: National Bureau of Statistics of China, the indicators 工业总产值, 工业增加值 and 国内生产总值.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, localcontext
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.growth import SHARE_UNITS
from zhizao.engines.planlint.rules._common import integer, plain, rounded, text
from zhizao.engines.planlint.rules._statements import (
    BASE,
    Statement,
    Statements,
    factor_of,
    level_of,
    places,
    statements,
)
from zhizao.engines.planlint.text import concept_words as words
from zhizao.kernel import units
from zhizao.kernel.result import Refused, mark

HUNDRED: Final = Decimal(100)
MIXED: Final = {
    ("value_added", "output"),
    ("value_added", "sales_output"),
    ("value_added", "revenue"),
    ("output", "value_added"),
    ("revenue", "value_added"),
    ("output", "gdp"),
    ("sales_output", "gdp"),
    ("revenue", "gdp"),
}
"""Pairs of measures of which a share says nothing."""
NOT_ABOVE: Final = (
    ("value_added", "output"),
    ("value_added", "gdp"),
    ("profit", "profit_and_tax"),
    ("profit", "revenue"),
)
"""The first is a part of the second by definition."""
KINDS: Final = {
    **dict.fromkeys(words.MONEY - {"size"}, ("money", "dollar")),
    "land": ("length",),
    "power": ("energy",),
    "productivity": ("money", "dollar"),
    "rate": ("",),
}
"""Base dimensions in which a measure can be told; the empty one is a pure ratio."""
FALLING: Final = frozenset(("energy", "emission", "water", "power"))
GROWTHS: Final = ("growth", "growth in all")
FALLS: Final = re.compile("下降|降低|减少|降幅|削减")
FROM: Final = re.compile(
    r"(?:较|比|与)[^，。；]{0,8}(?:年|期末|期|末|初)|相比|年均|每年|逐年|同比|累计|五年|以[^，。；]{0,8}年为"
)
AMOUNT: Final = mark("What the share of %(whole)s means")
TOTAL: Final = mark("%(name)s, %(year)s, all of it")


def measures(facts: Facts) -> Iterator[Finding]:
    """A share whose part and whole are measured differently.

    Formula: share × whole, with every whole of the year that the plan states, against all that there is of the part's
    measure. Error if the amount is more than all of it, whichever whole is meant; else warning. The value-added rate
    (增加值 ÷ 总产值 of one and the same industry) is a ratio in its own right and left alone.

    Found: 绿色产业增加值占工业总产值30%, with an output of 110 and all value added of 24亿元: 30 % of 110 is 33.
    Not found: 增加值占工业增加值比重; 工业增加值占地区生产总值比重; 研发经费占营业收入比重.
    """
    known = statements(facts)
    told: set[tuple[object, int | None]] = set()
    for one in known:
        of = one.concept.of
        mixed = of is not None and (one.concept.measure, of.measure) in MIXED
        if not mixed or one.concept.whole or not one.concept.subject or (one.concept, one.year) in told:
            continue
        told.add((one.concept, one.year))
        yield _mixed(facts, known, one)


def _mixed(facts: Facts, known: Statements, one: Statement) -> Finding:
    of = one.concept.of
    assert of is not None
    wholes = known.wholes(of.measure, one.year) if of.whole else [whole for whole, _ in known.like(of, year=one.year)]
    wholes = sorted(wholes, key=lambda whole: whole.concept != of)[:2]
    totals = known.wholes(one.concept.measure, one.year)[:1]
    numbers, above = [one.number()], []
    for whole in wholes:
        amount = rounded(one.value * whole.value / HUNDRED, 2)
        params = {"whole": whole.name}
        numbers.append(Number(AMOUNT, amount, whole.unit, f"{plain(one.value)}%×{plain(whole.value)}", params=params))
        for total in totals:
            part, least = total.values(whole.unit), one.values()
            if part is not None and least is not None:
                above.append(least.low * whole.value / HUNDRED > part.high)
    numbers += [Number(TOTAL, one.value, one.unit, params={"name": one.name, "year": one.year}) for one in totals]
    impossible = bool(above) and all(above)
    return Finding(
        "dimension.measures",
        Severity.ERROR if impossible else Severity.WARNING,
        mark(
            "%(name)s (%(share)s%%, %(year)s) divides one measure by another; the amount it means is more than all "
            "there is."
        )
        if impossible
        else mark("%(name)s (%(share)s%%, %(year)s) divides one measure by another and is no share of anything."),
        key=f"{one.name} {one.year}",
        params={"name": one.name, "share": plain(one.value), "year": one.year or ""},
        numbers=tuple(numbers),
        places=places(facts, [one, *wholes, *totals]),
        suggestion=mark("State part and whole in one measure: value added of value added, or output of output."),
    )


def order(facts: Facts) -> Iterator[Finding]:
    """A part by definition that is more than its whole: value added above output, profit above profit and tax.

    Formula: part.low > whole.high for one subject, scope and year. Tolerance: the rounding of both. Error.

    Found: 规上工业增加值 120亿元 and 规上工业总产值 100亿元 in one year.
    Not found: figures of different scopes, sectors or years.
    """
    known = statements(facts)
    parts = {part for part, _ in NOT_ABOVE}
    told: set[tuple[str, str, int]] = set()
    for one in known:
        concept = one.concept
        if concept.measure not in parts or concept.statistic != "level" or concept.per or not one.year:
            continue
        for measure in (whole for part, whole in NOT_ABOVE if part == concept.measure):
            for whole in _same_but(known, one, measure):
                most, least = whole.values(one.unit), one.values()
                if most is None or least is None or least.low <= most.high or (one.key, measure, one.year) in told:
                    continue
                told.add((one.key, measure, one.year))
                yield _above(facts, one, whole)


def _same_but(known: Statements, one: Statement, measure: str) -> list[Statement]:
    """Statements of another measure that are the same in all else."""
    concept = one.concept
    if measure == "gdp":
        return [whole for whole in known.all_of("gdp", one.year) if not concept.area]
    wanted = replace(concept, measure=measure)
    return [whole for whole, _ in known.like(wanted, year=one.year) if whole.concept == wanted]


def _above(facts: Facts, one: Statement, whole: Statement) -> Finding:
    return Finding(
        "dimension.order",
        Severity.ERROR,
        mark("%(name)s (%(value)s%(unit)s) is more than %(whole)s (%(most)s%(whole_unit)s) in %(year)s."),
        key=f"{one.key} {whole.key} {one.year}",
        params={
            "name": one.name,
            "value": plain(one.value),
            "unit": one.unit,
            "whole": whole.name,
            "most": plain(whole.value),
            "whole_unit": whole.unit,
            "year": one.year,
        },
        numbers=(one.number(), whole.number()),
        places=places(facts, [one, whole]),
        suggestion=mark("The first is a part of the second by definition: check both figures and their units."),
    )


def kinds(facts: Facts) -> Iterator[Finding]:
    """A unit in which the indicator cannot be told.

    Condition: the unit's dimension is none of the measure's (money for output, value added, revenue, profit, tax;
    area for land; energy for power; a pure ratio for rates), or the unit's divisor is another than the name's (亩均
    with 元/人). Error in the table, warning in the text, where the figure may have been read to the wrong words.

    Found: 规上工业总产值 in 万吨; 亩均税收 in 万元/人.
    Not found: 亿 alone of money; 万美元; a unit that nobody knows.
    """
    told: set[str] = set()
    for one in statements(facts):
        if one.key in told or one.concept.statistic not in ("level", "increment"):
            continue
        is_rate = one.unit in SHARE_UNITS or one.unit.endswith("百分点")  # 高于全省平均1.8个百分点: a distance of rates
        if (one.is_text and is_rate) or not _is_wrong(one):
            continue
        told.add(one.key)
        yield Finding(
            "dimension.unit",
            Severity.WARNING if one.is_text else Severity.ERROR,
            mark("%(name)s is told in %(unit)s, a unit of another kind of thing."),
            key=one.key,
            params={"name": one.name, "unit": one.unit},
            numbers=(one.number(),),
            places=places(facts, [one]),
            suggestion=mark("Correct the unit, or the name of the indicator."),
        )


def apart(facts: Facts) -> Iterator[Finding]:
    """Text and table tell one indicator in units of different kinds.

    Condition: one concept and one year, and neither unit can be converted into the other; or it is a ratio (亩均, 人均)
    of which one place leaves out the divisor and is in another unit above it. 家 and 个 count the same, 亿 alone of
    money is 亿元. Warning.

    Found: 全员劳动生产率 46亿元 in the text and 46万元/人 in the table.
    Not found: 万元 and 亿元 of an output; 亩均税收 12万元 and 12万元/亩; a figure without unit.
    """
    known = statements(facts)
    told: set[tuple[int, int]] = set()
    for one in known:
        if not one.is_text or not one.unit or one.concept.statistic not in ("level", "increment"):
            continue
        for end, match in known.like(one.concept, year=one.year):
            other = not end.is_text and end.unit and not match.doubts and end.since is None
            if other and _are_apart(one, end) and (one.row, end.row) not in told:
                told.add((one.row, end.row))
                yield Finding(
                    "dimension.apart",
                    Severity.WARNING,
                    mark("%(name)s is told in %(unit)s in the text and in %(other)s in the table."),
                    key=f"{end.key} {one.year}",
                    params={"name": end.name, "unit": one.unit, "other": end.unit},
                    numbers=(one.number(), end.number()),
                    places=places(facts, [one, end]),
                    suggestion=mark("Tell it in one unit."),
                )


def _are_apart(one: Statement, end: Statement) -> bool:
    factor = factor_of(one.concept, one.unit, end.unit)
    return factor is None or (("/" in one.unit) != ("/" in end.unit) and factor != 1)


def _is_wrong(one: Statement) -> bool:
    concept, unit = one.concept, one.unit
    allowed = KINDS.get(concept.measure)
    if allowed is None or not unit or set(unit) <= set("十百千万亿") or concept.statistic == "share":
        return False
    above, slash, below = unit.partition("/")
    if {concept.per, words.PER_OF.get(below.lstrip("十百千万亿"), "")} == {"land", "person"}:
        return True
    if slash and concept.measure == "rate":
        return False
    try:
        bases = {base for base, _ in units.unit(above).dimension}
    except Refused:
        return False
    return not (bases & set(allowed) or (not bases and "" in allowed))


def falls(facts: Facts) -> Iterator[Finding]:
    """A fall in per cent that does not say from when.

    Condition: a claim of energy, emissions, water or power that falls by a share, in a sentence that up to there has no
    较…年, 比…年, 累计, 年均 or the like. The readings are shown: over the plan's period, and against the year before.
    Where energy or emissions of an output are meant but neither 单位 nor 每 nor 强度 is said, that is told as well.
    Warning: such a target cannot be measured. Silent where the text is not at hand.

    Found: 地区生产总值能耗降低12%.
    Not found: 单位工业增加值能耗较2025年累计下降12%.
    """
    period = facts.period_years
    for one in statements(facts):
        said = _sentence(facts, one)
        if not one.is_text or one.concept.statistic not in GROWTHS or one.concept.measure not in FALLING or not said:
            continue
        if not FALLS.search(text(one.record, "quote") or said) or FROM.search(said):
            continue
        yield _fall(facts, one, period[1] - period[0] + 1 if period else None)


def _sentence(facts: Facts, one: Statement) -> str:
    """The sentence of a claim up to its figure; its quote where the document is not at hand."""
    line, end = integer(one.record, "line"), integer(one.record, "end")
    if facts.document is None or not line or not end or line > len(facts.document.lines):
        return text(one.record, "quote")
    words_before = facts.document.lines[line - 1][:end]
    return words_before[words_before.rfind("。") + 1 :]


def _fall(facts: Facts, one: Statement, years: int | None) -> Finding:
    bare = any(name.endswith(("生产总值", "增加值", "产值")) for name in one.concept.subject) and not one.concept.per
    numbers = [one.number()]
    left = 1 - one.value / HUNDRED
    if years and 0 < left < 1:
        with localcontext(prec=28):
            each = (1 - left ** (Decimal(1) / years)) * HUNDRED
            whole = (1 - left**years) * HUNDRED
        expression = f"1−(1−{plain(one.value)}%)^(1/{years})"
        numbers.append(Number(mark("Mean annual fall, if meant over the period"), rounded(each, 2), "%", expression))
        expression = f"1−(1−{plain(one.value)}%)^{years}"
        numbers.append(Number(mark("Fall over the period, if meant for each year"), rounded(whole, 2), "%", expression))
    message = mark("%(name)s falls by %(value)s%%, but no base year is named.")
    if bare:
        message = mark(
            "%(name)s falls by %(value)s%%, but neither a base year nor what it is measured per is named: all of it, "
            "or that of one unit of output?"
        )
    return Finding(
        "dimension.fall",
        Severity.WARNING,
        message,
        key=one.name,
        params={"name": one.name, "value": plain(one.value)},
        numbers=tuple(numbers),
        places=places(facts, [one]),
        suggestion=mark("Name the base year, and whether the total or the intensity shall fall."),
    )


def points(facts: Facts) -> Iterator[Finding]:
    """A share that rises by so many per cent, where percentage points are meant.

    Readings: base + change (points), base × (1 + change) (per cent). Warning if the table's target is reached by the
    first reading and not by the second; nothing if the second reaches it, or the table does not know the share.

    Found: 园区集中度由90% to 95% in the table, 提高5% in the text: 5 points, or 4.5.
    Not found: 提高5个百分点; a change that both readings give to the printed digit.
    """
    known = statements(facts)
    for one in known:
        if not one.is_text or one.concept.statistic not in GROWTHS or one.unit not in SHARE_UNITS:
            continue
        grown_of = (replace(one.concept, statistic="share"), level_of(one.concept))
        found = (end for concept in grown_of for end, match in known.like(concept) if not match.doubts)
        rows = [end for end in found if not end.is_text and end.unit in SHARE_UNITS]
        base = next((end for end in rows if end.side == BASE), None)
        goal = next((end for end in rows if end.side != BASE and end.year == one.year), None)
        if base is None or goal is None or (reached := goal.values()) is None:
            continue
        sign = -1 if FALLS.search(text(one.record, "quote")) else 1
        added, grown = base.value + sign * one.value, base.value * (1 + sign * one.value / HUNDRED)
        if added in reached and grown not in reached:
            yield _points(facts, one, base, goal, (added, grown))


def _points(facts: Facts, one: Statement, base: Statement, goal: Statement, ends: tuple[Decimal, Decimal]) -> Finding:
    by_points = f"{plain(base.value)}+{plain(one.value)}"
    by_share = f"{plain(base.value)}×(1+{plain(one.value)}%)"
    return Finding(
        "dimension.points",
        Severity.WARNING,
        mark("%(name)s is said to change by %(value)s%%; the table shows that percentage points are meant."),
        key=f"{one.name} {one.year}",
        params={"name": one.name, "value": plain(one.value)},
        numbers=(
            Number(mark("End, if percentage points are meant"), rounded(ends[0], 2), "%", by_points),
            Number(mark("End, if per cent are meant"), rounded(ends[1], 2), "%", by_share),
            goal.number(),
        ),
        places=places(facts, [one, base, goal]),
        suggestion=mark("Say percentage points (百分点)."),
    )


def above_all(facts: Facts) -> Iterator[Finding]:
    """A share of more than 100 %.

    Condition: a share of a named whole, or one told as 占比, whose lower end is above 100. Error.

    Found: 竹木产业占规上工业总产值比重达到140%.
    Not found: growth, indices, contribution to growth.
    """
    for one in statements(facts):
        values = one.values()
        if one.concept.statistic == "share" and one.unit == "%" and values and values.low > HUNDRED:
            yield Finding(
                "dimension.above_all",
                Severity.ERROR,
                mark("%(name)s is a share of %(value)s%%, more than the whole."),
                key=f"{one.name} {one.year}",
                params={"name": one.name, "value": plain(one.value)},
                numbers=(one.number(), Number(mark("The whole"), HUNDRED, "%")),
                places=places(facts, [one]),
                suggestion=mark("Check the figure, or call it a ratio if it is not a share."),
            )


RULES: Final = (
    Rule("dimension.measures", mark("Part and whole of a share measured differently"), (), measures),
    Rule("dimension.order", mark("A part by definition above its whole"), (), order),
    Rule("dimension.unit", mark("A unit of another kind of thing"), (), kinds),
    Rule("dimension.apart", mark("Units of different kinds in text and table"), ("indicators", "claims"), apart),
    Rule("dimension.fall", mark("A fall without base year"), ("claims",), falls),
    Rule("dimension.points", mark("Per cent where percentage points are meant"), ("indicators", "claims"), points),
    Rule("dimension.above_all", mark("A share above one hundred per cent"), (), above_all),
)
