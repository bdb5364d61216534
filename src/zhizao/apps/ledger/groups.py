"""Groups of subjects whose figures are added up: those of the dated trees and the tiers of the register.

Who belongs to a group is asked for the last day of the figures' span, as known at the instant looked back to. The
figures of a span are read once, and added up for each group.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhizao.apps.ledger import queries
from zhizao.apps.ledger.figures import TIER, Reference, in_tier
from zhizao.apps.ledger.models import Indicator, Status
from zhizao.apps.ledger.pages import Cell
from zhizao.apps.ledger.queries import Basis, exact
from zhizao.apps.registry import queries as registry
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Membership
from zhizao.base.facts.queries import facts_at
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.apps.ledger.queries import Actor, AsOf


@dataclass(frozen=True, slots=True)
class Group:
    """A sector, tier, area … and the sum of its figures, which opens its largest parts."""

    kind: str
    name: str
    cell: Cell
    count: int
    missing: int


@dataclass(frozen=True, slots=True)
class _Members:
    kind: str
    name: str
    subject: str
    tree: str
    members: frozenset[int]


def groups(actor: Actor, indicator: Indicator, span: Span, *, basis: Basis, as_of: AsOf = None) -> list[Group]:
    """The sum of every sector, tier, area, park and group of enterprises that has figures in the span."""
    figures = queries.figures_of(actor, indicator=indicator.key, span=span, basis=basis, as_of=as_of)
    found = []
    for group in _members(actor, on=span.last_day, as_of=as_of):
        parts = [figures[subject] for subject in group.members & figures.keys()]
        if not parts:
            continue
        known = [value for value, _status in parts if value is not None]
        status = Status.SIMULATED if any(status == Status.SIMULATED for _value, status in parts) else None
        reference = Reference(group.subject, indicator.key, span, basis, group.tree)
        found.append(
            Group(
                group.kind,
                group.name,
                Cell(exact(sum(known)) if known else None, indicator.unit, str(reference), status),
                len(known),
                len(parts) - len(known),
            )
        )
    return found


def _members(actor: Actor, *, on: date, as_of: AsOf) -> Iterable[_Members]:
    yield from _in_tree(actor, Membership.Tree.SECTOR, on=on, as_of=as_of)
    if actor is not None:
        for tier in registry.tiers(actor):
            members = frozenset(in_tier(actor, tier, on=on, as_of=as_of).values_list("pk", flat=True))
            yield _Members(_("Tier of enterprises"), tier, "", f"{TIER}{tier}", members)
    for tree in (Membership.Tree.AREA, Membership.Tree.PARK, Membership.Tree.GROUP):
        yield from _in_tree(actor, tree, on=on, as_of=as_of)


def _in_tree(actor: Actor, tree: Membership.Tree, *, on: date, as_of: AsOf) -> Iterable[_Members]:
    below = _below(tree, on=on, as_of=as_of)
    parents = list(queries.subjects(actor).filter(pk__in=below).order_by("key"))
    names = facts.names([parent.pk for parent in parents], on=on, as_of=as_of)
    for parent in parents:
        name = names.get(parent.pk, parent.id_part)
        yield _Members(str(tree.label), name, parent.key, str(tree), below[parent.pk])


def _below(tree: str, *, on: date, as_of: AsOf) -> Mapping[int, frozenset[int]]:
    """All that is under each subject of a tree; a circle ends where it closes."""
    children: dict[int, list[int]] = defaultdict(list)
    rows = facts_at(Membership.objects.filter(tree=tree), on=on, as_of=as_of).order_by()
    for subject, parent in rows.values_list("subject", "parent"):
        children[parent].append(subject)
    found = {}
    for parent in children:
        seen = set(children[parent])
        waiting = list(seen & children.keys())
        while waiting:
            fresh = set(children[waiting.pop()]) - seen
            seen |= fresh
            waiting += fresh & children.keys()
        found[parent] = frozenset(seen - {parent})
    return found
