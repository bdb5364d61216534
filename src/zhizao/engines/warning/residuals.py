"""What a figure is off from what its past and its peers let expect: one cell at a time, nothing of a later one.

For enterprise i, cell t and a measure x (a logarithm, a change of it, or a share)

    d(i,t) = x(i,t) − level(i) − season(i, cell of the year),        all from cells before t
    M(t) = median of d over all enterprises,        D(s,t) = median of d over the peers of sector s − M(t)
    m(s,t) = M(t) + F(s,t),        F(s,t) = F(s,t−1) + ψ(D(s,t) − F(s,t−1))
    r(i,t) = d(i,t) − β(i) m(s,t),        z(i,t) = r(i,t) / σ(i)

The medians take off what all have in common: the season, the Spring Festival wherever it falls in January–February or
March, lock-downs, prices. What a sector departs from the rest lasts, and F follows it by at most twice its usual step:
where half of a trade loses its power, the other half is no reason to expect it. β is how strongly an enterprise follows
its peers, shrunk towards 1:

    β = (κ v + Σ ψ(d) m) / (κ v + Σ m²),        v the mean of m² so far.

Then, with ψ(r) = r cut off at ± c σ so that a shock teaches little,

    level ← level + g ψ(r),   g = max(1/(k + 1), gain) after k figures,
    season ← Σ ψ(r + season) / (k' + κ_s) over the k' figures of that cell of the year,
    σ(i,t) = w(i,t) (n₀ σ̄ + Σ |ψ(r)| a / w) / (n₀ + k),   a = √(π/2) / (1 − what the cut takes),
    w² = v² (1 + max(1/k, 0.05) + 1/(k' + κ_s)),

σ̄ the median of the peers' σ; w says how unsure the expectation is, more so after few figures, and v how wide that cell
of the year is for all (January and February together are steadier than a month). So a newcomer is judged early, and z
means the same at any age. Nothing of a later cell enters an earlier one.

Source
------
Exponential smoothing with a bounded score: S. Gelper, R. Fried, C. Croux, Robust forecasting with exponential and
Holt–Winters smoothing, *Journal of Forecasting* 29 (2010) 285–300, doi 10.1002/for.1125. Shrinking of β towards the
peers': O. Vasicek, *Journal of Finance* 28 (1973) 1233–1239.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from zhizao.engines.warning.figures import CELLS, Floats, Ints, median

_CUT: Final = 2.0
_MEAN_OF_CUT: Final = 0.7809
"""E min(|u|, 2) of a standard normal u: √(2/π)(1 − e⁻²) + 2 · 2 (1 − Φ(2))."""
_MEAN_TO_SCALE: Final = 1.2533
"""√(π/2): a normal scale of a mean absolute value."""
_LEAST_PEERS: Final = 5
_LEAST_STEPS: Final = CELLS
_LEAST_SCALE: Final = 1e-4
_LEVEL_UNSURE: Final = 0.05
"""Of a level that follows by a tenth of each surprise: g / (2 − g) of the noise's variance."""
_WIDTH_PRIOR: Final = 100.0
"""So many figures weigh as much as a cell of the year of usual width."""


@dataclass(frozen=True, slots=True)
class Memory:
    """How fast the expectation learns.

    Attributes
    ----------
    level_gain : share of a surprise that goes into the level
    season_prior : so many figures of a cell of the year weigh as much as no season of its own (κ_s)
    slope_prior : so many cells weigh as much as β = 1 (κ)
    scale_prior : so many figures weigh as much as the peers' scale (n₀)
    least_history : figures before a z is told
    """

    level_gain: float = 0.1
    season_prior: float = 6.0
    slope_prior: float = 11.0
    scale_prior: float = 6.0
    least_history: int = 12


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """All arrays of shape (n, T); NaN where unknown.

    Attributes
    ----------
    expected : what was to be expected of x
    residual : x − expected
    scale : σ
    z : residual / scale, NaN also before there is history enough
    """

    expected: Floats
    residual: Floats
    scale: Floats
    z: Floats


def residuals(x: Floats, sector: Ints, first_cell: int, memory: Memory) -> Residuals:
    """Surprises of every figure, from its past and its peers' present.

    Parameters
    ----------
    x : shape (n, T)
        Of one measure; NaN is unknown.
    sector : shape (n,)
        Peers have the same number.
    first_cell : int
        Year × 11 + place in the year, of the first column.
    memory : Memory

    Examples
    --------
    Six alike enterprises fall by a tenth together, one of them by a half:

    >>> x = np.random.default_rng(1).normal(0, 0.05, (6, 30))
    >>> x[:, -1] -= 0.1
    >>> x[0, -1] -= 0.7
    >>> z = residuals(x, np.zeros(6, np.int64), 0, Memory()).z[:, -1]
    >>> bool(z[0] < -6), bool((np.abs(z[1:]) < 4).all())
    (True, True)
    """
    n, T = x.shape
    level, count = np.zeros(n), np.zeros(n)
    season_sum, season_count = np.zeros((n, CELLS)), np.zeros((n, CELLS))
    follow, square, moves, cells = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    off, sectors = np.zeros(n), int(sector.max()) + 1 if n else 0
    width_sum, width_count = np.full(CELLS, _WIDTH_PRIOR), np.full(CELLS, _WIDTH_PRIOR)
    out = [np.full((n, T), np.nan) for _ in range(4)]
    usual = np.full(n, np.nan)
    trades = _Departures(np.full(sectors, np.nan), np.zeros(sectors), np.zeros(sectors))
    for t in range(T):
        place = (first_cell + t) % CELLS
        season = season_sum[:, place] / (season_count[:, place] + memory.season_prior)
        here = np.isfinite(x[:, t])
        new = here & (count == 0)
        d = x[:, t] - level - season
        m = _common(np.where(here & ~new, d, np.nan), sector, trades)
        v = np.divide(moves, cells, out=np.ones(n), where=cells > 0)
        weight = memory.slope_prior * v + square
        slope = np.divide(memory.slope_prior * v + follow, weight, out=np.ones(n), where=weight > 0)
        expected = level + season + slope * m
        r = np.where(new, np.nan, x[:, t] - expected)
        known = np.isfinite(r)
        own = np.divide(off, count, out=np.full(n, np.nan), where=count > 0)
        usual = _peers(np.where(count >= CELLS, own, np.nan), sector, sectors)
        prior = np.where(np.isfinite(usual), usual, np.nanmedian(np.abs(r)) * 1.4826 if known.any() else np.nan)
        plain = (memory.scale_prior * prior + off) / (memory.scale_prior + count)
        unsure = np.sqrt(
            1 + np.maximum(1 / np.maximum(count, 1), _LEVEL_UNSURE) + 1 / (season_count[:, place] + memory.season_prior)
        )
        width = unsure * width_sum[place] / width_count[place]
        scale = np.maximum(width * plain, _LEAST_SCALE)
        cut = np.where(known, np.clip(r, -_CUT * scale, _CUT * scale), 0.0)
        for store, value in zip(out, (expected, r, scale, r / scale), strict=True):
            store[:, t] = np.where(known, value, np.nan)
        out[3][count < memory.least_history, t] = np.nan
        gain = np.maximum(1 / (count + 1), memory.level_gain)
        settled = known & (count >= 3)  # the first figures place the level, and say nothing of the rest
        season_sum[settled, place] += (cut + season)[settled]
        season_count[settled, place] += 1
        follow[settled] += ((cut + slope * m) * m)[settled]
        square[settled] += (m**2)[settled]
        moves[settled] += (m**2)[settled]
        cells[settled] += 1
        size = np.abs(cut) / (_MEAN_OF_CUT * width)
        off[known] += size[known]
        old = known & (count >= CELLS)
        usual_width = width_sum[place] / width_count[place]
        width_sum[place] += float((usual_width * size[old] / np.maximum(plain[old], _LEAST_SCALE)).sum())
        width_count[place] += float(old.sum())
        level = np.where(new, x[:, t] - np.where(np.isfinite(m), m, 0.0), level + gain * cut)
        count = count + here
    return Residuals(*out)


@dataclass(frozen=True, slots=True, eq=False)
class _Departures:
    """What each sector departs from the rest, shape (sectors,): F as last followed, NaN before; |ψ| summed, counted."""

    last: Floats
    moved: Floats
    steps: Floats


def _common(d: Floats, sector: Ints, trades: _Departures) -> Floats:
    """m of each one: the median over all and F of its sector, which is learnt on the way."""
    known = np.isfinite(d)
    if not known.any():
        return np.zeros(len(d))
    whole = median(d[known])
    own = _peers(d, sector, len(trades.last)) - whole
    found = np.full(len(d), whole)
    for one in range(len(trades.last)):
        members = np.flatnonzero(sector == one)
        if not len(members):
            continue
        is_new = math.isnan(trades.last[one])
        last = 0.0 if is_new else float(trades.last[one])
        step = float(own[members[0]]) - last
        if not is_new:
            if trades.steps[one] >= _LEAST_STEPS:
                most = _CUT * float(trades.moved[one] / trades.steps[one]) * _MEAN_TO_SCALE
                step = min(max(step, -most), most)
            trades.moved[one] += abs(step)
            trades.steps[one] += 1
        trades.last[one] = last + step
        found[members] = whole + trades.last[one]
    return found


def _peers(d: Floats, sector: Ints, sectors: int) -> Floats:
    """The median over each one's peers; over all where a sector has too few; NaN where nothing is known."""
    known = np.isfinite(d)
    found = np.full(len(d), median(d[known]) if known.any() else np.nan)
    for one in range(sectors):
        members = sector == one
        if (known & members).sum() >= _LEAST_PEERS:
            found[members] = median(d[members & known])
    return found
