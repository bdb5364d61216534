"""The kinds of file a plan comes in, told by the bytes and not by the name; each reader gives the same ``Lines``."""

from __future__ import annotations

import re
from typing import Final

from zhizao.engines.planlint.inputs.lines import Lines
from zhizao.kernel import text

_HTML: Final = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_HEAD: Final = 4096
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
    content, encoding = text.decode(data, file=file)
    if _HTML.match(content[:_HEAD].lstrip("\ufeff")):
        from zhizao.engines.planlint.inputs import html

        return html.read(content, file=file)
    content = content.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")
    if "**" in content:
        content = _EMPHASIS.sub(r"\1", content)
    return Lines(tuple(content.split("\n")), encoding)
