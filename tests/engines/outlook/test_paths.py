"""Joint paths: whole error vectors, on the scale of the calibrated intervals, adding up."""

from __future__ import annotations

import numpy as np
import pytest

from zhizao.engines.outlook.forecast import Forecast
from zhizao.engines.outlook.hierarchy import Floats, hierarchy
from zhizao.engines.outlook.paths import Sampler, coefficients, sampler, whole_vectors
from zhizao.engines.outlook.reconcile import Projection, structural
from zhizao.kernel.result import Refused

NORMAL_80 = 1.2815515655446004


def forecast_of(errors: Floats, *, half: float = NORMAL_80, levels: tuple[int, ...] = (80,)) -> Forecast:
    n, horizon = errors.shape[1:]
    mean = np.full((n, horizon), 100.0)
    bounds = {level: np.full((n, horizon), half) for level in levels}
    return Forecast(
        tuple(f"s{i}" for i in range(n)), 24300, 1, mean,
        {level: mean - b for level, b in bounds.items()}, {level: mean + b for level, b in bounds.items()}, errors,
    )  # fmt: skip


def test_paths_have_the_spread_of_the_intervals_and_the_correlations_of_the_past() -> None:
    rng = np.random.default_rng(1)
    errors = rng.normal(size=(12, 1, 4)) * 7 + rng.normal(size=(12, 3, 1)) * 3
    ready = sampler(forecast_of(errors), every=3)
    drawn = ready.draw(40_000, rng) - ready.mean
    assert drawn.mean(axis=0) == pytest.approx(np.zeros((3, 4)), abs=0.03)
    assert drawn.std(axis=0) == pytest.approx(np.ones((3, 4)), abs=0.3)
    size = np.sqrt((errors**2).mean(axis=0))
    expected = np.einsum("oih,ojg->ihjg", errors / size, errors / size) / len(errors)
    scale = drawn.std(axis=0)
    found = np.einsum("bih,bjg->ihjg", drawn / scale, drawn / scale) / len(drawn)
    assert found == pytest.approx(expected, abs=0.03)


def test_how_errors_add_up_over_months_is_learned_from_all_series() -> None:
    rng = np.random.default_rng(9)
    ready = sampler(forecast_of(rng.normal(size=(9, 6, 12))), every=3)
    sums = (ready.vectors.sum(axis=2) ** 2).mean(axis=0)
    assert sums == pytest.approx(np.full(6, sums[0]))


def test_forecasts_that_were_too_low_everywhere_are_corrected_in_part() -> None:
    """Nine origins, three months apart, blocks of twelve: ν = 3; n = 5: 3/4 · 5/10 of a standard error of 1."""
    ready = sampler(forecast_of(np.ones((9, 5, 12)) * 40), every=3)
    assert ready.evidence == 3
    assert ready.mean == pytest.approx(np.full((5, 12), 100.375))


def test_an_annual_total_of_errors_that_hang_together_is_less_sure_than_of_independent_months() -> None:
    rng = np.random.default_rng(2)
    together = np.repeat(rng.normal(size=(30, 1, 1)), 12, axis=2)
    apart = rng.normal(size=(30, 1, 12))
    spread = [
        float(sampler(forecast_of(errors), every=3).draw(20_000, rng).sum(axis=2).std()) for errors in (together, apart)
    ]
    assert spread[0] == pytest.approx(12, rel=0.05)
    assert spread[1] == pytest.approx(np.sqrt(12), rel=0.35)


def test_every_path_adds_up() -> None:
    tree = hierarchy([("s1", "s0"), ("s2", "s0")], series=["s0", "s1", "s2"])
    rng = np.random.default_rng(3)
    projection = Projection(tree, structural(tree))
    drawn = sampler(forecast_of(rng.normal(size=(8, 3, 5))), every=3, projection=projection).draw(50, rng)
    assert np.abs(drawn[:, 0] - drawn[:, 1] - drawn[:, 2]).max() < 1e-9


def test_the_same_seed_gives_the_same_paths_and_another_seed_others() -> None:
    ready = sampler(forecast_of(np.random.default_rng(4).normal(size=(8, 2, 3))), every=3)
    one, same, other = (ready.draw(10, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes()


def test_only_origins_that_know_the_whole_horizon_are_drawn_from() -> None:
    errors = np.ones((6, 2, 4))
    errors[4:, :, 2:] = np.nan
    vectors, known = whole_vectors(errors)
    assert (vectors.shape, known) == ((4, 2, 4), 4)


def test_beyond_the_longest_past_error_the_last_one_is_carried() -> None:
    rng = np.random.default_rng(5)
    errors = rng.normal(size=(6, 1, 5))
    errors[:, :, 3:] = np.nan
    vectors, known = whole_vectors(errors)
    assert known == 3
    assert vectors[:, :, 3].tolist() == vectors[:, :, 4].tolist() == vectors[:, :, 2].tolist()


def test_without_past_errors_all_goes_wrong_together() -> None:
    ready = sampler(forecast_of(np.full((0, 2, 3), np.nan)), every=3)
    drawn = ready.draw(5000, np.random.default_rng(6)) - 100.0
    assert ready.horizon_known == 0
    assert drawn.std(axis=0) == pytest.approx(np.ones((2, 3)), abs=0.05)
    assert np.ptp(drawn, axis=(1, 2)).max() < 1e-9


def test_a_series_without_errors_goes_as_the_median_series_does() -> None:
    errors = np.ones((5, 3, 2))
    errors[:, 2] = np.nan
    errors[1] *= -1
    vectors, _ = whole_vectors(errors)
    assert vectors[:, 2].tolist() == vectors[:, 0].tolist()


def test_a_series_whose_forecasts_were_all_right_stays() -> None:
    errors = np.random.default_rng(7).normal(size=(6, 2, 3))
    errors[:, 1] = 0
    assert not whole_vectors(errors)[0][:, 1].any()


def test_coefficients_have_the_moments_they_promise() -> None:
    found = coefficients(100_000, 5, np.random.default_rng(8))
    assert (found.T @ found) / len(found) == pytest.approx(np.eye(5) / 5, abs=0.005)
    assert (np.count_nonzero(found, axis=1) == 2).all()


def test_paths_need_the_80_per_cent_interval() -> None:
    with pytest.raises(Refused):
        sampler(forecast_of(np.ones((5, 1, 2)), levels=(95,)), every=3)


def test_series_are_given_in_the_order_asked() -> None:
    ready: Sampler = sampler(forecast_of(np.ones((5, 3, 2))), every=3, series=("s2", "s0"))
    assert ready.series == ("s2", "s0")
    assert ready.mean.shape == (2, 2)
