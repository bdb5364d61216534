"""What electricity is beyond what output explains: the elasticity is learnt, from cells before alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizao.engines.warning.beyond import beyond


def pair(seed: int, b: float, n: int = 80, T: int = 30) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    v = rng.normal(5, 0.15, (n, T))
    return b * v + rng.normal(0, 0.02, (n, T)), v


@pytest.mark.parametrize("b", [0.3, 0.8, 1.2])
def test_a_fall_of_output_alone_leaves_nothing_beyond_it_at_any_elasticity(b):
    u, v = pair(1, b)
    v[3, -1] -= 0.5
    u[3, -1] -= 0.5 * b
    x = beyond(u, v)
    assert abs(x[3, -1] - x[3, -2]) < 0.1


def test_power_that_fails_stands_out_of_output_that_falls_with_it():
    u, v = pair(1, 0.8)
    v[:40, -1] -= 0.4
    u[:40, -1] -= 0.4 * 0.8 + 0.2
    step = np.diff(beyond(u, v)[:, -2:], axis=1)
    assert np.median(step[:40]) - np.median(step[40:]) == pytest.approx(-0.2, abs=0.03)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 29))
def test_nothing_of_a_later_cell_enters_an_earlier_one(seed, cut):
    u, v = pair(seed, 0.8)
    before = beyond(u, v)[:, :cut]
    u[:, cut:] += 1
    v[:, cut:] *= 2
    assert np.array_equal(before, beyond(u, v)[:, :cut])


def test_unknown_figures_and_wrong_units_teach_nothing():
    u, v = pair(2, 0.8)
    told = beyond(u, v)
    v[0, 5], u[1, 6] = v[0, 5] + np.log(10_000), u[1, 6] - np.log(10_000)
    v[2, :4] = np.nan
    x = beyond(u, v)
    assert np.isnan(x[2, :4]).all()
    assert np.abs(np.diff(x[3:, 20:], axis=1) - np.diff(told[3:, 20:], axis=1)).max() < 0.01


def test_nobody_and_no_figure_at_all_raise_nothing():
    assert beyond(np.zeros((0, 4)), np.zeros((0, 4))).shape == (0, 4)
    assert np.isnan(beyond(np.full((3, 4), np.nan), np.full((3, 4), np.nan))).all()
