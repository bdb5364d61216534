"""Positions for the map of a chain: suppliers left, buyers right, few crossings, the same every time.

Columns are the layers, in the order of the stages; within a column nodes are ordered by the mean position of their
neighbours, swept forth and back (barycentre), and the order of the sweeps with the fewest crossings is kept. A column
longer than ``rows`` is broken into several, so that 2,000 nodes stay on a sheet of three to two. One unit is one place
for a node; no two nodes share one.

Source: K. Sugiyama, S. Tagawa, M. Toda, IEEE Trans. Syst. Man Cybern. 11 (1981) 109.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from zhizao.engines.chain._arrays import Floats, Ints, require
from zhizao.engines.chain.layers import STAGES, link_places

_SWEEPS: Final = 8
_WIDTH_TO_HEIGHT: Final = 1.5
_GAP: Final = 1.0
"""Free columns between two layers: room for the links."""


def positions(placed: pl.DataFrame, links: pl.DataFrame, *, rows: int | None = None) -> pl.DataFrame:
    """Where each node of a map is drawn.

    Parameters
    ----------
    placed : DataFrame
        Columns ``node``, ``layer`` and ``stage``, as ``layers`` gives them.
    links : DataFrame
        Columns ``supplier``, ``buyer``.
    rows : most nodes above one another; by default so many that the map is half as wide again as it is high

    Returns
    -------
    DataFrame
        ``node``, ``x``, ``y`` in places (x to the right, y downwards), in the order of ``placed``.

    Raises
    ------
    Refused
        ``chain.no_column``, ``chain.unknown_node``.

    Examples
    --------
    >>> placed = pl.DataFrame({"node": ["a", "b", "c", "d"], "layer": [0, 0, 1, 1], "stage": ["upstream"] * 4})
    >>> positions(placed, pl.DataFrame({"supplier": ["a", "b"], "buyer": ["d", "c"]})).rows()
    [('a', 0.0, 0.0), ('b', 0.0, 1.0), ('c', 2.0, 1.0), ('d', 2.0, 0.0)]
    """
    require(placed, "node", "layer", "stage")
    names = placed["node"].to_list()
    supplier, buyer = link_places(links, {name: place for place, name in enumerate(names)})
    column = _columns(placed)
    order = _ordered(column, supplier, buyer)
    height = rows or _rows(np.bincount(column, minlength=1))
    x, y = _broken(column, order, max(height, 1))
    return pl.DataFrame({"node": names, "x": x, "y": y})


def crossings(column: Ints, order: Floats, supplier: Ints, buyer: Ints) -> int:
    """Pairs of links between the same two columns that cross.

    Parameters
    ----------
    column : shape (n,)
    order : shape (n,), place within the column
    supplier, buyer : shape (links,)

    Examples
    --------
    >>> column, order = np.array([0, 0, 1, 1]), np.array([0.0, 1.0, 0.0, 1.0])
    >>> crossings(column, order, np.array([0, 1]), np.array([3, 2]))
    1
    """
    left, right = order[supplier], order[buyer]
    span = column[supplier] * (int(column.max(initial=0)) + 1) + column[buyer]
    found = 0
    for pair in np.unique(span):
        mine = span == pair
        ends = right[mine][np.lexsort((right[mine], left[mine]))]
        found += _inversions(ends)
    return found


def _columns(placed: pl.DataFrame) -> Ints:
    """Columns from 0: by stage, so that a stage set by hand moves its node; then by layer. Without stage: last."""
    stage = placed["stage"].replace_strict({name: place for place, name in enumerate(STAGES)}, default=len(STAGES))
    layer = placed["layer"].to_numpy().astype(np.int64)
    key = stage.to_numpy().astype(np.int64) * (int(layer.max(initial=0)) + 1) + layer
    return np.unique(key, return_inverse=True)[1].astype(np.int64)


def _ordered(column: Ints, supplier: Ints, buyer: Ints) -> Floats:
    """The order within columns with the fewest crossings of all sweeps."""
    order = _ranked(column, np.zeros(len(column)), np.arange(len(column)))
    best, fewest = order, crossings(column, order, supplier, buyer)
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        for now in range(int(column.max(initial=0)) + 1)[:: 1 if forth else -1]:
            near, far = (supplier, buyer) if forth else (buyer, supplier)
            looking = (column[far] == now) & (column[near] != now)
            total = np.bincount(far[looking], weights=order[near[looking]], minlength=len(order))
            count = np.bincount(far[looking], minlength=len(order))
            mine = column == now
            mean = np.where(count > 0, total / np.maximum(count, 1), order)
            order = np.where(mine, _ranked(column, mean, order), order)
        found = crossings(column, order, supplier, buyer)
        if found < fewest:
            best, fewest = order, found
    return best


def _ranked(column: Ints, value: Floats, tie: Floats | Ints) -> Floats:
    """Ranks within columns, scaled to 0–1 so that columns of different length compare."""
    by = np.lexsort((tie, value, column))
    sizes = np.bincount(column, minlength=1)
    start = np.cumsum(sizes) - sizes
    rank = np.empty(len(column))
    rank[by] = np.arange(len(column)) - start[column[by]]
    return np.asarray((rank + 0.5) / np.maximum(sizes[column], 1), dtype=np.float64)


def _rows(sizes: Ints) -> int:
    """The least height at which the map is no wider than one and a half times its height."""
    height = 1
    while (np.ceil(sizes / height) + _GAP).sum() > _WIDTH_TO_HEIGHT * height and height < sizes.max(initial=1):
        height += 1
    return height


def _broken(column: Ints, order: Floats, rows: int) -> tuple[Floats, Floats]:
    """x and y: columns of at most ``rows``, each centred."""
    sizes = np.bincount(column, minlength=1)
    width = np.maximum(np.ceil(sizes / rows), 1).astype(np.int64)
    start = np.cumsum(width + _GAP) - (width + _GAP)
    height = np.ceil(sizes / width)
    rank = np.rint(order * sizes[column] - 0.5).astype(np.int64)
    # Row by row over the parts of a column: neighbours in the order stay neighbours on the sheet.
    x = start[column] + rank % width[column]
    y = rank // width[column] + (height.max(initial=0) - height[column]) / 2
    return x.astype(np.float64), y.astype(np.float64)


def _inversions(values: Floats) -> int:
    """Pairs in the wrong order, by merging halves."""
    if len(values) < 2:
        return 0
    middle = len(values) // 2
    left, right = values[:middle], values[middle:]
    across = int((len(left) - np.searchsorted(np.sort(left), right, side="right")).sum())
    return across + _inversions(left) + _inversions(right)
