"""The kinds of case that the installation knows: each app registers its own when it is loaded.

    case_kind("assist.visit", _("Visit"), procedure="visit", working_days=10, may_open="assist.act")

A kind whose ``may_open`` names a permission can be opened by hand by those who have it; others are opened by their app.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.utils.functional import Promise

    from zhizao.base.accounts.models import User
    from zhizao.base.flow.models import Case


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part that an app adds to the page of its cases: its template gets ``context`` as ``part``."""

    title: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    subtitle: str = ""
    simulated: bool = False


# Called with the actor, the case and the day looked back to; None where there is nothing to show to this actor.
Provider = Callable[["User | AnonymousUser", "Case", Any], "Section | None"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of case: its words, its procedure, the working days that it is given, and where its origin is shown."""

    key: str
    label: str | Promise
    procedure: str
    working_days: int | None
    may_open: str = ""
    link: Callable[[Case], str | None] | None = None
    sections: tuple[Provider, ...] = ()


_kinds: dict[str, Kind] = {}


def case_kind(
    key: str,
    label: str | Promise,
    *,
    procedure: str,
    working_days: int | None,
    may_open: str = "",
    link: Callable[[Case], str | None] | None = None,
    sections: Sequence[Provider] = (),
) -> Kind:
    """Make a kind known; registering the same key again replaces it, as a reloaded app does."""
    _kinds[key] = Kind(key, label, procedure, working_days, may_open, link, tuple(sections))
    return _kinds[key]


def find(key: str) -> Kind | None:
    """The kind of this key, or None if its app is not installed any more."""
    return _kinds.get(key)


def label(key: str) -> str:
    """The kind in the reader's language; the bare key of one that is not known."""
    kind = _kinds.get(key)
    return str(kind.label) if kind else key


def every() -> list[Kind]:
    """All kinds by key."""
    return [_kinds[key] for key in sorted(_kinds)]


def openable(actor: User | AnonymousUser) -> list[Kind]:
    """The kinds that the actor may open by hand."""
    return [kind for kind in every() if kind.may_open and actor.has_perm(kind.may_open)]


def link(case: Case) -> str | None:
    """Where that is shown which the case is about; None if there is no page of it."""
    kind = _kinds.get(case.kind)
    return kind.link(case) if kind and kind.link else None


def sections(actor: User | AnonymousUser, case: Case, as_of: Any = None) -> list[Section]:
    """What the app of the case's kind adds to its page."""
    kind = _kinds.get(case.kind)
    found = (provider(actor, case, as_of) for provider in kind.sections) if kind else ()
    return [section for section in found if section is not None]
