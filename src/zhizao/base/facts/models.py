"""Subjects (what figures and facts are about) and the base of every dated fact.

A fact says something of its subject for the days ``valid_from`` to ``valid_to`` (its last day; NULL is open on that
side), known from an instant on. Facts are only ever added. The painter's rule reads them: for a day and an instant,
among the rows of one *identity* that cover the day and were known by then, the one known last counts; if it is
withdrawn, there is none. So a correction, an end and a withdrawal are rows too, and nothing is lost.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.models import Area, Organisation
from zhizao.base.accounts.scoping import ScopedQuerySet, area_path

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User


class AppendOnlyError(TypeError):
    """A programme tried to change or remove what is only ever added to."""


def own_key(actor: User | AnonymousUser) -> str | None:
    """The key of the enterprise that the actor speaks for, or None."""
    organisation = getattr(actor, "organisation", None)
    key = organisation.enterprise_key if organisation is not None else None
    if not key:
        return None
    return key if ":" in key else f"{Subject.Kind.ENTERPRISE}:{key}"


class SubjectQuerySet(ScopedQuerySet):
    """Subjects, or by ``prefix`` rows about them: the administration sees those of its areas, the operator of a park
    the park and who belongs to it today, an enterprise itself.
    """

    prefix = ""

    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """The subjects that the actor may see, or rows about them."""
        if self.prefix:
            seen = Subject.objects.visible_to(actor).order_by().filter(pk=OuterRef(self.prefix.removesuffix("__")))
            return self.filter(Exists(seen))
        if key := own_key(actor):
            return self.filter(key=key)
        path = area_path(actor)
        if path is None:
            return self.none()
        found = self.filter(area__in=Area.objects.filter(path__startswith=path).order_by().values("pk"))
        if actor.organisation.kind != Organisation.Kind.PARK:
            return found
        from zhizao.base.facts.queries import of_park  # which reads these models

        return found.filter(of_park(actor.organisation))


class Subject(models.Model):
    """One thing that facts and figures are about. Its key is permanent, and never given to another."""

    class Kind(models.TextChoices):
        AREA = "area", _("Area")
        ENTERPRISE = "enterprise", _("Enterprise")
        SECTOR = "sector", _("Sector")
        PARK = "park", _("Park")
        CHAIN = "chain", _("Chain")
        NODE = "node", _("Link of a chain")
        PLOT = "plot", _("Plot of land")
        PROJECT = "project", _("Project")
        GROUP = "group", _("Group")
        INSTITUTION = "institution", _("Institution")

    key = models.CharField(_("key"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+", verbose_name=_("area"))
    simulated = models.BooleanField(_("simulated"), default=False)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        indexes = [models.Index(fields=["kind", "area"], name="facts_subject_kind")]
        constraints = [
            models.CheckConstraint(
                condition=Q(key__startswith=models.functions.Concat(F("kind"), models.Value(":"))),
                name="facts_subject_key_says_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def id_part(self) -> str:
        """The key without its kind."""
        return self.key.partition(":")[2]


class FactQuerySet(SubjectQuerySet):
    """Facts, scoped by their subject; added to, never changed or removed."""

    prefix = "subject__"

    def update(self, **_changes: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("a dated fact is never changed: state a new one")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("a dated fact is never removed: withdraw it")

    delete.alters_data = True
    delete.queryset_only = True


class DatedFact(models.Model):
    """The base of every dated fact. A model names in ``identity`` the fields that make two rows about one thing."""

    identity: ClassVar[tuple[str, ...]] = ("subject",)

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="%(class)s_facts", verbose_name=_("subject"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    known_from = models.DateTimeField(_("known from"))
    withdrawn = models.BooleanField(_("withdrawn"), default=False)
    source = models.TextField(_("source"), blank=True)
    batch = models.CharField(_("batch"), max_length=100, blank=True)

    objects = FactQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["known_from", "pk"]
        indexes = [models.Index(fields=["subject", "known_from"], name="%(app_label)s_%(class)s_subj")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                name="%(app_label)s_%(class)s_days_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"

    def save(self, *, force_update: bool = False, **options: Any) -> None:
        """Add the row; a stored one is never written again."""
        if force_update or not self._state.adding:
            raise AppendOnlyError("a dated fact is never changed: state a new one")
        super().save(force_insert=True, **{k: v for k, v in options.items() if k == "using"})

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("a dated fact is never removed: withdraw it")

    @classmethod
    @cache
    def _identity_columns(cls) -> tuple[str, ...]:
        return tuple(cls._meta.get_field(name).attname for name in cls.identity)

    @classmethod
    @cache
    def content(cls) -> tuple[str, ...]:
        """The fields that hold what the fact says, beside whom, when and whence."""
        own = {field.attname for field in DatedFact._meta.get_fields()} | {"id", "subject_id"}
        return tuple(field.attname for field in cls._meta.concrete_fields if field.attname not in own)

    def identity_values(self) -> tuple[Any, ...]:
        """What the row is about, to be compared with others of its model."""
        return tuple(getattr(self, name) for name in self._identity_columns())

    def says(self) -> tuple[Any, ...] | None:
        """What the row says, to be compared; None if it says that there is none."""
        return None if self.withdrawn else tuple(getattr(self, name) for name in self.content())


class Name(DatedFact):
    """A name of a subject. Of registered and English names one holds at a time (``services.replace``)."""

    class Kind(models.TextChoices):
        REGISTERED = "registered", _("registered name")
        SHORT = "short", _("short name")
        FORMER = "former", _("former name")
        ENGLISH = "english", _("English name")
        ALIAS = "alias", _("alias")

    identity = ("subject", "kind", "text")

    kind = models.CharField(_("kind of name"), max_length=20, choices=Kind)
    text = models.CharField(_("name"), max_length=200)
    pinyin = models.CharField(max_length=600, blank=True, editable=False)
    initials = models.CharField(max_length=200, blank=True, editable=False)

    class Meta(DatedFact.Meta):
        # The first says whether a row is hidden, the last lists names by pinyin, both without opening the rows.
        indexes = [
            models.Index(
                fields=["subject", "kind", "text", "known_from", "valid_from", "valid_to"], name="facts_name_identity"
            ),
            models.Index(fields=["text"], name="facts_name_text"),
            models.Index(
                fields=[
                    *("kind", "pinyin", "text", "id"),
                    *("subject", "known_from", "valid_from", "valid_to", "withdrawn"),
                ],
                name="facts_name_by_pinyin",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Membership(DatedFact):
    """That a subject belongs to another in one of the trees; in several at once where the tree allows it."""

    class Tree(models.TextChoices):
        AREA = "area", _("Area")
        SECTOR = "sector", _("Sector")
        GROUP = "group", _("Group")
        PARK = "park", _("Park")
        CHAIN = "chain", _("Chain")
        TIER = "tier", _("Tier")
        GRID = "grid", _("Street and grid cell")
        OWNER = "owner", _("Owner")

    identity = ("subject", "tree", "parent")

    parent = models.ForeignKey(Subject, models.PROTECT, related_name="member_facts", verbose_name=_("belongs to"))
    tree = models.CharField(_("tree"), max_length=20, choices=Tree)

    class Meta(DatedFact.Meta):
        # The first answers whether a row is hidden: without it SQLite asks all members of a parent for each of them.
        indexes = [
            models.Index(fields=["subject", "tree", "parent", "known_from"], name="facts_membership_identity"),
            models.Index(fields=["parent", "tree", "known_from"], name="facts_membership_parent"),
        ]
        constraints = [
            *DatedFact.Meta.constraints,
            models.CheckConstraint(condition=~Q(subject=F("parent")), name="facts_membership_not_in_itself"),
        ]


class LinkQuerySet(FactQuerySet):
    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """Links of which the actor may see the supplier or the buyer."""
        seen = Subject.objects.visible_to(actor).order_by().values("pk")
        return self.filter(Q(subject__in=seen) | Q(buyer__in=seen))


class Link(DatedFact):
    """That a supplier (the subject) sells a product to a buyer, and how much in a calendar year while it holds.

    Next year's amount is a later row from its first day on; the end of the business is an end of the fact. What is
    not known is NULL. A row may stand for several unnamed suppliers or buyers (those outside the region): ``parties``.
    """

    class Basis(models.TextChoices):
        DECLARED = "declared", _("declared")
        INVOICED = "invoiced", _("invoiced")
        ESTIMATED = "estimated", _("estimated")

    class Confidence(models.TextChoices):
        HIGH = "H", _("high")
        MEDIUM = "M", _("medium")
        LOW = "L", _("low")

    identity = ("subject", "buyer", "product")

    buyer = models.ForeignKey(Subject, models.PROTECT, related_name="bought_facts", verbose_name=_("buyer"))
    product = models.CharField(_("product"), max_length=200, blank=True)
    yearly_amount_fen = models.BigIntegerField(_("amount a year, fen"), null=True)
    share_ppm = models.PositiveIntegerField(_("share of the buyer's purchases, millionths"), null=True)
    parties = models.PositiveIntegerField(_("number of suppliers or buyers"), null=True, default=1)
    basis = models.CharField(_("how known"), max_length=10, choices=Basis)
    confidence = models.CharField(_("confidence"), max_length=1, choices=Confidence)
    simulated = models.BooleanField(_("simulated"), default=False)

    objects = LinkQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        indexes = [
            models.Index(fields=["subject", "buyer", "product", "known_from"], name="facts_link_identity"),
            models.Index(fields=["buyer", "known_from"], name="facts_link_buyer"),
        ]
        constraints = [
            *DatedFact.Meta.constraints,
            models.CheckConstraint(condition=~Q(subject=F("buyer")), name="facts_link_not_to_itself"),
            models.CheckConstraint(
                condition=Q(yearly_amount_fen=None) | Q(yearly_amount_fen__gte=0), name="facts_link_amount_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(share_ppm=None) | Q(share_ppm__lte=1_000_000), name="facts_link_share_of_one"
            ),
        ]
