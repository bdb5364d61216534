"""Input–output quantities against pymrio's and by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.chain.tables import example

from zhizao.engines.chain.closed_form import upstream_risk
from zhizao.engines.chain.input_output import (
    allocation_coefficients,
    demand_effect,
    downstreamness,
    extraction_losses,
    inverse,
    linkages,
    technical_coefficients,
    upstreamness,
)
from zhizao.engines.chain.network import Network
from zhizao.engines.chain.regional_table import location_quotients, ras, regional_coefficients
from zhizao.kernel.result import Refused


def test_the_sums_that_are_published_for_the_test_table() -> None:
    """Sum of gross output 3 324 005 349.305, of the Leontief inverse 55.119616504790."""
    table = example()
    assert table.output.sum() == pytest.approx(3_324_005_349.305, rel=1e-12)
    assert inverse(technical_coefficients(table.flows, table.output)).sum() == pytest.approx(55.119616504790, rel=1e-12)


def test_leontief_and_ghosh_are_pymrios() -> None:
    table = example()
    ours = technical_coefficients(table.flows, table.output)
    np.testing.assert_allclose(ours, table.coefficients, rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(inverse(ours), table.leontief, rtol=1e-10, atol=1e-15)
    pushed = inverse(allocation_coefficients(table.flows, table.output))
    np.testing.assert_allclose(pushed, table.ghosh, rtol=1e-10, atol=1e-15)


def test_extraction_is_the_table_solved_again_without_the_sector() -> None:
    """Sector by sector: rows, columns and final demand to nought, then x = L y."""
    table = example()
    demand = table.output - table.flows.sum(axis=1)
    slow = []
    for sector in range(len(demand)):
        left, asked = table.coefficients.copy(), demand.copy()
        left[sector], left[:, sector], asked[sector] = 0.0, 0.0, 0.0
        slow.append(table.output.sum() - np.linalg.solve(np.eye(len(asked)) - left, asked).sum())
    np.testing.assert_allclose(extraction_losses(table.flows, table.output), slow, rtol=1e-9)


def test_extraction_is_the_upstream_half_of_systemic_risk() -> None:
    """ESRI_u(a) = (w'G)_a / G_aa with Lu = B and w = x / 1'x."""
    table = example()
    pushed = inverse(allocation_coefficients(table.flows, table.output))
    risk = (table.output / table.output.sum()) @ pushed / np.diag(pushed)
    share = extraction_losses(table.flows, table.output) / table.output.sum()
    np.testing.assert_allclose(share, risk, rtol=0, atol=1e-14)


def test_extraction_is_the_closed_form_of_the_engine_of_risk() -> None:
    """The same 48 producers as firms of a network: flows as links, output as revenue and weight."""
    table = example()
    names = [f"{place:02d}" for place in range(len(table.output))]
    supplier, buyer = np.nonzero(table.flows)
    network = Network.from_frames(
        pl.DataFrame({"firm": names, "sector": names, "revenue": table.output, "weight": table.output}),
        pl.DataFrame(
            {
                "supplier": [names[place] for place in supplier],
                "buyer": [names[place] for place in buyer],
                "amount": table.flows[supplier, buyer],
            }
        ),
    )
    share = extraction_losses(table.flows, table.output) / table.output.sum()
    np.testing.assert_allclose(upstream_risk(network), share, rtol=1e-10, atol=1e-15)


def test_final_demand_weighs_downstreamness_and_value_added_upstreamness_to_the_output() -> None:
    table = example()
    up, down = upstreamness(table.flows, table.output), downstreamness(table.flows, table.output)
    assert (up >= 1).all() and (down >= 1).all()
    demand, added = table.output - table.flows.sum(axis=1), table.output - table.flows.sum(axis=0)
    assert demand @ down == pytest.approx(table.output.sum(), rel=1e-10)  # 1'L y = 1'x
    assert added @ up == pytest.approx(table.output.sum(), rel=1e-10)  # v'G 1 = x'1


def test_exports_and_imports_change_what_is_absorbed() -> None:
    """60 sold inside, 40 exported of 100: Δ = 60 / (100 − 40)."""
    assert upstreamness([[0, 60], [0, 0]], [100, 80], exports=[40, 0])[0] == pytest.approx(2.0)
    assert upstreamness([[0, 60], [0, 0]], [100, 80], imports=[20, 0])[0] == pytest.approx(1.5)


def test_linkages_have_mean_one_and_demand_pulls_its_suppliers() -> None:
    table = example()
    for linkage in linkages(table.flows, table.output):
        assert linkage.mean() == pytest.approx(1.0)
    unit = np.zeros(len(table.output))
    unit[3] = 1.0
    np.testing.assert_allclose(demand_effect(table.flows, table.output, unit), table.leontief[:, 3], rtol=1e-10)


def test_a_sector_without_output_neither_buys_nor_sells() -> None:
    assert inverse(technical_coefficients([[0, 0], [0, 1]], [0, 4])).tolist() == [[1, 0], [0, 4 / 3]]


@pytest.mark.parametrize(
    ("flows", "output", "code"),
    [
        ([[1.0, 2.0]], [1.0], "chain.shape"),
        ([[1.0, -2.0], [0.0, 0.0]], [4.0, 4.0], "chain.negative"),
        ([[1.0, float("nan")], [0.0, 0.0]], [4.0, 4.0], "chain.not_finite"),
        ([[0.0, 1.0], [1.0, 0.0]], [1.0, 1.0], "chain.not_productive"),
        ([[0.0, 3.0], [3.0, 0.0]], [1.0, 1.0], "chain.not_productive"),
    ],
)
def test_a_table_that_cannot_be_one_is_refused(flows: object, output: object, code: str) -> None:
    with pytest.raises(Refused) as refused:
        linkages(flows, output)  # type: ignore[arg-type]
    assert refused.value.problems[0].code == code


def test_quotients_of_a_region_like_the_nation_are_one() -> None:
    np.testing.assert_allclose(location_quotients([2, 3, 5], [20, 30, 50]), 1.0)
    assert np.isnan(location_quotients([1, 0], [5, 0])[1])


def test_flq_by_hand() -> None:
    """x_r = (30, 10), x_n = (50, 50): CILQ₁₂ = 0.6/0.2 = 3, CILQ₂₁ = 1/3, LQ = (1.5, 0.5); λ = log₂(1.4)^0.25."""
    factor = np.log2(1.4) ** 0.25
    found = regional_coefficients(np.full((2, 2), 0.2), [30, 10], [50, 50], delta=0.25)
    np.testing.assert_allclose(found, 0.2 * np.minimum(1, factor * np.array([[1.5, 3], [1 / 3, 0.5]])))
    more = regional_coefficients(np.full((2, 2), 0.2), [30, 10], [50, 50], delta=0.25, quotient="aflq")
    np.testing.assert_allclose(more, found * [np.log2(2.5), 1.0])


def test_a_sector_that_the_region_lacks_sells_and_buys_nothing_there() -> None:
    found = regional_coefficients(np.full((2, 2), 0.2), [30, 0], [50, 50], delta=0.25)
    assert not found[1].any() and not found[:, 1].any()


@given(seed=st.integers(0, 10_000), size=st.integers(2, 6), signed=st.booleans())
def test_ras_meets_the_totals_and_keeps_signs_and_noughts(seed: int, size: int, signed: bool) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.random((size, size)) + 0.1
    truth[0, 1] = 0.0
    if signed:
        truth[1, 0] = -0.05
    start = truth * (0.5 + rng.random((size, size)))
    found = ras(start, truth.sum(axis=1), truth.sum(axis=0))
    np.testing.assert_allclose(found.sum(axis=1), truth.sum(axis=1), rtol=1e-8)
    np.testing.assert_allclose(found.sum(axis=0), truth.sum(axis=0), rtol=1e-8)
    assert (np.sign(found) == np.sign(start)).all()


@pytest.mark.parametrize(
    ("rows", "columns", "code"), [([1, 1], [1, 2], "chain.totals"), ([3, 1], [1, 3], "chain.no_fit")]
)
def test_totals_that_no_table_has_are_refused(rows: list[float], columns: list[float], code: str) -> None:
    with pytest.raises(Refused) as refused:
        ras([[1, 0], [0, 1]], rows, columns)
    assert refused.value.problems[0].code == code


@pytest.mark.parametrize("delta", [-0.1, 1.0])
def test_a_delta_out_of_range_is_refused(delta: float) -> None:
    with pytest.raises(Refused):
        regional_coefficients([[0.1]], [1], [2], delta=delta)
