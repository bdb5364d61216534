"""A second plan, of another layout and other units: its planted contradictions are found in each kind of file."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.engines.planlint.second_plan import write

from zhizao.engines.planlint import read_document
from zhizao.engines.planlint.checking import Report, check
from zhizao.engines.planlint.facts import Facts, facts_of
from zhizao.kernel.result import Severity

ROWS = list(csv.DictReader(Path(__file__).with_name("faults.csv").read_text().splitlines()))
FAULTS = [(row["id"], frozenset(row["families"].split()), row["words"].split()) for row in ROWS]
"""Planted: families that may find it, and words that stand together where it is."""
KINDS = {"md": write.as_text, "docx": write.as_docx, "html": write.as_html, "pdf": write.as_pdf}


@pytest.fixture(scope="module", params=KINDS)
def checked(request) -> tuple[Facts, Report]:
    facts = facts_of(read_document(KINDS[request.param](), file=f"plan.{request.param}"))
    return facts, check(facts)


def lines_with(facts: Facts, words: list[str]) -> set[int]:
    """Lines that hold all the words; a row of a table may stand on several lines, so the row's lines count."""
    assert facts.document is not None
    lines = facts.document.lines
    found = {number for number, line in enumerate(lines, start=1) if all(word in line for word in words)}
    for rows in facts.rows.values():
        for row in rows:
            printed = [str(value) for value in row.values() if value is not None]
            if all(any(word in value for value in printed) for word in words):
                found.add(int(str(row["line"])))
    return found


def is_found(facts: Facts, report: Report, families: frozenset[str], words: list[str]) -> bool:
    lines = lines_with(facts, words)
    return any(one.family in families and any(place.line in lines for place in one.places) for one in report.findings)


def test_its_tables_are_read_whatever_the_kind_of_file(checked):
    facts, _ = checked
    counts = {name: len(facts.rows[name]) for name in ("indicators", "projects", "enterprises", "land")}
    assert counts == {"indicators": 14, "projects": 7, "enterprises": 16, "land": 7}


def test_nine_of_ten_planted_contradictions_are_found(checked):
    facts, report = checked
    missed = [name for name, families, words in FAULTS if not is_found(facts, report, families, words)]
    assert len(missed) <= len(FAULTS) // 10, missed


def test_no_error_is_invented_beside_them(checked):
    facts, report = checked
    lines = {line for _, _, words in FAULTS for line in lines_with(facts, words)}
    errors = [one for one in report.findings if one.severity is Severity.ERROR]
    assert [(one.rule, one.line, one.key) for one in errors if not {place.line for place in one.places} & lines] == []


def test_without_its_faults_the_plan_is_clean():
    text = write.SOURCE.read_text()
    for row in ROWS:
        assert row["wrong"] in text, row["id"]
        text = text.replace(row["wrong"], row["right"])
    report = check(facts_of(read_document(text.encode(), file="plan.md")))
    assert [(one.rule, one.line) for one in report.findings if one.severity is not Severity.INFO] == []
