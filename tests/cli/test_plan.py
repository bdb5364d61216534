"""``zhizao plan``: what is printed and written, and one clear line with exit code 2 for everything that is wrong."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
from functools import partial
from importlib.resources import files
from pathlib import Path

import pytest
from tests.cli.conftest import Command

import zhizao.cli
from zhizao.engines.planlint.corrections import Correction, corrections_csv
from zhizao.kernel.result import Place, Problem

DOCUMENT = Path(__file__).parents[1] / "engines" / "planlint" / "qinghe.txt"
MORE = ("claims", "aliases", "tasks")
SHIPPED = Path(str(files("zhizao") / "packs" / "nanan"))


@pytest.fixture
def run(command: Command) -> Command:
    return partial(command, "plan")


def test_the_verbs_load_no_polars_before_they_run():
    code = "import sys, zhizao.cli.plan; print(sorted({'polars', 'rich', 'django', 'numpy'} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "polars" not in answer.stdout and "django" not in answer.stdout


def test_read_writes_the_pack_and_says_what_was_found(run, tmp_path):
    code, out, err = run("read", DOCUMENT, "--out", tmp_path / "pack")
    assert (code, err) == (0, "")
    assert "青禾县新型工业化发展规划（2026—2030年）" in out
    assert f"Written to {tmp_path / 'pack'}." in out
    assert "info: qinghe.txt, line 156: Columns without a place in the pack are left out: 备注." in out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pack"]


def test_read_as_json_counts_rows_and_problems(run, tmp_path):
    code, out, _ = run("read", DOCUMENT, "--out", tmp_path / "pack", "--format", "json")
    report = json.loads(out)
    assert code == 0
    assert {name: report["rows"][name] for name in list(report["rows"])[:6]} == {
        "indicators": 8,
        "projects": 4,
        "enterprises": 12,
        "land": 3,
        "suppliers": 2,
        "chain_members": 8,
    }
    assert {problem["severity"] for problem in report["problems"]} == {"info"}
    assert {156, 178, 240} <= {problem["line"] for problem in report["problems"]}


def correction(read: str, sha256: str = "", key: str = "三/青禾县精工五金厂") -> bytes:
    own = hashlib.sha256(DOCUMENT.read_bytes()).hexdigest()
    return corrections_csv([Correction("land", key, "correct", "land_mu", read, "33", sha256=sha256 or own)])


def test_read_applies_the_corrections_of_the_directory_and_keeps_them(run, tmp_path):
    pack = tmp_path / "pack"
    run("read", DOCUMENT, "--out", pack)
    (pack / "corrections.csv").write_bytes(correction("30.3"))
    code, out, _ = run("read", DOCUMENT, "--out", pack)
    assert code == 0 and "1 corrections of the pack were taken up." in out
    assert "青禾县精工五金厂,33," in (pack / "land.csv").read_text()
    assert (pack / "corrections.csv").read_bytes() == correction("30.3")


def test_a_correction_that_no_longer_fits_is_told_and_exit_code_1(run, tmp_path):
    pack = tmp_path / "pack"
    run("read", DOCUMENT, "--out", pack)
    (pack / "corrections.csv").write_bytes(correction("29"))
    code, out, _ = run("read", DOCUMENT, "--out", pack)
    assert code == 1
    assert (
        "error: corrections.csv, line 121, column land_mu: A correction of “三/青禾县精工五金厂” (land_mu) was made"
        in out
    )
    assert "青禾县精工五金厂,30.3," in (pack / "land.csv").read_text()


def test_corrections_of_another_document_are_told(run, tmp_path):
    pack = tmp_path / "pack"
    run("read", DOCUMENT, "--out", pack)
    (pack / "corrections.csv").write_bytes(correction("30.3", "b" * 64, key="9/别县一厂"))
    code, out, _ = run("read", DOCUMENT, "--out", pack)
    assert code == 1
    assert (
        "warning: corrections.csv: 1 corrections were made on another form of the document (sha256 bbbbbbbbbbbb…)"
        in out
    )
    assert "finds no such row" in out


def test_damaged_corrections_stop_the_reading_and_change_nothing(run, tmp_path):
    pack = tmp_path / "pack"
    run("read", DOCUMENT, "--out", pack)
    (pack / "corrections.csv").write_bytes(correction("30.3").replace(b"correct,", b"change,"))
    before = {path.name: path.read_bytes() for path in pack.iterdir()}
    code, out, err = run("read", DOCUMENT, "--out", pack)
    assert (code, out) == (2, "")
    assert err.startswith("zhizao: corrections.csv, row 2, column action: “change” is no action of a correction.")
    assert {path.name: path.read_bytes() for path in pack.iterdir()} == before


def test_a_pack_without_quotes_holds_no_clause_of_the_document(run, tmp_path):
    for name, *option in (("with",), ("without", "--without-quotes")):
        assert run("read", DOCUMENT, "--out", tmp_path / name, *option)[0] == 0
    quotes = {
        name: [row["quote"] for row in csv.DictReader(io.StringIO((tmp_path / name / "claims.csv").read_text()))]
        for name in ("with", "without")
    }
    assert all(quotes["with"]) and set(quotes["without"]) == {""}
    assert len(quotes["with"]) == len(quotes["without"]) > 0


def test_every_table_and_figure_that_was_not_placed_is_told(run, tmp_path):
    document = tmp_path / "plan.txt"
    odd = "\n\n获评500强。\n\n\t天气\n\t雨量\n\n\t晴\n\t0.5\n\n"
    document.write_text(DOCUMENT.read_text().replace("二、布局", f"二、布局{odd}"))
    code, out, _ = run("read", document, "--format", "json")
    lines = document.read_text().split("\n")
    unplaced = json.loads(out)["unplaced"]
    assert (code, unplaced["tables"]) == (0, [lines.index("\t天气") + 1])
    assert lines.index("获评500强。") + 1 in unplaced["figure_lines"]
    said = f"{unplaced['figures']} figures of the text on {len(unplaced['figure_lines'])} lines are no claim"
    assert said in run("read", document)[1]


def test_read_without_a_directory_writes_nothing(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("read", DOCUMENT)[0] == 0
    assert list(tmp_path.iterdir()) == []


def test_a_cell_that_cannot_be_read_makes_the_exit_code_1_and_the_rest_is_written(run, tmp_path):
    document = tmp_path / "plan.txt"
    document.write_text(DOCUMENT.read_text().replace("\t61.5\n", "\t待定\n"))
    code, out, _ = run("read", document, "--out", tmp_path / "pack")
    assert code == 1
    assert "error: plan.txt, line 34: “待定” in the column “2025年基期值” cannot be read" in out
    assert (tmp_path / "pack" / "indicators.csv").is_file()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "The file is empty."),
        (b"\x00\x01\x02\xff" * 50, "The file is not text"),
        (b"%PDF-1.7", "The pdf file is damaged or protected"),
        ("今天天气很好。".encode(), "No table of a plan was found in the document."),
    ],
)
def test_a_document_that_is_none_is_refused_and_nothing_is_written(run, tmp_path, content, line):
    (tmp_path / "plan.txt").write_bytes(content)
    code, out, err = run("read", tmp_path / "plan.txt", "--out", tmp_path / "pack")
    assert (code, out) == (2, "")
    assert err.startswith("zhizao: plan.txt") and line in err and err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["plan.txt"]


def test_a_missing_document_is_one_line(run, tmp_path):
    code, out, err = run("read", tmp_path / "none.txt", "--out", tmp_path / "pack")
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_a_directory_in_use_is_refused(run, tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    code, _, err = run("read", DOCUMENT, "--out", tmp_path)
    assert (code, err.count("\n")) == (2, 1)
    assert "holds something other than a plan pack" in err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_show_puts_stated_beside_computed_growth(run):
    code, out, _ = run("show", "nanan")
    assert code == 0
    (row,) = [line.split() for line in out.splitlines() if "规上企业新建研发机构数量" in line]
    assert row == ["规上企业新建研发机构数量", "个", "60", "120", "100", "14.9", "differs", "累计值", "438"]
    assert "Targets 26  Projects 55  Enterprises 175  Land 25  Local suppliers 8  Chain members 194" in out


def test_show_without_a_name_takes_the_only_shipped_pack(run):
    shipped = [path for path in SHIPPED.parent.iterdir() if (path / "datapackage.yaml").is_file()]
    if len(shipped) == 1:
        assert run("show")[1] == run("show", "nanan")[1]
    else:
        assert run("show")[0] == 2


@pytest.mark.parametrize(
    "table", ["indicators", "projects", "enterprises", "land", "suppliers", "chain_members", *MORE]
)
def test_show_as_csv_is_the_table_of_the_pack(run, table):
    code, out, _ = run("show", "nanan", "--table", table, "--format", "csv")
    assert code == 0
    assert out == (SHIPPED / f"{table}.csv").read_text()


@pytest.mark.parametrize("table", ["projects", "enterprises", "land", "suppliers", "chain_members", *MORE])
def test_show_as_text_has_a_line_for_each_row(run, table):
    rows = list(csv.DictReader(io.StringIO((SHIPPED / f"{table}.csv").read_text())))
    code, out, _ = run("show", "nanan", "--table", table)
    lines = [line for line in out.splitlines() if line.split()[-1:] and line.split()[-1].isdigit()]
    assert code == 0 and [line.split()[-1] for line in lines] == [row["line"] for row in rows]


def test_show_as_json_has_numbers_and_the_computed_growth(run):
    _, out, _ = run("show", SHIPPED, "--table", "indicators", "--format", "json")
    first = json.loads(out)["tables"]["indicators"][0]
    assert (first["base_value"], first["growth_stated_pct"], first["growth_computed_pct"]) == (817.6, 10.3, 10.3)


def test_a_broken_pack_is_told_fault_by_fault(run, tmp_path):
    run("read", DOCUMENT, "--out", tmp_path / "pack")
    (tmp_path / "pack" / "land.csv").unlink()
    (tmp_path / "pack" / "projects.csv").write_text("sector,name\n")
    code, out, err = run("show", tmp_path / "pack")
    assert (code, out) == (2, "")
    assert [line.split(":")[1].strip() for line in err.splitlines()] == ["projects.csv", "land.csv"]


def test_an_unknown_pack_names_those_there_are(run):
    code, _, err = run("show", "atlantis")
    assert (code, err) == (2, "zhizao: There is no pack “atlantis”. Name one of these, or a directory: nanan.\n")


@pytest.mark.parametrize(
    "arguments",
    [["show", "--table", "x"], ["show", "--lang", "xx"], ["read"], ["read", DOCUMENT, "--format", "csv"], ["nothing"]],
)
def test_wrong_arguments_are_one_line(run, arguments):
    code, out, err = run(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)


CHINESE = {"LC_ALL": "zh_CN.UTF-8"}


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another language than typer's own: every text of the catalogue stands between corner brackets."""
    monkeypatch.setenv("LC_ALL", CHINESE["LC_ALL"])
    for module in ("zhizao.cli", "zhizao.cli.typer_words", "zhizao.cli.plan"):
        monkeypatch.setattr(f"{module}._text", lambda text: f"「{text}」")


def test_help_says_typers_own_words_in_the_language_of_the_terminal(run, catalogue):
    code, out, _err = run("diff", "--help")
    assert code == 0
    for words in ("「Usage: 」zhizao plan diff 「[OPTIONS]」", "「Arguments」:", "「Options」:"):
        assert words in out
    for words in ("[「required」]", "[「default」: text]", "[「environment variable」: ZHIZAO_LANG]"):
        assert words in out
    assert "「Show this message and exit.」" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("read",), "「“FILE” is missing.」"),
        (("read", "x", "--nothing"), "「There is no option “--nothing”.」"),
        (("reed",), "「There is no command “reed”.」"),
        (("check", "x", "--format", "y"), "「“--format”: “y” is not one of 'text', 'json', 'html', 'sarif'.」"),
        (("read", "x", "--format", "csv"), "「“--format”: 「A reading is told as text or json.」」"),
    ],
)
def test_what_is_wrong_with_the_words_of_a_command_is_said_in_the_language_of_the_terminal(
    run, catalogue, arguments, said
):
    code, _out, err = run(*arguments)
    assert code == 2
    assert err.startswith(f"zhizao: {said} ")


def test_a_place_is_said_in_the_language_of_the_terminal(catalogue):
    problem = Problem("a", "Bad.", Place(file="a.csv", line=31, column="land_mu"))
    assert zhizao.cli._problem(problem) == ("「a.csv「, 」「line 31」「, 」「column land_mu」: 「Bad.」」")
