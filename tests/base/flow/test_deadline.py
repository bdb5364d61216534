"""Holidays: 国办发明电〔2024〕12号 for 2025 (National Day 1–8 October, made up for on 28 September and 11 October) and
国办发明电〔2025〕7号 for 2026 (Spring Festival 15–23 February, made up for on 14 and 28 February).
"""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.base.flow import clock, deadline


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2025, 9, 26), 1, date(2025, 9, 28)),  # the Sunday makes up for the holiday
        (date(2025, 9, 30), 1, date(2025, 10, 9)),
        (date(2025, 9, 30), 3, date(2025, 10, 11)),  # 9 and 10, and Saturday 11, which is worked
        (date(2025, 9, 30), 4, date(2025, 10, 13)),
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # Saturday before the festival is worked
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2026, 2, 24), 4, date(2026, 2, 28)),  # Saturday after it too
        (date(2026, 2, 16), 0, date(2026, 2, 16)),
    ],
)
def test_a_deadline_over_a_holiday_is_exact(start, days, due):
    assert deadline.due(start, days) == (due, False)
    if days:
        assert deadline.working_days(start, due) == (days, False)


def test_beyond_the_years_that_are_published_a_day_is_provisional():
    last = max(deadline.known_years())
    assert deadline.due(date(last, 12, 30), 5)[1] is True
    assert deadline.due(date(last + 1, 3, 1), 5)[1] is True


@given(st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.integers(0, 60))
def test_counting_forth_and_back_agree(start, days):
    day, _provisional = deadline.due(start, days)
    assert deadline.working_days(start, day)[0] == days
    assert deadline.working_days(day, start)[0] == -days


# --- the clock


def case(opened, allowed=5, closed=None):
    from datetime import datetime, time

    at = datetime.combine(opened, time(10), clock.CHINA)
    end = datetime.combine(closed, time(10), clock.CHINA) if closed else None
    return SimpleNamespace(opened_at=at, closed_at=end, working_days=allowed, due_provisional=False)


def event(day, **mark):
    from datetime import datetime, time

    details = {"clock": mark} if mark else {}
    return SimpleNamespace(at=datetime.combine(day, time(11), clock.CHINA), details=details)


def at(day):
    from datetime import datetime, time

    return datetime.combine(day, time(18), clock.CHINA)


MONDAY = date(2025, 6, 9)


def day(n):
    return MONDAY + timedelta(days=n)


def test_the_clock_counts_working_days_from_the_day_after_the_opening():
    assert clock.read(case(MONDAY), [], at=at(MONDAY)).elapsed == 0
    assert clock.read(case(MONDAY), [], at=at(day(4))).elapsed == 4
    assert clock.read(case(MONDAY), [], at=at(day(7))).left == 0
    late = clock.read(case(MONDAY), [], at=at(day(8)))
    assert (late.elapsed, late.left, late.is_overdue) == (6, -1, True)


def test_suspended_days_do_not_count_and_the_due_day_moves_by_them():
    events = [event(day(1), stop="suspended"), event(day(3), go="suspended")]
    assert clock.read(case(MONDAY), events, at=at(day(2))).elapsed == 1
    assert clock.read(case(MONDAY), events, at=at(day(4))).elapsed == 2
    assert clock.due_day(case(MONDAY), []) == (day(7), False)
    assert clock.due_day(case(MONDAY), clock.marks_of(events[:1])) == (None, False)
    assert clock.due_day(case(MONDAY), clock.marks_of(events)) == (day(9), False)


def test_the_clock_stands_until_every_reason_is_gone():
    events = [
        *(event(day(1), stop="returned"), event(day(2), stop="suspended")),
        *(event(day(3), go="suspended"), event(day(4), go="returned")),
    ]
    assert clock.read(case(MONDAY), events[:3], at=at(day(3))).stopped_by == {"returned"}
    assert clock.read(case(MONDAY), events, at=at(day(7))).elapsed == 2


def test_the_clock_ends_with_the_case():
    assert clock.read(case(MONDAY, closed=day(2)), [], at=at(day(30))).elapsed == 2


@given(
    st.lists(st.tuples(st.integers(0, 20), st.sampled_from(["stop", "go"]), st.sampled_from(["a", "b"])), max_size=8)
)
def test_the_clock_is_never_negative_and_never_runs_faster_than_the_calendar(marks):
    events = [event(day(n), **{verb: reason}) for n, verb, reason in sorted(marks)]
    plain = clock.read(case(MONDAY), [], at=at(day(25))).elapsed
    assert 0 <= clock.read(case(MONDAY), events, at=at(day(25))).elapsed <= plain
