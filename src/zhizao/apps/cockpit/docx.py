"""The brief as a Word document, in the look of official papers (after GB/T 9704-2012): the same brief, the same bytes.

Title 22 pt over a red rule, body 16 pt in 仿宋 on lines of 28 pt, headings in 黑体, margins 37/35/28/26 mm, pages
numbered below, tables of three lines. A figure is a link to its source's row in the annex.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.shared import Mm, Pt, RGBColor

from zhizao.apps.cockpit import picture
from zhizao.apps.cockpit import wordml as ml
from zhizao.apps.cockpit.marking import Piece, shares
from zhizao.apps.cockpit.text import Paper, Section, Table
from zhizao.engines.planlint.report.present_pdf import font
from zhizao.kernel import word

FANG: Final = "FangSong"
BODY_PT, TITLE_PT, TABLE_PT, NOTE_PT, PAGE_PT = 16, 22, 10.5, 9, 14
LINE_PT: Final = 28
WIDTH_MM: Final = 156
SHORT_TABLE: Final = 12
"""A table of so many rows at most stays on one page."""
RED: Final = "C00000"
Pieces = Sequence[Piece]


def docx(paper: Paper, *, on: date) -> bytes:
    """The file, bearing inside the day of the brief."""
    file = word.blank(paper.title)
    ml.plain(file, "en-US" if paper.language == "en" else "zh-CN")
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _edges(section, paper)
    _head(file, paper)
    _line(file, paper.headline, face=word.HEI)
    for part in paper.sections:
        _section(file, part)
    _heading(file, paper.annex_title)
    _annex(file, paper)
    _line(file, [Piece(paper.foot)], size=NOTE_PT, face=word.SONG, indent=False)
    return word.to_bytes(file, on=on)


def _edges(section: Any, paper: Paper) -> None:
    """Above each page that figures are simulated, below it its number between dashes."""
    if paper.simulated:
        header = section.header.paragraphs[0]
        header.alignment = word.CENTRE
        _run(header, paper.simulated, size=NOTE_PT, face=word.SONG)
    footer = section.footer.paragraphs[0]
    footer.alignment = word.CENTRE
    _run(footer, "— ", size=PAGE_PT, face=word.SONG)
    ml.page_number(_run(footer, "", size=PAGE_PT, face=word.SONG))
    _run(footer, " —", size=PAGE_PT, face=word.SONG)


def _head(file: Any, paper: Paper) -> None:
    """Title, number, who and when over a red rule; then of what and as known when."""
    title = _line(file, [Piece(paper.title)], size=TITLE_PT, face=word.SONG, align=word.CENTRE, indent=False)
    for run in title.runs:
        run.bold, run.font.color.rgb = True, RGBColor.from_string(RED)
    _line(file, [Piece(paper.number)], size=PAGE_PT, face=FANG, align=word.CENTRE, indent=False)
    by = _line(file, [Piece(f"{paper.publisher}\t{paper.day}")], size=PAGE_PT, face=FANG, indent=False)
    by.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT)
    ml.rule_below(by, RED)
    about = _line(file, [Piece(paper.about)], size=TABLE_PT, face=word.SONG, align=word.CENTRE, indent=False)
    about.paragraph_format.space_before = Pt(6)
    if paper.simulated:
        _line(file, [Piece(paper.simulated)], size=TABLE_PT, face=word.HEI, align=word.CENTRE, indent=False)


def _section(file: Any, part: Section) -> None:
    _heading(file, part.title)
    for pieces in part.paragraphs:
        _line(file, pieces)
    if part.bars is not None:
        _caption(file, [Piece(part.bars.title)])
        drawn = picture.png(picture.svg(part.bars, font=font()))
        shape = file.add_picture(io.BytesIO(drawn), width=Mm(150))
        shape._inline.docPr.set("descr", word.clean(part.bars.title))
        file.paragraphs[-1].alignment = word.CENTRE
    for table in part.tables:
        _table(file, table)


def _heading(file: Any, text: str) -> None:
    line = file.add_paragraph(style="Heading 1")
    _shape(line, size=BODY_PT, indent=True)
    line.paragraph_format.keep_with_next = True
    _run(line, text, size=BODY_PT, face=word.HEI)


def _table(file: Any, table: Table) -> None:
    _caption(file, [Piece(table.title, mark=table.mark)])
    heads = [Piece(head, mark=mark) for head, mark in zip(table.heads, table.head_marks, strict=True)]
    texts = [[_written(piece) for piece in row] for row in table.rows]
    widths = shares([_written(head) for head in heads], texts)
    _rows(file, heads, table.rows, size=TABLE_PT, widths=widths, numeric=table.numeric)


def _annex(file: Any, paper: Paper) -> None:
    rows = [[Piece(cell) for cell in row] for row in paper.annex]
    made = _rows(
        file,
        [Piece(head) for head in paper.annex_heads],
        rows,
        size=NOTE_PT,
        widths=(0.08, 0.32, 0.25, 0.35),
        numeric=(False,) * 4,
    )
    for number, row in enumerate(made.rows[1:], start=1):
        ml.bookmark(row.cells[0].paragraphs[0], _place(number), number)


def _written(piece: Piece) -> str:
    return piece.text if piece.mark is None else f"{piece.text}[{piece.mark}"


def _caption(file: Any, pieces: Pieces) -> None:
    line = _line(file, pieces, size=TABLE_PT, face=word.HEI, align=word.CENTRE, indent=False)
    line.paragraph_format.space_before, line.paragraph_format.keep_with_next = Pt(8), True


def _rows(
    file: Any,
    heads: Pieces,
    rows: Sequence[Pieces],
    *,
    size: float,
    widths: Sequence[float],
    numeric: Sequence[bool],
) -> Any:
    made = file.add_table(rows=0, cols=len(heads))
    made.autofit = False
    for column, share in zip(made.columns, widths, strict=True):
        column.width = Mm(WIDTH_MM * share)
    last = len(rows)
    for place, cells in enumerate([heads, *rows]):
        row = made.add_row()
        ml.whole(row, is_head=place == 0)
        for cell, piece, is_figure, share in zip(row.cells, cells, numeric, widths, strict=True):
            cell.width = Mm(WIDTH_MM * share)
            line = cell.paragraphs[0]
            line.alignment = word.RIGHT if is_figure else None
            form = line.paragraph_format
            form.space_before = form.space_after = Pt(2)
            form.keep_with_next = place < 2 or (last <= SHORT_TABLE and place < last)
            _pieces(line, [piece], size=size, face=word.HEI if place == 0 else word.SONG)
            if place == 0:
                ml.head_rule(cell)
    ml.three_lines(made)
    return made


def _line(
    file: Any, pieces: Pieces, *, size: float = BODY_PT, face: str = FANG, align: Any = None, indent: bool = True
) -> Any:
    line = file.add_paragraph()
    line.alignment = align
    _shape(line, size=size, indent=indent)
    _pieces(line, pieces, size=size, face=face)
    return line


def _shape(line: Any, *, size: float, indent: bool) -> None:
    form = line.paragraph_format
    form.space_after = form.space_before = Pt(0)
    if size >= PAGE_PT:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(max(LINE_PT, size * 1.4))
    if indent:
        form.first_line_indent = Pt(2 * size)


def _pieces(line: Any, pieces: Pieces, *, size: float, face: str) -> None:
    for piece in pieces:
        if piece.text:
            run = _run(line, piece.text, size=size, face=face)
            if piece.source is not None:
                ml.link(run, _place(piece.source))
        if piece.mark is not None:
            raised = _run(line, f"[{piece.mark}]", size=size, face=face)
            raised.font.superscript = True
            ml.link(raised, _place(piece.mark))


def _place(number: int) -> str:
    """The name of a source's row in the annex."""
    return f"source{number}"


def _run(line: Any, text: str, *, size: float, face: str) -> Any:
    run = line.add_run(word.clean(text))
    run.font.size, run.bold = Pt(size), False
    ml.faces(run, face)
    return run
