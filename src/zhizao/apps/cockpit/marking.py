"""Where the numbers of sources stand: once for a run of figures of one source, at the end of their clause.

A table whose figures are all of one source has its number at the title; else each column, else each row that has one
source; only what is left is numbered cell by cell. Each figure keeps its source, so that files link it to the annex.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

CLAUSE_END = re.compile(r"\s*[，；。、：（）,;:()]|\.(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; a figure has the number of its ``source`` and opens its ``evidence``.

    ``mark`` is the number that stands raised behind the text.
    """

    text: str
    source: int | None = None
    evidence: str = ""
    simulated: bool = False
    mark: int | None = None


SPARE = 3
"""Room beside the text of a column, in letters."""
Row = tuple[Piece, ...]


def clauses(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """A paragraph with its marks.

    >>> said = [Piece("of "), Piece("9", 1), Piece(" firms "), Piece("8", 1), Piece(" pay, "), Piece("2", 2)]
    >>> "".join(one.text + (f"[{one.mark}]" if one.mark else "") for one in clauses(said))
    'of 9 firms 8 pay[1], 2[2]'
    >>> [one.mark for one in clauses([Piece("3", 1), Piece(" to "), Piece("4", 2)])]
    [1, None, 2]
    """
    found = list(pieces)
    figures = [place for place, piece in enumerate(found) if piece.source is not None]
    marks: dict[int, tuple[int | None, int]] = {}  # the piece that a mark stands in: which, and after how much of it
    for place, following in zip(figures, [*figures[1:], len(found)], strict=False):
        if following < len(found) and found[following].source == found[place].source:
            continue
        ends = ((at, end) for at in range(place + 1, following) if (end := CLAUSE_END.search(found[at].text)))
        at, end = next(ends, (place, None))
        marks[at] = (found[place].source, end.start() if end else len(found[place].text))
    for place, piece in enumerate(found):
        if place not in marks:
            yield piece
            continue
        mark, end_of = marks[place]
        yield replace(piece, text=piece.text[:end_of], mark=mark)
        if end_of < len(piece.text):
            yield Piece(piece.text[end_of:])


@dataclass(frozen=True, slots=True)
class Marked:
    """Where a table's marks stand: at its title, at its heads, or in its rows."""

    title: int | None
    heads: tuple[int | None, ...]
    rows: tuple[Row, ...]


def cells(rows: Sequence[Row]) -> Marked:
    """A table with its marks.

    >>> cells([(Piece("a"), Piece("1", 4)), (Piece("b"), Piece("2", 4))]).title
    4
    >>> found = cells([(Piece("a"), Piece("1", 4), Piece("2", 5)), (Piece("b"), Piece("3", 4), Piece("4", 5))])
    >>> found.title, found.heads
    (None, (None, 4, 5))
    >>> [row[0].mark for row in cells([(Piece("a"), Piece("1", 4)), (Piece("b"), Piece("2", 5))]).rows]
    [4, 5]
    """
    width = len(rows[0]) if rows else 0
    whole = _sources(piece for row in rows for piece in row)
    if len(whole) == 1:
        return Marked(whole.pop(), (None,) * width, tuple(rows))
    columns = [_sources(row[place] for row in rows) for place in range(width)]
    if len(rows) > 1 and all(len(of) <= 1 for of in columns):
        return Marked(None, tuple(min(of, default=None) for of in columns), tuple(rows))
    return Marked(None, (None,) * width, tuple(_row(row) for row in rows))


def _row(row: Row) -> Row:
    of = _sources(row)
    if len(of) == 1:
        return (replace(row[0], mark=of.pop()), *row[1:])
    return tuple(replace(piece, mark=piece.source) for piece in row)


def _sources(pieces: Iterable[Piece]) -> set[int]:
    return {piece.source for piece in pieces if piece.source is not None}


def shares(heads: Sequence[str], rows: Sequence[Sequence[str]], *, most: int = 34, least: int = 10) -> list[float]:
    """The parts of a line's width that columns take, by their longest text; a Chinese character counts double.

    >>> [round(part, 2) for part in shares(["名称", "n"], [["甲乙丙丁戊己庚", "1"]])]
    [0.63, 0.37]
    """
    longest = [
        min(max(least, *(_width(text) + SPARE for text in column)), most) for column in zip(heads, *rows, strict=True)
    ]
    return [width / sum(longest) for width in longest]


def _width(text: str) -> int:
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)
