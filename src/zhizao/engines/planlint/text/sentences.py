"""The running text of a plan: its paragraphs, their sentences, parts (up to a ；) and clauses (up to a ，).

Offsets count characters of the paragraph; ``Paragraph.place`` turns one into a line and a column of the source. A
paragraph whose lines a converter broke is put together again: a line that ends in the middle of a sentence goes on in
the next one. Cells of tables are no running text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from zhizao.engines.planlint.document import CAPTION, HEADING, Document
from zhizao.kernel import text

_ENDS: Final = frozenset("。！？!?；;：:…")
_GOES_ON: Final = frozenset("，。；、）)》”,;")
_FULL_LINE: Final = 20
"""A shorter line that stops in mid-sentence is a title or an item, not a broken paragraph."""
_PARENTHESIS: Final = re.compile(r"（[^（）()。]{0,120}）|\([^（）()。]{0,120}\)|《[^《》]{0,120}》")
_SAYS: Final = re.compile(
    r"^[（(](?![^）]{0,4}[图表见注]).*[0-9]\s*(?:%|‰|[万亿余多]{0,2}(?:元|[家个户件台项亩吨人条座所箱辆只]|平方))"
)
"""A parenthesis that holds a figure of its own: （其中新建3家）. It is a clause, and not hidden."""
_SENTENCE_END: Final = re.compile(r"[。！？!?]+|$")
_PART_END: Final = re.compile(r"[；;]+|$")
_CLAUSE_END: Final = re.compile(r"[，：:（）()]+|(?<![0-9]),|,(?![0-9]{3})|$")
HIDDEN: Final = "\ue000"
"""Stands for each character of a parenthesis or a title of a document: 《…》."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph.

    Attributes
    ----------
    text : as printed, without the blanks at the ends of its lines
    masked : the same length, parentheses and titles of documents hidden
    pieces : (offset in ``text``, line, column in that line) of each line that it is made of
    """

    text: str
    masked: str
    pieces: tuple[tuple[int, int, int], ...]

    @property
    def line(self) -> int:
        """The line it begins on, from 1."""
        return self.pieces[0][1]

    def place(self, offset: int) -> tuple[int, int]:
        """Line (from 1) and column (from 0) of a character."""
        begin, line, column = self.pieces[bisect_right(self.pieces, offset, key=itemgetter(0)) - 1]
        return line, column + offset - begin


@dataclass(frozen=True, slots=True)
class Part:
    """What stands between two of 。！？；: its place, its clauses, and whether a sentence begins with it."""

    start: int
    end: int
    clauses: tuple[tuple[int, int], ...]
    opens: bool


def lines_of_tables(document: Document) -> frozenset[int]:
    """The lines that cells of tables stand on, later lines of broken cells included."""
    found: set[int] = set()
    for run in document.runs:
        found.update(range(run.first_line, run.last_line + 1))
        tail = run.cells[-1].text
        for number in range(run.last_line + 1, min(run.last_line + 8, len(document.lines)) + 1):
            words = text.normalise(document.lines[number - 1])
            if words and not tail.endswith(words) and words not in tail:
                break
            found.add(number)
    return frozenset(found)


def paragraphs(document: Document, *, skip: frozenset[int] | None = None) -> Iterator[Paragraph]:
    """The paragraphs outside tables, in order."""
    hidden = lines_of_tables(document) if skip is None else skip
    words: list[str] = []
    pieces: list[tuple[int, int, int]] = []
    length = 0
    for number, line in enumerate(document.lines, start=1):
        stripped = line.strip()
        if pieces and not _goes_on(words[-1], line, stripped, broken=number != pieces[-1][1] + 1 or number in hidden):
            yield _paragraph(words, pieces)
            words, pieces, length = [], [], 0
        if not stripped or number in hidden:
            continue
        pieces.append((length, number, len(line) - len(line.lstrip())))
        words.append(stripped)
        length += len(stripped)
    if pieces:
        yield _paragraph(words, pieces)


def _goes_on(before: str, line: str, stripped: str, *, broken: bool) -> bool:
    """Whether a line continues the paragraph before it."""
    if broken or not stripped:
        return False
    if stripped[0] in _GOES_ON:
        return True
    indented = line[:1] in (" ", "\u3000", "\t")
    if indented or len(before) < _FULL_LINE or before[-1] in _ENDS:
        return False
    return not HEADING.match(stripped) and not CAPTION.match(stripped) and not before.startswith("#")


def _paragraph(words: list[str], pieces: list[tuple[int, int, int]]) -> Paragraph:
    joined = "".join(words)
    return Paragraph(joined, mask(joined), tuple(pieces))


def mask(words: str) -> str:
    """Hide what stands in parentheses and in titles of documents, at the same length.

    >>> mask("产值（见表1）达到5亿元").replace(HIDDEN, "_")
    '产值_____达到5亿元'
    """
    return _PARENTHESIS.sub(lambda found: found[0] if _SAYS.search(found[0]) else HIDDEN * len(found[0]), words)


def parts(paragraph: Paragraph) -> Iterator[Part]:
    """The parts of a paragraph, in order.

    >>> one = Paragraph("甲达到1家，乙2家；丙3家。丁4家。", mask("甲达到1家，乙2家；丙3家。丁4家。"), ((0, 1, 0),))
    >>> [(one.text[part.start:part.end], len(part.clauses), part.opens) for part in parts(one)]
    [('甲达到1家，乙2家', 2, True), ('丙3家', 1, False), ('丁4家', 1, True)]
    """
    masked = paragraph.masked
    for start, end in _pieces(masked, 0, len(masked), _SENTENCE_END):
        for number, (first, last) in enumerate(_pieces(masked, start, end, _PART_END)):
            yield Part(first, last, tuple(_pieces(masked, first, last, _CLAUSE_END)), opens=number == 0)


def _pieces(masked: str, start: int, end: int, stop: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """The stretches between two stops that hold anything."""
    while start < end:
        found = stop.search(masked, start, end)
        last = found.start() if found else end
        if masked[start:last].strip():
            yield start, last
        start = max(found.end() if found else end, last + 1)
