"""Deadlines in working days, also where the holidays of a year are not published yet.

Up to the last year whose holidays are known the count is exact. Beyond it Saturdays and Sundays alone are left out, and
the day is *provisional*: the clock's job computes it anew once the year is known.

Source: Civil Code, articles 201 and 203 (a period begins on the day after; a last day that is a holiday gives way to
the next working day, which counting working days alone keeps); ``kernel.calendar`` for the holidays.
"""

from __future__ import annotations

from datetime import date, timedelta

from zhizao.kernel.calendar import is_working_day, known_years


def works(day: date) -> tuple[bool, bool]:
    """Whether people work on a day, and whether that is only presumed.

    >>> works(date(2025, 10, 1)), works(date(2099, 10, 1))
    ((False, False), (True, True))
    """
    if day.year in known_years():
        return is_working_day(day), False
    return day.weekday() < 5, True


def due(day: date, working_days: int) -> tuple[date, bool]:
    """The working day so many after a day, the day itself not counted, and whether it is provisional.

    Parameters
    ----------
    day : the day from which is counted; may be a holiday
    working_days : 0 or more; 0 gives the day itself

    Examples
    --------
    >>> due(date(2025, 9, 30), 3)  # 1 to 8 October are holidays, Saturday 11 makes up for one
    (datetime.date(2025, 10, 11), False)
    """
    provisional = False
    left = working_days
    while left > 0:
        day += timedelta(days=1)
        worked, presumed = works(day)
        left -= worked
        provisional |= presumed
    return day, provisional


def working_days(start: date, end: date) -> tuple[int, bool]:
    """The working days after the start, up to the end; negative where the end is before it; and if that is provisional.

    So ``working_days(day, due(day, n)[0])[0] == n``.

    >>> working_days(date(2025, 9, 30), date(2025, 10, 11)), working_days(date(2025, 10, 11), date(2025, 10, 9))
    ((3, False), (-2, False))
    """
    if end < start:
        number, provisional = working_days(end, start)
        return -number, provisional
    days = [works(start + timedelta(days=n)) for n in range(1, (end - start).days + 1)]
    return sum(worked for worked, _presumed in days), any(presumed for _worked, presumed in days)
