"""What is said beside the map of the node or the enterprise that is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhizao.apps.chain.map_data import ChainMap, Known, MapNode
from zhizao.apps.registry import queries as registry
from zhizao.base.facts.models import Subject

if TYPE_CHECKING:
    from zhizao.apps.chain.queries import MemberView
    from zhizao.apps.registry.queries import Actor, View

NAMES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A node that supplies this one, or buys from it; by how many links."""

    node: MapNode
    links: int


@dataclass(frozen=True, slots=True)
class NodePanel:
    """A node: what it lacks, who is here, who else is named, with whom it is linked."""

    node: MapNode
    rank: int | None
    suppliers: tuple[Neighbour, ...]
    buyers: tuple[Neighbour, ...]

    @property
    def others(self) -> list[MemberView]:
        """Members that are not in the register."""
        return [member for member in self.node.view.members if member.enterprise is None]

    @property
    def first_others(self) -> list[MemberView]:
        return self.others[:NAMES_SHOWN]

    @property
    def more_others(self) -> list[MemberView]:
        return self.others[NAMES_SHOWN:]


@dataclass(frozen=True, slots=True)
class FirmPanel:
    """An enterprise of the chain: where it stands, how systemic it is, with how many it deals in the region."""

    subject: Subject
    name: str
    nodes: tuple[MapNode, ...]
    risk: float | None
    suppliers: int
    customers: int
    simulated: bool


def node_panel(found: ChainMap, key: str) -> NodePanel | None:
    """The panel of a node of the map; None if it is not on it."""
    node = found.node(key)
    if node is None:
        return None
    key = node.view.key
    ranked = [one.view.key for one in found.by_risk if one.risk is not None]
    return NodePanel(
        node,
        ranked.index(key) + 1 if key in ranked else None,
        _neighbours(found, [(edge.supplier, edge.links) for edge in found.edges if edge.buyer == key]),
        _neighbours(found, [(edge.buyer, edge.links) for edge in found.edges if edge.supplier == key]),
    )


def _neighbours(found: ChainMap, ends: Sequence[tuple[str, int]]) -> tuple[Neighbour, ...]:
    known = [(found.node(key), links) for key, links in sorted(ends, key=lambda end: -end[1])]
    return tuple(Neighbour(node, links) for node, links in known if node is not None)


def firm_panel(actor: Actor, found: ChainMap, known: Known, id_part: str, seen: View) -> FirmPanel | None:
    """The panel of an enterprise at a node of the map; None if it is at none, or the actor may not see it."""
    nodes = tuple(node for node in found.nodes if any(m.enterprise.id_part == id_part for m in node.here))
    subject = registry.enterprise(actor, id_part) if nodes else None
    if subject is None:
        return None
    links = [link for link in registry.links(actor, seen).filter(subject=subject) if not _outside(link.buyer)]
    bought = [link for link in registry.links(actor, seen).filter(buyer=subject) if not _outside(link.subject)]
    return FirmPanel(
        subject,
        registry.parent_names([subject], seen)[subject.pk],
        nodes,
        known.firms.get(subject.pk),
        suppliers=len({link.subject_id for link in bought}),
        customers=len({link.buyer_id for link in links}),
        simulated=any(link.simulated for link in [*links, *bought]),
    )


def _outside(subject: Subject) -> bool:
    return subject.key.endswith(registry.OUTSIDE)
