"""What the text adds within the plan's years, against base and target of the table; falls against the table's falls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Severity
from zhizao.engines.planlint.growth import COUNT_UNITS, SHARE_UNITS
from zhizao.engines.planlint.rules._common import (
    cell_interval,
    claim_mention,
    computed,
    decimal,
    plain,
    printed,
    region_of,
    span_of,
    target_mention,
    text,
)
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.text import concepts
from zhizao.engines.planlint.text.concept_words import INCREMENT
from zhizao.engines.planlint.text.concepts import Same
from zhizao.engines.planlint.tolerance import Interval, interval
from zhizao.kernel.result import mark

_NET: Final = re.compile("净增")
_LEAVES: Final = re.compile("企业|公司|人才|项目")
"""What may also leave the stock: of these more may be added than the stock grows by."""
_YEARLY: Final = re.compile("年均|每年|增速|增长率")
_BRACKETED: Final = re.compile(r"(?:[\[〔【(（]|累计)\s*-?([0-9]{1,3}(?:\.[0-9]{1,3})?)\s*%?\s*(?:[\]〕】)）]|$)")
_OTHER: Final = re.compile("decrease|annual")
_FALLS: Final = re.compile("下降|降低|减少|压减")


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table with both ends."""

    row: int
    record: Record
    base: Decimal
    target: Decimal


def find_added(facts: Facts) -> Iterator[Finding]:
    """What the text adds to a stock within the plan's years is not what the table lets the stock grow by.

    Formula: added = target − base. Tolerance: rounding and bounds of all three. An error where less is added than the
    stock grows by, or 净增 says that nothing else changes it; a warning where more is, an info for what also leaves
    (企业, 人才). A finding: 五年新建研发平台33个 where the table lets them grow from 37 to 60. None: what is added each
    year; an addition without the plan's years.
    """
    region = region_of(facts)
    index: concepts.Index[_Row] = concepts.Index(
        (concepts.of_indicator(row.record, region=region), row) for row in _rows(facts)
    )
    for number, record in enumerate(facts["claims"]):
        value, unit = decimal(record, "value"), text(record, "unit")
        if value is None or unit not in COUNT_UNITS or not _adds(record) or not _in_plan(facts, record):
            continue
        concept = concepts.of_claim(record, region=region)
        wanted = replace(concept, statistic="level", measure=concept.measure or "count")
        rows = [row for row, match in index.find(wanted) if match.same is Same.YES]
        if len(rows) == 1:
            yield from _compared(facts, number, value, unit, rows[0])


def _rows(facts: Facts) -> Iterator[_Row]:
    for row, record in enumerate(facts["indicators"]):
        base, target = decimal(record, "base_value"), decimal(record, "target_value")
        name = text(record, "name")
        if base is not None and target is not None and target > base and not INCREMENT.search(name):
            yield _Row(row, record, base, target)


def _adds(record: Record) -> bool:
    if _YEARLY.search(text(record, "indicator")) or _OTHER.search(text(record, "note")):
        return False
    return INCREMENT.search(text(record, "indicator")) is not None or text(record, "kind") == "growth"


def _in_plan(facts: Facts, record: Record) -> bool:
    """Whether a figure is said for all the plan's years."""
    years = facts.period_years
    span = span_of(record)
    if span is not None and years is not None:
        return (span.first_year, span.last_year) == tuple(years) and span.months == 12 * (years[1] - years[0] + 1)
    return span is None and "over all these years" in text(record, "note")


def _compared(facts: Facts, number: int, value: Decimal, unit: str, row: _Row) -> Iterator[Finding]:
    record = facts["claims"][number]
    base, target = cell_interval(row.record, "base_value"), cell_interval(row.record, "target_value")
    if base is None or target is None:
        return
    said = interval(value, bound=text(record, "bound") or "eq", unit=unit, open_ended=True)
    low, high = target.low - base.high, target.high - base.low
    if said.low <= high and low <= said.high:
        return
    name, grown = text(row.record, "name"), row.target - row.base
    is_net = _NET.search(text(record, "indicator") + text(record, "quote")) is not None
    less = said.high < low
    severity = Severity.ERROR if less or is_net else Severity.WARNING
    if severity is Severity.WARNING and _LEAVES.search(name):
        severity = Severity.INFO
    yield Finding(
        "agreement.added",
        severity,
        mark("“%(name)s”: the text adds %(added)s within the plan's years; the table grows by %(grown)s.")
        if less or is_net
        else mark(
            "“%(name)s”: the text adds %(added)s within the plan's years; the table grows by %(grown)s, so that "
            "%(leaves)s must leave."
        ),
        text(row.record, "id") or name,
        {
            "name": name,
            "added": plain(value) + unit,
            "grown": plain(grown) + unit,
            "leaves": plain(value - grown) + unit,
        },
        (
            printed(mark("Added, in the text"), value, unit),
            computed(mark("Growth that the table sets"), grown, unit, by=f"{plain(row.target)}−{plain(row.base)}"),
        ),
        (claim_mention(facts, number), target_mention(facts, row.row)),
        mark("Bring the addition in line with base and target, or say how many are to leave."),
    )


def find_falls(facts: Facts) -> Iterator[Finding]:
    """A fall over the plan's years that the text states otherwise than the table.

    Formula: the two printed percentages, of one concept; the table's row is itself a fall over all years (下降, without
    年均). Tolerance: rounding and bounds. An error. A finding: 能耗比2025年下降17% where the table has [14]. None: a
    fall a year; a fall to another year.
    """
    region = region_of(facts)
    index: concepts.Index[int] = concepts.Index(
        (concepts.of_indicator(record, region=region), row)
        for row, record in enumerate(facts["indicators"])
        if _falls(record)
    )
    for number, record in enumerate(facts["claims"]):
        note = text(record, "note")
        if text(record, "kind") != "growth" or "decrease" not in note or "annual" in note:
            continue
        if text(record, "unit") not in SHARE_UNITS or not _in_plan(facts, record):
            continue
        for row, match in index.find(replace(concepts.of_claim(record, region=region), statistic="growth")):
            own, value = _fall(facts["indicators"][row]), decimal(record, "value")
            if match.same is not Same.YES or own is None or value is None:
                continue
            if not interval(value, bound=text(record, "bound") or "eq", open_ended=True).meets(own[1]):
                yield _other_fall(facts, number, row, value)


def _falls(record: Record) -> bool:
    """Whether a row of the table is itself a fall over all years, per cent."""
    name = text(record, "name")
    is_all_years = _FALLS.search(name) is not None and not _YEARLY.search(name)
    return is_all_years and text(record, "unit") in SHARE_UNITS and _fall(record) is not None


def _fall(record: Record) -> tuple[Decimal, Interval] | None:
    """The fall that a row prints: as its target, or in brackets as the change over all years, [14]."""
    if found := _BRACKETED.search(text(record, "growth_printed")):
        return Decimal(found[1]), interval(Decimal(found[1]))
    value, own = decimal(record, "target_value"), cell_interval(record, "target_value")
    return None if value is None or own is None else (value, own)


def _other_fall(facts: Facts, number: int, row: int, value: Decimal) -> Finding:
    target = facts["indicators"][row]
    fall = _fall(target)
    own = fall[0] if fall else Decimal(0)
    name = text(target, "name")
    return Finding(
        "agreement.fall",
        Severity.ERROR,
        mark("“%(name)s”: %(value)s%% in the text, %(own)s%% in the table, over the same years."),
        text(target, "id") or name,
        {"name": name, "value": plain(value), "own": plain(own)},
        (
            printed(mark("Fall in the text"), value, "%"),
            printed(mark("Fall in the table"), own, "%"),
        ),
        (claim_mention(facts, number), target_mention(facts, row)),
        mark("Use one figure throughout."),
    )


def find_beyond(facts: Facts) -> Iterator[Finding]:
    """A stock is said to have grown by all of itself or more within a few years.

    Formula: increase ≥ the level that it led to, so that nothing stood at the beginning. An error. A finding: 企业达到
    412家，比2020年净增412家. None: 新增 of things that are new; an increase that is named alone.
    """
    rows = facts["claims"]
    for number in range(1, len(rows)):
        record, before = rows[number], rows[number - 1]
        value, level = decimal(record, "value"), decimal(before, "value")
        if text(record, "kind") != "growth" or value is None or level is None or "against" not in text(record, "note"):
            continue
        same = all(text(record, key) == text(before, key) for key in ("line", "subject", "indicator", "unit"))
        if not same or text(record, "unit") in SHARE_UNITS or text(before, "kind") == "growth" or value < level:
            continue
        name, unit = text(record, "subject") + text(record, "indicator"), text(record, "unit")
        yield Finding(
            "growth.beyond",
            Severity.ERROR,
            mark("“%(name)s” stands at %(level)s after an increase of %(value)s: nothing would have stood before."),
            text(record, "id") or name,
            {"name": name, "level": plain(level) + unit, "value": plain(value) + unit},
            (
                printed(mark("Level as printed"), level, unit),
                printed(mark("Increase as printed"), value, unit),
                computed(mark("What stood before"), level - value, unit, by=f"{plain(level)}−{plain(value)}"),
            ),
            (claim_mention(facts, number), claim_mention(facts, number - 1)),
            mark("Correct the increase or the level."),
        )


BOTH: Final = ("indicators", "claims")
RULES: Final = (
    Rule("agreement.added", mark("Additions against base and target"), BOTH, find_added),
    Rule("agreement.fall", mark("A fall in the text against the table"), BOTH, find_falls),
    Rule("growth.beyond", mark("An increase beyond the level"), ("claims",), find_beyond),
)
