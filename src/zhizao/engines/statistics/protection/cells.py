"""Cells of a table, the sums between them, and which cells tell of one enterprise.

A cell is a sum over contributors. With x₁ ≥ x₂ its two largest contributions (in magnitude) and X the sum of all
magnitudes, a cell is **sensitive** if

    few          it has fewer than n contributors, and more than none
    dominance    x₁ > k % of X
    p per cent   X − x₁ − x₂ < p % of x₁: the second largest, who knows itself, can tell the largest to p per cent

and whoever reads the table must not be able to bound it closer than the **protection** distance

    U = max( p % · x₁ − (X − x₁ − x₂),  x₁ · 100/k − X )

upwards, and the same downwards. It is at least 1/100 000 of the table's largest cell, so that a sensitive nought is
hidden too. Holders of several enterprises count as one contributor: name the group, not the enterprise.

Source
------
A. Hundepool et al., *Statistical Disclosure Control*, Wiley, 2012, chapter 4, doi 10.1002/9781118348239 (p % rule,
dominance rule, protection levels).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import polars as pl

from zhizao.engines.statistics._frames import refusal, require
from zhizao.kernel.result import mark

ALL = "*"
MEASURES = ("value", "contributors", "gross", "largest", "second")
_FINEST = 100_000


@dataclass(frozen=True, slots=True)
class Rules:
    """When a cell is sensitive. An authority decides the figures, so there are no defaults.

    Attributes
    ----------
    least_contributors : n, at least 2
    dominance_pct : k; one contributor may have at most this share
    p_pct : p, 1 to 100
    """

    least_contributors: int
    dominance_pct: int
    p_pct: int

    def __post_init__(self) -> None:
        if self.least_contributors < 2 or not 1 <= self.p_pct <= 100 or not 1 <= self.dominance_pct <= 100:
            raise refusal(
                "rules",
                mark("The rules of protection are out of range."),
                remedy=mark("Ask for at least 2 contributors, and percentages from 1 to 100."),
            )


@dataclass(frozen=True, slots=True)
class Total:
    """One sum of the table: ``total`` = Σ ``parts``, all of them names of cells."""

    total: str
    parts: tuple[str, ...]


def tabulate(
    contributions: pl.DataFrame, dimensions: Sequence[Sequence[str]], *, contributor: str = "subject"
) -> tuple[pl.DataFrame, tuple[Total, ...]]:
    """A table with all its margins, and the sums between its cells.

    Parameters
    ----------
    contributions : DataFrame
        Columns of the dimensions, ``contributor``, ``value`` (whole; null = unknown, not counted).
    dimensions : sequence of sequences of str
        Each dimension is a hierarchy, from the coarsest column to the finest: ``[["pillar", "sector"], ["park"]]``.
    contributor : str
        Who must not be told apart: the enterprise, or better its group.

    Returns
    -------
    cells : DataFrame
        ``cell`` (``nev/battery|east``; ``*`` is a margin), ``value``, ``contributors``, ``gross`` (Σ of magnitudes),
        ``largest``, ``second``.
    totals : tuple of Total

    Examples
    --------
    >>> rows = pl.DataFrame({"sector": ["a", "a", "b"], "park": ["x", "y", "x"], "subject": ["1", "2", "3"],
    ...                      "value": [5, 7, 9]})
    >>> cells, totals = tabulate(rows, [["sector"], ["park"]])
    >>> cells.select("cell", "value").rows()[:3]
    [('*|*', 21), ('*|x', 14), ('*|y', 7)]
    >>> totals[0]
    Total(total='*|*', parts=('*|x', '*|y'))
    """
    require(contributions, columns=(*(c for levels in dimensions for c in levels), contributor), whole=["value"])
    known = contributions.drop_nulls("value")
    depths = list(product(*(range(len(levels) + 1) for levels in dimensions)))
    cells = pl.concat([_level(known, dimensions, depth, contributor) for depth in depths]).sort("cell")
    names = {depth: known.with_columns(_name(dimensions, depth))["cell"] for depth in depths}
    totals = []
    for depth in depths:
        for axis, levels in enumerate(dimensions):
            if depth[axis] < len(levels):
                finer = (*depth[:axis], depth[axis] + 1, *depth[axis + 1 :])
                pairs = pl.DataFrame({"total": names[depth], "part": names[finer]}).unique()
                grouped = pairs.group_by("total").agg(pl.col("part").sort())
                totals += [Total(total, tuple(parts)) for total, parts in grouped.iter_rows()]
    return cells, tuple(sorted(totals, key=lambda t: (t.total, t.parts)))


def sensitive(cells: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Why each cell is sensitive, and how far from its value it must stay hidden.

    Parameters
    ----------
    cells : DataFrame
        As :func:`tabulate` gives them.
    rules : Rules

    Returns
    -------
    DataFrame
        ``cells`` with ``reason`` (few, dominance, p_percent; null = may be shown) and ``protection`` (whole, 0 where it
        may be shown).

    Examples
    --------
    >>> rows = pl.DataFrame({"cell": ["a", "b", "c"], "value": [100, 100, 100], "contributors": [2, 9, 9],
    ...                      "gross": 100, "largest": [60, 80, 30], "second": [40, 10, 20]})
    >>> sensitive(rows, Rules(3, 70, 10)).select("reason", "protection").rows()
    [('few', 6), ('dominance', 15), (None, 0)]
    """
    require(cells, columns=["cell"], whole=MEASURES)
    gross, largest = pl.col("gross").cast(pl.Int128), pl.col("largest").cast(pl.Int128)
    rest = gross - largest - pl.col("second")
    by_p = _ceiling(rules.p_pct * largest - 100 * rest, 100)
    by_dominance = _ceiling(100 * largest, rules.dominance_pct) - gross
    reason = (
        pl.when(pl.col("contributors").is_between(1, rules.least_contributors - 1))
        .then(pl.lit("few"))
        .when(100 * largest > rules.dominance_pct * gross)
        .then(pl.lit("dominance"))
        .when(100 * rest < rules.p_pct * largest)
        .then(pl.lit("p_percent"))
    )
    least = max(1, *(int(g) // _FINEST for g in cells["gross"]), 1)
    needed = pl.max_horizontal(by_p, by_dominance, pl.lit(least)).cast(pl.Int64)
    told = cells.with_columns(reason=reason)
    return told.with_columns(protection=pl.when(pl.col("reason").is_not_null()).then(needed).otherwise(0))


def _ceiling(numerator: pl.Expr, denominator: int) -> pl.Expr:
    return (numerator + (denominator - 1)) // denominator


def _total(column: pl.Expr) -> pl.Expr:
    """A sum that fails rather than wraps where it leaves 64 bits."""
    return column.cast(pl.Int128).sum().cast(pl.Int64)


def _name(dimensions: Sequence[Sequence[str]], depth: Sequence[int]) -> pl.Expr:
    """The name of the cell that a contribution falls into at this depth of each dimension."""
    axes = [
        pl.concat_str([pl.col(c).cast(pl.String) for c in levels[:deep]], separator="/") if deep else pl.lit(ALL)
        for levels, deep in zip(dimensions, depth, strict=True)
    ]
    return pl.concat_str(axes, separator="|").alias("cell")


def _level(
    known: pl.DataFrame, dimensions: Sequence[Sequence[str]], depth: Sequence[int], contributor: str
) -> pl.DataFrame:
    of_each = known.group_by(_name(dimensions, depth), contributor).agg(_total(pl.col("value")))
    size = pl.col("value").abs()
    ranked = of_each.sort(size, descending=True)
    return ranked.group_by("cell", maintain_order=True).agg(
        value=_total(pl.col("value")),
        contributors=pl.len().cast(pl.Int64),
        gross=_total(size),
        largest=size.first(),
        second=size.slice(1, 1).first().fill_null(0),
    )
