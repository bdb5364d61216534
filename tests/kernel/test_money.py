"""Money in fen; amounts from the project library of the plan (万元) and the indicator table (亿元)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.kernel.money import Money
from zhizao.kernel.result import Refused

amounts = st.integers(-(10**18), 10**18).map(Money)


def test_amounts_are_whole_fen() -> None:
    assert Money.from_wan_yuan("2780.7").fen == 2_780_700_000
    assert Money.from_wan_yuan(Decimal("9006.67")).fen == 9_006_670_000
    assert Money.from_yi_yuan("1335").fen == 13_350_000_000_000
    assert Money.from_yuan("１，２３４.５６").fen == 123_456
    assert Money.from_unit("500", "千元") == Money.from_wan_yuan(50)


@pytest.mark.parametrize(
    ("build", "amount", "code"),
    [
        (Money.from_yuan, "0.001", "money.below_fen"),
        (Money.from_wan_yuan, "0.0000001", "money.below_fen"),
        (Money.from_yi_yuan, Decimal("1E-11"), "money.below_fen"),
        (Money.from_yuan, "abc", "money.not_a_number"),
        (Money.from_yuan, "", "money.not_a_number"),
        (Money.from_yuan, "NaN", "money.not_a_number"),
        (Money.from_yuan, "Infinity", "money.not_a_number"),
    ],
)
def test_what_is_no_whole_fen_is_refused_not_rounded(build: object, amount: object, code: str) -> None:
    assert callable(build)
    with pytest.raises(Refused) as refused:
        build(amount)
    assert refused.value.problems[0].code == code


def test_other_currencies_and_units_are_refused() -> None:
    for name in ("美元", "亩", "%"):
        with pytest.raises(Refused):
            Money.from_unit(1, name)


@given(amounts)
def test_every_unit_gives_the_amount_back(money: Money) -> None:
    assert (
        Money.from_yuan(money.yuan) == Money.from_wan_yuan(money.wan_yuan) == Money.from_yi_yuan(money.yi_yuan) == money
    )


@given(amounts, amounts, st.integers(-1000, 1000))
def test_arithmetic_is_that_of_fen(one: Money, other: Money, times: int) -> None:
    assert (one + other).fen == one.fen + other.fen
    assert one - other == one + -other
    assert one * times == times * one == Money(one.fen * times)
    assert (one < other) == (one.fen < other.fen)


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money.from_yi_yuan("817.55"), "817.6亿元"),
        (Money.from_yi_yuan("1335"), "1335.0亿元"),
        (Money.from_wan_yuan("2780.7"), "2781万元"),
        (Money.from_wan_yuan("9999.99"), "10000万元"),
        (Money.from_wan_yuan("-2780.5"), "-2781万元"),
        (Money.from_yuan("9999.5"), "9999.50元"),
        (Money(0), "0.00元"),
    ],
)
def test_shown_in_the_largest_unit_rounded_half_up(money: Money, shown: str) -> None:
    assert str(money) == shown


def test_shown_in_the_unit_asked_for() -> None:
    assert Money.from_wan_yuan(2550).to_chinese("亿元") == "0.3亿元"
    assert Money.from_yi_yuan(1).to_chinese("万元") == "10000万元"
