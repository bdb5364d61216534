"""Regions; codes of GB/T 2260 for one municipality, and an invented province."""

from __future__ import annotations

import pytest

from zhizao.kernel import regions
from zhizao.kernel.regions import Region, Regions
from zhizao.kernel.result import Refused

INVENTED = Regions(
    [
        Region("990101", "丙丁区"),
        Region("990000", "甲乙省"),
        Region("990100", "戊己市"),
        Region("990201", "丙丁县"),
        Region("980000", "庚辛市"),
        Region("980102", "壬癸区"),
    ]
)


def test_table_has_the_municipality_and_its_districts_and_counties() -> None:
    table = regions.table()
    top = table.get("500000")
    assert top.level == "province"
    assert len(table.children(top)) == 38
    assert table.get("500108").name == "南岸区"
    assert table.full_name(table.get("500108")) == "重庆市南岸区"
    assert table.parent(table.get("500243")) == top
    assert table.parent(top) is None


def test_unknown_code_is_refused_with_the_code() -> None:
    for code in ("500199", "", "南岸区", "50"):
        with pytest.raises(Refused) as refused:
            regions.get(code)
        assert refused.value.problems[0].params == {"code": code}


def test_name_is_found_full_short_or_with_those_above() -> None:
    table = regions.table()
    assert [r.code for r in table.find("南岸区")] == ["500108"]
    assert [r.code for r in table.find("南岸")] == ["500108"]
    assert [r.code for r in table.find(" 重庆市 南岸区")] == ["500108"]
    assert [r.code for r in table.find("忠县")] == ["500233"]
    assert table.find("南") == ()
    assert [r.code for r in table.search("自治县")] == ["500240", "500241", "500242", "500243"]
    assert [r.code for r in table.search("50015")] == ["500151", "500152", "500153", "500154", "500155", "500156"]
    assert table.search(" ") == ()


def test_several_regions_may_share_a_short_name() -> None:
    assert [r.code for r in INVENTED.find("丙丁")] == ["990101", "990201"]
    assert [r.code for r in INVENTED.find("甲乙省戊己市丙丁区")] == ["990101"]


def test_tree_skips_levels_that_the_table_leaves_out() -> None:
    assert INVENTED.parent(INVENTED.get("980102")) == INVENTED.get("980000")
    assert INVENTED.parent(INVENTED.get("990201")) == INVENTED.get("990000")
    assert [r.code for r in INVENTED.children(INVENTED.get("990000"))] == ["990100", "990201"]
    assert [r.code for r in INVENTED] == sorted(r.code for r in INVENTED)
    assert len(INVENTED) == 6
