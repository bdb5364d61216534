"""Paths to a target, the pace needed, and until when it can wait."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.engines.outlook.path_to_target import (
    Shape,
    best_pace,
    month_shares,
    monthly_path,
    own_path,
    pace,
    rest_of_year,
    yearly_path,
)
from zhizao.kernel.result import Refused

POSITIVE = st.floats(1, 1e6)


@given(POSITIVE, POSITIVE, st.integers(1, 10), st.sampled_from(Shape))
def test_a_path_starts_at_the_base_and_ends_at_the_target(base: float, target: float, years: int, shape: Shape) -> None:
    path = yearly_path(base, target, years, shape)
    assert (path[0], path[-1]) == pytest.approx((base, target))
    assert len(path) == years + 1


def test_a_five_year_plan_by_hand() -> None:
    """1000 → 1500 in five years is 8.447177 % a year."""
    path = yearly_path(1000.0, 1500.0, 5, Shape.GEOMETRIC)
    assert path[1] == pytest.approx(1084.4717712, abs=1e-6)
    assert pace(1000.0, 1500.0, 5.0).needed == pytest.approx(0.0844717712, abs=1e-9)


def test_months_of_a_path_keep_the_season_and_add_up_to_their_year() -> None:
    shares = month_shares(np.array([[1.0] * 6 + [3.0] * 6, [2.0] * 6 + [6.0] * 6]))
    months = monthly_path((100.0, 240.0, 480.0), shares)
    assert months.reshape(2, 12).sum(axis=1) == pytest.approx([240, 480])
    assert months[[0, 6]] == pytest.approx([10, 30])


@given(st.floats(1.01, 3), st.floats(0.02, 0.5), st.floats(0.5, 10), st.floats(-0.05, 0.015))
def test_waiting_until_the_latest_start_just_reaches_the_target(
    ratio: float, best: float, left: float, until: float
) -> None:
    told = pace(100.0, 100.0 * ratio, left, best=best, until=until)
    assert told.latest_start_years is not None
    if told.latest_start_years < left:
        level = 100.0 * (1 + until) ** told.latest_start_years * (1 + best) ** (left - told.latest_start_years)
        assert level == pytest.approx(100.0 * ratio)


def test_too_late_even_at_the_best_pace_is_negative_and_no_faster_pace_is_never() -> None:
    late = pace(100.0, 121.0, 1.0, best=0.10).latest_start_years
    assert late == pytest.approx(-1.0)
    assert pace(100.0, 121.0, 1.0, best=0.0).latest_start_years == -math.inf
    assert pace(100.0, 90.0, 2.0, best=0.1).latest_start_years == 2.0
    assert pace(100.0, 121.0, 1.0).latest_start_years is None


def test_the_best_pace_skips_what_is_not_known() -> None:
    months = np.concatenate([np.full(12, 10.0), np.full(12, 12.0), [np.nan], np.full(24, 10.0)])
    assert best_pace(months) == pytest.approx(0.2)
    assert best_pace(np.full(30, np.nan)) is None


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda: yearly_path(1.0, 2.0, 0, Shape.LINEAR), "path_years"),
        (lambda: yearly_path(0.0, 2.0, 5, Shape.GEOMETRIC), "path_sign"),
        (lambda: own_path([1.0, 2.0], base=1.0, target=3.0), "own_path"),
        (lambda: own_path([2.0, 3.0], base=1.0, target=3.0), "own_path"),
        (lambda: own_path([1.0, math.nan, 3.0], base=1.0, target=3.0), "own_path"),
        (lambda: month_shares(np.full((1, 12), np.nan)), "month_shares"),
        (lambda: month_shares(np.zeros((0, 12))), "month_shares"),
        (lambda: pace(0.0, 1.0, 1.0), "path_sign"),
        (lambda: pace(1.0, 2.0, 0.0), "path_years"),
        (lambda: rest_of_year(1.0, 0.0, 0.0), "path_sign"),
    ],
)
def test_what_makes_no_path_is_refused(act, code: str) -> None:
    with pytest.raises(Refused) as refused:
        act()
    assert refused.value.problems[0].code == f"outlook.{code}"
