"""Word documents as lines: paragraphs with heading level and printed numeral, tables with their grid, text frames.

Read straight from the XML: what a reader sees counts. Deleted text of tracked changes, field codes and the second copy
that Word keeps of each text frame are left out; automatic numerals (一、, （1）) are written out, since the text itself
does not have them. A table of contents is left out: its lines repeat the headings.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from zhizao.engines.planlint.inputs.lines import WIDEST, Lines, Writer, damaged, empty
from zhizao.kernel import numerals

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_FRAME: Final = f"{_W}txbxContent"
_SKIPPED: Final = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}pPr", f"{_W}rPr", _FALLBACK, _FRAME})
_BREAKS: Final = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_CHINESE: Final = ("chinese", "japanese", "ideograph", "taiwanese")
_HEADING: Final = re.compile(r"(?:heading|标题)\s*([1-6])", re.I)
_CONTENTS: Final = re.compile(r"(?:toc|目录)\s*[0-9]|table of contents", re.I)
_LEVEL: Final = re.compile(r"%([1-9])")
_LEVELS: Final = 9
_LONGEST_LIST: Final = 10_000


def read(data: bytes, *, file: str | None = None) -> Lines:
    """The lines of a docx file whose zip was checked.

    Raises
    ------
    Refused
        ``planlint.damaged`` if its XML is broken; ``planlint.no_text``.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            body = _xml(archive, "word/document.xml")
            styles = _styles(_xml(archive, "word/styles.xml"))
            numbering = _Numbering.of(_xml(archive, "word/numbering.xml"))
            notes = _xml(archive, "word/footnotes.xml")
    except (zipfile.BadZipFile, etree.XMLSyntaxError, OSError, ValueError, RuntimeError):
        raise damaged("docx", file) from None
    if body is None:
        raise damaged("docx", file)
    writer = Writer()
    reader = _Reader(writer, styles, numbering)
    for root in body.iterchildren(f"{_W}body"):
        reader.blocks(root)
    if notes is not None:
        for note in notes.iterchildren(f"{_W}footnote"):
            if note.get(f"{_W}type") is None:
                reader.blocks(note)
    if not writer.lines:
        raise empty(file)
    return writer.done("docx")


def _xml(archive: zipfile.ZipFile, member: str) -> etree._Element | None:
    """A part of the package, without entities and without the network; None if it has no such part."""
    try:
        content = archive.read(member)
    except KeyError:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(content, parser)
    if root.getroottree().docinfo.doctype:  # Office Open XML has none; text could hide in its entities
        raise ValueError(member)
    return root


def _value(element: etree._Element | None, path: str) -> str | None:
    found = element.find(path) if element is not None else None
    return found.get(f"{_W}val") if found is not None else None


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    heading: int
    numbered: tuple[str, int] | None


def _styles(root: etree._Element | None) -> dict[str, _Style]:
    """Name, heading level and numbering of each paragraph style."""
    styles: dict[str, _Style] = {}
    for style in root.iter(f"{_W}style") if root is not None else ():
        name = _value(style, f"{_W}name") or ""
        level = _value(style, f"{_W}pPr/{_W}outlineLvl")
        found = _HEADING.match(name)
        heading = int(found[1]) if found else int(level) + 1 if level and level in "012345" else 0
        styles[style.get(f"{_W}styleId", "")] = _Style(name, heading, _number_of(style))
    return styles


def _count(words: str | None, missing: int, *, most: int) -> int:
    """A count that an attribute states; where it states none, or no number, ``missing``."""
    return min(int(words[:9]), most) if words and words.isdecimal() else missing


def _number_of(element: etree._Element) -> tuple[str, int] | None:
    """List and level that a paragraph or a style is numbered by."""
    properties = element.find(f"{_W}pPr/{_W}numPr")
    number = _value(properties, f"{_W}numId")
    return (number, _count(_value(properties, f"{_W}ilvl"), 0, most=_LEVELS)) if number else None


@dataclass(slots=True)
class _Numbering:
    """The automatic numerals: format and text of each level, and how far each list has counted."""

    levels: dict[tuple[str, int], tuple[str, str, int]] = field(default_factory=dict)
    counts: defaultdict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, root: etree._Element | None) -> _Numbering:
        """The lists that the document defines."""
        self = cls()
        if root is None:
            return self
        abstract = {
            one.get(f"{_W}abstractNumId"): {
                _count(level.get(f"{_W}ilvl"), 0, most=_LEVELS): (
                    _value(level, f"{_W}numFmt") or "decimal",
                    _value(level, f"{_W}lvlText") or "",
                    _count(_value(level, f"{_W}start"), 1, most=_LONGEST_LIST),
                )
                for level in one.iterchildren(f"{_W}lvl")
            }
            for one in root.iterchildren(f"{_W}abstractNum")
        }
        for number in root.iterchildren(f"{_W}num"):
            for level, form in abstract.get(_value(number, f"{_W}abstractNumId"), {}).items():
                self.levels[number.get(f"{_W}numId", ""), level] = form
        return self

    def next(self, number: str, level: int) -> str:
        """The numeral of the next paragraph of a list; ``·`` for a bullet, empty if the list is unknown."""
        form, words, start = self.levels.get((number, level), ("none", "", 1))
        if form == "bullet":
            return "· "
        counts = self.counts[number]
        counts[level] = counts.get(level, start - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        return "" if form == "none" else _LEVEL.sub(lambda found: self._numeral(number, int(found[1]) - 1), words)

    def _numeral(self, number: str, level: int) -> str:
        form, _, start = self.levels.get((number, level), ("decimal", "", 1))
        value = self.counts[number].get(level, start)
        return numerals.to_chinese(value) if form.startswith(_CHINESE) and 0 < value < _LONGEST_LIST else str(value)


@dataclass(slots=True)
class _Reader:
    """Writes the blocks of a document, in order."""

    writer: Writer
    styles: dict[str, _Style]
    numbering: _Numbering

    def blocks(self, root: etree._Element) -> None:
        """Paragraphs and tables below an element; content controls are opened."""
        for block in root:
            if block.tag == f"{_W}p":
                self.paragraph(block)
            elif block.tag == f"{_W}tbl":
                self.writer.table(self.grid(block))
            elif block.tag == f"{_W}sdt":
                gallery = _value(block, f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
                content = block.find(f"{_W}sdtContent")
                if content is not None and not _CONTENTS.match(gallery or ""):
                    self.blocks(content)

    def paragraph(self, paragraph: etree._Element) -> None:
        """A paragraph, then the text frames that hang on it."""
        style = self.styles.get(_value(paragraph, f"{_W}pPr/{_W}pStyle") or "", _Style("", 0, None))
        words = "".join(_words(paragraph))
        if words.strip() and not _CONTENTS.match(style.name):
            numbered = _number_of(paragraph) or style.numbered
            numeral = self.numbering.next(*numbered) if numbered else ""
            self.writer.paragraph(numeral + words, heading=style.heading)
        for frame in paragraph.iter(_FRAME):
            if not any(above.tag in (_FALLBACK, _FRAME) for above in frame.iterancestors()):
                self.blocks(frame)

    def grid(self, table: etree._Element) -> Iterator[list[str]]:
        """The rows of a table, an empty cell wherever a merged one reaches."""
        for row in _inside(table, f"{_W}tr"):
            cells = [""] * _count(_value(row, f"{_W}trPr/{_W}gridBefore"), 0, most=WIDEST // 2)
            for cell in _inside(row, f"{_W}tc"):
                properties = cell.find(f"{_W}tcPr")
                wide = _count(_value(properties, f"{_W}gridSpan"), 1, most=WIDEST)
                merge = properties.find(f"{_W}vMerge") if properties is not None else None
                covered = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
                cells.append("" if covered else "\n".join("".join(_words(p)) for p in cell.iter(f"{_W}p")))
                cells += [""] * (wide - 1)
            yield cells


def _inside(root: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Rows of a table or cells of a row, content controls opened."""
    for child in root:
        if child.tag == tag:
            yield child
        elif child.tag == f"{_W}sdt" and (content := child.find(f"{_W}sdtContent")) is not None:
            yield from _inside(content, tag)


def _words(paragraph: etree._Element) -> Iterator[str]:
    """The visible text of a paragraph without its frames."""
    walk = etree.iterwalk(paragraph, events=("start",))
    for _, element in walk:
        if element.tag in _SKIPPED:
            walk.skip_subtree()
        elif element.tag == f"{_W}t":
            yield element.text or ""
        elif element.tag in _BREAKS:
            yield _BREAKS[element.tag]
