"""Figures that follow from others: land, output for each mu, exports, suppliers. The plan is invented."""

from __future__ import annotations

import pytest

from zhizao.engines.planlint import read_document
from zhizao.engines.planlint.checking import check
from zhizao.engines.planlint.facts import Facts, facts_of
from zhizao.engines.planlint.finding import Finding, Severity
from zhizao.engines.planlint.rules.derived import RULES
from zhizao.engines.planlint.schema import Rows

# 60×500 + 40×800 + 20×300 = 68000 万元 = 6.8 亿元 on 120 mu: 566.7 万元/亩, 85 亿元/平方公里
PLAN = """甲州工业发展“十四五”规划

第一章 基础
2020年，全州规划工业用地10平方公里，已开发6平方公里，可提供工业用地约6000亩。
工业企业单位用地产出强度为90亿元/平方公里，工业企业单位土地面积平均产值600万元/亩。
以天远机械和地远机械为代表的装备制造业供应商本地化比例分别达到60%和25%。

第二章 装备制造业
2020年，装备制造业三家重点企业现有用地共120亩（如表2），天远机械、地远机械、玄远机械亩均产值分别为500万元/亩、800万元/亩、300万元/亩。
2020年，地远机械实现产值3.2亿元，出口金额2000万美元；三家重点企业产值合计6.8亿元，折合每平方公里85.0亿元。

表2 装备制造业重点企业现有用地情况

\t名称
\t现有用地/亩
\t闲置用地/亩
\t厂房及办公面积/平方米
\t未来五年需求/亩

\t甲州天远机械有限公司
\t60
\t20
\t50000
\t30

\t甲州地远机械有限公司
\t40
\t—
\t20000
\t—

\t甲州玄远机械有限公司
\t20
\t—
\t9000
\t—


表3 供应商数量

\t名称
\t总量
\t市内
\t占比

\t甲州天远机械有限公司
\t50
\t30
\t60%

\t甲州地远机械有限公司
\t40
\t10
\t25%


表1 主要指标

\t指标
\t单位
\t2020年
\t2025年

\t规上工业总产值
\t亿元
\t100
\t161

\t装备制造业规上工业总产值
\t亿元
\t20
\t32

附件一 企业名单

\t序号
\t企业名称
\t行业

\t一、龙头企业

\t1
\t甲州天远机械有限公司
\t装备

\t2
\t甲州地远机械有限公司
\t装备

\t3
\t甲州玄远机械有限公司
\t装备
"""


def found(*changes: tuple[str, str], rule: str = "") -> list[Finding]:
    """What the family says about the plan with some words changed."""
    text = PLAN
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    rules = [one for one in RULES if not rule or one.id == f"derived.{rule}"]
    return list(check(facts_of(read_document(text.encode())), rules=rules).findings)


def test_a_plan_whose_figures_follow_has_no_findings() -> None:
    assert found() == []


def test_output_is_land_times_output_for_each_mu() -> None:
    (one,) = found(("产值3.2亿元", "产值4.5亿元"), rule="per_mu")
    assert (one.severity, one.key) == (Severity.WARNING, "甲州地远机械有限公司")
    assert (one.numbers[2].expression, str(one.numbers[2].value)) == ("40×800÷10000", "3.2")


def test_output_twice_the_product_is_an_error() -> None:
    (one,) = found(("产值3.2亿元", "产值7.2亿元"), rule="per_mu")
    assert one.severity is Severity.ERROR


def test_two_per_cent_beyond_the_rounding_are_no_contradiction() -> None:
    assert found(("产值3.2亿元", "产值3.25亿元"), rule="per_mu") == []


def test_outputs_of_a_tables_enterprises_make_their_output_in_all() -> None:
    (one,) = found(("产值合计6.8亿元", "产值合计9.1亿元"), ("85.0亿元", "113.8亿元"), rule="density")
    assert one.key == "装备制造业/total"
    assert str(one.numbers[1].value) == "6.8"
    assert one.numbers[1].expression == "(60×500+40×800+20×300)÷10000"


def test_output_for_each_square_kilometre_follows_from_output_and_land() -> None:
    (one,) = found(("85.0亿元", "127.5亿元"), rule="density")
    assert one.key == "装备制造业/mean"
    assert [str(number.value) for number in one.numbers] == ["127.5", "120", "567", "85"]
    assert one.severity is Severity.WARNING


def test_one_figure_for_all_industry_and_for_a_sector_is_a_warning() -> None:
    sector = "装备制造业单位土地面积产值达到600万元/亩。\n\n表2"
    (one,) = found(("表2 装备", sector + " 装备"), rule="region_density")
    assert one.key == "装备制造业/copied"
    assert found(("表2 装备", sector.replace("600", "567") + " 装备"), rule="region_density") == []


def test_output_in_two_units_of_land_must_meet() -> None:
    (one,) = found(("90亿元/平方公里", "60亿元/平方公里"), rule="region_density")
    assert str(one.numbers[2].value) == "90"
    assert one.severity is Severity.WARNING


def test_exports_beyond_the_output_printed_are_an_error() -> None:
    (one,) = found(("出口金额2000万美元", "出口金额6000万美元"), rule="exports")
    assert (one.severity, one.key) == (Severity.ERROR, "甲州地远机械有限公司")
    assert (one.numbers[1].expression, str(one.numbers[1].value)) == ("6000×6.0÷10000", "3.6")


def test_exports_that_fit_some_rate_of_exchange_are_none() -> None:
    assert found(("出口金额2000万美元", "出口金额5000万美元"), rule="exports") == []  # 3.0 to 4.2


def test_exports_twice_the_product_of_land_and_output_for_each_mu_are_an_error() -> None:
    (one,) = found(("实现产值3.2亿元，出口金额2000", "出口金额20000"), rule="exports")
    assert one.severity is Severity.ERROR
    assert one.places[-1].table == "land"


def test_an_enterprise_does_not_make_more_than_its_sector() -> None:
    (one,) = found(("产值3.2亿元", "产值32亿元"), rule="nested")
    assert (one.severity, one.params["sector"]) == (Severity.ERROR, "装备制造业规上工业总产值")
    assert [str(number.value) for number in one.numbers] == ["32", "20"]


def test_an_impossible_price_is_found_and_a_plausible_one_is_not() -> None:
    words = "，出口数量3000辆，出口金额2000万美元"
    assert found(("，出口金额2000万美元", words), rule="unit_price") == []  # 6667 dollars each
    (one,) = found(
        ("，出口金额2000万美元", words.replace("3000辆", "1辆").replace("2000万美元", "20亿美元")), rule="unit_price"
    )
    assert one.severity is Severity.WARNING


def test_rows_below_the_total_are_a_warning_with_the_difference() -> None:
    (one,) = found(("共120亩", "共150亩"), rule="land_total")
    assert one.severity is Severity.WARNING
    assert [str(number.value) for number in one.numbers] == ["150", "120", "30"]
    assert one.numbers[1].expression == "60+40+20"


def test_rows_above_the_total_are_an_error() -> None:
    (one,) = found(("共120亩", "共100亩"), rule="land_total")
    assert one.severity is Severity.ERROR


def test_land_right_behind_the_number_of_the_tables_enterprises_is_theirs() -> None:
    words = ("三家重点企业现有用地共120亩（如表2）", "现有三家重点企业，占地{}亩（如表2）")
    assert found((words[0], words[1].format(120)), rule="land_total") == []
    (one,) = found((words[0], words[1].format(150)), rule="land_total")
    assert [str(number.value) for number in one.numbers] == ["150", "120", "30"]


def test_idle_land_is_no_more_than_land() -> None:
    (one,) = found(("\t60\n\t20\n", "\t60\n\t200\n"), rule="idle")[:1]
    assert one.severity is Severity.ERROR


def test_floor_area_that_no_land_carries_is_a_warning() -> None:
    (one,) = found(("\t9000\n", "\t900000\n"), rule="idle")
    assert one.severity is Severity.WARNING
    assert one.numbers[1].value is not None and one.numbers[1].value > 8


def test_land_needed_that_lies_idle_already_is_an_info() -> None:
    (one,) = found(("\t50000\n\t30\n", "\t50000\n\t20\n"), rule="idle")
    assert one.severity is Severity.INFO


def test_land_left_is_land_planned_less_land_used() -> None:
    (one,) = found(("约6000亩", "约9000亩"), rule="balance")
    assert one.severity is Severity.WARNING
    assert (str(one.numbers[1].value), one.numbers[1].expression) == ("6000", "(10−6) 平方公里")


@pytest.mark.parametrize(("old", "new"), [("\t60%\n", "\t74%\n"), ("\t30\n\t60%", "\t60\n\t60%")])
def test_the_share_of_local_suppliers_follows_from_their_number(old: str, new: str) -> None:
    (one,) = found((old, new), rule="suppliers")
    assert one.severity is Severity.ERROR
    assert one.key == "甲州天远机械有限公司"


def test_the_text_gives_the_share_of_the_table() -> None:
    (one,) = found(("60%和25%", "60%和45%"), rule="suppliers_said")
    assert (one.severity, one.key) == (Severity.ERROR, "甲州地远机械有限公司")
    assert one.numbers[2].expression == "10÷40"


def test_floor_area_of_a_project_is_within_the_owners() -> None:
    library = """附件二 重点项目库

\t序号
\t项目名称
\t项目业主
\t建设内容
\t项目总投资（万元）
\t开工时间
\t完成时间

\t1
\t自制件能力提升项目
\t甲州天远机械有限公司
\t利用自有厂房{0}平方米改造生产线。
\t500
\t2021
\t2025
"""
    rules = [one for one in RULES if one.id == "derived.floor_area"]

    def of(area: str) -> list[Finding]:
        facts = facts_of(read_document((PLAN + "\n" + library.format(area)).encode()))
        return list(check(facts, rules=rules).findings)

    assert of("48000") == []
    (one,) = of("65000.5")
    assert [str(number.value) for number in one.numbers] == ["65000.5", "50000", "15000.5"]


def test_a_missing_value_makes_the_rules_silent() -> None:
    rows: Rows = {
        "land": [{"table": "1", "enterprise": "甲厂", "line": 5}],
        "claims": [],
        "suppliers": [{"enterprise": "甲厂"}],
    }
    assert check(Facts(rows=rows, meta={}), rules=RULES).findings == ()
