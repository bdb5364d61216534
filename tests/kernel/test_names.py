"""Names of organisations; invented ones, and the 175 of the plan where it is at hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.kernel import names

PLAN = Path(__file__).parents[3] / "shared" / "plan" / "nanan-plan.txt"
PLACES = ("甲省", "甲", "乙市", "乙")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("甲省丙丁（集团）有限公司", "甲省丙丁(集团)有限公司"),
        ("甲省丙丁有限公司", " 甲省　丙丁 有限公司 "),
        ("丙丁·戊门业有限公司", "丙丁•戊门业有限公司"),
        ("ＡＢ科技有限公司", "ab科技有限公司"),
        ("丙丁【集团】有限公司", "丙丁（集团）有限公司"),
    ],
)
def test_differences_of_typing_are_no_differences(one: str, other: str) -> None:
    assert names.normalise(one) == names.normalise(other)
    assert names.stable_id(one) == names.stable_id(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("丙丁有限公司", "丙丁股份有限公司"),
        ("甲省丙丁有限公司", "丙丁有限公司"),
        ("丙丁（集团）有限公司", "丙丁有限公司"),
    ],
)
def test_another_registered_name_has_another_id(one: str, other: str) -> None:
    assert names.stable_id(one) != names.stable_id(other)


def test_id_is_permanent() -> None:
    """The first 12 hexadecimal digits of the SHA-256 of the UTF-8 bytes; stored keys depend on it."""
    assert names.stable_id("甲") == "33e3580c0931"


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("甲省丙丁制冷设备有限公司", "丙丁制冷设备"),
        ("丙丁制冷设备有限公司", "丙丁制冷设备"),
        ("甲省乙市丙丁制冷设备（集团）有限责任公司", "丙丁制冷设备"),
        ("丙丁制冷设备（甲省）股份有限公司", "丙丁制冷设备"),
        ("丙丁·制冷设备有限公司", "丙丁制冷设备"),
        ("丙丁（亚洲）制冷设备有限公司", "丙丁亚洲制冷设备"),
        ("丙丁工业有限责任公司甲省卷烟厂", "丙丁工业甲省卷烟厂"),
        ("丙丁门业厂", "丙丁门业厂"),
        ("甲省有限公司", "甲省"),
        ("有限公司", "有限公司"),
        ("", ""),
    ],
)
def test_core_drops_legal_form_and_places_only(name: str, core: str) -> None:
    assert names.core(name, places=PLACES) == core


def test_places_come_from_the_table_of_regions() -> None:
    assert names.place_names("500108") == ("南岸区", "南岸", "重庆市", "重庆")


@given(st.text(alphabet="甲乙丙丁（）()集团有限公司 　·•ＡaB", max_size=30))
def test_normalising_twice_changes_nothing(name: str) -> None:
    once = names.normalise(name)
    assert names.normalise(once) == once
    assert names.core(name, places=PLACES) == names.core(once, places=PLACES)


def test_a_name_has_no_particles() -> None:
    assert names.pinyin("美的制冷") == "mei di zhi leng"
    assert names.pinyin("目的地") == "mu di di"


def test_pinyin_initials_and_order() -> None:
    assert names.pinyin("重庆长江轴承") == "chong qing chang jiang zhou cheng"
    assert names.initials("重庆长江轴承") == "cqcjzc"
    assert names.initials("AB科技2号") == "abkj2h"
    assert sorted(("重庆", "成都", "北京"), key=names.sort_key) == ["北京", "成都", "重庆"]
    assert names.sort_key("丁") != names.sort_key("钉")


def test_the_enterprises_of_the_plan_have_each_an_id_and_a_core_of_their_own() -> None:
    if not PLAN.exists():
        pytest.skip("the plan document is not beside the checkout")
    annex = PLAN.read_text(encoding="utf-8").split("各企业类型划分\n")[-1]
    enterprises = re.findall(r"\n\t\d+\n\t(\S+)\n", annex)
    assert len(enterprises) == 175
    assert len({names.stable_id(name) for name in enterprises}) == 175
    assert len({names.core(name, places=names.place_names("500108")) for name in enterprises}) == 175
