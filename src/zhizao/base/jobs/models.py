"""What the job centre keeps: jobs with their progress, their log, and which scheduled dates have been served."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import rules
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.scoping import ScopedQuerySet, area_path
from zhizao.base.jobs import registry
from zhizao.base.jobs.problems import from_json, say

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User
    from zhizao.kernel.result import Problem


class JobQuerySet(ScopedQuerySet):
    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """The actor's own jobs; for those who may see all, every job of their areas and of the installation."""
        if not actor.is_authenticated:
            return self.none()
        own = Q(owner=actor)
        if rules.has_perm("jobs.view_all", actor) and (path := area_path(actor)) is not None:
            own |= Q(area__path__startswith=path) | Q(area__isnull=True)
        return self.filter(own)


class Job(models.Model):
    """A piece of long work: who asked for it, how far it is, and what came of it.

    ``area`` is empty for work of the whole installation. ``attempt`` counts the starts and is the fence between
    workers: one that was given up for dead cannot write once a later attempt exists.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    FINISHED = (State.DONE, State.FAILED, State.CANCELLED)

    kind = models.CharField(_("kind"), max_length=80)
    parameters = models.JSONField(_("parameters"), default=dict)
    area = models.ForeignKey("accounts.Area", models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    idempotency_key = models.CharField(max_length=200, null=True, blank=True)

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    cancel_requested = models.BooleanField(default=False)
    queued_at = models.DateTimeField(default=timezone.now, editable=False)
    task_id = models.UUIDField(null=True, blank=True, editable=False)
    worker = models.CharField(_("worker"), max_length=64, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)

    progress = models.FloatField(_("progress"), default=0.0)
    stage = models.CharField(_("step"), max_length=200, blank=True)
    count_done = models.PositiveBigIntegerField(default=0)
    count_total = models.PositiveBigIntegerField(null=True, blank=True)

    result = models.JSONField(_("result"), null=True, blank=True)
    result_sha256 = models.CharField(max_length=64, blank=True)
    result_name = models.CharField(max_length=255, blank=True)
    result_media_type = models.CharField(max_length=100, blank=True)
    problems = models.JSONField(_("problems"), default=list, blank=True)

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "idempotency_key"], name="jobs_key_once_a_kind")]
        indexes = [
            models.Index(fields=["state", "heartbeat_at"], name="jobs_state_heartbeat"),
            models.Index(fields=["owner", "-created_at"], name="jobs_owner_created"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def label(self) -> str:
        """The kind in the reader's words; the bare name where the kind has since been removed."""
        return registry.label(self.kind)

    @property
    def stage_words(self) -> str:
        return say(self.stage)

    @property
    def problem_list(self) -> list[Problem]:
        """What went wrong, as problems that ``problems.words`` and ``problems.place_words`` say."""
        return [from_json(item) for item in self.problems]

    @property
    def is_finished(self) -> bool:
        return self.state in self.FINISHED

    def get_absolute_url(self) -> str:
        return reverse("jobs:detail", args=[self.pk])


class JobLog(models.Model):
    """One line of a job's log: an English template and its figures, said in the reader's language."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="log")
    attempt = models.PositiveIntegerField()
    at = models.DateTimeField()
    text = models.TextField()
    params = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return say(self.text, self.params)


class ScheduledRun(models.Model):
    """A due time of a schedule that has been served; the unique pair keeps two workers from serving it twice."""

    name = models.CharField(max_length=80)
    due = models.DateTimeField()
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-due"]
        constraints = [models.UniqueConstraint(fields=["name", "due"], name="jobs_due_served_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.due:%Y-%m-%d %H:%M}"


class WorkerBeat(models.Model):
    """When a worker process was last alive; the health page and the doctor read it."""

    worker = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.worker
