"""Counts against graphs and the rows of tables (family ``counts``)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.growth import COUNT_UNITS
from zhizao.engines.planlint.rules._claims import claims, noun, stands_for, value_of
from zhizao.engines.planlint.rules._common import claim_mention, integer, line_mention, mention, printed, text
from zhizao.engines.planlint.rules._land_blocks import Block, blocks
from zhizao.engines.planlint.rules._lines import is_cell
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tolerance import Interval
from zhizao.kernel.result import mark

_GRAPHS: Final = re.compile("产业链(?:全景)?图谱?|产业链图")


def graphs(facts: Facts) -> Iterator[Finding]:
    """Chain graphs that the text promises against those that are there.

    Formula: the greatest number printed of 产业链图谱 = number of chains in the table of members. A warning: pictures
    hold what a text cannot.

    A finding: 7条产业链图谱, of which two can be read. None: as many as promised.
    """
    said = [(row, record) for row, record in claims(facts, "count") if _GRAPHS.search(noun(record))]
    chains = list(dict.fromkeys(text(record, "chain") for record in facts["chain_members"]))
    if not said or not chains:
        return
    most = max(value_of(record) for _, record in said)
    if most == len(chains):
        return
    first = {name: row for row, name in reversed([(r, text(x, "chain")) for r, x in enumerate(facts["chain_members"])])}
    yield Finding(
        "counts.graphs",
        Severity.WARNING,
        mark("The text promises %(said)s chain graphs, and %(found)s are in the document."),
        key="graphs",
        params={"said": most, "found": len(chains)},
        numbers=(
            printed(mark("Graphs promised"), most),
            Number(mark("Graphs found"), Decimal(len(chains)), "", "、".join(chains[:4])),
        ),
        places=(
            *(claim_mention(facts, row) for row, _ in said[:3]),
            *(mention(facts, "chain_members", first[name]) for name in chains[:2]),
        ),
        suggestion=mark("Add the missing graphs as lists of members, or correct the number."),
    )


_TITLE_COUNT: Final = re.compile(r"[（(]\s*共\s*([0-9]{1,5})\s*([个项家户条])\s*[）)]\s*$")


def rows_of_tables(facts: Facts) -> Iterator[Finding]:
    """A number of rows that a caption or a group's title gives (共8项), against the rows below.

    Formula: records read between the title and the next one (or the end of the table) = the number. An error.

    A finding: 三、骨干企业（共32家） above 31 rows. None: a title without number.
    """
    document = facts.document
    if document is None:
        return
    places: Counter[int] = Counter()
    for table in ("indicators", "projects", "enterprises", "land", "suppliers"):
        places.update(integer(record, "line") or 0 for record in facts[table])
    for run in document.runs:
        if not any(_TITLE_COUNT.search(words) for words in (run.heading, *(cell.text for cell in run.cells))):
            continue
        inside = sorted(line for line in places if run.first_line <= line <= run.last_line)
        heads = [(run.first_line - 1, run.caption)] if _TITLE_COUNT.search(run.caption) else []
        titles = [(cell.line, cell.text) for cell in run.cells if _TITLE_COUNT.search(cell.text)]
        ends = [line for line, _ in titles[1:]] + [run.last_line + 1]
        spans = [(*head, run.last_line + 1) for head in heads]
        spans += [(line, words, end) for (line, words), end in zip(titles, ends, strict=True)] if titles else []
        for line, words, end in spans:
            found = _TITLE_COUNT.search(words)
            size = sum(places[one] for one in inside if line <= one < end)
            if found is not None and size and size != int(found[1]):
                yield _rows(facts, line, words, int(found[1]), size, found[2])


def _rows(facts: Facts, line: int, words: str, said: int, size: int, unit: str) -> Finding:
    return Finding(
        "counts.rows",
        Severity.ERROR,
        mark("“%(title)s” says %(said)s, and %(rows)s rows follow."),
        key=words,
        params={"title": words[:40], "said": said, "rows": size},
        numbers=(
            printed(mark("Number printed"), Decimal(said), unit),
            printed(mark("Rows of the table"), Decimal(size)),
        ),
        places=(line_mention(facts, line),),
        suggestion=mark("Correct the number, or add the rows."),
    )


_INDICATORS: Final = re.compile(r"(?:主要|核心|具体|发展|约束性|预期性|工业)*指标$")
_LIBRARY: Final = re.compile(r"(?<!入)(?<!出)库|附件|附表|下表|如表|清单")


def tables(facts: Facts) -> Iterator[Finding]:
    """The size of a table that the text gives: indicators of the plan, projects of the library.

    Formula: a count of 指标, or of 项目 in a sentence that names the library, the annex or a list (or 入库项目 of one
    sector), = rows of that table (of the sector, if one is named). An error if it is exact.

    A finding: 项目库共60个项目 above 55 rows. None: 推进10个重点项目.
    """
    sizes = {kind: Counter(text(one, key) for one in facts[kind]) for kind, key in _PARTED.items()}
    for row, record in claims(facts, "count"):
        name = noun(record)
        kind = _kind(facts, record, name)
        if kind == "projects" and _THIS_SECTOR.search(name):
            name = sector_above(facts, integer(record, "line") or 0, sizes[kind]) + name
            kind = "" if _THIS_SECTOR.match(name) else kind
        part = next(
            (one for one in sizes.get(kind, ()) if one and one[:2] in name and one.removesuffix("性") in name), ""
        )
        if not kind or (_NEEDS_SECTOR.search(name) and not part):
            continue
        size = Decimal(sizes[kind][part] if part else len(facts[kind]))
        counted = text(record, "unit") in COUNT_UNITS
        if size and counted and not Interval(size, size).meets(stands_for(record)):
            yield _table(facts, kind, name, (row, record), size)


_PARTED: Final = {"indicators": "nature", "projects": "sector"}
_THIS_SECTOR: Final = re.compile("[本该](?:行业|产业|领域|板块)")
_NEEDS_SECTOR: Final = re.compile("入库(?:重点|重大)?项目$|^(?:约束|预期)性")


def _part(kind: str, name: str, printed_parts: Iterable[str]) -> str:
    """The sector or the nature that a count is limited to, as the table prints it; 约束性 and 约束值 are one."""
    words = ((one, one[:2] if kind == "indicators" else one) for one in printed_parts if one)
    return next((one for one, short in words if short in name), "")


def _kind(facts: Facts, record: Record, name: str) -> str:
    """Which table a count is about; empty if none."""
    if _INDICATORS.fullmatch(name):
        return "indicators"
    if not name.endswith("项目"):
        return ""
    words = (_sentence(facts, record) or text(record, "quote")) + name
    return "projects" if _NEEDS_SECTOR.search(name) or _LIBRARY.search(words) else ""


def _table(facts: Facts, kind: str, name: str, one: tuple[int, Record], size: Decimal) -> Finding:
    row, record = one
    return Finding(
        "counts.tables",
        Severity.ERROR if text(record, "bound") == "eq" else Severity.WARNING,
        mark("The text counts %(said)s of “%(name)s”, and the table has %(rows)s rows."),
        key=f"{kind}/{name}",
        params={"said": value_of(record), "name": name, "rows": size},
        numbers=(
            printed(mark("Number printed"), value_of(record), text(record, "unit")),
            printed(mark("Rows of the table"), size),
        ),
        places=(claim_mention(facts, row), mention(facts, kind, 0)),
        suggestion=mark("Correct the number, or add the rows."),
    )


def sector_above(facts: Facts, line: int, known: Iterable[str]) -> str:
    """The sector of the project library that a heading above the line names; empty if none does."""
    if facts.document is None:
        return ""
    for words in reversed(facts.document.lines[max(line - _UP, 0) : line]):
        if 0 < len(words) <= _TITLE and not is_cell(words):
            named = [sector for sector in known if sector and words.rstrip(" #").endswith(sector)]
            if named:
                return named[0]
    return ""


_UP: Final = 120
_TITLE: Final = 30


def _sentence(facts: Facts, record: Record) -> str:
    """The words of the sentence that a claim stands in, if the document is at hand."""
    line, start = integer(record, "line") or 0, integer(record, "start")
    if facts.document is None or start is None or not 0 < line <= len(facts.document.lines):
        return ""
    words = facts.document.lines[line - 1]
    begin = max(words.rfind(stop, 0, start) for stop in "。；！")
    end = words.find("。", start)
    return words[begin + 1 : end if end >= 0 else len(words)]


_COUNTED: Final = re.compile(r"重点企业|骨干企业|龙头企业|规上企业")


def land_rows(facts: Facts) -> Iterator[Finding]:
    """The number of enterprises that the text gives before their table of land, against its rows.

    Formula: N家重点企业 in the section right before the table = rows of the table. A warning: the text may count more
    than the table shows.

    A finding: 五家重点企业现有用地共120亩 above three rows. None: 三家.
    """
    for block in blocks(facts):
        for row, record in block.claims:
            if record.get("kind") == "count":
                yield from _land_rows(facts, block, row, record)


def _land_rows(facts: Facts, block: Block, row: int, record: Record) -> Iterator[Finding]:
    words = text(record, "subject") + text(record, "indicator")
    size = Decimal(len(block.firms))
    near = block.first - (integer(record, "line") or 0) <= _NEAR
    if not near or (not words.startswith("重点企业") and not _names(words, block)):
        return
    if text(record, "unit") not in ("家", "户", "个") or Interval(size, size).meets(stands_for(record)):
        return
    if text(record, "parts"):
        return
    yield Finding(
        "counts.land_rows",
        Severity.WARNING,
        mark("The text counts %(said)s enterprises before table %(table)s, which has %(rows)s rows."),
        key=block.sector or block.table,
        params={"said": value_of(record), "table": block.table, "rows": len(block.firms)},
        numbers=(
            printed(mark("Number printed"), value_of(record), text(record, "unit")),
            Number(mark("Rows of the table"), size),
        ),
        places=(claim_mention(facts, row), mention(facts, "land", block.firms[0].row)),
        suggestion=mark("Correct the number, or add the rows."),
    )


_NEAR: Final = 24
"""Lines before a table of land in which its enterprises are counted."""


def _names(words: str, block: Block) -> bool:
    return bool(block.sector) and block.sector in words and _COUNTED.search(words) is not None
