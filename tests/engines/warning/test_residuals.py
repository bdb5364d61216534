"""Surprises come from the past and the peers alone; what all share is none; a shock teaches little."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizao.engines.warning.residuals import Memory, residuals

ONE_SECTOR = np.zeros(60, np.int64)


def calm(seed: int, n: int = 60, T: int = 66) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, (n, T)) + 5


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.integers(20, 60))
def test_nothing_of_a_later_cell_enters_an_earlier_one(seed, cut):
    x = calm(seed)
    changed = x.copy()
    changed[:, cut:] += np.random.default_rng(seed + 1).normal(0, 3, changed[:, cut:].shape)
    before, after = residuals(x, ONE_SECTOR, 0, Memory()), residuals(changed, ONE_SECTOR, 0, Memory())
    assert np.array_equal(before.z[:, :cut], after.z[:, :cut], equal_nan=True)


def test_what_all_enterprises_share_is_no_surprise():
    x = calm(1)
    moved = x + np.where(np.arange(66) == 50, -0.5, 0.0) + 0.2 * np.sin(np.arange(66) / 11 * 2 * np.pi)
    z, usual = residuals(moved, ONE_SECTOR, 0, Memory()).z[:, 50], residuals(x, ONE_SECTOR, 0, Memory()).z[:, 50]
    assert np.abs(z).max() < 5
    assert np.median(np.abs(z - usual)) < 0.3


def test_a_sector_that_falls_by_half_is_not_forgiven():
    x = calm(2)
    sector = np.repeat(np.arange(3), 20)
    x[:11, 50] -= 0.6  # more than half of the first sector
    z = residuals(x, sector, 0, Memory()).z[:, 50]
    assert np.median(z[:11]) < -3


def test_what_a_sector_has_long_departed_does_not_excuse_a_sudden_fall_of_half_of_it():
    x = calm(2)
    sector = np.repeat(np.arange(3), 20)
    x[:20] += np.linspace(0, 2, 66)  # the first sector grows for years as the others do not
    x[:11, 50] -= 0.6
    z = residuals(x, sector, 0, Memory()).z[:, 50]
    assert np.median(z[:11]) < -3


def test_a_shock_of_one_month_leaves_the_next_month_calm():
    x = calm(3)
    x[0, 50] -= 2
    z = residuals(x, ONE_SECTOR, 0, Memory()).z[0]
    assert z[50] < -8
    assert abs(z[51]) < 4


@pytest.mark.parametrize("season", [0.3])
def test_a_season_of_its_own_is_learnt(season):
    x = calm(4, T=11 * 9)
    x[0] += np.where(np.arange(99) % 11 == 4, -season, 0)
    z = residuals(x, ONE_SECTOR, 0, Memory()).z[0, 4::11]
    assert z[-1] > z[2] + 0.5


def test_unknown_figures_are_unknown_and_change_nothing_of_others():
    x = calm(5)
    hole = x.copy()
    hole[0, 30:34] = np.nan
    z = residuals(hole, ONE_SECTOR, 0, Memory()).z
    assert np.isnan(z[0, 30:34]).all()
    assert np.isfinite(z[0, 34])
    assert np.isfinite(z[1:, 30:34]).all()


def test_a_constant_series_and_no_series_at_all_raise_nothing():
    z = residuals(np.ones((6, 30)), np.zeros(6, np.int64), 0, Memory()).z
    assert np.nanmax(np.abs(z)) == 0
    assert residuals(np.full((6, 3), np.nan), np.zeros(6, np.int64), 0, Memory()).z.shape == (6, 3)
