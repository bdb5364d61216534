"""The next plan's first draft: its start is known or marked, its targets are unknown, open projects are carried."""

from __future__ import annotations

from decimal import Decimal
from importlib.resources import files

import pytest

from zhizao.engines.planlint import PlanPack, read_pack, write_pack
from zhizao.engines.planlint.versions.rollover import ESTIMATED, Actual, roll_over
from zhizao.kernel.result import Refused

META = {
    "id": "990001-2026-2030",
    "title": "甲河县制造业“十五五”规划",
    "region": {"name": "甲河县", "code": "990001"},
    "period": {"name": "十五五", "start": 2026, "end": 2030},
    "document_number": "甲府发〔2026〕1号",
}


def target(key="ind-1", **cells):
    row = {"id": key, "name": "工业总产值", "unit": "亿元", "base_year": 2025, "base_value": Decimal(50), "bound": "ge"}
    rest = {"target_year": 2030, "target_value": Decimal(90), "growth_stated_pct": Decimal("12.5"), "line": 4}
    return row | rest | {"confidence": Decimal(1), "target_printed": "≥90"} | cells


def project(name="甲项目", **cells):
    row = {"name": name, "total_wan_yuan": Decimal(1000), "finish": "2032", "line": 9, "confidence": Decimal(1)}
    return row | cells


def rolled(targets=(), projects=(), meta=META, **options):
    return roll_over(PlanPack("p", {"indicators": list(targets), "projects": list(projects)}, meta), **options)


def test_an_actual_of_the_base_year_is_the_base_and_the_target_is_unknown():
    new = rolled([target()], actuals={"ind-1": Actual(2030, Decimal("84.2"))})
    (row,) = new.pack.rows["indicators"]
    assert (row["base_year"], row["base_value"], row["confidence"]) == (2030, Decimal("84.2"), 1)
    assert (row["target_year"], row["target_value"], row["growth_stated_pct"]) == (2035, None, None)
    assert (row["bound"], row["base_printed"], row["target_printed"]) == ("ge", None, None)
    assert new.measured == ("ind-1",)


def test_an_earlier_actual_and_the_old_target_are_estimates_and_say_so():
    new = rolled([target(), target("ind-2")], actuals={"ind-1": Actual(2029, Decimal(80))})
    first, second = new.pack.rows["indicators"]
    assert (first["base_value"], first["confidence"]) == (80, ESTIMATED)
    assert first["note"] == "base_value estimated: actual of 2029"
    assert (second["base_value"], second["confidence"]) == (90, ESTIMATED)
    assert second["note"] == "base_value estimated: target of 2030, not an actual"
    assert new.estimated == ("ind-1", "ind-2")


@pytest.mark.parametrize("cells", [{"target_value": None}, {"name": "新增数字化车间数量"}, {"target_year": 2028}])
def test_a_base_that_nothing_tells_is_unknown(cells):
    new = rolled([target(**cells)])
    assert new.pack.rows["indicators"][0]["base_value"] is None
    assert new.unknown == ("ind-1",)


def test_a_target_beyond_the_old_plan_stays_in_force():
    far = target(target_year=2035)
    assert rolled([far]).pack.rows["indicators"] == [far]


def test_an_actual_of_no_target_is_refused():
    with pytest.raises(Refused, match="ind-9"):
        rolled([target()], actuals={"ind-9": Actual(2030, Decimal(1))})


@pytest.mark.parametrize(
    ("cells", "before", "remaining"),
    [
        ({"plan_wan_yuan": Decimal(600), "after_wan_yuan": Decimal(400)}, 600, 400),
        ({"before_wan_yuan": Decimal(100), "plan_wan_yuan": Decimal(600)}, 700, 300),
        ({"plan_wan_yuan": Decimal(600)}, None, None),
        ({}, None, None),
    ],
)
def test_an_open_project_is_carried_with_its_remaining_money(cells, before, remaining):
    """600 of 1000 within the plan and no more printed: the other 400 may lie before or behind it."""
    new = rolled(projects=[project(**cells)])
    (row,) = new.pack.rows["projects"]
    assert (row["before_wan_yuan"], row["plan_wan_yuan"], row["after_wan_yuan"]) == (before, remaining, None)
    assert row["total_wan_yuan"] == 1000
    assert row["note"] == "carried_from 990001-2026-2030, line 9"


def test_money_spent_decides_what_remains():
    new = rolled(
        projects=[project(), project("乙项目")], spent_wan_yuan={"甲项目": Decimal(250), "乙项目": Decimal(1000)}
    )
    (row,) = new.pack.rows["projects"]
    assert (row["before_wan_yuan"], row["plan_wan_yuan"]) == (250, 750)
    assert new.finished == ("乙项目",)


@pytest.mark.parametrize(
    ("cells", "carried"),
    [
        ({"finish": "2029"}, False),
        ({"finish": "2030年底"}, False),
        ({"finish": "2030.1"}, False),
        ({"finish": "2031"}, True),
        ({"finish": None}, True),
        ({"finish": "分期"}, True),
        ({"finish": "2029", "after_wan_yuan": Decimal(5)}, True),
    ],
)
def test_a_project_is_carried_unless_its_date_and_money_are_over(cells, carried):
    new = rolled(projects=[project(**cells)])
    assert (new.carried == ("甲项目",)) is carried
    assert (new.finished == ("甲项目",)) is not carried


def test_a_project_without_an_end_whose_money_was_all_planned_before_has_unknown_money():
    (row,) = rolled(projects=[project(finish=None, plan_wan_yuan=Decimal(1000))]).pack.rows["projects"]
    assert (row["before_wan_yuan"], row["plan_wan_yuan"]) == (None, None)


def test_who_says_that_a_project_is_finished_is_believed():
    assert rolled(projects=[project()], finished=["甲 项目"]).finished == ("甲项目",)


def test_a_project_without_an_end_is_carried_with_doubt():
    (row,) = rolled(projects=[project(finish=None)]).pack.rows["projects"]
    assert row["confidence"] == ESTIMATED
    assert row["note"].endswith("finish unknown")


def test_title_period_and_id_are_those_of_the_next_plan():
    meta = rolled([target()]).pack.meta
    assert meta["title"] == "甲河县制造业“十六五”规划"
    assert meta["period"] == {"name": "十六五", "start": 2031, "end": 2035}
    assert (meta["id"], meta["base_year"], meta["document_number"]) == ("990001-2031-2035", 2030, None)
    assert meta["rolled_over_from"] == "990001-2026-2030"


def test_a_plan_of_three_years_is_followed_by_three():
    meta = {"id": "x", "title": "甲河县行动计划（2024—2026年）", "period": {"start": 2024, "end": 2026}}
    new = rolled([target(target_year=2026)], meta=meta)
    assert new.pack.meta["title"] == "甲河县行动计划（2027—2029年）"
    assert new.pack.rows["indicators"][0]["target_year"] == 2029


def test_without_a_period_the_years_of_the_targets_tell_and_without_both_it_is_refused():
    assert rolled([target()], meta={"title": "甲"}).pack.meta["base_year"] == 2030
    with pytest.raises(Refused, match="years"):
        rolled(meta={"title": "甲"})


def test_the_next_plan_is_a_pack_that_can_be_read_again(tmp_path):
    new = roll_over(read_pack(files("zhizao") / "packs" / "nanan"))
    write_pack(new.pack, tmp_path / "next")
    back = read_pack(tmp_path / "next")
    assert len(back.rows["indicators"]) == len(new.pack.rows["indicators"])
    assert {row["target_value"] for row in back.rows["indicators"]} == {None}
    assert {"claims", "tasks"} <= back.absent
    assert len(new.carried) + len(new.finished) == 55
    assert back.meta["period"]["start"] == 2026
