"""Units: one column in two, per cents written as fractions, targets without a unit, one thing counted in two."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Mention, Number, Severity
from zhizao.engines.planlint.growth import COUNT_UNITS
from zhizao.engines.planlint.rules._common import (
    claim_mention,
    computed,
    decimal,
    integer,
    is_share,
    mention,
    plain,
    printed,
    region_of,
    target_mention,
    text,
)
from zhizao.engines.planlint.rules._projects import money_factor
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tables import land
from zhizao.engines.planlint.tables.layout import unit_in
from zhizao.engines.planlint.text import concepts
from zhizao.kernel import units
from zhizao.kernel.result import mark

_CONVERTED: Final = re.compile(r"(land|idle|building|demand) ([^;]*?) ?([^\s;0-9.,]+)(?:;|$)")
_COLUMNS: Final = {
    "land": ("land_mu", "亩", mark("Tables of one kind give land held in %(units)s.")),
    "idle": ("idle_mu", "亩", mark("Tables of one kind give idle land in %(units)s.")),
    "building": ("building_m2", "平方米", mark("Tables of one kind give floor area in %(units)s.")),
    "demand": ("demand_min_mu", "亩", mark("Tables of one kind give land needed in %(units)s.")),
}
_UNITLESS: Final = re.compile(r"(?<!生产)率|比重|占比|比例|比$|指数|系数|强度|位次|排名|得分|评分|等级")
_SMALL: Final = re.compile(r"强度|经费|增速|增长|死亡|不良|事故|失业|下降|降低")
_RATIO: Final = re.compile(r"率|比重|占比|比例|集中度|集聚度|程度")
_HEADER: Final = 20
_FACTOR: Final = Decimal(20)
"""A share that grows more than this, or falls to less than its reciprocal, is printed in two forms."""


def find_column(facts: Facts) -> Iterator[Finding]:
    """One column of sister tables is in different units.

    Formula: the units that the header or the cells of a column of land give, table by table; the pack has them
    converted and keeps what was printed. A warning: whoever adds the column up is wrong by the factor. A finding:
    idle land in square metres in one table and in mu in three. None: one unit throughout; an empty column.
    """
    columns: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for row, record in enumerate(facts["land"]):
        own = {found[1]: found[3] for found in _CONVERTED.finditer(text(record, "note"))}
        for key, (column, unit, _) in _COLUMNS.items():
            if decimal(record, column) is not None:
                columns[key][_symbol(own.get(key, unit))].setdefault(text(record, "table"), row)
    for key, unit, row in _headers(facts):
        columns[key][_symbol(unit)].setdefault(text(facts["land"][row], "table"), row)
    for key, tables in columns.items():
        if len(tables) < 2:
            continue
        usual = max(tables, key=lambda unit: len(tables[unit]))
        rows = [row for unit, first in tables.items() if unit != usual for row in first.values()]
        other = next(unit for unit in tables if unit != usual)
        column, unit, message = _COLUMNS[key]
        one = facts["land"][rows[0]]
        yield Finding(
            "units.column",
            Severity.WARNING,
            message,
            f"land/{key}",
            {"units": "、".join([usual, other])},
            (
                Number(mark("As printed in one: %(text)s"), None, params={"text": _printed(one, key)}),
                Number(mark("The same in the unit of the others"), decimal(one, column), unit),
                *(
                    Number(
                        mark("Tables with %(unit)s: %(tables)s"),
                        None,
                        params={"unit": form, "tables": "、".join(first)},
                    )
                    for form, first in tables.items()
                ),
            )[:4],
            tuple(mention(facts, "land", row) for row in [*rows, next(iter(tables[usual].values()))]),
            mark("Give the column in one unit in all tables."),
        )


def _symbol(unit: str) -> str:
    """A unit in one form: ㎡ and 平方米 are one."""
    return units.ALIASES.get(unit, unit)


def _headers(facts: Facts) -> Iterator[tuple[str, str, int]]:
    """The units in the headers of the tables of land, if the document is at hand: column, unit, first row."""
    lines = [(integer(record, "line") or 0, row) for row, record in enumerate(facts["land"])]
    runs = facts.document.runs if facts.document is not None and lines else ()
    for run in runs:
        at = bisect_left(lines, (run.first_line, -1))
        if at == len(lines) or lines[at][0] > run.last_line:
            continue
        for cell in run.cells[:_HEADER]:
            key = next((key for key, words in land.SHAPE.columns if words.search(cell.text)), "")
            unit = unit_in(cell.text)
            if cell.line < lines[at][0] and key in _COLUMNS and unit:
                yield key, unit, lines[at][1]


def _printed(record: Record, key: str) -> str:
    found = next((one for one in _CONVERTED.finditer(text(record, "note")) if one[1] == key), None)
    return f"{found[2]} {found[3]}" if found else "—"


def find_money(facts: Facts) -> Iterator[Finding]:
    """Amounts of one project library are printed in different units.

    Formula: 10⁴ yuan of the pack ÷ figure printed, row by row. A warning. A finding: a row of 5 亿元 among rows in
    万元. None: a library all in 亿元.
    """
    factors: dict[Decimal, list[int]] = defaultdict(list)
    for row, record in enumerate(facts["projects"]):
        if decimal(record, "total_wan_yuan") and text(record, "total_printed"):
            factors[money_factor(record).normalize()].append(row)
    if len(factors) < 2:
        return
    usual = max(factors, key=lambda factor: len(factors[factor]))
    for factor, rows in factors.items():
        if factor == usual:
            continue
        record = facts["projects"][rows[0]]
        yield Finding(
            "units.money",
            Severity.WARNING,
            mark("%(count)s totals of the library are printed in another unit than the rest."),
            f"projects/{plain(factor)}",
            {"count": len(rows)},
            (
                Number(mark("Total as printed: %(text)s"), None, params={"text": text(record, "total_printed")}),
                printed(mark("Total investment"), decimal(record, "total_wan_yuan"), "万元"),
            ),
            tuple(mention(facts, "projects", row) for row in rows[:5]),
            mark("Give the column in one unit in all rows."),
        )


def find_fraction(facts: Facts) -> Iterator[Finding]:
    """A share in per cent is written as a fraction.

    Formula: unit %, and base and target both below 1 with two decimals or more, or one of them 20 times the other and
    the smaller below 1; of suppliers, a stated share below 1 whose counts give more. A warning. A finding: 0.45 %
    for 45 %; 0.40 → 45. None: R&D intensity 0.85 %; 0.5 % → 0.8 %.
    """
    for row, record in enumerate(facts["indicators"]):
        base, target = decimal(record, "base_value"), decimal(record, "target_value")
        name = text(record, "name")
        if not is_share(text(record, "unit")) or base is None or target is None or min(base, target) <= 0:
            continue
        if not _is_fraction(name, base, target):
            continue
        small = min(base, target)
        yield Finding(
            "units.fraction",
            Severity.WARNING,
            mark("“%(name)s” is in per cent, but %(value)s looks like a fraction of 1."),
            text(record, "id") or name,
            {"name": name, "value": plain(small)},
            (
                printed(mark("Base value"), base, "%"),
                printed(mark("Target value"), target, "%"),
                computed(mark("As per cent"), small * 100, "%", by=f"{plain(small)}×100"),
            ),
            (target_mention(facts, row),),
            mark("Write the share in per cent."),
        )
    for row, record in enumerate(facts["suppliers"]):
        total, local, share = (decimal(record, name) for name in ("total", "local", "share_stated_pct"))
        if share is None or not total or local is None or not 0 < share <= 1 or local * 100 < total * 2:
            continue
        yield Finding(
            "units.fraction",
            Severity.WARNING,
            mark("“%(name)s” is in per cent, but %(value)s looks like a fraction of 1."),
            text(record, "enterprise"),
            {"name": text(record, "enterprise"), "value": plain(share)},
            (
                printed(mark("Share as printed"), share, "%"),
                computed(mark("As per cent"), local / total * 100, "%", by=f"{plain(local)}÷{plain(total)}"),
            ),
            (mention(facts, "suppliers", row),),
            mark("Write the share in per cent."),
        )


def _is_fraction(name: str, base: Decimal, target: Decimal) -> bool:
    if min(base, target) < 1 <= max(base, target) and max(base, target) / min(base, target) >= _FACTOR:
        return True
    return (
        max(base, target) <= 1
        and bool(_RATIO.search(name))
        and not _SMALL.search(name)
        and min(_decimals(base), _decimals(target)) >= 2
    )


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def find_missing(facts: Facts) -> Iterator[Finding]:
    """A target has figures and no unit.

    A warning: nobody can say what is to be reached. None: rates, indices, coefficients and ranks, which need none; a
    row without figures.
    """
    for row, record in enumerate(facts["indicators"]):
        values = [value for name in ("base_value", "target_value") if (value := decimal(record, name)) is not None]
        if text(record, "unit") or not values or _UNITLESS.search(text(record, "name")):
            continue
        yield Finding(
            "units.missing",
            Severity.WARNING,
            mark("“%(name)s” has no unit."),
            text(record, "id") or text(record, "name"),
            {"name": text(record, "name")},
            tuple(printed(mark("Value as printed"), value) for value in values),
            (target_mention(facts, row),),
            mark("Add the unit."),
        )


def find_counted(facts: Facts) -> Iterator[Finding]:
    """One kind of thing is counted in two units: one finding, info.

    Formula: counted units (个, 家, 件 …) of the targets and of the figures of the text that count the same thing. None:
    个 throughout; 家 for enterprises and 个 for projects.
    """
    kinds: dict[tuple[str, ...], dict[str, Mention]] = defaultdict(dict)
    region = region_of(facts)
    for row, record in enumerate(facts["indicators"]):
        unit = text(record, "unit")
        if unit in COUNT_UNITS:
            subject = concepts.of_indicator(record, region=region).subject
            kinds[subject].setdefault(unit, target_mention(facts, row))
    for row, record in enumerate(facts["claims"]):
        unit = text(record, "unit")
        if unit in COUNT_UNITS and (subject := concepts.of_claim(record, region=region).subject) in kinds:
            kinds[subject].setdefault(unit, claim_mention(facts, row))
    mixed = {subject: forms for subject, forms in kinds.items() if subject and len(forms) > 1}
    if mixed:
        words = "、".join(f"{'、'.join(subject)}（{'/'.join(forms)}）" for subject, forms in mixed.items())
        yield Finding(
            "units.counted",
            Severity.INFO,
            mark("Things of one kind are counted in different units: %(names)s."),
            "counted",
            {"names": words},
            (Number(mark("Kinds counted in more than one unit"), Decimal(len(mixed))),),
            tuple(place for forms in mixed.values() for place in forms.values())[:8],
            mark("Count each kind in one unit."),
        )


RULES: Final = (
    Rule("units.column", mark("A column in two units"), ("land",), find_column),
    Rule("units.money", mark("Amounts in two units"), ("projects",), find_money),
    Rule("units.fraction", mark("Per cents written as fractions"), ("indicators", "suppliers"), find_fraction),
    Rule("units.missing", mark("A target without a unit"), ("indicators",), find_missing),
    Rule("units.counted", mark("One kind counted in two units"), ("indicators",), find_counted),
)
