"""What every kind of file becomes: numbered lines, in which a row of a real table is one line of cells behind tabs.

So the rest of the engine knows one form only, the one that a plan saved as text has; where a file told more (real
tables, pages, heading levels), it is kept beside the lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from zhizao.kernel.result import Place, Problem, Refused, Severity, mark

_LATIN: Final = re.compile(r"[0-9A-Za-z]")
_BLANKS: Final = re.compile(r"[\s\x00-\x1f]+")
WIDEST: Final = 200
"""Columns of a table, at most; a span that says more is cut."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A document as lines.

    Attributes
    ----------
    lines : the text, a paragraph or a table's row each
    encoding : of the file; ``docx``, ``pdf``, ``html``, ``xlsx`` where the kind says it
    tables : half-open ranges of lines that are a real table each
    pages : first line (from 1) of each page; empty if the file has no pages
    problems : what could not be taken over
    """

    lines: tuple[str, ...]
    encoding: str
    tables: tuple[tuple[int, int], ...] = ()
    pages: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Writer:
    """Collects the lines of a document, and where its tables and pages begin (and those too wide to be read whole)."""

    lines: list[str] = field(default_factory=list)
    tables: list[tuple[int, int]] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    too_wide: list[int] = field(default_factory=list)

    def paragraph(self, text: str, *, heading: int = 0, bullet: bool = False) -> None:
        """Add a paragraph, one line for each line of it; an empty one is left out."""
        for piece in text.split("\n"):
            words = _BLANKS.sub(" ", piece).strip()
            if words:
                self.lines.append(("#" * heading + " ") * (heading > 0) + "· " * bullet + words)

    def table(self, grid: Iterable[Sequence[str]]) -> None:
        """Add a table, a line for each row; a table of one column is paragraphs."""
        rows = [[cell_text(cell) for cell in row] for row in grid]
        if any(any(row[WIDEST:]) for row in rows):
            self.too_wide.append(len(self.lines) + 1)
        rows = [row[:WIDEST] for row in rows if any(row)]
        width = max(map(len, rows), default=0)
        rows = [row + [""] * (width - len(row)) for row in rows]
        filled = [index for index in range(width) if any(row[index] for row in rows)]
        rows, width = [[row[index] for index in filled] for row in rows], len(filled)
        if width < 2:
            for row in rows:
                self.paragraph(row[0])
            return
        start = len(self.lines)
        self.lines += ["\t" + "\t".join(row) for row in rows]
        self.tables.append((start, len(self.lines)))

    def page(self) -> None:
        """A page begins here."""
        self.pages.append(len(self.lines) + 1)

    def done(self, encoding: str, problems: Iterable[Problem] = ()) -> Lines:
        """The lines so far."""
        cut = [
            Problem(
                "planlint.columns_cut",
                mark("The table is wider than %(limit)s columns; what stands to the right of them was not read."),
                Place(line=line),
                mark("Give the table in parts that are less wide."),
                Severity.WARNING,
                {"limit": WIDEST},
            )
            for line in self.too_wide
        ]
        return Lines(tuple(self.lines), encoding, tuple(self.tables), tuple(self.pages), (*problems, *cut))


def cell_text(cell: str) -> str:
    """A cell in one line: its lines joined, without a blank between Chinese words.

    >>> cell_text(" 厂房及办公\\n面积 "), cell_text("5G\\nfactory")
    ('厂房及办公面积', '5G factory')
    """
    text = ""
    for piece in cell.splitlines():
        text = joined(text, _BLANKS.sub(" ", piece).strip())
    return text


def joined(first: str, second: str) -> str:
    """Two lines of one text; a blank is kept between Latin words and figures only.

    >>> joined("制造", "强区"), joined("ISO", "9001")
    ('制造强区', 'ISO 9001')
    """
    space = " " if first and second and _LATIN.match(first[-1]) and _LATIN.match(second[0]) else ""
    return first + space + second


def damaged(kind: str, file: str | None) -> Refused:
    """The refusal of a file that its kind's reader cannot open."""
    return Refused(
        Problem(
            "planlint.damaged",
            mark("The %(kind)s file is damaged or protected, and cannot be opened."),
            Place(file=file),
            mark("Open it in its own program and save it again without a password."),
            params={"kind": kind},
        )
    )


def empty(file: str | None) -> Refused:
    """The refusal of a document without a word in it."""
    return Refused(
        Problem(
            "planlint.no_text",
            mark("There is no text in the document; its pages may be scanned pictures."),
            Place(file=file),
            mark("Give the original file, or run a text recognition (OCR) over it first."),
        )
    )
