"""Faults in the text: agreement, shares, dimension, history, counts, derived figures, references, typing."""

from __future__ import annotations

import random
from itertools import pairwise

from tests.engines.planlint.evaluation.faults import Places, fault, number, pick, rows_of, scaled, sectors
from tests.engines.planlint.evaluation.generator import COUNTS, NUMERALS, Plan
from tests.engines.planlint.evaluation.paper import Para
from tests.engines.planlint.evaluation.world import printed

from zhizao.kernel.result import Severity

COUNTED = ("labs", "hitech", "little_giant", "factories", "workshops", "cloud", "green")


def _goals(plan: Plan, keys: tuple[str, ...]) -> list[tuple[Para, str]]:
    """Paragraphs of goals with a figure of one of these targets."""
    return [(para, key) for para in plan.paper.paras("g.") for key in para.slots if key in keys]


def _insert(plan: Plan, after: str, key: str, words: str) -> Places:
    plan.paper.blocks.insert(plan.paper.at(after) + 1, Para(key, "{words}", {"words": words}))
    return (key,)


# agreement


@fault("agreement")
def goal_is_not_the_tables(plan: Plan, draw: random.Random) -> Places:
    para, key = draw.choice(_goals(plan, ("output", "va")))
    para.slots[key] = scaled(para.slots[key], 1.15)
    return (para.key, f"indicators/{key}")


@fault("agreement")
def sectors_goal_is_not_the_tables(plan: Plan, draw: random.Random) -> Places:
    at = draw.choice(sectors(plan))
    slots = plan.paper[f"s{at}.goal"].slots
    slots["target"] = scaled(slots["target"], 1.25)
    return (f"s{at}.goal", f"indicators/s{at}")


@fault("agreement")
def base_in_the_text_off(plan: Plan, draw: random.Random) -> Places:
    slots = plan.paper["f.output"].slots
    cell = draw.choice(("output", "va"))
    slots[cell] = scaled(slots[cell], 1.12)
    return ("f.output", f"indicators/{cell}")


@fault("agreement")
def number_in_the_goals_off(plan: Plan, draw: random.Random) -> Places:
    found = pick(draw, _goals(plan, COUNTED))
    if not isinstance(found, tuple):
        return None
    para, key = found
    para.slots[key] = scaled(para.slots[key], 1.3, more=2)
    return (para.key, f"indicators/{key}")


@fault("agreement", "history")
def more_than_the_table_reaches(plan: Plan, draw: random.Random) -> Places:
    slots = plan.paper["f.parts"].slots
    slots["b"] = scaled(slots["b"], 1.3)
    return ("f.parts", "indicators/s0", "indicators/s1")


@fault("agreement", "dimension")
def one_figure_for_two_scopes(plan: Plan, draw: random.Random) -> Places:
    plan.paper["f.all"].slots["all_va"] = plan.paper["f.output"].slots["va"]
    return ("f.all", "f.output", "indicators/va")


# shares


@fault("shares")
def share_of_another_whole(plan: Plan, draw: random.Random) -> Places:
    slots = plan.paper["f.parts"].slots
    totals = plan.world.totals
    slots["share"] = printed(number(slots["a"]) / totals["all_output"][0] * 100, 2)
    return ("f.parts",)


@fault("shares")
def share_of_all_industry_is_of_the_larger_firms(plan: Plan, draw: random.Random) -> Places:
    slots = plan.paper["f.parts"].slots
    totals = plan.world.totals
    slots["all"] = printed(number(slots["all"]) * totals["all_output"][0] / totals["output"][0])
    return ("f.parts",)


@fault("shares")
def share_in_the_sectors_goal_off(plan: Plan, draw: random.Random) -> Places:
    at = draw.choice(sectors(plan))
    slots = plan.paper[f"s{at}.goal"].slots
    slots["share"] = scaled(slots["share"], 1, more=8)
    return (f"s{at}.goal",)


@fault("shares")
def share_of_the_main_sectors_off(plan: Plan, draw: random.Random) -> Places:
    slots = plan.paper["f.sectors"].slots
    slots["share"] = scaled(slots["share"], 0.85)
    return ("f.sectors",)


@fault("shares", "derived")
def share_of_exports_off(plan: Plan, draw: random.Random) -> Places:
    slots = plan.paper["f.all"].slots
    slots["share"] = scaled(slots["share"], 1, more=6)
    return ("f.all",)


@fault("shares", "derived")
def share_of_suppliers_off(plan: Plan, draw: random.Random) -> Places:
    row = draw.choice(rows_of(plan.paper.table("suppliers"))[2:] or rows_of(plan.paper.table("suppliers")))
    row.cells["share"] = scaled(row.cells["share"], 1, more=14 if number(row.cells["share"]) < 80 else -14)
    return (f"suppliers/{row.key}",)


@fault("shares", "history")
def share_of_the_target_year(plan: Plan, draw: random.Random) -> Places:
    slots, world = plan.paper["f.parts"].slots, plan.world
    of_target = world.sectors[0].target / world.totals["output"][1] * 100
    if abs(of_target - number(slots["share"])) < 1.5:
        return None
    slots["share"] = printed(of_target, 2)
    return ("f.parts",)


# dimension


@fault("dimension", "shares")
def value_added_as_a_share_of_output(plan: Plan, draw: random.Random) -> Places:
    name = draw.choice(("智能制造增加值", "绿色产业增加值", "数字产业增加值"))
    return _insert(plan, "h.specific", "x.dimension", f"到{plan.world.end_year}年，{name}占规上工业总产值比重达到20%。")


@fault("dimension", "targets")
def fall_without_base(plan: Plan, draw: random.Random) -> Places:
    what = draw.choice(("工业能源消耗", "工业用水量", "主要污染物排放"))
    return _insert(plan, "h.specific", "x.dimension", f"到{plan.world.end_year}年，{what}降低13%。")


@fault("dimension", "growth")
def per_cent_for_points(plan: Plan, draw: random.Random) -> Places:
    found = pick(draw, [p for p in plan.paper.paras("g.") if "个百分点" in p.template])
    if not isinstance(found, Para):
        return None
    found.template = found.template.replace("个百分点", "%")
    return (found.key,)


@fault("dimension", "units", "agreement")
def ratio_in_a_unit_of_money(plan: Plan, draw: random.Random) -> Places:
    found = pick(draw, _goals(plan, ("per_mu", "tax_mu", "productivity")))
    if not isinstance(found, tuple):
        return None
    para, key = found
    unit = "万元/人" if key == "productivity" else "万元/亩"
    para.template = para.template.replace(f"{{{key}}}{unit}", f"{{{key}}}亿元")
    return (para.key, f"indicators/{key}")


# history


@fault("history", "agreement")
def target_told_as_history(plan: Plan, draw: random.Random) -> Places:
    target = plan.world.totals["output"][1]
    plan.paper["f.output"].slots["output"] = printed(target)
    return ("f.output", "indicators/output")


@fault("history", "agreement")
def sectors_target_told_as_history(plan: Plan, draw: random.Random) -> Places:
    slots = plan.paper["f.parts"].slots
    sector = plan.world.sectors[0]
    slots["a"] = printed(sector.target, 2)
    return ("f.parts", "indicators/s0")


@fault("history")
def year_told_as_a_value(plan: Plan, draw: random.Random) -> Places:
    found = pick(draw, _goals(plan, COUNTED))
    if not isinstance(found, tuple):
        return None
    para, key = found
    para.slots[key] = str(plan.world.end_year)
    return (para.key, f"indicators/{key}")


@fault("history", "agreement")
def base_told_as_target(plan: Plan, draw: random.Random) -> Places:
    found = pick(draw, _goals(plan, COUNTED))
    if not isinstance(found, tuple):
        return None
    para, key = found
    para.slots[key] = plan.paper.table("indicators").row(key).cells["base"]
    return (para.key, f"indicators/{key}")


@fault("derived")
def exports_above_output(plan: Plan, draw: random.Random) -> Places:
    slots = plan.paper["f.exports"].slots
    slots["money"] = scaled(slots["money"], 12)
    return ("f.exports", "s0.firm", "s0.land", "land.s0/r0", "land.s0")


# counts


@fault("counts", "sums")
def parts_of_the_number_off(plan: Plan, draw: random.Random) -> Places:
    slots = plan.paper["f.firms"].slots
    key = draw.choice(("n1", "n2", "total"))
    slots[key] = scaled(slots[key], 1, more=draw.choice((2, 5)))
    return ("f.firms",)


@fault("counts")
def name_dropped_from_a_list(plan: Plan, draw: random.Random) -> Places:
    slots = plan.paper["f.leaders"].slots
    names = slots["names"].split("、")
    del names[draw.randrange(len(names))]
    slots["names"] = "、".join(names)
    return ("f.leaders",)


@fault("counts")
def more_values_than_names(plan: Plan, draw: random.Random) -> Places:
    at = draw.choice(sectors(plan))
    slots = plan.paper[f"s{at}.land"].slots
    names = slots["names"].split("、")
    if len(names) < 3:
        return None
    del names[draw.randrange(1, len(names))]
    slots["names"] = "、".join(names)
    return (f"s{at}.land",)


@fault("counts")
def fewer_values_than_names(plan: Plan, draw: random.Random) -> Places:
    at = draw.choice(sectors(plan))
    para = plan.paper[f"s{at}.land"]
    last = max(key for key in para.slots if key.startswith("mu"))
    if last == "mu1":
        return None
    para.template = para.template.replace(f"、{{{last}}}万元/亩", "")
    del para.slots[last]
    return (f"s{at}.land",)


@fault("counts", "references")
def graphs_promised_but_absent(plan: Plan, draw: random.Random) -> Places:
    key = draw.choice(("t.chains", "a.3.title"))
    slots = plan.paper[key].slots
    slots["count"] = scaled(slots["count"], 1, more=3)
    return ("t.chains", "a.3.title", "chain0")


@fault("counts", "projects")
def number_of_projects_off(plan: Plan, draw: random.Random) -> Places:
    key = draw.choice(["t.projects"] + [f"s{at}.fields" for at in sectors(plan)])
    slots = plan.paper[key].slots
    slots["count"] = scaled(slots["count"], 1, more=4)
    return (key,)


@fault("counts", "classes")
def range_of_serials_off(plan: Plan, draw: random.Random) -> Places:
    slots = plan.paper["m.annex"].slots
    slots["last"] = scaled(slots["last"], 1, more=2)
    return ("m.annex",)


@fault("counts")
def rows_of_a_table_off(plan: Plan, draw: random.Random) -> Places:
    at = draw.choice(sectors(plan))
    slots = plan.paper[f"s{at}.land"].slots
    slots["count"] = COUNTS[COUNTS.index(slots["count"]) + 2]
    return (f"s{at}.land", f"land.s{at}")


# derived figures


def _firm(plan: Plan, at: int) -> tuple[str, ...]:
    return (f"s{at}.land", f"s{at}.firm", f"land.s{at}", f"land.s{at}/r0")


@fault("derived")
def output_per_mu_off(plan: Plan, draw: random.Random) -> Places:
    at = draw.choice(sectors(plan))
    slots = plan.paper[f"s{at}.land"].slots
    slots["mu0"] = scaled(slots["mu0"], draw.choice((0.5, 1.6)))
    return _firm(plan, at)


@fault("derived")
def output_of_a_firm_off(plan: Plan, draw: random.Random) -> Places:
    at = draw.choice(sectors(plan))
    slots = plan.paper[f"s{at}.firm"].slots
    slots["output"] = scaled(slots["output"], draw.choice((0.6, 1.5)))
    return _firm(plan, at)


@fault("derived", "sums")
def land_in_all_off(plan: Plan, draw: random.Random) -> Places:
    at = draw.choice(sectors(plan))
    slots = plan.paper[f"s{at}.land"].slots
    slots["land"] = scaled(slots["land"], draw.choice((0.7, 1.3)))
    return (f"s{at}.land", f"s{at}.firm", f"land.s{at}")


@fault("derived")
def output_per_square_kilometre_off(plan: Plan, draw: random.Random) -> Places:
    at = draw.choice(sectors(plan))
    slots = plan.paper[f"s{at}.firm"].slots
    slots["km2"] = scaled(slots["km2"], draw.choice((0.6, 1.5)))
    return (f"s{at}.land", f"s{at}.firm", f"land.s{at}")


@fault("derived")
def more_idle_land_than_land(plan: Plan, draw: random.Random) -> Places:
    key = f"land.s{draw.choice(sectors(plan))}"
    row = draw.choice(rows_of(plan.paper.table(key)))
    row.cells["idle"] = scaled(row.cells["land"], 1.5)
    return (f"{key}/{row.key}",)


@fault("derived", "sums")
def firm_above_its_sector(plan: Plan, draw: random.Random) -> Places:
    at = draw.choice(sectors(plan))
    firm, land = plan.paper[f"s{at}.firm"].slots, plan.paper[f"s{at}.land"].slots
    factor = plan.world.sectors[at].base / number(firm["output"]) * 1.6
    firm["output"] = scaled(firm["output"], factor)
    land["mu0"] = scaled(land["mu0"], factor)
    return (*_firm(plan, at), f"indicators/s{at}")


@fault("derived", "agreement", "shares")
def share_of_suppliers_in_the_text_off(plan: Plan, draw: random.Random) -> Places:
    slots = plan.paper["f.suppliers"].slots
    slots["a"] = scaled(slots["a"], 1, more=12 if number(slots["a"]) < 80 else -12)
    return ("f.suppliers", "suppliers/r0")


@fault("derived", "shares")
def more_local_suppliers_than_suppliers(plan: Plan, draw: random.Random) -> Places:
    row = draw.choice(rows_of(plan.paper.table("suppliers")))
    row.cells["local"] = scaled(row.cells["total"], 1, more=20)
    return (f"suppliers/{row.key}",)


# references


@fault("references")
def figure_absent(plan: Plan, draw: random.Random) -> Places:
    key = draw.choice(("f.sectors", "f.firms"))
    plan.paper[key].slots["figure"] = "图9"
    return (key,)


@fault("references")
def another_figure_cited(plan: Plan, draw: random.Random) -> Places:
    plan.paper["f.sectors"].slots["figure"] = plan.paper["f.firms"].slots["figure"]
    return ("f.sectors", "fig.firms", "fig.structure")


@fault("references")
def caption_lost(plan: Plan, draw: random.Random) -> Places:
    key = draw.choice(("structure", "firms"))
    del plan.paper.blocks[plan.paper.at(f"fig.{key}")]
    return ("f.sectors" if key == "structure" else "f.firms",)


@fault("references")
def table_absent(plan: Plan, draw: random.Random) -> Places:
    slots = plan.paper["g.table"].slots
    slots["table"] = slots["table"][:-1] + "9"
    return ("g.table",)


@fault("references")
def annex_absent(plan: Plan, draw: random.Random) -> Places:
    key = draw.choice(("t.chains", "t.projects", "m.annex"))
    slots = plan.paper[key].slots
    slots["annex"] = slots["annex"][:-1] + ("9" if slots["annex"][-1].isdigit() else "九")
    return (key,)


@fault("references")
def chapter_absent(plan: Plan, draw: random.Random) -> Places:
    return _insert(plan, "t.2", "x.chapter", "有关保障举措详见第十二章。")


@fault("references")
def headings_with_a_gap(plan: Plan, draw: random.Random) -> Places:
    for at, new in ((3, 5), (4, 6)):
        slots = plan.paper[f"h.task{at}"].slots
        old = slots["number"]
        slots["number"] = old.replace(NUMERALS[at], NUMERALS[new]) if "、" in old else f"{old[:-2]}{new} "
    return ("h.task3", "h.task4", "h.task2")


@fault("references")
def figure_number_twice(plan: Plan, draw: random.Random) -> Places:
    captions = [block for block in plan.paper.blocks if block.key.startswith("fig.")]
    for first, second in pairwise(captions):
        if isinstance(first, Para) and isinstance(second, Para):
            second.template = second.template.replace("图2", "图1")
    return tuple(block.key for block in captions)


# typing: worth knowing, no contradiction


def _typed(plan: Plan, draw: random.Random, old: str, new: str) -> Places:
    """Replace a word in a paragraph that has it."""
    found = pick(draw, [p for p in plan.paper.blocks if isinstance(p, Para) and not p.level and old in p.template])
    if not isinstance(found, Para):
        return None
    found.template = found.template.replace(old, new, 1)
    return (found.key,)


@fault("encoding", least=Severity.INFO)
def mojibake(plan: Plan, draw: random.Random) -> Places:
    wrong = draw.choice(("鍒堕€犱笟", "\ufffd\ufffd", "åˆ¶é€"))
    return _typed(plan, draw, draw.choice(("制造业", "企业")), wrong)


@fault("encoding", least=Severity.INFO)
def private_characters(plan: Plan, draw: random.Random) -> Places:
    return _typed(plan, draw, "，", draw.choice(("\ue004", "\uf0d8")) + "，")


@fault("encoding", least=Severity.INFO)
def period_with_a_wrong_character(plan: Plan, draw: random.Random) -> Places:
    return _insert(plan, "h.firms", "x.typing", "十三区期间，企业梯队培育取得积极进展。")


@fault("encoding", least=Severity.INFO)
def letter_for_a_digit(plan: Plan, draw: random.Random) -> Places:
    return _insert(plan, "h.firms", "x.typing", f"{plan.world.base_year}年，新增小微企业1O5家。")


@fault("encoding", least=Severity.INFO)
def word_twice(plan: Plan, draw: random.Random) -> Places:
    return _insert(plan, "h.task2", "x.typing", "提高专业化、专业化协作水平，形成高效协同的供应网络。")


@fault("encoding", least=Severity.INFO)
def bracket_left_open(plan: Plan, draw: random.Random) -> Places:
    return _typed(plan, draw, "）", "")


@fault("encoding", least=Severity.INFO)
def punctuation_twice(plan: Plan, draw: random.Random) -> Places:
    return _typed(plan, draw, "，", "，，")
