"""Sentences that tempt a checker: true, and beside a figure of another year, area, scope or meaning."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from tests.engines.planlint.evaluation.world import FIRST, SECOND, World, annual, printed

Trap = Callable[[World, random.Random], str]


def _of_the_region_above(w: World, draw: random.Random) -> str:
    share = draw.uniform(6, 14)
    whole = printed(w.totals["output"][0] / share * 100)
    return f"{w.base_year}年，{w.parent}规上工业总产值为{whole}亿元，{w.region}占{printed(share)}%。"


def _of_a_neighbour(w: World, draw: random.Random) -> str:
    name = draw.choice([c for c in FIRST if c not in w.region]) + draw.choice([c for c in SECOND if c not in w.region])
    more = printed(w.totals["output"][0] * draw.uniform(1.2, 1.6))
    return f"与周边地区相比仍有差距，如{name}县{w.base_year}年规上工业总产值已达{more}亿元。"


def _of_a_year_between(w: World, draw: random.Random) -> str:
    base, target = w.totals["output"]
    year = w.base_year + 2
    middle = printed(base * (target / base) ** (2 / w.years), 0)
    return f"分阶段推进，到{year}年规上工业总产值达到{middle}亿元左右。"


def _of_a_later_year(w: World, draw: random.Random) -> str:
    value = printed(w.totals["output"][1] * draw.uniform(1.8, 2.3), 0)
    return f"展望{w.end_year + 5}年，规上工业总产值突破{value}亿元，建成现代产业体系。"


def _of_part_of_a_year(w: World, draw: random.Random) -> str:
    value = printed(w.totals["output"][0] * draw.uniform(0.68, 0.74))
    return f"{w.base_year}年1—9月，规上工业总产值完成{value}亿元，运行总体平稳。"


def _of_one_years_growth(w: World, draw: random.Random) -> str:
    return f"{w.base_year}年，规上工业总产值比上年增长{printed(draw.uniform(2, 11))}%，增速居{w.parent}前列。"


def _of_several_years(w: World, draw: random.Random) -> str:
    past, now = w.history["output"]
    step = (now / past) ** (1 / 5)
    values = "、".join(printed(now / step**back) for back in (2, 1, 0))
    years = "、".join(f"{w.base_year - back}年" for back in (2, 1, 0))
    return f"{years}规上工业总产值分别为{values}亿元。"


def _of_a_plan_before(w: World, draw: random.Random) -> str:
    aim = printed(w.totals["output"][0] * draw.uniform(0.9, 0.97), 0)
    return f"上一轮规划提出的{w.base_year}年规上工业总产值{aim}亿元的目标顺利完成。"


def _of_private_firms(w: World, draw: random.Random) -> str:
    share = draw.uniform(45, 70)
    value = printed(w.totals["output"][0] * share / 100)
    return f"{w.base_year}年，民营企业实现规上工业总产值{value}亿元，占规上工业总产值的{printed(share)}%。"


def _of_all_the_years_together(w: World, draw: random.Random) -> str:
    total, growth = draw.randint(100, 400), printed(draw.uniform(5, 12))
    return f"五年累计完成工业投资{total}亿元，年均{printed(total / 5)}亿元，工业投资年均增长{growth}%。"


def _of_a_lead_in_points(w: World, draw: random.Random) -> str:
    return f"{w.base_year}年规上工业增加值增速高于{w.parent}平均水平{printed(draw.uniform(0.3, 2.5))}个百分点。"


def _of_energy(w: World, draw: random.Random) -> str:
    return f"{w.base_year}年单位工业增加值能耗比{w.base_year - 5}年累计下降{printed(draw.uniform(12, 20))}%。"


def _of_a_park(w: World, draw: random.Random) -> str:
    share = draw.uniform(30, 60)
    value = printed(w.totals["output"][0] * share / 100)
    return f"其中，城东工业园{w.base_year}年规上工业总产值{value}亿元，占{w.area}规上工业总产值的{printed(share)}%。"


def _of_an_increment(w: World, draw: random.Random) -> str:
    base, target = w.totals["output"]
    growth = printed(annual(base, target, w.years))
    return f"{w.base_year + 1}—{w.end_year}年，规上工业总产值新增{printed(target - base, 0)}亿元，年均增长{growth}%。"


TRAPS: Final[tuple[tuple[str, Trap], ...]] = (
    ("above", _of_the_region_above),
    ("neighbour", _of_a_neighbour),
    ("between", _of_a_year_between),
    ("later", _of_a_later_year),
    ("part", _of_part_of_a_year),
    ("year", _of_one_years_growth),
    ("several", _of_several_years),
    ("before", _of_a_plan_before),
    ("private", _of_private_firms),
    ("together", _of_all_the_years_together),
    ("points", _of_a_lead_in_points),
    ("energy", _of_energy),
    ("park", _of_a_park),
    ("increment", _of_an_increment),
)


def some(world: World, draw: random.Random, count: int) -> list[tuple[str, str]]:
    """So many of the sentences, each with its name."""
    return [(name, trap(world, draw)) for name, trap in draw.sample(TRAPS, count)]
