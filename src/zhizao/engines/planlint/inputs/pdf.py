"""Pdf files with a text layer as lines: ruled tables with their grid, the rest as paragraphs.

A pdf knows characters at places, no paragraphs. A printed line goes on in the next if it reaches the right edge of the
text and the next one is not indented; what stands at the head or the foot of most pages in the same words (figures
aside) belongs to the sheet and is left out, so that a table and a sentence run on from page to page.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pdfplumber

from zhizao.engines.planlint.inputs.lines import Lines, Writer, cell_text, damaged, empty, joined
from zhizao.kernel.result import Place, Problem, Severity, mark

_PAGE_NUMBER: Final = re.compile(
    r"[-—–·•\s]*(?:第?\s*[0-9]{1,4}\s*页?(?:\s*[/／共]\s*[0-9]{1,4}\s*页?)?|[ivxIVX]{1,6})[-—–·•\s]*"
)
_FIGURES: Final = re.compile(r"[0-9]+")
_OWN_LINE: Final = re.compile(
    r"表\s*[0-9一二三四五六七八九十]|图\s*[0-9]|第[一二三四五六七八九十百]+[章节篇部]|[（(][一二三四五六七八九十0-9]+[）)]|[一二三四五六七八九十]+、"
    r"|[0-9]+[.．、]\s*[^0-9]|附[件表录图]|单位[:：]|[·•●○■◆◇▶]"
)
_EDGE: Final = 2
"""Lines at the head and at the foot of a page that may belong to the sheet."""
_BLANK: Final = 0.6
"""A gap wider than this share of a character is a blank; justified lines have narrower ones between all characters."""
_LIMIT: Final = 2_000
"""Pages, at most: a plan has a hundred."""


@dataclass(frozen=True, slots=True)
class _Printed:
    """A printed line or a table, with its place on the page in points."""

    top: float
    left: float
    right: float
    size: float
    words: str
    grid: tuple[tuple[str, ...], ...] = ()

    @property
    def printed(self) -> tuple[str, int]:
        """What a running head has in common on all its pages: its words but for figures, and its size."""
        return _FIGURES.sub("0", self.words), round(self.size)


def read(data: bytes, *, file: str | None = None) -> Lines:
    """The lines of a pdf.

    Raises
    ------
    Refused
        ``planlint.damaged`` (broken or with a password); ``planlint.no_text`` where no page has text.
    """
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    pages: list[list[_Printed]] = []
    unread: list[int] = []
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            for page in document.pages[:_LIMIT]:
                printed = _page(page)
                if not printed and page.images:
                    unread.append(page.page_number)
                pages.append(printed)
                page.close()
            cut = len(document.pages) > _LIMIT
    except Exception as error:  # pdfminer fails in every way there is on a broken file
        if isinstance(error, MemoryError):
            raise
        raise damaged("pdf", file) from error
    if not any(pages):
        raise empty(file)
    return _lines(_without_edges(pages), file, unread, cut=cut)


def _page(page: Any) -> list[_Printed]:
    """Lines and tables of a page, from the top."""
    tables = [table for table in page.find_tables() if len(table.rows) > 1 and len(table.columns) > 1]
    boxes = [table.bbox for table in tables]

    def outside(item: Any) -> bool:
        middle, height = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
        return not any(x0 <= middle <= x1 and top <= height <= bottom for x0, top, x1, bottom in boxes)

    printed = [
        _Printed(line["top"], line["x0"], line["x1"], line["chars"][0]["size"] if line["chars"] else 0.0, line["text"])
        for line in page.filter(outside).extract_text_lines(strip=True, return_chars=True, x_tolerance_ratio=_BLANK)
    ]
    for table in tables:
        grid = tuple(tuple(cell or "" for cell in row) for row in table.extract(x_tolerance_ratio=_BLANK))
        printed.append(_Printed(table.bbox[1], table.bbox[0], table.bbox[2], 0.0, "", grid))
    return sorted(printed, key=lambda one: (one.top, one.left))


def _without_edges(pages: list[list[_Printed]]) -> list[list[_Printed]]:
    """The pages without running heads, feet and page numbers; a title in larger print is no running head."""
    seen: Counter[tuple[str, int]] = Counter()
    for page in pages:
        seen.update({one.printed for one in [*page[:_EDGE], *page[-_EDGE:]] if not one.grid})
    often = {words for words, count in seen.items() if count > 2 and count * 2 > len(pages)}
    kept = []
    for page in pages:
        last = len(page) - _EDGE
        kept.append(
            [
                one
                for index, one in enumerate(page)
                if one.grid
                or not (index < _EDGE or index >= last)
                or not (one.printed in often or _PAGE_NUMBER.fullmatch(one.words))
            ]
        )
    return kept


def _lines(pages: list[list[_Printed]], file: str | None, unread: list[int], *, cut: bool) -> Lines:
    text = [one for page in pages for one in page if not one.grid]
    right = _edge([one.right for one in text], largest=True)
    left = _edge([one.left for one in text], largest=False)
    writer = Writer()
    words, before = "", None
    for page in pages:
        # a page begins at its first own line: a paragraph that runs over from the page before stays there
        begun = False
        for one in page:
            goes_on = before is not None and not before.grid and not one.grid and _goes_on(before, one, left, right)
            if not goes_on and words:
                writer.paragraph(words)
                words = ""
            if not goes_on and not begun:
                writer.page()
                begun = True
            if one.grid:
                _table(writer, one, before)
            else:
                words = joined(words, one.words)
            before = one
        if not begun:
            writer.page()
    writer.paragraph(words)
    return writer.done("pdf", _problems(file, unread, cut=cut))


def _goes_on(before: _Printed, one: _Printed, left: float, right: float) -> bool:
    """Whether a printed line is the rest of the one before."""
    size = one.size or 10.0
    reaches = before.right >= right - 1.5 * size
    return (
        reaches and one.left <= left + 0.8 * size and abs(before.size - one.size) < 1 and not _OWN_LINE.match(one.words)
    )


def _table(writer: Writer, one: _Printed, before: _Printed | None) -> None:
    """A table; one that follows another at once with as many columns is its next page."""
    continues = before is not None and bool(before.grid) and len(before.grid[0]) == len(one.grid[0])
    if not continues:
        writer.table(one.grid)
        return
    start = writer.tables[-1][0]
    rows = [line.split("\t")[1:] for line in writer.lines[start:]]
    del writer.lines[start:], writer.tables[-1]
    first, *rest = [[cell_text(cell) for cell in row] for row in one.grid]
    if first == rows[0] and rest:  # the header, printed again
        first, *rest = rest
    if len(rows[-1]) == len(first) and _is_rest_of(rows[-1], first):
        rows[-1] = [joined(upper, lower) for upper, lower in zip(rows[-1], first, strict=True)]
        first = []
    writer.table([*rows, *([first] if first else []), *rest])


def _is_rest_of(row: Sequence[str], first: Sequence[str]) -> bool:
    """Whether the first row of a page is the rest of a row that the page before broke: words in a few columns only."""
    filled = [index for index, cell in enumerate(first) if cell]
    figures = any(first[index][0].isdecimal() for index in filled)
    return bool(filled) and not first[0] and not figures and 3 * len(filled) <= sum(map(bool, row))


def _edge(places: list[float], *, largest: bool) -> float:
    """The edge of the text: the place that the most lines reach, within a point, near the outermost."""
    if not places:
        return 0.0
    outer = sorted(places, reverse=largest)
    return outer[len(outer) // 20]


def _problems(file: str | None, unread: list[int], *, cut: bool) -> list[Problem]:
    problems = [
        Problem(
            "planlint.page_unread",
            mark("Page %(page)s is a picture without text and was not read."),
            Place(file=file, page=page),
            mark("Run a text recognition (OCR) over the file, or read the page yourself."),
            Severity.WARNING,
            {"page": page},
        )
        for page in unread
    ]
    if cut:
        message = mark("Only the first %(limit)s pages were read.")
        remedy = mark("Give the rest as a file of its own.")
        problems.append(Problem("planlint.pages_cut", message, Place(file=file), remedy, params={"limit": _LIMIT}))
    return problems
