"""A period is a run of months: ``2025``, ``2025Q1``, ``2025-05`` and ``2025-01..05`` are one type.

A flow is a sum over its span, a stock the value at its end. A span is stored as two integers: the first month, counted
as year × 12 + month − 1, and the number of months; so spans are ordered, hashed and compared without a calendar.

Source: the text forms follow GB/T 7408.1-2023 (ISO 8601-1) for years and months, with ``..`` for a run of months; the
Chinese forms are those of statistical bulletins. The joint January–February figure is one span, 1—2月.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from zhizao.kernel import span_text
from zhizao.kernel.result import Problem, Refused, mark

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""As English tables name them, whatever the machine's language."""


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """A run of whole months; ordered by its first month, then by its length.

    Parameters
    ----------
    start_month : int
        The first month, year × 12 + month − 1, of the years 1 to 9999.
    months : int
        How many months, at least 1.

    Raises
    ------
    Refused
        ``span.out_of_range``.

    Examples
    --------
    >>> plan = Span.parse("“十四五”")
    >>> str(plan), plan.months, plan.to_chinese()
    ('2021-01..2025-12', 60, '2021—2025年')
    >>> Span.parse("2025年1—5月") in {Span.parse("2025-01..05")}
    True
    """

    start_month: int
    months: int

    def __post_init__(self) -> None:
        if self.months < 1 or self.start_month < 12 or self.start_month + self.months > 10000 * 12:
            raise _refusal(
                "span.out_of_range",
                mark("A period must have at least one month and lie in the years 1 to 9999."),
                remedy=mark("Check the first and the last month."),
            )

    @classmethod
    def of_year(cls, year: int) -> Span:
        """The calendar year.

        >>> str(Span.of_year(2025))
        '2025'
        """
        return cls(year * 12, 12)

    @classmethod
    def of_quarter(cls, year: int, quarter: int) -> Span:
        """The calendar quarter, 1 to 4.

        >>> str(Span.of_quarter(2025, 1))
        '2025Q1'
        """
        return cls(year * 12 + 3 * _checked(quarter, 4) - 3, 3)

    @classmethod
    def of_month(cls, year: int, month: int) -> Span:
        """The month, 1 to 12.

        >>> str(Span.of_month(2025, 5))
        '2025-05'
        """
        return cls(year * 12 + _checked(month, 12) - 1, 1)

    @classmethod
    def year_to_date(cls, year: int, month: int) -> Span:
        """From January to the month.

        >>> str(Span.year_to_date(2025, 5))
        '2025-01..05'
        """
        return cls(year * 12, _checked(month, 12))

    @classmethod
    def of_plan(cls, number: int) -> Span:
        """The years of a national five-year plan: 1953–1957, 1958–1962, 1966–1970, and from then on every five years.

        >>> str(Span.of_plan(14)), str(Span.of_plan(1))
        ('2021-01..2025-12', '1953-01..1957-12')
        """
        return cls(*span_text.plan_months(_checked(number, 1000)))

    @classmethod
    def from_to(cls, first: Span, last: Span) -> Span:
        """From the start of one span to the end of another.

        >>> str(Span.from_to(Span.of_year(2021), Span.of_month(2022, 2)))
        '2021-01..2022-02'
        """
        return cls(first.start_month, last.end_month - first.start_month)

    @classmethod
    def parse(cls, text: str, *, year: int | None = None) -> Span:
        """Read a period.

        Parameters
        ----------
        text : str
            ``2025``, ``2025Q1``, ``2025-05``, ``2025-01..05``, ``2021-01..2025-12``; 2025年, 2025年5月,
            2025年1—5月, 2025年一季度, 上半年, 前三季度, 2021—2025年; “十四五”, its 末 (the last year), 初 (the first),
            以来 (until ``year``). 截止 or 到 before it, and 末, 底 or 期间 after it, do not change the period.
        year : int, optional
            The year meant where the text names none (一季度, 1—5月), and the last one of “以来”.

        Raises
        ------
        Refused
            ``span.unreadable``, ``span.needs_year``, ``span.ambiguous`` (2020.1 is January or a spoilt October).

        Examples
        --------
        >>> [str(Span.parse(s)) for s in ("2025年", "2025年1至2月", "二〇二五年上半年", "“十四五”末", "截止2020年")]
        ['2025', '2025-01..02', '2025-01..06', '2025', '2020']
        >>> str(Span.parse("前三季度", year=2024)), str(Span.parse("“十四五”以来", year=2023))
        ('2024-01..09', '2021-01..2023-12')
        """
        return cls(*span_text.read(text, year=year))

    def __str__(self) -> str:
        if self.is_year:
            return f"{self.first_year:04}"
        if self.is_quarter:
            return f"{self.first_year:04}Q{self.start_month % 12 // 3 + 1}"
        first = f"{self.first_year:04}-{self.start_month % 12 + 1:02}"
        if self.is_month:
            return first
        last = f"{(self.end_month - 1) % 12 + 1:02}"
        return f"{first}..{last}" if self.first_year == self.last_year else f"{first}..{self.last_year:04}-{last}"

    def to_chinese(self) -> str:
        """The form of bulletins.

        >>> [Span.parse(s).to_chinese() for s in ("2025", "2025Q1", "2025-05", "2025-01..02", "2021-03..2022-02")]
        ['2025年', '2025年一季度', '2025年5月', '2025年1—2月', '2021年3月—2022年2月']
        """
        first, last = self.start_month % 12 + 1, (self.end_month - 1) % 12 + 1
        if self.is_year:
            return f"{self.first_year}年"
        if first == 1 and last == 12:
            return f"{self.first_year}—{self.last_year}年"
        if self.is_quarter:
            return f"{self.first_year}年{'一二三四'[first // 3]}季度"
        if self.is_month:
            return f"{self.first_year}年{first}月"
        if self.first_year == self.last_year:
            return f"{self.first_year}年{first}—{last}月"
        return f"{self.first_year}年{first}月—{self.last_year}年{last}月"

    def to_english(self) -> str:
        """The form of English tables.

        >>> [Span.parse(s).to_english() for s in ("2025", "2025Q1", "2025-05", "2025-01..02", "2021-03..2022-02")]
        ['2025', 'Q1 2025', 'May 2025', 'Jan–Feb 2025', 'Mar 2021–Feb 2022']
        """
        first, last = (MONTHS[at % 12] for at in (self.start_month, self.end_month - 1))
        if self.start_month % 12 == 0 and self.end_month % 12 == 0:
            return f"{self.first_year}" if self.is_year else f"{self.first_year}–{self.last_year}"
        if self.is_quarter:
            return f"Q{self.start_month % 12 // 3 + 1} {self.first_year}"
        if self.is_month:
            return f"{first} {self.first_year}"
        if self.first_year == self.last_year:
            return f"{first}–{last} {self.first_year}"
        return f"{first} {self.first_year}–{last} {self.last_year}"

    @property
    def end_month(self) -> int:
        """The month after the last, counted as ``start_month`` is.

        >>> Span.of_year(2025).end_month == Span.of_year(2026).start_month
        True
        """
        return self.start_month + self.months

    @property
    def first_year(self) -> int:
        """The year of the first month.

        >>> Span.of_plan(14).first_year
        2021
        """
        return self.start_month // 12

    @property
    def last_year(self) -> int:
        """The year of the last month.

        >>> Span.of_plan(14).last_year
        2025
        """
        return (self.end_month - 1) // 12

    @property
    def year(self) -> int:
        """The year in which the span lies; a span over several years is refused (``span.several_years``).

        >>> Span.parse("2025Q3").year
        2025
        """
        if self.first_year != self.last_year:
            raise _refusal("span.several_years", mark("%(span)s does not lie within one year."), span=str(self))
        return self.first_year

    @property
    def first_day(self) -> date:
        """The first day.

        >>> Span.parse("2024-02").first_day.isoformat()
        '2024-02-01'
        """
        return date(self.first_year, self.start_month % 12 + 1, 1)

    @property
    def last_day(self) -> date:
        """The last day, at whose end a stock is taken.

        >>> Span.parse("2024-02").last_day.isoformat()
        '2024-02-29'
        """
        month = (self.end_month - 1) % 12 + 1
        return date(self.last_year, month, monthrange(self.last_year, month)[1])

    @property
    def is_year(self) -> bool:
        """Whether it is a calendar year.

        >>> Span.of_year(2025).is_year, Span.parse("2025-02..2026-01").is_year
        (True, False)
        """
        return self.months == 12 and self.start_month % 12 == 0

    @property
    def is_quarter(self) -> bool:
        """Whether it is a calendar quarter.

        >>> Span.parse("2025-04..06").is_quarter, Span.parse("2025-02..04").is_quarter
        (True, False)
        """
        return self.months == 3 and self.start_month % 3 == 0

    @property
    def is_month(self) -> bool:
        """Whether it is one month.

        >>> Span.parse("2025-05").is_month
        True
        """
        return self.months == 1

    @property
    def is_year_to_date(self) -> bool:
        """Whether it starts in January and ends within the year; January, a first quarter and a year are such too.

        >>> Span.parse("2025-01..05").is_year_to_date, Span.parse("2025-02..05").is_year_to_date
        (True, False)
        """
        return self.start_month % 12 == 0 and self.months <= 12

    def contains(self, other: Span) -> bool:
        """Whether every month of the other is in this one.

        >>> Span.of_year(2025).contains(Span.parse("2025Q4"))
        True
        """
        return self.start_month <= other.start_month and other.end_month <= self.end_month

    def overlaps(self, other: Span) -> bool:
        """Whether they share a month.

        >>> [Span.parse("2025Q1").overlaps(Span.parse(s)) for s in ("2025-03..04", "2025Q2")]
        [True, False]
        """
        return self.start_month < other.end_month and other.start_month < self.end_month

    def previous(self) -> Span:
        """The span of the same length that ends where this one starts.

        >>> str(Span.parse("2025Q1").previous())
        '2024Q4'
        """
        return Span(self.start_month - self.months, self.months)

    def year_earlier(self) -> Span:
        """The same months one year before.

        >>> str(Span.parse("2025-01..05").year_earlier())
        '2024-01..05'
        """
        return Span(self.start_month - 12, self.months)

    def each_month(self) -> Iterator[Span]:
        """Its months, in order.

        >>> [str(month) for month in Span.parse("2024-12..2025-01").each_month()]
        ['2024-12', '2025-01']
        """
        return (Span(month, 1) for month in range(self.start_month, self.end_month))

    def quarters(self) -> tuple[Span, ...]:
        """Its calendar quarters; refused (``span.no_whole_quarters``) where it is not made of whole ones.

        >>> [str(quarter) for quarter in Span.parse("2025-01..06").quarters()]
        ['2025Q1', '2025Q2']
        """
        return self._split(3, "span.no_whole_quarters", mark("%(span)s is not made of whole quarters."))

    def years(self) -> tuple[Span, ...]:
        """Its calendar years; refused (``span.no_whole_years``) where it is not made of whole ones.

        >>> [str(year) for year in Span.of_plan(14).years()]
        ['2021', '2022', '2023', '2024', '2025']
        """
        return self._split(12, "span.no_whole_years", mark("%(span)s is not made of whole years."))

    def _split(self, months: int, code: str, message: str) -> tuple[Span, ...]:
        if self.start_month % months or self.months % months:
            raise _refusal(code, message, span=str(self))
        return tuple(Span(start, months) for start in range(self.start_month, self.end_month, months))

    def union(self, other: Span) -> Span:
        """This span and the one that touches it, as one; a gap or an overlap is refused (``span.not_adjacent``).

        >>> str(Span.parse("2025-01..02").union(Span.parse("2025-03")))
        '2025Q1'
        """
        first, second = sorted((self, other))
        if first.end_month != second.start_month:
            message = mark("%(first)s and %(second)s do not follow each other.")
            raise _refusal("span.not_adjacent", message, first=str(first), second=str(second))
        return Span(first.start_month, first.months + second.months)


def _checked(number: int, highest: int) -> int:
    if not 1 <= number <= highest:
        message = mark("%(number)s is not a number from 1 to %(highest)s.")
        raise _refusal("span.out_of_range", message, number=number, highest=highest)
    return number


def _refusal(code: str, message: str, *, remedy: str = "", **params: object) -> Refused:
    return Refused(Problem(code, message, remedy=remedy, params=params))
