"""Targets told as history, bases as targets, years as values, goals without a row. Figures of an invented county."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.engines.planlint.rules.said import claim, facts, found, target

from zhizao.engines.planlint.finding import Severity
from zhizao.engines.planlint.rules.history import RULES

OUTPUT = "竹木制造业规上工业总产值"


def test_target_told_as_history_shows_the_three_figures():
    told = claim(OUTPUT, "58.9", span="2025", kind="actual")
    (one,) = found(RULES, "history.other_year", facts([target(OUTPUT, "40.3", "58.9")], [told]))
    assert one.severity is Severity.ERROR
    assert [number.value for number in one.numbers] == [Decimal("58.9"), Decimal("40.3"), Decimal("58.9")]
    assert [number.params["year"] for number in one.numbers] == [2025, 2025, 2030]
    assert [(place.table, place.line) for place in one.places] == [("claims", 50), ("indicators", 10)]


def test_base_told_as_target_is_an_error_and_of_a_near_name_a_warning():
    rows = [target("新增智能工厂个数", "3", "5", "家")]
    (one,) = found(RULES, "history.other_year", facts(rows, [claim("新增智能工厂", "3", "个", kind="count")]))
    assert one.severity is Severity.ERROR and "5" in one.message % one.params
    rows = [target("医疗制造业规上工业总产值", "40.3", "58.9")]
    (one,) = found(RULES, "history.other_year", facts(rows, [claim("医药产业规上工业总产值", "40.3")]))
    assert one.severity is Severity.WARNING


def test_base_share_of_another_denominator_told_as_target_is_a_warning():
    rows = [target("战略性新兴产业产值占规上工业总产值比重", "40", "45", "%")]
    said = claim("产值占工业总产值比重", "40", "%", subject="战略新兴产业", of="工业总产值", kind="share")
    (one,) = found(RULES, "history.other_year", facts(rows, [said]))
    assert one.severity is Severity.WARNING and [number.value for number in one.numbers] == [40, 45, 40]


@pytest.mark.parametrize(("base", "goal", "value"), [("3", "3", "3"), ("40.3", "58.9", "59"), ("40.3", "58.9", "50")])
def test_a_figure_of_its_own_year_or_of_neither_is_not_of_the_other(base, goal, value):
    assert not found(RULES, "history.other_year", facts([target(OUTPUT, base, goal)], [claim(OUTPUT, value)]))


def test_a_year_in_the_place_of_a_count():
    rows, name = [target("市级研发机构数", "57", "115", "个")], "history.year_as_value"
    (one,) = found(RULES, name, facts(rows, [claim("市级以上研发机构数量", "2030", "个", kind="count")]))
    assert one.severity is Severity.ERROR and [number.value for number in one.numbers] == [2030, 57, 115]
    (one,) = found(RULES, name, facts([], [claim("示范车间", "2030", "个", kind="count")]))
    assert one.severity is Severity.WARNING


@pytest.mark.parametrize(
    "said",
    [
        claim("市级研发机构数", "2025", "个", kind="count"),
        claim("市级研发机构数", "2030", "个", kind="count", bound="ge"),
        claim("规上工业总产值", "2030", "亿元"),
        claim("高新技术企业", "2030", "家", kind="count"),
    ],
)
def test_other_counts_other_units_and_counts_near_the_table_are_no_years(said):
    rows = [target("高新技术企业数", "1428", "2100", "家"), target("规上工业总产值", "900", "1300")]
    assert not found(RULES, "history.year_as_value", facts(rows, [said]))


def test_a_year_in_the_table_itself():
    (one,) = found(RULES, "history.year_as_value", facts([target("市级研发机构数", "57", "2030", "个")]))
    assert one.severity is Severity.WARNING
    assert not found(RULES, "history.year_as_value", facts([target("高新技术企业数", "1428", "2030", "家")]))


def test_goals_without_a_row_are_one_info_and_those_with_one_are_not_in_it():
    rows = [target(OUTPUT, "40.3", "58.9", line=90), target("园区产业集中度", "94", "98", "%", line=91)]
    goals = [
        claim(OUTPUT, "58.9", section="第二章/三/（一）", line=50),
        claim(
            OUTPUT + "年均增长", "8", "%", kind="growth", span="2026-01..2030-12", section="第二章/三/（一）", line=50
        ),
        claim("清洁能源利用比例", "35", "%", kind="share", section="第二章/三/（二）", line=60),
        claim("省级示范车间数量", "12", "个", kind="count", section="第三章/一", line=120),
        claim("绿色园区数量", "3", "个", kind="count", section="第一章/一", line=20),
    ]
    (one,) = found(RULES, "history.not_in_table", facts(rows, goals))
    assert one.severity is Severity.INFO
    assert (one.params["count"], one.params["names"]) == (1, "清洁能源利用比例")
    assert not found(RULES, "history.not_in_table", facts(rows, goals[:2]))
