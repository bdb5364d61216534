"""One table found in a plan, cut into rows, with what its reader needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.document import CAPTION, Run
from zhizao.engines.planlint.schema import Record as Record
from zhizao.engines.planlint.tables.layout import GROUP, WORDS, Layout, Shape, kind
from zhizao.engines.planlint.tables.rows import FULL, SHORT, STRAY, TITLE, Row
from zhizao.engines.planlint.tables.values import Notes, unit_near
from zhizao.kernel import text
from zhizao.kernel.result import Severity, mark

_NUMERAL: Final = re.compile(
    r"^(?:[一二三四五六七八九十]+(?:[、.．]\s*|$)|[（(][一二三四五六七八九十]+[）)]\s*|[0-9]+[、.．]\s*)"
)
_COUNT: Final = re.compile(r"[（(]\s*共?\s*[0-9]+\s*[个家项户]\s*[）)]$")
_TABLE_NUMBER: Final = re.compile(r"^表\s*")
_TITLE_WORDS: Final = frozenset({GROUP, WORDS})

CLEAN, FILLED, CONVERTED, DOUBTFUL = Decimal("1"), Decimal("0.95"), Decimal("0.9"), Decimal("0.6")
"""Confidence: as printed; a merged cell carried down; a value converted or with two readings; a cell of an odd kind."""


@dataclass(frozen=True, slots=True)
class Table:
    """A run of cells whose header is understood, and its rows."""

    shape: Shape
    run: Run
    layout: Layout
    rows: tuple[Row, ...]

    @property
    def number(self) -> str:
        """Number of the table as printed (“4-1”); the caption if it has none."""
        found = CAPTION.match(self.run.caption)
        words = _TABLE_NUMBER.sub("", found.group()) if found else self.run.caption
        return re.sub(r"\s", "", words).replace("—", "-").replace("–", "-").replace(".", "-")

    @property
    def unit(self) -> str | None:
        """The unit that a line before the table gives for all of it."""
        return unit_near(self.run.before)

    def full_rows(self) -> Iterator[tuple[Row, str]]:
        """The full rows, each with the title of its group (without numeral and count)."""
        title = ""
        for row in self.rows:
            if row.form == TITLE:
                title = "".join(without_numeral(cell.text) for cell in row.raw if kind(cell.text) in _TITLE_WORDS)
            elif row.form == FULL and row.text(self.shape.subject):
                yield row, title

    def column(self, key: str) -> str:
        """The printed words of a column."""
        return self.layout.words[self.layout.keys.index(key)] if key in self.layout.keys else key


class Carried:
    """The cell of a merged column: printed once, standing for the empty ones below.

    >>> category = Carried()
    >>> [category(words) for words in ("结构", "", "绿色")]
    ['结构', '结构', '绿色']
    """

    def __init__(self) -> None:
        self.words = ""
        self.was_filled = False

    def __call__(self, words: str) -> str:
        """This row's words, its own or those above."""
        self.was_filled = not words and bool(self.words)
        self.words = words or self.words
        return self.words


def without_numeral(words: str) -> str:
    """A title without its numeral and count.

    >>> without_numeral("一、龙头企业（共7家）"), without_numeral("一汽集团"), without_numeral("二")
    ('龙头企业', '一汽集团', '')
    """
    return _COUNT.sub("", _NUMERAL.sub("", words)).strip()


def none_to_empty(words: str) -> str | None:
    """A text cell as a value: None for the marks that mean none."""
    return None if text.is_blank_mark(words) else words


def note_rows(table: Table, notes: Notes) -> None:
    """Say which rows were not read, which are doubtful, and which columns have no place in a pack."""
    for row in table.rows:
        words = " | ".join(cell.text for cell in row.raw)[:80]
        nameless = row.form == FULL and not row.text(table.shape.subject)
        if row.form in (SHORT, STRAY) or nameless:
            notes.add(
                "row_unread",
                mark("A row of %(found)s cells in a table of %(expected)s columns cannot be placed: “%(text)s”."),
                line=row.line,
                remedy=mark("Give the row as many cells as the header has."),
                severity=Severity.ERROR,
                found=len(row.raw),
                expected=table.layout.width,
                text=words,
            )
        elif row.wrong:
            notes.add(
                "row_doubtful",
                mark("In the row “%(text)s” %(count)s cells do not look like what their columns hold."),
                line=row.line,
                remedy=mark("Compare the row with the document."),
                text=words,
                count=row.wrong,
            )
    unread = [
        words for key, words in zip(table.layout.keys, table.layout.words, strict=True) if not key and words.strip()
    ]
    if unread:
        notes.add(
            "column_unread",
            mark("Columns without a place in the pack are left out: %(columns)s."),
            line=table.run.first_line,
            severity=Severity.INFO,
            columns="、".join(unread),
        )
