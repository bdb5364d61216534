"""``zhizao plan check``: what contradicts what in a plan, with the arithmetic. No database is needed."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from zhizao import __version__
from zhizao.cli import _text, language
from zhizao.cli.common import Lang
from zhizao.cli.plan_common import opened

if TYPE_CHECKING:
    from zhizao.engines.planlint.checking import Report
    from zhizao.engines.planlint.finding import Finding
    from zhizao.engines.planlint.report.present import Heading, Presentation

SARIF: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}


class Form(StrEnum):
    """How the findings are written."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    SARIF = "sarif"


def check(
    plan: Annotated[
        str,
        typer.Argument(help=_text("A document, a pack's directory, or the name of a shipped pack."), metavar="PLAN"),
    ],
    output: Annotated[Form, typer.Option("--format", help=_text("text, json, html or sarif."))] = Form.TEXT,
    parent: Annotated[
        list[str] | None, typer.Option(help=_text("A plan above this one, to compare with; may be given again."))
    ] = None,
    lang: Lang = None,
) -> None:
    """Exit code 0: nothing found, or only notes; 1: errors or warnings."""
    from zhizao.engines.planlint.checking import check as run
    from zhizao.engines.planlint.facts import facts_of
    from zhizao.engines.planlint.finding import Severity
    from zhizao.engines.planlint.report.agreeing import agreed
    from zhizao.engines.planlint.report.present import Heading, present

    subject = opened(plan)
    facts = facts_of(subject, parents=[opened(name) for name in parent or ()])
    report = run(facts)
    shown = present(report, say=say, agreed=len(agreed(facts, report)))
    if output is Form.JSON:
        print(json.dumps([_plain(finding) for finding in report.findings], ensure_ascii=False, indent=2))
        _tell_not_run(shown)
    elif output is Form.SARIF:
        print(
            json.dumps(
                _sarif(report, shown, file=str(facts.meta.get("source_name") or plan)), ensure_ascii=False, indent=2
            )
        )
    else:
        heading = Heading(str(facts.meta.get("title") or plan), f"ZhiZao {__version__}", "", source=plan)
        _print(shown, heading, output)
    if any(finding.severity is not Severity.INFO for finding in report.findings):
        raise typer.Exit(1)


def say(template: str, params: Mapping[str, object]) -> str:
    """A template of the catalogue in the language of the terminal, with its figures."""
    return _text(template) % params if params else _text(template)


def _print(shown: Presentation, heading: Heading, output: Form) -> None:
    from zhizao.engines.planlint.report import present, present_html

    if output is Form.HTML:
        sys.stdout.write(present_html.html(shown, heading, say=say, language=language()))
    else:
        sys.stdout.write(present.text(shown, heading, say=say))


def _tell_not_run(shown: Presentation) -> None:
    """Which rules were not run; on stderr, so that the list of findings stays one."""
    for one in shown.not_run:
        words = _text("not run: “%(rule)s” needs %(missing)s") % {"rule": one.title, "missing": one.needs}
        print(f"zhizao: {words}", file=sys.stderr)


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": say(finding.message, finding.params),
        "numbers": [
            {
                "label": say(number.label, number.params),
                "value": _number(number.value),
                "unit": number.unit,
                "expression": number.expression,
                "low": _number(number.low),
                "high": _number(number.high),
            }
            for number in finding.numbers
        ],
        "places": [
            {"line": place.line, "quote": place.quote, "table": place.table or None, "row": place.row}
            for place in finding.places
        ],
        "suggestion": say(finding.suggestion, finding.params) if finding.suggestion else "",
    }


def _number(value: Decimal | None) -> int | float | None:
    if value is None or not value.is_finite():
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _sarif(report: Report, shown: Presentation, *, file: str) -> dict[str, Any]:
    """The findings as Static Analysis Results Interchange Format 2.1.0 (OASIS, 2020), which editors and CI show."""
    rules = [*report.ran, *(one.rule for one in report.not_run)]
    driver = {
        "name": "ZhiZao planlint",
        "version": __version__,
        "rules": [{"id": rule.id, "shortDescription": {"text": _text(rule.title)}} for rule in rules],
    }
    not_run = [
        {
            "level": "note",
            "message": {"text": _text("needs %(missing)s") % {"missing": one.needs}},
            "associatedRule": {"id": one.rule},
        }
        for one in shown.not_run
    ]
    return {
        "$schema": SARIF,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, file) for finding in report.findings],
                "invocations": [{"executionSuccessful": True, "toolConfigurationNotifications": not_run}],
            }
        ],
    }


def _result(finding: Finding, file: str) -> dict[str, Any]:
    message = " ".join(say(words, finding.params) for words in (finding.message, finding.suggestion) if words)
    locations = [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": file},
                "region": {"startLine": place.line} | ({"snippet": {"text": place.quote}} if place.quote else {}),
            }
        }
        for place in finding.places
        if place.line
    ]
    return {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity.value],
        "message": {"text": message},
        "locations": locations[:1],
        "relatedLocations": [{"id": index} | one for index, one in enumerate(locations[1:], start=1)],
        "partialFingerprints": {"zhizao/v1": finding.id},
    }
