"""What moved it: points add up, P adds up, causes and enterprises are told apart."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizao.engines.outlook.change import Moved, Step, moved
from zhizao.engines.outlook.target import Bound, Kind, Target
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

SERIES = [f"enterprise:{i}" for i in range(6)]


def target(bound: Bound = Bound.GE, value: float = 600.0) -> Target:
    return Target(key="t", kind=Kind.TOTAL, series=tuple(SERIES), span=Span.of_year(2025), bound=bound, value=value)


def told(seed: int, bound: Bound = Bound.GE) -> Moved:
    rng = np.random.default_rng(seed)
    steps = []
    parts = np.full(6, 100.0)
    for width in (30.0, 30.0, 20.0, 25.0):
        steps.append(Step(parts, parts.sum() + width * rng.standard_normal(500)))
        parts = parts + rng.normal(0, 5, 6)
    return moved(SERIES, target(bound), before=steps[0], revised=steps[1], informed=steps[2], after=steps[3])


@given(st.integers(0, 10**6), st.sampled_from([Bound.GE, Bound.LE]))
@settings(max_examples=40, deadline=None)
def test_changes_and_p_add_up(seed: int, bound: Bound) -> None:
    found = told(seed, bound)
    assert found.table["change"].sum() == pytest.approx(found.after - found.before)
    assert found.table["p"].sum() == pytest.approx(found.p_after - found.p_before, abs=1e-12)
    assert found.table["points"].sum() == pytest.approx(100 * (found.after / found.before - 1))
    assert found.by({})["p"].sum() == pytest.approx(found.p_after - found.p_before, abs=1e-12)


def test_four_firms_explain_it() -> None:
    draws = np.linspace(560, 640, 8001)
    old, parts = np.full(6, 100.0), np.array([96.0, 97.0, 98.0, 97.5, 100.0, 100.3])
    new = Step(parts, draws + parts.sum() - 600)
    found = moved(SERIES, target(), before=Step(old, draws), revised=Step(old, draws), informed=new, after=new)
    assert found.p_after < found.p_before
    assert found.explained_by(0.95) == ("enterprise:0", "enterprise:1", "enterprise:3", "enterprise:2")
    assert found.table.filter(pl.col("cause") != "new_data")["p"].abs().sum() == 0


def test_a_revision_and_news_are_told_apart() -> None:
    draws = np.linspace(560, 640, 801)
    before, revised = Step(np.full(6, 100.0), draws), Step(np.array([90.0] + [100.0] * 5), draws - 10)
    after = Step(np.array([90.0, 105.0] + [100.0] * 4), draws - 5)
    found = moved(SERIES, target(), before=before, revised=revised, informed=after, after=after)
    by_cause = dict(found.table.group_by("cause").agg(pl.col("change").sum()).iter_rows())
    assert by_cause == {"revisions": -10, "new_data": 5, "model": 0}


def test_firms_that_move_against_each_other_have_their_parts_although_the_sum_stays() -> None:
    draws = np.linspace(560, 640, 8001)
    after = Step(np.array([110.0, 90.0, 100.0, 100.0, 100.0, 100.0]), draws)
    before = Step(np.full(6, 100.0), draws)
    found = moved(SERIES, target(), before=before, revised=before, informed=after, after=after)
    p = dict(found.table.filter(cause="new_data").select("series", "p").iter_rows())
    assert p["enterprise:0"] == pytest.approx(-p["enterprise:1"])
    assert p["enterprise:0"] == pytest.approx(10 / 80, rel=0.02)


def test_sectors_sum_their_enterprises() -> None:
    found = told(1)
    groups = {name: "steel" if i < 3 else "food" for i, name in enumerate(SERIES)}
    by_sector = found.by(groups)
    assert set(by_sector["group"].to_list()) == {"steel", "food", None}
    assert by_sector["change"].sum() == pytest.approx(found.after - found.before)


def test_other_series_and_exact_targets_are_refused() -> None:
    step = Step(np.ones(2), np.ones(3))
    for told_target, series in ((target(), SERIES), (target(Bound.EQ), ["a", "b"])):
        with pytest.raises(Refused):
            moved(series, told_target, before=step, revised=step, informed=step, after=step)
