"""Issued briefs: what went out keeps its bytes, the run that it was written from, and its template's version."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.scoping import ScopedQuerySet
from zhizao.base.facts.models import AppendOnlyError
from zhizao.kernel.span import Span


class BriefQuerySet(ScopedQuerySet):
    """Briefs of the actor's areas; never changed, never removed."""

    def update(self, **_changes: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("an issued brief is never changed: issue one of a later day")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("an issued brief is never removed")

    delete.alters_data = True
    delete.queryset_only = True


class Brief(models.Model):
    """A brief of an area for a month as known at the end of a day, in one language."""

    class Language(models.TextChoices):
        CHINESE = "zh", _("Chinese")
        ENGLISH = "en", _("English")

    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+", verbose_name=_("area"))
    start_month = models.SmallIntegerField()
    months = models.SmallIntegerField(default=1)
    as_of = models.DateField(_("as of"))
    language = models.CharField(_("language"), max_length=2, choices=Language)
    template_version = models.PositiveSmallIntegerField(_("template version"))
    run = models.ForeignKey("evidence.Run", models.PROTECT, related_name="+", verbose_name=_("run"))
    runs = models.JSONField(_("runs"), default=list)  # short names of the runs that it quotes
    docx_sha256 = models.CharField(max_length=64)
    pdf_sha256 = models.CharField(max_length=64)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(_("issued"), auto_now_add=True)

    objects = BriefQuerySet.as_manager()

    class Meta:
        ordering = ["-start_month", "-as_of", "-language"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "start_month", "months", "as_of", "language"], name="cockpit_brief_once_a_day"
            ),
            models.CheckConstraint(condition=models.Q(months__gt=0), name="cockpit_brief_has_a_span"),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.span} {self.language}"

    def save(self, *, force_update: bool = False, **options: Any) -> None:
        """Add the brief; a stored one is never written again."""
        if force_update or not self._state.adding:
            raise AppendOnlyError("an issued brief is never changed: issue one of a later day")
        super().save(force_insert=True, **{key: value for key, value in options.items() if key == "using"})

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("an issued brief is never removed")

    @property
    def span(self) -> Span:
        """The month, or January and February."""
        return Span(self.start_month, self.months)

    @property
    def month(self) -> str:
        """The last month of the span, as addresses have it."""
        last = self.span.end_month - 1
        return f"{last // 12}-{last % 12 + 1:02d}"
