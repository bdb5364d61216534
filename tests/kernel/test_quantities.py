"""Quantities in running text; bounds follow the Civil Code, article 1259 (以上 includes the number, 超过 does not)."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.kernel.quantities import Quantity, find
from zhizao.kernel.units import unit

PLAN = Path(__file__).parents[3] / "shared" / "plan" / "nanan-plan.txt"


def said(text: str) -> list[str]:
    """Each quantity as ``bound value..high unit``."""
    return [f"{q.bound} {q.value}{'' if q.high is None else f'..{q.high}'} {q.unit}".strip() for q in find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("突破663亿元", ["ge 663 亿元"]),
        ("首次突破3.0%", ["ge 3.0 %"]),
        ("接入工业设备2000余台", ["ge 2000 台"]),
        ("约2000余台", ["ge 2000 台"]),
        ("1000多家", ["ge 1000 家"]),
        ("10万余元", ["ge 10 万元"]),
        ("三千多万元", ["ge 3000 万元"]),
        ("百余家", ["ge 100 家"]),
        ("〉86%", ["gt 86 %"]),
        (">86％", ["gt 86 %"]),
        ("＜ 5%", ["lt 5 %"]),
        ("≥30", ["ge 30"]),
        ("超过两千万台", ["gt 20000000 台"]),
        ("超过1万家", ["gt 1 万家"]),
        ("不超过5%", ["le 5 %"]),
        ("不低于82PB", ["ge 82 PB"]),
        ("不少于100个", ["ge 100 个"]),
        ("不足20%", ["lt 20 %"]),
        ("低于10%", ["lt 10 %"]),
        ("10%以上", ["ge 10 %"]),
        ("10%及以下", ["le 10 %"]),
        ("5%以内", ["le 5 %"]),
        ("5年内", ["le 5 年"]),
        ("保持在50亿以上", ["ge 50 亿"]),
        ("约6000亩", ["about 6000 亩"]),
        ("约为7.2万平方米", ["about 7.2 万平方米"]),
        ("近70个", ["about 70 个"]),
        ("17.6%左右", ["about 17.6 %"]),
        ("最高可达21万千伏安", ["le 21 万千伏安"]),
        ("达到350亿元", ["eq 350 亿元"]),
        ("872974辆", ["eq 872974 辆"]),
        ("872,974辆", ["eq 872974 辆"]),
        ("９０００万元／亩", ["eq 9000 万元/亩"]),
        ("100亿元/平方公里", ["eq 100 亿元/平方公里"]),
        ("20万件/年", ["eq 20 万件/年"]),
        ("80台（套）", ["eq 80 台（套）"]),
        ("60余台/套", ["ge 60 台/套"]),
        ("3千瓦时和十万千瓦时", ["eq 3 千瓦时", "eq 100000 千瓦时"]),
        ("提高3.2个百分点", ["eq 3.2 个百分点"]),
        ("百分之三十五", ["eq 35 %"]),
        ("增长-3.2%", ["eq -3.2 %"]),
        ("8000万元-1亿元", ["eq 8000 万元", "eq 1 亿元"]),
        ("增速为-3.2%", ["eq -3.2 %"]),
        ("1—2倍", ["eq 1..2 倍"]),
        ("5%—8%", ["eq 5..8 %"]),
        ("20至30家", ["eq 20..30 家"]),
        ("100万—200万元", ["eq 100..200 万元"]),
        ("100-150", ["eq 100..150"]),
        ("从34%提升至67%", ["eq 34 %", "eq 67 %"]),
        ("由2015年112个增加至2020年193个", ["eq 112 个", "eq 193 个"]),
        ("七家龙头企业", ["eq 7 家"]),
        ("两个中心", ["eq 2 个"]),
        ("10000m2机电园J10-5/01地块", ["eq 10000 m2"]),
        ("国际领先的2025个", ["eq 2025 个"]),
        ("217.8", ["eq 217.8"]),
    ],
)
def test_quantity_is_read_as_printed(text: str, expected: list[str]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2020年",
        "截止2020年",
        "2020—2022年",
        "2022年3月9日",
        "2021年1—5月",
        "二〇三五年远景目标",
        "3月",
        "表2-1",
        "图1-8",
        "第三章",
        "第十四个五年规划",
        "附件四",
        "标号8—39的企业",
        "标号40—175的企业",
        "第1期",
        "2期开发",
        "10号楼",
        "J10-5/01",
        "I26-3/02地块",
        "5G网络",
        "B2B商城",
        "PM2.5",
        "25Gbit/s",
        "“1+6+2”",
        "比例为1:1",
        "中国制造2025的典范区",
        "21世纪",
        "“十四五”末",
        "十三五期间",
        "统一项目库",
        "统一台账",
        "一站式",
        "长三角",
        "十分重要",
        "三分之一",
        "二元结构",
        "一体化",
        "数十家",
        "几百家",
        "千方百计",
        "党的十九大",
        "一带一路",
        "一二三产业",
        "三四个",
        "第一季度",
        "渝府发〔2021〕5号",
        "V5.1.2版",
        "",
    ],
)
def test_dates_serials_names_and_vague_amounts_are_no_quantities(text: str) -> None:
    assert said(text) == []


def test_unit_after_each_is_told_apart_from_the_unit() -> None:
    (first, second) = find("2017年每万千瓦时产值为709万元，至2020年每万千瓦时产值达到720万元。")
    assert (first.value, first.unit, first.per) == (Decimal(709), "万元", "万千瓦时")
    assert (second.value, second.unit, second.per) == (Decimal(720), "万元", "万千瓦时")
    assert find("每万千瓦时") == []


def test_place_and_text_are_those_of_the_original() -> None:
    text = "产值　突破６６３．２亿元，达９０％以上"
    found = find(text)
    assert [q.text for q in found] == ["突破６６３．２亿元", "９０％以上"]
    assert all(text[q.start : q.end] == q.text for q in found)


def test_every_quantity_of_the_plan_has_a_known_unit_and_sense() -> None:
    if not PLAN.exists():
        pytest.skip("the plan document is not beside the checkout")
    text = PLAN.read_text(encoding="utf-8")
    found = find(text)
    assert len(found) == 403
    for quantity in found:
        assert unit(quantity.unit).factor > 0
        assert quantity.high is None or quantity.high > quantity.value
        assert quantity.value >= 0
        assert text[quantity.start : quantity.end] == quantity.text
    assert all(q.value <= 100 for q in found if q.unit == "%")
    lines = {q.text for q in found}
    assert {
        "突破663亿元",
        "2000余台",
        "〉86%",
        "超过两千万台",
        "872974辆",
        "9000万元/亩",
        "50亿以上",
        "约8万㎡",
    } <= lines


@pytest.mark.parametrize(
    "seed",
    [
        "1",
        "一",
        "1,234",
        "1,234,5",
        "十",
        "约",
        "每",
        "1—",
        "万",
        "1亿",
        "百分之",
        "2020-",
        "a1",
        "1/",
        "1 ",
        "超过",
        "1.1",
        "一十",
        "余",
        "1个",
    ],
)
def test_time_grows_with_the_length_only(seed: str) -> None:
    text = (seed * 60_000)[:60_000]
    started = process_time()
    find(text)
    assert process_time() - started < 3


@given(
    st.text(
        alphabet="0123456789.,，—-至一二十百千万亿两余多约超过不低于%〉>元亩台个家年月日第表图GJ/ 每以上左右\n",
        max_size=120,
    )
)
def test_quantities_stand_in_order_and_do_not_overlap(text: str) -> None:
    found = find(text)
    assert all(text[q.start : q.end] == q.text and q.start < q.end for q in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(isinstance(q, Quantity) and unit(q.unit) for q in found)
