"""The test vectors that rule files carry, run."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.rules.book import Rulebook, bind
from zhizao.kernel.rules.evaluating import explain
from zhizao.kernel.rules.model import Case, Rule

_CENT = Decimal("0.01")


def check_cases(book: Rulebook) -> list[Problem]:
    """Run every case of every rule and give what does not come out as written; empty means that all hold.

    A rule without a case is named too. Amounts are compared to the hundredth.
    """
    return [problem for rule in book.rules for problem in _check_rule(rule)]


def _check_rule(rule: Rule) -> Iterator[Problem]:
    if not rule.cases:
        yield Problem(
            "rules.no_case",
            mark("The rule “%(id)s” has no test case."),
            Place(file=rule.file),
            mark("Add one under “cases”."),
            params={"id": rule.id},
        )
    for case in rule.cases:
        place = Place(file=rule.file, line=case.line)
        try:
            bound = bind(rule, as_of=case.as_of, known_at=max(case.as_of, rule.known_from))
            answer = explain(bound, case.facts)
        except Refused as refused:
            yield from refused.problems
            continue
        for unknown in sorted(set(case.facts) - set(rule.facts)):
            yield _wrong(case, place, unknown, "—", "?")
        truths = dict.fromkeys(answer.for_, "yes") | dict.fromkeys(answer.against, "no")
        found = {name: truths.get(name, "unknown") for name in bound.conditions}
        expected = {"status": case.status, **case.conditions}
        for name, value in expected.items():
            got = answer.status if name == "status" else found.get(name, "?")
            if got != value:
                yield _wrong(case, place, name, value, got)
        if case.amount is not None and (answer.amount is None or answer.amount.quantize(_CENT) != case.amount):
            yield _wrong(case, place, "amount", case.amount, answer.amount)


def _wrong(case: Case, place: Place, name: str, expected: object, found: object) -> Problem:
    return Problem(
        "rules.case",
        mark("Case “%(case)s”: %(name)s is %(found)s, not %(expected)s."),
        place,
        mark("Correct the rule or the case."),
        params={"case": case.name, "name": name, "found": found, "expected": expected},
    )
