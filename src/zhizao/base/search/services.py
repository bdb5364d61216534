"""Apps tell the search what they have; each source is replaced as a whole, so nothing stale stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from zhizao.base.search.models import SearchEntry
from zhizao.kernel.names import initials, pinyin


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to be found. ``kind`` is an English msgid (Indicator, Enterprise, Project, Page …)."""

    area_id: int
    kind: str
    title: str
    url: str
    code: str = ""
    public: bool = False


@transaction.atomic
def replace(*, source: str, entries: Iterable[Entry]) -> int:
    """Replace all entries of a source by these and return how many there are now."""
    SearchEntry.objects.filter(source=source).delete()
    rows = [
        SearchEntry(
            source=source,
            area_id=entry.area_id,
            kind=entry.kind,
            title=entry.title,
            code=entry.code,
            url=entry.url,
            public=entry.public,
            pinyin=pinyin(entry.title).replace(" ", "")[:900],
            initials=initials(entry.title)[:300],
        )
        for entry in entries
    ]
    SearchEntry.objects.bulk_create(rows, batch_size=500)
    return len(rows)
