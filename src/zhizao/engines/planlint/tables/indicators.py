"""The table of targets: indicator, unit, value in the base year and in the target year, stated growth, nature."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Final

from zhizao.engines.planlint.tables.layout import FIGURES, NAME, SERIAL, TEXT, Shape, unit_in, year_of
from zhizao.engines.planlint.tables.rows import Row
from zhizao.engines.planlint.tables.table import CLEAN, DOUBTFUL, FILLED, Carried, Record, Table, none_to_empty
from zhizao.engines.planlint.tables.values import Figure, Notes, figure, number
from zhizao.kernel import names, text
from zhizao.kernel.result import Severity, mark


def _claims(keys: frozenset[str]) -> bool:
    years = sum(key.startswith("year:") or key in ("base", "target") for key in keys)
    return "name" in keys and years >= 2 and bool(keys & {"unit", "growth", "nature", "category"})


SHAPE: Final = Shape(
    name="indicators",
    columns=(
        ("serial", re.compile(r"^(?:序号|编号)$")),
        ("growth", re.compile(r"年均|增速|增长|增幅")),
        ("nature", re.compile(r"^(?:指标)?(?:属性|性质)$|指标类型")),
        ("unit", re.compile(r"^(?:计量)?单位$")),
        ("category", re.compile(r"^(?:指标)?(?:类别|分类|类型|领域|维度)$|^一级指标$")),
        ("name", re.compile(r"^(?:主要|具体|二级)?指标(?:名称)?$|^名称$")),
        ("base", re.compile(r"^(?!.*(?:19|20)[0-9]{2})(?:基期|现状|基准|基数)(?:值|水平)?")),
        ("target", re.compile(r"^(?!.*(?:19|20)[0-9]{2})(?:规划)?(?:目标|规划)(?:值|水平)?$")),
    ),
    claims=_claims,
    subject="name",
    kinds={
        "serial": SERIAL,
        "category": TEXT,
        "name": NAME,
        "unit": TEXT,
        "year": FIGURES,
        "base": FIGURES,
        "target": FIGURES,
        "growth": FIGURES,
        "nature": TEXT,
    },
    merged=frozenset({"category"}),
    groups=True,
    years=True,
)
_CUMULATIVE: Final = re.compile(r"[\[〔【][^%]*[\]〕】]|累计[0-9.]{1,8}(?:%|个百分点)?")
"""Brackets mean, in Chinese plans, a sum over the period, which is no growth."""


def read(table: Table, notes: Notes) -> list[Record]:
    """The targets of one table, a record a row; values in the printed unit, 40 % is 40 with unit %."""
    years = sorted({year for key in table.layout.keys if key.startswith("year:") and (year := year_of(key[5:]))})
    base_key = f"year:{years[0]}" if years else "base"
    target_key = f"year:{years[-1]}" if len(years) > 1 else "target"
    if len(years) == 1 and "base" in table.layout.keys:
        base_key, target_key = "base", f"year:{years[0]}"
    between = [f"year:{year}" for year in years[1:-1]]
    category = Carried()
    records: list[Record] = []
    for row, title in table.full_rows():
        printed = category(row.text("category")) or title
        name, unit = _name_and_unit(row, table)
        base = _value(row, base_key, unit, table, notes)
        target = _value(row, target_key, unit, table, notes)
        remarks = [f"{key[5:]}: {row.text(key)}" for key in between if not text.is_blank_mark(row.text(key))]
        growth = None
        if _CUMULATIVE.fullmatch(row.text("growth")):
            remarks.append(f"cumulative: {row.text('growth')}")
        else:
            growth = _value(row, "growth", "%", table, notes)
        records.append(
            {
                "category": none_to_empty(printed),
                "name": name,
                "unit": unit or None,
                "base_year": year_of(base_key[5:]) if base_key != "base" else None,
                "base_value": base.value if base else None,
                "target_year": year_of(target_key[5:]) if target_key != "target" else None,
                "target_value": target.value if target else None,
                "bound": target.bound if target else "eq",
                "growth_stated_pct": growth.value if growth else None,
                "nature": none_to_empty(row.text("nature")),
                "line": row.own_line(SHAPE.merged),
                "confidence": DOUBTFUL if row.wrong else FILLED if category.was_filled else CLEAN,
                "note": "; ".join(remarks) or None,
                "base_printed": row.text(base_key) or None,
                "target_printed": row.text(target_key) or None,
                "growth_printed": row.text("growth") or None,
            }
        )
    return records


def _name_and_unit(row: Row, table: Table) -> tuple[str, str]:
    """Name and unit; where there is no unit column the unit stands behind the name, or before the table."""
    name, unit = row.text("name"), row.text("unit")
    if "unit" in table.layout.keys:
        return name, "" if text.is_blank_mark(unit) else unit
    behind = unit_in(name)
    return (re.sub(r"[（(][^（()）]*[）)]$", "", name), behind) if behind else (name, table.unit or "")


def _value(row: Row, key: str, unit: str, table: Table, notes: Notes) -> Figure | None:
    """A value in the row's unit; a cell of no unit is in it already."""
    words = row.text(key)
    if unit:
        return number(words, unit=unit, to=unit, notes=notes, line=row.place(key), column=table.column(key))
    one = None if text.is_blank_mark(words) else figure(words)
    return Figure(one.value, one.high, one.bound) if one else None


def identified(records: list[Record], notes: Notes) -> list[Record]:
    """Put the ids before the records: from the normalised name, and the category too where a name stands twice."""
    counts = Counter(normal_name(str(record["name"])) for record in records)
    done: list[Record] = []
    seen: set[str] = set()
    for record in records:
        name = normal_name(str(record["name"]))
        words = name if counts[name] == 1 else f"{normal_name(str(record['category']))}/{name}"
        if words in seen:
            notes.add(
                "indicator_twice",
                mark("The indicator “%(name)s” stands twice in one category."),
                line=int(str(record["line"])),
                severity=Severity.WARNING,
                name=record["name"],
            )
            words = f"{words}/{len(done)}"
        seen.add(words)
        done.append({"id": f"ind-{names.stable_id(words)}", **record})
    return done


def normal_name(name: str) -> str:
    """A name without what versions of a plan vary in: width, blanks, brackets, case, “of which”.

    >>> normal_name("其中：研究与试验发展（R＆D） 经费投入强度")
    '研究与试验发展（R&D）经费投入强度'
    """
    return re.sub(r"^其中[：:]?", "", names.normalise(unicodedata.normalize("NFKC", name)))
