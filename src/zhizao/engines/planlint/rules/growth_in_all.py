"""Growth over several years together: 由3000万根提高到4500万根，增长50%; 较2025年提高43%.

growth = (later ÷ earlier − 1) × 100, a fall (1 − later ÷ earlier) × 100
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Severity
from zhizao.engines.planlint.rules._common import (
    claim_mention,
    computed,
    decimal,
    is_share,
    last_year,
    plain,
    printed,
    span_of,
    text,
)
from zhizao.engines.planlint.rules.growth_text import End, Levels
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tables.values import converted
from zhizao.engines.planlint.tolerance import Interval, interval
from zhizao.kernel.result import mark

_AGAINST: Final = re.compile(r"against ((?:19|20)[0-9]{2})\b")
_OTHER: Final = re.compile("annual|year on year")
_HUNDRED: Final = Decimal(100)


def find_in_all(facts: Facts) -> Iterator[Finding]:
    """A growth over several years is not that of the two figures it leads between.

    Formula: (later ÷ earlier − 1) × 100; of a fall (1 − later ÷ earlier) × 100. The later figure is the one before the
    growth in its line, of the same thing; the earlier one is that of the year it is compared with (较2025年), or the
    one it leads away from (由…提高到). Tolerance: rounding and bounds of all three. An error, unless the growth is
    right as the mean of a year (``growth.text``).

    A finding: 由3000提高到4500，增长60%. None: growth year on year; a change in points; an earlier figure that the plan
    does not print.
    """
    levels = Levels(facts)
    for row, record in enumerate(facts["claims"]):
        stated = decimal(record, "value")
        if text(record, "kind") != "growth" or text(record, "unit") != "%" or stated is None:
            continue
        if _OTHER.search(text(record, "note")):
            continue
        ends = _ends(levels, row, record)
        if ends is not None:
            yield from _differs(facts, row, record, stated, *ends)


def _ends(levels: Levels, row: int, record: Record) -> tuple[End, End] | None:
    since = _AGAINST.search(text(record, "note"))
    near = [one for one in levels.levels_before(row) if since is None or levels.year_of(one) != int(since[1])]
    later = near[0] if near else row
    end = levels.end(later) if later != row else None
    if end is None or is_share(end.unit):
        return None
    span = span_of(record)
    first = int(since[1]) if since else None
    if first is None and "over all these years" in text(record, "note") and span is not None and span.months > 12:
        first = span.first_year - 1
    own = levels.facts["claims"][later]
    undated = next(levels.earlier(row, (last_year(own) or end.year) - 1), None)
    if first is None or first >= end.year:
        return None if undated is None else (undated, end)
    beside = [one for one in levels.beside(row) if one.year == first and one.unit == end.unit]
    base = beside[0] if beside else undated
    base = base or next(levels.in_table(later, first), None) or next(levels.elsewhere(later, first), None)
    return None if base is None else (base, end)


def _differs(facts: Facts, row: int, record: Record, stated: Decimal, base: End, target: End) -> Iterator[Finding]:
    factor = Decimal(1) if base.unit == target.unit else converted(Decimal(1), target.unit, base.unit)
    if factor is None or base.interval.low <= 0 or target.interval.low <= 0:
        return
    ratio = target.interval.times(factor) / base.interval
    falls = "decrease" in text(record, "note")
    low, high = (ratio.low - 1) * _HUNDRED, (ratio.high - 1) * _HUNDRED
    given = Interval(-high, -low) if falls else Interval(low, high)
    said = interval(stated, bound=text(record, "bound") or "eq")
    if given.meets(said) or not base.sure or not target.sure or base.near:
        return
    change = (target.value * factor / base.value - 1) * _HUNDRED
    change = -change if falls else change
    name = text(record, "subject") + text(record, "indicator")
    yield Finding(
        "growth.in_all",
        Severity.ERROR,
        mark("“%(name)s” is said to change by %(stated)s%% over all years; %(base)s and %(target)s make %(given)s%%."),
        text(record, "id") or name,
        {
            "name": name,
            "stated": plain(stated),
            "base": plain(base.value) + base.unit,
            "target": plain(target.value) + target.unit,
            "given": plain(change, 1),
        },
        (
            printed(mark("Change printed"), stated, "%"),
            computed(
                mark("Change of the two"),
                change,
                "%",
                by=f"{plain(target.value)}÷{plain(base.value)}−1",
                within=given,
            ),
        ),
        (claim_mention(facts, row), base.place, target.place),
        mark("Correct the change, or the figures it is computed from."),
    )


RULES: Final = (
    Rule("growth.in_all", mark("Growth over all years against its figures"), ("claims", "indicators"), find_in_all),
)
