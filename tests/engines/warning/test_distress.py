"""Scores of several measures count once what they share; p-values of calm are even; false calls stay at their share."""

from __future__ import annotations

import numpy as np
import pytest

from zhizao.engines.warning.distress import combined, looked_back, p_values, q_values


def noise(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def test_a_score_has_spread_one_whatever_measures_are_missing():
    common = noise(1, (800, 12))
    z = {name: 0.8 * common + 0.6 * noise(place, common.shape) for place, name in enumerate("abc", start=2)}
    z["c"][:400] = np.nan
    s = combined(z, {"a": 1.0, "b": 2.0, "c": 1.0})[:, 3:]
    assert abs(s[:400].std() - 1) < 0.05
    assert abs(s[400:].std() - 1) < 0.05


def test_three_months_of_a_little_weigh_more_than_one():
    assert looked_back(np.array([[2.0, 2.0, 2.0]]))[0, 2] == pytest.approx(2 * np.sqrt(3))


def test_an_unknown_month_counts_nothing():
    assert np.isnan(looked_back(np.array([[2.0, np.nan]]))[0, 1])
    assert looked_back(np.array([[2.0, np.nan, 2.0]]))[0, 2] == pytest.approx(2 * np.sqrt(2))


def test_p_values_of_calm_are_even():
    p = p_values(noise(3, (1000, 22)))[:, 5:]
    for level in (0.2, 0.05, 0.01):
        assert abs((p < level).mean() / level - 1) < 0.25


def test_too_small_a_past_has_no_p_value():
    assert np.isnan(p_values(noise(4, (10, 6)))).all()


def test_the_share_of_false_calls_stays_at_what_is_allowed():
    false, called = 0, 0
    for seed in range(20):
        s = noise(seed, (500, 12))
        s[:25, -1] += 4
        q = q_values(p_values(s), np.zeros(500, np.int64), usual_share=0.02)[:, -1]
        false, called = false + (q[25:] <= 0.1).sum(), called + (q <= 0.1).sum()
    assert called > 20 * 15
    assert false / called < 0.13


def test_where_half_of_a_trade_falls_more_of_it_are_called():
    s = noise(5, (500, 12))
    s[:100, -1] += np.where(np.arange(100) < 50, 2.5, 0)
    p = p_values(s)
    group = np.repeat(np.arange(5), 100)
    together = q_values(p, np.zeros(500, np.int64), usual_share=0.02)[:50, -1] <= 0.1
    by_trade = q_values(p, group, usual_share=0.02)[:50, -1] <= 0.1
    assert by_trade.sum() > together.sum() + 5
