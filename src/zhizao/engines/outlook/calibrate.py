"""Intervals that hold: widths per model and horizon, learned on rolling origins inside the vintage.

Each model gives a mean and a spread (what a typical error is, up to a factor). At origin o, horizon h and series i the
score is

    u(o, i, h) = |actual − mean| / spread,      mean and spread from what was known before o

and the interval of level p is mean ± q(p, h) · spread, where q(p, h) is the p-quantile of u. It is pooled over the
series of one model, since the scores of one series are few and hang together. The quantile is taken by horizon, and

    log q(p, h) = a + b log h

fitted to it, weighted by the number of scores: horizons borrow from each other, and those that no origin reaches yet
are on the line too. Of S series in the pool the line found has the weight S / (S + 10), the rest has ``PRIOR``, which
is what speaks for a panel of one series.

Source
------
V. Vovk, A. Gammerman, G. Shafer, *Algorithmic Learning in a Random World*, 2005 (normalised conformal scores); pooling
over series: C. Stankevičiūtė, A. Alaa, M. van der Schaar, Conformal time-series forecasting, NeurIPS 2021. Here the
scores are of the past and the coverage asked for is of the future: exchangeable only as far as the series are stable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from zhizao.engines.outlook.panel import Floats

Ints = npt.NDArray[np.int64]
PRIOR_SERIES: Final = 10
PRIOR_A: Final = {50: -0.40, 80: 0.28, 90: 0.57, 95: 0.80, 99: 1.30}
PRIOR_B: Final = {50: 0.20, 80: 0.20, 90: 0.20, 95: 0.20, 99: 0.20}
OPTIMISM: Final = 1.0


def factors(
    errors: Floats, spreads: Floats, pools: Ints, *, levels: Sequence[int], horizons: Ints
) -> Mapping[int, Floats]:
    """The factors q(p, h) for each pool.

    Parameters
    ----------
    errors : shape (O, n, H), actual − mean, NaN where unknown
    spreads : shape (O, n, H)
    pools : shape (O, n), which model made the forecast; below nought is left out
    levels : in per cent
    horizons : shape (H,), counted from 1

    Returns
    -------
    dict of level → shape (highest pool + 1, H)

    Examples
    --------
    Without a score, the table speaks:

    >>> none = np.zeros((0, 1, 2))
    >>> q = factors(none, none, np.zeros((0, 1), np.int64), levels=[80], horizons=np.array([1, 2]))
    >>> q[80].shape, bool(q[80][0, 0] < q[80][0, 1])
    ((1, 2), True)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = np.abs(errors) / spreads
    scores[~(spreads > 0)] = np.nan
    found = {level: [] for level in levels}  # type: dict[int, list[Floats]]
    for pool in range(int(pools.max(initial=0)) + 1):
        mine = np.where((pools == pool)[:, :, None], scores, np.nan)
        series = int(np.isfinite(mine).any(axis=(0, 2)).sum())
        by_horizon = [column[np.isfinite(column)] for column in mine.reshape(-1, mine.shape[2]).T]
        for level in levels:
            a, b = _line(by_horizon, level, horizons)
            weight = series / (series + PRIOR_SERIES) if np.isfinite(a) else 0.0
            prior_a, prior_b = prior(level)
            a, b = (weight * np.nan_to_num(x) + (1 - weight) * y for x, y in ((a, prior_a), (b, prior_b)))
            found[level].append(np.exp(a + b * np.log(horizons)))
    return {level: np.array(lines) for level, lines in found.items()}


def prior(level: int) -> tuple[float, float]:
    """a and b of a level: the table, between its levels along the quantiles of the normal distribution.

    >>> prior(80) == (PRIOR_A[80], PRIOR_B[80]), PRIOR_A[80] < prior(85)[0] < PRIOR_A[90]
    (True, True)
    """
    table = np.array(list(PRIOR_A)) / 100
    at = norm.ppf(0.5 + np.array([level / 100, *table]) / 2)
    a, b = (float(np.interp(at[0], at[1:], list(one.values()))) for one in (PRIOR_A, PRIOR_B))
    return a, b


def _line(by_horizon: Sequence[Floats], level: int, horizons: Ints) -> tuple[float, float]:
    """a and b by weighted least squares; NaN without scores, b of the table with one horizon."""
    usable = [(h, scores) for h, scores in zip(horizons, by_horizon, strict=True) if len(scores) >= 5]
    if not usable:
        return np.nan, np.nan
    # The p-quantile of N scores for the next one: at (N + 1) p of N, so that few scores are not too sure.
    quantile = [np.quantile(s, min(1.0, level / 100 * (len(s) + 1) / len(s))) for _, s in usable]
    y = np.log(np.maximum(quantile, 1e-6))
    x = np.log([h for h, _ in usable])
    weight = np.array([len(s) for _, s in usable], dtype=float)
    b = prior(level)[1]
    centre, height = np.average(x, weights=weight), np.average(y, weights=weight)
    if np.ptp(x) > 0.6:
        b = float((weight * (x - centre) * (y - height)).sum() / (weight * (x - centre) ** 2).sum())
    return float(height - b * centre), b
