"""Password validators that Django does not bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from zhizao.base.accounts.models import User


class MaximumLengthValidator:
    """Refuse passwords so long that hashing them would be an attack on the server."""

    def __init__(self, max_length: int) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("Your password must contain at most %(max_length)d characters.") % {"max_length": self.max_length}


class CharacterKindsValidator:
    """Demand several of: capital letters, small letters, digits, other characters."""

    def __init__(self, min_kinds: int) -> None:
        self.min_kinds = min_kinds

    def validate(self, password: str, user: User | None = None) -> None:
        kinds = [str.isupper, str.islower, str.isdigit, lambda c: not (c.isupper() or c.islower() or c.isdigit())]
        if sum(any(map(kind, password)) for kind in kinds) < self.min_kinds:
            raise ValidationError(self.get_help_text(), code="password_too_few_kinds")

    def get_help_text(self) -> str:
        return _(
            "Your password must mix at least %(min_kinds)d of: capitals, small letters, digits, other characters."
        ) % {"min_kinds": self.min_kinds}


class HistoryValidator:
    """Refuse the present password and the last ones before it."""

    def __init__(self, history: int) -> None:
        self.history = history

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None or user.pk is None:
            return
        # The account in memory may already hold the new hash; the stored row holds the present one.
        present = type(user).objects.filter(pk=user.pk).values_list("password", flat=True)
        former = user.former_passwords.values_list("password", flat=True)[: self.history - 1]
        if any(check_password(password, encoded) for encoded in [*present, *former] if encoded):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def get_help_text(self) -> str:
        return ngettext(
            "Your password must not be your present one.",
            "Your password must not be one of your last %(history)d.",
            self.history,
        ) % {"history": self.history}
