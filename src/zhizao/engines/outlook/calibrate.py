"""Intervals that hold: widths per model and horizon, learned on rolling origins inside the vintage.

Each model gives a mean and a spread (what a typical error is, up to a factor). At origin o, horizon h and series i the
score is

    u(o, i, h) = |actual − mean| / spread,      mean and spread from what was known before o

and the interval of level p is mean ± q(p, h) · spread, where q(p, h) is the p-quantile of u. It is pooled over the
series of one model, since the scores of one series are few and hang together; by horizon; and then put on the line

    q(p, h) = a + b (h − 1),      b ≥ 0

by least squares weighted with the number of scores, so that horizons borrow from each other and those that no origin
reaches yet are on the line too. The line of S series and the line of ``TABLE`` are mixed with weights

    w = ½ S / (S + 10)      and      1 − w.

Never more than half: however many the series, their scores are of the same few dates, and a calm or a wild stretch of
three years is no law (measured on ten pseudo-vintages of the training part of the M3 data: the coverage of a nominal
80 % swings between 72 and 84 % where the pool speaks alone).

``TABLE`` has a and b as learned from the rolling origins of the same models on the training part of 714 monthly M3
series (up to 30 origins each, a quarter of a year apart; short ones cut to 2–23 months); those of the last 18 months,
which the benchmark asks, were not touched. Series with noughts have the values of long ones.

Source
------
V. Vovk, A. Gammerman, G. Shafer, *Algorithmic Learning in a Random World*, 2005 (normalised conformal scores); pooling
over series: C. Stankevičiūtė, A. Alaa, M. van der Schaar, Conformal time-series forecasting, NeurIPS 2021. The scores
are of the past and the coverage asked for is of the future: exchangeable only as far as the series are stable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from zhizao.engines.outlook.fallbacks import Kind
from zhizao.engines.outlook.panel import Floats

Ints = npt.NDArray[np.int64]
LEVELS: Final = (50, 80, 90, 95, 99)
_LONG: Final = ((0.71, 0.007), (1.42, 0.028), (1.93, 0.049), (2.45, 0.074), (3.70, 0.164))
_YOUNG: Final = ((0.75, 0.017), (1.40, 0.064), (1.81, 0.121), (2.28, 0.201), (3.82, 0.332))
_SHORT: Final = ((0.61, 0.0), (1.45, 0.0), (2.23, 0.0), (3.17, 0.0), (6.53, 0.0))
TABLE: Final = {Kind.SHORT: _SHORT, Kind.YOUNG: _YOUNG, Kind.LONG: _LONG}
"""(a, b) of each level, by kind of series; other kinds as long ones."""
_HALF_AT: Final = 10
_MOST: Final = 0.5
_LEAST_SCORES: Final = 5


def factors(
    errors: Floats, spreads: Floats, kinds: Ints, *, levels: Sequence[int], horizons: Ints
) -> Mapping[int, Floats]:
    """The factors q(p, h) of each kind of series.

    Parameters
    ----------
    errors : shape (O, n, H), actual − mean, NaN where unknown
    spreads : shape (O, n, H)
    kinds : shape (O, n), the ``Kind`` of each series at each origin
    levels : in per cent
    horizons : shape (H,), counted from 1

    Returns
    -------
    dict of level → shape (number of kinds, H)

    Examples
    --------
    Without a score the table speaks; with many it speaks for a half:

    >>> none = np.zeros((0, 1, 2))
    >>> q = factors(none, none, np.zeros((0, 1), np.int64), levels=[80], horizons=np.array([1, 2]))
    >>> q[80][Kind.LONG].round(3).tolist()
    [1.42, 1.448]
    >>> errors = np.random.default_rng(0).normal(size=(4, 5000, 2))
    >>> q = factors(errors, errors * 0 + 1, np.full((4, 5000), 6), levels=[80], horizons=np.array([1, 2]))
    >>> q[80][Kind.LONG].round(2).tolist()  # half of 1.42 and half of 1.28, the normal quantile
    [1.34, 1.37]
    """
    usable = spreads > 0
    scores = np.where(usable, np.abs(errors) / np.where(usable, spreads, 1.0), np.nan)
    found: dict[int, list[Floats]] = {level: [] for level in levels}
    for kind in Kind:
        mine = scores[kinds == kind]
        series = int((np.isfinite(scores).any(axis=2) & (kinds == kind)).any(axis=0).sum())
        by_horizon = [column[np.isfinite(column)] for column in mine.T]
        weight = _MOST * series / (series + _HALF_AT)
        for level in levels:
            line = prior(level, kind)
            if (own := _line(by_horizon, level, horizons, line[1])) is not None:
                line = (1 - weight) * line + weight * own
            found[level].append(line[0] + line[1] * (horizons - 1))
    return {level: np.array(lines) for level, lines in found.items()}


def prior(level: int, kind: Kind) -> Floats:
    """a and b of the table; between its levels along the quantiles of the normal distribution, below it through nought.

    >>> prior(80, Kind.LONG).tolist(), bool(prior(80, Kind.LONG)[0] < prior(85, Kind.LONG)[0] < 1.93)
    ([1.42, 0.028], True)
    """
    lines = np.array([(0.0, 0.0), *TABLE.get(kind, _LONG)])
    at = norm.ppf(0.5 + np.array([0, *LEVELS]) / 200)
    wanted = norm.ppf(0.5 + level / 200)
    return np.array([np.interp(wanted, at, column) for column in lines.T])


def _line(by_horizon: Sequence[Floats], level: int, horizons: Ints, slope: float) -> Floats | None:
    """a and b by weighted least squares; the table's b where the horizons lie too near; ``None`` without scores."""
    usable = [(h - 1, scores) for h, scores in zip(horizons, by_horizon, strict=True) if len(scores) >= _LEAST_SCORES]
    if not usable:
        return None
    # The p-quantile of N scores for the next one: at (N + 1) p of N, so that few scores are not too sure.
    y = np.array([np.quantile(s, min(1.0, level / 100 * (len(s) + 1) / len(s))) for _, s in usable])
    x = np.array([h for h, _ in usable], dtype=float)
    weight = np.array([len(s) for _, s in usable], dtype=float)
    centre, height = np.average(x, weights=weight), np.average(y, weights=weight)
    if len(x) >= 4:
        slope = max(0.0, float((weight * (x - centre) * (y - height)).sum() / (weight * (x - centre) ** 2).sum()))
    a = height - slope * centre
    return np.array([a, slope]) if a > 0 else np.array([height, 0.0])
