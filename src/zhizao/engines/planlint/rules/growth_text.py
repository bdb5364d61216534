"""Growth that the text states, against the figures that stand beside it: from 48 in one year to 60 in another."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Mention, Severity
from zhizao.engines.planlint.rules._common import (
    cell_interval,
    claim_mention,
    computed,
    decimal,
    integer,
    is_share,
    last_year,
    plain,
    printed,
    region_of,
    span_of,
    target_mention,
    text,
)
from zhizao.engines.planlint.rules._statements import is_generic
from zhizao.engines.planlint.rules.growth import IMPLIED, STATED, TARGET_AT_STATED, TOTAL, Case
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tables.indicators import normal_name
from zhizao.engines.planlint.tables.values import converted
from zhizao.engines.planlint.text import concepts
from zhizao.engines.planlint.text.claim_figures import DOUBLING
from zhizao.engines.planlint.text.concept_words import GROWTH
from zhizao.engines.planlint.text.concepts import YES, Concept, Doubt, Same
from zhizao.engines.planlint.tolerance import Interval, interval
from zhizao.kernel import names
from zhizao.kernel.result import mark

_LEVELS: Final = ("actual", "target", "count", "share")
_NEAR: Final = 12
"""Figures of one paragraph on either side among which the ends are looked for."""
_CHANGE: Final = re.compile("(?:净增加?|新增加?|新建|增加|提高)约?$")
"""Words right before an amount that is added: 净增99.5亿元."""
_COMPARED: Final = re.compile(r"(?:比|较|相比|相较)于?((?:19|20)[0-9]{2})年(?:末|底)?的?约?$")
_WORDS: Final = 16
_NEARLY: Final = Decimal("0.95")
"""Of a doubling that is called so though a little is missing."""
_DOUBTFUL: Final = Decimal("0.7")


@dataclass(frozen=True, slots=True)
class End:
    """A figure that may be an end of the growth."""

    value: Decimal
    interval: Interval
    unit: str
    year: int
    place: Mention
    sure: bool
    near: bool = False
    undated: bool = False
    """Whether its year is not printed, and may be the first of the growth's years as well as the one before."""


class Levels:
    """Levels of the text by line, and of the table by concept."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.region = facts, region_of(facts)
        self.by_line: dict[tuple[int, str], list[int]] = defaultdict(list)
        self.concept: dict[int, Concept] = {}
        for row, record in enumerate(facts["claims"]):
            if text(record, "kind") in _LEVELS or _is_level(record):
                self.by_line[integer(record, "line") or 0, text(record, "section")].append(row)
        self._elsewhere: concepts.Index[int] | None = None
        self.table = concepts.Index(
            (concepts.of_indicator(record, region=self.region), row) for row, record in enumerate(facts["indicators"])
        )

        self.named: dict[str, list[int]] = defaultdict(list)
        for row, record in enumerate(facts["indicators"]):
            self.named[normal_name(text(record, "name"))].append(row)

    def of(self, row: int) -> Concept:
        """What a claim is a level of."""
        if row not in self.concept:
            record = self.facts["claims"][row]
            concept = concepts.of_claim(record, region=self.region)
            statistic = "share" if text(record, "of") and concept.of is not None else "level"
            self.concept[row] = replace(concept, statistic=statistic) if concept.statistic == "growth" else concept
        return self.concept[row]

    def amount_before(self, growth: int) -> int | None:
        """The amount before a share in one sentence: X达到60亿元，占12%，年均增长8% may be growth of X."""
        ours = self.facts["claims"][growth]
        lined = self.by_line.get((integer(ours, "line") or 0, text(ours, "section")), [])
        at = bisect_left(lined, growth)
        for row in reversed(lined[max(at - 3, 0) : at]):
            theirs = self.facts["claims"][row]
            if text(theirs, "subject") == text(ours, "subject") and not is_share(text(theirs, "unit")):
                return row
        return None

    def level_of(self, growth: int) -> int:
        """The level in the same line that a growth is of; itself where none stands there."""
        return next(iter(self.levels_before(growth)), growth)

    def levels_before(self, growth: int) -> list[int]:
        """The levels before a growth that it may be of, nearest first."""
        record = self.facts["claims"][growth]
        lined = self.by_line.get((integer(record, "line") or 0, text(record, "section")), [])
        at = bisect_left(lined, growth)
        return [row for row in reversed(lined[max(at - 3, 0) : at]) if self._is_same(growth, row)]

    def year_of(self, row: int) -> int | None:
        """The year of a level."""
        return self.compared_year(row) or last_year(self.facts["claims"][row])

    def compared_year(self, row: int) -> int | None:
        """The year of a figure that another is compared with: 较2018年的13家."""
        record, document = self.facts["claims"][row], self.facts.document
        line, start = integer(record, "line") or 0, integer(record, "start") or 0
        if document is None or not 0 < line <= len(document.lines):
            return None
        found = _COMPARED.search(document.lines[line - 1][max(start - _WORDS, 0) : start])
        return int(found[1]) if found else None

    def thing(self, row: int) -> int:
        """The claim that says what a figure is of: where it is bare, or compared with the one before, that one."""
        record = self.facts["claims"][row]
        lined = self.by_line.get((integer(record, "line") or 0, text(record, "section")), [])
        at = bisect_left(lined, row)
        for _ in range(3):
            bare = not GROWTH.sub("", text(self.facts["claims"][row], "indicator"))
            if not at or not (bare or self.compared_year(row)):
                break
            at -= 1
            row = lined[at]
        return row

    def beside(self, growth: int) -> Iterator[End]:
        """The levels in the same line that are of what grows, nearest first; one that may grow is of itself."""
        record = self.facts["claims"][growth]
        key = (integer(record, "line") or 0, text(record, "section"))
        lined = self.by_line.get(key, [])
        at = bisect_left(lined, growth)
        rows = sorted(lined[max(at - _NEAR, 0) : at + _NEAR], key=lambda row: abs(row - growth))
        for row in rows:
            other = self.facts["claims"][row]
            grows = row == growth and text(other, "kind") == "growth" and is_share(text(other, "unit"))
            if not grows and self._is_same(growth, row) and (end := self.end(row)) is not None:
                yield end

    def elsewhere(self, growth: int, year: int) -> Iterator[End]:
        """The figure that other paragraphs give for what grows, in a year; none where they differ or name nothing."""
        concept = self.of(growth)
        if not concept.subject or is_generic(concept):
            return
        if self._elsewhere is None:
            rows = sorted(row for many in self.by_line.values() for row in many)
            self._elsewhere = concepts.Index((self.of(row), row) for row in rows)
        ends = [
            self.end(row)
            for row, match in self._elsewhere.find(concept)
            if match.same is Same.YES and last_year(self.facts["claims"][row]) == year
        ]
        found = [end for end in ends if end is not None]
        if len({(end.value, end.unit) for end in found}) == 1:
            yield found[0]

    def end(self, row: int) -> End | None:
        """A level of the text as an end of a growth."""
        record = self.facts["claims"][row]
        year, value = self.compared_year(row) or last_year(record), decimal(record, "value")
        if year is None or value is None:
            return None
        return End(
            value,
            interval(value, bound=text(record, "bound") or "eq", unit=text(record, "unit")),
            text(record, "unit"),
            year,
            claim_mention(self.facts, row),
            (decimal(record, "confidence") or Decimal(1)) >= _DOUBTFUL,
        )

    def earlier(self, growth: int, year: int) -> Iterator[End]:
        """The figure of the line that a growth leads away from, whose year is not printed: 从298亿元提高到440亿元."""
        record = self.facts["claims"][growth]
        lined = self.by_line.get((integer(record, "line") or 0, text(record, "section")), [])
        at = bisect_left(lined, growth)
        for row in reversed(lined[max(at - 3, 0) : at]):
            other = self.facts["claims"][row]
            value = decimal(other, "value")
            if "its year is not printed" in text(other, "note") and value is not None and self._is_same(growth, row):
                own = interval(value, bound=text(other, "bound") or "eq", unit=text(other, "unit"))
                yield End(
                    value, own, text(other, "unit"), year, claim_mention(self.facts, row), sure=True, undated=True
                )

    def _is_same(self, growth: int, row: int) -> bool:
        growth, row = self.thing(growth), self.thing(row)
        if growth == row or _words(self.facts["claims"][growth]) == _words(self.facts["claims"][row]):
            return True
        return concepts.same(self.of(growth), self.of(row)).same is Same.YES

    def in_table(self, growth: int, year: int) -> Iterator[End]:
        """The figure of the table for what grows, in a year."""
        found = list(self.table.find(self.of(growth)))
        thing = self.facts["claims"][self.thing(growth)]
        if not found and not text(thing, "subject"):  # 全员劳动生产率, of nobody in particular: the row of that name
            found = [(row, YES) for row in self.named.get(normal_name(text(thing, "indicator")), [])]
        for row, match in found:
            record = self.facts["indicators"][row]
            for end in ("base", "target"):
                value, cell = decimal(record, f"{end}_value"), cell_interval(record, f"{end}_value")
                if integer(record, f"{end}_year") != year or value is None or cell is None:
                    continue
                if match.same is Same.YES or match.doubts == (Doubt.SCOPE,):
                    near = match.same is not Same.YES
                    yield End(
                        value, cell, text(record, "unit"), year, target_mention(self.facts, row), sure=True, near=near
                    )


def _is_level(record: Record) -> bool:
    """Whether a claim is the later end of “from 24 to 235”, which the reader keeps as growth of its own unit."""
    return (
        text(record, "kind") == "growth"
        and not is_share(text(record, "unit"))
        and "decrease" not in text(record, "note")
        and not _CHANGE.search(text(record, "quote").partition(text(record, "printed"))[0])
    )


def _words(record: Record) -> str:
    scope = text(record, "scope").replace("全区", "").replace("全市", "").replace("全县", "")
    words = text(record, "subject") + text(record, "indicator")
    return names.normalise(words if scope in words else scope + words)


def _case(record: Record, base: End, target: End) -> Case | None:
    stated = decimal(record, "value")
    factor = converted(Decimal(1), target.unit, base.unit) if target.unit != base.unit else Decimal(1)
    if stated is None or base.value <= 0 or target.value < 0 or target.year <= base.year or factor is None:
        return None
    bound = text(record, "bound") or "eq"
    said = interval(stated, bound=bound, open_ended=True)
    return Case(
        base.value,
        target.value * factor,
        (base.interval, target.interval.times(factor)),
        target.year - base.year,
        base.unit,
        stated,
        said,
    )


def find_text(facts: Facts) -> Iterator[Finding]:
    """A mean annual growth in the text is not that of the figures it stands beside.

    Formula: (later ÷ earlier)^(1/n) − 1. The ends are figures of the same thing in the same paragraph, in the last year
    of the growth's period and the year before its first (of a growth without its first year: the nearest earlier one);
    one of them may come from the table, or from another paragraph that names the same thing. Tolerance: rounding and
    bounds of all figures (突破 lies within a tenth above).
    An error; a warning where an end is doubtful or its scope unnamed. A finding: 1.7 % in 2015, 3.0 % in 2020 and
    2.9 % a year. None: year-on-year growth; “突破663亿元” with 11.6 %; both ends from the table (``growth.stated``).
    """
    levels = Levels(facts)
    for row, record in enumerate(facts["claims"]):
        if text(record, "kind") != "growth" or not is_share(text(record, "unit")):
            continue
        if "annual" not in text(record, "note") or "decrease" in text(record, "note"):
            continue
        ends = _ends(levels, row, row) or _ends_of_amount(levels, row)
        case = _case(record, *ends) if ends else None
        if ends is None or case is None or case.agrees or _in_points(case):
            continue
        later = _case(record, replace(ends[0], year=ends[0].year + 1), ends[1]) if ends[0].undated else None
        if later is not None and later.agrees:
            continue
        yield _finding(facts, row, facts["claims"][levels.thing(row)], case, *ends)


def _ends_of_amount(levels: Levels, row: int) -> tuple[End, End] | None:
    """The ends of the amount that stands before a share, of which the growth may be said: a doubtful reading."""
    record = levels.facts["claims"][row]
    amount = levels.amount_before(row) if "占" in text(record, "indicator") else None
    ends = _ends(levels, row, amount) if amount is not None else None
    return (replace(ends[0], near=True), ends[1]) if ends else None


def _ends(levels: Levels, row: int, of: int) -> tuple[End, End] | None:
    """The figures at both ends of a growth, for what another claim is of."""
    span = span_of(levels.facts["claims"][row])
    if span is None:
        return None
    beside = list(levels.beside(of))
    targets = [one for one in beside if one.year == span.last_year]
    first = span.first_year - 1 if span.months > 12 else None
    bases = (
        [one for one in beside if one.year == first] if first else [one for one in beside if one.year < span.last_year]
    )
    target = targets[0] if targets else None
    base = max(bases, key=lambda one: one.year) if bases else None
    if target and first and base is None:
        base = next(levels.earlier(of, first), None) or next(levels.in_table(of, first), None)
        base = base or next(levels.elsewhere(of, first), None)
    elif base and target is None:
        target = next(levels.in_table(of, span.last_year), None) or next(levels.elsewhere(of, span.last_year), None)
    return (base, target) if base and target else None


def _in_points(case: Case) -> bool:
    """Whether a share's stated growth is its change in points, over all years or a year: ``dimension`` tells of it."""
    if not is_share(case.unit):
        return False
    change = Interval(case.ends[1].low - case.ends[0].high, case.ends[1].high - case.ends[0].low)
    return any(case.said.meets(Interval(change.low / years, change.high / years)) for years in (1, case.years))


def _finding(facts: Facts, row: int, thing: Record, case: Case, base: End, target: End) -> Finding:
    record = facts["claims"][row]
    name = text(thing, "subject") + text(thing, "indicator")
    confidence = decimal(record, "confidence") or Decimal(1)
    sure = base.sure and target.sure and not (base.near or target.near) and confidence >= _DOUBTFUL
    first, last = plain(case.base), plain(case.target)
    numbers = [
        printed(STATED, case.stated, "%"),
        computed(IMPLIED, case.implied_pct, "%", by=f"({last}÷{first})^(1/{case.years})−1", within=case.implied),
        computed(
            TARGET_AT_STATED,
            case.base * (1 + case.stated / 100) ** case.years,
            case.unit,
            by=f"{first}×(1+{plain(case.stated)}%)^{case.years}",
        ),
    ]
    if case.is_total:
        numbers.append(computed(TOTAL, case.total_pct, "%", by=f"{last}÷{first}−1", years=case.years))
    return Finding(
        "growth.text",
        Severity.ERROR if sure else Severity.WARNING,
        mark("“%(name)s”: stated %(stated)s%% a year; %(base)s (%(first)s) to %(target)s (%(last)s) is %(implied)s%%."),
        text(record, "id") or f"{name}/{text(record, 'span')}",
        {
            "name": name,
            "stated": plain(case.stated),
            "base": plain(case.base) + case.unit,
            "first": base.year,
            "target": plain(case.target) + case.unit,
            "last": target.year,
            "implied": plain(case.implied_pct, 1),
        },
        tuple(numbers),
        (claim_mention(facts, row), *(one.place for one in (base, target))),
        mark("Correct the growth, or the figures it is computed from."),
    )


def find_doublings(facts: Facts) -> Iterator[Finding]:
    """A figure is said to double, or to double twice, and the figures say otherwise.

    Formula: later ÷ earlier ≥ 2ⁿ (less 5 %), and below 2ⁿ⁺¹: n doublings (番) between the year compared with, or the
    base year, and the figure's own. Ends as for growth. An error below, a warning above. A finding: 46家 in 2025, 92家
    in 2030, 翻两番. None: 46 to 95, 翻一番.
    """
    levels = Levels(facts)
    base_year = facts.base_year
    for row, record in enumerate(facts["claims"]):
        times, span = decimal(record, "value"), span_of(record)
        if text(record, "unit") != DOUBLING or times is None or span is None:
            continue
        first = span.first_year - 1 if span.months > 12 else base_year
        ends = [one for one in levels.beside(row) if one.unit != DOUBLING]
        targets = [one for one in ends if one.year == span.last_year]
        if first is None or not targets:
            continue
        of = levels.level_of(row)
        bases = [one for one in ends if one.year == first] or list(levels.in_table(of, first))
        base = bases[0] if bases else next(levels.elsewhere(of, first), None)
        if base is None or base.unit != targets[0].unit or base.interval.low <= 0:
            continue
        ratio = targets[0].interval / base.interval
        wanted = Decimal(2) ** int(times)
        if ratio.high < wanted * _NEARLY or ratio.low >= wanted * 2:
            yield _doubling(facts, row, int(times), base, targets[0], below=ratio.high < wanted)


def _doubling(facts: Facts, row: int, times: int, base: End, target: End, *, below: bool) -> Finding:
    record = facts["claims"][row]
    name = text(record, "subject") + text(record, "indicator")
    ratio = target.value / base.value
    return Finding(
        "growth.doubling",
        Severity.ERROR if below else Severity.WARNING,
        mark("“%(name)s” is said to double %(times)s times from %(first)s to %(last)s; it grows to %(ratio)s times."),
        text(record, "id") or name,
        {"name": name, "times": times, "first": base.year, "last": target.year, "ratio": plain(ratio, 2)},
        (
            printed(mark("Earlier figure"), base.value, base.unit),
            printed(mark("Later figure"), target.value, target.unit),
            computed(mark("Multiple"), ratio, "倍", by=f"{plain(target.value)}÷{plain(base.value)}", places=2),
            computed(mark("Multiple of so many doublings"), Decimal(2) ** times, "倍", by=f"2^{times}"),
        ),
        (claim_mention(facts, row), base.place, target.place),
        mark("Correct the number of doublings, or the figures."),
    )


RULES: Final = (
    Rule("growth.doubling", mark("Doublings against their figures"), ("claims",), find_doublings),
    Rule("growth.text", mark("Growth in the text against its figures"), ("claims", "indicators"), find_text),
)
