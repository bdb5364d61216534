"""A report as one html file: nothing loaded from elsewhere, no script, good on paper too."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from zhizao.engines.planlint.finding import Severity
from zhizao.engines.planlint.report.present import (
    FamilyScore,
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

_CLASS: Final = {Severity.ERROR: "bad", Severity.WARNING: "watch", Severity.INFO: "none"}
_STYLE: Final = """
:root{--ink:#1b1e21;--ink2:#474d53;--ink3:#666d74;--line:#e4e2db;--bad:#85182e;--watch:#8a6000;--none:#5d646b}
body{margin:0 auto;max-width:60rem;padding:24px;background:#faf9f6;color:var(--ink);
font:14px/1.6 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;font-variant-numeric:tabular-nums}
h1{font-size:22px;margin:0}h2{font-size:16px;margin:32px 0 8px}h3{font-size:14px;margin:2px 0 4px}p{margin:4px 0}
.sub{color:var(--ink3);font-size:12px}.answer{font-size:18px;font-weight:600;margin:8px 0 16px}
table{border-collapse:collapse;width:100%;font-size:13px}th,td{padding:3px 8px;border-top:1px solid var(--line);
text-align:left;font-weight:400;vertical-align:top}thead th{color:var(--ink3);font-size:12px;border-top:0}
.n{text-align:right;white-space:nowrap}td.n{font-weight:600}
article{background:#fff;border:1px solid var(--line);border-left:3px solid var(--none);border-radius:4px;
padding:10px 14px;margin:0 0 8px;break-inside:avoid}
article.bad{border-left-color:var(--bad)}article.watch{border-left-color:var(--watch)}
.bad .mark{color:var(--bad)}.watch .mark{color:var(--watch)}.none .mark{color:var(--none)}.mark{font-weight:600}
article table th{width:16em;color:var(--ink2)}blockquote{margin:4px 0;font-family:"Songti SC","Noto Serif CJK SC",
SimSun,serif;color:var(--ink2)}sup{font-size:10px;line-height:0}
@media print{body{background:none;padding:0}}
""".strip()


def html(shown: Presentation, heading: Heading, *, say: Say = english, language: str = "en") -> str:
    """The whole report as a page that stands for itself.

    >>> from zhizao.engines.planlint.checking import Report
    >>> from zhizao.engines.planlint.report.present import present
    >>> page = html(present(Report((), (), ())), Heading("A plan <1>", "version 1", "2026-01-01"))
    >>> "<h1>A plan &lt;1&gt;</h1>" in page
    True
    """
    parts = [
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{escape(heading.title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(heading.title)}</h1>",
        f'<p class="sub">{escape(" · ".join(filter(None, (heading.version, heading.checked_on))))}</p>',
        f'<p class="answer">{escape(shown.answer)}</p>',
        _families(shown.families, say),
        f"<h2>{escape(say(mark('Findings and their arithmetic'), {}))}</h2>" if shown.items else "",
        *(_article(item, say) for item in shown.items),
        _not_run(shown, say),
        f'<p class="sub">{escape(heading.source)}</p>' if heading.source else "",
        *(f'<p class="sub">{escape(name)} {escape(value)}</p>' for name, value in heading.facts),
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def with_powers(expression: str) -> str:
    """An expression as html, its powers raised.

    >>> with_powers("(120÷60)^(1/5)−1")
    '(120÷60)<sup>1/5</sup>−1'
    """
    return "".join(f"<sup>{escape(text)}</sup>" if up else escape(text) for text, up in raised(expression))


def _families(families: Iterable[FamilyScore], say: Say) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(one.title)}</th><td class="n">{"—" if one.score is None else one.score}</td>'
        f'<td class="n">{one.rules}</td><td class="n">{one.errors}</td><td class="n">{one.warnings}</td>'
        f'<td class="n">{one.notes}</td></tr>'
        for one in families
    )
    if not rows:
        return ""
    heads = [
        mark("Family"),
        mark("Score (0–100)"),
        mark("Rules run"),
        mark("Errors"),
        mark("Warnings"),
        mark("Notes"),
    ]
    head = "".join(f'<th scope="col"{" class=n" if n else ""}>{escape(say(h, {}))}</th>' for n, h in enumerate(heads))
    title = escape(say(mark("Score by family"), {}))
    return f"<h2>{title}</h2><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _article(item: Item, say: Say) -> str:
    rows = "".join(
        f'<tr><th scope="row"{"" if line.expression else " colspan=2"}>{escape(line.label)}</th>'
        f"{f'<td>{with_powers(line.expression)}</td>' if line.expression else ''}"
        f'<td class="n">{escape(line.value)}</td></tr>'
        for line in item.lines
    )
    said_there = "".join(f"<blockquote>{escape(quote)}</blockquote>" for quote in quotes(item))
    where = escape(places_words(item, say))
    judged = ""
    if item.judgement:
        said = " · ".join(filter(None, (item.judgement.words, item.judgement.reason)))
        judged = f'<p class="sub">{escape(said)}</p>'
    return (
        f'<article class="{_CLASS[item.severity]}" id="f{item.number}"><p class="sub"><span class="mark">'
        f"{item.shape} {item.number} {escape(item.word)}</span> · {escape(item.family_title)} · {where}</p>"
        f"<h3>{escape(item.message)}</h3>{said_there}{f'<table><tbody>{rows}</tbody></table>' if rows else ''}"
        f"{f'<p>{escape(item.suggestion)}</p>' if item.suggestion else ''}{judged}"
        f'<p class="sub">{escape(item.rule)}</p></article>'
    )


def _not_run(shown: Presentation, say: Say) -> str:
    if not shown.not_run:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{escape(one.title)}</th><td>{escape(one.needs)}</td></tr>' for one in shown.not_run
    )
    head = "".join(f'<th scope="col">{escape(say(name, {}))}</th>' for name in (mark("Rule"), mark("Needs")))
    title = escape(say(mark("Rules that could not be run"), {}))
    return f"<h2>{title}</h2><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
