"""The files of a demonstration: complete, the same each time, and marked as simulated."""

from __future__ import annotations

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


def test_the_csv_has_plain_numbers(economy):
    text = observations_csv(economy).decode()
    values = {line.split(",")[5] for line in text.splitlines()[1:]}
    assert not any("e" in value.lower() for value in values)
