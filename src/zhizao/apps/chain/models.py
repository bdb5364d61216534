"""What is known of industry chains, as dated facts; a chain and a node of it are subjects.

That a node belongs to a chain, and an enterprise to a node, are memberships of ``base.facts`` in the tree of chains;
names are names there. What a node is, who is named at it, what flows from it to which other node, and who leads a
chain, stands here. Nothing of these is overwritten.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhizao.apps.chain.risk_models import Scenario as Scenario  # a table of this app too
from zhizao.base.accounts.scoping import ScopedQuerySet
from zhizao.base.facts.models import DatedFact, Link, Subject


class Stage(models.TextChoices):
    """The three stages, by the words that plans print."""

    UPSTREAM = "上游", _("upstream")
    MIDSTREAM = "中游", _("midstream")
    DOWNSTREAM = "下游", _("downstream")


class NodeFact(DatedFact):
    """What a node is: its stage as the plan or the chain office says, its products, its place in their order.

    ``layer`` is the column on the map, from 0, where somebody set it by hand; NULL leaves it to be computed.
    """

    stage = models.CharField(_("stage"), max_length=20, choices=Stage, blank=True)
    products = models.TextField(_("products"), blank=True)
    place = models.PositiveIntegerField(_("place in the order of the chain"), default=0)
    layer = models.PositiveSmallIntegerField(_("layer set by hand"), null=True)


class Placement(DatedFact):
    """A name at a node, and the enterprise of the register that it means, if any."""

    class Basis(models.TextChoices):
        PLAN = "plan", _("named in the plan")
        DECLARED = "declared", _("declared")
        JUDGED = "judged", _("found by the chain office")
        ESTIMATED = "estimated", _("estimated")

    class MemberType(models.TextChoices):
        ENTERPRISE = "enterprise", _("Enterprise")
        CHANNEL = "channel", _("sales channel")
        BASE = "base", _("production base")

    identity = ("subject", "name")

    name = models.CharField(_("name as printed"), max_length=200)
    enterprise = models.ForeignKey(
        Subject, models.PROTECT, null=True, related_name="placements", verbose_name=_("enterprise")
    )
    member_type = models.CharField(_("kind"), max_length=20, choices=MemberType, default=MemberType.ENTERPRISE)
    confidence = models.CharField(_("confidence"), max_length=1, choices=Link.Confidence)
    basis = models.CharField(_("how known"), max_length=10, choices=Basis)

    class Meta(DatedFact.Meta):
        indexes = [
            models.Index(fields=["subject", "name", "known_from"], name="chain_placement_identity"),
            models.Index(fields=["enterprise", "known_from"], name="chain_placement_enterprise"),
        ]

    def __str__(self) -> str:
        return self.name


class NodeEdge(DatedFact):
    """That one node (the subject) supplies another: what flows, and how sure that is."""

    identity = ("subject", "buyer")

    buyer = models.ForeignKey(Subject, models.PROTECT, related_name="bought_edges", verbose_name=_("buying node"))
    product = models.CharField(_("product"), max_length=200, blank=True)
    confidence = models.CharField(_("confidence"), max_length=1, choices=Link.Confidence)

    class Meta(DatedFact.Meta):
        indexes = [
            models.Index(fields=["subject", "buyer", "known_from"], name="chain_edge_identity"),
            models.Index(fields=["buyer", "known_from"], name="chain_edge_buyer"),
        ]
        constraints = [
            *DatedFact.Meta.constraints,
            models.CheckConstraint(condition=~Q(subject=F("buyer")), name="chain_edge_not_to_itself"),
        ]


class Leader(DatedFact):
    """Who leads a chain: an official, or the head of the enterprise that anchors it."""

    class Kind(models.TextChoices):
        ADMINISTRATIVE = "administrative", _("administrative chain leader")
        ENTERPRISE = "enterprise", _("enterprise chain leader")

    identity = ("subject", "kind", "person")

    kind = models.CharField(_("kind of leader"), max_length=20, choices=Kind)
    person = models.CharField(_("person"), max_length=80)
    post = models.CharField(_("post and organisation"), max_length=200, blank=True)
    enterprise = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+", verbose_name=_("enterprise"))
    simulated = models.BooleanField(_("simulated"), default=False)

    def __str__(self) -> str:
        return self.person


class Matter(models.Model):
    """Something to be done for a chain, with its owner and the day by which it is due."""

    class State(models.TextChoices):
        OPEN = "open", _("not closed")
        DONE = "done", _("closed with a result")

    chain = models.ForeignKey(Subject, models.PROTECT, related_name="matters", verbose_name=_("Chain"))
    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+", verbose_name=_("area"))
    title = models.CharField(_("matter"), max_length=200)
    owner = models.CharField(_("owner"), max_length=120)
    due_on = models.DateField(_("due on"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    result = models.TextField(_("result"), blank=True)
    simulated = models.BooleanField(_("simulated"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["state", "due_on", "pk"]
        indexes = [models.Index(fields=["chain", "state", "due_on"], name="chain_matter_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | Q(state="done", closed_at__isnull=False),
                name="chain_matter_closed_when_done",
            )
        ]

    def __str__(self) -> str:
        return self.title
