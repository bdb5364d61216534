"""What is done to the chains: each verb checks the right, adds facts, writes its audit row and tells its event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from zhizao.apps.chain.models import Leader, Matter, NodeEdge, NodeFact, Placement, Stage
from zhizao.base.audit.services import record
from zhizao.base.events.services import publish
from zhizao.base.facts import queries as known
from zhizao.base.facts import services as facts
from zhizao.base.facts.models import DatedFact, Link, Membership, Name, Subject
from zhizao.base.facts.queries import facts_at
from zhizao.kernel import names
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.base.accounts.models import Area, User

CHAIN = Membership.Tree.CHAIN
LONGEST_NAME = 120


def allow(actor: User | None, target: object) -> None:
    """Raise ``PermissionDenied`` unless the actor may change the chains there; the system may."""
    if actor is not None and not actor.has_perm("chain.edit", target):
        raise PermissionDenied("chain.edit")


def chain_subject(area: Area, name: str) -> Subject:
    """The chain of this name in an area, entered if it is new; its id is that of its name at first entry."""
    id_part = names.stable_id(f"{area.code} {names.normalise(name)}")
    return facts.subject(kind=Subject.Kind.CHAIN, id_part=id_part, area=area)


def node_subject(area: Area, chain: str, name: str) -> Subject:
    """The node of this name in a chain of an area, entered if it is new."""
    id_part = names.stable_id(f"{area.code} {names.normalise(chain)} {names.normalise(name)}")
    return facts.subject(kind=Subject.Kind.NODE, id_part=id_part, area=area)


def done(
    actor: User | None, action: str, subject: Subject, added: Sequence[DatedFact], **details: Any
) -> Sequence[DatedFact]:
    """Record an act on a chain or node and tell it; nothing if it added nothing."""
    if added:
        details |= {"subject": subject.key, "facts": [f"{type(fact).__name__}:{fact.pk}" for fact in added]}
        record(actor=actor, action=f"chain.{action}", target=subject, area=subject.area, details=details)
        publish(name=f"chain.{action}", area=subject.area, subject=subject.key, payload=details)
    return added


def written_by(actor: User | None) -> str:
    """The batch of facts that somebody states by hand."""
    return f"by:{actor.get_username()}" if actor is not None else ""


# --- chains and nodes


@transaction.atomic
def add_chain(*, actor: User | None, area: Area, name: str, source: str) -> Subject:
    """Enter a chain.

    Raises
    ------
    Refused : the name is empty, too long, or a chain of the area has it.
    """
    allow(actor, area)
    subject = chain_subject(area, _name(name))
    if facts_at(Name.objects.filter(subject=subject), on=known.today()).exists():
        raise _there(name)
    batch = written_by(actor)
    added = facts.state([facts.name(subject, Name.Kind.SHORT, _name(name), source=source, batch=batch)])
    done(actor, "add_chain", subject, added, name=name, source=source)
    return subject


@transaction.atomic
def add_node(
    *, actor: User | None, chain: Subject, chain_name: str, name: str, stage: str, products: str = "", source: str
) -> Subject:
    """Enter a node of a chain, behind those that there are.

    Raises
    ------
    Refused : the name is empty, too long, or a node of the chain has it.
    """
    allow(actor, chain)
    subject = node_subject(chain.area, chain_name, _name(name))
    inside = Membership.objects.filter(tree=CHAIN, parent=chain)
    if facts_at(inside.filter(subject=subject), on=known.today()).exists():
        raise _there(name)
    said = {"source": source, "batch": written_by(actor)}
    place = facts_at(inside, on=known.today()).count() + 1
    added: list[DatedFact] = facts.state(
        [
            facts.name(subject, Name.Kind.SHORT, _name(name), **said),
            Membership(subject=subject, parent=chain, tree=CHAIN, **said),
            NodeFact(subject=subject, stage=stage, products=products, place=place, **said),
        ]
    )
    done(actor, "add_node", subject, added, chain=chain.key, name=name, source=source)
    return subject


@transaction.atomic
def set_node(*, actor: User | None, node: Subject, source: str, **changes: Any) -> Sequence[DatedFact]:
    """State what a node is, from today: ``stage``, ``products``, ``place``, ``layer``; what is not named stays.

    Raises
    ------
    Refused : there is no such stage, or the layer lies below 0.
    """
    allow(actor, node)
    before = facts_at(NodeFact.objects.filter(subject=node), on=known.today()).first()
    values = {name: getattr(before, name) for name in NodeFact.content()} if before else {}
    values |= changes
    if values.get("stage") and values["stage"] not in Stage.values:
        raise Refused(
            Problem(
                "chain.stage",
                mark("“%(text)s” is no stage of a chain."),
                remedy=mark("Write one of %(words)s."),
                params={"text": str(values["stage"])[:40], "words": "、".join(Stage.values)},
            )
        )
    fact = NodeFact(subject=node, valid_from=known.today(), source=source, batch=written_by(actor), **values)
    return done(actor, "set_node", node, facts.state([fact]), source=source, **changes)


# --- members


@transaction.atomic
def place(*, actor: User | None, placement: Placement) -> Sequence[DatedFact]:
    """Put a name at a node, with the enterprise that it means if it is in the register.

    Raises
    ------
    Refused : the name is empty or too long.
    """
    node = placement.subject
    allow(actor, node)
    placement.name = " ".join(placement.name.split())
    _name(placement.name)
    placement.batch = placement.batch or written_by(actor)
    same = Placement.objects.filter(subject=node, name=placement.name).select_related("enterprise")
    before = facts_at(same, on=placement.valid_from or known.today()).first()
    added: list[DatedFact] = [*facts.state([placement])]
    if before is not None and before.enterprise_id != placement.enterprise_id:
        added += _leave(before, last_day=None, source=placement.source, batch=placement.batch)
    added += facts.state(membership_of(placement))
    said = {"name": placement.name, "source": placement.source}
    if placement.enterprise:
        said["enterprise"] = placement.enterprise.key
    return done(actor, "place", node, added, **said)


def membership_of(placement: Placement) -> list[Membership]:
    """That the enterprise of a placement belongs to its node, for the same days."""
    if placement.enterprise is None:
        return []
    said = {name: getattr(placement, name) for name in ("valid_from", "valid_to", "known_from", "source", "batch")}
    return [Membership(subject=placement.enterprise, parent=placement.subject, tree=CHAIN, **said)]


@transaction.atomic
def unplace(
    *, actor: User | None, placement: Placement, reason: str, last_day: date | None = None, batch: str = ""
) -> Sequence[DatedFact]:
    """Say that a name never stood at the node, or with ``last_day`` that it stands there no longer after it."""
    node = placement.subject
    allow(actor, node)
    batch = batch or written_by(actor)
    if last_day is not None and placement.valid_from is not None and last_day < placement.valid_from:
        last_day = None  # ends before it began: it never held
    said = {"source": reason, "batch": batch}
    if last_day is None:
        added: list[DatedFact] = [*facts.withdraw(placement, **said)]
    else:
        added = [*facts.end(placement, last_day=last_day, **said)]
    added += _leave(placement, last_day=last_day, **said)
    return done(actor, "unplace", node, added, name=placement.name, reason=reason)


def _leave(placement: Placement, *, last_day: date | None, **said: str) -> list[DatedFact]:
    """End the enterprise's membership of the node, unless it stands there under another name as well."""
    if placement.enterprise is None:
        return []
    day = last_day + timedelta(days=1) if last_day else known.today()
    others = Placement.objects.filter(subject=placement.subject, enterprise=placement.enterprise)
    if facts_at(others.exclude(name=placement.name), on=day).exists():
        return []
    rows = Membership.objects.filter(subject=placement.enterprise, parent=placement.subject, tree=CHAIN)
    found: list[DatedFact] = []
    for row in facts_at(rows, on=day):
        found += facts.end(row, last_day=last_day, **said) if last_day else facts.withdraw(row, **said)
    return found


# --- edges between nodes


@transaction.atomic
def connect(*, actor: User | None, edge: NodeEdge) -> Sequence[DatedFact]:
    """State that one node supplies another.

    Raises
    ------
    Refused : the two are one.
    """
    allow(actor, edge.subject)
    if edge.subject_id == edge.buyer_id:
        raise Refused(
            Problem(
                "chain.edge_to_itself",
                mark("A node does not supply itself."),
                remedy=mark("Choose another node as buyer."),
            )
        )
    edge.batch = edge.batch or written_by(actor)
    return done(actor, "connect", edge.subject, facts.state([edge]), buyer=edge.buyer.key, source=edge.source)


# --- leaders and matters


@transaction.atomic
def appoint(*, actor: User | None, leader: Leader) -> Sequence[DatedFact]:
    """State who leads a chain; of each kind several may."""
    allow(actor, leader.subject)
    leader.batch = leader.batch or written_by(actor)
    said = {"kind": leader.kind, "person": leader.person, "source": leader.source}
    return done(actor, "appoint", leader.subject, facts.state([leader]), **said)


@transaction.atomic
def end_fact(*, actor: User | None, fact: DatedFact, reason: str, last_day: date | None) -> Sequence[DatedFact]:
    """Say that a leader, or an edge, holds no longer after a day, or without one that it never did."""
    allow(actor, fact.subject)
    if last_day is not None and fact.valid_from is not None and last_day < fact.valid_from:
        last_day = None
    said = {"source": reason, "batch": written_by(actor)}
    added = facts.end(fact, last_day=last_day, **said) if last_day else facts.withdraw(fact, **said)
    return done(actor, "end", fact.subject, added, what=type(fact).__name__, fact=fact.pk, reason=reason)


@transaction.atomic
def open_matter(
    *, actor: User | None, chain: Subject, title: str, owner: str, due_on: date, simulated: bool = False
) -> Matter:
    """Open a matter of a chain, with its owner and the day by which it is due."""
    allow(actor, chain)
    matter = Matter.objects.create(
        chain=chain,
        area=chain.area,
        title=title,
        owner=owner,
        due_on=due_on,
        opened_by=actor,
        opened_at=timezone.now(),
        simulated=simulated,
    )
    _tell(actor, "open_matter", matter, title=title, owner=owner, due_on=due_on.isoformat())
    return matter


@transaction.atomic
def close_matter(*, actor: User | None, matter: Matter, result: str) -> Matter:
    """Close a matter with what came of it.

    Raises
    ------
    Refused : it is closed already.
    """
    allow(actor, matter)
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    if matter.state == Matter.State.DONE:
        raise Refused(
            Problem(
                "chain.matter_closed",
                mark("This matter has been closed."),
                remedy=mark("Open a new one for what is left."),
            )
        )
    matter.state, matter.closed_at, matter.result = Matter.State.DONE, timezone.now(), result
    matter.save(update_fields=["state", "closed_at", "result"])
    _tell(actor, "close_matter", matter, result=result)
    return matter


def _tell(actor: User | None, action: str, matter: Matter, **said: str) -> None:
    said |= {"matter": matter.pk, "chain": matter.chain.key}
    record(actor=actor, action=f"chain.{action}", target=matter, area=matter.area, details=said)
    publish(name=f"chain.{action}", area=matter.area, subject=matter.chain.key, payload=said)


# --- links that run out


@transaction.atomic
def renew(*, actor: User | None, area: Area, links: Sequence[Link], until: date, source: str) -> Sequence[DatedFact]:
    """State that links of an area go on after their last day, as they are, until another.

    Raises
    ------
    Refused : a link has no last day, or one that lies after the new one.
    """
    allow(actor, area)
    for link in links:
        allow(actor, link.subject if link.subject.kind == Subject.Kind.ENTERPRISE else link.buyer)
        if link.valid_to is None or link.valid_to >= until:
            raise Refused(
                Problem(
                    "chain.renew_until",
                    mark("The link already holds until %(day)s."),
                    remedy=mark("Choose a later last day."),
                    params={"day": link.valid_to.isoformat() if link.valid_to else "—"},
                )
            )
    batch = written_by(actor)
    rows = [
        Link(
            subject_id=link.subject_id,
            valid_from=link.valid_to + timedelta(days=1),
            valid_to=until,
            source=source,
            batch=batch,
            **{name: getattr(link, name) for name in Link.content()},
        )
        for link in links
    ]
    added = facts.state(rows)
    if added:
        said = {"links": len(added), "until": until.isoformat(), "source": source}
        record(actor=actor, action="chain.renew_links", target=area, area=area, details=said)
        publish(name="chain.links_renewed", area=area, subject=f"area:{area.code}", payload=said)
    return added


def _name(text: str) -> str:
    name = names.normalise(text)
    if not name or len(name) > LONGEST_NAME:
        raise Refused(
            Problem(
                "chain.name",
                mark("A name has 1 to %(most)s characters."),
                remedy=mark("Write the name as the document has it."),
                params={"most": LONGEST_NAME},
            )
        )
    return name


def _there(name: str) -> Refused:
    return Refused(
        Problem(
            "chain.known",
            mark("“%(name)s” is there already."),
            remedy=mark("Open it and state there what is new."),
            params={"name": name[:LONGEST_NAME]},
        )
    )
