"""Wholes that a paragraph implies: shares told side by side, lists that a whole is made of, one area in two units."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import TEXT, Facts
from zhizao.engines.planlint.finding import Finding, Severity
from zhizao.engines.planlint.growth import COUNT_UNITS
from zhizao.engines.planlint.rules._common import added, claim_mention, computed, plain, printed, text
from zhizao.engines.planlint.rules._paragraphs import Line, Said, lines, summed
from zhizao.engines.planlint.text.claim_words import HEAD
from zhizao.engines.planlint.tolerance import Interval
from zhizao.kernel.result import mark

HUNDRED: Final = Decimal(100)
_BARE: Final = re.compile("[，,]占(?:比)?(?:约|达|为)?")
_NAMED: Final = re.compile("[，,]占[^，。；0-9]{2,24}")
_MADE_OF: Final = re.compile(
    r"由?(?P<names>[^，。；0-9]{2,16}(?:、[^，。；0-9、]{2,16})+?)(?:等)?(?P<count>[二两三四五六七八九十]|[0-9]{1,2})[个大][^，。；0-9]{1,6}(?:组成|构成)"
)
_NUMERALS: Final = {"二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_YEARS: Final = re.compile(
    r"((?:19|20)[0-9]{2})年?(?:至|到|[-—–~])((?:19|20)[0-9]{2})年[^，。；0-9]{0,4}(?:分别|依次|各)"
)
_NEAR: Final = Decimal("0.3")


def find_together(facts: Facts) -> Iterator[Finding]:
    """Two shares told side by side, each behind its amount, are not of one whole.

    Formula: a，占x%；b，占y%: a ÷ x and b ÷ y leave one whole; the first share may name it, the second does not.
    Tolerance: rounding of all four. An error where the first two shares behind one whole are of one measure and a
    figure of the paragraph is the whole of one of them; else a warning.

    A finding: 产业项目27.6亿元，占75.8%；基础设施项目11.4亿元，占29.2%. None: shares that name two wholes.
    """
    for line in lines(facts):
        pairs = _pairs(line)
        for one, other in pairwise(pairs):
            if not _alike(one[0], other[0]):
                continue
            wholes = [_implied(*pair, unit=one[0].unit) for pair in (one, other)]
            if wholes[0] is None or wholes[1] is None or wholes[0].meets(wholes[1]):
                continue
            yield _apart(facts, line, one, other)


def _pairs(line: Line) -> list[tuple[Said, Said]]:
    """Amounts with the share behind them: the first share may name its whole, the others do not."""
    found: list[tuple[Said, Said]] = []
    for amount, share in pairwise(line.figures):
        if not amount.is_amount or share.unit != "%" or text(share.record, "list_id"):
            continue
        between = line.between(amount, share)
        if _BARE.fullmatch(between) or (not found and _NAMED.fullmatch(between)):
            found.append((amount, share))
        elif _NAMED.fullmatch(between):
            found = [(amount, share)]
    return found


def _alike(one: Said, other: Said) -> bool:
    measures = [HEAD.search(text(each.record, "indicator")) for each in (one, other)]
    names = {found[0] if found else "" for found in measures}
    return one.within(other.unit) is not None and (len(names) == 1 or (one.unit not in COUNT_UNITS and "" in names))


def _implied(amount: Said, share: Said, *, unit: str) -> Interval | None:
    top, below = amount.within(unit), share.within("%")
    return None if top is None or below is None or below.low <= 0 else (top / below).times(HUNDRED)


def _apart(facts: Facts, line: Line, one: tuple[Said, Said], other: tuple[Said, Said]) -> Finding:
    unit = one[0].unit
    near = [each.within(unit) for each in line.figures if each.is_amount and each not in (one[0], other[0])]
    implied = [_implied(*pair, unit=unit) for pair in (one, other)]
    sure = any(whole is not None and each is not None and whole.meets(each) for each in near for whole in implied)
    values = [pair[0].value / pair[1].value * HUNDRED for pair in (one, other)]
    return Finding(
        "shares.together",
        Severity.ERROR if sure else Severity.WARNING,
        mark("%(first)s%% makes a whole of %(one)s, and %(second)s%% beside it one of %(other)s."),
        text(other[1].record, "id"),
        {
            "first": plain(one[1].value),
            "second": plain(other[1].value),
            "one": plain(values[0], 1) + one[0].unit,
            "other": plain(values[1], 1) + other[0].unit,
        },
        tuple(
            computed(
                mark("Whole that the share makes"),
                value,
                pair[0].unit,
                by=f"{plain(pair[0].value)}÷{plain(pair[1].value)}%",
            )
            for pair, value in zip((one, other), values, strict=True)
        ),
        tuple(claim_mention(facts, each.row) for each in (*one, *other)),
        mark("Correct a share or an amount, or name what each is a share of."),
    )


def find_made_of(facts: Facts) -> Iterator[Finding]:
    """A list of all that a whole is made of does not add up to it.

    Formula: whole = Σ list, where the words between the two say that it is made of as many (由甲、乙、丙三个片区组成，
    面积分别为…); or a list of as many years as are named (2026年至2030年分别安排投资…) against the amount of the
    paragraph that is nearest to its sum, within 30 %. Tolerance: rounding of all. An error; a warning for the years.

    A finding: 总面积48.6, 面积分别为22.4、14.8和14.4. None: a list of some of them; a whole in another unit.
    """
    for line in lines(facts):
        for members in _lists(line):
            before = [one for one in line.figures if one.end <= members[0].start and one.is_amount]
            before = [one for one in before if one.within(members[0].unit) is not None and one not in members]
            words = line.words[: members[0].start]
            made = next(iter(reversed(list(_MADE_OF.finditer(words)))), None)
            count = 0 if made is None else _NUMERALS.get(made["count"]) or int(made["count"])
            wholes = [one for one in before if made is not None and one.end <= made.start()]
            if made is not None and count == len(members) and wholes and "。" not in words[made.end() :]:
                yield from _sum(facts, wholes[-1], members, Severity.ERROR)
                continue
            years = _YEARS.search(words, max(0, len(words) - 30))
            if years is not None and int(years[2]) - int(years[1]) + 1 == len(members) and before:
                total = sum((one.value for one in members), Decimal(0))
                whole = min(before, key=lambda one: abs(one.value - total))
                if whole.unit == members[0].unit and abs(whole.value - total) <= total * _NEAR:
                    yield from _sum(facts, whole, members, Severity.WARNING)


def _lists(line: Line) -> Iterator[list[Said]]:
    found: dict[str, list[Said]] = {}
    for one in line.figures:
        if (name := text(one.record, "list_id")) and one.is_amount:
            found.setdefault(name, []).append(one)
    yield from (members for members in found.values() if len(members) > 1)


def _sum(facts: Facts, whole: Said, parts: Sequence[Said], severity: Severity) -> Iterator[Finding]:
    result, own = summed(parts, whole.unit), whole.within(whole.unit)
    if result is None or own is None or result[1].meets(own):
        return
    yield Finding(
        "sums.made_of",
        severity,
        mark("The text gives %(total)s in all; the parts beside it add up to %(sum)s."),
        text(whole.record, "id"),
        {"total": plain(whole.value) + whole.unit, "sum": plain(result[0]) + whole.unit},
        (
            printed(mark("Whole as printed"), whole.value, whole.unit),
            computed(mark("Sum of the parts"), result[0], whole.unit, by=added(one.value for one in parts), places=2),
        ),
        tuple(claim_mention(facts, one.row) for one in (whole, *parts[:5])),
        mark("Correct the total or a part."),
    )


def find_paired(facts: Facts) -> Iterator[Finding]:
    """One area printed in two units is not the same in both.

    Formula: 1 km² = 100 ha = 1500 mu, where the second figure stands in a parenthesis right behind the first.
    Tolerance: rounding and bounds of both. An error. A finding: 1.5平方公里（2520亩）. None: 11平方公里（约16500亩）.
    """
    for line in lines(facts):
        for one, other in pairwise(line.figures):
            if one.unit == other.unit or not re.fullmatch("[（(](?:约|合|折合|即)*", line.between(one, other)):
                continue
            mine, theirs = one.within("亩"), other.within("亩")
            if mine is None or theirs is None or mine.meets(theirs):
                continue
            middle = (mine.low + mine.high) / 2
            yield Finding(
                "units.paired",
                Severity.ERROR,
                mark("%(one)s is %(given)s, not %(other)s."),
                text(other.record, "id"),
                {
                    "one": plain(one.value) + one.unit,
                    "given": plain(middle, 0) + "亩",
                    "other": plain(other.value) + other.unit,
                },
                (
                    printed(mark("Area printed"), one.value, one.unit),
                    printed(mark("Beside it"), other.value, other.unit),
                    computed(mark("The first in mu"), middle, "亩", by=plain(one.value) + one.unit, places=0),
                ),
                (claim_mention(facts, one.row), claim_mention(facts, other.row)),
                mark("Correct one of the two."),
            )


RULES: Final = (
    Rule("shares.together", mark("Shares told side by side"), ("claims", TEXT), find_together),
    Rule("sums.made_of", mark("All that a whole is made of"), ("claims", TEXT), find_made_of),
    Rule("units.paired", mark("One area in two units"), ("claims", TEXT), find_paired),
)
