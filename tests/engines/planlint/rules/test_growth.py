"""Growth that is stated against the ends of the table. Growth rates were computed by hand with (b/a)^(1/n) − 1."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.engines.planlint.rules.rows import facts, found, said, shown, target

from zhizao.engines.planlint.rules import growth

STATED, TOTAL, SHARE, ENDS = (
    growth.find_stated,
    growth.find_total_as_annual,
    growth.find_share_in_points,
    growth.find_without_ends,
)


def plan(*rows):
    return facts(indicators=list(rows))


def test_growth_that_the_ends_do_not_give_is_an_error_with_its_arithmetic():
    (one,) = STATED(plan(target("标杆企业数", "家", 4, 8, 25)))
    assert (one.severity.value, one.key) == ("error", "ind-标杆企业数")
    assert one.message % one.params == "标杆企业数: stated growth is 25% a year; base and target give 14.9%."
    assert shown(one) == [
        ("25", "%", ""),
        ("14.9", "%", "(8÷4)^(1/5)−1"),
        ("12.2", "家", "4×(1+25%)^5"),
    ]


@pytest.mark.parametrize(
    ("base", "end", "stated"),
    [
        (39, 79, 15),  # 15.16 rounds to 15
        (5, 8, 10),  # 9.86
        ("817.6", 1335, "10.3"),  # 10.30
        (908, "1365.3", "8.5"),  # 8.496
        ("36.6", "58.9", 10),  # 9.98
    ],
)
def test_growth_within_the_rounding_of_all_three_figures_is_none(base, end, stated):
    assert found(STATED, plan(target("甲", "亿元", base, end, stated))) == []


def test_growth_of_counts_is_exact():
    """18 → 50 counted is 22.67 %; measured, 17.5…18.5 → 49.5…50.5 leaves 21.8…23.6 open."""
    assert found(STATED, plan(target("车间数", "个", 18, 50, "21.9"))) == [("error", "ind-车间数")]
    assert found(STATED, plan(target("产值", "亿元", 18, 50, "21.9"))) == []


def test_a_floor_is_kept_by_more_growth_and_broken_by_less():
    floor = {"bound": "ge", "target_printed": "≥50"}
    assert found(STATED, plan(target("甲", "亿元", 18, 50, 30, **floor))) == []
    assert found(STATED, plan(target("甲", "亿元", 18, 50, 15, **floor))) == [("error", "ind-甲")]


def test_growth_of_at_least_so_much_has_no_upper_end():
    assert found(STATED, plan(target("甲", "亿元", 100, 200, 10, growth_printed="10%以上"))) == []
    assert found(STATED, plan(target("甲", "亿元", 100, 120, 10, growth_printed="10%以上"))) == [("error", "ind-甲")]


def test_growth_over_the_period_is_told_as_such_and_only_once():
    known = plan(target("机构数", "个", 60, 120, 100))
    assert said(TOTAL, known) == ["机构数: the stated 100% is growth over 5 years; a year's is 14.9%."]
    assert found(STATED, known) == []


def test_growth_over_one_year_is_no_total():
    known = plan(target("甲", "个", 60, 120, 100, target_year=2021))
    assert found(TOTAL, known) == found(STATED, known) == []


def test_the_way_a_wrong_growth_came_about_is_shown_where_it_is_known():
    (shared_out,) = STATED(plan(target("甲", "个", 50, 100, 20)))  # 100 % ÷ 5; right is 14.9 %
    assert shown(shared_out)[-1] == ("20", "%", "(100÷50−1)÷5")
    (four_years,) = STATED(plan(target("甲", "个", 100, 200, "18.9")))  # 2^(1/4) − 1
    assert shown(four_years)[-1] == ("18.9", "%", "(200÷100)^(1/4)−1")


def test_growth_of_a_share_is_said_in_points():
    (agrees,) = SHARE(plan(target("占比", "%", 40, 45, "2.4")))
    assert (agrees.severity.value, shown(agrees)[-1]) == ("info", ("5", "个百分点", "45%−40%"))
    points = plan(target("占比", "%", 40, 45, 5), target("集中度", "%", 90, 95, "1.00"))
    assert found(SHARE, points) == [("warning", "ind-占比"), ("info", "ind-集中度")]
    assert found(STATED, points) == []


def test_growth_of_a_share_that_is_neither_growth_nor_points_is_an_error():
    known = plan(target("占比", "%", 40, 45, 19))
    assert (found(STATED, known), found(SHARE, known)) == ([("error", "ind-占比")], [])


def test_growth_without_an_end_says_what_is_missing():
    known = plan(
        target("从零", "个", 0, 5, 20),
        target("无基期", "亿元", None, 120, 10),
        target("无目标", "亿元", 100, None, 10),
        target("只有增速", "%", None, None, 6),
    )
    assert found(ENDS, known) == [("error", "ind-从零"), ("warning", "ind-无基期"), ("info", "ind-无目标")]
    no_base = list(ENDS(known))[1]
    assert no_base.numbers[1].value == Decimal("74.5")  # 120 ÷ 1.1^5


def test_unknown_years_or_growth_make_the_rules_silent():
    known = plan(target("甲", "亿元", 1, 2, 3, base_year=None), target("乙", "亿元", 1, 2))
    assert [found(find, known) for find in (STATED, TOTAL, SHARE, ENDS)] == [[], [], [], []]
