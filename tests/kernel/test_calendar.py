"""Working days of published years, and the Spring Festival computed anew from the sun and the moon.

Sources: 国办发明电〔2024〕12号 (the holidays of 2025); Meeus, Astronomical Algorithms (1998), chapters 25 and 49; GB/T
33661-2017: the winter solstice lies in month 11, and of 13 months the first without a major solar term is the leap one.
"""

from __future__ import annotations

import csv
import math
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.kernel import calendar
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

FESTIVALS = Path(__file__).parents[3] / "shared" / "data" / "cny_dates.csv"
known_days = st.dates(date(2005, 1, 1), date(2025, 12, 31))


def test_holidays_and_make_up_days_of_2025_are_those_published() -> None:
    off = [date(2025, 1, 1), *(date(2025, 1, 28) + timedelta(days=n) for n in range(8))]
    off += [date(2025, 4, 4), *(date(2025, 5, n) for n in range(1, 6)), date(2025, 6, 2), date(2025, 10, 8)]
    worked = [date(2025, 1, 26), date(2025, 2, 8), date(2025, 4, 27), date(2025, 9, 28), date(2025, 10, 11)]
    assert not any(map(calendar.is_working_day, off))
    assert all(map(calendar.is_working_day, worked))
    assert calendar.working_days_in(Span.of_year(2025)) == 248


def test_the_hour_of_a_day_does_not_matter() -> None:
    assert not calendar.is_working_day(datetime(2025, 1, 28, 9))
    assert calendar.is_working_day(datetime(2025, 1, 26, 9))


def test_the_first_day_of_a_period_does_not_count() -> None:
    assert calendar.add_working_days(date(2025, 9, 29), 2) == date(2025, 10, 9)  # 30 Sep, then 1–8 Oct are off
    assert calendar.add_working_days(date(2025, 10, 1), 1) == date(2025, 10, 9)
    assert calendar.add_working_days(date(2025, 10, 9), -1) == date(2025, 9, 30)
    assert calendar.add_working_days(date(2025, 10, 4), 0) == date(2025, 10, 4)


@given(known_days, st.integers(1, 60))
def test_days_added_are_days_between(day: date, working_days: int) -> None:
    end = calendar.add_working_days(day, working_days)
    assert calendar.is_working_day(end)
    assert calendar.working_days_between(day, end) == working_days


@given(known_days, known_days, known_days)
def test_working_days_add_up_over_a_day_between(one: date, two: date, three: date) -> None:
    first, middle, last = sorted((one, two, three))
    between = calendar.working_days_between
    assert between(first, middle) + between(middle, last) == between(first, last)
    assert between(last, first) + between(first, last) in (-1, 0, 1)


def test_a_year_without_published_holidays_is_refused_with_those_known() -> None:
    years = calendar.known_years()
    for day in (date(years[0] - 1, 12, 31), date(years[-1] + 1, 1, 4)):
        with pytest.raises(Refused) as refused:
            calendar.is_working_day(day)
        (problem,) = refused.value.problems
        assert problem.params == {"year": day.year, "first": years[0], "last": years[-1]}
        assert problem.remedy
    with pytest.raises(Refused):
        calendar.add_working_days(date(years[-1], 12, 31), 1)


def test_spring_festivals_are_those_of_the_sun_and_the_moon() -> None:
    for year in range(1990, 2051):
        assert calendar.spring_festival(year) == computed_festival(year)


def test_spring_festivals_are_those_of_the_published_list() -> None:
    if not FESTIVALS.exists():
        pytest.skip("the list of dates is not beside the checkout")
    with FESTIVALS.open(encoding="utf-8") as file:
        dates = [date.fromisoformat(row["cny_date"]) for row in csv.DictReader(file)]
    checked = [day for day in dates if day.year >= 1990]
    assert len(checked) == 41
    assert all(calendar.spring_festival(day.year) == day for day in checked)


def test_a_festival_outside_the_table_is_refused() -> None:
    for year in (1989, 2051):
        with pytest.raises(Refused, match="1990 to 2050"):
            calendar.spring_festival(year)


def computed_festival(year: int) -> date:
    """The first day of month 1: the second month after month 11, or the third where a leap month comes between."""
    before, after = (beijing_day(solar_term(2451900.06 + 365.2422 * (y - 2000), 270)) for y in (year - 1, year))
    lunation = round((before - 2451550) / 29.530588861)
    moons = sorted({beijing_day(new_moon(k)) for k in range(lunation - 2, lunation + 16)})
    months = [day for day in moons if max(m for m in moons if m <= before) <= day <= after]
    bare = (n for n in range(1, 13) if len(months) == 14 and not has_major_term(months[n], months[n + 1]))
    leap = next(bare, 13)
    return date.fromordinal(months[3 if leap <= 2 else 2] - 1721425)


def has_major_term(first: int, end: int) -> bool:
    """Whether the sun passes a multiple of 30° between the midnights that begin two days in Beijing."""
    before, after = (sun_longitude(day - 0.5 - 8 / 24 + delta_t(day) / 86400) // 30 for day in (first, end))
    return before != after


def beijing_day(julian_ephemeris_day: float) -> int:
    """The Julian day number of the civil day in Beijing."""
    return math.floor(julian_ephemeris_day - delta_t(julian_ephemeris_day) / 86400 + 8 / 24 + 0.5)


def delta_t(julian_day: float) -> float:
    """Dynamical less universal time, in seconds, 1986 to 2050, after Espenak and Meeus (2006)."""
    t = (julian_day - 2451545) / 365.25
    if t > 5:
        return 62.92 + 0.32217 * t + 0.005589 * t**2
    return 63.86 + 0.3345 * t - 0.060374 * t**2 + 0.0017275 * t**3 + 0.000651814 * t**4 + 0.00002373599 * t**5


def solar_term(near: float, longitude: float) -> float:
    """The moment, near another, at which the sun has a longitude."""
    for _ in range(20):
        near += ((longitude - sun_longitude(near) + 180) % 360 - 180) * 365.2422 / 360
    return near


def sun_longitude(julian_ephemeris_day: float) -> float:
    t = (julian_ephemeris_day - 2451545) / 36525
    m = math.radians(357.52911 + 35999.05029 * t - 0.0001537 * t**2)
    centre = (1.914602 - 0.004817 * t - 0.000014 * t**2) * math.sin(m)
    centre += (0.019993 - 0.000101 * t) * math.sin(2 * m) + 0.000289 * math.sin(3 * m)
    nutation = -0.00569 - 0.00478 * math.sin(math.radians(125.04 - 1934.136 * t))
    return (280.46646 + 36000.76983 * t + 0.0003032 * t**2 + centre + nutation) % 360


def new_moon(k: int) -> float:
    t = k / 1236.85
    e = 1 - 0.002516 * t - 0.0000074 * t**2
    m = math.radians(2.5534 + 29.10535670 * k - 0.0000014 * t**2)
    p = math.radians(201.5643 + 385.81693528 * k + 0.0107582 * t**2 + 0.00001238 * t**3)
    f = math.radians(160.7108 + 390.67050284 * k - 0.0016118 * t**2 - 0.00000227 * t**3)
    o = math.radians(124.7746 - 1.56375588 * k + 0.0020672 * t**2)
    terms = (
        (-0.40720, p),
        (0.17241 * e, m),
        (0.01608, 2 * p),
        (0.01039, 2 * f),
        (0.00739 * e, p - m),
        (-0.00514 * e, p + m),
        (0.00208 * e * e, 2 * m),
        (-0.00111, p - 2 * f),
        (-0.00057, p + 2 * f),
        (0.00056 * e, 2 * p + m),
        (-0.00042, 3 * p),
        (0.00042 * e, m + 2 * f),
        (0.00038 * e, m - 2 * f),
        (-0.00024 * e, 2 * p - m),
        (-0.00017, o),
    )
    mean = 2451550.09766 + 29.530588861 * k + 0.00015437 * t**2
    return mean + sum(size * math.sin(angle) for size, angle in terms)
