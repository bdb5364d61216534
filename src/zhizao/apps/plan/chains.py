"""Industry chains of a plan: stages, nodes, members, and which members the plan's enterprise list names too."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zhizao.apps.plan.models import ChainMember, PlannedEnterprise, PlanVersion
from zhizao.apps.plan.queries import rows
from zhizao.base.accounts.models import Area
from zhizao.kernel.names import core

_LINK = re.compile(r".+?[省市区县]")
STAGES = ("上游", "中游", "下游")
SHORTEST_NAME = 3
SAME_BEGINNING = 2
MOST_KEPT = 32


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
        """Whether the node names channels or bases rather than enterprises: it has no gap to close."""
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


_kept: dict[str, list[Chain]] = {}


def chains(version: PlanVersion) -> list[Chain]:
    """All chains of a version, in order; kept by the version's contents, for matching names takes its time."""
    key = f"{version.pk}:{version.run.fingerprint}" if version.run else None
    if key is None or key not in _kept:
        found = _read(version)
        if key is None:
            return found
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = found
    return _kept[key]


def _read(version: PlanVersion) -> list[Chain]:
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
    """The names of an area and those above it, full and without 省, 市, 区, 县: what company names begin with.

    An area may be named by its whole chain (甲市乙区): each link counts.
    """
    names = Area.objects.filter(code__in=area.path.strip("/").split("/")).values_list("name", flat=True)
    links = [link for name in names for link in (_LINK.findall(name) or [name])]
    return tuple(dict.fromkeys(form for link in links for form in (link, link.rstrip("省市区县") or link)))


def abbreviates(short: str, name: str) -> bool:
    """Whether a short name is a name with characters left out, with the same beginning.

    >>> abbreviates("甲乙科技", "甲乙新能源科技"), abbreviates("甲乙科技", "丙甲乙科技")
    (True, False)
    """
    rest = iter(name)
    return name[:SAME_BEGINNING] == short[:SAME_BEGINNING] and all(character in rest for character in short)


class matcher:  # noqa: N801 -- used as a function
    """Finds the enterprise of the list that a chain's short name means.

    Names are compared by their core (without legal form and place). A short name also matches the one enterprise that
    it abbreviates: its characters stand in the core in their order and it begins alike. Two characters are too few for
    that, and where several enterprises fit none is taken: two legal entities are never merged.
    """

    def __init__(self, enterprises: list[PlannedEnterprise], *, places: tuple[str, ...]) -> None:
        self.places = places
        self.cores = [(core(enterprise.name, places=self.places), enterprise) for enterprise in enterprises]

    def __call__(self, member: ChainMember) -> PlannedEnterprise | None:
        if member.member_type not in ("", "enterprise"):
            return None
        wanted = core(member.member, places=self.places)
        same = [enterprise for name, enterprise in self.cores if name == wanted]
        if not same and len(wanted) >= SHORTEST_NAME:
            same = [enterprise for name, enterprise in self.cores if abbreviates(wanted, name)]
        return same[0] if len(same) == 1 else None
