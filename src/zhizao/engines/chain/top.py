"""The k firms of greatest systemic risk, provably: intervals of ESRI are narrowed until the set is decided.

Every firm gets a certified interval of its ESRI at the fixed point (``certificate``), wide at first. A firm whose upper
bound lies below the k-th greatest lower bound is not among the k, whatever the rest turns out to be; those left get a
narrower interval. What is still open at the narrowest are ties, and is said.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from zhizao.engines.chain.certificate import certified_risk
from zhizao.engines.chain.network import Network
from zhizao.kernel.executor import Cancelled, Executor

ERRORS: Final = (1e-2, 1e-4, 1e-6, 1e-9)


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
    left = np.arange(len(network.firms))
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
