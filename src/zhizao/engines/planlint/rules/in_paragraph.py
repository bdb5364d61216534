"""What one paragraph divides and totals: numbers and money together, groups and their members, areas and goals."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import TEXT, Facts
from zhizao.engines.planlint.finding import Finding, Severity
from zhizao.engines.planlint.growth import COUNT_UNITS
from zhizao.engines.planlint.rules._common import added, claim_mention, computed, plain, printed, text
from zhizao.engines.planlint.rules._paragraphs import Line, Said, lines, summed
from zhizao.engines.planlint.rules._statements import Statement, Statements, statements
from zhizao.engines.planlint.text import concepts
from zhizao.engines.planlint.text.concept_words import MONEY
from zhizao.engines.planlint.text.concepts import Concept
from zhizao.kernel import quantities
from zhizao.kernel.result import mark

_WHICH: Final = re.compile("其中|分别|包括")
_SHARED: Final = re.compile("[，,]?(?:仅|约|共)?占[^，。；]{0,30}?的?(?:比重)?(?:达到?|为|约|近|超过?)?")
_AREA: Final = re.compile("(?:规划|占地|用地|总)?面积$")
_TOTAL_AREA: Final = re.compile("总面积$")
_USED: Final = re.compile("已(?:开发|利用|建成|供|使用|出让)")
_LEFT: Final = re.compile("(?:尚可|剩余|待|未)(?:开发|利用|建设|供|使用|出让)|(?:尚有|剩余|尚余|还有)$")
_NEAR: Final = 8
_FUND: Final = re.compile("基金规模$")
_PAID: Final = re.compile("出资|社会资本|配套资金|募集")
_IN_ALL: Final = re.compile("总投资")
_DONE: Final = re.compile("(?:完成|安排)[^，。；]{0,6}投资")
_GOAL: Final = re.compile(r"超额完成[^，。；0-9]{0,8}([0-9.]{1,8}\s*[%％])的?[^，。；]{0,8}(?:目标|任务)")
_ADDED_UP: Final = MONEY | {"land", "employment", "energy"}
_FEWEST: Final = 2
_BEFORE: Final = 12


def find_divided(facts: Facts) -> Iterator[Finding]:
    """A number and an amount that a sentence divides are not the sums of the numbers and amounts behind 其中.

    Formula: n = Σ nᵢ and w = Σ wᵢ, where behind 其中 numbers and amounts take turns, two or more of each. Tolerance:
    rounding and bounds of all. An error where the parts exceed the whole, else a warning: a part may be left out.

    A finding: 项目36个，总投资258亿元。其中甲16个，总投资142亿元；乙11个，总投资68亿元；丙9个，总投资58亿元. None:
    numbers alone (``counts.parts``); amounts alone (``sums.of_which``).
    """
    for line in lines(facts):
        for at in range(1, len(line.figures)):
            parts = _turns(line, at)
            if len(parts) < 2 * _FEWEST or not _WHICH.search(line.between(line.figures[at - 1], line.figures[at])):
                continue
            for group in (parts[::2], parts[1::2]):
                whole = next((one for one in reversed(line.figures[:at]) if _alike(one, group[0])), None)
                earliest = _first_alike(line, at, group[0])
                if whole is not None and earliest is not None:
                    yield from _divided(facts, earliest, whole, group)


def _alike(one: Said, other: Said) -> bool:
    return (
        one.is_amount
        and one.within(other.unit) is not None
        and (one.unit in COUNT_UNITS) == (other.unit in COUNT_UNITS)
    )


def _first_alike(line: Line, at: int, part: Said) -> Said | None:
    """The earliest amount of the sentence before 其中, or of the one before: what is divided, and no part of it."""
    near = [one for one in line.figures[max(0, at - 4) : at] if _alike(one, part)]
    return near[0] if near else None


def _turns(line: Line, at: int) -> list[Said]:
    """The figures from ``at`` on that are by turns a number of things and an amount of money."""
    found: list[Said] = []
    for one in line.figures[at:]:
        counted = one.unit in COUNT_UNITS
        if not one.is_amount or counted != (len(found) % 2 == 0) or not (counted or one.unit.endswith("元")):
            break
        found.append(one)
    return found if len(found) % 2 == 0 else found[:-1]


def _divided(
    facts: Facts, first: Said, nearest: Said, parts: Sequence[Said], rule: str = "sums.divided"
) -> Iterator[Finding]:
    result = summed(parts, first.unit)
    wholes = [own for one in {first.row: first, nearest.row: nearest}.values() if (own := one.within(one.unit))]
    if result is None or any(own.meets(result[1]) for own in wholes):
        return
    own = first.within(first.unit)
    if own is None:
        return
    total, span = result
    yield Finding(
        rule,
        Severity.ERROR if span.low > own.high else Severity.WARNING,
        mark("%(total)s are divided into parts that make %(sum)s."),
        text(first.record, "id"),
        {"total": plain(first.value) + first.unit, "sum": plain(total) + first.unit},
        (
            printed(mark("Whole as printed"), first.value, first.unit),
            computed(mark("Sum of the parts"), total, first.unit, by=added(one.value for one in parts), places=2),
        ),
        tuple(claim_mention(facts, one.row) for one in (first, *parts[:5])),
        mark("Correct the total or a part."),
    )


def find_of_named(facts: Facts) -> Iterator[Finding]:
    """A share behind an amount is not that of the amount in the whole that it names.

    Formula: amount ÷ whole, the whole as the plan states it for the year. Tolerance: rounding and bounds of all three.
    An error. A finding: 增加值138.5亿元，占地区生产总值的39.9% where that is 386亿元. None: a whole that is stated
    nowhere; what part and whole of one concept tell (``shares.value``).
    """
    known = statements(facts)
    by_row = {one.row: one for one in known if one.is_text}
    for line in lines(facts):
        for part, share in zip(line.figures, line.figures[1:], strict=False):
            own = by_row.get(share.row)
            of = own.concept.of if own is not None and own.concept.statistic == "share" else None
            if own is None or of is None or not part.is_amount:
                continue
            of = _whole_area(of, own.concept)
            if of.measure not in _ADDED_UP:
                continue
            listed = _listed(line, part)
            if not _SHARED.fullmatch(line.between(part, share)) or (len(listed) > 1 and "、" not in _parts(share)):
                continue
            wholes = _stated(known, of, own)
            if wholes and not _told(known, own):
                yield from _of_named(facts, listed, share, wholes)


def _whole_area(of: Concept, part: Concept) -> Concept:
    """占全市: of the same measure of industry in the whole area."""
    is_area = not of.measure and of.subject == (concepts.AREA,) and part.measure in MONEY
    return replace(of, measure=part.measure, subject=("工业",)) if is_area else of


def _listed(line: Line, part: Said) -> list[Said]:
    """The figures of the list that ends with one; that one alone where it ends none."""
    own = text(part.record, "list_id")
    return [one for one in line.figures if text(one.record, "list_id") == own] if own else [part]


def _parts(share: Said) -> str:
    return text(share.record, "parts")


def _stated(known: Statements, of: Concept, own: Statement) -> list[Statement]:
    if of.whole:
        same = [one for one in known.wholes(of.measure, own.year) if one.concept == of]
        return same or [one for one in known.wholes(of.measure, own.year) if not of.scope]
    return [one for one, match in known.like(of, year=own.year) if one.concept == of]


def _told(known: Statements, own: Statement) -> bool:
    """Whether part and whole are of one measure, which ``shares.value`` sees to."""
    level = Concept(own.concept.measure, own.concept.subject, own.concept.scope, own.concept.area)
    if own.concept.measure not in MONEY or not own.concept.subject:
        return False
    return any(True for _ in known.like(level, year=own.year))


def _of_named(facts: Facts, parts: Sequence[Said], share: Said, wholes: Sequence[Statement]) -> Iterator[Finding]:
    said = share.within("%")
    readings = []
    for whole in wholes:
        top, below = summed(parts, whole.unit), whole.values()
        if top is None or below is None or below.low <= 0:
            continue
        readings.append((whole, (top[1] / below).times(Decimal(100))))
    if said is None or not readings or any(values.meets(said) for _, values in readings):
        return
    whole, values = readings[0]
    middle = (values.low + values.high) / 2
    yield Finding(
        "shares.of_named",
        Severity.ERROR,
        mark("The share printed is %(share)s%%; the amount before it is %(given)s%% of %(whole)s."),
        text(share.record, "id"),
        {"share": plain(share.value), "given": plain(middle, 1), "whole": whole.name},
        (
            printed(mark("Share printed"), share.value, "%"),
            *(printed(mark("Part printed"), part.value, part.unit) for part in parts[:3]),
            whole.number(),
            computed(
                mark("Share of the whole"),
                middle,
                "%",
                by=f"{bracketed(added(part.value for part in parts), len(parts))}÷{plain(whole.value)}",
                within=values,
            ),
        ),
        (claim_mention(facts, share.row), *(claim_mention(facts, part.row) for part in parts), whole.mention(facts)),
        mark("Correct the share, the part or the whole."),
    )


def bracketed(words: str, terms: int) -> str:
    """A sum within a product.

    >>> bracketed("176+121+79", 3)
    '(176+121+79)'
    """
    return f"({words})" if terms > 1 else words


def find_fund(facts: Facts) -> Iterator[Finding]:
    """The contributions to a fund exceed the fund.

    Formula: size ≥ Σ contributions (出资, 社会资本) of its sentence. Tolerance: rounding and bounds. An error. A
    finding: 设立10亿元的产业基金，县财政出资3亿元，引导社会资本9亿元. None: contributions below the size; those behind
    其中 (``sums.of_which``).
    """
    for line in lines(facts):
        for at, fund in enumerate(line.figures):
            if not _FUND.search(text(fund.record, "indicator")) or not fund.is_amount:
                continue
            parts = [
                one
                for one in line.figures[at + 1 : at + 5]
                if line.together(fund, one) and _PAID.search(text(one.record, "indicator")) and one.is_amount
            ]
            result, own = summed(parts, fund.unit), fund.within(fund.unit)
            if len(parts) < _FEWEST or result is None or own is None or result[1].low <= own.high:
                continue
            if not _WHICH.search(line.between(fund, parts[0])):
                yield from _divided(facts, fund, fund, parts, "sums.fund")


def find_group(facts: Facts) -> Iterator[Finding]:
    """What the text gives for a group of sectors is not the sum of what it gives for each.

    Condition: a list names the members of “三大产业” (``parts`` of a claim, or the list before the total); for the year
    and the measure every member has a figure of its own. Formula: total = Σ members; a total that is a floor (突破) may
    be passed by a tenth. An error. A finding: three sectors with 300, 110 and 130, and 三大产业突破600. None: a member
    without a figure.
    """
    known = statements(facts)
    groups = _groups(facts)
    for one in known:
        if not one.is_text or one.concept.statistic != "level" or one.concept.measure not in MONEY or not one.year:
            continue
        names = groups.get(text(one.record, "subject"))
        if names is None:
            continue
        level = [concepts.parse(f"{name}产业产值", unit="亿元").subject for name in names]
        parts = [_member(known, one, subject) for subject in level]
        found = [part for part in parts if part is not None]
        if len(found) != len(names) or text(one.record, "list_id"):
            continue
        yield from _of_group(facts, one, found)


def _groups(facts: Facts) -> dict[str, tuple[str, ...]]:
    """The names of each group that a list tells: 甲、乙、丙三大产业; none where two lists differ."""
    found: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for line in facts.document.lines if facts.document else ():
        for words in _GROUP.finditer(line[:_LONGEST]):
            names = tuple(re.split("[、和及与]", words["names"]))
            if len(names) == _NUMERALS.get(words["count"]):
                found[words["group"]].add(names)
    return {group: next(iter(names)) for group, names in found.items() if len(names) == 1}


_LONGEST: Final = 2000
_GROUP: Final = re.compile(
    "(?P<names>[一-龥]{2,12}(?:、[一-龥]{2,12}){1,8}(?:[和及与][一-龥]{2,12})?)"
    "(?P<group>(?P<count>[二两三四五六七八九十])大(?:主导|支柱|重点|优势|特色|战略性新兴)?(?:产业|行业|集群))"
)
_NUMERALS: Final = {"二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}


def _member(known: Statements, one: Statement, subject: tuple[str, ...]) -> Statement | None:
    wanted = Concept(one.concept.measure, subject, one.concept.scope, one.concept.area)
    figures = [other for other, match in known.like(wanted, year=one.year) if other.concept == wanted]
    return figures[0] if figures and len({(each.value, each.unit) for each in figures}) == 1 else None


def _of_group(facts: Facts, one: Statement, parts: Sequence[Statement]) -> Iterator[Finding]:
    own, spans = one.values(), [part.values(one.unit) for part in parts]
    if own is None or any(span is None for span in spans):
        return
    low = sum((span.low for span in spans if span), Decimal(0))
    high = sum((span.high for span in spans if span), Decimal(0))
    if low <= own.high and own.low <= high:
        return
    total = sum((part.value for part in parts), Decimal(0))
    yield Finding(
        "sums.group",
        Severity.ERROR,
        mark("“%(name)s” for %(year)s is stated as %(stated)s; its members add up to %(sum)s."),
        f"{one.name} {one.year}",
        {"name": one.name, "year": one.year, "stated": plain(one.value) + one.unit, "sum": plain(total) + one.unit},
        (
            printed(mark("Whole as printed"), one.value, one.unit),
            computed(mark("Sum of the parts"), total, one.unit, by=added(part.value for part in parts), places=2),
        ),
        (claim_mention(facts, one.row), *(part.mention(facts) for part in parts[:5])),
        mark("Correct the total or a part."),
    )


def find_areas(facts: Facts) -> Iterator[Finding]:
    """Areas of one paragraph that do not add up: used and left against planned, or places against 总面积.

    Formula: planned = used + left; total = Σ areas of the places before it. Tolerance: rounding of all. An error. A
    finding: 规划面积18.6，已开发12.2，尚可开发7.4平方公里. None: a total of which a place is not told.
    """
    for line in lines(facts):
        areas = [one for one in line.figures if one.is_amount and one.within("亩") is not None]
        for before, used, left in zip(areas, areas[1:], areas[2:], strict=False):
            words = [text(one.record, "indicator") for one in (before, used, left)]
            left_words = words[2] + line.words[max(0, left.start - _NEAR) : left.start]
            if _AREA.search(words[0]) and _USED.search(words[1]) and _LEFT.search(left_words):
                planned = [
                    one for one in areas if one.end <= used.start and _AREA.search(text(one.record, "indicator"))
                ]
                sums = summed((used, left), before.unit)
                if not any(sums and (own := one.within(before.unit)) and own.meets(sums[1]) for one in planned):
                    yield from _areas(facts, max(planned, key=lambda one: one.value), (used, left))
        for at, total in enumerate(areas):
            words_of = [text(one.record, "indicator") for one in areas[:at]]
            places = [one for one, words_ in zip(areas, words_of, strict=False) if _AREA.search(words_)]
            if any(one.value > total.value for one in places):
                continue  # of another place
            if _TOTAL_AREA.search(text(total.record, "indicator")) and len(places) >= _FEWEST:
                yield from _areas(facts, total, places)


def _areas(facts: Facts, whole: Said, parts: Sequence[Said]) -> Iterator[Finding]:
    result, own = summed(parts, whole.unit), whole.within(whole.unit)
    if result is None or own is None or own.meets(result[1]):
        return
    yield Finding(
        "sums.areas",
        Severity.ERROR,
        mark("An area of %(total)s is made of parts that make %(sum)s."),
        text(whole.record, "id"),
        {"total": plain(whole.value) + whole.unit, "sum": plain(result[0]) + whole.unit},
        (
            printed(mark("Whole as printed"), whole.value, whole.unit),
            computed(mark("Sum of the parts"), result[0], whole.unit, by=added(one.value for one in parts), places=2),
        ),
        tuple(claim_mention(facts, one.row) for one in (whole, *parts[:5])),
        mark("Correct the total or a part."),
    )


def find_within_total(facts: Facts) -> Iterator[Finding]:
    """More is to be invested within the plan's years than the total investment of the same projects.

    Formula: investment of a period ≤ total investment, both of one sentence. Tolerance: rounding and bounds. An error.
    A finding: 计划总投资258亿元，“十五五”期间完成投资321亿元. None: figures of two sentences.
    """
    for line in lines(facts):
        for total, phase in zip(line.figures, line.figures[1:], strict=False):
            if not (total.is_amount and phase.is_amount and line.together(total, phase)):
                continue
            if not _IN_ALL.search(text(total.record, "indicator")) or _IN_ALL.search(text(phase.record, "indicator")):
                continue
            own, part = total.within(total.unit), phase.within(total.unit)
            if not _DONE.search(text(phase.record, "indicator")) or own is None or part is None or part.low <= own.high:
                continue
            yield Finding(
                "projects.beyond_total",
                Severity.ERROR,
                mark("%(phase)s are to be invested within the period, of a total of %(total)s."),
                text(phase.record, "id"),
                {"phase": plain(phase.value) + phase.unit, "total": plain(total.value) + total.unit},
                (
                    printed(mark("Total investment"), total.value, total.unit),
                    printed(mark("Investment within the period"), phase.value, phase.unit),
                ),
                (claim_mention(facts, total.row), claim_mention(facts, phase.row)),
                mark("Correct one of the two."),
            )


def find_exceeded(facts: Facts) -> Iterator[Finding]:
    """A goal is said to be exceeded by a figure that does not reach it.

    Condition: …X%，超额完成Y%的目标, X < Y. An error. A finding: 累计下降18.5%，超额完成19%的目标. None: 18.5 and 16.
    """
    for line in lines(facts):
        for goal in _GOAL.finditer(line.words):
            said = quantities.find(goal[1])
            reached = [one for one in line.figures if one.end <= goal.start() and one.unit == "%"]
            near = reached[-1] if reached and goal.start() - reached[-1].end <= _BEFORE else None
            own = near.within("%") if near is not None else None
            if near is None or own is None or not said or own.high >= said[0].value:
                continue
            yield Finding(
                "history.exceeded",
                Severity.ERROR,
                mark("%(reached)s%% is said to exceed the goal of %(goal)s%%."),
                text(near.record, "id"),
                {"reached": plain(near.value), "goal": plain(said[0].value)},
                (printed(mark("Reached"), near.value, "%"), printed(mark("Goal"), said[0].value, "%")),
                (claim_mention(facts, near.row),),
                mark("Correct the figure, or say that the goal was not reached."),
            )


RULES: Final = (
    Rule("sums.divided", mark("Numbers and amounts divided together"), ("claims", TEXT), find_divided),
    Rule("sums.fund", mark("Contributions beyond the fund"), ("claims", TEXT), find_fund),
    Rule("sums.group", mark("A group of sectors and its members"), ("claims", TEXT), find_group),
    Rule("sums.areas", mark("Areas that do not add up"), ("claims", TEXT), find_areas),
    Rule("shares.of_named", mark("A share of a whole stated elsewhere"), ("claims", TEXT), find_of_named),
    Rule("projects.beyond_total", mark("More within the period than in total"), ("claims", TEXT), find_within_total),
    Rule("history.exceeded", mark("A goal exceeded by too little"), ("claims", TEXT), find_exceeded),
)
