"""Growth that is stated, against the growth between the figures it is stated for.

Between a base and a target n years later lies the mean annual growth g = (target ÷ base)^(1/n) − 1. Every printed
figure stands for an interval (``tolerance``), so the implied growth is an interval too, and a stated growth agrees with
it if the two meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.growth import COUNT_UNITS, annual_growth_pct
from zhizao.engines.planlint.rules._common import (
    bound_of,
    cell_interval,
    computed,
    decimal,
    integer,
    is_share,
    plain,
    printed,
    rounded,
    target_mention,
    text,
    unit_of_change,
)
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tolerance import Interval, interval
from zhizao.kernel.result import mark

_BRACKETED: Final = re.compile(
    r"cumulative: (?:[\[〔【]|累计)\s*\+?([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*(?:[\]〕】]|个百分点|%|$)"
)
_IS_GROWTH: Final = re.compile("(?:增速|增长率|增幅)$")
_HUNDRED: Final = Decimal(100)
STATED: Final = mark("Mean annual growth as stated")
IMPLIED: Final = mark("Mean annual growth between the two ends")
TARGET_AT_STATED: Final = mark("Target that the stated growth leads to")
TOTAL: Final = mark("Growth over all %(years)s years")


@dataclass(frozen=True, slots=True)
class Case:
    """Two ends and the growth stated between them.

    Attributes
    ----------
    base, target, stated : as printed
    ends : what base and target stand for
    years : from the first to the second
    unit : of base and target
    said : what the stated growth stands for
    """

    base: Decimal
    target: Decimal
    ends: tuple[Interval, Interval]
    years: int
    unit: str
    stated: Decimal
    said: Interval

    @property
    def implied_pct(self) -> Decimal:
        """Mean annual growth between the printed figures, %."""
        return annual_growth_pct(self.base, self.target, self.years)

    @property
    def implied(self) -> Interval:
        """Mean annual growth between what the figures stand for, %."""
        return annual(*self.ends, years=self.years)

    @property
    def total_pct(self) -> Decimal:
        """Growth over all years, %."""
        return (self.target / self.base - 1) * _HUNDRED

    @property
    def agrees(self) -> bool:
        """Whether the stated growth may be the mean annual growth."""
        return self.said.meets(self.implied)

    @property
    def is_total(self) -> bool:
        """Whether the stated growth is the growth over all years, and not a year's."""
        low, high = _ratio_pct(*self.ends)
        # “at least 10 %” is not the growth over all years only because that is more
        return self.years > 1 and not self.agrees and interval(self.stated).meets(Interval(low, high))

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The arithmetic: what is stated, what the ends give, and where the stated growth would lead."""
        base, target, stated = plain(self.base), plain(self.target), plain(self.stated)
        reached = self.base * (1 + self.stated / _HUNDRED) ** self.years
        places = max(1, -int(self.target.as_tuple().exponent))
        return (
            printed(STATED, self.stated, "%"),
            computed(IMPLIED, self.implied_pct, "%", by=f"({target}÷{base})^(1/{self.years})−1", within=self.implied),
            computed(TARGET_AT_STATED, reached, self.unit, by=f"{base}×(1+{stated}%)^{self.years}", places=places),
        )


def annual(base: Interval, target: Interval, *, years: int) -> Interval:
    """The mean annual growth that two intervals leave open, %.

    >>> from zhizao.engines.planlint.rules._common import rounded
    >>> one = annual(Interval(Decimal(4), Decimal(4)), Interval(Decimal(8), Decimal(8)), years=5)
    >>> rounded(one.low), rounded(one.high)
    (Decimal('14.9'), Decimal('14.9'))
    """
    low = _rate(base.high, target.low, years) if base.high.is_finite() else -_HUNDRED
    high = _rate(base.low, target.high, years) if base.low > 0 and target.high.is_finite() else Decimal("Infinity")
    return Interval(low, high)


def _rate(base: Decimal, target: Decimal, years: int) -> Decimal:
    return annual_growth_pct(base, max(target, Decimal(0)), years) if base > 0 else Decimal("Infinity")


def _ratio_pct(base: Interval, target: Interval) -> tuple[Decimal, Decimal]:
    """Growth over all years, %, lowest and highest."""
    ratio = target / base if base.high.is_finite() else Interval(Decimal(0), Decimal("Infinity"))
    return (ratio.low - 1) * _HUNDRED, (ratio.high - 1) * _HUNDRED


def stated_interval(record: Record) -> Interval | None:
    """What the growth of a row of targets stands for: 10% 以上 has no far end."""
    value = decimal(record, "growth_stated_pct")
    if value is None:
        return None
    return interval(value, bound=bound_of(record, "growth_stated_pct"), open_ended=True)


def case_of(record: Record) -> Case | None:
    """The case of a row of targets; None where one of its figures is unknown, or no growth can be computed."""
    base, target = decimal(record, "base_value"), decimal(record, "target_value")
    first, last = integer(record, "base_year"), integer(record, "target_year")
    stated, said = decimal(record, "growth_stated_pct"), stated_interval(record)
    low, high = cell_interval(record, "base_value"), cell_interval(record, "target_value")
    if base is None or target is None or stated is None or first is None or last is None:
        return None
    if said is None or low is None or high is None or base <= 0 or target < 0 or last <= first:
        return None
    return Case(base, target, (low, high), last - first, text(record, "unit"), stated, said)


def _cases(facts: Facts) -> Iterator[tuple[int, Record, Case]]:
    for row, record in enumerate(facts["indicators"]):
        if (case := case_of(record)) is not None:
            yield row, record, case


def find_stated(facts: Facts) -> Iterator[Finding]:
    """The stated annual growth of a target is not the growth between its base and its target.

    Formula: (target ÷ base)^(1/n) − 1, n = target year − base year. Tolerance: rounding and bounds of all figures.
    A finding (error): 4 → 8 in five years, stated 25 %; it is 14.9 %. None: 39 → 79 stated 15 % (15.16 rounds to it);
    40 % → 45 % stated 2.4 % (``growth.share_in_points`` tells of it); ≥ 50 from 18 with “at least 20 %”.
    """
    for row, record, case in _cases(facts):
        if case.agrees or case.is_total or (is_share(case.unit) and _points(case)):
            continue
        extra = _explanation(case)
        yield Finding(
            "growth.stated",
            Severity.ERROR,
            mark("%(name)s: stated growth is %(stated)s%% a year; base and target give %(implied)s%%."),
            key=text(record, "id") or text(record, "name"),
            params={"name": text(record, "name"), **_params(case)},
            numbers=(*case.numbers, *extra),
            places=(target_mention(facts, row),),
            suggestion=mark("Correct the growth, or the base or target it is computed from."),
        )


def _params(case: Case) -> dict[str, object]:
    return {"stated": plain(case.stated), "implied": plain(case.implied_pct, 1), "years": case.years}


def _explanation(case: Case) -> tuple[Number, ...]:
    """How the stated figure may have come about: growth over all years shared out, or another number of years."""
    mean = case.total_pct / case.years
    base, target = plain(case.base), plain(case.target)
    if mean in interval(case.stated) and case.years > 1:
        by = f"({target}÷{base}−1)÷{case.years}"
        return (computed(mark("Growth over all years, divided by their number"), mean, "%", by=by),)
    for years in (case.years - 1, case.years + 1):
        if years > 0 and interval(case.stated).meets(annual(*case.ends, years=years)):
            rate = annual_growth_pct(case.base, case.target, years)
            by = f"({target}÷{base})^(1/{years})−1"
            return (computed(mark("Growth over %(years)s years, which would agree"), rate, "%", by=by, years=years),)
    return ()


def find_total_as_annual(facts: Facts) -> Iterator[Finding]:
    """The stated annual growth is the growth over the whole period.

    Formula: target ÷ base − 1, which the stated figure agrees with, while (target ÷ base)^(1/n) − 1 does not.
    A finding (error): 60 → 120 in five years, stated 100 % a year; it is 14.9 %. None: a growth over one year.
    """
    for row, record, case in _cases(facts):
        if not case.is_total:
            continue
        by = f"{plain(case.target)}÷{plain(case.base)}−1"
        total = computed(TOTAL, case.total_pct, "%", by=by, years=case.years)
        yield Finding(
            "growth.total_as_annual",
            Severity.ERROR,
            mark("%(name)s: the stated %(stated)s%% is growth over %(years)s years; a year's is %(implied)s%%."),
            key=text(record, "id") or text(record, "name"),
            params={"name": text(record, "name"), **_params(case)},
            numbers=(*case.numbers, total),
            places=(target_mention(facts, row),),
            suggestion=mark("State the annual growth of %(implied)s%%, or call the figure growth over the period."),
        )


def _points(case: Case) -> Decimal | None:
    """The change in percentage points that the stated figure is: over all years, or a year; None if it is neither."""
    low, high = case.ends
    if not (low.low.is_finite() and low.high.is_finite() and high.low.is_finite() and high.high.is_finite()):
        return None
    change = Interval(high.low - low.high, high.high - low.low)
    for years in (1, case.years):
        if case.said.meets(Interval(change.low / years, change.high / years)):
            return (case.target - case.base) / years
    return None


def find_share_in_points(facts: Facts) -> Iterator[Finding]:
    """The change of a share is stated as growth in per cent; it is a difference in percentage points.

    Formula: target − base, in points; a year: ÷ n. A finding: 40 % → 45 % stated 2.4 % (info: right as growth of the
    figure, five points as change of the share); stated 5 % or 1 % (warning: these are points). None: 40 % → 45 % with
    no growth stated; a stated growth that is neither is ``growth.stated``.
    """
    for row, record, case in _cases(facts):
        if not is_share(case.unit) or case.target == case.base:
            continue
        points = None if case.agrees else _points(case)
        if not case.agrees and points is None:
            continue
        change = case.target - case.base
        by = f"{plain(case.target)}%−{plain(case.base)}%"
        moved = computed(mark("Change in percentage points"), change, "个百分点", by=by)
        yield Finding(
            "growth.share_in_points",
            Severity.INFO if points is None else Severity.WARNING,
            mark("%(name)s: the change of a share is stated as growth of %(stated)s%%; it is %(points)s points.")
            if points is None
            else mark("%(name)s: the stated %(stated)s%% are percentage points, not growth; growth is %(implied)s%%."),
            key=text(record, "id") or text(record, "name"),
            params={"name": text(record, "name"), "points": plain(rounded(change)), **_params(case)},
            numbers=(*case.numbers[:2], moved),
            places=(target_mention(facts, row),),
            suggestion=mark("State the change in percentage points."),
        )


def find_without_ends(facts: Facts) -> Iterator[Finding]:
    """A growth is stated where base or target is missing or the base is 0, so that nothing gives it.

    A finding: base 0 with a growth (error: from 0 there is none), a target without its base (warning; the base that the
    growth implies is shown), a base without its target (info; the target follows). None: growth alone, which then is
    the target itself; an indicator that is itself a growth (工业增加值增速).
    """
    for row, record in enumerate(facts["indicators"]):
        stated, base = decimal(record, "growth_stated_pct"), decimal(record, "base_value")
        target = decimal(record, "target_value")
        first, last = integer(record, "base_year"), integer(record, "target_year")
        if stated is None or (base is None and target is None) or _IS_GROWTH.search(text(record, "name")):
            continue
        years = (last or 0) - (first or 0) if first and last else 0
        message, severity, number = _without(base, target, stated, years, text(record, "unit"))
        if message:
            yield Finding(
                "growth.without_ends",
                severity,
                message,
                key=text(record, "id") or text(record, "name"),
                params={"name": text(record, "name"), "stated": plain(stated)},
                numbers=(printed(STATED, stated, "%"), *number),
                places=(target_mention(facts, row),),
                suggestion=mark("Add the missing figure, or leave the growth out."),
            )


def _without(
    base: Decimal | None, target: Decimal | None, stated: Decimal, years: int, unit: str
) -> tuple[str, Severity, tuple[Number, ...]]:
    factor = (1 + stated / _HUNDRED) ** years if years > 0 and stated > -_HUNDRED else None
    by = f"(1+{plain(stated)}%)^{years}"
    if base is not None and base == 0:
        zero = printed(mark("Base value"), base, unit)
        return mark("%(name)s: growth of %(stated)s%% is stated from a base of 0."), Severity.ERROR, (zero,)
    if base is None and target is not None:
        label = mark("Base that the stated growth implies")
        back = (computed(label, target / factor, unit, by=f"{plain(target)}÷{by}"),) if factor else ()
        return mark("%(name)s: growth of %(stated)s%% is stated without a base."), Severity.WARNING, back
    if target is None and base is not None:
        ahead = (computed(TARGET_AT_STATED, base * factor, unit, by=f"{plain(base)}×{by}"),) if factor else ()
        return mark("%(name)s: growth of %(stated)s%% is stated without a target."), Severity.INFO, ahead
    return "", Severity.INFO, ()


def find_cumulative(facts: Facts) -> Iterator[Finding]:
    """A bracketed figure over the whole period is not the difference of base and target.

    Formula: [x] = target − base, of counts and shares. Tolerance: rounding of all three. A warning: a sum over the
    period may count what has also left. A finding: 58.6% → 65%, [8.4]. None: [6.4]; money, of which years are added up;
    [x] that is the growth over all years, or the target itself.
    """
    for row, record in enumerate(facts["indicators"]):
        found = _BRACKETED.search(text(record, "note"))
        base, target = decimal(record, "base_value"), decimal(record, "target_value")
        unit = text(record, "unit")
        if found is None or base is None or target is None or not (is_share(unit) or unit in COUNT_UNITS):
            continue
        stated = Decimal(found[1])
        ends = cell_interval(record, "base_value"), cell_interval(record, "target_value")
        if ends[0] is None or ends[1] is None:
            continue
        said = interval(stated)
        change = Interval(ends[1].low - ends[0].high, ends[1].high - ends[0].low)
        in_all = (target / base - 1) * _HUNDRED if base > 0 else stated
        if said.meets(change) or stated == target or abs(in_all - stated) < 1:
            continue
        name = text(record, "name")
        yield Finding(
            "growth.cumulative",
            Severity.WARNING,
            mark("“%(name)s”: [%(stated)s] over the period; base and target differ by %(change)s."),
            key=text(record, "id") or name,
            params={"name": name, "stated": plain(stated), "change": plain(target - base)},
            numbers=(
                printed(mark("Over the period, as printed"), stated, unit_of_change(unit)),
                computed(
                    mark("Change from base to target"),
                    target - base,
                    unit_of_change(unit),
                    by=f"{plain(target)}−{plain(base)}",
                    places=2,
                ),
            ),
            places=(target_mention(facts, row),),
            suggestion=mark("Correct the figure in brackets, or say what it adds up."),
        )


RULES: Final = (
    Rule("growth.cumulative", mark("A figure over the period against its ends"), ("indicators",), find_cumulative),
    Rule("growth.stated", mark("Stated growth against base and target"), ("indicators",), find_stated),
    Rule(
        "growth.total_as_annual",
        mark("Growth over the period stated as a year's"),
        ("indicators",),
        find_total_as_annual,
    ),
    Rule("growth.share_in_points", mark("Change of a share stated as growth"), ("indicators",), find_share_in_points),
    Rule("growth.without_ends", mark("Growth without base or target"), ("indicators",), find_without_ends),
)
