"""Gap arithmetic: single drivers, the smallest mix, and what is not known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from zhizao.engines.outlook.drivers import Driver, close, shares
from zhizao.kernel.result import Refused

DRIVERS = st.lists(st.tuples(st.floats(0.05, 2), st.floats(0.01, 0.5)), min_size=1, max_size=6)


@given(DRIVERS, st.floats(1.001, 1.3))
def test_the_mix_is_the_least_effort_of_a_linear_programme(given_: list[tuple[float, float]], ratio: float) -> None:
    drivers = [Driver(str(i), e, u) for i, (e, u) in enumerate(given_)]
    told = close(100.0, 100.0 * ratio, drivers)
    gap = math.log(ratio)
    effects = np.array([e * math.log1p(u) for e, u in given_])
    programme = linprog(np.ones(len(effects)), A_eq=[effects], b_eq=[gap], bounds=[(0, 1)] * len(effects))
    if programme.status == 0:
        effort = sum(math.log1p(c.change) / math.log1p(given_[int(c.key)][1]) for c in told.mix)
        assert effort == pytest.approx(programme.fun, rel=1e-6, abs=1e-6)
        assert told.left == pytest.approx(0, abs=1e-9)
    else:
        assert told.left == pytest.approx(1 - effects.sum() / gap, abs=1e-9)


@given(DRIVERS, st.floats(0.7, 1.3).filter(lambda x: abs(x - 1) > 1e-6))
def test_each_driver_alone_closes_the_gap(given_: list[tuple[float, float]], ratio: float) -> None:
    told = close(100.0, 100.0 * ratio, [Driver(str(i), e, u) for i, (e, u) in enumerate(given_)])
    for change in told.alone:
        assert (1 + change.change) ** change.elasticity == pytest.approx(ratio)


def test_a_target_below_what_is_expected_takes_drivers_that_fall() -> None:
    told = close(0.50, 0.45, [Driver("coal", 0.8, -0.20), Driver("output", -0.5, 0.05), Driver("rain", 0.1, 0.3)])
    assert [change.key for change in told.mix] == ["coal"]
    assert told.mix[0].change == pytest.approx(0.9 ** (1 / 0.8) - 1)
    assert next(c for c in told.alone if c.key == "rain").within_limit is False


def test_what_is_not_known_is_told_and_not_taken_as_nought() -> None:
    told = close(100.0, 110.0, [Driver("a", None, 0.5), Driver("b", 1.0, None)])
    assert told.unknown == ("a",)
    assert (told.mix, told.left) == ((), 1.0)
    assert told.alone[0].within_limit is None


def test_without_a_gap_nothing_is_to_do() -> None:
    told = close(100.0, 100.0, [Driver("a", 0.5, 0.1)])
    assert (told.gap, told.alone, told.mix, told.left) == (0, (), (), 0)


def test_bad_gaps_are_refused() -> None:
    for act in (
        lambda: close(0.0, 1.0, []),
        lambda: close(1.0, -1.0, []),
        lambda: close(1.0, 2.0, [Driver("a", 1.0), Driver("a", 2.0)]),
        lambda: shares({"a": 0.0}),
    ):
        with pytest.raises(Refused):
            act()
