"""A part of a trade that falls together: who of it was hit, where nobody knows beforehand what is normal that month.

When power is cut for half of a trade, the trade's own median is half in the cut: measured from it nobody stands out. So
the scores y of a trade's members in one cell are taken as one group, or as two that are μ apart,

    y(i) ~ (1 − ε) ((1 − π) N(c, σ²) + π N(c + μ, σ²)) + ε U,        μ > 0, worse is positive,

with c, μ and π free, found by expectation–maximisation from three starts; U is even over all scores there can be, for
the few that are far off for reasons of their own. σ is known from the cells before: the median of 1.4826 · MAD about
the trade's median. Two groups are believed by Schwarz's criterion (two parameters more) and the prior odds φ of a trade
being hit in a cell,

    P = 1 / (1 + exp(−(log odds φ + ℓ₂ − ℓ₁ − log n))),        h(i) = P · γ(i),

γ(i) the share of the upper group in i's density. 1 − h is the local share of false calls. A part is at most three
quarters of its trade (of more, nobody can tell whether these fell or the others rose), and at least five of it.

Source
------
A. P. Dempster, N. M. Laird, D. B. Rubin, *JRSS B* 39 (1977) 1–38; G. Schwarz, *Annals of Statistics* 6 (1978) 461–464,
doi 10.1214/aos/1176344136; two groups and the local rate of false calls: B. Efron, *Statistical Science* 23 (2008)
1–22, doi 10.1214/07-STS236.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from zhizao.engines.warning.figures import CELLS, Floats, Ints

Bools = npt.NDArray[np.bool_]
LEAST_MEMBERS: Final = 12
_POOL_CELLS: Final = 2 * CELLS
_STARTS: Final = (0.3, 0.5, 0.7)
_STEPS: Final = 50
_SHARES: Final = (0.1, 0.9)
_MOST_SHARE: Final = 0.75
_SCALES: Final = (0.5, 1.5)
"""Scores are normed: their spread is near 1, and a trade of odd figures is not believed to have another."""
_MAD: Final = 1.4826
_FAR: Final = 50.0
_STRAY: Final = 0.02
"""ε; and how wide the scores lie that U is even over."""
_RANGE: Final = 10.0
_STEPS_OF_ONE: Final = 15
_LEAST_HIT: Final = 5.0
"""So many enterprises are expected in a part, or it is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """How trades came apart.

    Attributes
    ----------
    hit : shape (n, T), h; NaN where the score or the trade's usual spread is unknown, or the trade is small
    share : shape (n, T), π of the enterprise's trade, NaN where one group explains it as well
    """

    hit: Floats
    share: Floats


def parts(y: Floats, sector: Ints, *, usual_share: float = 0.02) -> Parts:
    """Who belongs to a part of its trade that fell together, cell by cell; nothing of a later cell is used.

    Parameters
    ----------
    y : shape (n, T)
        Scores of spread 1, worse is positive; NaN is unknown.
    sector : shape (n,)
        The trades.
    usual_share : float
        φ, the share of cells in which a trade is taken to be hit.

    Examples
    --------
    Half of a trade of forty falls by three, and its median with it:

    >>> y = np.random.default_rng(1).normal(size=(40, 12))
    >>> y[:20, -1] += 3
    >>> found = parts(y - np.median(y, axis=0), np.zeros(40, np.int64))
    >>> int((found.hit[:20, -1] > 0.5).sum()), int((found.hit[20:, -1] > 0.5).sum()), found.share[0, -1].round(1)
    (18, 0, np.float64(0.5))
    >>> bool(np.nanmax(found.hit[:, 2:-1]) < 0.5)
    True
    """
    hit, share = np.full(y.shape, np.nan), np.full(y.shape, np.nan)
    for one in range(int(sector.max()) + 1 if len(sector) else 0):
        members = np.flatnonzero(sector == one)
        scale = _usual_spread(y[members])
        told = np.flatnonzero(np.isfinite(scale) & (np.isfinite(y[members]).sum(axis=0) >= LEAST_MEMBERS))
        if not len(told):
            continue
        at = np.ix_(members, told)
        hit[at] = np.where(np.isfinite(y[at]), 0.0, np.nan)
        wide = told[np.nanvar(y[at], axis=0) > scale[told] ** 2]  # two groups are wider than one
        if len(wide):
            at = np.ix_(members, wide)
            hit[at], share[at] = _two_groups(y[at], scale[wide], usual_share)
    return Parts(hit, share)


def _usual_spread(y: Floats) -> Floats:
    """σ of every cell, shape (T,), from the cells before; NaN where none of them has members enough."""
    spread = np.full(y.shape[1], np.nan)
    out = np.full(y.shape[1], np.nan)
    for t in range(y.shape[1]):
        before = spread[max(0, t - _POOL_CELLS) : t]
        if np.isfinite(before).any():
            out[t] = np.clip(np.nanmedian(before), *_SCALES)
        known = y[np.isfinite(y[:, t]), t]
        if len(known) >= LEAST_MEMBERS:
            spread[t] = _MAD * np.median(np.abs(known - np.median(known)))
    return out


def _two_groups(y: Floats, scale: Floats, usual_share: float) -> tuple[Floats, Floats]:
    """h of shape (n, T), and π of shape (T,), NaN where one group explains the cell as well."""
    known = np.isfinite(y)
    n = known.sum(axis=0)
    log_one = _fitted(y, known, scale, None)[0]
    fits = [_fitted(y, known, scale, start) for start in _STARTS]
    best = np.argmax([fit[0] for fit in fits], axis=0)
    columns = np.arange(len(n))
    log_two, share, apart = (np.array([fit[place] for fit in fits])[best, columns] for place in (0, 2, 3))
    upper = np.stack([fit[1] for fit in fits])[best, :, columns].T
    log_odds = np.log(usual_share / (1 - usual_share)) + log_two - log_one - np.log(n)
    is_part = (apart > 0) & (share <= _MOST_SHARE) & (upper.sum(axis=0) >= _LEAST_HIT)
    sure = np.where(is_part, 1 / (1 + np.exp(-np.clip(log_odds, -_FAR, _FAR))), 0.0)
    return np.where(known, sure * upper, np.nan), np.where(sure > 0.5, share, np.nan)


def _fitted(y: Floats, known: Bools, scale: Floats, start: float | None) -> tuple[Floats, Floats, Floats, Floats]:
    """Log likelihood, γ, π and μ after the last step; of one group where there is no ``start``."""
    x, n = np.where(known, y, 0.0), known.sum(axis=0)
    pi = np.full(len(n), 1 - start if start else 0.0)
    centre = np.nanquantile(y, start / 2 if start else 0.5, axis=0)
    upper = np.nanquantile(y, (1 + start) / 2, axis=0) if start else centre
    stray = _STRAY / (1 - _STRAY) * scale * np.sqrt(2 * np.pi) / _RANGE
    for _ in range(_STEPS if start else _STEPS_OF_ONE):
        calm, hit = (1 - pi) * _kernel(x, centre, scale), pi * _kernel(x, upper, scale)
        whole = calm + hit + stray
        gamma, rest = known * hit / whole, known * calm / whole
        total, others = gamma.sum(axis=0), rest.sum(axis=0)
        centre = (x * rest).sum(axis=0) / np.maximum(others, 1e-9)
        if start:
            pi = np.clip(total / np.maximum(total + others, 1e-9), *_SHARES)
            upper = (x * gamma).sum(axis=0) / np.maximum(total, 1e-9)
    whole = (1 - pi) * _kernel(x, centre, scale) + pi * _kernel(x, upper, scale) + stray
    return (known * np.log(whole)).sum(axis=0), gamma, pi, upper - centre


def _kernel(x: Floats, centre: Floats, scale: Floats) -> Floats:
    return np.exp(-((x - centre) ** 2) / (2 * scale**2))
