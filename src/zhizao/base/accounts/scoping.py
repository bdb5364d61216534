"""Who sees which rows: every model with an area answers ``visible_to(actor)``, and queries start from it.

An actor is a signed-in ``User`` or ``AnonymousUser``. An actor's scope is the area of its organisation and all below it.
A row outside the scope does not exist for the actor: pages answer 404, not 403.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User



class ScopedQuerySet(models.QuerySet):
    """A queryset whose rows belong to an area, reached by ``area_lookup``."""

    area_lookup = "area"

    def visible_to(self, actor: User | AnonymousUser) -> Self:
        """Rows in the actor's areas; nothing for one who is not signed in. Models with public rows widen it."""
        organisation = getattr(actor, "organisation", None)
        if not actor.is_authenticated or organisation is None:
            return self.none()
        return self.filter(**{f"{self.area_lookup}__path__startswith": organisation.area.path})
