"""The files of a demonstration: complete, the same each time, and marked as simulated."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import polars as pl

from zhizao.engines.simulation import observations_csv, write_demo


def test_all_files_are_written_and_the_readme_says_that_they_are_simulated(economy, tmp_path):
    write_demo(economy, tmp_path)
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {
        "README.md",
        "observations.csv",
        "enterprises.csv",
        "targets.csv",
        "small_suppliers.csv",
        "links.csv",
        "trade.csv",
        "truth/months.csv",
        "truth/events.csv",
        "truth/disturbances.csv",
        "truth/slips.csv",
        "truth/residuals.csv",
        "truth/unused.csv",
    }
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "Every figure in this folder is simulated" in readme
    assert "Seed 14, base year 2020" in readme
    before = {name: (tmp_path / name).read_bytes() for name in files}
    write_demo(economy, tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in files} == before


def test_figures_known_after_a_day_are_left_out(economy):
    day = date(2021, 6, 30)
    part = pl.read_csv(BytesIO(observations_csv(economy, known_by=day)))
    assert part["known_from"].max() <= day.isoformat()
    assert 0 < len(part) < len(economy.observations)
    assert len(part) == (economy.observations["known_from"] <= day).sum()


def test_the_csv_has_plain_numbers(economy):
    text = observations_csv(economy).decode()
    values = {line.split(",")[5] for line in text.splitlines()[1:]}
    assert not any("e" in value.lower() for value in values)
