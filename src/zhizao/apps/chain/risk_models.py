"""What somebody wants to keep of a what-if: its name, and the run that holds the scenario and what comes of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.scoping import ScopedQuerySet


class Scenario(models.Model):
    """A stored what-if. A name stands once in an area."""

    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+", verbose_name=_("area"))
    name = models.CharField(_("name"), max_length=120)
    run = models.ForeignKey("evidence.Run", models.PROTECT, related_name="+", verbose_name=_("run"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("stored"), auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["area", "name"], name="chain_scenario_name_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("chain:what_if_result", args=[self.run.sha12])
