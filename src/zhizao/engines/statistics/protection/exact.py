"""The cheapest set of hidden cells of a small table, by cutting planes.

Let sᵢ = 1 if cell i is hidden. For a goal (a sensitive cell p and a direction) the hidden cells must let p move by its
distance 1: the optimum of

    max y_p     M y = 0,    −lᵢ sᵢ ≤ yᵢ ≤ uᵢ sᵢ,    lᵢ = min(room, B), uᵢ = B distances

must be 1 (B = 4; a smaller B only hides more). By duality, for any π with d = e_p + Mᵀπ,

    Σ ( uᵢ max(dᵢ, 0) + lᵢ max(−dᵢ, 0) ) sᵢ ≥ 1

holds for every set that protects, and the π of a set that does not protect is a cut that it violates. So: take the
cheapest set that satisfies the cuts so far (a programme of zeros and ones alone), ask the linear programmes, add their
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
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from zhizao.engines.statistics.protection.tables import Goal, Table

NODES = 200
ROUNDS = 30
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
        fresh = [_cut(table, goal, hidden) for goal in goals if table.circle_within(goal, hidden) is None]
        found = [cut for cut in fresh if cut is not None]
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


def _cut(table: Table, goal: Goal, hidden: Collection[int]) -> Floats | None:
    """What every set that reaches the goal satisfies (coefficients of s; Σ ≥ 1) and this one does not."""
    cell, sign = goal
    inside = np.zeros(len(table.names))
    inside[list(hidden)] = 1
    up = np.full(len(table.names), _FAR)
    down = np.minimum(table.room / table.distance(goal), _FAR)
    up[cell] = down[cell] = 1
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


def _cheapest(table: Table, cuts: list[Floats], must: frozenset[int]) -> frozenset[int] | None:
    low, high = np.zeros(len(table.names)), np.ones(len(table.names))
    low[list(must)] = 1
    high[list(table.fixed - must)] = 0
    solved = milp(
        table.costs,
        constraints=LinearConstraint(np.array(cuts), 1 - _SLACK, np.inf),
        bounds=Bounds(low, high),
        integrality=np.ones(len(table.names)),
        options={"node_limit": NODES, "mip_rel_gap": 0},
    )
    if solved.status != 0 or solved.x is None:
        return None
    return frozenset(np.flatnonzero(solved.x > 0.5).tolist())
