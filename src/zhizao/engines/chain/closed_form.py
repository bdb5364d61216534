"""The upstream half of systemic risk in closed form: every firm at once, by one sparse solve.

At the fixed point of a complete stop of firm a alone, with row sums of Lu of at most 1 and I - Lu invertible:

    G = (I - Lu)^-1      l_u(i <- a) = G_ia / G_aa      ESRI_u(a) = (w' G)_a / G_aa

l_u(i <- a) is the probability that a walk from supplier to customer that begins at i ever meets a. The numerators of
all firms are one solve of (I - Lu)' z = w. G_aa is the mean number of visits to a of a walk from a, at least 1 and the
walks that return in one to three links: so for all firms from above (``upstream_screen``). For those asked for it is
solved, exactly (``upstream_risk``).

With Lu = B of an input-output table and w the shares of output this is hypothetical extraction: the loss when a sector
is removed, share_k = (1'L)_k x_k / (L_kk 1'x), since G and L have the same diagonal (E. Dietzenbacher, M. L. Lahr,
Expanding extractions, Economic Systems Research 25 (2013) 341, doi 10.1080/09535314.2013.774266).
Not for partial losses, which are an obstacle problem.

The downstream half is not linear, but has a linear bound for all firms at once (``downstream_screen``): no group of
inputs brings more than all together, and while no market class has lost more than a part λ of its sales,

    σ_i ≤ s_i = min(1, out_i / ((1 − λ) A_q))        l ≤ m,   m = e_a + M m,   M_ji = Ld_ij s_i
    ESRI_d(a) ≤ w'm = v_a,   v = w + M'v             no class loses more than ω'm, ω_i = out_i / A_q

with A_q the sales of class q before the stop. Where the second solve stays below λ nothing has been assumed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from zhizao.engines.chain.impact import impact
from zhizao.engines.chain.network import Floats, Network
from zhizao.kernel.result import Problem, Refused, mark

_ELIMINATED = 4_000
_TERMS = 20_000
_SMALL = 1e-14
_LOST = (0.05, 0.1, 0.25, 0.5, 0.75)
_MOST_TERMS = 400
"""Parts of a class's sales that are allowed for in turn; terms after which a sum counts as one that grows for ever."""


def upstream_matrix(network: Network) -> Any:
    """Lu as a sparse matrix (scipy CSR), rows suppliers, columns buyers.

    Raises
    ------
    Refused
        ``chain.revenue_below_sales``: a row sums to more than 1.
    """
    import scipy.sparse as sp

    of = impact(network)
    n = len(network.firms)
    found = sp.csr_array((of.up, of.buyer, of.buyer_of), shape=(n, n))
    if len(of.up) and np.asarray(found.sum(axis=1)).max() > 1 + 1e-9:
        message = mark("A firm sells more inside the network than its revenue.")
        remedy = mark("Correct the revenue, or the amounts.")
        raise Refused(Problem("chain.revenue_below_sales", message, remedy=remedy))
    return found


def upstream_risk(network: Network, firms: npt.ArrayLike | None = None) -> Floats:
    """ESRI_u of complete stops at the fixed point, shape (firms,).

    Parameters
    ----------
    network : Network
    firms : places of firms; by default all. Each of them costs a solve, as their G_aa is exact.

    Raises
    ------
    Refused
        ``chain.revenue_below_sales``; ``chain.closed_group``: firms that sell to one another only.

    Examples
    --------
    >>> import polars as pl
    >>> table = pl.DataFrame({"firm": ["a", "b", "c"], "sector": ["1", "2", "3"], "revenue": [20, 20, 20]})
    >>> links = pl.DataFrame({"supplier": ["a", "b"], "buyer": ["b", "c"], "amount": [10.0, 10.0]})
    >>> upstream_risk(Network.from_frames(table, links)).tolist()
    [0.5, 0.75, 0.375]
    """
    matrix = upstream_matrix(network)
    places = np.arange(len(network.firms)) if firms is None else np.asarray(firms)
    visits = _series(matrix.T.tocsr(), network.weight)
    return np.asarray(visits[places] / returns(matrix, places), dtype=np.float64)


def upstream_screen(network: Network) -> Floats:
    """ESRI_u of all firms from above, shape (n,): only walks that return in two or three links count as returning.

    >>> import polars as pl
    >>> table = pl.DataFrame({"firm": ["a", "b"], "sector": ["1", "2"], "revenue": [20, 20]})
    >>> links = pl.DataFrame({"supplier": ["a", "b"], "buyer": ["b", "a"], "amount": [10.0, 10.0]})
    >>> upstream_screen(Network.from_frames(table, links)).round(6).tolist()
    [0.8, 0.8]
    """
    matrix = upstream_matrix(network)
    twice = matrix @ matrix
    back = matrix.diagonal() + twice.diagonal() + np.asarray(twice.multiply(matrix.T).sum(axis=1)).ravel()
    return np.asarray(np.minimum(1.0, _series(matrix.T.tocsr(), network.weight) / (1.0 + back)), dtype=np.float64)


def downstream_screen(network: Network, *, market: bool = True) -> Floats:
    """ESRI_d of a complete stop of each firm from above, shape (n,); 1 where no bound was found.

    >>> import polars as pl
    >>> table = pl.DataFrame({"firm": ["a", "b", "c"], "sector": ["1", "1", "2"], "cost": [20, 20, 40]})
    >>> links = pl.DataFrame({"supplier": ["a", "b", "c"], "buyer": ["c", "c", "a"], "amount": [2.0, 18.0, 10.0]})
    >>> downstream_screen(Network.from_frames(table, links)).round(3).tolist()
    [0.069, 1.0, 1.0]
    """
    import scipy.sparse as sp

    of = impact(network)
    n = len(of.weight)
    buyer = np.repeat(of.owner, np.diff(of.link_of))
    passed = sp.csr_array((of.down, (of.supplier, buyer)), shape=(n, n))
    sold = np.bincount(of.market, weights=of.out, minlength=len(of.class_of) - 1)[of.market]
    part = np.divide(of.out, sold, out=np.zeros(n), where=sold > 0)
    found = np.ones(n)
    for lost in _LOST:
        sent = np.minimum(1.0, part / (1 - lost)) if market else np.ones(n)
        total = term = np.column_stack([of.weight, part])
        for _ in range(_MOST_TERMS):
            term = sent[:, None] * (passed @ term)
            total = total + term
            if (term.max(axis=0) < _SMALL * total.max(axis=0)).all():
                found = np.where(total[:, 1] <= lost, np.minimum(found, total[:, 0]), found)
                break
    return found


def returns(matrix: Any, places: npt.NDArray[Any], *, block: int = 64) -> Floats:
    """G_aa of some firms, shape (places,): by elimination in small networks, else by summing (Lu^t)_aa over t."""
    found = np.ones(len(places))
    solve = _elimination(matrix) if matrix.shape[0] <= _ELIMINATED else None
    for first in range(0, len(places), block):
        some = places[first : first + block]
        lanes = np.arange(len(some))
        state = np.zeros((matrix.shape[0], len(some)))
        state[some, lanes] = 1.0
        if solve is not None:
            found[first + lanes] = solve(state)[some, lanes]
            continue
        for _ in range(_TERMS):
            state = matrix @ state
            found[first + lanes] += state[some, lanes]
            if state.max() < _SMALL:
                break
        else:
            raise _closed_group()
    return found


def _elimination(matrix: Any) -> Callable[[Floats], Floats]:
    import scipy.sparse as sp
    from scipy.sparse.linalg import splu

    try:
        solve: Callable[[Floats], Floats] = splu(sp.csc_matrix(sp.eye_array(matrix.shape[0]) - matrix)).solve
    except RuntimeError:
        raise _closed_group() from None
    return solve


def _series(matrix: Any, start: Floats) -> Floats:
    """The solution of (I - M) z = start as the sum of M^t start, all of it positive: nothing cancels."""
    total, term = start.copy(), start
    for _ in range(_TERMS):
        term = matrix @ term
        total += term
        if term.max() < _SMALL * total.max():
            return total
    raise _closed_group()


def _closed_group() -> Refused:
    message = mark("Some firms sell to one another only; losses among them never fade.")
    return Refused(Problem("chain.closed_group", message, remedy=mark("Give the revenue with sales outside.")))
