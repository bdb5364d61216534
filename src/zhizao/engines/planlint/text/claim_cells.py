"""What the cells of a table of tasks say in figures: 高新技术企业达到700家 in the annex that divides the work.

Such a table is of no kind that is read by columns, and its goals repeat those of the text. A cell is read as a short
paragraph; the year is that of its column's header, or else the plan's last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from zhizao.engines.planlint.document import Cell, Document
from zhizao.engines.planlint.schema import Record, Rows
from zhizao.engines.planlint.tables.layout import year_of
from zhizao.engines.planlint.text.sentences import Paragraph, mask

_OF_GOALS: Final = re.compile("任务|目标|分工|分解|考核")
_SAYS: Final = re.compile(
    r"(?:[^，；、。0-9]{0,6}(?:19|20)[0-9]{2}年(?:末|底)?)?[一-龥“”（）]{2,24}[0-9][0-9.]{0,9}(?:%|[万亿]?(?:元|亩|平方米|平方公里|吨|[家个人户项件台套座条]))"
    r"(?:以上|以下|左右|以内)?"
)
_PIECES: Final = re.compile("[，；。]")


def paragraphs(document: Document, rows: Rows) -> Iterator[tuple[Paragraph, int | None]]:
    """The cells that say something in figures, each with the year of its column.

    >>> from zhizao.engines.planlint.document import load
    >>> plan = "附件：任务分工\\n| 任务 | 目标（2030年） |\\n|---|---|\\n| 创新 | 高新技术企业700家 |\\n"
    >>> [(one.text, one.place(0), year) for one, year in paragraphs(load(plan.encode()), {})]
    [('高新技术企业700家', (4, 7), 2030)]
    """
    read = _lines_read(rows)
    for run in document.runs:
        if any(run.first_line <= line <= run.last_line for line in read):
            continue
        lines = _rows(run.cells)
        header = [cell.text for cell in lines[0]]
        if not _OF_GOALS.search(run.heading + "".join(header)):
            continue
        for row in lines[1:]:
            for at, cell in enumerate(row):
                pieces = [piece for piece in _PIECES.split(cell.text) if piece.strip()]
                if pieces and all(_SAYS.fullmatch(piece.strip()) for piece in pieces):
                    column = document.lines[cell.line - 1].find(cell.text)
                    year = year_of(header[at]) if len(row) == len(header) else None
                    if column >= 0:
                        yield Paragraph(cell.text, mask(cell.text), ((0, cell.line, column),)), year


def _lines_read(rows: Mapping[str, Sequence[Record]]) -> list[int]:
    """Lines of the records that tables were read into; tasks and claims are no figures of columns."""
    return [
        int(str(record["line"]))
        for table, records in rows.items()
        if table not in ("tasks", "claims", "aliases")
        for record in records
        if record.get("line")
    ]


def _rows(cells: Sequence[Cell]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for cell in cells:
        if cell.gap or not rows:
            rows.append([])
        rows[-1].append(cell)
    return rows
