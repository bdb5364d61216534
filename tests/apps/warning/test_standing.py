"""What is told of groups of enterprises: growth over the same ones, diffusion, distress, turns; few are not."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from zhizao.apps.warning.standing import Answers, Grouped, Series, series, tell
from zhizao.engines.warning.figures import CELLS, Figures
from zhizao.kernel.span import Span

CHOSEN = Series("gross_output", ("gross_output",), ("orders_new",), ("gross_output",), 3, 3, ("warning.distress",), 5)
NOBODY = pl.DataFrame(schema={"subject": pl.String, "month": pl.String, "rule": pl.String})
FIRST = 2023 * CELLS


def told(values, *, alarms=NOBODY, members=None, answers=(), name="gross_output"):
    names = tuple(f"enterprise:{number}" for number in range(len(values)))
    figures = Figures(names, np.zeros(len(values), np.int64), ("",), FIRST, {name: np.array(values, dtype=float)})
    group = Grouped("region", "area:1", "甲区", frozenset(members if members is not None else names))
    (found,) = tell(figures, alarms, [group], answers, CHOSEN)
    return found


def test_growth_compares_only_enterprises_known_in_both_years():
    # 10 → 11 and 20 → 23 and 30 → 30: 64/60; the fourth came new with 1000 and takes no part
    values = np.full((4, CELLS + 1), np.nan)
    values[:3, 0], values[:3, CELLS] = [10, 20, 30], [11, 23, 30]
    values[3, CELLS] = 1000
    last = told(values)["months"][-1]
    assert last["span"] == "2024-02"
    assert last["gross_output_yoy_pct"] == pytest.approx(100 * (64 / 60 - 1))
    assert (last["known"], last["compared"], last["rose"], last["fell"]) == (4, 3, 2, 0)


def test_who_has_more_than_five_times_the_year_before_takes_no_part_in_growth():
    # 10 → 11, 20 → 22, 30 → 33; the fourth goes from 10 to 10 000: a slip of the unit
    values = np.full((4, CELLS + 1), np.nan)
    values[:, 0], values[:, CELLS] = [10, 20, 30, 10], [11, 22, 33, 10_000]
    assert told(values)["months"][-1]["gross_output_yoy_pct"] == pytest.approx(10)


def test_who_stayed_the_same_counts_half_in_the_diffusion_index():
    # two rose, one stayed, one fell: (2 + 1/2) / 4
    values = np.full((4, CELLS + 1), np.nan)
    values[:, 0], values[:, CELLS] = [1, 1, 1, 1], [2, 2, 1, 0.5]
    assert told(values)["months"][-1]["diffusion"] == 62.5


def test_january_and_february_are_two_months_beside_the_month_before():
    # December 10 each, January–February 20 together: no change by the month
    values = np.full((3, CELLS + 1), 10.0)
    values[:, CELLS] = 20
    assert told(values)["months"][-1]["diffusion_mom"] == 50.0


@pytest.mark.parametrize(("reporting", "expected"), [(3, 100 / 3), (2, None)])
def test_fewer_than_three_enterprises_are_not_told(reporting, expected):
    values = np.full((3, 2), np.nan)
    values[:reporting, :] = 1.0
    alarms = pl.DataFrame({"subject": ["enterprise:0"], "month": ["2023-02"], "rule": ["warning.distress"]})
    last = told(values, alarms=alarms)["months"][-1]
    assert last["risk_pct"] == (None if expected is None else pytest.approx(expected))
    assert last["known"] == reporting
    if expected is None:
        assert {last[name] for name in ("distressed", "rose", "fell", "diffusion", "gross_output_yoy_pct")} == {None}


def test_distress_lasts_three_cells_and_only_its_own_rule_counts():
    values = np.ones((3, 6))
    rows = [("enterprise:0", "2023-03", "warning.distress"), ("enterprise:1", "2023-03", "warning.silent")]
    alarms = pl.DataFrame(rows, schema=["subject", "month", "rule"], orient="row")
    assert [row["distressed"] for row in told(values, alarms=alarms)["months"]] == [0, 1, 1, 1, 0, 0]


def test_a_group_tells_its_members_only_and_says_how_many_there_are():
    values = np.ones((5, 2))
    members = [f"enterprise:{number}" for number in (0, 1, 2)] + ["enterprise:never reported"]
    found = told(values, members=members)
    assert (found["of"], found["months"][-1]["known"]) == (4, 3)
    assert found["year_sum"] == 6.0


def test_a_group_that_nobody_reports_of_is_there_and_unknown():
    found = told(np.ones((3, 2)), members=["enterprise:never reported"])
    assert (found["of"], found["year_sum"], found["turns"]) == (1, None, [])
    assert {row["risk_pct"] for row in found["months"]} == {None}
    assert {row["known"] for row in found["months"]} == {0}


def test_the_composite_index_is_100_in_its_first_year_and_turns_where_growth_turns():
    # growth swings about 10 % in four years: low in January 2026 and 2030, high in January 2028
    rate = 1.1 + 0.1 * np.sin(2 * np.pi * np.arange(8 * 12) / 48)
    level = np.ones(8 * 12)
    for month in range(12, 8 * 12):
        level[month] = level[month - 12] * rate[month]
    cells = np.add.reduceat(level, [start for start in range(8 * 12) if start % 12 != 1])
    found = told(np.tile(cells, (3, 1)))
    index = [row["coincident"] for row in found["months"]]
    assert index[:CELLS] == [None] * CELLS
    assert np.mean([index[CELLS], *index[CELLS : 2 * CELLS]]) == pytest.approx(100)
    turns = [(Span.parse(turn["span"]).start_month, turn["peak"]) for turn in found["turns"]]
    expected = [(Span.parse(span).start_month, peak) for span, peak in (("2026-01", 0), ("2028-01", 1), ("2030-01", 0))]
    assert [peak for _month, peak in turns] == [peak for _month, peak in expected]
    assert all(abs(a - b) <= 1 for (a, _peak), (b, _same) in zip(turns, expected, strict=True))


def test_the_questionnaire_is_better_less_worse_around_100_and_says_how_many_answered():
    # of four, two are better and one is worse: (0.5 − 0.25) × 100 + 100
    now = {f"enterprise:{n}": choice for n, choice in enumerate("1123")}
    ahead = {"enterprise:0": "1", "enterprise:1": "3"}
    quarter = Answers(Span.parse("2023Q1"), frozenset(f"enterprise:{n}" for n in range(5)), now, ahead)
    (climate,) = told(np.ones((5, 2)), answers=[quarter])["climate"]
    assert climate == {
        "span": "2023Q1", "asked": 5, "present": 125.0, "present_answered": 4, "expected": None, "expected_answered": 2,
    }  # fmt: skip


def test_the_pack_names_series_that_the_ledger_knows():
    chosen = series()
    assert chosen.least_members == 3
    assert {chosen.counted, *chosen.coincident, *chosen.leading} <= {*chosen.lamps}
