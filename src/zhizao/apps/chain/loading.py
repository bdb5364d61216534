"""The chains as the plans in force draw them, taken over as facts; what the chain office has stated since stays.

A plan's statement is the first word on a node or a name at it. A later version replaces and ends what the version
before stated; it touches nothing that an import or a person has stated after it. A name is tied to the enterprise of
the register that bears the name of the plan's list with which ``apps.plan.chains`` has matched it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils.translation import gettext as _

from zhizao.apps.chain import services
from zhizao.apps.chain.models import NodeFact, Placement, Stage
from zhizao.apps.plan import chains as planned
from zhizao.apps.plan import queries as plans
from zhizao.apps.registry import queries as register
from zhizao.base.audit.services import record
from zhizao.base.facts import services as facts
from zhizao.base.facts.models import DatedFact, Link, Membership, Name, Subject
from zhizao.base.facts.queries import CHINA, facts_at, today
from zhizao.kernel.names import normalise

if TYPE_CHECKING:
    from zhizao.base.accounts.models import Area

DAY = timedelta(days=1)
HIGH, MEDIUM = Decimal("0.9"), Decimal("0.7")


def load() -> int:
    """Take over the chains of every plan in force; returns how many facts are new. Again, it changes nothing."""
    added = 0
    for plan in plans.plans(AnonymousUser()).order_by("pk"):
        version = plans.in_force(plan)
        if version is not None:
            added += load_version(version)
    return added


@transaction.atomic
def load_version(version: Any) -> int:
    """Take over the chains of one version of a plan."""
    area = version.plan.area
    found = _Statements(area, version)
    chains = planned.chains(version)
    for chain in chains:
        found.take(chain)
    added = found.state()
    if added:
        details = {"plan": version.plan.slug, "version": version.number, "facts": len(added)}
        record(actor=None, action="chain.load_plan", target=area, area=area, details=details)
    return len(added)


def confidence(share: Decimal | None) -> str:
    """The confidence of a reader's share, in the three steps in which links have theirs.

    >>> [confidence(share) for share in (Decimal("0.95"), Decimal("0.8"), Decimal("0.6"), None)]
    ['H', 'M', 'L', 'M']
    """
    if share is None:
        return Link.Confidence.MEDIUM.value
    steps = Link.Confidence
    return (steps.HIGH if share >= HIGH else steps.MEDIUM if share >= MEDIUM else steps.LOW).value


class _Statements:
    """What one version says of the chains of an area, gathered to be stated together."""

    def __init__(self, area: Area, version: Any) -> None:
        self.area, self.version = area, version
        self.batch = f"plan:{version.plan.slug}"
        self.firms = _Firms(area)
        self.facts: list[DatedFact] = []
        self.chains: set[Subject] = set()
        self.nodes: set[Subject] = set()
        self.stated: set[tuple[int, str]] = set()  # node and name of every placement
        self.last = _last_batches(area)

    def take(self, chain: planned.Chain) -> None:
        """State one chain with its nodes and the names at them."""
        subject = services.chain_subject(self.area, chain.name)
        self.chains.add(subject)
        self._say(facts.name(subject, Name.Kind.SHORT, chain.name), chain.nodes)
        for number, node in enumerate(chain.nodes, start=1):
            self._node(subject, chain.name, number, node)

    def _node(self, chain: Subject, chain_name: str, number: int, node: planned.Node) -> None:
        # A box without a head is called by its stage, else by its number: it has to be called something.
        name = node.name or node.stage or _("Node %(number)s") % {"number": number}
        subject = services.node_subject(self.area, chain_name, name)
        if subject not in self.nodes:  # a plan may draw one node in two stages: the first counts, the names join
            self.nodes.add(subject)
            stage = node.stage if node.stage in Stage.values else ""
            self._say(facts.name(subject, Name.Kind.SHORT, name), [node])
            self._say(Membership(subject=subject, parent=chain, tree=services.CHAIN), [node])
            self._say(NodeFact(subject=subject, stage=stage, place=number), [node])
        for member in node.members:
            if (subject.pk, member.row.member) in self.stated:
                continue
            self.stated.add((subject.pk, member.row.member))
            placement = Placement(
                subject=subject,
                name=member.row.member,
                enterprise=self.firms.called(member.enterprise.name) if member.enterprise else None,
                member_type=member.row.member_type or Placement.MemberType.ENTERPRISE,
                confidence=confidence(member.row.confidence),
                basis=Placement.Basis.PLAN,
                valid_from=self.version.plan.issued_on,
            )
            if self._say(placement, [node], line=member.row.line):
                self.facts += services.membership_of(placement)

    def _say(self, fact: DatedFact, nodes: Iterable[planned.Node], *, line: int | None = None) -> bool:
        """Gather a fact, unless somebody else has spoken of the same thing since."""
        last = self.last[type(fact)].get(fact.identity_values())
        if last is not None and last != self.batch:
            return False
        if line is None:
            line = next((member.row.line for node in nodes for member in node.members if member.row.line), None)
        fact.source = _("%(plan)s, line %(line)s") % {"plan": self.version.plan.title, "line": line or "—"}
        fact.batch = self.batch
        # What is matched or read anew later is known later; the first word is known since the version is.
        fact.known_from = self.version.known_from if last is None else None
        self.facts.append(fact)
        return True

    def state(self) -> list[DatedFact]:
        """Add what is not so already, and end what the version no longer says."""
        said = {"plan": self.version.plan.title, "number": self.version.number}
        reason = _("%(plan)s, version %(number)s") % said
        last_day = self.version.known_from.astimezone(CHINA).date() - DAY
        added = facts.state(self.facts)
        for row in self._own(Placement).select_related("enterprise"):
            if (row.subject_id, row.name) not in self.stated:
                left = {"placement": row, "reason": reason, "last_day": last_day, "batch": self.batch}
                added += services.unplace(actor=None, **left)
        kept = self.nodes | self.chains
        spoken_of = {
            key[0] for model in (NodeFact, Placement) for key, batch in self.last[model].items() if batch != self.batch
        }
        for row in self._own(Membership).select_related("parent"):
            if row.subject_id in spoken_of:  # somebody else has said something of the node: it stays, and its chain
                kept |= {row.subject, row.parent}
        for row in (*self._own(Membership), *self._own(Name)):
            if row.subject not in kept:
                added += facts.end(row, last_day=last_day, source=reason, batch=self.batch)
        return added

    def _own(self, model: type[DatedFact]) -> Any:
        """What this plan has stated of chains and nodes of the area, and still holds."""
        kinds = (Subject.Kind.CHAIN, Subject.Kind.NODE)
        rows = model.objects.filter(subject__area=self.area, subject__kind__in=kinds, batch=self.batch)
        return facts_at(rows, on=today()).select_related("subject")


class _Firms:
    """The enterprises of an area by the names that they bear or bore."""

    def __init__(self, area: Area) -> None:
        self.found: dict[str, Subject | None] = {}
        kinds = (Name.Kind.REGISTERED, Name.Kind.FORMER)
        own = Name.objects.filter(subject__area__path__startswith=area.path, subject__kind=Subject.Kind.ENTERPRISE)
        rows = own.filter(kind__in=kinds, withdrawn=False)
        self.by_name: dict[str, dict[Subject, None]] = defaultdict(dict)
        for row in rows.select_related("subject__area"):
            self.by_name[row.text][row.subject] = None

    def called(self, name: str) -> Subject | None:
        """The one enterprise of the name, or the record in which it goes on; None if there is none, or several."""
        text = normalise(name)
        if text not in self.found:
            subjects = list(self.by_name.get(text, ()))
            only = subjects[0] if len(subjects) == 1 else None
            self.found[text] = only and (register.survivor(only, register.view()) or only)
        return self.found[text]


def _last_batches(area: Area) -> dict[type[DatedFact], dict[tuple[Any, ...], str]]:
    """Who has spoken last of each thing in the chains of an area."""
    found: dict[type[DatedFact], dict[tuple[Any, ...], str]] = {}
    kinds = (Subject.Kind.CHAIN, Subject.Kind.NODE)
    for model in (Name, Membership, NodeFact, Placement):
        rows = model.objects.filter(subject__area=area, subject__kind__in=kinds).order_by("known_from", "pk")
        found[model] = {row.identity_values(): row.batch for row in rows}
    return found
