"""A sentence that divides the library by sectors: 化工3个、95亿元，家电2个、46亿元, against the library's rows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import TEXT, Facts
from zhizao.engines.planlint.finding import Finding, Severity
from zhizao.engines.planlint.rules._common import claim_mention, computed, decimal, integer, plain, printed, text
from zhizao.engines.planlint.rules._library import Group, groups, in_wan_yuan
from zhizao.engines.planlint.rules._projects import UNIT
from zhizao.engines.planlint.text.concept_words import SECTOR_TAIL
from zhizao.kernel import names
from zhizao.kernel.result import mark

_COUNTED: Final = ("个", "项")
_TAIL: Final = re.compile("(?:类|领域|方面)?(?:重点|重大)?(?:项目)?$")
_FEWEST: Final = 2
"""Sectors that a line must name to be a division of the library."""


def find_by_sector(facts: Facts) -> Iterator[Finding]:
    """The number or the investment of a sector's projects in the text is not that of the library's rows.

    Condition: a line that speaks of projects and names at least two sectors of the library with figures. Formula:
    number = rows of the sector; amount = Σ of their totals, or of what is invested before, within or after the period;
    the number of all projects on that line = all rows. Tolerance: rounding and bounds of the text, rounding of the
    rows. An error where the line names every sector of the library, else a warning. A finding: 家电2个、64亿元 where
    the two rows have 28 and 18. None: a line that names one sector; a sector with a missing total.
    """
    every = groups(facts)
    sectors = {_core(group.name): group for group in every if group.name}
    if facts.document is None or len(sectors) < _FEWEST:
        return
    by_line: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for row, record in enumerate(facts["claims"]):
        line, name = integer(record, "line"), _core(text(record, "subject") or text(record, "indicator"))
        if line is not None and name in sectors and not text(record, "of"):
            by_line[line].append((row, name))
    for line, rows in by_line.items():
        named = {name for _, name in rows}
        if len(named) < _FEWEST or "项目" not in facts.document.lines[line - 1]:
            continue
        severity = Severity.ERROR if len(named) == len(sectors) else Severity.WARNING
        for row, name in rows:
            yield from _compared(facts, row, sectors[name], severity)
        if severity is Severity.ERROR:
            yield from _whole(facts, line, every[0], sectors)


def _core(name: str) -> str:
    return SECTOR_TAIL.sub("", _TAIL.sub("", names.normalise(name)))


def _whole(facts: Facts, line: int, whole: Group, sectors: Collection[str]) -> Iterator[Finding]:
    """The number of all projects on a line that divides them all."""
    for row, record in enumerate(facts["claims"]):
        name = text(record, "indicator")
        if integer(record, "line") == line and "项目" in name and "以上" not in name and _core(name) not in sectors:
            yield from _compared(facts, row, whole, Severity.ERROR)


def _compared(facts: Facts, row: int, group: Group, severity: Severity) -> Iterator[Finding]:
    record = facts["claims"][row]
    value, unit = decimal(record, "value"), text(record, "unit")
    if value is None or text(record, "kind") == "growth":
        return
    name = group.name or text(record, "indicator")
    if unit in _COUNTED:
        if value != len(group.rows):
            yield Finding(
                "projects.by_sector",
                severity,
                mark("“%(name)s”: the text counts %(said)s projects, the library lists %(listed)s."),
                f"{name}/count",
                {"name": name, "said": plain(value), "listed": len(group.rows)},
                (
                    printed(mark("Number in the text"), value, unit),
                    computed(mark("Rows of the library"), Decimal(len(group.rows)), unit, by=f"{len(group.rows)}"),
                ),
                (claim_mention(facts, row), group.rows[0].place(facts)),
                mark("Correct the text or the library."),
            )
        return
    said = in_wan_yuan(facts, row) if unit.endswith(("元", "亿", "万")) else None
    if said is None or not group.is_known or group.span.meets(said[1]):
        return
    if any(part.meets(said[1]) for part in group.phases):
        return
    yield Finding(
        "projects.by_sector",
        severity,
        mark("“%(name)s”: the text gives its projects %(said)s ×10⁴ yuan, their rows add up to %(sum)s."),
        f"{name}/amount",
        {"name": name, "said": plain(said[0]), "sum": plain(group.total)},
        (
            printed(mark("Investment in the text"), said[0], UNIT),
            group.number,
            computed(mark("Difference"), said[0] - group.total, UNIT, by=f"{plain(said[0])}−{plain(group.total)}"),
        ),
        (claim_mention(facts, row), group.rows[0].place(facts)),
        mark("Correct the text or the library."),
    )


RULES: Final = (
    Rule("projects.by_sector", mark("Projects of a sector in the text"), ("projects", "claims", TEXT), find_by_sector),
)
