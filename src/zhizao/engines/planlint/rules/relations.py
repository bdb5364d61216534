"""Targets that belong together and pull apart: the ratio that two of them imply, in base year and target year.

    ratio = numerator ÷ denominator,   change = ratio(target year) ÷ ratio(base year) − 1

The figures are intervals (``tolerance``), and so are ratios and change: a change that may be 0 is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.growth import annual_growth_pct
from zhizao.engines.planlint.rules._common import computed, is_share, plain, target_mention, text
from zhizao.engines.planlint.rules.sums import Row, rows_of
from zhizao.engines.planlint.tables.values import converted
from zhizao.engines.planlint.text.concepts import Concept
from zhizao.engines.planlint.tolerance import Interval
from zhizao.kernel.result import mark

_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Kind:
    """A ratio of two measures: its name, and from which changes on (per cent) it is told and warned of.

    ``least`` and ``most`` are limits (per cent) that no region's industry as a whole passes.
    """

    numerator: str
    denominator: str
    name: str
    told_pct: Decimal
    warned_pct: Decimal
    least: Decimal = Decimal(0)
    most: Decimal = Decimal("Infinity")


KINDS: Final = (
    Kind("value_added", "output", mark("Value-added rate"), Decimal(2), Decimal(5), least=Decimal(5), most=Decimal(80)),
    Kind("revenue", "output", mark("Revenue per output"), Decimal(2), Decimal(5), least=Decimal(30)),
    Kind("main_revenue", "output", mark("Main-business revenue per output"), Decimal(2), Decimal(5), least=Decimal(30)),
    Kind("sales_output", "output", mark("Sales-to-output ratio"), Decimal(2), Decimal(5), least=Decimal(30)),
    Kind("profit_and_tax", "revenue", mark("Profit and tax per revenue"), Decimal(10), Decimal(25), most=Decimal(80)),
    Kind("profit", "revenue", mark("Profit per revenue"), Decimal(10), Decimal(25), most=Decimal(60)),
    Kind("tax", "revenue", mark("Tax per revenue"), Decimal(10), Decimal(25), most=Decimal(80)),
    Kind("profit", "profit_and_tax", mark("Profit in profit and tax"), Decimal(10), Decimal(25)),
)
"""How products, sales and value added hang together is given by an industry and moves slowly; margins move more."""
FASTER: Final = Decimal(1)
"""A change is only warned of where the mean annual growths differ by more than this many points."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows of the table with all four figures, the numerator in the unit of the denominator."""

    kind: Kind
    numerator: Row
    denominator: Row
    factor: Decimal

    def ratio(self, end: str) -> Decimal:
        """Of the printed figures, per cent."""
        top, below = self.numerator.value(end), self.denominator.value(end)
        assert top is not None and below is not None  # a pair has all four figures
        return top * self.factor / below * _HUNDRED

    def interval(self, end: str) -> Interval:
        """Of what the figures stand for, per cent."""
        top, below = self.numerator.interval(end), self.denominator.interval(end)
        assert top is not None and below is not None  # a pair has all four figures
        return top.times(self.factor * _HUNDRED) / below

    def by(self, end: str) -> str:
        """How the ratio is computed."""
        top, below = self.numerator.value(end), self.denominator.value(end)
        words = plain(top) if top is not None else ""
        times = "" if self.factor == 1 else f"×{plain(self.factor)}"
        return f"{self.numerator.year(end)}: {words}{times}÷{plain(below) if below is not None else ''}"

    @property
    def change_pct(self) -> Decimal:
        """Change of the ratio, per cent of it."""
        return (self.ratio("target") / self.ratio("base") - 1) * _HUNDRED

    @property
    def growths(self) -> tuple[Decimal, Decimal] | None:
        """Mean annual growth of numerator and denominator, per cent."""
        years = (self.numerator.year("target") or 0) - (self.numerator.year("base") or 0)
        if years <= 0:
            return None
        pairs = [(one.value("base"), one.value("target")) for one in (self.numerator, self.denominator)]
        found = [
            annual_growth_pct(base, target, years) for base, target in pairs if base is not None and target is not None
        ]
        return found[0], found[1]

    @property
    def key(self) -> str:
        """The ids of both."""
        return "/".join(text(one.record, "id") or one.name for one in (self.numerator, self.denominator))


def pairs_of(facts: Facts) -> Iterator[Pair]:
    """The pairs of the table that make one of the known ratios: one subject, one scope, one area, the same years."""
    rows: dict[tuple[str, Concept], Row] = {}
    for one in rows_of(facts):
        concept = one.concept
        if concept.statistic == "level" and concept.subject and not concept.per and not is_share(one.unit):
            rows.setdefault((concept.measure, _bare(concept)), one)
    for kind in KINDS:
        for (measure, rest), one in rows.items():
            below = rows.get((kind.denominator, rest)) if measure == kind.numerator else None
            if below is None or not _comparable(one, below):
                continue
            factor = converted(Decimal(1), one.unit, below.unit)
            if factor is not None:
                yield Pair(kind, one, below, factor)


def _bare(concept: Concept) -> Concept:
    return Concept("", concept.subject, concept.scope, concept.area)


def _comparable(one: Row, other: Row) -> bool:
    """Whether all four figures are there, positive and of the same years."""
    for end in ("base", "target"):
        if one.year(end) != other.year(end):
            return False
        for row in (one, other):
            cell = row.interval(end)
            if (row.value(end) or Decimal(0)) <= 0 or cell is None or not cell.high.is_finite() or cell.low <= 0:
                return False
    return True


def find_ratio(facts: Facts) -> Iterator[Finding]:
    """Two targets grow so differently that the ratio between them changes.

    Formula: numerator ÷ denominator at both ends. Told only beyond rounding. Value added, revenue and sales per output:
    an info from 2 % of the ratio on, a warning from 5 % where the mean annual growths differ by more than a point.
    Profit and tax per revenue may rise by better business: an info from 10 %, a warning from 25 %. A finding: revenue
    8.5 % a year and output 10.3 %: 1.139 → 1.050. None: value added 9.7 %, output 10.0 %; two scopes; two subjects.
    """
    for pair in pairs_of(facts):
        base, target = pair.interval("base"), pair.interval("target")
        change, growths = abs(pair.change_pct), pair.growths
        if base.meets(target) or change < pair.kind.told_pct or growths is None:
            continue
        warned = change >= pair.kind.warned_pct and abs(growths[0] - growths[1]) > FASTER
        below = pair.denominator.value("target") or Decimal(0)
        kept = pair.ratio("base") * below / _HUNDRED / pair.factor
        names: dict[str, object] = {"numerator": pair.numerator.name, "denominator": pair.denominator.name}
        yield Finding(
            "relations.ratio",
            Severity.WARNING if warned else Severity.INFO,
            mark(
                "“%(numerator)s” (%(growth)s%% a year) and “%(denominator)s” (%(other)s%%): %(base)s%% → %(target)s%%."
            ),
            pair.key,
            names
            | {
                "growth": plain(growths[0], 1),
                "other": plain(growths[1], 1),
                "base": plain(pair.ratio("base"), 1),
                "target": plain(pair.ratio("target"), 1),
            },
            (
                *(
                    computed(pair.kind.name, pair.ratio(end), "%", by=pair.by(end), within=pair.interval(end))
                    for end in ("base", "target")
                ),
                computed(
                    mark("Change of the ratio"),
                    pair.change_pct,
                    "%",
                    by=f"{plain(pair.ratio('target'), 2)}÷{plain(pair.ratio('base'), 2)}−1",
                ),
                computed(
                    mark("Target of “%(numerator)s” that keeps the ratio"),
                    kept,
                    pair.numerator.unit,
                    by=f"{plain(pair.ratio('base'), 2)}%×{plain(below)}",
                    numerator=pair.numerator.name,
                ),
            ),
            (target_mention(facts, pair.numerator.row), target_mention(facts, pair.denominator.row)),
            mark("Say why the ratio changes, or bring the two targets in line."),
        )


def find_absurd(facts: Facts) -> Iterator[Finding]:
    """A ratio of two targets lies beyond what any industry has: a unit or a digit is wrong.

    Formula: numerator ÷ denominator, at either end. Limits: value-added rate 5–80 %; revenue and sales at least 30 % of
    output; profit at most 60 %, profit and tax or tax at most 80 % of revenue. A warning. A finding: value added of
    220 in 万元 to an output of 797 in 亿元. None: a value-added rate of 27 %.
    """
    for pair in pairs_of(facts):
        for end in ("base", "target"):
            within = pair.interval(end)
            if pair.kind.least <= within.high and within.low <= pair.kind.most:
                continue
            year = pair.numerator.year(end)
            limit = pair.kind.least if within.high < pair.kind.least else pair.kind.most
            yield Finding(
                "relations.absurd",
                Severity.WARNING,
                mark("%(year)s: “%(numerator)s” is %(ratio)s%% of “%(denominator)s”; no industry has such a ratio."),
                f"{pair.key}/{end}",
                {
                    "year": year,
                    "numerator": pair.numerator.name,
                    "denominator": pair.denominator.name,
                    "ratio": plain(pair.ratio(end), 2),
                },
                (
                    computed(pair.kind.name, pair.ratio(end), "%", by=pair.by(end), within=within, places=2),
                    Number(mark("Limit taken for possible"), limit, "%"),
                ),
                (target_mention(facts, pair.numerator.row), target_mention(facts, pair.denominator.row)),
                mark("Look at the units and digits of the two."),
            )
            break


def find_share(facts: Facts) -> Iterator[Finding]:
    """A share is to rise though its part grows more slowly than the whole, or the reverse.

    Formula: part ÷ whole at both ends, from the rows of the table, against the stated share at both ends. An error
    where the two changes have opposite signs beyond rounding. A finding: share 40 → 45 %, part 6 % a year, whole 10 %.
    None: a share without rows for its part and its whole; a change within rounding.
    """
    rows = rows_of(facts)
    levels = {one.concept: one for one in rows if one.concept.statistic == "level" and one.concept.measure}
    for share in rows:
        concept = share.concept
        if concept.statistic != "share" or concept.of is None:
            continue
        whole = levels.get(concept.of)
        part = levels.get(
            Concept(concept.measure, concept.subject, concept.scope or concept.of.scope, concept.area)
        ) or levels.get(Concept(concept.measure, concept.subject, concept.scope, concept.area))
        if whole is None or part is None or whole.unit != part.unit or not _comparable(part, whole):
            continue
        pair = Pair(Kind("", "", mark("Part per whole"), Decimal(0), Decimal(0)), part, whole, Decimal(1))
        stated = (share.interval("base"), share.interval("target"))
        if stated[0] is None or stated[1] is None or not _opposite(stated[0], stated[1], pair):
            continue
        values = [share.value("base"), share.value("target")]
        yield Finding(
            "relations.share",
            Severity.ERROR,
            mark("“%(name)s” goes from %(base)s%% to %(target)s%%, but part and whole move it the other way."),
            f"{text(share.record, 'id') or share.name}",
            {
                "name": share.name,
                "base": plain(values[0]) if values[0] is not None else "",
                "target": plain(values[1]) if values[1] is not None else "",
            },
            tuple(
                computed(mark("Part per whole"), pair.ratio(end), "%", by=pair.by(end)) for end in ("base", "target")
            ),
            tuple(target_mention(facts, one.row) for one in (share, part, whole)),
            mark("Correct the share, or the growth of part or whole."),
        )


def _opposite(base: Interval, target: Interval, pair: Pair) -> bool:
    ours, theirs = pair.interval("base"), pair.interval("target")
    rises = target.low > base.high
    falls = target.high < base.low
    return (rises and theirs.high < ours.low) or (falls and theirs.low > ours.high)


def find_productivity(facts: Facts) -> Iterator[Finding]:
    """Labour productivity is not value added per head of the employees that the table gives.

    Formula: value added ÷ employees, at both ends. A warning where it differs from the stated productivity by more than
    10 % beyond rounding: the mean of a year and its end may differ. None: a table without employees.
    """
    rows = {(one.concept.measure, one.concept.scope): one for one in rows_of(facts) if one.concept.whole}
    for (measure, scope), stated in rows.items():
        added, heads = rows.get(("value_added", scope)), rows.get(("employment", scope))
        if measure != "productivity" or added is None or heads is None:
            continue
        for end in ("base", "target"):
            said, top, below = stated.interval(end), added.interval(end), heads.interval(end)
            money, people = stated.unit.partition("/")[::2]
            factor, each = converted(Decimal(1), added.unit, money), converted(Decimal(1), heads.unit, people or "人")
            if said is None or top is None or below is None or not factor or not each or below.low <= 0:
                continue
            result = top.times(factor) / below.times(each)
            wide = Interval(result.low * Decimal("0.9"), result.high * Decimal("1.1"))
            if wide.meets(said):
                continue
            values = added.value(end) or Decimal(0), heads.value(end) or Decimal(0)
            yield Finding(
                "relations.productivity",
                Severity.WARNING,
                mark("%(year)s: labour productivity is stated as %(stated)s; value added per head is %(result)s."),
                f"{text(stated.record, 'id') or stated.name}/{end}",
                {
                    "year": stated.year(end),
                    "stated": plain(stated.value(end) or Decimal(0)),
                    "result": plain(values[0] * factor / (values[1] * each), 1),
                },
                (
                    Number(mark("Labour productivity as stated"), stated.value(end), stated.unit),
                    computed(
                        mark("Value added per head"),
                        values[0] * factor / (values[1] * each),
                        stated.unit,
                        by=f"{plain(values[0])}{added.unit}÷{plain(values[1])}{heads.unit}",
                        within=result,
                    ),
                ),
                tuple(target_mention(facts, one.row) for one in (stated, added, heads)),
                mark("Bring the three figures in line."),
            )


_NEEDS: Final = ("indicators",)
RULES: Final = (
    Rule("relations.ratio", mark("Related targets that pull apart"), _NEEDS, find_ratio),
    Rule("relations.absurd", mark("Ratios that no industry has"), _NEEDS, find_absurd),
    Rule("relations.share", mark("A share against the growth of its part"), _NEEDS, find_share),
    Rule("relations.productivity", mark("Labour productivity against value added"), _NEEDS, find_productivity),
)
