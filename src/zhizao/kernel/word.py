"""Word documents in the look of official papers: text in Song, headings in Hei; the same contents give the same bytes.

Bodies 10.5 pt, titles 16 pt, notes 9 pt. The dates inside the file and of the archive's members are fixed, the revision
is 1, and control characters, which XML does not allow, become blanks.

>>> file = blank("Paper")
>>> paragraph(file, "One line.")
>>> to_bytes(file) == to_bytes(file), to_bytes(file)[:2]
(True, b'PK')
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, Final

import docx as word
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

SONG: Final = "SimSun"
HEI: Final = "SimHei"
CENTRE: Final = WD_ALIGN_PARAGRAPH.CENTER
RIGHT: Final = WD_ALIGN_PARAGRAPH.RIGHT
SMALL_PT: Final = 9
TITLE_PT: Final = 16
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_CONTROLS: Final = str.maketrans({chr(code): " " for code in (*range(9), 11, 12, *range(14, 32))})
_LONGEST_TITLE: Final = 255
_POINTS: Final = {"Normal": 10.5, "Heading 1": 14, "Heading 2": 11}

Pieces = Iterable[tuple[str, bool]]
"""Parts of a cell's text, and whether each stands raised."""


def blank(title: str) -> Any:
    """An empty document with this title in its properties."""
    file = word.Document()
    for name, points in _POINTS.items():
        font = file.styles[name].font
        font.size = Pt(points)
        face = SONG if name == "Normal" else HEI
        font.name = face
        font.color.rgb = RGBColor(0, 0, 0)
        file.styles[name].element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    file.core_properties.title = clean(title)[:_LONGEST_TITLE]
    return file


def title(file: Any, text: str) -> None:
    """The title over a paper, in the middle."""
    line = file.add_paragraph()
    line.alignment = CENTRE
    _run(line, text, size=TITLE_PT, bold=True, font=HEI)


def heading(file: Any, text: str, *, level: int = 1) -> None:
    """A heading of the first or second level."""
    file.add_heading(clean(text), level=level)


def paragraph(file: Any, text: str, *, size: float | None = None, bold: bool = False, align: Any = None) -> None:
    """A paragraph; ``align`` is ``CENTRE`` or ``RIGHT``."""
    line = file.add_paragraph()
    line.alignment = align
    _run(line, text, size=size, bold=bold)


def table(
    file: Any,
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    pieces: Callable[[str], Pieces] = lambda text: [(text, False)],
) -> None:
    """A table with lines around its cells; ``heads`` may be empty. ``pieces`` says what of a cell stands raised."""
    lines = [*([heads] if heads else []), *rows]
    made = file.add_table(rows=0, cols=len(lines[0]), style="Table Grid")
    for cells in lines:
        for cell, text in zip(made.add_row().cells, cells, strict=True):
            for piece, up in pieces(clean(str(text))):
                cell.paragraphs[0].add_run(piece).font.superscript = True if up else None


def clean(text: str) -> str:
    """Text without control characters.

    >>> clean("a\\x07b")
    'a b'
    """
    return text.translate(_CONTROLS)


def to_bytes(file: Any, *, on: date | None = None) -> bytes:
    """The file, bearing inside the day ``on``; the same day and contents give the same bytes."""
    moment = datetime.combine(on or date(1980, 1, 1), time.min)
    core = file.core_properties
    core.created = core.modified = moment
    core.author = core.last_modified_by = "ZhiZao"
    core.revision = 1
    raw, out = io.BytesIO(), io.BytesIO()
    file.save(raw)
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda one: (one != "[Content_Types].xml", one)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return out.getvalue()


def _run(line: Any, text: str, *, size: float | None, bold: bool, font: str = "") -> None:
    run = line.add_run(clean(text))
    run.bold = bold
    if size:
        run.font.size = Pt(size)
    if font:
        run.font.name = font
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
