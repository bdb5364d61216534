"""Who sees which rows: every model with an area answers ``visible_to(actor)``, and queries start from it.

An actor is a signed-in ``User`` or ``AnonymousUser``. Its scope is the area of its organisation and all below it.
A row outside the scope does not exist for the actor: pages answer 404, not 403. Enterprises and banks stand in an area
without being part of its administration: they see nothing of it by default, and a model widens that for rows that are
public or their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User


def area_path(actor: User | AnonymousUser) -> str | None:
    """The path of the area that the actor administers, or None if it administers none."""
    organisation = getattr(actor, "organisation", None)
    if not actor.is_authenticated or organisation is None or organisation.is_outside:
        return None
    return organisation.area.path


def for_roles(roles: Iterable[str]) -> str:
    """Roles as a row keeps them that only they may see: ``,analyst,leader,``; nothing if everyone in the area may.

    >>> for_roles(["leader", "analyst"]), for_roles([])
    (',analyst,leader,', '')
    """
    return f",{','.join(sorted(roles))}," if roles else ""


def open_to(actor: User | AnonymousUser) -> Q:
    """The rows whose ``roles`` (as ``for_roles`` writes them) include one of the actor's, or name none."""
    held = getattr(actor, "roles", frozenset()) if actor.is_authenticated else frozenset()
    return reduce(or_, (Q(roles__contains=f",{role},") for role in sorted(held)), Q(roles=""))


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
