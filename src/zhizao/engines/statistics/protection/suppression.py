"""Hide what is sensitive, and as little else as keeps it hidden.

Hiding a sensitive cell alone does not hide it: the row's total minus the other cells gives it back. So further cells
are hidden (secondary suppression) until, for every sensitive cell p of value x with protection U, two other tables
exist that agree with all that is shown, one with p ≥ x + U and one with p ≤ x − min(U, x − lowest). Such a table is
x + y,

    M y = 0,    y = 0 where shown,    x + y ≥ lowest,

and y is the witness that the attacker's bounds reach so far. The cheapest set of further cells (a cell costs its share
of the largest plus 1/50, or what the caller says) is sought in three steps:

1. sensitive cells, the most exposed first: a circle of hidden cells that can move by turns (``circles``), or else a
   linear programme for the y of least cost, hidden cells being free; the cells it moves are hidden. What another
   witness already protects is skipped;
2. a contributor knows itself. So for every sensitive cell and every hidden cell of a single contributor there must be a
   witness that leaves the latter still; and all hidden parts of a shown total form a cell that everybody can compute,
   which must not be sensitive either: the cheapest part is hidden until it is not;
3. what is no longer needed is shown again, the dearest first; small tables are solved to the cheapest set (``exact``).

Every step counts work, never seconds, so the same table gives the same answer. Where a table is too large for the
search, a cell is hidden with all totals above it, which protects it without any search and hides more.

Source
------
A. Hundepool et al., *Statistical Disclosure Control*, Wiley, 2012, §4.4, doi 10.1002/9781118348239; M. Fischetti,
J. J. Salazar, *Management Science* 47 (2001) 1008–1027, doi 10.1287/mnsc.47.7.1008.9805 (``exact``);
J. P. Kelly, B. L. Golden, A. A. Assad, *Networks* 22 (1992) 397–417 (cell by cell).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from zhizao.engines.statistics._frames import refusal, require
from zhizao.engines.statistics.protection.attacker import check_names
from zhizao.engines.statistics.protection.cells import MEASURES, Rules, Total, sensitive
from zhizao.engines.statistics.protection.exact import cheapest_set
from zhizao.engines.statistics.protection.tables import Table, Way, disclosed
from zhizao.kernel.result import mark

SEARCH_WORK = 2_000_000
"""Linear programmes × cells after which cells are hidden with all totals above them, without search."""
EXACT_WORK = 250
"""Sensitive cells × cells up to which the cheapest set is sought."""


Ways = dict[tuple[int, int], list[Way]]


@dataclass(frozen=True, slots=True)
class Protected:
    """A table that may be published.

    Attributes
    ----------
    cells : ``cell``, ``shown`` (null = hidden), ``reason`` (few, dominance, p_percent, secondary; null = shown)
    method : ``none`` (nothing is sensitive), ``exact`` (no cheaper set exists), ``search``, ``totals`` (without search)
    """

    cells: pl.DataFrame
    method: str


def protect(
    cells: pl.DataFrame,
    totals: Sequence[Total],
    rules: Rules,
    *,
    lowest: int | None = 0,
    costs: Mapping[str, float] | None = None,
    published: Sequence[str] = (),
) -> Protected:
    """Choose the cells to hide.

    Parameters
    ----------
    cells : DataFrame
        ``cell``, ``value``, ``contributors``, ``gross``, ``largest``, ``second``, as ``tabulate`` gives them.
    totals : sequence of Total
        The sums between the cells; sums over several tables too.
    rules : Rules
        When a cell is sensitive.
    lowest : int or None
        What everybody knows values to be at least; ``None`` where they may be negative.
    costs : mapping, optional
        What hiding a cell costs; positive.
    published : sequence of str
        Cells that are known already and cannot be hidden any more.

    Raises
    ------
    Refused
        ``statistics.not_additive``, ``statistics.no_cell``, ``statistics.below_lowest``, ``statistics.disclosed``: what
        is published already tells a sensitive cell, so this table must not be published.

    Examples
    --------
    Cell a of one enterprise; without b its value would be 100 − 60 − 30:

    >>> frame = pl.DataFrame({"cell": ["all", "a", "b", "c"], "value": [100, 10, 30, 60], "contributors": [9, 1, 4, 4],
    ...                       "gross": [100, 10, 30, 60], "largest": [20, 10, 9, 20], "second": [15, 0, 9, 15]})
    >>> told = protect(frame, [Total("all", ("a", "b", "c"))], Rules(3, 70, 10))
    >>> told.cells["reason"].to_list(), told.method
    ([None, 'few', 'secondary', None], 'exact')
    """
    require(cells, columns=["cell"], whole=MEASURES)
    judged = sensitive(cells, rules)
    _check(cells, totals, lowest)
    table = Table.of(judged, totals, rules, lowest=lowest, costs=costs, published=published)
    hidden, method = _search(table)
    reasons = {table.names[i]: "secondary" for i in hidden}
    reason = pl.coalesce(pl.col("reason"), pl.col("cell").replace_strict(reasons, default=None, return_dtype=pl.String))
    told = judged.with_columns(reason=reason).select(
        "cell", shown=pl.when(pl.col("reason").is_null()).then("value"), reason="reason"
    )
    return Protected(told, method)


def _search(table: Table) -> tuple[frozenset[int], str]:
    """The hidden cells, by number, and how they were found."""
    if not table.sensitive:
        return frozenset(), "none"
    found = _cell_by_cell(table)
    if found is None:
        return _with_totals(table), "totals"
    if len(table.sensitive) * len(table.names) <= EXACT_WORK:
        exact = cheapest_set(table)
        if exact is not None and table.cost(exact) <= table.cost(found):
            return exact, "exact"
    return found, "search"


def _cell_by_cell(table: Table) -> frozenset[int] | None:
    """Steps 1 and 2, then what is not needed is shown again; ``None`` if that is too much work."""
    hidden = set(table.sensitive)
    ways: Ways = {goal: [] for goal in table.goals()}
    work = 0
    while True:
        for goal, found in ways.items():
            while not found or table.knowing(goal, found):
                work += len(table.names)
                if work > SEARCH_WORK:
                    return None
                way = table.cheapest_way(goal, hidden, still=table.knowing(goal, found) if found else frozenset())
                hidden |= way.moved
                _take(table, ways, way)
        wanted = table.sensitive_union(hidden)
        if wanted is None:
            return _without_needless(table, hidden, ways, work)
        hidden.add(wanted[0])


def _take(table: Table, ways: Ways, way: Way) -> None:
    """Remember the way for every goal that it reaches, unless the goal needs none any more."""
    for goal in ((cell, sign) for cell in way.moved if table.protection[cell] for sign in (1, -1)):
        found = ways.get(goal)
        if found is None or (found and not table.knowing(goal, found)):
            continue
        if way.reaches(goal, table.distance(goal)):
            found.append(way)


def _without_needless(table: Table, hidden: set[int], ways: Ways, work: int) -> frozenset[int]:
    """Show again, the dearest first, every further cell without which all goals are still reached."""
    for cell in sorted(hidden - set(table.sensitive), key=lambda i: (-table.costs[i], table.names[i])):
        rest = hidden - {cell}
        if table.sensitive_union(rest) is not None:
            continue
        fresh: Ways = {}
        for goal in [goal for goal, found in ways.items() if any(cell in way.moved for way in found)]:
            work += len(hidden)
            found, missing = table.ways_within(goal, rest) if work <= SEARCH_WORK else ([], frozenset())
            if missing is not None:
                break
            fresh[goal] = found
        else:
            hidden = rest
            ways = ways | fresh
    return frozenset(hidden)


def _with_totals(table: Table) -> frozenset[int]:
    """Every sensitive cell with all totals above it: all of them can move together."""
    hidden = set(table.sensitive)
    for cell in table.sensitive:
        above = table.above(cell)
        if above & table.fixed or not table.moves_together(above):
            raise disclosed(table.names[cell])
        hidden |= above
    while (wanted := table.sensitive_union(hidden)) is not None:
        hidden.add(wanted[0])
    return frozenset(hidden)


def _check(cells: pl.DataFrame, totals: Sequence[Total], lowest: int | None) -> None:
    values = dict(cells.select("cell", "value").iter_rows())
    check_names(values, totals)
    if len(values) < len(cells) or None in values.values():
        raise refusal(
            "cells",
            mark("Every cell needs one row and a known value."),
            remedy=mark("Leave cells out whose value is unknown, and the sums over them."),
        )
    for total in totals:
        if values[total.total] != sum(values[part] for part in total.parts):
            raise refusal(
                "not_additive_cell",
                mark("The parts of %(cell)s do not add up to it."),
                remedy=mark("Check that all figures are of one as-of date and one scope."),
                cell=total.total,
            )
    low = [cell for cell, value in values.items() if lowest is not None and value < lowest]
    if low:
        raise refusal(
            "below_lowest",
            mark("%(cell)s is below the value that everybody is taken to know as the least."),
            remedy=mark("Say that values of this indicator may be negative."),
            cell=low[0],
        )
