"""Procedures and the cases that follow them.

A case is one act on an alarm, a visit, a request, an application or a matter: who has it, by when, what other units
must do for it, what was said, and what came of it. Its state is that of its procedure's workflow, and a case keeps the
version of the procedure with which it began. What happened is a list of events that is only ever added to
(``triggers``); the clock and every earlier standing of the case are computed from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.roles import Role
from zhizao.base.accounts.scoping import ScopedQuerySet, area_path
from zhizao.base.facts.models import AppendOnlyError, own_key
from zhizao.base.flow.speech import said

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User

# Who in the administration of an area sees all of its cases; everyone else sees those that are theirs.
OFFICES: Final = (Role.ANALYST, Role.DEPARTMENT_STAFF, Role.CHAIN_OFFICE, Role.LEADER, Role.AUDITOR)


class AddedQuerySet(ScopedQuerySet):
    """Rows that are only ever added."""

    def update(self, **_changes: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("what was said of a case is never changed")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("what was said of a case is never removed")

    delete.alters_data = True
    delete.queryset_only = True


class _Added(models.Model):
    """The base of what is only ever added."""

    class Meta:
        abstract = True

    def save(self, *, force_update: bool = False, **options: Any) -> None:
        """Add the row; a stored one is never written again."""
        if force_update or not self._state.adding:
            raise AppendOnlyError("what was said of a case is never changed")
        super().save(force_insert=True, **{key: value for key, value in options.items() if key == "using"})

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("what was said of a case is never removed")


class ProcedureQuerySet(AddedQuerySet):
    """Procedures of the actor's areas and of those above them, which hold there, and the shipped ones."""

    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """The procedures that the actor may read; none for who stands outside the administration."""
        path = area_path(actor)
        if path is None:
            return self.none()
        codes = path.strip("/").split("/")
        above = ["/".join(codes[:depth]) + "/" for depth in range(1, len(codes))]
        return self.filter(Q(area=None) | Q(area__path__startswith=path) | Q(area__path__in=above))


class Procedure(_Added):
    """A version of a procedure: a BPMN file. Without an area it is shipped with the package."""

    area = models.ForeignKey("accounts.Area", models.PROTECT, null=True, related_name="+", verbose_name=_("area"))
    key = models.CharField(_("key"), max_length=80)
    version = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    note = models.TextField(_("what is new"), blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("published"), auto_now_add=True)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        ordering = ["key", "-version", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["area", "key", "version"], name="flow_procedure_version_once"),
            models.UniqueConstraint(
                fields=["key", "version"], condition=Q(area=None), name="flow_shipped_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return said(self.name, self.name_en)


class CaseQuerySet(ScopedQuerySet):
    """Cases, each actor's own."""

    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """Cases of the actor's areas for the offices; for others those that are theirs.

        Theirs are those that their organisation has or is asked for a part of (an owner is one of the unit), and for an
        enterprise those about itself that it is shown.
        """
        organisation = getattr(actor, "organisation", None)
        if not actor.is_authenticated or organisation is None:
            return self.none()
        parts = Part.objects.filter(case=OuterRef("pk"), unit=organisation)
        own = Q(unit=organisation) | Q(Exists(parts))
        if organisation.is_outside:
            if key := own_key(actor):
                own |= Q(subject__key=key, shown_to_subject=True)
        elif not actor.roles.isdisjoint(OFFICES):
            own |= Q(area__path__startswith=organisation.area.path)
        return self.filter(own)


class Case(models.Model):
    """One act and its owner. ``version`` counts the acts: who acts on what he did not see is refused."""

    class Status(models.TextChoices):
        OPEN = "open", _("in hand")
        SUSPENDED = "suspended", _("suspended")
        CLOSED = "closed", _("closed with result")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Severity(models.TextChoices):
        NOTICE = "notice", _("notice")
        SERIOUS = "serious", _("serious")

    class Outcome(models.TextChoices):
        HELPED = "helped", _("helped")
        NOT_NEEDED = "not_needed", _("no help needed")
        NOT_POSSIBLE = "not_possible", _("help not possible")
        OTHER = "other", _("other result")

    RUNNING: Final = (Status.OPEN, Status.SUSPENDED)

    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+", verbose_name=_("area"))
    kind = models.CharField(_("kind"), max_length=40)
    number = models.CharField(_("number"), max_length=20)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), blank=True)
    subject = models.ForeignKey(
        "facts.Subject", models.PROTECT, null=True, related_name="cases", verbose_name=_("about whom")
    )
    origin = models.CharField(max_length=120, blank=True)
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="cases", verbose_name=_("procedure"))
    state = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.OPEN)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity, default=Severity.NOTICE)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="cases", verbose_name=_("case owner")
    )
    unit = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, related_name="cases", verbose_name=_("unit")
    )
    working_days = models.PositiveSmallIntegerField(_("working days allowed"), null=True)
    due_on = models.DateField(_("due on"), null=True)
    due_provisional = models.BooleanField(_("due day is provisional"), default=False)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("ended at"), null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    result = models.CharField(_("result"), max_length=20, choices=Outcome, blank=True)
    result_text = models.TextField(_("result in words"), blank=True)
    rating = models.PositiveSmallIntegerField(_("rating"), null=True)
    rating_text = models.TextField(_("rating in words"), blank=True)
    rated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    rated_at = models.DateTimeField(_("rated"), null=True)
    shown_to_subject = models.BooleanField(_("shown to the enterprise"), default=False)
    simulated = models.BooleanField(_("simulated"), default=False)
    version = models.PositiveIntegerField(default=1)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        indexes = [
            models.Index(fields=["area", "status", "due_on"], name="flow_cases_of_area"),
            models.Index(fields=["kind", "origin"], name="flow_case_of_origin"),
            models.Index(fields=["unit", "status"], name="flow_cases_of_unit"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["area", "number"], name="flow_case_number_once"),
            models.UniqueConstraint(
                fields=["area", "kind", "origin"],
                condition=Q(status__in=["open", "suspended"]) & ~Q(origin=""),
                name="flow_one_open_case_of_an_origin",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "suspended"], closed_at=None)
                | Q(status__in=["closed", "withdrawn"], closed_at__isnull=False),
                name="flow_case_ended_when_closed",
            ),
            models.CheckConstraint(
                condition=Q(status="closed") & ~Q(result="") | ~Q(status="closed") & Q(result=""),
                name="flow_case_closed_with_a_result",
            ),
            models.CheckConstraint(
                condition=Q(rating=None, rated_at=None)
                | Q(rating__gte=1, rating__lte=5, rated_at__isnull=False, status="closed"),
                name="flow_case_rated_once_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("flow:case", args=[self.pk])

    @property
    def is_running(self) -> bool:
        """Whether anything can still be done on it."""
        return self.status in self.RUNNING

    @property
    def topic(self) -> str:
        """What its to-dos are about."""
        return f"flow.case:{self.pk}"


class OfCaseQuerySet(ScopedQuerySet):
    """Rows of cases, scoped by their case."""

    area_lookup = "case__area"

    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """Rows of the cases that the actor may see."""
        return self.filter(case__in=Case.objects.visible_to(actor).order_by().values("pk"))


class Step(models.Model):
    """A task of the workflow that a person does, kept beside its state so that SQL can ask for it."""

    class State(models.TextChoices):
        READY = "ready", _("to be done")
        WAITING = "waiting", _("waits")
        DONE = "done", _("carried out")
        CANCELLED = "cancelled", _("cancelled")

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    task_id = models.CharField(max_length=80)
    spec = models.CharField(max_length=120)
    label = models.CharField(_("step"), max_length=200)
    label_en = models.CharField(max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State)
    role = models.CharField(max_length=40, blank=True)
    form = models.JSONField(default=list)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(_("due on"), null=True)
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answer = models.JSONField(default=dict)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at", "pk"]
        indexes = [models.Index(fields=["case", "state"], name="flow_steps_of_case")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What it is called in the reader's language."""
        return said(self.label, self.label_en)

    @property
    def topic(self) -> str:
        """What its to-do is about."""
        return f"flow.step:{self.pk}"


class Part(models.Model):
    """What another unit must do for a case."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked for")
        DONE = "done", _("carried out")
        DECLINED = "declined", _("not carried out")

    case = models.ForeignKey(Case, models.PROTECT, related_name="parts")
    unit = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="parts_of_cases", verbose_name=_("unit")
    )
    what = models.TextField(_("what is to be done"))
    due_on = models.DateField(_("due on"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    answer = models.TextField(_("answer"), blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(_("answered at"), null=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        indexes = [models.Index(fields=["unit", "state", "due_on"], name="flow_parts_of_unit")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="asked", done_at=None) | ~Q(state="asked") & Q(done_at__isnull=False),
                name="flow_part_answered_when_done",
            )
        ]

    def __str__(self) -> str:
        return self.what[:80]

    @property
    def topic(self) -> str:
        """What its to-do is about."""
        return f"flow.part:{self.pk}"


class CaseEventQuerySet(AddedQuerySet, OfCaseQuerySet):
    """What happened to the cases that the actor may see."""


class CaseEvent(_Added):
    """One thing that happened to a case. ``details["case"]`` is how the case stood after it."""

    class Verb(models.TextChoices):
        OPENED = "opened", _("case opened")
        STEP_DONE = "step_done", _("step done")
        OPINION = "opinion", _("opinion")
        ATTACHED = "attached", _("file attached")
        PART_ASKED = "part_asked", _("other unit asked")
        PART_DONE = "part_done", _("other unit answered")
        RETURNED = "returned", _("returned")
        TRANSFERRED = "transferred", _("transferred")
        ESCALATED = "escalated", _("escalated")
        SUSPENDED = "suspended", _("suspended")
        RESUMED = "resumed", _("resumed")
        REMINDED = "reminded", _("reminded")
        CLOSED = "closed", _("closed with result")
        WITHDRAWN = "withdrawn", _("withdrawn")
        RATED = "rated", _("rated")
        PROCEDURE = "procedure", _("moved on by the procedure")

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=20, choices=Verb)
    step = models.ForeignKey(Step, models.PROTECT, null=True, related_name="events")
    part = models.ForeignKey(Part, models.PROTECT, null=True, related_name="events")
    text = models.TextField(blank=True)
    details = models.JSONField(default=dict)

    objects = CaseEventQuerySet.as_manager()

    class Meta:
        ordering = ["case", "sequence"]
        constraints = [models.UniqueConstraint(fields=["case", "sequence"], name="flow_event_sequence")]

    def __str__(self) -> str:
        return f"{self.case_id}.{self.sequence} {self.verb}"


class Attachment(models.Model):
    """A file that was brought to a case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    event = models.ForeignKey(CaseEvent, models.PROTECT, related_name="attachments")

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "file"], name="flow_file_once_a_case")]

    def __str__(self) -> str:
        return str(self.file)
