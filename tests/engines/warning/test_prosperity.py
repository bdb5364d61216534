"""Indices and lamps by hand-computed values."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from zhizao.engines.warning.lamps import Lamp, cut_offs, risk_lamp, whole
from zhizao.engines.warning.prosperity import climate, composite_index, diffusion_index, turning_points
from zhizao.kernel.result import Refused

DAY = dt.date(2025, 1, 1)


def test_the_diffusion_index_has_its_neutral_value_where_as_many_rise_as_fall():
    changes = np.array([[1.0], [-1.0], [0.0]])
    assert diffusion_index(changes)[0] == 50
    assert diffusion_index(changes, most=200)[0] == 100
    assert np.isnan(diffusion_index(np.array([[np.nan]]))[0])


def test_the_climate_is_four_tenths_of_the_present_and_six_of_what_is_expected():
    assert cut_offs(DAY).climate_index(climate(0.3, 0.2), climate(0.4, 0.1)) == 0.4 * 110 + 0.6 * 130
    with pytest.raises(ValueError, match="shares"):
        climate(0.8, 0.3)


def test_a_composite_of_two_series_weighs_their_standardised_symmetric_changes():
    x = np.array([[100.0, 110.0, 121.0], [5.0, 4.0, 5.0]])
    found = composite_index(x, weights=[1, 3], rates=[False, True], base=slice(0, 1))
    # both changes have mean absolute value 1 when standardised: (1 - 3)/4 = -0.5, (1 + 3)/4 = 1; over their mean 0.75
    first, second = -0.5 / 0.75, 1 / 0.75
    wanted = 100 * np.cumprod([1, (200 + first) / (200 - first), (200 + second) / (200 - second)])
    assert found.tolist() == pytest.approx(wanted.tolist(), rel=1e-12)


def test_a_series_that_is_unknown_takes_no_part():
    x = np.array([[100.0, 101.0, 102.0], [np.nan, np.nan, np.nan]])
    one = composite_index(x[:1], weights=[1], rates=[False], base=slice(0, 1))
    both = composite_index(x, weights=[1, 1], rates=[False, False], base=slice(0, 1))
    assert both.tolist() == pytest.approx(one.tolist())


def test_turning_points_survive_noise_and_an_outlier_and_alternate():
    months = np.arange(144)
    y = 100 + 10 * np.sin(2 * np.pi * months / 48) + np.random.default_rng(1).normal(0, 0.5, 144)
    y[70] += 15
    turns = turning_points(y)
    assert [peak for _, peak in turns] == [True, False, True, False, True, False]
    assert all(abs(at - true) <= 4 for (at, _), true in zip(turns, (12, 36, 60, 84, 108, 132), strict=True))


def test_a_straight_line_and_a_short_series_have_no_turning_points():
    assert turning_points(np.arange(60.0)) == []
    assert turning_points(np.zeros(10)) == []


def test_the_national_cut_offs_of_single_indicators_are_not_shipped_and_such_a_lamp_is_unknown():
    found = whole({"gross_output": 8.0}, cut_offs(DAY))
    assert (found.lamp, found.percent, found.known, found.of) == (None, None, 0, 1)


def test_cut_offs_are_those_of_the_day(tmp_path: Path):
    file = tmp_path / "own.yaml"
    file.write_text("risk:\n  - {from: 2020-01-01, yellow: 3, red: 8}\n  - {from: 2025-01-01, yellow: 1, red: 2}\n")
    assert risk_lamp(2.0, cut_offs(dt.date(2024, 12, 31), file)) is Lamp.GREEN
    assert risk_lamp(2.0, cut_offs(DAY, file)) is Lamp.RED
    assert risk_lamp(2.0, cut_offs(dt.date(2019, 1, 1), file)) is None


@pytest.mark.parametrize(
    "text",
    [
        "risk: [{from: 2020-01-01, yellow: 8, red: 3}]",
        "risk: [{from: 2020-01-01, yellow: 3}]",
        "risk: [{from: soon, yellow: 3, red: 8}]",
        "risks: []",
        "climate: 5",
    ],
)
def test_wrong_cut_offs_are_refused(tmp_path: Path, text: str):
    file = tmp_path / "own.yaml"
    file.write_text(text + "\n")
    with pytest.raises(Refused, match="missing or has a value"):
        cut_offs(DAY, file)
