"""Who sees which rows: every model with an area answers ``visible_to(actor)``, and queries start from it.

An actor is a signed-in ``User`` or ``AnonymousUser``. Its scope is the area of its organisation and all below it.
A row outside the scope does not exist for the actor: pages answer 404, not 403. Enterprises and banks stand in an area
without being part of its administration: they see nothing of it by default, and a model widens that for rows that are
public or their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User


def area_path(actor: User | AnonymousUser) -> str | None:
    """The path of the area that the actor administers, or None if it administers none."""
    organisation = getattr(actor, "organisation", None)
    if not actor.is_authenticated or organisation is None or organisation.is_outside:
        return None
    return organisation.area.path


class ScopedQuerySet(models.QuerySet):
    """A queryset whose rows belong to an area, reached by ``area_lookup`` (None: the row is itself an area)."""

    area_lookup: str | None = "area"

    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """Rows in the actor's areas; nothing for one who is not signed in or stands outside the administration."""
        path = area_path(actor)
        if path is None:
            return self.none()
        prefix = f"{self.area_lookup}__" if self.area_lookup else ""
        return self.filter(**{f"{prefix}path__startswith": path})
