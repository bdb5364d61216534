"""Three plans of invented places, written before the rules were looked at, with one fault at a time put into them.

``unknown_hands.csv`` has every fault that was tried, those that no rule finds too (without a rule). At first sight 50
of 82, 37 of 82 and 45 of 80 were found (``docs/explanation/plan-check-evaluation.md``); the rules were then mended on
each plan. Two faults a rule and plan are tried here, so that the test stays short.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from zhizao.engines.planlint import facts_of, read_document
from zhizao.engines.planlint.checking import all_rules, check
from zhizao.kernel.result import Severity

HERE = Path(__file__).parent
PLANS = ("yunze.md", "qingyu.html", "tongling.md")
TRIED = 2
with (HERE / "unknown_hands.csv").open(encoding="utf-8", newline="") as _file:
    FAULTS = list(csv.DictReader(_file))


def chosen() -> list[dict[str, str]]:
    """The faults that are tried: the first two of each plan and rule."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for fault in FAULTS:
        key = fault["plan"], fault["rule"]
        seen[key] += 1
        if fault["rule"] and seen[key] <= TRIED:
            found.append(fault)
    return found


def text_of(plan: str) -> str:
    return (HERE / plan).read_text(encoding="utf-8")


def rules_found(plan: str, text: str, *families: str) -> set[str]:
    rules = [one for one in all_rules() if not families or one.family in families]
    report = check(facts_of(read_document(text.encode(), file=plan)), rules=rules)
    return {one.rule for one in report.findings if one.severity is not Severity.INFO}


@pytest.mark.parametrize("plan", PLANS)
def test_the_clean_plan_is_left_alone(plan: str) -> None:
    assert rules_found(plan, text_of(plan)) == set()


def test_a_fault_has_one_place() -> None:
    assert {one["fault"] for one in FAULTS if text_of(one["plan"]).count(one["right"]) != 1} == set()


@pytest.mark.parametrize("fault", chosen(), ids=lambda one: f"{one['plan']}: {one['fault']}")
def test_one_fault_is_found(fault: dict[str, str]) -> None:
    text = text_of(fault["plan"]).replace(fault["right"], fault["wrong"])
    assert fault["rule"] in rules_found(fault["plan"], text, fault["rule"].partition(".")[0])
