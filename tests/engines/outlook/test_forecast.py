"""Any panel is forecast: each kind of series by what it bears, the same wherever the work runs, nothing from later."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizao.engines.outlook import combination
from zhizao.engines.outlook.backtest import backtest
from zhizao.engines.outlook.forecast import Forecast, forecast
from zhizao.engines.outlook.panel import Joint, Panel
from zhizao.engines.outlook.work import Block, forecast_block
from zhizao.kernel.executor import executor
from zhizao.kernel.result import Refused

YEAR = 2015 * 12
SEASON = 1 + 0.3 * np.sin(np.arange(12) / 6 * np.pi)


def economy(n: int = 6, years: int = 6, seed: int = 0) -> Panel:
    rng = np.random.default_rng(seed)
    level = 100 * np.exp(rng.normal(0, 1, (n, 1)) + np.cumsum(rng.normal(0.004, 0.02, (n, 12 * years)), axis=1))
    return Panel(tuple(f"s{i}" for i in range(n)), YEAR, 1, level * np.tile(SEASON, years))


def fast(panel: Panel, horizon: int = 6, **options: object) -> Forecast:
    return forecast(panel, horizon=horizon, combined=0, **options)  # type: ignore[arg-type]


def same(one: Forecast, other: Forecast) -> bool:
    arrays = [(one.mean, other.mean), (one.errors, other.errors), *((one.upper[k], other.upper[k]) for k in one.upper)]
    return one.notes == other.notes and all(a.tobytes() == b.tobytes() for a, b in arrays)


def kinds_of(found: Forecast) -> dict[str, str]:
    return {series: model for series, model, _ in found.notes}


def strange() -> Panel:
    panel = economy(10)
    rows = panel.values
    rows[1, :-3] = np.nan  # new
    rows[2, -14:] = 0  # closed
    rows[3, -4:] = 0  # suspended
    rows[4] = 7  # constant
    rows[5, -2:] = np.nan  # late
    rows[6, :-1] = np.nan  # one figure
    rows[7, :-2] = np.nan  # two
    rows[8, 30] = np.nan  # a gap
    rows[9] -= 150  # goes below nought
    return panel


def test_every_kind_of_series_has_a_forecast_and_its_note():
    found = fast(strange())
    assert kinds_of(found) == {
        "s0": "theta", "s1": "peers", "s2": "closed", "s3": "intermittent", "s4": "constant",
        "s5": "theta", "s6": "peers", "s7": "peers", "s8": "theta", "s9": "theta",
    }  # fmt: skip
    assert np.isfinite(found.mean).all()
    assert all(
        (found.lower[level] <= found.mean).all() and (found.mean <= found.upper[level]).all() for level in (80, 95)
    )
    assert (found.upper[80] <= found.upper[95]).all()
    assert not found.mean[2].any()
    assert (found.mean[4] == 7).all()
    assert 0 < found.mean[3].mean() < np.mean(strange().values[3, -20:-4])
    assert found.lower[95][9].min() < 0
    assert (found.lower[95][:9] >= 0).all()


def test_a_series_that_is_strange_changes_none_of_the_long_ones():
    panel = strange()
    long = np.array([0, 5, 8, 9])
    assert np.array_equal(fast(panel).mean[long], fast(panel.only(long)).mean)


def test_a_late_series_starts_from_its_own_last_figure():
    panel = economy(1)
    panel.values[0, -2:] = np.nan
    alone = fast(panel.before(panel.end_month - 2), horizon=8)
    assert np.allclose(fast(panel, horizon=6).mean[0], alone.mean[0, 2:])


def test_a_short_series_has_the_season_of_its_peers():
    panel = economy(8)
    panel.values[0] = np.where(np.arange(72) < 69, np.nan, 50 * panel.values[0] / panel.values[0])
    panel.values[0, 69:] = 50 * SEASON[9:]
    found = fast(panel, horizon=12).mean[0]
    assert np.corrcoef(found, SEASON)[0, 1] > 0.98


def test_the_errors_are_those_of_forecasts_made_at_the_origins():
    panel = economy(3)
    found = fast(panel, origins=4)
    for back in (1, 2, 3, 4):
        end = panel.end_month - 3 * back
        then = fast(panel.before(end), origins=0)
        first = 72 - 3 * back
        actual = panel.values[:, first : first + 6]
        errors = found.errors[-back][:, : actual.shape[1]]
        assert np.allclose(errors, actual - then.mean[:, : actual.shape[1]])
        assert np.isnan(found.errors[-back][:, actual.shape[1] :]).all()


def test_nothing_of_what_came_later_is_in_a_backtest():
    panel = economy(3)
    changed = Panel(panel.series, YEAR, 1, panel.values.copy())
    changed.values[:, 60:] *= 9
    one, other = (backtest(p, horizon=3, origins=2, every=9, combined=0) for p in (panel, changed))
    assert one.ends[0] == YEAR + 60
    assert same(one.forecasts[0], other.forecasts[0])


def test_a_joint_january_and_february_is_forecast_as_one_figure():
    panel = economy(1)
    values, joint = panel.values.copy(), []
    for year in range(6):
        part = slice(12 * year, 12 * year + 2)
        joint.append(Joint(0, 12 * year, 2, float(values[0, part].sum())))
        values[0, part] = np.nan
    together = fast(Panel(panel.series, YEAR, 1, values, tuple(joint)), horizon=12)
    apart = fast(panel, horizon=12)
    assert together.mean[0, :2].sum() == pytest.approx(apart.mean[0, :2].sum(), rel=0.05)
    assert together.mean[0, 2:] == pytest.approx(apart.mean[0, 2:], rel=0.05)
    width = together.upper[80][0] - together.lower[80][0]
    assert width[0] / width[1] == pytest.approx(together.mean[0, 0] / together.mean[0, 1])
    assert "one" in together.notes[-1][2]


def test_how_the_joint_figure_would_be_divided_is_of_no_matter():
    """The model sees the sum alone: months apart that are known in one year only are added too."""
    panel = economy(1)
    joint = tuple(
        Joint(0, 12 * year, 2, float(panel.values[0, 12 * year : 12 * year + 2].sum())) for year in range(1, 6)
    )
    values = panel.values.copy()
    values[0, [12 * year + k for year in range(1, 6) for k in (0, 1)]] = np.nan
    other = values.copy()
    other[0, 0], other[0, 1] = values[0, 0] + 20, values[0, 1] - 20
    one, two = (fast(Panel(panel.series, YEAR, 1, v, joint)).mean for v in (values, other))
    assert np.allclose(one, two, rtol=1e-12)


def test_two_workers_of_a_cluster_on_loopback_forecast_to_the_same_bytes():
    from zhizao.kernel.executor import Dask

    panel = strange()
    with Dask(workers=2) as cluster:
        assert same(fast(panel, executor=cluster), fast(panel))


@pytest.mark.parametrize("name", ["threads", "dask"])
def test_the_result_is_the_same_wherever_the_work_runs(name):
    panel = strange()
    if name == "dask":
        from zhizao.kernel.executor import Dask

        where = Dask(workers=2, processes=False)
    else:
        where = executor(name)
    with where:
        assert same(fast(panel, executor=where), fast(panel))


def test_the_combination_is_the_median_and_a_model_that_fails_is_left_out(monkeypatch):
    class Says:
        def __init__(self, value: float) -> None:
            self.value = value

        def fit(self, y: np.ndarray) -> Says:
            if self.value < 0:
                raise RuntimeError("no model able to be fitted")
            return self

        def predict(self, horizon: int) -> dict[str, np.ndarray]:
            return {"mean": np.full(horizon, self.value)}

    panel = economy(2)
    for values, expected in (((1.0, 5.0, 2.0), 2.0), ((-1.0, 5.0, 2.0), 3.5)):
        monkeypatch.setattr(combination, "_models", lambda season, values=values: [Says(v) for v in values])
        found = forecast(panel, horizon=3, combined=1)
        large = int(np.argmax(panel.values[:, -12:].mean(axis=1)))
        scale = np.abs(panel.values[large]).mean()
        assert np.allclose(found.mean[large], scale * expected)
        assert sorted(kinds_of(found).values()) == ["median", "theta"]
    monkeypatch.setattr(combination, "_models", lambda season: [Says(-1.0)])
    assert same(forecast(panel, horizon=3, combined=2), fast(panel, horizon=3))


def test_work_can_be_sent_to_another_process():
    import pickle

    assert pickle.loads(pickle.dumps(forecast_block)) is forecast_block
    assert Block.__module__ == "zhizao.engines.outlook.work"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"horizon": 0}, "outlook.bad_horizon"),
        ({"horizon": 121}, "outlook.bad_horizon"),
        ({"levels": [0]}, "outlook.bad_level"),
        ({"levels": [100]}, "outlook.bad_level"),
    ],
)
def test_a_horizon_or_level_that_makes_no_sense_is_refused(options, code):
    with pytest.raises(Refused) as refused:
        fast(economy(1), **options)
    assert refused.value.problems[0].code == code


def test_a_backtest_longer_than_the_panel_is_refused():
    with pytest.raises(Refused, match="longer panel"):
        backtest(economy(1, years=3), horizon=12, origins=8)


def test_a_young_series_is_not_told_to_start_up_for_ever():
    """Three years, each 4 times the one before: at most half as much again a year, on a level of some years ago."""
    values = np.full((2, 8), np.nan)
    values[0] = np.arange(8) + 10.0
    values[1, 5:] = 10.0, 40.0, 160.0
    found = forecast(Panel(("old", "young"), YEAR, 12, values), horizon=5, combined=0)
    assert (found.mean[1, 1:] / found.mean[1, :-1] <= 1.5).all()
    assert found.mean[1, -1] < 160 * 1.5**5


def test_figures_too_small_to_square_are_noughts():
    values = np.full((2, 30), np.nan)
    values[0, 20:], values[1, :] = 5e-324, np.arange(30) % 4 * 1e-200
    found = forecast(Panel(("a", "b"), YEAR, 12, values), horizon=5, combined=0)
    assert found.mean.tolist() == np.zeros((2, 5)).tolist()


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9), st.just(0.0)), min_size=30, max_size=30),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from([1, 3, 12]),
)
def test_no_panel_makes_it_fail(rows, step):
    values = np.array([[np.nan if v is None else v for v in row] for row in rows])
    values[np.isnan(values).all(axis=1), -1] = 1.0
    found = forecast(Panel(tuple(map(str, range(len(rows)))), YEAR, step, values), horizon=5, combined=0)
    assert np.isfinite(found.mean).all()
    assert all(np.isfinite(found.upper[level]).all() for level in (80, 95))
    assert (found.lower[95] <= found.mean).all()
