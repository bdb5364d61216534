"""Growth of sentences against the figures beside it. The claims are those of invented sentences."""

from __future__ import annotations

from tests.engines.planlint.rules.rows import claim, facts, found, said, shown, target

from zhizao.engines.planlint import read_document
from zhizao.engines.planlint.facts import facts_of
from zhizao.engines.planlint.rules.growth_text import find_text


def growth(indicator, value, span="2016-01..2020-12", **more):
    return claim(indicator, value, "%", span, "growth", **({"note": "annual", "start": 30} | more))


def claims(*rows, **tables):
    return facts(claims=list(rows), indicators=tables.get("indicators", []))


def test_growth_between_two_figures_of_one_sentence():
    known = claims(
        claim("高新技术企业", 17, "家", "2015", "count"),
        claim("高新技术企业", 139, "家", "2020", "count", start=20),
        growth("高新技术企业", "57.2"),
    )
    assert said(find_text, known) == ["“高新技术企业”: stated 57.2% a year; 17家 (2015) to 139家 (2020) is 52.2%."]
    (one,) = find_text(known)
    assert shown(one)[1] == ("52.2", "%", "(139÷17)^(1/5)−1")


def test_growth_that_fits_the_figures_is_none():
    known = claims(
        claim("工业总产值", "61.5", "亿元", "2015"),
        claim("工业总产值", 96, "亿元", "2020", start=20),
        growth("工业总产值", "9.3"),
    )
    assert found(find_text, known) == []


def test_growth_over_the_period_is_shown_as_total():
    known = claims(
        claim("工业总产值", 50, "亿元", "2015"),
        claim("工业总产值", 100, "亿元", "2020", start=20),
        growth("工业总产值", 100),
    )
    (one,) = find_text(known)
    assert shown(one)[-1] == ("100", "%", "100÷50−1")


def test_one_end_may_stand_in_the_table():
    table = [target("规上工业总产值", "亿元", 100, 161)]
    sentence = [
        claim("规上工业总产值", 161, "亿元", "2025", "target", scope="规上"),
        growth("规上工业总产值", 15, "2021-01..2025-12", scope="规上"),
    ]
    assert found(find_text, claims(*sentence, indicators=table)) == [("error", "claim-规上工业总产值-15")]
    sentence[1] = growth("规上工业总产值", 10, "2021-01..2025-12", scope="规上")
    assert found(find_text, claims(*sentence, indicators=table)) == []


def test_a_figure_that_is_passed_leaves_room_above_it():
    """突破663亿元 from 383.3 may be 11.6 % a year or a little more, up to a tenth above."""
    table = [target("规上工业总产值", "亿元", "383.3", "663.2")]
    sentence = claim("规上工业总产值", 663, "亿元", "2025", "target", bound="ge", scope="规上")
    for stated, wrong in (("11.6", 0), ("13.0", 0), ("16.0", 1)):
        rate = growth("规上工业总产值", stated, "2021-01..2025-12", scope="规上")
        assert len(found(find_text, claims(sentence, rate, indicators=table))) == wrong


def test_growth_on_the_year_before_and_of_other_things_is_left_alone():
    ends = [claim("工业总产值", 50, "亿元", "2015"), claim("工业总产值", 100, "亿元", "2020", start=20)]
    assert found(find_text, claims(*ends, growth("工业总产值", 9, "2020", note="year on year"))) == []
    assert found(find_text, claims(*ends, growth("工业增加值", 9))) == []


def test_figures_of_another_paragraph_are_not_joined():
    ends = [claim("工业总产值", 50, "亿元", "2015", line=9), claim("工业总产值", 100, "亿元", "2020", line=9)]
    assert found(find_text, claims(*ends, growth("工业总产值", 9))) == []


def test_points_of_a_share_are_left_to_the_rule_of_points():
    ends = [claim("清洁能源占比", 40, "%", "2015", "share"), claim("清洁能源占比", 45, "%", "2020", "share", start=20)]
    assert found(find_text, claims(*ends, growth("清洁能源占比", 1))) == []
    assert found(find_text, claims(*ends, growth("清洁能源占比", 19))) == [("error", "claim-清洁能源占比-19")]


def test_growth_behind_a_share_may_be_that_of_the_amount_before_it():
    """X达到559亿元，占34%，年均增长…: a growth that fits the amount is none, another is a doubtful reading."""
    table = [target("食品制造业规上工业总产值", "亿元", "373.1", "558.6")]  # 8.4 % a year
    amount = claim("工业总产值", 559, "亿元", "2025", "target", subject="食品制造业", scope="规上")
    share = claim("产值占规上工业总产值比重", 34, "%", "2025", "share", subject="食品制造业", start=20)
    for stated, told in (("8.4", []), ("12.4", ["warning"])):
        rate = growth("产值占规上工业总产值比重", stated, "2021-01..2025-12", subject="食品制造业")
        known = claims(amount, share, rate, indicators=table)
        assert [severity for severity, _ in found(find_text, known)] == told


def test_a_figure_that_is_compared_with_has_the_year_beside_it():
    sentence = "2025年，高新技术企业达到165家，较2020年的37家年均增长39.9%。"
    known = facts_of(read_document(PLAN.format(sentence).encode(), file="plan.txt"))
    assert said(find_text, known) == ["“高新技术企业”: stated 39.9% a year; 37家 (2020) to 165家 (2025) is 34.9%."]
    right = facts_of(read_document(PLAN.format(sentence.replace("39.9", "34.9")).encode(), file="plan.txt"))
    assert found(find_text, right) == []


PLAN = """青禾县制造业发展规划（2026—2030年）
第一章 发展基础
{}

\t指标
\t单位
\t2025年
\t2030年

\t规上工业总产值
\t亿元
\t61.5
\t96
"""
