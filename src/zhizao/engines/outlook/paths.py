"""Joint sample paths: how far off whole forecasts were in the past, drawn for all series and months together.

An annual total is not as sure as twelve independent months, nor as unsure as twelve bounds added (on M3 the first
covers 38 % where it says 80 %, the second 86 %). So a path takes **whole error vectors**: the errors of one origin for
every series and the whole block of months ahead, which keeps what hangs together across series and over time. With e(o)
the vector of origin o, r its root mean square over origins and σ the spread of the calibrated intervals (half of the
80 % interval / 1.2816),

    path = mean + σ · (b + c · (cos θ · e(o) + sin θ · e(o′)) / r),        o ≠ o′ and θ drawn for each path.

Two vectors turned by a random angle have the mean products of the vectors themselves, so variances and correlations are
those of the past, while the paths fill the space between the few origins there are. Two things that a few origins tell
badly of one series are learned from all series together:

- c brings the variance of the block's sum, as a share of what it would be if all months went wrong together, to the
  mean of that share over the series: how errors add up over months is a matter of the economy more than of the firm;
- b is the mean standardised error of all n series and O origins by month ahead, times ν / (ν + 1) · n / (n + 5), with
  ν = 1 + (O − 1) · (months between origins) / H past blocks that do not overlap: forecasts that were too low everywhere
  are too low again.

Beyond the longest horizon that past errors reach, the last standardised error is kept, and σ goes on growing. Where
fewer than four whole vectors are known, months and series are taken to go wrong together, which errs on the side of
caution.

With a hierarchy, mean and vectors are reconciled; paths are linear in both, so every path adds up.

Source: A. Panagiotelis, P. Gamakumara, G. Athanasopoulos, R. J. Hyndman, Eur. J. Oper. Res. 306 (2023) 693,
doi:10.1016/j.ejor.2022.07.040 (whole residual vectors of one date, each path reconciled); H. R. Künsch, Ann. Statist.
17 (1989) 1217, doi:10.1214/aos/1176347265 (blocks over time).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from zhizao.engines.outlook.forecast import Forecast
from zhizao.engines.outlook.hierarchy import Bools, Floats, Ints
from zhizao.engines.outlook.reconcile import Projection
from zhizao.kernel.executor import Executor
from zhizao.kernel.result import Problem, Refused, mark

LEVEL: Final = 80
_NORMAL_80: Final = 1.2815515655446004
_BIAS_BLOCKS: Final = 1.0
_BIAS_SERIES: Final = 5.0
"""How much of a common bias is believed: as much as stands against one block, and against five series, without any."""
_LEAST_VECTORS: Final = 4
"""Whole vectors that a horizon needs before it is drawn from."""


@dataclass(frozen=True, eq=False)
class Sampler:
    """From where paths are drawn.

    Attributes
    ----------
    series : names, m of them
    first_month, step_months : of the cells ahead
    mean : shape (m, H)
        With the common bias b in it.
    vectors : whole error vectors, shape (O, m, H), on today's scale
    horizon_known : cells ahead that past errors reach; beyond, they are carried on
    evidence : ν, past blocks that do not overlap
    """

    series: tuple[str, ...]
    first_month: int
    step_months: int
    mean: Floats
    vectors: Floats
    horizon_known: int
    evidence: float

    def draw(self, draws: int, rng: np.random.Generator) -> Floats:
        """Paths.

        Parameters
        ----------
        draws : int, B
        rng : Generator

        Returns
        -------
        array, shape (B, m, H)

        Examples
        --------
        >>> s = Sampler(("a",), 24300, 1, np.array([[5.0]]), np.array([[[1.0]], [[-1.0]]]), 1, 1.0)
        >>> found = s.draw(20000, np.random.default_rng(1))
        >>> found.shape, round(float(found.mean()), 1), round(float(found.std()), 1)
        ((20000, 1, 1), 5.0, 1.0)
        """
        origins, m, horizon = self.vectors.shape
        turned = coefficients(draws, origins, rng)
        found: Floats = np.einsum("bo,of->bf", turned, self.vectors.reshape(origins, m * horizon))
        return self.mean + found.reshape(draws, m, horizon)


def coefficients(draws: int, origins: int, rng: np.random.Generator) -> Floats:
    """How much of each origin's vector a path has: two origins, turned by a random angle; one alone: a normal number.

    Returns
    -------
    array, shape (draws, origins); the mean of each product of two entries is 0, of each square 1 / origins
    """
    found = np.zeros((draws, origins))
    if origins == 1:
        found[:, 0] = rng.standard_normal(draws)
        return found
    first = rng.integers(0, origins, draws)
    second = (first + rng.integers(1, origins, draws)) % origins
    angle = rng.uniform(0.0, 2.0 * np.pi, draws)
    rows = np.arange(draws)
    found[rows, first] = np.cos(angle)
    found[rows, second] = np.sin(angle)
    return found


def sampler(
    forecast: Forecast,
    *,
    every: int,
    projection: Projection | None = None,
    series: tuple[str, ...] | None = None,
    executor: Executor | None = None,
) -> Sampler:
    """Make ready to draw.

    Parameters
    ----------
    forecast : Forecast
        With the 80 % interval among its levels.
    every : int
        Cells from one origin of its errors to the next.
    projection : Projection, optional
        Of a hierarchy over the same series in the same order.
    series : tuple of str, optional
        The series that are wanted; by default all.
    executor : Executor, optional
        Where the vectors are reconciled; the result is the same everywhere.

    Raises
    ------
    Refused
        ``outlook.no_level`` where the forecast lacks the 80 % interval.
    """
    if LEVEL not in forecast.upper:
        raise Refused(Problem("outlook.no_level", mark("Paths need the interval of 80 per cent of the forecast.")))
    spread = np.maximum(forecast.upper[LEVEL] - forecast.mean, 0.0) / _NORMAL_80
    vectors, known = whole_vectors(forecast.errors)
    evidence = 1.0 + (len(vectors) - 1) * every / vectors.shape[2] if known else 0.0
    mean = forecast.mean + spread * _bias(vectors, evidence)
    scaled = vectors * spread * _sums_alike(vectors * spread, spread)
    if projection is not None:
        mean = projection.of(mean)
        scaled = projection.of_many(scaled, executor=executor)
    names = forecast.series if series is None else series
    place = {name: number for number, name in enumerate(forecast.series)}
    rows = np.array([place[name] for name in names], dtype=np.int64)
    return Sampler(names, forecast.first_month, forecast.step_months, mean[rows], scaled[:, rows], known, evidence)


def _bias(vectors: Floats, evidence: float) -> Floats:
    """b: the mean over origins and the series that ever missed, drawn towards nought, shape (H,)."""
    live: Bools = np.asarray((vectors != 0).any(axis=(0, 2)))
    count = int(live.sum())
    if not evidence or not count:
        return np.zeros(vectors.shape[2])
    weight = evidence / (evidence + _BIAS_BLOCKS) * count / (count + _BIAS_SERIES)
    return np.asarray(weight * vectors[:, live].mean(axis=(0, 1)))


def _sums_alike(scaled: Floats, spread: Floats) -> Floats:
    """c: the root of the mean share of the series by the share of each, shape (n, 1)."""
    variance = (scaled.sum(axis=2) ** 2).mean(axis=0)
    most = spread.sum(axis=1) ** 2
    told: Bools = (variance > 0) & (most > 0)
    share = np.divide(variance, most, out=np.ones_like(most), where=told)
    if told.any():
        share[told] = np.sqrt(share[told].mean() / share[told])
    return np.asarray(share[:, None])


def whole_vectors(errors: Floats) -> tuple[Floats, int]:
    """Standardised error vectors without gaps, and the horizon that past errors reach.

    Parameters
    ----------
    errors : array, shape (O, n, H), NaN where unknown

    Returns
    -------
    array, shape (O′, n, H), of mean square 1 over the origins wherever a series has errors; int

    Examples
    --------
    >>> errors = np.array([[[3.0, 9.0]], [[-3.0, np.nan]], [[3.0, -9.0]], [[3.0, 9.0]], [[-3.0, 9.0]]])
    >>> vectors, known = whole_vectors(errors)
    >>> vectors[:, 0].tolist(), known
    ([[1.0, 1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]], 2)
    """
    horizon = errors.shape[2]
    reached: Bools = np.asarray((~np.isnan(errors)).any(axis=1))
    count = np.array([reached[:, : h + 1].all(axis=1).sum() for h in range(horizon)])
    known = int((count >= _LEAST_VECTORS).sum())
    if not known:
        return np.ones((1, *errors.shape[1:])), 0
    chosen = errors[reached[:, :known].all(axis=1)][:, :, :known]
    gaps = np.isnan(chosen)
    square = np.where(gaps, 0.0, chosen**2).sum(axis=0)
    size = np.sqrt(square / np.maximum((~gaps).sum(axis=0), 1))
    standard = np.divide(np.where(gaps, 0.0, chosen), size, out=np.zeros_like(chosen), where=size > 0)
    _fill(standard, gaps)
    rest = np.repeat(standard[:, :, -1:], horizon - known, axis=2)
    return np.concatenate([standard, rest], axis=2), known


def _fill(standard: Floats, gaps: Bools) -> None:
    """A series without an error at some origin goes, there, as far off as the median series did."""
    rows: Ints = np.flatnonzero(gaps.any(axis=(0, 2)))
    if not len(rows):
        return
    seen = np.where(gaps, np.nan, standard)
    have = (~gaps).any(axis=1)
    typical = np.zeros(have.shape)
    typical[have] = np.nanmedian(np.moveaxis(seen, 1, 2)[have], axis=1)
    for row in rows:
        standard[:, row] = np.where(gaps[:, row], typical, standard[:, row])
