"""Targets that nobody can measure as they stand, or that ask for nothing: one row of the table at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Mention, Number, Severity
from zhizao.engines.planlint.growth import COUNT_UNITS
from zhizao.engines.planlint.rules._common import (
    bound_of,
    cell_interval,
    claim_mention,
    computed,
    decimal,
    integer,
    last_year,
    plain,
    printed,
    region_of,
    target_mention,
    text,
    unit_of_change,
)
from zhizao.engines.planlint.rules.growth import case_of
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.text import concepts
from zhizao.kernel.result import mark

BASE: Final = mark("Base value")
TARGET: Final = mark("Target value")
_INCREMENT: Final = re.compile(r"新增|净增|新建|新认定|新培育|新引进")
_CHANGE: Final = re.compile(r"新增|净增|新建|累计|降低|下降|减少|削减|增长|增速|增幅|提高(?!水平)|提升(?!水平)")
_DOWN: Final = re.compile(
    r"能耗|煤耗|电耗|水耗|耗水|耗电|用水量|能源消[费耗]|排放|污染|死亡|事故|投诉|失业|负债率|闲置|办理时[间限]|时限|"
    r"成本|不良|故障率|落后|淘汰|关停|僵尸"
)
_UP: Final = re.compile(
    r"产值|增加值|收入|利润|利税|税收|投资|出口|劳动生产率|贡献率|拥有量|数量|个数|家数|户数|利用率|集中度|覆盖率|普及率|"
    r"[化套网格标盖及成]率|亩均|地均|人均|每万人|[家个户台件项]数|比重|占比|强度|经费"
)
_PER: Final = re.compile(r"每|人均|万人|亩均|户均|平均|单位")
_AMOUNT: Final = re.compile(r"(?:能源消[费耗]|能耗|煤炭?消[费耗]|用水|取水|用电|排放).{0,3}(?:总量|量)$")
_RATIO: Final = re.compile(r"每|单位|人均|万元|亿元|亩均")
_CUMULATED: Final = re.compile(r"累计")


def _key(record: Record) -> str:
    return text(record, "id") or text(record, "name")


def _ends(record: Record) -> tuple[Number, ...]:
    unit = text(record, "unit")
    pairs = ((BASE, decimal(record, "base_value")), (TARGET, decimal(record, "target_value")))
    return tuple(printed(label, value, unit) for label, value in pairs if value is not None)


def _finding(
    facts: Facts,
    row: int,
    rule: str,
    severity: Severity,
    message: str,
    suggestion: str,
    *numbers: Number,
    **params: object,
) -> Finding:
    record = facts["indicators"][row]
    unit = text(record, "unit")
    own = {"name": text(record, "name"), "unit": unit}
    own |= {end: text(record, f"{end}_value") + unit for end in ("base", "target")}
    numbers = numbers or _ends(record)
    place = (target_mention(facts, row),)
    return Finding(rule, severity, message, _key(record), own | params, numbers, place, suggestion)


def find_increment(facts: Facts) -> Iterator[Finding]:
    """A stock is named as an increment: “newly added” with a base year's level and a growth from it.

    Formula: the name has 新增, 净增, 新建 …, the base is not 0, and either a growth from base to target is stated, or
    the base is the level that the text gives for the same thing (both warnings); a base alone is an info.
    A finding: 新增数字化车间 18 → 50, 23 % a year. None: 新增绿色产品 0 → 2; 新增产值 without a base.
    """
    region = region_of(facts)
    levels = _levels(facts, region)
    for row, record in enumerate(facts["indicators"]):
        base, target = decimal(record, "base_value"), decimal(record, "target_value")
        if not _INCREMENT.search(text(record, "name")) or not base or target is None:
            continue
        case = case_of(record)
        stock = _stock(levels, record, region)
        severity = Severity.WARNING if case or stock else Severity.INFO
        by = f"{plain(target)}−{plain(base)}"
        numbers = [
            *_ends(record),
            computed(mark("Added, if both are levels"), target - base, text(record, "unit"), by=by),
        ]
        places = [target_mention(facts, row)]
        if stock:
            numbers.append(printed(mark("Level that the text states"), base, text(record, "unit")))
            places.append(stock)
        elif case is not None:
            numbers.append(printed(mark("Growth stated, from level to level"), case.stated, "%"))
        yield Finding(
            "targets.increment",
            severity,
            mark("“%(name)s” is named as an increment, but %(base)s → %(target)s reads as a level."),
            _key(record),
            {"name": text(record, "name"), "base": plain(base), "target": plain(target)},
            tuple(numbers),
            tuple(places),
            mark("Name the level without “newly added”, or state what is added within the period."),
        )


def _levels(facts: Facts, region: str) -> concepts.Index[tuple[Mention, int, Decimal]]:
    """Levels of the past that the text states: place, year and value, by what they count."""
    found = []
    for row, record in enumerate(facts["claims"]):
        year, value = last_year(record), decimal(record, "value")
        if text(record, "kind") not in ("actual", "count") or year is None or value is None:
            continue
        concept = concepts.of_claim({**record, "parts": None}, region=region)  # whose they are is not asked here
        if concept.statistic == "level" and concept.subject:
            found.append((concept, (claim_mention(facts, row), year, value)))
    return concepts.Index(found)


def _stock(levels: concepts.Index[tuple[Mention, int, Decimal]], record: Record, region: str) -> Mention | None:
    """Where the text states the base value of a row as a level of its base year."""
    base, year = decimal(record, "base_value"), integer(record, "base_year")
    for (place, at, value), _ in levels.find(concepts.of_indicator(record, region=region)):
        if at == year and value == base:
            return place
    return None


def find_not_beyond(facts: Facts) -> Iterator[Finding]:
    """A target that asks for no more than the base year had, or for less.

    Formula: by direction of the indicator (output, counts, shares, utilisation up; consumption, emission down):
    target ≤ base, or ≥ base for those that are to fall; equal in any case. A warning where the direction is known or
    the two are equal, else an info. Changes (新增, 降低 …) have no direction. A finding: R&D intensity 3 % → 3 %;
    output 120 → 110. None: energy intensity 0.5 → 0.42; total consumption under a ceiling (≤) above the base, for it
    may grow with output; a floor (≥) printed at the base is an info.
    """
    for row, record in enumerate(facts["indicators"]):
        base, target = decimal(record, "base_value"), decimal(record, "target_value")
        name = text(record, "name")
        if base is None or target is None or _CHANGE.search(name):
            continue
        rises = _rises(name, text(record, "unit"))
        if rises is False and text(record, "bound") == "le" and _AMOUNT.search(name) and not _RATIO.search(name):
            continue
        if base == target:
            message = mark("“%(name)s”: the target %(target)s is the base value; it asks for nothing more.")
        elif rises is not None and (target < base) is rises:
            message = (
                mark("“%(name)s”: the target %(target)s lies below the base %(base)s.")
                if rises
                else mark("“%(name)s”: the target %(target)s lies above the base %(base)s, though it is to fall.")
            )
        elif rises is None and target < base:
            message = mark("“%(name)s” falls from %(base)s to %(target)s; whether it is to fall is not said.")
        else:
            continue
        unclear = rises is None and base != target
        severity = Severity.INFO if unclear or _is_bound(record) else Severity.WARNING
        by = f"{plain(target)}−{plain(base)}"
        unit = unit_of_change(text(record, "unit"))
        change = computed(mark("Change asked for"), target - base, unit, by=by, places=2)
        remedy = mark("Correct base or target, or say that the level is to be kept.")
        yield _finding(facts, row, "targets.not_beyond", severity, message, remedy, *_ends(record), change)


def _rises(name: str, unit: str) -> bool | None:
    """Whether an indicator is to rise; None where its words do not tell."""
    if _DOWN.search(name):
        return False
    return True if _UP.search(name) or unit in COUNT_UNITS else None


def _is_bound(record: Record) -> bool:
    """Whether the equal target is a floor or ceiling: to keep a level can be meant."""
    return decimal(record, "base_value") == decimal(record, "target_value") and bound_of(record, "target_value") != "eq"


def find_without_target(facts: Facts) -> Iterator[Finding]:
    """A row without a figure to reach.

    A warning where neither a target nor a growth is given; an info where words stand in place of the figure. None: a
    growth, or a sum over the period in brackets, in place of the target.
    """
    for row, record in enumerate(facts["indicators"]):
        if decimal(record, "target_value") is not None or decimal(record, "growth_stated_pct") is not None:
            continue
        if "cumulative" in text(record, "note"):
            continue
        words = text(record, "target_printed")
        said = len(words) > 3
        message = (
            mark("“%(name)s”: the target “%(text)s” is no figure.") if said else mark("“%(name)s” has no target value.")
        )
        severity = Severity.INFO if said else Severity.WARNING
        number = Number(mark("Target as printed: %(text)s"), None, params={"text": words or "—"})
        remedy = mark("State the figure that is to be reached, and when.")
        yield _finding(facts, row, "targets.without_target", severity, message, remedy, number, text=words)


def find_without_base(facts: Facts) -> Iterator[Finding]:
    """A target without the value it starts from.

    A warning: nobody can say how far the plan has come. None: what is counted from the period's start (新增, 累计), a
    change (下降, 增长), a base of 0.
    """
    for row, record in enumerate(facts["indicators"]):
        if decimal(record, "base_value") is not None or decimal(record, "target_value") is None:
            continue
        if _CHANGE.search(text(record, "name")) or _CUMULATED.search(text(record, "nature")):
            continue
        message = mark("“%(name)s” has a target of %(target)s and no base value.")
        remedy = mark("Add the value of the base year.")
        yield _finding(facts, row, "targets.without_base", Severity.WARNING, message, remedy)


def find_bound_base(facts: Facts) -> Iterator[Finding]:
    """The base value is printed as a bound, though it is past and has one value.

    Formula: a sign or word of a bound (>, ≥, 以上, 不低于) at the base. A warning: how far the target lies above it
    cannot be said. A finding: > 86 % → > 91 %. None: 86 % → > 91 %; 约 86 %.
    """
    for row, record in enumerate(facts["indicators"]):
        if bound_of(record, "base_value") not in ("ge", "gt", "le", "lt"):
            continue
        words = text(record, "base_printed")
        interval = cell_interval(record, "base_value")
        number = Number(
            mark("Base value as printed: %(text)s"),
            decimal(record, "base_value"),
            text(record, "unit"),
            low=interval.low if interval and interval.low.is_finite() else None,
            high=interval.high if interval and interval.high.is_finite() else None,
            params={"text": words},
        )
        message = mark("“%(name)s”: the base value %(text)s is a bound; a past value is one figure.")
        remedy = mark("State the value of the base year.")
        target = [one for one in _ends(record) if one.label == TARGET]
        yield _finding(facts, row, "targets.bound_base", Severity.WARNING, message, remedy, number, *target, text=words)


def find_not_whole(facts: Facts) -> Iterator[Finding]:
    """Counted things that are not whole.

    Formula: unit 个, 家, 台 …, and a base or target with a fraction. An error: it cannot be true by itself. None: what
    is per head, per 10,000 people or an average; 万台.
    """
    for row, record in enumerate(facts["indicators"]):
        unit = text(record, "unit")
        if unit not in COUNT_UNITS or _PER.search(text(record, "name")):
            continue
        broken = [one for one in _ends(record) if one.value is not None and one.value != one.value.to_integral_value()]
        if broken:
            message = mark("“%(name)s” counts whole things in %(unit)s, but is printed as %(value)s.")
            remedy = mark("Correct the figure or the unit.")
            value = plain(broken[0].value or Decimal(0))
            yield _finding(
                facts, row, "targets.not_whole", Severity.ERROR, message, remedy, *broken, unit=unit, value=value
            )


def find_years(facts: Facts) -> Iterator[Finding]:
    """A row whose years are not those of the plan.

    Formula: target year within the period; base year before it and not more than five years. A warning. A finding: a
    target for 2026 in a plan for 2021–2025. None: base 2019 where the table says so; a plan whose period is unknown.
    """
    period = facts.period_years
    if period is None:
        return
    for row, record in enumerate(facts["indicators"]):
        first, last = integer(record, "base_year"), integer(record, "target_year")
        if last is not None and not period[0] <= last <= period[1]:
            message = mark("“%(name)s”: the target year %(year)s lies outside the plan's period %(first)s–%(last)s.")
            year = last
        elif first is not None and not period[0] - 6 <= first < period[0]:
            message = mark("“%(name)s”: the base year %(year)s is not before the plan's period %(first)s–%(last)s.")
            year = first
        else:
            continue
        label = mark("Period of the plan: %(first)s–%(last)s")
        numbers = (
            Number(mark("Year of the row"), Decimal(year)),
            Number(label, None, params={"first": period[0], "last": period[1]}),
        )
        params = {"year": year, "first": period[0], "last": period[1]}
        remedy = mark("Correct the year.")
        yield _finding(facts, row, "targets.years", Severity.WARNING, message, remedy, *numbers, **params)


def find_cumulative_ratio(facts: Facts) -> Iterator[Finding]:
    """A ratio is called cumulative, though ratios do not add up over years.

    Formula: nature 累计, and a rate, share, intensity or figure per head. A warning. A finding: patents per 10,000
    people as 累计值. None: patents granted as 累计值.
    """
    for row, record in enumerate(facts["indicators"]):
        name = text(record, "name")
        if not _CUMULATED.search(text(record, "nature")):
            continue
        per = re.search(r"每|人均|万人|亩均", name)
        if per or text(record, "unit") in ("%", "‰") or re.search(r"(?:率|强度|比重|占比|指数)$", name):
            message = mark("“%(name)s” is called cumulative, but a ratio does not add up over years.")
            remedy = mark("Call it the value at the end of the period.")
            yield _finding(facts, row, "targets.cumulative_ratio", Severity.WARNING, message, remedy)


_NEEDS: Final = ("indicators",)
RULES: Final = (
    Rule("targets.increment", mark("A stock named as an increment"), _NEEDS, find_increment),
    Rule("targets.not_beyond", mark("A target not beyond its base"), _NEEDS, find_not_beyond),
    Rule("targets.without_target", mark("A row without a target"), _NEEDS, find_without_target),
    Rule("targets.without_base", mark("A target without a base"), _NEEDS, find_without_base),
    Rule("targets.bound_base", mark("A base printed as a bound"), _NEEDS, find_bound_base),
    Rule("targets.not_whole", mark("Counted things that are not whole"), _NEEDS, find_not_whole),
    Rule("targets.years", mark("Years outside the plan's period"), _NEEDS, find_years),
    Rule("targets.cumulative_ratio", mark("A ratio called cumulative"), _NEEDS, find_cumulative_ratio),
)
