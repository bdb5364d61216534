from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.scoping import ScopedQuerySet, open_to

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User


class RunQuerySet(ScopedQuerySet):
    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """Runs of the actor's areas that are open to the actor's roles, and for everybody those made public."""
        own = super().visible_to(actor).filter(open_to(actor))
        return self.filter(Q(public=True) | Q(pk__in=own.values("pk")))


class Run(models.Model):
    """A result of an engine with all that determines it. The same run is the same row, and must give the same bytes."""

    fingerprint = models.CharField(_("fingerprint"), max_length=64, db_index=True)
    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+")
    engine = models.CharField(_("engine"), max_length=80)
    engine_version = models.CharField(_("version"), max_length=40)
    inputs = models.JSONField(_("inputs"))
    parameters = models.JSONField(_("parameters"))
    seed = models.BigIntegerField(_("seed"), null=True)
    as_of = models.DateField(_("as of"), null=True)
    output_sha256 = models.CharField(max_length=64)
    output_size = models.PositiveBigIntegerField(_("size"))
    media_type = models.CharField(_("media type"), max_length=100)
    public = models.BooleanField(_("public"), default=False)
    roles = models.CharField(max_length=200, blank=True, editable=False)  # who may see it, as ``for_roles`` writes them
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["area", "fingerprint"], name="evidence_same_run_same_row")]

    def __str__(self) -> str:
        return f"{self.engine} {self.sha12}"

    @property
    def sha12(self) -> str:
        """The short name by which pages call a run."""
        return self.fingerprint[:12]

    def get_absolute_url(self) -> str:
        return reverse("evidence:run", args=[self.sha12])
