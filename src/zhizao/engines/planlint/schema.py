"""The tables of a plan pack: their columns, types and units, as a Frictionless descriptor says them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

Record = dict[str, object]
Rows = Mapping[str, Sequence[Record]]
STRING, INTEGER, NUMBER = "string", "integer", "number"


@dataclass(frozen=True, slots=True)
class Field:
    """One column: name, Frictionless type, meaning, its own unit if it has one, and whether it is always filled."""

    name: str
    type: str = STRING
    description: str = ""
    unit: str | None = None
    required: bool = False
    values: tuple[str, ...] = ()


_LINE: Final = Field("line", INTEGER, "Line of the source the row's first own cell stands on, from 1", required=True)
_CONFIDENCE: Final = Field(
    "confidence", NUMBER, "1 as printed; less where a cell was carried, converted or doubtful", required=True
)
_NOTE: Final = Field("note", STRING, "Other readings and values of the row")

TABLES: Final[dict[str, tuple[Field, ...]]] = {
    "indicators": (
        Field("id", STRING, "Stable identifier from the normalised name", required=True),
        Field("category", STRING, "Category as printed"),
        Field("name", STRING, "Indicator as printed", required=True),
        Field("unit", STRING, "Unit of base and target as printed"),
        Field("base_year", INTEGER),
        Field("base_value", NUMBER, "In the row's unit"),
        Field("target_year", INTEGER),
        Field("target_value", NUMBER, "In the row's unit"),
        Field(
            "bound",
            STRING,
            "Whether the target is a value, a floor or a ceiling",
            required=True,
            values=("eq", "ge", "le"),
        ),
        Field("growth_stated_pct", NUMBER, "Mean annual growth as the plan states it", "%"),
        Field("nature", STRING, "Nature as printed"),
        _LINE,
        _CONFIDENCE,
        _NOTE,
        Field("base_printed", STRING, "Base value as printed"),
        Field("target_printed", STRING, "Target value as printed"),
        Field("growth_printed", STRING, "Growth as printed"),
    ),
    "projects": (
        Field("sector", STRING, "Sector or group as printed, without numeral"),
        Field("serial", INTEGER, "Serial as printed; starts anew in each sector, may stand twice"),
        Field("name", STRING, "Project as printed", required=True),
        Field("owner", STRING, "Owner as printed"),
        Field("responsible_unit", STRING, "Responsible unit as printed"),
        Field("nature", STRING, "Nature of the works as printed"),
        Field("total_wan_yuan", NUMBER, "Total investment", "万元"),
        Field("before_wan_yuan", NUMBER, "Investment before the period", "万元"),
        Field("plan_wan_yuan", NUMBER, "Investment within the period", "万元"),
        Field("after_wan_yuan", NUMBER, "Investment after the period", "万元"),
        Field("start", STRING, "Start as printed"),
        Field("finish", STRING, "Finish as printed"),
        _LINE,
        _CONFIDENCE,
        _NOTE,
        Field("total_printed", STRING, "Total investment as printed"),
    ),
    "enterprises": (
        Field("serial", INTEGER, "Serial as printed"),
        Field("name", STRING, "Enterprise as printed", required=True),
        Field("tier", STRING, "Tier as printed, without numeral"),
        Field("industry", STRING, "Industry word as printed"),
        _LINE,
        _CONFIDENCE,
    ),
    "land": (
        Field("table", STRING, "Number of the table in the source", required=True),
        Field("enterprise", STRING, "Enterprise as printed", required=True),
        Field("land_mu", NUMBER, "Industrial land held", "亩"),
        Field("idle_mu", NUMBER, "Idle land", "亩"),
        Field("building_m2", NUMBER, "Floor area of workshops and offices", "平方米"),
        Field("demand_min_mu", NUMBER, "Land needed in the period, lower end", "亩"),
        Field("demand_max_mu", NUMBER, "Land needed in the period, upper end", "亩"),
        _LINE,
        _CONFIDENCE,
        _NOTE,
        Field("sector", STRING, "Sector that the table is about"),
        Field("demand_printed", STRING, "Land needed as printed"),
    ),
    "suppliers": (
        Field("sector", STRING, "Sector as printed"),
        Field("enterprise", STRING, "Enterprise as printed", required=True),
        Field("total", INTEGER, "Suppliers", "家"),
        Field("local", INTEGER, "Local suppliers", "家"),
        Field("share_stated_pct", NUMBER, "Share of local suppliers as the plan states it", "%"),
        _LINE,
        _CONFIDENCE,
    ),
    "chain_members": (
        Field("chain", STRING, "Chain as printed", required=True),
        Field("stage", STRING, "上游, 中游 or 下游"),
        Field("node", STRING, "Node as printed"),
        Field("member", STRING, "Member as printed", required=True),
        _LINE,
        _CONFIDENCE,
        _NOTE,
        Field("member_type", STRING, "", required=True, values=("enterprise", "channel", "base", "other")),
        Field("stage_printed", STRING, "Label of the stage as printed"),
    ),
    "claims": (
        Field("subject", STRING, "Whom it is said of, as printed; empty for the plan's area as a whole"),
        Field("indicator", STRING, "What is measured, as printed, with the words that limit it", required=True),
        Field("value", NUMBER, "In the printed unit, numerals written out: 两千万台 is 2000 with 万台", required=True),
        Field("unit", STRING, "As printed; empty for a pure number"),
        Field("span", STRING, "Period it is said for, as kernel.span writes it; of a growth, the years it runs over"),
        Field(
            "kind",
            STRING,
            "What sort of figure it is; a number of things promised for a year is a target. The span says what is past",
            required=True,
            values=("actual", "target", "growth", "share", "count"),
        ),
        Field("bound", STRING, "", required=True, values=("eq", "about", "ge", "gt", "le", "lt")),
        Field("section", STRING, "Numbers of the headings above it, from the chapter down: 第二章/三/（一）"),
        Field("quote", STRING, "The clause it stands in; empty in a pack that travels without its document"),
        _LINE,
        Field("id", STRING, "Stable identifier", required=True),
        Field("scope", STRING, "The words that limit what is counted: 规上, 全区工业, 园区"),
        Field("of", STRING, "Of a share, what it is a share of, as printed; of a ratio, the words of its divisor"),
        Field("parts", STRING, "Names that it is the total of, apart by 、"),
        Field("list_id", STRING, "The list (“分别为…”) it comes from: the id is shared by its members"),
        Field("list_names", INTEGER, "How many names that list has"),
        Field("list_values", INTEGER, "How many values that list has"),
        Field("value_high", NUMBER, "Upper end of a range, in the printed unit"),
        Field("printed", STRING, "The figure as printed"),
        Field("start", INTEGER, "First character of the figure in its line, from 0"),
        Field("end", INTEGER, "Behind its last character"),
        _CONFIDENCE,
        _NOTE,
    ),
    "aliases": (
        Field("canonical", STRING, "Registered name, as the longest list of enterprises prints it", required=True),
        Field("alias", STRING, "Another name for it, as printed", required=True),
        _LINE,
        _CONFIDENCE,
        _NOTE,
    ),
    "tasks": (
        Field("id", STRING, "Stable identifier", required=True),
        Field("section", STRING, "Numbers of the headings above it, from the chapter down"),
        Field("task", STRING, "What is to be done, in a few words", required=True),
        Field("lead_unit", STRING, "Who is to do it, as printed"),
        Field("indicator_ids", STRING, "Indicators it serves: their ids, apart by blanks"),
        _LINE,
        _CONFIDENCE,
        _NOTE,
    ),
}
OPTIONAL: Final = frozenset({"claims", "aliases", "tasks"})
"""Tables that a pack may lack: a pack written by hand knows its targets, and not what a text says about them."""

_DTYPES: Final = {STRING: pl.String, INTEGER: pl.Int64, NUMBER: pl.Float64}


def frames(rows: Rows) -> dict[str, pl.DataFrame]:
    """The records of each table as a Polars frame: strings, Int64, and Float64 for numbers.

    >>> frames({"suppliers": [{"enterprise": "甲厂", "total": 3, "line": 7}]})["suppliers"]["total"].to_list()
    [3]
    """
    return {
        name: pl.DataFrame(
            {
                field.name: pl.Series(
                    [_plain(record.get(field.name), field.type) for record in records], dtype=_DTYPES[field.type]
                )
                for field in TABLES[name]
            }
        )
        for name, records in rows.items()
    }


def _plain(value: object, kind: str) -> object:
    return float(str(value)) if kind == NUMBER and value is not None else value
