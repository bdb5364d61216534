"""Limits of a session, what an account must finish before it may work, and a header."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from zhizao.base.accounts import queries

GetResponse = Callable[[HttpRequest], HttpResponse]

SIGNED_IN_AT = "zhizao_signed_in_at"
LAST_SEEN_AT = "zhizao_last_seen_at"
SEEN_RESOLUTION_SECONDS = 60  # one session write a minute, not one a click

# What an account may open before it has enrolled: signing out, its own password and second factor, and the language.
# By name and not by beginning of the address: the administrators' pages and API tokens are under /accounts/ too.
_OPEN_BEFORE_ENROLMENT = frozenset(
    {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_reauthenticate",
        "account_change_password",
        "mfa_index",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "set_language",
    }
)


class SessionLimitsMiddleware:
    """End a session that was idle for SESSION_IDLE_SECONDS, or is older than SESSION_COOKIE_AGE however busy."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            started = request.session.setdefault(SIGNED_IN_AT, now)
            seen = request.session.setdefault(LAST_SEEN_AT, now)
            if now - seen > settings.SESSION_IDLE_SECONDS or now - started > settings.SESSION_COOKIE_AGE:
                logout(request)
                messages.info(request, _("Your session has ended. Sign in again to go on where you were."))
                return redirect_to_login(request.get_full_path())
            if now - seen >= SEEN_RESOLUTION_SECONDS:
                request.session[LAST_SEEN_AT] = now
        return self.get_response(request)


class EnrolmentMiddleware:
    """Send an account to its password or its second factor first, while one of them is due."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        if not request.user.is_authenticated or request.resolver_match.view_name in _OPEN_BEFORE_ENROLMENT:
            return None
        if queries.password_is_due(request.user):
            return redirect(reverse("account_change_password"))
        if not request.session.get("zhizao_enrolled"):
            if queries.second_factor_is_due(request.user):
                return redirect(reverse("mfa_activate_totp"))
            request.session["zhizao_enrolled"] = True
        return None


class PermissionsPolicyMiddleware:
    """Switch off what browsers could do and no page uses."""

    VALUE = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", self.VALUE)
        return response
