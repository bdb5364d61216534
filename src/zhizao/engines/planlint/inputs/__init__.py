"""The kinds of file a plan comes in, told by the bytes and not by the name; each reader gives the same ``Lines``."""

from __future__ import annotations

import re
from typing import Final, NoReturn

from zhizao.engines.planlint.inputs.columns import with_tabs
from zhizao.engines.planlint.inputs.lines import WIDEST, Lines
from zhizao.kernel import text
from zhizao.kernel.result import Place, Problem, Refused, mark

_HTML: Final = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_HEAD: Final = 4096
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WIDE_BLANK: Final = re.compile(r"[^\S\n\t]{33,}")
"""Blanks that only push words over the page; rules that look past blanks would look as often as there are."""
_EMPTY_CELLS: Final = re.compile(rf"([^\S\n]{{{WIDEST}}})[^\S\n]+")
"""Empty cells beyond the widest table."""
_EMPHASIS: Final = re.compile(r"\*\*(?=[^\s*])([^*\n]{1,400}?)(?<=[^\s*])\*\*")
"""Markdown's bold: its stars are no words of the plan."""


def read_lines(data: bytes, *, file: str | None = None) -> Lines:
    """A document as lines: txt, md, html, docx, pdf with a text layer, xlsx.

    Raises
    ------
    Refused
        As ``kernel.text.decode`` for text (empty, binary, unknown or mixed encoding); ``planlint.damaged``,
        ``planlint.no_text`` (a scanned pdf), ``planlint.kind`` (an archive that is no document), and the limits of
        ``kernel.tables`` (zip bombs, too many cells).

    Examples
    --------
    >>> read_lines("<html><body><h1>规划</h1><p>正文</p></body></html>".encode()).lines
    ('# 规划', '正文')
    """
    # a reader is imported with its kind: most plans are text, and pdf alone costs a third of a second
    if data.startswith(b"%PDF") or b"%PDF-" in data[:1024]:
        from zhizao.engines.planlint.inputs import pdf

        return pdf.read(data, file=file)
    if data.startswith(b"PK\x03\x04"):
        from zhizao.engines.planlint.inputs import office

        return office.read(data, file=file)
    try:
        content, encoding = text.decode(data, file=file)
    except Refused as refused:
        _refuse(refused, data, file)
    if _HTML.match(content[:_HEAD].lstrip("\ufeff")):
        from zhizao.engines.planlint.inputs import html

        return html.read(content, file=file)
    content = _WIDE_BLANK.sub(" " * 32, content.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " "))
    content = _EMPTY_CELLS.sub(r"\1", content)
    if "**" in content:
        content = _EMPHASIS.sub(r"\1", content)
    return Lines(with_tabs(content.split("\n")), encoding)


def _refuse(refused: Refused, data: bytes, file: str | None) -> NoReturn:
    """Say of a file that is no text which kinds a plan may come in."""
    (problem,) = refused.problems
    if problem.code != "text.binary":
        raise refused
    message, remedy = problem.message, mark("Give the plan as docx, pdf, html, xlsx, txt or md.")
    if data.startswith(_OLD_OFFICE):
        message = mark("The file is of an old kind of Word, Excel or WPS, or locked with a password.")
        remedy = mark("Open it there and save it as docx, xlsx or pdf without a password.")
    raise Refused(Problem("planlint.kind", message, Place(file=file), remedy, params=problem.params)) from None
