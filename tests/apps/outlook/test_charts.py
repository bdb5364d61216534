"""What the charts draw, by the figures of the design's page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation
from tests.apps.outlook import told
from tests.factories import make_area

from zhizao.apps.outlook import charts
from zhizao.kernel.span import Span

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def item(settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path / "files"
    return told.output(told.run(make_area(code="990101")))


def by_role(chart: dict[str, Any]) -> dict[str, Any]:
    return {series["role"]: series["values"] for series in chart["series"]}


def test_the_fan_has_path_actual_forecast_and_target_on_one_time(item: Any) -> None:
    chart = charts.fan(item, title="t")
    assert chart["at"] == [Span.of_year(year).end_month for year in range(2020, 2026)]
    assert by_role(chart) == {
        "path": [797.1, 879.0, 969.4, 1069.1, 1179.0, 1300.0],
        "actual": [797.1, 912.0, 960.6, 1049.0, None, None],
        "forecast": [None, None, None, 1049.0, 1143.5, 1254.2],
        "target": [None, None, None, None, None, 1300.0],
    }


def test_the_intervals_open_from_the_last_figure(item: Any) -> None:
    wide, narrow = charts.fan(item, title="t")["bands"]
    assert wide["low"] == [None, None, None, 1049.0, 1084.0, 1133.0]
    assert narrow["high"] == [None, None, None, 1049.0, 1189.0, 1334.0]


def test_the_gap_is_told_where_the_figures_end(item: Any) -> None:
    chart = charts.fan(item, title="t")
    assert chart["gap"]["name"] == "20.1 below the path"
    assert chart["now"]["at"] == Span.of_year(2023).end_month


def test_a_half_year_is_no_year_on_the_fan(item: Any) -> None:
    half = replace(item.actual[-1], span=Span.year_to_date(2024, 6))
    chart = charts.fan(replace(item, actual=(*item.actual, half)), title="t")
    assert by_role(chart)["actual"] == [797.1, 912.0, 960.6, 1049.0, None, None]


def test_without_a_forecast_there_is_no_band(item: Any) -> None:
    chart = charts.fan(replace(item, fan=(), p=None), title="t")
    assert chart["bands"] == []
    assert set(by_role(chart)["forecast"]) == {None}


def test_what_moved_it_adds_up_from_the_day_before_to_the_day(item: Any) -> None:
    chart = charts.steps(told.moved(), title="t")
    assert chart["ends"] == [31.0, 23.0]
    assert chart["categories"] == ["as of 2024-06-20", "企业甲", "企业乙", "the rest", "as of 2024-07-20"]
    assert chart["values"] == [-5.0, -2.0, -1.0]
    assert chart["ends"][0] + sum(chart["values"]) == pytest.approx(chart["ends"][1])
    assert chart["quiet"] == [2]


def test_where_no_enterprise_is_told_the_causes_stand(item: Any) -> None:
    chart = charts.steps(replace(told.moved(), enterprises=()), title="t")
    assert chart["categories"][1:-1] == ["Revised figures", "New data", "Model"]
    assert chart["values"] == [-0.9, -6.6, -0.5]


def test_many_movers_are_pooled(item: Any) -> None:
    row = told.moved().enterprises[0]
    many = tuple(replace(row, key=f"enterprise:{n}", name=f"{n}", p=-0.008) for n in range(10))
    chart = charts.steps(replace(told.moved(), enterprises=many), title="t")
    assert len(chart["values"]) == charts.SHOWN_MOVERS + 1
    assert sum(chart["values"]) == pytest.approx(-8.0)


def test_a_ring_is_a_backtest(item: Any) -> None:
    chart = charts.chance(told.calls(), [(40.0, "cut")], title="t")
    assert chart["series"][0]["hollow"] == [True, True, True, False, False]
    assert chart["series"][0]["values"] == [44.0, 41.0, 38.0, 31.0, 23.0]
    assert [row[-1] for row in chart["table"]["rows"]] == ["backtest"] * 3 + ["published"] * 2


def test_the_gap_of_pace_is_from_forecast_to_needed(item: Any) -> None:
    assert charts.pace(item, title="t")["gap"] == {"from": 9.7, "to": 12.3}
    enough = replace(item, pace=replace(item.pace, forecast=12.5))
    assert charts.pace(enough, title="t")["gap"] is None


def test_a_pace_that_is_not_known_has_no_dot(item: Any) -> None:
    chart = charts.pace(replace(item, pace=replace(item.pace, best=None)), title="t")
    assert "best" not in {point["role"] for point in chart["points"]}


def test_reliability_is_told_in_per_cent_with_counts(item: Any) -> None:
    chart = charts.reliability(told.calibration(), title="t")
    assert chart["series"][0]["values"][1] == [29.0, 50.0, 30.0, 70.0, 20]
    assert chart["series"][0]["hollow"] is True  # every call is a backtest


def test_january_and_february_are_drawn_as_their_mean_month() -> None:
    series = told.enterprise(make_area(code="990101")).series[0]
    flow = charts.series(series, title="t", is_flow=True)
    assert by_role(flow)["actual"] == [10.0, 11.0, 12.0, 13.0, 12.0, None, None, None]
    assert by_role(flow)["forecast"] == [None, None, None, None, 12.0, 12.0, 12.0, 12.0]
    stock = charts.series(series, title="t", is_flow=False)
    assert by_role(stock)["actual"][0] == 20.0
