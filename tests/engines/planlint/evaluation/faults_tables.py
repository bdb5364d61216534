"""Faults in tables: growth, sums, targets, relations, projects, classes, units, and against the plan above."""

from __future__ import annotations

import copy
import random

from tests.engines.planlint.evaluation.faults import Places, fault, growing, number, pick, rows_of, scaled, sectors
from tests.engines.planlint.evaluation.generator import Plan
from tests.engines.planlint.evaluation.paper import Row, Table
from tests.engines.planlint.evaluation.world import annual, printed

COUNTED = ("家", "个")


def _regrown(plan: Plan, row: Row) -> None:
    """State the growth that base and target have."""
    sign = "%" if row.cells["growth"].endswith("%") else ""
    row.cells["growth"] = (
        printed(annual(number(row.cells["base"]), number(row.cells["target"]), plan.world.years)) + sign
    )


def _none(plan: Plan) -> str:
    """The plan's mark for “none”."""
    return "—"


# growth


@fault("growth")
def annual_growth_off(plan: Plan, draw: random.Random) -> Places:
    row = draw.choice(growing(plan))
    row.cells["growth"] = scaled(row.cells["growth"], 1, more=draw.choice((3, 4.4, 6)))
    return (f"indicators/{row.key}",)


@fault("growth")
def total_growth_as_annual(plan: Plan, draw: random.Random) -> Places:
    row = draw.choice(growing(plan))
    sign = "%" if row.cells["growth"].endswith("%") else ""
    row.cells["growth"] = printed((number(row.cells["target"]) / number(row.cells["base"]) - 1) * 100) + sign
    return (f"indicators/{row.key}",)


@fault("growth", "agreement")
def text_growth_off(plan: Plan, draw: random.Random) -> Places:
    at = draw.choice(sectors(plan))
    slots = plan.paper[f"s{at}.goal"].slots
    slots["growth"] = scaled(slots["growth"], 1, more=4)
    return (f"s{at}.goal", f"indicators/s{at}")


@fault("growth", "agreement")
def total_growth_as_annual_in_the_text(plan: Plan, draw: random.Random) -> Places:
    at = draw.choice(sectors(plan))
    sector = plan.world.sectors[at]
    plan.paper[f"s{at}.goal"].slots["growth"] = printed((sector.target / sector.base - 1) * 100)
    return (f"s{at}.goal", f"indicators/s{at}")


@fault("growth")
def growth_between_two_years_off(plan: Plan, draw: random.Random) -> Places:
    key = draw.choice(("f.output", "f.innovation"))
    slots = plan.paper[key].slots
    slots["growth"] = scaled(slots["growth"], 1, more=5)
    return (key,)


@fault("growth", "dimension")
def growth_of_a_share_off(plan: Plan, draw: random.Random) -> Places:
    keys = {one.key for one in plan.world.indicators if one.unit == "%" and one.bound == "eq"}
    row = pick(draw, [row for row in plan.paper.table("indicators").rows if row.key in keys])
    if not isinstance(row, Row):
        return None
    row.cells["growth"] = printed(draw.uniform(14, 25))
    return (f"indicators/{row.key}",)


# sums


@fault("sums")
def part_off(plan: Plan, draw: random.Random) -> Places:
    row = plan.paper.table("indicators").row(f"s{draw.choice(sectors(plan))}")
    for cell in ("base", "target"):
        row.cells[cell] = scaled(row.cells[cell], 1.4)
    return (f"indicators/{row.key}", "indicators/output")


@fault("sums")
def total_off(plan: Plan, draw: random.Random) -> Places:
    row = plan.paper.table("indicators").row("output")
    factor = draw.choice((0.85, 1.2))
    for cell in ("base", "target"):
        row.cells[cell] = scaled(row.cells[cell], factor)
    return ("indicators/output",)


@fault("sums", "projects")
def project_total_off(plan: Plan, draw: random.Random) -> Places:
    table = plan.paper.table("projects")
    row = draw.choice([row for row in table.rows if row.kind == "total"])
    row.cells["total"] = scaled(row.cells["total"], 1.3)
    return (f"projects/{row.key}",)


@fault("sums", "agreement", "shares")
def sum_of_sectors_off(plan: Plan, draw: random.Random) -> Places:
    slots = plan.paper["f.sectors"].slots
    slots["total"] = scaled(slots["total"], 1.3)
    return ("f.sectors",)


@fault("sums", "relations")
def part_above_its_whole(plan: Plan, draw: random.Random) -> Places:
    if plan.world.indicator("profit") is None:
        return None
    table = plan.paper.table("indicators")
    whole, part = table.row("profit_tax"), table.row("profit")
    for cell in ("base", "target"):
        part.cells[cell] = scaled(whole.cells[cell], 1.2)
    _regrown(plan, part)
    return ("indicators/profit", "indicators/profit_tax")


# targets


@fault("targets")
def target_below_base(plan: Plan, draw: random.Random) -> Places:
    row = draw.choice(growing(plan))
    row.cells["target"] = scaled(row.cells["base"], 0.8)
    row.cells["growth"] = _none(plan)
    return (f"indicators/{row.key}",)


@fault("targets")
def target_equal_to_base(plan: Plan, draw: random.Random) -> Places:
    row = draw.choice(growing(plan))
    row.cells["target"] = row.cells["base"]
    row.cells["growth"] = _none(plan)
    return (f"indicators/{row.key}",)


@fault("targets")
def stock_named_as_increment(plan: Plan, draw: random.Random) -> Places:
    row = pick(draw, growing(plan, *COUNTED))
    if not isinstance(row, Row):
        return None
    row.cells["name"] = "新增" + row.cells["name"]
    return (f"indicators/{row.key}",)


@fault("targets")
def no_base(plan: Plan, draw: random.Random) -> Places:
    row = draw.choice(growing(plan))
    row.cells["base"] = row.cells["growth"] = _none(plan)
    return (f"indicators/{row.key}",)


@fault("targets", "units")
def no_unit(plan: Plan, draw: random.Random) -> Places:
    row = draw.choice(growing(plan))
    row.cells["unit"] = _none(plan)
    return (f"indicators/{row.key}",)


@fault("targets")
def target_in_fractions_of_a_piece(plan: Plan, draw: random.Random) -> Places:
    row = pick(draw, growing(plan, *COUNTED))
    if not isinstance(row, Row):
        return None
    row.cells["target"] += ".5"
    return (f"indicators/{row.key}",)


@fault("targets", "growth")
def growth_from_zero(plan: Plan, draw: random.Random) -> Places:
    row = pick(draw, growing(plan, *COUNTED))
    if not isinstance(row, Row):
        return None
    row.cells["base"] = "0"
    return (f"indicators/{row.key}",)


@fault("targets")
def base_is_a_bound(plan: Plan, draw: random.Random) -> Places:
    keys = {one.key for one in plan.world.indicators if one.bound == "ge"}
    row = pick(draw, [row for row in plan.paper.table("indicators").rows if row.key in keys])
    if not isinstance(row, Row):
        return None
    row.cells["base"] = "≥" + row.cells["base"]
    return (f"indicators/{row.key}",)


# relations


def _pulled(plan: Plan, key: str, factor: float, other: str) -> Places:
    if plan.world.indicator(key) is None or plan.world.indicator(other) is None:
        return None
    row = plan.paper.table("indicators").row(key)
    row.cells["target"] = scaled(row.cells["target"], factor)
    _regrown(plan, row)
    return (f"indicators/{key}", f"indicators/{other}")


@fault("relations")
def value_added_pulls_apart(plan: Plan, draw: random.Random) -> Places:
    return _pulled(plan, "va", draw.choice((0.75, 1.35)), "output")


@fault("relations")
def revenue_pulls_apart(plan: Plan, draw: random.Random) -> Places:
    return _pulled(plan, "revenue", draw.choice((0.7, 1.4)), "output")


@fault("relations")
def profit_pulls_apart(plan: Plan, draw: random.Random) -> Places:
    return _pulled(plan, "profit_tax", draw.choice((0.65, 1.5)), "revenue")


# projects


def _project(plan: Plan, draw: random.Random) -> Row:
    return draw.choice(rows_of(plan.paper.table("projects")))


@fault("projects")
def project_twice(plan: Plan, draw: random.Random) -> Places:
    table = plan.paper.table("projects")
    row = _project(plan, draw)
    again = copy.deepcopy(row)
    again.key = "again"
    last = rows_of(table)[-1]
    again.cells["serial"] = str(int(last.cells["serial"]) + 1)
    for cell in ("total", "plan"):
        again.cells[cell] = scaled(row.cells[cell], 1.4)
    again.cells["before"] = again.cells["after"] = ""
    again.cells["total"] = again.cells["plan"]
    table.rows.insert(table.rows.index(last) + 1, again)
    return ("projects/again", f"projects/{row.key}")


@fault("projects")
def serial_twice(plan: Plan, draw: random.Random) -> Places:
    row = draw.choice([row for row in rows_of(plan.paper.table("projects")) if row.cells["serial"] != "1"])
    before = f"{row.key.split('.')[0]}.{int(row.cells['serial']) - 1}"
    row.cells["serial"] = str(int(row.cells["serial"]) - 1)
    return (f"projects/{row.key}", f"projects/{before}")


@fault("projects")
def serial_left_out(plan: Plan, draw: random.Random) -> Places:
    rows = rows_of(plan.paper.table("projects"))
    row = draw.choice([row for row in rows if row.cells["serial"] != "1"])
    sector, _, serial = row.key.partition(".")
    for other in rows:
        if other.key.startswith(f"{sector}.") and int(other.key.partition(".")[2]) >= int(serial):
            other.cells["serial"] = str(int(other.cells["serial"]) + 1)
    return (f"projects/{row.key}",)


@fault("projects")
def finish_before_start(plan: Plan, draw: random.Random) -> Places:
    row = _project(plan, draw)
    row.cells["start"], row.cells["finish"] = row.cells["finish"], row.cells["start"]
    return (f"projects/{row.key}",)


@fault("projects")
def total_is_not_its_parts(plan: Plan, draw: random.Random) -> Places:
    row = _project(plan, draw)
    row.cells["total"] = scaled(row.cells["total"], 1.5)
    return (f"projects/{row.key}",)


@fault("projects")
def digits_transposed(plan: Plan, draw: random.Random) -> Places:
    rows = [row for row in rows_of(plan.paper.table("projects")) if not row.cells["before"] and not row.cells["after"]]
    rows = [row for row in rows if len(row.cells["plan"]) > 2 and row.cells["plan"][0] != row.cells["plan"][1]]
    rows = [row for row in rows if row.cells["plan"][:2].isdigit() and row.cells["plan"][1] != "0"]
    row = pick(draw, rows)
    if not isinstance(row, Row):
        return None
    words = row.cells["plan"]
    row.cells["plan"] = words[1] + words[0] + words[2:]
    return (f"projects/{row.key}",)


@fault("projects")
def finished_before_the_period(plan: Plan, draw: random.Random) -> Places:
    row = _project(plan, draw)
    month = row.cells["start"][4:]
    row.cells["start"] = f"{plan.world.base_year - 3}{month}"
    row.cells["finish"] = f"{plan.world.base_year - 2}{month}"
    return (f"projects/{row.key}",)


@fault("projects", "agreement")
def amount_in_the_text_off(plan: Plan, draw: random.Random) -> Places:
    at = draw.choice(sectors(plan))
    slots = plan.paper[f"s{at}.fields"].slots
    slots["money"] = scaled(slots["money"], 1.6)
    return (f"s{at}.fields", f"projects/s{at}.1")


@fault("projects", "sums", "agreement")
def total_in_the_text_off(plan: Plan, draw: random.Random) -> Places:
    slots = plan.paper["t.projects"].slots
    slots["total"] = scaled(slots["total"], 1.5)
    return ("t.projects",)


# classes


@fault("classes")
def enterprise_in_two_tiers(plan: Plan, draw: random.Random) -> Places:
    rows = rows_of(plan.paper.table("enterprises"))
    firms = sorted(plan.world.firms, key=lambda firm: firm.tier)
    low = draw.choice([index for index, firm in enumerate(firms) if firm.tier == 2])
    high = draw.choice([index for index, firm in enumerate(firms) if firm.tier < 2])
    rows[low].cells["name"] = rows[high].cells["name"]
    return (f"enterprises/{rows[low].key}", f"enterprises/{rows[high].key}")


@fault("classes", "counts")
def enterprise_twice_in_a_tier(plan: Plan, draw: random.Random) -> Places:
    rows = rows_of(plan.paper.table("enterprises"))
    a, b = draw.sample([index for index, row in enumerate(rows) if index > len(rows) - 9], 2)
    rows[a].cells["name"] = rows[b].cells["name"]
    return (f"enterprises/{rows[a].key}", f"enterprises/{rows[b].key}")


@fault("classes", "counts")
def enterprise_serial_left_out(plan: Plan, draw: random.Random) -> Places:
    rows = rows_of(plan.paper.table("enterprises"))
    at = draw.randrange(2, len(rows))
    for row in rows[at:]:
        row.cells["serial"] = str(int(row.cells["serial"]) + 1)
    return (f"enterprises/{rows[at].key}", f"enterprises/{rows[at - 1].key}")


@fault("classes")
def leader_that_is_none(plan: Plan, draw: random.Random) -> Places:
    slots = plan.paper["f.leaders"].slots
    names = slots["names"].split("、")
    other = draw.choice([firm.name for firm in plan.world.firms if firm.tier == 1])
    names[draw.randrange(len(names))] = other
    slots["names"] = "、".join(names)
    rows = rows_of(plan.paper.table("enterprises"))
    return ("f.leaders", *(f"enterprises/{row.key}" for row in rows if row.cells["name"] == other))


@fault("classes")
def land_of_another_sector(plan: Plan, draw: random.Random) -> Places:
    a, b = draw.sample(sectors(plan), 2)
    row, other = rows_of(plan.paper.table(f"land.s{a}"))[-1], rows_of(plan.paper.table(f"land.s{b}"))[0]
    row.cells["name"] = other.cells["name"]
    listed = [r for r in rows_of(plan.paper.table("enterprises")) if r.cells["name"] == other.cells["name"]]
    return (f"land.s{a}/{row.key}", f"land.s{b}/{other.key}", *(f"enterprises/{r.key}" for r in listed))


@fault("classes")
def table_of_another_tier(plan: Plan, draw: random.Random) -> Places:
    table = plan.paper.table("suppliers")
    table.caption = table.caption.replace("重点企业", plan.world.tiers[1])
    rows = plan.paper.table("enterprises").rows
    names = {row.cells["name"] for row in rows_of(table)}
    listed = [row.key for row in rows if row.cells.get("name") in names]
    return ("suppliers", *(f"suppliers/{row.key}" for row in table.rows), *(f"enterprises/{key}" for key in listed))


# units


def _units(table: Table, column: str, old: str, new: str) -> None:
    table.columns = [(key, words.replace(old, new) if key == column else words) for key, words in table.columns]


@fault("units")
def idle_land_in_square_metres(plan: Plan, draw: random.Random) -> Places:
    key = f"land.s{draw.choice(sectors(plan))}"
    table = plan.paper.table(key)
    for unit in ("公顷", "亩"):
        _units(table, "idle", unit, "平方米")
    return (key, f"{key}/head", *(f"{key}/{row.key}" for row in table.rows))


@fault("units", "dimension")
def share_as_a_fraction(plan: Plan, draw: random.Random) -> Places:
    keys = {one.key for one in plan.world.indicators if one.unit == "%" and one.bound == "eq" and one.key != "rnd"}
    row = pick(draw, [row for row in plan.paper.table("indicators").rows if row.key in keys])
    if not isinstance(row, Row):
        return None
    for cell in ("base", "target"):
        row.cells[cell] = printed(number(row.cells[cell]) / 100, 3)
    return (f"indicators/{row.key}",)


@fault("units", "projects", "sums")
def part_of_the_money_in_another_unit(plan: Plan, draw: random.Random) -> Places:
    table = plan.paper.table("projects")
    new = {"万元": "亿元", "亿元": "万元"}[dict(table.columns)["plan"][-3:-1]]
    _units(table, "plan", dict(table.columns)["plan"][-3:-1], new)
    return ("projects/head", "projects", *(f"projects/{row.key}" for row in table.rows))


@fault("units", "agreement", "dimension")
def target_in_a_unit_a_thousand_times_off(plan: Plan, draw: random.Random) -> Places:
    row = plan.paper.table("indicators").row("va")
    row.cells["unit"] = "万元"
    return ("indicators/va", "g.综合绩效", "f.output")


# parents


def _above(plan: Plan, draw: random.Random, keys: tuple[str, ...], more: float) -> Places:
    table = plan.above.table("indicators")
    row = pick(draw, [row for row in table.rows if row.key in keys])
    if not isinstance(row, Row):
        return None
    key = row.key
    if row.cells["unit"] == "%":
        own = next(one for one in plan.world.indicators if one.key == key)
        row.cells["target"] = scaled(row.cells["target"], 0, more=own.target + more)
    else:
        row.cells["target"] = scaled(row.cells["target"], 1 + more)
        _regrown(plan, row)
    return (f"indicators/{key}",)


@fault("parents")
def growth_below_the_parents(plan: Plan, draw: random.Random) -> Places:
    return _above(plan, draw, ("output", "va"), 0.6)


@fault("parents")
def share_below_the_parents(plan: Plan, draw: random.Random) -> Places:
    return _above(plan, draw, ("cluster", "waste", "rnd"), 1.2)
