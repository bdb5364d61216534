"""What a view says of who may open it: exactly one of ``needs`` and ``public`` stands on every view.

Not signed in: to the sign-in page and back. Signed in without the permission: 403. A row out of scope: 404.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import rules
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"


def needs(permission: str) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Let only actors with this rule of ``rules`` open the view."""

    def decorate(view: View) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            # rules are asked directly: Django's model permissions are not used, and looking them up costs two queries.
            if rules.has_perm(permission, request.user):
                return view(request, *args, **kwargs)
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            raise PermissionDenied(permission)

        guarded.access = permission
        return guarded

    return decorate


def public(view: View) -> View:
    """Mark a view that anyone may open; what it shows is still scoped."""
    view.access = PUBLIC
    return view
