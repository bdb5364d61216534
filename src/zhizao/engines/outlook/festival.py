"""The Spring Festival in monthly figures: three windows of days, and what each does to a series.

For a window w of days around the first day of the lunar year and a month m

    H(w, m) = |w ∩ m| / |w|  −  the mean of the same ratio over all years for this calendar month

with w = [−20, −1], [0, 6] and [7, 20] days. What H explains of log y (of y, where a figure is not above nought) is
estimated on differences that take off trend and season, d(t) = (1 − L)(1 − L^s):

    d log y = d H · β + noise,      noise taken as MA(1) × MA(1) of −0.5 each and whitened by it

and used only where the F test of β = 0 is passed at 0.1 %: in a series without the festival it is then used once in a
thousand times. The history is freed of H β before a model sees it, and H β is put on again ahead. Quarters hold all
windows, so H is nought there. In a year of eleven cells the joint cell has half the sum of its months.

Source
------
The window of days that are touched: National Bureau of Statistics, press conference of the State Council Information
Office, 2019-03-14. Centring by calendar month: B. C. Monsell, Issues in modeling and adjusting calendar effects in
economic time series, U.S. Census Bureau, 2007 (``genhol``).
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from zhizao.engines.outlook.panel import Floats
from zhizao.kernel.calendar import spring_festival

Ints = npt.NDArray[np.int64]
WINDOWS: Final = ((-20, -1), (0, 6), (7, 20))
"""First and last day, counted from the first day of the lunar year."""
YEARS: Final = range(1990, 2051)
"""The years whose festival is known."""
LEAST_YEARS: Final = 5
"""Fewer festivals than that tell nothing of three windows."""
_LEVEL: Final = 0.001
_MOVING: Final = 0.5


@cache
def _table() -> Floats:
    """H of each year and each month, shape (years, 12, windows)."""
    share = np.zeros((len(YEARS), 12, len(WINDOWS)))
    for row, year in enumerate(YEARS):
        first = spring_festival(year)
        for column, (begin, end) in enumerate(WINDOWS):
            for day in range(begin, end + 1):
                share[row, (first + timedelta(days=day)).month - 1, column] += 1 / (end - begin + 1)
    centred: Floats = share - share.mean(axis=0)
    return centred


def regressors(months: Ints) -> Floats:
    """H of each month; NaN in years whose festival is not known.

    Parameters
    ----------
    months : year × 12 + month − 1, shape (T,)

    Returns
    -------
    Floats, shape (T, 3)

    Examples
    --------
    In 2025 (29 January) of the twenty days before all lie in January, of the seven days from it three:

    >>> regressors(np.array([2025 * 12, 2025 * 12 + 1])).round(2).tolist()
    [[0.28, 0.16, -0.02], [-0.28, -0.16, 0.17]]
    """
    year, month = months // 12, months % 12
    known = (year >= YEARS[0]) & (year <= YEARS[-1])
    found = _table()[np.clip(year - YEARS[0], 0, len(YEARS) - 1), month]
    return np.where(known[:, None], found, np.nan)


def cell_regressors(first_month: int, cells: int, season: int) -> Floats:
    """H of the cells of a year of 12 or 11 cells; nought for quarters and years, NaN where unknown; shape (cells, 3).

    >>> cell_regressors(24300, 2, 4).tolist()
    [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    if season not in (11, 12):
        return np.zeros((cells, len(WINDOWS)))
    months = first_month + np.arange(cells * 12 // season + 14)
    H = regressors(months)
    if season == 12:
        return H[:cells]
    cell = months // 12 * 11 + np.maximum(months % 12 - 1, 0)
    sums = np.zeros((cell[-1] - cell[0] + 1, len(WINDOWS)))
    np.add.at(sums, cell - cell[0], np.where((months % 12 < 2)[:, None], H / 2, H))
    return sums[:cells]


def effects(history: Floats, H: Floats, season: int) -> Floats:
    """β of each row, nought where the festival does not show.

    Parameters
    ----------
    history : shape (rows, T)
        Right-aligned, NaN before the first cell; logarithms where a row is above nought throughout.
    H : shape (T, 3)
        NaN in years whose festival is not known; those cells are not used.
    season : cells of a year

    Returns
    -------
    Floats, shape (rows, 3)

    Examples
    --------
    >>> H = cell_regressors(2000 * 12, 120, 12)
    >>> noise = np.random.default_rng(1).normal(0, 0.01, (2, 120)).cumsum(axis=1)
    >>> effects(noise + [[1], [0]] * (H @ [-0.1, -0.3, 0.2]), H, 12).round(1).tolist()
    [[-0.1, -0.3, 0.2], [0.0, 0.0, 0.0]]
    """
    beta = np.zeros((len(history), H.shape[1]))
    if season not in (11, 12):
        return beta
    usable = np.isfinite(history) & np.isfinite(H).all(axis=1)
    first = np.where(usable.all(axis=1), 0, usable.shape[1] - np.argmin(usable[:, ::-1], axis=1))
    for start in np.unique(first):
        if usable.shape[1] - start < (LEAST_YEARS + 1) * season:
            continue
        rows = np.flatnonzero(first == start)
        y = _whitened(_differenced(history[rows, start:].T, season), season)
        X = _whitened(_differenced(H[start:], season), season)
        beta[rows] = _passed(X, y)
    return beta


def _passed(X: Floats, y: Floats) -> Floats:
    """Least squares of each column of y, nought where the F test is not passed."""
    from scipy.stats import f as f_distribution

    found, _, rank, _ = np.linalg.lstsq(X, y, rcond=None)
    left = ((y - X @ found) ** 2).sum(axis=0)
    explained = (y**2).sum(axis=0) - left
    degrees = len(y) - rank
    with np.errstate(divide="ignore", invalid="ignore"):
        F = explained / rank / (left / degrees)
        passed = f_distribution.sf(F, rank, degrees) < _LEVEL
    return np.where(passed & (left > 0), found, 0.0).T


def _differenced(x: Floats, season: int) -> Floats:
    differenced: Floats = np.diff(x[season:] - x[:-season], axis=0)
    return differenced


def _whitened(x: Floats, season: int) -> Floats:
    """The inverse of (1 − θ L)(1 − θ L^s), the usual noise of such differences, θ = 0.5."""
    out = x.copy()
    for lag in (1, season):
        for t in range(lag, len(out)):
            out[t] += _MOVING * out[t - lag]
    return out
