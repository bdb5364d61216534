"""Alarms, what became of them, and what a region has published to watch by.

An alarm is computed, never typed; what is said of it on the day when it was found stays. A later run of the same month
that does not find it any more lets it lapse, with the reason. Outcomes, choices and cut-offs are only ever added; the
database refuses the rest too (``triggers``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.scoping import ScopedQuerySet
from zhizao.base.facts.models import AppendOnlyError, Subject
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User


class AlarmQuerySet(ScopedQuerySet):
    """Alarms of the actor's areas about subjects that it may see: a park's operator those of its park."""

    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """Alarms that the actor may see; nothing for who stands outside the administration, an enterprise too."""
        seen = Subject.objects.visible_to(actor).order_by().values("pk")
        return super().visible_to(actor).filter(subject__in=seen)

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("an alarm is never removed: it lapses")

    delete.alters_data = True
    delete.queryset_only = True


class Alarm(models.Model):
    """That a rule called a subject for a period, with the arithmetic as it was on the day when it was found.

    ``about`` tells apart what one rule calls of one subject in one month: a target of the plan, an indicator, a person.
    ``facts`` holds ``rows`` of arithmetic and the ``sentence`` with its ``params`` (``telling``); ``rows`` holds
    references that open evidence. ``score``: larger is worse, comparable within a rule only.
    """

    class Severity(models.TextChoices):
        NOTICE = "notice", _("notice")
        SERIOUS = "serious", _("serious")

    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+", verbose_name=_("area"))
    subject = models.ForeignKey("facts.Subject", models.PROTECT, related_name="alarms", verbose_name=_("subject"))
    rule = models.CharField(_("rule"), max_length=80)
    family = models.CharField(_("family"), max_length=20)
    about = models.CharField(max_length=120, blank=True)
    start_month = models.SmallIntegerField()
    months = models.SmallIntegerField(default=1)
    score = models.FloatField(_("score"))
    severity = models.CharField(_("severity"), max_length=10, choices=Severity)
    facts = models.JSONField(default=dict)
    rows = models.JSONField(default=list)
    run = models.ForeignKey("evidence.Run", models.PROTECT, related_name="+", verbose_name=_("run"))
    found_as_of = models.DateField(_("found as of"))
    found_at = models.DateTimeField(_("found"), auto_now_add=True)
    lapsed_as_of = models.DateField(_("lapsed as of"), null=True)
    lapsed_why = models.CharField(_("why it lapsed"), max_length=40, blank=True)
    is_backtest = models.BooleanField(_("backtest"), default=False)
    simulated = models.BooleanField(_("simulated"), default=False)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        ordering = ["-start_month", "-score", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "subject", "rule", "about", "start_month", "severity", "found_as_of"],
                name="warning_alarm_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(lapsed_as_of=None, lapsed_why="") | (Q(lapsed_as_of__isnull=False) & ~Q(lapsed_why="")),
                name="warning_alarm_lapses_with_a_reason",
            ),
            models.CheckConstraint(condition=Q(months__gt=0), name="warning_alarm_has_a_span"),
        ]
        indexes = [
            models.Index(fields=["area", "start_month", "family"], name="warning_alarms_of_month"),
            models.Index(fields=["subject", "start_month"], name="warning_alarms_of_subject"),
            models.Index(fields=["area", "rule", "start_month"], name="warning_alarms_of_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.span}"

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("an alarm is never removed: it lapses")

    def get_absolute_url(self) -> str:
        return reverse("warning:alarm", args=[self.pk])

    @property
    def span(self) -> Span:
        """The period that it is for."""
        return Span(self.start_month, self.months)

    @property
    def origin(self) -> str:
        """By which a case says what it is about."""
        return f"warning.alarm:{self.pk}"


class AddedQuerySet(ScopedQuerySet):
    """Rows that are only ever added."""

    def update(self, **_changes: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("what was said is never changed: say it anew")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("what was said is never removed: say it anew")

    delete.alters_data = True
    delete.queryset_only = True


class OutcomeQuerySet(AddedQuerySet):
    """Outcomes, scoped by their alarm."""

    area_lookup = "alarm__area"

    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """Outcomes of alarms that the actor may see."""
        return self.filter(alarm__in=Alarm.objects.visible_to(actor).order_by().values("pk"))

    def that_counts(self, at: datetime) -> Self:
        """For a subquery of alarms: what counted at an instant, a person's before a rule's, of either the last."""
        return self.filter(alarm=OuterRef("pk"), at__lte=at).order_by("by_rule", "-at", "-pk")[:1]


class _Added(models.Model):
    """The base of what is only ever added."""

    class Meta:
        abstract = True

    def save(self, *, force_update: bool = False, **options: Any) -> None:
        """Add the row; a stored one is never written again."""
        if force_update or not self._state.adding:
            raise AppendOnlyError("what was said is never changed: say it anew")
        super().save(force_insert=True, **{key: value for key, value in options.items() if key == "using"})

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("what was said is never removed: say it anew")


class Outcome(_Added):
    """What became of an alarm. A person's word counts before a rule's, of either the last one."""

    class Verdict(models.TextChoices):
        TRUE = "true", _("true alarm")
        FALSE = "false", _("false alarm")
        UNKNOWN = "unknown", _("unknown")

    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="outcomes", verbose_name=_("alarm"))
    verdict = models.CharField(_("outcome"), max_length=10, choices=Verdict)
    by_rule = models.BooleanField(_("by rule"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("said"), auto_now_add=True)
    why = models.TextField(_("reason"))
    lead_months = models.SmallIntegerField(_("months ahead"), null=True)
    cost_hours = models.DecimalField(_("hours of staff"), max_digits=8, decimal_places=2, null=True)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["alarm", "at"], name="warning_outcomes_of_alarm")]
        constraints = [
            models.CheckConstraint(
                condition=Q(by_rule=True, actor=None) | Q(by_rule=False, actor__isnull=False),
                name="warning_outcome_by_rule_or_person",
            ),
            models.CheckConstraint(
                condition=Q(cost_hours=None) | Q(cost_hours__gte=0), name="warning_outcome_hours_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.alarm_id} {self.verdict}"


class Choice(_Added):
    """A threshold that a region has published in place of the pack's, with the scoring run that it rests on."""

    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+", verbose_name=_("area"))
    rule = models.CharField(_("rule"), max_length=80)
    parameter = models.CharField(_("parameter"), max_length=80)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=6)
    unit = models.CharField(_("unit"), max_length=20)
    effective_from = models.DateField(_("effective from"))
    known_from = models.DateTimeField(_("known from"), auto_now_add=True)
    run = models.ForeignKey("evidence.Run", models.PROTECT, null=True, related_name="+", verbose_name=_("run"))
    why = models.TextField(_("reason"))
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = AddedQuerySet.as_manager()

    class Meta:
        ordering = ["effective_from", "known_from", "pk"]
        indexes = [models.Index(fields=["area", "rule", "parameter"], name="warning_choices_of_rule")]

    def __str__(self) -> str:
        return f"{self.rule} {self.parameter} {self.value}"


class CutOff(_Added):
    """By which bounds an indicator's lamp takes its colour in a region, from a day on; ``colours`` as ``lamps`` reads.

    ``proposed`` marks bounds computed from the region's own history, which nobody has decided yet.
    """

    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+", verbose_name=_("area"))
    key = models.CharField(_("indicator"), max_length=120)
    colours = models.JSONField(_("bounds"))
    effective_from = models.DateField(_("effective from"))
    known_from = models.DateTimeField(_("known from"), auto_now_add=True)
    proposed = models.BooleanField(_("own proposal"), default=False)
    why = models.TextField(_("reason"))
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = AddedQuerySet.as_manager()

    class Meta:
        ordering = ["effective_from", "known_from", "pk"]
        indexes = [models.Index(fields=["area", "key"], name="warning_cut_offs_of_area")]

    def __str__(self) -> str:
        return f"{self.key} {self.effective_from}"
