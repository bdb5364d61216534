"""The shape of a network of firms: ties that leave the region, hierarchy, brokers, bottlenecks.

    E-I index        (EL − IL) / (EL + IL)      EL ties leaving the region, IL ties inside
    connectedness    1 − V / (n(n−1)/2)         V pairs that no path joins, directions ignored
    hierarchy        1 − mutually reachable pairs / reachable pairs
    constraint       Σⱼ (pᵢⱼ + Σ_{q≠i,j} pᵢq pqⱼ)²     p share of j in i's ties, sales and purchases taken together
    bottlenecks      the fewest firms through which every path from inputs to final demand goes

Source: D. Krackhardt, R. N. Stern, Soc. Psychol. Q. 51 (1988) 123; D. Krackhardt, in: Computational Organization Theory
(1994) 89; R. S. Burt, Structural Holes (1992), ch. 2; K. Menger, Fund. Math. 10 (1927) 96 (minimum vertex cut).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from zhizao.engines.chain._arrays import Floats, Ints, array, refusal
from zhizao.kernel.result import mark


def ei_index(leaving: float, inside: float) -> float | None:
    """−1 all ties inside, 1 all leave; ``None`` without ties.

    Parameters
    ----------
    leaving, inside : number or amount of ties

    Examples
    --------
    >>> ei_index(3, 1), ei_index(0, 0)
    (0.5, None)
    """
    return (leaving - inside) / (leaving + inside) if leaving + inside > 0 else None


def connectedness(supplier: npt.ArrayLike, buyer: npt.ArrayLike, firms: int) -> float:
    """The part of pairs of firms that some path joins, directions ignored; 1 for fewer than two firms.

    Parameters
    ----------
    supplier, buyer : shape (links,), places of firms
    firms : n

    Raises
    ------
    Refused
        ``chain.places``.

    Examples
    --------
    >>> connectedness([0, 1], [1, 2], 4)
    0.5
    """
    _, group = csgraph.connected_components(_matrix(supplier, buyer, firms), directed=False)
    sizes = np.bincount(group)
    pairs = firms * (firms - 1) / 2
    return float((sizes * (sizes - 1) / 2).sum() / pairs) if pairs else 1.0


def hierarchy(supplier: npt.ArrayLike, buyer: npt.ArrayLike, firms: int) -> float | None:
    """1 where nobody supplies himself through others, 0 where all that reach each other do so both ways.

    Parameters and refusals as :func:`connectedness`; ``None`` without any link between two firms.

    Examples
    --------
    >>> hierarchy([0, 1], [1, 2], 3), hierarchy([0, 1, 2], [1, 2, 0], 3)
    (1.0, 0.0)
    """
    links = _matrix(supplier, buyer, firms)
    _, group = csgraph.connected_components(links, connection="strong")
    sizes = np.bincount(group, minlength=1)
    mutual = float((sizes * (sizes - 1) // 2).sum())
    one_way = float(sum(size * (sizes[reached].sum() - size) for size, reached in _reached(links, group, sizes)))
    return 1 - mutual / (mutual + one_way) if mutual + one_way else None


def constraint(supplier: npt.ArrayLike, buyer: npt.ArrayLike, amount: npt.ArrayLike, firms: int) -> Floats:
    """How far a firm's partners depend on one another: low for brokers between groups; nan without ties.

    Parameters
    ----------
    amount : shape (links,), money

    Returns
    -------
    ndarray
        Shape (n,).

    Raises
    ------
    Refused
        ``chain.places``, ``chain.shape``, ``chain.negative``, ``chain.not_finite``.

    Examples
    --------
    Two partners who do not know each other, and one partner only:

    >>> constraint([0, 1], [1, 2], [5, 5], 3)
    array([1. , 0.5, 1. ])
    """
    weights = array("amount", amount, (len(np.asarray(supplier)),))
    ties = _matrix(supplier, buyer, firms, weights)
    ties = (ties + ties.T).tolil()
    ties.setdiag(0.0)
    ties = ties.tocsr()
    total = np.asarray(ties.sum(axis=1)).ravel()
    share = sparse.diags_array(np.divide(1.0, total, out=np.zeros(firms), where=total > 0)) @ ties
    through = share + share @ share
    partners = (share > 0).astype(np.float64)
    found = np.asarray(through.multiply(partners).power(2).sum(axis=1)).ravel()
    return np.where(total > 0, found, np.nan)


def bottlenecks(
    supplier: npt.ArrayLike, buyer: npt.ArrayLike, firms: int, *, first: npt.ArrayLike, last: npt.ArrayLike
) -> Ints:
    """The fewest firms that cut every path from first suppliers to those who sell to final demand.

    Parameters
    ----------
    first, last : places of the firms where paths begin and end; they may be bottlenecks themselves

    Returns
    -------
    ndarray
        Places, ascending; of several smallest cuts the one nearest to ``first``.

    Raises
    ------
    Refused
        ``chain.places``.

    Examples
    --------
    Two mines, one smelter, two makers:

    >>> bottlenecks([0, 1, 2, 2], [2, 2, 3, 4], 5, first=[0, 1], last=[3, 4])
    array([2])
    """
    rows, columns = _places(supplier, firms), _places(buyer, firms)
    begin, end = _places(first, firms), _places(last, firms)
    source, sink, many = 2 * firms, 2 * firms + 1, firms + 1
    # Firm i is an arc i → firms + i of capacity 1; links and both ends can carry any flow.
    tail = np.concatenate([np.arange(firms), firms + rows, np.full(len(begin), source), firms + end])
    head = np.concatenate([firms + np.arange(firms), columns, begin, np.full(len(end), sink)])
    capacity = np.full(len(tail), many, dtype=np.int32)
    capacity[:firms] = 1
    kept = np.unique(np.stack([tail, head]), axis=1, return_index=True)[1]
    graph = sparse.csr_array((capacity[kept], (tail[kept], head[kept])), shape=(sink + 1, sink + 1))
    flow = csgraph.maximum_flow(graph, source, sink).flow
    left = sparse.csr_array(graph - flow)
    left.eliminate_zeros()
    reached = np.zeros(sink + 1, dtype=bool)
    reached[csgraph.breadth_first_order(left, source, return_predecessors=False)] = True
    return np.flatnonzero(reached[:firms] & ~reached[firms : 2 * firms]).astype(np.int64)


def _reached(links: sparse.csr_array, group: Ints, sizes: Ints) -> list[tuple[int, npt.NDArray[np.bool_]]]:
    """Size of each group of firms that supply one another, and the groups it reaches, its own included."""
    count = len(sizes)
    member = sparse.csr_array((np.ones(len(group)), (group, np.arange(len(group)))), shape=(count, len(group)))
    between = sparse.csr_array(member @ links @ member.T)
    found = []
    for place in range(count):
        reached = np.zeros(count, dtype=bool)
        reached[csgraph.breadth_first_order(between, place, return_predecessors=False)] = True
        found.append((int(sizes[place]), reached))
    return found


def _places(values: npt.ArrayLike, firms: int) -> Ints:
    places = np.asarray(values, dtype=np.int64)
    if len(places) and not (0 <= places.min() <= places.max() < firms):
        raise refusal("places", mark("%(name)s must hold places of the producers."), name="links")
    return places


def _matrix(
    supplier: npt.ArrayLike, buyer: npt.ArrayLike, firms: int, amount: Floats | None = None
) -> sparse.csr_array:
    rows, columns = _places(supplier, firms), _places(buyer, firms)
    values = np.ones(len(rows)) if amount is None else amount
    return sparse.csr_array((values, (rows, columns)), shape=(firms, firms))
