"""Systemic risk of every firm, node and chain of an area as an output to keep; the same trade gives the same bytes.

Settings: tolerance 1e-10, the first stop rule (greatest fall of any firm), float64. Weights are the firms' revenues
with what they sell outside, so that ESRI is a share of all recorded sales of the area's firms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zhizao.apps.chain.network import Firm, Trade

if TYPE_CHECKING:
    import polars as pl

    from zhizao.apps.chain.queries import ChainView
    from zhizao.engines.chain import Network, Rule

ENGINE = "chain.risk"
ENGINE_VERSION = "1"
PARAMETERS: Mapping[str, Any] = {"eps": 1e-10, "stop": 1, "precision": "float64", "market": True, "weights": "revenue"}
PATHS_OF, PATHS = 100, 10
"""Of how many firms, those with the highest risk, the paths of their loss are kept, and how many of each."""
FEN_PER_WAN_YUAN = 1_000_000


def rule() -> Rule:
    """The settings as the engine takes them."""
    from zhizao.engines.chain import Rule

    return Rule(eps=PARAMETERS["eps"], stop=PARAMETERS["stop"], market=PARAMETERS["market"])


def make(trade: Trade, chains: Sequence[ChainView], *, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """The output of a run.

    Parameters
    ----------
    progress : told how many firms are done, and of how many; what it raises ends the work

    Raises
    ------
    Refused
        ``chain.no_links``, ``chain.closed``, ``chain.never_settles``.
    """
    trade.refuse_if_closed()
    from zhizao.engines.chain import systemic_risk

    network = trade.engine()
    found = systemic_risk(network, rule=rule(), progress=progress)
    firms = sorted(found.iter_rows(named=True), key=lambda row: (-row["esri"], row["firm"]))
    revenue, cost = trade.known_shares
    return {
        "unit": "1",
        "simulated": trade.simulated,
        "counts": trade.counts,
        "known_revenue_share": revenue,
        "known_cost_share": cost,
        "revenue_wan_yuan": _wan(sum(firm.revenue for firm in trade.firms)),
        "inside_wan_yuan": _wan(sum(one.fen or 0 for one in trade.inside)),
        "firms": [_row(trade, row) for row in firms],
        "nodes": _together(
            network, trade, [(node.key, node.name, node.enterprises) for c in chains for node in c.nodes]
        ),
        "chains": _together(network, trade, [(chain.key, chain.name, chain.enterprises) for chain in chains]),
        "paths": {row["firm"]: paths(network, {row["firm"]: 1.0}) for row in firms[:PATHS_OF] if row["esri"] > 0},
        "names": {firm.key: firm.name for firm in trade.firms},
        "regions": dict(trade.regions),
    }


def _row(trade: Trade, row: Mapping[str, Any]) -> dict[str, Any]:
    firm = trade.by_key[row["firm"]]
    return {
        "subject": firm.key,
        "name": firm.name,
        "sector": trade.sectors.get(firm.sector, ""),
        "revenue_wan_yuan": _wan(firm.revenue),
        "upper_bound": is_upper_bound(firm),
        **{name: row[name] for name in ("esri", "esri_down", "esri_up", "vulnerability", "iterations")},
    }


def is_upper_bound(firm: Firm) -> bool:
    """Whether flows of the firm outside are unknown, so that what it loses itself is at most this."""
    return (firm.sold > 0 and firm.sold_outside is None) or (firm.bought > 0 and firm.bought_outside is None)


def _together(network: Network, trade: Trade, groups: Iterable[tuple[str, str, Sequence[Any]]]) -> list[dict[str, Any]]:
    """What is lost if all firms of a node or chain stop at once; of one without firms in the network it is unknown."""
    from zhizao.engines.chain import node_risk

    known = list(groups)
    members = member_frame(trade, [(key, [subject.key for subject in firms]) for key, _name, firms in known])
    found = {row["node"]: row for row in node_risk(network, members, rule=rule()).iter_rows(named=True)}
    columns = ("firms", "esri", "esri_down", "esri_up")
    rows = [
        {"subject": key, "name": name, **{column: found[key][column] if key in found else None for column in columns}}
        for key, name, _firms in known
    ]
    return sorted(rows, key=lambda row: (-(row["esri"] or 0.0), row["subject"]))


def member_frame(trade: Trade, groups: Iterable[tuple[str, Iterable[str]]]) -> pl.DataFrame:
    """Which firms of the network stand at which node, as the engine takes it."""
    import polars as pl

    rows = [(firm, key) for key, firms in groups for firm in firms if firm in trade.by_key]
    return pl.DataFrame(rows, schema={"firm": pl.String, "node": pl.String}, orient="row")


def paths(network: Network, shock: Mapping[str, float | tuple[float, float]]) -> list[dict[str, Any]]:
    """The strongest paths of a loss, from the firm that stopped to the one that lost."""
    from zhizao.engines.chain import loss_paths

    found = loss_paths(network, shock, most=PATHS, rule=rule())
    return [{"firms": list(path.firms), "down": path.down, "share": path.share} for path in found]


def _wan(fen: int) -> float:
    return fen / FEN_PER_WAN_YUAN
