"""``zhizao forms`` on files alone."""

from __future__ import annotations

import json
from importlib.resources import files

import openpyxl
import pytest

from zhizao.cli import main

NATION = files("zhizao") / "packs" / "china" / "forms"


@pytest.fixture
def run(capsys, monkeypatch):
    monkeypatch.setenv("LANG", "en_US.UTF-8")

    def run(*arguments):
        with pytest.raises(SystemExit) as left:
            main(["forms", *map(str, arguments)])
        out, err = capsys.readouterr()
        return left.value.code, out, err

    return run


def test_every_definition_of_the_nation_is_right(run):
    for path in NATION.iterdir():
        code, out, _err = run("check", path)
        assert (code, "nothing wrong" in out or "未发现问题" in out) == (0, True), path


def test_a_wrong_definition_is_told_by_line(run, tmp_path):
    text = (NATION / "output-2023.yaml").read_text(encoding="utf-8").replace("rhythm: month", "rhythm: weekly")
    (tmp_path / "f.yaml").write_text(text, encoding="utf-8")
    code, out, _err = run("check", tmp_path / "f.yaml")
    line = 1 + text.splitlines().index("rhythm: weekly")
    assert (code, f"f.yaml, line {line}" in out) == (1, True)


def test_a_blank_sheet_is_written_and_its_empty_cells_are_told(run, tmp_path):
    file = tmp_path / "blank.xlsx"
    assert run("sheet", "--form", "output", "--period", "2025-03", "--to", file)[0] == 0
    code, out, _err = run("check", file, "--form", "output", "--period", "2025-03", "--format", "json")
    found = json.loads(out)
    assert code == 1
    assert [line["check"] for line in found if line["severity"] == "hard"] == [
        f"forms.missing:0{n}.{column}" for n in range(1, 5) for column in ("period", "ytd")
    ]


def test_a_filled_in_sheet_that_agrees_has_nothing_wrong(run, tmp_path):
    file = tmp_path / "f.xlsx"
    run("sheet", "--form", "output", "--period", "2025-03", "--to", file)
    book = openpyxl.load_workbook(file)
    for row in range(9, 13):
        book.active[f"D{row}"], book.active[f"E{row}"] = 10, 30
    book.save(file)
    assert run("check", file, "--form", "output", "--period", "2025-03")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "nothing.xlsx", "--form", "output", "--period", "2025-03"),
        ("sheet", "--form", "nothing", "--period", "2025-03", "--to", "x.xlsx"),
        ("sheet", "--form", "output", "--period", "rubbish", "--to", "x.xlsx"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(run, arguments):
    code, _out, err = run(*arguments)
    assert (code, len(err.strip().splitlines())) == (2, 1)
    assert "Traceback" not in err
