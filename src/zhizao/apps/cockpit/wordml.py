"""What python-docx has no word for: fields, links inside a file, rules, rows that stay whole; in the schema's order."""

from __future__ import annotations

from typing import Any, Final

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from zhizao.kernel import word

LATIN: Final = {word.HEI: "Arial"}
"""Beside 黑体 stands a face without serifs, beside all others that of official papers."""
_THUMBNAIL: Final = RELATIONSHIP_TYPE.THUMBNAIL
_TABLE_RULES: Final = {"top": "12", "bottom": "12"}


def element(name: str, /, **values: str) -> Any:
    """An element of WordprocessingML with its attributes.

    >>> element("bottom", val="single").tag.endswith("}bottom")
    True
    """
    made = OxmlElement(f"w:{name}")
    for key, value in values.items():
        made.set(qn(f"w:{key}"), value)
    return made


def plain(file: Any, language: str) -> None:
    """A document without the library's preview and comment, spelt in its own language."""
    file.core_properties.comments = ""
    file.core_properties.language = language
    package = file.part.package
    for key in [key for key, rel in package.rels.items() if rel.reltype == _THUMBNAIL]:
        del package.rels[key]
    properties = file.styles["Normal"].element.get_or_add_rPr()
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    properties.append(element("lang", val="en-US", eastAsia="zh-CN"))


def faces(run: Any, face: str) -> None:
    """Chinese in a face, figures and Latin letters in that of official papers."""
    run.font.name = LATIN.get(face, "Times New Roman")
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def page_number(run: Any) -> None:
    """The number of the page."""
    for kind in ("begin", "separate", "end"):
        run._element.append(element("fldChar", fldCharType=kind))
        if kind == "begin":
            told = element("instrText")
            told.text = "PAGE"
            run._element.append(told)


def link(run: Any, place: str) -> None:
    """Let a run lead to a bookmark; it looks as it did."""
    made = element("hyperlink", anchor=place, history="1")
    run._element.addprevious(made)
    made.append(run._element)


def bookmark(line: Any, place: str, number: int) -> None:
    """Name a line."""
    line._element.append(element("bookmarkStart", id=str(number), name=place))
    line._element.append(element("bookmarkEnd", id=str(number)))


def rule_below(line: Any, colour: str) -> None:
    """A coloured rule under a line."""
    borders = element("pBdr")
    borders.append(element("bottom", val="single", sz="12", space="4", color=colour))
    properties = line._element.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def whole(row: Any, *, is_head: bool) -> None:
    """A row stays on one page; the head is repeated on each."""
    properties = row._tr.get_or_add_trPr()
    properties.append(element("cantSplit"))
    if is_head:
        properties.append(element("tblHeader"))


def head_rule(cell: Any) -> None:
    """The rule under a table's head."""
    borders = element("tcBorders")
    borders.append(element("bottom", val="single", sz="6"))
    cell._tc.get_or_add_tcPr().append(borders)


def three_lines(made: Any) -> None:
    """Rules above and below a table."""
    borders = element("tblBorders")
    for side, width in _TABLE_RULES.items():
        borders.append(element(side, val="single", sz=width))
    properties = made._tbl.tblPr
    after = properties.find(qn("w:tblLayout"))
    after = properties.find(qn("w:tblLook")) if after is None else after
    properties.append(borders) if after is None else after.addprevious(borders)  # the schema has an order
