"""What is asked of accounts; read-only, scoped to the actor."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from django.conf import settings
from django.utils import timezone

from zhizao.base.accounts.password_profiles import PROFILES, PasswordProfile
from zhizao.base.accounts.roles import ROLES_WITH_SECOND_FACTOR

if TYPE_CHECKING:
    from zhizao.base.accounts.models import User


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
