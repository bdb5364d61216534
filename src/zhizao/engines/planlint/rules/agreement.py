"""One indicator, one year, one figure: what the text says against the table, and the text against itself.

Two printed figures agree if the intervals that their rounding and their words leave (``tolerance.interval``) have a
value in common; more than two agree if all have one in common. Units are converted first; 家 and 个 count the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.rules._common import decimal, integer, plain, rounded, text, unit_of_change
from zhizao.engines.planlint.rules._statements import (
    Statement,
    Statements,
    agree,
    distinct,
    factor_of,
    is_generic,
    last_year,
    may_be_year,
    places,
    statements,
    together,
)
from zhizao.engines.planlint.text import concept_words as words
from zhizao.engines.planlint.text.concepts import Concept, Doubt, Same, same
from zhizao.kernel.result import mark
from zhizao.kernel.span import Span

ADDITIVE: Final = words.MONEY | {
    "count",
    "employment",
    "energy",
    "water",
    "power",
    "emission",
    "land",
    "production",
    "capacity",
}
MEAN: Final = re.compile("年均|年平均|平均每年")
_IN_ALL: Final = re.compile("总量|总数")
SHORTEST: Final = 4
"""Characters of the shorter name of a rate."""
REGISTER: Final = Concept("count", ("工业企业",), "above_scale")
"""All industrial enterprises above scale: generic words that mean one thing."""
GROWS: Final = mark("Growth that the table sets")
DIFFERENCE: Final = mark("Difference")
NEAR: Final = {
    Doubt.SCOPE: mark(
        "%(name)s and %(other)s for %(year)s: %(figures)s. Only one of them names its statistical scope; "
        "of one scope the figures contradict each other."
    ),
    Doubt.SUBJECT: mark(
        "%(name)s and %(other)s for %(year)s: %(figures)s. If the two names mean one thing, the figures contradict "
        "each other."
    ),
    Doubt.LEVEL: mark("%(name)s and %(other)s for %(year)s: %(figures)s. The wider of the two cannot be the smaller."),
}
PART_ABOVE_WHOLE: Final = mark(
    "%(name)s and %(other)s for %(year)s: %(figures)s. Industry above scale cannot have more than all industry, so the "
    "figures contradict each other under either scope."
)
ONE_FIGURE: Final = mark("Give one figure in all places, or name what sets them apart.")

Group = dict[tuple[int, int | None], list[Statement]]


def values(facts: Facts) -> Iterator[Finding]:
    """One indicator, of one scope, for one year, with two figures.

    Formula: the intervals of all printed figures have no value in common. Tolerance: rounding; 5 % for 约, 10 % beyond
    a bound for 突破 and 超过 in the text. Error.

    Found: the text says 竹木产业规上工业总产值突破30亿元 in 2030, the table's target is 28.4亿元: 30 is not reached.
    Not found: the text says 61.47亿元 and the table 61.5亿元; or the text says 突破96亿元 and the table 96.3.
    """
    known = statements(facts)
    for concept, year, many in _clusters(known):
        if concept.statistic == "growth" or year[0] is None:
            continue
        if finding := _conflict(facts, concept, _telling(concept, many, known), Severity.ERROR, "agreement.value"):
            yield finding


def growths(facts: Facts) -> Iterator[Finding]:
    """One growth, over the same years, with two figures.

    Formula and tolerance as for values. Error.

    Found: the text says 年均增长9.4% of what the table lets grow by 8.9%.
    Not found: 年均增长9% in the text and 9.3% in the table; growth over other years.
    """
    known = statements(facts)
    for concept, year, many in _clusters(known):
        if concept.statistic == "growth" and year[0] is not None:
            kept = _telling(concept, many, known)
            if finding := _conflict(facts, concept, kept, Severity.ERROR, "agreement.growth"):
                yield finding


def near(facts: Facts) -> Iterator[Finding]:
    """A figure of the text and one of the table that are in all likelihood of one thing, and differ.

    The two differ in one word: a scope that only one names, a name written otherwise, a level with and without 以上.
    A part cannot be more than its whole: all industry is at least industry above scale, 市级以上 at least 市级. So a
    figure without scope below the one above scale is an error under either reading. Otherwise it is a warning, and
    nothing at all where the text has its exact counterpart in the table, or for industry as a whole.

    Found: 食品行业产值 20亿元 in the text, 食品制造业规上工业总产值 22亿元 in the table, for one year.
    Not found: 工业总产值 64 and 规上工业总产值 60亿元.
    """
    known = statements(facts)
    for kin in known.index.groups():
        if len(kin) < 2:
            continue
        tables = [one for many in kin.values() for one in distinct(_levels(many, text_too=False))]
        exact = {(one.concept, one.year) for one in tables}
        for concept, many in kin.items():
            texts = [one for one in _levels(many) if one.is_text and (concept, one.year) not in exact]
            by_year: dict[int | None, list[Statement]] = defaultdict(list)
            for one in _telling(concept, texts, known):
                by_year[one.year].append(one)
            for table in tables:
                if table.concept != concept and table.year in by_year:
                    yield from _near(facts, table, by_year[table.year])


def _levels(many: Iterable[Statement], *, text_too: bool = True) -> list[Statement]:
    return [one for one in many if one.since is None and (text_too or not one.is_text)]


def _near(facts: Facts, table: Statement, texts: list[Statement]) -> Iterator[Finding]:
    match = same(texts[0].concept, table.concept)
    apart = {one.value: agree(one, table) is False and not _allowed(one, table) for one in distinct(texts)}
    many = [one for one in texts if apart.get(one.value)]
    if many and match.same is Same.NEAR:
        sure = match.doubts == (Doubt.SCOPE,) and _part_above_whole(many[0], table)
        severity = Severity.ERROR if sure else Severity.WARNING
        yield _finding(facts, [table, *many], severity, "agreement.near", doubt=match.doubts[0])


def _allowed(one: Statement, table: Statement) -> bool:
    """Whether two near statements may differ as they do."""
    doubts = same(one.concept, table.concept).doubts
    if len(doubts) != 1 or doubts[0] in (Doubt.MEASURE, Doubt.INCREMENT, Doubt.DENOMINATOR, Doubt.AREA):
        return True
    if doubts[0] is Doubt.SCOPE:
        return one.concept.whole and not _part_above_whole(one, table)
    return doubts[0] is Doubt.LEVEL and not _part_above_whole(one, table)


def _part_above_whole(one: Statement, other: Statement) -> bool:
    """Whether of two statements the narrower (its scope or level named) is the larger beyond rounding."""
    if one.concept.measure not in ADDITIVE or one.concept.per or one.concept.statistic != "level":
        return False
    if one.concept.scope != other.concept.scope:
        narrow, wide = (one, other) if one.concept.scope == "above_scale" else (other, one)
    else:
        inclusive = "以上" in one.concept.level or not one.concept.level
        wide, narrow = (one, other) if inclusive else (other, one)
    more, most = narrow.values(wide.unit), wide.values()
    return more is not None and most is not None and more.low > most.high


def scopes(facts: Facts) -> Iterator[Finding]:
    """One figure printed for two scopes of one indicator.

    All industry and industry above scale are equal only where nothing lies below the scale; a plan that gives
    different figures for them elsewhere (of output, say) shows that it is not so here. Condition: one value, one year,
    one measure, both of industry as a whole, one above scale and one not; and the plan prints another measure with two
    different figures for the two scopes. Warning.

    Found: 全县工业增加值24亿元 in the text, 规上工业增加值24亿元 in the table, 工业总产值64 and 规上 60亿元.
    Not found: the same where no indicator has different figures for the two scopes.
    """
    known = statements(facts)
    wholes: dict[tuple[str, int], dict[bool, list[Statement]]] = {}
    for one in known:
        level = one.concept.statistic == "level" and not one.concept.per and not one.concept.area
        if one.concept.whole and one.year is not None and level and one.concept.measure in words.MONEY:
            pair = wholes.setdefault((one.concept.measure, one.year), {})
            pair.setdefault(one.concept.scope == "above_scale", []).append(one)
    apart = [(pair[False][0], pair[True][0]) for pair in wholes.values() if len(pair) == 2]
    witness = next(((wide, narrow) for wide, narrow in apart if agree(wide, narrow) is False), None)
    if witness is None:
        return
    for (measure, _year), pair in wholes.items():
        equal = [
            (wide, narrow)
            for wide in distinct(pair.get(False, ()))
            for narrow in distinct(pair.get(True, ()))
            if factor_of(wide.concept, wide.unit, narrow.unit) == 1 and wide.value == narrow.value
        ]
        if equal and measure != witness[0].concept.measure:
            yield _one_figure(facts, *equal[0], witness)


def _one_figure(facts: Facts, wide: Statement, narrow: Statement, witness: tuple[Statement, Statement]) -> Finding:
    both = (wide, narrow)
    return Finding(
        "agreement.scopes",
        Severity.WARNING,
        mark("%(value)s%(unit)s is printed for %(wide)s and for %(narrow)s, two different scopes, for %(year)s."),
        key=f"{narrow.key} {narrow.year}",
        params={
            "value": plain(wide.value),
            "unit": wide.unit,
            "wide": wide.name,
            "narrow": narrow.name,
            "year": wide.year,
        },
        numbers=tuple(one.number() for one in (*both, *witness)),
        places=places(facts, both),
        suggestion=mark("Say which scope the figure is of, and give the other its own figure."),
    )


def means(facts: Facts) -> Iterator[Finding]:
    """A mean of the years up to the base that is above the base, of what the plan lets grow.

    Formula: mean.low > base.high, where the mean is of amounts of money a year (年均) over several years that end with
    the base year, and the table's target is above its base. Warning: both may be true only if it fell before.

    Found: 竹木产业年均产值50亿元以上 in 2021–2025, and 36亿元 in 2025 in the table, with a target of 58.
    Not found: a mean below the base; a target below the base; a mean of other years.
    """
    known = statements(facts)
    for one in known:
        record = one.record
        is_mean = one.is_text and one.year is None and MEAN.search(text(record, "indicator"))
        if not is_mean or one.concept.measure not in words.MONEY or not one.concept.subject or is_generic(one.concept):
            continue
        until = last_year(text(record, "span"))
        for base, match in known.like(one.concept, year=until):
            mean, last = one.values(base.unit), base.values()
            if base.side != "base" or set(match.doubts) - {Doubt.SCOPE} or mean is None or last is None:
                continue
            goal = decimal(base.record, "target_value")
            if mean.low > last.high and goal is not None and goal > base.value:
                yield _mean(facts, one, base, goal)
            break


def _years(span: str) -> str:
    """The years of a span as they are printed.

    >>> _years("2016-01..2020-12")
    '2016—2020'
    """
    years = Span.parse(span)
    return f"{years.first_year}—{years.last_year}"


def _mean(facts: Facts, one: Statement, base: Statement, goal: Decimal) -> Finding:
    growth = (goal / base.value - 1) * 100
    mean = replace(one.number(), params={"name": one.name, "year": _years(text(one.record, "span"))})
    rise = Number(GROWS, rounded(growth), "%", f"{plain(goal)}÷{plain(base.value)}−1")
    return Finding(
        "agreement.mean",
        Severity.WARNING,
        mark(
            "%(name)s is stated as %(mean)s%(unit)s a year on average of the years up to %(year)s, but is %(base)s"
            "%(base_unit)s in %(year)s."
        ),
        key=f"{base.key} {base.year}",
        params={
            "name": one.name,
            "mean": plain(one.value),
            "unit": one.unit,
            "year": base.year,
            "base": plain(base.value),
            "base_unit": base.unit,
        },
        numbers=(mean, base.number(), rise),
        places=places(facts, [one, base]),
        suggestion=mark("Check both figures, or say that it fell before the base year."),
    )


def _clusters(known: Statements) -> Iterator[tuple[Concept, tuple[int | None, int | None], list[Statement]]]:
    """What is said of one concept for the same years, where there is more than one figure."""
    for kin in known.index.groups():
        for concept, many in kin.items():
            if not concept.subject or not concept.measure:
                continue
            by_year: dict[tuple[int | None, int | None], list[Statement]] = defaultdict(list)
            for one in many:
                by_year[one.year, one.since].append(one)
            yield from ((concept, year, group) for year, group in by_year.items() if len(group) > 1)


def _telling(concept: Concept, many: Iterable[Statement], known: Statements) -> list[Statement]:
    """The statements that can contradict others.

    Left out: a year in a value's place and a figure of the other end, which have rules of their own; a line that gives
    one concept two figures, which must be of two things; what has a subject that names nothing in particular.
    """
    kept = [one for one in many if not (one.is_text and may_be_year(one)) and not known.other_end(one)]
    by_line: dict[int | None, list[Statement]] = defaultdict(list)
    for one in kept:
        if one.is_text:
            by_line[integer(one.record, "line")].append(one)
    split = {line for line, group in by_line.items() if len(distinct(group)) > 1 and not together(group, group[0].unit)}
    kept = [one for one in kept if not one.is_text or integer(one.record, "line") not in split]
    if is_generic(concept):
        register = concept == REGISTER
        kept = [one for one in kept if not one.is_text or (register and _of_the_area(one, known))]
    return kept


def _of_the_area(one: Statement, known: Statements) -> bool:
    """Whether 规上工业企业173家 is said of the whole area: in a chapter on all of it, of no sector and of no part."""
    is_part = text(one.record, "subject") or "of which" in text(one.record, "note")
    return not is_part and (known.by_area(one.record) or _IN_ALL.search(text(one.record, "indicator")) is not None)


def _conflict(facts: Facts, concept: Concept, many: list[Statement], severity: Severity, rule: str) -> Finding | None:
    """A finding if the statements have no value in common."""
    if len(many) < 2 or all(not one.is_text for one in many):
        return None
    unit = next((one.unit for one in many if not one.is_text), many[0].unit)
    comparable = [one for one in many if factor_of(concept, one.unit, unit) is not None]
    if len(comparable) < 2 or together(comparable, unit):
        return None
    return _finding(facts, comparable, severity, rule)


def _finding(
    facts: Facts, many: list[Statement], severity: Severity, rule: str, *, doubt: Doubt | None = None
) -> Finding:
    figures = distinct(many)
    first, last = figures[0], figures[-1]
    params: dict[str, object] = {
        "name": first.name,
        "year": first.year,
        "figures": "、".join(f"{plain(one.value)}{one.unit}" for one in figures[:4]),
    }
    numbers = [one.number() for one in figures[:3]]
    if (factor := factor_of(last.concept, last.unit, first.unit)) is not None:
        other = last.value * factor
        expression = f"{plain(other)}−{plain(first.value)}"
        numbers.append(Number(DIFFERENCE, rounded(other - first.value, 2), unit_of_change(first.unit), expression))
    if doubt is not None:
        message = PART_ABOVE_WHOLE if severity is Severity.ERROR else NEAR[doubt]
        params["other"] = last.name
    elif rule == "agreement.growth":
        message = mark("The growth of %(name)s up to %(year)s is stated as %(figures)s.")
    else:
        message = mark("%(name)s for %(year)s has two figures: %(figures)s.")
    key = f"{first.key} {first.year}" if doubt is None else f"{first.key} {last.name} {first.year}"
    return Finding(rule, severity, message, key, params, tuple(numbers), places(facts, many), ONE_FIGURE)


def rates(facts: Facts) -> Iterator[Finding]:
    """A rate of the text whose name is the end of one rate of the table, for one year, with another figure.

    Condition: a name of four characters or more (改造覆盖率 of 规上工业企业数字化改造覆盖率) that ends the name of one
    row only. Tolerance: rounding and bounds. A warning: the text may mean another rate.

    Found: 改造覆盖率达到80% in the text, 90% in the table. Not found: 覆盖率 alone, which ends the names of two rows.
    """
    known = statements(facts)
    tables = [one for one in known if not one.is_text and one.concept.measure == "rate" and one.since is None]
    for one in known:
        if not one.is_text or one.concept.measure != "rate" or one.concept.statistic != "level" or not one.year:
            continue
        name = one.concept.subject[0] if len(one.concept.subject) == 1 else ""
        ending = [end for end in tables if name and _ends_with(end.concept, name)]
        if len(name) < SHORTEST or len({end.row for end in ending}) != 1 or known.other_end(one):
            continue
        for end in ending:
            if end.year == one.year and end.concept != one.concept and agree(one, end) is False:
                yield _rates(facts, one, end)


def _ends_with(concept: Concept, name: str) -> bool:
    return len(concept.subject) == 1 and concept.subject[0].endswith(name)


def _rates(facts: Facts, one: Statement, end: Statement) -> Finding:
    return Finding(
        "agreement.rate",
        Severity.WARNING,
        mark(
            "“%(name)s” for %(year)s is %(value)s%(unit)s in the text; “%(other)s” of the table is %(own)s%(own_unit)s."
        ),
        f"{end.key} {one.year}",
        {
            "name": one.name,
            "year": one.year,
            "value": plain(one.value),
            "unit": one.unit,
            "other": end.name,
            "own": plain(end.value),
            "own_unit": end.unit,
        },
        (one.number(), end.number()),
        places(facts, [one, end]),
        ONE_FIGURE,
    )


RULES: Final = (
    Rule("agreement.rate", mark("A rate of the text under a shorter name"), ("indicators", "claims"), rates),
    Rule("agreement.value", mark("One indicator with two figures for one year"), ("claims",), values),
    Rule("agreement.growth", mark("One growth with two figures"), ("claims",), growths),
    Rule(
        "agreement.near", mark("Figures of text and table that seem to be of one thing"), ("indicators", "claims"), near
    ),
    Rule("agreement.mean", mark("A mean of past years above the base"), ("indicators", "claims"), means),
    Rule("agreement.scopes", mark("One figure for two statistical scopes"), ("indicators",), scopes),
)
