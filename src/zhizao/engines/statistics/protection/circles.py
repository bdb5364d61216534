"""Circles of hidden cells that can move by turns: one up, the next in its row down, the next in that column up …

Most sensitive cells of a table with many hidden ones lie on such a circle, and finding it by breadth-first search is a
hundred times cheaper than a linear programme. Sums are nodes, a hidden cell that stands in two sums is an edge between
them, one that stands in a single sum an edge to the ground; cells of three sums and more are left to the programme. A
state is a sum and by how much it is out of balance (±1), so signs are always right.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection

from scipy.sparse import csc_array, csr_array

_GROUND = (-1, 0)
State = tuple[int, int]


def circle(rows: csr_array, columns: csc_array, cell: int, hidden: Collection[int]) -> dict[int, int] | None:
    """Moves of ±1 of hidden cells, the given one by +1, after which every sum still holds; ``None`` if none was found.

    Parameters
    ----------
    rows, columns : sparse matrix
        The sums (+1 the total, −1 its parts), by rows and by columns.
    cell : int
    hidden : collection of int
        The cells that may move.

    Examples
    --------
    >>> import numpy as np
    >>> sums = csr_array(np.array([[1, -1, -1, -1]]))  # cell 0 = 1 + 2 + 3
    >>> circle(sums, sums.tocsc(), 1, {1, 3})
    {1: 1, 3: -1}
    """
    ends = [(int(row), int(sign)) for row, sign in _column(columns, cell)]
    if not ends:
        return {cell: 1}
    if len(ends) > 2:
        return None
    moves = {cell: 1}
    goal = (ends[1][0], -ends[1][1]) if len(ends) == 2 else _GROUND
    path = _path(rows, columns, ends[0], goal, hidden, cell)
    if path is None:
        return None
    for step, move in path:
        moves[step] = moves.get(step, 0) + move
    balanced: dict[int, int] = {}
    for step, move in moves.items():
        for row, sign in _column(columns, step):
            balanced[row] = balanced.get(row, 0) + move * int(sign)
    sound = moves[cell] == 1 and all(abs(move) <= 1 for move in moves.values()) and not any(balanced.values())
    return {step: move for step, move in moves.items() if move} if sound else None


def _path(
    rows: csr_array, columns: csc_array, start: State, goal: State, hidden: Collection[int], cell: int
) -> list[tuple[int, int]] | None:
    """The cells, with their moves, that carry the imbalance of the start to the goal."""
    came: dict[State, tuple[State, int, int]] = {}
    seen, queue = {start}, deque([start])
    while queue:
        state = queue.popleft()
        if state == goal:
            path = []
            while state != start:
                state, step, move = came[state]
                path.append((step, move))
            return path[::-1]
        row, out = state
        if state == _GROUND:
            continue
        for step, sign in zip(*_row(rows, row), strict=True):
            if step == cell or step not in hidden:
                continue
            entries = _column(columns, step)
            if len(entries) > 2:
                continue
            move = -out * int(sign)
            others = [(other, move * int(s)) for other, s in entries if other != row]
            following = others[0] if others else _GROUND
            if following not in seen:
                seen.add(following)
                came[following] = (state, step, move)
                queue.append(following)
    return None


def _row(rows: csr_array, row: int) -> tuple[list[int], list[float]]:
    inside = slice(rows.indptr[row], rows.indptr[row + 1])
    return rows.indices[inside].tolist(), rows.data[inside].tolist()


def _column(columns: csc_array, cell: int) -> list[tuple[int, float]]:
    inside = slice(columns.indptr[cell], columns.indptr[cell + 1])
    return list(zip(columns.indices[inside].tolist(), columns.data[inside].tolist(), strict=True))
