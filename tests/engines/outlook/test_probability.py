"""Wilson's interval, the Brier score, and the outside view with its weight."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.engines.outlook.prior import ReferenceClass, outside_view, shipped_reference_classes
from zhizao.engines.outlook.probability import brier, brier_skill, wilson
from zhizao.kernel.result import Refused


def test_wilson_by_its_formula() -> None:
    """k = 1600, B = 2000: (0.8 + 0.00096036 ± 1.959964 √(0.00008 + 0.00000024)) / 1.00192073."""
    assert wilson(1600, 2000) == pytest.approx((0.7819018, 0.8169480), abs=1e-6)


@given(st.integers(1, 5000), st.data())
def test_wilson_holds_the_share_and_mirrors(draws: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, draws))
    low, high = wilson(hits, draws)
    assert 0 <= low <= hits / draws <= high <= 1
    assert wilson(draws - hits, draws) == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_wilson_of_nothing_is_refused() -> None:
    for hits, draws in ((0, 0), (3, 2), (-1, 2)):
        with pytest.raises(Refused):
            wilson(hits, draws)


def test_the_climatological_rate_itself_has_no_skill() -> None:
    happened = np.array([True, True, False, True])
    assert brier_skill(np.full(4, 0.75), happened, 0.75) == 0
    assert brier(np.full(4, 0.75), happened) == 0.1875
    assert brier_skill(happened.astype(float), happened, 0.75) == 1
    assert np.isnan(brier_skill(np.ones(1), np.array([True]), 1.0))


def share(value: float) -> ReferenceClass:
    return ReferenceClass("k", "t", "s", "H", share=value)


def test_the_outside_view_speaks_as_strongly_as_its_classes_agree() -> None:
    apart, close = outside_view([share(0.4), share(0.8)]), outside_view([share(0.59), share(0.61)])
    assert (apart.share, close.share) == pytest.approx((0.6, 0.6))
    assert apart.strength == pytest.approx(0.24 / 0.08 - 1)
    assert close.strength > 100 * apart.strength


def test_the_weight_falls_with_the_evidence_and_the_result_lies_between() -> None:
    view = outside_view([share(0.4), share(0.8)])
    weights = [view.weight(evidence) for evidence in (0, 1, 10, 1000)]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] == 1
    assert view.shrunk(0.1, 0) == pytest.approx(0.6)
    assert 0.1 < view.shrunk(0.1, 10) < 0.6


def test_shipped_classes_are_those_of_the_sources() -> None:
    rates = {one.key: one.rate for one in shipped_reference_classes()}
    assert rates == {
        "national_12th_plan_midterm": 25 / 28,
        "national_14th_plan_midterm": 0.8,
        "local_strategy_software": 0.4,
    }
    assert all(one.source and one.confidence in "HML" for one in shipped_reference_classes())


def test_one_class_alone_is_no_outside_view() -> None:
    for classes in ([share(0.4)], [share(0.0), share(0.0)], []):
        with pytest.raises(Refused):
            outside_view(classes)
