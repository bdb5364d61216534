"""The plan's targets as promises, and what each goes with."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from tests.apps.outlook.conftest import row

from zhizao.apps.outlook.conventions import conventions
from zhizao.apps.outlook.promises import direction, promises

SECTORS = {"s:1": "电子", "s:2": "装备", "s:3": "汽车", "s:4": "材料", "": ""}
OTHERS = ["电子信息制造业规模以上工业总产值", "装备制造（含汽摩配件）业规模以上工业总产值", "规模工业总产值"]


def test_a_target_printed_without_a_sign_is_reached_coming_from_its_base():
    assert direction("eq", Decimal(10), Decimal(5)) == "ge"
    assert direction("eq", Decimal(3), Decimal(5)) == "le"
    assert direction("eq", Decimal(3), None) == "ge"
    assert direction("le", Decimal(10), Decimal(5)) == "le"


def test_a_target_goes_with_the_indicators_that_the_pack_names():
    said = conventions()
    assert said.indicators_of("规上工业利税") == ("profit_total", "tax_paid")
    assert said.indicators_of("其中规上工业利润") == ("profit_total",)
    assert said.indicators_of("规模工业增加值") == ("gross_output",)
    assert said.indicators_of("战略新兴产业产值占规模以上工业总产值比重") == ()
    assert said.indicators_of("新增绿色工厂数量") == ()


def test_a_target_is_about_the_sectors_that_it_names_or_all():
    said = conventions()
    about = {name: said.sectors_of(name, sectors=SECTORS, others=OTHERS) for name in (*OTHERS, "其它")}
    assert about[OTHERS[0]] == ("s:1",)
    assert about[OTHERS[1]] == ("s:2", "s:3")
    assert about[OTHERS[2]] == tuple(SECTORS)


def test_the_rest_is_what_no_other_target_names():
    assert conventions().sectors_of("其它", sectors=SECTORS, others=OTHERS) == ("s:4", "")


@pytest.mark.django_db
def test_promises_are_those_of_the_version_in_force_with_the_figures_known_then(area, yearly):
    yearly("规模工业总产值", {2021: "2860", 2022: "3000"})
    assert promises(area, as_of=dt.date(2020, 12, 31)) == ()
    found = promises(area, as_of=dt.date(2022, 6, 30))
    assert [one.name for one in found] == [
        "规模工业总产值",
        "电子信息制造业规模工业总产值",
        "绿色工厂",
        "园区产业集中度",
    ]
    output = found[0]
    assert (output.bound, output.value, output.base, str(output.span)) == ("ge", Decimal("4187.3"), 2600, "2025")
    assert output.known == {2020: 2600, 2021: 2860}
    assert [str(point.span) for point in output.path] == ["2020", "2021", "2022", "2023", "2024", "2025"]


@pytest.mark.django_db
def test_figures_come_in_the_target_s_unit(area, keys, take):
    take(row("area:990101", keys["规模工业总产值"], "2021", "0.286", "2022-03-01", unit="亿元"))
    output = promises(area, as_of=dt.date(2022, 6, 30))[0]
    assert output.actual[0].value == 2860 and output.actual[0].status == "simulated"
    assert output.actual[0].reference.startswith("figure:area:990101~")


@pytest.mark.django_db
def test_of_two_scopes_the_one_spoken_of_last_counts(area, keys, take):
    key, place = keys["规模工业总产值"], "area:990101"
    take(
        row(place, key, "2021", "2860", "2022-03-01", more="all,"),
        row(place, key, "2022", "3000", "2023-03-01", more="above_scale,"),
    )
    assert promises(area, as_of=dt.date(2023, 6, 30))[0].known == {2020: 2600, 2022: 3000}


@pytest.mark.django_db
def test_the_figure_of_the_target_s_own_year_decides(area, yearly):
    yearly("规模工业总产值", {2025: "4187.3"})
    before, after = (promises(area, as_of=dt.date(2026, *day))[0] for day in ((2, 28), (3, 1)))
    assert before.came is None
    assert after.came is not None and after.reached(after.came.value) and not after.reached(Decimal("4187.2"))
