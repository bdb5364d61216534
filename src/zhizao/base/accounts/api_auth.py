"""Who calls the API: a program with a token, or anybody where an endpoint allows it; and how often it may."""

from __future__ import annotations

import time
from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from zhizao.base.accounts.models import ApiToken
from zhizao.base.accounts.services import sha256
from zhizao.base.audit.context import client_ip


class TokenAuth(HttpBearer):
    """``Authorization: Bearer zz_…`` with a live token that has the scope; ``request.user`` becomes its user."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        now = timezone.now()
        found = (
            ApiToken.objects.select_related("user__organisation__area")
            .filter(token_sha256=sha256(token), revoked_at=None, expires_at__gt=now, user__is_active=True)
            .first()
        )
        if found is None or self.scope not in found.scopes:
            return None
        # One write an hour is enough to see which tokens are still in use.
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(hours=1))
        ApiToken.objects.filter(stale, pk=found.pk).update(last_used_at=now)
        request.user = found.user
        return found


def anonymous(request: HttpRequest) -> AnonymousUser | None:
    """Let in who shows no token at all, as nobody: use it after ``TokenAuth`` where public data is served.

    A wrong token is refused and not taken for no token. A browser's session does not count.
    """
    if "HTTP_AUTHORIZATION" in request.META:
        return None
    request.user = AnonymousUser()
    return Public()


class Public(AnonymousUser):
    """The public as ``request.auth``; true, because ninja takes a false value for a refusal."""


class RateLimit(BaseThrottle):
    """At most so many calls in each window, by one token, or by one address without a token.

    The counters live in the process's cache: with N web processes the limit is up to N times as high.

    >>> RateLimit(by_token=600, by_address=60).seconds
    60
    """

    def __init__(self, *, by_token: int, by_address: int, seconds: int = 60) -> None:
        self.by_token = by_token
        self.by_address = by_address
        self.seconds = seconds

    def allow_request(self, request: HttpRequest) -> bool:
        token = getattr(request, "auth", None)
        if isinstance(token, ApiToken):
            who, limit = f"token-{token.pk}", self.by_token
        else:
            who, limit = f"address-{client_ip(request)}", self.by_address
        key = f"api-rate-{who}-{int(time.time()) // self.seconds}"
        cache.add(key, 0, timeout=self.seconds)
        return cache.incr(key) <= limit

    def wait(self) -> float:
        return self.seconds - time.time() % self.seconds
