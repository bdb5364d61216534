"""Lines of the source for rules that read the text itself: where prose stands, and quotes around a place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from zhizao.engines.planlint.finding import Mention

QUOTE: Final = 40
"""Characters of a quote on either side of what it shows."""
SHOWN: Final = 5
"""Places that a grouped finding shows; the rest is in its count."""
_ENDS: Final = "。；！？\n\t"


def is_cell(line: str) -> bool:
    """Whether a line holds cells of a table.

    >>> [is_cell(line) for line in ("\\t10", "| a | b |", "产值10亿元。")]
    [True, True, False]
    """
    return "\t" in line or line.lstrip().startswith("|")


def prose(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The lines outside tables that hold anything, with their index from 0."""
    for index, line in enumerate(lines):
        if line and not line.isspace() and not is_cell(line):
            yield index, line


def quote(line: str, start: int, end: int) -> str:
    """The words around a place, cut at the ends of its sentence.

    >>> quote("甲。产值见图1-8。乙", 5, 9)
    '产值见图1-8'
    """
    left = max(start - QUOTE, 0)
    cut = max(line.rfind(mark, left, start) for mark in _ENDS)
    right = min((at for mark in _ENDS if (at := line.find(mark, end, end + QUOTE)) >= 0), default=end + QUOTE)
    return line[cut + 1 if cut >= 0 else left : right].strip()


def mention(lines: Sequence[str], index: int, start: int = 0, end: int | None = None) -> Mention:
    """A place in the text; ``index`` counts from 0, the line in a message from 1."""
    line = lines[index]
    words = line.strip()[: 2 * QUOTE] if end is None else quote(line, start, end)
    return Mention(index + 1, words)


def grouped(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """The first places, one a line."""
    shown: dict[int | None, Mention] = {}
    for one in mentions:
        shown.setdefault(one.line, one)
        if len(shown) == SHOWN:
            break
    return tuple(shown.values())


_SENTENCE: Final = re.compile(r"[^。；！？]+[。；！？]?")


def sentences(line: str) -> Iterator[tuple[int, str]]:
    """The sentences of a line, each with its first character's place."""
    for found in _SENTENCE.finditer(line):
        yield found.start(), found.group()
