"""From the ledger to grids: months by enterprise, sums by sector, as known then."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from tests.apps.outlook.conftest import month_value, monthly_rows, row

from zhizao.apps.outlook import panels
from zhizao.kernel.span import Span

pytestmark = pytest.mark.django_db
END = dt.date(2025, 1, 31)


def at(found, text: str) -> int:
    return Span.parse(text).start_month - found.first_month


def output(found):
    return found.values["gross_output"]


def test_the_months_of_year_to_date_figures_are_their_differences(area, take):
    take(*monthly_rows())
    found = panels.months_of(area, ["gross_output"], as_of=END)
    assert found.subjects == tuple(f"enterprise:{key}" for key in "abcde")
    assert found.sectors == ("sector:电子",) * 2 + ("sector:装备",) * 3
    assert output(found)[0, at(found, "2024-12")] == pytest.approx(float(month_value("a", 2024, 12)))


def test_january_and_february_stay_one_figure_of_a_sector(area, take):
    take(*monthly_rows())
    panel = panels.sector_panel(panels.months_of(area, ["gross_output"], as_of=END))
    assert panel.series == ("gross_output|sector:电子", "gross_output|sector:装备")
    january = [joint for joint in panel.joint if joint.series == 0 and joint.first % 12 == 0]
    assert [(joint.first, joint.cells) for joint in january] == [(12 * year, 2) for year in range(5)]
    assert january[4].value == pytest.approx(float(2 * (month_value("a", 2024, 1) + month_value("b", 2024, 1))))
    assert np.isnan(panel.values[0, 48:50]).all()
    assert panel.values[0, 51] == pytest.approx(150 * 1.1**4)


def test_a_late_reporter_stands_in_with_its_weight_if_it_is_small():
    """a and b of weights 96 and 4; b is late in the last month: 96 / 0.96 = 100."""
    values = np.array([[96.0] * 14, [4.0] * 13 + [np.nan]])
    assert panels.summed(values)[-1] == pytest.approx(100.0)


def test_a_month_is_unknown_where_too_little_of_it_is_reported():
    """b is 6 of 100, and at least 95 % must be there."""
    values = np.array([[94.0] * 14, [6.0] * 13 + [np.nan]])
    assert np.isnan(panels.summed(values)[-1])
    assert panels.summed(values)[-2] == 100.0


def test_one_that_has_left_is_waited_for_no_more():
    values = np.array([[50.0] * 14, [50.0] * 8 + [np.nan] * 6])
    assert panels.summed(values)[7] == 100.0
    assert panels.summed(values)[8:].tolist() == [50.0] * 6


def test_before_its_first_figure_an_enterprise_is_not_missing_but_not_there():
    values = np.array([[50.0] * 14, [np.nan] * 5 + [10.0] * 9])
    assert panels.summed(values)[[4, 5]].tolist() == [50.0, 60.0]


def test_where_nobody_is_there_is_nothing():
    assert panels.summed(np.array([[np.nan, np.nan, 3.0]])).tolist() == [0.0, 0.0, 3.0]


def test_a_past_day_knows_neither_later_months_nor_later_corrections(area, take):
    take(*monthly_rows())
    before = panels.months_of(area, ["gross_output"], as_of=dt.date(2024, 6, 30))
    take(row("enterprise:a", "gross_output", "2024-01..05", 2000, "2024-09-01"), name="更正.csv")
    again = panels.months_of(area, ["gross_output"], as_of=dt.date(2024, 6, 30))
    assert before.end_month == Span.parse("2024-06").start_month
    assert again.sha256 == before.sha256 and np.array_equal(output(again), output(before), equal_nan=True)
    now = panels.months_of(area, ["gross_output"], as_of=END)
    assert output(now)[0, at(now, "2024-05")] > output(before)[0, -1]


def test_what_was_known_then_with_the_values_known_now(area, take):
    take(*monthly_rows())
    take(row("enterprise:a", "gross_output", "2024-01..05", 2000, "2024-09-01"), name="更正.csv")
    before = panels.months_of(area, ["gross_output"], as_of=dt.date(2024, 6, 30))
    now = panels.months_of(area, ["gross_output"], as_of=END)
    revised = now.like(before)
    assert output(revised).shape == output(before).shape
    assert np.array_equal(np.isfinite(output(revised)), np.isfinite(output(before)))
    changed = np.argwhere(~np.isclose(output(revised), output(before)))
    assert changed.tolist() == [[0, at(now, "2024-05")]]


def test_an_enterprise_that_has_left_is_forecast_no_more(area, take):
    gone = frozenset(("e", 2024, month) for month in range(2, 13))
    take(*monthly_rows(without=gone))
    panel = panels.enterprise_panel(panels.months_of(area, ["gross_output"], as_of=END))
    assert [name.partition(":")[2] for name in panel.series] == ["a", "b", "c", "d"]


def test_one_that_reports_months_ahead_of_the_others_waits_for_them(area, take):
    take(*monthly_rows(), row("enterprise:a", "gross_output", "2025-01..10", 2000, "2025-11-10"))
    found = panels.months_of(area, ["gross_output"], as_of=dt.date(2025, 11, 30))
    assert found.end_month == Span.parse("2024-12").end_month
    assert len(panels.enterprise_panel(found).series) == 5


def test_an_area_without_figures_has_an_empty_grid(area):
    found = panels.months_of(area, ["gross_output"], as_of=END)
    assert (found.subjects, found.values, found.end_month) == ((), {}, 0)
