"""A part of the plan's document as a page shows it: its words, and marks on the figures that findings are about.

A mark is a tint and a line in the colour of the severity with the finding's number behind it; figures that were
checked and agree have a thin line. Marks may overlap: the text is cut where one begins or ends, and each piece has the
colour of the worst.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from zhizao.engines.planlint.finding import Mention
    from zhizao.engines.planlint.report.present import Item

KINDS = {"error": "bad", "warning": "watch", "info": "none"}
_RANK = {"bad": 0, "watch": 1, "none": 2, "agreed": 3, "read": 3}
_CLAUSE_ENDS = "，。；：、！？（）“”,;"
_LONGEST_MARK = 60
SHORT_CELL = 6
_INDENT = re.compile(r"^[\s\u3000]+")


@dataclass(frozen=True, slots=True)
class Mark:
    """Some characters of a line, and what is said of them: a finding, a row, or that they agree."""

    start: int
    end: int
    kind: str
    number: str = ""
    href: str = ""
    anchor: str = ""
    shape: str = ""
    title: str = ""
    chosen: bool = False
    cell: str | None = None  # of a table's row in one line: the cell that is meant


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading or a table of the document, ready to be shown."""

    kind: str
    line: int
    markup: SafeString
    level: int = 0


Marks = Mapping[int, Sequence[Mark]]
"""Marks by line of the document."""


def blocks(lines: Sequence[str], first: int, marks: Marks) -> list[Block]:
    """The lines of a chapter, of which the first is line ``first`` of the document, with their marks."""
    tables = _tables(lines, first)
    found: list[Block] = []
    skip = 0
    for number, line in enumerate(lines, start=first):
        if number <= skip:
            continue
        if number in tables:
            rows, skip = tables[number]
            found.append(Block("table", number, _table(rows, marks)))
        elif line.strip():
            found.append(_paragraph(line, number, marks.get(number, ())))
    return found


def _paragraph(line: str, number: int, marks: Sequence[Mark]) -> Block:
    from zhizao.engines.planlint.document import CAPTION
    from zhizao.engines.planlint.text.sections import heading_of

    indent = len(indented[0]) if (indented := _INDENT.match(line)) else 0
    hashes = re.match(r"#{1,6}\s+", line[indent:])
    cut = indent + (hashes.end() if hashes else 0)
    text = line[cut:].rstrip()
    markup = marked(text, [_moved(one, -cut) for one in marks])
    heading = heading_of(line[:200])
    if heading and heading[3]:
        return Block("heading", number, markup, 3 if heading[0] <= 1 or 10 <= heading[0] <= 13 else 4)
    if CAPTION.match(text) and len(text) <= _LONGEST_MARK:
        return Block("caption", number, markup)
    return Block("para", number, markup)


def _moved(one: Mark, by: int) -> Mark:
    return replace(one, start=max(0, one.start + by), end=max(0, one.end + by))


def marked(text: str, marks: Iterable[Mark]) -> SafeString:
    """A text with its marks.

    >>> str(marked("产值350亿元", [Mark(2, 7, "bad", number="1", href="#f1", shape="▼")])).count("<mark")
    1
    """
    known = [one for one in marks if one.start < min(one.end, len(text))]
    ends = sorted({0, len(text), *(one.start for one in known), *(min(one.end, len(text)) for one in known)})
    parts: list[SafeString] = []
    opened: set[str] = set()
    for start, end in itertools.pairwise(ends):
        over = [one for one in known if one.start <= start and end <= min(one.end, len(text))]
        parts.append(_piece(text[start:end], over, closing=[one for one in over if min(one.end, len(text)) == end]))
        opened |= {one.anchor for one in over}
    return mark_safe("".join(parts))  # noqa: S308 -- every part is escaped below


def _piece(words: str, over: Sequence[Mark], *, closing: Sequence[Mark]) -> SafeString:
    if not over:
        return conditional_escape(words)
    worst = min(over, key=lambda one: _RANK[one.kind]).kind
    if worst == "agreed":
        return format_html('<span class="v">{}</span>', words)
    if worst == "read":
        chosen = " sel" if any(one.chosen for one in over) else ""
        return format_html('<mark class="read{}">{}</mark>{}', chosen, words, _notes(closing))
    chosen = " sel" if any(one.chosen for one in over) else ""
    return format_html('<mark class="f {}{}">{}{}</mark>', worst, chosen, words, _notes(closing))


def _notes(closing: Sequence[Mark]) -> SafeString:
    return format_html_join(
        "",
        '<a class="fn {}"{} href="{}" title="{}"><span class="shape" aria-hidden="true">{}</span>{}</a>',
        (
            (
                one.kind,
                format_html(' id="{}"', one.anchor) if one.anchor else "",
                one.href,
                one.title,
                one.shape,
                one.number,
            )
            for one in closing
            if one.number
        ),
    )


# --- tables


def _tables(lines: Sequence[str], first: int) -> dict[int, tuple[list[list[tuple[str, int]]], int]]:
    """The tables among the lines: by their first line, rows of (text, line), and the last line that belongs to them."""
    from zhizao.engines.planlint.document import load
    from zhizao.kernel.result import Refused

    if not any("\t" in line or line.lstrip().startswith("|") for line in lines):
        return {}
    try:
        runs = load("\n".join(("", *lines)).encode()).runs  # a blank line first: no magic bytes
    except Refused:
        return {}
    found = {}
    for run in runs:
        rows: list[list[tuple[str, int]]] = []
        for index, cell in enumerate(run.cells):
            line = cell.line - 2 + first
            before = run.cells[index - 1].line if index else None
            after = run.cells[index + 1].line if index + 1 < len(run.cells) else None
            in_one_line = after == cell.line and before != cell.line
            if not rows or cell.gap or in_one_line:
                rows.append([])
            rows[-1].append((cell.text, line))
        last = run.last_line - 2 + first
        tail = rows[-1][-1][0]
        for number in range(last + 1, first + len(lines)):
            words = lines[number - first].strip()
            if words and not tail.endswith(words):
                break
            last = number if words else last
        found[run.first_line - 2 + first] = (rows, last)
    return found


def _table(rows: Sequence[Sequence[tuple[str, int]]], marks: Marks) -> SafeString:
    width = max(len(row) for row in rows)
    body = []
    for number, row in enumerate(rows):
        tag = "th" if number == 0 else "td"
        parts = []
        seen = {row[0][1]}
        for place, (text, line) in enumerate(row, start=1):
            span = width - len(row) + 1 if place == len(row) else 1
            own = "" if line in seen else format_html(' id="l{}"', line)
            seen.add(line)
            around = marks.get(line, ())
            parts.append((mark_safe(f"{own}{_look(text, around)}{_span(span)}"), _cell(text, around)))  # noqa: S308
        cells = format_html_join("", f"<{tag}{{}}>{{}}</{tag}>", parts)
        body.append(format_html('<tr id="l{}">{}</tr>', row[0][1], cells))
    head, rest = body[:1], body[1:]
    return format_html("<table><thead>{}</thead><tbody>{}</tbody></table>", _all(head), _all(rest))


def _all(parts: Sequence[SafeString]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 -- made by format_html


def _span(columns: int) -> SafeString | str:
    return format_html(' colspan="{}"', columns) if columns > 1 else ""


def _look(text: str, marks: Sequence[Mark]) -> SafeString | str:
    """A few characters without a number behind them stay in one line."""
    numbered = any(one.number for one in marks if one.cell is None or one.cell == bare(text))
    return mark_safe(' class="short"') if 0 < len(text.strip()) <= SHORT_CELL and not numbered else ""


def _cell(text: str, marks: Sequence[Mark]) -> SafeString:
    whole = [one for one in marks if one.cell is None or one.cell == bare(text)]
    return marked(text, [_over(one, text) for one in whole])


def _over(one: Mark, text: str) -> Mark:
    """A mark on a cell covers all of it."""
    return replace(one, start=0, end=len(text))


# --- where the marks stand


def place_of(line: str, mention: Mention, offsets: tuple[int, int] | None, figures: Iterable[str]) -> tuple[int, int]:
    """Which characters of a line a finding is about.

    The clause up to the figure, if it is known where that stands; else the quoted words, if they are short; else the
    first of the printed figures; else the whole of a short line, or the beginning of a long one.

    >>> from zhizao.engines.planlint.finding import Mention
    >>> line = "到2025年，力争产值达到350亿元，增长9%。"
    >>> start, end = place_of(line, Mention(1), (13, 18), ())
    >>> line[start:end]
    '力争产值达到350亿元'
    """
    if offsets is not None and 0 <= offsets[0] < offsets[1] <= len(line):
        start = max((line.rfind(mark, 0, offsets[0]) for mark in _CLAUSE_ENDS), default=-1) + 1
        return max(start, offsets[1] - _LONGEST_MARK), offsets[1]
    quote = mention.quote.strip()
    if quote and len(quote) <= _LONGEST_MARK and (at := line.find(quote)) >= 0:
        return at, at + len(quote)
    for words in figures:
        if found := re.search(rf"(?<![\d.]){re.escape(words)}(?![\d.])", line):
            return found.start(), found.end()
    text = line.strip()
    at = line.find(text) if text else 0
    return at, at + min(len(text), _LONGEST_MARK)


def finding_marks(
    items: Iterable[Item],
    lines: Sequence[str],
    first: int,
    *,
    offsets: Mapping[str, Sequence[Any]],
    href: Callable[[Item], str],
    chosen: str = "",
) -> dict[int, list[Mark]]:
    """The marks of findings on the lines of a chapter."""
    rows = _rows_of_tables(lines, first)
    found: dict[int, list[Mark]] = {}
    for item in items:
        anchor = f"d{item.number}"  # where it first stands in this chapter
        for index, mention in enumerate(item.places):
            if mention.line is None or not first <= mention.line < first + len(lines):
                continue
            mark = Mark(
                0,
                0,
                KINDS[item.severity.value],
                number=str(item.number),
                href=href(item),
                anchor=anchor,
                shape=item.shape,
                title=item.message,
                chosen=item.id == chosen,
            )
            known = offsets.get(item.id) or ()
            place = known[index] if index < len(known) else None
            for line, start, end, cell in _spots(item, mention, place, lines, first, rows):
                found.setdefault(line, []).append(replace(mark, start=start, end=end, cell=cell))
                mark, anchor = replace(mark, anchor=""), ""
    return found


Spot = tuple[int, int, int, str | None]
Cells = Mapping[int, Sequence[tuple[int, str]]]


def _spots(
    item: Item, mention: Mention, offsets: Sequence[int] | None, lines: Sequence[str], first: int, rows: Cells
) -> list[Spot]:
    """Line, start and end of what a mention is about; in a table's row the cells that hold its figures."""
    line = mention.line or first
    printed = [one.value for one in item.lines if one.value and not one.expression]
    figures = [words for words in (*printed, *(re.sub(r"[^\d.,].*$", "", words) for words in printed)) if words]
    if line in rows:
        wanted = {bare(words) for words in figures}
        return _in_row(rows[line], wanted) or [
            (line, 0, 1, bare(rows[line][0][1]) if _in_one_line(rows[line]) else None)
        ]
    pair = (int(offsets[0]), int(offsets[1])) if offsets else None
    start, end = place_of(lines[line - first], mention, pair, figures)
    return [(line, start, end, None)]


def _in_row(cells: Sequence[tuple[int, str]], wanted: Collection[str]) -> list[Spot]:
    one_line = _in_one_line(cells)
    hits = [(line, bare(text)) for line, text in cells if bare(text) in wanted]
    return [(line, 0, 1, text if one_line else None) for line, text in dict.fromkeys(hits)]


def _in_one_line(cells: Sequence[tuple[int, str]]) -> bool:
    return len(cells) > 1 and len({line for line, _text in cells}) == 1


def bare(text: str) -> str:
    """A cell's figure without marks, so that 1,300% and 1300 are one.

    >>> bare(" 1,300% "), bare("〉86%")
    ('1300', '86')
    """
    return text.strip().replace(",", "").rstrip("%％").lstrip("≥≤>〉＞<〈＜")


def _rows_of_tables(lines: Sequence[str], first: int) -> dict[int, list[tuple[int, str]]]:
    """For each line of a table's row, the cells of that row as (line, text)."""
    found: dict[int, list[tuple[int, str]]] = {}
    for rows, _last in _tables(lines, first).values():
        for row in rows:
            cells = [(line, text) for text, line in row]
            found |= dict.fromkeys((line for line, _text in cells), cells)
    return found


def agreed_marks(agreed: Iterable[Mapping[str, Any]], lines: Sequence[str], first: int) -> dict[int, list[Mark]]:
    """The thin line under figures that were checked and agree."""
    found: dict[int, list[Mark]] = {}
    rows: Cells | None = None
    for one in agreed:
        line = one["line"]
        if line is None or not first <= line < first + len(lines):
            continue
        if one["start"] is not None and one["end"] is not None:
            found.setdefault(line, []).append(Mark(int(one["start"]), int(one["end"]), "agreed"))
        elif one.get("text"):
            rows = _rows_of_tables(lines, first) if rows is None else rows
            for at, start, end, cell in _in_row(rows.get(line, ()), {bare(one["text"])}):
                found.setdefault(at, []).append(Mark(start, end, "agreed", cell=cell))
    return found


def merged(*parts: Mapping[int, Sequence[Mark]]) -> dict[int, list[Mark]]:
    """The marks of several kinds together."""
    found: dict[int, list[Mark]] = {}
    for part in parts:
        for line, marks in part.items():
            found.setdefault(line, []).extend(marks)
    return found


# --- what rows were read from


def row_marks(cards: Iterable[Any], lines: Sequence[str], first: int) -> dict[int, list[Mark]]:
    """The marks of rows on the lines of a chapter: a figure of the text, or the cells of a table's row."""
    tables = _rows_of_tables(lines, first)
    found: dict[int, list[Mark]] = {}
    for card in cards:
        line = card.row.line
        if line is None or not first <= line < first + len(lines):
            continue
        mark = Mark(
            0,
            1,
            "read",
            number=str(card.number),
            href=card.href,
            anchor=f"d{card.number}",
            title=card.sheet.title,
            chosen=card.chosen,
        )
        spots = (
            _cells_of_row(tables[line], card.title)
            if line in tables
            else [(line, *_span_of(card, lines[line - first]), None)]
        )
        for at, start, end, cell in spots:
            found.setdefault(at, []).append(replace(mark, start=start, end=end, cell=cell))
            mark = replace(mark, number="", anchor="")
    return found


def _cells_of_row(cells: Sequence[tuple[int, str]], title: str) -> list[Spot]:
    """The filled cells of a row, the one that names it first: there its number stands."""
    one_line = _in_one_line(cells)
    filled = sorted((cell for cell in cells if cell[1]), key=lambda cell: cell[1].strip() != title)
    return [(line, 0, 1, bare(text) if one_line else None) for line, text in filled]


def _span_of(card: Any, line: str) -> tuple[int, int]:
    """Where in a line of running text a row stands: its figure, or the first of its cells that is found there."""
    start, end = card.row.extra.get("start", ""), card.row.extra.get("end", "")
    if start.isdecimal() and end.isdecimal() and int(start) < int(end) <= len(line):
        return int(start), int(end)
    for _label, cell in card.cells[::-1]:
        if (at := line.find(str(cell))) >= 0 and len(str(cell)) > 1:
            return at, at + len(str(cell))
    text = line.strip()
    at = line.find(text) if text else 0
    return at, at + min(len(text), _LONGEST_MARK)
