"""The smallest change of the facts that turns a yes into a no, or a no into a yes.

What “smallest” means: first, as few facts as possible; then the least sum of relative changes, where a number that goes
from *a* to *b* changes by |b − a| / max(|a|, step), and a text, a truth value or a date changes by 1 (of two dates the
nearer one counts). Of equal changes the one whose facts come first in the rule is taken, and its first value.

How it is found: with everything else held fixed, a comparison changes its truth in one number only at the root of
*left − right*; the root is computed where that is linear in the number (it is checked at a third point), and the values
of the number's grid (``Fact.step``) around the root are tried. Of a text the values that the rule names are tried, and
one it does not name; of a truth value the other; of a date the days around what it is compared with. Each try is a row
in one frame, answered at once. A number inside min, max, abs, a divisor or a product with itself has no linear root
there: the search may then miss a change, but what it names does flip.
An unknown answer has no flip: its missing facts are named instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from typing import Any, Final

import polars as pl

from zhizao.kernel.rules.columns import NUMBER, polars_expression
from zhizao.kernel.rules.evaluating import by_name, facts_frame, subject_frame
from zhizao.kernel.rules.expression import Constant, Node, Type, constant
from zhizao.kernel.rules.model import BoundRule, Fact

OTHER: Final = "\x00other"
"""Stands for any text that the rule does not name."""
_SUBJECT: Final = "\x00subject"
_COST: Final = "\x00cost"
_PROBE: Final = 10**6
_MOST_STEPS: Final = 10**14
_COMPARISONS: Final = frozenset(("<", "<=", ">", ">=", "==", "!="))
_MOST_ROWS: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that would have to change.

    ``to`` is a value that flips the answer, ``others`` further texts that do as well; ``to`` is ``None`` where any text
    will do that the rule does not name. ``delta`` is in ``unit`` (of dates: days), ``None`` for texts and truth values.
    """

    fact: str
    from_: Constant
    to: Constant | None
    delta: Decimal | None
    unit: str
    others: tuple[str, ...] = ()


def smallest_change(
    rule: BoundRule, facts: Mapping[str, Constant | None], *, most_facts: int = 4
) -> tuple[Change, ...]:
    """The smallest change that flips the answer for one subject; empty if ``most_facts`` facts do not suffice.

    Only known facts are changed.
    """
    return smallest_changes(rule, subject_frame(rule, facts), most_facts=most_facts)[0]


def smallest_changes(rule: BoundRule, frame: pl.DataFrame, *, most_facts: int = 2) -> list[tuple[Change, ...]]:
    """The smallest change for each row of a frame.

    Parameters
    ----------
    rule : BoundRule
    frame : polars.DataFrame, shape (n, any)
    most_facts : int
        How many facts may change together; each more multiplies the work.

    Returns
    -------
    list of tuples of Change, length n
        Empty where the answer is unknown or no such change was found.
    """
    facts = facts_frame(rule, frame).with_row_index(_SUBJECT)
    answer = _Answer(rule)
    waiting = facts.with_columns(answer(facts).alias("\x00was")).filter(pl.col("\x00was").is_not_null())
    used = [fact for fact in rule.facts.values() if fact.name in rule.result.facts()]
    changes: list[tuple[Change, ...]] = [()] * frame.height
    for count in range(1, min(most_facts, len(used)) + 1):
        if waiting.is_empty():
            break
        tried = [found for group in combinations(used, count) for found in _tries(rule, waiting, group, answer)]
        if not tried:
            continue
        ranked = pl.concat(tried, how="diagonal").sort(_SUBJECT, _COST, maintain_order=True)
        best = ranked.group_by(_SUBJECT, maintain_order=True).first()
        for row in best.iter_rows(named=True):
            changes[row[_SUBJECT]] = tuple(_change(rule.facts[name], row) for name in row["\x00facts"])
        waiting = waiting.join(best, on=_SUBJECT, how="anti")
    return changes


class _Answer:
    """The rule's answer as one column."""

    def __init__(self, rule: BoundRule) -> None:
        self._conditions = [polars_expression(node).alias(name) for name, node in rule.conditions.items()]
        self._result = polars_expression(by_name(rule.result))

    def __call__(self, facts: pl.DataFrame) -> pl.Series:
        return facts.select(self._conditions).select(self._result).to_series()


def _tries(rule: BoundRule, subjects: pl.DataFrame, group: tuple[Fact, ...], answer: _Answer) -> Iterator[pl.DataFrame]:
    """The changes of a group of facts that flip the answer, the values tried for each being crossed."""
    rows = max(1, _MOST_ROWS // 6 ** len(group))
    for part in subjects.iter_slices(rows):
        tried = part.filter(pl.all_horizontal(pl.col(fact.name).is_not_null() for fact in group))
        cost = pl.lit(0.0)
        for fact in group:
            before = f"\x00from {fact.name}"
            tried = _spread(rule, fact, tried.with_columns(pl.col(fact.name).alias(before)))
            tried = tried.filter(pl.col(fact.name).ne(pl.col(before)))
            cost = cost + _relative_change(fact, before)
        flipped = tried.filter(answer(tried) != tried["\x00was"])
        texts = [fact.name for fact in group if fact.type is Type.TEXT]
        names = pl.lit([fact.name for fact in group])
        found = flipped.with_columns(cost.alias(_COST), names.alias("\x00facts"))
        if len(group) == 1 and texts:
            all_texts = pl.col(texts[0]).unique(maintain_order=True).over(_SUBJECT, mapping_strategy="join")
            found = found.with_columns(all_texts.alias("\x00texts"))
        kept = [_SUBJECT, _COST, "\x00facts", *(["\x00texts"] if len(group) == 1 and texts else [])]
        values = [name for fact in group for name in (fact.name, f"\x00from {fact.name}")]
        if not found.is_empty():
            yield found.select(kept + values)


def _relative_change(fact: Fact, before: str) -> pl.Expr:
    if fact.type is Type.DATE:
        return 1 + (pl.col(fact.name) - pl.col(before)).dt.total_days().abs() * 1e-9
    if fact.type is not Type.NUMBER:
        return pl.lit(1.0)
    new, old = pl.col(fact.name).cast(pl.Float64), pl.col(before).cast(pl.Float64)
    return (new - old).abs() / pl.max_horizontal(old.abs(), pl.lit(float(fact.step)))


def _spread(rule: BoundRule, fact: Fact, frame: pl.DataFrame) -> pl.DataFrame:
    """Each row once for every value of a fact that is worth a try."""
    comparisons = list(dict.fromkeys(node for node in rule.result.walk() if fact.name in node.facts()))
    if fact.type is Type.BOOLEAN:
        return frame.with_columns(~pl.col(fact.name))
    if fact.type is Type.TEXT:
        named = {value for node in comparisons for value in _named_texts(node)}
        values = pl.DataFrame({fact.name: [*sorted(named), OTHER]}, schema={fact.name: pl.String})
        return frame.drop(fact.name).join(values, how="cross", maintain_order="left_right")
    around: list[pl.Expr] = []
    for node in comparisons:
        if node.op in _COMPARISONS and node.args[0].type is fact.type:
            around += _around_date(node, fact) if fact.type is Type.DATE else _around_root(node, fact)
    if not around:
        return frame.clear()
    return frame.with_columns(pl.concat_list(around).list.drop_nulls().list.unique().alias(fact.name)).explode(
        fact.name
    )


def _named_texts(node: Node) -> Iterator[str]:
    for part in node.walk():
        if isinstance(part.value, frozenset):
            yield from part.value
        elif part.type is Type.TEXT and part.op in ("constant", "parameter"):
            yield str(part.value)


def _around_date(node: Node, fact: Fact) -> list[pl.Expr]:
    others = [polars_expression(arg) for arg in node.args if fact.name not in arg.facts()]
    return [other + pl.duration(days=days) for other in others for days in (-1, 0, 1)]


def _around_root(node: Node, fact: Fact) -> list[pl.Expr]:
    """The values of the fact's grid next to where a comparison turns; null where there is no linear root."""

    def gap(probe: int) -> pl.Expr:
        at = constant(Decimal(probe * _PROBE))
        left, right = (polars_expression(_with(arg, fact.name, at)).cast(pl.Float64) for arg in node.args)
        return left - right

    at_0, at_1, at_2 = (gap(probe) for probe in (0, 1, 2))
    bend = (at_2 - 2 * at_1 + at_0).abs()
    linear = (at_1 != at_0) & (bend <= 1e-6 * pl.max_horizontal((at_1 - at_0).abs(), pl.lit(1e-3)))
    root = pl.when(linear).then(at_0 * _PROBE / (at_0 - at_1))
    count = (root / float(fact.step)).floor()
    count = pl.when(count.abs() < _MOST_STEPS).then(count).cast(pl.Int64)
    step = pl.lit(fact.step, dtype=NUMBER)
    return [(count + offset).cast(NUMBER) * step for offset in (-1, 0, 1, 2)]


def _with(node: Node, name: str, value: Node) -> Node:
    if node.op == "fact" and node.value == name:
        return value
    return replace(node, args=tuple(_with(arg, name, value) for arg in node.args))


def _change(fact: Fact, row: Mapping[str, Any]) -> Change:
    before, after = row[f"\x00from {fact.name}"], row[fact.name]
    delta = None
    others: tuple[str, ...] = ()
    if fact.type is Type.NUMBER:
        before, after = _plain(before), _plain(after)
        delta = after - before
    elif fact.type is Type.DATE:
        delta = Decimal((after - before).days)
    elif fact.type is Type.TEXT:
        texts = row.get("\x00texts") or [after]
        others = tuple(text for text in texts if text not in (after, OTHER))
        after = None if OTHER in texts else after
    return Change(fact.name, before, after, delta, fact.unit, others if after is not None else ())


def _plain(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
