"""What the frame of every page needs: navigation, the area and plan switch, unread messages.

The roof says where these come from, by dotted name in its settings; each is optional:

NAVIGATION     list of ``Page``
UI_SWITCHES    ``switches(request) -> list[Switch]``: the area and plan in the header, and what else can be chosen
UI_UNREAD      ``unread_count(actor) -> int``
UI_EVIDENCE    ``resolve(actor, reference, *, as_of) -> Evidence``, shown in the drawer by its ``template``
UI_LINKS       names of addresses in the user menu: workbench, messages, account, sign_in, sign_out
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from zhizao.base.ui.navigation import groups_for


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that a switch can be set to."""

    name: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Switch:
    """A name in the header (the area, the plan) and what it can be changed to; one choice only is plain text."""

    label: str
    name: str
    choices: tuple[Choice, ...] = ()


def provider(setting: str) -> Callable[..., Any] | None:
    """What the roof has set for ``setting``, or ``None``."""
    dotted = getattr(settings, setting, None)
    return import_string(dotted) if dotted else None


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the base template; each part is worked out only when the template asks for it."""

    def navigation() -> Any:
        pages = provider("NAVIGATION")
        return groups_for(request.user, path=request.path, pages=pages) if pages else []

    def switches() -> Any:
        found = provider("UI_SWITCHES")
        return found(request) if found else []

    def unread() -> int:
        count = provider("UI_UNREAD")
        return count(request.user) if count and request.user.is_authenticated else 0

    def links() -> dict[str, str]:
        found = {}
        for name, url_name in getattr(settings, "UI_LINKS", {}).items():
            with suppress(NoReverseMatch):
                found[name] = reverse(url_name)
        return found

    return {
        "links": SimpleLazyObject(links),
        "navigation": SimpleLazyObject(navigation),
        "switches": SimpleLazyObject(switches),
        "unread": SimpleLazyObject(unread),
        "look": getattr(request, "look", None),
        "profile": settings.PROFILE,
    }
