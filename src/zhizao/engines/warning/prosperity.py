"""How the economy stands: diffusion index, composite index, climate questionnaire, turning points.

**Diffusion index** of n indicators or enterprises, of which u rose and f stayed the same among the k that are known:

    DI = 100 (u + f/2) / k   (0 to 100, neutral 50),        or twice that   (0 to 200, neutral 100).

**Questionnaire**: (share better − share worse) × 100 + 100; climate = 0.4 × present + 0.6 × expected.

**Composite index** of m series with weights w:

    c(k,t) = 200 (x(t) − x(t−1)) / (x(t) + x(t−1)),        of a rate: x(t) − x(t−1)
    r(t)   = Σ w(k) c(k,t) / mean |c(k)|  /  Σ w(k)         over the series known at t, times the amplitude
    I(t)   = I(t−1) (200 + r(t)) / (200 − r(t)),            rebased to 100 in the mean of the base.

**Turning points** (Bry–Boschan): outliers beyond 3.5 standard deviations of the series about its Spencer curve are
replaced by the curve; extremes within ± 5 months are sought in the twelve-month mean, found again within ± 5 months in
the Spencer curve, then in the series itself within ± 4 months. They alternate, lie 6 months or more from either end,
and are 5 months or more apart, those of one kind 15.

Source
------
G. Bry, C. Boschan, *Cyclical Analysis of Time Series*, NBER Technical Paper 20, 1971; composite: The Conference Board,
*Business Cycle Indicators Handbook*, 2001, section IV (symmetric change, standardised, cumulated); 0–200 form and its
neutral 100: enterprise surveys of the National Bureau of Statistics. Weights of the questionnaire: confidence M.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from zhizao.engines.warning.figures import Floats

_SPENCER: Final = np.array([-3, -6, -5, 3, 21, 46, 67, 74, 67, 46, 21, 3, -5, -6, -3]) / 320
_YEAR: Final = np.array([0.5, *[1.0] * 11, 0.5]) / 12
_OUTLIER: Final = 3.5
_NEAR_SMOOTH, _NEAR_RAW, _END, _PHASE, _CYCLE = 5, 4, 6, 5, 15
_LEAST_MONTHS: Final = 24


def diffusion_index(changes: Floats, *, flat: float = 0.0, most: float = 100.0) -> Floats:
    """The diffusion index of each month; NaN where nothing is known.

    Parameters
    ----------
    changes : shape (n, T)
        Of n indicators or enterprises; NaN is unknown and takes no part.
    flat : float
        A change of at most so much counts as none.
    most : float
        100 or 200.

    Examples
    --------
    Two rose, one stayed, one fell; then one is known, and fell:

    >>> nan = float("nan")
    >>> diffusion_index(np.array([[1.0, -1], [2, nan], [0, nan], [-1, nan]])).tolist()
    [62.5, 0.0]
    """
    known = np.isfinite(changes)
    up, same = (known & (changes > flat)).sum(axis=0), (known & (np.abs(changes) <= flat)).sum(axis=0)
    count = known.sum(axis=0)
    found: Floats = np.divide(most * (up + same / 2), count, out=np.full(len(count), np.nan), where=count > 0)
    return found


def climate(better: float, worse: float) -> float:
    """The index of one question, 0 to 200, from the shares of those who answered.

    Examples
    --------
    >>> climate(better=0.35, worse=0.15)
    120.0
    """
    if better < 0 or worse < 0 or better + worse > 1 + 1e-9:
        raise ValueError(f"shares {better} and {worse}")
    return round((better - worse) * 100 + 100, 10)


def composite_index(
    x: Floats,
    *,
    weights: Sequence[float],
    rates: Sequence[bool],
    base: slice,
    amplitude: float = 1.0,
) -> Floats:
    """The composite index; 100 in the mean of the base.

    Parameters
    ----------
    x : shape (m, T)
        Series without season; NaN is unknown. Levels are above nought.
    weights : m numbers
    rates : m flags
        Whether a series is a rate or a share, whose change is a difference.
    base : slice
        The months whose mean is 100.
    amplitude : float
        The mean absolute change the index is to have, in %; that of the coincident index for a leading one.

    Examples
    --------
    An even growth becomes the amplitude, 201/199 each month:

    >>> x = 100 * 1.01 ** np.arange(5.0)[None]
    >>> composite_index(x, weights=[1], rates=[False], base=slice(0, 1)).round(2).tolist()
    [100.0, 101.01, 102.02, 103.05, 104.08]
    """
    if len(weights) != len(x) or len(rates) != len(x):
        raise ValueError(f"{len(x)} series, {len(weights)} weights, {len(rates)} flags")
    is_rate = np.array(rates, dtype=bool)[:, None]
    if (x[~is_rate[:, 0]] <= 0).any():
        raise ValueError("a level of nought or below")
    step, total = np.diff(x, axis=1), x[:, 1:] + x[:, :-1]
    change = np.where(is_rate, step, 200 * np.divide(step, total, out=np.zeros_like(step), where=total != 0))
    known = np.isfinite(change)
    size = np.abs(np.where(known, change, 0.0)).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    usual = np.where(size > 0, size, 1.0)[:, None]
    w = np.array(weights, dtype=np.float64)[:, None] * known
    mean = np.divide(
        (w * np.where(known, change / usual, 0.0)).sum(axis=0), w.sum(axis=0), out=np.zeros(step.shape[1]),
        where=w.sum(axis=0) > 0,
    )  # fmt: skip
    spread = float(np.abs(mean).mean()) if len(mean) else 0.0
    r = mean * amplitude / spread if spread > 0 else mean
    index = np.concatenate([[1.0], np.cumprod((200 + r) / (200 - r))])
    found: Floats = 100 * index / index[base].mean()
    return found


def turning_points(y: Floats) -> list[tuple[int, bool]]:
    """Months of the turning points and whether each is a peak, in order.

    Parameters
    ----------
    y : shape (T,)
        A monthly series without season and without gaps.

    Examples
    --------
    A cycle of four years:

    >>> turning_points(100 + 10 * np.sin(2 * np.pi * np.arange(96) / 48))
    [(12, True), (36, False), (60, True), (84, False)]
    """
    if not np.isfinite(y).all():
        raise ValueError("a gap in the series")
    if len(y) < _LEAST_MONTHS:
        return []
    curve = _smoothed(y, _SPENCER)
    off = y - curve
    spread = float(off.std())
    clean = np.where(np.abs(off) > _OUTLIER * spread, curve, y) if spread > 0 else y
    turns = _alternating(_extremes(_smoothed(clean, _YEAR)), clean)
    for series, near in ((_smoothed(clean, _SPENCER), _NEAR_SMOOTH), (y, _NEAR_RAW)):
        turns = _alternating([(_nearest(series, at, near, peak=peak), peak) for at, peak in turns], series)
        turns = _long_enough(turns, series)
    return [(at, peak) for at, peak in turns if _END <= at < len(y) - _END]


def _smoothed(y: Floats, weights: Floats) -> Floats:
    """A moving mean; the ends are continued by their outermost value."""
    half = len(weights) // 2
    found: Floats = np.convolve(np.pad(y, half, mode="edge"), weights, mode="valid")
    return found


def _extremes(y: Floats) -> list[tuple[int, bool]]:
    found = []
    for at in range(_NEAR_SMOOTH, len(y) - _NEAR_SMOOTH):
        around = np.delete(y[at - _NEAR_SMOOTH : at + _NEAR_SMOOTH + 1], _NEAR_SMOOTH)
        if y[at] > around.max() or y[at] < around.min():
            found.append((at, bool(y[at] > around.max())))
    return found


def _nearest(y: Floats, at: int, near: int, *, peak: bool) -> int:
    first = max(0, at - near)
    part = y[first : at + near + 1]
    return first + int(part.argmax() if peak else part.argmin())


def _alternating(turns: list[tuple[int, bool]], y: Floats) -> list[tuple[int, bool]]:
    """Of neighbours of one kind the more extreme stays; of equals the later."""
    kept: list[tuple[int, bool]] = []
    for at, peak in sorted(turns):
        if kept and kept[-1][1] == peak:
            if (y[at] >= y[kept[-1][0]]) == peak or y[at] == y[kept[-1][0]]:
                kept[-1] = (at, peak)
        else:
            kept.append((at, peak))
    return kept


def _long_enough(turns: list[tuple[int, bool]], y: Floats) -> list[tuple[int, bool]]:
    """Turns whose phase or cycle is too short leave, with the neighbour that made it so."""
    while True:
        short = next(
            (n for n in range(1, len(turns)) if turns[n][0] - turns[n - 1][0] < _PHASE), None
        )  # fmt: skip
        if short is not None:
            turns = _alternating(turns[: short - 1] + turns[short + 1 :], y)
            continue
        near = next((n for n in range(2, len(turns)) if turns[n][0] - turns[n - 2][0] < _CYCLE), None)
        if near is None:
            return turns
        (early, peak), (late, _) = turns[near - 2], turns[near]
        weaker = near - 2 if (y[late] > y[early]) == peak else near
        turns = _alternating(turns[:weaker] + turns[weaker + 1 :], y)
