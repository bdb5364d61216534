"""What the columns of an output are called for people; each app says it for the outputs that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_labels: dict[str, Any] = {}
_words: dict[tuple[str, str], Any] = {}


def name_columns(labels: Mapping[str, Any], *, words: Mapping[str, Mapping[str, Any]] | None = None) -> None:
    """Names of columns, and words for the values of those that hold codes; both translated where they are shown."""
    _labels.update(labels)
    _words.update({(column, value): word for column, of in (words or {}).items() for value, word in of.items()})


def label_of(column: str) -> str | None:
    """The name of a column for people, or ``None`` where no app has given one."""
    return str(_labels[column]) if column in _labels else None


def word_of(column: str, value: Any) -> Any:
    """A code as a word; any other value as it is."""
    return str(_words.get((column, value), value)) if isinstance(value, str) else value
