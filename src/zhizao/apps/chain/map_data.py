"""A chain as a map: where each node stands, who of the region stands there, its gaps and its risk.

Stages are the plan's where it prints them, computed from the links otherwise; a layer set by hand wins. A node supplies
another where that is stated, or where one of its enterprises sells to one of the other's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from zhizao.apps.chain.map_routes import line_rows
from zhizao.apps.chain.models import Stage
from zhizao.apps.registry import queries as registry

if TYPE_CHECKING:
    import polars as pl

    from zhizao.apps.chain.queries import ChainView, MemberView, NodeView
    from zhizao.apps.registry.queries import Actor, View

STAGES = {Stage.UPSTREAM: "upstream", Stage.MIDSTREAM: "midstream", Stage.DOWNSTREAM: "downstream"}
"""What the engine calls the stages."""
MOST_DRAWN = 2000
"""Nodes that a browser draws; a larger map is drawn on the server."""


@dataclass(frozen=True, slots=True)
class MapNode:
    """A node, and what the map says of it; ``gaps`` and ``risk`` are None where nothing is known.

    ``risk`` is the ESRI, 0 to 1, of the failure of all its enterprises in the region at once.
    """

    view: NodeView
    stage: str
    layer: int
    column: int
    row: float
    gaps: tuple[str, ...] | None = None
    gap_evidence: str = ""
    risk: float | None = None
    risk_evidence: str = ""

    @property
    def here(self) -> tuple[MemberView, ...]:
        """Its members that are enterprises of the register, each once."""
        return tuple({member.enterprise: member for member in self.view.members if member.enterprise}.values())

    @property
    def here_count(self) -> int | None:
        """How many of them; None where the node names no makers."""
        return None if self.presence == "none" else len(self.here)

    @property
    def named(self) -> int:
        return len(self.view.members)

    @property
    def presence(self) -> str:
        """good (several enterprises of the region), watch (one), bad (none), none (the node names no makers)."""
        if not self.view.has_makers:
            return "none"
        return ("bad", "watch")[len(self.here)] if len(self.here) < 2 else "good"

    @property
    def lacks(self) -> bool:
        """Whether it has a gap."""
        return lacks(self.view, self.gaps)

    @property
    def share_pct(self) -> float | None:
        """Enterprises of the region among all that are named; None where nobody is."""
        return 100 * len(self.here) / self.named if self.named and self.view.has_makers else None

    @property
    def simulated(self) -> bool:
        return any(member.simulated for member in self.here)


@dataclass(frozen=True, slots=True)
class MapEdge:
    """That a node supplies another; ``links`` of their enterprises show it, or none where it is only stated.

    Its line runs at ``row`` behind the columns between the two.
    """

    supplier: str
    buyer: str
    links: int = 0
    simulated: bool = False
    row: float = 0.0


@dataclass(frozen=True, slots=True)
class Column:
    """A layer of the map, the ``number``-th of its stage, and the columns that it takes."""

    stage: str
    number: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class ChainMap:
    """A chain with everything placed; ``all_nodes`` counts those that a filter left out too."""

    chain: ChainView
    nodes: tuple[MapNode, ...]
    edges: tuple[MapEdge, ...]
    columns: tuple[Column, ...]
    all_nodes: int
    cuts: tuple[float, ...]

    def level(self, risk: float | None) -> int:
        """The step of a risk, 1 to 4; 0 if it is unknown."""
        return 0 if risk is None else 1 + sum(risk >= cut for cut in self.cuts)

    def node(self, key: str) -> MapNode | None:
        """The node of a key, or of the part of it that addresses use."""
        return next((node for node in self.nodes if key in (node.view.key, node.view.id)), None)

    @property
    def by_risk(self) -> list[MapNode]:
        """The nodes from the highest risk down; those of unknown risk last, the emptiest first."""
        return sorted(self.nodes, key=lambda node: (1.0 if node.risk is None else -node.risk, len(node.here)))

    @property
    def lacking(self) -> list[MapNode]:
        """The nodes with a gap: where nobody of the region stands first, then by risk."""
        return sorted((node for node in self.by_risk if node.lacks), key=lambda node: node.presence != "bad")

    @property
    def simulated(self) -> bool:
        """Whether a link of the map is simulated."""
        return any(edge.simulated for edge in self.edges)


@dataclass(frozen=True, slots=True)
class Known:
    """What the last runs say: by node the classes of gaps and the ESRI, with their evidence; ESRI by enterprise."""

    gaps: Mapping[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    nodes: Mapping[str, tuple[float | None, str]] = field(default_factory=dict)
    firms: Mapping[int, float] = field(default_factory=dict)
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the map is narrowed to: nodes with somebody of the region, with a gap, with one of these enterprises."""

    local: bool = False
    gaps: bool = False
    firms: frozenset[int] | None = None


def chain_map(actor: Actor, chain: ChainView, seen: View, known: Known, wanted: Wanted | None = None) -> ChainMap:
    """The map of a chain, narrowed to what is wanted."""
    wanted = wanted or Wanted()
    kept = [node for node in chain.nodes if _is_wanted(node, known, wanted)]
    edges = edges_of(actor, kept, seen)
    placed, columns = _placed(kept, edges)
    nodes = []
    for node, (stage, layer, column, row) in zip(kept, placed, strict=True):
        gaps, gap_evidence = known.gaps.get(node.key, (None, ""))
        risk, risk_evidence = known.nodes.get(node.key, (None, ""))
        nodes.append(
            MapNode(
                node,
                stage,
                layer,
                column,
                row,
                gaps=gaps,
                gap_evidence=gap_evidence,
                risk=risk,
                risk_evidence=risk_evidence,
            )
        )
    return ChainMap(chain, tuple(nodes), _routed(edges, nodes), columns, len(chain.nodes), risk_cuts(seen.on))


def _is_wanted(node: NodeView, known: Known, wanted: Wanted) -> bool:
    here = {firm.pk for firm in node.enterprises}
    if wanted.local and not here:
        return False
    if wanted.firms is not None and wanted.firms.isdisjoint(here):
        return False
    return not wanted.gaps or lacks(node, known.gaps.get(node.key, (None, ""))[0])


def lacks(node: NodeView, gaps: Sequence[str] | None) -> bool:
    """Whether the rules found a gap, or nobody of the region stands there; before they were asked, whether one does."""
    if not node.has_makers:
        return False
    here = len(node.enterprises)
    return bool(gaps) or here == 0 or (gaps is None and here == 1)


def edges_of(actor: Actor, nodes: Sequence[NodeView], seen: View) -> tuple[MapEdge, ...]:
    """Who supplies whom among the nodes: as stated, and as the links of their enterprises show."""
    keys = {node.key for node in nodes}
    found = {(node.key, buyer): [0, False] for node in nodes for buyer in node.buyers if buyer in keys}
    at: dict[int, list[str]] = {}
    for node in nodes:
        for firm in node.enterprises:
            at.setdefault(firm.pk, []).append(node.key)
    links = registry.links(actor, seen).filter(subject__in=list(at), buyer__in=list(at)) if at else ()
    for link in links:
        for pair in ((a, b) for a in at[link.subject_id] for b in at[link.buyer_id] if a != b):
            count = found.setdefault(pair, [0, False])
            count[0] += 1
            count[1] = count[1] or link.simulated
    return tuple(MapEdge(a, b, links, simulated) for (a, b), (links, simulated) in sorted(found.items()))


def _placed(
    nodes: Sequence[NodeView], edges: Sequence[MapEdge]
) -> tuple[list[tuple[str, int, int, float]], tuple[Column, ...]]:
    """Stage, layer, column and row of each node, and the columns' heads."""
    if not nodes:
        return [], ()
    import polars as pl

    from zhizao.engines.chain import node_layers, positions

    links = pl.DataFrame(
        {"supplier": [edge.supplier for edge in edges], "buyer": [edge.buyer for edge in edges]},
        schema={"supplier": pl.String, "buyer": pl.String},
    )
    said = {of_engine: stage.value for stage, of_engine in STAGES.items()}
    stages = {node.key: STAGES[Stage(node.stage)] for node in nodes if node.stage}
    found = node_layers(pl.DataFrame({"node": [node.key for node in nodes]}), links, override=stages)
    found = found.with_columns(layer=pl.Series(_layers(nodes, edges, found), dtype=pl.Int64))
    drawn = found.join(positions(found, links), on="node", maintain_order="left")
    column_at = {x: place for place, x in enumerate(sorted(set(drawn["x"].to_list())))}
    placed = [
        (said.get(row["stage"], ""), row["layer"], column_at[row["x"]], row["y"]) for row in drawn.iter_rows(named=True)
    ]
    return placed, _columns(placed)


def _layers(nodes: Sequence[NodeView], edges: Sequence[MapEdge], found: pl.DataFrame) -> list[int]:
    """The layer set by hand, else the computed one; a node without links joins the first of the others of its stage."""
    linked = {key for edge in edges for key in (edge.supplier, edge.buyer)}
    computed = list(zip(found["node"], found["stage"], found["layer"], strict=True))
    first: dict[str | None, int] = {}
    for key, stage, layer in computed:
        if key in linked:
            first[stage] = min(first.get(stage, layer), layer)
    by_hand = {node.key: node.layer for node in nodes}
    return [
        layer if (layer := by_hand[key]) is not None else own if key in linked else first.get(stage, own)
        for key, stage, own in computed
    ]


def _columns(placed: Sequence[tuple[str, int, int, float]]) -> tuple[Column, ...]:
    taken: dict[tuple[str, int], list[int]] = {}
    for stage, layer, column, _row in placed:
        taken.setdefault((stage, layer), []).append(column)
    of_stage: dict[str, int] = {}
    found = []
    for (stage, _layer), at in sorted(taken.items(), key=lambda item: min(item[1])):
        of_stage[stage] = of_stage.get(stage, 0) + 1
        found.append(Column(stage, of_stage[stage], min(at), max(at)))
    return tuple(found)


def _routed(edges: Sequence[MapEdge], nodes: Sequence[MapNode]) -> tuple[MapEdge, ...]:
    """The edges with the height at which each runs."""
    at = {node.view.key: (node.column, node.row) for node in nodes}
    rows = line_rows(at, [(edge.supplier, edge.buyer) for edge in edges])
    return tuple(replace(edge, row=row) for edge, row in zip(edges, rows, strict=True))


@cache
def _steps() -> list[dict[str, Any]]:
    text = (files("zhizao") / "packs" / "china" / "chain_map.yaml").read_text(encoding="utf-8")
    return sorted(yaml.safe_load(text)["steps"], key=lambda step: step["effective_from"])


def risk_cuts(on: date) -> tuple[float, ...]:
    """Where one step of risk ends and the next begins, on a day; the first ones known before any was set.

    >>> risk_cuts(date(2024, 1, 1))
    (0.01, 0.05, 0.15)
    """
    held = [step for step in _steps() if step["effective_from"] <= on] or _steps()[:1]
    return tuple(held[-1]["cuts"])
