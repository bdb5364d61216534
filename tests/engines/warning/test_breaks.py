"""A break is what a series' own past does not foresee; coming and going of enterprises is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from zhizao.engines.warning.breaks import LAST, broken, linked, q_of
from zhizao.engines.warning.concentration import concentration
from zhizao.engines.warning.figures import CELLS

T = 66


def calm(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    t = np.arange(T)
    return 5 + 0.004 * t + 0.2 * (t % CELLS == 10) + rng.normal(0, 0.02, T)


def test_p_values_of_calm_series_are_uniform():
    level = [broken(calm(seed), 0).level_p for seed in range(400)]
    assert stats.kstest(level, "uniform").pvalue > 0.01


def test_a_lower_level_of_the_last_cells_is_found_and_its_size_told():
    found = []
    for seed in range(50):
        x = calm(seed)
        x[-LAST:] -= 0.15
        found.append(broken(x, 0))
    assert np.mean([one.level_p < 0.01 for one in found]) > 0.9
    assert np.mean([one.off for one in found]) == pytest.approx(-0.15, abs=0.04)


def test_chow_s_f_is_that_of_the_two_fits_by_hand():
    """F = ((S − S₁) / 3) / (S₁ / (n₁ − 13)) with S and S₁ by the normal equations."""
    x = calm(9)
    cells = np.arange(1, T)
    X = np.column_stack(
        [*((cells % CELLS == place).astype(float) for place in range(CELLS)), cells / len(cells), x[:-1]]
    )

    def rest(part: slice) -> float:
        own = np.linalg.solve(X[part].T @ X[part], X[part].T @ x[1:][part])
        return float(((x[1:][part] - X[part] @ own) ** 2).sum())

    n1 = len(cells) - LAST
    F = ((rest(slice(None)) - rest(slice(n1))) / LAST) / (rest(slice(n1)) / (n1 - 13))
    assert broken(x, 0).level_p == pytest.approx(stats.f.sf(F, LAST, n1 - 13), rel=1e-6)


def test_a_slope_that_turns_down_is_found():
    x = calm(4)
    x[-6:] -= 0.04 * np.arange(1, 7)
    found = broken(x, 0)
    assert found.slope_p < 0.05
    assert found.slope_change < 0


def test_a_short_series_or_one_with_a_gap_at_its_end_is_not_told():
    assert broken(calm(1)[:20], 0) is None
    x = calm(1)
    x[-5] = np.nan
    assert broken(x, 0) is None


def test_a_gap_long_ago_leaves_what_came_after_it():
    x = calm(1)
    x[3] = np.nan
    assert broken(x, 0) == broken(x[4:], 4)


def test_who_comes_or_goes_moves_nothing():
    y = np.full((3, 6), 10.0)
    y[1, 3:] = np.nan
    y[2, :2] = np.nan
    assert linked(y).tolist() == [0.0] * 6


def test_unknown_is_not_nought_in_a_linked_series():
    assert np.isnan(linked(np.full((2, 3), np.nan))).all()
    after = linked(np.array([[1.0, np.nan, 2.0, 4.0]])).tolist()
    assert after == pytest.approx([0.0, np.nan, np.nan, np.log(2)], nan_ok=True)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
@settings(max_examples=50)
def test_q_is_never_below_p_and_keeps_its_order(p):
    q = q_of(np.array(p))
    assert (q >= np.array(p) - 1e-12).all()
    order = np.argsort(p, kind="stable")
    assert (np.diff(q[order]) >= -1e-12).all()


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=40))
@settings(max_examples=50)
def test_concentration_lies_between_equal_parts_and_one_alone(amounts):
    found = concentration(np.array(amounts))
    n = len(amounts)
    assert 10_000 / n - 1e-6 <= found.hhi_points <= 10_000 + 1e-6
    assert found.largest_pct <= found.top_pct + 1e-9 <= 100 + 1e-6


def test_nothing_known_or_all_nought_has_no_concentration_and_below_nought_is_refused():
    assert concentration(np.array([np.nan, np.nan])) is None
    assert concentration(np.zeros(3)) is None
    with pytest.raises(ValueError, match="below nought"):
        concentration(np.array([1.0, -1.0]))
