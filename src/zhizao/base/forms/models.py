"""Reports that organisations hand in: cells as typed, states, and who did what and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.scoping import ScopedQuerySet
from zhizao.base.facts.models import DatedFact
from zhizao.base.forms.definition import Form
from zhizao.base.forms.library import Deadline, library
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User


class SubmissionQuerySet(ScopedQuerySet):
    prefix = ""

    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """An enterprise sees its own reports; the administration those of its areas once they were handed in."""
        organisation = getattr(actor, "organisation", None)
        if organisation is not None and organisation.is_outside:
            return self.filter(**{f"{self.prefix}organisation": organisation})
        return super().visible_to(actor).exclude(**{f"{self.prefix}submitted_at": None})


class Submission(models.Model):
    """The report of one organisation on one form for one period."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("handed in")
        RETURNED = "returned", _("returned")
        ACCEPTED = "accepted", _("passed")

    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+", verbose_name=_("area"))
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="submissions", verbose_name=_("organisation")
    )
    subject_key = models.CharField(_("subject"), max_length=120)
    form = models.CharField(_("form"), max_length=60)
    edition = models.CharField(_("edition"), max_length=20)
    start_month = models.IntegerField(editable=False)
    months = models.PositiveSmallIntegerField(editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    cells = models.JSONField(default=dict, help_text="cell to text as typed")
    sources = models.JSONField(default=dict, help_text="cell to the source of a figure that was filled in and locked")
    reasons = models.JSONField(default=dict, help_text="check to the reason that was given")
    revision = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField(_("opened"), auto_now_add=True)
    saved_at = models.DateTimeField(_("saved"), null=True)
    submitted_at = models.DateTimeField(_("handed in"), null=True)
    late = models.BooleanField(_("late"), default=False)
    decided_at = models.DateTimeField(_("decided"), null=True)

    objects = SubmissionQuerySet.as_manager()

    OPEN = (State.DRAFT, State.RETURNED)
    HANDED_IN = (State.SUBMITTED, State.ACCEPTED)

    class Meta:
        ordering = ["-start_month", "-months", "form", "organisation__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "form", "start_month", "months"], name="forms_one_report_each"
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(submitted_at__isnull=False), name="forms_handed_in_at"
            ),
        ]
        indexes = [models.Index(fields=["area", "form", "start_month"], name="forms_report_of_area")]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.form} {self.period}"

    def get_absolute_url(self) -> str:
        return reverse("forms:report", args=[self.pk])

    @property
    def period(self) -> Span:
        """The months that it reports on."""
        return Span(self.start_month, self.months)

    @property
    def definition(self) -> Form:
        """The edition that it was opened with."""
        return next(form for form in library(self.area.path).editions(self.form) if form.edition == self.edition)

    @property
    def deadline(self) -> Deadline | None:
        """When it is due."""
        return library(self.area.path).deadline(self.form, self.period)

    @property
    def is_open(self) -> bool:
        """Whether its reporter can still write in it."""
        return self.state in self.OPEN


class StepQuerySet(SubmissionQuerySet):
    area_lookup = "submission__area"
    prefix = "submission__"


class Step(models.Model):
    """One change of a report's state, with the figures it had; only ever added."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="steps")
    state = models.CharField(_("state"), max_length=10, choices=Submission.State)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("when"))
    reason = models.TextField(_("reason"), blank=True)
    revision = models.PositiveIntegerField()
    cells = models.JSONField(default=dict)
    reasons = models.JSONField(default=dict)

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.submission}: {self.state}"


class Duty(DatedFact):
    """That an office asks an enterprise to report in these days, or does not; ``circle`` says what follows."""

    asked = models.BooleanField(_("asked to report"))

    class Meta(DatedFact.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.subject}: {self.asked}"


class ReminderQuerySet(ScopedQuerySet):
    area_lookup = "organisation__area"


class Reminder(models.Model):
    """That an enterprise was reminded of a report by the calendar: once before it is due, once when it is late."""

    class Kind(models.TextChoices):
        BEFORE = "before", _("before it is due")
        AFTER = "after", _("when it is late")

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    form = models.CharField(_("form"), max_length=60)
    start_month = models.IntegerField(editable=False)
    months = models.PositiveSmallIntegerField(editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    sent_at = models.DateTimeField(_("sent"))

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "form", "start_month", "months", "kind"], name="forms_reminded_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.form} {Span(self.start_month, self.months)}"
