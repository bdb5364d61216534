"""What an app says of a page that belongs into the left navigation, and what a reader sees of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import rules
from django.urls import NoReverseMatch, reverse
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


class Step(StrEnum):
    """The six steps of the loop: read, observe, foresee, decide, act, account."""

    READ = "read"
    OBSERVE = "observe"
    FORESEE = "foresee"
    DECIDE = "decide"
    ACT = "act"
    ACCOUNT = "account"

    @property
    def seal(self) -> str:
        """The character in the square before the group's name, the same in every language."""
        return _SEALS[self]

    @property
    def title(self) -> str:
        return _TITLES[self]


_SEALS = {
    Step.READ: "读",
    Step.OBSERVE: "观",
    Step.FORESEE: "判",
    Step.DECIDE: "决",
    Step.ACT: "行",
    Step.ACCOUNT: "核",
}
_TITLES = {
    Step.READ: pgettext_lazy("step", "Plan"),
    Step.OBSERVE: pgettext_lazy("step", "Economy"),
    Step.FORESEE: pgettext_lazy("step", "Outlook"),
    Step.DECIDE: pgettext_lazy("step", "Options"),
    Step.ACT: pgettext_lazy("step", "Action"),
    Step.ACCOUNT: pgettext_lazy("step", "Results"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page in the navigation; ``permission`` names a rule of ``rules`` that the actor must pass to see it."""

    step: Step
    name: str
    url_name: str
    permission: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A page as one reader sees it: its address, and whether it is the one being read."""

    name: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A step of the loop with the pages that one reader may open."""

    step: Step
    entries: tuple[Entry, ...]

    @property
    def current(self) -> bool:
        return any(entry.current for entry in self.entries)


def groups_for(actor: AbstractBaseUser | AnonymousUser, *, path: str, pages: Iterable[Page]) -> list[Group]:
    """Pages that ``actor`` may open, by step in the order of the loop; steps without a page are left out.

    The current page is the one whose address is the longest beginning of ``path``, so that a detail page
    keeps its list marked.
    """
    found = []
    for page in pages:
        if page.permission is not None and not rules.has_perm(page.permission, actor):
            continue
        try:
            found.append((page, reverse(page.url_name)))
        except NoReverseMatch:  # a page that needs an argument has no place in a fixed list
            continue
    current = max((url for _page, url in found if path.startswith(url)), key=len, default=None)
    groups = []
    for step in Step:
        entries = tuple(Entry(page.name, url, url == current) for page, url in found if page.step is step)
        if entries:
            groups.append(Group(step, entries))
    return groups
