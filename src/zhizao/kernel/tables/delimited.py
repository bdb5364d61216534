"""CSV in: any of the encodings of ``text.decode``, comma, semicolon or tab, quoted line breaks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from itertools import islice
from typing import Final

import polars as pl

from zhizao.kernel import text
from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.tables.limits import Limits, Source, read_bytes, source_name, too_much

DELIMITERS: Final = (",", "\t", ";")
SHOWN_PROBLEMS: Final = 200
_SNIFFED_RECORDS: Final = 50
FORMULA_START: Final = r"[=+\-@\t\r＝＋－＠]"


def read_csv(
    source: Source,
    *,
    file: str | None = None,
    delimiter: str | None = None,
    guarded: bool = False,
    limits: Limits | None = None,
) -> pl.DataFrame:
    """Read a CSV whose first row holds the column names.

    Parameters
    ----------
    source : Path, bytes or Traversable
    file : str, optional
        Name for the messages; the source's own where it has one.
    delimiter : str, optional
        Comma, semicolon or tab; found by itself where the first records agree on it.
    guarded : bool
        Take off the formula guard that ``write_csv`` puts before text that a spreadsheet would run.
    limits : Limits, optional

    Returns
    -------
    polars.DataFrame, all columns String
        Cells as written, not stripped; an empty cell is null. Blank lines are left out.

    Raises
    ------
    Refused
        Everything wrong at once: header names missing or double, rows of another width, a quote that is not closed.

    Examples
    --------
    >>> read_csv("name;count\\n智造;\\n".encode("gb18030")).rows()
    [('智造', None)]
    """
    file = file or source_name(source)
    rows = read_csv_rows(source, file=file, delimiter=delimiter, limits=limits)
    line, names = rows[0]
    problems: list[Problem] = []
    names = [text.normalise(name) for name in names]
    while names and not names[-1]:
        names.pop()
    problems += header_problems(names, Place(file=file, row=line))
    width = len(names)
    body: list[list[str]] = []
    for number, cells in rows[1:]:
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        if len(cells) == width:
            body.append(cells)
        elif any(cells):
            problems.append(
                Problem(
                    "tables.row_width",
                    mark("The row has %(found)s cells, the header has %(expected)s."),
                    Place(file=file, row=number),
                    mark("Check the delimiter and the quotes of this row."),
                    params={"found": len(cells), "expected": width},
                )
            )
    if problems:
        raise Refused(*capped(problems))
    return strings(names, body, guarded=guarded)


def read_csv_rows(
    source: Source, *, file: str | None = None, delimiter: str | None = None, limits: Limits | None = None
) -> list[tuple[int, list[str]]]:
    """The non-empty records of a CSV, each with the number of the line it starts on.

    >>> read_csv_rows(b'a,b\\n\\n"x\\ny",2\\n')
    [(1, ['a', 'b']), (3, ['x\\ny', '2'])]
    """
    limits = limits or Limits()
    file = file or source_name(source)
    content, _ = text.decode(read_bytes(source, file=file, limits=limits), file=file)
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter or _sniff(content), strict=True)
    rows: list[tuple[int, list[str]]] = []
    cells = 0
    start = 1
    try:
        for record in reader:
            if any(record):
                rows.append((start, record))
                cells += len(record)
                if len(record) > limits.columns:
                    message = mark("The table has more than %(limit)s columns.")
                    raise Refused(too_much(message, "tables.too_wide", limits.columns, file))
                if len(rows) > limits.rows + 1 or cells > limits.cells:
                    message = mark("The table has more than %(limit)s rows.")
                    raise Refused(too_much(message, "tables.too_long", limits.rows, file))
            start = reader.line_num + 1
    except csv.Error:
        raise Refused(
            Problem(
                "tables.quotes",
                mark("A quotation mark is not closed, or stands inside a cell."),
                Place(file=file, row=start),
                mark("Double the quotation marks inside a cell and put the cell in quotation marks."),
            )
        ) from None
    if not rows:
        raise Refused(
            Problem(
                "text.empty",
                mark("The file is empty."),
                Place(file=file),
                mark("Check that the right file was chosen."),
            )
        )
    return rows


def _sniff(content: str) -> str:
    """The delimiter on which the first records agree, of several the one with most columns; else a comma."""
    best, best_score = ",", (False, 1)
    for delimiter in DELIMITERS:
        try:
            records = list(islice(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter), _SNIFFED_RECORDS))
        except csv.Error:
            continue
        widths = [len(record) for record in records if any(record)]
        if widths and widths[0] > 1 and (score := (len(set(widths)) == 1, widths[0])) > best_score:
            best, best_score = delimiter, score
    return best


def header_problems(names: Iterable[str], place: Place) -> list[Problem]:
    """A name missing, or standing twice: a table cannot be read by name then."""
    problems = []
    seen: set[str] = set()
    for number, name in enumerate(names, start=1):
        if not name:
            problems.append(
                Problem(
                    "tables.header_blank",
                    mark("Column %(number)s has no name."),
                    place,
                    mark("Write a name into the header row."),
                    params={"number": number},
                )
            )
        elif name in seen:
            problems.append(
                Problem(
                    "tables.header_double",
                    mark("The column name “%(name)s” stands twice."),
                    place,
                    mark("Give each column a name of its own."),
                    params={"name": name},
                )
            )
        seen.add(name)
    return problems


def capped(problems: list[Problem], limit: int = SHOWN_PROBLEMS) -> list[Problem]:
    """At most ``limit`` problems, and one more that counts the rest."""
    if len(problems) <= limit:
        return problems
    rest = Problem(
        "tables.more_problems",
        mark("%(count)s more problems are not shown."),
        Place(file=problems[0].place.file),
        mark("Correct those shown and try again."),
        params={"count": len(problems) - limit},
    )
    return [*problems[:limit], rest]


def strings(names: list[str], body: list[list[str]], *, guarded: bool = False) -> pl.DataFrame:
    """A frame of strings from rows of one width; an empty cell is null."""
    if not body:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    frame = pl.DataFrame(
        [pl.Series(name, column, dtype=pl.String) for name, column in zip(names, zip(*body, strict=True), strict=True)]
    )
    cells = pl.all()
    if guarded:
        cells = cells.str.replace(f"^'('*{FORMULA_START})", "$1")
    return frame.with_columns(pl.when(pl.all() != "").then(cells))
