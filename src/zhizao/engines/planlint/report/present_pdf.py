"""A report as pdf, set by Typst. Its fonts are the machine's: a plan cannot be printed without a Chinese one."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

import typst

from zhizao.engines.planlint.finding import Severity
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
from zhizao.kernel.result import Problem, Refused, mark

FONTS: Final = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Songti SC",
    "STSong",
    "SimSun",
    "FangSong",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
)
"""In this order; the first that the machine has is taken."""
_COLOURS: Final = {Severity.ERROR: "#85182e", Severity.WARNING: "#8a6000", Severity.INFO: "#5d646b"}
# Texts come in as data (sys.inputs), never as part of the template: nothing in a plan can become code.
_TEMPLATE: Final = """
#let d = json(bytes(sys.inputs.report))
#set document(title: d.title, date: none)
#set page(paper: "a4", margin: (x: 16mm, top: 18mm, bottom: 20mm), footer: context [
  #set text(8pt, fill: rgb("#474d53"))
  #d.title · #d.version #h(1fr) #counter(page).display("1 / 1", both: true)
])
#set text(font: d.font, size: 10.5pt, lang: d.language, fill: rgb("#1b1e21"))
#set par(leading: 0.75em)
#set table(stroke: (x, y) => (top: 0.5pt + rgb("#c9c6bc")), inset: (x: 4pt, y: 3pt))
#align(center)[#text(16pt, weight: "bold", d.title) \\ #text(9pt, d.version + " · " + d.checked_on)]
#v(4pt)
#text(12pt, weight: "bold", d.answer)
#if d.families.len() > 0 [
  #v(6pt) #text(12pt, weight: "bold", d.words.families)
  #table(columns: (1fr,) + (auto,) * 5, align: (x, y) => if x == 0 { left } else { right },
    table.header(..d.heads.map(h => text(9pt, h))), ..d.families.flatten().map(c => [#c]))
]
#if d.items.len() > 0 [ #v(6pt) #text(12pt, weight: "bold", d.words.findings) ]
#for item in d.items {
  let edge = (left: 2pt + rgb(item.colour))
  block(breakable: item.lines.len() > 8, width: 100%, inset: (left: 8pt, y: 5pt), stroke: edge, {
    text(9pt, fill: rgb(item.colour), item.mark)
    text(9pt, " · " + item.about)
    h(1fr)
    text(8pt, fill: rgb("#666d74"), item.rule)
    linebreak()
    text(weight: "bold", item.message)
    for quote in item.quotes { linebreak(); text(9.5pt, fill: rgb("#474d53"), "“" + quote + "”") }
    if item.lines.len() > 0 {
      let small(t) = text(9.5pt, t)
      let piece(p) = if p.at(1) { super(small(p.at(0))) } else { small(p.at(0)) }
      let cells(l) = if l.at(1).len() == 0 { (table.cell(colspan: 2, small(l.at(0))), small(l.at(2))) } else {
        (small(l.at(0)), l.at(1).map(piece).join(), small(l.at(2)))
      }
      table(columns: (16em, 1fr, auto), align: (left, left, right), ..item.lines.map(cells).flatten())
    }
    if item.suggestion != "" { text(item.suggestion); linebreak() }
    if item.judged != "" { text(9pt, item.judged) }
  })
}
#if d.not_run.len() > 0 [
  #v(6pt) #text(12pt, weight: "bold", d.words.not_run)
  #table(columns: (1fr, 1fr), ..d.not_run.flatten().map(c => text(9pt, c)))
]
#for line in d.foot { block(text(9pt, fill: rgb("#666d74"), line)) }
"""


def pdf(shown: Presentation, heading: Heading, *, say: Say = english, language: str = "en") -> bytes:
    """The report as pdf; the same report gives the same bytes on the same machine.

    Raises
    ------
    Refused
        ``planlint.no_font`` if the machine has no Chinese font.
    """
    data = _data(shown, heading, say) | {"font": font(), "language": language[:2]}
    written: bytes = typst.compile(
        _TEMPLATE.encode(), format="pdf", sys_inputs={"report": json.dumps(data, ensure_ascii=False)}
    )
    return written


@cache
def _families() -> frozenset[str]:
    return frozenset(typst.Fonts().families())


def font() -> str:
    """The first of ``FONTS`` that the machine has.

    Raises
    ------
    Refused
        ``planlint.no_font``.
    """
    found = next((name for name in FONTS if name in _families()), None)
    if found is None:
        raise Refused(
            Problem(
                "planlint.no_font",
                mark("This machine has no Chinese font, so no pdf can be written."),
                remedy=mark("Install one (Debian: apt install fonts-noto-cjk), or take the report as html or docx."),
            )
        )
    return found


def _data(shown: Presentation, heading: Heading, say: Say) -> dict[str, Any]:
    heads = (mark("Family"), mark("Score (0–100)"), mark("Rules run"), mark("Errors"), mark("Warnings"), mark("Notes"))
    return {
        "title": heading.title,
        "version": heading.version,
        "checked_on": heading.checked_on,
        "answer": shown.answer,
        "heads": [say(head, {}) for head in heads],
        "words": {
            "families": say(mark("Score by family"), {}),
            "findings": say(mark("Findings and their arithmetic"), {}),
            "not_run": say(mark("Rules that could not be run"), {}),
        },
        "families": [
            [one.title, "—" if one.score is None else str(one.score)]
            + [str(count) for count in (one.rules, one.errors, one.warnings, one.notes)]
            for one in shown.families
        ],
        "items": [_item(item, say) for item in shown.items],
        "not_run": [[one.title, one.needs] for one in shown.not_run],
        "foot": [line for line in (heading.source, *(f"{name} {value}" for name, value in heading.facts)) if line],
    }


def _item(item: Item, say: Say) -> dict[str, Any]:
    where = places_words(item, say)
    judged = " · ".join(filter(None, (item.judgement.words, item.judgement.reason))) if item.judgement else ""
    return {
        "colour": _COLOURS[item.severity],
        "mark": f"{item.shape} {item.number} {item.word}",
        "about": " · ".join(filter(None, (item.family_title, where))),
        "message": item.message,
        "quotes": list(quotes(item)),
        "lines": [[line.label, raised(line.expression), line.value] for line in item.lines],
        "suggestion": item.suggestion,
        "judged": judged,
        "rule": item.rule,
    }
