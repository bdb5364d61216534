"""Web pages as lines: blocks are paragraphs, headings keep their level, tables their grid; hidden parts go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from zhizao.engines.planlint.inputs.lines import WIDEST, Lines, Writer, damaged, empty

_LEFT_OUT: Final = frozenset({"script", "style", "head", "template", "noscript", "svg", "iframe", "object", "select"})
_BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_HEADING: Final = re.compile(r"h([1-6])")
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_SPAN: Final = re.compile(r"\s*([0-9]{1,6})")
_TAG: Final = re.compile(r"<!--.*?(?:-->|\Z)|<([A-Za-z][^\s/>]*)", re.S)
_CODE: Final = re.compile(r".*?(?:</(?:script|style)|\Z)", re.I | re.S)
_ATTRIBUTE: Final = re.compile(r"[\s/]*+[^\s/>=][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>]*+))?|[\s/]*+=")
_MOST_ATTRIBUTES: Final = 1_000
"""Of one tag; the parser's time grows with their square."""


def read(content: str, *, file: str | None = None) -> Lines:
    """The lines of a page.

    Raises
    ------
    Refused
        ``planlint.damaged`` if it nests deeper than any document does; ``planlint.no_text``.

    Examples
    --------
    >>> page = "<html><table><tr><th>名称<th>单位<tr><td rowspan=2>产值<td>亿元<tr><td>万元</table></html>"
    >>> read(page).lines
    ('\\t名称\\t单位', '\\t产值\\t亿元', '\\t\\t万元')
    """
    if _is_overloaded(content):
        raise damaged("html", file)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(content.encode(errors="replace"), parser)
    except etree.XMLSyntaxError:
        raise damaged("html", file) from None
    if root is None:
        raise empty(file)
    if any(entry.level_name == "FATAL" for entry in parser.error_log):
        raise damaged("html", file)
    writer = Writer()
    _blocks(root, writer)
    if not writer.lines:
        raise empty(file)
    return writer.done("html")


def _is_overloaded(content: str) -> bool:
    """Whether a tag has more attributes than any page needs; in one pass, as the parser would see them."""
    place = 0
    while tag := _TAG.search(content, place):
        place, count = tag.end(), 0
        while tag[1] and (attribute := _ATTRIBUTE.match(content, place)):
            place, count = attribute.end(), count + 1
        if count > _MOST_ATTRIBUTES:
            return True
        if (tag[1] or "").lower() in ("script", "style") and (code := _CODE.match(content, place)):
            place = code.end()
    return False


def _blocks(root: etree._Element, writer: Writer) -> None:
    """Write the blocks below an element, without recursion."""
    words: list[str] = []
    heading, bullet = 0, False

    def flush() -> None:
        nonlocal bullet
        writer.paragraph("".join(words).replace("\n", " "), heading=heading, bullet=bullet)
        words.clear()
        bullet = False

    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "end":
            if tag in _BLOCKS:
                flush()
                heading = 0 if _HEADING.fullmatch(tag) else heading
            words.append(element.tail or "")
            continue
        if _is_left_out(element):
            walk.skip_subtree()
        elif tag == "table" and not _is_layout(element):
            flush()
            for caption in element.iterchildren("caption"):
                writer.paragraph(_text(caption).replace("\n", " "))
            writer.table(_grid(element))
            walk.skip_subtree()
        else:
            if tag in _BLOCKS:
                flush()
            if found := _HEADING.fullmatch(tag):
                heading = int(found[1])
            parent = element.getparent()
            bullet = bullet or (tag == "li" and parent is not None and parent.tag == "ul")
            words.append(element.text or "")
    flush()


def _is_left_out(element: etree._Element) -> bool:
    return element.tag in _LEFT_OUT or "hidden" in element.attrib or bool(_HIDDEN.search(element.get("style", "")))


def _is_layout(table: etree._Element) -> bool:
    """Whether a table only places things on the page: it has tables or headings in its cells."""
    inner = table.iterdescendants("table", "h1", "h2", "h3")
    return next(inner, None) is not None


def _grid(table: etree._Element) -> Iterator[list[str]]:
    """The rows of a table, an empty cell wherever a merged one reaches."""
    reaching: dict[int, int] = {}
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in row.iterchildren("td", "th"):
            _fill(cells, reaching)
            down = _span(cell, "rowspan") - 1
            for index in range(max(min(_span(cell, "colspan"), WIDEST - len(cells)), 1)):
                if down and len(cells) < WIDEST:
                    reaching[len(cells)] = down
                cells.append("" if index else _text(cell))
        _fill(cells, reaching)
        yield cells


def _fill(cells: list[str], reaching: dict[int, int]) -> None:
    """Empty cells where merged ones of the rows above reach into this row."""
    while reaching.get(len(cells), 0):
        reaching[len(cells)] -= 1
        cells.append("")


def _span(cell: etree._Element, name: str) -> int:
    """A span as the page says it, 1 where it says none, and no more than a table is wide."""
    found = _SPAN.match(cell.get(name, ""))
    return min(max(int(found[1]), 1), WIDEST if name == "colspan" else 65534) if found else 1


def _text(cell: etree._Element) -> str:
    pieces: list[str] = []
    walk = etree.iterwalk(cell, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            if element is not cell:
                pieces.append(("\n" if element.tag in _BLOCKS else "") + (element.tail or ""))
        elif element is not cell and _is_left_out(element):
            walk.skip_subtree()
        else:
            pieces.append(re.sub(r"\s+", " ", element.text or ""))
    return "".join(pieces)
