"""What phrases measure, and which of them are the same: general words of statistics, invented sectors."""

from __future__ import annotations

import pytest

from zhizao.engines.planlint.text.concepts import Doubt, Index, Same, of_claim, parse, same


@pytest.mark.parametrize(
    ("one", "other", "unit"),
    [
        ("规上工业总产值", "规模以上工业总产值", "亿元"),
        ("规模工业增加值", "全区规上工业增加值", "亿元"),
        ("规上企业营业收入", "规模以上工业企业营业收入", "亿元"),
        ("其中：规上工业利润", "规上工业利润总额", "亿元"),
        ("竹木制造业规模以上工业总产值", "规模以上竹木产业企业总产值", "亿元"),
        ("装备制造（含零部件）业规上工业总产值", "规上装备制造产业产值", "亿元"),
        ("万人有效发明专利拥有量", "万人发明专利拥有量", "件"),
        ("市级研发机构数", "市级研发机构", "个"),
        ("引进和培育科技型企业和高新技术企业", "高新技术企业、科技型企业数量", "家"),
        ("竹木产业产值占规上工业总产值比重", "竹木产业在规模以上工业总产值中的占比", "%"),
    ],
)
def test_two_printed_forms_of_one_indicator_are_the_same(one, other, unit):
    assert same(parse(one, unit=unit), parse(other, unit=unit)).same is Same.YES


@pytest.mark.parametrize(
    ("one", "other", "unit"),
    [
        ("规上工业总产值", "全部工业总产值", "亿元"),
        ("工业总产值", "工业增加值", "亿元"),
        ("竹木产业产值", "食品产业产值", "亿元"),
        ("国家级研发机构", "市级研发机构", "个"),
        ("智能工厂", "绿色工厂", "家"),
        ("高新技术企业", "高新技术企业和科技型企业", "家"),
        ("工业总产值", "园区工业总产值", "亿元"),
        ("工业增加值", "工业增加值占比", "%"),
        ("亩均税收", "税收", "万元"),
    ],
)
def test_named_differences_keep_two_indicators_apart(one, other, unit):
    assert not same(parse(one, unit=unit), parse(other, unit=unit))


@pytest.mark.parametrize(
    ("one", "other", "unit", "doubt"),
    [
        ("竹木产业产值", "竹木产业规上工业总产值", "亿元", Doubt.SCOPE),
        ("医药产业产值", "医疗制造业产值", "亿元", Doubt.SUBJECT),
        ("新增数字化车间", "新增智能化数字车间", "个", Doubt.SUBJECT),
        ("规上工业主营业务收入", "规上工业营业收入", "亿元", Doubt.MEASURE),
        ("市级以上研发机构", "市级研发机构", "个", Doubt.LEVEL),
        ("新增智能工厂", "智能工厂个数", "家", Doubt.INCREMENT),
        ("竹木产业占规上工业总产值比重", "竹木产业占工业总产值比重", "%", Doubt.DENOMINATOR),
    ],
)
def test_one_part_left_out_or_near_makes_two_indicators_near(one, other, unit, doubt):
    match = same(parse(one, unit=unit), parse(other, unit=unit))
    assert (match.same, match.doubts) == (Same.NEAR, (doubt,))


def test_two_doubts_say_nothing():
    assert same(parse("医药行业产值"), parse("医疗制造业规上工业总产值")).same is Same.UNKNOWN


def test_a_phrase_without_subject_is_never_joined():
    assert same(parse("产值"), parse("产值")).same is Same.UNKNOWN


def test_area_of_another_level_is_another_indicator_and_own_area_is_none():
    own, city = parse("全区工业总产值", region="云岭市甲区"), parse("全市工业总产值", region="云岭市甲区")
    assert own == parse("工业总产值") and city.area == "市" and not same(own, city)
    assert parse("甲区工业总产值", region="云岭市甲区") == own


@pytest.mark.parametrize(
    ("phrase", "unit", "per"),
    [("亩均税收", "万元/亩", "land"), ("人均产值", "万元", "person"), ("单位工业增加值能耗", "", "value_added")],
)
def test_a_ratio_says_what_it_is_per(phrase, unit, per):
    assert parse(phrase, unit=unit).per == per


def test_claim_gives_its_subject_scope_and_denominator():
    claim = {"subject": "竹木产业", "indicator": "占比", "of": "规上工业总产值", "unit": "%", "kind": "share"}
    concept = of_claim(claim)
    assert (concept.statistic, concept.measure, concept.subject) == ("share", "output", ("竹木",))
    assert concept.of == parse("规上工业总产值")
    grown = of_claim({"subject": "竹木产业", "indicator": "规上产值年均增速", "unit": "%", "kind": "growth"})
    assert (grown.statistic, grown.measure, grown.scope) == ("growth", "output", "above_scale")


def test_index_finds_same_before_near_and_looks_at_one_kin_only():
    phrases = ["食品产业产值", "竹木产业产值", "竹木产业规上工业总产值"]
    index = Index((parse(phrase), phrase) for phrase in phrases)
    found = [(thing, match.same) for thing, match in index.find(parse("竹木产业规上总产值"))]
    assert found == [("竹木产业规上工业总产值", Same.YES), ("竹木产业产值", Same.NEAR)]
