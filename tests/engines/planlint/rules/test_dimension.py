"""Figures of the wrong kind. Figures of an invented county: output 110 (规上 100), value added 24亿元 in 2030."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.engines.planlint.rules.said import claim, facts, found, target

from zhizao.engines.planlint.document import load
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Severity
from zhizao.engines.planlint.rules.dimension import RULES

ROWS = [
    target("工业总产值", "64.0", "110.0", line=10),
    target("规上工业总产值", "60.0", "100.0", line=11),
    target("规上工业增加值", "15.0", "24.0", line=12),
]


def share(value, name="绿色产业增加值占工业总产值比重", **more):
    return claim(name, value, "%", kind="share", **more)


def measures(*args):
    return found(RULES, "dimension.measures", facts(*args))


def test_value_added_as_a_share_of_output_is_a_warning_with_the_amount_under_each_whole():
    (one,) = measures(ROWS, [share("10")])
    assert one.severity is Severity.WARNING
    assert [number.expression for number in one.numbers] == ["", "10%×110.0", "10%×100.0", ""]
    assert [number.value for number in one.numbers] == [10, 11, 10, 24]


def test_it_is_an_error_where_the_amount_is_more_than_all_value_added_under_every_whole():
    (one,) = measures(ROWS, [share("30")])
    assert one.severity is Severity.ERROR  # 33 and 30 of 24
    (one,) = measures(ROWS, [share("23")])
    assert one.severity is Severity.WARNING  # 25.3, but 23 of 规上


@pytest.mark.parametrize(
    "name",
    [
        "绿色产业增加值占工业增加值比重",
        "工业增加值占地区生产总值比重",
        "研发经费占营业收入比重",
        "工业增加值占工业总产值比重",
        "绿色产业产值占工业总产值比重",
    ],
)
def test_shares_of_one_measure_and_known_ratios_are_right(name):
    assert not measures(ROWS, [share("10", name)])


def test_output_as_a_share_of_gdp_is_no_share():
    assert measures([], [share("30", "食品产业产值占地区生产总值比重")])


def test_a_part_by_definition_is_not_above_its_whole():
    (one,) = found(RULES, "dimension.order", facts([*ROWS, target("规上工业总产值", "60", "23", line=20)]))
    assert [number.value for number in one.numbers] == [24, 23]
    assert not found(RULES, "dimension.order", facts([*ROWS, target("食品产业规上工业总产值", "9", "12")]))
    rows = [target("规上工业利润", "3", "10"), target("规上工业利税", "4", "8")]
    assert len(found(RULES, "dimension.order", facts(rows))) == 1


@pytest.mark.parametrize(
    ("name", "unit"),
    [("规上工业总产值", "万吨"), ("亩均税收", "万元/人"), ("工业用地面积", "亿元"), ("固废利用率", "万吨")],
)
def test_a_unit_of_another_kind_is_an_error_in_the_table_and_a_warning_in_the_text(name, unit):
    (one,) = found(RULES, "dimension.unit", facts([target(name, "1", "2", unit)]))
    assert one.severity is Severity.ERROR
    (one,) = found(RULES, "dimension.unit", facts([], [claim(name, "2", unit)]))
    assert one.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("规上工业总产值", "亿"),
        ("出口总额", "万美元"),
        ("亩均税收", "万元/亩"),
        ("亩均税收", "万元"),
        ("固废利用率", "%"),
        ("全员劳动生产率", "万元/人"),
        ("工业用地面积", "平方公里"),
        ("用电量", "亿千瓦时"),
        ("投资项目数", "个"),
        ("工业投资", "朵"),
    ],
)
def test_units_of_the_right_kind_and_unknown_ones_are_right(name, unit):
    assert not found(RULES, "dimension.unit", facts([target(name, "1", "2", unit)]))


def test_text_and_table_tell_one_indicator_in_units_of_one_kind():
    rows = [target("规上工业全员劳动生产率", "37.4", "46.0", "万元/人"), *ROWS]
    (one,) = found(RULES, "dimension.apart", facts(rows, [claim("规上工业全员劳动生产率", "46.0", "亿元")]))
    assert (one.params["unit"], one.params["other"]) == ("亿元", "万元/人")
    fine = [claim("规上工业全员劳动生产率", "46.0", "万元/人"), claim("规上工业总产值", "1000000", "万元")]
    assert not found(RULES, "dimension.apart", facts(rows, fine))


def fall(quote, indicator="地区生产总值能耗"):
    return claim(indicator, "12", "%", kind="growth", span="2030", quote=quote)


def test_a_fall_without_base_year_shows_both_readings():
    (one,) = found(RULES, "dimension.fall", facts([], [fall("地区生产总值能耗降低12%")]))
    assert one.severity is Severity.WARNING and "neither" in one.message
    assert [number.value for number in one.numbers] == [12, Decimal("2.52"), Decimal("47.23")]
    (one,) = found(RULES, "dimension.fall", facts([], [fall("单位工业增加值能耗下降12%", "单位工业增加值能耗")]))
    assert "neither" not in one.message


@pytest.mark.parametrize("words", ["较2025年下降12%", "累计下降12%", "年均下降12%", "比“十四五”末下降12%", "增长12%"])
def test_a_fall_with_base_is_measurable(words):
    assert not found(RULES, "dimension.fall", facts([], [fall("单位工业增加值能耗" + words, "单位工业增加值能耗")]))


def test_the_base_year_may_stand_earlier_in_the_sentence():
    line = "与2025年相比，综合能耗降低12%。"
    said = fall("综合能耗降低12%", "综合能耗") | {"line": 1, "end": len(line) - 1}
    known = facts([], [said])
    assert found(RULES, "dimension.fall", known)
    assert not found(RULES, "dimension.fall", Facts(known.rows, known.meta, document=load(line.encode())))


def test_per_cent_for_percentage_points_is_told_where_the_table_shows_it():
    rows = [target("园区产业集中度", "90", "96", "%")]
    said = claim("园区产业集中度提高", "6", "%", kind="growth", span="2030", quote="园区产业集中度提高6%")
    (one,) = found(RULES, "dimension.points", facts(rows, [said]))
    assert [number.value for number in one.numbers] == [96, Decimal("95.4"), 96]
    assert not found(RULES, "dimension.points", facts(rows, [said | {"unit": "百分点"}]))
    assert not found(RULES, "dimension.points", facts([target("园区产业集中度", "90", "95.4", "%")], [said]))


def test_points_of_a_share_of_a_named_whole():
    rows = [target("高技术制造业增加值占规上工业增加值比重", "15.3", "19.5", "%")]
    said = {"kind": "growth", "span": "2026-01..2030-12", "subject": "高技术制造业", "of": "规上工业增加值"}
    known = facts(rows, [claim("增加值占规上工业增加值比重", "4.2", "%", quote="较2025年提高4.2%", **said)])
    (one,) = found(RULES, "dimension.points", known)
    assert [number.value for number in one.numbers] == [Decimal("19.5"), Decimal("15.94"), Decimal("19.5")]


def test_a_ratio_may_leave_out_what_it_is_per_but_not_change_its_unit():
    rows = [target("园区亩均税收", "10.31", "13.20", "万元/亩")]
    assert not found(RULES, "dimension.apart", facts(rows, [claim("园区亩均税收", "13.20", "万元")]))
    assert found(RULES, "dimension.apart", facts(rows, [claim("园区亩均税收", "13.20", "亿元")]))


def test_a_share_is_at_most_all():
    assert found(RULES, "dimension.above_all", facts([], [share("140")]))
    assert not found(RULES, "dimension.above_all", facts([], [share("100"), claim("产值", "140", "%", kind="growth")]))
