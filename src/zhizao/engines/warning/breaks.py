"""Whether a series has broken with its past: a level that its own model does not foresee, a slope that has turned.

Of the logarithm x of a sum over enterprises, on the grid of ``figures`` (11 cells a year),

    x(t) = a(cell of the year) + b t + φ x(t − 1) + ε(t)

is fitted to all cells before the last h. The level has broken if those h do not fit (Chow's test of prediction): with
the residual sums of squares S₁ of the n₁ cells before and S of all of them, each by its own fit, and k coefficients,

    F = ((S − S₁) / h) / (S₁ / (n₁ − k))      is F(h, n₁ − k) where nothing has changed and ε is normal.

The slope is tested by one more regressor, max(0, t − t₀), t₀ the cell m before the end, over all cells: its t has
n − k − 1 degrees of freedom. ``off`` is the mean of the last h errors of prediction. Small p says that it has broken,
the sign of ``off`` and of the change of slope which way. Series that enterprises enter or leave are linked first
(``linked``): growth from cell to cell is that of those known in both.

Source: G. C. Chow, *Econometrica* 28 (1960) 591–605, doi 10.2307/1910133; the change of slope: D. W. K. Andrews,
*Econometrica* 61 (1993) 821–856, doi 10.2307/2951764 (at a known place).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import stats

from zhizao.engines.warning.figures import CELLS, Floats

LAST: Final = 3
SLOPE: Final = 6
_LEAST_LEFT: Final = 6
_NO_SPREAD: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Break:
    """p of level and slope, and how far off: ``off`` of the last cells in logs, ``slope_change`` in logs a cell."""

    level_p: float
    slope_p: float
    off: float
    slope_change: float


def linked(y: Floats) -> Floats:
    """The logarithm of a sum over enterprises, with nobody's coming or going in it.

    Parameters
    ----------
    y : shape (n, T)
        Figures; NaN is unknown. What is not above nought takes no part.

    Returns
    -------
    array of shape (T,)
        Nought in the first known cell; NaN where nobody is known in the cell and the one before, after which it
        begins anew.

    Examples
    --------
    The second enterprise leaves, the first doubles:

    >>> linked(np.array([[1.0, 1.0, 2.0], [9.0, 9.0, np.nan]])).round(3).tolist()
    [0.0, 0.0, 0.693]
    """
    known = np.isfinite(y) & (np.where(np.isfinite(y), y, 0.0) > 0)
    value = np.where(known, y, 0.0)
    both = known[:, 1:] & known[:, :-1]
    now, before = ((part * both).sum(axis=0) for part in (value[:, 1:], value[:, :-1]))
    step = np.full(now.shape, np.nan)
    np.log(np.divide(now, before, out=np.full(now.shape, np.nan), where=before > 0), out=step, where=before > 0)
    out = np.full(y.shape[1], np.nan)
    if not known.any():
        return out
    start = int(known.any(axis=0).argmax())
    out[start] = 0.0
    for t in range(start, len(step)):
        out[t + 1] = (out[t] if np.isfinite(out[t]) else 0.0) + step[t]
    return out


def broken(x: Floats, first_cell: int) -> Break | None:
    """Test one series; ``None`` where too little of it is known.

    Parameters
    ----------
    x : shape (T,)
        Logarithms; the known cells at the end, without a gap, take part.
    first_cell : int
        Year × 11 + place in the year, of the first one.

    Examples
    --------
    Six calm years; then the last three cells are a fifth lower:

    >>> rng = np.random.default_rng(1)
    >>> x = 5 + 0.005 * np.arange(66) + 0.1 * np.sin(2 * np.pi * np.arange(66) / 11) + rng.normal(0, 0.02, 66)
    >>> bool(broken(x, 0).level_p > 0.05)
    True
    >>> x[-3:] -= 0.2
    >>> found = broken(x, 0)
    >>> bool(found.level_p < 1e-6), bool(found.off < -0.1)
    (True, True)
    """
    gaps = np.flatnonzero(~np.isfinite(x))
    start = int(gaps[-1]) + 1 if len(gaps) else 0
    x, first = x[start:], first_cell + start
    cells = np.arange(len(x) - 1) + 1
    k = CELLS + 2
    if len(cells) - LAST - k < _LEAST_LEFT:
        return None
    X = np.zeros((len(cells), k))
    X[np.arange(len(cells)), (first + cells) % CELLS] = 1.0
    X[:, CELLS], X[:, CELLS + 1] = cells / len(cells), x[:-1]
    y, past = x[1:], slice(0, len(cells) - LAST)
    if not X[past, :CELLS].any(axis=0).all():
        return None
    own, before = _fit(X[past], y[past])
    _whole, of_all = _fit(X, y)
    left = len(cells) - LAST - k
    least = _NO_SPREAD * max(1.0, float(y @ y))
    F = ((of_all - before) / LAST) / max(before / left, least)
    turned = np.column_stack([X, np.maximum(0, cells - (cells[-1] - SLOPE))])
    slopes, rest = _fit(turned, y)
    variance = max(rest / (len(cells) - k - 1), least) * float(np.linalg.pinv(turned.T @ turned)[-1, -1])
    t = float(slopes[-1]) / np.sqrt(variance)
    return Break(
        level_p=float(stats.f.sf(max(F, 0.0), LAST, left)),
        slope_p=float(2 * stats.t.sf(abs(t), len(cells) - k - 1)),
        off=float((y[-LAST:] - X[-LAST:] @ own).mean()),
        slope_change=float(slopes[-1]),
    )


def _fit(X: Floats, y: Floats) -> tuple[Floats, float]:
    """Coefficients and the sum of squared residuals."""
    found = np.asarray(np.linalg.lstsq(X, y, rcond=None)[0], dtype=np.float64)
    rest = y - X @ found
    return found, float(rest @ rest)


def q_of(p: Floats) -> Floats:
    """The share of false calls at which each would be called (Benjamini–Hochberg); NaN is not tested.

    >>> q_of(np.array([0.01, 0.04, np.nan, 0.03])).round(3).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    out = np.full(p.shape, np.nan)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(p[known], kind="stable")]
    raw: Floats = p[order] * len(order) / np.arange(1, len(order) + 1)
    out[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    return out
