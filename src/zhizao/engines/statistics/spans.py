"""What observed spans determine: months from year-to-date figures, quarters and years from months, stocks at an end.

Let P(c) be the sum of a flow from some far day to the cut c, the start of a month. An observation of the span from cut
a to cut b says

    P(b) − P(a) = value,

an edge between two cuts. The row space of these equations is that of a graph: a span is **determined** if and only if
its two cuts are connected, and then its value is the sum of the signed values along any path. So nothing is guessed:
without a figure for January, January and February stay one span, and a missing month leaves the months beside it known
and itself unknown. A stock at the end of a span is an edge from one origin to that end.

The values come from one spanning forest, so they always add up. Of contradicting observations the forest takes
year-to-date figures before others, and long spans before short ones: cumulative figures take in later corrections. What
is not in the forest and does not agree is a contradiction, with its revision record

    r = C(t) − C(t−1) − month(t),        implied by the others minus reported.

A negative month is never cut off at nought: it is such a correction. Work is linear in the number of observations but
for sorting; groups (subject, indicator, scope, price basis) are solved together. Where all figures are year to date and
none is said twice, the forest is known without looking for it (``_cumulative``).

Source
------
The form 财务状况 is not asked for January (1月免报); January and February are surveyed together since 2013 (notes to
the monthly releases of the National Bureau of Statistics). Incidence matrices and cycle space: N. Biggs,
*Algebraic Graph Theory*, 2nd ed., 1993, chapters 4 and 5.

Examples
--------
>>> observed = pl.DataFrame({"subject": "a", "start_month": [24300] * 3, "months": [2, 3, 5], "value": [50, 80, 140]})
>>> pieces(solve(observed, by=["subject"])).select("start_month", "months", "value").rows()
[(24300, 2, 50), (24302, 1, 30), (24303, 2, 60)]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, minimum_spanning_tree

from zhizao.engines.statistics._cumulative import solve_cumulative
from zhizao.engines.statistics._frames import INT64_MAX, refusal, require
from zhizao.kernel.result import mark

Ints = npt.NDArray[np.int64]
_CUTS = 1 << 18
"""More than all months to the year 9999."""
_ORIGIN = 0
"""The cut from which stocks are counted; no span starts there (spans start in the year 1)."""


class Kind(StrEnum):
    """How an indicator adds up: a flow over its span, a stock at its end. A ratio does neither: solve its parts."""

    FLOW = "flow"
    STOCK = "stock"


@dataclass(frozen=True, slots=True)
class Solved:
    """What a set of observations determines.

    Attributes
    ----------
    by : the columns that name a group
    kind : flow or stock
    groups : one row a group: ``group`` and the columns ``by``
    cuts : one row a cut: ``group``, ``cut`` (month), ``component``, ``level`` (P(cut) within its component), in the
        order of component and cut
    contradictions : ``by``, ``start_month``, ``months``, ``value`` (reported), ``implied``, ``revision`` (their gap)
    """

    by: tuple[str, ...]
    kind: Kind
    groups: pl.DataFrame
    cuts: pl.DataFrame
    contradictions: pl.DataFrame


def solve(observations: pl.DataFrame, *, by: Sequence[str], kind: Kind = Kind.FLOW) -> Solved:
    """Find what the observations determine.

    Parameters
    ----------
    observations : DataFrame
        Columns ``by``, ``start_month`` (year × 12 + month − 1), ``months`` (≥ 1), ``value`` (Int64 in a small unit,
        such as millionths; null = unknown, which determines nothing). One row a figure, of one as-of date.
    by : sequence of str
        What names a series: subject, indicator, scope, price basis. Figures of two bases are never put together.
    kind : Kind
        Flow or stock.

    Raises
    ------
    Refused
        ``statistics.no_column``, ``statistics.not_whole``, ``statistics.not_a_span``, ``statistics.out_of_range``.

    Examples
    --------
    February reported as 31 although the year-to-date figures say 30:

    >>> frame = pl.DataFrame({"subject": "a", "start_month": [24300, 24300, 24301], "months": [1, 2, 1],
    ...                       "value": [20, 50, 31]})
    >>> solve(frame, by=["subject"]).contradictions.rows()
    [('a', 24301, 1, 31, 30, -1)]
    """
    require(observations, columns=by, whole=("start_month", "months", "value"))
    _check_spans(observations)
    known = observations.drop_nulls("value").select(*by, "start_month", "months", pl.col("value").cast(pl.Int64))
    groups, group = _groups(known, by)
    value = known["value"].to_numpy()
    _check_range(group, value)
    begin = known["start_month"].to_numpy().astype(np.int64)
    months = known["months"].to_numpy().astype(np.int64)
    if kind is Kind.FLOW and (quick := solve_cumulative(group, begin, months, value)) is not None:
        cuts = pl.DataFrame(
            {"group": quick.group, "cut": quick.cut, "component": quick.component, "level": quick.level}
        )
        none = known.clear().with_columns(implied=pl.lit(0, pl.Int64), revision=pl.lit(0, pl.Int64))
        return Solved(tuple(by), kind, groups, cuts, none)
    end = begin + months
    start = begin if kind is Kind.FLOW else np.full_like(end, _ORIGIN)
    nodes, at = np.unique(np.concatenate([group * _CUTS + start, group * _CUTS + end]), return_inverse=True)
    tail, head = at[: len(start)], at[len(start) :]
    component, level = _levels(tail, head, value, _preference(begin, end), len(nodes))
    cuts = pl.DataFrame({"group": nodes // _CUTS, "cut": nodes % _CUTS, "component": component, "level": level})
    cuts = cuts.sort("component", "cut", maintain_order=True)
    implied = pl.Series("implied", level[head] - level[tail])
    contradictions = (
        known.with_columns(implied)
        .filter(pl.col("value") != pl.col("implied"))
        .with_columns(revision=pl.col("implied") - pl.col("value"))
    )
    return Solved(tuple(by), kind, groups, cuts, contradictions)


def pieces(solved: Solved) -> pl.DataFrame:
    """The finest spans that are determined, in order; every determined span is a sum of these.

    Returns
    -------
    DataFrame
        Columns ``by``, ``start_month``, ``months``, ``value``. January–February without a January is one row of two
        months. A stock is one row for each month at whose end it is known.

    Examples
    --------
    >>> stock = pl.DataFrame({"subject": "a", "start_month": [24300, 24303], "months": [3, 1], "value": [7, 9]})
    >>> pieces(solve(stock, by=["subject"], kind=Kind.STOCK)).rows()
    [('a', 24302, 1, 7), ('a', 24303, 1, 9)]
    """
    cuts = solved.cuts
    if solved.kind is Kind.STOCK:
        first = pl.col("level").first().over("component")
        rows = cuts.with_columns(value=pl.col("level") - first).filter(pl.col("cut") != _ORIGIN)
        rows = rows.select("group", start_month=pl.col("cut") - 1, months=pl.lit(1, pl.Int64), value="value")
    else:
        is_last = (pl.col("component") != pl.col("component").shift(-1)).fill_null(value=True)
        rows = cuts.select(
            "group",
            start_month="cut",
            months=pl.col("cut").shift(-1) - pl.col("cut"),
            value=pl.col("level").shift(-1) - pl.col("level"),
            _last=is_last,
        ).filter(~pl.col("_last"))
        rows = rows.drop("_last")
        at = rows["group"].to_numpy() * _CUTS + rows["start_month"].to_numpy()
        if (at[1:] < at[:-1]).any():
            rows = rows.sort("group", "start_month")
    return _named(solved, rows)


def values(solved: Solved, wanted: pl.DataFrame) -> pl.DataFrame:
    """The value of each wanted span, null where the observations do not determine it.

    Parameters
    ----------
    solved : Solved
    wanted : DataFrame
        ``start_month``, ``months`` and the columns ``by``; without those, each span is asked of every group.

    Examples
    --------
    The first quarter is known, January is not, and nor is a span that only a guess could give:

    >>> frame = pl.DataFrame({"subject": "a", "start_month": [24300, 24300], "months": [2, 3], "value": [50, 80]})
    >>> spans = pl.DataFrame({"start_month": [24300, 24302, 24300], "months": [3, 1, 1]})
    >>> values(solve(frame, by=["subject"]), spans)["value"].to_list()
    [80, 30, None]
    """
    require(wanted, whole=("start_month", "months"))
    _check_spans(wanted)
    named = [name for name in solved.by if name in wanted.columns]
    if named and len(named) < len(solved.by):
        require(wanted, columns=solved.by)
    joined = (
        wanted.join(solved.groups, on=named, how="left", nulls_equal=True, maintain_order="left")
        if named
        else solved.groups.join(wanted, how="cross")
    )
    from_cut = pl.col("start_month").cast(pl.Int64) if solved.kind is Kind.FLOW else pl.lit(_ORIGIN, pl.Int64)
    asked = joined.with_columns(_from=from_cut, _to=(pl.col("start_month") + pl.col("months")).cast(pl.Int64))
    for side in ("_from", "_to"):
        at = solved.cuts.select("group", pl.col("cut").alias(side), pl.struct("component", "level").alias(f"{side}_at"))
        asked = asked.join(at, on=["group", side], how="left", maintain_order="left")
    begin, finish = (pl.col(f"{side}_at").struct for side in ("_from", "_to"))
    same = begin.field("component") == finish.field("component")
    value = pl.when(same).then(finish.field("level") - begin.field("level")).alias("value")
    others = [name for name in wanted.columns if name not in (*solved.by, "value")]
    return asked.select(*solved.by, *others, value)


def _levels(tail: Ints, head: Ints, value: Ints, best: Ints, nodes: int) -> tuple[Ints, Ints]:
    """The component of each node, and its level along the spanning forest of the edges that come first in ``best``.

    Parents are followed by doubling: each step adds the parent's level and goes to the grandparent. Whole numbers wrap
    and come back, so a result that fits is right (its range is checked before).
    """
    if not len(tail):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    _, rank = np.unique(tail[best] * np.int64(nodes) + head[best], return_index=True)  # the best of parallel edges
    edges = best[rank]
    shape = (nodes + 1, nodes + 1)
    graph = coo_array((rank + 1.0, (tail[edges], head[edges])), shape=shape).tocsr()
    _, component = connected_components(graph, directed=False)
    component = component[:nodes].astype(np.int64)
    roots = np.unique(component, return_index=True)[1]
    is_forest = len(edges) + len(roots) == nodes
    tree = edges if is_forest else best[(minimum_spanning_tree(graph).data - 1).astype(np.int64)]
    ends = np.concatenate([tail[tree], np.full(len(roots), nodes)]), np.concatenate([head[tree], roots])
    forest = coo_array((np.ones(len(ends[0])), ends), shape=shape).tocsr()
    _, parent = breadth_first_order(forest, nodes, directed=False, return_predecessors=True)
    parent[nodes] = nodes
    level = np.zeros(nodes + 1, np.int64)
    down = parent[head[tree]] == tail[tree]
    level[np.where(down, head[tree], tail[tree])] = np.where(down, value[tree], -value[tree])
    while (parent != nodes).any():
        level += level[parent]
        parent = parent[parent]
    return component, level[:nodes]


def _preference(start: Ints, end: Ints) -> Ints:
    """The observations in order: year to date first, then the longer, then as given."""
    from_january = (start % 12 == 0) & (end - start <= 12)
    return np.lexsort((start - end, ~from_january))


def _groups(frame: pl.DataFrame, by: Sequence[str]) -> tuple[pl.DataFrame, Ints]:
    """The groups in the order in which they come, numbered, and each row's number; rows of a group mostly lie together.

    So runs of alike rows are numbered first, and only these are looked up.
    """
    changes = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift()) for name in by)
    first = frame.select(changes).to_series().to_numpy().copy()
    first[:1] = True
    runs = frame.select(*by).filter(first)
    groups = runs.unique(maintain_order=True).with_row_index("group").with_columns(pl.col("group").cast(pl.Int64))
    number = runs.join(groups, on=list(by), how="left", nulls_equal=True, maintain_order="left")["group"].to_numpy()
    return groups, number[first.cumsum() - 1]


def _named(solved: Solved, rows: pl.DataFrame) -> pl.DataFrame:
    names = solved.groups.select(pl.col(solved.by).gather(rows["group"]))  # a group's number is its row
    return names.hstack(rows.drop("group"))


def _check_spans(frame: pl.DataFrame) -> None:
    start, months = pl.col("start_month"), pl.col("months")
    good = start.is_not_null() & months.is_not_null() & (months >= 1) & (start >= 12) & (start + months <= 120_000)
    bad = frame.select((~good).fill_null(value=True).arg_true())["start_month"]
    if len(bad):
        raise refusal(
            "not_a_span",
            mark("A period must have at least one month and lie in the years 1 to 9999."),
            remedy=mark("Check the first and the last month."),
            row=int(bad[0]),
        )


def _check_range(group: Ints, value: Ints) -> None:
    """Any determined value is at most the sum of its group's magnitudes; that must fit 64 bits."""
    if (np.bincount(group, weights=np.abs(value.astype(np.float64))) > INT64_MAX / 2).any():
        raise refusal(
            "out_of_range",
            mark("The figures of one series are too large to be added exactly."),
            remedy=mark("Choose a larger canonical unit for the indicator."),
        )
