"""Scores by hand, and factors that bring the coverage asked for."""

from __future__ import annotations

import numpy as np
import pytest

from zhizao.engines.outlook.calibrate import WIDTH, factors, own_factors
from zhizao.engines.outlook.fallbacks import Kind
from zhizao.engines.outlook.scores import crps, score


def test_scores_by_hand():
    history = np.array([[1.0, 2.0, 3.0, 5.0]])  # against the year before (two cells): 2 and 3, mean 2.5
    actual, mean = np.array([[4.0, 8.0]]), np.array([[5.0, 6.0]])
    found = score(
        actual, mean, {80: np.array([[3.0, 5.0]])}, {80: np.array([[6.0, 7.0]])},
        history=history, season=2, benchmark=np.array([[5.0, 5.0]]),
    )  # fmt: skip
    assert found.smape_pct == pytest.approx((200 * 1 / 9 + 200 * 2 / 14) / 2)
    assert found.mase == pytest.approx(1.5 / 2.5)
    assert found.owa == pytest.approx(((1 / 9 + 2 / 14) / (1 / 9 + 3 / 13) + 1.5 / 2) / 2)
    assert found.coverage_pct == {80: 50.0}
    assert found.msis[80] == pytest.approx((3 + (2 + 10 * 1)) / 2 / 2.5)


def test_what_is_unknown_is_not_scored():
    found = score(
        np.array([[np.nan, 2.0]]), np.array([[1.0, 2.0]]), {}, {}, history=np.ones((1, 4)).cumsum(1), season=2
    )
    assert (found.count, found.smape_pct) == (1, 0.0)


def test_the_crps_of_many_quantiles_is_that_of_the_distribution():
    levels = list(range(2, 100, 2))
    lower = {level: np.array([[0.5 - level / 200]]) for level in levels}
    upper = {level: np.array([[0.5 + level / 200]]) for level in levels}
    # Uniform on 0 to 1: the integral of (x - 1{x >= y})² is (y³ + (1 - y)³) / 3.
    found = crps(np.array([[0.3]]), np.array([[0.5]]), lower, upper)[0, 0]
    assert found == pytest.approx((0.3**3 + 0.7**3) / 3, abs=1e-3)


def test_the_pool_never_has_more_than_half_the_weight_and_one_series_hardly_any():
    errors = np.full((12, 400, 3), 9.0)  # three horizons are too few for a slope of their own: that of the table, 0
    kinds = np.full((12, 400), int(Kind.LONG))
    many = factors(errors, np.ones_like(errors), kinds, levels=[80], horizons=np.arange(1, 4))[80][Kind.LONG, 0]
    one = factors(errors[:, :1], errors[:, :1] * 0 + 1, kinds[:, :1], levels=[80], horizons=np.arange(1, 4))[80]
    assert many == pytest.approx(WIDTH * (1.33 + 0.5 * 400 / 410 * (9 - 1.33)))
    assert one[Kind.LONG, 0] == pytest.approx(WIDTH * (1.33 + 0.5 / 11 * (9 - 1.33)))
    assert one[Kind.YOUNG, 0] == pytest.approx(WIDTH * 1.43)


def test_a_spread_of_nought_says_nothing():
    found = factors(
        np.ones((9, 9, 1)), np.zeros((9, 9, 1)), np.full((9, 9), int(Kind.LONG)), levels=[95], horizons=np.array([1])
    )
    assert found[95][Kind.LONG, 0] == pytest.approx(0.96 * 2.24)


def test_a_series_that_missed_by_more_in_the_past_has_wider_intervals_and_the_middle_stays():
    errors = np.ones((12, 3, 6)) * np.array([0.5, 1.0, 2.0])[:, None]
    own = own_factors(errors, np.ones_like(errors), np.full((12, 3), int(Kind.LONG)))
    assert own == pytest.approx([2 ** -(0.4 * 12 / 16), 1.0, 2 ** (0.4 * 12 / 16)])


def test_one_wild_score_is_cut_and_a_series_without_past_has_the_width_of_its_kind():
    errors = np.ones((4, 3, 1))
    errors[0, 0] = 1e9
    errors[:, 2] = np.nan
    own = own_factors(errors, np.ones_like(errors), np.full((4, 3), int(Kind.LONG)))
    assert own == pytest.approx([2**0.1, 2**-0.1, 1.0])  # means of 8 / 4 and 1: geometric middle √2; power 0.4 · 4 / 8


def test_each_kind_is_measured_by_its_own_mean():
    errors = np.ones((8, 4, 2)) * np.array([1.0, 1.0, 3.0, 3.0])[:, None]
    kinds = np.tile([Kind.YOUNG, Kind.YOUNG, Kind.LONG, Kind.LONG], (8, 1)).astype(np.int64)
    assert own_factors(errors, np.ones_like(errors), kinds) == pytest.approx(np.ones(4))
