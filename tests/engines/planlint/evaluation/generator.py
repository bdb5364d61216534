"""A clean plan of an invented region: what it says twice agrees, and what it computes is right.

It is written to tempt a checker: figures at two precisions, 约, 突破 and 余 where they are true, shares of two named
scopes, totals rounded apart from their parts, lists of some firms only, money before and after the period.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from tests.engines.planlint.evaluation import tables, traps
from tests.engines.planlint.evaluation.paper import STYLES, Paper, Para, Table
from tests.engines.planlint.evaluation.wordings import WORDINGS
from tests.engines.planlint.evaluation.world import Indicator, Sector, World, annual, floored, make_world, printed

NUMERALS: Final = "〇一二三四五六七八九十"
COUNTS: Final = "〇一两三四五六七八九十"
"""As NUMERALS, before the word of what is counted."""


@dataclass
class Plan:
    """A generated plan: its world and its paper."""

    seed: int
    world: World
    paper: Paper
    above: Paper


def generate(seed: int, *, small: bool = False) -> Plan:
    """The plan of a seed; a small one has three sectors and some fifteen targets."""
    world = make_world(seed, small=small)
    writer = _Writer(world, random.Random(seed + 1_000_000))
    return Plan(seed, world, Paper(writer.blocks(), style=STYLES[seed % len(STYLES)]), _above(seed, world))


def _above(seed: int, world: World) -> Paper:
    """A plan of the region above, which the plan outdoes."""
    draw = random.Random(seed + 2_000_000)
    blocks: list[Para | Table] = [
        Para("title", f"{world.parent}制造业高质量发展规划（{world.base_year + 1}—{world.end_year}年）", level=1)
    ]
    rows = []
    for one in world.indicators:
        if one.key not in ("output", "va", "rnd", "cluster", "waste"):
            continue
        scale = draw.uniform(5, 9) if one.unit == "亿元" else 1
        base = one.base * scale
        if one.unit == "%":
            rows.append((one, base - 2, one.target - 3 if one.key != "rnd" else one.target - 0.3))
        else:
            rows.append(
                (one, base, base * ((annual(one.base, one.target, world.years) / 100 * 0.8) + 1) ** world.years)
            )
    table = tables.indicators_table(world, draw, rows=rows)
    return Paper([*blocks, table])


class _Writer:
    """Writes one plan; ``draw`` chooses among the wordings."""

    def __init__(self, world: World, draw: random.Random) -> None:
        self.w, self.draw = world, draw
        self.out: list[Para | Table] = []
        self.numbering = draw.choice(("chapters", "parts", "decimal"))
        self.chapter = self.section = self.figures = 0
        self.hectares = draw.random() < 0.25
        self.annex = draw.choice(("附件{n}", "附件{c}"))
        self.table_name = draw.choice(("表{chapter}-{n}", "表{all}"))
        self.tables_in_chapter: dict[int, int] = {}
        self.tables_all = 0
        self.end = f"{world.end_year}年" if not world.period or draw.random() < 0.5 else f"“{world.period}”末"
        self.base = f"{world.base_year}年" if not world.previous or draw.random() < 0.5 else f"“{world.previous}”末"
        self.words = {
            "area": world.area,
            "year": str(world.base_year),
            "past": str(world.base_year - 5),
            "end": self.end,
            "base": self.base,
            "a": world.tiers[0],
            "b": world.tiers[1],
            "c": world.tiers[2],
        }

    # the frame

    def blocks(self) -> list[Para | Table]:
        """The whole plan."""
        self.head()
        self.foundation()
        self.goals()
        self.tasks()
        for number, sector in enumerate(self.w.sectors, start=1):
            self.sector(number, sector)
        self.measures()
        self.annexes()
        return self.out

    def say(self, key: str, template: str, level: int = 0, **slots: str) -> None:
        self.out.append(Para(key, template, slots, level))

    def tell(self, key: str, wording: str, words: dict[str, str], **slots: str) -> None:
        """Say something in one of its wordings; only the figures that it has are kept."""
        template = self.draw.choice(WORDINGS[wording]).format(**self.words, **words)
        self.say(key, template, **{name: value for name, value in slots.items() if f"{{{name}}}" in template})

    def heading(self, key: str, words: str) -> None:
        self.chapter += 1
        self.section = 0
        number = {
            "chapters": f"第{NUMERALS[self.chapter]}章  ",
            "parts": f"第{NUMERALS[self.chapter]}部分 ",
            "decimal": f"{self.chapter} ",
        }[self.numbering]
        self.say(key, "{number}" + words, level=1, number=number)

    def subheading(self, key: str, words: str) -> None:
        self.section += 1
        number = f"{self.chapter}.{self.section} " if self.numbering == "decimal" else f"{NUMERALS[self.section]}、"
        self.say(key, "{number}" + words, level=2, number=number)

    def minor(self, key: str, number: int, words: str) -> None:
        self.say(key, "{number}" + words, level=3, number=f"（{NUMERALS[number]}）")

    def next_table(self) -> str:
        """The number of the next table."""
        self.tables_all += 1
        self.tables_in_chapter[self.chapter] = self.tables_in_chapter.get(self.chapter, 0) + 1
        return self.table_name.format(chapter=self.chapter, n=self.tables_in_chapter[self.chapter], all=self.tables_all)

    def figure(self, key: str, words: str) -> str:
        """Print a caption later; its number now."""
        self.figures += 1
        number = f"图{self.figures}"
        self.pending = (key, f"{number} {words}")
        return number

    def caption(self) -> None:
        key, words = self.pending
        self.say(key, words)

    def head(self) -> None:
        w = self.w
        name = f"“{w.period}”规划" if w.period else f"规划（{w.base_year + 1}—{w.end_year}年）"
        title = f"{w.region}制造业高质量发展{name}"
        self.say("issuer", f"{w.parent}{w.region}人民政府")
        self.say("notice", f"关于印发《{title}》的通知")
        self.say("docnumber", f"{w.region[0]}府发〔{w.base_year + 1}〕{self.draw.randint(2, 40)}号")
        self.say("to", f"各镇人民政府，各街道办事处，{w.kind}级各部门：")
        self.say("order", f"现将《{title}》印发给你们，请认真贯彻执行。")
        self.say("date", f"{w.base_year + 1}年{self.draw.randint(2, 9)}月{self.draw.randint(1, 28)}日")
        self.say("title", title, level=1)
        span = f"“{w.period}”" if w.period else "今后几年"
        self.say(
            "preface",
            f"{span}时期是{w.region}制造业转型升级的重要阶段。本规划阐明指导思想、发展目标、主要任务和保障措施。",
        )
        self.say("basis", f"编制依据：《{w.parent}制造业高质量发展规划》。")

    # chapter 1

    def foundation(self) -> None:
        w, totals = self.w, self.w.totals
        self.heading("h.foundation", "发展基础")
        self.subheading("h.economy", "工业经济平稳增长")
        past, now = w.history["output"]
        growth = printed(annual(past, now, 5))
        self.tell(
            "f.output",
            "output",
            {"scope": self.draw.choice(("规上", "规模以上"))},
            total=printed((now / past - 1) * 100),
            output=printed(now),
            past=printed(past),
            growth=growth,
            va=printed(totals["va"][0]),
            revenue=printed(totals["revenue"][0]),
        )
        self.tell(
            "f.all",
            "all",
            {},
            all_output=printed(totals["all_output"][0], 0),
            all_va=printed(totals["all_va"][0]),
            staff=printed(totals["staff"][0]),
            export=printed(totals["export"][0]),
            share=printed(totals["export"][0] / totals["output"][0] * 100),
        )
        self.structure()
        self.innovation()
        self.firms()
        self.suppliers()

    def structure(self) -> None:
        w = self.w
        self.subheading("h.structure", "产业结构不断优化")
        own = w.sectors[: self.draw.randint(2, len(w.sectors))]
        total = sum(s.base for s in own)
        names = "、".join(s.long if s.name != "新材料" else s.name for s in own)
        number = self.figure("fig.structure", f"{COUNTS[len(own)]}大产业规上工业总产值占比")
        self.tell(
            "f.sectors",
            "sectors",
            {"names": names},
            count=COUNTS[len(own)],
            total=printed(total),
            share=printed(total / w.totals["output"][0] * 100),
            figure=number,
        )
        self.caption()
        first, second = own[0], own[1]
        self.tell(
            "f.parts",
            "parts",
            {"first": first.industry, "second": second.industry},
            a=printed(first.base, 2),
            share=printed(first.base / w.totals["output"][0] * 100, 2),
            b=floored(second.base),
            all=printed(second.base / w.totals["all_output"][0] * 100),
        )

    def innovation(self) -> None:
        w = self.w
        self.subheading("h.innovation", "创新能力持续增强")
        a, b = w.history["hitech"]
        c, d = w.history["patents"]
        e, f = w.history["labs"]
        self.tell(
            "f.innovation",
            "innovation",
            {},
            a=printed(a, 0),
            b=printed(b, 0),
            growth=printed(annual(a, b, 5)),
            c=printed(c),
            d=printed(d),
            e=printed(e, 0),
            f=printed(f, 0),
        )

    def firms(self) -> None:
        w = self.w
        self.subheading("h.firms", "企业梯队逐步形成")
        counts = [sum(f.tier == tier for f in w.firms) for tier in range(3)]
        number = self.figure("fig.firms", f"{w.base_year}年规上工业企业梯队构成")
        self.tell(
            "f.firms",
            "firms",
            {},
            total=str(len(w.firms)),
            n0=str(counts[0]),
            n1=str(counts[1]),
            n2=str(counts[2]),
            figure=number,
        )
        self.caption()
        names = "、".join(f.name for f in w.firms if f.tier == 0)
        self.tell("f.leaders", "leaders", {}, names=names, count=COUNTS[counts[0]])
        known = [f for f in w.firms if f.tier == 0 and f.output]
        if known:
            total = sum(f.output for f in known)
            self.tell(
                "f.leading",
                "leading",
                {"brands": "、".join(f.brand for f in known)},
                count=str(len(known)),
                total=printed(total, 2),
                share=printed(total / w.totals["output"][0] * 100),
            )

        firm = w.sectors[0].landed[0]
        self.tell(
            "f.exports",
            "exports",
            {"firm": firm.brand},
            money=printed(firm.output * 10000 / 6.9 * self.draw.uniform(0.2, 0.5), 0),
            growth=printed(self.draw.uniform(2, 18)),
        )

    def suppliers(self) -> None:
        w = self.w
        known = [f for f in w.firms if f.suppliers]
        self.subheading("h.suppliers", "本地配套稳步提升")
        table = tables.suppliers_table(w, self.draw, self.next_table())
        two = known[:2]
        self.tell(
            "f.suppliers",
            "suppliers",
            {"first": two[0].brand, "second": two[1].brand},
            a=printed(two[0].local / two[0].suppliers * 100, 0),
            b=printed(two[1].local / two[1].suppliers * 100, 0),
            table=table.caption.split(" ")[0],
        )
        self.out.append(table)
        self.subheading("h.review", "运行情况")
        for name, sentence in traps.some(w, self.draw, 5):
            self.say(f"f.trap.{name}", sentence)
        self.say("f.after", "总体看，产业链协同水平有待提高，资源要素约束趋紧，创新驱动作用需进一步增强。")

    # chapter 2

    def goals(self) -> None:
        w = self.w
        self.heading("h.goals", "发展目标")
        self.subheading("h.general", "总体目标")
        self.say("g.general", f"到{self.end}，制造业规模持续壮大，结构更加优化，绿色低碳的现代产业体系基本形成。")
        self.subheading("h.specific", "具体目标")
        groups: dict[str, list[Indicator]] = {}
        for one in w.indicators:
            groups.setdefault(one.category, []).append(one)
        for category, ones in groups.items():
            if category == "结构优化":
                ones = [one for one in ones if one.unit == "%"]
            told = [one for one in ones if one.key in ("output", "va") or self.draw.random() < 0.65]
            if not told:
                continue
            clauses, slots = [], {}
            for one in told:
                clause, more = self.goal(one)
                clauses.append(clause)
                slots |= more
            self.say(f"g.{category}", f"{category}。到{self.end}，" + "，".join(clauses) + "。", **slots)
        number = self.next_table()
        self.say("g.table", "主要指标见{table}。", table=number)
        self.out.append(tables.indicators_table(w, self.draw, caption=f"{number} {w.region}制造业发展主要指标"))

    def goal(self, one: Indicator) -> tuple[str, dict[str, str]]:
        """A clause that says a target, and its figures."""
        key, name = one.key, one.name.removeprefix("其中：")
        years = self.w.years
        target = printed(one.target, one.digits)
        if one.bound == "ge":
            return f"{name}不低于{{{key}}}%", {key: target}
        if one.key == "energy":
            fall = printed((1 - one.target / one.base) * 100)
            return f"单位工业增加值能耗较{self.w.base_year}年累计下降{{{key}}}%", {key: fall}
        if one.unit == "%":
            if self.draw.random() < 0.5:
                points = printed(float(target) - float(printed(one.base, one.digits)), one.digits)
                more = f"，较{self.w.base_year}年提高{{{key}_points}}个百分点"
                return f"{name}达到{{{key}}}%{more}", {key: target, f"{key}_points": points}
            return f"{name}达到{{{key}}}%", {key: target}
        growth = printed(annual(one.base, one.target, years))
        if one.unit == "亿元":
            verb, target = self.draw.choice(
                (("达到", target), ("突破", floored(one.target)), ("达到", printed(one.target, 0)))
            )
            if self.draw.random() < 0.6 or key in ("output", "va"):
                return f"{name}{verb}{{{key}}}亿元，年均增长{{{key}_growth}}%", {key: target, f"{key}_growth": growth}
            return f"{name}{verb}{{{key}}}亿元", {key: target}
        return f"{name.removesuffix('数')}达到{{{key}}}{one.unit}", {key: target}

    def tasks(self) -> None:
        self.heading("h.tasks", "主要任务")
        wordings = (
            ("强化创新平台支撑", "支持企业与高校共建研发机构，完善科技成果转化机制。"),
            ("加快数字化转型", "推动规上企业设备联网和业务系统云化，建设一批示范场景。"),
            ("推进绿色制造", "实施节能降碳改造，完善园区循环利用体系。"),
            ("培育优质企业", "健全梯度培育机制，支持企业专注细分领域。"),
        )
        for number, (head, words) in enumerate(wordings, start=1):
            self.subheading(f"h.task{number}", head)
            self.say(f"t.{number}", f"{head}。{words}")
        names = "、".join(name for name, _ in self.w.chains)
        self.tell(
            "t.chains",
            "chains",
            {"names": names},
            count=str(len(self.w.chains)),
            annex=self.annex_name(3),
        )
        projects = [p for s in self.w.sectors for p in s.projects]
        self.tell(
            "t.projects",
            "projects",
            {},
            count=str(len(projects)),
            total=printed(sum(p.total for p in projects) / 10000, 0),
            annex=self.annex_name(1),
        )

    def annex_name(self, number: int) -> str:
        return self.annex.format(n=number, c=NUMERALS[number])

    # chapter 4

    def sector(self, number: int, s: Sector) -> None:
        w = self.w
        if number == 1:
            self.heading("h.sectors", "重点产业")
        key = f"s{number - 1}"
        self.subheading(f"h.{key}", s.industry)
        self.minor(f"h.{key}.goals", 1, "发展目标")
        verb, target = self.draw.choice(
            (("达到", printed(s.target)), ("突破", floored(s.target)), ("达到", printed(s.target, 0)))
        )
        self.tell(
            f"{key}.goal",
            "sector_goal",
            {"sector": s.industry, "verb": verb},
            target=target,
            growth=printed(annual(s.base, s.target, w.years)),
            share=printed(s.target / w.totals["output"][1] * 100),
        )
        self.minor(f"h.{key}.land", 2, "产业载体")
        firms = s.landed
        total = sum(f.land for f in firms)
        output = sum(f.output for f in firms)
        table = tables.land_table(s, self.draw, self.next_table(), key, hectares=self.hectares)
        short = [f.brand for f in firms]
        digits = self.draw.choice((0, 1))
        slots = {f"mu{i}": printed(f.output * 10000 / float(f.land), digits) for i, f in enumerate(firms)}
        listed = "、".join(f"{{{name}}}万元/亩" for name in slots)
        self.tell(
            f"{key}.land",
            "sector_land",
            {"sector": s.industry, "listed": listed},
            count=COUNTS[len(firms)],
            land=printed(total),
            table=table.caption.split(" ")[0],
            names="、".join(short),
            **slots,
        )
        self.tell(
            f"{key}.firm",
            "sector_firm",
            {"firm": firms[0].brand},
            output=printed(firms[0].output, 2),
            count=COUNTS[len(firms)],
            total=printed(output, 2),
            km2=printed(output / float(total) * 1500, 1),
        )
        self.out.append(table)
        self.minor(f"h.{key}.fields", 3, "重点领域")
        money = sum(p.total for p in s.projects) / 10000
        one = s.projects[0]
        self.tell(
            f"{key}.fields",
            "sector_fields",
            {"firm": firms[-1].brand, "project": one.name, "sector": s.industry},
            money=printed(one.total / 10000, 2),
            count=str(len(s.projects)),
            total=printed(money, 1),
        )

    def measures(self) -> None:
        self.heading("h.measures", "保障措施")
        for number, (head, words) in enumerate(
            (
                ("加强组织领导", "健全统筹协调机制，明确部门分工，定期调度进展。"),
                ("强化要素保障", "统筹用地、用能、用工和资金，优先保障重大项目。"),
                ("优化营商环境", "深化政务服务改革，完善涉企政策直达机制。"),
                ("加强监测评估", "完善监测体系，开展中期评估，适时调整。"),
            ),
            start=1,
        ):
            self.subheading(f"h.measure{number}", head)
            self.say(f"m.{number}", words)
        last = str(sum(f.tier == 0 for f in self.w.firms))
        self.tell("m.annex", "serials", {}, annex=self.annex_name(2), last=last)

    def annexes(self) -> None:
        w = self.w
        self.say("a.1", "{number}", level=1, number=self.annex_name(1))
        self.out.append(tables.projects_table(w, self.draw))
        self.say("a.2", "{number}", level=1, number=self.annex_name(2))
        self.say("a.2.title", f"{w.region}规上工业企业分类名单")
        self.out.append(tables.enterprises_table(w, self.draw))
        self.say("a.3", "{number}", level=1, number=self.annex_name(3))
        self.say("a.3.title", f"{w.region}{{count}}条产业链图谱", count=str(len(w.chains)))
        for c, (name, nodes) in enumerate(w.chains):
            self.say(f"chain{c}", name)
            for n, (node, members) in enumerate(nodes):
                stage, _, words = node.partition("：")
                self.say(f"chain{c}.{n}", f"{stage}：{words}")
                self.say(f"chain{c}.{n}.node", words)
                for m, member in enumerate(members):
                    self.say(f"chain{c}.{n}.{m}", f"• {member}")
