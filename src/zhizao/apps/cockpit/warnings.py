"""Section 5 of a brief: the lamps of prosperity and the alarms, as the warning's last run up to the day says."""

from __future__ import annotations

from zhizao.apps.cockpit.book import Asked, Book, fact


def write(book: Book, asked: Asked) -> None:
    """Nothing is computed yet: the section says so."""
    book.facts["lamps.none"] = book.facts["alarms.none"] = fact("flag", value=True)
