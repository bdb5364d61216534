"""What an app says of a page that belongs into the left navigation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """The six steps of the loop: read, observe, foresee, decide, act, account."""

    READ = "read"
    OBSERVE = "observe"
    FORESEE = "foresee"
    DECIDE = "decide"
    ACT = "act"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Page:
    """A page in the navigation; ``permission`` names a rule of ``rules`` that the actor must pass to see it."""

    step: Step
    name: str
    url_name: str
    permission: str | None = None
