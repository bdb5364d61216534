"""Layers, stages, positions and the shape of a network: by hand, and what holds for every chain."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizao.engines.chain.layers import by_upstreamness, node_layers
from zhizao.engines.chain.layout import crossings, positions
from zhizao.engines.chain.ties import bottlenecks, connectedness, constraint, ei_index, hierarchy
from zhizao.kernel.result import Refused

Pairs = list[tuple[str, str]]


def chain(*pairs: tuple[str, str], more: str = "") -> tuple[pl.DataFrame, pl.DataFrame]:
    names = sorted({name for pair in pairs for name in pair} | set(more))
    links = pl.DataFrame(pairs, schema={"supplier": pl.String, "buyer": pl.String}, orient="row")
    return pl.DataFrame({"node": names}, schema={"node": pl.String}), links


def drawn(seed: int, n: int, links: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    rng = np.random.default_rng(seed)
    pairs = np.sort(rng.integers(0, n, (links, 2)), axis=1)
    return (
        pl.DataFrame({"node": [f"n{place:04d}" for place in range(n)]}),
        pl.DataFrame({"supplier": [f"n{a:04d}" for a, _ in pairs], "buyer": [f"n{b:04d}" for _, b in pairs]}),
    )


def test_a_circle_of_segments_stands_in_one_layer() -> None:
    found = node_layers(*chain(("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")))
    assert found["layer"].to_list() == [0, 1, 1, 2]
    assert found["component"].to_list()[1] == found["component"].to_list()[2]
    assert found["stage"].to_list() == ["upstream", "midstream", "midstream", "downstream"]


def test_the_longest_path_decides() -> None:
    """a sells to d directly and through b and c."""
    found = node_layers(*chain(("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")))
    assert found["layer"].to_list() == [0, 1, 2, 3]


def test_a_segment_without_links_has_no_stage() -> None:
    found = node_layers(*chain(("a", "b"), more="z"))
    assert found.filter(pl.col("node") == "z").select("place", "stage").row(0) == (None, None)


def test_a_circle_and_nothing_else_is_midstream() -> None:
    assert node_layers(*chain(("a", "b"), ("b", "a")))["stage"].to_list() == ["midstream"] * 2


def test_a_stage_set_by_hand_wins_and_is_marked() -> None:
    found = node_layers(*chain(("a", "b"), ("b", "c")), override={"a": "downstream"})
    assert found["stage"].to_list() == ["downstream", "midstream", "downstream"]
    assert found["overridden"].to_list() == [True, False, False]
    drawn_at = positions(found, chain(("a", "b"), ("b", "c"))[1])
    assert drawn_at["x"][0] > drawn_at["x"][1]


@given(seed=st.integers(0, 1000))
def test_suppliers_stand_left_of_their_buyers_where_there_is_no_circle(seed: int) -> None:
    nodes, links = drawn(seed, 20, 30)
    found = node_layers(nodes, links)
    layer = dict(zip(found["node"], found["layer"], strict=True))
    assert all(layer[a] < layer[b] for a, b in links.rows() if a != b)


def test_terciles_of_upstreamness() -> None:
    assert by_upstreamness([1, 2, 3, 4, 5, 6]) == ["downstream"] * 2 + ["midstream"] * 2 + ["upstream"] * 2


@pytest.mark.parametrize(
    ("nodes", "links", "override", "code"),
    [
        (["a", "a"], [], {}, "chain.node_twice"),
        (["a"], [("a", "b")], {}, "chain.unknown_node"),
        (["a"], [], {"b": "upstream"}, "chain.unknown_node"),
        (["a"], [], {"a": "above"}, "chain.stage"),
    ],
)
def test_wrong_names_are_refused(nodes: list[str], links: Pairs, override: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        node_layers(
            pl.DataFrame({"node": nodes}),
            pl.DataFrame(links, schema={"supplier": pl.String, "buyer": pl.String}, orient="row"),
            override=override,
        )
    assert refused.value.problems[0].code == code


@settings(deadline=None, max_examples=8)
@given(seed=st.integers(0, 1000), n=st.integers(1, 80))
def test_no_two_nodes_share_a_place_and_the_map_is_the_same_every_time(seed: int, n: int) -> None:
    nodes, links = drawn(seed, n, 2 * n)
    placed = node_layers(nodes, links)
    first = positions(placed, links)
    assert first.equals(positions(placed, links.sample(fraction=1.0, shuffle=True, seed=seed)))
    assert first.select("x", "y").is_unique().all()


def test_two_thousand_nodes_stay_on_a_sheet() -> None:
    nodes, links = drawn(5, 2000, 4000)
    found = positions(node_layers(nodes, links), links)
    width, height = found["x"].max() + 1, found["y"].max() + 1
    assert 0.5 < width / height < 3  # readable: neither a ribbon nor a tower
    assert width * height < 4 * 2000  # and not mostly empty


def test_sweeps_undo_crossings() -> None:
    """Five pairs listed in opposite orders cross ten times; ordered, never."""
    pairs = [(f"a{place}", f"b{4 - place}") for place in range(5)]
    nodes, links = chain(*pairs)
    found = positions(node_layers(nodes, links), links)
    at = dict(zip(found["node"], found["y"], strict=True))
    assert all(at[a] == at[b] for a, b in pairs)


def test_crossings_by_hand() -> None:
    column, order = np.array([0, 0, 0, 1, 1, 1]), np.array([0.0, 1, 2, 0, 1, 2])
    assert crossings(column, order, np.array([0, 1, 2]), np.array([5, 4, 3])) == 3
    assert crossings(column, order, np.array([0, 0, 1]), np.array([3, 4, 4])) == 0


def test_an_empty_map_is_empty() -> None:
    nodes, links = chain()
    assert positions(node_layers(nodes, links), links).height == 0


def test_krackhardts_measures_by_hand() -> None:
    """a → b ⇄ c, d alone: pairs ab ac bc of six; reachable ab ac bc cb, mutual bc."""
    assert connectedness([0, 1, 2], [1, 2, 1], 4) == 0.5
    assert hierarchy([0, 1, 2], [1, 2, 1], 4) == pytest.approx(1 - 1 / 3)
    assert hierarchy([], [], 4) is None
    assert ei_index(0, 2) == -1


def test_constraint_of_a_closed_triangle_by_hand() -> None:
    """p = 1/2 each: (1/2 + 1/4)² for both partners = 1.125 (Burt 1992, p. 55)."""
    np.testing.assert_allclose(constraint([0, 1, 2], [1, 2, 0], [1, 1, 1], 3), 1.125)
    assert np.isnan(constraint([0], [1], [1], 3)[2])


def test_a_cut_takes_the_fewest_firms() -> None:
    """Two mines feed two smelters, both of which go through one haulier to three makers."""
    supplier, buyer = [0, 0, 1, 1, 2, 3, 4, 4, 4], [2, 3, 2, 3, 4, 4, 5, 6, 7]
    assert bottlenecks(supplier, buyer, 8, first=[0, 1], last=[5, 6, 7]).tolist() == [4]
    assert len(bottlenecks([*supplier, 2], [*buyer, 5], 8, first=[0, 1], last=[5, 6, 7])) == 2
    assert bottlenecks([], [], 3, first=[0], last=[2]).tolist() == []


def test_places_outside_the_network_are_refused() -> None:
    with pytest.raises(Refused):
        connectedness([0], [9], 2)
