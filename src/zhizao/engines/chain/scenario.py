"""What if: firms, nodes or sectors stop in whole or in part, a customer is lost, a second supplier is found.

A shock gives losses by firm, sector and node. A lost customer is a shock too: its supplier loses, upstream, the part of
revenue that went there. A second supplier changes the network: part of what a buyer bought from one firm is bought
from another; what the change is worth is the difference of risk before and after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from zhizao.engines.chain.network import Network
from zhizao.engines.chain.risk import Rule, Shocks, run
from zhizao.kernel.executor import Executor
from zhizao.kernel.result import Problem, Refused, mark

Losses = Mapping[str, float | tuple[float, float]]


@dataclass(frozen=True, eq=False)
class WhatIf:
    """What a shock costs.

    Attributes
    ----------
    esri, esri_down, esri_up : share of all weight that is lost
    firms : ``firm``, ``sector``, ``loss_down``, ``loss_up``, ``loss`` (the greater, of its own production),
        ``lost_weight`` (of the network's)
    """

    esri: float
    esri_down: float
    esri_up: float
    firms: pl.DataFrame

    def by_sector(self) -> pl.DataFrame:
        """``sector``, ``lost_weight``, ``weight``, greatest loss first."""
        return _summed(self.firms, "sector")

    def by_node(self, members: pl.DataFrame) -> pl.DataFrame:
        """``node``, ``lost_weight``, ``weight``, greatest loss first.

        Parameters
        ----------
        members : polars.DataFrame
            ``firm``, ``node``; a firm on several nodes counts at each.
        """
        return _summed(self.firms.join(members, on="firm"), "node")


def what_if(network: Network, losses: Losses, *, rule: Rule | None = None) -> WhatIf:
    """What happens when these firms lose this much of their production.

    Parameters
    ----------
    losses : firm to its initial loss in [0, 1], or to a pair: towards its buyers, towards its suppliers

    Raises
    ------
    Refused
        A firm that is not in the network, a loss outside [0, 1].

    Examples
    --------
    >>> firms = pl.DataFrame({"firm": ["a", "b", "c"], "sector": ["1", "2", "3"]})
    >>> links = pl.DataFrame({"supplier": ["a", "b"], "buyer": ["b", "c"], "amount": [10.0, 10.0]})
    >>> what_if(Network.from_frames(firms, links), {"b": 0.5}).firms["loss"].to_list()
    [0.5, 0.5, 0.5]
    """
    found = run(network, Shocks.joint(network, [losses]), rule=rule, keep_losses=True)
    down, up = found.loss_down[0], found.loss_up[0]
    loss = np.maximum(down, up)
    firms = pl.DataFrame(
        {
            "firm": network.firms,
            "sector": [network.sectors[code] for code in network.sector],
            "loss_down": down,
            "loss_up": up,
            "loss": loss,
            "lost_weight": network.weight * loss,
            "weight": network.weight,
        }
    )
    esri, esri_down, esri_up = found.esri[0].tolist()
    return WhatIf(esri, esri_down, esri_up, firms)


def node_risk(
    network: Network, members: pl.DataFrame, *, rule: Rule | None = None, executor: Executor | None = None
) -> pl.DataFrame:
    """ESRI of nodes or chains: all firms of one stop together.

    Parameters
    ----------
    members : polars.DataFrame
        ``firm``, ``node``.

    Returns
    -------
    polars.DataFrame
        ``node``, ``firms`` (how many), ``esri``, ``esri_down``, ``esri_up``, ``iterations``, in the order of the nodes.

    Examples
    --------
    >>> firms = pl.DataFrame({"firm": ["a", "b"], "sector": ["1", "2"], "revenue": [20, 20], "cost": [20, 20]})
    >>> links = pl.DataFrame({"supplier": ["a", "b"], "buyer": ["b", "a"], "amount": [10.0, 10.0]})
    >>> members = pl.DataFrame({"firm": ["a", "a", "b"], "node": ["n1", "n2", "n2"]})
    >>> node_risk(Network.from_frames(firms, links), members).select("node", "esri").rows()
    [('n1', 0.75), ('n2', 1.0)]
    """
    nodes = members.unique(maintain_order=True).group_by("node", maintain_order=True).agg("firm")
    shocks = Shocks.joint(network, [dict.fromkeys(firms, 1.0) for firms in nodes["firm"].to_list()])
    found = run(network, shocks, rule=rule, executor=executor)
    return pl.DataFrame(
        {
            "node": nodes["node"],
            "firms": nodes["firm"].list.len(),
            "esri": found.esri[:, 0],
            "esri_down": found.esri[:, 1],
            "esri_up": found.esri[:, 2],
            "iterations": found.updates,
        }
    )


def lost_customer(network: Network, *, supplier: str, buyer: str) -> dict[str, tuple[float, float]]:
    """The shock of a lost customer: the supplier loses the part of its revenue that this buyer was.

    >>> firms = pl.DataFrame({"firm": ["a", "b"], "sector": ["1", "2"], "revenue": [40, 40]})
    >>> links = pl.DataFrame({"supplier": ["a"], "buyer": ["b"], "amount": [10.0]})
    >>> lost_customer(Network.from_frames(firms, links), supplier="a", buyer="b")
    {'a': (0.0, 0.25)}
    """
    place = network.places.get(supplier, -1)
    amount = network.amount[_link(network, supplier, buyer)]
    revenue = network.out_strength if network.revenue is None else network.revenue
    return {supplier: (0.0, min(1.0, float(amount / revenue[place])) if revenue[place] > 0 else 1.0)}


def with_second_supplier(network: Network, *, buyer: str, supplier: str, second: str, share: float) -> Network:
    """The network in which ``second`` takes over a share of what ``supplier`` sells to ``buyer``.

    Weights, revenues and costs stay: what the second supplier sells here it no longer sells outside.

    Raises
    ------
    Refused
        No such link, a firm that is not in the network, a share outside [0, 1].

    Examples
    --------
    >>> firms = pl.DataFrame({"firm": ["a", "b", "c"], "sector": ["1", "2", "1"]})
    >>> links = pl.DataFrame({"supplier": ["a", "c"], "buyer": ["b", "c"], "amount": [10.0, 1.0]})
    >>> network = Network.from_frames(firms, links)
    >>> safer = with_second_supplier(network, buyer="b", supplier="a", second="c", share=0.4)
    >>> what_if(network, {"a": 1.0}).firms["loss_down"][1], what_if(safer, {"a": 1.0}).firms["loss_down"][1]
    (1.0, 0.6)
    """
    if not 0 <= share <= 1:
        message, remedy = mark("The share is not between 0 and 1."), mark("0.3 is 30 %%.")
        raise Refused(Problem("chain.share", message, remedy=remedy))
    at = _link(network, supplier, buyer)
    if second not in network.places:
        raise _missing(mark("“%(firm)s” is not in the list of firms."), second, buyer)
    only = np.zeros(len(network.amount), dtype=bool)
    only[at] = True
    return handed_over(network, only, network.places[second], share)


def handed_over(network: Network, links: npt.NDArray[np.bool_], taker: int, share: float) -> Network:
    """The network in which the firm at place ``taker`` sells the share of these links in its suppliers' stead.

    Examples
    --------
    >>> firms = pl.DataFrame({"firm": ["a", "b", "c"], "sector": ["1", "2", "1"]})
    >>> links = pl.DataFrame({"supplier": ["a", "c"], "buyer": ["b", "b"], "amount": [10.0, 1.0]})
    >>> handed_over(Network.from_frames(firms, links), np.array([True, False]), 2, 0.5).amount.tolist()
    [5.0, 6.0]
    """
    moved = np.where(links, network.amount * share, 0.0)
    frame = pl.DataFrame(
        {
            "supplier": np.append(network.supplier, np.full(links.sum(), taker, dtype=np.int32)),
            "buyer": np.append(network.buyer, network.buyer[links]),
            "amount": np.append(network.amount - moved, moved[links]),
        }
    )
    frame = frame.group_by("supplier", "buyer").agg(pl.col("amount").sum()).filter(pl.col("amount") > 0)
    frame = frame.sort("supplier", "buyer")
    supplier, buyer, amount = (frame[name].to_numpy().copy() for name in ("supplier", "buyer", "amount"))
    return replace(network, supplier=supplier, buyer=buyer, amount=amount)


def _link(network: Network, supplier: str, buyer: str) -> int:
    ends = network.places.get(supplier, -1), network.places.get(buyer, -1)
    found = np.flatnonzero((network.supplier == ends[0]) & (network.buyer == ends[1]))
    if not len(found):
        raise _missing(mark("“%(firm)s” sells nothing to “%(buyer)s”."), supplier, buyer)
    return int(found[0])


def _missing(message: str, firm: str, buyer: str) -> Refused:
    params = {"firm": firm, "buyer": buyer}
    return Refused(Problem("chain.no_link", message, remedy=mark("Correct the names."), params=params))


def _summed(firms: pl.DataFrame, group: str) -> pl.DataFrame:
    sums = firms.group_by(group, maintain_order=True).agg(pl.col("lost_weight", "weight").sum())
    return sums.sort(["lost_weight", group], descending=[True, False])
