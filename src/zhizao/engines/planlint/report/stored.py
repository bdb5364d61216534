"""A report as plain data and back, so that what a check said can be kept and read again without checking anew.

Templates and figures stay apart: a kept report is said in whatever language its reader has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from zhizao.engines.planlint.checking import NotRun, Report, Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Mention, Number, Severity

Plain = dict[str, Any]


def dump(report: Report) -> Plain:
    """The report in JSON's own types; decimals are text, as printed.

    >>> dump(Report(findings=(), ran=(Rule("sums.parts", "Parts", (), print),), not_run=()))["ran"]
    [{'id': 'sums.parts', 'title': 'Parts', 'needs': []}]
    """
    return {
        "findings": [_finding(one) for one in report.findings],
        "ran": [_rule(rule) for rule in report.ran],
        "not_run": [_rule(one.rule) | {"missing": list(one.missing)} for one in report.not_run],
    }


def load(data: Mapping[str, Any]) -> Report:
    """The report that ``dump`` wrote; its rules have their names, and find nothing any more."""
    return Report(
        findings=tuple(_to_finding(item) for item in data["findings"]),
        ran=tuple(_to_rule(item) for item in data["ran"]),
        not_run=tuple(NotRun(_to_rule(item), tuple(item["missing"])) for item in data["not_run"]),
    )


def _rule(rule: Rule) -> Plain:
    return {"id": rule.id, "title": rule.title, "needs": list(rule.needs)}


def _to_rule(item: Mapping[str, Any]) -> Rule:
    return Rule(item["id"], item["title"], tuple(item["needs"]), _nothing)


def _nothing(facts: Facts) -> Iterable[Finding]:
    return ()


def _finding(one: Finding) -> Plain:
    return {
        "id": one.id,
        "rule": one.rule,
        "severity": one.severity.value,
        "key": one.key,
        "message": one.message,
        "params": _params(one.params),
        "numbers": [_number(number) for number in one.numbers],
        "places": [
            {"line": place.line, "quote": place.quote, "table": place.table, "row": place.row} for place in one.places
        ],
        "suggestion": one.suggestion,
    }


def _to_finding(item: Mapping[str, Any]) -> Finding:
    return Finding(
        rule=item["rule"],
        severity=Severity(item["severity"]),
        message=item["message"],
        key=item["key"],
        params=item["params"],
        numbers=tuple(_to_number(number) for number in item["numbers"]),
        places=tuple(Mention(**place) for place in item["places"]),
        suggestion=item["suggestion"],
    )


def _number(number: Number) -> Plain:
    return {
        "label": number.label,
        "params": _params(number.params),
        "value": _text(number.value),
        "unit": number.unit,
        "expression": number.expression,
        "low": _text(number.low),
        "high": _text(number.high),
    }


def _to_number(item: Mapping[str, Any]) -> Number:
    low, high, value = (None if item[key] is None else Decimal(item[key]) for key in ("low", "high", "value"))
    return Number(item["label"], value, item["unit"], item["expression"], low, high, item["params"])


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _params(params: Mapping[str, object]) -> Plain:
    return {
        name: value if isinstance(value, str | int | bool | None) else _plain(value) for name, value in params.items()
    }


def _plain(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
