"""The two password profiles. They contradict each other, so the operator chooses one (ZHIZAO_PASSWORD_PROFILE).

ASVS (OWASP ASVS 5.0, 6.2): at least 8 characters, long ones welcome, none of the common ones; no rules on kinds of
characters, no change at intervals. MLPS3 (GB/T 22239-2019, 8.1.4.1): complexity and change at intervals: three of four
kinds of characters, 90 days, none of the last five.

This module is read by the settings, so it imports nothing of Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MAX_LENGTH = 128


@dataclass(frozen=True, slots=True)
class PasswordProfile:
    """What a profile demands; None stands for no demand."""

    name: str
    min_length: int
    min_kinds: int | None
    max_age_days: int | None
    history: int | None
    source: str


PROFILES = {
    "ASVS": PasswordProfile("ASVS", 8, None, None, None, "OWASP ASVS 5.0, 6.2"),
    "MLPS3": PasswordProfile("MLPS3", 8, 3, 90, 5, "GB/T 22239-2019, 8.1.4.1"),
}


def password_validators(name: str) -> list[dict[str, Any]]:
    """Django's AUTH_PASSWORD_VALIDATORS for a profile.

    >>> [v["NAME"].rsplit(".", 1)[1] for v in password_validators("ASVS")][:2]
    ['MinimumLengthValidator', 'MaximumLengthValidator']
    """
    if name not in PROFILES:
        raise ValueError(f"ZHIZAO_PASSWORD_PROFILE is {name!r}; choose one of {', '.join(PROFILES)}")
    profile = PROFILES[name]
    django, ours = "django.contrib.auth.password_validation", "zhizao.base.accounts.validators"
    validators: list[dict[str, Any]] = [
        {"NAME": f"{django}.MinimumLengthValidator", "OPTIONS": {"min_length": profile.min_length}},
        {"NAME": f"{ours}.MaximumLengthValidator", "OPTIONS": {"max_length": MAX_LENGTH}},
        {"NAME": f"{django}.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ("username", "name")}},
        {"NAME": f"{django}.CommonPasswordValidator"},
    ]
    if profile.min_kinds:
        validators.append({"NAME": f"{ours}.CharacterKindsValidator", "OPTIONS": {"min_kinds": profile.min_kinds}})
    if profile.history:
        validators.append({"NAME": f"{ours}.HistoryValidator", "OPTIONS": {"history": profile.history}})
    return validators
