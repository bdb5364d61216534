"""Where the sign-in library asks what ZhiZao wants."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from zhizao.base.accounts import secrets_at_rest, services
from zhizao.base.accounts.middleware import LAST_SEEN_AT, SIGNED_IN_AT
from zhizao.base.accounts.roles import ROLES_WITH_SECOND_FACTOR
from zhizao.base.audit.context import client_ip

if TYPE_CHECKING:
    from zhizao.base.accounts.models import User


FRESH_SECONDS = 5 * 60


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the system administrator or by invitation; acts are audited; sessions are limited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        request.session[SIGNED_IN_AT] = request.session[LAST_SEEN_AT] = int(time.time())
        services.signed_in(actor=user, session_key=request.session.session_key)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A sign-in of just now is proof enough: who sets up the second factor does not type the password twice."""
        signed_in_ago = time.time() - self.request.session.get(SIGNED_IN_AT, 0)
        return signed_in_ago > FRESH_SECONDS and super().is_reauthentication_required(app=app, **kwargs)

    def logout(self, request: HttpRequest) -> None:
        services.signed_out(actor=request.user)
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        services.change_password(actor=user, password=password)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing on signing in and out: the page that follows says it."""
        template = kwargs.get("message_template") or (args[2] if len(args) > 2 else "")
        if template not in ("account/messages/logged_in.txt", "account/messages/logged_out.txt"):
            super().add_message(*args, **kwargs)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets are encrypted in the database; whoever must have a second factor cannot remove it."""

    def encrypt(self, text: str) -> str:
        return secrets_at_rest.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return secrets_at_rest.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user = authenticator.user
        if user.is_demo and settings.SECOND_FACTOR_WAIVED_FOR_DEMO_ACCOUNTS:
            return True
        return ROLES_WITH_SECOND_FACTOR.isdisjoint(user.roles)
