"""Reconciliation: the formula, the shrinkage, held levels, leaves not negative, and the choice by past errors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from zhizao.engines.outlook.choosing import Kind, Way, choose, side_by_side, weights_of
from zhizao.engines.outlook.hierarchy import Floats, Hierarchy, hierarchy
from zhizao.engines.outlook.reconcile import Projection, Weights, shrink, structural, variance
from zhizao.kernel.result import Refused

SMALL = hierarchy([("a", "all"), ("b", "all")], series=["all", "a", "b"])


def tree_of(rng: np.random.Generator, leaves: int, *, is_grouped: bool) -> Hierarchy:
    sectors = max(leaves // 3, 1)
    edges = [(f"f{i}", f"s{i % sectors}") for i in range(leaves)] + [(f"s{i}", "all") for i in range(sectors)]
    names = ["all", *(f"s{i}" for i in range(sectors)), *(f"f{i}" for i in range(leaves))]
    if is_grouped:
        edges += [(f"f{i}", f"p{int(rng.integers(2))}") for i in range(1, leaves)] + [("p0", "all"), ("p1", "all")]
        edges += [("f0", "p0"), ("f0", "p1")]
        names += ["p0", "p1"]
    return hierarchy(edges, series=names)


def by_the_formula(tree: Hierarchy, weights: Weights, base: Floats) -> Floats:
    """ŷ − W C′ (C W C′)⁻¹ C ŷ with everything dense and C = [I, −A]."""
    n = len(tree.series)
    rows = np.zeros((len(tree.aggregates), n))
    rows[np.arange(len(tree.aggregates)), tree.aggregates] = 1
    rows[:, tree.leaves] -= tree.sums.toarray()
    w = np.diag(weights.diagonal) + weights.factor @ weights.factor.T
    return base - w @ rows.T @ np.linalg.solve(rows @ w @ rows.T, rows @ base)


def shrunk_by_loops(errors: Floats) -> tuple[float, Floats]:
    """Schäfer and Strimmer (2005), as they write it: over pairs of series, with W."""
    n, dates = errors.shape
    centred = errors - errors.mean(axis=1, keepdims=True)
    standard = centred / centred.std(axis=1, ddof=1, keepdims=True)
    spread = square = 0.0
    for i in range(n):
        for j in range(n):
            if i != j:
                w = standard[i] * standard[j]
                spread += dates / (dates - 1) ** 3 * ((w - w.mean()) ** 2).sum()
                square += (w.sum() / (dates - 1)) ** 2
    shrinkage = min(max(spread / square, 0.0), 1.0)
    covariance = np.cov(errors)
    return shrinkage, shrinkage * np.diag(np.diag(covariance)) + (1 - shrinkage) * covariance


@given(st.integers(0, 10**6), st.integers(2, 12), st.integers(3, 20), st.booleans())
@settings(max_examples=40, deadline=None)
def test_the_sparse_form_is_the_formula(seed: int, leaves: int, dates: int, is_grouped: bool) -> None:
    rng = np.random.default_rng(seed)
    tree = tree_of(rng, leaves, is_grouped=is_grouped)
    n = len(tree.series)
    errors = rng.normal(size=(n, dates)) * rng.uniform(0.5, 5, (n, 1)) + rng.normal(size=dates)
    base = rng.normal(50, 10, (n, 3))
    for weights in (structural(tree), variance(errors), shrink(errors)):
        found = Projection(tree, weights).of(base)
        assert found == pytest.approx(by_the_formula(tree, weights, base), rel=1e-8, abs=1e-8)
        assert np.abs(tree.constraints @ found).max() < 1e-9


@given(st.integers(0, 10**6), st.integers(2, 8), st.integers(3, 15))
@settings(max_examples=30, deadline=None)
def test_the_shrinkage_is_that_of_the_double_sum(seed: int, n: int, dates: int) -> None:
    rng = np.random.default_rng(seed)
    errors = rng.normal(size=(n, dates)) + rng.normal() * rng.normal(size=dates)
    shrinkage, covariance = shrunk_by_loops(errors)
    weights = shrink(errors)
    assert weights.shrinkage == pytest.approx(max(shrinkage, 1e-6), rel=1e-9)
    assert np.diag(weights.diagonal) + weights.factor @ weights.factor.T == pytest.approx(covariance, rel=1e-5)


def test_coherent_forecasts_stay_as_they_are() -> None:
    base = np.array([[7.0], [4.0], [3.0]])
    assert Projection(SMALL, structural(SMALL)).of(base) == pytest.approx(base, rel=1e-14)


def test_weights_by_hand() -> None:
    """Gap 3 = 10 − 4 − 3; variances 4, 1, 1: the total takes 4/6 of it, the leaves 1/6 each."""
    weights = variance(np.array([[2.0, -2.0], [1.0, 1.0], [-1.0, 1.0]]))
    found = Projection(SMALL, weights).of(np.array([[10.0], [4.0], [3.0]]))
    assert found.ravel() == pytest.approx([8.0, 4.5, 3.5], rel=1e-12)


def test_a_held_level_stays_and_the_others_move_to_it() -> None:
    rng = np.random.default_rng(1)
    tree = tree_of(rng, 9, is_grouped=False)
    base = rng.normal(50, 10, (len(tree.series), 2))
    for level in range(3):
        held = tree.at_level(level)
        found = Projection(tree, shrink(rng.normal(size=(len(tree.series), 8))), held=held).of(base)
        assert found[held] == pytest.approx(base[held], rel=1e-12)
        assert np.abs(tree.constraints @ found).max() < 1e-9


def test_series_that_share_leaves_cannot_be_held_together() -> None:
    tree = hierarchy([("a", "s"), ("b", "s"), ("a", "p"), ("b", "p")], series=["s", "p", "a", "b"])
    with pytest.raises(Refused) as refused:
        Projection(tree, structural(tree), held=tree.at_level(0))
    assert refused.value.problems[0].code == "outlook.held"


def test_a_series_that_was_always_forecast_right_hardly_moves() -> None:
    weights = variance(np.array([[2.0, -2.0], [0.0, 0.0], [-1.0, 1.0]]))
    found = Projection(SMALL, weights).of(np.array([[10.0], [4.0], [3.0]]))
    assert found[1, 0] == pytest.approx(4.0, abs=1e-5)


def test_a_series_with_unknown_errors_counts_with_its_own_variance_only() -> None:
    errors = np.array([[1.0, -2.0, 3.0], [2.0, np.nan, -2.0], [1.0, 1.0, -2.0]])
    weights = shrink(errors)
    assert not weights.factor[1].any()
    assert weights.diagonal[1] == pytest.approx(8.0)


def test_too_few_known_errors_are_refused() -> None:
    for weigh in (shrink, variance):
        with pytest.raises(Refused):
            weigh(np.full((2, 3), np.nan))
    with pytest.raises(Refused):
        Projection(SMALL, Weights(np.ones(2), np.empty((2, 0))))


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_not_negative_is_the_nearest_point_without_a_negative_leaf(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tree = tree_of(rng, 6, is_grouped=bool(seed % 2))
    n = len(tree.series)
    weights = shrink(rng.normal(size=(n, 10)) + rng.normal(size=10))
    base = rng.normal(0, 5, (n, 1))
    found = Projection(tree, weights).not_negative(base)
    assert found[tree.leaves].min() >= 0
    assert np.abs(tree.constraints @ found).max() < 1e-9
    inverse = np.linalg.inv(np.diag(weights.diagonal) + weights.factor @ weights.factor.T)

    def distance(leaves: Floats) -> float:
        gap = tree.summed(leaves) - base[:, 0]
        return float(gap @ inverse @ gap)

    best = minimize(distance, np.maximum(base[tree.leaves, 0], 0.1), bounds=[(0, None)] * len(tree.leaves), tol=1e-14)
    assert distance(found[tree.leaves, 0]) <= best.fun * (1 + 1e-6) + 1e-9


def test_not_negative_changes_nothing_where_nothing_is_negative() -> None:
    base = np.array([[10.0, 1.0], [4.0, 5.0], [3.0, -3.0]])
    projection = Projection(SMALL, structural(SMALL))
    assert projection.not_negative(base)[:, 0].tolist() == projection.of(base)[:, 0].tolist()
    assert projection.not_negative(base)[2, 1] == 0


def test_a_top_that_is_forecast_well_is_held() -> None:
    rng = np.random.default_rng(3)
    tree = tree_of(rng, 12, is_grouped=False)
    errors = rng.normal(0, 1, (8, len(tree.series), 4))
    errors[:, 0] *= 0.01
    errors[:, 1:] += 1.0
    choice = choose(tree, errors)
    held = choice.scores[Way(choice.way.kind, 0)]
    assert held <= 1.02 * choice.scores[choice.way]
    assert choice.by_level[Way(choice.way.kind, 0)][0] == pytest.approx(1.0)
    assert choice.scores[choice.way] == min(choice.scores.values())
    assert choice.scores[Way(choice.way.kind, 2)] > 10 * held


def test_leaves_that_are_forecast_well_are_held() -> None:
    rng = np.random.default_rng(4)
    tree = tree_of(rng, 12, is_grouped=False)
    errors = rng.normal(0, 100, (8, len(tree.series), 4))
    errors[:, tree.leaves] = rng.normal(0, 1, (8, 12, 4))
    choice = choose(tree, errors)
    bottom_up = choice.scores[Way(choice.way.kind, 2)]
    assert bottom_up == pytest.approx(choice.scores[choice.way], rel=0.05)
    assert choice.by_level[choice.way][0] < 0.2


def test_a_choice_needs_origins_and_known_errors() -> None:
    with pytest.raises(Refused):
        choose(SMALL, np.ones((2, 3, 4)))
    with pytest.raises(Refused):
        choose(SMALL, np.full((4, 3, 4), np.nan))
    with pytest.raises(Refused):
        weights_of(Kind.VARIANCE, SMALL, None)


def test_columns_that_no_series_knows_are_left_out() -> None:
    errors = np.array([[[1.0, np.nan], [2.0, np.nan]], [[3.0, 4.0], [5.0, np.nan]]])
    assert side_by_side(errors)[0].tolist() == [1.0, 3.0, 4.0]


def test_many_series_go_in_blocks_with_the_same_result() -> None:
    rng = np.random.default_rng(5)
    tree = tree_of(rng, 150, is_grouped=True)
    weights = shrink(rng.normal(size=(len(tree.series), 12)) + rng.normal(size=12))
    base = rng.normal(50, 10, (len(tree.series), 2))
    assert Projection(tree, weights).of(base) == pytest.approx(by_the_formula(tree, weights, base), rel=1e-9)


def test_many_forecasts_are_what_each_is_alone_and_the_same_bytes_on_two_workers_of_a_cluster():
    from zhizao.kernel.executor import Dask

    tree = hierarchy([(f"f{i}", f"s{i % 3}") for i in range(12)] + [(f"s{i}", "all") for i in range(3)],
                     series=["all", "s0", "s1", "s2", *(f"f{i}" for i in range(12))])  # fmt: skip
    rng = np.random.default_rng(4)
    projection = Projection(tree, shrink(rng.normal(size=(16, 20))))
    bases = rng.normal(size=(7, 16, 5))
    here = projection.of_many(bases)
    assert np.allclose(here, np.stack([projection.of(base) for base in bases]), rtol=1e-12)
    with Dask(workers=2) as cluster:
        assert projection.of_many(bases, executor=cluster).tobytes() == here.tobytes()
