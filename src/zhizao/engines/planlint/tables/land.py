"""Land of key enterprises: what they hold, what lies idle, floor area, and what they will need."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.tables.layout import FIGURES, NAME, SERIAL, Shape
from zhizao.engines.planlint.tables.table import CLEAN, CONVERTED, DOUBTFUL, Record, Table
from zhizao.engines.planlint.tables.values import Notes, converted, number, units_near

SHAPE: Final = Shape(
    name="land",
    columns=(
        ("serial", re.compile(r"^(?:序号|编号)$")),
        ("demand", re.compile(r"需求|新增用地|拟用地")),
        ("idle", re.compile(r"闲置|未利用|空置")),
        ("building", re.compile(r"厂房|建筑面积|办公")),
        ("land", re.compile(r"用地|占地|土地面积")),
        ("enterprise", re.compile(r"^(?:企业|单位)?名称$|^企业$|^单位$")),
    ),
    claims=lambda keys: {"enterprise", "land"} <= keys and bool(keys & {"idle", "building", "demand"}),
    subject="enterprise",
    kinds={
        "serial": SERIAL,
        "enterprise": NAME,
        "land": FIGURES,
        "idle": FIGURES,
        "building": FIGURES,
        "demand": FIGURES,
    },
)
_UNITS: Final = {"land": "亩", "idle": "亩", "building": "平方米", "demand": "亩"}
_SECTOR: Final = re.compile(
    r"([^\s0-9、，。（）()表-]{1,12}?(?<!企)业)(?:重点|骨干|龙头|规上|规模以上)?(?:企业|现有|用地)"
)


def _unit(given: tuple[str, ...], wanted: str) -> str | None:
    """Of the units that a line gives for a table, the one of a column: its own, else one it can be brought from."""
    if wanted in given:
        return wanted
    return next((unit for unit in given if converted(Decimal(1), unit, wanted) is not None), None)


def read(table: Table, notes: Notes) -> list[Record]:
    """The enterprises of one table, a record a row; land in mu, floor area in m², a single demand as both its ends."""
    found = _SECTOR.search(table.run.caption)
    given = units_near(table.run.before)
    records: list[Record] = []
    for row, title in table.full_rows():
        cells = {}
        units = {key: table.layout.unit(key) or _unit(given, unit) for key, unit in _UNITS.items()}
        for key, unit in _UNITS.items():
            words, line = row.text(key), row.place(key)
            cells[key] = number(words, unit=units[key], to=unit, notes=notes, line=line, column=table.column(key))
        land, idle, building, demand = (cells[key] for key in _UNITS)
        remarks = [
            f"{key} {row.text(key)} {units[key]}"
            for key, value in cells.items()
            if value is not None and units[key] not in (None, _UNITS[key])
        ]
        records.append(
            {
                "table": table.number,
                "enterprise": row.text("enterprise"),
                "land_mu": land.value if land else None,
                "idle_mu": idle.value if idle else None,
                "building_m2": building.value if building else None,
                "demand_min_mu": demand.value if demand else None,
                "demand_max_mu": (demand.high or demand.value) if demand else None,
                "line": row.own_line(frozenset()),
                "confidence": DOUBTFUL if row.wrong else CONVERTED if remarks else CLEAN,
                "note": "; ".join(remarks) or None,
                "sector": title or (found[1] if found else None),
                "demand_printed": row.text("demand") or None,
            }
        )
    return records
