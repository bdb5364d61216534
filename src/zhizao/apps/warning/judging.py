"""The dated rules asked with the facts that the families gathered. What a rule cannot tell is listed, never called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zhizao.apps.warning.gathering import Case, Gathered, Missing
from zhizao.apps.warning.rules import family_of
from zhizao.kernel.result import Refused, mark

if TYPE_CHECKING:
    from zhizao.kernel.rules import BoundRule

NOTICE, SERIOUS = "notice", "serious"
GRAVITY = {NOTICE: 1, SERIOUS: 2}
UNKNOWN = mark("The rule “%(rule)s” cannot be told for %(count)s subjects: %(facts)s is not known.")


@dataclass(frozen=True, slots=True)
class Called:
    """A case that a rule calls."""

    rule: str
    case: Case
    score: float
    severity: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells one alarm of a month from another."""
        return self.rule, self.case.subject, self.case.about


def judged(gathered: Gathered, cases: Mapping[str, Sequence[Case]]) -> tuple[list[Called], list[Missing]]:
    """The cases of each family that a rule calls as of the run's month, and what could not be told."""
    called: list[Called] = []
    missing: list[Missing] = []
    book = gathered.rules.book
    for rule_id in book.ids:
        family = family_of(rule_id)
        try:
            bound = book.rule(rule_id, as_of=gathered.last_day)
        except Refused:
            continue  # not in force in that month
        asked = [case for case in cases.get(family, ()) if bound.facts.keys() <= case.facts.keys()]
        if asked:
            called += _called(bound, asked)
            missing += _untold(bound, asked, family)
    return called, missing


def _called(bound: BoundRule, cases: Sequence[Case]) -> Iterator[Called]:
    from zhizao.kernel.rules import evaluate

    answer = evaluate(bound, _frame(bound, [case.facts for case in cases]))
    serious = answer["serious"].to_list() if "serious" in answer.columns else [False] * len(cases)
    status, amount = answer["status"].cast(str).to_list(), answer["amount"].to_list()
    for case, one, is_serious, score in zip(cases, status, serious, amount, strict=True):
        if one == "yes":
            told = 1.0 if score is None else float(score)
            yield Called(bound.rule.id, case, round(told, 4), SERIOUS if is_serious else NOTICE)


def holds(bound: BoundRule, facts: Sequence[Mapping[str, Any]]) -> list[bool]:
    """Whether a rule's answer is yes, of each row of facts; unknown is not yes."""
    from zhizao.kernel.rules import evaluate

    return [one == "yes" for one in evaluate(bound, _frame(bound, facts))["status"].cast(str).to_list()]


def _frame(bound: BoundRule, facts: Sequence[Mapping[str, Any]]) -> Any:
    import polars as pl

    kinds = {"integer": pl.Int64, "decimal": pl.Float64, "text": pl.String, "boolean": pl.Boolean, "date": pl.Date}
    return pl.DataFrame(
        {name: pl.Series([one[name] for one in facts], dtype=kinds[fact.kind], strict=False)
         for name, fact in bound.facts.items()}
    )  # fmt: skip


def _untold(bound: BoundRule, cases: Iterable[Case], family: str) -> Iterator[Missing]:
    for name in bound.facts:
        count = sum(case.facts[name] is None for case in cases)
        if count:
            yield Missing(family, UNKNOWN, {"rule": bound.rule.id, "count": count, "facts": name})
