"""Parts and wholes: rows of the table of targets that make up another, parts that exceed it, shares, named parts.

The values of printed parts are intervals, and so is their sum; it differs from the whole if the two do not meet.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Severity
from zhizao.engines.planlint.rules._common import (
    added,
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
    target_mention,
    text,
)
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tables.values import converted
from zhizao.engines.planlint.text import concepts
from zhizao.engines.planlint.text.concepts import Concept, Same
from zhizao.engines.planlint.tolerance import Interval, interval
from zhizao.kernel.result import mark

REST: Final = re.compile(r"^(?:其他|其它|其余|其他行业|其它行业|其他产业|其它产业|其他工业|其它工业)")
OVERLAPPING: Final = re.compile(
    r"新兴|高技术|高新|数字|智能|绿色|先进|民营|国有|外资|中小|龙头|骨干|重点|主导|支柱|优势|特色|服务型|"
    r"出口|园区|开发区|未来|大健康|大数据|信息服务|上市|专精特新"
)
"""Classes that cut across sectors: they do not add up with them."""
_OF_WHICH: Final = re.compile(r"^\s*其中")
_ENDS: Final = ("base", "target")
_WITHIN: Final = (
    ("profit", "profit_and_tax"),
    ("tax", "profit_and_tax"),
    ("value_added", "output"),
    ("profit", "revenue"),
)
"""What lies within what by definition, for one subject and scope."""
_ZERO: Final = Interval(Decimal(0), Decimal(0))


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table of targets and what it measures."""

    row: int
    record: Record
    concept: Concept

    @property
    def name(self) -> str:
        """As printed."""
        return text(self.record, "name")

    @property
    def unit(self) -> str:
        """As printed."""
        return text(self.record, "unit")

    def value(self, end: str) -> Decimal | None:
        """Base or target as printed."""
        return decimal(self.record, f"{end}_value")

    def interval(self, end: str) -> Interval | None:
        """What base or target stands for."""
        return cell_interval(self.record, f"{end}_value")

    def year(self, end: str) -> int | None:
        """Base or target year."""
        return integer(self.record, f"{end}_year")


def rows_of(facts: Facts) -> list[Row]:
    """The rows of the table of targets with their concepts."""
    region = region_of(facts)
    return [
        Row(row, record, concepts.of_indicator(record, region=region)) for row, record in enumerate(facts["indicators"])
    ]


def _key(rows: Sequence[Row]) -> str:
    return "/".join(text(one.record, "id") or one.name for one in rows)


def parts_of(rows: Sequence[Row]) -> Iterator[tuple[Row, list[Row], bool]]:
    """Each whole of the table with its parts, and whether they are all of it: the last is “others”.

    The whole is the row of the same measure, scope and unit said of industry as a whole; its parts are rows of named
    sectors, each once. Rows of classes that cut across sectors are no parts.
    """
    wholes: dict[Hashable, Row] = {}
    for one in rows:
        if one.concept.whole and one.concept.statistic == "level" and not is_share(one.unit):
            wholes.setdefault(_kind(one), one)
    parts: dict[Hashable, list[Row]] = defaultdict(list)
    subjects: dict[Hashable, set[tuple[str, ...]]] = defaultdict(set)
    complete: set[Hashable] = set()
    before: Hashable = None
    for one in rows:
        kind = _kind(one)
        if REST.match(one.name):
            if before in wholes and wholes[before].unit == one.unit and before not in complete:
                parts[before].append(one)
                complete.add(before)
            before = None
        elif kind in wholes and _is_part(one) and one.concept.subject not in subjects[kind]:
            subjects[kind].add(one.concept.subject)
            parts[kind].append(one)
            before = kind
        else:
            before = None
    for kind, group in parts.items():
        if len(group) >= 2:
            yield wholes[kind], group, kind in complete


def _kind(one: Row) -> Hashable:
    """What a part has in common with its whole."""
    concept = one.concept
    return concept.measure, concept.scope, concept.area, concept.per, one.unit


def _is_part(one: Row) -> bool:
    concept = one.concept
    named = len(concept.subject) == 1 and not concept.whole
    return named and concept.statistic == "level" and not OVERLAPPING.search(one.name)


def find_parts(facts: Facts) -> Iterator[Finding]:
    """The sectors of the table do not make up the whole.

    Formula: Σ parts = whole where the last part is “others”, Σ parts ≤ whole where it is not; in the base year and in
    the target year. Tolerance: rounding of the whole and of every part. An error. A finding: 40+30+20 against 100 with
    “others” among them. None: 663.2+235.5+206.9+58.9+135 = 1,299.5 against a printed 1,300; sectors that leave a rest;
    classes that cut across sectors (战略性新兴产业, 高技术).
    """
    for whole, parts, complete in parts_of(rows_of(facts)):
        for end in _ENDS:
            total, printed_total = whole.interval(end), whole.value(end)
            intervals = [one.interval(end) for one in parts]
            values = [value for one in parts if (value := one.value(end)) is not None]
            if total is None or printed_total is None or len(values) != len(parts):
                continue
            span = sum((one for one in intervals if one is not None), start=_ZERO)
            if span.meets(total) or (not complete and span.low <= total.high):
                continue
            result = sum(values, Decimal(0))
            yield Finding(
                "sums.parts",
                Severity.ERROR,
                mark("%(year)s: the %(count)s parts of “%(name)s” give %(sum)s, not %(total)s.")
                if complete
                else mark(
                    "%(year)s: the %(count)s parts of “%(name)s” give %(sum)s, more than the whole of %(total)s."
                ),
                f"{_key([whole])}/{end}",
                {
                    "year": whole.year(end),
                    "count": len(parts),
                    "name": whole.name,
                    "sum": plain(result),
                    "total": plain(printed_total),
                },
                (
                    printed(mark("Whole as printed"), printed_total, whole.unit),
                    computed(mark("Sum of the parts"), result, whole.unit, by=added(values), within=span, places=2),
                    computed(
                        mark("Difference"),
                        result - printed_total,
                        whole.unit,
                        by=f"{plain(result)}−{plain(printed_total)}",
                        places=2,
                    ),
                ),
                tuple(target_mention(facts, one.row) for one in [whole, *parts]),
                mark("Correct the part or the whole; the others are what is left."),
            )


def find_within(facts: Facts) -> Iterator[Finding]:
    """A part of the table exceeds what it is a part of.

    Formula: above-scale industry ≤ all industry of one measure; what stands behind 其中 ≤ the row before it of the same
    unit; profit ≤ profit and tax, value added ≤ output of one subject and scope. Base and target year; rounding of
    both. An error. None: equal figures; rows of two units; shares.
    """
    rows = rows_of(facts)
    for part, whole in _pairs(rows):
        for end in _ENDS:
            low, high = part.interval(end), whole.interval(end)
            mine, theirs = part.value(end), whole.value(end)
            if low is None or high is None or mine is None or theirs is None or low.low <= high.high:
                continue
            yield Finding(
                "sums.within",
                Severity.ERROR,
                mark("%(year)s: “%(part)s” is %(value)s, more than “%(whole)s” of which it is a part (%(total)s)."),
                f"{_key([part, whole])}/{end}",
                {
                    "year": part.year(end),
                    "part": part.name,
                    "whole": whole.name,
                    "value": plain(mine),
                    "total": plain(theirs),
                },
                (
                    printed(mark("Part as printed"), mine, part.unit),
                    printed(mark("Whole as printed"), theirs, whole.unit),
                    computed(
                        mark("Difference"), mine - theirs, part.unit, by=f"{plain(mine)}−{plain(theirs)}", places=2
                    ),
                ),
                (target_mention(facts, part.row), target_mention(facts, whole.row)),
                mark("Correct one of the two."),
            )


def _pairs(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Parts with their whole: by scope, by 其中, by what one measure is of another."""
    levels = [one for one in rows if one.concept.statistic == "level" and not is_share(one.unit) and one.unit]
    by_measure: dict[tuple[object, ...], Row] = {
        (one.concept.measure, one.concept.subject, one.concept.scope, one.concept.area, one.concept.per, one.unit): one
        for one in levels
        if one.concept.measure and one.concept.subject
    }
    seen: set[tuple[int, int]] = set()

    def pair(part: Row, whole: Row | None) -> Iterator[tuple[Row, Row]]:
        if whole is not None and whole.row != part.row and (part.row, whole.row) not in seen:
            seen.add((part.row, whole.row))
            yield part, whole

    for one in levels:
        concept = one.concept
        rest = (concept.area, concept.per, one.unit)
        if concept.scope == "above_scale":
            for scope in ("all", ""):
                yield from pair(one, by_measure.get((concept.measure, concept.subject, scope, *rest)))
        for inner, outer in _WITHIN:
            if concept.measure == inner:
                yield from pair(one, by_measure.get((outer, concept.subject, concept.scope, *rest)))
    whole: Row | None = None
    for one in rows:
        if not _OF_WHICH.match(one.name):
            whole = one
        elif whole is not None and whole.unit == one.unit and not is_share(one.unit):
            yield from pair(one, whole)


def find_shares(facts: Facts) -> Iterator[Finding]:
    """The shares that the table gives of one whole exceed 100 %.

    Formula: Σ shares of one denominator and year ≤ 100, by sectors; rounding of every share. An error. None: shares of
    classes that cut across sectors; shares of two wholes.
    """
    groups: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for one in rows_of(facts):
        concept = one.concept
        if concept.statistic == "share" and concept.of is not None and not OVERLAPPING.search(one.name):
            groups[concept.measure, concept.scope, concept.of].append(one)
    for group in groups.values():
        for end in _ENDS:
            values = [(one, value) for one in group if (value := one.value(end)) is not None]
            low = sum((cell.low for one, _ in values if (cell := one.interval(end)) is not None), Decimal(0))
            if len(values) < 2 or low <= 100:
                continue
            total = sum((value for _, value in values), Decimal(0))
            yield Finding(
                "sums.shares",
                Severity.ERROR,
                mark("%(year)s: %(count)s shares of one whole give %(sum)s%%."),
                f"{_key(group)}/{end}",
                {"year": group[0].year(end), "count": len(values), "sum": plain(total)},
                (computed(mark("Sum of the shares"), total, "%", by=added(value for _, value in values)),),
                tuple(target_mention(facts, one.row) for one, _ in values),
                mark("Correct the shares, or say what each is a share of."),
            )


def find_named(facts: Facts) -> Iterator[Finding]:
    """A total that the text gives for named parts is not the sum of what is printed for each.

    Formula: value of the claim = Σ values of its parts of the same measure and year, from the table of targets; at
    least two parts, and all of them found. Tolerance: rounding of all figures, and the bound of the claim. An error; a
    warning where a part's name is only near or no scope is named. A finding: “A, B and C make 730.9” where the table
    has 383.3, 176.0, 117.4. None: 约731 against 730.9; a list with a part that stands nowhere else.
    """
    region = region_of(facts)
    index = concepts.Index((one.concept, one) for one in rows_of(facts))
    for row, record in enumerate(facts["claims"]):
        names = [name for name in text(record, "parts").split("、") if name]
        value, year = decimal(record, "value"), last_year(record)
        concept = concepts.of_claim(record, region=region)
        if len(names) < 2 or value is None or year is None or concept.statistic != "level" or not concept.measure:
            continue
        if concept.measure == "count":
            continue
        found = [_named_part(name, concept, text(record, "unit"), year, index) for name in names]
        parts = [one for one in found if one is not None]
        if len(parts) != len(names):
            continue
        stated = interval(value, bound=text(record, "bound") or "eq", unit=text(record, "unit"))
        span = sum((one.interval for one in parts), start=_ZERO)
        if span.meets(stated):
            continue
        result = sum((one.value for one in parts), Decimal(0))
        unit = text(record, "unit")
        yield Finding(
            "sums.named",
            Severity.ERROR if all(one.sure for one in parts) else Severity.WARNING,
            mark("The text gives %(total)s for %(names)s together; one by one they give %(sum)s."),
            text(record, "id") or "、".join(names),
            {"total": plain(value) + unit, "names": "、".join(names), "sum": plain(result) + unit},
            (
                printed(mark("Whole as printed"), value, unit),
                computed(mark("Sum of the parts"), result, unit, by=added(one.value for one in parts), places=2),
                computed(mark("Difference"), result - value, unit, by=f"{plain(result)}−{plain(value)}", places=2),
            ),
            (claim_mention(facts, row), *(target_mention(facts, one.row) for one in parts)),
            mark("Correct the total or the parts, or name the parts that it leaves out."),
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """What the table prints for a part that the text names, in the claim's unit."""

    row: int
    value: Decimal
    interval: Interval
    sure: bool


def _named_part(name: str, whole: Concept, unit: str, year: int, index: concepts.Index[Row]) -> _Part | None:
    """What the table prints for one name; a scope that the text leaves out is that of the table."""
    subject = concepts.parse(f"{name}产业产值", unit="亿元").subject
    for scope in (whole.scope,) if whole.scope else ("", "above_scale", "all"):
        for one, match in index.find(replace(whole, subject=subject, scope=scope)):
            for end in _ENDS:
                value, cell = one.value(end), one.interval(end)
                if one.year(end) != year or value is None or cell is None:
                    continue
                factor = converted(Decimal(1), one.unit, "亿元" if unit == "亿" else unit)
                if factor is not None:
                    sure = match.same is Same.YES
                    return _Part(one.row, value * factor, cell.times(factor), sure)
    return None


_NEEDS: Final = ("indicators",)
RULES: Final = (
    Rule("sums.parts", mark("Sectors against the whole"), _NEEDS, find_parts),
    Rule("sums.within", mark("A part that exceeds its whole"), _NEEDS, find_within),
    Rule("sums.shares", mark("Shares that exceed their whole"), _NEEDS, find_shares),
    Rule("sums.named", mark("A total of named parts"), ("indicators", "claims"), find_named),
)
