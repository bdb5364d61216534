"""The line that a series comes back to, and how much of it a forecast gets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zhizao.engines.outlook.forecast import forecast
from zhizao.engines.outlook.panel import Panel
from zhizao.engines.outlook.trend_line import trend_lines, with_lines

SEASON = 1 + 0.3 * np.sin(np.arange(12) / 6 * np.pi)


def growing(years: int, growths: tuple[float, ...], noise: float = 0.0) -> np.ndarray:
    t = np.arange(12 * years)
    exact = np.array([(1 + g) ** (t / 12) * np.tile(SEASON, years) for g in growths])
    return exact * np.exp(np.random.default_rng(3).normal(0, noise, exact.shape))


def test_growth_and_season_that_all_share_go_on_exactly():
    history = growing(6, (0.08, 0.08))
    found = trend_lines(history[:, :60], season=12, horizon=12)
    assert np.allclose(found, history[:, 60:], rtol=1e-9)


def test_slopes_are_drawn_to_their_mean_the_more_the_shorter_the_record_and_turn_about_its_middle():
    history = growing(4, (0.0, 0.1))
    found = trend_lines(history, season=12, horizon=12)
    slope = np.log(1.1) / 12 * np.array([0.5 - 0.25, 0.5 + 0.25])  # 4 / (4 + 4) of the way from the mean
    own = np.log(1.1) / 12 * np.array([0.0, 1.0])
    middle = (1 - 48) / 2
    level = np.log(history[:, -12]) + own * 11  # the line at the last cell, without its season
    expected = np.exp(level + (own - slope) * middle + slope * 1)
    assert found[:, 0] == pytest.approx(expected, rel=1e-9)


def test_the_mean_is_told_and_not_the_median():
    years = np.array([1, -1, -1, 1, 1, -1, -1, 1]) * 0.5  # eight years, high and low in turn, without a slope
    found = trend_lines(np.exp(np.repeat(years, 2))[None], season=2, horizon=4)
    assert found == pytest.approx(np.full((1, 4), np.cosh(0.5)))


@pytest.mark.parametrize("spoilt", [0.0, -1.0, np.nan])
def test_a_series_with_a_gap_or_not_above_nought_has_no_line_and_no_part_in_those_of_others(spoilt):
    history = growing(5, (0.05, 0.05, 0.9))
    history[2, 30] = spoilt
    found = trend_lines(history, season=12, horizon=6)
    assert np.isnan(found[2]).all()
    assert np.array_equal(found[:2], trend_lines(history[:2], season=12, horizon=6))


def test_less_than_two_years_have_no_line_and_a_late_start_is_no_gap():
    history = growing(5, (0.05, 0.05, 0.05))
    history[1, :37] = np.nan
    history[2, :36] = np.nan
    found = trend_lines(history, season=12, horizon=3)
    assert np.isnan(found[1]).all()
    assert found[2] == pytest.approx(found[0], rel=1e-6)


def test_the_line_has_half_and_more_and_past_errors_are_mixed_alike():
    panel = Panel(("a", "b", "c"), 2015 * 12, 1, growing(7, (0.02, 0.06, 0.1), noise=0.1))
    found = forecast(panel, horizon=12, levels=(80,), combined=0)
    mixed = with_lines(found, panel, every=3)
    lines = trend_lines(panel.values, season=12, horizon=12)
    weight = (mixed.mean - found.mean) / (lines - found.mean)
    assert weight == pytest.approx(np.full_like(weight, weight[0, 0]))
    assert 0.5 <= weight[0, 0] <= 1.0
    latest = trend_lines(panel.values[:, :-3], season=12, horizon=12)[:, :3]
    missed = panel.values[:, -3:] - latest
    expected = (1 - weight[0, 0]) * found.errors[-1][:, :3] + weight[0, 0] * missed
    assert mixed.errors[-1][:, :3] == pytest.approx(expected)
    assert np.isnan(mixed.errors[-1][:, 3:]).all()
    assert mixed.upper[80] - mixed.mean == pytest.approx(found.upper[80] - found.mean)


def test_without_past_errors_a_forecast_stays_as_it_is():
    panel = Panel(("a",), 2015 * 12, 1, growing(7, (0.02,), noise=0.1))
    found = forecast(panel, horizon=6, levels=(80,), combined=0, origins=0)
    assert with_lines(found, panel, every=3) is found
    blank = replace(found, errors=np.full((2, 1, 6), np.nan))
    assert with_lines(blank, panel, every=3) is blank
