"""Sections of an enterprise's file that other apps bring: each app adds a function when it is loaded.

>>> add(lambda actor, subject, seen: None)  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhizao.apps.registry.queries import Actor, View
    from zhizao.base.facts.models import Subject


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of the file: a template that gets ``context`` beside the page's own."""

    title: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    subtitle: str = ""
    simulated: bool = False


Provider = Callable[["Actor", "Subject", "View"], Section | None]
_providers: list[Provider] = []


def add(provider: Provider) -> Provider:
    """Have a section in every file; the function gives None where it has nothing to show to this actor."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def sections(actor: Actor, subject: Subject, seen: View) -> list[Section]:
    """The sections of one enterprise's file, in the order in which the apps are loaded."""
    return [section for provider in _providers if (section := provider(actor, subject, seen)) is not None]
