"""``zhizao outlook``: forecasts to a file, what is wrong by the series' name, exit codes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import zhizao.cli


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.delenv("ZHIZAO_LANG", raising=False)

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            zhizao.cli.main(["outlook", *map(str, arguments)])
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return call


@pytest.fixture
def panel(tmp_path: Path) -> Path:
    path = tmp_path / "panel.csv"
    rows = [f"a,{2019 + n // 12}-{n % 12 + 1:02},{100 + n + 10 * (n % 12 == 3) + n * 7 % 5}" for n in range(60)]
    path.write_text("\n".join(["series,span,value", *rows, ""]))
    return path


def test_a_forecast_has_a_row_for_each_period_and_the_same_bytes_each_time(run, panel, tmp_path):
    out, again = tmp_path / "out.csv", tmp_path / "again.csv"
    for path in (out, again):
        code, _, err = run("forecast", panel, "--horizon", 3, "--levels", "80,95", "--combined", 0, "--out", path)
        assert (code, err) == (0, "")
    assert out.read_bytes() == again.read_bytes()
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert list(rows[0]) == ["series", "span", "mean", "lo80", "hi80", "lo95", "hi95"]
    assert [row["span"] for row in rows] == ["2024-01", "2024-02", "2024-03"]
    assert all(
        float(r["lo95"]) < float(r["lo80"]) < float(r["mean"]) < float(r["hi80"]) < float(r["hi95"]) for r in rows
    )


def test_a_series_that_is_wrong_is_named_and_the_others_are_written(run, panel, tmp_path):
    panel.write_text(panel.read_text() + "bad,2024Q1,1\nbad,2024-02,1\n")
    out = tmp_path / "out.csv"
    code, _, err = run("forecast", panel, "--horizon", 1, "--combined", 0, "--out", out)
    assert code == 1
    assert "Series bad: 2024-02 shares months with another figure." in err
    assert [row["series"] for row in csv.DictReader(out.read_text().splitlines())] == ["a"]


@pytest.mark.parametrize(
    ("change", "said"),
    [(("--levels", "80,x"), "80,95"), (("--horizon", "0"), "horizon"), (("--executor", "moon"), "moon")],
)
def test_bad_options_are_one_line_with_exit_code_2(run, panel, tmp_path, change, said):
    out = tmp_path / "out.csv"
    options = {"--horizon": "3", "--combined": "0", "--out": str(out)} | dict([change])
    code, _, err = run("forecast", panel, *(part for pair in options.items() for part in pair))
    assert code == 2
    assert said in err
    assert err.count("\n") == 1
    assert not out.exists()


def test_an_empty_panel_is_refused(run, tmp_path):
    path = tmp_path / "panel.csv"
    path.write_text("series,span,value\n")
    assert run("forecast", path, "--horizon", 1, "--out", tmp_path / "o.csv")[0] == 2


def test_a_backtest_tells_the_scores_of_each_origin_and_of_all(run, panel):
    code, out, _ = run("backtest", panel, "--origins", 2, "--horizon", 3, "--combined", 0, "--format", "json")
    found = json.loads(out)
    assert (code, [one["first_span"] for one in found["origins"]]) == (0, ["2023-07", "2023-10"])
    assert found["all"]["count"] == 6
    assert set(found["all"]) >= {"smape_pct", "mase", "owa", "coverage_pct", "msis", "crps"}
    code, out, _ = run("backtest", panel, "--origins", 2, "--horizon", 3, "--combined", 0)
    assert "sMAPE" in out
    assert "2023-10" in out
