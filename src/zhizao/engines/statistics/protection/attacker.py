"""The attacker: what a table with gaps still tells about what is not shown.

Whoever reads a table knows the figures shown, how they add up, and that values are not negative. Of a hidden cell i the
closest bounds that follow are two linear programmes,

    low = min xᵢ,  high = max xᵢ      subject to  M x = 0,  x = shown where shown,  x ≥ lowest,

and nobody can do better with this knowledge. Hidden cells that no sum connects are solved apart.

This is the test of all protection here: :func:`~zhizao.engines.statistics.protection.suppression.protect` is right if
no bound of this attacker is inside the protection interval of a sensitive cell.

Source
------
A. Hundepool et al., *Statistical Disclosure Control*, Wiley, 2012, §4.3 (auditing), doi 10.1002/9781118348239.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from zhizao.engines.statistics._frames import refusal, require
from zhizao.engines.statistics.protection.cells import Total
from zhizao.kernel.result import mark

Floats = npt.NDArray[np.float64]
TOLERANCE = 1e-6
"""Bounds are floating-point numbers, right to this part of the largest hidden sum."""


def attack(
    published: pl.DataFrame, totals: Sequence[Total], *, lowest: int | None = 0, only: Collection[str] | None = None
) -> pl.DataFrame:
    """The closest bounds of every hidden cell.

    Parameters
    ----------
    published : DataFrame
        ``cell``, ``value`` (whole; null = hidden). Hidden values are not looked at, for they are not there.
    totals : sequence of Total
        How the cells add up.
    lowest : int or None
        What everybody knows values to be at least; ``None`` where they may be negative (profits).
    only : collection of str, optional
        The hidden cells to bound; all of them by default.

    Returns
    -------
    DataFrame
        ``cell``, ``low``, ``high`` (null = no bound), in the order given.

    Raises
    ------
    Refused
        ``statistics.no_cell`` (a sum of unknown cells), ``statistics.not_additive`` (no table has these figures).

    Examples
    --------
    >>> shown = pl.DataFrame({"cell": ["all", "a", "b", "c"], "value": [100, None, None, 70]})
    >>> attack(shown, [Total("all", ("a", "b", "c"))]).rows()
    [('a', 0.0, 30.0), ('b', 0.0, 30.0)]
    """
    require(published, columns=["cell"], whole=["value"])
    values = dict(published.select("cell", "value").iter_rows())
    check_names(values, totals)
    hidden = [cell for cell, value in values.items() if value is None]
    rows = []
    for part in _components(hidden, values, totals):
        rows += [(cell, *part.bounds(cell, lowest)) for cell in part.cells if only is None or cell in only]
    order = {cell: i for i, cell in enumerate(hidden)}
    rows.sort(key=lambda row: order[row[0]])
    schema = {"cell": pl.String, "low": pl.Float64, "high": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def check_names(cells: Collection[str], totals: Sequence[Total]) -> None:
    """Refuse sums over cells that are not in the table."""
    for total in totals:
        for name in (total.total, *total.parts):
            if name not in cells:
                raise refusal("no_cell", mark("A sum names the cell %(cell)s, which the table lacks."), cell=name)


@dataclass(frozen=True, slots=True)
class _Component:
    """Hidden cells that hang together: matrix · cells = right side, in units of ``scale``."""

    cells: tuple[str, ...]
    matrix: csr_array
    right: Floats
    scale: float

    def bounds(self, cell: str, lowest: int | None) -> tuple[float | None, float | None]:
        floor = None if lowest is None else lowest / self.scale
        cost = np.zeros(len(self.cells))
        cost[self.cells.index(cell)] = 1.0
        low, high = self._least(cost, floor), self._least(-cost, floor)
        return low, None if high is None else -high

    def _least(self, cost: Floats, floor: float | None) -> float | None:
        if not self.matrix.shape[0]:
            return floor if floor is not None and cost.sum() > 0 else None
        solved = linprog(cost, A_eq=self.matrix, b_eq=self.right, bounds=(floor, None), method="highs")
        if solved.status == 3:
            return None
        if solved.status == 2:
            raise refusal(
                "not_additive",
                mark("The figures shown do not add up: no table has them."),
                remedy=mark("Check that all figures are of one as-of date and one scope."),
            )
        assert solved.status == 0, solved.message
        return round(float(solved.fun) * self.scale, 6) + 0.0


def _components(hidden: Sequence[str], values: dict[str, int | None], totals: Sequence[Total]) -> list[_Component]:
    column = {cell: i for i, cell in enumerate(hidden)}
    entries: list[tuple[int, int, float]] = []
    right: list[int] = []
    for total in totals:
        signed = [(total.total, 1), *((part, -1) for part in total.parts)]
        open_cells = [(column[cell], sign) for cell, sign in signed if cell in column]
        if open_cells:
            entries += [(len(right), i, sign) for i, sign in open_cells]
            right.append(-sum(sign * (values[cell] or 0) for cell, sign in signed))
    row, col, sign = (np.array(part) for part in zip(*entries, strict=True)) if entries else (np.zeros(0, int),) * 3
    matrix = coo_array((sign.astype(float), (row, col)), shape=(len(right), len(hidden))).tocsr()
    links = matrix.T @ matrix if len(right) else csr_array((len(hidden), len(hidden)))
    count, label = connected_components(abs(links), directed=False)
    of_row = label[matrix.indices[matrix.indptr[:-1]]] if len(right) else np.zeros(0, int)
    parts = []
    for number in range(count):
        rows, cols = np.flatnonzero(of_row == number), np.flatnonzero(label == number)
        side = np.array([right[i] for i in rows], dtype=float)
        scale = float(np.abs(side).max(initial=0.0)) or 1.0
        cells = tuple(hidden[int(i)] for i in cols)
        parts.append(_Component(cells, matrix[rows][:, cols], side / scale, scale))
    return parts
