"""Faults of encoding and typing. The sentences are invented."""

from __future__ import annotations

import pytest

from zhizao.engines.planlint.checking import check
from zhizao.engines.planlint.document import load
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Severity
from zhizao.engines.planlint.rules.encoding import RULES


def found(text: str) -> list[Finding]:
    """What the family says about a text."""
    return list(check(Facts(rows={}, meta={}, document=load(text.encode())), rules=RULES).findings)


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        ("产值达到锟斤拷亿元。\n", "damaged", "锟斤拷"),
        ("产值\ufffd\ufffd亿元。\n", "damaged", "\ufffd\ufffd"),
        ("å·¥业å¢Â©长。\n", "damaged", "Â©"),
        ("发展åˆ¶é€\xa0业。\n", "damaged", "åˆ¶é€"),
        ("鍒堕€犱笟增长。\n", "damaged", "鍒堕"),
        ("浼佷笟发展。\n", "damaged", "浼佷笟"),
        ("\uf0b7甲厂\n", "odd", "\uf0b7"),
        ("ș甲厂 ș乙厂\n", "odd", "ș"),
        ("⼯业增加值\n", "odd", "⼯"),
        ("到2O25年达到10亿元。\n", "letters", "2O25"),
        ("建成1O0家企业。\n", "letters", "1O0"),
        ("增长l5%。\n", "letters", "l5"),
        ("年均增长10。3%。\n", "letters", "10。3"),
        ("十三区期间，产值翻番。\n", "period", "十三区期间"),
        ("提高质量，，增加效益。\n", "doubled", "，，"),
        ("提高专业化、专业化协作水平。\n", "doubled", "专业化、专业化"),
        ("如下表所示，相关信息如下表所示：\n", "doubled", "如下表所示"),
        ("加快产业集聚发展，推动企业上市，加快产业集聚发展。\n", "doubled", "加快产业集聚发展"),
        ("培育“专精特新企业。\n", "brackets", "“"),
        ("培育企业（含园区。\n", "brackets", "（"),
        ("培育企业（含园区)一批。\n", "marks", "（含园区)"),
        ("利用率〉86%。\n", "marks", "〉"),
        ("加强管理\n，提高效益。\n", "broken", "，"),
        ("落实RECP协定。\n", "acronyms", "RECP"),
    ],
)
def test_each_fault_is_one_info_with_its_words(text: str, rule: str, words: str) -> None:
    (one,) = found(text)
    assert one.rule == f"encoding.{rule}"
    assert one.severity is Severity.INFO
    assert words in str(one.numbers[0].params["words"])
    assert one.numbers[0].value is not None
    assert one.places


@pytest.mark.parametrize(
    "text",
    [
        "建设5G基站、O2O平台和3D打印中心，研发α粒子探测器，café一家。\n",
        "“十三五”期间、十三届时期、十一期间、二十四个月期间、十二月末期、第十四个五年规划期。\n",
        "发展工业、工业互联网，研究和研究开发，明确目的的项目，共和国。\n",
        "1)甲；2)乙。（甲乙）《丙》“丁”①戊。\n",
        "增长10.3%，达到1,234.5亿元，RCEP协定。\n",
        "（续上页的一段没有句号\n",  # a line that a page broke
        "甲厂×乙厂，温度25°C，面积10㎡。\n",
    ],
)
def test_what_only_looks_like_a_fault_is_none(text: str) -> None:
    assert found(text) == []


def test_full_width_figures_are_a_fault_only_among_half_width_ones() -> None:
    (one,) = found("２０２５年，" + "、".join(f"2025年{n}亿元" for n in range(10, 20)) + "。\n")
    assert (one.rule, one.params["count"]) == ("encoding.width", 1)
    assert found("２０２５年达到１００亿元。\n") == []


def test_half_width_marks_are_a_fault_only_where_they_are_rare() -> None:
    (one,) = found("甲,乙。" + "甲，乙。" * 20 + "\n")
    assert (one.rule, one.key) == ("encoding.marks", "half")
    assert found("甲,乙,丙。\n") == []


def test_places_of_a_kind_are_one_finding_with_the_count_and_the_first_lines() -> None:
    (one,) = found("甲厂。\n" + "十三区期间。\n" * 20)
    assert one.params["count"] == 20
    assert [place.line for place in one.places] == [2, 3, 4, 5, 6]
