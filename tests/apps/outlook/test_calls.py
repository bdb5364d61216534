"""Every call is kept, is only added, and is held against what the ledger says came."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from zhizao.apps.outlook import queries
from zhizao.apps.outlook.models import Call
from zhizao.base.evidence import canonical
from zhizao.base.evidence.services import record_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(area, keys):
    """``call("绿色工厂", "2023-06-30", 0.3, value="4", fan=[…])``: a call as a run of that day would leave it."""

    def made(name: str, day: str, p: float, *, value: str = "4", unit: str = "个", bound: str = "ge", fan=(), note=""):
        as_of = dt.date.fromisoformat(day)
        run = record_run(
            actor=None,
            area=area,
            engine="outlook",
            engine_version="1",
            inputs={},
            parameters={"part": "targets", "note": note},
            seed=1,
            as_of=as_of,
            output=canonical.dumps({"note": note}),
        )
        return Call.objects.create(
            area=area,
            run=run,
            target_key=keys[name],
            name=name,
            unit=unit,
            as_of=as_of,
            start_month=2025 * 12,
            months=12,
            bound=bound,
            threshold=value,
            p=p,
            p_lo=max(p - 0.1, 0),
            p_hi=min(p + 0.1, 1),
            fan=list(fan),
            is_backtest=True,
        )

    return made


def test_a_call_is_never_changed_nor_taken_back(call):
    made = call("绿色工厂", "2023-06-30", 0.3)
    with pytest.raises(TypeError):
        made.save()
    with pytest.raises(TypeError):
        made.delete()
    with pytest.raises(TypeError):
        Call.objects.all().delete()
    with pytest.raises(TypeError):
        Call.objects.update(p=1.0)


@pytest.mark.parametrize("p", [-0.1, 1.1])
def test_the_database_takes_no_call_that_is_no_probability(call, p):
    with pytest.raises(IntegrityError), transaction.atomic():
        call("绿色工厂", "2023-06-30", p)


def test_what_came_is_read_from_the_ledger_and_unknown_until_then(area, keys, call, yearly):
    call("绿色工厂", "2023-06-30", 0.3)
    key = keys["绿色工厂"]
    assert queries.p_over_time(None, area, key)[0].happened is None
    yearly("绿色工厂", {2025: "4"})
    assert queries.p_over_time(None, area, key)[0].happened is True
    assert queries.p_over_time(None, area, key, as_of=dt.date(2026, 2, 28))[0].happened is None


def test_the_value_that_the_call_named_counts_not_a_later_one(area, keys, call, yearly):
    call("绿色工厂", "2023-06-30", 0.3, value="5")
    call("绿色工厂", "2023-07-31", 0.3, value="3", bound="le")
    yearly("绿色工厂", {2025: "4"})
    assert [one.happened for one in queries.p_over_time(None, area, keys["绿色工厂"])] == [False, False]


@pytest.mark.parametrize("status", ["estimated", "forecast"])
def test_an_estimate_settles_no_call(area, keys, call, yearly, status):
    call("绿色工厂", "2023-06-30", 0.3)
    yearly("绿色工厂", {2025: "4"}, status=status)
    assert queries.p_over_time(None, area, keys["绿色工厂"])[0].happened is None
    assert queries.calibration(None, area).open_calls == 1


def test_of_one_day_the_call_made_last_counts(area, keys, call):
    call("绿色工厂", "2023-06-30", 0.3, note="first")
    call("绿色工厂", "2023-06-30", 0.4, note="second")
    assert [one.p for one in queries.p_over_time(None, area, keys["绿色工厂"])] == [0.4]


def test_brier_and_skill_by_hand(area, call, yearly):
    """(0.2 − 1)² = 0.64 and (0.9 − 1)² = 0.01 of what came, (0.6 − 0)² = 0.36 of what did not: 1.01 / 3.

    Of the rate, 2 / 3: (2 · (1/3)² + (2/3)²) / 3 = 2 / 9; skill 1 − (1.01 / 3) / (2 / 9) = −0.515.
    """
    call("绿色工厂", "2023-06-30", 0.2)
    call("绿色工厂", "2024-06-30", 0.9)
    call("园区产业集中度", "2024-06-30", 0.6, unit="%", value="98")
    yearly("绿色工厂", {2025: "4"})
    yearly("园区产业集中度", {2025: "97.9"})
    found = queries.calibration(None, area)
    assert (found.calls, found.backtests, found.open_calls, found.simulated) == (3, 3, 0, True)
    assert found.brier == pytest.approx(1.01 / 3)
    assert found.climatology == pytest.approx(2 / 3)
    assert found.climatology_brier == pytest.approx(2 / 9)
    assert found.skill == pytest.approx(1 - (1.01 / 3) / (2 / 9))
    assert [(one.low, one.count, one.rate) for one in found.bins] == [(0.2, 1, 1.0), (0.6, 1, 0.0), (0.9, 1, 1.0)]


def test_a_call_of_one_belongs_into_the_highest_bin(area, call, yearly):
    call("绿色工厂", "2023-06-30", 1.0)
    yearly("绿色工厂", {2025: "4"})
    assert [(one.low, one.high) for one in queries.calibration(None, area).bins] == [(0.9, 1.0)]


def test_coverage_is_told_by_the_years_ahead(area, call, yearly):
    """Of 2024 (3) one year ahead inside both intervals; of 2025 (4) two years ahead inside the wide one only."""
    call("绿色工厂", "2023-06-30", 0.3, fan=[["2024", 1, 2, 3, 4, 5], ["2025", 0, 1, 2, 3, 4.5]])
    yearly("绿色工厂", {2024: "3", 2025: "4"})
    found = queries.calibration(None, area).coverage_by_horizon
    assert [(one.years_ahead, one.count, one.inside_80, one.inside_95) for one in found] == [(1, 1, 1, 1), (2, 1, 0, 1)]


def test_without_calls_nothing_is_claimed(area):
    found = queries.calibration(None, area)
    assert (found.bins, found.brier, found.skill, found.climatology, found.calls) == ((), None, None, None, 0)


def test_calls_are_of_the_reader_s_area(area, keys, call, person):
    from tests.factories import make_area

    call("绿色工厂", "2023-06-30", 0.3)
    stranger = person("analyst", area=make_area(code="990202", name="乙区"))
    assert queries.p_over_time(person("analyst"), area, keys["绿色工厂"])
    assert queries.p_over_time(stranger, area, keys["绿色工厂"]) == ()


def test_a_finished_period_is_told_with_its_record(area, call, yearly):
    """规模工业总产值 has no figure of 2025, one is reached, one missed: 97 of 94 → 98 is three quarters of the way."""
    call("绿色工厂", "2023-06-30", 0.3)
    yearly("绿色工厂", {2025: "4"})
    yearly("园区产业集中度", {2025: "97"})
    found = queries.evaluation(None, area)
    assert found.counts == {"reached": 1, "missed": 1, "not_measurable": 2} and found.is_final
    rows = {row.name: row for row in found.rows}
    assert (rows["绿色工厂"].verdict, rows["绿色工厂"].brier) == ("reached", pytest.approx(0.49))
    assert (rows["园区产业集中度"].short_by, rows["园区产业集中度"].gone_pct) == (1, 75)
    assert rows["规模工业总产值"].reason == "There is no figure."


def test_at_mid_term_the_last_figure_is_held_against_the_path(area, plan, yearly):
    """From 94 to 98 in five years by equal points: 95.6 in 2022, 96.4 in 2023."""
    yearly("园区产业集中度", {2022: "95.7", 2023: "96"})
    at = {day: queries.evaluation(None, area, as_of=day) for day in (dt.date(2023, 7, 1), dt.date(2024, 7, 1))}
    first, second = (next(row for row in found.rows if row.name == "园区产业集中度") for found in at.values())
    assert (first.verdict, first.on_path, str(first.last.value)) == ("not_measurable", True, "95.7")
    assert second.on_path is False
    assert not at[dt.date(2023, 7, 1)].is_final


def test_without_a_plan_there_is_nothing_to_evaluate(area):
    assert queries.evaluation(None, area) is None
