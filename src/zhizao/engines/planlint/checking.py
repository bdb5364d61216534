"""Check a plan: every rule that the facts allow, its findings in the order of the document, and what was not run.

A rule is a pure function of the facts. It yields a finding only with its arithmetic; whether two printed figures may
both be true is decided in ``tolerance``, in one way for all rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Severity
from zhizao.kernel.tables.limits import collector_paused

_ORDER: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes
    ----------
    id : family and name: ``growth.stated``
    title : what it finds, an English template of the catalogue
    needs : tables, ``text`` (the document) and ``parents`` that it cannot do without
    find : the function; its docstring gives formula, tolerance and examples
    """

    id: str
    title: str
    needs: tuple[str, ...]
    find: Callable[[Facts], Iterable[Finding]]

    @property
    def family(self) -> str:
        """The part of the name before the point."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class NotRun:
    """A rule that could not be run, and what it lacked."""

    rule: Rule
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What the check says: findings by line, the rules that ran, and those that could not."""

    findings: tuple[Finding, ...]
    ran: tuple[Rule, ...]
    not_run: tuple[NotRun, ...]

    def counts(self) -> dict[Severity, int]:
        """Findings of each severity, zeros included."""
        return {severity: sum(one.severity is severity for one in self.findings) for severity in Severity}


def all_rules() -> tuple[Rule, ...]:
    """Every rule, family by family."""
    from zhizao.engines.planlint.rules import FAMILIES

    return tuple(rule for family in FAMILIES for rule in family.RULES)


@collector_paused()
def check(facts: Facts, *, rules: Iterable[Rule] | None = None) -> Report:
    """Run the rules that the facts allow.

    Parameters
    ----------
    facts : Facts
        From ``facts_of(reading)`` or ``facts_of(pack)``.
    rules : iterable of Rule, optional
        All if left out.

    Examples
    --------
    >>> from zhizao.engines.planlint.facts import Facts
    >>> check(Facts(rows={}, meta={}), rules=()).findings
    ()
    """
    ran: list[Rule] = []
    not_run: list[NotRun] = []
    found: list[Finding] = []
    for rule in all_rules() if rules is None else rules:
        if missing := facts.missing(rule.needs):
            not_run.append(NotRun(rule, missing))
            continue
        ran.append(rule)
        found.extend(rule.find(facts))
    return Report(tuple(_sorted(found)), tuple(ran), tuple(not_run))


def _sorted(found: Iterable[Finding]) -> Iterator[Finding]:
    """By line, severity and rule; one finding of each id."""
    seen: set[str] = set()
    for finding in sorted(found, key=lambda one: (one.line, _ORDER[one.severity], one.rule, one.key)):
        if finding.id not in seen:
            seen.add(finding.id)
            yield finding
