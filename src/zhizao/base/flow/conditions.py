"""Conditions of gateways: compiled when a procedure is read, answered with yes, no or unknown when a case comes there.

Nothing is evaluated as Python: ``kernel.rules`` parses with a white-list of nodes and computes with Polars.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Final

import polars as pl

from zhizao.base.flow.fields import Field
from zhizao.kernel.result import mark
from zhizao.kernel.rules.columns import POLARS_TYPES, polars_expression
from zhizao.kernel.rules.expression import BadExpression, Constant, Node, Type, parse

TYPES: Final = {
    "text": Type.TEXT,
    "choice": Type.TEXT,
    "date": Type.DATE,
    "yes_no": Type.BOOLEAN,
    "number": Type.NUMBER,
}
_MOST_CASES: Final = 4_096


def compiled(text: str, facts: Mapping[str, Field]) -> Node:
    """A condition as a tree.

    Raises
    ------
    BadExpression
        Not an expression of ``kernel.rules`` over the facts, or a choice compared with what it cannot be.

    Examples
    --------
    >>> from zhizao.base.flow.fields import fields
    >>> facts = {field.name: field for field in fields("result: choice(real|false)")}
    >>> compiled("result == 'real'", facts).op
    '=='
    >>> compiled("result == 'raal'", facts)
    Traceback (most recent call last):
    zhizao.kernel.rules.expression.BadExpression: “result” is never “raal”.
    """
    names = {name: Node("fact", TYPES[field.kind], name, value=name) for name, field in facts.items()}
    node = parse(text, names, expected=Type.BOOLEAN)
    for name, value in _compared(node):
        if facts[name].kind == "choice" and value not in (facts[name].values or ()):
            message, remedy = mark("“%(name)s” is never “%(value)s”."), mark("Its values are: %(values)s.")
            values = ", ".join(option for option, _ in facts[name].options)
            raise BadExpression("flow.never", message, remedy, name=name, value=value, values=values)
    return node


def _compared(node: Node) -> Iterator[tuple[str, Constant]]:
    """Each text fact with each constant that it is compared with."""
    for part in node.walk():
        if part.op not in ("==", "!=", "in", "not in"):
            continue
        names = [str(arg.value) for arg in part.args if arg.op == "fact"]
        values = [arg.value for arg in part.args if arg.op == "constant" and arg.value is not None]
        for name, value in itertools.product(names, values):
            for each in sorted(value) if isinstance(value, frozenset) else (value,):
                yield name, each


def _frame(facts: Mapping[str, Field], rows: Sequence[Mapping[str, Constant | None]]) -> pl.DataFrame:
    schema = {name: POLARS_TYPES[TYPES[field.kind]] for name, field in facts.items()}
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in schema} or {"": [None]}, schema or None)


def truths(
    conditions: Sequence[Node], facts: Mapping[str, Field], values: Mapping[str, Constant | None]
) -> tuple[bool | None, ...]:
    """The truth of each condition; ``None`` is unknown.

    >>> from zhizao.base.flow.fields import fields
    >>> facts = {field.name: field for field in fields("result: choice(real|false); loss: number?")}
    >>> truths([compiled("result == 'real' or loss > 3", facts)], facts, {"result": "false"})
    (None,)
    """
    asked = frozenset().union(*(node.facts() for node in conditions)) if conditions else frozenset()
    frame = _frame({name: facts[name] for name in sorted(asked)}, [values])
    return frame.select(polars_expression(node).alias(str(n)) for n, node in enumerate(conditions)).row(0)


def missing(conditions: Sequence[Node], values: Mapping[str, Constant | None]) -> tuple[str, ...]:
    """The facts that the conditions ask and that are not known."""
    asked = frozenset().union(*(node.facts() for node in conditions)) if conditions else frozenset()
    return tuple(sorted(name for name in asked if values.get(name) is None))


def exhaustive(conditions: Sequence[Node], facts: Mapping[str, Field]) -> bool:
    """Whether one of the conditions holds whatever the facts are, all being known.

    Tried by going through all values; facts whose values cannot be listed are taken as not covered.

    >>> from zhizao.base.flow.fields import fields
    >>> facts = {field.name: field for field in fields("result: choice(real|false|unclear)")}
    >>> real, other = compiled("result == 'real'", facts), compiled("result == 'false'", facts)
    >>> exhaustive([real, other], facts), exhaustive([real, compiled("result != 'real'", facts)], facts)
    (False, True)
    """
    asked = sorted(frozenset().union(*(node.facts() for node in conditions)))
    domains = [facts[name].values for name in asked]
    if any(domain is None for domain in domains) or prod(len(d or ()) for d in domains) > _MOST_CASES:
        return False
    rows = [dict(zip(asked, row, strict=True)) for row in itertools.product(*(d or () for d in domains))]
    frame = _frame({name: facts[name] for name in asked}, rows)
    held = frame.select(pl.any_horizontal([polars_expression(node) for node in conditions]).all())
    return held.item() is True
