"""Targets that cannot be measured as they stand, or that ask for nothing."""

from __future__ import annotations

import pytest
from tests.engines.planlint.rules.rows import claim, facts, found, said, shown, target

from zhizao.engines.planlint.rules import target_table, targets


def plan(*rows, text=None, **tables):
    return facts(text, indicators=list(rows), **tables)


def test_an_increment_with_growth_from_its_base_reads_as_a_level():
    (one,) = targets.find_increment(plan(target("新增数字化车间个数", "家", 18, 50, 23)))
    assert (one.severity.value, shown(one)[2:]) == ("warning", [("32", "家", "50−18"), ("23", "%", "")])


def test_an_increment_whose_base_is_the_level_that_the_text_states():
    past = claim("数字化车间", 18, "个", "2016-01..2020-12", "count", line=50)
    known = plan(target("新增数字化车间个数", "家", 18, 50), claims=[past])
    (one,) = targets.find_increment(known)
    assert (one.severity.value, [place.line for place in one.places]) == ("warning", [10, 50])
    other = plan(target("新增数字化车间个数", "家", 17, 50), claims=[past])
    assert [severity for severity, _ in found(targets.find_increment, other)] == ["info"]


def test_an_increment_from_zero_or_without_base_is_one():
    known = plan(target("新增绿色产品", "件", 0, 2), target("新增产值", "亿元", None, 80))
    assert found(targets.find_increment, known) == []


def test_a_target_at_or_below_its_base():
    known = plan(
        target("研发经费投入强度", "%", 3, 3),
        target("规上工业总产值", "亿元", 120, 110),
        target("专精特新中小企业数", "家", 60, 50),
        target("单位工业增加值能耗", "吨标准煤/万元", "0.42", "0.50"),
    )
    assert said(targets.find_not_beyond, known) == [
        "“研发经费投入强度”: the target 3% is the base value; it asks for nothing more.",
        "“规上工业总产值”: the target 110亿元 lies below the base 120亿元.",
        "“专精特新中小企业数”: the target 50家 lies below the base 60家.",
        "“单位工业增加值能耗”: the target 0.50吨标准煤/万元 lies above the base 0.42吨标准煤/万元, "
        "though it is to fall.",
    ]
    assert {severity for severity, _ in found(targets.find_not_beyond, known)} == {"warning"}


def test_what_falls_as_it_should_or_keeps_a_floor_is_no_warning():
    known = plan(
        target("单位工业增加值能耗", "吨标准煤/万元", "0.50", "0.42"),
        target("单位能耗下降率", "%", 18, 14),
        target("产品抽检得分", "分", 95, 90),
        target("优良水体", "%", 100, 100, bound="ge", target_printed="≥100"),
    )
    assert found(targets.find_not_beyond, known) == [("info", "ind-产品抽检得分"), ("info", "ind-优良水体")]


def test_a_row_without_target_or_without_base():
    known = plan(
        target("规上工业总产值", "亿元", 100, None),
        target("营商环境", None, None, None, target_printed="达到全市先进水平"),
        target("增加值增速", "%", None, None, 6),
        target("技改投资", "亿元", None, None, note="cumulative: [500]"),
    )
    assert found(targets.find_without_target, known) == [
        ("warning", "ind-规上工业总产值"),
        ("info", "ind-营商环境"),
    ]
    bases = plan(target("劳动生产率", "万元/人", None, 45), target("新增工厂", "家", None, 6), target("甲", "家", 0, 6))
    assert found(targets.find_without_base, bases) == [("warning", "ind-劳动生产率")]


@pytest.mark.parametrize(("words", "told"), [("〉86%", True), ("≥86", True), ("86%", False), ("约86%", False)])
def test_a_past_value_is_no_bound(words, told):
    row = target("固废综合利用率", "%", 86, 91, base_printed=words, bound="ge")
    assert bool(found(targets.find_bound_base, plan(row))) is told


def test_counted_things_are_whole():
    known = plan(
        target("绿色工厂", "家", 3, "5.5"),
        target("每万人发明专利", "件", 19, "43.5"),
        target("手机产量", "万台", 200, "250.5"),
        target("标杆企业", "家", 4, "8.0"),
    )
    assert found(targets.find_not_whole, known) == [("error", "ind-绿色工厂")]


def test_years_lie_where_the_plan_puts_them():
    known = plan(
        target("晚一年", "家", 1, 2, target_year=2026),
        target("基期在内", "家", 1, 2, base_year=2021),
        target("甲", "家", 1, 2),
        target("乙", "家", 1, 2, base_year=2019),
    )
    assert found(targets.find_years, known) == [("warning", "ind-晚一年"), ("warning", "ind-基期在内")]


def test_a_ratio_is_no_cumulative_value():
    known = plan(
        target("万人发明专利拥有量", "件", 19, 43, nature="累计值"),
        target("专利授权量", "件", 190, 430, nature="累计值"),
    )
    assert found(targets.find_cumulative_ratio, known) == [("warning", "ind-万人发明专利拥有量")]


def test_natures_that_mix_what_binds_with_how_is_counted():
    mixed = plan(target("甲", "家", 1, 2, nature="预期值"), target("乙", "家", 1, 2, nature="累计值"))
    spelled = plan(target("甲", "家", 1, 2, nature="预期值"), target("乙", "家", 1, 2, nature="预期性"))
    clean = plan(target("甲", "家", 1, 2), target("乙", "家", 1, 2, nature="约束性"))
    none = plan(target("甲", "家", 1, 2, nature=None))
    assert said(target_table.find_nature, mixed) == [
        "The natures of the targets mix what binds with how is counted: 预期值、累计值."
    ]
    assert said(target_table.find_nature, spelled) == [
        "The natures of the targets are written in several ways: 预期值、预期性."
    ]
    assert found(target_table.find_nature, clean) == found(target_table.find_nature, none) == []


def test_ratios_are_defined_somewhere():
    rows = (target("园区产业集中度", "%", 90, 95), target("规上工业总产值", "亿元", 1, 2))
    explained = "名词解释\n产业集中度：园区规上产值占全区规上产值的比重。\n"
    assert said(target_table.find_undefined, plan(*rows, text="第一章\n产业集中度提高。\n")) == [
        "The document defines 1 ratios nowhere: 园区产业集中度."
    ]
    assert found(target_table.find_undefined, plan(*rows, text=explained)) == []


def test_each_target_is_served_by_a_task_of_a_named_unit():
    rows = [target("甲", "家", 1, 2), target("乙", "家", 1, 2)]
    tasks = [
        {"id": "t1", "lead_unit": "县经信局", "indicator_ids": "ind-甲", "line": 1},
        {"id": "t2", "lead_unit": None, "indicator_ids": "ind-乙", "line": 2},
    ]
    known = facts(indicators=rows, tasks=tasks)
    assert said(target_table.find_without_owner, known) == [
        "1 of 2 targets are served by no task with a responsible unit."
    ]
