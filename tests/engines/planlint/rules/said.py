"""Facts by hand: rows of the table of targets and claims of the text, as a reading would give them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding
from zhizao.engines.planlint.schema import Record

META = {"period": {"start": 2026, "end": 2030}, "base_year": 2025, "region": {"name": "云岭市青禾县"}}


def target(name, base, goal, unit="亿元", *, line=10, growth=None, years=(2025, 2030), bound="eq") -> Record:
    """A row of the table of targets."""
    return {
        "id": f"ind-{name}",
        "name": name,
        "unit": unit,
        "base_year": years[0],
        "base_value": None if base is None else Decimal(base),
        "target_year": years[1],
        "target_value": None if goal is None else Decimal(goal),
        "growth_stated_pct": None if growth is None else Decimal(growth),
        "bound": bound,
        "line": line,
    }


def claim(indicator, value, unit="亿元", *, span="2030", kind="target", line=50, subject="", **more) -> Record:
    """A figure of the text."""
    record = {
        "id": f"claim-{line}-{indicator}-{value}",
        "subject": subject,
        "indicator": indicator,
        "value": Decimal(value),
        "unit": unit,
        "span": span,
        "kind": kind,
        "bound": "eq",
        "section": "第一章",
        "quote": f"{subject}{indicator}{value}{unit}",
        "line": line,
        "confidence": Decimal(1),
    }
    return record | more


def facts(targets: Iterable[Record] = (), claims: Iterable[Record] = (), *, parents=(), meta=META) -> Facts:
    """The facts of a plan with these rows."""
    return Facts({"indicators": list(targets), "claims": list(claims)}, meta, parents=tuple(parents))


def found(rules: Iterable[Rule], name: str, known: Facts) -> list[Finding]:
    """What one rule finds."""
    rule = next(rule for rule in rules if rule.id == name)
    return list(rule.find(known))
