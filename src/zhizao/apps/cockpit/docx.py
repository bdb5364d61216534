"""The brief as a Word document, in the look of official papers (after GB/T 9704-2012): the same brief, the same bytes.

Title 22 pt, body 16 pt in 仿宋 on lines of 28 pt, headings in 黑体, margins 37/35/28/26 mm, tables of three lines.
"""

from __future__ import annotations

import io
from datetime import date
from typing import Any, Final

from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from zhizao.apps.cockpit import picture
from zhizao.apps.cockpit.text import Paper, Piece, Section, Table
from zhizao.engines.planlint.report.present_pdf import font
from zhizao.kernel import word

FANG: Final = "FangSong"
BODY_PT, TITLE_PT, HEADING_PT, TABLE_PT, NOTE_PT = 16, 22, 16, 10.5, 9
LINE_PT: Final = 28
_RULES: Final = {"top": "12", "bottom": "12", "insideH": "0"}


def docx(paper: Paper, *, on: date) -> bytes:
    """The file, bearing inside the day of the brief."""
    file = word.blank(paper.title)
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _line(file, [Piece(paper.title)], size=TITLE_PT, face=word.HEI, align=word.CENTRE, indent=False)
    _line(file, [Piece(paper.about)], size=TABLE_PT, face=word.SONG, align=word.CENTRE, indent=False)
    if paper.simulated:
        _line(file, [Piece(paper.simulated)], size=TABLE_PT, face=word.HEI, align=word.CENTRE, indent=False)
        header = section.header.paragraphs[0]
        header.alignment = word.CENTRE
        _run(header, paper.simulated, size=NOTE_PT, face=word.SONG)
    _line(file, list(paper.headline), size=BODY_PT, face=word.HEI)
    for part in paper.sections:
        _section(file, part)
    _line(file, [Piece(paper.annex_title)], size=HEADING_PT, face=word.HEI, indent=False)
    _rows(file, paper.annex_heads, [[Piece(cell) for cell in row] for row in paper.annex], size=NOTE_PT)
    _line(file, [Piece(paper.foot)], size=NOTE_PT, face=word.SONG, indent=False)
    return word.to_bytes(file, on=on)


def _section(file: Any, part: Section) -> None:
    _line(file, [Piece(part.title)], size=HEADING_PT, face=word.HEI)
    for pieces in part.paragraphs:
        _line(file, list(pieces), size=BODY_PT, face=FANG)
    if part.bars is not None:
        _caption(file, part.bars.title)
        drawn = picture.png(picture.svg(part.bars, font=font()))
        file.add_picture(io.BytesIO(drawn), width=Mm(150))
        file.paragraphs[-1].alignment = word.CENTRE
    for table in part.tables:
        _table(file, table)


def _table(file: Any, table: Table) -> None:
    _caption(file, table.title)
    _rows(file, table.heads, table.rows, size=TABLE_PT)


def _caption(file: Any, text: str) -> None:
    _line(file, [Piece(text)], size=TABLE_PT, face=word.HEI, align=word.CENTRE, indent=False)


def _rows(file: Any, heads: Any, rows: Any, *, size: float) -> None:
    made = file.add_table(rows=0, cols=len(heads))
    for place, cells in enumerate([[Piece(head) for head in heads], *rows]):
        row = made.add_row()
        for column, (cell, piece) in enumerate(zip(row.cells, cells, strict=True)):
            line = cell.paragraphs[0]
            line.alignment = None if column == 0 or len(piece.text) > 12 else word.RIGHT
            _pieces(line, [piece], size=size, face=word.HEI if place == 0 else word.SONG)
            if place == 0:
                _under(cell)
    _three_lines(made)


def _three_lines(made: Any) -> None:
    """Rules above and below the table; the one under its head is the head's cells'."""
    borders = OxmlElement("w:tblBorders")
    for side, width in _RULES.items():
        rule = OxmlElement(f"w:{side}")
        rule.set(qn("w:val"), "single" if width != "0" else "nil")
        rule.set(qn("w:sz"), width)
        borders.append(rule)
    properties = made._tbl.tblPr
    after = properties.find(qn("w:tblLayout"))
    after = properties.find(qn("w:tblLook")) if after is None else after
    properties.append(borders) if after is None else after.addprevious(borders)  # the schema has an order


def _under(cell: Any) -> None:
    borders, rule = OxmlElement("w:tcBorders"), OxmlElement("w:bottom")
    rule.set(qn("w:val"), "single")
    rule.set(qn("w:sz"), "6")
    borders.append(rule)
    cell._tc.get_or_add_tcPr().append(borders)


def _line(file: Any, pieces: list[Piece], *, size: float, face: str, align: Any = None, indent: bool = True) -> None:
    line = file.add_paragraph()
    line.alignment = align
    form = line.paragraph_format
    form.space_after = form.space_before = Pt(0)
    if size >= BODY_PT:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(max(LINE_PT, size * 1.4))
    if indent:
        form.first_line_indent = Pt(2 * size)
    _pieces(line, pieces, size=size, face=face)


def _pieces(line: Any, pieces: list[Piece], *, size: float, face: str) -> None:
    for piece in pieces:
        _run(line, piece.text, size=size, face=face)
        if piece.source is not None:
            _run(line, f"[{piece.source}]", size=size, face=face, raised=True)


def _run(line: Any, text: str, *, size: float, face: str, raised: bool = False) -> None:
    run = line.add_run(word.clean(text))
    run.font.size = Pt(size)
    run.font.name = face
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    if raised:
        run.font.superscript = True
