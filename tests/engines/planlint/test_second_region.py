"""An invented region's plan of another layout: other words, orders and units, two header rows, merged sectors."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from zhizao.engines.planlint import Reading, read_document
from zhizao.engines.planlint.document import load
from zhizao.engines.planlint.meta import read_meta
from zhizao.engines.planlint.tables.values import Notes
from zhizao.kernel.result import Severity

DATA = (Path(__file__).parent / "qinghe.txt").read_bytes()


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read_document(DATA, file="qinghe.txt")


def columns(reading: Reading, table: str, *names: str) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in names) for row in reading.rows[table]]


def test_every_target_is_read_whatever_the_order_of_columns(reading):
    names = ("name", "unit", "base_value", "target_value", "bound", "growth_stated_pct", "nature")
    assert columns(reading, "indicators", *names) == [
        ("规上工业总产值", "亿元", Decimal("61.5"), Decimal(96), "eq", Decimal("9.3"), "预期性"),
        ("规上工业增加值", "亿元", Decimal("14.9"), Decimal("23.8"), "eq", Decimal("9.8"), "预期性"),
        ("单位工业增加值能耗", "吨标准煤/万元", Decimal("0.5"), Decimal("0.42"), "le", None, "约束性"),
        ("工业用水重复利用率", "%", Decimal("88.5"), Decimal(92), "ge", None, "约束性"),
        ("专精特新中小企业数", "家", Decimal(6), Decimal(18), "eq", None, "预期性"),
        ("数字化改造企业覆盖率", "%", Decimal(35), Decimal(80), "eq", None, "预期性"),
        ("研发经费投入强度", "%", Decimal("1.4"), Decimal("2.1"), "ge", None, "预期性"),
        ("亩均税收", "万元/亩", Decimal("8.20"), Decimal("12.5"), "eq", Decimal("8.8"), "预期性"),
    ]
    assert {row["base_year"] for row in reading.rows["indicators"]} == {2025}
    assert {row["target_year"] for row in reading.rows["indicators"]} == {2030}


def test_a_bracketed_sum_over_the_period_is_a_note_and_no_growth(reading):
    assert columns(reading, "indicators", "note", "growth_printed")[4] == ("cumulative: [12]", "[12]")


def test_project_money_printed_in_100_million_yuan_comes_in_10_thousand(reading):
    names = (
        "sector",
        "serial",
        "name",
        "owner",
        "total_wan_yuan",
        "before_wan_yuan",
        "plan_wan_yuan",
        "after_wan_yuan",
    )
    assert columns(reading, "projects", *names) == [
        ("食品工业", 1, "绿源预制菜中央厨房", "青禾绿源食品有限公司", 32000, None, 32000, None),
        ("食品工业", 2, "山茶油精炼线扩建", "云岭茶油有限公司", 9500, 3000, 6500, None),
        ("竹木加工", 3, "竹集成材产业园", "云岭青禾竹业股份有限公司", 60000, None, 50000, 10000),
        ("竹木加工", 4, "竹纤维餐具（二期）", None, 12000, 5000, 7000, 0),
    ]


def test_a_span_of_years_in_one_cell_is_start_and_finish(reading):
    spans = [("2026", "2028"), ("2025", "2027"), ("2026", "2031"), ("2024", "2026")]
    assert columns(reading, "projects", "start", "finish") == spans


def test_a_total_is_told_and_is_no_project(reading):
    (total,) = [problem for problem in reading.problems if problem.code == "planlint.total_row"]
    assert (total.place.line, total.params["text"]) == (178, "11.35、0.8、9.55、1")


def test_enterprises_take_their_tier_from_a_merged_column(reading):
    tiers = [row["tier"] for row in reading.rows["enterprises"]]
    assert tiers == ["链主企业"] * 2 + ["中坚企业"] * 4 + ["种子企业"] * 6
    assert columns(reading, "enterprises", "serial", "name", "industry", "line")[8] == (
        9,
        "云岭织造（青禾）有限公司",
        "纺织",
        295,
    )


def test_hectares_come_in_mu_and_a_range_keeps_both_ends(reading):
    names = ("enterprise", "land_mu", "idle_mu", "building_m2", "demand_min_mu", "demand_max_mu")
    assert columns(reading, "land", *names) == [
        ("青禾绿源食品有限公司", 96, 9, 31500, 30, 45),
        ("云岭青禾竹业股份有限公司", 180, None, 50000, None, None),
        ("青禾县精工五金厂", Decimal("30.3"), 0, 8800, Decimal("22.5"), Decimal("22.5")),
    ]


def test_suppliers_are_read_by_header_words(reading):
    assert columns(reading, "suppliers", "sector", "enterprise", "total", "local", "share_stated_pct", "line") == [
        ("食品", "青禾绿源食品有限公司", 48, 36, 75, 137),
        ("五金", "青禾县精工五金厂", 20, 9, 45, 143),
    ]


def test_chain_members_stand_below_their_stage_and_node(reading):
    assert columns(reading, "chain_members", "chain", "stage", "node", "member", "member_type") == [
        ("青禾县竹产业链", "上游", "竹种植", "青禾林场", "enterprise"),
        ("青禾县竹产业链", "上游", "竹种植", "云岭竹业合作社", "enterprise"),
        ("青禾县竹产业链", "上游", "竹种植", "南坡竹农联社", "enterprise"),
        ("青禾县竹产业链", "中游", "竹板材", "云岭青禾竹业股份有限公司", "enterprise"),
        ("青禾县竹产业链", "中游", "竹制品", "青禾小竹匠工艺品有限公司", "enterprise"),
        ("青禾县竹产业链", "中游", "竹制品", "青禾美竹", "enterprise"),
        ("青禾县竹产业链", "下游", "销售渠道", "电商平台", "channel"),
        ("青禾县竹产业链", "下游", "销售渠道", "旅游纪念品店", "channel"),
    ]


def test_the_plan_itself_is_described(reading):
    meta = reading.meta
    assert meta["title"] == "青禾县新型工业化发展规划（2026—2030年）"
    assert meta["region"] == {"name": "云岭州青禾县", "code": None}
    assert (meta["issuer"], meta["document_number"]) == (["云岭州青禾县人民政府"], "青禾府发〔2026〕7号")
    assert (meta["issued"], meta["base_year"]) == ("2026-04-18", 2025)
    assert meta["period"] == {"name": "十五五", "start": 2026, "end": 2030}
    assert meta["parent_plans"] == ["云岭州新型工业化“十五五”规划", "青禾县国土空间总体规划（2021—2035年）"]


def test_nothing_is_left_unread_and_left_columns_are_named(reading):
    assert {problem.severity for problem in reading.problems} == {Severity.INFO}
    left = [p.params["columns"] for p in reading.problems if p.code == "planlint.column_unread"]
    assert left == ["备注", "主要产品"]


def test_an_issuer_in_one_line_with_number_and_date_is_read() -> None:
    head = "云岭州青禾县人民政府办公室 青禾府办〔2026〕7号 2026年4月18日\n\n青禾县工业发展规划\n"
    meta = read_meta(load(head.encode()), [], Notes())
    assert (meta["issuer"], meta["document_number"]) == (["云岭州青禾县人民政府办公室"], "青禾府办〔2026〕7号")
