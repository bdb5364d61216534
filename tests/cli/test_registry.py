"""``zhizao registry``: a register in and out, names resolved; one clear line with exit code 2 for what is wrong."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from tests.cli.conftest import Command

REGISTER = "企业名称,统一社会信用代码,梯队\n乙丙门业有限公司,,骨干\n乙丙印务有限公司,,成长型\n"


@pytest.fixture
def run(command: Command) -> Command:
    return partial(command, "registry")


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "register.csv"
    path.write_text(REGISTER, encoding="utf-8")
    return path


@pytest.fixture
def names(tmp_path: Path) -> Path:
    path = tmp_path / "names.txt"
    path.write_text("乙丙门叶\n", encoding="utf-8")
    return path


def test_names_are_resolved_against_a_file_without_a_database(run, register, names):
    code, out, _err = run("resolve", names, "--register", register, "--format", "json")
    (found,) = json.loads(out)
    assert (code, found["decision"], found["name"]) == (0, "match", "乙丙门业有限公司")
    names.write_text("乙丙\n", encoding="utf-8")
    assert run("resolve", names, "--register", register)[0] == 1


def test_template_is_written(run, tmp_path):
    assert run("template", tmp_path / "t.xlsx")[0] == 0
    assert (tmp_path / "t.xlsx").read_bytes()[:2] == b"PK"


@pytest.mark.django_db
def test_register_goes_in_and_out_and_in_again(run, register, tmp_path):
    from tests.factories import make_area

    make_area()
    code, out, _err = run("import", register, "--valid-from", "2024-01-01", "--format", "json")
    assert (code, json.loads(out)["entered"]) == (0, 2)
    for name in ("out.xlsx", "out.csv"):
        assert run("export", tmp_path / name)[0] == 0
        code, out, _err = run("import", tmp_path / name, "--format", "json")
        assert (code, json.loads(out)["facts"]) == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "missing.csv"),
        ("import", "REGISTER", "--valid-from", "2024-13-01"),
        ("import", "REGISTER", "--area", "nowhere"),
        ("import", "REGISTER"),  # there is no area at all
        ("export", "out.xlsx", "--as-of", "soon"),
        ("resolve", "missing.txt", "--register", "REGISTER"),
    ],
)
def test_what_is_wrong_is_one_line_with_exit_code_2(run, register, arguments):
    code, out, err = run(*(register if word == "REGISTER" else word for word in arguments))
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1


@pytest.mark.django_db
def test_bad_register_is_refused_with_row_and_column(run, tmp_path):
    from tests.factories import make_area

    make_area()
    path = tmp_path / "bad.csv"
    path.write_text("企业名称,统一社会信用代码\n乙丙门业有限公司,9.15E+17\n", encoding="utf-8")
    code, _out, err = run("import", path)
    assert code == 2
    assert "row 2" in err
    assert "credit_code" in err


@pytest.mark.django_db
def test_links_go_in_and_out_and_in_again(run, register, tmp_path):
    from tests.factories import make_area

    make_area()
    run("import", register, "--valid-from", "2024-01-01")
    links = tmp_path / "links.csv"
    links.write_text(
        "供应商,采购方,年金额（万元）,起始日期\n乙丙印务有限公司,乙丙门业有限公司,12.5,2024-01-01\n", encoding="utf-8"
    )
    code, out, _err = run("import-links", links, "--format", "json")
    assert (code, json.loads(out)) == (0, {"rows": 1, "facts": 1})
    for name in ("out.xlsx", "out.csv"):
        assert run("export-links", tmp_path / name)[0] == 0
        code, out, _err = run("import-links", tmp_path / name, "--format", "json")
        assert (code, json.loads(out)) == (0, {"rows": 1, "facts": 0})
    links.write_text("供应商,采购方,起始日期\n谁,区外,2024-01-01\n", encoding="utf-8")
    code, _out, err = run("import-links", links)
    assert code == 2
    assert "supplier" in err
    assert run("template", "--links", tmp_path / "t.xlsx")[0] == 0
