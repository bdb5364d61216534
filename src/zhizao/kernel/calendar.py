"""Working days with make-up days, and the date of the Spring Festival.

The holidays and make-up days of a year are decided each autumn by the General Office of the State Council and come with
the package ``chinesecalendar``; a year that is not in it yet is refused, not guessed. Periods in working days do not
count the first day.

Source: 国务院办公厅关于部分节假日安排的通知 of each year (through chinesecalendar); Civil Code, article 201; for the
Spring Festival GB/T 33661-2017 (the lunar calendar): a test computes the table from the sun and the moon.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Final

from zhizao.kernel.result import Problem, Refused, mark
from zhizao.kernel.span import Span

_FIRST_FESTIVAL_YEAR: Final = 1990
_FESTIVAL_DATES: Final = (
    "0127 0215 0204 0123 0210 0131 0219 0207 0128 0216 "  # 1990
    "0205 0124 0212 0201 0122 0209 0129 0218 0207 0126 "  # 2000
    "0214 0203 0123 0210 0131 0219 0208 0128 0216 0205 "  # 2010
    "0125 0212 0201 0122 0210 0129 0217 0206 0126 0213 "  # 2020
    "0203 0123 0211 0131 0219 0208 0128 0215 0204 0124 "  # 2030
    "0212 0201 0122 0210 0130 0217 0206 0126 0214 0202 0123"  # 2040
)
_FESTIVALS: Final = tuple(_FESTIVAL_DATES.split(" "))


@cache
def known_years() -> range:
    """The years whose holidays are known.

    >>> 2004 in known_years(), 2026 in known_years(), 1999 in known_years()
    (True, True, False)
    """
    from chinese_calendar import constants

    years = [day.year for day in constants.holidays]
    return range(min(years), max(years) + 1)


def is_working_day(day: date) -> bool:
    """Whether people work on a day: weekdays without holidays, and the weekend days that make up for one.

    Raises
    ------
    Refused
        ``calendar.unknown_year``.

    Examples
    --------
    >>> is_working_day(date(2025, 1, 28)), is_working_day(date(2025, 1, 26))  # holiday on a Tuesday, make-up Sunday
    (False, True)
    >>> is_working_day(date(1999, 1, 4))
    Traceback (most recent call last):
    zhizao.kernel.result.Refused: The holidays of 1999 are not known; those of 2004 to 2026 are. ...
    """
    # Not the package's is_workday, which looks through all its days at each call.
    from chinese_calendar.constants import holidays, workdays

    years = known_years()
    if day.year not in years:
        raise Refused(
            Problem(
                "calendar.unknown_year",
                mark("The holidays of %(year)s are not known; those of %(first)s to %(last)s are."),
                remedy=mark("Update the package chinesecalendar once the holidays of the year are published."),
                params={"year": day.year, "first": years[0], "last": years[-1]},
            )
        )
    plain = date(day.year, day.month, day.day)  # a datetime is found in no table of dates
    return plain in workdays or (plain.weekday() < 5 and plain not in holidays)


def add_working_days(day: date, working_days: int) -> date:
    """The working day that is so many after a day, the day itself not counted; with 0 the day itself.

    A negative number goes back. The day may be a holiday.

    Raises
    ------
    Refused
        ``calendar.unknown_year``, where the count reaches a year that is not known.

    Examples
    --------
    >>> add_working_days(date(2025, 1, 24), 3).isoformat()  # Sunday 26 and Monday 27 are worked, then the festival
    '2025-02-05'
    """
    step = timedelta(days=1 if working_days > 0 else -1)
    left = abs(working_days)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days lie after the start, up to the end; negative where the end is before the start.

    So ``working_days_between(day, add_working_days(day, n)) == n``.

    >>> working_days_between(date(2025, 1, 24), date(2025, 2, 5))
    3
    """
    if end < start:
        return -sum(is_working_day(end + timedelta(days=n)) for n in range((start - end).days))
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def working_days_in(span: Span) -> int:
    """The working days of a span; they share out a joint January–February figure for display.

    >>> working_days_in(Span.of_month(2025, 1)), working_days_in(Span.of_month(2025, 2))
    (19, 19)
    """
    return working_days_between(span.first_day - timedelta(days=1), span.last_day)


def spring_festival(year: int) -> date:
    """The first day of the first lunar month, 1990 to 2050.

    Raises
    ------
    Refused
        ``calendar.unknown_festival``.

    Examples
    --------
    >>> spring_festival(2025).isoformat(), spring_festival(2034).isoformat()
    ('2025-01-29', '2034-02-19')
    """
    last = _FIRST_FESTIVAL_YEAR + len(_FESTIVALS) - 1
    if not _FIRST_FESTIVAL_YEAR <= year <= last:
        raise Refused(
            Problem(
                "calendar.unknown_festival",
                mark("The Spring Festival of %(year)s is not known; those of %(first)s to %(last)s are."),
                remedy=mark("Choose a year in between."),
                params={"year": year, "first": _FIRST_FESTIVAL_YEAR, "last": last},
            )
        )
    printed = _FESTIVALS[year - _FIRST_FESTIVAL_YEAR]
    return date(year, int(printed[:2]), int(printed[2:]))
