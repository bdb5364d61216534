"""The k firms of greatest systemic risk, provably: intervals of ESRI are narrowed until the set is decided.

Every firm has an upper bound of both halves from a few sparse sums (``closed_form``). From the greatest of these bounds
on, firms get a certified interval of their ESRI at the fixed point (``certificate``), wide at first. A firm whose upper
bound lies below the k-th greatest lower bound is not among the k, whatever the rest turns out to be; those left get a
narrower interval. What is still open at the narrowest are ties, and is said.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from zhizao.engines.chain.certificate import certified_risk
from zhizao.engines.chain.closed_form import downstream_screen, upstream_screen
from zhizao.engines.chain.network import Network
from zhizao.kernel.executor import Cancelled, Executor
from zhizao.kernel.result import Refused

ERRORS: Final = (1e-2, 1e-4, 1e-6, 1e-9)
_ROUND: Final = 512


def top_risks(
    network: Network,
    k: int,
    *,
    market: bool = True,
    executor: Executor | None = None,
    cancelled: Cancelled | None = None,
) -> pl.DataFrame:
    """The firms that can be among the ``k`` of greatest ESRI: exactly ``k``, unless some tie.

    Returns
    -------
    polars.DataFrame
        As ``certified_risk``, greatest first, with ``certain``: whether the firm is among the k beyond doubt.

    Raises
    ------
    WorkCancelled

    Examples
    --------
    >>> firms = pl.DataFrame({"firm": ["a", "b", "c"], "sector": ["1", "2", "3"]})
    >>> firms = firms.with_columns(revenue=pl.Series([40, 20, 20]), cost=pl.Series([20, 20, 20]))
    >>> links = pl.DataFrame({"supplier": ["a", "b"], "buyer": ["b", "c"], "amount": [10.0, 10.0]})
    >>> top_risks(Network.from_frames(firms, links), 1).select("firm", "esri", "certain").rows()
    [('a', 0.75, True)]
    """
    left = _candidates(network, k, market=market, executor=executor, cancelled=cancelled)
    found = pl.DataFrame()
    for error in ERRORS:
        found = certified_risk(network, left, error=error, market=market, executor=executor, cancelled=cancelled)
        most = found["esri_most"].fill_null(1.0).to_numpy()
        low = found["esri"].to_numpy()
        least_of_k = np.sort(low)[-min(k, len(low))]
        kept = most >= least_of_k
        left, found, most = left[kept], found.filter(pl.Series(kept)), most[kept]
        if len(left) <= k:
            break
    low = found["esri"].to_numpy()
    may_beat = np.array([(np.delete(most, at) >= one).sum() for at, one in enumerate(low)])
    certain = pl.Series("certain", may_beat < k)
    return found.with_columns(certain).sort(["esri", "firm"], descending=[True, False])


def _candidates(
    network: Network, k: int, *, market: bool, executor: Executor | None, cancelled: Cancelled | None
) -> npt.NDArray[np.int64]:
    """Places of the firms whose screened bound reaches the k-th greatest lower bound, ascending."""
    most = _screened(network, market=market)
    by_bound = np.argsort(-most, kind="stable")
    low = np.zeros(0)
    first = 0
    while first < len(by_bound) and (len(low) < k or most[by_bound[first]] >= np.sort(low)[-k]):
        some = by_bound[first : first + max(k, _ROUND)]
        found = certified_risk(network, some, error=ERRORS[0], market=market, executor=executor, cancelled=cancelled)
        low = np.append(low, found["esri"].to_numpy())
        first += len(some)
    return np.sort(by_bound[:first])


def _screened(network: Network, *, market: bool) -> npt.NDArray[np.float64]:
    """ESRI from above; 1 everywhere where the upstream half has no closed form."""
    try:
        upward = upstream_screen(network)
    except Refused:
        return np.ones(len(network.firms))
    return np.minimum(1.0, upward + downstream_screen(network, market=market))
