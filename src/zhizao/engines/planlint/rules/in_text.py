"""Arithmetic inside a paragraph: lists and their total, parts and wholes, changes and their ends, years and sums.

Only figures of one line are compared, and only where the words between them say how they belong together; so nothing
here depends on knowing what an indicator is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import TEXT, Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.growth import COUNT_UNITS
from zhizao.engines.planlint.rules._common import (
    added,
    claim_mention,
    computed,
    plain,
    printed,
    span_of,
    text,
)
from zhizao.engines.planlint.rules._paragraphs import BACK, Line, Said, lines, summed
from zhizao.engines.planlint.rules.sums import REST
from zhizao.engines.planlint.text import claim_words
from zhizao.engines.planlint.tolerance import Interval
from zhizao.kernel.result import mark

_OWNED: Final = re.compile(r"^的[^，。；、]{2,16}(?=[，。；])")
"""What an amount before it is the size of: 总规模20亿元的产业基金."""
_WHICH: Final = re.compile(
    r"[）)]?[，,：:；（(]?\s*(?:其中|包括|分别为|含)|中[，,](?![^，。；]{0,24}占)|[，,](?=(?:首|一|第一)期)"
)
_TOTAL: Final = re.compile(
    r"(?:左右|以上)?[）)]?[，,；。]?(?P<who>[^，。；0-9]{0,14}?)(?:合计|共计|总计|总共|一共|合共|共)(?P<what>[^，。；0-9]{0,10})"
)
_FIRST: Final = re.compile(r"前([二两三四五六七八九十])")
_MANY: Final = re.compile(r"([二两三四五六七八九十])(?:大|个|家|类|项|者)")
_GROUP: Final = re.compile("([二两三四五六七八九十])大")
_NUMERALS: Final = {"二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_SHARE: Final = re.compile(
    r"[，,]?(?:分别|[一-龥]{2,8}(?=占比))?(?:占比|占总[数量额]|占|比重)(?:约?为|达到?|约|近|超过|的)?"
)
_YEARLY: Final = re.compile(r"(?:每年|年均|逐年)[^，。；0-9]{0,24}$")
_YEARS: Final = re.compile(
    r"(?<![0-9一二三四五六七八九十])([二两三四五六七八九十]|[0-9]{1,2})年(?:间|来|内)?[^，。；0-9]{0,16}$"
)
_PART: Final = re.compile("of which: ([^;]+)")
_IN_YEARS: Final = re.compile(
    "(?<![0-9一二三四五六七八九十])([二两三四五六七八九十]|[0-9]{1,2})年(?:间|来|内)?(?:累计|共|内|新|计划|完成|供应|实施)"
)
_EACH_BEHIND: Final = re.compile("[，,；](?:平均)?(?:每年|年均)[^，。；0-9]{0,6}")
"""An amount and right behind it what it is each year: 完成投资486亿元，年均97.2亿元."""
_BEFORE: Final = 40
_CROSS: Final = re.compile(
    "高新(?!区)|高技术|民营|国有|外资|中小|规上|规模以上|上市|专精特新|出口|新兴|技改|(?<!其他)园区(?!$)|龙头|重点"
)
"""Classes that cut across others: what is in one may be in another too."""


def find_totals(facts: Facts) -> Iterator[Finding]:
    """The total behind a list of figures is not their sum.

    Formula: A a、B b和C c，合计 t: t = a + b + c; 前三 takes the first three. Tolerance: rounding and bounds of all.
    An error.

    A finding: 6200亩、4800亩和3000亩，共15000亩. None: the total of something else (another word of what is measured);
    三大产业合计 behind a list of four.
    """
    for line in lines(facts):
        for first, last in line.runs():
            parts = line.figures[first:last]
            for at in range(last, min(last + BACK, len(line.figures))):
                total = line.figures[at]
                chosen = _totalled(line.between(line.figures[at - 1], total), parts, total, next_to=at == last)
                if chosen is None:
                    continue
                result, own = summed(chosen, total.unit), total.within(total.unit)
                if result is not None and own is not None and not result[1].meets(own):
                    yield _not_the_sum(facts, total, chosen, result[0], rule="sums.listed")
                break


def _totalled(before: str, parts: tuple[Said, ...], total: Said, *, next_to: bool) -> tuple[Said, ...] | None:
    """The figures that a total is of; None if it is of others.

    A total that does not stand right behind them must say how many they are.
    """
    words = _TOTAL.fullmatch(before)
    if words is None or not total.is_amount or text(total.record, "list_id"):
        return None
    measure = claim_words.HEAD.search(words["what"]) or claim_words.HEAD.search(words["who"])
    if measure is not None and measure[0] not in text(parts[0].record, "indicator"):
        return None
    spans = {text(one.record, "span") for one in parts}
    of_years = len(spans) == len(parts) > 1 and text(total.record, "span") in (*spans, "")
    if spans != {text(total.record, "span")} and not of_years:
        return None  # of one time all; or each part of a year of its own
    if found := _FIRST.search(words["who"]):
        number = _NUMERALS[found[1]]
        return parts[:number] if number <= len(parts) else None
    if found := _MANY.search(words["who"]):
        return parts if _NUMERALS[found[1]] == len(parts) else None
    return parts if next_to and not before.startswith("。") else None


def _not_the_sum(facts: Facts, total: Said, parts: Sequence[Said], result: Decimal, *, rule: str) -> Finding:
    return Finding(
        rule,
        Severity.ERROR,
        mark("The text gives %(total)s in all; the parts beside it add up to %(sum)s."),
        text(total.record, "id"),
        {"total": plain(total.value) + total.unit, "sum": plain(result) + total.unit},
        (
            printed(mark("Whole as printed"), total.value, total.unit),
            computed(mark("Sum of the parts"), result, total.unit, by=added(one.value for one in parts), places=2),
            computed(
                mark("Difference"),
                result - total.value,
                total.unit,
                by=f"{plain(result)}−{plain(total.value)}",
                places=2,
            ),
        ),
        tuple(claim_mention(facts, one.row) for one in (total, *parts[:5])),
        mark("Correct the total or a part."),
    )


def find_of_which(facts: Facts) -> Iterator[Finding]:
    """What stands behind 其中 exceeds the whole, or is all of it and does not make it up.

    Formula: whole w, 其中 a and b: each part ≤ w; a + b ≤ w, unless they are of classes that overlap; a + b = w if the
    last is “others”, or if the parts are the years of the whole. The whole is the nearest amount before; what may be
    part of another amount of its sentence is left alone. Tolerance: rounding and bounds. An error.

    A finding: 产值350亿元，其中A160亿元、B130亿元、C90亿元; 进出口72亿元，其中出口82亿元. None: parts that leave a
    rest. Counted parts are told by ``counts.parts``.
    """
    for line in lines(facts):
        runs = dict(line.runs())
        for at in range(1, len(line.figures)):
            wholes = [] if line.is_listed(at - 1) else _wholes(line, at)
            parts = line.figures[at : runs.get(at, at + 1)]
            if len(parts) > 1 and len({text(one.record, "span") for one in parts}) == len(parts):
                wholes = wholes[:1]  # the years of the amount right before
            if not wholes or text(parts[0].record, "list_id"):
                continue
            excess: Decimal | None = None
            for whole in wholes:
                result, own = summed(parts, whole.unit), whole.within(whole.unit)
                if result is None or own is None or not _exceeds(line, whole, parts, result[1], own):
                    break
                excess = result[0] if excess is None else excess
            else:
                if excess is not None:
                    yield _not_the_sum(facts, wholes[0], parts, excess, rule="sums.of_which")


def _wholes(line: Line, at: int) -> list[Said]:
    """The amounts before a figure that 其中 makes a part, the nearest first: of its sentence, or of the one before."""
    first = line.figures[at]
    between = _OWNED.sub("", line.between(line.figures[at - 1], first)).lstrip("。 ")
    which = _WHICH.match(between) if first.is_amount else None
    if which is None or "。" in between[which.end() :]:
        return []
    near = [
        one
        for one in line.figures[max(0, at - BACK) : at]
        if one.is_amount and one.within(first.unit) is not None and line.stops(one, first) <= 1
    ]
    if any("；" not in line.between(one, first) for one in near):
        near = [one for one in near if "；" not in line.between(one, first)]
    return [one for one in reversed(near) if line.stops(one, first) == line.stops(near[-1], first)] if near else []


def _exceeds(line: Line, whole: Said, parts: Sequence[Said], span: Interval, own: Interval) -> bool:
    """Whether the parts cannot be those of the whole."""
    singles = [within for one in parts if (within := one.within(whole.unit)) is not None]
    if any(one.low > own.high for one in singles):
        return True
    if len(parts) < 2 or whole.unit in COUNT_UNITS:
        return False
    if span.low > own.high:
        return not any(_CROSS.search(text(one.record, "indicator")) for one in parts)
    return span.high < own.low and _are_all(line, whole, parts)


def _are_all(line: Line, whole: Said, parts: Sequence[Said]) -> bool:
    """Whether nothing is left: the last part is what is left, or each is a year of the whole's years."""
    if REST.match(text(parts[-1].record, "subject") or text(parts[-1].record, "indicator")):
        return True
    if (group := _GROUP.match(text(whole.record, "subject") or text(whole.record, "indicator"))) is not None:
        return _number(group[1]) == len(parts)  # 五大集群
    years = {span.last_year for one in parts if (span := span_of(one.record)) is not None and span.is_year}
    words = _YEARS.search(line.words, max(0, whole.start - _BEFORE), whole.start)
    return len(years) == len(parts) and words is not None and _number(words[1]) == len(parts)


def _number(words: str) -> int:
    return int(words) if words.isdigit() else _NUMERALS[words]


def find_shares(facts: Facts) -> Iterator[Finding]:
    """The share behind a part is not what part and whole of the sentence give.

    Formula: whole w, 其中 a, 占 s %: s = a ÷ w; any figure of the sentence may be the whole. Tolerance: rounding and
    bounds of all three. An error.

    A finding: 45万辆，其中新能源36万辆，占88%. None: a share of a whole that is named (占全市的20%).
    """
    for line in lines(facts):
        for at, share in enumerate(line.figures):
            if at < 2 or share.unit != "%" or text(share.record, "list_id"):
                continue
            part = line.figures[at - 1]
            if not part.is_amount or not _SHARE.fullmatch(line.between(part, share)):
                continue
            wholes = [
                one
                for one in line.figures[max(0, at - 6) : at - 1]
                if one.is_amount and line.together(one, share) and one.within(part.unit) is not None
            ]
            if not wholes or not _WHICH.match(line.between(wholes[-1], part)):
                continue
            if text(share.record, "of") and text(part.record, "kind") == text(wholes[-1].record, "kind") == "count":
                continue  # counts.shares
            yield from _shared(facts, share, part, wholes)


def _shared(facts: Facts, share: Said, part: Said, wholes: Sequence[Said]) -> Iterator[Finding]:
    own, top = share.within("%"), part.within(part.unit)
    if own is None or top is None:
        return
    for whole in wholes:
        below = whole.within(part.unit)
        if below is None or below.low <= 0 or (top / below).times(Decimal(100)).meets(own):
            return
    whole = wholes[-1]
    below = whole.within(part.unit)
    assert below is not None
    amount = (below.low + below.high) / 2
    given = part.value / amount * 100
    yield Finding(
        "shares.of_part",
        Severity.ERROR,
        mark("The share printed is %(share)s%%; part and whole of the sentence give %(given)s%%."),
        text(share.record, "id"),
        {"share": plain(share.value), "given": plain(given, 1)},
        (
            printed(mark("Share printed"), share.value, "%"),
            printed(mark("Part printed"), part.value, part.unit),
            printed(mark("Whole as printed"), whole.value, whole.unit),
            computed(mark("Share of the whole"), given, "%", by=f"{plain(part.value)}÷{plain(amount)}"),
        ),
        tuple(claim_mention(facts, one.row) for one in (share, part, whole)),
        mark("Correct the share, the part or the whole."),
    )


def find_yearly(facts: Facts) -> Iterator[Finding]:
    """What is given for each year, times the years, is not what is given for all of them.

    Formula: 每年 a, n年 t, in one sentence: t = a × n. Tolerance: rounding of t, and bounds; what is to be spent each
    year is meant as printed. An error.

    A finding: 每年3亿元，五年累计18亿元. None: 每年3亿元以上，五年16亿元; amounts of two things.
    """
    for line in lines(facts):
        for one, other in zip(line.figures, line.figures[1:], strict=False):
            if not line.together(one, other):
                continue
            for yearly, total in ((one, other), (other, one)):
                before = line.words[max(0, yearly.start - _BEFORE) : yearly.start]
                years = _YEARS.search(line.words[max(0, total.start - _BEFORE) : total.start])
                if _YEARLY.search(before) and years is not None and not _YEARLY.search(years[0]):
                    yield from _by_year(facts, yearly, total, _number(years[1]))
                    break
                is_level = "growth" in (text(total.record, "kind"), text(yearly.record, "kind"))
                if total is one and not is_level and _EACH_BEHIND.fullmatch(line.between(one, other)):
                    total = _divided(line, total)
                    yield from _by_year(facts, yearly, total, _years_of(facts, line, total))
                    break


def _divided(line: Line, part: Said) -> Said:
    """What a part behind 其中 is of: 1500亩，其中A900亩、B600亩；每年500亩. The figure itself where it is no part."""
    found = _PART.search(text(part.record, "note"))
    wholes = [one for one in line.figures if found and one.end <= part.start and one.unit == part.unit]
    return next((one for one in wholes if text(one.record, "indicator") == (found or "")[1]), part) if found else part


def _years_of(facts: Facts, line: Line, total: Said) -> int:
    """The years that a sentence has named before an amount, or else those of the plan; 0 if neither is known."""
    sentence = re.split("[。！？]", line.words[: total.start])[-1]
    named = _IN_YEARS.findall(sentence)
    period = facts.period_years
    return _number(named[-1]) if named else period[1] - period[0] + 1 if period else 0


def _by_year(facts: Facts, yearly: Said, total: Said, years: int) -> Iterator[Finding]:
    grows = any(text(one.record, "kind") == "growth" for one in (yearly, total))
    if not years or (grows and total.unit not in COUNT_UNITS) or "%" in total.unit:
        return
    own, each = total.within(total.unit), yearly.within(total.unit)
    if own is None or each is None:
        return
    is_exact = text(yearly.record, "bound") == "eq" and yearly.unit == total.unit
    each = Interval(yearly.value, yearly.value) if is_exact else each
    if each.times(Decimal(years)).meets(own):
        return
    amount = (each.low + each.high) / 2 if yearly.unit != total.unit else yearly.value
    yield Finding(
        "derived.yearly",
        Severity.ERROR,
        mark("%(each)s for each of %(years)s years make %(product)s, not %(total)s."),
        text(total.record, "id"),
        {
            "each": plain(yearly.value) + yearly.unit,
            "years": years,
            "product": plain((amount * years).normalize()) + total.unit,
            "total": plain(total.value) + total.unit,
        },
        (
            printed(mark("For each year"), yearly.value, yearly.unit),
            Number(mark("Years"), Decimal(years)),
            computed(mark("For all years"), amount * years, total.unit, by=f"{plain(amount)}×{years}", places=2),
            printed(mark("Whole as printed"), total.value, total.unit),
        ),
        (claim_mention(facts, total.row), claim_mention(facts, yearly.row)),
        mark("Correct the yearly figure or the total."),
    )


RULES: Final = (
    Rule("sums.listed", mark("A list and its total"), ("claims", TEXT), find_totals),
    Rule("sums.of_which", mark("Parts behind “of which”"), ("claims", TEXT), find_of_which),
    Rule("shares.of_part", mark("A share of the sentence's own whole"), ("claims", TEXT), find_shares),
    Rule("derived.yearly", mark("Yearly figures and their total"), ("claims", TEXT), find_yearly),
)
