"""Output for each person and each square kilometre, against the people and the land that the plan prints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import TEXT, Facts
from zhizao.engines.planlint.finding import Finding, Severity
from zhizao.engines.planlint.rules._claims import in_unit
from zhizao.engines.planlint.rules._common import claim_mention, computed, last_year, plain, printed, text
from zhizao.engines.planlint.rules._paragraphs import Said, lines
from zhizao.engines.planlint.rules._statements import Statement, statements
from zhizao.engines.planlint.tables.values import converted
from zhizao.engines.planlint.tolerance import Interval
from zhizao.kernel.result import mark


@dataclass(frozen=True, slots=True)
class _Kind:
    """A ratio: its words, the unit of what it is per, the words of that, and the words of what is divided."""

    ratio: re.Pattern[str]
    unit: str
    base: re.Pattern[str]
    made: str
    """Code of the measure; empty where the ratio's own words name it."""


_KINDS: Final = (
    _Kind(re.compile("^(?:全员)?劳动生产率$"), "人", re.compile("用工|从业|员工|职工|就业"), "value_added"),
    _Kind(re.compile("^人均(?:工业)?(?:总?产值|产出)$"), "人", re.compile("用工|从业|员工|职工|就业"), "output"),
    _Kind(
        re.compile("^(?:每|单位)平方公里(?:工业)?(?:用地)?(?:总?产值|产出)$"),
        "平方公里",
        re.compile("工业用地(?:面积)?$"),
        "output",
    ),
)
_NOT_ALL: Final = re.compile("低效|新增|盘活|闲置|每年")


def find_each(facts: Facts) -> Iterator[Finding]:
    """What is made for each person or each square kilometre is not what is made, divided by people or land.

    Formula: productivity × employees = value added; output a person × employees = output; output a km² × industrial
    land = output; all of one year, of industry as a whole, the people and the land of the same paragraph first.
    Tolerance: rounding and bounds of all three. An error.

    A finding: 增加值372.6亿元, 平均用工15万人, 全员劳动生产率31.05万元/人. None: people or land that the plan does not
    print for that year.
    """
    known = statements(facts)
    every = list(lines(facts))
    for line in every:
        for ratio in line.figures:
            kind = next((one for one in _KINDS if one.ratio.search(text(ratio.record, "indicator"))), None)
            if kind is None or text(ratio.record, "subject") or not ratio.unit.partition("/")[0].endswith("元"):
                continue
            if text(ratio.record, "kind") == "growth" or text(ratio.record, "list_id"):
                continue
            bases = _bases(line.figures, kind, ratio) or _bases(
                [one for other in every for one in other.figures], kind, ratio
            )
            made = known.wholes(kind.made, last_year(ratio.record))
            if bases and made and not any(_fits(kind, ratio, base, whole) for base in bases for whole in made):
                yield _differs(facts, kind, ratio, bases[0], made[0])


def _bases(figures: Sequence[Said], kind: _Kind, ratio: Said) -> list[Said]:
    return [
        one
        for one in figures
        if one.is_amount
        and kind.base.search(text(one.record, "indicator"))
        and not _NOT_ALL.search(text(one.record, "indicator"))
        and converted(Decimal(1), one.unit, kind.unit) is not None
        and last_year(one.record) == last_year(ratio.record)
    ]


def _fits(kind: _Kind, ratio: Said, base: Said, made: Statement) -> bool:
    each, of, said = _each(ratio), in_unit(base.record, kind.unit), made.values("万元")
    return each is None or of is None or said is None or (each * of).meets(said)


def _each(ratio: Said) -> Interval | None:
    return in_unit({**ratio.record, "unit": ratio.unit.partition("/")[0]}, "万元")


def _differs(facts: Facts, kind: _Kind, ratio: Said, base: Said, made: Statement) -> Finding:
    each, of = _each(ratio), in_unit(base.record, kind.unit)
    assert each is not None and of is not None
    product = (each.low + each.high) / 2 * (of.low + of.high) / 2
    given = converted(product, "万元", made.unit) or product
    return Finding(
        "derived.each",
        Severity.ERROR,
        mark("“%(name)s” of %(each)s and %(base)s make %(product)s, not the %(made)s printed."),
        text(ratio.record, "id"),
        {
            "name": text(ratio.record, "indicator"),
            "each": plain(ratio.value) + ratio.unit,
            "base": plain(base.value) + base.unit,
            "product": plain(given, 1) + made.unit,
            "made": plain(made.value) + made.unit,
        },
        (
            printed(mark("For each"), ratio.value, ratio.unit),
            printed(mark("Number of them"), base.value, base.unit),
            computed(mark("Product"), given, made.unit, by=f"{plain(ratio.value)}×{plain(base.value)}", places=2),
            made.number(),
        ),
        (claim_mention(facts, ratio.row), claim_mention(facts, base.row), made.mention(facts)),
        mark("Correct one of the three."),
    )


RULES: Final = (Rule("derived.each", mark("Output for each person and each km²"), ("claims", TEXT), find_each),)
