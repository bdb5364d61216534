"""How good forecasts were: of the mean, of intervals, of the whole distribution.

With actual y, mean f, the history before it and m cells a year:

    sMAPE   200 · mean |y − f| / (|y| + |f|)                                     per cent; 0 where both are nought
    MASE    mean |y − f| / q,     q = mean |y(t) − y(t−m)| over the history
    OWA     ½ (sMAPE / sMAPE of Naive2 + MASE / MASE of Naive2), means over all series
    Naive2  the last figure without its season, the season put on again (tested at 90 %)
    cover   part of the actuals inside the interval of level p
    MSIS    mean [ (u − l) + 2/a (l − y)₊ + 2/a (y − u)₊ ] / q,     a = 1 − p
    CRPS    ∫ (F(x) − 1{x ≥ y})² dx of the distribution through the bounds, as twice the mean pinball loss over the
            quantiles that the levels give and the mean as median

Source
------
S. Makridakis, E. Spiliotis, V. Assimakopoulos, The M4 Competition, *International Journal of Forecasting* 36 (2020)
54–74, DOI 10.1016/j.ijforecast.2019.04.014 (sMAPE, MASE, OWA, MSIS). T. Gneiting, A. E. Raftery, Strictly proper
scoring rules, *Journal of the American Statistical Association* 102 (2007) 359–378, DOI 10.1198/016214506000001437.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zhizao.engines.outlook.panel import Floats
from zhizao.engines.outlook.theta import decompose


@dataclass(frozen=True, eq=False)
class Scores:
    """Means over the series and horizons that are known.

    Attributes
    ----------
    smape_pct, mase, owa, crps : numbers; NaN where nothing is known. CRPS is in scales of MASE.
    coverage_pct : of each level
    coverage_by_horizon_pct : of each level, shape (H,)
    msis : of each level
    count : how many actuals
    """

    smape_pct: float
    mase: float
    owa: float
    crps: float
    coverage_pct: Mapping[int, float]
    coverage_by_horizon_pct: Mapping[int, Floats]
    msis: Mapping[int, float]
    count: int


def smape_pct(actual: Floats, mean: Floats) -> Floats:
    """The symmetric percentage error of each cell, 0 to 200.

    >>> smape_pct(np.array([100.0, 0.0]), np.array([50.0, 0.0])).round(1).tolist()
    [66.7, 0.0]
    """
    size = np.abs(actual) + np.abs(mean)
    error = np.abs(actual - mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(size == 0, 0.0, 200 * error / size)


def scale(history: Floats, season: int) -> Floats:
    """What MASE divides by, for each row: the mean change against the year before; NaN where it is nought or unknown.

    >>> scale(np.array([[1.0, 2.0, 3.0, 5.0]]), 2).tolist()
    [2.5]
    """
    if history.shape[1] <= season:
        return np.full(len(history), np.nan)
    change = np.abs(history[:, season:] - history[:, :-season])
    known = np.isfinite(change)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(known, change, 0.0).sum(axis=1) / known.sum(axis=1)
    return np.where(mean > 0, mean, np.nan)


def naive2(history: Floats, *, season: int, horizon: int) -> Floats:
    """The last figure of each row without its season, with the season put on again; rows right-aligned without gaps.

    >>> naive2(np.tile([1.0, 2.0, 3.0, 6.0], 6)[None], season=4, horizon=4).round(6).tolist()
    [[1.0, 2.0, 3.0, 6.0]]
    """
    seasonal = decompose(history, season=season)
    return seasonal.on(np.repeat(seasonal.off(history)[:, -1:], horizon, axis=1))


def score(
    actual: Floats,
    mean: Floats,
    lower: Mapping[int, Floats],
    upper: Mapping[int, Floats],
    *,
    history: Floats,
    season: int,
    benchmark: Floats | None = None,
) -> Scores:
    """Score forecasts.

    Parameters
    ----------
    actual, mean : shape (n, H); NaN is left out
    lower, upper : of each level in per cent, shape (n, H)
    history : shape (n, T), what was known before, NaN where not
    season : cells of a year
    benchmark : shape (n, H), optional
        The forecasts that OWA is relative to; by default Naive2 of the history. Where it is NaN, OWA says nothing.

    Examples
    --------
    >>> history, actual = np.array([[1.0, 2.0, 1.0, 2.0]]), np.array([[2.0, 2.0]])
    >>> bounds = {80: np.array([[1.0, 3.0]])}, {80: np.array([[3.0, 4.0]])}
    >>> found = score(actual, actual, *bounds, history=np.array([[1.0, 2.0, 2.0, 3.0]]), season=2)
    >>> found.smape_pct, found.coverage_pct, round(found.msis[80], 9), found.count
    (0.0, {80: 50.0}, 6.5, 2)
    """
    known = np.isfinite(actual) & np.isfinite(mean)
    q = scale(history, season)[:, None]
    error = np.where(known, actual - mean, np.nan)
    smape = np.where(known, smape_pct(actual, mean), np.nan)
    compared = naive2(history, season=season, horizon=actual.shape[1]) if benchmark is None else benchmark
    smape_mean, mase_mean = _by_series(smape), _by_series(np.abs(error) / q)
    both = known & np.isfinite(compared)
    pairs = [
        (np.where(both, one, np.nan), np.where(both, other, np.nan))
        for one, other in ((smape, smape_pct(actual, compared)), (np.abs(error) / q, np.abs(actual - compared) / q))
    ]
    inside = {level: np.where(known, (actual >= lower[level]) & (actual <= upper[level]), np.nan) for level in lower}
    return Scores(
        smape_pct=smape_mean,
        mase=mase_mean,
        owa=0.5 * sum(_ratio(_by_series(ours), _by_series(other)) for ours, other in pairs),
        crps=_by_series(crps(actual, mean, lower, upper) / q),
        coverage_pct={level: 100 * _mean(one) for level, one in inside.items()},
        coverage_by_horizon_pct={
            level: np.array([100 * _mean(column) for column in one.T]) for level, one in inside.items()
        },
        msis={level: _by_series(_interval_score(actual, lower[level], upper[level], level) / q) for level in lower},
        count=int(known.sum()),
    )


def crps(actual: Floats, mean: Floats, lower: Mapping[int, Floats], upper: Mapping[int, Floats]) -> Floats:
    """The continuous ranked probability score of each cell, from the bounds of the levels and the mean.

    The pinball losses of the quantiles, each with the width of probabilities nearest to it.

    >>> crps(np.array([[3.0]]), np.array([[1.0]]), {}, {}).tolist()
    [[2.0]]
    """
    quantiles: Sequence[tuple[float, Floats]] = sorted(
        [(0.5, mean)]
        + [(0.5 - level / 200, one) for level, one in lower.items()]
        + [(0.5 + level / 200, one) for level, one in upper.items()],
        key=lambda pair: pair[0],
    )
    p = np.array([one for one, _ in quantiles])
    edges = np.concatenate([[0.0], (p[1:] + p[:-1]) / 2, [1.0]])
    total = np.zeros_like(actual)
    for (probability, quantile), width in zip(quantiles, np.diff(edges), strict=True):
        gap = actual - quantile
        total += 2 * width * np.maximum(probability * gap, (probability - 1) * gap)
    return total


def _interval_score(actual: Floats, lower: Floats, upper: Floats, level: int) -> Floats:
    outside = np.maximum(lower - actual, 0) + np.maximum(actual - upper, 0)
    found: Floats = (upper - lower) + 2 / (1 - level / 100) * outside
    return found


def _by_series(values: Floats) -> float:
    """The mean over series of each one's mean over horizons."""
    known = np.isfinite(values)
    some = known.any(axis=1)
    sums = np.where(known, values, 0.0).sum(axis=1)[some]
    return float((sums / known.sum(axis=1)[some]).mean()) if some.any() else float("nan")


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def _ratio(ours: float, other: float) -> float:
    return ours / other if other > 0 else float("nan")
