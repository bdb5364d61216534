"""Sizes of firms that meet what a plan states and assume nothing more: maximum entropy with slack.

Let w be prior sizes and u the sizes sought (both as shares of the prior total), A the 0/1 matrix of who is in which
statement, b what is stated, σ the relative deviations::

    min over u   Σᵢ uᵢ log(uᵢ / wᵢ) − uᵢ + wᵢ  +  ½ Σₖ ((A u − b)ₖ / (σₖ bₖ))²
    where statements with σₖ = 0 are met exactly.

Sizes are counted from a floor, so that no firm vanishes: u is what lies above it, b what is left of the statement.

The solution is u = w exp(Aᵀ λ), and λ maximises the concave dual λᵀb − Σ u(λ) − ½ λᵀ S λ with S = diag((σ b)²); Newton
steps with the Hessian A diag(u) Aᵀ + S and halving find it. With margins only and σ = 0 this is iterative proportional
fitting (RAS). Firms in the same statements share one factor, so that the work is done on cells of firms, not on firms.

Exact statements that contradict one another cannot all be met: a linear programme first finds the smallest weighted sum
of changes of b that makes them agree; the changes are part of the residuals.

Source: W. E. Deming, F. F. Stephan, Ann. Math. Statist. 11 (1940) 427, doi:10.1214/aoms/1177731829; R. Stone,
Input-Output and National Accounts (1961); S. Boyd, L. Vandenberghe, Convex Optimization (2004), §5.2.4 and §9.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from zhizao.kernel.result import Problem, Refused, mark

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_STEPS: Final = 200
_TOLERANCE: Final = 1e-10
_BITS: Final = 32
_FLOOR: Final = 1e-6
"""No firm is made smaller than this share of its prior size to make statements agree."""


@dataclass(frozen=True)
class Statement:
    """The sum over some firms, as stated.

    Parameters
    ----------
    key : str
        Where it stands (the id of a claim or of a row).
    kind : str
        ``table``, ``tier``, ``firm``, ``text`` or ``share``.
    firms : array of int, shape (m,)
        Places of the firms summed.
    value : float
        In 万元, above 0.
    deviation : float
        Relative standard deviation; 0 is exact.
    weight : float
        Of an exact one, where exact ones contradict each other: the heavier gives way less.
    """

    key: str
    kind: str
    firms: Ints
    value: float
    deviation: float
    weight: float = 1.0


def fit(prior: Floats, statements: Sequence[Statement], *, floor: float = 0.0) -> Floats:
    """Sizes nearest to the prior ones that meet the statements.

    Parameters
    ----------
    prior : array of float, shape (n,)
        Above 0, 万元.
    statements : sequence of Statement
    floor : float
        万元; the least size of a firm, or half a statement's mean where that is less.

    Returns
    -------
    array of float, shape (n,)
        万元.

    Raises
    ------
    Refused
        ``simulation.statement`` for a statement about no firm or of no positive value.

    Examples
    --------
    >>> prior = np.array([1.0, 1.0, 2.0, 2.0])
    >>> total = Statement("total", "table", np.arange(4), 12.0, 0.0)
    >>> first = Statement("first", "firm", np.array([0]), 3.0, 0.0)
    >>> fit(prior, [total, first]).round(6).tolist()
    [3.0, 1.8, 3.6, 3.6]

    Two exact statements that contradict each other: the lighter one gives way.

    >>> part = Statement("part", "tier", np.arange(3), 15.0, 0.0, weight=0.1)
    >>> fit(prior, [total, part]).sum().round(6).item()
    12.0
    """
    for statement in statements:
        if not len(statement.firms) or not statement.value > 0:
            message = mark("The statement %(key)s is about no enterprise or has no positive value.")
            raise Refused(Problem("simulation.statement", message, params={"key": statement.key}))
    if not statements:
        return prior.copy()
    least = np.full(len(prior), floor)
    for statement in statements:
        share = statement.value / len(statement.firms) / 2
        least[statement.firms] = np.minimum(least[statement.firms], share)
    members = np.zeros((len(prior), len(statements)), dtype=bool)
    for place, statement in enumerate(statements):
        members[statement.firms, place] = True
    patterns, cell_of = _cells(members)
    scale = float(prior.sum())
    cells = np.bincount(cell_of, weights=prior) / scale
    A = patterns.T.astype(np.float64)
    stated = np.array([statement.value for statement in statements]) / scale
    above = stated - np.array([least[statement.firms].sum() for statement in statements]) / scale
    deviation = np.array([statement.deviation for statement in statements])
    exact = deviation == 0
    wanted = above.copy()
    if exact.any():
        weights = np.array([statement.weight for statement in statements])[exact]
        wanted[exact] = _made_to_agree(A[exact], above[exact], weights, cells)
    factors = _dual(A, wanted, (deviation * stated) ** 2, cells)
    return np.asarray(least + prior * factors[cell_of], dtype=np.float64)


def _cells(members: Bools) -> tuple[Bools, Ints]:
    """The patterns of membership that occur, and the pattern of each firm."""
    cell_of = np.zeros(len(members), dtype=np.int64)
    for start in range(0, members.shape[1], _BITS):
        part = members[:, start : start + _BITS]
        coded = (cell_of << part.shape[1]) | (part @ (1 << np.arange(part.shape[1])))
        _codes, first, cell_of = np.unique(coded, return_index=True, return_inverse=True)
    return members[first], cell_of


def _made_to_agree(A: Floats, b: Floats, weights: Floats, prior: Floats) -> Floats:
    """The nearest right sides that some sizes above the floor meet, by weighted relative change."""
    m, n = A.shape
    cost = np.concatenate([np.zeros(n), weights / b, weights / b])
    equations = np.hstack([A, np.eye(m), -np.eye(m)])
    bounds = [(_FLOOR * size, None) for size in prior] + [(0, None)] * (2 * m)
    solved = linprog(cost, A_eq=equations, b_eq=b, bounds=bounds, method="highs")
    slack = solved.x[n : n + m] - solved.x[n + m :]
    return np.where(np.abs(slack) > 1e-10 * b, b - slack, b)


def _dual(A: Floats, b: Floats, variance: Floats, prior: Floats) -> Floats:
    """The factor of each cell at the maximum of the dual."""
    multipliers = np.zeros(len(b))

    def value(at: Floats) -> float:
        # far out the exponential overflows; such a step is halved away
        with np.errstate(over="ignore"):
            return float(at @ b - (prior * np.exp(A.T @ at)).sum() - 0.5 * (at**2 * variance).sum())

    reached = value(multipliers)
    for _ in range(_STEPS):
        sizes = prior * np.exp(A.T @ multipliers)
        gradient = b - A @ sizes - variance * multipliers
        if np.max(np.abs(gradient) / b) < _TOLERANCE:
            break
        hessian = (A * sizes) @ A.T + np.diag(variance)
        step = np.linalg.lstsq(hessian, gradient, rcond=1e-15)[0]
        length = 1.0
        while length > 1e-12 and not (found := value(multipliers + length * step)) >= reached:
            length /= 2
        if length <= 1e-12:
            break
        multipliers = multipliers + length * step
        reached = found
    return np.asarray(np.exp(A.T @ multipliers), dtype=np.float64)
