"""At which height a line of the map runs behind the columns between two nodes, so that it seems to touch no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

CLEAR = 0.4
"""Rows between the line and the middle of a box: a little more than half a box."""
STEP = 0.5
"""Nodes stand at multiples of this, and so do lines."""

Place = tuple[int, float]
"""Column and row of a node."""


def line_rows(at: Mapping[str, Place], edges: Iterable[tuple[str, str]]) -> list[float]:
    """The row of each line: its supplier's, its buyer's, else the free one nearest to both; over all boxes it is free.

    Parameters
    ----------
    at : where the nodes stand, rows from 0
    edges : supplier and buyer

    Examples
    --------
    >>> line_rows({"a": (0, 1.0), "b": (1, 0.0), "c": (1, 1.0), "d": (2, 1.0)}, [("a", "d"), ("a", "c")])
    [0.5, 1.0]
    """
    rows_of: dict[int, set[float]] = {}
    for column, row in at.values():
        rows_of.setdefault(column, set()).add(row)
    steps = [step * STEP for step in range(-1, int(max((row for _c, row in at.values()), default=0) / STEP) + 2)]
    free: dict[tuple[int, int], list[float]] = {}
    found = []
    for supplier, buyer in edges:
        (left, start), (right, end) = sorted([at[supplier], at[buyer]])
        if (left, right) not in free:
            boxes = set().union(*(rows_of.get(column, ()) for column in range(left + 1, right)))
            free[left, right] = [row for row in steps if all(abs(row - box) >= CLEAR for box in boxes)]
        found.append(_nearest(free[left, right], [at[supplier][1], at[buyer][1]], (start + end) / 2))
    return found


def _nearest(free: Sequence[float], wanted: Sequence[float], middle: float) -> float:
    at_an_end = [row for row in wanted if row in free]
    return at_an_end[0] if at_an_end else min(free, key=lambda row: abs(row - middle))
