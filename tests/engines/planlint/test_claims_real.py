"""Claims of the real plan against labels made by hand (chapters 1 and 2, goals and sites of chapter 4)."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from tests.engines.planlint.evaluation import real_plan

from zhizao.kernel.result import Severity

PLAN = Path(__file__).resolve().parents[4] / "shared/plan/nanan-plan.txt"
LABELS = Path(__file__).with_name("real_claims.csv")
COLUMNS = ("line", "subject", "indicator", "value", "unit", "span", "kind")
LABELLED = ((42, 271), (578, 584), (654, 660), (747, 754), (837, 843))
"""The lines that the labels cover."""


@pytest.fixture(scope="module")
def reading():
    if not PLAN.is_file():
        pytest.skip("the real plan is not part of the project")
    return real_plan.reading()


def _key(claim):
    value = f"{claim['value']:f}"
    return tuple(value if name == "value" else str(claim[name] or "") for name in COLUMNS)


def test_nineteen_of_twenty_figures_are_read_as_labelled_by_hand(reading):
    with LABELS.open(encoding="utf-8", newline="") as stream:
        labels = Counter(tuple(row[name] for name in COLUMNS) for row in csv.DictReader(stream))
    inside = [claim for claim in reading.rows["claims"] if any(a <= claim["line"] <= b for a, b in LABELLED)]
    found = Counter(_key(claim) for claim in inside)
    missed, invented = labels - found, found - labels
    assert labels.total() == 165
    assert missed.total() <= 0.05 * labels.total(), missed
    assert invented.total() <= 0.05 * labels.total(), invented


def test_every_claim_stands_where_it_says(reading):
    for claim in reading.rows["claims"]:
        line = reading.document.lines[claim["line"] - 1]
        assert line[claim["start"] : claim["end"]] == claim["printed"]
        assert claim["printed"] in claim["quote"]


def test_ids_are_unique(reading):
    ids = Counter(claim["id"] for claim in reading.rows["claims"])
    assert not [name for name, count in ids.items() if count > 1]


def test_the_list_with_more_figures_than_names_keeps_them_all_and_pairs_none(reading):
    (length,) = {
        (claim["list_names"], claim["list_values"], claim["subject"], str(claim["confidence"]))
        for claim in reading.rows["claims"]
        if claim["list_names"] != claim["list_values"]
    }
    assert length == (7, 8, None, "0.5")
    assert sum(claim["list_names"] == 7 for claim in reading.rows["claims"]) == 8


def test_figures_that_are_no_claims_are_told(reading):
    told = [problem for problem in reading.problems if problem.code == "planlint.figure_unplaced"]
    assert {problem.severity for problem in told} == {Severity.INFO}
    assert [problem.place.line for problem in told][:4] == [31, 50, 68, 167]
