"""Nodes, members and flows of chains as tables: columns, empty forms, reading and checking. No database is needed.

| table | column | head | what it says |
|---|---|---|---|
| all | chain | 产业链 | the chain's name |
| all | source | 来源 | document, list or visit; the file's name where it is empty |
| all | valid_from | 起始日期 | the first day; the day of the import where it is empty |
| nodes | node | 环节 | the node's name; a node that there is not yet is entered |
| nodes | stage | 阶段 | 上游, 中游, 下游 |
| nodes | products | 产品 | what is made there |
| nodes | place, layer | 序号, 层 | place in the chain's order; column of the map, from 0, set by hand |
| members | node, name | 环节, 名称 | at which node; the name as printed |
| members | enterprise | 企业标识 | id, credit code or name of who is meant; else the one that bears the name |
| members | member_type | 类型 | 企业, 渠道, 基地; 企业 where it is empty |
| edges | supplier, buyer | 供方环节, 需方环节 | two nodes of the chain |
| edges | product | 流向产品 | what flows |
| members, edges | confidence | 可信度 | 高, 中, 低; 中 where it is empty |
| members | basis | 依据 | 规划, 申报, 认定, 估算; 认定 where it is empty |
| members, edges | valid_to | 终止日期 | the last day |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from zhizao.apps.registry import sheet
from zhizao.apps.registry.link_sheet import CONFIDENCES
from zhizao.kernel import names
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    import polars as pl

    from zhizao.apps.registry.sheet import Row
    from zhizao.kernel.tables import Column, Source
    from zhizao.kernel.tables.schema import Kind

NODES, MEMBERS, EDGES = "nodes", "members", "edges"
TITLES: Final = {NODES: "产业链环节", MEMBERS: "产业链成员", EDGES: "环节供应关系"}
STAGES: Final = {"上游": "上游", "中游": "中游", "下游": "下游"}
TYPES: Final = {"企业": "enterprise", "渠道": "channel", "基地": "base"}
BASES: Final = {"规划": "plan", "申报": "declared", "认定": "judged", "估算": "estimated"}

_Heads = tuple["Kind", tuple[str, ...]]
_CHAIN: dict[str, _Heads] = {"chain": ("text", ("产业链", "产业链名称"))}
_NODE: dict[str, _Heads] = {"node": ("text", ("环节", "环节名称", "节点"))}
_FROM: dict[str, _Heads] = {"valid_from": ("date", ("起始日期", "生效日期"))}
_TO: dict[str, _Heads] = {"valid_to": ("date", ("终止日期",))}
_SOURCE: dict[str, _Heads] = {"source": ("text", ("来源",))}
_CONFIDENCE: dict[str, _Heads] = {"confidence": ("text", ("可信度",))}
_COLUMNS: dict[str, dict[str, _Heads]] = {
    NODES: {
        **_CHAIN,
        **_NODE,
        "stage": ("text", ("阶段", "上中下游")),
        "products": ("text", ("产品", "主要产品")),
        "place": ("integer", ("序号",)),
        "layer": ("integer", ("层", "层次")),
        **_FROM,
        **_SOURCE,
    },
    MEMBERS: {
        **_CHAIN,
        **_NODE,
        "name": ("text", ("名称", "成员", "企业名称")),
        "enterprise": ("text", ("企业标识", "标识")),
        "member_type": ("text", ("类型",)),
        "basis": ("text", ("依据",)),
        **_CONFIDENCE,
        **_FROM,
        **_TO,
        **_SOURCE,
    },
    EDGES: {
        **_CHAIN,
        "supplier": ("text", ("供方环节", "上游环节")),
        "buyer": ("text", ("需方环节", "下游环节")),
        "product": ("text", ("流向产品", "产品")),
        **_CONFIDENCE,
        **_FROM,
        **_TO,
        **_SOURCE,
    },
}
_REQUIRED: Final = {"chain", "node", "name", "supplier", "buyer"}
_KEYS: Final = {NODES: ("chain", "node"), MEMBERS: ("chain", "node", "name"), EDGES: ("chain", "supplier", "buyer")}
_WORDS: Final[dict[str, tuple[Mapping[str, str], str]]] = {
    "stage": (STAGES, ""),
    "member_type": (TYPES, "enterprise"),
    "basis": (BASES, "judged"),
    "confidence": (CONFIDENCES, "M"),
}
_LONGEST: Final = {"chain": 120, "node": 120, "supplier": 120, "buyer": 120, "name": 200, "product": 200}
MOST_LAYERS: Final = 99


@cache
def columns(what: str) -> tuple[Column, ...]:
    """The columns of one of the three tables."""
    from zhizao.kernel.tables import Column

    return tuple(
        Column(name=name, kind=kind, aliases=heads, required=name in _REQUIRED)
        for name, (kind, heads) in _COLUMNS[what].items()
    )


def form(what: str, frame: pl.DataFrame | None = None) -> bytes:
    """A table as an xlsx form; without a frame the empty one to fill in."""
    return sheet.form_of(TITLES[what], columns(what), frame)


def table(what: str, frame: pl.DataFrame) -> bytes:
    """A table as CSV, under the heads of its form."""
    return sheet.table_of(columns(what), frame)


def read(what: str, source: Source, *, file: str | None = None) -> list[Row]:
    """Read one of the tables from xlsx or CSV; its words in the form in which they are kept.

    Raises
    ------
    Refused : with every problem found, each with its row and column.
    """
    from zhizao.kernel.tables.delimited import capped

    rows = sheet.rows_of(source, columns(what), file=file)
    problems = [problem for row in rows for problem in _wrong(row)]
    problems += _twice(rows, _KEYS[what])
    if problems:
        raise Refused(*capped(sorted(problems, key=lambda problem: problem.place.row or 0)))
    return rows


def _wrong(row: Row) -> Iterator[Problem]:
    cells = row.cells
    for column, most in _LONGEST.items():
        if (text := cells.get(column)) is not None:
            # Subjects are called by normalised names; a name at a node stays as it is printed.
            cells[column] = " ".join(text.split()) if column in ("name", "product") else names.normalise(text)
            if not cells[column] or len(cells[column]) > most:
                yield Problem(
                    "chain.name",
                    mark("A name has 1 to %(most)s characters."),
                    row.at(column),
                    mark("Write the name as the document has it."),
                    params={"most": most},
                )
    for column, (words, otherwise) in _WORDS.items():
        if column not in cells:
            continue
        text = cells[column]
        cells[column] = otherwise if text is None else words.get(text, text)
        if text is not None and cells[column] not in words.values():
            yield Problem(
                "chain.word",
                mark("“%(text)s” is not one of the words of this column."),
                row.at(column),
                mark("Write one of %(words)s."),
                params={"text": text[:40], "words": "、".join(words)},
            )
    for column, most in (("layer", MOST_LAYERS), ("place", 100_000)):
        if (number := cells.get(column)) is not None and not 0 <= number <= most:
            yield Problem(
                "chain.number",
                mark("%(number)s is not between 0 and %(most)s."),
                row.at(column),
                mark("Count from 0, upstream first; leave the cell empty where nobody has said."),
                params={"number": number, "most": most},
            )
    if cells["valid_from"] and cells.get("valid_to") and cells["valid_to"] < cells["valid_from"]:
        yield Problem(
            "chain.days",
            mark("The last day lies before the first."),
            row.at("valid_to"),
            mark("Exchange the two, or leave the last day empty."),
        )
    if "buyer" in cells and cells["buyer"] == cells["supplier"]:
        yield Problem(
            "chain.edge_to_itself",
            mark("A node does not supply itself."),
            row.at("buyer"),
            mark("Choose another node as buyer."),
        )


def _twice(rows: list[Row], key: tuple[str, ...]) -> Iterator[Problem]:
    first: dict[tuple[Any, ...], int] = {}
    for row in rows:
        said = tuple(row.cells[name] for name in key)
        before = first.setdefault(said, row.place.row or 0)
        if before != (row.place.row or 0):
            yield Problem(
                "chain.twice",
                mark("“%(text)s” stands in row %(first)s already."),
                row.at(key[-1]),
                mark("Delete one of the two rows."),
                params={"text": str(said[-1])[:40], "first": before},
            )
