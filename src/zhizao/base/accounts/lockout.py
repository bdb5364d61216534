"""Lock-out after repeated failures, with audit rows. Wrong passwords and wrong one-time codes count alike."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhizao.base.accounts import services


class Handler(AxesDatabaseHandler):
    """django-axes on the database, which every web process shares, and an audit row for each failure."""

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        if request is None:
            return
        was_locked = request.axes_locked_out
        super().user_login_failed(sender, credentials, request, **kwargs)
        services.sign_in_failed(
            username=credentials.get("username") or "",
            locks=request.axes_locked_out and not was_locked,
            during_lockout=was_locked,
        )


class CodeForm(AuthenticateForm):
    """The one-time code at sign-in: a wrong one counts towards the lock-out."""

    def clean_code(self) -> str:
        if not AxesProxyHandler.is_allowed(context.request, {"username": self.user.get_username()}):
            context.request.axes_locked_out = True
            raise ValidationError(_("Sign-in is locked for now."))
        return super().clean_code()

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        super()._emit_authentication_failed(authenticator)
        AxesProxyHandler.user_login_failed(
            type(self), credentials={"username": self.user.get_username()}, request=context.request
        )
