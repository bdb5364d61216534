"""Industries; counts and codes of GB/T 4754-2017."""

from __future__ import annotations

import pytest

from zhizao.kernel import industries
from zhizao.kernel.result import Refused


def test_counts_are_those_of_the_standard() -> None:
    counts = {level: sum(1 for _ in industries.every(level)) for level in ("section", "division", "group", "class")}
    assert counts == {"section": 20, "division": 97, "group": 473, "class": 1381}


@pytest.mark.parametrize(
    ("code", "full", "name"),
    [
        ("C", "C", "制造业"),
        ("39", "C39", "计算机、通信和其他电子设备制造业"),
        ("C391", "C391", "计算机制造"),
        ("3911", "C3911", "计算机整机制造"),
        ("c3911", "C3911", "计算机整机制造"),
        ("０１", "A01", "农业"),
        ("2720", "C2720", "化学药品制剂制造"),
    ],
)
def test_code_is_read_with_and_without_its_section(code: str, full: str, name: str) -> None:
    industry = industries.get(code)
    assert (industry.code, industry.name) == (full, name)


@pytest.mark.parametrize("code", ["", "C98", "99", "C0111", "39111", "制造业"])
def test_unknown_code_is_refused(code: str) -> None:
    with pytest.raises(Refused, match="is known"):
        industries.get(code)


def test_every_line_hangs_from_the_one_above() -> None:
    for industry in industries.every():
        if industry.level == "section":
            assert industry.parent is None
            continue
        assert industry.parent is not None
        assert industry.parent.contains(industry)
        assert industry in industry.parent.children
        assert industries.get(industry.number) == industry


def test_line_at_a_level_above_and_not_below() -> None:
    assert industries.get("3911").at("section") == industries.get("C")
    assert industries.get("3911").at("class") == industries.get("3911")
    with pytest.raises(Refused):
        industries.get("C39").at("class")


def test_names_and_codes_are_searched() -> None:
    assert {i.code for i in industries.find("水泥制造")} == {"C3011"}
    assert industries.find("水泥") == ()
    assert industries.get("C367") in industries.search("汽车 零部件")
    assert industries.search("C36")[0].code == "C36"
    assert industries.search("") == ()
