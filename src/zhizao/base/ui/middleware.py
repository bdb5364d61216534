"""What every request carries: a number for support, the day looked back to, and how the reader wants the page."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhizao.base.ui import errors
from zhizao.kernel.result import Refused

Handler = Callable[[HttpRequest], HttpResponse]

THEMES = ("system", "light", "dark")
DENSITIES = ("normal", "compact", "large")
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")
"""The number of the request being answered; log records carry it."""


class RequestIdMiddleware:
    """Gives every request a short number, shown on error pages, sent as ``X-Request-ID`` and written into the log.

    A number that a proxy has already given is kept if it is harmless text.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex[:12]
        token = current_request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            current_request_id.reset(token)
        response["X-Request-ID"] = request.id
        return response


class AsOfMiddleware:
    """Sets ``request.as_of`` from ``?as_of=YYYY-MM-DD``: a date, or ``None`` for what is known now.

    A day is asked for as it stood at its end in the installation's time zone. ``request.looking_back`` is true on a day
    before today. A text that is not a date, or a day to come, is answered with 400 and how to write it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        request.today = today
        request.as_of = None
        request.looking_back = False
        if text := request.GET.get("as_of", "").strip():
            try:
                request.as_of = date.fromisoformat(text)
            except ValueError:
                return errors.refuse(
                    request,
                    reason=_("“%(text)s” is not a date.") % {"text": text[:40]},
                    remedy=_("Write the date as 2024-07-20."),
                )
            if request.as_of > today:
                return errors.refuse(
                    request,
                    reason=_("%(day)s is still to come; nothing is known as of that day.") % {"day": text},
                    remedy=_("Choose today or an earlier day."),
                )
            request.looking_back = request.as_of < today
        return self.get_response(request)


class RefusalMiddleware:
    """Answers an input that a service refused with a page that says why, where the view has not done so itself."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.refused(request, exception) if isinstance(exception, Refused) else None


@dataclass(frozen=True, slots=True)
class Look:
    """How one reader wants the page: colours, and how closely rows are set."""

    theme: str
    density: str


class LookMiddleware:
    """Sets ``request.look`` from the reader's cookies; unknown values fall back to the defaults."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        theme = request.COOKIES.get("theme", "")
        density = request.COOKIES.get("density", "")
        request.look = Look(
            theme if theme in THEMES else "system",
            density if density in DENSITIES else "normal",
        )
        return self.get_response(request)
