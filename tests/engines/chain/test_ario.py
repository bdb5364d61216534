"""Losses day by day: against published figures, by hand, and what every course keeps."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.chain.tables import example

from zhizao.engines.chain.ario import (
    Behaviour,
    Course,
    Economy,
    course,
    economy_of_network,
    economy_of_table,
    stopped,
)
from zhizao.engines.chain.network import Network
from zhizao.kernel.result import Refused

AT_ONCE = Behaviour(psi=1.0, restoration_days=1)


def reference_event(behaviour: Behaviour) -> Course:
    """100,000 million of damage, half to mining and half to manufacturing of the first region, capital 4 × value added.

    From day 5, three days in full, then 60 days of straight recovery; the lowest day comes before day 60.
    """
    table = example()
    damage = np.zeros(len(table.output))
    damage[[table.sectors.index("mining"), table.sectors.index("manufactoring")]] = 5e4
    share = damage / (4 * (table.output - table.flows.sum(axis=0)))
    losses = stopped(share, days=60, first_day=5, stop_days=3, recovery_days=60)
    return course(economy_of_table(table.flows, table.output, table.sectors), losses, behaviour=behaviour)


@pytest.mark.parametrize(
    ("behaviour", "published", "day"), [(Behaviour(), 9_106_741.662358, 7), (AT_ONCE, 9_099_646.618716, 24)]
)
def test_the_lowest_daily_output_is_the_published_one(behaviour: Behaviour, published: float, day: int) -> None:
    """To 1e-3 of the *loss*, which is harder than of the output: 122.3 and 7,217 of 9.1 million a day."""
    total = reference_event(behaviour).output.sum(axis=1)
    usual = example().output.sum() / 365
    assert total.min() == pytest.approx(published, rel=1e-6)
    assert usual - total.min() == pytest.approx(usual - published, rel=1e-3)
    assert total.argmin() == day


def firms(seed: int, n: int = 12) -> Economy:
    rng = np.random.default_rng(seed)
    links = rng.random((n, n)) * (rng.random((n, n)) < 0.3)
    output = links.sum(axis=1) + links.sum(axis=0) + rng.random(n)
    return economy_of_table(links * 365, output * 365, rng.integers(0, 4, n))


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), share=st.floats(0, 1), psi=st.sampled_from([0.5, 0.8, 1.0]))
def test_money_is_conserved(seed: int, share: float, psi: float) -> None:
    """Produced − delivered to final demand − used = change of stocks, for every product on every day."""
    economy = firms(seed)
    shares = np.zeros(len(economy.output))
    shares[seed % len(shares)] = share
    path = course(economy, stopped(shares, days=60, stop_days=20), behaviour=Behaviour(psi=psi, inventory_days=8))
    for product in range(path.stock.shape[1]):
        made = (path.output - path.final)[:, economy.product == product].sum(axis=1)
        np.testing.assert_allclose(made - path.used[:, product], np.diff(path.stock[:, product]), atol=1e-9)
    assert (path.output >= 0).all() and (path.final <= economy.final_demand * (1 + 1e-12)).all()


@settings(deadline=None, max_examples=5)
@given(seed=st.integers(0, 10_000))
def test_after_the_stop_everything_returns_to_the_baseline(seed: int) -> None:
    economy = firms(seed)
    shares = np.zeros(len(economy.output))
    shares[seed % len(shares)] = 0.6
    ways = Behaviour(overproduction_days=30, restoration_days=20)
    path = course(economy, stopped(shares, days=600, stop_days=10, recovery_days=10), behaviour=ways)
    np.testing.assert_allclose(path.output[-1], path.baseline, rtol=1e-6)
    assert (path.stock[-1] > path.stock[0] * (1 - 1e-4)).all()
    np.testing.assert_allclose(path.stock[-1], path.stock[0], rtol=0.02)


@pytest.mark.parametrize("behaviour", [Behaviour(), AT_ONCE])
def test_nothing_happens_without_a_loss(behaviour: Behaviour) -> None:
    table = example()
    economy = economy_of_table(table.flows, table.output, table.sectors)
    path = course(economy, np.zeros((100, len(economy.output))), behaviour=behaviour)
    np.testing.assert_allclose(path.output, np.tile(path.baseline, (100, 1)), rtol=1e-9)


def test_stocks_carry_a_buyer_as_long_as_they_last() -> None:
    """10 days of stock, ψ = 0.1: produces for ten days, on the eleventh nothing is left.

    Stock on the morning of day t is 10 − t days of use; production falls when it is below ψ · 10 = 1 day.
    """
    economy = economy_of_table([[0, 365], [0, 0]], [365, 730], [0, 1])
    path = course(economy, stopped([1, 0], days=14, stop_days=14), behaviour=Behaviour(inventory_days=10, psi=0.1))
    assert path.output[:10, 1].tolist() == pytest.approx([2.0] * 10)
    assert path.output[10, 1] == pytest.approx(0.0, abs=1e-12)


def test_a_second_supplier_of_the_product_takes_the_orders() -> None:
    alone = course(
        economy_of_table([[0, 0, 365], [0, 0, 365], [0, 0, 0]], [365, 365, 1460], [0, 1, 2]),
        stopped([1, 0, 0], days=60, stop_days=60),
        behaviour=Behaviour(inventory_days=5, restoration_days=5, overproduction_days=5),
    )
    shared = course(
        economy_of_table([[0, 0, 365], [0, 0, 365], [0, 0, 0]], [365, 365, 1460], [0, 0, 2]),
        stopped([1, 0, 0], days=60, stop_days=60),
        behaviour=Behaviour(inventory_days=5, restoration_days=5, overproduction_days=5),
    )
    assert alone.output[-1, 2] < 1e-3
    assert shared.output[-1, 1] == pytest.approx(1.25, rel=1e-2)  # overtime
    assert shared.output[-1, 2] > 2.0


def test_a_lost_customer_takes_his_part_of_the_output() -> None:
    economy = economy_of_table([[0, 365], [0, 0]], [730, 730], [0, 1])
    demand = np.ones((400, 2))
    demand[:, 1] = 0.5
    path = course(economy, np.zeros((400, 2)), demand=demand)
    assert path.output[-1].tolist() == pytest.approx([1.5, 1.0], rel=1e-3)


def test_a_path_of_losses_holds_and_recovers() -> None:
    assert stopped([1.0], days=4, first_day=1)[:, 0].tolist() == [0, 1, 0, 0]


def test_bad_input_is_refused() -> None:
    economy = economy_of_table([[0, 365], [0, 0]], [365, 730], [0, 1])
    for losses, code in (
        ([[1.5, 0]], "chain.loss_above_one"),
        ([[-0.1, 0]], "chain.negative"),
        ([[0.1]], "chain.shape"),
    ):
        with pytest.raises(Refused) as refused:
            course(economy, losses)
        assert refused.value.problems[0].code == code
    with pytest.raises(Refused, match="sells more than its output"):
        economy_of_table([[0, 366], [0, 0]], [365, 730], [0, 1])
    with pytest.raises(Refused, match="places"):
        Economy(np.array([0]), np.array([7]), np.ones(1), np.ones(2), np.zeros(2, dtype=np.int64))
    for wrong in ({"psi": 0.0}, {"inventory_days": 0.0}, {"overproduction_max": 0.5}, {"restoration_days": 0.0}):
        with pytest.raises(Refused):
            Behaviour(**wrong)


def test_a_network_of_firms_runs_like_its_table() -> None:
    """A buys from B and C of one market; the same flows once as links, once as a table."""
    firms = pl.DataFrame({"firm": ["a", "b", "c"], "sector": ["1", "2", "2"], "revenue": [3650.0, 730.0, 730.0]})
    links = pl.DataFrame({"supplier": ["b", "c"], "buyer": ["a", "a"], "amount": [365.0, 365.0]})
    losses = stopped([0, 1, 0], days=30, stop_days=20)
    ways = Behaviour(inventory_days=5)
    of_links = course(economy_of_network(Network.from_frames(firms, links)), losses, behaviour=ways)
    of_table = course(
        economy_of_table([[0, 0, 0], [365, 0, 0], [365, 0, 0]], [3650, 730, 730], [0, 1, 1]), losses, behaviour=ways
    )
    np.testing.assert_allclose(of_links.output, of_table.output, rtol=1e-12)
    assert of_links.lost[:, 0].max() > 0


def test_a_revenue_below_the_sales_inside_is_refused() -> None:
    firms = pl.DataFrame({"firm": ["a", "b"], "sector": ["1", "2"], "revenue": [10.0, 100.0]})
    links = pl.DataFrame({"supplier": ["a"], "buyer": ["b"], "amount": [20.0]})
    with pytest.raises(Refused, match="sells more than its output"):
        economy_of_network(Network.from_frames(firms, links))
