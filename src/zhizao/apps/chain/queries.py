"""What is asked of the chains, on a day as known at an instant; read-only, scoped to the actor (None: the system)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from zhizao.apps.chain.models import Leader, Matter, NodeEdge, NodeFact, Placement, Stage
from zhizao.apps.registry import queries as register
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Membership, Subject
from zhizao.base.facts.queries import facts_at

if TYPE_CHECKING:
    from zhizao.apps.registry.queries import Actor, View
    from zhizao.base.accounts.models import Area

CHAIN = Membership.Tree.CHAIN
STAGES = tuple(Stage.values)
"""The stages in their order, by the words that plans print."""


@dataclass(frozen=True, slots=True)
class MemberView:
    """A name at a node; ``enterprise`` is None where it means nobody in the register."""

    name: str
    called: str
    """The enterprise's name in the register, else the name as printed."""
    enterprise: Subject | None
    member_type: str
    confidence: str
    basis: str
    source: str
    simulated: bool
    fact: Placement


@dataclass(frozen=True, slots=True)
class NodeView:
    """A node of a chain. ``stage`` is what the plan or the chain office says, or empty; ``layer`` is set by hand."""

    subject: Subject
    key: str
    name: str
    stage: str
    layer: int | None
    products: str
    members: tuple[MemberView, ...]
    buyers: tuple[str, ...]
    """Keys of the nodes of the chain that this one is stated to supply."""
    fact: NodeFact | None

    @property
    def id(self) -> str:
        return self.subject.id_part

    @property
    def layer_is_manual(self) -> bool:
        return self.layer is not None

    @property
    def enterprises(self) -> tuple[Subject, ...]:
        """The enterprises of the register at this node, each once."""
        return tuple(dict.fromkeys(member.enterprise for member in self.members if member.enterprise))

    @property
    def called(self) -> tuple[tuple[Subject, str], ...]:
        """The same with their names."""
        return tuple({member.enterprise: member.called for member in self.members if member.enterprise}.items())

    @property
    def has_makers(self) -> bool:
        """Whether enterprises may stand here at all: a node of channels alone has no gap to close."""
        makers = Placement.MemberType.ENTERPRISE
        return not self.members or any(member.member_type == makers for member in self.members)


@dataclass(frozen=True, slots=True)
class ChainView:
    """A chain with its nodes, from upstream to downstream."""

    subject: Subject
    key: str
    name: str
    nodes: tuple[NodeView, ...]

    @property
    def id(self) -> str:
        return self.subject.id_part

    @property
    def stages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(node.stage for node in self.nodes))

    @property
    def enterprises(self) -> tuple[Subject, ...]:
        """The enterprises of the register in this chain, each once."""
        return tuple(dict.fromkeys(firm for node in self.nodes for firm in node.enterprises))

    def node(self, key: str) -> NodeView | None:
        """The node of a key, with or without its kind."""
        wanted = key if ":" in key else f"{Subject.Kind.NODE}:{key}"
        return next((node for node in self.nodes if node.key == wanted), None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an enterprise stands: a node and its chain."""

    chain: Subject
    chain_name: str
    node: Subject
    node_name: str
    stage: str
    fact: Placement


def chains(actor: Actor | None, *, as_of: date | None = None, area: Area | None = None) -> list[ChainView]:
    """The chains that were known of on the day, by name; of an area and all below it if one is given."""
    found = _subjects(actor).filter(kind=Subject.Kind.CHAIN)
    if area is not None:
        found = found.filter(area__path__startswith=area.path)
    return _views(list(found.select_related("area")), register.view(as_of))


def chain(actor: Actor | None, key: str, *, as_of: date | None = None) -> ChainView | None:
    """One chain by its key, with or without its kind; None if there is none, or none for this actor."""
    wanted = key if ":" in key else f"{Subject.Kind.CHAIN}:{key}"
    found = _subjects(actor).filter(kind=Subject.Kind.CHAIN, key=wanted).select_related("area")
    return next(iter(_views(list(found), register.view(as_of))), None)


def places(subject: Subject, *, as_of: date | None = None) -> list[Place]:
    """Where an enterprise stands in the chains."""
    seen = register.view(as_of)
    at = seen.at
    records = [subject.pk, *(old for old, new in register.survivors(seen).items() if new == subject.pk)]
    own = Placement.objects.filter(enterprise__in=records)
    rows = list(facts_at(own, **at).select_related("subject").order_by("pk"))
    nodes = [row.subject_id for row in rows]
    of = {node: parents[0] for node, parents in facts.parents(nodes, tree=CHAIN, **at).items()}
    called = facts.names({*nodes, *(parent.pk for parent in of.values())}, **at)
    stages = dict(facts_at(NodeFact.objects.filter(subject__in=nodes), **at).values_list("subject", "stage"))
    return [
        Place(
            chain=of[row.subject_id],
            chain_name=called.get(of[row.subject_id].pk, ""),
            node=row.subject,
            node_name=called.get(row.subject_id, ""),
            stage=stages.get(row.subject_id, ""),
            fact=row,
        )
        for row in rows
        if row.subject_id in of
    ]


def leaders(actor: Actor | None, chain: ChainView | Subject, *, as_of: date | None = None) -> list[Leader]:
    """Who leads a chain: officials first."""
    rows = Leader.objects if actor is None else Leader.objects.visible_to(actor)
    found = facts_at(rows.filter(subject=_subject(chain)), **register.view(as_of).at)
    return list(found.select_related("enterprise").order_by("kind", "pk"))


def matters(actor: Actor | None, chain: ChainView | Subject, *, as_of: date | None = None) -> list[Matter]:
    """The matters of a chain that had been opened by then, those open then first, by the day they are due."""
    rows = Matter.objects if actor is None else Matter.objects.visible_to(actor)
    when = facts.instant(as_of)
    found = rows.filter(chain=_subject(chain), opened_at__lte=when).select_related("opened_by")
    return sorted(found, key=lambda matter: (not open_at(matter, when), matter.due_on, matter.pk))


def matter(pk: int) -> Matter | None:
    """A matter by its number, for the case that was opened of it."""
    return Matter.objects.filter(pk=pk).select_related("chain", "area").first()


def open_at(matter: Matter, when: datetime) -> bool:
    """Whether a matter waited to be done at an instant."""
    return matter.closed_at is None or matter.closed_at > when


def leaders_of(found: Iterable[ChainView], *, as_of: date | None = None) -> dict[str, list[Leader]]:
    """The leaders of several chains, by the chain's key."""
    rows = Leader.objects.filter(subject__in=[view.subject.pk for view in found]).select_related("subject")
    by_key: dict[str, list[Leader]] = defaultdict(list)
    for row in facts_at(rows, **register.view(as_of).at).order_by("kind", "pk"):
        by_key[row.subject.key].append(row)
    return by_key


def open_matters_of(found: Iterable[ChainView], *, as_of: date | None = None) -> dict[str, list[Matter]]:
    """The open matters of several chains, by the chain's key, the earliest due first."""
    when = facts.instant(as_of)
    rows = Matter.objects.filter(chain__in=[view.subject.pk for view in found], opened_at__lte=when)
    open_then = rows.filter(Q(closed_at=None) | Q(closed_at__gt=when)).select_related("chain")
    by_key: dict[str, list[Matter]] = defaultdict(list)
    for row in open_then.order_by("due_on", "pk"):
        by_key[row.chain.key].append(row)
    return by_key


def _subject(chain: ChainView | Subject) -> Subject:
    return chain if isinstance(chain, Subject) else chain.subject


def _subjects(actor: Actor | None) -> QuerySet[Subject]:
    return Subject.objects.all() if actor is None else Subject.objects.visible_to(actor)


def _views(subjects: list[Subject], seen: View) -> list[ChainView]:
    """The views of chains; the number of queries does not depend on how many there are."""
    at = seen.at
    inside = Membership.objects.filter(parent__in=subjects, tree=CHAIN, subject__kind=Subject.Kind.NODE)
    of = {row.subject: row.parent_id for row in facts_at(inside, **at).select_related("subject__area")}
    nodes = [subject.pk for subject in of]
    placed: dict[int, list[Placement]] = defaultdict(list)
    rows = facts_at(Placement.objects.filter(subject__in=nodes), **at).select_related("enterprise")
    for row in rows.order_by("pk"):
        placed[row.subject_id].append(row)
    called = facts.names([*(subject.pk for subject in subjects), *nodes], **at)
    # As a set of subjects: a province has more enterprises at its nodes than a query takes parameters.
    firms = Placement.objects.filter(subject__in=nodes, enterprise__isnull=False).order_by().values("enterprise")
    called |= facts.names(firms, **at)
    goes_on_in = _goes_on_in((row for members in placed.values() for row in members), seen)
    called |= facts.names([firm.pk for firm in goes_on_in.values()], **at) if goes_on_in else {}
    known = {row.subject_id: row for row in facts_at(NodeFact.objects.filter(subject__in=nodes), **at)}
    edges: dict[int, list[str]] = defaultdict(list)
    sold = facts_at(NodeEdge.objects.filter(subject__in=nodes, buyer__in=nodes), **at)
    for supplier, buyer in sold.order_by("buyer__key").values_list("subject", "buyer__key"):
        edges[supplier].append(buyer)
    by_chain: dict[int, list[NodeView]] = defaultdict(list)
    for subject, parent in of.items():
        fact = known.get(subject.pk)
        members = tuple(_member(row, goes_on_in, called) for row in placed[subject.pk])
        by_chain[parent].append(
            NodeView(
                subject=subject,
                key=subject.key,
                name=called.get(subject.pk, subject.id_part),
                stage=fact.stage if fact else "",
                layer=fact.layer if fact else None,
                products=fact.products if fact else "",
                members=members,
                buyers=tuple(edges[subject.pk]),
                fact=fact,
            )
        )
    found = [
        ChainView(subject, subject.key, called[subject.pk], tuple(sorted(by_chain[subject.pk], key=_order)))
        for subject in subjects
        if subject.pk in called
    ]
    return sorted(found, key=lambda view: (view.name, view.key))


def _goes_on_in(rows: Iterable[Placement], seen: View) -> dict[int, Subject]:
    """The records in which those that have been merged into others go on, by the key of the merged one."""
    into = register.survivors(seen)
    merged = {row.enterprise_id for row in rows if row.enterprise_id in into}
    found = Subject.objects.in_bulk({into[pk] for pk in merged})
    return {pk: found[into[pk]] for pk in merged}


def _member(row: Placement, goes_on_in: dict[int, Subject], called: dict[int, str]) -> MemberView:
    firm = goes_on_in.get(row.enterprise_id, row.enterprise)
    return MemberView(
        name=row.name,
        called=row.name if firm is None else called.get(firm.pk, row.name),
        enterprise=firm,
        member_type=row.member_type,
        confidence=row.confidence,
        basis=row.basis,
        source=row.source,
        simulated=firm is not None and firm.simulated,
        fact=row,
    )


def _order(node: NodeView) -> tuple[int, int, str, str]:
    stage = STAGES.index(node.stage) if node.stage in STAGES else len(STAGES)
    return stage, node.fact.place if node.fact else 0, node.name, node.key
