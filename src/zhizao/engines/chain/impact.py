"""How much of a loss each link passes on: down to buyers and up to suppliers, as flat arrays for the kernels.

Downstream, from supplier i of sector k to buyer j, with P_jk all that j buys from sector k:

    Ld_ij = W_ij / P_jk   where the input is essential (importance 2)
          = W_ij / in_j   where it is not (1); in_j counts all purchases, those without effect (0) too
          = 0             where it has no effect (0)

times in_j / cost_j where costs are known. Upstream, from buyer j to supplier i:  Lu_ij = W_ij / out_i, or
W_ij / revenue_i where revenues are known. A denominator of 0 is taken as 1. Source: Diem et al. (2022), Methods.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from zhizao.engines.chain.network import ESSENTIAL, IRRELEVANT, NON_ESSENTIAL, Floats, Ints, Network

Precision = Literal["float64", "float32"]
State = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Impact:
    """Both impact matrices, with what the market rule needs; each firm has a row, its place unless arranged otherwise.

    Attributes
    ----------
    group_of : shape (n + 1,), where the groups of each buyer begin; a group is the suppliers of one essential sector,
        or all that are not essential, last
    link_of : shape (groups + 1,), where the links of each group begin
    supplier, down : shape (links with effect,), supplier and Ld of each
    buyer_of : shape (n + 1,), where the buyers of each supplier begin
    buyer, up : shape (links,), buyer and Lu of each
    client_of, client_group, client_share : shape (n + 1,), (links with effect,) twice, the groups into which each
        supplier sells, and Ld
    owner : shape (groups,), the buyer of each group
    seller_of, seller, seller_share : shape (n + 1,), (links,) twice, the suppliers of each buyer, all of them, and Lu
    class_of, member : shape (classes + 1,), (sellers,), firms that sell, by market class
    market : shape (n,)
    out : shape (n,), sales inside, money
    weight : shape (n,)
    """

    group_of: Ints
    link_of: Ints
    supplier: Ints
    down: State
    buyer_of: Ints
    buyer: Ints
    up: State
    client_of: Ints
    client_group: Ints
    client_share: State
    owner: Ints
    seller_of: Ints
    seller: Ints
    seller_share: State
    class_of: Ints
    member: Ints
    market: Ints
    out: Floats
    weight: Floats

    @property
    def arrays(self) -> tuple[npt.NDArray[Any], ...]:
        """All of them, in the order in which the kernels take them."""
        return tuple(vars(self).values())


def near_rows(network: Network) -> Ints:
    """A row for each firm, shape (n,), so that those that are read together stand together.

    A buyer reads suppliers of one sector, mostly great ones: sector by sector, those with most customers first. At
    100,000 firms a sweep over all links takes a third of the time.
    """
    customers = np.bincount(network.supplier, minlength=len(network.firms))
    rows = np.empty(len(customers), dtype=np.int32)
    rows[np.lexsort((-customers, network.sector))] = np.arange(len(customers), dtype=np.int32)
    return rows


def impact(network: Network, precision: Precision = "float64", *, row_of: Ints | None = None) -> Impact:
    """Build the matrices of a network.

    Parameters
    ----------
    row_of : shape (n,), the row of each firm; sums run in the order of the firms all the same

    Examples
    --------
    >>> import polars as pl
    >>> firms = pl.DataFrame({"firm": ["a", "b", "c"], "sector": ["1", "1", "2"]})
    >>> links = pl.DataFrame({"supplier": ["a", "b"], "buyer": ["c", "c"], "amount": [30.0, 10.0]})
    >>> impact(Network.from_frames(firms, links)).down.tolist()
    [0.75, 0.25]
    """
    n = len(network.firms)
    if row_of is None:
        row_of = np.arange(n, dtype=np.int32)
    firm_of = np.argsort(row_of)
    links = np.argsort(row_of[network.supplier], kind="stable")
    selling, buying, amount = network.supplier[links], network.buyer[links], network.amount[links]
    supplier, buyer = row_of[selling], row_of[buying]
    sector = network.sector[selling]
    importance = network.essential[sector, network.sector[buying]]
    # P_jk, over all links of buyer j with sector k
    _, pair = np.unique(buying.astype(np.int64) * len(network.sectors) + sector, return_inverse=True)
    of_sector = np.bincount(pair, weights=amount)[pair] if len(pair) else amount
    bought = network.in_strength[buying]
    down = np.where(importance == ESSENTIAL, amount / of_sector, amount / bought)
    if network.cost is not None:
        down *= bought / _or_one(network.cost)[buying]
    up = amount / _or_one(network.out_strength if network.revenue is None else network.revenue)[selling]

    kept = np.flatnonzero(importance != IRRELEVANT)
    rank = np.where(importance[kept] == NON_ESSENTIAL, len(network.sectors), sector[kept])
    by_rank = np.lexsort((selling[kept], rank, buyer[kept]))
    by_group, rank = kept[by_rank], rank[by_rank]
    rows = buyer[by_group]
    starts = np.flatnonzero(np.r_[True, (rows[1:] != rows[:-1]) | (rank[1:] != rank[:-1])]) if len(rows) else rows
    link_of = np.append(starts, len(rows)).astype(np.int32)
    group = np.repeat(np.arange(len(starts), dtype=np.int32), np.diff(link_of))
    by_client = np.argsort(supplier[by_group], kind="stable")
    by_buyer = np.argsort(buyer, kind="stable")
    sellers = np.flatnonzero(network.out_strength > 0)
    member = sellers[np.argsort(network.market[sellers], kind="stable")]
    dtype = np.dtype(precision)
    return Impact(
        group_of=_pointers(rows[starts], n),
        link_of=link_of,
        supplier=supplier[by_group],
        down=down[by_group].astype(dtype),
        buyer_of=_pointers(supplier, n),
        buyer=buyer,
        up=up.astype(dtype),
        client_of=_pointers(supplier[by_group], n),
        client_group=group[by_client],
        client_share=down[by_group][by_client].astype(dtype),
        owner=rows[starts],
        seller_of=_pointers(buyer, n),
        seller=supplier[by_buyer],
        seller_share=up[by_buyer].astype(dtype),
        class_of=_pointers(network.market[member], len(network.markets)),
        member=row_of[member],
        market=network.market[firm_of],
        out=network.out_strength[firm_of],
        weight=network.weight[firm_of],
    )


def _or_one(values: Floats) -> Floats:
    return np.where(values == 0, 1.0, values)


def _pointers(rows: npt.NDArray[Any], n: int) -> Ints:
    """Where each of ``n`` rows begins, for entries sorted by row."""
    return np.append(0, np.cumsum(np.bincount(rows, minlength=n))).astype(np.int32)
