from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.roles import Role


class PersonalQuerySet(models.QuerySet):
    """Rows that belong to persons rather than areas: an actor sees its own."""

    def visible_to(self, actor):
        return self.filter(to=actor) if actor.is_authenticated else self.none()


class Notice(models.Model):
    """A message to one account; read or unread."""

    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(_("sent"), auto_now_add=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = PersonalQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["to", "read_at"])]

    def __str__(self) -> str:
        return self.title


class TodoQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """What the actor is asked to do, alone or by a role it holds in the area, and what it asked of others."""
        return self.for_actor(actor) | self.filter(asked_by=actor) if actor.is_authenticated else self.none()

    def for_actor(self, actor):
        organisation = getattr(actor, "organisation", None)
        if not actor.is_authenticated:
            return self.none()
        by_role = Q(to__isnull=True, role__in=actor.roles)
        if organisation is None:
            return self.filter(to=actor)
        # a to-do of an area is for the offices of that area, not for those of the areas above it
        return self.filter(Q(to=actor) | by_role & Q(area=organisation.area))


class Todo(models.Model):
    """Something an account, or whoever holds a role in an area, is asked to do; it links the page where it is done."""

    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="todos")
    role = models.CharField(_("role"), max_length=40, choices=Role, blank=True)
    area = models.ForeignKey("accounts.Area", models.CASCADE, related_name="+")
    title = models.CharField(_("task"), max_length=200)
    url = models.CharField(max_length=300)
    subject = models.CharField(max_length=100, blank=True, help_text="what it is about, e.g. plan.version:3")
    due = models.DateField(_("due"), null=True, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="asked_todos")
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="done_todos"
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects = TodoQuerySet.as_manager()

    class Meta:
        ordering = ["due", "-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to__isnull=False) | ~Q(role=""), name="message_centre_todo_has_addressee"
            )
        ]

    def __str__(self) -> str:
        return self.title
