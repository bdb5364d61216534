"""Figures in, by series: what is wrong with one is told by its name, and the others are kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.engines.outlook.panel import Joint, Panel, read_panel, refused_names
from zhizao.kernel.result import Refused

YEAR = 2025 * 12


def panel(*rows: str, non_negative: bool = False) -> Panel:
    return read_panel(("series,span,value\n" + "\n".join(rows) + "\n").encode(), non_negative=non_negative)


def test_year_to_date_figures_are_differenced_within_their_year_and_never_cut_at_nought():
    found = panel("a,2025-01,20", "a,2025-01..02,50", "a,2025Q1,40", "a,2025-01..04,60", "a,2026-01,7")
    assert found.first_month == YEAR
    assert found.values[0, :4].tolist() == [20, 30, -10, 20]
    assert np.isnan(found.values[0, 4:12]).all()
    assert found.values[0, 12] == 7


def test_january_and_february_known_together_stay_one_figure():
    found = panel("a,2025-01..02,50", "a,2025-01..03,80", "a,2025-04,9")
    assert np.isnan(found.values[0, :2]).all()
    assert (found.values[0, 2:].tolist(), found.joint) == ([30, 9], (Joint(0, 0, 2, 50.0),))


def test_a_missing_month_and_the_next_are_known_together():
    found = panel("a,2025-01,1", "a,2025-01..02,3", "a,2025-01..04,10")
    assert found.joint == (Joint(0, 2, 2, 7.0),)


def test_quarters_alone_make_a_quarterly_panel_and_a_quarter_among_months_is_refused():
    found = panel("a,2025Q1,1", "a,2025Q2,2", "b,2025-01..06,5", "b,2025-01..03,2")
    assert (found.step_months, found.season, found.values.tolist()) == (3, 4, [[1, 2], [2, 3]])
    assert [str(span) for span in found.spans()] == ["2025Q1", "2025Q2"]
    mixed = panel("a,2025-01,1", "b,2025Q2,2")
    assert (mixed.series, [one.code for one in mixed.problems]) == (("a",), ["outlook.other_step"])


def test_years_alone_make_a_yearly_panel():
    found = panel("a,2023,1", "a,2024,2")
    assert (found.step_months, found.season, found.values.tolist()) == (12, 1, [[1, 2]])


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (["b,2025-01,1", "b,2025-01,1"], "outlook.duplicate"),
        (["b,2025Q1,3", "b,2025-02,1"], "outlook.overlap"),
        (["b,2025-01..03,3", "b,2025-02..04,1"], "outlook.overlap"),
        (["b,2025,3", "b,2025-02..04,1"], "outlook.overlap"),
        (["b,2025-01,inf"], "outlook.infinite"),
        (["b,2025-01,-Infinity"], "outlook.infinite"),
        (["b,2025-01,nan"], "outlook.not_a_number"),
        (["b,2025-01,1,2"], None),
        (["b,2025-01,twelve"], "outlook.not_a_number"),
        (["b,2025-13,1"], "outlook.bad_span"),
        (["b,,1"], "outlook.bad_span"),
        (["b,2025-01,", "b,2025-02,"], "outlook.no_figures"),
        (["b,2025-01,-0.5"], "outlook.negative"),
    ],
)
def test_a_series_that_is_wrong_is_refused_by_name_and_the_others_are_done(rows, code):
    if code is None:
        with pytest.raises(Refused, match=r"row|cells"):
            panel("a,2025-01,1", *rows)
        return
    found = panel("a,2025-01,1", *rows, "c,2025-01,2", non_negative=True)
    assert (found.series, list(refused_names(found))) == (("a", "c"), ["b"])
    (problem,) = found.problems
    assert problem.code == code
    assert "Series b" in str(problem)
    assert code == "outlook.no_figures" or problem.place.row in (3, 4)


def test_a_figure_below_nought_is_refused_only_where_it_cannot_be():
    assert panel("a,2025-01,-1").values.tolist() == [[-1]]


@pytest.mark.parametrize(
    "data", [b"", b"series,span,value\n", b"series,span\na,2025\n", b"series,span,value\na,2025,\n"]
)
def test_a_table_without_a_figure_is_refused(data):
    with pytest.raises(Refused):
        read_panel(data)


def test_an_unknown_value_is_unknown_and_not_nought():
    assert np.isnan(panel("a,2025-01,1", "a,2025-02,", "a,2025-03,3").values[0, 1])


@given(st.permutations([f"{name},2025-{month:02},{month}" for name in "ab" for month in range(1, 7)]))
def test_the_order_of_the_rows_changes_no_figure(rows):
    found = panel(*rows)
    assert set(found.series) == {"a", "b"}
    assert found.values.tolist() == [[1, 2, 3, 4, 5, 6]] * 2


def test_before_forgets_later_figures_and_joint_ones_that_reach_beyond():
    found = panel("a,2025-01..02,50", "a,2025-03,30")
    assert found.before(YEAR + 1).joint == ()
    assert found.before(YEAR + 2).joint == found.joint
    assert found.before(YEAR + 99).values.shape == found.values.shape
