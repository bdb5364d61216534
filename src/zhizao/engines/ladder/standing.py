"""One enterprise under each rule: the answer, why, what is missing, and how far what fails is from being met."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import PurePath
from typing import Final

from zhizao.engines.ladder.classifying import bound_rule
from zhizao.engines.ladder.pack import LADDER, RULES, confidences
from zhizao.engines.ladder.pack import facts as fact_kinds
from zhizao.kernel.rules import BoundRule, Fact, Rulebook, evaluate, smallest_change
from zhizao.kernel.rules.columns import polars_expression
from zhizao.kernel.rules.evaluating import facts_frame, subject_frame
from zhizao.kernel.rules.expression import Constant, Node, Type, constant

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
    """One enterprise under one rule, with the edition that was asked.

    ``failed`` are the conditions that are not met (where the answer is no, those of them that decide), ``missing`` the
    facts for want of which the answer is unknown, ``facts`` all that the rule asks for, ``texts`` the words of each
    condition by language.
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
    facts: tuple[str, ...]
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

    Examples
    --------
    >>> from zhizao.engines.ladder.pack import rulebook
    >>> size = standings(rulebook(), {"employees": 19}, on=dt.date(2025, 6, 1))[2]
    >>> size.rule, size.status, size.failed, size.unknown
    ('size.small', 'no', ('staff',), ('revenue',))
    """
    return tuple(_standing(book, name, facts, on, known_on or on) for name in RULES)


def next_rung(found: Iterable[Standing], *, held: Collection[str] = ()) -> Standing | None:
    """The lowest rung above the highest that is met or held; ``None`` at the top.

    Parameters
    ----------
    found : of ``standings``
    held : rules whose title the enterprise has, by a valid certificate, whatever is known of their conditions

    >>> from zhizao.engines.ladder.pack import rulebook
    >>> rung = next_rung(standings(rulebook(), {"equity_three_years_wan_yuan": 500}, on=dt.date(2025, 6, 1)))
    >>> rung.rule, rung.status, rung.missing[:2]
    ('srdi_sme', 'unknown', ('years_in_niche', 'rd_wan_yuan'))
    >>> next_rung(standings(rulebook(), {}, on=dt.date(2025, 6, 1)), held=["srdi_sme"]).rule
    'little_giant'
    """
    by_rule = {standing.rule: standing for standing in found}
    above: Standing | None = None
    for name in reversed(LADDER):
        if by_rule[name].status == "yes" or name in held:
            break
        above = by_rule[name]
    return above


def distances(
    book: Rulebook, rule: str, facts: Facts, *, on: dt.date, known_on: dt.date | None = None
) -> tuple[Distance, ...]:
    """How far each condition of a rule that fails is from being met, in the order of the conditions and their facts.

    None for a condition that is met or unknown, or that no single fact can turn; none if the rule is met already.

    Raises
    ------
    Refused
        ``rules.fact_type``, ``rules.fact_range``.

    Examples
    --------
    >>> from zhizao.engines.ladder.pack import rulebook
    >>> short = {"main_revenue_wan_yuan": 1940.5, "above_scale": False}
    >>> [(str(d.delta), d.unit) for d in distances(rulebook(), "above_scale.entry", short, on=dt.date(2025, 6, 1))]
    [('59.5', '万元')]
    """
    bound = bound_rule(book, rule, on=on, known_on=known_on or on)
    failed = _standing(book, rule, facts, on, known_on or on).failed
    return tuple(way for name in failed for way in _ways(bound, name, _asked(bound, facts))) if bound else ()


def _standing(book: Rulebook, name: str, facts: Facts, on: dt.date, known_on: dt.date) -> Standing:
    bound = bound_rule(book, name, on=on, known_on=known_on)
    if bound is None:
        return Standing(name, {}, "", None, "", "unknown", (), (), (), (), (), {})
    rule = bound.rule
    answer = evaluate(bound, subject_frame(bound, _asked(bound, facts))).row(0, named=True)
    status, deciding = answer["status"], answer["deciding"]
    truths = {condition: answer[condition] for condition in bound.conditions}
    failed = [c for c, truth in truths.items() if truth is False and (c in deciding or status == "unknown")]
    return Standing(
        rule=name,
        title=rule.title,
        document_no=rule.source.document_no,
        effective_from=rule.effective_from,
        confidence=confidences().get(PurePath(rule.file or "").name, ("", ""))[0],
        status=status,
        met=tuple(condition for condition, truth in truths.items() if truth),
        failed=tuple(failed) if status != "yes" else (),
        unknown=tuple(condition for condition, truth in truths.items() if truth is None),
        missing=tuple(answer["missing"]),
        facts=tuple(bound.facts),
        texts={condition.id: condition.text for condition in rule.conditions},
    )


def _asked(bound: BoundRule, facts: Facts) -> dict[str, Constant | None]:
    return {fact: _exact(facts.get(fact)) for fact in bound.facts}


def _exact(value: Constant | int | float | None) -> Constant | None:
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _ways(bound: BoundRule, name: str, facts: Mapping[str, Constant | None]) -> Iterator[Distance]:
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
    if better == "fixed":
        return False
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
