"""Industry chains of a plan: stages, nodes, members, and which members the plan's enterprise list names too."""

from __future__ import annotations

from dataclasses import dataclass

from zhizao.apps.plan.models import ChainMember, PlannedEnterprise, PlanVersion
from zhizao.apps.plan.queries import rows
from zhizao.base.accounts.models import Area
from zhizao.kernel.names import core

STAGES = ("上游", "中游", "下游")
SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Member:
    """A name at a node, and the enterprise of the list that it is, if any."""

    row: ChainMember
    enterprise: PlannedEnterprise | None


@dataclass(frozen=True, slots=True)
class Node:
    """A box of the graph."""

    number: int
    stage: str
    name: str
    members: tuple[Member, ...]

    @property
    def listed(self) -> list[PlannedEnterprise]:
        """The enterprises of the list at this node, each once."""
        return list(dict.fromkeys(member.enterprise for member in self.members if member.enterprise))

    @property
    def member_count(self) -> int:
        return len(self.members)

    @property
    def listed_count(self) -> int | None:
        """How many enterprises of the list stand here; ``None`` for a sales channel."""
        return None if self.is_channel else len(self.listed)

    @property
    def is_channel(self) -> bool:
        """Whether the node names ways of selling rather than makers: it has no local gap."""
        return all(member.row.member_type not in ("", "enterprise") for member in self.members)

    @property
    def level(self) -> str:
        """good (several named in the list), watch (one), bad (none), none (no makers)."""
        if self.is_channel:
            return "none"
        return ("bad", "watch")[len(self.listed)] if len(self.listed) < 2 else "good"


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain as the plan draws it, its nodes from upstream to downstream."""

    number: int
    name: str
    nodes: tuple[Node, ...]

    @property
    def stages(self) -> list[str]:
        return list(dict.fromkeys(node.stage for node in self.nodes))

    @property
    def member_count(self) -> int:
        return sum(len(node.members) for node in self.nodes)

    @property
    def listed(self) -> list[PlannedEnterprise]:
        """The enterprises of the list in this chain, each once."""
        return list(dict.fromkeys(enterprise for node in self.nodes for enterprise in node.listed))

    def at_level(self, level: str) -> list[Node]:
        """Nodes of one level."""
        return [node for node in self.nodes if node.level == level]


def chains(version: PlanVersion) -> list[Chain]:
    """All chains of a version, in order."""
    members = list(rows(version, ChainMember))
    match = matcher(list(rows(version, PlannedEnterprise)), places=places_of(version.plan.area))
    found = []
    for number, name in enumerate(dict.fromkeys(member.chain for member in members), start=1):
        own = [Member(member, match(member)) for member in members if member.chain == name]
        boxes = dict.fromkeys((member.row.stage, member.row.node) for member in own)
        ordered = sorted(boxes, key=lambda box: STAGES.index(box[0]) if box[0] in STAGES else len(STAGES))
        nodes = tuple(
            Node(index, stage, node, tuple(m for m in own if (m.row.stage, m.row.node) == (stage, node)))
            for index, (stage, node) in enumerate(ordered, start=1)
        )
        found.append(Chain(number, name, nodes))
    return found


def places_of(area: Area) -> tuple[str, ...]:
    """The names of an area and those above it, full and without 省, 市, 区, 县: what company names begin with."""
    names = Area.objects.filter(code__in=area.path.strip("/").split("/")).values_list("name", flat=True)
    return tuple({form for name in names for form in (name, name[:-1] if name[-1:] in "省市区县" else name)})


class matcher:  # noqa: N801 -- used as a function
    """Finds the enterprise of the list that a chain's short name means.

    Names are compared by their core (without legal form and place). A short name also matches the one enterprise whose
    core contains it; if several do, none is taken: two legal entities are never merged.
    """

    def __init__(self, enterprises: list[PlannedEnterprise], *, places: tuple[str, ...]) -> None:
        self.places = places
        self.cores = [(core(enterprise.name, places=self.places), enterprise) for enterprise in enterprises]

    def __call__(self, member: ChainMember) -> PlannedEnterprise | None:
        if member.member_type not in ("", "enterprise"):
            return None
        wanted = core(member.member, places=self.places)
        if len(wanted) < SHORTEST_NAME:
            return None
        same = [enterprise for name, enterprise in self.cores if name == wanted]
        alike = same or [enterprise for name, enterprise in self.cores if wanted in name]
        return alike[0] if len(alike) == 1 else None
