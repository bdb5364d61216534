"""The brief as pdf, set by Typst; the same brief gives the same bytes on the same machine. Fonts are the machine's."""

from __future__ import annotations

import json
from typing import Any, Final

from zhizao.apps.cockpit import picture
from zhizao.apps.cockpit.text import Paper, Piece, Table
from zhizao.engines.planlint.report.present_pdf import font

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
#let piece(p) = { p.at(0); if p.at(1) != "" { super(text(fill: rgb("#2b6c8f"), p.at(1))) } }
#let grid-of(t, size) = { set text(size); set par(justify: false, leading: 0.55em); table(stroke: none,
  columns: t.widths.map(w => if w == 1 { 1fr } else { auto }),
  align: (x, y) => if x == 0 or t.left { left } else { right }, inset: (x: 4pt, y: 4pt),
  table.hline(stroke: 1pt), table.header(..t.heads.map(h => text(weight: "bold", h))), table.hline(stroke: 0.5pt),
  ..t.rows.flatten().map(c => c), table.hline(stroke: 1pt)) }
#align(center)[#text(20pt, weight: "bold", d.title) \\ #v(2pt) #text(10pt, d.about)]
#if d.simulated != "" { align(center, text(10pt, weight: "bold", fill: rgb("#5b3f8c"), d.simulated)) }
#v(4pt)
#text(12.5pt, weight: "bold", d.headline.map(piece).join())
#for s in d.sections {
  v(4pt)
  block(sticky: true, text(14pt, weight: "bold", s.title))
  for p in s.paragraphs { par(first-line-indent: (amount: 2em, all: true), p.map(piece).join()) }
  if s.svg != "" { block(breakable: false, { align(center, text(10pt, weight: "bold", s.bars))
    align(center, image(bytes(s.svg), format: "svg", width: 90%)) }) }
  for t in s.tables { block({ align(center, text(10pt, weight: "bold", t.title))
    grid-of((heads: t.heads, widths: t.widths, left: false, rows: t.rows.map(r => r.map(piece))), 9.5pt) }) }
}
#v(8pt)
#block(sticky: true, text(14pt, weight: "bold", d.annex.title))
#grid-of((heads: d.annex.heads, widths: d.annex.widths, left: true, rows: d.annex.rows.map(r => r.map(c => [#c]))), 8pt)
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
            "widths": [0, 1, 0, 1],
            "rows": [[_breakable(cell) for cell in row] for row in paper.annex],
        },
        "foot": paper.foot,
        "font": face,
        "language": paper.language,
    }


def _piece(piece: Piece) -> list[str]:
    return [piece.text, f"[{piece.source}]" if piece.source is not None else ""]


def _table(table: Table) -> dict[str, Any]:
    rows = [[_piece(piece) for piece in row] for row in table.rows]
    return {
        "title": table.title,
        "heads": list(table.heads),
        "widths": [1] + [0] * (len(table.heads) - 1),
        "rows": rows,
    }


def _breakable(cell: str) -> str:
    """A reference may break after its signs, where the column is narrow."""
    return cell.replace("~", "~\u200b").replace(":", ":\u200b")
