"""A plan against the plans above it: its targets, their growth and direction, its horizon, what it leaves out.

Rows of the two tables are joined where they are the same concept beyond doubt; each plan's own area goes without saying
in both. Places are those of the plan that is checked; the lines of arithmetic show the figures of the plan above.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import PARENTS, Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.growth import SHARE_UNITS, annual_growth_pct
from zhizao.engines.planlint.rules._common import (
    cell_interval,
    decimal,
    integer,
    plain,
    rounded,
    target_mention,
    text,
)
from zhizao.engines.planlint.rules._statements import factor_of, region
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.text import concept_words as words
from zhizao.engines.planlint.text.concepts import Concept, Index, Same, of_indicator
from zhizao.engines.planlint.tolerance import Interval, interval
from zhizao.kernel.result import mark

SHOWN: Final = 8
FALLING: Final = re.compile(r"能耗|能源消耗|消耗|排放|水耗|电耗|用水量|取水量|占用|成本|死亡|事故|闲置|负债")
"""What is better when it falls."""
ADDITIVE: Final = (words.MONEY | {"count", "employment", "energy", "water", "power", "emission", "land"}) - {"size"}
HERE: Final = mark("%(name)s, %(year)s, here")
ABOVE: Final = mark("%(name)s, %(year)s, in the plan above")
GROWTH_HERE: Final = mark("Mean annual growth here")
GROWTH_ABOVE: Final = mark("Mean annual growth in the plan above")
ALIGN: Final = mark("Raise the target to that of the plan above, or say why this area does otherwise.")


@dataclass(frozen=True, slots=True)
class Row:
    """One target of a table."""

    record: Record
    index: int
    concept: Concept

    @property
    def name(self) -> str:
        """As printed."""
        return text(self.record, "name")

    @property
    def unit(self) -> str:
        """As printed."""
        return text(self.record, "unit")

    @property
    def year(self) -> int | None:
        """The target's year."""
        return integer(self.record, "target_year")

    @property
    def direction(self) -> int:
        """1 if it rises, −1 if it falls, 0 if neither or unknown; beyond the rounding of both ends."""
        base, target = cell_interval(self.record, "base_value"), cell_interval(self.record, "target_value")
        if base is None or target is None:
            return 0
        return (target.low > base.high) - (target.high < base.low)

    def growth(self) -> tuple[Decimal, Interval] | None:
        """Mean annual growth in per cent, stated or between the ends, and what it stands for; none of a share."""
        if (stated := decimal(self.record, "growth_stated_pct")) is not None and self.unit not in SHARE_UNITS:
            return stated, interval(stated)
        base, target = decimal(self.record, "base_value"), decimal(self.record, "target_value")
        first = integer(self.record, "base_year")
        if self.unit in SHARE_UNITS or not base or target is None or not first or not self.year:
            return None
        if base <= 0 or target < 0 or self.year <= first:
            return None
        grown = annual_growth_pct(base, target, self.year - first)
        return rounded(grown, 2), interval(rounded(grown, 1))

    def number(self, label: str) -> Number:
        """The target as a line of arithmetic."""
        return Number(
            label, decimal(self.record, "target_value"), self.unit, params={"name": self.name, "year": self.year or ""}
        )


def _rows(facts: Facts) -> list[Row]:
    area = region(facts)
    return [
        Row(record, index, of_indicator(record, region=area))
        for index, record in enumerate(facts["indicators"])
        if decimal(record, "target_value") is not None
    ]


def _pairs(facts: Facts) -> Iterator[tuple[Row, Row, Facts]]:
    """Targets of this plan, each with its counterpart in the nearest plan above that has one."""
    above = [(Index((row.concept, row) for row in _rows(parent)), parent) for parent in facts.parents]
    for row in _rows(facts):
        for index, parent in above:
            partner = next((one for one, match in index.find(row.concept) if match.same is Same.YES), None)
            if partner is not None and factor_of(row.concept, partner.unit, row.unit) is not None:
                yield row, partner, parent
                break


def _intensive(row: Row) -> bool:
    """Whether two areas of different size may be compared by the value itself."""
    return bool(row.concept.per) or row.concept.statistic == "share" or row.concept.measure in ("rate", "productivity")


def lower(facts: Facts) -> Iterator[Finding]:
    """A target that asks for less than the plan above.

    Compared are values of shares, rates and ratios for one year, and mean annual growth (stated, else between the two
    ends) of everything else. Less means less beyond the rounding of both; of energy, emissions and the like, more.
    Warning: the plan above can be met by others, but this one does not carry it.

    Found: 规上工业总产值 growing by 6.5% a year here and by 8% in the plan above.
    Not found: 8% and 8.2% printed as 8; amounts of areas of different size; another target year.
    """
    for row, partner, parent in _pairs(facts):
        falling = bool(FALLING.search(row.name))
        if _intensive(row):
            mine, theirs = _goal(row, row), _goal(partner, row)
            if row.year != partner.year or mine is None or theirs is None:
                continue
            if mine.low > theirs.high if falling else mine.high < theirs.low:
                yield _lower(facts, parent, row, partner, ())
            continue
        own, above = row.growth(), partner.growth()
        if own is None or above is None:
            continue
        if own[1].low > above[1].high if falling else own[1].high < above[1].low:
            lines = (Number(GROWTH_HERE, own[0], "%"), Number(GROWTH_ABOVE, above[0], "%"))
            yield _lower(facts, parent, row, partner, lines)


def _goal(one: Row, row: Row) -> Interval | None:
    """A target in the unit of a row; of a floor or a ceiling the printed edge, which is what must be reached."""
    factor, value = factor_of(row.concept, one.unit, row.unit), decimal(one.record, "target_value")
    return None if factor is None or value is None else interval(value, unit=one.unit).times(factor)


def _lower(facts: Facts, parent: Facts, row: Row, partner: Row, growth: tuple[Number, ...]) -> Finding:
    numbers = growth + ((row.number(HERE), partner.number(ABOVE)) if not growth else ())
    return Finding(
        "parents.lower",
        Severity.WARNING,
        mark("%(name)s asks for less than the plan above (%(plan)s): %(here)s against %(above)s."),
        key=text(row.record, "id") or row.name,
        params={
            "name": row.name,
            "plan": _title(parent),
            "here": _shown(numbers[0]),
            "above": _shown(numbers[1]),
        },
        numbers=numbers,
        places=(target_mention(facts, row.index),),
        suggestion=ALIGN,
    )


def _shown(number: Number) -> str:
    return f"{plain(number.value)}{number.unit}" if number.value is not None else ""


def _title(parent: Facts) -> str:
    return str(parent.meta.get("title") or region(parent) or "")


def direction(facts: Facts) -> Iterator[Finding]:
    """A target that rises where that of the plan above falls, or falls where it rises.

    Condition: both plans have base and target, and both move beyond the rounding of their ends. Warning.

    Found: 园区产业集中度 from 90 to 85% here and from 88 to 92% above.
    Not found: one of the two stays where it is.
    """
    for row, partner, parent in _pairs(facts):
        if row.direction * partner.direction < 0:
            yield Finding(
                "parents.direction",
                Severity.WARNING,
                mark("%(name)s moves against the plan above (%(plan)s)."),
                key=text(row.record, "id") or row.name,
                params={"name": row.name, "plan": _title(parent)},
                numbers=(_path(row, HERE), _path(partner, ABOVE)),
                places=(target_mention(facts, row.index),),
                suggestion=mark("Check base and target in both plans, and the direction that is meant."),
            )


def _path(row: Row, label: str) -> Number:
    base, target = decimal(row.record, "base_value"), decimal(row.record, "target_value")
    assert base is not None and target is not None
    params = {"name": row.name, "year": row.year or ""}
    return Number(label, target - base, row.unit, f"{plain(target)}−{plain(base)}", params=params)


def part(facts: Facts) -> Iterator[Finding]:
    """A part of an area with more than the whole.

    Formula: target (or base) here > that of the plan above, for one concept and year, of what adds up over areas.
    Tolerance: the rounding of both. Error.

    Found: 工业总产值 1,200亿元 of a district in 2030, and 1,000亿元 of its city.
    Not found: shares, rates and ratios; other years.
    """
    for row, partner, parent in _pairs(facts):
        if _intensive(row) or row.concept.measure not in ADDITIVE:
            continue
        factor = factor_of(row.concept, partner.unit, row.unit)
        for end in ("base", "target"):
            year = integer(row.record, f"{end}_year")
            mine, theirs = (decimal(one.record, f"{end}_value") for one in (row, partner))
            if year is None or year != integer(partner.record, f"{end}_year") or mine is None or theirs is None:
                continue
            if factor is None or interval(mine, unit=row.unit).low <= interval(theirs, unit=partner.unit).high * factor:
                continue
            yield Finding(
                "parents.part",
                Severity.ERROR,
                mark("%(name)s is more here than in the whole area of the plan above (%(plan)s) in %(year)s."),
                key=f"{text(row.record, 'id') or row.name} {year}",
                params={"name": row.name, "plan": _title(parent), "year": year},
                numbers=(
                    Number(HERE, mine, row.unit, params={"name": row.name, "year": year}),
                    Number(ABOVE, theirs, partner.unit, params={"name": partner.name, "year": year}),
                ),
                places=(target_mention(facts, row.index),),
                suggestion=mark("Check the units and the scope of both figures."),
            )


def horizon(facts: Facts) -> Iterator[Finding]:
    """A plan that ends before the plan above it does.

    Condition: the last year of its period is before that of the plan above; info, one for each plan above. What the
    plan above asks for afterwards has no target here.

    Found: a plan for 2026–2028 under one for 2026–2030. Not found: the same last year, or a later one.
    """
    own = facts.period_years
    for parent in facts.parents:
        theirs = parent.period_years
        if own and theirs and own[1] < theirs[1] and own[1] >= theirs[0]:
            yield Finding(
                "parents.horizon",
                Severity.INFO,
                mark("The plan ends in %(year)s, the plan above (%(plan)s) in %(other)s."),
                key=_title(parent),
                params={"year": own[1], "plan": _title(parent), "other": theirs[1]},
                numbers=(
                    Number(mark("Last year here"), Decimal(own[1])),
                    Number(mark("Last year of the plan above"), Decimal(theirs[1])),
                ),
                suggestion=mark("Give the years up to the end of the plan above at least an outlook."),
            )


def missing(facts: Facts) -> Iterator[Finding]:
    """Targets of the plan above that have no counterpart here.

    Condition: no row of this plan's table is of the same or a near concept. One info for each plan above.

    Found: the plan above has 单位工业增加值能耗, this one nothing of energy.
    Not found: a counterpart under a near name or of another scope.
    """
    index = Index((row.concept, row) for row in _rows(facts))
    for parent in facts.parents:
        rows = [row for row in _rows(parent) if row.concept.subject]
        left = [row for row in rows if next(index.find(row.concept), None) is None]
        if not left:
            continue
        names = "、".join(row.name for row in left[:SHOWN]) + "…" * (len(left) > SHOWN)
        yield Finding(
            "parents.missing",
            Severity.INFO,
            mark("%(count)s of %(all)s targets of the plan above (%(plan)s) have no counterpart here: %(names)s."),
            key=_title(parent),
            params={"count": len(left), "all": len(rows), "plan": _title(parent), "names": names},
            numbers=(
                Number(mark("Targets of the plan above"), Decimal(len(rows))),
                Number(mark("Without counterpart here"), Decimal(len(left))),
            ),
            suggestion=mark("Take them over, or say who carries them."),
        )


NEEDS: Final = ("indicators", PARENTS)
RULES: Final = (
    Rule("parents.lower", mark("A target below that of the plan above"), NEEDS, lower),
    Rule("parents.direction", mark("A target that moves against the plan above"), NEEDS, direction),
    Rule("parents.part", mark("A part of the area with more than the whole"), NEEDS, part),
    Rule("parents.horizon", mark("A plan that ends before the plan above"), (PARENTS,), horizon),
    Rule("parents.missing", mark("Targets of the plan above without counterpart"), NEEDS, missing),
)
