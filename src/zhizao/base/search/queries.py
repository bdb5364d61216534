from __future__ import annotations

from django.db.models import Case, IntegerField, Q, Value, When

from zhizao.base.search.models import SearchEntry, SearchEntryQuerySet
from zhizao.kernel.text import normalise

MOST = 60


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
