from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.scoping import ScopedQuerySet


class Event(models.Model):
    """Something that happened, told upwards: written in the transaction that made it so, and never changed."""

    sequence = models.BigAutoField(primary_key=True)
    name = models.CharField(_("name"), max_length=80)
    area = models.ForeignKey("accounts.Area", models.PROTECT, null=True, related_name="+")
    subject = models.CharField(_("subject"), max_length=200)
    payload = models.JSONField(_("payload"), default=dict)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"


class Delivery(models.Model):
    """That one subscriber (a kind of job) is to hear of one event; with the job that serves it."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="deliveries")
    subscriber = models.CharField(max_length=80)
    job = models.ForeignKey("jobs.Job", models.PROTECT, null=True, related_name="+")
    retry_at = models.DateTimeField(null=True)
    settled = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["event", "subscriber"], name="events_delivered_once")]
        indexes = [models.Index(fields=["id"], condition=models.Q(settled=False), name="events_open_deliveries")]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.subscriber}"
