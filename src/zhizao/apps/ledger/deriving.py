"""Indicators computed from others: per employee, per kWh, per mu, shares.

A formula is an expression of the rule language over keys of indicators, in their canonical units. It is worked out for
each subject and span from figures of the same scope and price basis; a flow is taken over the span, a stock at its
end. Unknown in gives unknown out, and so does a division by nought.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from zhizao.kernel.rules.columns import NUMBER, polars_expression
from zhizao.kernel.rules.expression import Node, Type, parse

if TYPE_CHECKING:
    from zhizao.apps.ledger.models import Indicator

PLACES = 6
MILLION = 10**PLACES


@cache
def formula(text: str, names: frozenset[str]) -> Node:
    """The formula as a tree; ``BadExpression`` if it cannot be read or names what is no indicator."""
    return parse(text, {name: Node("fact", Type.NUMBER, name, value=name) for name in names}, expected=Type.NUMBER)


def inputs(indicator: Indicator, keys: frozenset[str]) -> list[str]:
    """The indicators that a formula uses, in its order."""
    found = formula(indicator.formula, keys).facts()
    return sorted(found, key=indicator.formula.find)


def derive(figures: pl.DataFrame, indicator: Indicator, kinds: Mapping[str, str]) -> pl.DataFrame:
    """Work a derived indicator out.

    Parameters
    ----------
    figures : DataFrame
        ``subject``, ``indicator``, ``scope``, ``price_basis``, ``start_month``, ``months``, ``value`` (millionths).
    indicator : Indicator
        With a formula.
    kinds : mapping
        Each indicator's kind, by key.

    Returns
    -------
    DataFrame
        The same columns, one row for each subject and span for which a flow of the formula has a figure (for formulas
        of stocks alone, a stock); ``value`` in millionths, null where unknown.
    """
    node = formula(indicator.formula, frozenset(kinds))
    names = sorted(node.facts())
    group = ["subject", "scope", "price_basis"]
    figures = figures.with_columns((pl.col("start_month") + pl.col("months")).alias("end"))
    flows = [name for name in names if kinds[name] != "stock"]
    used = figures.filter(pl.col("indicator").is_in(flows or names))
    table = used.select(*group, "start_month", "months", "end").unique(maintain_order=True)
    for name in names:
        at = ["end"] if kinds[name] == "stock" else ["start_month", "months"]
        exact = (pl.col("value").cast(NUMBER) / pl.lit(MILLION).cast(NUMBER)).alias(name)
        part = figures.filter(pl.col("indicator") == name).select(*group, *at, exact).unique([*group, *at], keep="last")
        table = table.join(part, on=[*group, *at], how="left", maintain_order="left")
    result = polars_expression(node).round(PLACES) * pl.lit(MILLION).cast(NUMBER)
    value = result.cast(pl.Int64).alias("value") if names else pl.lit(None, dtype=pl.Int64).alias("value")
    named = pl.lit(indicator.key).alias("indicator")
    return table.select("subject", named, "scope", "price_basis", "start_month", "months", value)
