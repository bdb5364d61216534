"""``zhizao chain import|export|template``: chains in and out; one clear line with exit code 2 for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import zhizao.cli

NODES = "产业链,环节,阶段\n机器人,减速器,上游\n机器人,整机,下游\n"
MEMBERS = "产业链,环节,名称,可信度\n机器人,减速器,丙丁弹簧,高\n"
EDGES = "产业链,供方环节,需方环节\n机器人,减速器,整机\n"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.delenv("ZHIZAO_LANG", raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            zhizao.cli.main(["chain", *map(str, arguments)])
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return call


def file(folder: Path, text: str) -> Path:
    path = folder / "in.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("what", ["nodes", "members", "edges"])
def test_the_template_needs_no_database(run, tmp_path, what):
    assert run("template", tmp_path / "t.xlsx", "--what", what)[0] == 0
    assert (tmp_path / "t.xlsx").stat().st_size > 1000


@pytest.mark.django_db
def test_chains_go_in_and_out_and_in_again(run, tmp_path):
    from tests.factories import make_area

    make_area()
    for what, text in (("nodes", NODES), ("members", MEMBERS), ("edges", EDGES)):
        code, out, _err = run(
            "import", file(tmp_path, text), "--what", what, "--valid-from", "2024-01-01", "--format", "json"
        )
        assert (code, json.loads(out)["facts"] > 0) == (0, True)
        for name in ("out.xlsx", "out.csv"):
            assert run("export", tmp_path / name, "--what", what)[0] == 0
            code, out, _err = run("import", tmp_path / name, "--what", what, "--format", "json")
            assert (code, json.loads(out)["facts"]) == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "missing.csv", "--what", "nodes"),
        ("import", "FILE", "--what", "nodes", "--valid-from", "2024-13-01"),
        ("import", "FILE", "--what", "nodes", "--area", "nowhere"),
        ("import", "FILE", "--what", "others"),
        ("import", "FILE"),
        ("export", "out.csv", "--what", "nodes", "--as-of", "soon"),
    ],
)
def test_what_is_wrong_is_one_line_with_exit_code_2(run, tmp_path, arguments):
    path = file(tmp_path, NODES)
    code, out, err = run(*(path if word == "FILE" else word for word in arguments))
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1


@pytest.mark.django_db
def test_a_bad_file_is_refused_with_row_and_column(run, tmp_path):
    from tests.factories import make_area

    make_area()
    code, _out, err = run("import", file(tmp_path, MEMBERS), "--what", "members")
    assert code == 2
    assert "row 2" in err and "column chain" in err
