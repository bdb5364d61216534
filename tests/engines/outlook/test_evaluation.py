"""Reached, missed, not measurable: exactly, with the reason, and the forecast record beside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from zhizao.engines.outlook.evaluation import Actual, Call, Promise, Verdict, counts, evaluate
from zhizao.engines.outlook.target import Bound
from zhizao.kernel.result import Refused

D = Decimal


@pytest.mark.parametrize(
    ("bound", "value", "verdict", "short"),
    [
        (Bound.GE, "1500", Verdict.REACHED, "0"),
        (Bound.GE, "1499.9", Verdict.MISSED, "0.1"),
        (Bound.LE, "1500", Verdict.REACHED, "0"),
        (Bound.LE, "1500.1", Verdict.MISSED, "0.1"),
        (Bound.EQ, "1502", Verdict.REACHED, "0"),
        (Bound.EQ, "1503", Verdict.MISSED, "1"),
    ],
)
def test_the_bound_is_compared_exactly(bound: Bound, value: str, verdict: Verdict, short: str) -> None:
    told = evaluate(Promise("t", bound, D(1500), "亿元", base=D(1000), tolerance=D(2)), Actual(D(value), "亿元"))
    assert (told.verdict, told.short_by) == (verdict, D(short))


@pytest.mark.parametrize(
    "actual",
    [
        Actual(None, "亿元", "missing"),
        Actual(None, "亿元"),
        Actual(D(1600), "亿元", "estimated"),
        Actual(D(1600), "亿元", "forecast"),
        Actual(D(1600), "万元"),
        Actual(D(1600), "亿元", price_basis="2020"),
    ],
)
def test_what_settles_nothing_is_neither_reached_nor_missed(actual: Actual) -> None:
    promise = Promise("t", Bound.GE, D(1500), "亿元", price_basis="current")
    told = evaluate(promise, actual, [Call(date(2024, 1, 1), 0.9)])
    assert told.verdict is Verdict.NOT_MEASURABLE
    assert told.reason
    assert (told.short_by, told.gone, told.brier) == (None, None, None)
    assert len(told.calls) == 1


@pytest.mark.parametrize("status", ["normal", "provisional", "simulated"])
def test_a_provisional_or_simulated_figure_is_judged_and_its_status_stays_with_it(status: str) -> None:
    told = evaluate(Promise("t", Bound.GE, D(1500), "亿元"), Actual(D(1600), "亿元", status))
    assert (told.verdict, told.actual.status, told.gone) == (Verdict.REACHED, status, None)


def test_the_record_is_scored_in_order() -> None:
    calls = [Call(date(2025, 1, 1), 0.9), Call(date(2023, 1, 1), 0.5, is_backtest=True)]
    told = evaluate(Promise("t", Bound.GE, D(5), "家"), Actual(D(6), "家"), calls)
    assert [call.p for call in told.calls] == [0.5, 0.9]
    assert told.brier == pytest.approx((0.25 + 0.01) / 2)


def test_a_falling_target_goes_its_way_downwards() -> None:
    told = evaluate(Promise("t", Bound.LE, D("0.8"), "", base=D(1)), Actual(D("0.85"), ""))
    assert (told.verdict, told.short_by, told.gone) == (Verdict.MISSED, D("0.05"), D("0.75"))


def test_counts_and_bad_calls() -> None:
    told = [evaluate(Promise("t", Bound.GE, D(5), "家"), Actual(D(v), "家")) for v in (4, 5, 6)]
    assert counts(told) == {Verdict.REACHED: 2, Verdict.MISSED: 1, Verdict.NOT_MEASURABLE: 0}
    with pytest.raises(Refused):
        evaluate(Promise("t", Bound.GE, D(5), "家"), Actual(D(6), "家"), [Call(date(2025, 1, 1), 1.2)])
