"""The closed form against the recursion written out, and rows together against rows alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import lsq_linear

from zhizao.engines.outlook.theta import ALPHAS, decompose, theta


def errors(y: np.ndarray, alpha: float, level: float, kappa: float) -> tuple[np.ndarray, float]:
    """One-step errors and the forecast one ahead, by the equations of the module, one cell after the other."""
    out = []
    A = B = 0.0
    for t in range(len(y) + 1):
        if t:
            B, A = np.polyfit(np.arange(1, t + 1), y[:t], 1) if t > 1 else (0.0, y[0])
        drift = (1 - alpha) ** t * A + (1 - (1 - alpha) ** (t + 1)) / alpha * B
        forecast = level + kappa * drift
        if t == len(y):
            return np.array(out), forecast
        out.append(y[t] - forecast)
        level = alpha * y[t] + (1 - alpha) * level
    raise AssertionError


def test_no_level_and_no_theta_of_the_recursion_fit_better_than_the_closed_form():
    y = np.random.default_rng(5).normal(0.3, 1, 30).cumsum() + 20
    best = np.inf, (0.0, 0.0, 0.0)
    for alpha in ALPHAS:
        nought, level, kappa = (errors(y, alpha, *one)[0][3:] for one in ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0)))
        found = lsq_linear(np.column_stack([nought - level, nought - kappa]), nought, ([-np.inf, 0], [np.inf, 0.999]))
        best = min(best, (2 * found.cost, (alpha, *found.x)))
    alpha, _, kappa = best[1]
    missed, ahead = errors(y, *best[1])
    weight = 0.5 ** (np.arange(27)[::-1] / 12)
    ours = theta(y[None], season=1, horizon=3)
    assert ours.mean[0, 0] == pytest.approx(ahead, rel=1e-4)
    one = np.sqrt((weight * missed[3:] ** 2).sum() / weight.sum() * 27 / 25)
    growth = [np.sqrt(1 + h * alpha**2) * (1 + 0.07 * kappa * h) for h in range(3)]
    assert ours.spread[0] == pytest.approx(one * np.array(growth), rel=1e-4)


def test_rows_of_any_length_together_are_what_each_is_alone():
    rng = np.random.default_rng(1)
    rows = [rng.normal(50, 5, n) + 10 * np.sin(np.arange(n) / 6 * np.pi) for n in (24, 37, 60)]
    together = np.full((3, 60), np.nan)
    for row, values in enumerate(rows):
        together[row, 60 - len(values) :] = values
    found = theta(together, season=12, horizon=5)
    for row, values in enumerate(rows):
        alone = theta(values[None], season=12, horizon=5)
        assert np.allclose(found.mean[row], alone.mean[0], rtol=1e-9)
        assert np.allclose(found.spread[row], alone.spread[0], rtol=1e-9)


@given(st.floats(1e-3, 1e6))
def test_the_unit_does_not_matter(unit):
    y = np.random.default_rng(2).gamma(9, 1, (1, 40))
    one, other = theta(y, season=4, horizon=3), theta(unit * y, season=4, horizon=3)
    assert np.allclose(other.mean, unit * one.mean, rtol=1e-6)
    assert np.allclose(other.spread, unit * one.spread, rtol=1e-6)


def test_noise_has_no_season_and_a_series_with_noughts_has_an_added_one():
    noise = np.random.default_rng(4).normal(100, 1, (1, 48))
    assert (decompose(noise, season=12).index == 1).all()
    seasonal = decompose(np.tile([0.0, 1, 5, 2], 8)[None], season=4)
    assert not seasonal.multiplied[0]
    assert seasonal.index[0].tolist() == pytest.approx([0, -2, -1, 3])
