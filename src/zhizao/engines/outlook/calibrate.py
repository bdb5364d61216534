"""Intervals that hold: widths by kind of series, horizon and series, learned on rolling origins inside the vintage.

Each model gives a mean and a spread (what a typical error is, up to a factor). At origin o, horizon h and series i the
score is

    u(o, i, h) = |actual − mean| / spread,      mean and spread from what was known before o

and the interval of level p is mean ± q(p, h) · g(i) · spread. q(p, h) is the p-quantile of u, pooled over the series of
one kind, since the scores of one series are few and hang together; by horizon; and then put on the line

    q(p, h) = a + b (h − 1),      b ≥ 0

by least squares weighted with the number of scores, so that horizons borrow from each other and those that no origin
reaches yet are on the line too. The line of S series and the line of ``TABLE`` are mixed with weights

    w = ½ S / (S + 10)      and      1 − w.

Never more than half: however many the series, their scores are of the same few dates, and a calm or a wild stretch of
three years is no law (measured on ten pseudo-vintages of the training part of the M3 data: the coverage of a nominal
80 % swings between 76 and 84 % where the pool speaks alone).

The pool treats series alike which are not: of those whose past scores were in the lowest third a nominal 80 % covers
85 %, in the highest third 75 %. So each series has a factor of its own, from its mean score (each score at most 5)
beside that of its kind, drawn towards 1 where its origins O are few,

    g(i) = (mean score of i / mean score of its kind) ^ (0.4 · O / (O + 4)),

of geometric mean 1 over the series. The exponent is the best on seven pseudo-vintages: 0.2 to 0.5 for twelve origins.

``TABLE`` has a and b as learned from the rolling origins of the same models on the training part of 714 monthly M3
series (``bench.outlook_table``). Series with noughts have the values of long ones. All widths are then narrower by
``WIDTH``, the one number that was set on the last 18 months of these series: there the table alone covers 81.5 and
96.1 % in the mean, and 80.1 and 94.2 % on eleven vintages before them; the width lies between what the two ask for.

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
_LONG: Final = ((0.65, 0.0), (1.33, 0.0), (1.80, 0.004), (2.24, 0.016), (3.42, 0.048))
_YOUNG: Final = ((0.74, 0.002), (1.43, 0.016), (1.89, 0.041), (2.31, 0.086), (3.92, 0.175))
_SHORT: Final = ((0.61, 0.0), (1.37, 0.0), (2.02, 0.0), (2.82, 0.0), (5.55, 0.0))
TABLE: Final = {Kind.SHORT: _SHORT, Kind.YOUNG: _YOUNG, Kind.LONG: _LONG}
"""(a, b) of each level, by kind of series; other kinds as long ones."""
WIDTH: Final = 0.96
_HALF_AT: Final = 10
_MOST: Final = 0.5
_LEAST_SCORES: Final = 5
_HIGHEST_SCORE: Final = 5.0
_LOWEST_MEAN: Final = 0.05
_OWN: Final = 0.4
_OWN_HALF_AT: Final = 4


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
    Without a score the table speaks, 0.96 · 1.33; with many it speaks for a half:

    >>> none = np.zeros((0, 1, 2))
    >>> q = factors(none, none, np.zeros((0, 1), np.int64), levels=[80], horizons=np.array([1, 2]))
    >>> q[80][Kind.LONG].round(3).tolist()
    [1.277, 1.277]
    >>> errors = np.random.default_rng(0).normal(size=(4, 5000, 2))
    >>> q = factors(errors, errors * 0 + 1, np.full((4, 5000), 6), levels=[80], horizons=np.array([1, 2]))
    >>> q[80][Kind.LONG].round(2).tolist()  # 0.96 of half of 1.33 and half of 1.28, the normal quantile
    [1.25, 1.25]
    """
    scores = _scores(errors, spreads)
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
            found[level].append(WIDTH * (line[0] + line[1] * (horizons - 1)))
    return {level: np.array(lines) for level, lines in found.items()}


def own_factors(errors: Floats, spreads: Floats, kinds: Ints) -> Floats:
    """The factor g of each series.

    Parameters
    ----------
    errors, spreads, kinds : as of ``factors``

    Returns
    -------
    Floats, shape (n,)

    Examples
    --------
    One series went wrong by four times as much as the other, at 4 origins: (4 ^ 0.5) ^ 0.2 and its inverse.

    >>> errors = np.array([[[1.0], [4.0]]] * 4)
    >>> own_factors(errors, np.ones((4, 2, 1)), np.full((4, 2), 6)).round(3).tolist()
    [0.871, 1.149]
    """
    capped = np.minimum(_scores(errors, spreads), _HIGHEST_SCORE)
    known = np.isfinite(capped)
    for kind in Kind:
        of = (kinds == kind)[:, :, None] & known
        if of.any():
            capped[of] /= max(float(capped[of].mean()), _LOWEST_MEAN)
    count = known.any(axis=2).sum(axis=0)
    mean = np.where(known, capped, 0.0).sum(axis=(0, 2)) / np.maximum(known.sum(axis=(0, 2)), 1)
    logarithm = np.where(count > 0, np.log(np.maximum(mean, _LOWEST_MEAN)), 0.0)
    logarithm[count > 0] -= logarithm[count > 0].mean() if count.any() else 0.0
    return np.asarray(np.exp(_OWN * count / (count + _OWN_HALF_AT) * logarithm))


def _scores(errors: Floats, spreads: Floats) -> Floats:
    usable = spreads > 0
    return np.where(usable, np.abs(errors) / np.where(usable, spreads, 1.0), np.nan)


def prior(level: int, kind: Kind) -> Floats:
    """a and b of the table; between its levels along the quantiles of the normal distribution, below it through nought.

    >>> prior(80, Kind.LONG).tolist(), bool(prior(80, Kind.LONG)[0] < prior(85, Kind.LONG)[0] < 1.78)
    ([1.33, 0.0], True)
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
