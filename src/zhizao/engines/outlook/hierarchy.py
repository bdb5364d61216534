"""Who sums to whom: trees over series, several of them sharing their leaves where firms are cut in several ways.

A leaf is a series without children, an aggregate one with children. An aggregate is the sum of the leaves below it, and
**a leaf counts once, by however many ways it is reached**: of a region with sectors and parks, every firm stands under
its sector and under its park, and the region is still the sum of its firms. So with y_a the aggregates, y_b the leaves,

    y_a = A y_b,        A[i, j] = 1 if leaf j lies below aggregate i.

Series are coherent where this holds. They are also the null space of a much sparser matrix: where the direct children
of an aggregate cut its leaves into parts without overlap, its row says “parent − Σ children = 0”, else “parent − Σ
leaves = 0”. Of one tree these rows are the tree's edges, whatever the number of leaves.

Source: R. J. Hyndman, G. Athanasopoulos, *Forecasting: Principles and Practice*, 3rd ed. (2021), §11.1–11.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from zhizao.kernel.result import Place, Problem, Refused, mark

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
SHOWN = 20
"""Names listed in one refusal at most."""


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """A hierarchy over n series, of which n_b are leaves.

    Attributes
    ----------
    series : names, in the caller's order
    aggregates, leaves : places of the aggregates and of the leaves, ascending
    sums : sparse A, shape (n − n_b, n_b)
    constraints : sparse, shape (n − n_b, n); coherent series are its null space
    level : array of int, shape (n,); 0 for a root, else one more than the deepest parent's
    """

    series: tuple[str, ...]
    aggregates: Ints
    leaves: Ints
    sums: Any
    constraints: Any
    level: Ints

    def summed(self, leaves: Floats) -> Floats:
        """All series from the leaves.

        Parameters
        ----------
        leaves : array, shape (n_b, …)

        Returns
        -------
        array, shape (n, …)

        Examples
        --------
        >>> hierarchy([("a", "all"), ("b", "all")], series=["all", "a", "b"]).summed(np.array([1.0, 2.0])).tolist()
        [3.0, 1.0, 2.0]
        """
        flat = leaves.reshape(len(leaves), -1)
        found = np.empty((len(self.series), flat.shape[1]))
        found[self.leaves] = flat
        found[self.aggregates] = self.sums @ flat
        return found.reshape(len(self.series), *leaves.shape[1:])

    def at_level(self, level: int) -> Ints:
        """Places of the series of a level; refused (``outlook.level``) where there is none."""
        places = np.flatnonzero(self.level == level)
        if not len(places):
            message = mark("The hierarchy has the levels 0 to %(last)s, and no level %(level)s.")
            raise Refused(Problem("outlook.level", message, params={"last": int(self.level.max()), "level": level}))
        return places

    def is_disjoint(self, places: Ints) -> bool:
        """Whether no leaf lies below two of the series; only such can be held fixed together."""
        below = np.zeros(len(self.leaves))
        is_leaf = np.isin(self.leaves, places)
        below[is_leaf] += 1
        rows = np.isin(self.aggregates, places)
        below += np.asarray(self.sums[rows].sum(axis=0)).ravel()
        return bool((below <= 1).all())


def hierarchy(edges: Iterable[tuple[str, str]], *, series: Sequence[str], file: str | None = None) -> Hierarchy:
    """Build a hierarchy of pairs of child and parent.

    Parameters
    ----------
    edges : iterable of (child, parent)
        A child may have several parents, one a tree. Rows count from 2, as under a header.
    series : sequence of str
        All series, and their order.
    file : str, optional
        Name of the tree for the messages.

    Raises
    ------
    Refused
        All that is wrong at once: ``outlook.no_edges``, ``outlook.edge_blank``, ``outlook.edge_double``,
        ``outlook.not_forecast`` (in the tree but not among the series), ``outlook.not_in_tree``, ``outlook.cycle``,
        ``outlook.series_double``.

    Examples
    --------
    >>> pairs = [("f1", "steel"), ("f2", "steel"), ("f3", "food"), ("f1", "park"), ("steel", "all"), ("food", "all")]
    >>> h = hierarchy(pairs, series=["all", "steel", "food", "park", "f1", "f2", "f3"])
    >>> h.sums.toarray().astype(int).tolist()
    [[1, 1, 1], [1, 1, 0], [0, 0, 1], [1, 0, 0]]
    >>> h.level.tolist()
    [0, 1, 1, 0, 2, 2, 2]
    >>> hierarchy([("a", "b"), ("b", "a")], series=["a", "b"])
    Traceback (most recent call last):
    zhizao.kernel.result.Refused: These series are their own ancestors: a, b. ...
    """
    place = {name: number for number, name in enumerate(series)}
    problems: list[Problem] = []
    if len(place) < len(series):
        doubled = sorted({name for number, name in enumerate(series) if place[name] != number})
        problems.append(_problem("series_double", mark("These series stand twice: %(names)s."), doubled))
    child, parent = _checked(edges, place, problems, file)
    if problems:
        raise Refused(*problems)
    touched = np.zeros(len(series), dtype=bool)
    touched[child] = touched[parent] = True
    if not touched.all():
        alone = [series[number] for number in np.flatnonzero(~touched).tolist()]
        message = mark("These series are forecast but stand nowhere in the tree: %(names)s.")
        raise Refused(_problem("not_in_tree", message, alone, file, mark("Give each a parent, or leave it out.")))
    level = _levels(child, parent, len(series))
    if (level < 0).any():
        caught = [series[number] for number in np.flatnonzero(_in_cycle(child, parent, level)).tolist()]
        message = mark("These series are their own ancestors: %(names)s.")
        raise Refused(_problem("cycle", message, caught, file, mark("Break the circle in the tree.")))
    return _built(tuple(series), child, parent, level)


hierarchy_of = hierarchy  # the name it has in the package, where that of the module is taken


def _checked(
    edges: Iterable[tuple[str, str]], place: dict[str, int], problems: list[Problem], file: str | None
) -> tuple[Ints, Ints]:
    """The edges as places, and what is wrong with them."""
    seen: set[tuple[str, str]] = set()
    pairs: list[tuple[int, int]] = []
    unknown: dict[str, None] = {}
    for row, (child, parent) in enumerate(edges, start=2):
        if not child or not parent:
            message = mark("A row of the tree needs a child and a parent.")
            remedy = mark("A root stands as parent only.")
            problems.append(Problem("outlook.edge_blank", message, Place(file=file, row=row), remedy))
        elif (child, parent) in seen:
            message = mark("“%(child)s” under “%(parent)s” stands twice.")
            words = {"child": child, "parent": parent}
            problems.append(Problem("outlook.edge_double", message, Place(file=file, row=row), params=words))
        else:
            seen.add((child, parent))
            missing = [name for name in (child, parent) if name not in place]
            unknown |= dict.fromkeys(missing)
            if not missing:
                pairs.append((place[child], place[parent]))
    if unknown:
        message = mark("The tree names series that are not forecast: %(names)s.")
        remedy = mark("Give their forecasts, or take them out of the tree.")
        problems.append(_problem("not_forecast", message, list(unknown), file, remedy))
    if not seen and not problems:
        problems.append(Problem("outlook.no_edges", mark("The tree is empty."), Place(file=file)))
    del problems[SHOWN:]
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _problem(code: str, message: str, names: Sequence[str], file: str | None = None, remedy: str = "") -> Problem:
    shown = ", ".join(names[:SHOWN]) + (f", … ({len(names)})" if len(names) > SHOWN else "")
    return Problem(f"outlook.{code}", message, Place(file=file), remedy, params={"names": shown})


def _levels(child: Ints, parent: Ints, n: int) -> Ints:
    """The longest way from a root, layer by layer; −1 for what a circle keeps from ever being reached."""
    level = np.full(n, -1, dtype=np.int64)
    waiting = np.bincount(child, minlength=n)
    order = np.argsort(parent, kind="stable")
    start = np.searchsorted(parent[order], np.arange(n + 1))
    layer, depth = np.flatnonzero(waiting == 0), 0
    while len(layer):
        level[layer] = depth
        lengths = start[layer + 1] - start[layer]
        offsets = np.repeat(start[layer] - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
        reached = child[order[offsets + np.arange(lengths.sum())]]
        np.subtract.at(waiting, reached, 1)
        layer, depth = np.unique(reached[waiting[reached] == 0]), depth + 1
    return level


def _in_cycle(child: Ints, parent: Ints, level: Ints) -> Bools:
    """Of what the roots do not reach, what lies on a circle: strongly connected components, and edges to oneself."""
    n = len(level)
    graph = sparse.csr_array((np.ones(len(child)), (parent, child)), shape=(n, n))
    _, label = sparse.csgraph.connected_components(graph, directed=True, connection="strong")
    found: Bools = np.bincount(label)[label] > 1
    found[child[child == parent]] = True
    return found


def _built(series: tuple[str, ...], child: Ints, parent: Ints, level: Ints) -> Hierarchy:
    n = len(series)
    edges = sparse.csr_array((np.ones(len(child)), (parent, child)), shape=(n, n))
    has_children = np.zeros(n, dtype=bool)
    has_children[parent] = True
    aggregates, leaves = np.flatnonzero(has_children), np.flatnonzero(~has_children)
    # Number of ways to each leaf, from the deepest layer up; a leaf counts once, whatever their number.
    column = np.zeros(n, dtype=np.int64)
    column[leaves] = np.arange(len(leaves))
    below = sparse.csr_array((np.ones(len(leaves)), (leaves, column[leaves])), shape=(n, len(leaves)))
    overlapping = np.zeros(n, dtype=bool)
    for depth in range(int(level.max()), -1, -1):
        rows = np.flatnonzero((level == depth) & has_children)
        if not len(rows):
            continue
        ways = (edges[rows] @ below).tocsr()
        if ways.nnz:
            most = np.asarray(ways.max(axis=1).todense()).ravel()
            overlapping[rows] = most > 1
        ways.data[:] = 1.0
        lift = sparse.csr_array((np.ones(len(rows)), (rows, np.arange(len(rows)))), shape=(n, len(rows)))
        below = (below + lift @ ways).tocsr()
    sums = below[aggregates].tocsr()
    to_leaf = sparse.csr_array((np.ones(len(leaves)), (np.arange(len(leaves)), leaves)), shape=(len(leaves), n))
    is_split = sparse.diags_array((~overlapping[aggregates]).astype(np.float64))
    is_whole = sparse.diags_array(overlapping[aggregates].astype(np.float64))
    parts = is_split @ edges[aggregates] + is_whole @ (sums @ to_leaf)
    own = sparse.csr_array(
        (np.ones(len(aggregates)), (np.arange(len(aggregates)), aggregates)), shape=(len(aggregates), n)
    )
    constraints = (own - parts).tocsr()
    constraints.eliminate_zeros()
    return Hierarchy(series, aggregates, leaves, sums, constraints, level)
