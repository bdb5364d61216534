"""A year of eleven cells: what is known together is never divided before estimation."""

from __future__ import annotations

import numpy as np

from zhizao.engines.outlook.cells import Cells, cells_of, figures, filled
from zhizao.engines.outlook.panel import Joint, Panel

YEAR = 2024 * 12


def winters(years: int, *, split: int = 0) -> Panel:
    """Months 1 … 12 of value 10, January and February together but in the first ``split`` years."""
    values = np.full((1, 12 * years), 10.0)
    joint = []
    for year in range(split, years):
        values[0, 12 * year : 12 * year + 2] = np.nan
        joint.append(Joint(0, 12 * year, 2, 25.0))
    return Panel(("a",), YEAR, 1, values, tuple(joint))


def test_a_joint_january_and_february_is_one_observation_and_months_known_apart_are_added():
    _, eleven = cells_of(winters(2, split=1))
    assert eleven.season == 11
    assert eleven.values.tolist() == [[20.0] + [10.0] * 10 + [25.0] + [10.0] * 10]


def test_a_month_without_its_other_half_is_unknown():
    panel = winters(2)
    panel.values[0, 12:14] = [3.0, np.nan]
    found = cells_of(Panel(panel.series, YEAR, 1, panel.values, panel.joint[:1]))[1]
    assert np.isnan(found.values[0, 11])


def test_a_panel_that_ends_in_january_has_no_winter_cell_of_that_year():
    panel = winters(2).before(YEAR + 13)
    _, eleven = cells_of(panel)
    assert int(eleven.cell_of(np.array([panel.end_month]))[0]) == 11
    assert filled(eleven, 11).shape == (1, 11)


def test_the_parts_of_a_joint_figure_add_up_to_it():
    parts = figures(winters(2))[0]
    assert parts[0] + parts[1] == 25.0
    assert parts[12] + parts[13] == 25.0
    # In 2024 the festival week (10 to 16 February) is all in February: 31 of 31 + 22 days.
    assert parts[0] == 25.0 * 31 / 53


def test_other_joint_figures_are_filled_and_brought_to_their_sum():
    values = np.tile(np.arange(1.0, 13), 4)[None].copy()
    values[0, [29, 30]] = np.nan
    (plain,) = cells_of(Panel(("a",), YEAR, 1, values, (Joint(0, 29, 2, 14.0),)))
    assert plain.season == 12
    assert filled(plain, 48)[0, 29:31].sum() == 14.0


def test_only_the_last_ten_years_are_used():
    (plain,) = cells_of(Panel(("a",), YEAR - 1200, 1, np.ones((1, 300))))
    assert plain.values.shape == (1, 120)


def test_a_gap_has_the_season_of_its_cell():
    values = np.tile([10.0, 20, 30, 40], 6)[None].copy()
    values[0, 11] = np.nan
    found = filled(Cells(np.array([0]), values, (), YEAR, 4), 24)
    assert abs(found[0, 11] - 40) < 1
