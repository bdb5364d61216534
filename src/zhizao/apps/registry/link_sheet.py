"""Links of suppliers and buyers as a table: its columns, the empty form, reading and checking. No database is needed.

| column | head | what it says |
|---|---|---|
| supplier, buyer | 供应商, 采购方 | id, credit code or name of an enterprise; 区外: outside the region; 区外：X: in X |
| product | 产品 | what is sold; two products of one pair are two links |
| amount_wan_yuan | 年金额（万元） | in a calendar year while the row holds; empty: not known |
| share_pct | 占采购额比重（%） | of all that the buyer buys |
| parties | 家数 | how many suppliers or buyers the row stands for; 1 where it is empty, but unknown for 区外 |
| basis | 依据 | declared 申报, invoiced 发票, estimated 估算; declared where it is empty |
| confidence | 可信度 | H 高, M 中, L 低; M where it is empty |
| valid_from, valid_to | 起始日期, 终止日期 | first and last day; no last day: until another row says otherwise |
| simulated | 模拟 | 是: invented, and marked so wherever it is shown |
| source | 来源 | document, list or visit |

As exported: in Polars ``read_csv(...)``, or ``exporting.links_frame`` gives the same table to the engines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from zhizao.apps.registry import sheet
from zhizao.apps.registry.sheet import Row
from zhizao.kernel.money import Money
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    import polars as pl

    from zhizao.kernel.tables import Column, Source
    from zhizao.kernel.tables.schema import Kind

TITLE: Final = "供应关系"
OUTSIDE: Final = "区外"
OUTSIDE_IN: Final = "区外："
"""Before the name of an outside region."""
BASES: Final = {"申报": "declared", "发票": "invoiced", "估算": "estimated"}
CONFIDENCES: Final = {"高": "H", "中": "M", "低": "L"}
WHOLE_PCT: Final = Decimal(100)

_COLUMNS: dict[str, tuple[Kind, str | None, tuple[str, ...]]] = {
    "supplier": ("text", None, ("供应商", "供应商标识", "供方", "销售方")),
    "supplier_name": ("text", None, ("供应商名称",)),
    "buyer": ("text", None, ("采购方", "采购方标识", "需方", "购买方")),
    "buyer_name": ("text", None, ("采购方名称",)),
    "product": ("text", None, ("产品", "产品名称")),
    "amount_wan_yuan": ("decimal", "万元", ("年金额", "年采购额", "年销售额")),
    "share_pct": ("decimal", "%", ("占采购额比重",)),
    "parties": ("integer", "家", ("家数",)),
    "basis": ("text", None, ("依据", "取数依据")),
    "confidence": ("text", None, ("可信度",)),
    "valid_from": ("date", None, ("起始日期", "生效日期")),
    "valid_to": ("date", None, ("终止日期",)),
    "simulated": ("boolean", None, ("模拟", "是否模拟")),
    "source": ("text", None, ("来源",)),
}
REQUIRED: Final = ("supplier", "buyer", "valid_from")
COLUMN_NAMES = tuple(_COLUMNS)


@cache
def columns() -> tuple[Column, ...]:
    """The columns of the table; the two names are there to be read by people and are not taken in."""
    from zhizao.kernel.tables import Column

    return tuple(
        Column(name=name, kind=kind, unit=unit, aliases=heads, required=name in REQUIRED)
        for name, (kind, unit, heads) in _COLUMNS.items()
    )


def form(frame: pl.DataFrame | None = None) -> bytes:
    """The links as an xlsx form; without a frame the empty one to fill in."""
    return sheet.form_of(TITLE, columns(), frame)


def table(frame: pl.DataFrame) -> bytes:
    """The links as CSV, under the heads of the form."""
    return sheet.table_of(columns(), frame)


def read(source: Source, *, file: str | None = None) -> list[Row]:
    """Read links from xlsx or CSV; the cells of basis, confidence, amount and share in the form in which they are kept.

    Raises
    ------
    Refused : with every problem found, each with its row and column.
    """
    from zhizao.kernel.tables.delimited import capped

    rows = sheet.rows_of(source, columns(), file=file)
    problems = [problem for row in rows for problem in _wrong(row)]
    problems += _twice(rows)
    if problems:
        raise Refused(*capped(sorted(problems, key=lambda problem: problem.place.row or 0)))
    return rows


def _wrong(row: Row) -> Iterator[Problem]:
    cells = row.cells
    cells["fen"] = cells["ppm"] = None
    if (amount := cells["amount_wan_yuan"]) is not None:
        try:
            cells["fen"] = Money.from_wan_yuan(amount).fen
        except Refused as refused:
            yield from (
                Problem(p.code, p.message, row.at("amount_wan_yuan"), p.remedy, params=p.params)
                for p in refused.problems
            )
        if amount < 0:
            yield Problem(
                "registry.link_negative",
                mark("An amount sold in a year is not below zero."),
                row.at("amount_wan_yuan"),
                mark("Net returns against the sales of the year."),
            )
    if (share := cells["share_pct"]) is not None:
        cells["ppm"] = round(share * 10_000)
        if not 0 <= share <= WHOLE_PCT:
            yield Problem(
                "registry.link_share",
                mark("A share lies between 0 and 100."),
                row.at("share_pct"),
                mark("Write 2.6 where the list says 2.6 per cent."),
            )
    if (parties := cells["parties"]) is not None and parties < 1:
        yield Problem(
            "registry.link_parties",
            mark("A row stands for at least one supplier or buyer."),
            row.at("parties"),
            mark("Leave the cell empty where the number is not known."),
        )
    if cells["valid_from"] and cells["valid_to"] and cells["valid_to"] < cells["valid_from"]:
        yield Problem(
            "registry.link_days",
            mark("The last day lies before the first."),
            row.at("valid_to"),
            mark("Exchange the two, or leave the last day empty."),
        )
    yield from _word(row, "basis", BASES, "declared")
    yield from _word(row, "confidence", CONFIDENCES, "M")


def _word(row: Row, column: str, words: Mapping[str, str], otherwise: str) -> Iterator[Problem]:
    text = row.cells[column]
    row.cells[column] = otherwise if text is None else words.get(text, text)
    if row.cells[column] not in words.values():
        yield Problem(
            "registry.link_word",
            mark("“%(text)s” is not one of the words of this column."),
            row.at(column),
            mark("Write one of %(words)s."),
            params={"text": text[:40], "words": "、".join(words)},
        )


def _twice(rows: list[Row]) -> list[Problem]:
    first: dict[tuple[Any, ...], int] = {}
    found = []
    for row in rows:
        key = tuple(row.cells[name] for name in ("supplier", "buyer", "product", "valid_from"))
        before = first.setdefault(key, row.place.row or 0)
        if before != (row.place.row or 0):
            found.append(
                Problem(
                    "registry.twice",
                    mark("“%(text)s” stands in row %(first)s already."),
                    row.at("supplier"),
                    mark("Delete one of the two rows."),
                    params={"text": str(row.cells["supplier"])[:40], "first": before},
                )
            )
    return found
