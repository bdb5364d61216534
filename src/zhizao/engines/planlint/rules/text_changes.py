"""Changes in the text against the two figures they lead between; multiples, products and lists of shares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import TEXT, Facts
from zhizao.engines.planlint.finding import Finding, Mention, Number, Severity
from zhizao.engines.planlint.growth import SHARE_UNITS
from zhizao.engines.planlint.rules._claims import in_unit
from zhizao.engines.planlint.rules._common import claim_mention, computed, last_year, plain, printed, text
from zhizao.engines.planlint.rules._paragraphs import BACK, Line, Said, lines
from zhizao.engines.planlint.rules._statements import Statement, Statements, statements
from zhizao.engines.planlint.tables.values import converted
from zhizao.engines.planlint.text.concept_words import MEASURE_OF
from zhizao.engines.planlint.text.concepts import Same
from zhizao.engines.planlint.tolerance import Interval
from zhizao.kernel.result import mark

POINTS: Final = "个百分点"
_AGAINST: Final = re.compile(r"against ((?:19|20)[0-9]{2})\b")
_SINCE: Final = re.compile(r"(?:为|是|达到?|相当于)((?:19|20)[0-9]{2})年(?:末|底)?的$")
_TO: Final = re.compile("[，,](?:达到?|升至|增至|提高到|增加到)")
_WORDS: Final = 16
_PER_MU: Final = re.compile(r"亩均|亩产|每亩|单位(?:工业)?用地")
_LAND: Final = re.compile(r"用地|占地|土地|面积")
_LAND_UNITS: Final = ("亩", "平方公里", "公顷")


@dataclass(frozen=True, slots=True)
class _End:
    """A figure that a change may start from."""

    value: Decimal
    within: Interval
    place: Mention


def find_changes(facts: Facts) -> Iterator[Finding]:
    """A change said in points, or in the unit of what changes, is not the difference of its two ends.

    Formula: the change = the figure before it − what the text or the table prints for the year it is compared with (the
    base year, for a target compared with none); less a fall. Tolerance: rounding and bounds of all three. An error.

    A finding: 由78.4%提高到84.9%，提高9.5个百分点; 320亿元，比2025年增加150亿元 where 2025 has 190. None: a change from
    a year of which nothing is printed.
    """
    known = statements(facts)
    by_row = {one.row: one for one in known.all if one.is_text}
    for line in lines(facts):
        for at, change in enumerate(line.figures):
            if at == 0 or text(change.record, "kind") != "growth" or not _is_difference(change):
                continue
            unit = "%" if change.unit == POINTS else change.unit
            level = _level(line.figures[max(0, at - BACK) : at], change, unit)
            level = level or _reached(line, line.figures[at + 1 : at + 2], change, unit)
            if level is None:
                continue
            starts = list(_starts(facts, line, at, level, change, unit)) or list(
                _printed_starts(facts, known, by_row, level, change, unit)
            )
            yield from _differs(facts, change, level, starts, unit)


def _is_difference(change: Said) -> bool:
    note = text(change.record, "note")
    return change.unit == POINTS or (
        change.unit not in SHARE_UNITS | {"", "番", "倍"} and "annual" not in note and "year on year" not in note
    )


def _level(before: Sequence[Said], change: Said, unit: str) -> Said | None:
    """The figure that the change leads to: the nearest before it of the same thing."""
    for one in reversed(before):
        if text(one.record, "kind") == "growth" or _in(one, unit) is None or not _alike(one, change):
            continue
        if (since := _since(change)) is None or since != last_year(one.record):  # 372亿元，较2020年的241亿元增加131亿元
            return one
    return None


def _reached(line: Line, behind: Sequence[Said], change: Said, unit: str) -> Said | None:
    """The figure right behind a change that it has led to: 增加值率提高2个百分点，达到24%."""
    found = _level(behind, change, unit)
    return found if found is not None and _TO.fullmatch(line.between(change, found)) else None


def _alike(one: Said, other: Said) -> bool:
    names = ("subject", "indicator")
    return all(text(one.record, name) == text(other.record, name) for name in names) and not text(one.record, "list_id")


def _in(one: Said, unit: str) -> Interval | None:
    return in_unit(one.record, unit) if one.unit != unit else in_unit(one.record, one.unit)


def _starts(facts: Facts, line: Line, at: int, level: Said, change: Said, unit: str) -> Iterator[_End]:
    """The earlier values of the same thing in the same line."""
    year, end = _year(facts, level, change), last_year(level.record)
    for one in line.figures[max(0, at - BACK) : at + BACK]:
        if one in (level, change) or text(one.record, "kind") == "growth" or not _alike(one, level):
            continue
        own, within = last_year(one.record), _in(one, unit)
        is_from = "earlier value" in text(one.record, "note") and one.end <= level.start
        if own is not None and end is not None and year is None:
            is_from = is_from or (own < end and one.end <= level.start and line.together(one, level))
        if within is not None and (is_from or (own is not None and own == year != end)):
            yield _End(one.value, within, claim_mention(facts, one.row))


def _printed_starts(
    facts: Facts, known: Statements, by_row: dict[int, Statement], level: Said, change: Said, unit: str
) -> Iterator[_End]:
    """What table and text print elsewhere for the year that the change is measured from."""
    year, own = _year(facts, level, change), by_row.get(level.row)
    if own is None or year is None or year == own.year:
        return
    for other, match in known.like(own.concept, year=year):
        within = other.values(unit)
        if match.same is Same.YES and not match.doubts and within is not None:
            yield _End(other.value, within, other.mention(facts))


def _year(facts: Facts, level: Said, change: Said) -> int | None:
    """The year that a change is measured from."""
    if (since := _since(change)) is not None:
        return since
    year, base = last_year(level.record), facts.base_year
    return base if year is not None and base is not None and year > base else None


def _since(change: Said) -> int | None:
    """The year that a change is said to be against."""
    found = _AGAINST.search(text(change.record, "note"))
    return int(found[1]) if found else None


def _differs(facts: Facts, change: Said, level: Said, starts: Sequence[_End], unit: str) -> Iterator[Finding]:
    end, said = _in(level, unit), in_unit(change.record, change.unit)
    if end is None or said is None or not starts:
        return
    falls = "decrease" in text(change.record, "note")
    for start in starts:
        low, high = (end.low - start.within.high, end.high - start.within.low)
        span = Interval(-high, -low) if falls else Interval(low, high)
        if span.meets(said):
            return
    start = starts[0]
    ends = (start.value, level.value) if falls else (level.value, start.value)
    yield Finding(
        "growth.difference",
        Severity.ERROR,
        mark("The change is said to be %(said)s; its two ends give %(given)s."),
        text(change.record, "id"),
        {"said": plain(change.value) + change.unit, "given": plain(ends[0] - ends[1]) + change.unit},
        (
            printed(mark("Change printed"), change.value, change.unit),
            computed(
                mark("Difference"), ends[0] - ends[1], change.unit, by=f"{plain(ends[0])}−{plain(ends[1])}", places=2
            ),
        ),
        (claim_mention(facts, change.row), claim_mention(facts, level.row), start.place),
        mark("Correct the change or one of its ends."),
    )


def find_multiples(facts: Facts) -> Iterator[Finding]:
    """A multiple of an earlier year is not the ratio of the two figures.

    Formula: x，为Y年的m倍: m = x ÷ what text or table print for the year. Tolerance: rounding and bounds of all
    three. An error.

    A finding: 产能6万吨，为2025年的3.5倍 where 2025 has 2.4. None: a year of which nothing is printed.
    """
    known = statements(facts)
    by_row = {one.row: one for one in known.all if one.is_text}
    for line in lines(facts):
        for at, multiple in enumerate(line.figures):
            before = _grown(line.figures[max(0, at - 3) : at])
            if before is None:
                continue
            since = _SINCE.search(line.words[max(0, multiple.start - _WORDS) : multiple.start])
            own = by_row.get(before.row)
            if multiple.unit != "倍" or since is None or own is None or not line.together(before, multiple):
                continue
            top, said = in_unit(before.record, before.unit), in_unit(multiple.record, "倍")
            starts = [
                (other, within)
                for other, match in known.like(own.concept, year=int(since[1]))
                if match.same is Same.YES and (within := other.values(before.unit)) is not None and within.low > 0
            ]
            if top is None or said is None or not starts or any((top / low).meets(said) for _, low in starts):
                continue
            yield _not_the_ratio(facts, multiple, before, starts[0][0])


def _grown(near: Sequence[Said]) -> Said | None:
    """The level before a multiple: 达到1188亿元，年均增长9.9%，为2025年的1.6倍."""
    return next((one for one in reversed(near) if text(one.record, "kind") != "growth"), None)


def _not_the_ratio(facts: Facts, multiple: Said, level: Said, start: Statement) -> Finding:
    given = level.value / start.value * (converted(Decimal(1), level.unit, start.unit) or Decimal(1))
    return Finding(
        "derived.multiple",
        Severity.ERROR,
        mark("It is said to be %(said)s times as much; the two figures give %(given)s."),
        text(multiple.record, "id"),
        {"said": plain(multiple.value), "given": plain(given, 1)},
        (
            printed(mark("Multiple printed"), multiple.value, "倍"),
            computed(mark("Ratio of the two"), given, "倍", by=f"{plain(level.value)}÷{plain(start.value)}", places=2),
        ),
        (claim_mention(facts, multiple.row), claim_mention(facts, level.row), start.mention(facts)),
        mark("Correct the multiple or one of the two figures."),
    )


def find_products(facts: Facts) -> Iterator[Finding]:
    """Land, output for each mu and output of one paragraph do not fit together.

    Formula: land × x for each mu = x, for the nearest figures of one subject, year and measure (亩均税收 with 税收).
    Tolerance: rounding and bounds of all three. An error.

    A finding: 用地4000亩，实现税收9.2亿元，亩均税收18万元. None: 亩均 of other land than the sentence names; land that
    is no figure of the sentence.
    """
    known = statements(facts)
    for line in lines(facts):
        for at, ratio in enumerate(line.figures):
            words = text(ratio.record, "indicator")
            if not _PER_MU.search(words) or not _is_per_mu(ratio):
                continue
            measure = _PER_MU.split(words)[-1]
            near = [one for one in line.figures[max(0, at - BACK) : at] if _same_time(one, ratio)]
            land = [one for one in near if _mu(one) is not None and line.stops(one, ratio) == 0]
            if any(_is_of_all(known, measure, one, ratio) for one in land):
                continue
            made = [
                one
                for one in near
                if measure
                and text(one.record, "indicator").endswith(measure)
                and in_unit(one.record, "万元") is not None
            ]
            made = [one for one in made if one.is_amount and text(one.record, "kind") != "growth"]
            if land and made and not any(_fits(one, other, ratio) for one in land for other in made):
                yield _not_the_product(facts, land[-1], made[-1], ratio)


def _is_of_all(known: Statements, measure: str, land: Said, ratio: Said) -> bool:
    """Whether land and ratio make what the plan states for all its industry, in another place."""
    mu, each = _mu(land), _each(ratio)
    wholes = known.wholes(MEASURE_OF.get(measure, ""), last_year(ratio.record))
    values = [whole.values("万元") for whole in wholes]
    return mu is not None and each is not None and any((mu * each).meets(one) for one in values if one is not None)


def _is_per_mu(one: Said) -> bool:
    unit = one.unit.removesuffix("/亩")
    return converted(Decimal(1), unit, "万元") is not None and (
        unit != one.unit or text(one.record, "of") in ("亩", "")
    )


def _same_time(one: Said, ratio: Said) -> bool:
    mine, theirs = last_year(one.record), last_year(ratio.record)
    return not text(one.record, "list_id") and (mine == theirs or mine is None or theirs is None)


def _mu(one: Said) -> Interval | None:
    if not one.is_amount or not _LAND.search(text(one.record, "indicator")):
        return None
    return in_unit(one.record, "亩") if any(one.unit.endswith(unit) for unit in _LAND_UNITS) else None


def _each(ratio: Said) -> Interval | None:
    return in_unit({**ratio.record, "unit": ratio.unit.removesuffix("/亩")}, "万元")


def _fits(land: Said, made: Said, ratio: Said) -> bool:
    mu, each, total = _mu(land), _each(ratio), in_unit(made.record, "万元")
    return mu is None or each is None or total is None or (mu * each).meets(total)


def _not_the_product(facts: Facts, land: Said, made: Said, ratio: Said) -> Finding:
    mu, each = _mu(land), _each(ratio)
    assert mu is not None and each is not None
    area, amount = (mu.low + mu.high) / 2, (each.low + each.high) / 2
    product = converted(area * amount, "万元", made.unit) or area * amount
    return Finding(
        "derived.product",
        Severity.ERROR,
        mark("%(land)s at %(each)s for each mu make %(product)s, not %(made)s."),
        text(ratio.record, "id"),
        {
            "land": plain(land.value) + land.unit,
            "each": plain(ratio.value) + ratio.unit,
            "product": plain(product, 2) + made.unit,
            "made": plain(made.value) + made.unit,
        },
        (
            printed(mark("Land"), land.value, land.unit),
            printed(mark("For each mu"), ratio.value, ratio.unit),
            computed(mark("Product"), product, made.unit, by=f"{plain(area)}×{plain(amount)}", places=2),
            printed(mark("Printed"), made.value, made.unit),
        ),
        tuple(claim_mention(facts, one.row) for one in (ratio, land, made)),
        mark("Correct one of the three."),
    )


def find_share_lists(facts: Facts) -> Iterator[Finding]:
    """One share of a list is not of the denominator that all the others have.

    Formula: A、B、C 分别为 a, b, c, 分别占 x %, y %, z %: a ÷ x, b ÷ y and c ÷ z are one denominator. Tolerance:
    rounding and bounds of all. An error, told of the one without which the others agree.

    A finding: 62亿元、48亿元、41亿元, 分别占33.7%、26.1%、12.3%. None: lists of two; shares of several wholes.
    """
    for line in lines(facts):
        for amounts, shares in _paired_lists(line):
            wholes = [_whole_of(one, share) for one, share in zip(amounts, shares, strict=True)]
            if _common(wholes) is not None:
                continue
            odd = [at for at in range(len(wholes)) if _common([*wholes[:at], *wholes[at + 1 :]]) is not None]
            if len(odd) == 1:
                rest = _common([*wholes[: odd[0]], *wholes[odd[0] + 1 :]])
                assert rest is not None
                yield _odd_share(facts, amounts[odd[0]], shares[odd[0]], rest)


def _paired_lists(line: Line) -> Iterator[tuple[list[Said], list[Said]]]:
    """Lists of amounts with the list of shares behind them, both of one length, three at least."""
    found: dict[str, list[Said]] = {}
    for one in line.figures:
        if list_id := text(one.record, "list_id"):
            found.setdefault(list_id, []).append(one)
    before: list[Said] = []
    for members in found.values():
        is_shares = all(one.unit == "%" for one in members)
        if is_shares and len(members) == len(before) >= 3 and line.together(before[-1], members[0]):
            yield before, members
        before = members if all(one.is_amount for one in members) else []


def _whole_of(amount: Said, share: Said) -> Interval | None:
    top, below = in_unit(amount.record, amount.unit), in_unit(share.record, "%")
    return None if top is None or below is None or below.low <= 0 else (top / below).times(Decimal(100))


def _common(wholes: Sequence[Interval | None]) -> Interval | None:
    known = [one for one in wholes if one is not None]
    if not known:
        return None
    low, high = max(one.low for one in known), min(one.high for one in known)
    return Interval(low, high) if low <= high else None


def _odd_share(facts: Facts, amount: Said, share: Said, whole: Interval) -> Finding:
    middle = (whole.low + whole.high) / 2
    given = amount.value / middle * 100
    return Finding(
        "shares.listed",
        Severity.ERROR,
        mark("The share printed is %(share)s%%; of the whole that the other shares have it is %(given)s%%."),
        text(share.record, "id"),
        {"share": plain(share.value), "given": plain(given, 1)},
        (
            printed(mark("Share printed"), share.value, "%"),
            printed(mark("Part printed"), amount.value, amount.unit),
            Number(mark("Whole of the other shares"), middle.quantize(Decimal("0.1")), amount.unit),
            computed(mark("Share of the whole"), given, "%", by=f"{plain(amount.value)}÷{plain(middle, 1)}"),
        ),
        (claim_mention(facts, share.row), claim_mention(facts, amount.row)),
        mark("Correct the share or the part."),
    )


RULES: Final = (
    Rule("growth.difference", mark("Changes against their two ends"), ("claims", TEXT), find_changes),
    Rule("derived.multiple", mark("Multiples of an earlier year"), ("claims", TEXT), find_multiples),
    Rule(
        "derived.product", mark("Land, output for each mu and output of a paragraph"), ("claims", TEXT), find_products
    ),
    Rule("shares.listed", mark("A list of shares of one whole"), ("claims", TEXT), find_share_lists),
)
