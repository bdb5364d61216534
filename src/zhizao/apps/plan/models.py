"""A plan, its versions, and the rows of a version.

A published version is never changed: an amendment, a replaced table or a corrected row makes or edits a draft, and the
draft is published as the next version. NULL is unknown, never 0; where the printed form matters it stands beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.roles import Role
from zhizao.base.accounts.scoping import ScopedQuerySet, area_path

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User

EDITORS = frozenset({Role.ANALYST, Role.DEPARTMENT_STAFF})


class VersionQuerySet(ScopedQuerySet):
    """Versions: what was published is for everyone, a draft for the analysts and department staff of the area."""

    area_lookup = "plan__area"

    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """Published and superseded versions, and the drafts that the actor may work on."""
        public = Q(status__in=(PlanVersion.Status.PUBLISHED, PlanVersion.Status.SUPERSEDED))
        path = area_path(actor)
        if path is None or EDITORS.isdisjoint(actor.roles):
            return self.filter(public)
        return self.filter(public | Q(plan__area__path__startswith=path))


class PlanQuerySet(ScopedQuerySet):
    """Plans: one that has a version the actor may see."""

    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """Plans of which the actor may see a version."""
        return self.filter(pk__in=PlanVersion.objects.visible_to(actor).values("plan"))


class Plan(models.Model):
    """A plan of an area for a period of years; its contents are in its versions."""

    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="plans", verbose_name=_("area"))
    slug = models.SlugField(_("short name in addresses"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=200)
    issuer = models.CharField(_("issued by"), max_length=200, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    first_year = models.PositiveSmallIntegerField(_("first year"), null=True, blank=True)
    last_year = models.PositiveSmallIntegerField(_("last year"), null=True, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent plan")
    )

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["area__path", "-last_year", "slug"]

    def __str__(self) -> str:
        return self.title


class PlanVersion(models.Model):
    """What a plan said from an instant on."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Superseded")
        DISCARDED = "discarded", _("Discarded")

    class Kind(models.TextChoices):
        """Why there is a version: only what an authority has decided anew has a document number of its own."""

        ORIGINAL = "original", _("As issued")
        CORRECTION = "correction", _("Correction of the reading")
        AMENDMENT = "amendment", _("Amendment")
        MID_TERM = "mid_term", _("Mid-term adjustment")
        ROLL_OVER = "roll_over", _("Rolled over from the plan before")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions", verbose_name=_("plan"))
    number = models.PositiveIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.DRAFT)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.ORIGINAL)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="drafts")
    known_from = models.DateTimeField(_("known from"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    discarded_because = models.CharField(_("why it was discarded"), max_length=500, blank=True)
    document_number = models.CharField(_("document number"), max_length=100, blank=True)
    source_name = models.CharField(_("source file"), max_length=200, blank=True)
    source_sha256 = models.CharField(_("SHA-256 of the source"), max_length=64, blank=True)
    input_sha256 = models.CharField(max_length=64, null=True, editable=False)
    run = models.ForeignKey("evidence.Run", models.PROTECT, null=True, blank=True, related_name="+")
    check_run = models.ForeignKey("evidence.Run", models.PROTECT, null=True, blank=True, related_name="+")
    meta = models.JSONField(default=dict, blank=True, editable=False)
    absent = models.JSONField(default=list, blank=True, editable=False)
    problems = models.JSONField(_("problems"), default=list, blank=True)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number_once"),
            models.UniqueConstraint(fields=["plan", "input_sha256"], name="plan_version_input_once"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(status="published"), name="plan_one_version_published"
            ),
            models.CheckConstraint(
                condition=Q(status__in=("draft", "discarded")) | Q(known_from__isnull=False),
                name="plan_published_is_known_from",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.number}"

    @property
    def is_draft(self) -> bool:
        """Whether rows may still be changed."""
        return self.status == self.Status.DRAFT

    @property
    def needs_document(self) -> bool:
        """Whether it changes what the authority decided, so that a document must say so."""
        return self.kind in (self.Kind.AMENDMENT, self.Kind.MID_TERM)

    @property
    def is_reading(self) -> bool:
        """Whether it says what a document says, so that each change to a row needs a reason of its own."""
        return self.kind in (self.Kind.ORIGINAL, self.Kind.CORRECTION)


class Row(models.Model):
    """A row of a version: its place in the table, where in the document it stands, and how sure the reader was."""

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="+")
    position = models.PositiveIntegerField(_("row"))
    line = models.PositiveIntegerField(_("line"), null=True, blank=True)
    confidence = models.DecimalField(_("confidence"), max_digits=4, decimal_places=3, null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    extra = models.JSONField(default=dict, blank=True, editable=False)  # what the pack has and no page shows
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["version", "position"], name="plan_%(class)s_position_once")]


def amount(label: object) -> models.DecimalField:
    """A decimal that may be unknown."""
    return models.DecimalField(label, max_digits=20, decimal_places=6, null=True, blank=True)


def printed() -> models.CharField:
    """The printed form of a figure."""
    return models.CharField(max_length=60, blank=True)


class Target(Row):
    """A target of the plan's indicator table."""

    class Bound(models.TextChoices):
        EQUAL = "eq", _("equal to")
        AT_LEAST = "ge", _("at least")
        AT_MOST = "le", _("at most")

    category = models.CharField(_("category"), max_length=60, blank=True)
    key = models.CharField(_("indicator"), max_length=80)
    name = models.CharField(_("name"), max_length=120)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    base_year = models.PositiveSmallIntegerField(_("base year"), null=True, blank=True)
    base_value = amount(_("base value"))
    base_text = printed()
    base_printed = models.CharField(_("base value as printed"), max_length=60, blank=True)
    target_year = models.PositiveSmallIntegerField(_("target year"), null=True, blank=True)
    target_value = amount(_("target value"))
    target_text = printed()
    target_printed = models.CharField(_("target value as printed"), max_length=60, blank=True)
    bound = models.CharField(_("bound"), max_length=2, choices=Bound, default=Bound.EQUAL)
    growth_stated_pct = amount(_("stated growth, % a year"))
    growth_text = printed()
    growth_printed = models.CharField(_("stated growth as printed"), max_length=60, blank=True)
    nature = models.CharField(_("nature"), max_length=30, blank=True)

    class Meta(Row.Meta):
        constraints = [
            *Row.Meta.constraints,
            models.UniqueConstraint(fields=["version", "key"], name="plan_target_key_once"),
        ]


class Project(Row):
    """A project of the plan's project library; money in 万元, dates as printed and as a month where they name one."""

    sector = models.CharField(_("sector"), max_length=60, blank=True)
    serial = models.CharField(_("serial"), max_length=20, blank=True)
    name = models.CharField(_("project"), max_length=300)
    owner = models.CharField(_("owner"), max_length=200, blank=True)
    responsible_unit = models.CharField(_("responsible unit"), max_length=200, blank=True)
    nature = models.CharField(_("nature"), max_length=30, blank=True)
    total_wan_yuan = amount(_("total investment"))
    before_wan_yuan = amount(_("invested before the plan"))
    plan_wan_yuan = amount(_("investment in the plan's years"))
    after_wan_yuan = amount(_("investment after the plan"))
    start = models.CharField(_("start"), max_length=60, blank=True)
    finish = models.CharField(_("finish"), max_length=60, blank=True)


class PlannedEnterprise(Row):
    """An enterprise that the plan names, with the tier it gives."""

    serial = models.CharField(_("serial"), max_length=20, blank=True)
    name = models.CharField(_("enterprise"), max_length=200)
    tier = models.CharField(_("tier"), max_length=40, blank=True)
    industry = models.CharField(_("industry"), max_length=60, blank=True)
    pinyin = models.CharField(max_length=600, blank=True, editable=False)
    initials = models.CharField(max_length=200, blank=True, editable=False)


class LandNeed(Row):
    """Land that an enterprise has, leaves idle and asks for; 亩 and m²."""

    table = models.CharField(_("table"), max_length=120, blank=True)
    enterprise = models.CharField(_("enterprise"), max_length=200)
    land_mu = amount(_("land held"))
    idle_mu = amount(_("idle land"))
    building_m2 = amount(_("buildings"))
    demand_min_mu = amount(_("land asked for, from"))
    demand_max_mu = amount(_("land asked for, to"))
    demand_printed = models.CharField(_("land asked for, as printed"), max_length=60, blank=True)
    sector = models.CharField(_("sector"), max_length=60, blank=True)

    @property
    def table_title(self) -> str:
        """The table as pages head it."""
        return f"{gettext('Table')} {self.table} {self.sector}".strip()


class SupplierShare(Row):
    """How many suppliers an enterprise has and how many of them are local."""

    sector = models.CharField(_("sector"), max_length=60, blank=True)
    enterprise = models.CharField(_("enterprise"), max_length=200)
    total = models.PositiveIntegerField(_("suppliers"), null=True, blank=True)
    local = models.PositiveIntegerField(_("local suppliers"), null=True, blank=True)
    share_stated_pct = amount(_("stated share"))


class ChainMember(Row):
    """A name that stands at a node of an industry chain."""

    chain = models.CharField(_("chain"), max_length=120)
    stage = models.CharField(_("stage"), max_length=120, blank=True)
    node = models.CharField(_("node"), max_length=200, blank=True)
    member = models.CharField(_("member"), max_length=200)
    member_type = models.CharField(_("kind"), max_length=20, blank=True)


class Claim(Row):
    """A figure of the running text with what it says of whom; where it stands in its line is in ``extra``."""

    key = models.CharField(_("code"), max_length=120)
    subject = models.TextField(_("subject"), blank=True)
    indicator = models.TextField(_("what is measured"))
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=6)
    value_text = printed()
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    span = models.CharField(_("period"), max_length=40, blank=True)
    kind = models.CharField(_("kind of figure"), max_length=10)
    bound = models.CharField(_("bound"), max_length=10)
    scope = models.TextField(_("scope"), blank=True)
    of = models.TextField(_("share of"), blank=True)
    parts = models.TextField(_("total of"), blank=True)
    section = models.TextField(_("section"), blank=True)
    quote = models.TextField(_("words of the document"), blank=True)
    printed = models.TextField(_("as printed"), blank=True)


class Alias(Row):
    """Another name that the plan uses for an enterprise."""

    canonical = models.CharField(_("registered name"), max_length=200)
    alias = models.CharField(_("other name"), max_length=200)


class PlanTask(Row):
    """What is to be done, by whom, and which targets it serves."""

    key = models.CharField(_("code"), max_length=120)
    section = models.TextField(_("section"), blank=True)
    task = models.TextField(_("task of the plan"))
    lead_unit = models.TextField(_("lead unit"), blank=True)
    indicator_ids = models.TextField(_("indicators"), blank=True)


class FindingDecision(models.Model):
    """What a person said of a finding of a version's check."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted: to be corrected")
        JUDGED = "judged", _("Judged otherwise")
        DISMISSED = "dismissed", _("Not a problem")

    class Severity(models.TextChoices):
        ERROR = "error", _("error")
        WARNING = "warning", _("warning")
        INFO = "info", _("remark")

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="decisions")
    finding = models.CharField(_("finding"), max_length=120)
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), default=timezone.now)
    carried_from = models.ForeignKey(PlanVersion, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["version", "finding"], name="plan_finding_decided_once")]


class RowCorrection(models.Model):
    """A decision on a cell or row that was read, as ``corrections.csv`` has it; it outlives its version."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="corrections")
    table = models.CharField(max_length=40)
    key = models.TextField()
    column = models.CharField(max_length=40, blank=True)
    read = models.TextField(blank=True)
    value = models.TextField(blank=True)
    action = models.CharField(max_length=10)
    reason = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=150, blank=True)
    at = models.CharField(max_length=40, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["plan", "table"], name="plan_correction_table")]
