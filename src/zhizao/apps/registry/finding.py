"""What the search finds in the register: files by any name, its pinyin or initials, or the credit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from zhizao.apps.registry import queries
from zhizao.base.facts.models import Name, Subject
from zhizao.base.search.queries import FoundPage

if TYPE_CHECKING:
    from zhizao.apps.registry.queries import Actor


def find(actor: Actor, text: str, most: int) -> list[FoundPage]:
    """Files that the actor may open, by pinyin of the registered name; a name of before leads to the present one."""
    if not text.strip() or not actor.has_perm("registry.open"):
        return []
    seen = queries.view()
    firms = Subject.objects.visible_to(actor).filter(kind=queries.ENTERPRISE, pk__in=queries.called(text))
    rows = Name.objects.filter(kind=Name.Kind.REGISTERED, subject__in=firms.order_by().values("pk"))
    names = queries.facts_at(rows, **seen.at).select_related("subject").order_by("pinyin", "text", "pk")[:most]
    return [
        FoundPage(line.name, reverse("registry:file", args=[line.id]), line.code) for line in queries.lines(names, seen)
    ]
