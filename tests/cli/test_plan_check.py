"""``zhizao plan check``: findings with their arithmetic, in four forms; exit codes say whether there are any."""

from __future__ import annotations

import json

import pytest

from zhizao import cli

CELLS = ("指标", "单位", "2025年", "2030年", "年均增长（%）", "规模以上工业总产值", "亿元", "100", "161.1", "10")
CLEAN = "表1 指标\n" + "".join(f"\t{cell}\n" for cell in CELLS)
WRONG = CLEAN.replace("\t10\n", "\t61.1\n")
"""The growth of five years stated as a year's: 161.1 ÷ 100 − 1 = 61.1 %, ten per cent a year."""


@pytest.fixture
def run(capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")

    def run_check(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as leaving:
            cli.main(["plan", "check", *map(str, arguments)])
        out, err = capsys.readouterr()
        return leaving.value.code or 0, out, err

    return run_check


@pytest.fixture
def wrong(tmp_path):
    path = tmp_path / "plan.txt"
    path.write_text(WRONG)
    return path


def test_json_lists_each_finding_with_numbers_and_places(run, wrong):
    code, out, _ = run(wrong, "--format", "json")
    (finding,) = [one for one in json.loads(out) if one["severity"] == "error"]
    assert code == 1
    assert set(finding) == {"id", "rule", "severity", "message", "numbers", "places", "suggestion"}
    assert finding["rule"].startswith("growth.")
    assert {61.1, 10} <= {round(number["value"], 1) for number in finding["numbers"] if number["value"] is not None}
    assert finding["places"][0]["line"] == 7
    assert finding["suggestion"]


def test_a_plan_without_error_or_warning_leaves_with_0(run, tmp_path):
    path = tmp_path / "plan.txt"
    path.write_text(CLEAN)
    code, out, _ = run(path, "--format", "json")
    assert [one for one in json.loads(out) if one["severity"] != "info"] == []
    assert code == 0


def test_the_same_finding_has_the_same_id_when_lines_move(run, wrong, tmp_path):
    moved = tmp_path / "moved.txt"
    moved.write_text("前言\n\n本规划由县经济信息委编制。\n\n" + WRONG)

    def ids(path):
        return {one["id"] for one in json.loads(run(path, "--format", "json")[1]) if one["severity"] == "error"}

    assert ids(wrong) == ids(moved) != set()


def test_sarif_names_rule_place_and_fingerprint(run, wrong):
    code, out, _ = run(wrong, "--format", "sarif")
    log = json.loads(out)
    (one,) = log["runs"]
    (result,) = [result for result in one["results"] if result["level"] == "error"]
    known = {rule["id"] for rule in one["tool"]["driver"]["rules"]}
    assert code == 1
    assert log["version"] == "2.1.0"
    assert result["ruleId"] in known
    location = result["locations"][0]["physicalLocation"]
    assert (location["artifactLocation"]["uri"], location["region"]["startLine"]) == ("plan.txt", 7)
    assert result["partialFingerprints"]["zhizao/v1"].startswith(result["ruleId"])


def test_html_is_one_page_that_loads_nothing_and_escapes_the_plan(run, tmp_path):
    path = tmp_path / "plan.txt"
    path.write_text(WRONG.replace("规模以上工业总产值", "规模以上<script>工业总产值"))
    code, out, _ = run(path, "--format", "html")
    assert code == 1
    assert out.startswith("<!doctype html>")
    assert "<script" not in out and "src=" not in out and "href=" not in out
    assert "61.1" in out


def test_a_pack_is_checked_without_its_document_and_says_what_was_not_run(run, wrong, tmp_path, capsys):
    with pytest.raises(SystemExit):
        cli.main(["plan", "read", str(wrong), "--out", str(tmp_path / "pack")])
    capsys.readouterr()
    code, out, err = run(tmp_path / "pack", "--format", "json")
    assert code == 1
    assert [one["rule"] for one in json.loads(out) if one["severity"] == "error"]
    titles = [line for line in err.splitlines() if line.startswith("zhizao: not run: “")]
    assert titles and all("needs the document" in line or "needs a parent plan" in line for line in titles)
    assert "references." not in err  # a rule is told by what it finds, not by its code
    assert "Rules that could not be run:" in run(tmp_path / "pack")[1]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4 nothing", "今天天气很好。".encode()])
def test_what_is_no_plan_is_one_line_and_code_2(run, tmp_path, content):
    path = tmp_path / "plan.txt"
    path.write_bytes(content)
    code, out, err = run(path)
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_an_unknown_name_says_which_packs_there_are(run):
    code, _, err = run("nowhere")
    assert code == 2
    assert "nanan" in err
