"""Verbs of a person's own account: signing in and out, password, sessions, keys for programs."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhizao.base.accounts import scopes as known_scopes
from zhizao.base.accounts.models import ApiToken, PasswordRecord, User
from zhizao.base.accounts.password_profiles import PROFILES
from zhizao.base.audit.models import AuditEvent
from zhizao.base.audit.services import record
from zhizao.kernel.result import Problem, Refused, mark

TOKEN_PREFIX = "zz_"  # noqa: S105 -- makes a leaked key easy to find
MAX_TOKEN_DAYS = 366


def sha256(token: str) -> str:
    """How a random token is stored; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def password_problems(*, password: str, user: User | None) -> tuple[Problem, ...]:
    """What the password profile in force has against a password."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return tuple(Problem("accounts.password", message.replace("%", "%%")) for message in error.messages)
    return ()


@transaction.atomic
def signed_in(*, actor: User, session_key: str) -> None:
    """Record a sign-in; the oldest sessions beyond the limit end."""
    record(actor=actor, action="accounts.sign_in", target=actor)
    sessions = UserSession.objects.filter(user=actor).exclude(session_key=session_key).order_by("-created_at", "-pk")
    for session in sessions[settings.SESSIONS_PER_ACCOUNT - 1 :]:
        session.end()
        record(actor=actor, action="accounts.session.end", target=actor, details={"reason": "too many sessions"})


@transaction.atomic
def signed_out(*, actor: User) -> None:
    """Record a sign-out."""
    record(actor=actor, action="accounts.sign_out", target=actor)


@transaction.atomic
def sign_in_failed(*, username: str, locks: bool, during_lockout: bool) -> None:
    """Record a failed sign-in. A name without an account is not kept: it may be a password typed in the wrong field."""
    user = User.objects.filter(username=username).select_related("organisation__area").first()
    area = user.organisation.area if user and user.organisation else None
    details = {"during_lockout": True} if during_lockout else {}
    refused = AuditEvent.Outcome.REFUSED
    record(actor=None, action="accounts.sign_in", target=user, area=area, details=details, outcome=refused)
    if locks:
        record(actor=None, action="accounts.lock_out", target=user, area=area)


@transaction.atomic
def change_password(*, actor: User, password: str) -> User:
    """Give the actor a new password and end all its sessions, this one too.

    Raises
    ------
    Refused : the password profile does not allow the password.
    """
    if problems := password_problems(password=password, user=actor):
        raise Refused(*problems)
    stored = User.objects.select_for_update().get(pk=actor.pk)
    if history := PROFILES[settings.ZHIZAO_PASSWORD_PROFILE].history:
        PasswordRecord.objects.create(user=actor, password=stored.password)
        keep = actor.former_passwords.values_list("pk", flat=True)[: history - 1]
        actor.former_passwords.exclude(pk__in=list(keep)).delete()
    actor.set_password(password)
    actor.must_change_password = False
    actor.password_changed_at = timezone.now()
    actor.save(update_fields=["password", "must_change_password", "password_changed_at"])
    end_all_sessions(user=actor)
    record(actor=actor, action="accounts.password.change", target=actor)
    return actor


def end_all_sessions(*, user: User) -> int:
    """End every session of an account; the caller's act is what is audited."""
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)


@transaction.atomic
def create_api_token(*, actor: User, name: str, scopes: list[str], expires_at: datetime) -> tuple[ApiToken, str]:
    """Make a key for a program; its text is returned this once.

    Raises
    ------
    Refused : no scope, an unknown scope, or a date that is past or more than a year away.
    """
    problems = []
    if not scopes:
        problems.append(Problem("accounts.token.scope", mark("Choose at least one scope.")))
    for scope in sorted(set(scopes) - set(known_scopes.all_scopes())):
        problems.append(
            Problem("accounts.token.scope", mark("There is no scope “%(scope)s”."), params={"scope": scope})
        )
    if not 0 < (expires_at - timezone.now()).total_seconds() <= MAX_TOKEN_DAYS * 86400:
        problems.append(
            Problem(
                "accounts.token.expiry",
                mark("A token must end within the next %(days)d days."),
                params={"days": MAX_TOKEN_DAYS},
            )
        )
    if problems:
        raise Refused(*problems)
    text = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=actor, name=name, token_sha256=sha256(text), scopes=sorted(set(scopes)), expires_at=expires_at
    )
    record(actor=actor, action="accounts.token.create", target=token, details={"scopes": token.scopes})
    return token, text


@transaction.atomic
def revoke_api_token(*, actor: User, token: ApiToken) -> ApiToken:
    """End one of the actor's own keys at once."""
    token = actor.api_tokens.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record(actor=actor, action="accounts.token.revoke", target=token)
    return token
