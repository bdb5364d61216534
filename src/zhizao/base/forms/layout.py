"""A report as a sheet that looks like the official form: written blank or filled, read back, or pasted as text.

Title; on the left who reports and for which period, on the right form number, authority and until when the form is
valid; the table with 甲 乙 丙 1 2 under its header; at the foot the checks and the lines to sign. A file is read back
only if it is this form, for this period and organisation, with its columns, codes, names and units where they belong.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

from zhizao.base.forms.definition import Form, Row, key, text_in
from zhizao.kernel import text
from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.span import Span
from zhizao.kernel.tables import Grid, Source, Table, find_table, read_grids
from zhizao.kernel.tables.header import header_key

HEADS: Final = ("指标名称", "计量单位", "代码")
_NUMBER, _PERIOD, _KEY = "表    号：", "报告期：", "单位标识："
_STEMS: Final = "甲乙丙"
_CREATED: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001 -- a constant of the file format, no instant
_FONT: Final = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter"}
_LANGUAGE: Final = "zh"
"""The sheet is the official form, so it speaks Chinese to every reader."""


def write_sheet(
    form: Form,
    printed: Mapping[str, str] | None = None,
    *,
    period: Span,
    organisation: str = "",
    subject_key: str = "",
    locked: Mapping[str, str] | None = None,
) -> bytes:
    """The form as .xlsx, blank or with figures; the same content gives the same bytes.

    Parameters
    ----------
    printed : cell to text, optional
    locked : cell to the source of its figure, optional
        These cells are grey and carry the source as a comment.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": _CREATED, "title": text_in(form.title, _LANGUAGE)})
    sheet = book.add_worksheet(form.number[:31])
    writer = _Writer(book, sheet, form)
    writer.head(period, organisation=organisation, subject_key=subject_key)
    writer.header()
    writer.body(printed or {}, locked or {})
    writer.foot()
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
    return buffer.getvalue()


class _Writer:
    def __init__(self, book: Any, sheet: Any, form: Form) -> None:
        self._book, self._sheet, self._form = book, sheet, form
        self._row = 0
        self._last = len(HEADS) + len(form.columns) - 1

    def _style(self, **look: object) -> Any:
        return self._book.add_format({**_FONT, **look})

    def _across(self, left: int, right: int, words: str, style: Any, *, row: int | None = None) -> None:
        row = self._row if row is None else row
        if right > left:
            self._sheet.merge_range(row, left, row, right, "", style)
        self._sheet.write_string(row, left, words, style)

    def head(self, period: Span, *, organisation: str, subject_key: str) -> None:
        form = self._form
        title = text_in(form.title, _LANGUAGE)
        self._across(0, self._last, title, self._style(font_size=16, bold=True, align="center"))
        self._sheet.set_row(0, 30)
        valid = form.valid_until.strftime("%Y年%-m月") if form.valid_until else "—"
        pairs = (
            (f"{_KEY}{subject_key}", f"{_NUMBER}{form.number}（{form.edition}版）"),
            (f"单位详细名称：{organisation}", f"综合机关名称：{text_in(form.issuer, _LANGUAGE)}"),
            (f"{_PERIOD}{period.to_chinese()}", f"有效期至：{valid}"),
        )
        for left, right in pairs:
            self._row += 1
            self._sheet.write_string(self._row, 0, left, self._style(align="left"))
            self._across(1, self._last, right, self._style(align="right"))
        if form.unit:
            self._row += 1
            self._across(0, self._last, f"计量单位：{form.unit}", self._style(align="right"))
        self._row += 1

    def header(self) -> None:
        style = self._style(bold=True, align="center", border=1, bg_color="#EEF1F5", text_wrap=True)
        names = [text_in(column.name, _LANGUAGE).split("/", 1) for column in self._form.columns]
        deep = any(len(name) == 2 for name in names)
        for index, words in enumerate(HEADS):
            if deep:
                self._sheet.merge_range(self._row, index, self._row + 1, index, "", style)
            self._sheet.write_string(self._row, index, words, style)
        start = 0
        while start < len(names):
            end = start
            while len(names[start]) == 2 and end + 1 < len(names) and names[end + 1][0] == names[start][0]:
                end += 1
            if len(names[start]) == 1 and deep:
                self._sheet.merge_range(self._row, start + 3, self._row + 1, start + 3, "", style)
            self._across(start + 3, end + 3, names[start][0], style)
            for index in range(start, end + 1):
                if len(names[index]) == 2:
                    self._sheet.write_string(self._row + 1, index + 3, names[index][1], style)
            start = end + 1
        self._row += 2 if deep else 1
        for index in range(self._last + 1):
            words = _STEMS[index] if index < len(HEADS) else str(index - len(HEADS) + 1)
            self._sheet.write_string(self._row, index, words, style)
        self._row += 1
        self._sheet.freeze_panes(self._row, 1)
        self._sheet.set_column(0, 0, 40)
        self._sheet.set_column(1, 1, 12)
        self._sheet.set_column(2, 2, 8)
        self._sheet.set_column(3, self._last, 16)

    def body(self, printed: Mapping[str, str], locked: Mapping[str, str]) -> None:
        names = {n: self._style(border=1, indent=n, text_wrap=True) for n in {row.level for row in self._form.rows}}
        centre = self._style(border=1, align="center")
        open_ = self._style(border=1, align="right", num_format="@")
        shut = self._style(border=1, align="right", num_format="@", bg_color="#E7E9EC")
        for row in self._form.rows:
            self._sheet.write_string(self._row, 0, _row_name(row), names[row.level])
            self._sheet.write_string(self._row, 1, row.unit or "—", centre)
            self._sheet.write_string(self._row, 2, row.code, centre)
            for index, column in enumerate(self._form.columns, start=len(HEADS)):
                cell = key(row, column)
                style = shut if row.node is not None or cell in locked else open_
                self._sheet.write_string(self._row, index, printed.get(cell, ""), style)
                if cell in locked:
                    self._sheet.write_comment(self._row, index, locked[cell])
            self._row += 1

    def foot(self) -> None:
        style = self._style(align="left", text_wrap=True)
        seen = dict.fromkeys(text_in(check.text, _LANGUAGE).partition("：")[0] for check in self._form.checks)
        relations = [words for words in seen if any(sign in words for sign in "≥≤=")]
        if relations:
            self._across(0, self._last, f"说明：审核关系：{'；'.join(relations)}", style)
            self._row += 1
        self._across(
            0, self._last, "单位负责人：　　　　统计负责人：　　　　填表人：　　　　报出日期：　　年　月　日", style
        )


def _row_name(row: Row) -> str:
    words = text_in(row.name, _LANGUAGE)
    if not row.choices:
        return words
    return f"{words}（{' '.join(f'{name}{text_in(answer, _LANGUAGE)}' for name, answer in row.choices.items())}）"


def read_sheet(
    form: Form, source: Source, *, period: Span, subject_key: str = "", file: str | None = None
) -> dict[str, str]:
    """The cells of a sheet in the form's layout as text; blank cells are left out.

    Raises
    ------
    Refused
        ``forms.other_form``, ``forms.other_period``, ``forms.other_subject``, ``forms.other_unit``, ``forms.columns``,
        ``forms.code``, ``forms.shifted``, each with sheet, row and column; and what reading a workbook refuses.
    """
    grid = _sheet_of(form, read_grids(source, file=file).value)
    table = find_table(grid, known=_heads(form))
    if problems := [*_wrong_head(form, grid, period, subject_key), *_wrong_columns(form, table)]:
        raise Refused(*problems)
    found: dict[str, str] = {}
    problems = list(_read_body(form, table, found))
    if problems:
        raise Refused(*problems)
    return found


def _sheet_of(form: Form, grids: tuple[Grid, ...]) -> Grid:
    for grid in grids:
        if any(form.number in cell for row in grid.rows[:8] for cell in row):
            return grid
    place = Place(file=grids[0].file, sheet=grids[0].sheet)
    message = mark("This is not the form %(number)s: its number is on no sheet.")
    remedy = mark("Download the form, fill it in and upload that file.")
    raise Refused(Problem("forms.other_form", message, place, remedy, params={"number": form.number}))


def _wrong_head(form: Form, grid: Grid, period: Span, subject_key: str) -> Iterator[Problem]:
    """What stands above the table must be this report's."""
    said = _said(grid)
    index, words = said.get(_PERIOD, (0, ""))
    try:
        right = Span.parse(words) == period
    except Refused:
        right = False
    if not right:
        message = mark("The sheet is for %(found)s; this report is for %(wanted)s.")
        params = {"found": words or "—", "wanted": period.to_chinese()}
        remedy = mark("Upload it to the report of its own period, or download this one's form.")
        yield Problem("forms.other_period", message, grid.place(index), remedy, params=params)
    index, words = said.get(_KEY, (0, ""))
    if subject_key and words and words != subject_key:
        message = mark("The sheet belongs to another organisation (%(found)s).")
        remedy = mark("Download the form of your own organisation.")
        yield Problem("forms.other_subject", message, grid.place(index), remedy, params={"found": words})
    index, words = said.get("计量单位：", (0, form.unit))
    if words != form.unit:
        message = mark("The sheet is in %(found)s; this form is in %(wanted)s.")
        params = {"found": words or "—", "wanted": form.unit or "—"}
        yield Problem("forms.other_unit", message, grid.place(index), mark("Convert the figures."), params=params)


def _said(grid: Grid) -> dict[str, tuple[int, str]]:
    """``label：words`` of the lines above the table, with their row."""
    found = {}
    for index, row in enumerate(grid.rows[:8]):
        for cell in row:
            for label in (_PERIOD, _KEY, "计量单位："):
                if _tight(cell).startswith(_tight(label)):
                    found[label] = (index, text.normalise(cell).replace("：", ":").partition(":")[2].strip())
    return found


def _heads(form: Form) -> list[str]:
    return [*HEADS, *(text_in(column.name, _LANGUAGE) for column in form.columns)]


def _tight(words: str) -> str:
    return header_key(words).replace(":", "：")


def _wrong_columns(form: Form, table: Table) -> Iterator[Problem]:
    wanted = _heads(form)
    found = [header_key(name) for name in table.names]
    for index, name in enumerate(wanted):
        here = found[index] if index < len(found) else ""
        if here != header_key(name):
            message = mark("Column %(number)s is headed “%(found)s”; “%(wanted)s” belongs there.")
            params = {"number": index + 1, "found": here or "—", "wanted": name}
            remedy = mark("Neither move, add nor delete columns.")
            yield Problem("forms.columns", message, Place(table.file, table.sheet), remedy, params=params)
            return  # the columns after it are wrong for the same reason
    if len(found) > len(wanted):
        message = mark("There are more columns than the form has: “%(found)s”.")
        place = Place(table.file, table.sheet)
        remedy = mark("Neither move, add nor delete columns.")
        yield Problem("forms.columns", message, place, remedy, params={"found": found[len(wanted)]})


def _read_body(form: Form, table: Table, found: dict[str, str]) -> Iterator[Problem]:
    rows = {row.code: row for row in form.rows}
    seen: set[str] = set()
    for index, cells in enumerate(table.rows):
        code = _code(cells[2], rows)
        row = rows.get(code)
        if row is None or code in seen:
            message = mark("The code “%(code)s” stands twice.") if row else mark("There is no row “%(code)s”.")
            place = table.place(index, HEADS[2])
            remedy = mark("Put the codes of the form back in their places.")
            yield Problem("forms.code", message, place, remedy, params={"code": code or "—"})
            continue
        seen.add(code)
        yield from _wrong_row(row, cells, table, index)
        for column, cell in zip(form.columns, cells[len(HEADS) :], strict=True):
            if text.normalise(cell):
                found[key(row, column)] = cell.strip()
    if missing := [code for code in rows if code not in seen]:
        message = mark("Rows are missing: %(codes)s.")
        place = Place(table.file, table.sheet)
        remedy = mark("Put the codes of the form back in their places.")
        yield Problem("forms.code", message, place, remedy, params={"codes": ", ".join(missing)})


def _code(cell: str, rows: Mapping[str, Row]) -> str:
    """A code as written; a spreadsheet makes 1 of 01."""
    code = text.normalise(cell)
    return code if code in rows else next((known for known in rows if known.lstrip("0") == code and code), code)


def _wrong_row(row: Row, cells: list[str], table: Table, index: int) -> Iterator[Problem]:
    name, unit = header_key(cells[0]), text.normalise(cells[1])
    if name != header_key(_row_name(row)):
        message = mark("Row %(code)s is named “%(found)s”; “%(wanted)s” belongs there: the rows are shifted.")
        params = {"code": row.code, "found": name or "—", "wanted": _row_name(row)}
        remedy = mark("Put names, codes and figures back in their rows.")
        yield Problem("forms.shifted", message, table.place(index, HEADS[0]), remedy, params=params)
    if unit not in (row.unit or "—", row.unit):
        message = mark("Row %(code)s is in %(found)s; the form asks for %(wanted)s.")
        params = {"code": row.code, "found": unit or "—", "wanted": row.unit or "—"}
        place = table.place(index, HEADS[1])
        yield Problem("forms.other_unit", message, place, mark("Convert the figures."), params=params)


def read_pasted(form: Form, pasted: str) -> dict[str, str]:
    """A block copied from a sheet: the whole table, found by its codes, or figures alone in the order of the rows.

    Raises
    ------
    Refused : ``forms.pasted``: more rows or columns than the form has.
    """
    lines = [line.split("\t") for line in pasted.replace("\r\n", "\n").split("\n") if line.strip()]
    places = [_code_place(form, line) for line in lines]
    coded = all(place is not None for place in places)
    found: dict[str, str] = {}
    problems = []
    for number, (line, place) in enumerate(zip(lines, places, strict=True)):
        if coded and place is not None:
            row, figures = place[0], line[place[1] + 1 :]
        else:
            row, figures = (form.rows[number] if number < len(form.rows) else None), line
        if row is None or len(figures) > len(form.columns):
            message = mark("Line %(line)s does not fit the form, which has %(rows)s rows and %(columns)s columns.")
            params = {"line": number + 1, "rows": len(form.rows), "columns": len(form.columns)}
            remedy = mark("Copy only the figures, or the whole table with its codes.")
            problems.append(Problem("forms.pasted", message, Place(line=number + 1), remedy, params=params))
            continue
        for column, cell in zip(form.columns, figures, strict=False):
            if text.normalise(cell):
                found[key(row, column)] = cell.strip()
    if problems:
        raise Refused(*problems)
    return found


def _code_place(form: Form, line: list[str]) -> tuple[Row, int] | None:
    """Which row a line is by its code, and where the code stands: first, or after the row's own name."""
    for row in form.rows:
        if text.normalise(line[0]) == row.code:
            return row, 0
        if header_key(line[0]) == header_key(_row_name(row)):
            at = next((i for i, cell in enumerate(line[1:3], start=1) if _code(cell, {row.code: row}) == row.code), 0)
            return row, at
    return None
