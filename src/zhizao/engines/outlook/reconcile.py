"""Forecasts of a hierarchy made to add up, with the least change that their past errors allow.

Of base forecasts ŷ with error covariance W, the coherent ones nearest in that metric are (minimum trace, MinT)

    ỹ = ŷ − W C′ (C W C′)⁻¹ C ŷ,        C y = 0 for coherent y (``hierarchy``).

W is a diagonal and a few directions, W = D + U U′, and is never formed:

| weights | D | U |
|---|---|---|
| structural | number of leaves below | – |
| variance | mean squared past error | – |
| shrink | λ s²ᵢ | √((1 − λ)/(T − 1)) × centred errors |

``shrink`` is the sample covariance with its correlations shrunk towards 0 by Schäfer and Strimmer's λ. Their double sum
over pairs of series is exact in O(n T²): with standardised errors x and the Gram matrix G = X′X (T × T),

    Σᵢⱼ Σₜ w²ᵢⱼₜ = Σₜ G²ₜₜ,    Σᵢⱼ w̄²ᵢⱼ = ‖G‖²_F / T²,    wᵢⱼₜ = xᵢₜ xⱼₜ,

less the terms i = j. C D C′ has the pattern of the tree, so its sparse factor has next to no fill; the directions U
come in by the Woodbury identity, T × T. Two rounds of refinement, then all is summed anew from the leaves: what is
given back adds up to rounding.

**A series held fixed** has no variance: its row of W is 0, and the formula leaves it where it is while the others move
to it. All leaves held is bottom-up. **Not negative** is the same projection onto the leaves ≥ 0, with the optimality
conditions met, by exchanging the leaves that are at 0 (block principal pivoting).

Since C y = 0 for what happened, errors reconcile as forecasts do, ỹ − y = P (ŷ − y); so ``choose`` can judge weights
and held levels on past errors alone, each origin's by weights of the others.

Source
------
S. L. Wickramasuriya, G. Athanasopoulos, R. J. Hyndman, JASA 114 (2019) 804, doi:10.1080/01621459.2018.1448825;
J. Schäfer, K. Strimmer, Stat. Appl. Genet. Mol. Biol. 4 (2005) 32, doi:10.2202/1544-6115.1175; not negative: S. L.
Wickramasuriya, B. A. Turlach, R. J. Hyndman, Stat. Comput. 30 (2020) 1167, doi:10.1007/s11222-020-09930-0.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.linalg
from scipy import sparse
from scipy.sparse.linalg import SuperLU, splu

from zhizao.engines.outlook.hierarchy import Floats, Hierarchy, Ints
from zhizao.kernel.executor import Executor, Serial
from zhizao.kernel.result import Problem, Refused, mark

_LEAST_SHRINKAGE: Final = 1e-6
"""A sample covariance that needed less would have many times more dates than series."""
_LEAST_VARIANCE: Final = 1e-6
"""Of the smallest positive variance: what a series counts whose past errors were all 0."""
_REFINEMENTS: Final = 2
_EXCHANGES: Final = 100
_BLOCK: Final = 64
"""Rows multiplied at once: too few for the linear algebra library to start threads, whose waiting costs more than the
work, and whose number would decide the last digits."""
_BLOCKS: Final = 4
"""Into so many parts work is cut; a part that is sent away brings the factoring of the weights with it."""


@dataclass(frozen=True, eq=False)
class Weights:
    """The error covariance W = diag(diagonal) + factor factor′.

    Attributes
    ----------
    diagonal : array, shape (n,), unit of the series squared
    factor : array, shape (n, T), unit of the series; T = 0 for a diagonal W
    shrinkage : λ, where correlations were estimated
    """

    diagonal: Floats
    factor: Floats
    shrinkage: float | None = None


def structural(tree: Hierarchy) -> Weights:
    """Each series' variance as its number of leaves: what is left where no past errors are known.

    Examples
    --------
    >>> from zhizao.engines.outlook.hierarchy import hierarchy
    >>> structural(hierarchy([("a", "all"), ("b", "all")], series=["all", "a", "b"])).diagonal.tolist()
    [2.0, 1.0, 1.0]
    """
    diagonal = tree.summed(np.ones(len(tree.leaves)))
    return Weights(diagonal, np.empty((len(diagonal), 0)))


def variance(errors: Floats) -> Weights:
    """Each series' own mean squared error, nothing between series.

    Parameters
    ----------
    errors : array, shape (n, T); NaN = unknown, left out of the mean

    Raises
    ------
    Refused
        ``outlook.no_errors`` where a series has no known error.

    Examples
    --------
    >>> variance(np.array([[3.0, -4.0], [1.0, 1.0]])).diagonal.tolist()
    [12.5, 1.0]
    """
    known = _known(errors, least=1)
    mean_square = np.where(np.isnan(errors), 0.0, errors**2).sum(axis=1) / known
    return Weights(_floored(mean_square), np.empty((len(errors), 0)))


def shrink(errors: Floats) -> Weights:
    """The sample covariance with shrunk correlations.

    Parameters
    ----------
    errors : array, shape (n, T)
        Past errors of the base forecasts, one date a column; NaN = unknown. A series with unknown errors counts with
        its own variance only.

    Raises
    ------
    Refused
        ``outlook.no_errors`` where a series has fewer than two known errors.

    Examples
    --------
    >>> w = shrink(np.array([[1.0, -2.0, 3.0, -1.0], [2.0, -3.0, 5.0, 0.0], [1.0, 1.0, -1.0, 0.0]]))
    >>> round(w.shrinkage, 12)
    0.45866716644
    """
    known = _known(errors, least=2)
    complete = ~np.isnan(errors).any(axis=1)
    centred = errors - np.nanmean(errors, axis=1, keepdims=True)
    spread = _floored(np.where(np.isnan(centred), 0.0, centred**2).sum(axis=1) / (known - 1))
    centred[~complete] = 0.0
    dates = errors.shape[1]
    scale = np.sqrt((centred**2).mean(axis=1))
    standard = centred / np.where(scale > 0, scale, 1.0)[:, None]
    shrinkage = min(max(_shrinkage(standard), _LEAST_SHRINKAGE), 1.0)
    factor = centred * np.sqrt((1.0 - shrinkage) / (dates - 1))
    diagonal = np.where(complete, shrinkage * spread, spread)
    return Weights(diagonal, factor, shrinkage)


def _shrinkage(standard: Floats) -> float:
    """Σ var(r) / Σ r² over pairs of different series, of standardised errors, shape (n, T)."""
    dates = standard.shape[1]
    gram = _inner(standard, standard)
    squares = standard**2
    per_series = squares.sum(axis=1)
    all_products = float((np.diag(gram) ** 2).sum()) - float((squares**2).sum())
    all_means = (float((gram**2).sum()) - float((per_series**2).sum())) / dates**2
    spread = (all_products - dates * all_means) / (dates * (dates - 1))
    return spread / all_means if all_means > 0 else 1.0


def _inner(left: Floats, right: Floats) -> Floats:
    """left′ right for two tall arrays, shape (n, p) and (n, q), in blocks of rows."""
    count, p, q = len(left) // _BLOCK, left.shape[1], right.shape[1]
    whole = count * _BLOCK
    blocks = left[:whole].reshape(count, _BLOCK, p).transpose(0, 2, 1)
    found: Floats = np.matmul(blocks, right[:whole].reshape(count, _BLOCK, q)).sum(axis=0)
    return found + left[whole:].T @ right[whole:]


def _outer(left: Floats, right: Floats) -> Floats:
    """left right for a tall array, shape (n, p), and a small one, in blocks of rows."""
    count, p, q = len(left) // _BLOCK, left.shape[1], right.shape[1]
    whole = count * _BLOCK
    found = np.empty((len(left), q))
    found[:whole] = np.matmul(left[:whole].reshape(count, _BLOCK, p), right).reshape(whole, q)
    found[whole:] = left[whole:] @ right
    return found


def _known(errors: Floats, *, least: int) -> Ints:
    known: Ints = (~np.isnan(errors)).sum(axis=1)
    if (known < least).any():
        message = mark("%(count)s series have fewer than %(least)s known errors, so their weight is unknown.")
        remedy = mark("Give their residuals, or use structural weights.")
        params = {"count": int((known < least).sum()), "least": least}
        raise Refused(Problem("outlook.no_errors", message, remedy=remedy, params=params))
    return known


def _floored(spread: Floats) -> Floats:
    """No variance of 0: a series whose past forecasts were all right moves least, but can be moved."""
    positive = spread[spread > 0]
    return np.maximum(spread, _LEAST_VARIANCE * positive.min() if len(positive) else 1.0)


class Projection:
    """The projection P of one hierarchy and one W, factored once for many forecasts.

    Parameters
    ----------
    tree : Hierarchy
    weights : Weights
    held : array of int, optional
        Places of the series that stay as they are.

    Raises
    ------
    Refused
        ``outlook.held`` where series held fixed share leaves, ``outlook.shape``.

    Examples
    --------
    >>> from zhizao.engines.outlook.hierarchy import hierarchy
    >>> tree = hierarchy([("a", "all"), ("b", "all")], series=["all", "a", "b"])
    >>> base = np.array([[10.0], [4.0], [3.0]])
    >>> Projection(tree, structural(tree)).of(base).ravel().round(12).tolist()
    [8.5, 4.75, 3.75]
    >>> Projection(tree, structural(tree), held=tree.at_level(0)).of(base).ravel().round(12).tolist()
    [10.0, 5.5, 4.5]
    >>> Projection(tree, structural(tree), held=tree.leaves).of(base).ravel().round(12).tolist()
    [7.0, 4.0, 3.0]
    """

    def __init__(self, tree: Hierarchy, weights: Weights, *, held: Ints | None = None) -> None:
        if len(weights.diagonal) != len(tree.series):
            raise Refused(Problem("outlook.shape", mark("The weights are not those of this hierarchy.")))
        moves = np.ones(len(tree.series))
        if held is not None:
            if not tree.is_disjoint(held):
                message = mark("Series that are held fixed must not share leaves.")
                raise Refused(Problem("outlook.held", message, remedy=mark("Hold one level of one tree.")))
            moves[held] = 0.0
        self.tree = tree
        self._diagonal = weights.diagonal * moves
        self._factor = weights.factor * moves[:, None]
        self._constraints = tree.constraints
        self._gain = _Gain(self._constraints, self._diagonal, self._factor)

    def __getstate__(self) -> dict[str, object]:
        """What is sent to another process: the sparse factor cannot be and is made anew there, to the same bytes."""
        return {name: value for name, value in vars(self).items() if name != "_gain"}

    def __setstate__(self, state: dict[str, object]) -> None:
        """See ``__getstate__``."""
        vars(self).update(state)
        self._gain = _Gain(self._constraints, self._diagonal, self._factor)

    def of_many(self, bases: Floats, *, executor: Executor | None = None) -> Floats:
        """Coherent forecasts of many arrays, in at most four blocks, wherever they run.

        Parameters
        ----------
        bases : array, shape (O, n, H)
        executor : Executor, optional

        Returns
        -------
        array, shape (O, n, H)
        """
        blocks = [(self, block) for block in np.array_split(bases, min(_BLOCKS, len(bases)))]
        with nullcontext(executor) if executor else Serial() as run:
            return np.concatenate(list(run.map(_projected, blocks)))

    def of(self, base: Floats) -> Floats:
        """Coherent forecasts.

        Parameters
        ----------
        base : array, shape (n, H)

        Returns
        -------
        array, shape (n, H)
        """
        found = base.astype(np.float64)
        for _ in range(_REFINEMENTS):
            found -= self._change(self._gain, self._constraints, found)
        return self.tree.summed(found[self.tree.leaves])

    def not_negative(self, base: Floats) -> Floats:
        """Coherent forecasts without a negative leaf, nearest to the base in the metric of W.

        Parameters
        ----------
        base : array, shape (n, H)

        Returns
        -------
        array, shape (n, H)
        """
        found = self.of(base)
        for column in np.flatnonzero((found[self.tree.leaves] < 0).any(axis=0)):
            found[:, column] = self._pivoted(base[:, [column]], found[:, column])
        return found

    def _change(self, gain: _Gain, constraints: sparse.csr_array, base: Floats) -> Floats:
        multipliers = gain.solve(constraints @ base)
        return self._times_w(constraints.T @ multipliers)

    def _times_w(self, array: Floats) -> Floats:
        return self._diagonal[:, None] * array + _outer(self._factor, _inner(self._factor, array))

    def _pivoted(self, base: Floats, start: Floats) -> Floats:
        """One column: exchange leaves between “free” and “at 0” until none is negative and none would rather rise."""
        leaves, n = self.tree.leaves, len(base)
        scale = max(float(np.abs(base).max()), 1e-300)
        can_move = self._diagonal[leaves] > 0
        at_zero = (start[leaves] < 0) & can_move
        fewest, patience = n + 1, 3
        found = start
        for _ in range(_EXCHANGES):
            zeros = leaves[at_zero]
            pins = sparse.csr_array((np.ones(len(zeros)), (np.arange(len(zeros)), zeros)), shape=(len(zeros), n))
            constraints = sparse.vstack([self._constraints, pins]).tocsr()
            gain = _Gain(constraints, self._diagonal, self._factor)
            multipliers = gain.solve(constraints @ base)
            found = (base - self._times_w(constraints.T @ multipliers)).ravel()
            rises = np.zeros(len(leaves), dtype=bool)
            rises[at_zero] = multipliers[self._constraints.shape[0] :, 0] > 0
            sinks = ~at_zero & can_move & (found[leaves] < -1e-13 * scale)
            wrong = int(rises.sum() + sinks.sum())
            if not wrong:
                break
            if wrong < fewest:
                fewest, patience = wrong, 3
            else:
                patience -= 1
            if patience >= 0:
                at_zero = (at_zero & ~rises) | sinks
            else:  # one at a time, the last first: this ends (Murty's rule)
                last = np.flatnonzero(rises | sinks)[-1]
                at_zero[last] = not at_zero[last]
        kept = np.where(can_move, np.maximum(found[leaves], 0.0), found[leaves])
        kept[at_zero] = 0.0
        return self.tree.summed(kept)


def _projected(item: tuple[Projection, Floats]) -> Floats:
    projection, bases = item
    count, n, horizon = bases.shape
    side_by_side = bases.transpose(1, 0, 2).reshape(n, count * horizon)
    return projection.of(side_by_side).reshape(n, count, horizon).transpose(1, 0, 2)


class _Gain:
    """(C W C′)⁻¹ for W = diag(d) + U U′: a sparse factor of C diag(d) C′, and a dense one of T × T (Woodbury)."""

    def __init__(self, constraints: sparse.csr_array, diagonal: Floats, factor: Floats) -> None:
        sparse_part = (constraints @ sparse.diags_array(diagonal) @ constraints.T).tocsc()
        root = np.sqrt(np.maximum(sparse_part.diagonal(), 1e-300))
        scaling = sparse.diags_array(1.0 / root)
        self._root = root[:, None]
        self._lu: SuperLU = splu(
            (scaling @ sparse_part @ scaling).tocsc(),
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )
        self._directions = constraints @ factor
        self._answers = self._by_diagonal(self._directions)
        core = np.eye(factor.shape[1]) + _inner(self._directions, self._answers)
        self._core = scipy.linalg.cho_factor((core + core.T) / 2)

    def _by_diagonal(self, right: Floats) -> Floats:
        found: Floats = self._lu.solve(np.ascontiguousarray(right / self._root)) / self._root
        return found

    def solve(self, right: Floats) -> Floats:
        first = self._by_diagonal(right)
        back: Floats = scipy.linalg.cho_solve(self._core, _inner(self._directions, first))
        return first - _outer(self._answers, back)
