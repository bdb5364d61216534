"""Calls: every probability that was published, as it was told on its day.

What came of a call is never typed: it is read from the ledger when it is asked for (``calls``). A call is only ever
added; the same run gives its calls once.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.scoping import ScopedQuerySet
from zhizao.kernel.span import Span


class CallQuerySet(ScopedQuerySet):
    """Calls of the actor's areas."""

    def update(self, **_changes: Any) -> NoReturn:
        """Refuse."""
        raise TypeError("a call is never changed")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise TypeError("a call is never taken back")

    delete.alters_data = True
    delete.queryset_only = True


class Call(models.Model):
    """P of one target as of one day. ``is_backtest``: computed later, from what was known that day."""

    class Bound(models.TextChoices):
        AT_LEAST = "ge", _("at least")
        AT_MOST = "le", _("at most")

    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+", verbose_name=_("area"))
    run = models.ForeignKey("evidence.Run", models.PROTECT, related_name="+", verbose_name=_("run"))
    target_key = models.CharField(_("target of the plan"), max_length=80)
    name = models.CharField(_("name"), max_length=120)
    pillar = models.CharField(_("category"), max_length=60, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    as_of = models.DateField(_("as of"))
    start_month = models.SmallIntegerField()
    months = models.SmallIntegerField()
    bound = models.CharField(_("bound"), max_length=2, choices=Bound)
    threshold = models.DecimalField(_("target value"), max_digits=20, decimal_places=6)
    p = models.FloatField(_("probability"))
    p_lo = models.FloatField()
    p_hi = models.FloatField()
    fan = models.JSONField(default=list)  # of each year ahead: span and the quantiles of ``shown.QUANTILES``
    is_backtest = models.BooleanField(_("backtest"))
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["as_of", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "target_key"], name="outlook_call_once_a_run"),
            models.CheckConstraint(
                condition=Q(p__gte=0, p__lte=1) & Q(p_lo__lte=models.F("p")) & Q(p_hi__gte=models.F("p")),
                name="outlook_call_is_a_probability",
            ),
        ]
        indexes = [models.Index(fields=["area", "target_key", "as_of"], name="outlook_calls_of_target")]

    def __str__(self) -> str:
        return f"{self.target_key} {self.as_of}"

    def save(self, *, force_update: bool = False, **options: Any) -> None:
        """Add the call; a stored one is never written again."""
        if force_update or not self._state.adding:
            raise TypeError("a call is never changed")
        super().save(force_insert=True, **{key: value for key, value in options.items() if key == "using"})

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse."""
        raise TypeError("a call is never taken back")

    @property
    def span(self) -> Span:
        """The period that the target is for."""
        return Span(self.start_month, self.months)
