"""Kinds of evidence beside runs: an app registers what its references begin with, and who resolves them.

    add_kind("figure", resolve)     # in the app's ``ready``; answers references like ``figure:…``

A resolver is called ``resolve(actor, rest, as_of=…)`` and gives an object to show, or ``None`` if there is none that
the actor may see. The object names in ``template`` what the drawer is written with; the template gets it as
``evidence``. A run's reference begins with twelve hexadecimal digits, so a kind must not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User


class Shown(Protocol):
    """What a drawer shows."""

    template: str


class Resolver(Protocol):
    """Finds the evidence behind a reference."""

    def __call__(self, actor: User | AnonymousUser, rest: str, *, as_of: date | None) -> Shown | None: ...


_kinds: dict[str, Callable[..., Shown | None]] = {}


def add_kind(name: str, resolver: Resolver) -> None:
    """Let references ``<name>:…`` be resolved; a name is given once."""
    if not re.fullmatch("[a-z]+", name) or re.fullmatch("[0-9a-f]+", name):
        raise ValueError(f"{name!r} could be taken for a run")
    if _kinds.get(name, resolver) is not resolver:
        raise ValueError(f"two kinds of evidence are named {name}")
    _kinds[name] = resolver


def find(name: str) -> Callable[..., Shown | None] | None:
    """The resolver of a kind."""
    return _kinds.get(name)
