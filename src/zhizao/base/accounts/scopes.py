"""The scopes that a key for programs can have; each app adds its own in ``permissions.py``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise

_scopes: dict[str, str | Promise] = {}


def add(name: str, label: str | Promise) -> None:
    """Make a scope known.

    >>> from django.utils.translation import gettext_lazy as _
    >>> add("plan:read", _("Read plans"))  # doctest: +SKIP
    """
    _scopes[name] = label


def all_scopes() -> Mapping[str, str | Promise]:
    """Every known scope with its label, by name."""
    return MappingProxyType(dict(sorted(_scopes.items())))
