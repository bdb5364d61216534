"""Systemic risk: the reference's figures, the formulas word for word, and what must hold for every network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.chain.networks import CASES, drawn, expected, reference
from tests.engines.chain.transcription import transcribed

from zhizao.engines.chain import Network, Rule, Shocks, kernels, run, systemic_risk
from zhizao.kernel.executor import Dask, Threads, WorkCancelled
from zhizao.kernel.result import Refused


def network_of(firms: dict[str, list], links: list[tuple[str, str, float]]) -> Network:
    return Network.from_frames(
        pl.DataFrame(firms), pl.DataFrame(links, schema=["supplier", "buyer", "amount"], orient="row")
    )


@pytest.mark.parametrize("case", CASES)
def test_reference_cases_agree_to_1e_12_with_equal_updates(case):
    network, shocks, rule = reference(case)
    esri, updates, down, up = expected(case)
    found = run(network, shocks, rule=rule, keep_losses=True)
    np.testing.assert_allclose(found.esri, esri, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.loss_down, down, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.loss_up, up, rtol=0, atol=1e-12)
    assert found.updates.tolist() == updates.tolist()


@pytest.mark.parametrize("case", CASES)
def test_float32_agrees_to_5e_7(case):
    network, shocks, rule = reference(case)
    found = run(network, shocks, rule=Rule(rule.eps, rule.stop, rule.market, "float32"), keep_losses=True)
    np.testing.assert_allclose(found.esri, expected(case)[0], rtol=0, atol=5e-7)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    is_open=st.booleans(),
    eps=st.sampled_from([1e-2, 1e-6]),
    stop=st.sampled_from([1, 2]),
    market=st.booleans(),
)
def test_the_kernels_say_what_the_formulas_say(seed, is_open, eps, stop, market):
    network, rule = drawn(seed, is_open=is_open), Rule(eps, stop, market)
    draw = np.random.default_rng(seed)
    n = len(network.firms)
    losses = [{network.firms[i]: (1.0, 1.0)} for i in range(n)]
    losses += [{network.firms[i]: tuple(draw.random(2)) for i in draw.choice(n, 4, replace=False)} for _ in range(8)]
    found = run(network, Shocks.joint(network, losses), rule=rule, keep_losses=True)
    for s, shock in enumerate(losses):
        down, up = np.zeros(n), np.zeros(n)
        for firm, (one, other) in shock.items():
            down[network.places[firm]], up[network.places[firm]] = one, other
        ld, lu, updates = transcribed(network, down, up, rule)
        np.testing.assert_allclose(found.loss_down[s], ld, rtol=0, atol=1e-12)
        np.testing.assert_allclose(found.loss_up[s], lu, rtol=0, atol=1e-12)
        np.testing.assert_allclose(found.esri[s, 0], network.weight @ np.maximum(ld, lu), rtol=0, atol=1e-12)
        assert found.updates[s] == updates


def test_a_shock_has_the_same_figures_to_the_last_bit_alone_and_among_others():
    network = drawn(5, firms=300, links=1500, sectors=10, is_open=True)
    together = run(network, Shocks.single(range(300)))
    for firm in (0, 17, 150, 299):
        alone = run(network, Shocks.single([firm]))
        assert alone.esri[0].tolist() == together.esri[firm].tolist()
        assert alone.updates[0] == together.updates[firm]


def test_shocks_that_begin_alone_and_end_in_a_lane_say_what_the_formulas_say():
    network = drawn(6, firms=200, links=400, sectors=10)
    rule = Rule(eps=1e-3)
    found = run(network, Shocks.single(range(200)), rule=rule)
    by_formula = [transcribed(network, np.eye(200)[firm], np.eye(200)[firm], rule) for firm in range(0, 200, 20)]
    for place, (down, up, updates) in enumerate(by_formula):
        assert found.updates[20 * place] == updates
        assert found.esri[20 * place, 0] == pytest.approx(float(network.weight @ np.maximum(down, up)), abs=1e-12)


@pytest.mark.parametrize("unit", [1e-3, 1e-12])
def test_sales_below_one_in_a_class_may_lower_a_loss_again_and_that_is_followed(unit):
    network = drawn(6, firms=200, links=400, sectors=10)
    small = replace(network, amount=network.amount * unit)
    found = run(small, Shocks.single(range(200)), rule=Rule(eps=1e-3), keep_losses=True)
    for firm in range(0, 200, 8):
        down, up, updates = transcribed(small, np.eye(200)[firm], np.eye(200)[firm], Rule(eps=1e-3))
        assert found.updates[firm] == updates
        np.testing.assert_allclose(found.loss_down[firm], down, rtol=0, atol=1e-12)
        np.testing.assert_allclose(found.loss_up[firm], up, rtol=0, atol=1e-12)


def test_shocks_of_no_loss_and_of_one_side_only_are_followed_alone_as_the_formulas_say():
    network = drawn(6, firms=200, links=400, sectors=10)
    losses = [{f"f{i}": (0.0, 0.0), f"f{i + 1}": (0.7, 0.0), f"f{i + 2}": (0.0, 0.4)} for i in range(0, 198, 9)]
    found = run(network, Shocks.joint(network, losses), rule=Rule(eps=1e-2), keep_losses=True)
    for at, loss in enumerate(losses):
        down, up = (np.array([loss.get(firm, (0.0, 0.0))[side] for firm in network.firms]) for side in (0, 1))
        down, up, updates = transcribed(network, down, up, Rule(eps=1e-2))
        assert found.updates[at] == updates
        np.testing.assert_allclose(found.loss_down[at], down, rtol=0, atol=1e-12)
        np.testing.assert_allclose(found.loss_up[at], up, rtol=0, atol=1e-12)
        assert found.esri[at, 0] == pytest.approx(float(network.weight @ np.maximum(down, up)), abs=1e-12)


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), is_open=st.booleans())
def test_both_halves_bound_the_whole(seed, is_open):
    found = systemic_risk(drawn(seed, is_open=is_open))
    esri, down, up = (found[name].to_numpy() for name in ("esri", "esri_down", "esri_up"))
    assert (esri >= np.maximum(down, up) - 1e-12).all()
    assert (esri <= np.minimum(1, down + up) + 1e-12).all()


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_a_greater_shock_never_loses_less(seed):
    network = drawn(seed, is_open=True)
    half = dict.fromkeys(network.firms[:3], 0.5)
    full = dict.fromkeys(network.firms[:3], 1.0)
    found = run(network, Shocks.joint(network, [half, full]), keep_losses=True)
    assert (found.loss_down[1] >= found.loss_down[0] - 1e-12).all()
    assert (found.loss_up[1] >= found.loss_up[0] - 1e-12).all()


def test_flows_outside_lower_the_risk_of_a_firm_with_one_customer():
    links = [("a", "b", 10.0), ("b", "c", 10.0)]
    closed = network_of({"firm": ["a", "b", "c"], "sector": ["1", "2", "3"]}, links)
    opened = network_of(
        {"firm": ["a", "b", "c"], "sector": ["1", "2", "3"], "revenue": [20, 20, 20], "cost": [40, 20, 20]}, links
    )
    # a fails: b buys half of its inputs from a and loses 0.5, c half of that; a and b have half of all weight each.
    assert systemic_risk(closed)["esri"][0] == 1.0
    assert systemic_risk(opened)["esri"][0] == 0.75
    # c fails: b sells half of its revenue to c, a half of its own to b.
    assert systemic_risk(opened)["esri_up"][2] == 0.5 * 0.25 + 0.5 * 0.5


def test_a_closed_chain_falls_with_its_only_customer_weight_none():
    """chain.md 2.6: a sink of weight 0 has ESRI near 1 in a closed economy."""
    risk = systemic_risk(network_of({"firm": ["a", "b"], "sector": ["1", "2"]}, [("a", "b", 5.0)]))
    assert risk.row(1)[:4] == ("b", 1.0, 0.0, 1.0)


def test_the_unit_of_money_changes_the_market_rule_and_is_warned_of():
    """chain.md 2.9: t01 with flows of 0.5 gives 0.75 for firm 0, not 1."""
    firms = {"firm": ["a", "b", "c"], "sector": ["1", "2", "3"]}
    small = network_of(firms, [("a", "b", 0.5), ("b", "c", 0.5)])
    assert systemic_risk(small)["esri"][0] == 0.75
    assert [problem.code for problem in small.problems] == ["chain.small_unit"]
    assert not network_of(firms, [("a", "b", 10.0), ("b", "c", 10.0)]).problems


def test_vulnerability_is_the_mean_loss_over_single_stops():
    network = drawn(11)
    found = run(network, Shocks.single(range(12)), keep_losses=True)
    losses = np.maximum(found.loss_down, found.loss_up)
    np.testing.assert_allclose(systemic_risk(network)["vulnerability"], losses.mean(axis=0), atol=1e-12)


def test_an_isolated_firm_risks_its_own_weight_only():
    network = network_of({"firm": ["a", "b", "c"], "sector": ["1", "1", "2"], "weight": [1, 1, 2]}, [("a", "b", 3.0)])
    assert systemic_risk(network).row(2) == ("c", 0.5, 0.5, 0.5, 1, 1 / 3)


def test_a_market_class_alone_is_not_replaced_and_a_shared_one_is():
    links = [("a", "c", 1.0), ("b", "c", 99.0)]
    firms = {"firm": ["a", "b", "c"], "sector": ["1", "1", "2"]}
    shared = run(network_of(firms, links), Shocks.single([0]), keep_losses=True)
    alone = run(network_of(firms | {"market": ["x", "y", "z"]}, links), Shocks.single([0]), keep_losses=True)
    assert alone.loss_down[0, 2] == 0.01
    assert shared.loss_down[0, 2] == 0.01 * (1 / 99)


@pytest.mark.parametrize("stop", [1, 2])
def test_a_shock_of_no_firm_or_of_no_loss_ends_at_once(stop):
    network = drawn(3)
    found = run(network, Shocks.joint(network, [{}, {"f1": 0.0}]), rule=Rule(stop=stop))
    assert found.esri.tolist() == [[0, 0, 0], [0, 0, 0]]
    assert found.updates.tolist() == [1, 1]


def test_threads_and_a_cluster_give_the_same_bytes(monkeypatch):
    monkeypatch.setattr("zhizao.engines.chain.risk._BATCH", 256)
    network = drawn(7, firms=700, links=2000, sectors=20, is_open=True)
    alone = systemic_risk(network)
    with Threads(workers=2) as threads:
        assert systemic_risk(network, executor=threads).equals(alone)
    with Dask(workers=2, processes=False) as cluster:
        assert systemic_risk(network, executor=cluster).equals(alone)


def test_progress_is_told_and_work_can_be_cancelled(monkeypatch):
    monkeypatch.setattr("zhizao.engines.chain.risk._BATCH", 256)
    network = drawn(7, firms=700, links=2000, sectors=20, is_open=True)
    told: list[tuple[int, int]] = []
    systemic_risk(network, progress=lambda done, total: told.append((done, total)))
    assert told == [(256, 700), (512, 700), (700, 700)]
    with pytest.raises(WorkCancelled):
        systemic_risk(network, cancelled=lambda: len(told) > 3, progress=lambda *done: told.append(done))


@pytest.mark.parametrize("rule", [{"eps": -1}, {"eps": float("nan")}, {"stop": 3}, {"precision": "float32"}])
def test_rules_that_cannot_be_are_refused(rule):
    with pytest.raises(Refused) as refused:
        Rule(**rule)
    assert refused.value.problems[0].code == "chain.rule"


@pytest.mark.parametrize("loss", [1.5, -0.1, float("nan"), (0.5, 2.0)])
def test_losses_outside_0_to_1_are_refused(loss):
    with pytest.raises(Refused, match="not between 0 and 1"):
        Shocks.joint(drawn(1), [{"f1": loss}])


def test_a_cascade_that_never_settles_is_refused(monkeypatch):
    network = drawn(1)
    monkeypatch.setattr(kernels, "cascade", lambda *arrays: arrays[10].fill(-1))
    with pytest.raises(Refused, match="has not settled"):
        systemic_risk(network)
