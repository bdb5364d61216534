"""Sentences as offices really write them: what is read from them, and what is no contradiction."""

from __future__ import annotations

import pytest

from zhizao.engines.planlint import Reading, read_document
from zhizao.engines.planlint.check import check
from zhizao.engines.planlint.facts import facts_of
from zhizao.engines.planlint.finding import Finding, Severity

TITLE = "青岩县“十五五”工业发展规划\n"
TABLE = "\n表1 主要指标\n指标\t单位\t2025年\t2030年\n规上工业总产值\t亿元\t186.4\t300\n"


def read(text: str, table: str = TABLE) -> Reading:
    return read_document((TITLE + text + "\n" + table).encode())


def claims(text: str) -> list[tuple[str, str, str]]:
    """Subject, indicator and figure of each claim."""
    return [
        (str(row["subject"] or ""), str(row["indicator"]), f"{row['value']}{row['unit'] or ''}")
        for row in read(text).rows["claims"]
    ]


def worse(text: str, table: str = TABLE) -> list[Finding]:
    """Errors and warnings, but for those about the sample itself."""
    found = check(facts_of(read(text, table))).findings
    return [one for one in found if one.severity is not Severity.INFO]


@pytest.mark.parametrize(
    ("sentence", "names", "indicator"),
    [
        (
            "2030年，发展白酒、泡菜、矿泉水三个细分领域，产值分别达到36亿元、26亿元和18亿元。",
            "白酒 泡菜 矿泉水",
            "产值",
        ),
        (
            "园区下设城北、龙桥、白塔三个片区，面积分别为4.1平方公里、2.8平方公里和1.7平方公里。",
            "城北 龙桥 白塔",
            "面积",
        ),
        ("2025年，竹木、食品、机械分别实现产值62.8亿元、48.6亿元和41.5亿元。", "竹木 食品 机械", "产值"),
        ("2025年，竹木、食品、机械三大产业产值依次为62.8亿元、48.6亿元、41.5亿元。", "竹木 食品 机械", "产值"),
        ("三园为装备园、化工园、纺织园，规划工业用地分别为62亩、48亩和30亩。", "装备园 化工园 纺织园", "规划工业用地"),
        ("2025年，发展集团、建设集团产值分别为3亿元、2亿元。", "发展集团 建设集团", "产值"),
    ],
)
def test_the_names_of_a_list_without_verb_before_and_class_behind(sentence, names, indicator):
    listed = [(subject, of) for subject, of, _ in claims(sentence) if subject]
    assert listed == [(name, indicator) for name in names.split()]


def test_a_list_of_shares_behind_a_list_of_values_is_not_taken_for_names():
    text = (
        "2025年，竹木、食品、机械分别实现产值90亿元、60亿元和36.4亿元，"
        "占规上工业总产值的比重分别为48.3%、32.2%和19.5%。"
    )
    assert worse(text) == []


@pytest.mark.parametrize(
    ("sentence", "indicator"),
    [
        ("到2030年，规上工业总产值达到300亿元，五年年均增长10%。", "规上工业总产值"),
        ("一是研发投入强度仅为2.1%。", "研发投入强度"),
        ("二是新能源装备本地配套率仅为27%。", "新能源装备本地配套率"),
        ("“十五五”时期，单位产值能耗五年累计下降16%。", "单位产值能耗"),
    ],
)
def test_ordinals_and_lengths_of_time_are_no_part_of_an_indicator(sentence, indicator):
    assert claims(sentence)[-1][1] == indicator


def test_parts_that_each_have_a_number_are_not_counted_as_names():
    assert worse("名单共有企业10家，其中领军类3家、骨干类3家、成长类4家。") == []
    assert [one.rule for one in worse("重点培育领军类、骨干类、成长类4家。")] == ["counts.enumerated"]


def test_consumption_may_grow_up_to_its_ceiling_and_its_intensity_may_not():
    rows = "规上工业能源消费量\t万吨标准煤\t31.5\t{}43\n单位增加值能耗\t吨标准煤/万元\t0.5\t{}0.6\n"
    assert [one.params["name"] for one in worse("", TABLE + rows.format("≤", "≤"))] == ["单位增加值能耗"]
    assert len(worse("", TABLE + rows.format("", ""))) == 2


LIBRARY = (
    "\n表2 项目（单位：万元）\n序号\t项目名称\t建设单位\t总投资\t2025年底前完成投资\t“十五五”投资\n"
    "1\t竹浆扩能\t绿涛公司\t180000\t40000\t140000\n2\t齿轮\t精锻公司\t90000\t0\t90000\n"
)


@pytest.mark.parametrize(
    ("sentence", "rules"),
    [
        ("规划项目2个，总投资27亿元，其中“十五五”期间计划投资23亿元。", []),
        ("规划项目2个，总投资27亿元，其中“十五五”期间计划投资25亿元。", ["projects.sum_in_text"]),
        ("规划项目2个，总投资23亿元。", ["projects.sum_in_text"]),
        ("规划项目2个，总投资27亿元，其中2026年投资9亿元、2027年投资14亿元。", []),
    ],
)
def test_what_the_text_says_is_invested_within_the_period_is_compared_with_that(sentence, rules):
    assert [one.rule for one in worse(sentence, TABLE + LIBRARY)] == rules
