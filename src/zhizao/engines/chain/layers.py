"""Upstream, midstream, downstream: where the segments of a chain stand, computed, and overruled by hand.

Segments that supply one another in a circle are one component. On the graph of components, which has no circle,

    before   longest path that ends here           after   longest path that starts here
    layer    = before, but a segment without suppliers stands just ahead of its nearest buyer
    place    = before / (before + after)           upstream < 1/3 ≤ midstream ≤ 2/3 < downstream

A segment without links has no place that could be computed. A hand-set stage wins and is marked; who set it, and when,
is kept by the application. With a table of flows, ``by_upstreamness`` cuts U of ``input_output`` at terciles instead.

Source: R. Tarjan, SIAM J. Comput. 1 (1972) 146 (components); K. Sugiyama, S. Tagawa, M. Toda, IEEE Trans. SMC 11 (1981)
109 (layers); P. Antràs et al. (2012), see ``input_output``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse
from scipy.sparse import csgraph

from zhizao.engines.chain._arrays import Floats, Ints, array, refusal, require
from zhizao.kernel.result import mark

STAGES: Final = ("upstream", "midstream", "downstream")


def node_layers(nodes: pl.DataFrame, links: pl.DataFrame, *, override: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Layer and stage of every segment.

    Parameters
    ----------
    nodes : DataFrame
        Column ``node`` (text), no name twice.
    links : DataFrame
        Columns ``supplier``, ``buyer``: names of nodes. Several rows of one pair count once.
    override : mapping
        Stage by node, one of ``STAGES``.

    Returns
    -------
    DataFrame
        ``node``, ``component``, ``layer`` (from 0), ``place`` (0 to 1 or null), ``stage`` (or null), ``overridden``; in
        the order of ``nodes``.

    Raises
    ------
    Refused
        ``chain.no_column``, ``chain.node_twice``, ``chain.unknown_node``, ``chain.stage``.

    Examples
    --------
    >>> nodes = pl.DataFrame({"node": ["ore", "steel", "car", "paint"]})
    >>> links = pl.DataFrame({"supplier": ["ore", "steel", "paint"], "buyer": ["steel", "car", "car"]})
    >>> node_layers(nodes, links).select("node", "layer", "stage").rows()
    [('ore', 0, 'upstream'), ('steel', 1, 'midstream'), ('car', 2, 'downstream'), ('paint', 1, 'upstream')]
    """
    require(nodes, "node")
    names = nodes["node"].to_list()
    at = {name: place for place, name in enumerate(names)}
    if len(at) < len(names):
        twice = int(nodes["node"].is_first_distinct().not_().arg_true()[0])
        raise refusal("node_twice", mark("The node %(node)s is listed twice."), row=twice, node=names[twice])
    supplier, buyer = link_places(links, at)
    count, component, before, after = _paths(supplier, buyer, len(names))
    layer = _pulled(component[supplier], component[buyer], before, count)
    alone = ((before + after) == 0)[component]
    place = np.divide(before, before + after, out=np.full(count, np.nan), where=before + after > 0)[component]
    in_circle = alone & (np.bincount(component, minlength=count)[component] > 1)
    place[in_circle] = 0.5  # a circle and nothing else: neither end
    stages = [None if np.isnan(x) else STAGES[int(x >= 1 / 3) + int(x > 2 / 3)] for x in place]
    return _overruled(
        pl.DataFrame(
            {
                "node": names,
                "component": component,
                "layer": layer[component],
                "place": pl.Series(place, nan_to_null=True),
                "stage": pl.Series(stages, dtype=pl.String),
            }
        ),
        override or {},
        at,
    )


def by_upstreamness(steps: npt.ArrayLike) -> list[str]:
    """Stages from upstreamness, cut at its terciles.

    Parameters
    ----------
    steps : shape (n,), U of :func:`zhizao.engines.chain.input_output.upstreamness`

    Raises
    ------
    Refused
        ``chain.shape``, ``chain.not_finite``, ``chain.negative``.

    Examples
    --------
    >>> by_upstreamness([3.1, 1.0, 2.2])
    ['upstream', 'downstream', 'midstream']
    """
    given = array("steps", steps, (len(np.asarray(steps)),))
    low, high = np.quantile(given, [1 / 3, 2 / 3])
    return ["upstream" if value > high else "downstream" if value < low else "midstream" for value in given.tolist()]


def link_places(links: pl.DataFrame, at: Mapping[str, int]) -> tuple[Ints, Ints]:
    """Places of suppliers and buyers of links between different nodes, sorted, no pair twice.

    Raises
    ------
    Refused
        ``chain.no_column``, ``chain.unknown_node`` with the row.

    Examples
    --------
    >>> link_places(pl.DataFrame({"supplier": ["a", "b"], "buyer": ["b", "b"]}), {"a": 0, "b": 1})
    (array([0]), array([1]))
    """
    require(links, "supplier", "buyer")
    for row, pair in enumerate(links.select("supplier", "buyer").iter_rows()):
        for name in pair:
            if name not in at:
                raise refusal(
                    "unknown_node",
                    mark("The node %(node)s is not in the list of nodes."),
                    remedy=mark("Add the node, or correct the name."),
                    row=row,
                    node=name,
                )
    places = [np.array([at[name] for name in links[column]], dtype=np.int64) for column in ("supplier", "buyer")]
    pairs = np.unique(np.stack(places), axis=1)  # sorted: sums over links do not depend on the order of the rows
    other = pairs[0] != pairs[1]
    return pairs[0][other], pairs[1][other]


def _paths(supplier: Ints, buyer: Ints, n: int) -> tuple[int, Ints, Floats, Floats]:
    """Components, and the longest paths before and after each."""
    graph = sparse.csr_array((np.ones(len(supplier)), (supplier, buyer)), shape=(n, n))
    count, component = csgraph.connected_components(graph, connection="strong")
    tail, head = component[supplier], component[buyer]
    kept = tail != head
    return (
        int(count),
        component.astype(np.int64),
        _longest(tail[kept], head[kept], int(count)),
        _longest(head[kept], tail[kept], int(count)),
    )


def _longest(tail: Ints, head: Ints, n: int) -> Floats:
    """Longest path to each vertex: a layer of vertices at a time, each when all before it are done."""
    import rustworkx

    graph = rustworkx.PyDiGraph(multigraph=False)
    graph.add_nodes_from(range(n))
    graph.add_edges_from_no_data(list(zip(tail.tolist(), head.tolist(), strict=True)))
    found = np.zeros(n)
    for depth, vertices in enumerate(rustworkx.topological_generations(graph)):
        found[list(vertices)] = depth
    return found


def _pulled(tail: Ints, head: Ints, before: Floats, count: int) -> Ints:
    """Layers, with what has no supplier moved to just ahead of its nearest buyer."""
    layer = before.astype(np.int64)
    nearest = np.full(count, np.iinfo(np.int64).max)
    kept = tail != head
    np.minimum.at(nearest, tail[kept], layer[head[kept]])
    free = (layer == 0) & (nearest < np.iinfo(np.int64).max)
    layer[free] = nearest[free] - 1
    return layer


def _overruled(found: pl.DataFrame, override: Mapping[str, str], at: Mapping[str, int]) -> pl.DataFrame:
    for node, stage in override.items():
        if node not in at:
            raise refusal("unknown_node", mark("The node %(node)s is not in the list of nodes."), node=node)
        if stage not in STAGES:
            raise refusal(
                "stage",
                mark("%(stage)s is no stage of a chain."),
                remedy=mark("Use upstream, midstream or downstream."),
                stage=stage,
            )
    by_hand = pl.col("node").replace_strict(dict(override), default=None, return_dtype=pl.String)
    return found.with_columns(stage=pl.coalesce(by_hand, "stage"), overridden=pl.col("node").is_in(list(override)))
