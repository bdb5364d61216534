"""Put one fault into a clean plan, check both, and count: what was found, and what was invented."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tests.engines.planlint.evaluation import faults_tables, faults_text
from tests.engines.planlint.evaluation.faults import FAULTS, Fault
from tests.engines.planlint.evaluation.generator import Plan, generate
from tests.engines.planlint.evaluation.paper import Paper

from zhizao.engines.planlint import read_document
from zhizao.engines.planlint.checking import all_rules, check
from zhizao.engines.planlint.facts import facts_of
from zhizao.engines.planlint.finding import Finding, Severity

MODULES: Final = (faults_tables, faults_text)
"""Loaded for the faults they register."""
FAMILIES: Final = tuple(dict.fromkeys(fault.family for fault in FAULTS))
_RANK: Final = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}
_TRIES: Final = 40


@dataclass(frozen=True)
class Trial:
    """A fault put into the plan of a seed, whether it was found, and what was found beside it."""

    fault: Fault
    seed: int
    is_found: bool
    places: tuple[int, ...]
    new: tuple[Finding, ...]


def checked(
    plan: Plan, *, above: bool, families: tuple[str, ...] = ()
) -> tuple[tuple[Finding, ...], dict[str, tuple[int, ...]]]:
    """The findings of a plan (of all families, or of some), and where its addresses stand.

    ``above``: whether the plan above it is at hand.
    """
    text, places = plan.paper.render()
    parents = [_read(plan.above)] if above else []
    facts = facts_of(read_document(text.encode(), file="plan.txt"), parents=parents)
    rules = [rule for rule in all_rules() if not families or rule.family in families]
    return check(facts, rules=rules).findings, places


def _read(paper: Paper):  # type: ignore[no-untyped-def]
    return read_document(paper.render()[0].encode(), file="above.txt")


@lru_cache(maxsize=128)
def clean(seed: int, *, small: bool) -> tuple[Finding, ...]:
    """What is found in the clean plan of a seed beside the plan above it, by any rule: read once for all families."""
    return checked(generate(seed, small=small), above=True)[0]


def invented(seed: int, *, small: bool) -> list[Finding]:
    """Errors and warnings on a clean plan: there should be none."""
    return [one for one in clean(seed, small=small) if one.severity is not Severity.INFO]


def trial(fault: Fault, seed: int, *, small: bool) -> Trial | None:
    """Put the fault into the plan of a seed; None if that plan has nothing to change."""
    above = fault.family == "parents"
    wrong = generate(seed, small=small)
    addresses = fault.change(wrong, random.Random(f"{fault.name}/{seed}"))
    if addresses is None:
        return None
    findings, places = checked(wrong, above=above, families=fault.families)
    known = {_signature(one) for one in clean(seed, small=small)}
    new = tuple(one for one in findings if _signature(one) not in known)
    lines = tuple(line for address in addresses for line in places.get(address, ()))
    found = any(
        one.family in fault.families
        and _RANK[one.severity] >= _RANK[fault.least]
        and any(place.line in lines for place in one.places)
        for one in new
    )
    return Trial(fault, seed, found, lines, new)


def _signature(one: Finding) -> tuple[object, ...]:
    """What a finding says, wherever it stands."""
    return one.rule, one.key, one.message, tuple((number.value, number.expression) for number in one.numbers)


def trials(family: str, count: int, *, small: bool, first: int = 0) -> Iterator[Trial]:
    """So many trials of a family, its faults in turn, each in a plan of its own."""
    kinds = [fault for fault in FAULTS if fault.family == family]
    seed = first
    for index in range(count):
        fault = kinds[index % len(kinds)]
        for _ in range(_TRIES):
            done = trial(fault, seed, small=small)
            seed += 1
            if done is not None:
                yield done
                break
