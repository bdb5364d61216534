"""What closing a gap is worth, found by running it, and who could close it.

    strengthen   a second supplier takes half of every sale of the largest local one: by how much its ESRI falls
    fill         what is bought outside is made here: min(capacity, demand − local) × value-added rate

The rate is that of the area's own firms, 1 − cost / revenue over those of which both are recorded. A capacity nobody
knows limits nothing. Candidates inside are enterprises of the register; those outside are the names that the plan
has at the node and that the register does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zhizao.apps.chain import risk_run

if TYPE_CHECKING:
    import polars as pl

    from zhizao.apps.chain.gaps_run import Nodes
    from zhizao.apps.chain.network import Trade

STRENGTHENED = ("single_source", "critical")
FILLED = ("missing", "weak", "exposed")
SECOND_SHARE = 0.5
MOST_CANDIDATES = 8

Found = Mapping[str, list[dict[str, Any]]]
Measures = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Gains:
    """What was run: by node the fall of risk and the value added won."""

    value_added_rate: float | None
    strengthened: Mapping[str, Mapping[str, Any]]
    filled: Mapping[str, Mapping[str, Any]]

    def of(self, node: str, gap: str) -> dict[str, Any]:
        """The gain of closing a gap, as its row has it; unknown where it could not be run."""
        row = self.strengthened.get(node, {}) if gap in STRENGTHENED else {}
        more = self.filled.get(node, {}) if gap in FILLED else {}
        return {
            "supplier": row.get("supplier"),
            "esri_before": row.get("esri"),
            "esri_after": row.get("esri_after"),
            "esri_gain": row.get("gain"),
            "replaced_wan_yuan": more.get("replaced_wan_yuan"),
            "gain_wan_yuan": more.get("gain_wan_yuan"),
        }


def make(trade: Trade, nodes: Nodes, measures: Measures, found: Found, *, on_network: bool) -> Gains:
    """Run every gap that is certain."""
    rate = value_added_rate(trade)
    return Gains(
        rate,
        _strengthened(trade, nodes, measures, found) if on_network else {},
        _filled(measures, found, rate),
    )


def value_added_rate(trade: Trade) -> float | None:
    """1 − cost / revenue over the firms of which both are recorded with their flows outside."""
    known = [firm for firm in trade.firms if firm.sold_outside is not None and firm.bought_outside is not None]
    revenue = sum(firm.revenue for firm in known)
    return max(0.0, 1 - sum(firm.cost for firm in known) / revenue) if revenue else None


def _certain(found: Found, gaps: tuple[str, ...]) -> list[str]:
    return [node for node, rows in found.items() if any(r["status"] == "yes" and r["gap"] in gaps for r in rows)]


def _strengthened(trade: Trade, nodes: Nodes, measures: Measures, found: Found) -> dict[str, dict[str, Any]]:
    import polars as pl

    from zhizao.engines.chain import second_supplier_gains

    supplier_of = {}
    for node in _certain(found, STRENGTHENED):
        makers = [firm for firm in nodes.firms[node] if firm in trade.by_key]
        largest = measures[node]["largest_supplier"]
        local = largest if largest in trade.by_key else max(makers, key=lambda k: trade.by_key[k].sold, default=None)
        if local is not None:
            supplier_of[node] = local
    suppliers = sorted(set(supplier_of.values()))
    if not suppliers:
        return {}
    pairs = pl.DataFrame(
        {"supplier": suppliers, "second": [None] * len(suppliers)}, schema={"supplier": pl.String, "second": pl.String}
    )
    gains = second_supplier_gains(trade.engine(), pairs, share=SECOND_SHARE, rule=risk_run.rule())
    by_supplier = {row["supplier"]: row for row in gains.iter_rows(named=True)}
    return {node: by_supplier[supplier] for node, supplier in supplier_of.items()}


def _filled(measures: Measures, found: Found, rate: float | None) -> dict[str, dict[str, Any]]:
    import polars as pl

    from zhizao.engines.chain import filling_gains

    wanted = _certain(found, FILLED)
    # Of a node where nobody is, all that is bought comes from outside, also where places are unknown.
    rows = [
        (key, measures[key]["demand_wan_yuan"], measures[key]["local_share_pct"], None, rate) for key in sorted(wanted)
    ]
    money = ("demand_wan_yuan", "local_share_pct", "capacity_wan_yuan", "value_added_rate")
    frame = pl.DataFrame(rows, schema={"node": pl.String} | dict.fromkeys(money, pl.Float64), orient="row")
    return {row["node"]: row for row in filling_gains(frame).iter_rows(named=True)}


def candidates(
    trade: Trade, nodes: Nodes, measures: Measures, found: Found, bought: pl.DataFrame, industries: Mapping[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """Who could close the gaps of each node, the likeliest first, each with the reasons that are known."""
    from zhizao.engines.chain import find_candidates

    firms = _firm_frame(trade, nodes, industries)
    result = {}
    for node in _certain(found, (*STRENGTHENED, *FILLED)):
        view, measure = nodes.by_key[node], measures[node]
        here = set(nodes.firms[node])
        outside = _outside_wan_yuan(measure)
        rows = find_candidates(
            firms.filter(~firms["firm"].is_in(list(here))),
            bought,
            product="、".join(filter(None, (view.name, view.products))),
            wanted_wan_yuan=outside,
            buyers=frozenset(bought.filter(bought["node"] == node)["buyer"].to_list()),
            single_source=measure["largest_supplier"] if measure["largest_supplier"] in trade.by_key else None,
        )
        inside = [row | {"local": True} for row in rows.head(MOST_CANDIDATES).iter_rows(named=True)]
        named = [
            {"firm": None, "called": member.name, "local": None, "named_in_plan": True}
            for member in view.members
            if member.enterprise is None and member.member_type == "enterprise"
        ]
        result[node] = inside + named[:MOST_CANDIDATES]
    return result


def _outside_wan_yuan(measure: Mapping[str, Any]) -> float | None:
    demand, share = measure["demand_wan_yuan"], measure["local_share_pct"]
    return None if demand is None or share is None else demand * (1 - share / 100)


def _firm_frame(trade: Trade, nodes: Nodes, industries: Mapping[str, str]) -> pl.DataFrame:
    """Enterprises of the area by what they make: the nodes at which they stand; how much they could make is unknown."""
    import polars as pl

    makes: dict[str, list[str]] = {}
    for key, firms in nodes.firms.items():
        for firm in firms:
            makes.setdefault(firm, []).append(nodes.by_key[key].name)
    keys = sorted({*makes, *trade.by_key})
    rows = [(key, True, "、".join(makes.get(key, [])) or None, industries.get(key), None) for key in keys]
    schema = {
        "firm": pl.String,
        "local": pl.Boolean,
        "product": pl.String,
        "code": pl.String,
        "capacity_wan_yuan": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
