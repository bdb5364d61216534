"""The plan as data: reads a plan into the tables of a plan pack, checks it for contradictions, compares versions.

Reading has no model of one plan: tables are known by the words of their captions and headers, years come from headers,
and rows are found by the cheapest cut of the cells (``rows``), so that blank lines and broken cells do not matter. What
the running text says in figures becomes claims; the rules of the check (``rules``) are pure functions of these facts.

>>> from zhizao.engines.planlint import check, facts_of, read_document
>>> cells = "指标 单位 2025年 2030年 年均增长（%） 智能工厂 家 60 120 100".split()
>>> report = check(facts_of(read_document("".join(f"\\t{cell}\\n" for cell in cells).encode())))
>>> [finding.rule for finding in report.findings if finding.severity == "error"]
['growth.total_as_annual']
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhizao.kernel.late import late_names

if TYPE_CHECKING:
    from zhizao.engines.planlint.checking import Report, Rule, all_rules, check
    from zhizao.engines.planlint.facts import Facts, facts_of
    from zhizao.engines.planlint.finding import Finding, Mention, Number
    from zhizao.engines.planlint.pack import PlanPack, read_pack, write_pack
    from zhizao.engines.planlint.reading import Found, Reading, corrected, read_document
    from zhizao.engines.planlint.versions.changes import Diff
    from zhizao.engines.planlint.versions.diff import diff
    from zhizao.engines.planlint.versions.rollover import roll_over

__all__ = [
    "Diff",
    "Facts",
    "Finding",
    "Found",
    "Mention",
    "Number",
    "PlanPack",
    "Reading",
    "Report",
    "Rule",
    "all_rules",
    "check",
    "corrected",
    "diff",
    "facts_of",
    "read_document",
    "read_pack",
    "roll_over",
    "write_pack",
]

_HOMES = {
    "checking": ("Report", "Rule", "all_rules", "check"),
    "facts": ("Facts", "facts_of"),
    "finding": ("Finding", "Mention", "Number"),
    "pack": ("PlanPack", "read_pack", "write_pack"),
    "reading": ("Found", "Reading", "corrected", "read_document"),
    "versions.changes": ("Diff",),
    "versions.diff": ("diff",),
    "versions.rollover": ("roll_over",),
}
__getattr__ = late_names(__name__, {name: home for home, names in _HOMES.items() for name in names})
