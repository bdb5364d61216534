"""Dated rules as data: three-valued answers, what decided them, what is missing, and what would change them.

Examples
--------
>>> import datetime as dt
>>> from decimal import Decimal
>>> import polars as pl
>>> from zhizao.kernel.rules import check_cases, evaluate, explain, smallest_change
>>> source = '''
... id: example
... title: {en: Enough research}
... source: {document_no: "1", title: Example}
... effective_from: 2024-01-01
... parameters: {least_pct: {unit: "%", values: {2024-01-01: 3, 2025-01-01: 3.5}}}
... facts: {rd_ratio_pct: {kind: decimal, unit: "%"}}
... conditions: [{id: enough, expr: rd_ratio_pct >= least_pct}]
... cases: [{as_of: 2024-06-01, facts: {rd_ratio_pct: 3}, status: yes}]
... '''
>>> book = Rulebook.load([source.encode()])
>>> check_cases(book)
[]
>>> rule = book.rule("example", as_of=dt.date(2025, 6, 1))
>>> answer = explain(rule, {"rd_ratio_pct": Decimal(3)})
>>> answer.status, answer.deciding
('no', ('enough',))
>>> smallest_change(rule, {"rd_ratio_pct": Decimal(3)})[0].delta
Decimal('0.5')
>>> explain(rule, {}).missing
('rd_ratio_pct',)
>>> evaluate(rule, pl.DataFrame({"rd_ratio_pct": [3.5, None]}))["status"].to_list()
['yes', 'unknown']
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhizao.kernel.late import late_names
from zhizao.kernel.rules.book import Rulebook
from zhizao.kernel.rules.model import BoundRule, Case, Condition, Fact, Parameter, Rule, Source

if TYPE_CHECKING:
    from zhizao.kernel.rules.cases import check_cases
    from zhizao.kernel.rules.evaluating import Explanation, Trace, evaluate, explain
    from zhizao.kernel.rules.flip import Change, smallest_change, smallest_changes

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

_HOMES = {  # which bring Polars
    "cases": ("check_cases",),
    "evaluating": ("Explanation", "Trace", "evaluate", "explain"),
    "flip": ("Change", "smallest_change", "smallest_changes"),
}
__getattr__ = late_names(__name__, {name: home for home, names in _HOMES.items() for name in names})
