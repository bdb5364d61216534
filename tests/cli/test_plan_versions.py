"""``zhizao plan diff`` and ``plan roll-over``: answers, exit codes, and one clear line for bad input."""

from __future__ import annotations

import csv
import io
import json
import shutil
from functools import partial
from importlib.resources import files
from pathlib import Path

import pytest
from tests.cli.conftest import Command
from tests.cli.test_plan import DOCUMENT

SHIPPED = Path(str(files("zhizao") / "packs" / "nanan"))


@pytest.fixture
def run(command: Command) -> Command:
    return partial(command, "plan")


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text())))


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The document with one target set anew and one project put off."""
    text = DOCUMENT.read_text()
    assert text.count("\t61.5\n") == 1
    path = tmp_path / "changed.txt"
    path.write_text(text.replace("\t61.5\n", "\t66.5\n"))
    return path


def test_the_same_plan_twice_is_no_difference(run):
    code, out, err = run("diff", SHIPPED, "nanan")
    assert (code, err) == (0, "")
    assert out.startswith("The two versions say the same.")


def test_two_documents_are_read_and_compared(run, changed):
    code, out, _ = run("diff", DOCUMENT, changed)
    assert code == 1
    assert "61.5" in out and "66.5" in out


def test_json_and_csv_say_the_same_cells(run, changed):
    code, out, _ = run("diff", DOCUMENT, changed, "--format", "json")
    report = json.loads(out)
    cells = [(change["name"], cell) for change in report["changes"] for cell in change["cells"]]
    assert code == 1
    assert [(cell["old"], cell["new"]) for _name, cell in cells] == [(61.5, 66.5)]
    code, out, _ = run("diff", DOCUMENT, changed, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert code == 1
    assert (row["name"], row["column"], row["old"], row["new"]) == (cells[0][0], cells[0][1]["column"], "61.5", "66.5")


@pytest.mark.parametrize("other", ["nothing", "./nothing"])
def test_what_is_no_plan_is_one_line_and_exit_code_2(run, other):
    code, out, err = run("diff", "nanan", other)
    assert (code, out) == (2, "")
    assert err.startswith("zhizao: There is no") and err.count("\n") == 1


def test_roll_over_writes_the_next_plan(run, tmp_path):
    actuals = tmp_path / "actuals.csv"
    key = rows_of(SHIPPED / "indicators.csv")[0]["id"]
    actuals.write_text(f"id,year,value\n{key},2025,1299.5\n")
    code, out, err = run("roll-over", "nanan", "--out", tmp_path / "next", "--actuals", actuals)
    assert (code, err) == (0, "")
    assert "Base values: 1 measured" in out
    first = rows_of(tmp_path / "next" / "indicators.csv")[0]
    assert (first["base_year"], first["base_value"], first["target_value"]) == ("2025", "1299.5", "")
    assert run("diff", "nanan", tmp_path / "next")[0] == 1


@pytest.mark.parametrize(
    "text", ["id,year,value\nind-1,soon,3\n", "id,value\nind-1,3\n", "id,year,value\nind-0,2025,3\n"]
)
def test_bad_actuals_write_nothing(run, tmp_path, text):
    (tmp_path / "a.csv").write_text(text)
    code, _, err = run("roll-over", "nanan", "--out", tmp_path / "next", "--actuals", tmp_path / "a.csv")
    assert code == 2
    assert err.startswith("zhizao: ")
    assert not (tmp_path / "next").exists()


def test_roll_over_puts_nothing_in_the_place_of_something_else(run, tmp_path):
    shutil.copy(DOCUMENT, tmp_path / "kept.txt")
    code, _, err = run("roll-over", "nanan", "--out", tmp_path)
    assert code == 2
    assert "something other than a plan pack" in err
    assert (tmp_path / "kept.txt").exists()
