"""What a shock costs and along which links it came; networks changed by a second supplier or a lost customer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.chain.networks import drawn

from zhizao.engines.chain import (
    Network,
    Shocks,
    loss_paths,
    lost_customer,
    node_risk,
    run,
    what_if,
    with_second_supplier,
)
from zhizao.kernel.result import Refused


@pytest.fixture
def chain() -> Network:
    """a → b → c, half of each firm's flows outside; by hand as in ``test_risk``."""
    firms = pl.DataFrame({"firm": ["a", "b", "c"], "sector": ["1", "2", "3"], "revenue": [20] * 3})
    links = pl.DataFrame({"supplier": ["a", "b"], "buyer": ["b", "c"], "amount": [10.0, 10.0]})
    return Network.from_frames(firms.with_columns(cost=pl.Series([40, 20, 20])), links)


def test_losses_come_by_firm_sector_and_node(chain):
    found = what_if(chain, {"a": 1.0})
    assert found.firms["loss"].to_list() == [1.0, 0.5, 0.25]
    assert found.firms["lost_weight"].to_list() == [0.5, 0.25, 0.0]
    assert (found.esri, found.esri_down, found.esri_up) == (0.75, 0.75, 0.5)
    assert found.by_sector().rows() == [("1", 0.5, 0.5), ("2", 0.25, 0.5), ("3", 0.0, 0.0)]
    members = pl.DataFrame({"firm": ["a", "b", "b"], "node": ["x", "x", "y"]})
    assert found.by_node(members).rows() == [("x", 0.75, 1.0), ("y", 0.25, 0.5)]


def test_the_firms_of_a_node_stop_together(chain):
    found = node_risk(chain, pl.DataFrame({"firm": ["b", "a", "b"], "node": ["y", "x", "x"]}))
    both = what_if(chain, {"a": 1.0, "b": 1.0}).esri
    assert found.select("node", "firms", "esri").rows() == [("y", 1, 0.75), ("x", 2, both)]


def test_a_lost_customer_is_the_part_of_revenue_it_was(chain):
    shock = lost_customer(chain, supplier="b", buyer="c")
    assert shock == {"b": (0.0, 0.5)}
    assert what_if(chain, shock).firms["loss_up"].to_list() == [0.25, 0.5, 0.0]
    with pytest.raises(Refused, match="“a” sells nothing to “c”"):
        lost_customer(chain, supplier="a", buyer="c")


def test_a_second_supplier_takes_its_share_of_the_link_only(chain):
    changed = with_second_supplier(chain, buyer="b", supplier="a", second="c", share=0.25)
    assert changed.amount.tolist() == [7.5, 10.0, 2.5]
    assert changed.weight.tolist() == chain.weight.tolist()
    assert chain.amount.tolist() == [10.0, 10.0]
    with pytest.raises(Refused, match="not between 0 and 1"):
        with_second_supplier(chain, buyer="b", supplier="a", second="c", share=1.5)
    with pytest.raises(Refused, match="“z” is not in the list"):
        with_second_supplier(chain, buyer="b", supplier="a", second="z", share=0.5)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000))
def test_all_paths_together_carry_all_the_loss(seed):
    """Where no firm buys from its own customers there are finitely many paths, and all can be found."""
    network = drawn(seed, firms=8, links=14, is_open=True)
    onward = network.supplier < network.buyer
    ends = {"supplier": network.supplier[onward], "buyer": network.buyer[onward], "amount": network.amount[onward]}
    network = replace(network, **ends)
    firm = network.firms[seed % 8]
    paths = loss_paths(network, {firm: 1.0}, most=5_000)
    total = run(network, Shocks.joint(network, [{firm: 1.0}])).esri[0, 0]
    assert sum(path.loss for path in paths) == pytest.approx(total, abs=1e-9)
    assert all(path.firms[0] == firm for path in paths)
    assert [path.loss for path in paths] == sorted((path.loss for path in paths), reverse=True)


def test_a_path_names_the_links_of_the_greatest_group_only():
    firms = pl.DataFrame({"firm": ["a", "b", "j"], "sector": ["1", "2", "3"], "weight": [1, 1, 8]})
    links = pl.DataFrame({"supplier": ["a", "b"], "buyer": ["j", "j"], "amount": [5.0, 5.0]})
    network = Network.from_frames(firms, links)
    paths = loss_paths(network, {"a": 1.0, "b": (0.4, 0.0)}, most=3)
    assert [(path.firms, path.share) for path in paths[:2]] == [
        (("a", "j"), pytest.approx(8 / 9.4)),
        (("a",), pytest.approx(1 / 9.4)),
    ]


def test_a_shock_without_loss_has_no_paths(chain):
    assert loss_paths(chain, {"a": 0.0}) == []


def test_joint_shocks_lose_no_more_than_everything():
    network = drawn(2)
    assert what_if(network, dict.fromkeys(network.firms, 1.0)).esri == pytest.approx(1.0)
    assert np.isfinite(what_if(network, {}).esri)
