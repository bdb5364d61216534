"""The brief as pdf, set by Typst; the same brief gives the same bytes on the same machine. Fonts are the machine's."""

from __future__ import annotations

import json
from typing import Any, Final

from zhizao.apps.cockpit import picture
from zhizao.apps.cockpit.marking import Piece, shares
from zhizao.apps.cockpit.text import Paper, Table
from zhizao.engines.planlint.report.present_pdf import font

SHORT_TABLE: Final = 12
"""A table of so many rows at most stays on one page."""
# Texts come in as data (sys.inputs), never as part of the template: no name of an enterprise can become code.
_TEMPLATE: Final = """
#let d = json(bytes(sys.inputs.brief))
#set document(title: d.title, date: none)
#set page(paper: "a4", margin: (top: 30mm, bottom: 28mm, left: 28mm, right: 26mm),
  header: if d.simulated != "" { align(center, text(8pt, fill: rgb("#5b3f8c"), d.simulated)) },
  footer: context [ #set text(8pt, fill: rgb("#474d53"))
  #d.title · #d.about #h(1fr) #counter(page).display("1 / 1", both: true) ])
#set text(font: d.font, size: 12pt, lang: d.language, fill: rgb("#1b1e21"))
#set par(leading: 0.9em, justify: true)
#let to(n, body) = if n == "" { body } else { link(label("source" + n), body) }
#let raised(n) = if n != "" { to(n, super(text(fill: rgb("#2b6c8f"), "[" + n + "]"))) }
#let piece(p) = { to(p.at(1), p.at(0)); raised(p.at(2)) }
#let grid-of(t, size) = { set text(size); set par(justify: false, leading: 0.55em); table(stroke: none,
  columns: t.widths.map(w => w * 1fr),
  align: (x, y) => if t.numeric.at(x) { right } else { left }, inset: (x: 3pt, y: 4pt),
  table.hline(stroke: 1pt), table.header(..t.heads.map(h => strong(h))), table.hline(stroke: 0.5pt),
  ..t.rows.flatten(), table.hline(stroke: 1pt)) }
#align(center)[#text(20pt, weight: "bold", fill: rgb("#c00000"), d.title) \\ #v(2pt) #d.number]
#grid(columns: (1fr, auto), d.publisher, d.day)
#line(length: 100%, stroke: 1.5pt + rgb("#c00000"))
#align(center, text(10pt, d.about))
#if d.simulated != "" { align(center, text(10pt, weight: "bold", fill: rgb("#5b3f8c"), d.simulated)) }
#v(4pt)
#par(first-line-indent: (amount: 2em, all: true), text(12.5pt, weight: "bold", d.headline.map(piece).join()))
#for s in d.sections {
  v(4pt)
  block(sticky: true, text(14pt, weight: "bold", s.title))
  for p in s.paragraphs { par(first-line-indent: (amount: 2em, all: true), p.map(piece).join()) }
  if s.svg != "" { block(breakable: false, { align(center, text(10pt, weight: "bold", s.bars))
    align(center, image(bytes(s.svg), format: "svg", width: 90%, alt: s.bars)) }) }
  for t in s.tables { block(breakable: t.rows.len() > d.short, {
    block(sticky: true, width: 100%, align(center, text(10pt, weight: "bold", { t.title; raised(t.mark) })))
    grid-of((heads: t.heads.map(h => { h.at(0); raised(h.at(1)) }), widths: t.widths, numeric: t.numeric,
      rows: t.rows.map(r => r.map(piece))), 9.5pt) }) }
}
#v(8pt)
#block(sticky: true, text(14pt, weight: "bold", d.annex.title))
#grid-of((heads: d.annex.heads, widths: d.annex.widths, numeric: (false,) * 4, rows: d.annex.rows.map(r =>
  ([#metadata(none) #label("source" + r.at(0)) #r.at(0)], ..r.slice(1).map(c => [#c])))), 8pt)
#text(8pt, fill: rgb("#666d74"), d.foot)
"""


def pdf(paper: Paper) -> bytes:
    """The file.

    Raises
    ------
    Refused
        ``planlint.no_font`` if the machine has no Chinese font.
    """
    import typst

    made: bytes = typst.compile(
        _TEMPLATE.encode(), format="pdf", sys_inputs={"brief": json.dumps(_data(paper), ensure_ascii=False)}
    )
    return made


def _data(paper: Paper) -> dict[str, Any]:
    face = font()
    return {
        "title": paper.title,
        "number": paper.number,
        "publisher": paper.publisher,
        "day": paper.day,
        "short": SHORT_TABLE,
        "about": paper.about,
        "simulated": paper.simulated,
        "headline": [_piece(piece) for piece in paper.headline],
        "sections": [
            {
                "title": section.title,
                "paragraphs": [[_piece(piece) for piece in pieces] for pieces in section.paragraphs],
                "bars": section.bars.title if section.bars else "",
                "svg": picture.svg(section.bars, font=face) if section.bars else "",
                "tables": [_table(table) for table in section.tables],
            }
            for section in paper.sections
        ],
        "annex": {
            "title": paper.annex_title,
            "heads": list(paper.annex_heads),
            "widths": [6, 30, 26, 38],
            "rows": [[_breakable(cell) for cell in row] for row in paper.annex],
        },
        "foot": paper.foot,
        "font": face,
        "language": paper.language,
    }


def _piece(piece: Piece) -> list[str]:
    return [piece.text, _number(piece.source), _number(piece.mark)]


def _number(number: int | None) -> str:
    return "" if number is None else str(number)


def _table(table: Table) -> dict[str, Any]:
    heads = [[head, _number(mark)] for head, mark in zip(table.heads, table.head_marks, strict=True)]
    texts = [[piece.text + _number(piece.mark) for piece in row] for row in table.rows]
    return {
        "title": table.title,
        "mark": _number(table.mark),
        "heads": heads,
        "widths": shares(
            [head + _number(mark) for head, mark in zip(table.heads, table.head_marks, strict=True)], texts
        ),
        "numeric": list(table.numeric),
        "rows": [[_piece(piece) for piece in row] for row in table.rows],
    }


def _breakable(cell: str) -> str:
    """A reference may break after its signs, where the column is narrow."""
    return cell.replace("~", "~\u200b").replace(":", ":\u200b")
