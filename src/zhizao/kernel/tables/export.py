"""Tables out, in bulk: xlsx and csv, the same input giving the same bytes.

A spreadsheet runs a cell that begins with ``=`` only where the file says that it is a formula, or where a CSV is
opened. In xlsx text is therefore written as text, in cells formatted as text, so that it stays text when somebody
edits it; in CSV a ``'`` is put before it (``read_csv(guarded=True)`` takes it off again).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any, Final

import polars as pl
from rustpy_xlsxwriter import Format, write_worksheets

from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.tables.delimited import FORMULA_START

EXCEL_ROWS: Final = 1_048_576
EXCEL_COLUMNS: Final = 16_384
EXCEL_TEXT: Final = 32_767
_EXACT_INTEGER: Final = 2**53
_FIRST_DATE: Final = pl.date(1900, 3, 1)
_CORE_PROPERTIES: Final = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" \
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\
<dcterms:created xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:created>\
<dcterms:modified xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:modified></cp:coreProperties>"""


def write_csv(frame: pl.DataFrame) -> bytes:
    """A frame as CSV: UTF-8 with byte order mark, CRLF, text guarded against being run as a formula.

    >>> write_csv(pl.DataFrame({"名称": ["=1+1"], "n": [-1]})).decode("utf-8-sig")
    "名称,n\\r\\n'=1+1,-1\\r\\n"
    """
    text = pl.col(pl.String, pl.Categorical, pl.Enum).cast(pl.String)
    guarded = frame.with_columns(text.str.replace(f"^('*{FORMULA_START})", "'$1"))
    guarded = guarded.rename({name: f"'{name}" for name in frame.columns if _runs(name)})
    return guarded.write_csv(include_bom=True, line_terminator="\r\n", float_scientific=False).encode()


def _runs(name: str) -> bool:
    return bool(pl.Series([name]).str.contains(f"^'*{FORMULA_START}")[0])


def write_xlsx(frames: pl.DataFrame | dict[str, pl.DataFrame]) -> bytes:
    """Frames as the sheets of a workbook: header in bold and frozen, no other style; for 100,000 rows and more.

    Numbers are written as numbers where a spreadsheet holds them exactly enough (15 digits); a column with an integer
    beyond 2**53 is written as text, and so is one with a date before March 1900. Decimals are written as their nearest
    float. Null, NaN and the infinities are empty cells.

    Parameters
    ----------
    frames : polars.DataFrame, or sheet name to DataFrame
        A single frame goes to ``Sheet1``. Columns of lists and structs are not taken.

    Returns
    -------
    bytes
        The .xlsx file; the same frames give the same bytes.

    Raises
    ------
    Refused
        ``tables.too_long``, ``tables.too_wide`` or ``tables.text_too_long``: more than a spreadsheet holds.

    Examples
    --------
    >>> write_xlsx(pl.DataFrame({"code": ["500108190001010012"]}))[:2]
    b'PK'
    """
    sheets = {"Sheet1": frames} if isinstance(frames, pl.DataFrame) else frames
    prepared: list[tuple[str, Any]] = []
    formats = {}
    for name, frame in sheets.items():
        sheet = _cells(frame, sheet=name)
        prepared.append((name, sheet))
        formats[name] = {
            column: Format().set_num_format("@")
            if dtype == pl.String
            else Format().set_num_format("yyyy-mm-dd" if dtype == pl.Date else "yyyy-mm-dd hh:mm:ss")
            for column, dtype in sheet.schema.items()
            if dtype in (pl.String, pl.Date) or isinstance(dtype, pl.Datetime)
        }
    buffer = io.BytesIO()
    write_worksheets(
        prepared,
        buffer,
        freeze_panes={"general": {"row": 1, "col": 0}},
        bold_headers=True,
        column_formats={name: columns for name, columns in formats.items() if columns},
    )
    return with_fixed_dates(buffer.getvalue())


def _cells(frame: pl.DataFrame, *, sheet: str) -> pl.DataFrame:
    """The frame in types that the writer keeps; it drops decimals and dates before 1900 without a word."""
    for code, message, size, limit in (
        ("tables.too_long", mark("A sheet holds %(limit)s rows."), frame.height + 1, EXCEL_ROWS),
        ("tables.too_wide", mark("A sheet holds %(limit)s columns."), frame.width, EXCEL_COLUMNS),
    ):
        if size > limit:
            remedy = mark("Export to CSV, or filter first.")
            raise Refused(Problem(code, message, Place(sheet=sheet), remedy, params={"limit": limit}))
    columns = [_column(series) for series in frame.iter_columns()]
    for series in columns:
        if series.dtype == pl.String and (series.str.len_chars() > EXCEL_TEXT).any():
            raise Refused(
                Problem(
                    "tables.text_too_long",
                    mark("A text is longer than the %(limit)s characters that a cell holds."),
                    Place(sheet=sheet, column=series.name),
                    mark("Export to CSV."),
                    params={"limit": EXCEL_TEXT},
                )
            )
    return pl.DataFrame(columns)


def _column(series: pl.Series) -> pl.Series:
    dtype = series.dtype
    if dtype in (pl.String, pl.Boolean, pl.Float64, pl.Float32):
        return series
    if dtype.is_integer():
        exact = series.abs().max() if dtype.is_signed_integer() else series.max()
        return series.cast(pl.String) if isinstance(exact, int) and exact > _EXACT_INTEGER else series.cast(pl.Int64)
    if dtype.is_decimal():
        return series.cast(pl.Float64)
    if isinstance(dtype, pl.Datetime):
        return series.dt.replace_time_zone(None)
    if dtype == pl.Date:
        early = pl.select((series < _FIRST_DATE).any()).item()
        return series.cast(pl.String) if early else series
    if dtype.is_nested() or dtype in (pl.Object, pl.Binary):
        raise TypeError(f"column {series.name!r} of type {dtype} cannot be written to a sheet")
    return series.cast(pl.String)


def with_fixed_dates(workbook: bytes) -> bytes:
    """The workbook with the time of writing taken out; the packed bytes of its other parts are copied as they are.

    Source
    ------
    PKWARE APPNOTE 6.3.10, §4.3.7 (local header), §4.3.12 (central directory), §4.3.16 (end of directory).
    """
    out = io.BytesIO()
    directory = []
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        for member in archive.infolist():
            start = member.header_offset + 30 + sum(struct.unpack_from("<HH", workbook, member.header_offset + 26))
            packed, size, method = (
                workbook[start : start + member.compress_size],
                member.file_size,
                member.compress_type,
            )
            crc = member.CRC
            if member.filename == "docProps/core.xml":
                packed, size, method, crc = _CORE_PROPERTIES, len(_CORE_PROPERTIES), 0, zlib.crc32(_CORE_PROPERTIES)
            name = member.filename.encode()
            # version 2.0, UTF-8 names, 1980-01-01 00:00
            common = struct.pack("<5H3L2H", 20, 0x800, method, 0, 0x21, crc, len(packed), size, len(name), 0)
            directory.append(
                b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<3H2L", 0, 0, 0, 0, out.tell()) + name
            )
            out.write(b"PK\x03\x04" + common + name + packed)
    start = out.tell()
    entries = b"".join(directory)
    out.write(entries)
    out.write(b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, len(directory), len(directory), len(entries), start, 0))
    return out.getvalue()
