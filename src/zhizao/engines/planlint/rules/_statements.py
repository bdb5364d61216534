"""Every figure that a plan states of an indicator, from its table and from its text, in one form.

A statement says: this concept, in this year, has this value (the interval that its rounding leaves), and here it
stands. The table gives a base, a target and a growth for each row; the text gives the claims. Claims of doubtful
reading are left out: a rule that joins figures needs to know what they are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Final

from zhizao.engines.planlint.facts import Facts, once
from zhizao.engines.planlint.finding import Mention, Number
from zhizao.engines.planlint.growth import COUNT_UNITS, SHARE_UNITS
from zhizao.engines.planlint.rules._common import bound_of, claim_mention, decimal, integer, target_mention, text
from zhizao.engines.planlint.rules._common import known as known_firms
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tables.indicators import normal_name
from zhizao.engines.planlint.tables.values import converted
from zhizao.engines.planlint.text import concept_words as words
from zhizao.engines.planlint.text import sections
from zhizao.engines.planlint.text.claim_words import GOALS, PRESENT
from zhizao.engines.planlint.text.concepts import AREA, Concept, Doubt, Index, Match, of_claim, of_indicator
from zhizao.engines.planlint.text.sentences import lines_of_tables
from zhizao.engines.planlint.tolerance import Interval, interval
from zhizao.kernel.result import Refused, mark
from zhizao.kernel.span import Span

SURE: Final = Decimal("0.6")
"""Claims of less confidence are not joined with others."""
RATES: Final = SHARE_UNITS | {"倍"}
_COUNTED: Final = re.compile(r"(?:企业|公司|机构|平台|中心|项目|园区|工厂|车间|人才|产品|基地|集群|户|家)(?:数量?)?$")
_OWN_AREA: Final = re.compile("[全我本][省市区县州旗]")
_OF_INDUSTRY: Final = frozenset(("output", "value_added"))
_IN_ALL_YEARS: Final = re.compile("against|over all these years")
_OF_WHICH: Final = re.compile(r"of which: ([^;]+)")
BASE, TARGET, TEXT, MIDDLE = "base", "target", "text", "middle"
_BETWEEN: Final = re.compile(r"((?:19|20)[0-9]{2}): ([0-9]{1,12}(?:\.[0-9]{1,6})?)(?=;|$)")
"""Values of the years between base and target, as the table of targets keeps them in its note."""
GENERIC: Final = re.compile(
    "(?:重点|主要|规上|配套|供应链配套|本地|区内|各类)*(?:企业|公司|项目|产业|行业|产品|平台|园区|人才|工业|产业链)"
    "(?!技术|研发|研究|孵化|公寓)"
)
"""Subjects that each section means differently."""
IN_TABLE: Final = mark("%(name)s, %(year)s, in the table")
IN_TEXT: Final = mark("%(name)s, %(year)s, in the text")


@dataclass(frozen=True, slots=True)
class Statement:
    """One figure of one indicator.

    Attributes
    ----------
    concept : what is measured
    name : as printed
    year : the year it is said for; of a growth, its last
    since : of a growth, the year before its first; else None
    value, unit, bound : as printed
    side : ``base``, ``target`` or ``middle`` and its year, of the table; or ``text``
    row : index of its record in the table of indicators or of claims
    """

    concept: Concept
    name: str
    year: int | None
    value: Decimal
    unit: str
    bound: str
    side: str
    row: int
    record: Record
    since: int | None = None

    @property
    def is_text(self) -> bool:
        """Whether it stands in the running text."""
        return self.side == TEXT

    @property
    def key(self) -> str:
        """The row's or the claim's stable id."""
        return text(self.record, "id") or self.name

    def mention(self, facts: Facts) -> Mention:
        """Where it stands."""
        return claim_mention(facts, self.row) if self.is_text else target_mention(facts, self.row)

    def values(self, unit: str | None = None) -> Interval | None:
        """What the figure may stand for, in a unit; None if the units are of different kinds."""
        factor = Decimal(1) if unit is None else factor_of(self.concept, self.unit, unit)
        if factor is None:
            return None
        # A floor in a table is the target itself; a floor in the text tells of a figure a little above.
        own = interval(self.value, bound=self.bound, unit=self.unit, open_ended=not self.is_text)
        high = decimal(self.record, "value_high") if self.is_text else None
        return Interval(own.low, max(own.high, high) if high is not None else own.high).times(factor)

    def number(self) -> Number:
        """The printed figure as a line of arithmetic."""
        label = IN_TEXT if self.is_text else IN_TABLE
        return Number(label, self.value, self.unit, params={"name": self.name, "year": self.year or ""})


def factor_of(concept: Concept, unit: str, to: str) -> Decimal | None:
    """How many of one unit make one of the other; of a count, 家 and 个 are one; 亿 alone, of money, is 亿元.

    >>> factor_of(Concept("output"), "亿", "万元"), factor_of(Concept("count"), "家", "个")
    (Decimal('10000'), Decimal('1'))
    """
    if concept.measure == "count" and {unit, to} <= COUNT_UNITS:
        return Decimal(1)
    if concept.per and ("/" in unit) != ("/" in to):
        # 亩均税收13万元 leaves out what it is per; 13万元/亩 says it.
        unit, to = unit.partition("/")[0], to.partition("/")[0]
    if concept.measure in words.MONEY | {"productivity"} and "/" not in unit:
        unit, to = (one + "元" if one and set(one) <= set("十百千万亿") else one for one in (unit, to))
    return converted(Decimal(1), unit, to)


def is_generic(concept: Concept) -> bool:
    """Whether the subject is a word that each section uses for its own: 重点企业, 项目.

    >>> is_generic(Concept("count", ("重点企业",))), is_generic(Concept("count", ("龙头企业",)))
    (True, False)
    """
    return not concept.whole and any(GENERIC.match(name) for name in concept.subject)


def region(facts: Facts) -> str:
    """The name of the plan's area."""
    named = facts.meta.get("region") or ""
    return str(named.get("name") or "") if isinstance(named, dict) else str(named)


_Figures = dict[int | None, list[Statement]]


def _by_concept(many: Iterable[Statement]) -> dict[Concept, _Figures]:
    """The different figures of each concept and year."""
    groups: dict[Concept, dict[int | None, dict[object, Statement]]] = defaultdict(lambda: defaultdict(dict))
    for one in many:
        figure = one.side, one.since, one.value, one.unit, one.bound
        groups[one.concept][one.year].setdefault(figure, one)
    return {
        concept: {year: list(figures.values()) for year, figures in years.items()} for concept, years in groups.items()
    }


class Statements:
    """All statements of a plan, with look-up by concept."""

    def __init__(self, facts: Facts) -> None:
        self.region = region(facts)
        self.by_area = _of_the_area(facts)
        self.all = [*_of_table(facts, self.region), *_of_text(facts, self.region)]
        self.index: Index[Statement] = Index((one.concept, one) for one in self.all)
        self._figures: Index[_Figures] = Index(_by_concept(self.all).items())
        self._rows: dict[int, dict[str, Statement]] = defaultdict(dict)
        self._other_ends: dict[object, tuple[Statement, Statement] | None] = {}
        self._tight: dict[object, Interval | None] = {}
        self._wholes: dict[tuple[str, int | None], list[Statement]] = defaultdict(list)
        for one in self.all:
            if not one.is_text and one.since is None:
                self._rows[one.row][one.side] = one
            if one.concept.whole and one.concept.statistic == "level" and not one.concept.per:
                self._wholes[one.concept.measure, one.year].append(one)

    def __iter__(self) -> Iterator[Statement]:
        return iter(self.all)

    def like(self, concept: Concept, *, year: int | None = None) -> Iterator[tuple[Statement, Match]]:
        """Statements of the same or a near concept, the same first; of a year if one is given.

        A figure that is printed many times is given once, so that the time does not grow with its repetitions.
        """
        for years, match in self._figures.find(concept):
            for each in years if year is None else (year,):
                for one in years.get(each, ()):
                    yield one, match

    def ends(self, row: int) -> Mapping[str, Statement]:
        """Base and target of a row of the table, as far as they are there."""
        return self._rows.get(row, {})

    def other_end(self, one: Statement) -> tuple[Statement, Statement] | None:
        """For a figure of the text that is the table's value of the other end: that end, and its own end.

        None unless the table's own end differs from what the text says, and the other end does not.
        """
        if not one.is_text or one.year is None:
            return None
        key = one.concept, one.year, one.value, one.unit, one.bound
        if key not in self._other_ends:
            self._other_ends[key] = self._other_end(one)
        return self._other_ends[key]

    def _other_end(self, one: Statement) -> tuple[Statement, Statement] | None:
        rows = (
            other.row
            for other, match in self.like(one.concept)
            if not other.is_text and other.since is None and not set(match.doubts) - _MAY_DIFFER
        )
        for row in dict.fromkeys(rows):
            ends = self.ends(row).values()
            own = next((end for end in ends if end.year == one.year), None)
            away = next((end for end in ends if end.year != one.year), None)
            if own and away and agree(one, away) and agree(one, own) is False:
                return away, own
        return None

    def wholes(self, measure: str, year: int | None) -> list[Statement]:
        """What is said of industry as a whole: one statement for each concept, those of the table first."""
        found: dict[Concept, Statement] = {}
        for one in self._wholes.get((measure, year), ()):
            found.setdefault(one.concept, one)
        return list(found.values())

    def tight(self, one: Statement, unit: str) -> Interval | None:
        """What all statements of one concept and year leave together; of one alone where they contradict each other."""
        key = one.concept, one.year, one.since, one.value, one.unit, unit
        if key not in self._tight:
            alike = (other for other, _ in self.like(one.concept, year=one.year) if other.concept == one.concept)
            self._tight[key] = together((other for other in alike if other.since == one.since), unit) or one.values(
                unit
            )
        return self._tight[key]

    def all_of(self, measure: str, year: int | None) -> list[Statement]:
        """What is said of the plan's whole area in a measure that an area has by itself: its GDP."""
        wanted = Concept(measure, (AREA,))
        return [one for one, match in self.like(wanted, year=year) if one.concept == wanted]


def agree(one: Statement, other: Statement) -> bool | None:
    """Whether both figures may be true of one thing; None if their units are of different kinds."""
    mine, theirs = one.values(other.unit), other.values()
    return None if mine is None or theirs is None else mine.meets(theirs)


def may_be_year(one: Statement) -> bool:
    """Whether a count is in truth a year: a whole number that is the year it is said for, or one beside it."""
    if one.concept.measure != "count" or one.year is None or one.bound != "eq":
        return False
    return one.value == one.value.to_integral_value() and one.value == one.year


_MAY_DIFFER: Final = {Doubt.SUBJECT, Doubt.SCOPE, Doubt.DENOMINATOR}


@once
def statements(facts: Facts) -> Statements:
    """The statements of a plan."""
    return Statements(facts)


def _of_table(facts: Facts, area: str) -> Iterator[Statement]:
    for row, record in enumerate(facts["indicators"]):
        concept = of_indicator(record, region=area)
        name, unit = text(record, "name"), text(record, "unit")
        for side in (BASE, TARGET):
            if (value := decimal(record, f"{side}_value")) is not None:
                bound = bound_of(record, f"{side}_value")
                yield Statement(concept, name, integer(record, f"{side}_year"), value, unit, bound, side, row, record)
        for year, printed in _BETWEEN.findall(text(record, "note")):
            yield Statement(concept, name, int(year), Decimal(printed), unit, "eq", f"{MIDDLE} {year}", row, record)
        if (growth := decimal(record, "growth_stated_pct")) is not None and concept.statistic != "share":
            years = integer(record, "base_year"), integer(record, "target_year")
            grown = grows(concept)
            yield Statement(grown, name, years[1], growth, "%", "eq", TARGET, row, record, since=years[0])


def grows(concept: Concept) -> Concept:
    """The growth of what a concept measures."""
    return replace(concept, statistic="growth")


def level_of(concept: Concept) -> Concept:
    """What grows, or what has a share: the concept's level.

    >>> level_of(Concept("output", ("竹木",), statistic="growth")).statistic
    'level'
    """
    return replace(concept, statistic="level", of=None)


def _of_text(facts: Facts, area: str) -> Iterator[Statement]:
    firms = known_firms(facts)
    rows = {_plain_name(text(record, "name")): of_indicator(record, region=area) for record in facts["indicators"]}
    by_area = _of_the_area(facts)
    scopes: dict[int | None, bool] = {}
    for row, record in enumerate(facts["claims"]):
        value, confidence = decimal(record, "value"), decimal(record, "confidence")
        if value is None or (confidence is not None and confidence < SURE):
            continue
        if text(record, "unit") == "倍" and text(record, "kind") != "growth":
            continue  # 为2025年的1.6倍: no level
        if text(record, "kind") == "growth" and text(record, "unit") not in RATES:
            continue  # a change in the indicator's own unit, which is no level
        subject = text(record, "subject")
        if subject and words.INCREMENT.match(text(record, "indicator")) and not firms.knows(subject):
            record = {**record, "subject": ""}  # 新增智能工厂3个 says itself what is added; no firm adds it
        bare = text(record, "unit") in COUNT_UNITS and not _COUNTED.search(text(record, "indicator"))
        if bare and (whole := _OF_WHICH.search(text(record, "note"))) is not None:
            record = {**record, "indicator": text(record, "indicator") + whole[1]}  # 食品3家 of one thing, 2 of another
        concept = of_claim(record, region=area)
        named = rows.get(_plain_name(text(record, "indicator")))
        if named is not None and not concept.subject and named.measure == concept.measure and by_area(record):
            concept = replace(concept, subject=named.subject)
        if (
            not concept.subject
            and scopes.get(integer(record, "line"))
            and by_area(record)
            and _is_bare(record, concept)
        ):
            concept = replace(concept, subject=("工业",), scope=concept.scope or "above_scale")
        if concept.scope == "above_scale" and concept.subject in (("工业",), ("工业企业",)):
            scopes[integer(record, "line")] = True  # 规上工业企业156家，实现产值268亿元
        since, year = years_of(text(record, "span"), concept)
        if concept.statistic == "growth" and since is not None and _IN_ALL_YEARS.search(text(record, "note")):
            concept = replace(concept, statistic="growth in all")  # 较2025年提高43%: of all years, none a year
        name = text(record, "subject") + text(record, "indicator")
        if text(record, "subject") and text(record, "subject") in text(record, "indicator"):
            name = text(record, "indicator")
        bound, unit = text(record, "bound") or "eq", text(record, "unit")
        yield Statement(concept, name, year, value, unit, bound, TEXT, row, record, since=since)


def _is_bare(record: Record, concept: Concept) -> bool:
    """Whether a figure names only its measure: 实现产值268亿元."""
    listed = text(record, "parts") or text(record, "list_id")
    return concept.measure in _OF_INDUSTRY and not concept.per and not listed


def _plain_name(name: str) -> str:
    return _OWN_AREA.sub("", normal_name(name))


def _of_the_area(facts: Facts) -> Callable[[Record], bool]:
    """Whether what is said without a subject is said of the whole area: in the chapters of goals and of the present."""
    if facts.document is None:
        return lambda record: False
    cells = lines_of_tables(facts.document)
    tree = sections.read(facts.document, skip=cells)

    def found(record: Record) -> bool:
        line = integer(record, "line") or 0
        titles = tree.titles_of(line)
        return line in cells or any(GOALS.search(title) or PRESENT.search(title) for title in titles)

    return found


@lru_cache(maxsize=4096)
def _span(words_of_span: str) -> Span | None:
    try:
        return Span.parse(words_of_span) if words_of_span else None
    except Refused:
        return None


def years_of(span: str, concept: Concept) -> tuple[int | None, int | None]:
    """The year before a growth's first (else None), and the year a figure is said for.

    A stock is its value at the span's end; a flow of money over several years is of no single year.

    >>> from zhizao.engines.planlint.text.concepts import parse
    >>> years_of("2021-01..2025-12", parse("规上工业总产值年均增速", unit="%")), years_of("2025", parse("工业总产值"))
    ((2020, 2025), (None, 2025))
    >>> years_of("2021-01..2025-12", parse("工业投资", unit="亿元"))
    (None, None)
    """
    found = _span(span)
    if found is None:
        return None, None
    first, behind = divmod(found.start_month, 12), divmod(found.start_month + found.months, 12)
    if behind[1] != 0:
        return None, None
    last = behind[0] - 1
    if concept.statistic == "growth":
        return first[0] - 1, last
    flow = concept.measure in words.MONEY and not concept.per and concept.statistic == "level"
    return None, last if found.months <= 12 or not flow else None


def last_year(span: str) -> int | None:
    """The year that a span ends with; None if it ends within one.

    >>> last_year("2016-01..2020-12")
    2020
    """
    found = _span(span)
    end = None if found is None else divmod(found.start_month + found.months, 12)
    return end[0] - 1 if end is not None and end[1] == 0 else None


def together(many: Iterable[Statement], unit: str) -> Interval | None:
    """The values that all statements allow: None if there is none (their units must be of one kind)."""
    low, high = Decimal("-Infinity"), Decimal("Infinity")
    for one in many:
        if (values := one.values(unit)) is None:
            continue
        low, high = max(low, values.low), min(high, values.high)
    return Interval(low, high) if low <= high else None


def distinct(many: Iterable[Statement]) -> list[Statement]:
    """One statement of each printed figure, those of the table first, then by line."""
    seen: dict[tuple[Decimal, str, str], Statement] = {}
    for one in sorted(many, key=lambda one: (one.is_text, integer(one.record, "line") or 0)):
        seen.setdefault((one.value.normalize(), one.unit, one.bound), one)
    return list(seen.values())


def places(facts: Facts, many: Iterable[Statement], most: int = 6) -> tuple[Mention, ...]:
    """Where statements stand, each place once."""
    found: dict[tuple[str, int | None], Mention] = {}
    for one in many:
        place = one.mention(facts)
        found.setdefault((place.table, place.row), place)
        if len(found) == most:
            break
    return tuple(found.values())
