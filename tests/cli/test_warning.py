"""``zhizao warning``: alarms to a file, their score, and bad input in one line with exit code 2."""

from __future__ import annotations

import csv
import shutil
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from zhizao.kernel.span import Span

SHIPPED = Path(str(files("zhizao"))) / "packs" / "china" / "warning"
FALLEN = "enterprise:f07"


@pytest.fixture
def panel(tmp_path: Path) -> Path:
    """Forty enterprises over five years; one loses six tenths of everything in the last month."""
    noise = np.random.default_rng(3).normal(0, 0.1, (40, 60))
    noise[7, -1] += np.log(0.4)
    rows = ["subject,indicator,span,value"]
    for firm, path in enumerate(np.exp(5 + noise)):
        for month, value in enumerate(path):
            span = Span(2020 * 12 + month, 1)
            parts = {"gross_output": value, "electricity": value / 400, "operating_revenue": value}
            parts["profit_total"] = 0.2 * value - 15
            rows += [f"enterprise:f{firm:02},{name},{span},{one:.4f}" for name, one in parts.items()]
    path = tmp_path / "panel.csv"
    path.write_text("\n".join([*rows, ""]))
    return path


def test_a_fall_is_called_in_its_month_and_the_same_figures_give_the_same_bytes(command, panel, tmp_path):
    out, again, why = (tmp_path / name for name in ("out.csv", "again.csv", "why.csv"))
    code, _, err = command("warning", "run", panel, "--out", out, "--why", why)
    assert code == 0
    assert "orders_new, employees, receivables" in err
    assert command("warning", "run", panel, "--out", again, "--rules", SHIPPED)[0] == 0
    assert out.read_bytes() == again.read_bytes()
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert list(rows[0]) == ["subject", "month", "rule", "score", "severity"]
    last = [row for row in rows if row["month"] == "2024-12"]
    assert [last[0][name] for name in ("subject", "rule", "severity")] == [FALLEN, "warning.distress", "serious"]
    arithmetic = [row for row in csv.DictReader(why.read_text().splitlines()) if row["month"] == "2024-12"]
    output = next(row for row in arithmetic if row["measure"] == "output")
    assert float(output["off"]) == pytest.approx(float(output["value"]) - float(output["expected"]), abs=1e-5)
    assert float(output["z"]) == pytest.approx(float(output["off"]) / float(output["scale"]), abs=1e-3)


def test_alarms_are_scored_against_what_happened(command, panel, tmp_path):
    out, truth = tmp_path / "out.csv", tmp_path / "truth.csv"
    command("warning", "run", panel, "--out", out)
    truth.write_text(f"subject,span\n{FALLEN},2024-12\n")
    code, printed, err = command("warning", "score", out, "--truth", truth, "--panel", panel, "--since", "2024-12")
    assert (code, err) == (0, "")
    rows = {row["rule"]: row for row in csv.DictReader(printed.splitlines())}
    assert rows["warning.distress"]["recall"] == "1.0000"
    assert rows["*"]["lead_months"] == "0.0000"
    false = int(rows["*"]["alarms"]) - 1  # of forty enterprise-months
    assert float(rows["*"]["false_per_1000"]) == 1000 * false / 40


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("value", "amount", 1), "Column value is missing."),
        (
            lambda text: text + "enterprise:f01,gross_output,2024-13,5\n",
            "row 9602, column span: “2024-13” is no period.",
        ),
        (lambda text: text + "enterprise:f01,gross_output,2025-01,lots\n", "“lots” is no finite number."),
        (lambda text: text + "enterprise:f01,gross_output,2024-12,5\n", "is given twice"),
        (lambda text: text + ",gross_output,2024-12,5\n", "names no enterprise"),
        (lambda text: text.splitlines()[0] + "\n", "There is no figure in the table."),
        (
            lambda text: "subject,indicator,span,value\nenterprise:f01,weather,2024-12,5\n",
            "None of the indicators is watched.",
        ),
        (
            lambda text: (
                "subject,indicator,span,value,unit\nenterprise:f01,gross_output,2024-11,5,万元\n"
                "enterprise:f01,gross_output,2024-12,5,亿元\n"
            ),
            "column unit: “gross_output” has several units: 万元, 亿元.",
        ),
    ],
)
def test_a_wrong_panel_is_refused_with_its_place_and_nothing_is_written(command, panel, tmp_path, change, said):
    panel.write_text(change(panel.read_text()))
    out = tmp_path / "out.csv"
    code, _, err = command("warning", "run", panel, "--out", out)
    assert code == 2
    assert said in err
    assert not out.exists()


def _wrong_fact(folder: Path) -> None:
    rule = folder / "distress.yaml"
    rule.write_text(rule.read_text().replace("distress_score", "gross_outptu_yoy_pct"))


def _wrong_measure(folder: Path) -> None:
    file = folder / "measures.yaml"
    file.write_text(file.read_text().replace("as: share", "as: shape"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_wrong_fact, "The rule “warning.distress” asks for “gross_outptu_yoy_pct”, which is not watched."),
        (_wrong_measure, "The setting “measures.margin.as” is missing or has a value it cannot have."),
        (lambda folder: (folder / "measures.yaml").unlink(), "There is no “measures.yaml” in the folder."),
        (lambda folder: [one.unlink() for one in folder.glob("[dest]*.yaml")], "There is no rule in the folder."),
    ],
)
def test_a_wrong_folder_of_rules_is_refused(command, panel, tmp_path, change, said):
    folder = tmp_path / "rules"
    shutil.copytree(SHIPPED, folder)
    change(folder)
    out = tmp_path / "out.csv"
    code, _, err = command("warning", "run", panel, "--rules", folder, "--out", out)
    assert code == 2
    assert said in err
    assert not out.exists()


def test_a_rule_of_a_falling_year_can_be_written_as_data(command, panel, tmp_path):
    folder = tmp_path / "rules"
    shutil.copytree(SHIPPED, folder)
    for one in folder.glob("[dest]*.yaml"):
        one.unlink()
    (folder / "fall.yaml").write_text(
        "id: fall\ntitle: {en: Fall}\nsource: {document_no: '1', title: x}\neffective_from: 2000-01-01\n"
        "facts: {gross_output_yoy_pct: {kind: decimal, unit: '%'}}\n"
        "conditions: [{id: called, expr: gross_output_yoy_pct <= 0 - 40}]\n"
    )
    out = tmp_path / "out.csv"
    assert command("warning", "run", panel, "--rules", folder, "--out", out)[0] == 0
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [(row["subject"], row["month"]) for row in rows if row["month"] == "2024-12"] == [(FALLEN, "2024-12")]


@pytest.mark.parametrize("wrong", ["nowhere/why.csv", "a_folder", "panel.csv", "out.csv"])
def test_alarms_and_their_arithmetic_are_written_both_or_neither_and_nothing_over_the_figures(
    command, panel, tmp_path, wrong
):
    (tmp_path / "a_folder").mkdir()
    before, out = panel.read_bytes(), tmp_path / "out.csv"
    code, printed, err = command("warning", "run", panel, "--out", out, "--why", tmp_path / wrong)
    assert (code, printed) == (2, "")
    assert Path(wrong).name in err.splitlines()[-1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a_folder", "panel.csv"]
    assert panel.read_bytes() == before


def test_a_truth_of_other_enterprises_is_pointed_out(command, panel, tmp_path):
    out, truth = tmp_path / "out.csv", tmp_path / "truth.csv"
    command("warning", "run", panel, "--out", out)
    truth.write_text("subject,span\nenterprise:other,2024-12\n")
    code, printed, err = command("warning", "score", out, "--truth", truth, "--panel", panel)
    assert code == 0
    assert "Nothing of the truth is about an enterprise of the alarms or the panel." in err
    assert next(csv.DictReader(printed.splitlines()))["recall"] == "0.0000"
