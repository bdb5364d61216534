"""Shares against numerator and denominator: which denominator makes a share right, and which year.

    share = part ÷ whole × 100

Part and whole are what the plan itself states for the share's year; each is an interval (``tolerance``), so the
quotient is one too, and a printed share agrees if it meets it. A share that was cut instead of rounded (33.39 printed
as 33.3) agrees as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.growth import half_step
from zhizao.engines.planlint.rules._common import added, integer, plain, rounded, text
from zhizao.engines.planlint.rules._statements import Statement, Statements, is_generic, level_of, places, statements
from zhizao.engines.planlint.text import concept_words as words
from zhizao.engines.planlint.text.concepts import AREA, Concept, Doubt, Match, Same, same
from zhizao.engines.planlint.tolerance import Interval
from zhizao.kernel.result import mark

HUNDRED: Final = Decimal(100)
MOST: Final = 3
"""Readings that a finding shows."""
OF: Final = mark("Share of %(whole)s, %(year)s")
MEANT: Final = mark("Amount that %(name)s means")
STATED: Final = mark("%(name)s, %(year)s, as stated")


@dataclass(frozen=True, slots=True)
class Reading:
    """One part over one whole: what the share would be.

    Attributes
    ----------
    part, whole : the statements
    values : the share in per cent that they leave
    sure : whether the part is, without doubt, what the share is of
    named : whether the whole is the one that the share names
    """

    part: Statement
    whole: Statement
    values: Interval
    sure: bool
    named: bool

    def number(self) -> Number:
        """The reading as a line of arithmetic."""
        unit = self.whole.unit
        part = self.part.values(unit)
        shown = self.part.value if part is None or self.part.unit == unit else (part.low + part.high) / 2
        share = rounded(shown / self.whole.value * HUNDRED, 2)
        expression = f"{plain(shown)}÷{plain(self.whole.value)}"
        params = {"whole": self.whole.name, "year": self.whole.year}
        return Number(OF, share, "%", expression, rounded(self.values.low, 2), rounded(self.values.high, 2), params)


def denominators(facts: Facts) -> Iterator[Finding]:
    """A share that its own denominator does not give.

    Formula: part ÷ named whole. Where it does not agree, every other whole of the same measure and year is tried, then
    the part and the whole of every other year of the table.

    - Another whole gives it: the denominator is named wrongly (``shares.denominator``, error).
    - Another year gives it: a figure of one year is told of another (``shares.year``, error).
    - Nothing gives it (``shares.value``): error if the part is stated for the same scope, or is stated for a narrower
      one and is already too large; else warning.

    Found: 食品产值 24亿元 and 占工业总产值的40% with 规上 60 and all industry 64亿元: 40 is of the former. 竹木产业占
    工业总产值31% said of 2025, where 16÷64 = 25% and the targets for 2030 give 31÷100.
    Not found: 51% of 规上工业总产值 beside 49.7% of 工业总产值, each right; a share whose part or whole is not stated.
    """
    known = statements(facts)
    told: set[object] = set()
    for one in known:
        figure = one.concept, one.year, one.value, one.bound
        if figure in told:
            continue
        told.add(figure)
        if readings := _denied_by(known, one):
            yield _finding(facts, known, one, readings, [reading for reading in readings if reading.named])


def _denied_by(known: Statements, one: Statement) -> list[Reading]:
    """The readings of a share that its own denominator does not give; none where it agrees or cannot be computed."""
    concept = one.concept
    if concept.statistic != "share" or concept.measure not in words.MONEY or not concept.subject or not one.year:
        return []
    if is_generic(concept) or _of_itself(concept):
        return []
    readings = list(_readings(known, one, one.year))
    named = [reading for reading in readings if reading.named]
    if not named or any(reading.values.meets(_said(one)) for reading in (named if concept.of else readings)):
        return []
    return readings


def _finding(facts: Facts, known: Statements, one: Statement, readings: list[Reading], named: list[Reading]) -> Finding:
    said = _said(one)
    right = [reading for reading in readings if reading.values.meets(said)]
    year = [] if right else _of_other_year(known, one)
    shown = [*named[:2], *(right or year or [reading for reading in readings if reading not in named[:2]])][:MOST]
    own, params = named[0], {"name": one.name, "share": plain(one.value), "year": one.year}
    if right:
        rule, message = (
            "shares.denominator",
            mark(
                "%(name)s is stated as %(share)s%% for %(year)s; that is the share of %(whole)s, "
                "not of the denominator named."
            ),
        )
        severity = Severity.ERROR if own.sure and right[0].sure else Severity.WARNING
        params["whole"] = right[0].whole.name
    elif year:
        rule, message = (
            "shares.year",
            mark(
                "%(name)s is stated as %(share)s%% for %(year)s; the figures of %(year)s give %(right)s%%, those of "
                "%(other_year)s give what is stated."
            ),
        )
        severity = Severity.ERROR if own.sure or _impossible(one, own) else Severity.WARNING
        params |= {"right": _percent(own), "other_year": year[0].part.year}
    else:
        rule, message = (
            "shares.value",
            mark("%(name)s is stated as %(share)s%% for %(year)s; the plan's own figures give %(right)s%%."),
        )
        severity = Severity.ERROR if own.sure or _impossible(one, own) else Severity.WARNING
        params["right"] = _percent(own)
    numbers = (
        Number(STATED, one.value, "%", params={"name": one.name, "year": one.year}),
        *(r.number() for r in shown),
    )
    used = [one, *(statement for reading in shown for statement in (reading.part, reading.whole))]
    return Finding(
        rule,
        severity,
        message,
        key=f"{one.name} {one.year}",
        params=params,
        numbers=numbers,
        places=places(facts, used),
        suggestion=mark("Name the denominator and the year that the share is of, or correct the share."),
    )


def _of_itself(concept: Concept) -> bool:
    """Whether a share seems to be of industry in industry: then its part was not read in full."""
    of = concept.of
    return of is not None and concept.whole and of.whole and of.measure == concept.measure and not concept.area


def _percent(reading: Reading) -> str:
    return f"{reading.number().value:f}"


def _said(one: Statement) -> Interval:
    """What a printed share stands for; a share may be cut instead of rounded."""
    values = one.values()
    assert values is not None
    return Interval(values.low, max(values.high, one.value + 2 * half_step(one.value)))


def _impossible(one: Statement, reading: Reading) -> bool:
    """Whether the share is too small even for the part above scale alone: all industry has more, not less."""
    narrow = reading.part.concept.scope == "above_scale" and one.concept.scope != "above_scale"
    return narrow and _said(one).high < reading.values.low


def _readings(known: Statements, one: Statement, year: int) -> Iterator[Reading]:
    """Each part over each whole that the plan states for a year: the surest part first, the named whole first."""
    level = level_of(one.concept)
    parts = [(part, match) for part, match in known.like(level, year=year) if _is_part(one, match)]
    wholes = list(_wholes(known, one, year))
    for part, match in sorted(parts, key=lambda pair: (pair[1].same is not Same.YES, pair[0].is_text)):
        for whole, is_named in wholes:
            above, below = known.tight(part, whole.unit), known.tight(whole, whole.unit)
            if above is None or below is None or below.low <= 0 or above.low < 0:
                continue
            yield Reading(part, whole, (above / below).times(HUNDRED), _is_sure(one, part, match), is_named)


def _is_part(one: Statement, match: Match) -> bool:
    return match.same is Same.YES or match.doubts in ((Doubt.SCOPE,), (Doubt.SUBJECT,))


def _is_sure(one: Statement, part: Statement, match: Match) -> bool:
    """Whether the part has the scope of the share, or that of its denominator, which goes for both."""
    of = one.concept.of
    return match.same is Same.YES or bool(match.doubts == (Doubt.SCOPE,) and of and part.concept.scope == of.scope)


def _denominator(concept: Concept) -> Concept | None:
    """What a share is of: 占营业收入 is the revenue of the same subject, 占全市 the same measure of the whole area."""
    of = concept.of
    if of is not None and not of.subject and of.measure not in ("", concept.measure):
        return replace(of, subject=concept.subject, scope=of.scope or concept.scope, area=concept.area)
    if of is not None and not of.measure and of.subject == (AREA,):
        return replace(of, measure=concept.measure, subject=("工业",), scope=concept.scope)
    return of


def _wholes(known: Statements, one: Statement, year: int) -> Iterator[tuple[Statement, bool]]:
    """What the share may be of, and whether it says so; with none named, all that it may be of are."""
    of = _denominator(one.concept)
    measure = of.measure if of is not None and of.measure else one.concept.measure
    if of is not None and not of.whole:
        yield from ((whole, True) for whole, match in known.like(of, year=year) if match.same is Same.YES)
        return
    found = known.wholes(measure, year)
    is_wide = bool(one.concept.area and one.concept.of and not one.concept.of.measure)  # parks, 占全市: of any scope
    for whole in sorted(found, key=lambda whole: of is not None and whole.concept != of):
        yield whole, of is None or whole.concept == of or (is_wide and not of.scope)


def _of_other_year(known: Statements, one: Statement) -> list[Reading]:
    """Readings of another year of the table that give the stated share to its last digit."""
    half = half_step(one.value)
    exact = Interval(one.value - half, one.value + half)
    years = {part.year for part, _ in known.like(level_of(one.concept)) if not part.is_text and part.year != one.year}
    return [
        reading
        for year in sorted(year for year in years if year)
        for reading in _readings(known, one, year)
        if reading.values.meets(exact) and not reading.part.is_text and not reading.whole.is_text
    ]


def two_denominators(facts: Facts) -> Iterator[Finding]:
    """One share for one year, stated of two denominators, with figures that cannot both be true.

    Formula: share₁ × whole₁ = share₂ × whole₂, the wholes as the plan states them for the year; error if the products
    do not meet. A share that names no denominator is tried with each whole of its year; warning if none fits.

    Silent where one of the two is explained already: part over whole does not give it, or it is the table's figure of
    the other year (``history``).

    Found: 战略性新兴产业占工业总产值30% in the text and 占规上工业总产值35% in the table, with 110 and 100亿元: 30 % of
    110 is 33, 35 % of 100 is 35.
    Not found: 33% of 100 and 30% of 110; a denominator whose amount the plan does not state.
    """
    known = statements(facts)
    for kin in known.index.groups():
        by_year: dict[tuple[int | None, str], dict[Concept, Statement]] = defaultdict(dict)
        for concept, many in kin.items():
            if concept.statistic != "share" or concept.measure not in words.MONEY or not concept.subject:
                continue
            for one in many:
                by_year[one.year, concept.scope].setdefault(concept, one)
        for (year, _scope), shares in by_year.items():
            ordered = sorted(shares.values(), key=lambda one: one.is_text)
            for one, other in pairwise(ordered):
                if not year or same(one.concept, other.concept).doubts != (Doubt.DENOMINATOR,):
                    continue
                if not any(_denied_by(known, share) or known.other_end(share) for share in (one, other)):
                    yield from _apart(facts, known, one, other, year)


def _apart(facts: Facts, known: Statements, one: Statement, other: Statement, year: int) -> Iterator[Finding]:
    unit = next((whole.unit for whole, _ in _wholes(known, one, year)), "")
    pairs = [
        (first, second)
        for first, named in _wholes(known, one, year)
        for second, also in _wholes(known, other, year)
        if named and also and first.values(unit) is not None and second.values(unit) is not None
    ]
    if not pairs or any(_product(one, first, unit).meets(_product(other, second, unit)) for first, second in pairs):
        return
    first, second = pairs[0]
    sure = one.concept.of is not None and other.concept.of is not None
    numbers = [one.number(), other.number()]
    for share, whole in ((one, first), (other, second)):
        amount = rounded(share.value * whole.value / HUNDRED, 2)
        expression = f"{plain(share.value)}%×{plain(whole.value)}"
        numbers.append(
            Number(mark("Amount that %(name)s means"), amount, whole.unit, expression, params={"name": share.name})
        )
    yield Finding(
        "shares.two_denominators",
        Severity.ERROR if sure else Severity.WARNING,
        mark(
            "%(name)s (%(share)s%%) and %(other)s (%(other_share)s%%) for %(year)s have different denominators "
            "and mean different amounts."
        ),
        key=f"{one.name} {other.name} {year}",
        params={
            "name": one.name,
            "share": plain(one.value),
            "other": other.name,
            "other_share": plain(other.value),
            "year": year,
        },
        numbers=tuple(numbers),
        places=places(facts, [one, other, first, second]),
        suggestion=mark("State the share of one denominator in both places."),
    )


def _product(share: Statement, whole: Statement, unit: str) -> Interval:
    amounts = whole.values(unit)
    assert amounts is not None
    return (_said(share) * amounts).times(1 / HUNDRED)


def sums(facts: Facts) -> Iterator[Finding]:
    """Shares of one whole that add up to more than all of it.

    Formula: Σ shares ≤ 100, over the members of one list or the shares of one line, with one denominator and year and
    different subjects. Tolerance: the sum of the lower ends of their rounding. Error.

    Found: 甲、乙、丙产业占比分别为45%、40%、25%.
    Not found: 33.4%, 33.3% and 33.4%; shares of different wholes.
    """
    groups: dict[object, dict[tuple[str, ...], Statement]] = defaultdict(dict)
    for one in statements(facts):
        if not one.is_text or one.concept.statistic != "share" or not one.concept.subject or not one.concept.measure:
            continue
        listed = text(one.record, "list_id") or str(integer(one.record, "line"))
        groups[listed, one.concept.of, one.concept.measure, one.year].setdefault(one.concept.subject, one)
    for members in groups.values():
        many = list(members.values())
        low = sum((_low(one) for one in many), Decimal(0))
        if len(many) > 2 and low > HUNDRED:
            yield _too_much(facts, many)


def _low(one: Statement) -> Decimal:
    values = one.values()
    return max(values.low, Decimal(0)) if values else Decimal(0)


def _too_much(facts: Facts, many: Iterable[Statement]) -> Finding:
    all_of_them = list(many)
    total = sum((one.value for one in all_of_them), Decimal(0))
    return Finding(
        "shares.sum",
        Severity.ERROR,
        mark("The shares of %(names)s add up to %(total)s%%, more than the whole."),
        key=" ".join(one.name for one in all_of_them),
        params={"names": "、".join(one.name for one in all_of_them[:4]), "total": plain(total)},
        numbers=(Number(mark("Sum of the shares"), total, "%", added(one.value for one in all_of_them)),),
        places=places(facts, all_of_them),
        suggestion=mark("Check each share against its part and the common denominator."),
    )


RULES: Final = (
    Rule("shares.denominator", mark("A share that its denominator does not give"), (), denominators),
    Rule("shares.two_denominators", mark("One share of two denominators"), (), two_denominators),
    Rule("shares.sum", mark("Shares that add up to more than the whole"), ("claims",), sums),
)
