"""Which period a figure is said for: the time words of a sentence, and the years that a growth runs over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

_YEAR: Final = r"(?:19|20)[0-9]{2}"
_PLAN: Final = r"[一二三四五六七八九十]{1,3}五"
_PART: Final = r"(?:规划)?(?:期间|时期|期末|期初|年末|末期|初期|末|初|以来)"
_TIME: Final = re.compile(
    rf"(?P<range>{_YEAR}年?\s?(?:[-—–~～]{{1,2}}|至|到)\s?{_YEAR})年(?:期间)?"
    rf"|(?P<date>{_YEAR}年(?:[0-9]{{1,2}}(?:[-—–~～至][0-9]{{1,2}})?月(?:[0-9]{{1,2}}日)?|[上下]半年|前[二三]季度|[一二三四]季度)?)(?P<end>年?[末底初])?"
    r"|(?P<chinese>二[〇○零][〇○零一二三四五六七八九]{2}年)"
    rf"|(?P<plan>[“\"‘「]{_PLAN}[”\"’」](?P<part>{_PART})?|{_PLAN}(?P<bare>{_PART}))"
    r"|(?P<now>现有|目前|当前|现状)"
    r"|(?P<past>(?:过去|最近|近)(?:五|5|三|3)年|(?:五|5|三|3)年来)"
    r"|(?P<next>未来[五5]年|今后[五5]年)"
)
_REFERENCE: Final = re.compile(r"(?:较|比|与|同|和|相对于?|对比)$")
_COMPARED: Final = re.compile(r"相比|相较|的?(?:[0-9.]{1,6}|[一两二三四五六七八九十])倍")
_OWN: Final = re.compile(r"[，,。；;、：:\s]|$|年均|累计|每年|平均每年|五年")


class Use(StrEnum):
    """What a time word does in its sentence."""

    AT = "at"
    REFERENCE = "reference"  # 较2015年: what a change is measured against
    NAME = "name"  # “十三五”预期指标: part of a name
    NOW = "now"  # 现有: the base year, if the plan has one
    NEXT = "next"  # 未来五年: the period of the plan


@dataclass(frozen=True, slots=True)
class Time:
    """A time word: its period, its use and its place."""

    span: Span
    use: Use
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """The years of a plan that tell past from future.

    Attributes
    ----------
    base : the year that the targets start from
    first, last : of the period
    issued : the year of issue; what lies before it and is not a target has happened
    """

    base: int | None = None
    first: int | None = None
    last: int | None = None
    issued: int | None = None

    @classmethod
    def of(cls, meta: Mapping[str, Any]) -> Calendar:
        """From the ``plan:`` key of a pack.

        >>> Calendar.of({"period": {"start": 2026, "end": 2030}, "issued": "2026-04-18"})
        Calendar(base=2025, first=2026, last=2030, issued=2026)
        """
        period = meta.get("period") or {}
        first, last = period.get("start"), period.get("end")
        issued = str(meta.get("issued") or "")[:4]
        base = meta.get("base_year") or (first - 1 if first else None)
        return cls(base, first, last, int(issued) if issued.isdigit() else None)

    def is_future(self, span: Span) -> bool:
        """Whether what is said of a period can only be promised.

        >>> [Calendar(2020, 2021, 2025, 2022).is_future(Span.of_year(year)) for year in (2020, 2021, 2025, 2035)]
        [False, False, True, True]
        """
        if self.base is None:
            return self.issued is not None and span.last_year >= self.issued
        return span.last_year > self.base and (self.issued is None or span.last_year >= self.issued)


def times(words: str, calendar: Calendar) -> list[Time]:
    """The time words of a text, in order; titles of documents must be hidden before.

    >>> at = times("截至“十三五”末，由2015年的24家增加至2020年235家，较2019年多", Calendar(2020, 2021, 2025))
    >>> [(str(one.span), one.use.value) for one in at]
    [('2020', 'at'), ('2015', 'at'), ('2020', 'at'), ('2019', 'reference')]
    """
    found: list[Time] = []
    for one in _TIME.finditer(words):
        span = _span(one, calendar)
        if span is not None:
            found.append(Time(span, _use(one, words), one.start(), one.end()))
    return found


def _span(one: re.Match[str], calendar: Calendar) -> Span | None:
    if one["now"]:
        return Span.of_year(calendar.base) if calendar.base else None
    if one["next"]:
        return _years(calendar.first, calendar.last)
    if one["past"]:
        years = 3 if re.search("[三3]", one["past"]) else 5
        return _years(calendar.base - years + 1, calendar.base) if calendar.base else None
    body = one["range"] or one["date"] or one["chinese"] or one["plan"]
    if one["range"]:
        body += "年"
    try:
        return Span.parse(body, year=calendar.base)
    except Refused:
        return None


def _use(one: re.Match[str], words: str) -> Use:
    if one["now"]:
        return Use.NOW
    if one["next"]:
        return Use.NEXT
    if _REFERENCE.search(words, max(0, one.start() - 3), one.start()) or _COMPARED.match(words, one.end()):
        return Use.REFERENCE
    if one["plan"] and not (one["part"] or one["bare"]) and not _OWN.match(words, one.end()):
        return Use.NAME
    return Use.AT


def _years(first: int | None, last: int | None) -> Span | None:
    return Span.from_to(Span.of_year(first), Span.of_year(last)) if first and last and first <= last else None


def growth_years(span: Span | None, calendar: Calendar, *, since: Span | None = None) -> Span | None:
    """The years that an average growth runs over, from the period its sentence names.

    To the end of the plan it runs over the plan; to the end of an earlier five-year plan, over that one; between two
    years that are both named, over the years after the first.

    >>> calendar = Calendar(2020, 2021, 2025)
    >>> [str(growth_years(Span.of_year(year), calendar)) for year in (2025, 2020, 2023)]
    ['2021-01..2025-12', '2016-01..2020-12', '2023']
    >>> str(growth_years(Span.of_year(2023), calendar, since=Span.of_year(2021)))
    '2022-01..2023-12'
    """
    if span is None:
        return None
    if since is not None and since.last_year < span.last_year:
        return _years(since.last_year + 1, span.last_year)
    if not span.is_year:
        return span
    if calendar.first and calendar.last and span.last_year == calendar.last:
        return _years(calendar.first, calendar.last)
    if span.last_year >= 1970 and span.last_year % 5 == 0:
        if calendar.base and span.last_year > calendar.base:
            return _years(calendar.base + 1, span.last_year)
        return _years(span.last_year - 4, span.last_year)
    return span
