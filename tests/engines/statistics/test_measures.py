"""Contributions, prices, revisions, and months for display."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.engines.statistics.contribution import contributions
from zhizao.engines.statistics.display import months_for_display
from zhizao.engines.statistics.prices import by_rate, chained, deflate, one_basis, real_growth_pct
from zhizao.engines.statistics.vintages import revisions, summary
from zhizao.kernel.result import Refused

PARTS = st.lists(st.tuples(st.integers(0, 10**12), st.integers(1, 10**12)), min_size=1, max_size=8)


def parts(*rows: tuple[int | None, int | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"value": pl.Int64, "base": pl.Int64}, orient="row")


@given(PARTS)
def test_points_add_up_to_the_growth_of_the_total(rows: list[tuple[int, int]]) -> None:
    value, base = (sum(column) for column in zip(*rows, strict=True))
    told = contributions(parts(*rows))
    assert told["points"].sum() == pytest.approx(100 * (value - base) / base, abs=1e-6 * (1 + 100 * value / base))
    assert told["change"].sum() == value - base


def test_a_share_of_next_to_nothing_is_undefined_and_its_points_are_not() -> None:
    told = contributions(parts((130, 100), (71, 100)))
    assert told["share_pct"].to_list() == [None, None]
    assert told["points"].to_list() == [15.0, -14.5]
    assert contributions(parts((5, 5)))["share_pct"].to_list() == [None]


def test_a_part_that_moved_against_the_total_is_marked() -> None:
    assert contributions(parts((130, 100), (90, 100)))["against"].to_list() == [False, True]


def test_a_total_with_an_unknown_part_has_no_contributions() -> None:
    for rows, code in (([(1, 1), (None, 5)], "unknown_part"), ([(1, 0)], "base"), ([(1, -5)], "base")):
        with pytest.raises(Refused) as refused:
            contributions(parts(*rows))
        assert refused.value.problems[0].code == f"statistics.{code}"


def priced(*values: int | None, basis: str = "current") -> pl.DataFrame:
    rows = [(24300 + i, 1, value, basis) for i, value in enumerate(values)]
    return pl.DataFrame(
        rows, schema={"start_month": pl.Int64, "months": pl.Int64, "value": pl.Int64, "price_basis": pl.String},
        orient="row",
    )  # fmt: skip


def index(*values: int | None) -> pl.DataFrame:
    rows = [(24300 + i, 1, value) for i, value in enumerate(values)]
    return pl.DataFrame(rows, schema=dict.fromkeys(("start_month", "months", "index"), pl.Int64), orient="row")


def test_deflation_is_unknown_where_the_index_is() -> None:
    told = deflate(priced(1050, 1050, None, 1050), index(105_000_000, None, 105_000_000), base="2020")
    assert told["value"].to_list() == [1000, None, None, None]
    assert set(told["price_basis"]) == {"constant:2020"}


@given(st.lists(st.tuples(st.integers(-(10**17), 10**17), st.integers(10**7, 10**9)), min_size=1, max_size=6))
def test_deflation_is_exact_and_rounded_half_to_even_once(pairs: list[tuple[int, int]]) -> None:
    told = deflate(priced(*(v for v, _ in pairs)), index(*(i for _, i in pairs)), base="2020")["value"].to_list()
    assert told == [round(Fraction(v * 100_000_000, i)) for v, i in pairs]


def test_two_price_bases_are_never_put_together() -> None:
    assert one_basis(["constant:2020"]) == "constant:2020"
    mixed = pl.concat([priced(1), priced(1, basis="constant:2020")])
    for act, code in (
        (lambda: deflate(mixed, index(100_000_000), base="2020"), "mixed_prices"),
        (lambda: deflate(priced(1, basis="constant:2020"), index(100_000_000), base="2020"), "not_current"),
        (lambda: deflate(priced(1), index(0), base="2020"), "index"),
        (lambda: deflate(priced(1), pl.concat([index(100_000_000)] * 2), base="2020"), "index"),
        (lambda: one_basis([]), "no_basis"),
        (lambda: real_growth_pct(Decimal(1), Decimal(0)), "index"),
        (lambda: contributions(parts((1, 1), (1, 1)).with_columns(price_basis=pl.Series(["a", "b"]))), "mixed_prices"),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.problems[0].code == f"statistics.{code}"


def test_real_growth_and_the_rate_method_by_hand() -> None:
    assert real_growth_pct(Decimal("8.12"), Decimal(102)) == 6
    frame = pl.DataFrame({"y": [1001, -10, None], "r": [250_000, 250_000, 250_000]})
    assert frame.select(by_rate(pl.col("y"), pl.col("r"))).to_series().to_list() == [250, -2, None]


def test_a_gap_in_the_chain_leaves_what_follows_unknown() -> None:
    yearly = pl.DataFrame({"start_month": [2021 * 12, 2023 * 12], "months": 12, "index": [110_000_000, 104_000_000]})
    assert chained(yearly, base_year=2020).rows() == [(2021 * 12, 12, 110_000_000)]


def vintages(*rows: tuple[str, int, int | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [(span, datetime(2025, 1, day), value) for span, day, value in rows],
        schema={"span": pl.String, "known_from": pl.Datetime, "value": pl.Int64},
        orient="row",
    )


def test_revisions_are_those_known_by_the_day_asked() -> None:
    rows = vintages(("a", 20, 97), ("a", 5, 100), ("b", 5, 50), ("c", 5, None), ("c", 9, 8), ("d", 30, 1))
    told = revisions(rows, identity=["span"], as_of=datetime(2025, 1, 21)).sort("span")
    assert told.rows() == [("a", 100, 97, 2, -3), ("b", 50, 50, 1, 0), ("c", None, 8, 2, None)]
    earlier = revisions(rows, identity=["span"], as_of=datetime(2025, 1, 10)).sort("span")
    assert earlier["latest"].to_list() == [100, 50, 8]


def test_an_unknown_vintage_is_no_revision_of_nought() -> None:
    rows = revisions(vintages(("a", 5, 100), ("a", 6, 90), ("c", 5, None), ("c", 9, 8)), identity=["span"],
                     as_of=datetime(2025, 2, 1)).with_columns(indicator=pl.lit("x"))  # fmt: skip
    told = summary(rows, by=["indicator"]).row(0, named=True)
    assert (told["figures"], told["mean"], told["mean_absolute"]) == (1, -10.0, 10.0)
    assert told["relative_pct"] == pytest.approx(100 * 10 / 90)
    assert told["changed_pct"] == 100.0
    nought = summary(rows.with_columns(latest=0, revision=0), by=["indicator"])
    assert nought["relative_pct"].to_list() == [None]


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(0, 23), min_size=2, max_size=6).filter(lambda weights: sum(weights) > 0),
)
def test_months_for_display_add_up_and_are_marked(value: int, weights: list[int]) -> None:
    piece = pl.DataFrame({"start_month": [24300], "months": [len(weights)], "value": [value]})
    told = months_for_display(piece, weights={24300 + i: weight for i, weight in enumerate(weights)})
    assert told["value"].sum() == value
    assert told["interpolated"].all()
    assert told["start_month"].to_list() == list(range(24300, 24300 + len(weights)))


def test_display_leaves_single_months_and_unknown_figures_alone() -> None:
    pieces = pl.DataFrame({"start_month": [24300, 24302], "months": [2, 1], "value": [None, 5]})
    assert months_for_display(pieces).rows() == [
        (24300, 1, None, True), (24301, 1, None, True), (24302, 1, 5, False),
    ]  # fmt: skip
    with pytest.raises(Refused, match="weights"):
        months_for_display(pieces, weights={24300: 0, 24301: 0})
