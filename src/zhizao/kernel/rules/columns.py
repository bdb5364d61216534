"""Expressions of rules over columns: what ``expression`` parsed as Polars computes it.

In a module of its own, so that who only reads rules does not load Polars.
"""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from operator import and_, or_
from typing import Final

import polars as pl

from zhizao.kernel.rules.expression import Node, Type

NUMBER: Final = pl.Decimal(38, 10)
POLARS_TYPES: Final = {Type.NUMBER: NUMBER, Type.TEXT: pl.String(), Type.BOOLEAN: pl.Boolean(), Type.DATE: pl.Date()}
MAX_PRODUCT: Final = 1e17


def polars_expression(node: Node) -> pl.Expr:
    """The Polars expression of a node, over columns named like the facts.

    >>> from zhizao.kernel.rules.expression import parse
    >>> node = parse("x >= 3", {"x": Node("fact", Type.NUMBER, "x", value="x")}, expected=Type.BOOLEAN)
    >>> pl.DataFrame({"x": [3, None]}, schema={"x": NUMBER}).select(polars_expression(node)).to_series().to_list()
    [True, None]
    """
    args = [polars_expression(arg) for arg in node.args if arg.type is not Type.TEXTS]
    match node.op:
        case "fact":
            return pl.col(str(node.value))
        case "constant" | "parameter":
            return pl.lit(node.value, dtype=NUMBER) if node.type is Type.NUMBER else pl.lit(node.value)
        case "condition":
            return args[0]
        case "and":
            return reduce(and_, args)
        case "or":
            return reduce(or_, args)
        case "not":
            return ~args[0]
        case "in" | "not in":
            values = node.args[1].value
            inside = args[0].is_in(sorted(values) if isinstance(values, frozenset) else [])
            return inside if node.op == "in" else ~inside
        case "if":
            return pl.when(args[0]).then(args[1]).when(~args[0]).then(args[2])
        case "min" | "max":
            extreme = pl.min_horizontal(args) if node.op == "min" else pl.max_horizontal(args)
            return pl.when(pl.all_horizontal([arg.is_not_null() for arg in args])).then(extreme)
        case "abs":
            return args[0].abs()
        case "*":
            product = args[0].cast(pl.Float64) * args[1].cast(pl.Float64)
            return args[0] * pl.when(product.abs() < MAX_PRODUCT).then(args[1])
        case "/":
            return args[0] / pl.when(args[1] != pl.lit(Decimal(0), dtype=NUMBER)).then(args[1])
    return _COMPILED[node.op](args[0], args[1])


_COMPILED: Final = {
    "<": pl.Expr.lt,
    "<=": pl.Expr.le,
    ">": pl.Expr.gt,
    ">=": pl.Expr.ge,
    "==": pl.Expr.eq,
    "!=": pl.Expr.ne,
    "+": pl.Expr.add,
    "-": pl.Expr.sub,
}
