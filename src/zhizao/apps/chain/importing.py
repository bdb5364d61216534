"""Nodes, members and flows of chains taken in at once, whole or not at all; what already is so is not stated again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from zhizao.apps.chain import queries, services, sheets
from zhizao.apps.chain.models import NodeEdge, NodeFact, Placement
from zhizao.apps.registry.importing import Known, batch_of
from zhizao.base.accounts.models import Area
from zhizao.base.audit.services import record
from zhizao.base.events.services import publish
from zhizao.base.facts import services as facts
from zhizao.base.facts.models import DatedFact, Membership, Name, Subject
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.apps.chain.queries import ChainView, NodeView
    from zhizao.apps.registry.sheet import Row
    from zhizao.base.accounts.models import User

MODELS: tuple[type[DatedFact], ...] = (NodeFact, Placement, NodeEdge)
MOST_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import: rows read, chains and nodes entered, facts added."""

    rows: int
    entered: int
    facts: int


def take_in(*, actor: User | None, area: Area, what: str, data: bytes, file: str, valid_from: date) -> Imported:
    """Take in ``nodes``, ``members`` or ``edges`` from an xlsx or CSV file.

    Raises
    ------
    Refused : with every problem found; nothing has changed.
    """
    services.allow(actor, area)
    rows = sheets.read(what, data, file=file)
    return take_rows(
        actor=actor, area=area, what=what, rows=rows, source=file, batch=batch_of(data), valid_from=valid_from
    )


@transaction.atomic
def take_rows(
    *, actor: User | None, area: Area, what: str, rows: Sequence[Row], source: str, batch: str, valid_from: date
) -> Imported:
    """``take_in`` for rows that have been read and checked; ``valid_from`` counts for rows that name no day."""
    services.allow(actor, area)
    area = Area.objects.select_for_update().get(pk=area.pk)
    if any(model.objects.filter(batch=batch, subject__area=area).exists() for model in MODELS):
        return Imported(len(rows), 0, 0)  # the same file again would lay its words over later ones
    before = {view.name: view for view in queries.chains(None, area=area) if view.subject.area_id == area.pk}
    stating = _Stating(area, before, source=source, batch=batch, valid_from=valid_from)
    take: dict[str, Callable[[Row], None]] = {
        sheets.NODES: stating.node,
        sheets.MEMBERS: stating.member,
        sheets.EDGES: stating.edge,
    }
    for row in rows:
        take[what](row)
    if stating.problems:
        raise Refused(*stating.problems[:MOST_PROBLEMS])
    added = facts.state(stating.facts)
    found = Imported(len(rows), stating.entered, len(added))
    if added:
        said = {"file": source, "batch": batch, "what": what, "entered": found.entered, "facts": found.facts}
        record(actor=actor, action="chain.import", target=area, area=area, details=said)
        publish(name="chain.imported", area=area, subject=f"area:{area.code}", payload=said)
    return found


class _Stating:
    """The facts of an import, gathered to be stated together."""

    def __init__(self, area: Area, before: dict[str, ChainView], *, source: str, batch: str, valid_from: date) -> None:
        self.area, self.before, self.valid_from = area, before, valid_from
        self.said = {"source": source, "batch": batch}
        self.facts: list[DatedFact] = []
        self.problems: list[Problem] = []
        self.entered = 0
        self.chains: dict[str, Subject] = {name: view.subject for name, view in before.items()}
        self.counts: dict[str, int] = {name: len(view.nodes) for name, view in before.items()}
        self._known: Known | None = None

    def _fact(self, row: Row) -> dict[str, Any]:
        days = {"valid_from": row.cells["valid_from"] or self.valid_from, "valid_to": row.cells.get("valid_to")}
        return days | self.said | ({"source": row.cells["source"]} if row.cells["source"] else {})

    def _node(self, row: Row, column: str) -> NodeView | None:
        """The node that a cell names; what is not there is a problem."""
        view = self.before.get(row.cells["chain"])
        found = next((node for node in view.nodes if node.name == row.cells[column]), None) if view else None
        if view is None:
            message, remedy = mark("There is no chain “%(name)s”."), mark("Import its nodes first.")
            self._wrong("no_chain", message, row, "chain", remedy, row.cells["chain"])
        elif found is None:
            message = mark("“%(name)s” is no node of this chain.")
            remedy = mark("Import the nodes first, or write the name as their list has it.")
            self._wrong("no_node", message, row, column, remedy, row.cells[column])
        return found

    def _wrong(self, code: str, message: str, row: Row, column: str, remedy: str, name: str) -> None:
        self.problems.append(Problem(f"chain.{code}", message, row.at(column), remedy, params={"name": name[:60]}))

    def node(self, row: Row) -> None:
        """A node, entered if it is new; an empty cell says nothing."""
        cells, fact = row.cells, self._fact(row)
        chain, view = cells["chain"], self.before.get(cells["chain"])
        known = next((node for node in view.nodes if node.name == cells["node"]), None) if view else None
        values: dict[str, Any] = {"stage": "", "products": "", "layer": None}
        if known is None:
            subject = self._enter(chain, cells["node"], fact)
            values["place"] = self.counts[chain]
        else:
            subject = known.subject
            if known.fact is not None:
                values = {name: getattr(known.fact, name) for name in NodeFact.content()}
        values |= {
            name: cells[name] for name in ("stage", "products", "place", "layer") if cells[name] not in (None, "")
        }
        self.facts.append(NodeFact(subject=subject, **values, **fact))

    def _enter(self, chain: str, name: str, fact: dict[str, Any]) -> Subject:
        if chain not in self.chains:
            self.chains[chain] = services.chain_subject(self.area, chain)
            self.facts.append(facts.name(self.chains[chain], Name.Kind.SHORT, chain, **self.said))
            self.entered += 1
        self.counts[chain] = self.counts.get(chain, 0) + 1
        self.entered += 1
        subject = services.node_subject(self.area, chain, name)
        self.facts.append(facts.name(subject, Name.Kind.SHORT, name, **self.said))
        self.facts.append(Membership(subject=subject, parent=self.chains[chain], tree=services.CHAIN, **fact))
        return subject

    def member(self, row: Row) -> None:
        """A name at a node, with the enterprise that it means."""
        node = self._node(row, "node")
        if node is None:
            return
        cells = row.cells
        placement = Placement(
            subject=node.subject,
            name=cells["name"],
            enterprise=self._enterprise(row),
            member_type=cells["member_type"],
            basis=cells["basis"],
            confidence=cells["confidence"],
            **self._fact(row),
        )
        self.facts += [placement, *services.membership_of(placement)]

    def _enterprise(self, row: Row) -> Subject | None:
        """The enterprise of the cell, which must be one; without a cell the only one that bears the name, if any."""
        self._known = self._known or Known(self.area)
        if not (text := row.cells["enterprise"]):
            bearers = self._known.called(row.cells["name"])
            return bearers[0] if len(bearers) == 1 else None
        found = self._known.called(text)
        if len(found) == 1:
            return found[0]
        message = mark("“%(name)s” is not in the register of this area.")
        remedy = mark("Enter it in the register first, or leave the cell empty.")
        if found:
            message = mark("Several enterprises bear or bore the name “%(name)s”.")
            remedy = mark("Write the id of the one that is meant.")
        self._wrong("member", message, row, "enterprise", remedy, text)
        return None

    def edge(self, row: Row) -> None:
        """What flows from one node to another."""
        supplier, buyer = self._node(row, "supplier"), self._node(row, "buyer")
        if supplier is None or buyer is None:
            return
        self.facts.append(
            NodeEdge(
                subject=supplier.subject,
                buyer=buyer.subject,
                product=row.cells["product"] or "",
                confidence=row.cells["confidence"],
                **self._fact(row),
            )
        )
