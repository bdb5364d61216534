"""Enterprises in tiers, sectors and lists. The firms are invented."""

from __future__ import annotations

from tests.engines.planlint.rules.rows import facts, found, project, said

from zhizao.engines.planlint import read_document
from zhizao.engines.planlint.facts import facts_of
from zhizao.engines.planlint.rules import class_names, classes


def firm(name, tier="骨干企业", industry="食品", serial=None, line=1):
    return {"name": name, "tier": tier, "industry": industry, "serial": serial, "line": line}


def land(name, sector, table="4-1", line=50):
    return {"enterprise": name, "sector": sector, "table": table, "land_mu": 1, "line": line}


def alias(name, canonical):
    return {"canonical": canonical, "alias": name, "confidence": 1, "line": 1}


def test_an_enterprise_stands_in_one_tier():
    rows = [firm("青禾甲食品有限公司", "龙头企业", line=3), firm("青禾甲食品 有限公司", line=9)]
    assert said(classes.find_two_tiers, facts(enterprises=rows)) == [
        "“青禾甲食品有限公司” stands in 2 tiers: 龙头企业、骨干企业."
    ]
    branch = [firm("青禾甲食品有限公司", "龙头企业"), firm("青禾甲食品有限公司云岭分公司")]
    assert found(classes.find_two_tiers, facts(enterprises=branch)) == []


def test_an_enterprise_stands_once_in_a_list():
    whole = "青禾甲食品有限公司"
    known = facts(
        enterprises=[firm(whole), firm(whole)],
        land=[land("甲食品", "食品业"), land(whole, "食品业"), land("青禾乙织造有限公司", "纺织业")],
        aliases=[alias("甲食品", whole)],
        chain_members=[
            {"chain": "食品", "stage": "上游", "node": node, "member": whole, "line": 1}
            for node in ("原料", "原料", "包装")
        ],
    )
    assert [severity for severity, _ in found(classes.find_twice, known)] == ["warning", "warning", "info"]


def test_serials_of_the_list_leave_none_out():
    rows = [firm("甲", serial=1), firm("乙", serial=2), firm("丙", serial=4), firm("丁", "成长型企业", serial=1)]
    assert said(classes.find_serials, facts(enterprises=rows)) == [
        "In the list of enterprises the serial 4 (“丙”) follows 2."
    ]


def test_an_enterprise_stands_in_one_sector():
    whole = "青禾甲制冷有限公司"
    listed = [firm(whole, industry="电子"), firm("青禾乙机床有限公司", industry="装备")]
    wrong = facts(enterprises=listed, land=[land(whole, "装备制造业"), land("青禾丙电子有限公司", "电子信息制造业")])
    assert said(classes.find_two_sectors, wrong) == ["“青禾甲制冷有限公司” stands in two sectors: 电子、装备制造业."]
    right = facts(enterprises=listed, land=[land(whole, "电子信息制造业"), land("青禾乙机床有限公司", "装备制造业")])
    assert found(classes.find_two_sectors, right) == []


def test_a_sector_that_the_other_table_does_not_use_says_nothing():
    listed = [firm("青禾甲汽车配件有限公司", industry="汽车"), firm("青禾乙机床有限公司", industry="装备")]
    known = facts(enterprises=listed, land=[land("青禾甲汽车配件有限公司", "装备制造业")])
    assert found(classes.find_two_sectors, known) == []


def test_two_tables_of_land_put_an_enterprise_into_one_sector():
    known = facts(enterprises=[], land=[land("青禾甲", "食品业"), land("青禾甲", "纺织业", "4-2")])
    assert [severity for severity, _ in found(classes.find_two_sectors, known)] == ["warning"]


def test_a_project_in_another_sector_than_its_owner_is_an_info():
    listed = [firm("青禾甲食品有限公司", industry="食品"), firm("青禾乙织造有限公司", industry="纺织")]
    rows = [project("甲", 1, sector="纺织工业"), project("乙", 1)]
    known = facts(enterprises=listed, projects=rows)
    assert found(classes.find_two_sectors, known) == [("info", "projects")]


def test_other_names_of_listed_enterprises_are_told_once_a_table():
    whole = "青禾甲食品有限公司"
    known = facts(
        enterprises=[firm(whole)],
        land=[land("甲食品", "食品业"), land("青禾甲食品 有限公司", "食品业")],
        aliases=[alias("甲食品", whole)],
    )
    assert said(classes.find_other_names, known) == [
        "1 enterprises of the list stand in another table under other names: 甲食品."
    ]


LIST = [
    firm("青禾云岭食品有限公司", "龙头企业", line=90),
    firm("青禾锦绣织造有限公司", "骨干企业", line=91),
    firm("青禾山泉饮料有限公司", "成长型企业", line=92),
]
ALIASES = [
    alias("云岭食品", "青禾云岭食品有限公司"),
    alias("锦绣织造", "青禾锦绣织造有限公司"),
    alias("山泉饮料", "青禾山泉饮料有限公司"),
]


def tiers(sentence):
    return facts(sentence + "\n", enterprises=LIST, aliases=ALIASES)


def test_names_before_a_tier_are_of_that_tier():
    wrong = tiers("现有云岭食品、锦绣织造等两家龙头企业。")
    (one,) = class_names.find_in_text(wrong)
    assert one.message % one.params == "“锦绣织造” is put among “龙头企业”; the list has it among “骨干企业”."
    assert [place.line for place in one.places] == [1, 91]
    assert said(class_names.find_in_text, tiers("以云岭食品、锦绣织造为首的龙头企业占比上升。")) == [
        "“锦绣织造” is put among “龙头企业”; the list has it among “骨干企业”."
    ]


def test_names_behind_a_tier_are_of_that_tier():
    for sentence in (
        "骨干企业包括锦绣织造、山泉饮料等，成长型企业较多。",
        "骨干企业共两家，分别为锦绣织造、山泉饮料。",
        "骨干企业：锦绣织造、山泉饮料",
    ):
        assert said(class_names.find_in_text, tiers(sentence)) == [
            "“山泉饮料” is put among “骨干企业”; the list has it among “成长型企业”."
        ]


def test_names_that_are_only_near_a_tier_are_left_alone():
    for sentence in (
        "支持云岭食品带动骨干企业发展。",
        "锦绣织造与龙头企业合作。",
        "依托云岭食品等龙头企业。",
        "云岭食品、外地某公司等龙头企业。",
        "锦绣织造、山泉饮料。龙头企业加快发展。",
    ):
        assert found(class_names.find_in_text, tiers(sentence)) == [], sentence


SUPPLIERS = """表1 骨干企业供应商情况
\t领域
\t名称
\t总量
\t市内
\t占比

\t食品
\t{name}
\t195
\t145
\t74%

以上数据来自企业。

附件 各企业类型划分
\t一、龙头企业

\t1
\t青禾云岭食品有限公司
\t食品

\t2
\t青禾大河乳业有限公司
\t食品

\t二、骨干企业

\t3
\t青禾锦绣织造有限公司
\t纺织

\t4
\t青禾春茧丝绸有限公司
\t纺织
"""


def test_a_table_of_one_tier_lists_no_other():
    def table(name):
        return facts_of(read_document(SUPPLIERS.format(name=name).encode(), file="plan.txt"))

    assert said(class_names.find_in_table, table("青禾云岭食品有限公司")) == [
        "A table of “骨干企业” lists 1 enterprises of other tiers: 青禾云岭食品有限公司."
    ]
    assert found(class_names.find_in_table, table("青禾锦绣织造有限公司")) == []
    assert found(class_names.find_in_table, table("外地供应有限公司")) == []
