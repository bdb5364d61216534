"""Where the present act comes from: the web request's address and browser, empty outside a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, slots=True)
class Origin:
    """Address and browser of the one who acts."""

    ip: str = ""
    user_agent: str = ""


_origin: ContextVar[Origin] = ContextVar("audit_origin", default=Origin())  # noqa: B039 -- Origin is immutable


def client_ip(request: HttpRequest) -> str:
    """The client's address: the peer, or behind N trusted proxies the Nth last address that they forwarded.

    A client can write anything into X-Forwarded-For; only what our own proxies appended counts (ZHIZAO_PROXIES).
    """
    peer = request.META.get("REMOTE_ADDR", "")
    if proxies := settings.ZHIZAO_PROXIES:
        forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if len(forwarded) >= proxies:
            return forwarded[-proxies][:45]
    return peer


def current_origin() -> Origin:
    """The origin of the present act."""
    return _origin.get()


@contextmanager
def acting_from(origin: Origin) -> Iterator[None]:
    """Everything recorded inside comes from ``origin``."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


class OriginMiddleware:
    """Remember for the length of a request where it comes from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting_from(Origin(client_ip(request), request.META.get("HTTP_USER_AGENT", "")[:200])):
            return self.get_response(request)
