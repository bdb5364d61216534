"""Answers for a frame of subjects, and for one subject with the tree of reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl

from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.rules.columns import POLARS_TYPES, polars_expression
from zhizao.kernel.rules.expression import Constant, Node, Type
from zhizao.kernel.rules.model import BoundRule

STATUS: Final = pl.Enum(["yes", "no", "unknown"])
_LARGEST: Final = 10**15


def facts_frame(rule: BoundRule, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of a frame that are facts of the rule, in the rule's types; a fact that is not there is null.

    Floats are rounded to ten places, so that 0.1 + 0.2 is 0.3; NaN is null.

    Raises
    ------
    Refused
        ``rules.fact_type`` or ``rules.fact_range`` for each column that does not fit.
    """
    columns = []
    problems = []
    for name, fact in rule.facts.items():
        dtype = POLARS_TYPES[fact.type]
        if name not in frame.columns:
            columns.append(pl.Series(name, [None], dtype=dtype).extend_constant(None, max(frame.height - 1, 0)))
            continue
        series = frame[name]
        place = Place(column=name)
        fits = {
            Type.NUMBER: series.dtype.is_numeric(),
            Type.TEXT: series.dtype in (pl.String, pl.Categorical, pl.Enum),
            Type.BOOLEAN: series.dtype == pl.Boolean,
            Type.DATE: series.dtype == pl.Date,
        }[fact.type]
        if not fits and series.dtype != pl.Null:
            message = mark("The fact “%(name)s” must be of kind %(kind)s.")
            remedy = mark("Convert the column first.")
            params = {"name": name, "kind": fact.kind}
            problems.append(Problem("rules.fact_type", message, place, remedy, params=params))
            continue
        if series.dtype.is_float():
            series = series.fill_nan(None)
        if series.dtype.is_integer() and series.dtype != pl.Int64:  # others cannot be compared with the bound
            series = series.cast(pl.Int128)
        if fact.type is Type.NUMBER and not series.is_null().all() and not (series.abs() < _LARGEST).all():
            message = mark("The fact “%(name)s” holds a number of 10**15 or more.")
            remedy = mark("Choose a larger unit.")
            problems.append(Problem("rules.fact_range", message, place, remedy, params={"name": name}))
            continue
        columns.append(series.cast(dtype))
    if problems:
        raise Refused(*problems)
    return pl.DataFrame(columns) if frame.height else pl.DataFrame(schema={c.name: c.dtype for c in columns})


def evaluate(rule: BoundRule, frame: pl.DataFrame) -> pl.DataFrame:
    """Answer a rule for every row of a frame.

    Parameters
    ----------
    rule : BoundRule
    frame : polars.DataFrame, shape (n, any)
        Columns named like the rule's facts, in the facts' units; null is unknown.

    Returns
    -------
    polars.DataFrame, shape (n, 4 + number of conditions)
        ``status`` yes, no or unknown; ``amount`` (null unless yes, or without an amount); for each condition its truth
        (null is unknown) under its id; ``deciding`` the conditions that decide: those whose truth, turned round by
        ``not``, is that of the answer and carries it; ``missing`` the facts for want of which the answer is unknown.

    Raises
    ------
    Refused
        A column of the wrong type.
    """
    facts = facts_frame(rule, frame)
    truths = facts.select(polars_expression(node).alias(name) for name, node in rule.conditions.items())
    table = facts.hstack(truths)
    result = polars_expression(by_name(rule.result))
    deciding = _deciding(rule.result, pl.lit(True), {})
    unknown = {name: deciding[name] & pl.col(name).is_null() for name in deciding}
    missing = {}
    for fact in rule.facts:
        wanted = [unknown[name] for name, node in rule.conditions.items() if name in unknown and fact in node.facts()]
        if wanted:
            missing[fact] = pl.col(fact).is_null() & result.is_null() & pl.any_horizontal(wanted)
    status = pl.when(result).then(pl.lit("yes")).when(~result).then(pl.lit("no")).otherwise(pl.lit("unknown"))
    amount = pl.lit(None, dtype=pl.Decimal(38, 10))
    if rule.amount is not None:
        amount = pl.when(result).then(polars_expression(rule.amount))
    return table.select(
        status.cast(STATUS).alias("status"),
        amount.alias("amount"),
        *(pl.col(name) for name in rule.conditions),
        _names(deciding).alias("deciding"),
        _names(missing).alias("missing"),
    )


def _names(flags: Mapping[str, pl.Expr]) -> pl.Expr:
    """A list of the names whose flag is true."""
    if not flags:
        return pl.lit([], dtype=pl.List(pl.String))
    texts = [pl.when(flag).then(pl.lit(name)) for name, flag in flags.items()]
    return pl.concat_list(texts).list.drop_nulls()


def by_name(node: Node) -> Node:
    """The result with each condition as a column of its own, so that it is computed once."""
    if node.op == "condition":
        return Node("fact", Type.BOOLEAN, node.source, value=node.value)
    return Node(node.op, node.type, node.source, tuple(map(by_name, node.args)), node.value)


def _deciding(node: Node, active: pl.Expr, found: dict[str, pl.Expr]) -> dict[str, pl.Expr]:
    """For each condition whether it carries the answer: a part carries its whole if it has the whole's truth."""
    if node.op == "condition":
        name = str(node.value)
        found[name] = found[name] | active if name in found else active
        return found
    whole = polars_expression(by_name(node))
    for arg in node.args:
        part = polars_expression(by_name(arg))
        _deciding(arg, active & (~part if node.op == "not" else part).eq_missing(whole), found)
    return found


@dataclass(frozen=True, slots=True)
class Trace:
    """One step of an answer: what was asked, what it gave (``None`` is unknown), and the steps below it."""

    op: str
    source: str
    value: Constant | None
    parts: tuple[Trace, ...] = ()
    name: str | None = None
    decides: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer for one subject with the reasons: conditions for it and against it, and what is missing."""

    status: str
    amount: Decimal | None
    trace: Trace
    for_: tuple[str, ...]
    against: tuple[str, ...]
    unknown: tuple[str, ...]
    deciding: tuple[str, ...]
    missing: tuple[str, ...]


def explain(rule: BoundRule, facts: Mapping[str, Constant | None]) -> Explanation:
    """Answer a rule for one subject, with the value of every step.

    Parameters
    ----------
    rule : BoundRule
    facts : mapping of str to value
        What is not there is unknown.

    Raises
    ------
    Refused
        ``rules.fact_type``, ``rules.fact_range``.
    """
    frame = subject_frame(rule, facts)
    answer = evaluate(rule, frame).row(0, named=True)
    nodes = list(dict.fromkeys(node for node in rule.result.walk() if node.type is not Type.TEXTS))
    given = facts_frame(rule, frame)
    values = dict(
        zip(nodes, given.select(polars_expression(n).alias(str(i)) for i, n in enumerate(nodes)).row(0), strict=True)
    )
    truth = {name: answer[name] for name in rule.conditions}
    return Explanation(
        answer["status"],
        answer["amount"],
        _trace(rule.result, values, decides=True),
        tuple(name for name, value in truth.items() if value is True),
        tuple(name for name, value in truth.items() if value is False),
        tuple(name for name, value in truth.items() if value is None),
        tuple(answer["deciding"]),
        tuple(answer["missing"]),
    )


def subject_frame(rule: BoundRule, facts: Mapping[str, Constant | None]) -> pl.DataFrame:
    """One subject as a frame of one row."""
    columns = []
    for name, fact in rule.facts.items():
        value: Any = facts.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and fact.type is Type.NUMBER:
            value = Decimal(str(value))
        dtype = POLARS_TYPES[fact.type]
        kinds = {Type.NUMBER: Decimal, Type.TEXT: str, Type.BOOLEAN: bool, Type.DATE: dt.date}
        if value is not None and (not isinstance(value, kinds[fact.type]) or isinstance(value, dt.datetime)):
            dtype = pl.Object()
        columns.append(pl.Series(name, [value], dtype=dtype))
    return pl.DataFrame(columns) if columns else pl.DataFrame({"": [None]})


def _trace(node: Node, values: Mapping[Node, Any], *, decides: bool) -> Trace:
    value = node.value if node.type is Type.TEXTS else values[node]
    logical = node.op in ("and", "or", "not", "condition")
    parts = []
    for arg in node.args:
        same = node.type is Type.BOOLEAN and arg.type is Type.BOOLEAN and logical
        truth = values.get(arg)
        carried = (None if truth is None else not truth) if node.op == "not" else truth
        parts.append(_trace(arg, values, decides=decides and same and carried == value))
    name = str(node.value) if node.op in ("condition", "fact") else None
    return Trace(node.op, node.source, value, tuple(parts), name, decides and node.type is Type.BOOLEAN)
