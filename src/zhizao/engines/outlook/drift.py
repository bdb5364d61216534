"""Few yearly figures: a walk with a drift, its spread borrowed from the series beside it.

A plan's target with two to a dozen yearly figures bears no seasonal model. Its changes d are taken as they are, or, of
a series that is always above nought and grows in per cent, as changes of the logarithm. With n changes of mean m,

    x(T + h) = x(T) + h m + h s z₀ / √n + s (z₁ + … + z_h),      var = s² h (1 + h / n)

n changes tell s badly. In units of the scale c of each series (such as the yearly step that was planned, or what it
moves in a year if that is more), the series of one plan have a typical variance p, the median of their own; it counts
as two changes beside the n − 1 that a series has left after its mean:

    s² = ((n − 1) own² + 2 p c²) / (n + 1),      times ν / χ²(ν) on each path, ν = n + 1

Where no series has two changes, s = c: a change is as unsure as it is large. A series that never moved and whose scale
is nought stays where it is.

Source: R. J. Hyndman, G. Athanasopoulos, *Forecasting: Principles and Practice*, 3rd ed. (2021), §5.2 and §5.5 (drift
method and its variance); G. K. Smyth, Stat. Appl. Genet. Mol. Biol. 3 (2004) 3, doi:10.2202/1544-6115.1027 (variances
drawn towards that of the series beside them; two changes of weight are ours).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from zhizao.engines.outlook.hierarchy import Bools, Floats
from zhizao.kernel.result import Problem, Refused, mark

Ints = npt.NDArray[np.int64]
_BORROWED: Final = 2
"""So many changes of its own a series' neighbours are worth."""


def drift_paths(
    values: Floats, scale: Floats, *, in_logs: Bools, horizon: int, draws: int, rng: np.random.Generator
) -> Floats:
    """Paths of the cells after each row's last known one.

    Parameters
    ----------
    values : array, shape (n, T), NaN = unknown; the known cells of a row follow each other, two or more
    scale : array, shape (n,)
        What a change is measured by, in the row's unit, nought or above; the size of a row's changes is the least.
    in_logs : array, shape (n,)
        Whether changes are relative; such rows must be above nought.
    horizon : int
    draws : int
    rng : Generator

    Returns
    -------
    array, shape (draws, n, horizon)

    Raises
    ------
    Refused
        ``outlook.few_years`` where a row has no two known cells; ``outlook.path_sign`` where one in logarithms is not
        above nought.

    Examples
    --------
    By hand: changes of 2 and 4, two cells ahead 6 + 2·3; one change each, so s = c = 3 and the variance 3²·2·(1 + 2/1):

    >>> def paths(rows):
    ...     rng, no = np.random.default_rng(1), np.zeros(len(rows), dtype=bool)
    ...     return drift_paths(np.array(rows), np.ones(len(rows)), in_logs=no, horizon=2, draws=100_000, rng=rng)
    >>> np.median(paths([[0.0, 2.0, 6.0]]), axis=0).round(1).tolist()
    [[9.0, 12.0]]
    >>> (paths([[3.0, 6.0]])[:, 0, 1].var() / 54).round(1)
    np.float64(1.0)
    """
    levels = _levels(values, in_logs)
    known = np.isfinite(levels)
    changes = np.diff(levels, axis=1)
    count = np.isfinite(changes).sum(axis=1)
    if (count < 1).any():
        raise Refused(Problem("outlook.few_years", mark("Fewer than two years are known of it.")))
    mean = np.nansum(changes, axis=1) / count
    last = levels[np.arange(len(levels)), levels.shape[1] - 1 - known[:, ::-1].argmax(axis=1)]
    size = np.where(in_logs, scale / np.exp(np.where(in_logs, last, 0.0)), scale)
    size = np.maximum(size, np.nansum(np.abs(changes), axis=1) / count)
    spread, freedom = _spread(changes - mean[:, None], size, count)
    wide = np.ones((draws, 1))
    if freedom is not None:
        wide = np.sqrt(freedom / rng.chisquare(freedom, (draws, len(levels))))
    start = rng.standard_normal((draws, len(levels)))
    steps = rng.standard_normal((draws, len(levels), horizon)).cumsum(axis=2)
    ahead = np.arange(1, horizon + 1)
    off = ahead * (start / np.sqrt(count))[:, :, None] + steps
    found = (last[:, None] + mean[:, None] * ahead) + (wide * spread)[:, :, None] * off
    return np.asarray(np.where(in_logs[:, None], np.exp(np.where(in_logs[:, None], found, 0.0)), found))


def _levels(values: Floats, in_logs: Bools) -> Floats:
    if (values[in_logs] <= 0).any():
        raise Refused(Problem("outlook.path_sign", mark("Growth is told of figures above nought.")))
    return np.where(in_logs[:, None], np.log(np.where(in_logs[:, None], values, 1.0)), values)


def _spread(off: Floats, size: Floats, count: Ints) -> tuple[Floats, Ints | None]:
    """s of each row, and ν; no ν where no row has two changes."""
    squares, free = np.nansum(off**2, axis=1), count - 1
    told = (free > 0) & (size > 0)
    if not told.any():
        return size.copy(), None
    typical = float(np.median(squares[told] / free[told] / size[told] ** 2))
    freedom = free + _BORROWED
    return np.sqrt((squares + _BORROWED * typical * size**2) / freedom), freedom
