"""At which height a line of the map runs behind the columns between two nodes, so that it seems to touch no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

CLEAR = 0.4
"""Rows between the line and the middle of a box: a little more than half a box."""
STEP = 0.5

Place = tuple[int, float]
"""Column and row of a node."""


def row_between(supplier: Place, buyer: Place, rows_of: Mapping[int, Sequence[float]]) -> float:
    """The row of the line: the supplier's, the buyer's, else the nearest free one; above all boxes it is always free.

    Parameters
    ----------
    supplier, buyer : where the line begins and ends
    rows_of : by column the rows at which nodes stand, from 0

    Examples
    --------
    >>> row_between((0, 1.0), (2, 1.0), {1: [0.0, 1.0]})
    0.5
    >>> row_between((0, 1.0), (2, 0.0), {1: [0.0]})
    1.0
    """
    (left, start), (right, end) = sorted([supplier, buyer])
    boxes = [row for column in range(left + 1, right) for row in rows_of.get(column, ())]
    middle = (start + end) / 2
    steps = range(-1, int(max([start, end, *boxes]) / STEP) + 2)
    ways = [supplier[1], buyer[1], *sorted((step * STEP for step in steps), key=lambda row: abs(row - middle))]
    return next((row for row in ways if _is_free(row, boxes)), start)


def _is_free(row: float, boxes: Iterable[float]) -> bool:
    return all(abs(row - box) >= CLEAR for box in boxes)
