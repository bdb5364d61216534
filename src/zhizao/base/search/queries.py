from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When

from zhizao.base.search.models import SearchEntry, SearchEntryQuerySet
from zhizao.base.ui.context import provider
from zhizao.base.ui.navigation import groups_for
from zhizao.kernel.names import initials, pinyin
from zhizao.kernel.text import normalise

MOST = 60

Finder = Callable[[Any, str, int], "list[FoundPage]"]
_finders: list[tuple[str, Finder]] = []


def add_finder(kind: str, finder: Finder) -> None:
    """Have an app look through its own rows, which are too many or too often changed to be written down as entries.

    ``finder(actor, text, most)`` gives at most so many pages that the actor may open; ``kind`` heads them.
    """
    if (kind, finder) not in _finders:
        _finders.append((kind, finder))


def find_elsewhere(actor, text: str) -> list[tuple[str, list[FoundPage]]]:
    """What the apps find among their own rows, by kind."""
    groups = [(str(kind), finder(actor, text, MOST)) for kind, finder in _finders]
    return [(kind, pages) for kind, pages in groups if pages]


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page of the navigation, as an entry is shown."""

    title: str
    url: str
    code: str = ""


def find_pages(actor, text: str) -> list[FoundPage]:
    """Pages of the navigation that the actor may open whose name or its pinyin has every word of ``text``."""
    words = normalise(text).lower().split()
    pages = provider("NAVIGATION")
    if not words or pages is None:
        return []
    found = [
        FoundPage(str(entry.name), entry.url)
        for group in groups_for(actor, path="", pages=pages)
        for entry in group.entries
    ]
    return [page for page in found if all(_is_called(page.title, word) for word in words)]


def _is_called(name: str, word: str) -> bool:
    return any(word in form for form in (name.lower(), pinyin(name).replace(" ", ""), initials(name)))


def find(actor, text: str) -> SearchEntryQuerySet:
    """What the actor may see whose name, code or pinyin has every word of ``text``; names that begin with it first."""
    words = normalise(text).split()
    if not words:
        return SearchEntry.objects.none()
    found = SearchEntry.objects.visible_to(actor)
    for word in words:
        letters = word.lower()
        match = Q(title__icontains=word) | Q(code__iexact=word)
        if letters.isascii():
            match |= Q(initials__contains=letters) | Q(pinyin__contains=letters)
        found = found.filter(match)
    rank = Case(
        When(title__iexact=words[0], then=Value(0)),
        When(code__iexact=words[0], then=Value(0)),
        When(title__istartswith=words[0], then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return found.order_by(rank, "kind", "title", "pk")[:MOST]
