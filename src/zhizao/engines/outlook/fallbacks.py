"""What is forecast where a model has nothing to hold on to: short, suspended, closed and constant series.

**Closed**: only noughts for a whole year. The forecast is nought.

**Suspended or now and then** (a run of noughts that the same cells of the year before did not have, or noughts in more
than 30 %): with p the probability of a figure above nought and z its size,

    p ← p + β (1{y > 0} − p),      z ← z + α (y − z) where y > 0,      forecast p z,      α = β = 0.2
    spread² = p (1 + c²) z² − (p z)²,      c the coefficient of variation of the figures above nought

**Short** (less than two years): the season and the growth of the peers, which are the long series of the panel:

    s(j)   median of the peers' seasonal factors                              (6 cells and more or fewer alike)
    level  mean of the last six cells without their season, weights 0.7^k
    g      w · own growth + (1 − w) · growth of the peers' total,    w = (n − m/2)₊ / (n + m)  for n cells, m a year

so below half a year only the peers speak of growth. It is at most half as much again a year, up or down (a firm that
starts up would else be told to start up for ever), and damped by 0.95 a cell. Seasonal factors lie between ⅕ and 5.

Source
------
R. H. Teunter, A. A. Syntetos, M. Z. Babai, Intermittent demand: linking forecasting to inventory obsolescence,
*European Journal of Operational Research* 214 (2011) 606–615, DOI 10.1016/j.ejor.2011.05.018. The shrinkage of short
series is ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from zhizao.engines.outlook.panel import Floats
from zhizao.engines.outlook.theta import Bools, Fit, Seasonal, decompose

Ints = npt.NDArray[np.int64]
SMOOTHING: Final = 0.2
RARE: Final = 0.3
"""Noughts in more than this part of the last two years: figures come now and then."""
_MOST_GROWTH: Final = float(np.log(1.5))
_WIDEST_SEASON: Final = 5.0
_DAMPED: Final = 0.95
_RECENT: Final = 0.7 ** np.arange(6)[::-1]
_SHORT_GROWTH: Final = 0.5
"""The α by which the error of a short series grows with the horizon: half of each surprise stays."""
_SPREAD_WITHOUT_PEERS: Final = 0.2
_PEERS_WEIGHT: Final = 6


class Kind(IntEnum):
    """What a history is good for, which decides the model, and whose errors are alike.

    Between two and three years the model is that of long histories, but its long horizons fail by twice as much.
    """

    NOTHING = 0
    CLOSED = 1
    CONSTANT = 2
    ZEROS = 3
    SHORT = 4
    YOUNG = 5
    LONG = 6


def kinds(history: Floats, season: int) -> Ints:
    """The kind of each row of right-aligned histories, of one cell at least.

    >>> rows = [[np.nan] * 8, [0.0] * 8, [3.0] * 8, [np.nan] * 3 + [4, 5, 6, 0, 0], [np.nan] * 6 + [1, 2],
    ...         [1.0, 2, 3, 4, 5, 6, 7, 9]]
    >>> [Kind(kind).name for kind in kinds(np.array(rows), 4)]
    ['NOTHING', 'CLOSED', 'CONSTANT', 'ZEROS', 'SHORT', 'YOUNG']
    """
    known = np.isfinite(history)
    length = known.sum(axis=1)
    zero = history == 0
    trailing = np.array(np.where(zero.all(axis=1), zero.shape[1], np.argmin(zero[:, ::-1], axis=1)), dtype=np.int64)
    recent = slice(max(0, history.shape[1] - 2 * season), None)
    rare = zero[:, recent].sum(axis=1) > RARE * np.maximum(known[:, recent].sum(axis=1), 1)
    low = np.where(known, history, np.inf).min(axis=1, initial=np.inf)
    high = np.where(known, history, -np.inf).max(axis=1, initial=-np.inf)
    suspended = (trailing >= 2) & ~_in_season(zero, trailing, season)
    checks = [
        (length == 0, Kind.NOTHING),
        (trailing >= season, Kind.CLOSED),
        ((low == high) & (length >= 3), Kind.CONSTANT),
        ((length >= 3) & (low >= 0) & (suspended | rare), Kind.ZEROS),
        (length < max(2 * season, 4), Kind.SHORT),
        (length < max(3 * season, 6), Kind.YOUNG),
    ]
    found: Ints = np.select([met for met, _ in checks], [kind for _, kind in checks], default=Kind.LONG)
    return found.astype(np.int64)


def _in_season(zero: Bools, trailing: Ints, season: int) -> Bools:
    """Whether each nought at the end stood in the same cell of the year before too."""
    cells = zero.shape[1]
    if cells <= season:
        return np.zeros(len(zero), dtype=bool)
    before = np.zeros_like(zero)
    before[:, season:] = zero[:, :-season]
    at_end = np.arange(cells) >= cells - trailing[:, None]
    same: Bools = (before | ~at_end).all(axis=1)
    return same


def zeros(history: Floats, *, horizon: int) -> Fit:
    """Forecast rows that are nought now and then, or have been for some cells.

    >>> fit = zeros(np.array([[10.0, 10.0, 10.0, 0.0, 0.0]]), horizon=2)
    >>> fit.mean.round(2).tolist()
    [[6.4, 6.4]]
    """
    known = np.isfinite(history)
    above = known & (history > 0)
    p = np.where(known, above, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    first = np.take_along_axis(history, above.argmax(axis=1)[:, None], axis=1)[:, 0]
    z = np.where(above.any(axis=1), first, 0.0)
    p = np.where(above[np.arange(len(history)), known.argmax(axis=1)], 1.0, p)
    for t in range(history.shape[1]):
        p = np.where(known[:, t], p + SMOOTHING * (above[:, t] - p), p)
        z = np.where(above[:, t], z + SMOOTHING * (np.where(above[:, t], history[:, t], 0.0) - z), z)
    sizes = np.where(above, history, 0.0)
    count = np.maximum(above.sum(axis=1), 1)
    mean = sizes.sum(axis=1) / count
    variance = (np.where(above, history - mean[:, None], 0.0) ** 2).sum(axis=1) / count
    c2 = np.where(mean > 0, variance / np.maximum(mean, 1e-300) ** 2, 0.0)
    spread = np.sqrt(np.maximum(p * (1 + c2) * z**2 - (p * z) ** 2, 0.0))
    ones = np.ones((1, horizon))
    return Fit((p * z)[:, None] * ones, spread[:, None] * ones)


@dataclass(frozen=True, eq=False)
class Peers:
    """What the long series of a panel say of a short one.

    Attributes
    ----------
    index : seasonal factors by phase (0 is the last column), shape (season,)
    growth : of the peers' total, a cell, as a difference of logarithms
    spread : median spread of the peers, relative to their level
    """

    index: Floats
    growth: float
    spread: float


def peers_of(history: Floats, season: int) -> Peers:
    """The peers of a panel: rows of two years and more that are above nought; without any, no season and no growth.

    >>> peers_of(np.tile([1.0, 2.0, 3.0, 6.0], 6)[None], 4)
    Peers(index=array([2.        , 0.33333333, 0.66666667, 1.        ]), growth=0.0, spread=0.2)
    """
    none = Peers(np.ones(season), 0.0, _SPREAD_WITHOUT_PEERS)
    if history.shape[1] < 2 * season:
        return none
    last = history[:, -2 * season :]
    long = history[np.isfinite(last).all(axis=1) & (np.where(np.isfinite(history), history, 1) > 0).all(axis=1)]
    if not len(long):
        return none
    seasonal = decompose(long, season=season)
    index = np.median(seasonal.index, axis=0)
    total = long[:, -2 * season :].sum(axis=0)
    growth = float(np.log(total[season:].sum() / total[:season].sum())) / season
    flat = np.log(np.maximum(seasonal.off(long)[:, -2 * season :], 1e-300))
    moves = np.std(np.diff(flat, axis=1), axis=1)
    spread = float(np.median(moves))
    index = np.clip(index / index.mean(), 1 / _WIDEST_SEASON, _WIDEST_SEASON)
    return Peers(index, growth, spread if spread > 0 else none.spread)


def short(history: Floats, peers: Peers, *, season: int, horizon: int) -> Fit:
    """Forecast rows of less than two years.

    >>> peers = Peers(np.array([2.0, 1 / 3, 2 / 3, 1.0]), 0.0, 0.1)
    >>> short(np.array([[2.0, 4.0]]), peers, season=4, horizon=2).mean.round(2).tolist()
    [[0.67, 1.33]]
    """
    known = np.isfinite(history)
    length = known.sum(axis=1)
    positive = np.array((np.where(known, history, 1) > 0).all(axis=1))
    index = np.where(positive[:, None], peers.index, 0.0)
    seasonal = Seasonal(index, positive)
    flat = seasonal.off(history)
    recent = flat[:, -len(_RECENT) :]
    weight = _RECENT[-recent.shape[1] :] * np.isfinite(recent)
    filled = np.where(np.isfinite(recent), recent, 0.0)
    level = (filled * weight).sum(axis=1) / weight.sum(axis=1)
    own, noise = _own_growth(flat, known, positive, length)
    own_weight = np.maximum(length - season / 2, 0) / (length + season)
    growth = np.where(positive, own_weight * own + (1 - own_weight) * peers.growth, 0.0)
    growth = np.clip(growth, -_MOST_GROWTH / season, _MOST_GROWTH / season)
    steps = np.cumsum(_DAMPED ** np.arange(1, horizon + 1))[None, :] + 1  # the level is that of some cells ago
    mean = seasonal.on(level[:, None] * np.exp(growth[:, None] * steps))
    share = np.maximum(length - 1, 0)
    prior = np.where(positive, peers.spread, _SPREAD_WITHOUT_PEERS)
    relative = np.sqrt((share * noise**2 + _PEERS_WEIGHT * prior**2) / (share + _PEERS_WEIGHT))
    ahead = np.sqrt(1 + np.arange(horizon) * _SHORT_GROWTH**2)[None, :]
    part = np.where(positive[:, None], np.abs(seasonal.over(1, horizon)), 1.0)
    return Fit(mean, np.abs(level)[:, None] * relative[:, None] * ahead * part)


def _own_growth(flat: Floats, known: Bools, positive: Bools, length: Ints) -> tuple[Floats, Floats]:
    """The slope of the logarithms, and the relative size of what is left; nought where there are too few cells."""
    safe = np.where(known & positive[:, None], flat, 1.0)
    y = np.where(known, np.log(np.maximum(safe, 1e-300)), 0.0)
    t = np.where(known, known.cumsum(axis=1), 0).astype(float)
    n = np.maximum(length, 1)
    mean_t, mean_y = t.sum(axis=1) / n, y.sum(axis=1) / n
    dt = np.where(known, t - mean_t[:, None], 0.0)
    dy = np.where(known, y - mean_y[:, None], 0.0)
    slope = (dt * dy).sum(axis=1) / np.maximum((dt**2).sum(axis=1), 1.0)
    left = np.where(known, dy - slope[:, None] * dt, 0.0)
    relative = np.sqrt((left**2).sum(axis=1) / np.maximum(length - 2, 1))
    plain = np.where(known, flat, 0.0)
    centre = plain.sum(axis=1) / n
    scatter = np.sqrt((np.where(known, plain - centre[:, None], 0.0) ** 2).sum(axis=1) / np.maximum(length - 1, 1))
    other = scatter / np.maximum(np.abs(centre), 1e-300)
    return np.where(length >= 3, slope, 0.0), np.where(positive, relative, np.minimum(other, 10.0))
