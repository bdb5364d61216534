"""Figures in the wrong place of time: a target told as history, a base told as a target, a year told as a value.

The table says what was in the base year and what shall be in the target year. Where the text gives one year the figure
that the table gives the other, and not its own, the two were mixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.growth import COUNT_UNITS
from zhizao.engines.planlint.rules._common import integer, plain, text
from zhizao.engines.planlint.rules._statements import (
    BASE,
    TARGET,
    Statement,
    Statements,
    agree,
    is_generic,
    level_of,
    may_be_year,
    places,
    statements,
)
from zhizao.kernel.result import mark

FAR: Final = 2
"""How many times a count must differ from the table's to be a year rather than a count."""
SHOWN: Final = 8


def other_end(facts: Facts) -> Iterator[Finding]:
    """A figure of the text that is the table's figure of the other year.

    Condition: the text's figure agrees with the table's value of the other end, and not with that of its own year
    (``tolerance``). Error if both name the same indicator, else warning.

    Found: the text says 到2030年新增智能工厂4个, the table has 4 in 2025 and 9 in 2030; or the text says that an
    output was 31亿元 in 2025, which the table has as the target for 2030.
    Not found: base and target are the same figure; the text agrees with its own year within rounding.
    """
    known = statements(facts)
    told: dict[tuple[int, int | None], list[tuple[Statement, Statement, Statement]]] = {}
    for one in known:
        if one.is_text and one.since is None and (ends := known.other_end(one)):
            told.setdefault((ends[0].row, one.year), []).append((one, *ends))
    for many in told.values():
        one, away, own = many[0]
        exact = one.concept == own.concept
        past = own.side == BASE
        yield Finding(
            "history.other_year",
            Severity.ERROR if exact else Severity.WARNING,
            mark(
                "The text gives %(name)s as %(value)s%(unit)s in %(year)s, which the table has as the target for "
                "%(other_year)s; for %(year)s the table has %(own)s%(own_unit)s."
            )
            if past
            else mark(
                "The text sets %(name)s at %(value)s%(unit)s by %(year)s, which the table has already in "
                "%(other_year)s; its target for %(year)s is %(own)s%(own_unit)s."
            ),
            key=f"{own.key} {one.year}",
            params={
                "name": one.name,
                "value": plain(one.value),
                "unit": one.unit,
                "year": one.year,
                "other_year": away.year,
                "own": plain(own.value),
                "own_unit": own.unit,
            },
            numbers=tuple(end.number() for end in (one, own, away)),
            places=places(facts, [*(first for first, _, _ in many), own, away]),
            suggestion=mark("Give the text the figure of its own year, %(own)s%(own_unit)s, or correct the table."),
        )


def years_as_values(facts: Facts) -> Iterator[Finding]:
    """A count that is in truth a year: 数量2030个 said for 2030.

    Condition: a whole count, without bound, that equals the year it is said for. Error if the table has a figure of
    the same or a near indicator that is more than twice or less than half of it; warning if it has none. In the table
    itself: a count equal to its column's year while the other end is less than half of it; warning.

    Found: 到2030年，市级以上研发机构2030个, while the table lets the 市级研发机构 grow from 12 to 20.
    Not found: 2030年高新技术企业2050家; a count near the table's.
    """
    known = statements(facts)
    for one in known:
        if not may_be_year(one):
            continue
        if not one.is_text:
            yield from _year_in_table(facts, known, one)
            continue
        partners = [end for end, _ in known.like(one.concept) if not end.is_text and end.unit in COUNT_UNITS]
        if any(agree(one, end) for end in partners) or any(_near(one, end) for end in partners):
            continue
        row = [end for end in partners if end.row == partners[0].row]
        yield _year(facts, one, row, Severity.ERROR if row else Severity.WARNING)


def _near(one: Statement, end: Statement) -> bool:
    return end.value * FAR >= one.value and one.value * FAR >= end.value


def _year_in_table(facts: Facts, known: Statements, one: Statement) -> Iterator[Finding]:
    other = [end for end in known.ends(one.row).values() if end is not one]
    if other and not any(_near(one, end) for end in other):
        yield _year(facts, one, other, Severity.WARNING)


def _year(facts: Facts, one: Statement, row: list[Statement], severity: Severity) -> Finding:
    return Finding(
        "history.year_as_value",
        severity,
        mark("%(name)s for %(year)s is printed as %(value)s%(unit)s, which looks like the year in the figure's place."),
        key=f"{one.key} {one.year}",
        params={"name": one.name, "year": one.year, "value": plain(one.value), "unit": one.unit},
        numbers=(one.number(), *(end.number() for end in row)),
        places=places(facts, [one, *row]),
        suggestion=mark("Replace the year by the count that is meant."),
    )


def not_in_table(facts: Facts) -> Iterator[Finding]:
    """Figures that the section on goals sets for the target year and that have no row in the table.

    Condition: a claim for the target year in the section that holds the table of targets, before it, of a concept that
    no row has, not even nearly; a growth has a row if its level has one. One finding for all, info: such goals cannot
    be followed where the table is what is measured.

    Found: 清洁能源利用比例超过35%, where no row of the table is about clean energy.
    Not found: a figure of a row under a near name; figures of the chapters on single sectors.
    """
    known = statements(facts)
    rows = [one for one in known if one.side in (BASE, TARGET) and one.since is None]
    lines = [line for one in rows if (line := integer(one.record, "line"))]
    goals = {one.year for one in rows if one.side == TARGET}
    if not lines or not goals:
        return
    before = [one for one in known if one.is_text and one.year in goals and (_line(one) < min(lines))]
    if not before:
        return
    goals_section = _section(max(before, key=_line))
    missing = [one for one in before if _section(one) == goals_section and not _has_row(known, one)]
    telling: dict[object, Statement] = {}
    for one in missing:
        if one.concept.subject and (one.concept.measure or one.concept.statistic == "share"):
            telling.setdefault(one.concept, one)
    if not telling:
        return
    first = list(telling.values())
    shown = "、".join(one.name for one in first[:SHOWN]) + "…" * (len(first) > SHOWN)
    yield Finding(
        "history.not_in_table",
        Severity.INFO,
        mark("%(count)s goals of the text have no row in the table of targets: %(names)s."),
        key="goals",
        params={"count": len(first), "names": shown},
        numbers=(
            Number(mark("Goals of the text without a row"), Decimal(len(first))),
            *(one.number() for one in first[:3]),
        ),
        places=places(facts, first, SHOWN),
        suggestion=mark("Add them to the table with unit, base and owner, or say that they are not assessed."),
    )


def falling(facts: Facts) -> Iterator[Finding]:
    """A goal of the text for the target year that lies below what the text gives for the base year.

    Condition: one measure of money or products, one subject that is named, one scope; goal.high < base.low. A warning:
    a fall may be meant. Found: 纺织产业产值438亿元 in 2025 and 稳定在400亿元以上 in 2030. Not found: energy, emission;
    what a table has (``targets.not_beyond``).
    """
    known = statements(facts)
    base_year, years = facts.base_year, facts.period_years
    if base_year is None or years is None:
        return
    for goal in known:
        concept = goal.concept
        if not goal.is_text or goal.year != years[1] or concept.statistic != "level" or concept.measure not in RISING:
            continue
        if not concept.subject or is_generic(concept):
            continue
        same = [one for one, _ in known.like(concept, year=base_year) if one.concept == concept and one.is_text]
        for base in same[:1]:
            low, high = base.values(goal.unit), goal.values()
            if low is None or high is None or high.high >= low.low:
                continue
            yield Finding(
                "history.falling",
                Severity.WARNING,
                mark("%(name)s: the goal of %(goal)s for %(year)s lies below the %(base)s of %(base_year)s."),
                key=f"{goal.name} {goal.year}",
                params={
                    "name": goal.name,
                    "goal": plain(goal.value) + goal.unit,
                    "year": goal.year,
                    "base": plain(base.value) + base.unit,
                    "base_year": base.year,
                },
                numbers=(base.number(), goal.number()),
                places=places(facts, [goal, base]),
                suggestion=mark("Correct one of the two, or say that it is to fall."),
            )


def _line(one: Statement) -> int:
    return integer(one.record, "line") or 0


def _section(one: Statement) -> str:
    """The heading above the one that a claim stands under, which holds all goals."""
    path = text(one.record, "section")
    return path.rpartition("/")[0] or path


def _has_row(known: Statements, one: Statement) -> bool:
    """Whether a row of the table is of the same or a near concept; of a growth, of what grows."""
    if any(not end.is_text for end, _ in known.like(one.concept)):
        return True
    grown = (level_of(one.concept), replace(one.concept, statistic="share"))
    of_it = (end for concept in grown for end, _ in known.like(concept))
    return one.concept.statistic in ("growth", "growth in all") and any(not end.is_text for end in of_it)


RISING: Final = frozenset(("output", "value_added", "revenue", "main_revenue", "sales", "production", "export"))
BOTH: Final = ("indicators", "claims")
RULES: Final = (
    Rule("history.other_year", mark("A target told as history, or a base as a target"), BOTH, other_end),
    Rule("history.falling", mark("A goal below the text's own base"), ("claims",), falling),
    Rule("history.year_as_value", mark("A year printed as a value"), ("indicators",), years_as_values),
    Rule("history.not_in_table", mark("Goals of the text without a row in the table"), BOTH, not_in_table),
)
