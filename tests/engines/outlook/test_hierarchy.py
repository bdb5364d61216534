"""Trees: what sums to what, leaves that are shared, and every tree that is none."""

from __future__ import annotations

import numpy as np
import pytest

from zhizao.engines.outlook.hierarchy import Hierarchy, hierarchy
from zhizao.kernel.result import Refused

GROUPED = [
    ("f1", "steel"), ("f2", "steel"), ("f3", "food"), ("steel", "all"), ("food", "all"),
    ("f1", "park"), ("f3", "park"), ("f2", "rest"), ("park", "all"), ("rest", "all"),
]  # fmt: skip
SERIES = ["all", "steel", "food", "park", "rest", "f1", "f2", "f3"]


def code(edges: list[tuple[str, str]], series: list[str]) -> str:
    with pytest.raises(Refused) as refused:
        hierarchy(edges, series=series, file="tree.csv")
    return refused.value.problems[0].code


def test_a_leaf_counts_once_by_however_many_ways_it_is_reached() -> None:
    tree = hierarchy(GROUPED, series=SERIES)
    assert tree.summed(np.array([1.0, 10.0, 100.0])).tolist() == [111, 11, 100, 101, 10, 1, 10, 100]


def test_the_constraints_are_met_by_sums_and_by_nothing_else() -> None:
    tree = hierarchy(GROUPED, series=SERIES)
    rows = tree.constraints.toarray()
    assert np.linalg.matrix_rank(rows) == len(tree.aggregates)
    assert not (rows @ tree.summed(np.eye(3))).any()


def test_a_tree_gives_one_row_an_aggregate_over_its_direct_children() -> None:
    tree = hierarchy([("a", "s"), ("b", "s"), ("s", "all"), ("c", "all")], series=["all", "s", "a", "b", "c"])
    assert tree.constraints.toarray().astype(int).tolist() == [[1, -1, 0, 0, -1], [0, 1, -1, -1, 0]]


def test_the_order_of_the_series_and_of_the_rows_does_not_matter() -> None:
    one, other = hierarchy(GROUPED, series=SERIES), hierarchy(GROUPED[::-1], series=SERIES[::-1])
    leaf = {"f1": 1.0, "f2": 10.0, "f3": 100.0}

    def by_name(tree: Hierarchy) -> dict[str, float]:
        values = np.array([leaf[tree.series[place]] for place in tree.leaves])
        return dict(zip(tree.series, tree.summed(values).tolist(), strict=True))

    assert by_name(one) == by_name(other)


def test_levels_count_from_the_roots_by_the_longest_way() -> None:
    tree = hierarchy([*GROUPED, ("f2", "all")], series=SERIES)
    assert tree.level.tolist() == [0, 1, 1, 1, 1, 2, 2, 2]
    with pytest.raises(Refused):
        tree.at_level(3)


def test_series_that_share_leaves_are_not_disjoint() -> None:
    tree = hierarchy(GROUPED, series=SERIES)
    assert tree.is_disjoint(np.array([1, 2]))
    assert not tree.is_disjoint(np.array([1, 3]))
    assert not tree.is_disjoint(np.array([1, 5]))


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ([("a", "b"), ("b", "a")], "outlook.cycle"),
        ([("a", "a"), ("b", "a")], "outlook.cycle"),
        ([("a", "b"), ("a", "b")], "outlook.edge_double"),
        ([("a", ""), ("b", "a")], "outlook.edge_blank"),
        ([("", "b")], "outlook.edge_blank"),
        ([("a", "b"), ("x", "b")], "outlook.not_forecast"),
        ([("a", "y"), ("b", "a")], "outlook.not_forecast"),
        ([], "outlook.no_edges"),
    ],
)
def test_a_tree_that_is_none_is_refused(edges: list[tuple[str, str]], expected: str) -> None:
    assert code(edges, ["a", "b"]) == expected


def test_a_series_outside_the_tree_and_one_that_stands_twice_are_refused() -> None:
    assert code([("a", "b")], ["a", "b", "c"]) == "outlook.not_in_tree"
    assert code([("a", "b")], ["a", "b", "b"]) == "outlook.series_double"


def test_a_circle_is_named_without_what_hangs_below_it() -> None:
    with pytest.raises(Refused, match="ancestors: a, b\\."):
        hierarchy([("a", "b"), ("b", "a"), ("c", "a"), ("d", "e")], series=list("abcde"))


def test_every_problem_is_told_with_its_row() -> None:
    with pytest.raises(Refused) as refused:
        hierarchy([("a", "b"), ("", "b"), ("a", "b")], series=["a", "b"], file="tree.csv")
    assert [problem.place.row for problem in refused.value.problems] == [3, 4]
