"""A plan's text as lines, and the tables in it, real or flattened, as runs of cells.

A flattened table is what a word processor leaves when a document is saved as text: each cell on its own line behind a
tab, rows apart by a blank line, a cell of several paragraphs broken over blank lines (its later lines have no tab),
merged cells as empty ones. Lines with several tabs and Markdown rows (``| a | b |``) give the same cells, and so do the
real tables of other kinds of file (``inputs``), of which it is known where they begin and end.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from zhizao.engines.planlint.inputs import read_lines
from zhizao.engines.planlint.inputs.lines import joined
from zhizao.kernel import text
from zhizao.kernel.result import Problem

CAPTION: Final = re.compile(r"表\s*[0-9０-９一二三四五六七八九十]+(?:\s*[-—–－.．‑][0-9０-９]+)*")
HEADING: Final = re.compile(
    r"(?:附件|附表|附录|附图|专栏|说明|注|备注|资料来源|数据来源|单位|图\s*[0-9０-９])"
    r"|第[一二三四五六七八九十百]+[章节篇部]|[（(][一二三四五六七八九十]+[）)]|[一二三四五六七八九十]+、|#"
)
UNIT_LINE: Final = re.compile(r"[（(]?\S{0,6}单位\s*[:：]")
_MARKDOWN_RULE: Final = re.compile(r"\|?[\s:|-]+\|[\s:|-]*")
_MARKDOWN_HEADING: Final = re.compile(r"#{1,6}\s+")
CONTINUATION_LENGTH: Final = 30
"""A paragraph longer than this is no part of a broken cell."""
TAIL_LENGTH: Final = 12
"""The same for the last cell of a table, behind which no cell follows as a witness."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text in one line, the line it starts on, and whether a blank line stands before it."""

    text: str
    line: int
    gap: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive cells, and the lines before them (nearest last), which hold caption, unit and heading."""

    cells: tuple[Cell, ...]
    before: tuple[tuple[int, str], ...]
    first_line: int
    last_line: int

    @property
    def caption(self) -> str:
        """The line that names the table: the nearest that starts with a table number, else the nearest heading."""
        near = [line for _, line in self.before[::-1]]
        numbered = [line for line in near if CAPTION.match(line)]
        short = [line for line in near if len(line) <= 60 and not UNIT_LINE.match(line)]
        return next(iter(numbered or short), "")

    @property
    def heading(self) -> str:
        """Caption and the lines around it as one text, for words that tell what the table is about."""
        return " ".join(line for _, line in self.before if len(line) <= 80)


@dataclass(frozen=True, slots=True)
class Document:
    """The lines of a plan (numbered from 1 in messages), where they came from, and the runs of cells in them.

    ``pages`` are the first lines of the pages, from 1; empty where the file has none. ``problems`` are what the kind of
    file could not give.
    """

    lines: tuple[str, ...]
    runs: tuple[Run, ...]
    file: str | None
    encoding: str
    sha256: str
    pages: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()

    def page_of(self, line: int) -> int | None:
        """The page that a line stands on; None where the file has no pages.

        >>> Document(("",) * 9, (), None, "pdf", "", pages=(1, 4)).page_of(5)
        2
        """
        return bisect_right(self.pages, line) or None


def load(data: bytes, *, file: str | None = None) -> Document:
    """Decode a plan and find its runs of cells.

    Raises
    ------
    Refused
        As ``inputs.read_lines``: empty, binary, damaged, in no known encoding, or pictures without text.

    Examples
    --------
    >>> document = load("表1 指标\\n\\t名称\\n\\t单位\\n\\n\\t产值\\n\\n净额\\n\\t亿元\\n".encode())
    >>> [(cell.text, cell.line, cell.gap) for cell in document.runs[0].cells]
    [('名称', 2, False), ('单位', 3, False), ('产值净额', 5, True), ('亿元', 8, False)]
    """
    source = read_lines(data, file=file)
    return Document(
        source.lines,
        tuple(_runs(source.lines, source.tables)),
        file,
        source.encoding,
        hashlib.sha256(data).hexdigest(),
        source.pages,
        source.problems,
    )


def _runs(lines: tuple[str, ...], tables: tuple[tuple[int, int], ...] = ()) -> list[Run]:
    following = _next_filled(lines)
    begins = {start for start, _ in tables}
    real = {index for start, end in tables for index in range(start, end)}
    runs: list[Run] = []
    before: list[tuple[int, str]] = []
    cells: list[Cell] = []
    blanks = 0
    gap_in_cell = False

    def close() -> None:
        nonlocal cells
        if cells:
            runs.append(Run(tuple(cells), tuple(before), cells[0].line, cells[-1].line))
            before.clear()
            cells = []

    for index, line in enumerate(lines):
        if (parts := _cells_of(line)) is not None:
            if index in begins:
                close()
            for position, part in enumerate(parts):
                gap = position == 0 and (index in real or len(parts) > 1 or (blanks > 0 and not gap_in_cell))
                cells.append(Cell(text.normalise(part), index + 1, gap=gap))
            blanks, gap_in_cell = 0, False
        elif not line.strip():
            blanks += 1
        elif cells and index - 1 not in real and _continues(lines, index, blanks=blanks, following=following):
            last = cells[-1]
            cells[-1] = Cell(joined(last.text, text.normalise(line)), last.line, last.gap)
            gap_in_cell = True
            blanks = 0
        else:
            close()
            before.append((index + 1, _MARKDOWN_HEADING.sub("", text.normalise(line), count=1)))
            del before[:-3]
            blanks, gap_in_cell = 0, False
    close()
    return runs


def _cells_of(line: str) -> list[str] | None:
    """The cells of a line that belongs to a table; a rule between Markdown's header and body has none."""
    if "\t" in line:
        head, *parts = line.split("\t")
        return parts if not head.strip() else [head, *parts]
    stripped = line.strip()
    if stripped.startswith("|") and stripped.endswith("|") and len(stripped) > 1:
        return [] if _MARKDOWN_RULE.fullmatch(stripped) else stripped[1:-1].split("|")
    return None


def _continues(lines: tuple[str, ...], index: int, *, blanks: int, following: list[int]) -> bool:
    """Whether a line without tab is a later line of the cell before it.

    It is one when it follows at once, or when the table goes on behind it; a heading or a long paragraph is none.
    """
    line = text.normalise(lines[index])
    if HEADING.match(line) or CAPTION.match(line) or line.endswith("。"):
        return False
    after = following[index]
    if after < len(lines) and _cells_of(lines[after]) is not None:
        return blanks == 0 or len(line) <= CONTINUATION_LENGTH
    if len(line) > TAIL_LENGTH or blanks > 1:
        return False
    return blanks == 0 or after - index > 2 or after == len(lines)


def _next_filled(lines: tuple[str, ...]) -> list[int]:
    """For each line the index of the next one that is not blank."""
    following = [len(lines)] * len(lines)
    for index in range(len(lines) - 2, -1, -1):
        following[index] = index + 1 if lines[index + 1].strip() or "\t" in lines[index + 1] else following[index + 1]
    return following
