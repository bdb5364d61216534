"""An invented region's economy: every figure of a generated plan follows from it, so that all of them agree.

Values are kept unrounded; a plan prints them rounded. What is exact in life (counts, areas of a cadastre, amounts of a
budget) is exact here.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Final

FIRST: Final = "澄霁岚溆珩皓沅黛瑾鹭棠槿芷砚箬淞昀煦霖筠"
SECOND: Final = "溪原坪川浦岭泽崖洲屿塬汀滩湾峪"
_BRAND_A: Final = "博恒瑞昌泰华远宏鼎信诚盛达隆嘉佳裕丰润腾凯睿启锐晟卓铭兆伟"
_BRAND_B: Final = "源科创能禾特邦洋宇尔强迪讯芯航图维拓联正合安明跃翔立普思菲"
SECTORS: Final = {
    "电子信息": ("电子科技", "光电", "微电子", "通信技术"),
    "装备制造": ("机械", "重工", "智能装备", "轴承"),
    "消费品": ("食品", "家居用品", "服饰", "印务"),
    "医药": ("制药", "医疗器械", "生物科技", "药业"),
    "新材料": ("新材料", "复合材料", "特种纤维", "涂料"),
    "汽车": ("汽车零部件", "专用车", "汽车电器", "传动件"),
    "建材": ("水泥", "玻璃", "建材", "管业"),
    "化工": ("化工", "精细化工", "树脂", "助剂"),
}
_FORMS: Final = ("有限公司", "有限责任公司", "股份有限公司")
TIERS: Final = (("龙头企业", "骨干企业", "成长型企业"), ("链主企业", "中坚企业", "种子企业"))
_PERIODS: Final = ((2020, 5, "十四五", "十三五"), (2025, 5, "十五五", "十四五"), (2022, 5, "", ""), (2023, 3, "", ""))


def printed(value: float | Decimal, digits: int = 1) -> str:
    """A value rounded to a number of decimals, as printed.

    >>> printed(1334.96), printed(2.5, 0)
    ('1335.0', '3')
    """
    return str(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def floored(value: float, digits: int = 0) -> str:
    """A value cut off, for “more than”."""
    return str(Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_FLOOR))


def annual(base: float, target: float, years: int) -> float:
    """Mean annual growth, %."""
    return ((target / base) ** (1 / years) - 1) * 100


@dataclass
class Firm:
    """An enterprise: land in mu (exact), output in 10^8 yuan, suppliers."""

    name: str
    brand: str
    tier: int
    industry: str
    land: Decimal = Decimal(0)
    idle: Decimal = Decimal(0)
    building: int = 0
    demand: int = 0
    output: float = 0.0
    suppliers: int = 0
    local: int = 0


@dataclass
class Project:
    """A project: money in 10^4 yuan, months as (year, month)."""

    name: str
    owner: str
    before: int
    plan: int
    after: int
    start: tuple[int, int]
    finish: tuple[int, int]
    nature: str
    unit: str

    @property
    def total(self) -> int:
        """All its money."""
        return self.before + self.plan + self.after


@dataclass
class Sector:
    """A sector: output at both ends in 10^8 yuan, its firms with land, its projects."""

    name: str
    past: float
    base: float
    target: float
    landed: list[Firm] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)

    @property
    def long(self) -> str:
        """The name with its ending."""
        return self.name if self.name.endswith("制造") else f"{self.name}制造" if self.name != "新材料" else self.name

    @property
    def industry(self) -> str:
        """电子信息制造业."""
        return f"{self.long}业" if self.name != "新材料" else "新材料产业"


@dataclass
class Indicator:
    """A row of the table of targets, unrounded."""

    key: str
    category: str
    name: str
    unit: str
    base: float
    target: float
    digits: int
    short: str
    bound: str = "eq"
    nature: str = "预期性"
    growth: bool = True


@dataclass
class World:
    """All that a plan tells of."""

    region: str
    kind: str
    parent: str
    base_year: int
    years: int
    period: str
    previous: str
    sectors: list[Sector]
    other: tuple[float, float]
    tiers: tuple[str, str, str]
    firms: list[Firm]
    chains: list[tuple[str, list[tuple[str, list[str]]]]]
    totals: dict[str, tuple[float, float]]
    history: dict[str, tuple[float, float]]
    indicators: list[Indicator]

    @property
    def end_year(self) -> int:
        """The year of the targets."""
        return self.base_year + self.years

    @property
    def area(self) -> str:
        """全区 or 全县."""
        return f"全{self.kind}"

    def indicator(self, key: str) -> Indicator | None:
        """The row of a key, if the plan has it."""
        return next((one for one in self.indicators if one.key == key), None)


def make_world(seed: int, *, small: bool = False) -> World:
    """A region from a seed; the same seed makes the same region. A small one has three sectors and fewer of all."""
    draw = random.Random(seed)
    kind = draw.choice("区县市")
    stem = draw.choice(FIRST) + draw.choice(SECOND)
    parent = draw.choice([c for c in FIRST if c not in stem]) + draw.choice([c for c in SECOND if c not in stem]) + "州"
    base_year, years, period, previous = draw.choice(_PERIODS)
    names = _Names(draw, stem, parent)
    own = [_sector(draw, name, years) for name in draw.sample(sorted(SECTORS), 3 if small else draw.randint(3, 8))]
    ob = sum(s.base for s in own) * draw.uniform(0.06, 0.2)
    other = (ob, ob * (1 + draw.uniform(0.05, 0.1)) ** years)
    totals = _totals(draw, own, other, years)
    firms = _firms(draw, own, names, small=small)
    for sector in own:
        _land(draw, sector, [f for f in firms if f.industry == sector.name])
        sector.projects = _projects(draw, sector, firms, base_year, years, names, small=small)
    for firm in [f for f in firms if f.land][: draw.randint(3, 4 if small else 8)]:
        firm.suppliers = draw.randint(20, 700)
        firm.local = draw.randint(5, firm.suppliers - 5)
    history = {
        "output": (totals["output"][0] / (1 + draw.uniform(0.04, 0.08)) ** 5, totals["output"][0]),
        "hitech": (float(draw.randint(12, 40)), float(draw.randint(60, 180))),
        "patents": (draw.uniform(6, 14), draw.uniform(16, 30)),
        "labs": (float(draw.randint(20, 60)), float(draw.randint(80, 140))),
    }
    world = World(
        stem + kind,
        kind,
        parent,
        base_year,
        years,
        period,
        previous,
        own,
        other,
        draw.choice(TIERS),
        firms,
        _chains(draw, own, firms, names),
        totals,
        history,
        [],
    )
    count = 13 if small else draw.randint(8, 40)
    world.indicators = _indicators(draw, world, count)
    return world


def _sector(draw: random.Random, name: str, years: int) -> Sector:
    base = draw.uniform(30, 420)
    growth = draw.uniform(0.04, 0.14)
    return Sector(name, base / (1 + draw.uniform(0.02, 0.09)) ** 5, base, base * (1 + growth) ** years)


def _totals(
    draw: random.Random, sectors: list[Sector], other: tuple[float, float], years: int
) -> dict[str, tuple[float, float]]:
    """Related totals; ratios between them move little, so that no two targets pull apart."""
    output = (sum(s.base for s in sectors) + other[0], sum(s.target for s in sectors) + other[1])
    scope = draw.uniform(1.12, 1.25)
    rate = draw.uniform(0.22, 0.3)
    va = (output[0] * rate, output[1] * rate * draw.uniform(1.0, 1.015))
    revenue_ratio = draw.uniform(0.94, 1.08)
    revenue = (output[0] * revenue_ratio, output[1] * revenue_ratio * draw.uniform(0.995, 1.005))
    profit_ratio = draw.uniform(0.05, 0.08)
    profit = (revenue[0] * profit_ratio, revenue[1] * profit_ratio * draw.uniform(1.0, 1.01))
    tax = (profit[0] * 1.1, profit[1] * 1.1)
    productivity = draw.uniform(28, 40)
    lp = (productivity, productivity * (va[1] / va[0]) / (1 + draw.uniform(0.005, 0.015)) ** years)
    return {
        "output": output,
        "all_output": (output[0] * scope, output[1] * scope),
        "va": va,
        "all_va": (va[0] * scope * 1.05, va[1] * scope * 1.05),
        "revenue": revenue,
        "profit": profit,
        "profit_tax": (profit[0] + tax[0], profit[1] + tax[1]),
        "productivity": lp,
        "staff": (va[0] / lp[0], va[1] / lp[1]),
        "export": (output[0] * 0.12, output[1] * 0.12),
    }


class _Names:
    """Names that stand once in a plan."""

    def __init__(self, draw: random.Random, stem: str, parent: str) -> None:
        self.draw, self.stem, self.parent = draw, stem, parent
        self.used: set[str] = {stem, parent[:2]}

    def brand(self) -> str:
        """Two characters, none of them used together before."""
        while True:
            words = self.draw.choice(_BRAND_A) + self.draw.choice(_BRAND_B)
            if words not in self.used:
                self.used.add(words)
                return words

    def firm(self, sector: str) -> tuple[str, str]:
        """Registered name and the short name that texts use."""
        brand, trade = self.brand(), self.draw.choice(SECTORS[sector])
        place = self.draw.choice((self.stem, self.parent[:2], ""))
        form = self.draw.choice(_FORMS)
        name = f"{brand}{trade}（{self.stem}）{form}" if not place else f"{place}{brand}{trade}{form}"
        return name, f"{brand}{trade}"


def _firms(draw: random.Random, sectors: list[Sector], names: _Names, *, small: bool) -> list[Firm]:
    firms: list[Firm] = []
    least = ((3, 3), (4, 5), (5, 7)) if small else ((3, 6), (6, 12), (12, 24))
    for tier, count in enumerate(draw.randint(*ends) for ends in least):
        for _ in range(count):
            each = len(firms) < 3 * len(sectors)
            industry = sectors[len(firms) % len(sectors)].name if each else draw.choice(sectors).name
            name, brand = names.firm(industry)
            firms.append(Firm(name, brand, tier, industry))
    return firms


def _land(draw: random.Random, sector: Sector, firms: list[Firm]) -> None:
    """Land and output of the sector's leading firms: they make no more than seven tenths of it."""
    chosen = firms[: draw.randint(2, 6)]
    weights = [draw.uniform(0.5, 2) for _ in chosen]
    part = sector.base * draw.uniform(0.4, 0.7)
    for firm, weight in zip(chosen, weights, strict=True):
        firm.output = part * weight / sum(weights)
        firm.land = Decimal(draw.randint(150, 6000)) * 3 / 20  # whole hundredths of a hectare: exact in mu too
        firm.idle = firm.land * draw.choice((0, 0, 0, 2, 4)) / 20
        firm.building = int(firm.land * draw.randint(300, 600))
        firm.demand = draw.choice((0, 0, 30, 45, 60, 90))
    sector.landed = chosen


def _projects(
    draw: random.Random,
    sector: Sector,
    firms: list[Firm],
    base_year: int,
    years: int,
    names: _Names,
    *,
    small: bool,
) -> list[Project]:
    own = [firm for firm in firms if firm.industry == sector.name] or firms[:3]
    count = draw.randint(2, 3 if small else 7)
    money = (sector.target - sector.base) * 10000 * draw.uniform(0.5, 0.9)
    weights = [draw.uniform(0.5, 2) for _ in range(count)]
    projects: list[Project] = []
    for weight in weights:
        started = draw.random() < 0.25
        late = draw.random() < 0.2
        plan = max(int(money * weight / sum(weights) / 10) * 10, 500)
        start = (base_year - draw.randint(0, 1) if started else base_year + draw.randint(1, years - 1), 1)
        start = (start[0], draw.randint(1, 9))
        last = base_year + years
        finish = (last + draw.randint(1, 2) if late else draw.randint(max(start[0], base_year) + 1, last), 12)
        what = draw.choice(("智能化改造", "扩能", "产业园", "研发中心", "数字化车间", "绿色化升级", "生产基地"))
        firm = draw.choice(own)
        projects.append(
            Project(
                f"{names.brand()}{draw.choice(SECTORS[sector.name])}{what}项目",
                firm.name,
                int(plan * 0.3 / 10) * 10 if started else 0,
                plan,
                int(plan * 0.4 / 10) * 10 if late else 0,
                start,
                (finish[0], draw.choice((6, 10, 12))),
                "续建" if started else draw.choice(("新开工", "技术改造")),
                draw.choice(("经济和信息化局", "园区管委会")),
            )
        )
    return projects


def _chains(
    draw: random.Random, sectors: list[Sector], firms: list[Firm], names: _Names
) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    chains = []
    for sector in draw.sample(sectors, draw.randint(1, min(3, len(sectors))) if len(sectors) > 3 else 1):
        local = [firm.name for firm in firms if firm.industry == sector.name]
        nodes = []
        for stage, words in zip(("上游", "中游", "下游"), ("原料", "部件", "整机"), strict=True):
            members = [f"{names.brand()}{draw.choice(SECTORS[sector.name])}" for _ in range(draw.randint(2, 5))]
            if local and stage == "中游":
                members.append(local[0])
            nodes.append((f"{stage}：{sector.name}{words}", members))
        chains.append((f"{sector.name}产业链", nodes))
    return chains


def _indicators(draw: random.Random, world: World, count: int) -> list[Indicator]:
    """The rows of the table: output and the sectors always, the rest drawn."""
    totals = world.totals

    def money(key: str, name: str, short: str) -> Indicator:
        return Indicator(key, "综合绩效", name, "亿元", *totals[key], 1, short)

    def pieces(key: str, category: str, name: str, unit: str, base: int, more: float, nature: str) -> Indicator:
        return Indicator(key, category, name, unit, base, float(round(base * more)), 0, name, "eq", nature)

    def share(key: str, category: str, name: str, base: float, more: float, bound: str = "eq") -> Indicator:
        nature = "约束性" if bound != "eq" else "预期性"
        return Indicator(key, category, name, "%", base, base + more, 1, name, bound, nature, growth=False)

    u = draw.uniform
    fixed = [money("output", "规上工业总产值", "规上工业总产值"), money("va", "规上工业增加值", "规上工业增加值")]
    structure = [
        Indicator(f"s{i}", "结构优化", f"{s.industry}规上工业总产值", "亿元", s.base, s.target, 1, s.industry)
        for i, s in enumerate(world.sectors)
    ] + [Indicator("other", "结构优化", "其他行业规上工业总产值", "亿元", *world.other, 1, "其他行业规上工业总产值")]
    free = [
        money("revenue", "规上工业企业营业收入", "规上工业企业营业收入"),
        money("profit_tax", "规上工业利税总额", "规上工业利税总额"),
        money("profit", "其中：规上工业利润总额", "规上工业利润总额"),
        Indicator("productivity", "综合绩效", "规上工业全员劳动生产率", "万元/人", *totals["productivity"], 1, ""),
        share("emerging", "结构优化", "战略性新兴产业产值占规上工业总产值比重", u(25, 40), u(3, 9)),
        share("hightech", "结构优化", "高技术制造业增加值占规上工业增加值比重", u(15, 28), u(2, 6)),
        share("rnd", "创新能力", "规上工业企业研发经费投入强度", u(1.4, 2.3), u(0.3, 0.9)),
        share("rnd_firms", "创新能力", "有研发机构的规上工业企业占比", u(30, 42), u(8, 15)),
        pieces("labs", "创新能力", "市级以上研发机构数", "家", int(world.history["labs"][1]), u(1.3, 1.6), "预期性"),
        pieces("hitech", "创新能力", "高新技术企业数", "家", int(world.history["hitech"][1]), u(1.4, 2), "预期性"),
        pieces("little_giant", "创新能力", "专精特新企业数", "家", draw.randint(15, 60), u(1.4, 2), "预期性"),
        Indicator("patents", "创新能力", "每万人高价值发明专利拥有量", "件", world.history["patents"][1], 0, 1, ""),
        pieces("factories", "数字转型", "智能工厂数", "家", draw.randint(3, 12), u(1.6, 2.4), "预期性"),
        pieces("workshops", "数字转型", "数字化车间数", "个", draw.randint(14, 40), u(1.4, 2.2), "预期性"),
        share("control", "数字转型", "规上工业企业关键工序数控化率", u(48, 58), u(8, 14)),
        pieces("cloud", "数字转型", "上云企业数", "家", draw.randint(120, 400), u(1.5, 2.2), "预期性"),
        Indicator("energy", "绿色发展", "单位工业增加值能耗", "吨标准煤/万元", u(0.42, 0.6), 0, 3, "", "le", "约束性"),
        share("waste", "绿色发展", "一般工业固体废物综合利用率", u(78, 86), u(4, 8), "ge"),
        share("water", "绿色发展", "工业用水重复利用率", u(80, 88), u(3, 6), "ge"),
        pieces("green", "绿色发展", "绿色工厂数", "家", draw.randint(4, 20), u(1.5, 2.3), "预期性"),
        share("cluster", "空间集约", "园区产业集中度", u(70, 82), u(5, 10)),
        Indicator("per_mu", "空间集约", "园区亩均产值", "万元/亩", u(280, 420), 0, 1, ""),
        Indicator("tax_mu", "空间集约", "园区亩均税收", "万元/亩", u(8, 15), 0, 2, ""),
        Indicator("firms_count", "综合绩效", "规上工业企业数", "家", len(world.firms), 0, 0, ""),
    ]
    grown = {"patents": u(1.3, 1.7), "energy": u(0.84, 0.9), "per_mu": u(1.2, 1.4), "tax_mu": u(1.2, 1.4)}
    for one in free:
        one.short = one.short or one.name
        if one.key in grown:
            one.target = one.base * grown[one.key]
        if one.key == "firms_count":
            one.target = float(round(one.base * 1.3))
        if one.bound == "le":
            one.growth = False
    room = max(count - len(fixed) - len(structure), 4)
    chosen = set(draw.sample(range(len(free)), min(room, len(free))))
    if {0, 1, 2} & chosen or len(world.sectors) == 3:
        chosen |= {0, 1, 2}  # profit is “of which” of profits and taxes; a small plan has related targets too
    rows = fixed + structure + [one for index, one in enumerate(free) if index in chosen]
    order = ("综合绩效", "结构优化", "创新能力", "数字转型", "绿色发展", "空间集约")
    return sorted(rows, key=lambda one: order.index(one.category))
