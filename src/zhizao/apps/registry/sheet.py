"""The register as a table: its columns, the empty form, reading and checking a file. No database is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from zhizao.apps.registry import attributes
from zhizao.kernel import credit_code, names
from zhizao.kernel.result import Place, Problem, Refused, Severity, mark

if TYPE_CHECKING:
    import polars as pl

    from zhizao.kernel.tables import Column, Source
    from zhizao.kernel.tables.schema import Kind

TITLE = "企业名录"
SPLIT = "、"

# name: (kind, unit, heads under which it may stand; the first is the one of our form)
_COLUMNS: dict[str, tuple[Kind, str | None, tuple[str, ...]]] = {
    "id": ("text", None, ("标识",)),
    "name": ("text", None, ("企业名称", "单位名称", "单位详细名称", "企业全称")),
    "credit_code": ("text", None, ("统一社会信用代码", "社会信用代码", "信用代码")),
    "short_name": ("text", None, ("简称", "企业简称")),
    "former_name": ("text", None, ("曾用名",)),
    "english_name": ("text", None, ("英文名称",)),
    "tier": ("text", None, ("梯队", "企业梯队", "类别")),
    "sector": ("text", None, ("产业", "支柱产业", "所属产业")),
    "industry": ("text", None, ("行业代码", "国民经济行业代码")),
    "park": ("text", None, ("园区", "所在园区")),
    "grid": ("text", None, ("街道", "街道网格")),
    "group": ("text", None, ("所属集团",)),
    "above_scale": ("boolean", None, ("规上", "是否规上")),
    "employees": ("integer", "人", ("从业人员", "从业人数")),
    "revenue_wan_yuan": ("decimal", "万元", ("营业收入",)),
    "assets_wan_yuan": ("decimal", "万元", ("资产总计",)),
    "founded_on": ("date", None, ("成立日期",)),
    "address": ("text", None, ("地址", "注册地址")),
    "contact_person": ("text", None, ("联系人",)),
    "contact_phone": ("text", None, ("联系电话",)),
    "valid_from": ("date", None, ("生效日期", "起始日期")),
    "source": ("text", None, ("来源",)),
}
COLUMN_NAMES = tuple(_COLUMNS)
MEMBERSHIPS = ("sector", "park", "grid", "group")
NAMES = ("short_name", "former_name", "english_name")
ATTRIBUTES = tuple(name for name in _COLUMNS if name in attributes.OWN)


@cache
def columns() -> tuple[Column, ...]:
    """The columns of the table; a file may hold others, which are left out."""
    from zhizao.kernel.tables import Column  # polars is heavy: only where a file is read or written

    return tuple(
        Column(name=name, kind=kind, unit=unit, aliases=heads, required=name == "name")
        for name, (kind, unit, heads) in _COLUMNS.items()
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a register that has been read: its cells by column (None is unknown), and where it stands."""

    cells: dict[str, Any]
    place: Place

    def at(self, column: str) -> Place:
        place = self.place
        return Place(file=place.file, sheet=place.sheet, row=place.row, column=column)


def form(frame: pl.DataFrame | None = None) -> bytes:
    """The register as an xlsx form; without a frame the empty one to fill in."""
    return form_of(TITLE, columns(), frame)


def table(frame: pl.DataFrame) -> bytes:
    """The register as CSV, under the heads of the form."""
    return table_of(columns(), frame)


def form_of(title: str, columns: Sequence[Column], frame: pl.DataFrame | None) -> bytes:
    """A table as an xlsx form under a title; without a frame the empty one to fill in."""
    import polars as pl

    from zhizao.kernel.tables import Form, FormColumn, write_form

    kinds = {"integer": "integer", "decimal": "decimal", "date": "date"}
    shown = tuple(
        FormColumn(name=column.name, header=_head(column), kind=kinds.get(column.kind, "text")) for column in columns
    )
    empty = pl.DataFrame({column.name: pl.Series([], dtype=pl.String) for column in columns})
    return write_form(Form(title=title, columns=shown), empty if frame is None else frame)


def table_of(columns: Sequence[Column], frame: pl.DataFrame) -> bytes:
    """A table as CSV, under the heads of its form."""
    from zhizao.kernel.tables import write_csv

    return write_csv(frame.rename({column.name: _head(column) for column in columns}))


def _head(column: Column) -> str:
    return f"{column.aliases[0]}（{column.unit}）" if column.unit else column.aliases[0]


def read(source: Source, *, file: str | None = None) -> list[Row]:
    """Read a register from xlsx or CSV and check what can be checked without the one that is kept.

    Raises
    ------
    Refused : with every problem found, each with its row and column.
    """
    from zhizao.kernel.tables.delimited import capped

    rows = rows_of(source, columns(), file=file)
    problems = [problem for row in rows for problem in _wrong(row)]
    problems += _twice(rows, "name", names.normalise) + _twice(rows, "credit_code", str) + _twice(rows, "id", str)
    if problems:
        raise Refused(*capped(sorted(problems, key=lambda problem: problem.place.row or 0)))
    return rows


def rows_of(source: Source, columns: Sequence[Column], *, file: str | None) -> list[Row]:
    """The rows of the first table in a workbook or CSV that has these columns, typed."""
    from zhizao.kernel.tables import find_table, read_grids, typed

    known = [header for column in columns for header in column.headers]
    grids = read_grids(source, file=file)
    table, refusal = None, None
    for grid in grids.value:
        try:
            table = find_table(grid, known=known)
            break
        except Refused as error:
            refusal = refusal or error
    if table is None:
        raise refusal or Refused(Problem("tables.no_header", mark("No header row was found."), Place(file=file)))
    frame = typed(table, columns)
    first = columns[0].name
    return [Row(cells, table.place(index, first)) for index, cells in enumerate(frame.iter_rows(named=True))]


def _wrong(row: Row) -> Iterator[Problem]:
    cells = row.cells
    name = cells["name"]
    if credit_code.is_valid(name) or name.replace(".", "").replace("-", "").isdecimal():
        yield Problem(
            "registry.shifted",
            mark("“%(text)s” stands where the name belongs; the columns of this row have moved."),
            row.at("name"),
            mark("Move the cells back under their heads."),
            params={"text": name[:40]},
        )
    if code := cells["credit_code"]:
        for problem in credit_code.problems(code):
            if problem.severity is Severity.ERROR:
                yield Problem(
                    problem.code, problem.message, row.at("credit_code"), problem.remedy, params=problem.params
                )
    for column in ATTRIBUTES:
        if cells[column] is not None:
            try:
                cells[column] = attributes.read(column, text_of(cells[column]))
            except Refused as refused:
                for problem in refused.problems:
                    yield Problem(problem.code, problem.message, row.at(column), problem.remedy, params=problem.params)


def text_of(value: object) -> str:
    """A typed cell as the text that the attributes read."""
    return {True: attributes.YES, False: attributes.NO}[value] if isinstance(value, bool) else str(value)


def _twice(rows: list[Row], column: str, key: Any) -> list[Problem]:
    seen: dict[str, int] = {}
    found = []
    for row in rows:
        if not (value := row.cells[column]):
            continue
        first = seen.setdefault(key(value), row.place.row or 0)
        if first != (row.place.row or 0):
            found.append(
                Problem(
                    "registry.twice",
                    mark("“%(text)s” stands in row %(first)s already."),
                    row.at(column),
                    mark("Delete one of the two rows."),
                    params={"text": str(value)[:40], "first": first},
                )
            )
    return found
