"""What reading a plan gives: its tables, what the plan is, what was found where, and every problem."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from zhizao.engines.planlint import aliases
from zhizao.engines.planlint.bounds import without_impossible
from zhizao.engines.planlint.corrections import Correction, apply
from zhizao.engines.planlint.document import CAPTION, Document, Run, load
from zhizao.engines.planlint.meta import read_meta
from zhizao.engines.planlint.schema import TABLES, Rows, frames
from zhizao.engines.planlint.tables import chains, enterprises, indicators, land, projects, suppliers
from zhizao.engines.planlint.tables.layout import candidates
from zhizao.engines.planlint.tables.rows import cost, segment
from zhizao.engines.planlint.tables.table import Record, Table, note_rows
from zhizao.engines.planlint.tables.values import Notes
from zhizao.engines.planlint.text import claims, tasks
from zhizao.kernel.result import Place, Problem, Refused, Severity, mark
from zhizao.kernel.tables.limits import collector_paused

READERS: Final = (
    (suppliers.SHAPE, suppliers.read),
    (land.SHAPE, land.read),
    (projects.SHAPE, projects.read),
    (indicators.SHAPE, indicators.read),
    (tasks.SHAPE, tasks.read_table),
    (enterprises.SHAPE, enterprises.read),
)
"""In this order: a table that more than one could claim goes to the one with the rarer header words."""


@dataclass(frozen=True, slots=True)
class Found:
    """One table or graph of the source and how many rows it gave."""

    table: str
    caption: str
    first_line: int
    last_line: int
    rows: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A plan read.

    Attributes
    ----------
    rows : mapping of table name to records
        Columns as ``schema.TABLES``; numbers are ``Decimal`` with the digits printed, unless a unit was converted.
    meta : mapping
        The ``plan:`` key of the pack: title, region, issuer, document number, date, period, base year, parents, source,
        and the first line of each page if the document has pages.
    found : tuple of Found
    problems : tuple of Problem
        Errors are cells and rows that were not read; nothing is dropped without one.
    document : Document
        The lines read; it does not travel in the pack.
    """

    rows: Rows
    meta: Mapping[str, Any]
    found: tuple[Found, ...]
    problems: tuple[Problem, ...]
    document: Document

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        """The records as Polars frames (numbers Float64), by table name; empty tables have their columns."""
        return frames(self.rows)


@collector_paused()
def read_document(data: bytes, *, file: str | None = None) -> Reading:
    """Read a plan's text into the tables of a plan pack.

    Parameters
    ----------
    data : bytes
        A docx, pdf, html or xlsx file, or text or Markdown in UTF-8, UTF-16 or GB18030.
    file : str, optional
        Its name, for the messages and the pack.

    Raises
    ------
    Refused
        Empty, binary or in no known encoding; ``planlint.no_table`` if no table or graph of a plan is in it.

    Examples
    --------
    >>> text = "\\t指标\\n\\t单位\\n\\t2025年\\n\\t2030年\\n\\n\\t工业总产值\\n\\t亿元\\n\\t10\\n\\t≥20\\n"
    >>> reading = read_document(text.encode())
    >>> reading.tables["indicators"].select("name", "base_value", "target_value", "bound").rows()
    [('工业总产值', 10.0, 20.0, 'ge')]
    """
    document = load(data, file=file)
    notes = Notes(file)
    notes.problems += document.problems
    rows: dict[str, list[Record]] = {name: [] for name in TABLES}
    found: list[Found] = []
    captions: set[int] = set()
    for run in document.runs:
        captions |= {number for number, line in run.before if line == run.caption}
        if (claim := _claim(run)) is None:
            _note_unplaced(run, notes)
            continue
        table, read = claim
        records = without_impossible(table.shape.name, read(table, notes), notes)
        note_rows(table, notes)
        rows[table.shape.name] += records
        found.append(Found(table.shape.name, run.caption, run.first_line, run.last_line, len(records)))
    rows["indicators"] = indicators.identified(rows["indicators"], notes)
    for graph in chains.read(document, notes):
        rows[chains.NAME_OF_TABLE] += graph.records
        found.append(Found(chains.NAME_OF_TABLE, graph.name, graph.first_line, graph.last_line, len(graph.records)))
    if not found:
        raise Refused(
            Problem(
                "planlint.no_table",
                mark("No table of a plan was found in the document."),
                Place(file=file),
                mark("Give a plan with its tables of targets, projects or enterprises."),
            )
        )
    _note_captions(document, captions, notes)
    meta = read_meta(document, rows["indicators"], notes)
    if document.pages:
        meta["source_pages"] = list(document.pages)
    rows["claims"] = without_impossible("claims", claims.read(document, rows, notes, meta=meta), notes)
    rows["aliases"] = aliases.read(rows, meta, document)
    rows["tasks"] = tasks.read(document, rows["indicators"], rows["tasks"])
    ordered = tuple(sorted(notes.problems, key=lambda problem: problem.place.line or 0))
    return Reading(rows, meta, tuple(found), ordered, document)


def corrected(reading: Reading, corrections: Sequence[Correction]) -> Reading:
    """The reading with what people decided about it; what could not be applied is among its problems.

    Names are resolved anew where the tables they stand in were corrected.
    """
    if not corrections:
        return reading
    own = [one for one in corrections if one.table != "aliases"]
    base = apply(reading.rows, own, sha256=reading.document.sha256).rows
    rows = {**reading.rows, "aliases": aliases.read(base, reading.meta, reading.document)}
    done = apply(rows, corrections, sha256=reading.document.sha256)
    return replace(reading, rows=done.rows, problems=(*reading.problems, *done.problems))


def _claim(run: Run) -> tuple[Table, Callable[[Table, Notes], list[Record]]] | None:
    """The table that a run of cells is, and its reader."""
    for shape, read in READERS:
        if layouts := candidates(run.cells, shape):
            best = min(layouts, key=lambda layout: cost(run.cells, layout, shape))
            return Table(shape, run, best, tuple(segment(run.cells, best, shape))), read
    if (layout := enterprises.infer(run)) is not None:
        shape = enterprises.SHAPE
        return Table(shape, run, layout, tuple(segment(run.cells, layout, shape))), enterprises.read
    return None


def _note_unplaced(run: Run, notes: Notes) -> None:
    notes.add(
        "table_unplaced",
        mark(
            "A table of %(count)s cells (lines %(first)s–%(last)s, “%(caption)s”) is of no known kind and was not read."
        ),
        line=run.first_line,
        remedy=mark("Check its header words, or leave it if the pack has no place for it."),
        severity=Severity.WARNING if len(run.cells) > 3 else Severity.INFO,
        count=len(run.cells),
        first=run.first_line,
        last=run.last_line,
        caption=run.caption[:40],
    )


def _note_captions(document: Document, used: set[int], notes: Notes) -> None:
    """A caption without cells behind it: the table is a picture, or was lost."""
    for number, line in enumerate(document.lines, start=1):
        words = line.strip()
        if number not in used and len(words) <= 60 and CAPTION.match(words) and not words.endswith(("。", "）", "；")):
            notes.add(
                "caption_alone",
                mark("No cells follow the caption “%(caption)s”."),
                line=number,
                remedy=mark("Look whether the table is a picture in the document."),
                caption=words,
            )
