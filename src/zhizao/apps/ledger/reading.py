"""A file of observations as a frame of text: CSV as fast as Polars reads it, workbooks as officials make them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from zhizao.apps.ledger.columns import COLUMNS, MAY_LACK
from zhizao.kernel import text as texts
from zhizao.kernel.result import Place, Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.kernel.tables import Grid

MOST_BYTES: Final = 500_000_000
MOST_ROWS: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class Cells:
    """The text of a file: ``frame`` has ``row`` (as the file counts them) and the columns of ``COLUMNS``."""

    frame: pl.DataFrame
    file: str
    sheet: str | None = None

    def place(self, row: int, column: str | None = None) -> Place:
        """Where a cell stands."""
        return Place(file=self.file, sheet=self.sheet, row=row, column=column)


def read(data: bytes, *, file: str) -> Cells:
    """Read a CSV or a workbook.

    Raises
    ------
    Refused
        Not a table, damaged, columns missing or unknown, rows of another width, no rows.
    """
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return _workbook(data, file)
    frame = _csv(data, file)
    _check_columns(frame.columns, Place(file=file, row=1))
    return _filled(frame, Cells(frame, file))


def _csv(data: bytes, file: str) -> pl.DataFrame:
    from zhizao.kernel.tables import Limits, read_bytes, read_csv

    limits = Limits(file_bytes=MOST_BYTES, rows=MOST_ROWS, cells=MOST_ROWS * 20)
    read_bytes(data, file=file, limits=limits)
    try:
        text = data.removeprefix(b"\xef\xbb\xbf")
        text.decode()
    except UnicodeDecodeError:
        text = texts.decode(data, file=file)[0].encode()
    head = text[:10_000].partition(b"\n")[0]
    separator = max((b",", b"\t", b";"), key=head.count).decode()
    try:
        if b"\0" in head:
            raise ValueError  # UTF-16 without a mark
        frame = pl.read_csv(text, separator=separator, infer_schema=False, row_index_name="row", row_index_offset=2)
    except (pl.exceptions.PolarsError, ValueError):  # say exactly which line
        return read_csv(data, file=file, limits=limits).with_row_index("row", offset=2)
    return frame.rename({name: texts.normalise(name) for name in frame.columns})


def _workbook(data: bytes, file: str) -> Cells:
    from zhizao.kernel.tables import read_xlsx

    found = read_xlsx(data, file=file)
    refused: Refused | None = None
    for grid in found.value:
        try:
            return _sheet(grid, file)
        except Refused as error:
            refused = refused or error
    raise refused or _no_rows(Place(file=file))


def _sheet(grid: Grid, file: str) -> Cells:
    from zhizao.kernel.tables import find_table

    table = find_table(grid, known=COLUMNS)
    _check_columns(table.names, Place(file=file, sheet=grid.sheet))
    frame = pl.DataFrame(table.rows, schema=dict.fromkeys(table.names, pl.String), orient="row")
    frame = frame.insert_column(0, pl.Series("row", table.lines, dtype=pl.UInt32))
    return _filled(frame, Cells(frame, file, grid.sheet))


def _check_columns(names: list[str], place: Place) -> None:
    names = [name for name in names if name != "row"]
    missing = [name for name in COLUMNS if name not in names and name not in MAY_LACK]
    unknown = [name for name in names if name not in COLUMNS]
    if missing or unknown:
        message = mark("The columns are not those of a file of observations: missing %(missing)s; unknown %(unknown)s.")
        remedy = mark("Take the header of the template: %(columns)s.")
        params = {
            "missing": ", ".join(missing) or "–",
            "unknown": ", ".join(unknown) or "–",
            "columns": ",".join(COLUMNS),
        }
        raise Refused(Problem("ledger.columns", message, place, remedy, params=params))


def _filled(frame: pl.DataFrame, cells: Cells) -> Cells:
    """Every column there, blanks around cells off, empty cells null, empty rows left out."""
    lacking = [pl.lit(None, dtype=pl.String).alias(name) for name in COLUMNS if name not in frame.columns]
    frame = frame.with_columns(lacking).select("row", *COLUMNS)
    frame = frame.with_columns(pl.col(COLUMNS).str.strip_chars().replace("", None))
    frame = frame.filter(pl.any_horizontal(pl.col(COLUMNS).is_not_null()))
    if frame.is_empty():
        raise _no_rows(cells.place(1))
    return Cells(frame, cells.file, cells.sheet)


def _no_rows(place: Place) -> Refused:
    message = mark("The file has a header and no rows.")
    return Refused(Problem("ledger.no_rows", message, place, mark("Check that the right file was chosen.")))


def from_frame(frame: pl.DataFrame, *, name: str) -> Cells:
    """Cells of a frame at hand; its columns are those of a file, as text."""
    _check_columns(frame.columns, Place(file=name))
    frame = frame.cast(pl.String)
    return _filled(frame.with_row_index("row", offset=2), Cells(frame, name))
