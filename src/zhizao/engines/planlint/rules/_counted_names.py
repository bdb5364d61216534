"""Numbers against the names that they count, before or behind them (family ``counts``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.rules._claims import plain_noun
from zhizao.engines.planlint.rules._common import printed, text
from zhizao.engines.planlint.rules._enumerations import Counted, counts_before, names, printed_counts
from zhizao.engines.planlint.rules._hits import lines_of
from zhizao.engines.planlint.rules._lines import mention, prose
from zhizao.kernel.result import mark

_LONG_LIST = 8
"""Names from which a list is no accident: it is the one that is counted even if the number is far off."""


def tiers_of(facts: Facts) -> dict[str, list[int]]:
    """The rows of each tier of the list of enterprises."""
    tiers: dict[str, list[int]] = defaultdict(list)
    for row, record in enumerate(facts["enterprises"]):
        if tier := text(record, "tier"):
            tiers[plain_noun(tier)].append(row)
    return tiers


def enumerated(facts: Facts) -> Iterator[Finding]:
    """A number right beside the names that it counts: 甲、乙、丙四大产业; 四家企业（甲、乙、丙）; 四家，分别为甲、乙.

    Formula: names apart by 、 (one more where 和, 与 or 及 may join two) = the number, if there are three names or
    more (two behind 分别为, or where the number is the size of the tier that it names), and at most 2 too few, or 1
    too many (2 behind the number), or a third of the number where eight names or more are a whole list. Behind 等 the
    number may be greater, unless one name alone is left out of four or of a whole tier of the list. A warning: a name
    may be of the sentence.

    A finding: 电子、装备、医药四大产业; 甲、乙、丙、丁等三家企业; 三家龙头企业（甲、乙）. None: 甲、乙、丙等18个车间.
    """
    lines = lines_of(facts)
    sizes = {name: len(rows) for name, rows in tiers_of(facts).items()}
    for index, line in prose(lines):
        for one in (*printed_counts(line), *counts_before(line)):
            low, high = names(one.items)
            if low <= one.number <= high or not _is_sure(one, low, high, sizes):
                continue
            nearest = high if one.number > high else low
            yield Finding(
                "counts.enumerated",
                Severity.WARNING,
                mark("%(names)s names stand behind “%(words)s”.")
                if one.is_ahead
                else mark("%(names)s names stand before “%(words)s”."),
                key="、".join(one.items[-3:]) + one.words,
                params={"names": nearest, "words": one.words},
                numbers=(
                    Number(mark("Names in the list"), Decimal(nearest), "", "、".join(one.items)[-60:]),
                    printed(mark("Number printed"), Decimal(one.number)),
                ),
                places=(mention(lines, index, one.start, one.end),),
                suggestion=mark("Correct the number, or complete the list."),
            )


def _is_sure(one: Counted, low: int, high: int, sizes: dict[str, int]) -> bool:
    """Whether a number that the names are not as many as is meant for them and for no others."""
    few = one.number > high
    if one.is_open and few and not _all_but_one(one, high, sizes):
        return False
    allowed = 2 if few or one.is_ahead else 1
    if len(one.items) >= _LONG_LIST and not one.is_open:
        allowed = max(allowed, one.number // 3)
    if abs(one.number - (high if few else low)) > allowed:
        return False
    if low < 3 and not one.is_told and not _is_tier(one, sizes):
        return False
    return few or one.is_ahead or not one.has_verbs


def _all_but_one(one: Counted, names_printed: int, sizes: dict[str, int]) -> bool:
    """Whether 等 closes a list that leaves one name out.

    It does if the number is the size of the tier it names, or if only one of four or more is left out.
    """
    if one.number - names_printed != 1:
        return False
    return one.number >= 4 or _is_tier(one, sizes)


def _is_tier(one: Counted, sizes: dict[str, int]) -> bool:
    """Whether the number is the size of the tier it names."""
    return any(name in one.words and size == one.number for name, size in sizes.items())
