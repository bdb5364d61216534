"""The project library as its rules see it: money as numbers, dates as spans with every reading they allow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Mention
from zhizao.engines.planlint.growth import half_step
from zhizao.engines.planlint.rules._common import decimal, integer, mention, text
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tables.values import figure
from zhizao.engines.planlint.tables.values import plain as plain_value
from zhizao.kernel import names
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

UNIT: Final = "万元"
MONEY: Final = ("total_wan_yuan", "before_wan_yuan", "plan_wan_yuan", "after_wan_yuan")
_DATE: Final = re.compile(
    r"((?:19|20)[0-9]{2})年?(?:[./\-年]?0?([0-9]{1,2})月?)?(?:[./\-月][0-9]{1,2}日?)?(?:[底末初]|左右)?"
)
_TAILS: Final = re.compile(r"(?:新建|扩建|改造|建设|工程|项目|技改)+$")


@dataclass(frozen=True, slots=True)
class Project:
    """One row of the library.

    ``start`` and ``finish`` hold every period that the printed date may mean: none where nothing is printed or it
    cannot be read, two for 2020.1, which is January or an October that lost its zero.
    """

    row: int
    name: str
    owner: str
    sector: str
    nature: str
    serial: int | None
    total: Decimal | None
    before: Decimal | None
    plan: Decimal | None
    after: Decimal | None
    start_printed: str
    finish_printed: str
    start: tuple[Span, ...]
    finish: tuple[Span, ...]

    @property
    def key(self) -> str:
        """What names the project from version to version."""
        return f"{names.normalise(self.name)}/{names.normalise(self.sector)}"

    def starts_before(self, month: int) -> bool:
        """Whether work starts before a month under every reading; False where the start is unknown."""
        return bool(self.start) and all(one.end_month <= month for one in self.start)

    def starts_from(self, month: int) -> bool:
        """Whether work starts in a month or later under every reading."""
        return bool(self.start) and all(one.start_month >= month for one in self.start)

    def finishes_before(self, month: int) -> bool:
        """Whether work is finished before a month under every reading; False where the end is unknown."""
        return bool(self.finish) and all(one.end_month <= month for one in self.finish)

    def place(self, facts: Facts) -> Mention:
        """Where it stands."""
        return mention(facts, "projects", self.row)


@lru_cache(maxsize=4096)
def dates(words: str) -> tuple[Span, ...]:
    """Every period that a printed date may mean.

    >>> [[str(one) for one in dates(words)] for words in ("2021", "2020.08", "2020年6月", "2020.1", "待定")]
    [['2021'], ['2020-08'], ['2020-06'], ['2020-01', '2020-10'], []]
    """
    words = words.strip()
    if found := _DATE.fullmatch(words):
        year, month = int(found[1]), int(found[2] or 0)
        if not month:
            return (Span.of_year(year),)
        if month > 12:
            return ()
        readings = (1, 10) if words.endswith((".1", "．1")) else (month,)
        return tuple(Span.of_month(year, one) for one in readings)
    try:
        return (Span.parse(words),) if words else ()
    except Refused:
        return ()


def projects(facts: Facts) -> Iterator[Project]:
    """The rows of the library."""
    for row, record in enumerate(facts["projects"]):
        start, finish = text(record, "start"), text(record, "finish")
        yield Project(
            row=row,
            name=text(record, "name"),
            owner=text(record, "owner"),
            sector=text(record, "sector"),
            nature=text(record, "nature"),
            serial=integer(record, "serial"),
            total=decimal(record, "total_wan_yuan"),
            before=decimal(record, "before_wan_yuan"),
            plan=decimal(record, "plan_wan_yuan"),
            after=decimal(record, "after_wan_yuan"),
            start_printed=start,
            finish_printed=finish,
            start=dates(start),
            finish=dates(finish),
        )


def period_months(facts: Facts) -> tuple[int, int] | None:
    """First month of the plan's period, and the month after its last."""
    years = facts.period_years
    return None if years is None else (Span.of_year(years[0]).start_month, Span.of_year(years[1]).end_month)


def money_factor(record: Record) -> Decimal:
    """How many 10^4 yuan one unit of the printed total is: 1, or 10,000 where the library is in 亿元.

    >>> money_factor({"total_wan_yuan": Decimal(32000), "total_printed": "3.2"})
    Decimal('10000')
    """
    value, words = decimal(record, "total_wan_yuan"), figure(text(record, "total_printed"))
    if value is None or words is None or not words.value:
        return Decimal(1)
    return plain_value(value / words.value)


def money_step(record: Record) -> Decimal:
    """Half a unit of the last digit that the figures of a row are printed with, in 10^4 yuan.

    >>> money_step({"total_wan_yuan": Decimal(32000), "plan_wan_yuan": Decimal(32000), "total_printed": "3.2"})
    Decimal('500.00')
    """
    factor = money_factor(record)
    figures = [value for column in MONEY if (value := decimal(record, column)) is not None]
    steps = [half_step((value / factor).normalize()) for value in figures]
    return min(steps, default=Decimal(0)) * factor


def core(name: str) -> str:
    """A project's name without the words that any project may bear or leave out.

    >>> core("乙丙数据中心 建设项目"), core("丁戊产业园（二期）"), core("建设项目")
    ('乙丙数据中心', '丁戊产业园（二期）', '建设项目')
    """
    normal = names.normalise(name)
    return _TAILS.sub("", normal) or normal
