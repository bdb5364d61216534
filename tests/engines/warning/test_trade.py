"""A part of a trade that falls together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from zhizao.engines.warning.figures import Figures
from zhizao.engines.warning.running import run
from zhizao.engines.warning.settings import shipped_watch
from zhizao.engines.warning.trade import LEAST_MEMBERS, parts

ONE = np.zeros(60, np.int64)


def scores(seed: int = 3, n: int = 60, cells: int = 20) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, cells))


@pytest.mark.parametrize(("share", "fall"), [(0.2, 4.0), (0.5, 2.0), (0.5, 3.0), (0.7, 4.0)])
def test_a_part_that_fell_is_told_nearly_as_well_as_if_all_were_known(share, fall):
    y = scores(n=1000)
    hit = np.arange(1000) < 1000 * share
    y[hit, -1] += fall
    y -= np.median(y, axis=0)  # as residuals are: the trade's own median has moved with the part
    found = parts(y, np.zeros(1000, np.int64))
    wrong = ((found.hit[:, -1] > 0.5) != hit).mean()
    cut = fall / 2 + np.log((1 - share) / share) / fall  # where both densities are equal: Bayes' rule
    least = share * norm.cdf(cut - fall) + (1 - share) * norm.sf(cut)
    assert wrong < least + 0.03
    assert found.share[0, -1] == pytest.approx(share, abs=0.08)


def test_of_most_of_a_trade_nobody_can_tell_whether_they_fell_or_the_others_rose():
    y = scores(n=100)
    y[:10, -1] -= 5
    found = parts(y, np.zeros(100, np.int64))
    assert np.nanmax(found.hit[:, -1]) < 0.5
    assert np.isnan(found.share[:, -1]).all()


def test_a_few_that_are_far_off_for_reasons_of_their_own_are_no_part():
    y = scores()
    y[:4, -1] += 5
    assert np.nanmax(parts(y, ONE).hit[:, -1]) < 0.5


@given(moved=st.floats(-5, 5))
def test_what_moves_a_whole_trade_moves_nobody_s_probability(moved):
    y = scores()
    y[:20, -1] += 3
    whole = y.copy()
    whole[:, -1] += moved
    assert np.allclose(parts(whole, ONE).hit[:, -1], parts(y, ONE).hit[:, -1], atol=1e-6)


def test_calm_trades_do_not_come_apart():
    y = scores(seed=5, n=3000, cells=40)
    found = parts(y, np.repeat(np.arange(50), 60))
    believed = np.isfinite(found.share[::60, 1:])
    assert believed.mean() < 0.02  # the prior share of hit cells


def test_nothing_of_a_later_cell_is_used():
    y = scores()
    y[:30, 12] += 3
    later = y.copy()
    later[:, 13:] = 9.0
    assert np.array_equal(parts(y, ONE).hit[:, :13], parts(later, ONE).hit[:, :13], equal_nan=True)


def test_another_trade_tells_nothing():
    y = scores()
    sector = np.repeat([0, 1], 30)
    other = y.copy()
    other[30:] *= 3
    assert np.array_equal(parts(y, sector).hit[:30], parts(other, sector).hit[:30], equal_nan=True)


def test_a_small_trade_and_a_missing_score_are_unknown():
    few = LEAST_MEMBERS - 1
    assert np.isnan(parts(scores(n=few), np.zeros(few, np.int64)).hit).all()
    y = scores()
    y[4, -1] = np.nan
    hit = parts(y, ONE).hit
    assert np.isnan(hit[4, -1])
    assert np.isfinite(np.delete(hit[:, -1], 4)).all()
    assert np.isnan(hit[:, 0]).all()  # no cell before tells the usual spread


def test_half_a_trade_without_power_is_called_and_the_other_half_is_not():
    rng = np.random.default_rng(1)
    noise = 0.12 * rng.standard_normal((60, 36))
    power = 0.05 * rng.standard_normal((60, 36))
    cut = np.zeros((60, 36))
    cut[:30, -1] = np.log(0.65)
    values = {"gross_output": np.exp(5 + noise + cut), "electricity": np.exp(2 + 0.8 * noise + 1.3 * cut + power)}
    names = tuple(f"e{number}" for number in range(60))
    found = run(Figures(names, ONE, ("",), 2022 * 11, values), shipped_watch())
    month = found.figures.months()[-1]
    called = set(found.alarms.filter(month=month, rule="warning.trade")["subject"])
    assert len(called & set(names[:30])) >= 27
    assert len(called & set(names[30:])) <= 6
