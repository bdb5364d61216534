"""Fixed points between proven bounds, the closed form of the upstream half, and the k greatest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.chain.networks import drawn

from zhizao.engines.chain import Network, Rule, Shocks, certified_risk, run, systemic_risk, top_risks, upstream_risk
from zhizao.engines.chain.closed_form import downstream_screen, upstream_screen
from zhizao.kernel.executor import Threads
from zhizao.kernel.result import Refused


def settled(network: Network) -> np.ndarray:
    return run(network, Shocks.single(range(len(network.firms))), rule=Rule(eps=1e-15)).esri


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), is_open=st.booleans())
def test_the_fixed_point_lies_between_the_bounds(seed, is_open):
    network = drawn(seed, is_open=is_open)
    found = certified_risk(network, error=1e-6)
    esri, low, high = settled(network)[:, 0], found["esri"].to_numpy(), found["esri_most"].to_numpy()
    assert (low <= esri + 1e-12).all()
    assert (high >= esri - 1e-12).all()
    assert (high - low <= 1e-6).all()


def test_a_small_step_is_not_a_small_error_and_the_bound_knows():
    """A closed cycle that leaks 1 in 1000: at a step of 1e-3 most of the loss is still to come."""
    firms = pl.DataFrame({"firm": ["a", "b", "c", "d"], "sector": ["1", "2", "3", "4"]})
    links = [("a", "b", 100.0), ("b", "a", 99.9), ("a", "c", 0.1), ("b", "d", 0.1)]
    network = Network.from_frames(firms, pl.DataFrame(links, schema=["supplier", "buyer", "amount"], orient="row"))
    early = systemic_risk(network, rule=Rule(eps=1e-3))["esri_up"][2]
    found = certified_risk(network, [2], error=1e-9).row(0, named=True)
    # b loses x, a loses (100 x + 0.1)/100.1, b loses 99.9/100 of that: x = 0.0999/(100.1 - 99.9) = 0.4995
    weight = 100.1 / 200.1
    up = weight * (100 * 0.4995 + 0.1) / 100.1 + (1 - weight) * 0.4995
    assert early < 0.1 * up
    assert found["esri_up"] == pytest.approx(up, abs=1e-9)
    assert found["esri"] <= up <= found["esri_most"] <= found["esri"] + 1e-9
    assert found["sweeps"] < 200  # one sweep takes 0.3 % of what is left


@pytest.mark.parametrize("share", [1.0, 0.6])
def test_with_leaps_and_without_the_fixed_point_lies_between_the_bounds_of_many_firms(share):
    """Below a share of 1 some firms sell more than their revenue, losses grow on the way, and nothing may leap."""
    network = drawn(11, firms=300, links=900, sectors=12, is_open=True)
    network = replace(network, revenue=network.revenue * share)
    found, esri = certified_risk(network, error=1e-8), settled(network)
    assert (found["esri"].to_numpy() <= esri[:, 0] + 1e-12).all()
    assert (found["esri_up"].to_numpy() <= esri[:, 2] + 1e-12).all()
    proven = found["esri_most"].is_not_null().to_numpy()
    assert (found["esri_most"].to_numpy()[proven] >= esri[proven, 0] - 1e-12).all()
    assert proven.all() or share < 1


def test_threads_give_the_same_bounds():
    network = drawn(3, firms=100, links=400, is_open=True)
    with Threads(workers=2) as threads:
        assert certified_risk(network, executor=threads).equals(certified_risk(network))


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_the_closed_form_is_the_upstream_fixed_point(seed):
    network = drawn(seed, is_open=True)
    esri_up = settled(network)[:, 2]
    np.testing.assert_allclose(upstream_risk(network), esri_up, rtol=0, atol=1e-11)
    assert (upstream_screen(network) >= esri_up - 1e-12).all()


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), is_open=st.booleans(), market=st.booleans())
def test_no_firm_loses_more_from_suppliers_than_the_screen_allows(seed, is_open, market):
    network = drawn(seed, firms=40, links=60, sectors=3, is_open=is_open)
    esri_down = run(network, Shocks.single(range(40)), rule=Rule(eps=1e-15, market=market)).esri[:, 1]
    assert (downstream_screen(network, market=market) >= esri_down - 1e-12).all()


def test_the_screen_is_near_where_no_firm_counts_for_much_in_its_class():
    network = drawn(2, firms=400, links=800, sectors=3, is_open=True)
    esri_down, screen = settled(network)[:, 1], downstream_screen(network)
    assert (screen >= esri_down - 1e-12).all()
    assert (screen < 1).mean() > 0.9
    assert np.median(screen / np.maximum(esri_down, 1e-12)) < 1.5


def test_the_closed_form_by_summing_agrees_with_elimination(monkeypatch):
    network = drawn(8, firms=60, links=200, is_open=True)
    exact = upstream_risk(network)
    monkeypatch.setattr("zhizao.engines.chain.closed_form._ELIMINATED", 0)
    np.testing.assert_allclose(upstream_risk(network), exact, rtol=0, atol=1e-12)


@pytest.mark.parametrize("eliminated", [0, 4_000])
def test_firms_that_sell_to_one_another_only_have_no_closed_form(monkeypatch, eliminated):
    monkeypatch.setattr("zhizao.engines.chain.closed_form._ELIMINATED", eliminated)
    firms = pl.DataFrame({"firm": ["a", "b"], "sector": ["1", "2"]})
    links = pl.DataFrame({"supplier": ["a", "b"], "buyer": ["b", "a"], "amount": [1.0, 1.0]})
    with pytest.raises(Refused, match="sell to one another only"):
        upstream_risk(Network.from_frames(firms, links))


def test_revenue_below_sales_has_no_closed_form():
    firms = pl.DataFrame({"firm": ["a", "b"], "sector": ["1", "2"], "revenue": [1, 1]})
    links = pl.DataFrame({"supplier": ["a"], "buyer": ["b"], "amount": [2.0]})
    network = Network.from_frames(firms, links)
    assert [problem.code for problem in network.problems] == ["chain.revenue_below_sales"]
    with pytest.raises(Refused, match="more inside the network than its revenue"):
        upstream_risk(network)


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), k=st.integers(1, 12))
def test_the_k_greatest_hold_every_firm_that_can_be_among_them(seed, k):
    network = drawn(seed, is_open=True)
    esri = settled(network)[:, 0]
    found = top_risks(network, k)
    least = np.sort(esri)[-k]
    assert {network.firms[i] for i in np.flatnonzero(esri > least + 1e-8)} <= set(found["firm"])
    assert all(esri[network.places[firm]] >= least - 1e-8 for firm in found["firm"])
    assert found["certain"].sum() <= k


def test_firms_that_the_screen_excludes_are_not_run(monkeypatch):
    monkeypatch.setattr("zhizao.engines.chain.top._ROUND", 16)
    network = drawn(2, firms=400, links=800, sectors=3, is_open=True)
    asked = []

    def counted(network, firms, **options):
        asked.append(len(firms))
        return certified_risk(network, firms, **options)

    monkeypatch.setattr("zhizao.engines.chain.top.certified_risk", counted)
    found = top_risks(network, 5)
    greatest = np.argsort(-settled(network)[:, 0])[:5]
    assert set(found["firm"]) == {network.firms[place] for place in greatest}
    assert found["certain"].all()
    assert sum(asked) < 200
