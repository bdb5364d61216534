"""What the running text of a plan says in figures: one record for each figure, as ``schema.TABLES["claims"]`` has it.

A figure is read with the words before it in its clause (``claim_phrases``), with what was named before in its sentence
where they are silent (年均增长10% behind a target belongs to that target), and with the period that its clause, its
sentence, its paragraph or its section names (``claim_spans``). Lists (A、B分别为1%、2%) are paired only where names and
figures are as many (``claim_lists``). What cannot be read with confidence says so in ``confidence`` and ``note``; a
figure without any indicator is left to ``unplaced``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from zhizao.engines.planlint.document import Document
from zhizao.engines.planlint.meta import read_meta
from zhizao.engines.planlint.schema import Record, Rows
from zhizao.engines.planlint.tables.values import Notes
from zhizao.engines.planlint.text import claim_cells, claim_sectors, claim_words, sections, sentences, unplaced
from zhizao.engines.planlint.text.claim_phrases import Names
from zhizao.engines.planlint.text.claim_reader import Reader
from zhizao.engines.planlint.text.claim_spans import Calendar
from zhizao.engines.planlint.text.claim_state import Claim
from zhizao.engines.planlint.text.sentences import Paragraph
from zhizao.kernel import names as kernel_names

_NAMED: Final = (("enterprises", "name"), ("land", "enterprise"), ("suppliers", "enterprise"), ("projects", "owner"))
"""Where enterprises are named."""
_SECTORS: Final = (("enterprises", "industry"), ("projects", "sector"))
"""Where sectors are named, whose first words name no firm alone: 轴承 of 轴承机械."""
_GROUP: Final = re.compile("[两二三四五六七八九十]大[一-龥]{0,6}(?:产业|行业|集群)")
"""Sectors that a plan counts together."""


def read(document: Document, rows: Rows, notes: Notes, *, meta: Mapping[str, Any] | None = None) -> list[Record]:
    """The claims of a document's running text, in order.

    Parameters
    ----------
    document : Document
    rows : mapping of table name to records
        The tables read before: their enterprises are known as subjects.
    notes : Notes
        Where figures that could not be placed are reported.
    meta : mapping, optional
        The ``plan:`` key; read from the document if left out.

    Examples
    --------
    >>> from zhizao.engines.planlint.document import load
    >>> text = "南山县“十五五”规划\\n到2030年，全县工业增加值达到35亿元，年均增长9.7%。"
    >>> for claim in read(load(text.encode()), {}, Notes()):
    ...     print(claim["indicator"], claim["value"], claim["unit"], claim["span"], claim["kind"])
    工业增加值 35 亿元 2030 target
    工业增加值 9.7 % 2026-01..2030-12 growth
    """
    known = read_meta(document, rows.get("indicators", ()), Notes()) if meta is None else meta
    skip = sentences.lines_of_tables(document)
    tree = sections.read(document, skip=skip)
    found = list(sentences.paragraphs(document, skip=skip))
    reader = Reader(Calendar.of(known), _names(known, rows), tree, claim_sectors.sectors(found, rows))
    records: list[Record] = []
    seen: Counter[str] = Counter()
    for paragraph in found:
        read_here, left = reader.paragraph(paragraph)
        records += (_record(claim, paragraph, tree, seen) for claim in read_here)
        unplaced.note(paragraph, left, notes)
    for paragraph, year in claim_cells.paragraphs(document, rows):
        read_here, _ = reader.paragraph(paragraph, year=year or reader.calendar.last)
        records += (_record(claim, paragraph, tree, seen) for claim in read_here)
    return with_parts_of_groups(records)


def with_parts_of_groups(records: list[Record]) -> list[Record]:
    """Give 三大产业 its members wherever it is named, if the plan names them in one way.

    >>> records = [{"subject": "两大产业", "parts": "甲、乙"}, {"subject": "两大产业", "parts": None}]
    >>> with_parts_of_groups(records)[1]["parts"]
    '甲、乙'
    """
    found: dict[str, set[str]] = {}
    for record in records:
        if record["parts"] and _GROUP.fullmatch(str(record["subject"] or "")):
            found.setdefault(str(record["subject"]), set()).add(str(record["parts"]))
    for record in records:
        members = found.get(str(record["subject"] or ""), set())
        if len(members) == 1 and not record["parts"]:
            record["parts"] = next(iter(members))
    return records


def _names(meta: Mapping[str, Any], rows: Rows) -> Names:
    """The own area, and the enterprises of the tables by their first two characters: whole, and their core alone."""
    area = claim_words.own_area(meta)
    code = (meta.get("region") or {}).get("code")
    places = kernel_names.place_names(str(code)) if code else ()
    found: dict[str, set[str]] = {}
    sectors = {str(record.get(column) or "") for table, column in _SECTORS for record in rows.get(table, ())}
    for table, column in _NAMED:
        for name in {re.sub(r"\s", "", str(record.get(column) or "")) for record in rows.get(table, ())}:
            core = kernel_names.core(name, places=places) if name else ""
            for one in {name, core, area.sub("", core, count=1) if area.match(core) else core}:
                if len(one) > 2 or (len(one) == 2 and not any(sector.startswith(one) for sector in sectors)):
                    found.setdefault(one[:2], set()).add(one)
    return Names(area, {key: tuple(sorted(values)) for key, values in found.items()})


def _record(claim: Claim, paragraph: Paragraph, tree: sections.Sections, seen: Counter[str]) -> Record:
    figure = claim.figure
    line, start = paragraph.place(figure.start)
    last_line, end = paragraph.place(figure.end - 1)
    if last_line != line:  # broken over two lines: it is shown where its number ends
        line, start = last_line, next(column for _, number, column in paragraph.pieces if number == last_line)
    quote = paragraph.text[claim.clause[0] : claim.clause[1]].strip(" ，")
    key = "/".join(
        (claim.subject, claim.indicator, str(claim.span or ""), claim.kind, *(["range"] if figure.high else []))
    )
    seen[key] += 1
    ident = kernel_names.stable_id(key) + (f"-{seen[key]}" if seen[key] > 1 else "")
    listed = None
    if claim.list_at is not None:
        listed = f"list-{kernel_names.stable_id(f'{tree.section_of(line)}/{claim.indicator}/{claim.list_at}')}"
    return {
        "subject": claim.subject or None,
        "indicator": claim.indicator,
        "value": figure.value,
        "unit": figure.unit or None,
        "span": str(claim.span) if claim.span else None,
        "kind": claim.kind,
        "bound": claim.bound or figure.bound,
        "section": tree.section_of(line) or None,
        "quote": quote,
        "line": line,
        "id": f"claim-{ident}",
        "scope": claim.scope or None,
        "of": claim.of or None,
        "parts": "、".join(claim.parts) or None,
        "list_id": listed,
        "list_names": claim.list_names,
        "list_values": claim.list_values,
        "value_high": figure.high,
        "printed": paragraph.text[figure.start : figure.end],
        "start": start,
        "end": end + 1,
        "confidence": claim.confidence,
        "note": "; ".join(claim.notes) or None,
    }
