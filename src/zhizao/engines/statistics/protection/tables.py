"""The table as the search for hidden cells sees it: cells by number, sums as a sparse matrix, ways to move a cell.

A **goal** is a sensitive cell and a direction (+1 up, −1 down); a **way** is a movement y with M y = 0 that keeps every
cell above the lowest value. See ``suppression`` for the mathematics.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import linprog
from scipy.sparse import coo_array, csc_array, csr_array, hstack

from zhizao.engines.statistics._frames import refusal
from zhizao.engines.statistics.protection.cells import Rules, Total
from zhizao.engines.statistics.protection.circles import circle
from zhizao.kernel.result import mark

Floats = npt.NDArray[np.float64]
Goal = tuple[int, int]
MOST = 1e4
"""No cell need move further than so many times the goal's distance."""
NOBODY = -1
_MOVED = 1e-6


class Way(NamedTuple):
    """A movement of cells that no shown figure tells of: ``by`` in the figures' unit, ``moved`` the cells.

    ``holders`` are the single contributors whose cells move; ``both`` says that the opposite movement is possible too.
    """

    by: Floats
    moved: frozenset[int]
    holders: frozenset[int]
    both: bool

    def reaches(self, goal: Goal, distance: float) -> bool:
        """Whether it moves the goal's cell so far."""
        cell, sign = goal
        far = distance * (1 - _MOVED)
        return bool(self.by[cell] * sign >= far or (self.both and -self.by[cell] * sign >= far))


@dataclass(frozen=True, slots=True)
class Table:
    """Cells by number, with what the search asks of them.

    Attributes
    ----------
    names, costs : of every cell
    matrix, columns : one row a sum: +1 for the total, −1 for its parts; and the same by columns
    sums : the same as numbers of cells: the total and its parts
    room : how far each cell may fall before it is below the lowest value
    protection : how far each sensitive cell must be able to move; 0 where not sensitive
    sensitive : the sensitive cells, the most exposed first
    fixed : cells that cannot be hidden: published already, or known to be empty
    measures : contributors, gross, largest, second of every cell
    holder : a number for the contributor of cells of a single one, the same in a total as in its part; else NOBODY
    cells_of : the cells of each holder
    own : of every cell, the holders that are its largest contributor: whom it is protected for, not against
    parents : the totals that each cell is a part of
    """

    names: tuple[str, ...]
    costs: Floats
    matrix: csr_array
    columns: csc_array
    sums: tuple[tuple[int, tuple[int, ...]], ...]
    room: Floats
    protection: Floats
    sensitive: tuple[int, ...]
    fixed: frozenset[int]
    measures: tuple[tuple[int, int, int, int], ...]
    holder: tuple[int, ...]
    cells_of: Mapping[int, frozenset[int]]
    own: tuple[frozenset[int], ...]
    parents: tuple[tuple[int, ...], ...]
    rules: Rules

    @classmethod
    def of(
        cls,
        judged: pl.DataFrame,
        totals: Sequence[Total],
        rules: Rules,
        *,
        lowest: int | None,
        costs: Mapping[str, float] | None,
        published: Collection[str],
    ) -> Table:
        """The table of judged cells (``sensitive``); a sensitive cell that is published already is refused."""
        names = tuple(judged["cell"])
        at = {name: i for i, name in enumerate(names)}
        sums = tuple((at[total.total], tuple(at[part] for part in total.parts)) for total in totals)
        measures = tuple(judged.select("contributors", "gross", "largest", "second").iter_rows())
        gross = np.array([row[1] for row in measures], dtype=float)
        cost = gross / (gross.max(initial=0.0) or 1.0) + 0.02
        if costs is not None:
            cost = np.array([costs.get(name, default) for name, default in zip(names, cost, strict=True)])
            if (cost <= 0).any():
                raise refusal("costs", mark("Hiding a cell must cost more than nothing."))
        room = judged["value"].to_numpy().astype(float) - (lowest or 0)
        protection = judged["protection"].to_numpy().astype(float)
        exposed = sorted(np.flatnonzero(protection > 0).tolist(), key=lambda i: (-protection[i], names[i]))
        fixed = frozenset(at[name] for name in published if name in at) | {
            i for i, row in enumerate(measures) if not row[0]
        }
        if told := [i for i in exposed if i in fixed]:
            raise disclosed(names[told[0]])
        parents = _parents(sums, len(names))
        holder = _holders(sums, measures)
        own = _own(parents, holder, measures)
        matrix = _matrix(sums, len(names))
        return cls(
            names,
            cost,
            matrix,
            matrix.tocsc(),
            sums,
            room if lowest is not None else np.full(len(names), np.inf),
            protection,
            tuple(exposed),
            fixed,
            measures,
            holder,
            {name: frozenset(i for i in at.values() if holder[i] == name) for name in set(holder)},
            own,
            parents,
            rules,
        )

    def cost(self, hidden: Collection[int]) -> float:
        """What hiding these cells costs beyond the sensitive ones."""
        return float(sum(self.costs[i] for i in sorted(set(hidden) - set(self.sensitive))))

    def distance(self, goal: Goal) -> float:
        """How far the goal's cell must be able to move."""
        cell, sign = goal
        return float(self.protection[cell] if sign > 0 else min(self.protection[cell], self.room[cell]))

    def goals(self) -> list[Goal]:
        """Every goal that is not reached by standing still."""
        both = [(cell, sign) for cell in self.sensitive for sign in (1, -1)]
        return [goal for goal in both if self.distance(goal) > 0]

    def knowing(self, goal: Goal, ways: Sequence[Way]) -> frozenset[int]:
        """The cells of another, single contributor that some way must leave still and none does.

        Empty if there is no contributor whose cells all ways move: nobody can tell the goal's cell from its own.
        """
        common = frozenset.intersection(*(way.holders for way in ways)) - self.own[goal[0]]
        common -= {self.holder[goal[0]]}
        return self.cells_of[min(common)] if common else frozenset()

    def cheapest_way(self, goal: Goal, hidden: Collection[int], *, still: frozenset[int]) -> Way:
        """The movement of least cost, hidden cells being free; both directions at once where that is possible."""
        if (circle := self.circle_within(goal, set(hidden) - still)) is not None:
            return circle
        free = np.ones(len(self.names), bool)
        free[list(self.fixed - set(hidden))] = False
        free[list(still)] = False
        cost = self.costs.copy()
        cost[list(hidden)] *= 1e-6
        way = self._way(goal, free, cost, both=True) or self._way(goal, free, cost, both=False)
        if way is None:
            raise disclosed(self.names[goal[0]])
        return way

    def ways_within(self, goal: Goal, hidden: Collection[int]) -> tuple[list[Way], frozenset[int] | None]:
        """Movements of hidden cells that no single contributor sees through, and ``None``.

        If there are none, second the cells to leave still for which one is missing.
        """
        ways: list[Way] = []
        still: frozenset[int] = frozenset()
        while (way := self.way_within(goal, set(hidden) - still)) is not None:
            ways.append(way)
            still = self.knowing(goal, ways)
            if not still:
                return ways, None
        return ways, still

    def way_within(self, goal: Goal, hidden: Collection[int]) -> Way | None:
        """A movement of hidden cells alone, or none."""
        if (circle := self.circle_within(goal, hidden)) is not None:
            return circle
        free = np.zeros(len(self.names), bool)
        free[list(hidden)] = True
        return self._way(goal, free, self.costs, both=False)

    def circle_within(self, goal: Goal, hidden: Collection[int]) -> Way | None:
        """A circle of hidden cells that reaches the goal, where a quick search finds one."""
        cell, sign = goal
        distance = self.distance(goal)
        if self.room[cell] < distance:
            return None
        moves = circle(self.matrix, self.columns, cell, {i for i in hidden if self.room[i] >= distance})
        if moves is None:
            return None
        by = np.zeros(len(self.names))
        by[list(moves)] = [sign * distance * move for move in moves.values()]
        return self._moving(by, both=True)

    def _way(self, goal: Goal, free: npt.NDArray[np.bool_], cost: Floats, *, both: bool) -> Way | None:
        cell, sign = goal
        distance = self.distance(goal)
        if both and self.room[cell] < distance:
            return None
        cells = np.flatnonzero(free)
        fall = np.minimum(self.room[cells] / distance, MOST)
        rise = fall if both else np.full(len(cells), MOST)
        bounds = np.column_stack([np.zeros(2 * len(cells)), np.concatenate([rise, fall])])
        at = int(np.searchsorted(cells, cell))
        one, other = (at, at + len(cells)) if sign > 0 else (at + len(cells), at)
        bounds[one], bounds[other] = (1, 1), (0, 0)
        columns = self.matrix[:, cells]
        solved = linprog(
            np.tile(cost[cells], 2),
            A_eq=hstack([columns, -columns]).tocsr(),
            b_eq=np.zeros(columns.shape[0]),
            bounds=bounds,
            method="highs-ds",
        )
        if solved.status != 0:
            return None
        by = np.zeros(len(self.names))
        by[cells] = solved.x[: len(cells)] - solved.x[len(cells) :]
        by[np.abs(by) < _MOVED] = 0
        return self._moving(by * distance, both=both)

    def _moving(self, by: Floats, *, both: bool) -> Way:
        moved = frozenset(np.flatnonzero(by).tolist())
        return Way(by, moved, frozenset(self.holder[i] for i in moved) - {NOBODY}, both)

    def sensitive_union(self, hidden: Collection[int]) -> list[int] | None:
        """Of a shown total whose hidden parts are sensitive together, the cells that may be hidden too, cheapest first.

        The sum of hidden parts is the total minus what is shown: a cell that everybody can compute. ``None`` if there
        is no such total.
        """
        for total, parts in self.sums:
            inside = [part for part in parts if part in hidden]
            if total in hidden or not inside or not self._is_sensitive(inside):
                continue
            more = [i for i in (*parts, total) if i not in hidden and i not in self.fixed]
            if not more:
                raise disclosed(self.names[inside[0]])
            return sorted(more, key=lambda i: (self.costs[i], self.names[i]))
        return None

    def _is_sensitive(self, cells: Sequence[int]) -> bool:
        contributors = sum(self.measures[i][0] for i in cells)
        gross = sum(self.measures[i][1] for i in cells)
        largest, second = sorted((x for i in cells for x in self.measures[i][2:]), reverse=True)[:2]
        rules = self.rules
        return (
            0 < contributors < rules.least_contributors
            or 100 * largest > rules.dominance_pct * gross
            or 100 * (gross - largest - second) < rules.p_pct * largest
        )

    def above(self, cell: int) -> frozenset[int]:
        """The cell and every total that it goes into."""
        return _above(self.parents, cell)

    def moves_together(self, cells: Collection[int]) -> bool:
        """Whether all these cells can rise by one and no sum breaks."""
        return all((total in cells) == sum(part in cells for part in parts) for total, parts in self.sums)


def disclosed(cell: str) -> Exception:
    """The refusal of a table that cannot be protected."""
    return refusal(
        "disclosed",
        mark("What is published already tells %(cell)s."),
        remedy=mark("Do not publish this table, or publish it in coarser groups."),
        cell=cell,
    )


def _parents(sums: Sequence[tuple[int, tuple[int, ...]]], cells: int) -> tuple[tuple[int, ...], ...]:
    parents: list[list[int]] = [[] for _ in range(cells)]
    for total, parts in sums:
        for part in parts:
            parents[part].append(total)
    return tuple(map(tuple, parents))


def _above(parents: Sequence[Sequence[int]], cell: int) -> frozenset[int]:
    found, fresh = {cell}, {cell}
    while fresh:
        fresh = {total for part in fresh for total in parents[part]} - found
        found |= fresh
    return frozenset(found)


def _own(
    parents: Sequence[Sequence[int]], holder: Sequence[int], measures: Sequence[tuple[int, int, int, int]]
) -> tuple[frozenset[int], ...]:
    own: list[set[int]] = [set() for _ in holder]
    for cell, name in enumerate(holder):
        if name != NOBODY:
            for total in _above(parents, cell):
                if measures[total][2] == measures[cell][1]:
                    own[total].add(name)
    return tuple(map(frozenset, own))


def _holders(
    sums: Sequence[tuple[int, tuple[int, ...]]], measures: Sequence[tuple[int, int, int, int]]
) -> tuple[int, ...]:
    """A total of a single contributor has one part that is not empty, and that one's contributor is the same."""
    holder = [i if row[0] == 1 else NOBODY for i, row in enumerate(measures)]
    same = [(total, part) for total, parts in sums if measures[total][0] == 1 for part in parts if measures[part][0]]
    changed = True
    while changed:
        changed = False
        for total, part in same:
            least = min(holder[total], holder[part])
            changed |= (holder[total], holder[part]) != (least, least)
            holder[total] = holder[part] = least
    return tuple(holder)


def _matrix(sums: Sequence[tuple[int, tuple[int, ...]]], cells: int) -> csr_array:
    entries = [(row, i, sign) for row, (total, parts) in enumerate(sums)
               for i, sign in [(total, 1.0), *((part, -1.0) for part in parts)]]  # fmt: skip
    row, column, sign = zip(*entries, strict=True) if entries else ((), (), ())
    return coo_array((sign, (row, column)), shape=(len(sums), cells), dtype=float).tocsr()
