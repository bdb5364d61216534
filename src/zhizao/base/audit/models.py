"""The audit trail: rows that are only ever added, each carrying the hash of the one before."""

from __future__ import annotations

import json
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.scoping import ScopedQuerySet, area_path


class AuditQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Any) -> Self:
        """Rows of the actor's areas; whoever audits a root area also sees rows that belong to no area."""
        path = area_path(actor)
        if path is None:
            return self.none()
        own = Q(area__path__startswith=path)
        return self.filter(own | Q(area=None)) if path.count("/") == 1 else self.filter(own)


class AuditEvent(models.Model):
    """One act: who did what to which thing, when, from where, with which outcome. ``id`` counts without gaps from 1."""

    class Outcome(models.TextChoices):
        DONE = "done", _("Carried out")
        REFUSED = "refused", _("Turned down")

    id = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField(_("time"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(_("actor"), max_length=150, blank=True)
    action = models.CharField(_("action"), max_length=100)
    target_type = models.CharField(max_length=100, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    target_text = models.CharField(_("target"), max_length=200, blank=True)
    area = models.ForeignKey("accounts.Area", models.PROTECT, null=True, related_name="+")
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.DONE)
    # Text, not a JSON column: PostgreSQL would re-write the numbers in it, and the hash is over the exact text.
    details_json = models.TextField(default="{}")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["action", "id"], name="audit_action"),
            models.Index(fields=["actor", "id"], name="audit_actor"),
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["target_type", "target_id", "id"], name="audit_target"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.action}"

    @property
    def details(self) -> dict[str, Any]:
        """What else belongs to the act, as it was given."""
        return json.loads(self.details_json)


class AuditHead(models.Model):
    """The end of the chain: the number of rows and the hash of the last. One row; its lock puts writers in order."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    count = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="audit_one_head")]
