"""Local sourcing, concentration, complexity: by hand, and what is unknown stays unknown."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.engines.chain.complexity import complexity_measures
from zhizao.engines.chain.concentration import outside_dependence, supplier_concentration
from zhizao.engines.chain.localisation import chain_share, local_sourcing, share_through_tiers
from zhizao.kernel.result import Refused

ROWS = pl.DataFrame(
    {
        "buyer": ["a", "a", "a", "b", "b"],
        "node": ["v", "v", "w", "v", "w"],
        "supplier": ["x", "y", "x", "x", "z"],
        "region": ["here", "sea", "here", "here", None],
        "local": [True, False, True, True, None],
        "amount": [30.0, 60.0, 10.0, None, 5.0],
    }
)


def test_local_sourcing_by_buyer_by_hand() -> None:
    a, b = local_sourcing(ROWS, by=["buyer"]).to_dicts()
    assert (a["suppliers"], a["share_by_count"], a["share_by_value"]) == (2, 0.5, 0.4)
    assert (a["coverage_by_count"], a["coverage_by_value"]) == (1.0, 1.0)
    assert (b["suppliers"], b["suppliers_known"], b["share_by_count"], b["coverage_by_count"]) == (2, 1, 1.0, 0.5)
    assert b["share_by_value"] is None  # of the one local supplier the amount is unknown
    assert b["coverage_by_value"] is None  # and so is the whole


def test_coverage_is_of_the_demand_where_it_is_known() -> None:
    demand = pl.DataFrame({"node": ["v", "w"], "demand": [200.0, 10.0]})
    v, w = local_sourcing(ROWS, by=["node"], demand=demand).to_dicts()
    assert (v["bought_known"], v["coverage_by_value"]) == (90.0, 0.45)
    assert w["coverage_by_value"] == 1.0  # more was bought than demanded: never above one


def test_an_unknown_place_lowers_the_coverage_and_not_the_share() -> None:
    before = local_sourcing(ROWS.head(3), by=["buyer"]).row(0, named=True)
    unknown = pl.DataFrame(
        {**dict.fromkeys(["buyer", "node"], "a"), "supplier": "q", "region": None, "local": None, "amount": 100.0}
    )
    after = local_sourcing(pl.concat([ROWS.head(3), unknown.cast(ROWS.schema)]), by=["buyer"]).row(0, named=True)
    assert after["share_by_value"] == before["share_by_value"]
    assert after["coverage_by_value"] == 0.5


def test_a_chain_is_the_cost_weighted_mean_of_the_nodes_that_are_known() -> None:
    assert chain_share(
        pl.DataFrame({"share_by_value": [None], "cost_share": [1.0]}, schema_overrides={"share_by_value": pl.Float64})
    ) == (None, 0.0)


def test_one_tier_is_the_direct_share() -> None:
    assert share_through_tiers([[0.0]], [0.3], [5]) == pytest.approx(0.7)
    with pytest.raises(Refused, match="above nought"):
        share_through_tiers([[0.0]], [0.3], [0])


def test_one_supplier_is_a_single_source_whatever_he_sells() -> None:
    found = supplier_concentration(ROWS, by=["buyer", "node"], single_source_share=0.8)
    assert {(buyer, node): single for buyer, node, single in found.select("buyer", "node", "single_source").rows()} == {
        ("a", "v"): False, ("a", "w"): True, ("b", "v"): True, ("b", "w"): True,
    }  # fmt: skip
    assert found.filter(pl.col("buyer") == "b", pl.col("node") == "v")["hhi"].item() is None


def test_eight_tenths_of_one_supplier_is_a_single_source() -> None:
    rows = pl.DataFrame({"node": ["v", "v"], "supplier": ["x", "y"], "amount": [8.0, 2.0]})
    assert supplier_concentration(rows, by=["node"], single_source_share=0.8)["single_source"].item() is True
    assert supplier_concentration(rows, by=["node"], single_source_share=0.81)["single_source"].item() is False


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=20))
def test_the_effective_number_is_between_one_and_the_number_of_suppliers(amounts: list[float]) -> None:
    rows = pl.DataFrame({"node": "v", "supplier": range(len(amounts)), "amount": amounts})
    found = supplier_concentration(rows, by=["node"], single_source_share=0.8).row(0, named=True)
    assert 1 - 1e-9 <= found["effective_number"] <= len(amounts) + 1e-9


def test_outside_dependence_counts_what_is_of_known_place() -> None:
    v, w = outside_dependence(ROWS, by=["node"]).to_dicts()
    assert v["outside_share"] == pytest.approx(2 / 3)
    assert (v["outside_region"], v["outside_region_share"]) == ("sea", pytest.approx(2 / 3))
    assert (w["outside_share"], w["outside_region"]) == (0.0, None)


@pytest.mark.parametrize("column", ["supplier", "amount"])
def test_a_missing_column_is_refused(column: str) -> None:
    with pytest.raises(Refused, match=column):
        local_sourcing(ROWS.drop(column), by=["buyer"])


def test_an_amount_below_nought_is_refused_with_its_row() -> None:
    with pytest.raises(Refused, match="row 2: amount is below nought"):
        local_sourcing(ROWS.with_columns(amount=pl.Series([1.0, -1.0, 1.0, 1.0, 1.0])), by=["buyer"])


def test_the_indices_are_the_second_eigenvectors_of_their_matrices() -> None:
    rng = np.random.default_rng(7)
    found = complexity_measures(rng.lognormal(sigma=1.5, size=(12, 9)))
    M = found.present.astype(float)
    k, u = M.sum(axis=1), M.sum(axis=0)
    for index, matrix in (
        (found.region_complexity, M / k[:, None] @ (M / u).T),
        (found.industry_complexity, (M / u).T @ (M / k[:, None])),
    ):
        values, vectors = np.linalg.eig(matrix)
        second = np.real(vectors[:, np.argsort(-np.real(values))[1]])
        assert abs(np.corrcoef(second, index)[0, 1]) == pytest.approx(1.0)
        assert (index.mean(), index.std()) == (pytest.approx(0.0, abs=1e-12), pytest.approx(1.0))
    assert np.corrcoef(found.region_complexity, k)[0, 1] > 0
    mean_of_regions = (M / u).T @ found.region_complexity
    assert np.corrcoef(mean_of_regions, found.industry_complexity)[0, 1] == pytest.approx(1.0)


def test_proximity_density_and_gain_are_the_sums_of_their_formulas() -> None:
    rng = np.random.default_rng(3)
    found = complexity_measures(rng.lognormal(sigma=1.5, size=(6, 5)))
    M, phi, pci = found.present.astype(float), found.proximity, found.industry_complexity
    u = M.sum(axis=0)
    assert phi[1, 2] == sum(M[r, 1] * M[r, 2] for r in range(6)) / max(u[1], u[2])
    r, p = np.argwhere(~found.present)[0]
    density = sum(M[r, q] * phi[p, q] for q in range(5)) / phi[p].sum()
    gain = sum(phi[p, q] / phi[:, q].sum() * (1 - M[r, q]) * pci[q] for q in range(5)) - density * pci[p]
    assert found.density[r, p] == pytest.approx(density)
    assert found.gain[r, p] == pytest.approx(gain)
    assert np.isnan(found.gain[found.present]).all()


def test_an_industry_that_nobody_has_is_left_out_and_is_not_nought() -> None:
    table = np.random.default_rng(1).lognormal(sigma=1.5, size=(6, 5))
    table[:, 2] = 0
    found = complexity_measures(table)
    assert np.isnan(found.industry_complexity[2]) and np.isnan(found.density[:, 2]).all()
    assert np.isfinite(found.industry_complexity[[0, 1, 3, 4]]).all()


@pytest.mark.parametrize(
    ("table", "code"),
    [([[0.0]], "chain.no_total"), ([[1.0, 1.0], [1.0, 2.0]], "chain.too_few"), ([1.0], "chain.shape")],
)
def test_a_table_too_small_is_refused(table: object, code: str) -> None:
    with pytest.raises(Refused) as refused:
        complexity_measures(table)  # type: ignore[arg-type]
    assert refused.value.problems[0].code == code
