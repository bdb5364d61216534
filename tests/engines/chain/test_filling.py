"""Candidates, gains by simulation, and estimated links."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizao.engines.chain import Network, systemic_risk
from zhizao.engines.chain.candidates import filling_gains, find_candidates, second_supplier_gains
from zhizao.engines.chain.gravity import Estimate, estimate_links
from zhizao.kernel.result import Refused

FIRMS = pl.DataFrame(
    {
        "firm": ["x", "y", "z", "u"],
        "local": [True, False, None, True],
        "product": ["锂电池隔膜", "隔膜", None, "纸箱"],
        "code": ["3841", None, "3849", "2231"],
        "capacity_wan_yuan": [50.0, None, 10.0, 900.0],
    }
)
BOUGHT = pl.DataFrame({"buyer": ["a", "x", "s"], "supplier": ["x", "w", "w"], "node": ["foil", "resin", "resin"]})


def test_a_firm_is_listed_for_its_product_or_its_code_and_not_otherwise() -> None:
    found = find_candidates(FIRMS, BOUGHT, product="隔膜", code="3841", wanted_wan_yuan=100.0, buyers=frozenset("a"))
    assert found["firm"].to_list() == ["y", "x", "z"]
    assert found.filter(pl.col("firm") == "z").select("product_match", "code_match", "size_fit").row(0) == (
        None,
        0.75,
        0.1,
    )


def test_an_unknown_capacity_counts_neither_for_nor_against() -> None:
    found = find_candidates(FIRMS, BOUGHT, product="隔膜", wanted_wan_yuan=100.0)
    assert found.filter(pl.col("firm") == "y").select("size_fit", "score").row(0) == (None, 1.0)


def test_one_that_hangs_on_the_same_single_source_comes_last() -> None:
    """x and the incumbent s both buy resin from w alone."""
    found = find_candidates(FIRMS, BOUGHT, product="隔膜", code="3841", single_source="s")
    assert found["firm"].to_list()[-1] == "x"
    assert found.filter(pl.col("shared_risk"))["firm"].to_list() == ["x"]


@pytest.fixture(scope="module")
def network() -> Network:
    rng = np.random.default_rng(11)
    n = 30
    firms = pl.DataFrame(
        {
            "firm": [f"f{place}" for place in range(n)],
            "sector": [f"{place % 6}" for place in range(n)],
            "revenue": rng.uniform(2000, 4000, n),
            "cost": rng.uniform(2000, 4000, n),
        }
    )
    links = pl.DataFrame(
        {
            "supplier": [f"f{place}" for place in rng.integers(0, n, 80)],
            "buyer": [f"f{place}" for place in rng.integers(0, n, 80)],
            "amount": rng.uniform(50, 200, 80),
        }
    )
    return Network.from_frames(firms, links)


def test_no_share_is_no_gain_and_gains_are_differences_of_two_runs(network: Network) -> None:
    pairs = pl.DataFrame({"supplier": ["f0", "f1"], "second": [None, "f7"]}, schema_overrides={"second": pl.String})
    still = second_supplier_gains(network, pairs, share=0.0)
    np.testing.assert_allclose(still["gain"], 0.0, atol=1e-9)
    plain = systemic_risk(network)
    found = second_supplier_gains(network, pairs, share=0.5)
    for supplier, esri in found.select("supplier", "esri").rows():
        assert esri == plain.filter(pl.col("firm") == supplier)["esri"].item()
    assert found["gain"].is_sorted(descending=True)
    assert found["gain"].max() > 0


def test_a_second_supplier_unknown_or_a_share_above_one_is_refused(network: Network) -> None:
    pairs = pl.DataFrame({"supplier": ["f0"], "second": ["nobody"]})
    with pytest.raises(Refused, match="nobody is not in the network"):
        second_supplier_gains(network, pairs, share=0.5)
    with pytest.raises(Refused, match="between 0 and 1"):
        second_supplier_gains(network, pairs, share=1.5)


def test_value_added_won_is_capped_by_capacity_and_unknown_comes_last() -> None:
    gaps = pl.DataFrame(
        {
            "node": ["a", "b", "c"],
            "demand_wan_yuan": [None, 100.0, 100.0],
            "local_share_pct": [0.0, 40.0, 0.0],
            "capacity_wan_yuan": [5.0, None, 30.0],
            "value_added_rate": [0.5, 0.25, 0.25],
        }
    )
    assert filling_gains(gaps).rows() == [("b", 60.0, 15.0), ("c", 30.0, 7.5), ("a", None, None)]


RECIPE = pl.DataFrame({"supplier_sector": ["0", "1", "2"], "buyer_sector": ["1", "2", "0"], "share": [0.6, 0.9, 0.3]})
NONE = pl.DataFrame(schema={"supplier": pl.String, "buyer": pl.String, "amount": pl.Float64})


def economy(seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "firm": [f"f{place:02d}" for place in range(30)],
            "sector": [str(place % 3) for place in range(30)],
            "sales": rng.lognormal(4, 1.5, 30),
            "purchases": rng.lognormal(4, 1.5, 30),
        }
    )


def estimated(seed: int, declared: pl.DataFrame = NONE) -> Estimate:
    return estimate_links(economy(seed), RECIPE, declared, suppliers_per_input=3, rng=np.random.default_rng(seed))


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 1000))
def test_nobody_sells_more_than_it_has_and_needs_are_met_or_told(seed: int) -> None:
    firms, found = economy(seed), estimated(seed)
    sold = found.links.group_by("supplier").agg(pl.col("amount").sum()).join(firms, left_on="supplier", right_on="firm")
    assert (sold["amount"] <= sold["sales"] * (1 + 1e-9)).all()
    inputs = firms.join(RECIPE, left_on="sector", right_on="buyer_sector")
    needed = float((inputs["purchases"] * inputs["share"]).sum())
    assert found.links["amount"].sum() + found.outside["amount"].sum() == pytest.approx(needed, rel=1e-6)
    assert found.links.group_by("buyer").len()["len"].max() <= 3
    assert (found.links["basis"] == "estimated").all()
    assert found.links.equals(estimated(seed).links)


def test_declared_links_are_not_estimated_again_and_lower_the_need() -> None:
    firms = economy(1)
    need = firms.filter(pl.col("firm") == "f01")["purchases"].item() * 0.6
    declared = pl.DataFrame({"supplier": ["f00"], "buyer": ["f01"], "amount": [need]})
    found = estimated(1, declared)
    assert found.links.filter(pl.col("buyer") == "f01").is_empty()
    half = estimated(1, declared.with_columns(pl.col("amount") / 2))
    assert "f00" not in half.links.filter(pl.col("buyer") == "f01")["supplier"]
    told = half.links.filter(pl.col("buyer") == "f01")["amount"].sum()
    told += half.outside.filter(pl.col("buyer") == "f01")["amount"].sum()
    assert told == pytest.approx(need / 2, rel=1e-6)


@pytest.mark.parametrize(
    ("recipe", "declared", "code"),
    [
        (RECIPE.with_columns(share=pl.lit(1.5)), NONE, "chain.recipe"),
        (RECIPE, pl.DataFrame({"supplier": ["q"], "buyer": ["f01"], "amount": [1.0]}), "chain.unknown_firm"),
        (RECIPE, pl.DataFrame({"supplier": ["f00"], "buyer": ["f01"], "amount": [-1.0]}), "chain.negative"),
    ],
)
def test_bad_tables_are_refused(recipe: pl.DataFrame, declared: pl.DataFrame, code: str) -> None:
    with pytest.raises(Refused) as refused:
        estimate_links(economy(1), recipe, declared, suppliers_per_input=3, rng=np.random.default_rng(1))
    assert refused.value.problems[0].code == code
