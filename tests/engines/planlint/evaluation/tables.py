"""The tables of a generated plan, with columns in other orders, words and units from plan to plan."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Final

from tests.engines.planlint.evaluation.paper import Row, Table
from tests.engines.planlint.evaluation.world import Indicator, Sector, World, annual, printed

_NONE: Final = ("—", "——", "／", "--")
NUMERALS: Final = "〇一二三四五六七八九十"


def indicators_table(
    world: World,
    draw: random.Random,
    *,
    caption: str = "表1 主要指标",
    rows: list[tuple[Indicator, float, float]] | None = None,
) -> Table:
    """The table of targets."""
    none = draw.choice(_NONE)
    columns = [
        ("category", draw.choice(("类别", "指标类别"))),
        ("name", draw.choice(("指标名称", "指标", "主要指标"))),
        ("unit", draw.choice(("单位", "计量单位"))),
        ("base", draw.choice((f"{world.base_year}年", f"{world.base_year}年实际值"))),
        ("target", draw.choice((f"{world.end_year}年", f"{world.end_year}年目标值"))),
        ("growth", draw.choice(("年均增长（%）", "年均增速（%）"))),
        ("nature", draw.choice(("属性", "指标属性"))),
    ]
    if draw.random() < 0.3:
        columns.insert(0, ("serial", "序号"))
    if draw.random() < 0.3:
        columns.append(columns.pop(columns.index(next(c for c in columns if c[0] == "category"))))
        columns.insert(1, columns.pop())
    if draw.random() < 0.3:
        at = next(index for index, (key, _) in enumerate(columns) if key == "nature")
        columns.insert(at - 3, columns.pop(at))
    percent = draw.choice(("", "%"))
    done: list[Row] = []
    category = ""
    for number, (one, base, target) in enumerate(
        rows or [(one, one.base, one.target) for one in world.indicators], start=1
    ):
        sign = {"ge": draw.choice(("≥", "≥")), "le": "≤"}.get(one.bound, "")
        mark = "%" if one.unit == "%" and draw.random() < 0.7 else ""
        growth = printed(annual(base, target, world.years)) + percent if one.growth else none
        done.append(
            Row(
                one.key,
                {
                    "serial": str(number),
                    "category": one.category if one.category != category else "",
                    "name": one.name,
                    "unit": one.unit,
                    "base": printed(base, one.digits) + mark,
                    "target": sign + printed(target, one.digits) + mark,
                    "growth": growth,
                    "nature": one.nature,
                },
            )
        )
        category = one.category
    return Table("indicators", caption, columns, done)


def suppliers_table(world: World, draw: random.Random, number: str) -> Table:
    """How many suppliers the leading firms have."""
    columns = [
        ("sector", "领域"),
        ("name", "企业名称"),
        ("total", "供应商总数"),
        ("local", "本地供应商"),
        ("share", draw.choice(("占比", "本地化占比"))),
    ]
    rows = [
        Row(
            f"r{index}",
            {
                "sector": firm.industry,
                "name": firm.name,
                "total": str(firm.suppliers),
                "local": str(firm.local),
                "share": printed(firm.local / firm.suppliers * 100, 0) + "%",
            },
        )
        for index, firm in enumerate(f for f in world.firms if f.suppliers)
    ]
    return Table("suppliers", f"{number} 重点企业供应商本地化情况", columns, rows)


def land_table(sector: Sector, draw: random.Random, number: str, key: str, *, hectares: bool) -> Table:
    """Land of a sector's firms, in mu or hectares."""
    unit = "公顷" if hectares else "亩"
    none = draw.choice(_NONE)

    def area(mu: Decimal | int) -> str:
        return printed(Decimal(mu) / 15, 2) if hectares else str(Decimal(mu).normalize() if mu % 1 else int(mu))

    columns = [
        ("name", "企业名称"),
        ("land", f"现有用地/{unit}"),
        ("idle", f"闲置用地/{unit}"),
        ("building", "厂房及办公面积/平方米"),
        ("demand", draw.choice((f"未来需求/{unit}", f"未来五年需求/{unit}"))),
    ]
    rows = [
        Row(
            f"r{index}",
            {
                "name": firm.name,
                "land": area(firm.land),
                "idle": area(firm.idle) if firm.idle else none,
                "building": str(firm.building),
                "demand": area(firm.demand) if firm.demand else none,
            },
        )
        for index, firm in enumerate(sector.landed)
    ]
    return Table(f"land.{key}", f"{number} {sector.industry}重点企业现有用地情况以及未来五年需求", columns, rows)


def projects_table(world: World, draw: random.Random) -> Table:
    """The library of projects: titles of sectors, totals, serials from one in each sector."""
    period = f"“{world.period}”" if world.period else f"{world.base_year + 1}—{world.end_year}年"
    hundred_million = draw.random() < 0.3
    unit = "亿元" if hundred_million else "万元"
    months = draw.random() < 0.5

    def money(wan: int) -> str:
        return "" if not wan else printed(wan / 10000, 3) if hundred_million else str(wan)

    def date(when: tuple[int, int]) -> str:
        return f"{when[0]}.{when[1]:02}" if months else str(when[0])

    columns = [
        ("serial", "序号"),
        ("name", "项目名称"),
        ("owner", draw.choice(("项目业主", "建设单位"))),
        ("unit", draw.choice(("责任单位", "牵头单位"))),
        ("nature", "建设性质"),
        ("total", f"总投资（{unit}）"),
        ("before", f"{world.base_year}年底前已完成投资（{unit}）"),
        ("plan", f"{period}计划投资（{unit}）"),
        ("after", f"{world.end_year}年以后投资（{unit}）"),
        ("start", "开工时间"),
        ("finish", "完成时间"),
    ]
    rows: list[Row] = []

    def total(key: str, words: str, projects: list) -> Row:
        cells = {"serial": words} | dict.fromkeys(("name", "owner", "unit", "nature", "start", "finish"), "")
        for part in ("total", "before", "plan", "after"):
            cells[part] = money(sum(getattr(p, part) for p in projects))
        return Row(key, cells, "total")

    rows.append(total("total", "合计", [p for s in world.sectors for p in s.projects]))
    for index, sector in enumerate(world.sectors):
        rows.append(Row(f"s{index}", {"serial": NUMERALS[index + 1], "name": sector.industry}, "title"))
        for number, project in enumerate(sector.projects, start=1):
            rows.append(
                Row(
                    f"s{index}.{number}",
                    {
                        "serial": str(number),
                        "name": project.name,
                        "owner": project.owner,
                        "unit": project.unit,
                        "nature": project.nature,
                        "total": money(project.total),
                        "before": money(project.before),
                        "plan": money(project.plan),
                        "after": money(project.after),
                        "start": date(project.start),
                        "finish": date(project.finish),
                    },
                )
            )
        rows.append(total(f"s{index}.sum", "小计", sector.projects))
    return Table("projects", f"{world.region}制造业重点项目库", columns, rows)


def enterprises_table(world: World, draw: random.Random) -> Table:
    """The list of enterprises, serials through all tiers."""
    rows: list[Row] = []
    ordered = sorted(world.firms, key=lambda firm: firm.tier)
    tier = -1
    for number, firm in enumerate(ordered, start=1):
        if firm.tier != tier:
            tier = firm.tier
            rows.append(Row(f"t{tier}", {"serial": f"{NUMERALS[tier + 1]}、{world.tiers[tier]}"}, "title"))
        rows.append(Row(f"r{number}", {"serial": str(number), "name": firm.name, "industry": firm.industry}))
    columns = [("serial", "序号"), ("name", "企业名称"), ("industry", "所属行业")]
    return Table("enterprises", "规上工业企业名单", columns, rows)
