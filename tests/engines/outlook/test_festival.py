"""The festival's windows, against days counted one by one; used where it shows, and only there."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import numpy as np
import pytest

from zhizao.engines.outlook.festival import WINDOWS, cell_regressors, effects, regressors
from zhizao.kernel.calendar import spring_festival


def share(year: int, month: int, window: tuple[int, int]) -> float:
    days = [spring_festival(year) + dt.timedelta(days=n) for n in range(window[0], window[1] + 1)]
    return Counter(day.month for day in days)[month] / len(days)


@pytest.mark.parametrize(("year", "month"), [(1990, 1), (2007, 2), (2025, 1), (2033, 3), (2050, 2)])
def test_each_window_is_the_part_of_its_days_in_the_month_less_the_mean_of_the_month(year, month):
    for column, window in enumerate(WINDOWS):
        mean = np.mean([share(one, month, window) for one in range(1990, 2051)])
        found = regressors(np.array([year * 12 + month - 1]))[0, column]
        assert found == pytest.approx(share(year, month, window) - mean, abs=1e-12)


def test_the_parts_of_a_window_add_up_to_nought_over_a_year():
    assert np.allclose(regressors(2025 * 12 + np.arange(12)).sum(axis=0), 0)


def test_years_without_a_known_festival_are_unknown():
    assert np.isnan(regressors(np.array([1989 * 12 + 11, 2051 * 12]))).all()


def test_quarters_have_no_festival_and_the_joint_cell_has_half_the_sum():
    assert not cell_regressors(2025 * 12, 8, 4).any()
    months, eleven = cell_regressors(2025 * 12, 12, 12), cell_regressors(2025 * 12, 11, 11)
    assert np.allclose(eleven[0], (months[0] + months[1]) / 2)
    assert np.allclose(eleven[1:], months[2:])


@pytest.mark.parametrize("season", [12, 11])
def test_an_effect_is_found_and_a_series_without_one_is_left_alone(season):
    rng = np.random.default_rng(3)
    H = cell_regressors(2005 * 12, 12 * season, season)
    beta = np.array([-0.3, -0.2, 0.2])
    noise = rng.normal(0, 0.01, (200, len(H)))
    found = effects(noise[:50] + H @ beta, H, season)
    assert np.abs(H @ (found.mean(axis=0) - beta)).max() < 0.02  # of eleven cells only the last window shows
    assert (effects(noise, H, season) != 0).any(axis=1).mean() <= 0.02


def test_five_festivals_are_the_least():
    H = cell_regressors(2005 * 12, 70, 12)
    assert not effects((H @ [1.0, 1.0, 1.0])[None], H, 12).any()
