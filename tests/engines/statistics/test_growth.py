"""Raw growth, comparable growth and what lies between them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.engines.statistics.growth import decompose, from_published
from zhizao.kernel.result import Refused

SCHEMA = {
    "sector": pl.String, "in_sample": pl.Boolean, "value": pl.Int64, "base_now": pl.Int64, "base_then": pl.Int64,
}  # fmt: skip
Row = tuple[str, bool, int | None, int | None, int | None]


def sample(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def test_profit_of_january_to_may_2018_fell_by_the_totals_and_rose_by_the_same_enterprises() -> None:
    """27,298.3 against 29,047.6 is −6.0 %; officially +16.5 % (NBS release 2018-06-27)."""
    told = from_published(Decimal("27298.3"), Decimal("29047.6"), Decimal("16.5"))
    assert round(told.raw_pct, 1) == Fraction("-6.0")
    assert round(told.comparable_base) == 23432
    assert told.raw_pct == Fraction("16.5") + told.gap_points


def test_every_part_by_hand() -> None:
    """Stays 100 → 110 revised, 120 now; enters with base 40 and 50 now; new without base 7; left 60; late 20."""
    rows = sample(
        ("x", True, 120, 110, 100), ("x", True, 50, 40, None), ("x", True, 7, None, None), ("x", False, None, None, 60),
        ("x", True, None, None, 20),
    )  # fmt: skip
    told = decompose(rows, by=["sector"])["x",]
    growth = Fraction(170, 150)
    assert told.comparable_pct == 100 * (growth - 1)
    assert told.raw_pct == Fraction(100 * (177 - 180), 180)
    assert told.entry_points == 100 * (growth * 40 + 7) / 180
    assert told.exit_points == -100 * growth * 60 / 180
    assert told.missing_points == -100 * growth * 20 / 180
    assert told.revision_points == 100 * growth * 10 / 180
    assert (told.enterprises, told.without_base, told.left, told.missing) == (3, 1, 1, 1)


def test_a_late_figure_is_neither_nought_nor_an_exit() -> None:
    told = decompose(sample(("x", True, 110, 100, 100), ("x", True, None, None, 900)))[()]
    assert told.comparable_pct == 10
    assert told.exit_points == 0
    assert told.missing_points == -99


def test_an_enterprise_that_reports_no_base_anew_keeps_the_published_one() -> None:
    told = decompose(sample(("x", True, 110, None, 100)))[()]
    assert told.comparable_pct == told.raw_pct == 10
    assert told.revision_points == 0


def test_growth_from_a_loss_is_undefined() -> None:
    told = decompose(sample(("x", True, 5, -3, -3)))[()]
    assert told.comparable_pct is told.raw_pct is told.entry_points is None


def test_sums_beyond_64_bits_stay_exact() -> None:
    large = 2**62
    told = decompose(sample(*[("x", True, large, large, large)] * 4))[()]
    assert told.published_base == 4 * large
    assert told.raw_pct == 0


WHOLE = st.integers(0, 10**9)
ROWS = st.lists(
    st.tuples(
        st.sampled_from("xy"), st.booleans(), st.none() | WHOLE, st.none() | WHOLE, st.none() | WHOLE
    ),
    min_size=1,
    max_size=12,
)  # fmt: skip


@given(ROWS)
def test_raw_is_comparable_and_entry_and_exit_and_missing_and_revision(rows: list[Row]) -> None:
    for told in decompose(sample(*rows), by=["sector"]).values():
        parts = (told.comparable_pct, told.entry_points, told.exit_points, told.missing_points, told.revision_points)
        if told.raw_pct is not None and None not in parts:
            assert told.raw_pct == sum(part for part in parts if part is not None)


@given(ROWS)
def test_comparable_growth_does_not_see_who_is_outside_the_sample(rows: list[Row]) -> None:
    inside = [row for row in rows if row[1] and row[2] is not None]
    if inside:
        assert decompose(sample(*rows))[()].comparable_pct == decompose(sample(*inside))[()].comparable_pct


def test_bad_samples_are_refused() -> None:
    good = sample(("x", True, 1, 1, 1))
    for frame, code in (
        (good.drop("base_now"), "statistics.no_column"),
        (good.with_columns(pl.col("value").cast(pl.Float64)), "statistics.not_whole"),
        (good.with_columns(in_sample=pl.lit(None, pl.Boolean)), "statistics.sample_unknown"),
        (
            pl.concat([good, good]).with_columns(price_basis=pl.Series(["current", "constant:2020"])),
            "statistics.mixed_prices",
        ),
    ):
        with pytest.raises(Refused) as refused:
            decompose(frame)
        assert refused.value.problems[0].code == code
    for base, rate in ((Decimal(0), Decimal(1)), (Decimal(1), Decimal(-100))):
        with pytest.raises(Refused, match="above nought"):
            from_published(Decimal(1), base, rate)
