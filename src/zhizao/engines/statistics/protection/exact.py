"""The cheapest set of hidden cells of a small table, by cutting planes.

Let sᵢ = 1 if cell i is hidden. For a goal (a sensitive cell p and a direction) the hidden cells must let p move by its
distance 1: the optimum of

    max y_p     M y = 0,    −lᵢ sᵢ ≤ yᵢ ≤ uᵢ sᵢ,    lᵢ = min(room, B), uᵢ = B distances

must be 1 (B = 4; a smaller B only hides more). By duality, for any π with d = e_p + Mᵀπ,

    Σ ( uᵢ max(dᵢ, 0) + lᵢ max(−dᵢ, 0) ) sᵢ ≥ 1

holds for every set that protects, and the π of a set that does not protect is a cut that it violates. So: take the
cheapest set that satisfies the cuts so far (branch and bound), ask the linear programmes, add their
cuts, until there is none. Hidden parts of a total that are sensitive together are cut off likewise. Limits count rounds
and nodes, never time.

Source
------
M. Fischetti, J. J. Salazar, *Management Science* 47 (2001) 1008–1027, doi 10.1287/mnsc.47.7.1008.9805.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from zhizao.engines.statistics.protection.tables import Goal, Table

NODES = 2_000
ROUNDS = 20
_FAR = 4.0
_SLACK = 1e-6
_STEPS = 1e3

Floats = npt.NDArray[np.float64]


def cheapest_set(table: Table) -> frozenset[int] | None:
    """The cheapest set of cells that protects, sensitive ones included; ``None`` if it was not found for certain."""
    must = frozenset(table.sensitive)
    goals = table.goals()
    hidden = must
    cuts: list[Floats] = []
    for _ in range(ROUNDS):
        asked = ((goal, table.ways_within(goal, hidden)[1]) for goal in goals)
        missing = [(goal, still) for goal, still in asked if still is not None]
        fresh = [_cut(table, goal, hidden, still) for goal, still in missing]
        found = [cut for cut in fresh if cut is not None]
        if len(found) < len(missing):
            return None
        if not found and (more := table.sensitive_union(hidden)) is not None:
            found = [np.isin(np.arange(len(table.names)), more).astype(float)]
        if not found:
            return hidden
        cuts += found
        chosen = _cheapest(table, cuts, must)
        if chosen is None:
            return None
        hidden = chosen
    return None


def _cut(table: Table, goal: Goal, hidden: Collection[int], still: frozenset[int]) -> Floats | None:
    """What every set that reaches the goal satisfies (coefficients of s; Σ ≥ 1) and this one does not.

    ``still`` are cells that must not move, for their only contributor knows them.
    """
    cell, sign = goal
    inside = np.zeros(len(table.names))
    inside[list(hidden)] = 1
    up = np.full(len(table.names), _FAR)
    down = np.minimum(table.room / table.distance(goal), _FAR)
    up[cell] = down[cell] = 1
    up[list(still)] = down[list(still)] = 0
    cost = np.zeros(len(table.names))
    cost[cell] = -sign
    bounds = np.column_stack([-down * inside, up * inside])
    right = np.zeros(table.matrix.shape[0])
    solved = linprog(cost, A_eq=table.matrix, b_eq=right, bounds=bounds, method="highs-ds")
    if solved.status == 0 and -solved.fun >= 1 - _SLACK:
        return None
    assert solved.status == 0, solved.message
    d = -cost + table.matrix.T @ solved.eqlin.marginals
    d[np.abs(d) < _SLACK] = 0
    weight: Floats = up * np.maximum(d, 0) + down * np.maximum(-d, 0)
    fixed = list(set(table.sensitive))
    rest = 1 - weight[fixed].sum()
    weight[fixed] = 0
    cut: Floats = np.minimum(np.ceil(weight / rest * _STEPS) / _STEPS, 1.0)  # rounded up it is still true, and sounder
    return cut


class _Search:
    """Branch and bound over zeros and ones: the cheapest s with cuts · s ≥ 1, within a number of nodes.

    At a node the cut that lacks most must take one of its cells: they are tried from the best value for its cost on,
    each without those tried before. What the cut lacks, filled with fractions of cells, bounds the cost from below.
    """

    def __init__(self, costs: Floats, cuts: list[Floats], open_cells: npt.NDArray[np.bool_]) -> None:
        self.costs, self.matrix, self.nodes = costs, np.array(cuts), 0
        self.least, self.best = np.inf, None if len(cuts) else frozenset[int]()
        self._visit(np.ones(len(cuts)) - _SLACK, open_cells, frozenset(), 0.0)

    def _visit(self, lacking: Floats, free: npt.NDArray[np.bool_], taken: frozenset[int], cost: float) -> None:
        self.nodes += 1
        worst = int(np.argmax(lacking))
        if lacking[worst] <= 0:
            if cost < self.least - _SLACK:
                self.least, self.best = cost, taken
            return
        row = self.matrix[worst]
        cells = np.flatnonzero(free & (row > 0))
        cells = cells[np.argsort(self.costs[cells] / row[cells], kind="stable")]
        before = np.concatenate([[0.0], np.cumsum(row[cells])[:-1]])
        part = np.clip((lacking[worst] - before) / row[cells], 0, 1)
        if row[cells].sum() < lacking[worst] or cost + part @ self.costs[cells] >= self.least - _SLACK:
            return
        free = free.copy()
        for cell in cells.tolist():
            if self.nodes >= NODES or cost + self.costs[cell] >= self.least - _SLACK:
                continue
            free[cell] = False
            self._visit(lacking - self.matrix[:, cell], free, taken | {cell}, cost + float(self.costs[cell]))


def _cheapest(table: Table, cuts: list[Floats], must: frozenset[int]) -> frozenset[int] | None:
    closed = must | table.fixed
    free = np.array([i not in closed for i in range(len(table.names))])
    search = _Search(table.costs, cuts, free)
    if search.best is None or search.nodes >= NODES:
        return None
    return search.best | must
