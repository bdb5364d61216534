"""Gaps and local sourcing of an area's chains as an output to keep: classes by dated rules, rows, gains, candidates.

A purchase belongs to the node that its product names, else to the node at which its supplier stands, if that is one (in
the buyer's chains, where it is several). What belongs to no node counts for the buyer and is otherwise told apart.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from zhizao.apps.chain import gaps_gains, risk_run
from zhizao.apps.chain.network import Purchase, Trade
from zhizao.base.facts.models import Link
from zhizao.kernel.text import normalise

if TYPE_CHECKING:
    import datetime as dt

    import polars as pl

    from zhizao.apps.chain.queries import ChainView, NodeView
    from zhizao.kernel.rules import Rulebook

ENGINE = "chain.gaps"
ENGINE_VERSION = "1"
GROUPS = ("node", "chain", "buyer", "tier")
AREA = "area"
SEVERAL, PART = 2, "#"
"""As how many an unknown number of suppliers counts; what stands between a supplier and the number of its part."""


class Nodes:
    """The nodes of the chains with makers, and which of them a purchase is of."""

    def __init__(self, chains: Sequence[ChainView], trade: Trade) -> None:
        self.chain_of = {node.key: chain for chain in chains for node in chain.nodes if node.has_makers}
        self.by_key: dict[str, NodeView] = {
            node.key: node for chain in chains for node in chain.nodes if node.has_makers
        }
        self.firms: dict[str, list[str]] = {
            key: [firm.key for firm in node.enterprises] for key, node in self.by_key.items()
        }
        self._at: dict[str, list[str]] = defaultdict(list)
        self._named: dict[str, list[str]] = defaultdict(list)
        for key, node in self.by_key.items():
            for firm in self.firms[key]:
                self._at[firm].append(key)
            for word in {node.name, *node.products.replace("，", "、").split("、")}:
                if word.strip():
                    self._named[normalise(word).strip()].append(key)
        self.of_purchase = [self._node_of(one) for one in trade.purchases]

    def _node_of(self, one: Purchase) -> str | None:
        if one.product:
            return self._single(self._named.get(normalise(one.product).strip(), []), one.buyer)
        return self._single(self._at.get(one.supplier, []), one.buyer)

    def _single(self, nodes: Sequence[str], buyer: str) -> str | None:
        """The only node, or the only one in the buyer's chains; None if that leaves none or several."""
        if len(nodes) != 1:
            chains = {self.chain_of[key].key for key in self._at.get(buyer, [])}
            nodes = [key for key in nodes if self.chain_of[key].key in chains]
        return nodes[0] if len(nodes) == 1 else None


def make(
    trade: Trade,
    chains: Sequence[ChainView],
    *,
    on: dt.date,
    risk: Mapping[str, Any] | None,
    tiers: Mapping[str, str],
    industries: Mapping[str, str],
) -> dict[str, Any]:
    """The output of a run.

    Parameters
    ----------
    risk : the output of ``risk_run``; without it systemic risk is unknown and nothing can be run
    tiers, industries : of enterprises by key, as far as known
    """
    from zhizao.engines.chain import find_gaps, gap_rules
    from zhizao.engines.chain.gaps import GAPS

    nodes = Nodes(chains, trade)
    bought = purchase_frame(trade, nodes, tiers)
    of_nodes = bought.filter(bought["node"].is_not_null()).with_row_index("at")
    esri = {row["subject"]: row["esri"] for row in risk["nodes"]} if risk else {}
    gaps = find_gaps(_node_frame(nodes, esri), _maker_frame(nodes), of_nodes.drop("at", "row"), book=gap_rules(), on=on)
    measures = {row["node"]: row for row in gaps.measures.iter_rows(named=True)}
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in gaps.found.iter_rows(named=True):
        found[row["node"]].append(
            {
                "gap": row["gap"],
                "status": row["status"],
                "deciding": list(row["deciding"] or []),
                "missing": list(row["missing"] or []),
            }
        )
    rows_of: dict[tuple[str, str], set[int]] = defaultdict(set)
    rows_at = dict(zip(of_nodes["at"].to_list(), of_nodes["row"].to_list(), strict=True))
    for row in gaps.evidence.iter_rows(named=True):
        if row["table"] == "purchases":
            rows_of[row["node"], row["gap"]].add(rows_at[row["row"]])
    gains = gaps_gains.make(trade, nodes, measures, found, on_network=risk is not None)
    candidates = gaps_gains.candidates(trade, nodes, measures, found, bought, industries)
    return {
        "simulated": trade.simulated,
        "rules": {gap: _words(gap_rules(), gap, on) for gap in GAPS},
        "value_added_rate": gains.value_added_rate,
        "nodes": [
            {
                "subject": key,
                "name": node.name,
                "chain": nodes.chain_of[key].key,
                "chain_name": nodes.chain_of[key].name,
                "stage": node.stage,
                **_measured(measures[key]),
                "esri": esri.get(key),
                "gaps": [
                    one
                    | gains.of(key, one["gap"])
                    | {"rows": sorted(rows_of[key, one["gap"]]), "candidates": candidates.get(key, [])}
                    if one["status"] == "yes"
                    else one
                    for one in found.get(key, [])
                ],
            }
            for key, node in nodes.by_key.items()
        ],
        "sourcing": {by: _sourcing(bought, by) for by in GROUPS},
        "chain_shares": _chain_shares(bought, nodes),
        "whole": _sourcing(bought, AREA),
        "of_no_node": _unplaced(bought),
        "purchases": [_purchase(one, node) for one, node in zip(trade.purchases, nodes.of_purchase, strict=True)],
        "names": {firm.key: firm.name for firm in trade.firms} | dict(trade.regions),
    }


@cache
def rules_sha256() -> str:
    """Of all rules of gaps: another threshold makes another run."""
    folder = files("zhizao") / "packs" / "china" / "gaps"
    digest = hashlib.sha256()
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _words(book: Rulebook, gap: str, on: dt.date) -> dict[str, Any]:
    """What a rule is called and what its conditions say, in each language, with the thresholds of the day."""
    bound = book.rule(f"gap.{gap}", as_of=on)
    return {
        "title": dict(bound.rule.title),
        "conditions": {condition.id: dict(condition.text) for condition in bound.rule.conditions},
        "thresholds": {name: str(value) for name, value in bound.parameters.items()},
    }


def purchase_frame(trade: Trade, nodes: Nodes, tiers: Mapping[str, str]) -> pl.DataFrame:
    """What the area's firms buy, a row for each supplier.

    A relation that stands for several outside suppliers becomes as many rows of equal parts, which is the least that
    its concentration can be; where their number is unknown it becomes two, so that no single source is claimed.
    """
    import polars as pl

    rows = []
    for place, (one, node) in enumerate(zip(trade.purchases, nodes.of_purchase, strict=True)):
        if one.basis == Link.Basis.ESTIMATED:
            continue
        count = 1 if one.is_local else one.parties or SEVERAL
        amount = None if one.fen is None else one.fen / risk_run.FEN_PER_WAN_YUAN / count
        chain = nodes.chain_of[node].key if node else None
        region = None if one.is_local or one.supplier in trade.anywhere else trade.regions[one.supplier]
        for number in range(count):
            supplier = one.supplier if count == 1 else f"{one.supplier}{PART}{one.buyer}{PART}{number}"
            rows.append(
                (place, one.buyer, node, chain, tiers.get(one.buyer), AREA, supplier, region, one.is_local, amount)
            )
    text = ("buyer", "node", "chain", "tier", "area", "supplier", "region")
    schema = {"row": pl.Int64} | dict.fromkeys(text, pl.String) | {"local": pl.Boolean, "amount": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _node_frame(nodes: Nodes, esri: Mapping[str, float | None]) -> pl.DataFrame:
    import polars as pl

    rows = [(key, None, None, esri.get(key)) for key in nodes.by_key]
    money = ("demand_wan_yuan", "location_quotient", "esri")
    return pl.DataFrame(rows, schema={"node": pl.String} | dict.fromkeys(money, pl.Float64), orient="row")


def _maker_frame(nodes: Nodes) -> pl.DataFrame:
    """Enterprises of the register at each node: they stand there because they make it, so they are capable."""
    import polars as pl

    rows = [(firm, key, True) for key, firms in nodes.firms.items() for firm in firms]
    return pl.DataFrame(rows, schema={"firm": pl.String, "node": pl.String, "capable": pl.Boolean}, orient="row")


def _measured(row: Mapping[str, Any]) -> dict[str, Any]:
    columns = (
        *("local_firms", "demand_wan_yuan", "local_share_pct", "suppliers", "hhi", "largest_supplier"),
        *("outside_region", "outside_region_share_pct", "esri_rank_pct", "idle_firms"),
    )
    found = {column: row[column] for column in columns}
    return found | {"largest_supplier": whole(row["largest_supplier"])}


def whole(supplier: str | None) -> str | None:
    """A supplier, or the outside region of which it is a part."""
    return None if supplier is None else supplier.partition(PART)[0]


def _sourcing(bought: pl.DataFrame, by: str) -> list[dict[str, Any]]:
    """Local sourcing of each group, by name; purchases of no group are left out."""
    from zhizao.engines.chain import local_sourcing

    rows = local_sourcing(bought.filter(bought[by].is_not_null()), by=[by])
    columns = (
        *("suppliers", "suppliers_local", "share_by_count", "coverage_by_count"),
        *("bought", "bought_local", "share_by_value", "coverage_by_value"),
    )
    found = [{"group": row[by], **{column: row[column] for column in columns}} for row in rows.iter_rows(named=True)]
    return sorted(found, key=lambda row: (-row["bought"], row["group"]))


def _chain_shares(bought: pl.DataFrame, nodes: Nodes) -> dict[str, dict[str, Any]]:
    """Local sourcing of each chain as the mean over its nodes by what is bought of them."""
    import polars as pl

    from zhizao.engines.chain import chain_share

    shares = {row["group"]: row for row in _sourcing(bought, "node")}
    by_chain: dict[str, list[tuple[float | None, float]]] = defaultdict(list)
    for key, row in shares.items():
        by_chain[nodes.chain_of[key].key].append((row["share_by_value"], row["bought"]))
    schema = {"share_by_value": pl.Float64, "cost_share": pl.Float64}
    found = {}
    for chain, rows in sorted(by_chain.items()):
        share, coverage = chain_share(pl.DataFrame(rows, schema=schema, orient="row"))
        found[chain] = {"share": share, "coverage": coverage}
    return found


def _unplaced(bought: pl.DataFrame) -> dict[str, Any]:
    """How much of what is bought could be put to no node."""
    apart = bought.filter(bought["node"].is_null())
    return {"relations": apart.height, "wan_yuan": apart["amount"].sum(), "all_wan_yuan": bought["amount"].sum()}


def _purchase(one: Purchase, node: str | None) -> dict[str, Any]:
    return {
        "supplier": one.supplier,
        "buyer": one.buyer,
        "product": one.product,
        "wan_yuan": None if one.fen is None else one.fen / risk_run.FEN_PER_WAN_YUAN,
        "local": one.is_local,
        "node": node,
        "basis": one.basis,
        "simulated": one.simulated,
    }
