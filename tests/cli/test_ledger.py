"""``zhizao ledger``: figures in and out; one clear line with exit code 2 for what is wrong."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from tests.apps.ledger.conftest import csv
from tests.cli.conftest import Command


@pytest.fixture
def run(command: Command) -> Command:
    return partial(command, "ledger")


@pytest.fixture
def firm(db):
    from tests.factories import make_area

    from zhizao.base.facts import services

    return services.subject(kind="enterprise", id_part="a", area=make_area(code="990101"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "figures.csv"
    path.write_bytes(csv("enterprise:a,gross_output,2025-05,1.5,万元,normal,2025-06-08"))
    return path


def test_figures_go_in_once_and_come_out_as_they_were(run, firm, file, tmp_path):
    assert json.loads(run("import", file, "--format", "json")[1]) == {"rows": 1, "added": 1, "warnings": 0}
    assert json.loads(run("import", file, "--format", "json")[1])["added"] == 0
    out = tmp_path / "out.csv"
    code, said, _err = run("export", out, "--as-of", "2025-06-08", "--within", "2025")
    assert (code, said.split()[0]) == (0, "1")
    assert "enterprise:a,gross_output,2025-05,enterprise,current,1.5,万元" in out.read_text("utf-8-sig")
    before = out.read_bytes()
    file.write_bytes(csv("enterprise:a,gross_output,2025-05,2,万元,normal,2025-07-08"))
    run("import", file)
    run("export", out, "--as-of", "2025-06-08", "--within", "2025")
    assert out.read_bytes() == before


def test_a_bad_row_is_one_line_and_exit_code_2(run, firm, file):
    file.write_bytes(csv("enterprise:x,gross_output,2025-05,1.5,万元,normal,2025-06-08"))
    code, _out, err = run("import", file)
    assert code == 2
    assert err.startswith("zhizao: figures.csv, row 2, column subject") and err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "none.csv"),
        ("export", "out.txt"),
        ("export", "out.csv", "--as-of", "soon"),
        ("export", "out.csv", "--within", "soon"),
    ],
)
def test_bad_arguments_are_one_line_and_exit_code_2(run, arguments):
    code, _out, err = run(*arguments)
    assert code == 2 and err.startswith("zhizao: ")


def test_the_template_has_the_columns_and_needs_no_database(run, tmp_path):
    out = tmp_path / "template.csv"
    assert run("template", out)[0] == 0
    assert out.read_text("utf-8-sig").startswith("subject,indicator,span,scope,price_basis,value,unit,status,source")
