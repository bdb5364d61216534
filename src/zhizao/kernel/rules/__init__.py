"""Dated rules as data: three-valued answers, what decided them, what is missing, and what would change them."""

from __future__ import annotations

from zhizao.kernel.rules.book import Rulebook
from zhizao.kernel.rules.cases import check_cases
from zhizao.kernel.rules.evaluate import Explanation, Trace, evaluate, explain
from zhizao.kernel.rules.flip import Change, smallest_change, smallest_changes
from zhizao.kernel.rules.model import BoundRule, Case, Condition, Fact, Parameter, Rule, Source

__all__ = [
    "BoundRule",
    "Case",
    "Change",
    "Condition",
    "Explanation",
    "Fact",
    "Parameter",
    "Rule",
    "Rulebook",
    "Source",
    "Trace",
    "check_cases",
    "evaluate",
    "explain",
    "smallest_change",
    "smallest_changes",
]
