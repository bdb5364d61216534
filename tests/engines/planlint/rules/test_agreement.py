"""One indicator, one year, one figure. Figures of an invented county."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.engines.planlint.rules.said import claim, facts, found, target

from zhizao.engines.planlint.finding import Severity
from zhizao.engines.planlint.rules.agreement import RULES

OUTPUT = "竹木制造业规模以上工业总产值"
SEVERAL = [
    target("工业总产值", "81.0", "133"),
    target("规上工业总产值", "79.0", "130"),
    target("规上工业增加值", "22", "35"),
]


def values(*args):
    return found(RULES, "agreement.value", facts(*args))


def test_text_that_differs_from_the_table_is_an_error_with_both_figures_and_places():
    (one,) = values([target(OUTPUT, "40", "58.9")], [claim(OUTPUT, "64")])
    assert one.severity is Severity.ERROR
    assert [number.value for number in one.numbers] == [Decimal("58.9"), Decimal(64), Decimal("5.1")]
    assert one.numbers[-1].expression == "64−58.9"
    assert [(place.line, place.table) for place in one.places] == [(10, "indicators"), (50, "claims")]


def test_a_bound_that_the_target_does_not_reach_is_an_error():
    assert values([target(OUTPUT, "40", "58.9")], [claim(OUTPUT, "60", bound="ge")])


@pytest.mark.parametrize(
    ("value", "bound", "unit"),
    [
        ("58.88", "eq", "亿元"),
        ("59", "eq", "亿元"),
        ("58", "ge", "亿元"),
        ("57", "about", "亿元"),
        ("589000", "eq", "万元"),
        ("58.9", "eq", "亿"),
    ],
)
def test_rounding_bounds_and_units_are_no_contradiction(value, bound, unit):
    assert not values([target(OUTPUT, "40", "58.9")], [claim(OUTPUT, value, unit, bound=bound)])


@pytest.mark.parametrize(
    "other",
    [
        claim("全部工业总产值", "99"),
        claim("竹木产业规上工业总产值", "70", span="2028"),
        claim("食品产业规上工业总产值", "70"),
        claim("产值", "70"),
        claim(OUTPUT, "70", confidence=Decimal("0.5")),
        claim("园区竹木制造业规上工业总产值", "70"),
    ],
)
def test_another_scope_year_sector_or_place_is_no_contradiction(other):
    assert not values([target(OUTPUT, "40", "58.9"), target("规上工业总产值", "80", "130")], [other])


def test_two_lines_of_the_text_that_differ_are_an_error_and_one_line_of_two_things_is_not():
    one, other = claim("成长型企业", "137", "家", line=50), claim("成长型企业数量", "125", "家", line=60)
    (finding,) = values([], [one, other])
    assert [number.value for number in finding.numbers] == [137, 125, -12]
    assert not values([], [claim("省级示范企业", "8", "家"), claim("省级示范企业", "9", "家")])


def test_what_each_section_calls_its_firms_is_its_own():
    said = [claim("重点企业现有用地", value, "亩", line=line) for line, value in ((50, "975"), (60, "690"))]
    firms = [claim("重点企业", value, "家", line=line) for line, value in ((50, "5"), (60, "4"))]
    assert not values([], said + firms)


def test_the_total_of_named_firms_is_not_that_of_industry():
    firms = claim("企业规上工业总产值合计", "70", parts="甲公司、乙公司", span="2030")
    assert not values(SEVERAL, [firms]) and not found(RULES, "agreement.near", facts(SEVERAL, [firms]))


def test_a_mean_of_past_years_above_the_base_is_a_warning_where_the_table_grows():
    mean = claim("年均产值", "50", "亿", subject="竹木产业", span="2021-01..2025-12", kind="actual", bound="ge")
    (one,) = found(RULES, "agreement.mean", facts([target(OUTPUT, "36.6", "58.9")], [mean]))
    assert one.severity is Severity.WARNING
    assert [number.value for number in one.numbers] == [50, Decimal("36.6"), Decimal("60.9")]
    for row, said in (
        (target(OUTPUT, "56.6", "58.9"), mean),
        (target(OUTPUT, "36.6", "30"), mean),
        (target(OUTPUT, "36.6", "58.9"), mean | {"span": "2016-01..2020-12"}),
        (target(OUTPUT, "36.6", "58.9"), mean | {"indicator": "产值合计"}),
    ):
        assert not found(RULES, "agreement.mean", facts([row], [said]))


def test_many_texts_with_one_conflict_are_one_finding():
    claims = [claim(OUTPUT, "64", line=line) for line in (50, 60, 70)]
    (one,) = values([target(OUTPUT, "40", "58.9")], claims)
    assert [place.line for place in one.places] == [10, 50, 60, 70]


def test_growth_in_the_text_against_growth_in_the_table():
    rows = [target(OUTPUT, "40", "58.9", growth="8.1")]
    said = {"kind": "growth", "span": "2026-01..2030-12"}
    (one,) = found(RULES, "agreement.growth", facts(rows, [claim(OUTPUT + "年均增长", "9", "%", **said)]))
    assert one.severity is Severity.ERROR and [number.value for number in one.numbers[:2]] == [Decimal("8.1"), 9]
    assert not found(RULES, "agreement.growth", facts(rows, [claim(OUTPUT + "年均增长", "8", "%", **said)]))
    other = said | {"span": "2021-01..2025-12"}
    assert not found(RULES, "agreement.growth", facts(rows, [claim(OUTPUT + "年均增长", "9", "%", **other)]))


def test_unscoped_figure_below_the_one_above_scale_cannot_be_true_and_above_it_may():
    rows = [target(OUTPUT, "40.3", "58.9")]
    text = {"span": "2025", "kind": "actual"}
    (low,) = found(RULES, "agreement.near", facts(rows, [claim("竹木产业产值", "38.6", **text)]))
    (high,) = found(RULES, "agreement.near", facts(rows, [claim("竹木产业产值", "44", **text)]))
    assert (low.severity, high.severity) == (Severity.ERROR, Severity.WARNING)
    assert not found(RULES, "agreement.near", facts(rows, [claim("竹木产业产值", "40", **text)]))


def test_near_names_are_a_warning_and_industry_as_a_whole_is_left_alone():
    rows = [target("医疗制造业规上工业总产值", "40", "58.9")]
    (one,) = found(RULES, "agreement.near", facts(rows, [claim("医药产业规上工业总产值", "64")]))
    assert one.severity is Severity.WARNING
    assert not found(RULES, "agreement.near", facts(SEVERAL[1:], [claim("工业总产值", "133")]))


def test_one_figure_for_two_scopes_is_a_warning_where_the_scopes_differ_elsewhere():
    text = [claim("全县工业增加值", "35")]
    (one,) = found(RULES, "agreement.scopes", facts(SEVERAL, text))
    assert one.severity is Severity.WARNING and one.params["value"] == "35"
    assert [number.value for number in one.numbers] == [35, 35, 81, 79]
    assert not found(RULES, "agreement.scopes", facts(SEVERAL[1:], text))
    assert not found(RULES, "agreement.scopes", facts(SEVERAL, [claim("全县工业增加值", "36")]))


def test_target_of_the_text_that_is_the_base_of_the_table_is_left_to_history():
    assert not values([target("新增智能工厂个数", "3", "5", "家")], [claim("新增智能工厂", "3", "个")])
    assert not values([target("市级研发机构数", "57", "115", "个")], [claim("市级研发机构", "2030", "个")])
