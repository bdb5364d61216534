"""The second plan in other kinds of file: its Markdown source as docx, html and pdf."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import docx
import typst

SOURCE: Final = Path(__file__).with_name("plan.md")
_TYPST: Final = """
#let blocks = json(bytes(sys.inputs.blocks))
#set page(paper: "a4", flipped: true, margin: 18mm, footer: context align(center, counter(page).display("1")))
#set text(font: "Noto Serif CJK SC", size: 10.5pt, lang: "zh")
#set par(justify: true, first-line-indent: 2em)
#set table(stroke: 0.4pt, inset: 3pt)
#for (kind, value) in blocks {
  if kind == 0 [ #par(first-line-indent: 0em, value) ]
  else if kind == 9 {
    table(columns: value.at(0).len(), table.header(..value.at(0).map(c => text(8pt, c))),
      ..value.slice(1).flatten().map(c => text(8pt, c)))
  }
  else [ #par(first-line-indent: 0em, text(weight: "bold", size: 16pt - kind * 1.5pt, value)) ]
}
"""

Block = tuple[int, str | list[list[str]]]
"""0 a paragraph, 1 to 6 a heading of that level, 9 a table."""
TABLE: Final = 9


def blocks() -> Iterator[Block]:
    """The source cut into paragraphs, headings and tables."""
    rows: list[list[str]] = []
    for line in SOURCE.read_text().split("\n"):
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
            continue
        if rows:
            yield TABLE, rows
            rows = []
        if line.strip():
            level = len(line) - len(line.lstrip("#"))
            yield level, line.lstrip("# ")
    if rows:
        yield TABLE, rows


def as_text() -> bytes:
    """The source itself."""
    return SOURCE.read_bytes()


def as_docx() -> bytes:
    """Headings by style, tables as tables; equal cells of the first column are merged."""
    document = docx.Document()
    for kind, value in blocks():
        if isinstance(value, str):
            if kind:
                document.add_heading(value, level=kind)
            else:
                document.add_paragraph(value)
            continue
        table = document.add_table(rows=len(value), cols=len(value[0]))
        table.style = "Table Grid"
        for row, cells in zip(table.rows, value, strict=True):
            for cell, words in zip(row.cells, cells, strict=True):
                cell.text = words
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def as_html() -> bytes:
    """A page with a menu beside the text, as a portal publishes it."""
    parts = []
    for kind, value in blocks():
        if isinstance(value, str):
            tag = f"h{kind}" if kind else "p"
            parts.append(f"<{tag}>{html.escape(value)}</{tag}>")
            continue
        rows = ["".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in value]
        parts.append("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
    body = "\n".join(parts)
    return (
        '<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>岫川县</title></head>'
        f"<body><script>var a = 1;</script><main>{body}</main></body></html>"
    ).encode()


def as_pdf() -> bytes:
    """Set by Typst, tables over several pages."""
    return typst.compile(_TYPST.encode(), sys_inputs={"blocks": json.dumps(list(blocks()), ensure_ascii=False)})
