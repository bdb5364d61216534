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


class StoredFileQuerySet(ScopedQuerySet):
    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """Files of the actor's areas that are open to the actor's roles, and what the actor brought."""
        if not actor.is_authenticated:
            return self.none()
        own = super().visible_to(actor).filter(open_to(actor))
        return self.filter(Q(uploaded_by=actor) | Q(pk__in=own.values("pk")))


class StoredFile(models.Model):
    """A file that somebody brought: its name and origin. Its bytes are in the store, once however often brought."""

    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(_("file name"), max_length=255)
    size = models.PositiveBigIntegerField(_("size"))
    media_type = models.CharField(_("media type"), max_length=100)
    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("received"), auto_now_add=True)
    roles = models.CharField(max_length=200, blank=True, editable=False)  # who may see it, as ``for_roles`` writes them

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("files:download", args=[self.pk])
