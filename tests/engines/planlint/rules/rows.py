"""Rows of tables for the tests of rules: what a test does not say stays unknown. Regions and firms are invented."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from zhizao.engines.planlint.document import load
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding

META = {"region": {"name": "青禾县"}, "period": {"start": 2021, "end": 2025}, "base_year": 2020}


def number(value: object) -> Decimal | None:
    """A figure with the digits that a test writes."""
    return None if value is None else Decimal(str(value))


def target(
    name: str, unit: str | None, base: object, target: object, growth: object = None, **more: Any
) -> dict[str, Any]:
    """A row of the table of targets, 2020 to 2025."""
    row = {
        "id": f"ind-{name}",
        "name": name,
        "unit": unit,
        "base_year": 2020,
        "base_value": number(base),
        "target_year": 2025,
        "target_value": number(target),
        "bound": "eq",
        "growth_stated_pct": number(growth),
        "nature": "预期性",
        "line": 10,
    }
    return row | more


def project(
    name: str, total: object, plan: object = None, *, start: str = "2021", finish: str = "2025", **more: Any
) -> dict[str, Any]:
    """A row of the library; all its money lies in the period unless the test says otherwise."""
    row = {
        "sector": "食品工业",
        "serial": None,
        "name": name,
        "owner": "青禾甲食品有限公司",
        "nature": "新开工",
        "total_wan_yuan": number(total),
        "before_wan_yuan": None,
        "plan_wan_yuan": number(total if plan is None else plan),
        "after_wan_yuan": None,
        "start": start,
        "finish": finish,
        "line": 20,
        "total_printed": None if total is None else str(total),
    }
    return row | more


def claim(indicator: str, value: object, unit: str, span: str, kind: str = "actual", **more: Any) -> dict[str, Any]:
    """A figure of the text."""
    row = {
        "id": f"claim-{indicator}-{value}",
        "subject": None,
        "indicator": indicator,
        "value": number(value),
        "unit": unit,
        "span": span,
        "kind": kind,
        "bound": "eq",
        "section": "第一章",
        "quote": f"{indicator}{value}{unit}",
        "line": 5,
        "start": 0,
        "confidence": Decimal(1),
    }
    return row | more


def facts(text: str | None = None, **tables: list[dict[str, Any]]) -> Facts:
    """Facts of a plan for 2021–2025; rows get lines of their own, so that places can be told apart."""
    document = None if text is None else load(text.encode())
    return Facts(rows=tables, meta=META, document=document)


def found(find: Callable[[Facts], Iterable[Finding]], known: Facts) -> list[tuple[str, str]]:
    """Severity and subject of what a rule finds."""
    return [(one.severity.value, one.key) for one in find(known)]


def said(find: Callable[[Facts], Iterable[Finding]], known: Facts) -> list[str]:
    """The messages of what a rule finds, with their figures."""
    return [one.message % one.params for one in find(known)]


def shown(one: Finding) -> list[tuple[str, str, str]]:
    """The arithmetic of a finding: value, unit and expression of each line."""
    return [("" if line.value is None else f"{line.value:f}", line.unit, line.expression) for line in one.numbers]
