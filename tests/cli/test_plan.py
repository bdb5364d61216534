"""``zhizao plan``: what is printed and written, and one clear line with exit code 2 for everything that is wrong."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

import zhizao.cli

DOCUMENT = Path(__file__).parents[1] / "engines" / "planlint" / "qinghe.txt"
SHIPPED = Path(str(files("zhizao") / "packs" / "nanan"))


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.delenv("ZHIZAO_LANG", raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            zhizao.cli.main(["plan", *map(str, arguments)])
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return call


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
    assert report["rows"] == {
        "indicators": 8,
        "projects": 4,
        "enterprises": 12,
        "land": 3,
        "suppliers": 2,
        "chain_members": 8,
    }
    assert [(problem["severity"], problem["line"]) for problem in report["problems"]] == [
        ("info", 156),
        ("info", 178),
        ("info", 240),
    ]


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


@pytest.mark.parametrize("table", ["indicators", "projects", "enterprises", "land", "suppliers", "chain_members"])
def test_show_as_csv_is_the_table_of_the_pack(run, table):
    code, out, _ = run("show", "nanan", "--table", table, "--format", "csv")
    assert code == 0
    assert out == (SHIPPED / f"{table}.csv").read_text()


@pytest.mark.parametrize("table", ["projects", "enterprises", "land", "suppliers", "chain_members"])
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
