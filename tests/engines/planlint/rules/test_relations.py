"""Ratios that two targets imply at both ends."""

from __future__ import annotations

from tests.engines.planlint.rules.rows import facts, found, said, shown, target

from zhizao.engines.planlint.rules import relations

OUTPUT = target("规上工业总产值", "亿元", "797.1", 1300)  # 10.28 % a year


def plan(*rows):
    return facts(indicators=[OUTPUT, *rows])


def test_revenue_that_falls_behind_output_is_a_warning_with_the_target_that_would_keep_the_ratio():
    (one,) = relations.find_ratio(plan(target("规上工业企业营业收入", "亿元", 908, "1365.3")))
    assert one.severity.value == "warning"
    assert shown(one) == [
        ("113.9", "%", "2020: 908÷797.1"),
        ("105", "%", "2025: 1365.3÷1300"),
        ("-7.8", "%", "105.02÷113.91−1"),
        ("1480.9", "亿元", "113.91%×1300"),
    ]


def test_a_small_change_is_an_info_and_one_within_rounding_nothing():
    small = plan(target("规上工业增加值", "亿元", "220.4", 350))  # 27.65 → 26.92 %
    assert [severity for severity, _ in found(relations.find_ratio, small)] == ["info"]
    assert found(relations.find_ratio, plan(target("规上工业增加值", "亿元", "220.4", "359.5"))) == []


def test_margins_may_move_more_than_value_added():
    def margins(end):
        return facts(
            indicators=[
                target("规上工业企业营业收入", "亿元", 100, 150),
                target("规上工业企业利润总额", "亿元", 10, end),
            ]
        )

    assert found(relations.find_ratio, margins("16.0")) == []  # 10 → 10.7 %
    assert [severity for severity, _ in found(relations.find_ratio, margins("17.5"))] == ["info"]  # 11.7 %
    assert [severity for severity, _ in found(relations.find_ratio, margins(21))] == ["warning"]  # 14 %


def test_other_scopes_subjects_years_and_unknown_ends_are_not_compared():
    known = plan(
        target("全部工业增加值", "亿元", 220, 250),
        target("食品制造业规上工业增加值", "亿元", 22, 25),
        target("规上工业增加值", "亿元", 220, 250, base_year=2019),
        target("规上工业销售产值", "亿元", None, 900),
    )
    assert found(relations.find_ratio, known) == []


def test_units_are_converted_before_they_are_compared():
    same = plan(target("规上工业增加值", "万元", 2204000, 3595000))
    assert found(relations.find_ratio, same) == found(relations.find_absurd, same) == []


def test_a_ratio_that_no_industry_has_points_to_a_unit():
    known = plan(target("规上工业增加值", "万元", "220.4", "359.5"))
    assert said(relations.find_absurd, known) == [
        "2020: “规上工业增加值” is 0% of “规上工业总产值”; no industry has such a ratio."
    ]
    assert found(relations.find_absurd, plan(target("规上工业增加值", "亿元", "220.4", 350))) == []


def test_a_share_moves_as_its_part_and_whole_do():
    part = target("食品制造业规上工业总产值", "亿元", 400, 500)  # 50.2 → 38.5 %
    rising = target("食品制造业产值占规上工业总产值比重", "%", 50, 55)
    falling = target("食品制造业产值占规上工业总产值比重", "%", 50, 39)
    assert found(relations.find_share, plan(part, rising)) == [("error", "ind-食品制造业产值占规上工业总产值比重")]
    assert found(relations.find_share, plan(part, falling)) == found(relations.find_share, plan(rising)) == []


def test_productivity_is_value_added_per_head():
    added, heads = target("规上工业增加值", "亿元", 200, 300), target("规上工业从业人员", "万人", 5, 6)
    right = target("规上工业全员劳动生产率", "万元/人", 40, 50)
    wrong = target("规上工业全员劳动生产率", "万元/人", 40, 65)
    assert found(relations.find_productivity, plan(added, heads, right)) == []
    assert said(relations.find_productivity, plan(added, heads, wrong)) == [
        "2025: labour productivity is stated as 65; value added per head is 50."
    ]
    assert found(relations.find_productivity, plan(added, wrong)) == []
