"""Observations, and the little that is said of many of them at once.

An observation is a figure of a *series* (subject, indicator, scope, price basis) over a span, as it was known from an
instant on. A correction is a later row; nothing is changed or removed, and the database itself refuses to. The value is
an integer in millionths of the indicator's unit, so that sums are exact in SQL; NULL where it is missing. What many
rows share (unit as printed, source, import) stands once, in ``Origin``.

A row also carries what its figure was known to be before it. So a row is a posting: the sum of ``value`` less that of
``before`` over all rows known by an instant is the sum of the figures as known then, without asking of each row
whether a later one replaces it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.scoping import ScopedQuerySet
from zhizao.base.facts.models import FactQuerySet, SubjectQuerySet
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User

MILLION = 1_000_000


class IndicatorQuerySet(ScopedQuerySet):
    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """All: what an indicator means is no secret."""
        return self


class Indicator(models.Model):
    """What a figure measures, as a pack defines it."""

    class Kind(models.TextChoices):
        FLOW = "flow", _("flow")
        STOCK = "stock", _("stock")
        RATIO = "ratio", _("ratio")

    key = models.CharField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    unit = models.CharField(_("unit"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    formula = models.CharField(_("formula"), max_length=500, blank=True)
    definition = models.JSONField(_("definition"), default=dict)  # frequency, owner, deadline, scope, quality, checks
    position = models.PositiveIntegerField(default=0)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    def get_absolute_url(self) -> str:
        return reverse("ledger:indicator", args=[self.key])

    @property
    def is_derived(self) -> bool:
        """Whether it is computed from others and never stored."""
        return bool(self.formula)


class BatchQuerySet(ScopedQuerySet):
    """Imports of the actor's areas."""


class Batch(models.Model):
    """One act that brought observations: an import, an accepted form, a simulation."""

    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+", verbose_name=_("area"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    name = models.CharField(_("file"), max_length=255)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("when"), auto_now_add=True)
    rows = models.PositiveIntegerField(_("rows"))
    added = models.PositiveIntegerField(_("new"))
    warnings = models.JSONField(default=list)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["area", "sha256"], name="ledger_file_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("ledger:batch", args=[self.pk])

    @property
    def unchanged(self) -> int:
        """Rows that said what was known already."""
        return self.rows - self.added


class OriginQuerySet(ScopedQuerySet):
    area_lookup = "batch__area"


class Origin(models.Model):
    """What the rows of one import share: the unit as printed and the source."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="origins")
    unit = models.CharField(_("unit as printed"), max_length=40)
    source = models.CharField(_("source"), max_length=300)

    objects = OriginQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "unit", "source"], name="ledger_origin_once")]


class SeriesQuerySet(SubjectQuerySet):
    area_lookup = "subject__area"
    prefix = "subject__"


class Series(models.Model):
    """What observations over different spans have in common."""

    subject = models.ForeignKey("facts.Subject", models.PROTECT, related_name="+", verbose_name=_("subject"))
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name=_("indicator"))
    scope = models.CharField(_("scope"), max_length=30)
    price_basis = models.CharField(_("price basis"), max_length=30)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "indicator", "scope", "price_basis"], name="ledger_series_of_subject"
            )
        ]
        indexes = [models.Index(fields=["indicator", "subject"], name="ledger_series_of_indicator")]


class ObservationQuerySet(FactQuerySet):
    area_lookup = "series__subject__area"
    prefix = "series__subject__"


class Status(models.IntegerChoices):
    """How a figure came about; ``key`` is what files call it."""

    NORMAL = 1, _("normal")
    PROVISIONAL = 2, _("provisional")
    ESTIMATED = 3, _("estimated")
    FORECAST = 4, _("forecast")
    MISSING = 5, _("missing")
    SIMULATED = 6, _("simulated")

    @property
    def key(self) -> str:
        """The word in files and in the API."""
        return self.name.lower()


class Observation(models.Model):
    """A figure as it was known from an instant on."""

    # The parents' rows are there: ``storing`` makes them in the same transaction. Checking each of a million again
    # would double the time of an import; so the database does not, and the one index is the one that queries use.
    series = models.ForeignKey(Series, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    start_month = models.SmallIntegerField()  # year × 12 + month − 1 stays below 2**15 until the year 2730
    months = models.SmallIntegerField()
    value = models.BigIntegerField(null=True)
    printed = models.CharField(max_length=60)
    status = models.SmallIntegerField(choices=Status)
    before = models.BigIntegerField(null=True)
    before_status = models.SmallIntegerField(choices=Status, null=True)  # NULL: nothing was said before
    known_from = models.DateTimeField(_("known from"))
    origin = models.ForeignKey(Origin, models.PROTECT, related_name="+", db_index=False, db_constraint=False)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(status=Status.MISSING) & Q(value=None)) | (~Q(status=Status.MISSING) & ~Q(value=None)),
                name="ledger_missing_has_no_value",
            ),
            models.UniqueConstraint(
                fields=["series", "start_month", "months", "known_from"], name="ledger_observation_at"
            ),
        ]

    def save(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse: observations come in through ``storing``."""
        raise TypeError("observations are stored by zhizao.apps.ledger.storing")

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse."""
        raise TypeError("an observation is never removed: add a later one")

    @property
    def span(self) -> Span:
        """The months that it is about."""
        return Span(self.start_month, self.months)


class PublicationQuerySet(ScopedQuerySet):
    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """All: they are for everybody."""
        return self


class Publication(models.Model):
    """A protected table that everybody may read: one indicator by sector for one span.

    It is made once and never again for the same span: two tables of two dates would tell who had corrected what.
    """

    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+", verbose_name=_("area"))
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name=_("indicator"))
    start_month = models.SmallIntegerField()
    months = models.SmallIntegerField()
    cells = models.JSONField()  # name, value as text or null, contributors or null; the total first
    simulated = models.BooleanField(_("simulated"), default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("when"), auto_now_add=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["indicator__position", "-start_month"]
        constraints = [
            models.UniqueConstraint(fields=["area", "indicator", "start_month", "months"], name="ledger_published_once")
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.span.to_chinese()}"

    @property
    def span(self) -> Span:
        """The months that it is about."""
        return Span(self.start_month, self.months)
