"""A walk with a drift: mean and spread by hand, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from zhizao.engines.outlook.drift import drift_paths
from zhizao.kernel.result import Refused


def paths(rows, *, scale=None, logs=False, horizon=3, draws=40_000, seed=1):
    values = np.array(rows, dtype=np.float64)
    return drift_paths(
        values,
        np.ones(len(values)) if scale is None else np.array(scale),
        in_logs=np.full(len(values), logs),
        horizon=horizon,
        draws=draws,
        rng=np.random.default_rng(seed),
    )


def test_the_mean_goes_on_by_the_mean_change():
    found = np.median(paths([[2.0, 4.0, 9.0, 11.0]]), axis=0)
    assert found[0] == pytest.approx([14, 17, 20], abs=0.1)


def test_the_variance_is_that_of_the_drift_method_in_student_s_units():
    """Changes 2, 5, 2: Σ (d − 3)² = 6; the size is 3 and the typical variance 6 / 2 / 9; s² = (6 + 2 · 3) / 4 = 3.

    ν = 4: the variance one ahead is 3 · (1 + 1/3) · 4 / 2 = 8, two ahead 3 · 2 · (1 + 2/3) · 2 = 20.
    """
    found = paths([[2.0, 4.0, 9.0, 11.0]], draws=400_000).var(axis=0)[0]
    assert found[:2] == pytest.approx([8, 20], rel=0.1)


def test_growth_in_per_cent_stays_above_nought_and_goes_on_by_the_geometric_mean():
    found = paths([[100.0, 110.0, 121.0]], logs=True, scale=[5.0])
    assert (found > 0).all()
    assert np.median(found, axis=0)[0] == pytest.approx([133.1, 146.41, 161.051], rel=0.01)


def test_unknown_cells_before_a_row_s_first_change_nothing():
    assert np.median(paths([[np.nan, np.nan, 3.0, 5.0]]), axis=0)[0] == pytest.approx([7, 9, 11], abs=0.1)


def test_a_quiet_series_borrows_spread_from_its_neighbours():
    quiet, wild = [1.0, 2.0, 3.0, 4.0], [1.0, 9.0, 4.0, 15.0]
    alone, beside = paths([quiet]), paths([quiet, wild])
    assert alone[:, 0, 0].std() == 0.0 < beside[:, 0, 0].std() < beside[:, 1, 0].std()


def test_one_that_never_moved_and_was_not_planned_to_stays():
    assert (paths([[3.0, 3.0, 3.0]], scale=[0.0]) == 3.0).all()


def test_the_same_seed_gives_the_same_paths():
    assert np.array_equal(paths([[1.0, 2.0, 4.0]], draws=50), paths([[1.0, 2.0, 4.0]], draws=50))


def test_one_year_alone_and_growth_from_nought_are_refused():
    with pytest.raises(Refused, match="Fewer than two years"):
        paths([[np.nan, 4.0]])
    with pytest.raises(Refused, match="above nought"):
        paths([[0.0, 4.0]], logs=True)
