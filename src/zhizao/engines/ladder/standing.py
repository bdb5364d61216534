"""One enterprise under each rule: the answer, why, what is missing, and how far what fails is from being met."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import PurePath
from typing import Final

from zhizao.engines.ladder.classifying import bound_rule
from zhizao.engines.ladder.pack import LADDER, RULES, confidences
from zhizao.engines.ladder.pack import facts as fact_kinds
from zhizao.kernel.rules import BoundRule, Fact, Rulebook, explain, smallest_change
from zhizao.kernel.rules.evaluate import facts_frame, subject_frame
from zhizao.kernel.rules.expression import Constant, Node, Type, constant, polars_expression
from zhizao.kernel.rules.model import Rule

Facts = Mapping[str, Constant | int | float | None]
_COMPARISONS: Final = frozenset(("<", "<=", ">", ">="))
_SHOWN: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Distance:
    """One way to meet a condition that fails: the least change of one fact while all else stays.

    Divisors are not changed (``kernel.rules.flip`` does not look for those).

    ``have`` and ``need`` are the two sides of the comparison (a ratio in ``ratio_unit``), ``None`` where there is none;
    ``delta`` is the change of ``fact`` in ``unit``, ``None`` of a truth value, which has to become ``to``.
    """

    condition: str
    text: Mapping[str, str]
    fact: str
    unit: str
    from_: Constant
    to: Constant | None
    delta: Decimal | None
    have: Decimal | None
    need: Decimal | None
    ratio_unit: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One enterprise under one rule.

    ``failed`` are the conditions that are not met and decide, ``distances`` the ways to meet each (none for one that no
    single fact can turn), ``missing`` the facts for want of which the answer is unknown.
    """

    rule: str
    title: Mapping[str, str]
    document_no: str
    effective_from: dt.date | None
    confidence: str
    status: str
    met: tuple[str, ...]
    failed: tuple[str, ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    distances: tuple[Distance, ...]
    texts: Mapping[str, Mapping[str, str]]


def standings(book: Rulebook, facts: Facts, *, on: dt.date, known_on: dt.date | None = None) -> tuple[Standing, ...]:
    """One enterprise under every rule of ``RULES``.

    Parameters
    ----------
    book : Rulebook
    facts : mapping of str to value
        In the units of ``facts``; what is not there is unknown, what no rule asks for is not looked at.
    on, known_on : date
        As in ``classify``.

    Raises
    ------
    Refused
        ``rules.fact_type``, ``rules.fact_range``.
    """
    return tuple(_standing(book, name, facts, on, known_on or on) for name in RULES)


def next_rung(book: Rulebook, facts: Facts, *, on: dt.date, known_on: dt.date | None = None) -> Standing | None:
    """The lowest rung above the highest that is met, with the distances; ``None`` at the top.

    Examples
    --------
    >>> from zhizao.engines.ladder.pack import rulebook
    >>> rung = next_rung(rulebook(), {"equity_three_years_wan_yuan": 320}, on=dt.date(2025, 6, 1))
    >>> rung.rule, rung.status, rung.missing[:2]
    ('innovative_sme', 'unknown', ('innovation_score', 'growth_score'))
    """
    above: Standing | None = None
    for name in reversed(LADDER):
        standing = _standing(book, name, facts, on, known_on or on)
        if standing.status == "yes":
            break
        above = standing
    return above


def _standing(book: Rulebook, name: str, facts: Facts, on: dt.date, known_on: dt.date) -> Standing:
    bound = bound_rule(book, name, on=on, known_on=known_on)
    if bound is None:
        return Standing(name, {}, "", None, "", "unknown", (), (), (), (), (), {})
    asked = {fact: _exact(facts.get(fact)) for fact in bound.facts}
    answer = explain(bound, asked)
    failed = tuple(c for c in answer.against if c in answer.deciding or answer.status == "unknown")
    distances = () if answer.status == "yes" else tuple(d for c in failed for d in _distances(bound, c, asked))
    rule = bound.rule
    return Standing(
        name,
        rule.title,
        rule.source.document_no,
        rule.effective_from,
        _confidence(rule),
        answer.status,
        answer.for_,
        failed,
        answer.unknown,
        answer.missing,
        distances,
        {condition.id: condition.text for condition in rule.conditions},
    )


def _exact(value: Constant | int | float | None) -> Constant | None:
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _confidence(rule: Rule) -> str:
    return confidences().get(PurePath(rule.file or "").name, ("", ""))[0]


def _distances(bound: BoundRule, name: str, facts: Mapping[str, Constant | None]) -> Iterator[Distance]:
    """The ways to meet one condition by one fact, in the order in which the rule names the facts."""
    condition = bound.conditions[name]
    texts = {c.id: c.text for c in bound.rule.conditions}
    have, need, unit = _sides(bound, condition, facts)
    for fact in bound.facts.values():
        if fact.name in condition.facts() and facts[fact.name] is not None:
            alone = _only(bound, name, fact, facts)
            for change in smallest_change(alone, {fact.name: facts[fact.name]}, most_facts=1):
                if _is_better(fact, change.delta, change.to):
                    delta = None if change.delta is None else _plain(change.delta)
                    yield Distance(
                        name, texts[name], fact.name, fact.unit, change.from_, change.to, delta, have, need, unit
                    )


def _only(bound: BoundRule, name: str, fact: Fact, facts: Mapping[str, Constant | None]) -> BoundRule:
    """The rule that asks for one condition and one fact only, the others standing as they are."""
    node = _filled(bound.conditions[name], fact.name, facts)
    rule = replace(bound.rule, facts={fact.name: fact})
    return replace(bound, rule=rule, conditions={name: node}, result=node, amount=None)


def _filled(node: Node, free: str, facts: Mapping[str, Constant | None]) -> Node:
    value = facts.get(str(node.value)) if node.op == "fact" and node.value != free else None
    if value is not None:
        return constant(value, source=node.source)
    return replace(node, args=tuple(_filled(arg, free, facts) for arg in node.args))


def _is_better(fact: Fact, delta: Decimal | None, to: Constant | None) -> bool:
    """Whether the change goes where an enterprise would go: nobody sells less to spend a larger share on research."""
    better = fact_kinds()[fact.name].better if fact.name in fact_kinds() else "up"
    if fact.type is Type.NUMBER and delta is not None:
        return (delta > 0) == (better == "up")
    return better in (str(to).lower(), "either")


def _sides(
    bound: BoundRule, condition: Node, facts: Mapping[str, Constant | None]
) -> tuple[Decimal | None, Decimal | None, str]:
    """What a condition compares: the value there is, the value there should be, and the unit of the latter."""
    node = condition.args[0]
    if node.op not in _COMPARISONS or node.args[0].type is not Type.NUMBER:
        return None, None, ""
    frame = facts_frame(bound, subject_frame(bound, facts))
    have, need = frame.select(
        polars_expression(node.args[0]).alias("have"), polars_expression(node.args[1]).alias("need")
    ).row(0)
    units = [bound.rule.parameters[str(n.source)].unit for n in node.args[1].walk() if n.op == "parameter"]
    ratio = any(part.op == "/" for part in node.args[0].walk())
    unit = units[0] if ratio and units else next((bound.facts[f].unit for f in sorted(node.args[0].facts())), "")
    return _shown(have), _shown(need), unit


def _shown(value: Decimal | None) -> Decimal | None:
    if value is None:
        return None
    return _plain(value.quantize(_SHOWN))


def _plain(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
