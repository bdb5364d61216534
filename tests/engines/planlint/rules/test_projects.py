"""The project library: rows, money, dates, totals, and what the text says of it. Projects and owners are invented."""

from __future__ import annotations

import pytest
from tests.engines.planlint.rules.rows import claim, facts, found, project, said, shown, target

from zhizao.engines.planlint import read_document
from zhizao.engines.planlint.facts import facts_of
from zhizao.engines.planlint.rules import project_dates, project_sums, projects


def plan(*rows, text=None, **tables):
    return facts(text, projects=[row | {"line": 20 + at} for at, row in enumerate(rows)], **tables)


def test_a_project_in_two_rows_with_two_totals_is_an_error():
    park = project("云岭数据产业园", 200000)
    known = plan(park, project("云岭数据产业园项目", 19000, sector="建设类"))
    (one,) = projects.find_twice(known)
    assert (one.severity.value, [place.line for place in one.places]) == ("error", [20, 21])
    assert one.message % one.params == (
        "“云岭数据产业园” stands 2 times in the library, with different totals: 200000、19000."
    )
    assert [severity for severity, _ in found(projects.find_twice, plan(park, park))] == ["warning"]


def test_phases_and_one_name_of_two_owners_are_two_projects():
    known = plan(
        project("云岭食品园一期", 100),
        project("云岭食品园二期", 200),
        project("扩能改造项目", 100, owner="青禾甲食品有限公司"),
        project("扩能改造项目", 200, owner="云岭乙织造有限公司"),
    )
    assert found(projects.find_twice, known) == found(projects.find_alike, known) == []


def test_an_owner_under_an_alias_is_the_same_owner():
    alias = {"canonical": "青禾甲食品有限公司", "alias": "甲食品", "confidence": 1, "line": 1}
    rows = (project("中央厨房", 100), project("中央厨房", 300, owner="甲食品"))
    assert [severity for severity, _ in found(projects.find_twice, plan(*rows, aliases=[alias]))] == ["error"]


def test_names_that_are_nearly_one_are_pointed_at():
    known = plan(project("预制菜中央厨房智能化改造", 900), project("预制菜中央厨房智能化提升改造", 900))
    assert [severity for severity, _ in found(projects.find_alike, known)] == ["warning"]


def serials(*numbers, sector="食品工业"):
    return [project(f"{sector}{at}", 100, serial=number, sector=sector) for at, number in enumerate(numbers)]


def test_a_serial_twice_with_the_next_left_out_is_one_slip():
    assert said(projects.find_serials, plan(*serials(11, 12, 12, 14))) == ["The serial 12 stands twice in “食品工业”."]
    assert said(projects.find_serials, plan(*serials(1, 2, 4))) == ["In “食品工业” the serial 4 follows 2."]


def test_serials_may_begin_anew_or_go_on_in_the_next_sector():
    assert found(projects.find_serials, plan(*serials(1, 2), *serials(1, 2, sector="纺织工业"))) == []
    assert found(projects.find_serials, plan(*serials(1, 2), *serials(3, 4, sector="纺织工业"))) == []
    assert found(projects.find_serials, plan(*serials(1, 2), *serials(5, sector="纺织工业"))) != []


def test_the_rest_of_a_total_has_no_place_within_dates_of_the_period():
    (one,) = projects.find_parts(plan(project("电梯改造", 7110, 1770)))
    assert (one.severity.value, shown(one)[2:]) == (
        "warning",
        [("5340", "万元", "7110−1770"), ("", "", "7110 ↔ 1770")],
    )


def test_the_rest_of_a_total_may_lie_where_the_dates_leave_room():
    assert found(projects.find_parts, plan(project("甲", 7110, 1770, start="2019"))) == []
    assert found(projects.find_parts, plan(project("甲", 7110, 1770, finish="2027"))) == []
    unknown = plan(project("甲", 7110, 1770, finish=""))
    assert [severity for severity, _ in found(projects.find_parts, unknown)] == ["info"]


@pytest.mark.parametrize(
    ("total", "before", "inside", "after", "told"),
    [(100, 20, 70, 10, False), (100, 20, 70, 20, True), (100, 20, 60, 10, True), (100, None, 120, None, True)],
)
def test_printed_parts_make_up_the_total(total, before, inside, after, told):
    row = project("甲", total, inside, start="2019", finish="2027", before_wan_yuan=before, after_wan_yuan=after)
    assert bool([one for one in found(projects.find_parts, plan(row)) if one[0] == "error"]) is told


def test_parts_printed_in_a_larger_unit_leave_their_rounding():
    """3.2 = 0.4 + 2.9 − 0.1 in 亿元 is within half a digit of three figures."""
    row = project("甲", 32000, 29000, before_wan_yuan=4000, after_wan_yuan=0, total_printed="3.2")
    assert found(projects.find_parts, plan(row)) == []


def test_an_owner_under_two_names():
    known = plan(
        project("甲", 1, owner="云岭通用机械（集团）有限责任公司"),
        project("乙", 1, owner="云岭通用机械有限责任公司"),
        project("丙", 1, owner="云岭制冷设备有限公司"),
    )
    assert said(projects.find_owners, known) == [
        "1 owners stand in the library under more than one name: "
        "云岭通用机械（集团）有限责任公司、云岭通用机械有限责任公司."
    ]


def test_listed_projects_carry_the_growth_of_their_sector():
    rows = [project("甲", 1000), project("乙", 2000)]
    little = target("食品工业规上工业总产值", "亿元", 100, 110)  # 100,000 万元 more from 3,000
    enough = target("食品工业规上工业总产值", "亿元", 100, "100.9")
    assert [severity for severity, _ in found(projects.find_capacity, plan(*rows, indicators=[little]))] == ["warning"]
    assert found(projects.find_capacity, plan(*rows, indicators=[enough])) == []
    assert found(projects.find_capacity, plan(*rows, indicators=[target("家具产值", "亿元", 1, 9)])) == []


def test_finish_before_start():
    known = plan(project("甲", 1, start="2023", finish="2021"), project("乙", 1, start="2021", finish="2021"))
    assert said(project_dates.find_reversed, known) == ["“甲” is to be finished (2021) before it starts (2023)."]


def test_a_month_that_may_have_lost_its_zero_is_read_both_ways():
    row = project("甲", 1, start="2020.08", finish="2020.1")
    assert found(project_dates.find_reversed, plan(row)) == []
    assert said(project_dates.find_unclear, plan(row)) == ["“甲”: the date 2020.1 may be 2020-01 or 2020-10."]
    assert said(project_dates.find_over, plan(row)) == ["“甲” ends in 2020.1, before the plan's period begins."]


def test_a_project_over_before_the_period():
    known = plan(
        project("甲", 1, start="2019", finish="2020"),
        project("乙", 1, start="2019", finish="2021"),
        project("丙", 1, start="2019", finish=""),
    )
    assert [key for _, key in found(project_dates.find_over, known)] == ["甲/食品工业"]


def test_a_new_project_begins_in_the_period():
    known = plan(
        project("甲", 1, start="2020"),
        project("乙", 1, start="2020", nature="续建"),
        project("丙", 1, start="2019", finish="2020"),
        project("丁", 1),
    )
    assert [key for _, key in found(project_dates.find_begun, known)] == ["甲/食品工业"]


def test_nature_fits_the_dates():
    known = plan(
        project("甲", 1, nature="续建"),
        project("乙", 1, nature="续建", start="2019"),
        project("丙", 1, nature="前期策划", start="2020"),
        project("丁", 1, nature="策划项目"),
    )
    assert found(project_dates.find_not_begun, known) == [
        ("warning", "甲/食品工业"),
        ("warning", "丙/食品工业"),
        ("info", "丁/食品工业"),
    ]


def test_money_lies_where_the_dates_leave_room():
    known = plan(
        project("甲", 10, start="2026", finish="2027"),
        project("乙", 10, 5, before_wan_yuan=5),
        project("丙", 10, 5, after_wan_yuan=5),
        project("丁", 10, start="2019", nature="续建"),
        project("戊", 10, 6, start="2019", nature="续建", before_wan_yuan=4),
        project("己", 10),
    )
    keys = [key.partition("/")[0] for _, key in found(project_dates.find_money_outside, known)]
    assert keys == ["甲", "乙", "丙", "丁"]


def test_projects_without_dates_are_told_once():
    known = plan(project("甲", 1), project("乙", 1, start="", finish=""), project("丙", 1, finish=""))
    assert said(project_dates.find_undated, known) == ["2 of 3 projects have no start or no finish: 乙、丙."]
    assert found(project_dates.find_undated, plan(project("乙", 1, start="", finish=""))) == []


LIBRARY = """附件 重点项目库

\t序号
\t项目名称
\t项目业主
\t总投资（万元）
\t开工时间
\t完成时间

\t合计
\t
\t
\t{total}
\t
\t

\t食品工业

\t1
\t云岭预制菜中央厨房项目
\t云岭食品有限公司
\t32000
\t2021
\t2023

\t2
\t青禾山茶油精炼项目
\t青禾茶油有限公司
\t9500
\t2022
\t2024

{text}
"""


def library(total, text="以上项目滚动实施。"):
    return facts_of(read_document(LIBRARY.format(total=total, text=text).encode(), file="plan.txt"))


def test_the_row_of_totals_is_the_sum_of_the_rows():
    assert said(project_sums.find_totals, library(45100)) == [
        "The total of 45100 ×10⁴ yuan is not the sum of its rows, 41500."
    ]
    assert found(project_sums.find_totals, library(41500)) == []
    assert said(project_sums.find_totals, library("")) == [
        "The row of totals of the project library is empty; its rows add up to 41500 ×10⁴ yuan."
    ]


def test_the_text_gives_a_project_what_its_row_gives():
    def text(amount):
        return library(41500, f"县里加快推进云岭预制菜中央厨房建设，总投资{amount}亿元；其他项目另行安排。")

    assert said(project_sums.find_in_text, text("5.12")) == [
        "The text gives “云岭预制菜中央厨房项目” 51200 ×10⁴ yuan; the library has 32000."
    ]
    assert found(project_sums.find_in_text, text("3.2")) == found(project_sums.find_in_text, text("约3.3")) == []


def test_the_text_gives_the_projects_together_what_their_rows_give():
    def text(count, amount):
        return library(41500, f"纳入项目库的项目共{count}个，总投资{amount}亿元。")

    assert [severity for severity, _ in found(project_sums.find_sum_in_text, text(2, "6.2"))] == ["error"]
    assert found(project_sums.find_sum_in_text, text(2, "4.15")) == []
    assert found(project_sums.find_sum_in_text, text(9, "6.2")) == []


def test_a_description_names_the_total_of_its_column():
    def row(words, total=3600):
        text = f"项目\n\t1\n\t甲\n\t{words}\n\t{total}\n"
        return facts(text, projects=[project("甲", total, line=2)])

    assert said(project_sums.find_own_words, row("项目计划总投资1200万元，购置设备。")) == [
        "“甲”: its description says a total of 1200 ×10⁴ yuan, its column 3600."
    ]
    for words in ("总投资约3500万元", "项目一期总投资1200万元", "投资1200万元购置设备", "占地1200亩"):
        assert found(project_sums.find_own_words, row(words)) == []


def test_totals_are_not_asked_of_a_pack_without_its_document():
    claims = [claim("总投资", 9, "亿元", "2025")]
    known = plan(project("甲", 1), claims=claims)
    assert found(project_sums.find_in_text, known) == found(project_sums.find_sum_in_text, known) == []
