"""What the parser of workbooks does not tell: the extent a sheet claims, errors, formulas without value, percentages.

The parser allocates a sheet as one dense block and gives an error or an uncalculated formula as an empty cell, so the
XML is looked through before it is parsed.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.tables.limits import Limits, check_zip, damaged_workbook, too_much

_COLUMN_REFERENCE: Final = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})""")
_ROW_REFERENCE: Final = re.compile(rb"""\sr\s*=\s*["'][A-Za-z]{0,3}(\d{1,9})""")
_WIDE_OR_LONG: Final = re.compile(rb"""r\s*=\s*["'](?:[A-Za-z]{2}|[A-Za-z]?\d{7})""")
_BARE_ROW: Final = re.compile(rb"""<row(?![^>]*\sr\s*=)""")
_WINDOW: Final = 1 << 23
_OVERLAP: Final = 64
_ERROR_CELL: Final = re.compile(
    rb"""<c\s(?=[^>]*\bt="e")[^>]*\br="([A-Z]+)(\d+)"[^>]*>(?:<f\b[^>]*(?:/>|>[^<]*</f>))?<v>([^<]*)"""
)
_EMPTY_FORMULA: Final = re.compile(
    rb"""<c\s(?![^>]*\bt="str")[^>]*\br="([A-Z]+)(\d+)"[^>]*>\s*<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"""
)
_BUILTIN_PERCENT: Final = frozenset((9, 10))
_QUOTED: Final = re.compile(r'"[^"]*"|\\.')
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class SheetScan:
    """Of one sheet: the cells (row, column; from 0) shown as percentages, and what cannot be read."""

    percent_cells: frozenset[tuple[int, int]]
    problems: tuple[Problem, ...]


class Scanner:
    """Looks into the parts of an xlsx file; refuses what is no xlsx, and what would inflate beyond the limits."""

    def __init__(self, data: bytes, *, file: str | None, limits: Limits) -> None:
        check_zip(data, file=file, limits=limits)
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._file = file
        self._limits = limits
        self._parts = self._sheet_parts()
        self._percent_styles = self._find_percent_styles()

    def _xml(self, part: str) -> ElementTree.Element:
        content = self._archive.read(part)
        if b"<!DOCTYPE" in content:
            raise Refused(damaged_workbook(self._file))
        return ElementTree.fromstring(content)  # noqa: S314 -- no DTD, so no entities to expand

    def _sheet_parts(self) -> dict[str, str]:
        try:
            relations = {
                node.get("Id"): node.get("Target", "") for node in self._xml("xl/_rels/workbook.xml.rels").iter()
            }
            sheets = self._xml("xl/workbook.xml").iter(f"{_MAIN}sheet")
            parts = {node.get("name", ""): relations.get(node.get(_RELATION), "") for node in sheets}
        except (KeyError, ElementTree.ParseError):
            raise Refused(damaged_workbook(self._file)) from None
        return {
            name: target.lstrip("/") if target.startswith("/") else f"xl/{target}" for name, target in parts.items()
        }

    def _find_percent_styles(self) -> frozenset[int]:
        try:
            styles = self._xml("xl/styles.xml")
        except KeyError:
            return frozenset()
        except ElementTree.ParseError:
            raise Refused(damaged_workbook(self._file)) from None
        formats = set(_BUILTIN_PERCENT)
        for node in styles.iter(f"{_MAIN}numFmt"):
            if "%" in _QUOTED.sub("", node.get("formatCode", "")):
                formats.add(int(node.get("numFmtId", "0")))
        cells = styles.find(f"{_MAIN}cellXfs")
        return frozenset(
            number
            for number, node in enumerate(() if cells is None else cells)
            if int(node.get("numFmtId", "0")) in formats
        )

    def scan(self, sheet: str) -> SheetScan:
        """Look through one sheet.

        Raises
        ------
        Refused
            ``tables.too_long``, ``tables.too_wide`` or ``tables.too_many_cells``, before anything is allocated.
        """
        try:
            content = self._archive.read(self._parts[sheet])
        except KeyError:
            return SheetScan(frozenset(), ())
        self._check_extent(content, sheet)
        return SheetScan(frozenset(self._percent_cells(content)), tuple(self._unreadable(content, sheet)))

    def _check_extent(self, content: bytes, sheet: str) -> None:
        limits = self._limits
        # A row without a reference follows the one before it, so it can push the extent by one.
        bare_rows = len(_BARE_ROW.findall(content))
        if _WIDE_OR_LONG.search(content, max(0, content.find(b"<sheetData"))) is None:
            rows, columns = 999_999 + bare_rows, 26
            if rows <= limits.rows and columns <= limits.columns and rows * columns <= limits.cells:
                return
        letters: set[bytes] = set()
        numbers: set[bytes] = set()
        for start in range(0, len(content), _WINDOW):
            window = content[start : start + _WINDOW + _OVERLAP]
            letters.update(_COLUMN_REFERENCE.findall(window))
            numbers.update(_ROW_REFERENCE.findall(window))
        columns = max((column_number(name.decode()) for name in letters), default=0)
        rows = max(map(int, numbers), default=0) + bare_rows
        for message, code, found_size, limit in (
            (mark("The table has more than %(limit)s rows."), "tables.too_long", rows, limits.rows),
            (mark("The table has more than %(limit)s columns."), "tables.too_wide", columns, limits.columns),
            (mark("The table has more than %(limit)s cells."), "tables.too_many_cells", rows * columns, limits.cells),
        ):
            if found_size > limit:
                raise Refused(too_much(message, code, limit, self._file, sheet=sheet))

    def _percent_cells(self, content: bytes) -> Iterator[tuple[int, int]]:
        if not self._percent_styles:
            return
        styles = "|".join(map(str, sorted(self._percent_styles)))
        pattern = rf"""<c\s(?=[^>]*\bs="(?:{styles})")[^>]*\br="([A-Z]+)(\d+)\""""
        for match in re.finditer(pattern.encode(), content):
            yield int(match[2]) - 1, column_number(match[1].decode()) - 1

    def _unreadable(self, content: bytes, sheet: str) -> Iterator[Problem]:
        for match in _ERROR_CELL.finditer(content) if b't="e"' in content else ():
            yield Problem(
                "tables.error_cell",
                mark("The cell holds the error %(text)s."),
                Place(file=self._file, sheet=sheet, row=int(match[2]), column=match[1].decode()),
                mark("Correct the formula, or write the value."),
                params={"text": match[3].decode(errors="replace")},
            )
        if b"<f" in content:
            for match in _EMPTY_FORMULA.finditer(content):
                yield Problem(
                    "tables.formula_without_value",
                    mark("The formula in the cell was never calculated."),
                    Place(file=self._file, sheet=sheet, row=int(match[2]), column=match[1].decode()),
                    mark("Open the file in Excel or WPS, save it, and try again."),
                )


def column_number(letters: str) -> int:
    """The number of a column from its letters.

    >>> column_number("A"), column_number("XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
