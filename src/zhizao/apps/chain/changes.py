"""What changed in a chain between two days, as it was known at the end of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhizao.apps.chain import queries
from zhizao.apps.chain.models import Placement

if TYPE_CHECKING:
    from zhizao.apps.chain.queries import ChainView, MemberView, NodeView
    from zhizao.apps.registry.queries import Actor


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: at which node, of what, before and after (empty: there was none), and whence it is known."""

    node: str
    what: str
    before: str
    after: str
    source: str


def between(actor: Actor | None, key: str, *, before: date, after: date) -> list[Change]:
    """The differences of one chain, by node from upstream to downstream, leaders last."""
    old, new = (queries.chain(actor, key, as_of=day) for day in (before, after))
    found = list(_nodes(old, new))
    subject = new or old
    if subject is not None:
        led = [
            {(row.get_kind_display(), row.person): row for row in queries.leaders(actor, subject, as_of=day)}
            for day in (before, after)
        ]
        for kind, person in led[0].keys() | led[1].keys():
            if (kind, person) not in led[0]:
                found.append(Change("", str(kind), "", person, led[1][kind, person].source))
            elif (kind, person) not in led[1]:
                found.append(Change("", str(kind), person, "", ""))
    return found


def _nodes(old: ChainView | None, new: ChainView | None) -> Iterator[Change]:
    before = {node.key: node for node in old.nodes} if old else {}
    after = {node.key: node for node in new.nodes} if new else {}
    called = {key: node.name for key, node in (before | after).items()}
    for key in dict.fromkeys((*after, *before)):
        yield from _node(before.get(key), after.get(key), called)


def _node(old: NodeView | None, new: NodeView | None, called: Mapping[str, str]) -> Iterator[Change]:
    node = new or old
    if node is None:
        return
    source = node.fact.source if node.fact else ""
    if old is None or new is None:
        yield Change(node.name, _("node"), "" if old is None else old.name, "" if new is None else new.name, source)
    said = (
        (_("name"), lambda one: one.name),
        (_("Chain stage"), lambda one: one.stage),
        (_("Layer"), lambda one: "" if one.layer is None else str(one.layer)),
        (_("Products"), lambda one: one.products),
        (_("supplies the nodes"), lambda one: "、".join(called.get(key, key) for key in one.buyers)),
    )
    for what, read in said if old and new else ():
        if (was := read(old)) != (now := read(new)):
            yield Change(node.name, what, was, now, source)
    names = [{member.name: member for member in side.members} if side else {} for side in (old, new)]
    for name in dict.fromkeys((*names[1], *names[0])):
        yield from _member(node.name, names[0].get(name), names[1].get(name))


def _member(node: str, old: MemberView | None, new: MemberView | None) -> Iterator[Change]:
    was, now = _says(old), _says(new)
    if was != now:
        yield Change(node, _("name at the node"), was, now, new.source if new else "")


def _says(member: MemberView | None) -> str:
    if member is None:
        return ""
    parts = [member.name]
    if member.enterprise is not None:
        parts.append(f"→ {member.called}")
    parts.append(f"({Placement.Basis(member.basis).label}, {member.fact.get_confidence_display()})")
    return " ".join(str(part) for part in parts)
