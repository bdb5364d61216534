"""What is asked of accounts; read-only, scoped to the actor."""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils import timezone

from zhizao.base.accounts.models import Invitation, Organisation, User
from zhizao.base.accounts.password_profiles import PROFILES, PasswordProfile
from zhizao.base.accounts.roles import ROLES_WITH_SECOND_FACTOR


def password_profile() -> PasswordProfile:
    """The profile in force."""
    return PROFILES[settings.ZHIZAO_PASSWORD_PROFILE]


def password_is_due(user: User) -> bool:
    """True if the account must choose a new password: its first was given to it, or the profile's time is over."""
    if user.must_change_password:
        return True
    days = password_profile().max_age_days
    return days is not None and timezone.now() - user.password_changed_at > timedelta(days=days)


def second_factor_is_due(user: User) -> bool:
    """True if the account's roles demand a second factor and it has none yet."""
    if user.is_demo and settings.SECOND_FACTOR_WAIVED_FOR_DEMO_ACCOUNTS:
        return False
    return not ROLES_WITH_SECOND_FACTOR.isdisjoint(user.roles) and not get_mfa_adapter().is_mfa_enabled(user)


def organisations(actor: User) -> QuerySet[Organisation]:
    """The organisations the actor may see, as a tree from the top, with their number of accounts."""
    return Organisation.objects.visible_to(actor).select_related("area").annotate(user_count=Count("users"))


def users(actor: User) -> QuerySet[User]:
    """The accounts the actor may see."""
    return User.objects.visible_to(actor).select_related("organisation").prefetch_related("grants")


def invitations(actor: User) -> QuerySet[Invitation]:
    """The invitations the actor may see, newest first."""
    return Invitation.objects.visible_to(actor).select_related("invited_by")


def lock_outs(actor: User) -> list[AccessAttempt]:
    """Failed sign-ins of the actor's accounts and of names without one, newest first, each with ``locked``."""
    visible = set(User.objects.visible_to(actor).values_list("username", flat=True))
    known = set(User.objects.values_list("username", flat=True))
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    found = []
    for attempt in AccessAttempt.objects.order_by("-attempt_time"):
        if attempt.username in visible or attempt.username not in known:
            attempt.locked = (
                attempt.failures_since_start >= settings.AXES_FAILURE_LIMIT and attempt.attempt_time > since
            )
            found.append(attempt)
    return found
