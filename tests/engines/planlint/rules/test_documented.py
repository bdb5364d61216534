"""Every rule is documented in both languages, and its function says formula, tolerance and examples."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zhizao.engines.planlint.checking import all_rules

DOCS = Path(__file__).parents[4] / "docs" / "explanation"


@pytest.mark.parametrize("page", ["plan-check.md", "plan-check.zh.md"])
def test_the_page_names_every_rule_and_no_other(page: str) -> None:
    named = re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", (DOCS / page).read_text(), re.MULTILINE)
    assert sorted(named) == sorted(rule.id for rule in all_rules())


def test_ids_of_rules_are_unique_and_every_function_has_its_own_words() -> None:
    ids = [rule.id for rule in all_rules()]
    assert len(ids) == len(set(ids))
    for rule in all_rules():
        words = rule.find.__doc__ or ""
        assert len(words) > 100, rule.id
        assert re.search(r"[Ff]inding|[Ff]ound|None:", words), rule.id
