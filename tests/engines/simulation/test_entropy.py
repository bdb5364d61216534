"""Maximum entropy with slack: known solutions, exact margins, contradictions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.engines.simulation.entropy import Statement, fit
from zhizao.kernel.result import Refused


def total(value: float, firms: list[int], *, key: str = "t", deviation: float = 0.0, weight: float = 1.0) -> Statement:
    return Statement(key, "table", np.array(firms), value, deviation, weight)


def test_two_margins_are_those_of_proportional_fitting_by_hand():
    # a 2 × 2 table of ones, rows 30 and 70, columns 40 and 60: the products of the shares
    rows = [total(30, [0, 1], key="r1"), total(70, [2, 3], key="r2")]
    columns = [total(40, [0, 2], key="c1"), total(60, [1, 3], key="c2")]
    assert fit(np.ones(4), [*rows, *columns]) == pytest.approx([12, 18, 28, 42], rel=1e-9)


def test_firms_in_the_same_statements_keep_their_proportions():
    found = fit(np.array([1.0, 2.0, 5.0]), [total(30, [0, 1])])
    assert found == pytest.approx([10, 20, 5], rel=1e-9)


def test_a_statement_that_is_not_exact_gives_way_to_one_that_is():
    # the dual by hand: u = w exp(λ + μ) on firm 0, w exp(λ) on firm 1; the exact total holds, the part moves towards it
    exact, loose = total(100, [0, 1]), total(80, [0], key="p", deviation=0.05)
    found = fit(np.array([50.0, 50.0]), [exact, loose])
    assert found.sum() == pytest.approx(100, rel=1e-9)
    assert 76 < found[0] < 80
    # at the optimum of u log(u/50) + (100 − u) log((100 − u)/50) over 100, plus ½((u − 80)/4)²:
    assert np.log(found[0] / found[1]) / 100 == pytest.approx(-(found[0] - 80) / 4**2, rel=1e-6)


def test_of_two_contradicting_exact_statements_the_lighter_one_gives_way():
    heavy, light = total(100, [0, 1], weight=10.0), total(130, [0, 1], key="l")
    assert fit(np.ones(2), [heavy, light]).sum() == pytest.approx(100, rel=1e-9)
    assert fit(np.ones(2), [total(100, [0, 1]), total(130, [0, 1], key="l", weight=10.0)]).sum() == pytest.approx(130)


def test_no_firm_falls_below_the_floor_and_the_statement_still_holds():
    found = fit(np.array([1.0, 1.0, 98.0]), [total(1000, [0, 1, 2])], floor=100.0)
    assert found.min() > 100
    assert found.sum() == pytest.approx(1000, rel=1e-9)


@given(
    st.lists(st.floats(0.01, 100), min_size=6, max_size=6),
    st.lists(st.floats(0.01, 100), min_size=6, max_size=6),
)
def test_statements_that_some_sizes_meet_are_met(prior, truth):
    sizes = np.array(truth)
    groups = [[0, 1, 2], [3, 4, 5], [0, 3], [1, 4], [0, 1, 2, 3, 4, 5], [2]]
    statements = [total(float(sizes[group].sum()), group, key=str(group)) for group in groups]
    found = fit(np.array(prior), statements)
    for statement in statements:
        assert found[statement.firms].sum() == pytest.approx(statement.value, rel=1e-6)
    assert (found > 0).all()


@pytest.mark.parametrize("bad", [total(0.0, [0]), total(-1.0, [0]), total(1.0, []), total(float("nan"), [0])])
def test_a_statement_about_nothing_or_of_no_positive_value_is_refused(bad):
    with pytest.raises(Refused) as refused:
        fit(np.ones(2), [bad])
    assert refused.value.problems[0].code == "simulation.statement"
