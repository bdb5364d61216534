"""One score of distress for each enterprise and cell, its p-value, and which of them may be called discoveries.

**Score.** With z(k) of measure k turned so that worse is positive, cut off at ± 4, and weights w,

    s(i,t) = Σ w(k) z(k,i,t) / √(w' R w)         over the measures that are known; R their correlation so far.

A shock lasts: the score looks back over one, two and three cells,

    D = max over h of  Σ_{j<h} (s(t − j) − c) / √h,        U = max over h of  Σ_{j<h} (c − s(t − j)) / √h,

c the median of s over all enterprises and the cells before.

**p-value.** Shocks fall; without them a fall and a rise are alike. So the rises U of all enterprises in the cells
before tell how large D gets by chance. Beyond their upper tenth u the tail goes down as a Weibull's, through u and the
upper hundredth v:

    p(D) = share of U ≥ D  for D ≤ u,        10 ^ −(D/u)^τ  beyond,   τ = log 2 / log(v/u)   (1 to 2).

**Discoveries.** Every month all enterprises are tested at once, in groups g (sectors): where half of a trade falls, a
fall is believed sooner. With π(g) the share that is not calm,

    π(g) = max(π₀, share − 2 standard errors),   share = 1 − 2 · #{p > 1/2} / n   (at most 0.9),
    p* = p (1 − π(g)) / π(g),        q = min over p*' ≥ p* of  n p*' π̄ / #{p* ≤ p*'},

and q is at most α for all that are called; π̄ is the mean of π(g). The expected share of false calls is then near α.

Source
------
Y. Benjamini, Y. Hochberg, *JRSS B* 57 (1995) 289–300; groups: J. X. Hu, H. Zhao, H. H. Zhou, *JASA* 105 (2010)
1215–1227, doi 10.1198/jasa.2010.tm09329; share of nulls: J. D. Storey, *JRSS B* 64 (2002) 479–498; sums of the last
cells: E. S. Page, *Biometrika* 41 (1954) 100–115; Weibull tail: J. Beirlant et al., *Statistics of Extremes*, Wiley,
2004, chapter 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from zhizao.engines.warning.figures import CELLS, Floats, Ints

CUT: Final = 4.0
LOOK_BACK: Final = 3
_POOL_CELLS: Final = 2 * CELLS
_LEAST_POOL: Final = 200
_EDGE: Final = 0.1
_MOST_SHAKEN: Final = 0.9


def combined(z: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """The score s of several measures, worse is positive; NaN where none is known.

    Parameters
    ----------
    z : measure to an array of shape (n, T)
        Turned so that worse is positive.
    weights : measure to its weight
        Nought takes no part.

    Examples
    --------
    Two measures that say the same count once:

    >>> one = np.random.default_rng(1).normal(size=(200, 3))
    >>> s = combined({"a": one, "b": one}, {"a": 1.0, "b": 1.0})
    >>> np.allclose(s[:, -1], one[:, -1].clip(-4, 4), atol=0.01)
    True
    """
    used = [name for name in z if weights.get(name)]
    if not used:
        raise ValueError("no measure has a weight")
    w = np.array([weights[name] for name in used])
    cut = np.clip(np.array([z[name] for name in used]), -CUT, CUT)
    products, pairs = np.eye(len(w)), np.ones((len(w), len(w)))
    out = np.full(cut.shape[1:], np.nan)
    for t in range(cut.shape[2]):
        now = cut[:, :, t]
        known = np.isfinite(now)
        value = np.where(known, now, 0.0)
        products += value @ value.T
        pairs += known.astype(np.float64) @ known.T
        R = products / pairs
        spread = np.sqrt(np.diag(R))
        R /= np.outer(spread, spread)
        part = known * w[:, None]
        variance = np.einsum("kn,kl,ln->n", part, R, part)
        total = w @ value
        out[:, t] = np.divide(total, np.sqrt(variance), out=np.full(len(total), np.nan), where=variance > 0)
    return out


def looked_back(s: Floats) -> Floats:
    """D of each cell: the largest of the normed sums of the last one, two and three cells; unknown ones count nothing.

    >>> looked_back(np.array([[2.0, 2.0, np.nan, 0.0]])).round(3).tolist()
    [[2.0, 2.828, nan, 1.414]]
    """
    n, T = s.shape
    total, count = np.zeros((n, T)), np.zeros((n, T))
    best = np.full((n, T), -np.inf)
    for back in range(min(LOOK_BACK, T)):
        earlier = s[:, : T - back]
        known = np.isfinite(earlier)
        total[:, back:] += np.where(known, earlier, 0.0)
        count[:, back:] += known
        np.fmax(best, np.divide(total, np.sqrt(count), out=np.full((n, T), -np.inf), where=count > 0), out=best)
    return np.where(np.isfinite(s), best, np.nan)


def p_values(s: Floats) -> Floats:
    """The p-value of D in each cell, from the rises of the cells before; NaN where there are too few of them.

    Parameters
    ----------
    s : shape (n, T)
        Scores, worse is positive.

    Examples
    --------
    Of calm scores one in twenty has a p-value below 0.05:

    >>> s = np.random.default_rng(2).normal(size=(500, 12))
    >>> bool(abs((p_values(s)[:, 3:] < 0.05).mean() - 0.05) < 0.01)
    True
    """
    out = np.full(s.shape, np.nan)
    for t in range(LOOK_BACK, s.shape[1]):
        before = slice(max(0, t - _POOL_CELLS), t)
        known = s[:, before][np.isfinite(s[:, before])]
        if len(known) < _LEAST_POOL:
            continue
        centred = s[:, max(0, t - _POOL_CELLS - LOOK_BACK + 1) : t + 1] - np.median(known)
        pool = looked_back(-centred)[:, LOOK_BACK - 1 : -1].ravel()
        out[:, t] = _tail(looked_back(centred[:, -LOOK_BACK:])[:, -1], np.sort(pool[np.isfinite(pool)]))
    return out


def _tail(D: Floats, pool: Floats) -> Floats:
    """The share of the pool that reaches D, from a Weibull's tail beyond its upper tenth."""
    edge, far = (max(float(np.quantile(pool, 1 - share)), 1e-9) for share in (_EDGE, _EDGE**2))
    bend = float(np.clip(np.log(2) / max(np.log(far / edge), 1e-9), 1.0, 2.0))
    within = 1 - np.searchsorted(pool, D) / len(pool)
    p = np.where(edge < D, _EDGE ** (np.maximum(D, edge) / edge) ** bend, within)
    return np.where(np.isfinite(D), p, np.nan)


def q_values(p: Floats, sector: Ints, *, usual_share: float = 0.03) -> Floats:
    """The smallest α at which each would be called, month by month over all enterprises.

    Parameters
    ----------
    p : shape (n, T)
        NaN is not tested.
    sector : shape (n,)
        The groups.
    usual_share : float
        π₀, the share of enterprises that are taken not to be calm in any month.

    Examples
    --------
    >>> p = np.array([[0.0001], [0.2], [0.5], [0.9]])
    >>> q_values(p, np.zeros(4, np.int64), usual_share=0.5).ravel().round(4).tolist()
    [0.0002, 0.2, 0.3333, 0.45]
    """
    out = np.full(p.shape, np.nan)
    for t in range(p.shape[1]):
        tested = np.isfinite(p[:, t])
        now = p[tested, t]
        if not len(now):
            continue
        share = _shaken(now, sector[tested], usual_share)
        weighted = now * (1 - share) / share
        order = np.argsort(weighted, kind="stable")
        raw = len(now) * weighted[order] * share.mean() / np.arange(1, len(now) + 1)
        found = np.empty(len(now))
        found[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
        out[tested, t] = found
    return out


def _shaken(p: Floats, group: Ints, usual: float) -> Floats:
    """π of each one's group."""
    size = np.bincount(group)
    share = 1 - 2 * np.bincount(group, weights=p > 0.5) / np.maximum(size, 1)
    sure = share - 2 / np.sqrt(np.maximum(size, 1))
    found: Floats = np.clip(sure, usual, _MOST_SHAKEN)[group]
    return found
