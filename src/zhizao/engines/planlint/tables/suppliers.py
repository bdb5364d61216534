"""How many suppliers the leading enterprises have, and how many of them are local."""

from __future__ import annotations

import re
from typing import Final

from zhizao.engines.planlint.tables.layout import FIGURES, INTEGER, NAME, NONE, SERIAL, TEXT, Shape
from zhizao.engines.planlint.tables.table import CLEAN, DOUBTFUL, FILLED, Carried, Record, Table, without_numeral
from zhizao.engines.planlint.tables.values import Notes, number

_COUNTS: Final = frozenset({INTEGER, NONE, "number"})

SHAPE: Final = Shape(
    name="suppliers",
    columns=(
        ("serial", re.compile(r"^(?:序号|编号)$")),
        ("share", re.compile(r"占比|比例|比重|配套率|本地化率")),
        ("local", re.compile(r"市内|本地|区内|省内|县内|州内|辖区内|市域")),
        ("total", re.compile(r"总量|总数|合计|供应商(?:数量|数|家数)")),
        ("enterprise", re.compile(r"^(?:企业|骨干企业|重点企业|单位)?名称$|^(?:骨干|重点)?企业$")),
        ("sector", re.compile(r"^(?:所属)?(?:领域|行业|产业|类别)$")),
    ),
    claims=lambda keys: {"enterprise", "total", "local"} <= keys,
    subject="enterprise",
    kinds={
        "serial": SERIAL,
        "sector": TEXT,
        "enterprise": NAME,
        "total": _COUNTS,
        "local": _COUNTS,
        "share": FIGURES,
    },
    merged=frozenset({"sector"}),
    groups=True,
)


def read(table: Table, notes: Notes) -> list[Record]:
    """The enterprises of one table, a record a row; counts in pieces, the share in per cent as printed."""
    sector = Carried()
    records: list[Record] = []
    for row, title in table.full_rows():
        carried = sector(row.text("sector")) or title
        counts = {}
        for key in ("total", "local"):
            found = number(
                row.text(key), unit="家", to="家", notes=notes, line=row.place(key), column=table.column(key)
            )
            counts[key] = int(found.value) if found else None
        share = number(
            row.text("share"), unit="%", to="%", notes=notes, line=row.place("share"), column=table.column("share")
        )
        records.append(
            {
                "sector": without_numeral(carried) or None,
                "enterprise": row.text("enterprise"),
                **counts,
                "share_stated_pct": share.value if share else None,
                "line": row.own_line(SHAPE.merged),
                "confidence": DOUBTFUL if row.wrong else FILLED if sector.was_filled else CLEAN,
            }
        )
    return records
