"""A report, and a letter of corrections, as docx: the same input gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Final

import docx as word
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from zhizao.engines.planlint.report.present import (
    Heading,
    Item,
    Presentation,
    Say,
    english,
    places_words,
    quotes,
    raised,
)
from zhizao.kernel.result import mark

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_SONG: Final = "SimSun"
_HEI: Final = "SimHei"
_FORMS: Final = str.maketrans({chr(code): " " for code in (*range(9), 11, 12, *range(14, 32))})


def docx(shown: Presentation, heading: Heading, *, say: Say = english, on: date | None = None) -> bytes:
    """The report as a Word document.

    Parameters
    ----------
    shown, heading, say : as for ``present_html.html``
    on : date, optional
        The day that the file bears inside; the same day gives the same bytes.
    """
    file = _blank(heading.title)
    _heading(file, heading)
    _paragraph(file, shown.answer, bold=True)
    if shown.families:
        file.add_heading(say(mark("Score by family"), {}), level=1)
        heads = (
            mark("Family"),
            mark("Score (0–100)"),
            mark("Rules run"),
            mark("Errors"),
            mark("Warnings"),
            mark("Notes"),
        )
        cells = [
            (one.title, "—" if one.score is None else one.score, one.rules, one.errors, one.warnings, one.notes)
            for one in shown.families
        ]
        _table(file, [say(head, {}) for head in heads], cells)
    if shown.items:
        file.add_heading(say(mark("Findings and their arithmetic"), {}), level=1)
    for item in shown.items:
        _item(file, item, say, title=f"{item.shape} {item.number}. {item.message}")
    if shown.not_run:
        file.add_heading(say(mark("Rules that could not be run"), {}), level=1)
        heads_of_rest = [say(mark("Rule"), {}), say(mark("Needs"), {})]
        _table(file, heads_of_rest, [(one.title, one.needs) for one in shown.not_run])
    _foot(file, heading)
    return _bytes(file, on=on)


def letter(
    items: Sequence[Item],
    heading: Heading,
    *,
    to: str,
    sender: str,
    say: Say = english,
    on: date | None = None,
) -> bytes:
    """A letter that asks whoever issued the plan to correct what was accepted as wrong.

    Parameters
    ----------
    items : the accepted findings, in order
    to, sender : names of the addressee and of the office that writes
    """
    file = _blank(heading.title)
    title = file.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, say(mark("Letter asking for corrections"), {}), size=16, bold=True, font=_HEI)
    _paragraph(file, say(mark("To %(name)s:"), {"name": to}))
    params = {"title": heading.title, "version": heading.version, "count": len(items)}
    _paragraph(
        file,
        say(
            mark(
                "While checking %(title)s (%(version)s) we found %(count)s places where the plan contradicts itself. "
                "Each stands below with its arithmetic. Please correct them or say which figure holds."
            ),
            params,
        ),
    )
    for number, item in enumerate(items, start=1):
        _item(file, item, say, title=f"{number}. {item.message}", outside=True)
    day = mark("%(year)s-%(month)s-%(day)s")
    signed = [sender, *([say(day, {"year": on.year, "month": on.month, "day": on.day})] if on else [])]
    for text in signed:
        line = file.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _run(line, text)
    return _bytes(file, on=on)


def _item(file: Any, item: Item, say: Say, *, title: str, outside: bool = False) -> None:
    """A finding; what goes ``outside`` says nothing of how the office itself has classed and decided it."""
    file.add_heading(_clean(title), level=2)
    where = places_words(item, say)
    about = (where,) if outside else (item.family_title, item.word, where)
    _paragraph(file, " · ".join(filter(None, about)), size=9)
    for quote in quotes(item):
        _paragraph(file, f"“{quote}”")
    if item.lines:
        _table(file, [], [(line.label, line.expression, line.value) for line in item.lines])
    if item.suggestion:
        _paragraph(file, item.suggestion)
    if item.judgement and not outside:
        _paragraph(file, " · ".join(filter(None, (item.judgement.words, item.judgement.reason))), size=9)


def _blank(title: str) -> Any:
    file = word.Document()
    for name in ("Normal", "Heading 1", "Heading 2"):
        font = file.styles[name].font
        font.size = Pt({"Normal": 10.5, "Heading 1": 14, "Heading 2": 11}[name])
        face = _SONG if name == "Normal" else _HEI
        font.name = face
        font.color.rgb = RGBColor(0, 0, 0)
        file.styles[name].element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    file.core_properties.title = _clean(title)[:255]
    return file


def _heading(file: Any, heading: Heading) -> None:
    title = file.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, heading.title, size=16, bold=True, font=_HEI)
    line = file.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(line, " · ".join(filter(None, (heading.version, heading.checked_on))), size=9)


def _foot(file: Any, heading: Heading) -> None:
    for text in (heading.source, *(f"{name} {value}" for name, value in heading.facts)):
        if text:
            _paragraph(file, text, size=9)


def _table(file: Any, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    width = len(heads) or len(rows[0])
    table = file.add_table(rows=0, cols=width, style="Table Grid")
    for cells in ([heads] if heads else []) + [list(row) for row in rows]:
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            for piece, up in raised(_clean(str(text))):
                cell.paragraphs[0].add_run(piece).font.superscript = True if up else None


def _paragraph(file: Any, text: str, *, size: float | None = None, bold: bool = False) -> None:
    _run(file.add_paragraph(), text, size=size, bold=bold)


def _run(paragraph: Any, text: str, *, size: float | None = None, bold: bool = False, font: str = "") -> None:
    run = paragraph.add_run(_clean(text))
    run.bold = bold
    if size:
        run.font.size = Pt(size)
    if font:
        run.font.name = font
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _clean(text: str) -> str:
    """Control characters have no place in XML."""
    return text.translate(_FORMS)


def _bytes(file: Any, *, on: date | None) -> bytes:
    """The file with fixed dates: Word's own and those of the archive's members."""
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
