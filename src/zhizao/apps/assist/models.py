"""Who looks after an enterprise, who went there, what it asked for, what was done for it and what that did.

The acts themselves are cases of ``base.flow``; here stands what a case does not hold. A responsibility is a dated fact;
a report of a visit, what was done and its effect are only ever added (``triggers``). What was wrong in a report is said
anew in a row that supersedes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.scoping import area_path
from zhizao.base.facts.models import DatedFact, FactQuerySet, SubjectQuerySet
from zhizao.base.flow.models import AddedQuerySet, OfCaseQuerySet
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import Area, User


class Duty(models.TextChoices):
    """For what somebody looks after an enterprise."""

    LEAD = "lead", _("leader who keeps contact")
    GRID = "grid", _("grid worker")
    CHAIN = "chain", _("Chain leader's office")


class Topic(models.TextChoices):
    """What an enterprise asks for, or needs."""

    POWER = "power", _("electricity, gas and water")
    LABOUR = "labour", _("staff")
    LAND = "land", _("land and premises")
    FINANCE = "finance", _("finance")
    ORDERS = "orders", _("orders and markets")
    LOGISTICS = "logistics", _("supplies and logistics")
    POLICY = "policy", _("policies and their funds")
    TECHNOLOGY = "technology", _("technology")
    OTHER = "other", _("other")


class OfficialQuerySet(SubjectQuerySet):
    """Rows about enterprises that the administration keeps for itself."""

    prefix = "subject__"

    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """Rows about the subjects that the actor may see; none for enterprises, not even about themselves."""
        return self.none() if area_path(actor) is None else super().visible_to(actor)


class VisitQuerySet(OfficialQuerySet):
    """Visits; of a report that was corrected there are several."""

    def standing(self, at: datetime) -> Self:
        """Those that were not corrected by then."""
        return self.exclude(superseded_by__reported_at__lte=at)


class OfSubjectQuerySet(SubjectQuerySet):
    """Rows about enterprises, which they see of themselves."""

    prefix = "subject__"


class Responsibility(DatedFact):
    """Who has a duty for an enterprise: a person, a unit, or a person of a unit."""

    identity = ("subject", "duty")

    duty = models.CharField(_("duty"), max_length=10, choices=Duty)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="responsibilities", verbose_name=_("person")
    )
    unit = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, related_name="responsibilities", verbose_name=_("unit")
    )
    simulated = models.BooleanField(_("simulated"), default=False)

    objects = FactQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        indexes = [
            models.Index(fields=["subject", "duty", "known_from"], name="assist_duty_identity"),
            models.Index(fields=["person", "known_from"], name="assist_duty_person"),
            models.Index(fields=["unit", "known_from"], name="assist_duty_unit"),
        ]
        constraints = [
            *DatedFact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(unit__isnull=False), name="assist_duty_is_somebodys"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.duty}"


def supersedes() -> models.OneToOneField:
    """Names the row that a row takes the place of; each is corrected once, and then its correction."""
    return models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")


class Visit(models.Model):
    """A visit to an enterprise: planned, then done or given up. ``needs`` are topics with words.

    A correction is a row of its own, planned and reported at the instant at which it was made.
    """

    class Kind(models.TextChoices):
        PLAN = "plan", _("planned visit")
        FOLLOW_UP = "follow_up", _("follow-up visit")
        LEADER = "leader", _("visit of a leader")

    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+", verbose_name=_("area"))
    subject = models.ForeignKey("facts.Subject", models.PROTECT, related_name="visits", verbose_name=_("enterprise"))
    visitor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="visits", verbose_name=_("visitor")
    )
    unit = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, related_name="visits", verbose_name=_("unit")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PLAN)
    planned_on = models.DateField(_("planned for"))
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    planned_at = models.DateTimeField(_("planned at"))
    done_on = models.DateField(_("done on"), null=True)
    reported_at = models.DateTimeField(_("reported at"), null=True)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    findings = models.TextField(_("findings"), blank=True)
    needs = models.JSONField(_("needs"), default=list)
    next_step = models.TextField(_("next step"), blank=True)
    cancelled_at = models.DateTimeField(_("given up at"), null=True)
    cancelled_why = models.TextField(_("why given up"), blank=True)
    case = models.ForeignKey("flow.Case", models.PROTECT, null=True, related_name="visits", verbose_name=_("case"))
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="followed_by", verbose_name=_("follow-up of")
    )
    files = models.ManyToManyField("files.StoredFile", related_name="+", verbose_name=_("files"))
    supersedes = supersedes()
    why = models.TextField(_("why corrected"), blank=True)
    simulated = models.BooleanField(_("simulated"), default=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["planned_on", "pk"]
        indexes = [
            models.Index(fields=["area", "planned_on"], name="assist_visits_of_area"),
            models.Index(fields=["subject", "planned_on"], name="assist_visits_of_subject"),
            models.Index(fields=["visitor", "planned_on"], name="assist_visits_of_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on=None, reported_at=None) | Q(done_on__isnull=False, reported_at__isnull=False),
                name="assist_visit_reported_when_done",
            ),
            models.CheckConstraint(
                condition=Q(done_on=None) | Q(cancelled_at=None), name="assist_visit_done_or_given_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.planned_on}"

    def get_absolute_url(self) -> str:
        return reverse("assist:visit", args=[self.pk])

    @property
    def authors(self) -> set[int | None]:
        """Who was there and who reported it."""
        return {self.visitor_id, self.reported_by_id}


class Request(models.Model):
    """What an enterprise asks for itself; what becomes of it is its case."""

    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+", verbose_name=_("area"))
    subject = models.ForeignKey("facts.Subject", models.PROTECT, related_name="requests", verbose_name=_("enterprise"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    topic = models.CharField(_("topic"), max_length=20, choices=Topic)
    text = models.TextField(_("request"))
    at = models.DateTimeField(_("at"))
    case = models.ForeignKey("flow.Case", models.PROTECT, null=True, related_name="requests", verbose_name=_("case"))
    simulated = models.BooleanField(_("simulated"), default=False)

    objects = OfSubjectQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["subject", "at"], name="assist_requests_of_subject")]

    def __str__(self) -> str:
        return f"{self.topic} {self.text[:40]}"


class Note(models.Model):
    """What a grid worker heard or saw at an enterprise; filed, or made a case."""

    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+", verbose_name=_("area"))
    subject = models.ForeignKey(
        "facts.Subject", models.PROTECT, related_name="grid_notes", verbose_name=_("enterprise")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    text = models.TextField(_("note"))
    at = models.DateTimeField(_("at"))
    filed_at = models.DateTimeField(_("filed at"), null=True)
    case = models.ForeignKey("flow.Case", models.PROTECT, null=True, related_name="grid_notes", verbose_name=_("case"))
    simulated = models.BooleanField(_("simulated"), default=False)

    objects = OfficialQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["subject", "at"], name="assist_notes_of_subject")]

    def __str__(self) -> str:
        return self.text[:80]


class OfHelpQuerySet(AddedQuerySet, OfCaseQuerySet):
    """What was done in the cases that the actor may see, and its effect; only ever added."""

    def standing(self, at: datetime) -> Self:
        """What was known by then to have been done, without what was corrected by then."""
        return self.filter(at__lte=at).exclude(superseded_by__at__lte=at)


class Help(models.Model):
    """A measure that was taken in a case, and the hours of staff that it took; NULL where nobody said.

    Without a measure it says that the one which it corrects was not taken.
    """

    case = models.ForeignKey("flow.Case", models.PROTECT, related_name="help", verbose_name=_("case"))
    measure = models.CharField(_("measure"), max_length=80)
    hours = models.DecimalField(_("hours of staff"), max_digits=8, decimal_places=2, null=True)
    taken_on = models.DateField(_("taken on"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    supersedes = supersedes()
    why = models.TextField(_("why corrected"), blank=True)

    objects = OfHelpQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(hours=None) | Q(hours__gt=0), name="assist_hours_more_than_none"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.measure}"

    @property
    def area(self) -> Area:
        """That of its case."""
        return self.case.area

    @property
    def unit_id(self) -> int | None:
        """The unit that has its case."""
        return self.case.unit_id

    @property
    def authors(self) -> set[int | None]:
        """Who wrote it down."""
        return {self.by_id}


class Effect(models.Model):
    """What the enterprise of a closed case did after it, beside what its like did; NULL and ``why`` where unknown.

    ``expected`` and ``actual`` are means a month in millionths of the indicator's unit; of several rows of one case,
    indicator and number of months the last counts.
    """

    METHOD: Final = "difference-in-differences"

    case = models.ForeignKey("flow.Case", models.PROTECT, related_name="effects", verbose_name=_("case"))
    indicator = models.CharField(_("indicator"), max_length=80)
    months = models.PositiveSmallIntegerField(_("months after"))
    before_start = models.SmallIntegerField()
    before_months = models.SmallIntegerField()
    after_start = models.SmallIntegerField()
    after_months = models.SmallIntegerField()
    expected = models.BigIntegerField(_("expected"), null=True)
    actual = models.BigIntegerField(_("reported"), null=True)
    effect_pct = models.FloatField(_("effect, %"), null=True)
    low = models.FloatField(_("low end, %"), null=True)
    high = models.FloatField(_("high end, %"), null=True)
    peers = models.PositiveIntegerField(_("enterprises compared with"), default=0)
    why = models.CharField(_("why unknown"), max_length=40, blank=True)
    method = models.CharField(_("method"), max_length=80, default=METHOD)
    run = models.ForeignKey("evidence.Run", models.PROTECT, related_name="+", verbose_name=_("run"))
    at = models.DateTimeField(_("computed"), auto_now_add=True)

    objects = OfHelpQuerySet.as_manager()

    class Meta:
        ordering = ["case", "months", "indicator", "at", "pk"]
        indexes = [models.Index(fields=["case", "months"], name="assist_effects_of_case")]
        constraints = [
            models.CheckConstraint(
                condition=Q(effect_pct=None) & ~Q(why="")
                | Q(effect_pct__isnull=False, low__isnull=False, high__isnull=False, why=""),
                name="assist_effect_or_why_unknown",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.indicator} {self.months}"

    @property
    def span_before(self) -> Span:
        """The months before the case."""
        return Span(self.before_start, self.before_months)

    @property
    def span_after(self) -> Span:
        """The months after it."""
        return Span(self.after_start, self.after_months)
