"""Targets: each kind by hand on known paths, what is realised, and every table of targets that is none."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from zhizao.engines.outlook.assess import Assessment, assess, first_open
from zhizao.engines.outlook.hierarchy import hierarchy
from zhizao.engines.outlook.panel import Joint, Panel
from zhizao.engines.outlook.paths import Sampler
from zhizao.engines.outlook.target import Bound, Futures, Kind, Target, chance, joint_chances
from zhizao.engines.outlook.target_table import targets_of
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

YEAR = Span.of_year(2025)
"""History: 2024 and the first quarter of 2025, 10 a month for a and 5 for b; three paths for the other nine months."""
HISTORY = Panel(("a", "b"), 2024 * 12, 1, np.array([[10.0] * 15, [5.0] * 15]))
PATHS = np.stack([np.array([[x] * 9, [5.0] * 9]) for x in (9.0, 10.0, 12.0)])
FUTURES = Futures(HISTORY, Sampler(("a", "b"), 2025 * 12 + 3, 1, PATHS[1], np.ones((1, 2, 9)), 9, 1.0), PATHS)


def target(kind: Kind = Kind.TOTAL, *, bound: Bound = Bound.GE, value: float = 0.0, **more: object) -> Target:
    given = {"key": "t", "series": ("a",), "span": YEAR} | more
    return Target(kind=kind, bound=bound, value=value, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (target(), [111, 120, 138]),
        (target(Kind.CUMULATIVE, span=Span.parse("2024-01..2025-12")), [231, 240, 258]),
        (target(Kind.LEVEL), [9, 10, 12]),
        (target(Kind.SHARE, denominator=("a", "b")), [111 / 171, 120 / 180, 138 / 198]),
        (target(Kind.RATIO, denominator=("b",)), [111 / 60, 2, 138 / 60]),
        (target(Kind.GROWTH), [111 / 120 - 1, 0, 138 / 120 - 1]),
        (target(Kind.COUNT, series=("a", "b"), threshold=120.0), [0, 1, 1]),
        (target(series=("a", "b")), [171, 180, 198]),
        (target(span=Span.parse("2025Q2")), [27, 30, 36]),
        (target(span=Span.parse("2025Q1")), [30, 30, 30]),
    ],
)
def test_each_kind_is_a_function_of_the_path(told: Target, expected: list[float]) -> None:
    assert FUTURES.figures(told) == pytest.approx(expected, rel=1e-12)


def test_growth_over_several_years_is_the_mean_yearly_one() -> None:
    panel = Panel(("a",), 2023 * 12, 12, np.array([[100.0, 110.0]]))
    futures = Futures(
        panel, Sampler(("a",), 2025 * 12, 12, np.ones((1, 1)), np.ones((1, 1, 1)), 1, 1.0), np.array([[[121.0]]])
    )
    told = target(Kind.GROWTH, base=Span.of_year(2023))
    assert futures.figures(told) == pytest.approx([0.1], rel=1e-12)


@pytest.mark.parametrize(
    ("bound", "value", "tolerance", "hits"),
    [
        (Bound.GE, 120, 0, 2),
        (Bound.LE, 120, 0, 2),
        (Bound.EQ, 119, 1, 1),
        (Bound.EQ, 119, 8, 2),
        (Bound.GE, 120.001, 0, 1),
    ],
)
def test_the_bound_itself_is_reached_from_either_side(bound: Bound, value: float, tolerance: float, hits: int) -> None:
    told, _ = chance(target(bound=bound, value=value, tolerance=tolerance), FUTURES)
    assert (told.hits, told.draws, told.p) == (hits, 3, hits / 3)


def test_a_joint_january_and_february_counts_once() -> None:
    values = HISTORY.values.copy()
    values[0, 12:14] = np.nan
    panel = Panel(("a", "b"), HISTORY.first_month, 1, values, (Joint(0, 12, 2, 26.0),))
    futures = Futures(panel, FUTURES.sampler, PATHS)
    assert futures.figures(target()) == pytest.approx([117, 126, 144])
    with pytest.raises(Refused):
        futures.figures(target(span=Span.parse("2025-02")))


def test_a_month_known_beyond_the_start_of_the_paths_is_taken_from_the_figures() -> None:
    values = np.concatenate([HISTORY.values, [[np.nan, 50.0], [5.0, 5.0]]], axis=1)
    futures = Futures(Panel(("a", "b"), HISTORY.first_month, 1, values), FUTURES.sampler, PATHS)
    assert futures.figures(target()) == pytest.approx([30 + 8 * 9 + 50, 30 + 80 + 50, 30 + 96 + 50])


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (target(span=Span.of_year(2026)), "beyond"),
        (target(span=Span.parse("2023Q4")), "unknown_past"),
        (target(Kind.GROWTH, base=Span.of_year(2020)), "unknown_past"),
    ],
)
def test_what_cannot_be_told_is_refused(told: Target, code: str) -> None:
    with pytest.raises(Refused) as refused:
        chance(told, FUTURES)
    assert refused.value.problems[0].code == f"outlook.{code}"


def test_a_span_that_cuts_quarters_is_refused() -> None:
    panel = Panel(("a",), 24300, 3, np.ones((1, 4)))
    futures = Futures(panel, Sampler(("a",), 24312, 3, np.ones((1, 1)), np.ones((1, 1, 1)), 1, 1.0), np.ones((2, 1, 1)))
    with pytest.raises(Refused):
        futures.figures(target(span=Span.parse("2025-01..02")))


def test_a_share_of_nothing_is_not_reached() -> None:
    panel = Panel(("a", "b"), 24300, 1, np.zeros((2, 3)))
    futures = Futures(
        panel, Sampler(("a", "b"), 24303, 1, np.ones((2, 1)), np.ones((1, 2, 1)), 1, 1.0), np.ones((2, 2, 1))
    )
    told, _ = chance(target(Kind.RATIO, denominator=("b",), span=Span.parse("2025Q1"), value=-1e9), futures)
    assert (told.hits, np.isnan(told.expected)) == (0, True)


def test_the_joint_probability_of_a_pillar_counts_paths_that_reach_all() -> None:
    both = [target(key="x", pillar="growth"), target(key="y", pillar="growth"), target(key="z")]
    reached = {"x": np.array([True, True, False]), "y": np.array([False, True, True]), "z": np.ones(3, dtype=bool)}
    (told,) = joint_chances(both, reached)
    assert (told.key, told.hits, told.draws) == ("pillar:growth", 1, 3)


def season(months: int, *, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (
        100
        * 1.004 ** np.arange(months)
        * (1 + 0.1 * np.sin(np.arange(months) / 12 * 2 * np.pi))
        * np.exp(rng.normal(0, 0.03, months))
    )


def test_a_finished_period_is_certain_and_an_impossible_one_is_not_reached() -> None:
    panel = Panel(("a",), 2020 * 12, 1, season(60)[None])
    total = panel.values[0, 48:].sum()
    told = assess(
        panel,
        [
            target(key="done", span=Span.of_year(2024), value=total),
            target(key="missed", span=Span.of_year(2024), value=total + 1),
            target(key="sure", value=total / 2),
            target(key="never", value=total * 3),
        ],
        draws=200,
        rng=np.random.default_rng(1),
        combined=0,
    )
    assert [one.p for one in told.chances] == [1, 0, 1, 0]
    assert told.problems == {}


def test_the_median_of_what_is_expected_has_about_an_even_chance() -> None:
    panel = Panel(("a",), 2019 * 12, 1, season(78)[None])

    def told(value: float, seed: int) -> Assessment:
        return assess(panel, [target(value=value)], draws=4000, rng=np.random.default_rng(seed), combined=0)

    first = told(0.0, 1)
    assert told(first.chances[0].quantiles[50], 2).chances[0].p == pytest.approx(0.5, abs=0.05)
    assert first.futures.sampler.evidence > 3


def test_paths_of_a_tree_add_up_and_the_share_of_all_parts_is_one() -> None:
    rows = np.stack([season(66, seed=seed) for seed in (1, 2)])
    panel = Panel(("all", "a", "b"), 2020 * 12, 1, np.concatenate([rows.sum(axis=0, keepdims=True), rows]))
    tree = hierarchy([("a", "all"), ("b", "all")], series=panel.series)
    told = assess(
        panel,
        [target(Kind.SHARE, series=("a", "b"), denominator=("all",), bound=Bound.EQ, value=1.0, tolerance=1e-9)],
        draws=100,
        rng=np.random.default_rng(1),
        combined=0,
        tree=tree,
    )
    assert told.chances[0].p == 1


def test_one_target_that_cannot_be_told_leaves_the_others() -> None:
    panel = Panel(("a",), 2020 * 12, 1, season(60)[None])
    told = assess(
        panel,
        [target(key="old", span=Span.of_year(2010)), target(key="new")],
        draws=50,
        rng=np.random.default_rng(1),
        combined=0,
    )
    assert [one.key for one in told.chances] == ["new"]
    assert list(told.problems) == ["old"]


def test_the_latest_figures_of_those_still_reported_say_where_the_paths_start() -> None:
    values = np.ones((3, 30))
    values[1, 29:] = np.nan
    values[2, 10:] = np.nan
    panel = Panel(("a", "late", "closed"), 24300, 1, values)
    assert first_open(panel, panel.series) == 24300 + 29
    assert first_open(panel, ["a"]) == 24330


ROW = {"target": "t", "kind": "total", "series": "a", "span": "2025", "bound": "ge", "value": "5"}


def read(*rows: dict[str, str]) -> tuple[Target, ...]:
    return targets_of(
        pl.DataFrame([ROW | row for row in rows]), series=["a", "b", "enterprise:1", "enterprise:2"], file="t.csv"
    )


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ({"kind": "sum"}, "outlook.kind", "kind"),
        ({"bound": ">="}, "outlook.bound", "bound"),
        ({"series": "c"}, "outlook.unknown_series", "series"),
        ({"series": "a+"}, "outlook.unknown_series", "series"),
        ({"span": "soon"}, "span.unreadable", "span"),
        ({"value": "much"}, "outlook.not_a_number", "value"),
        ({"value": "nan"}, "outlook.not_a_number", "value"),
        ({"value": "5%"}, "outlook.not_a_number", "value"),
        ({"kind": "share", "value": "0.4"}, "outlook.no_denominator", "denominator"),
        ({"kind": "share", "denominator": "b", "value": "45"}, "outlook.per_cent", "value"),
        ({"kind": "growth", "base": "2026", "value": "0.05"}, "outlook.base", "base"),
        ({"kind": "growth", "value": "8"}, "outlook.per_cent", "value"),
        ({"bound": "eq"}, "outlook.tolerance", "tolerance"),
        ({"kind": "count"}, "outlook.not_a_number", "threshold"),
        ({"target": ""}, "outlook.no_name", "target"),
    ],
)
def test_a_bad_row_is_refused_with_its_column(row: dict[str, str], code: str, column: str) -> None:
    with pytest.raises(Refused) as refused:
        read(row)
    problem = refused.value.problems[0]
    assert (problem.code, problem.place.row, problem.place.column) == (code, 2, column)


def test_two_targets_of_one_name_and_a_missing_column_are_refused() -> None:
    with pytest.raises(Refused, match="stands twice"):
        read({}, {})
    with pytest.raises(Refused, match="Column bound is missing"):
        targets_of(pl.DataFrame([{"target": "t", "kind": "total", "series": "a", "span": "2025"}]), series=["a"])
    with pytest.raises(Refused):
        targets_of(pl.DataFrame(schema=dict.fromkeys(ROW, pl.String)), series=["a"])


def test_a_star_stands_for_many_series_and_per_cent_for_a_hundredth() -> None:
    count, share = read(
        {"target": "n", "kind": "count", "series": "enterprise:*", "threshold": "100", "value": "2"},
        {"kind": "share", "denominator": "a+b", "value": "45%"},
    )
    assert (count.series, count.threshold) == (("enterprise:1", "enterprise:2"), 100)
    assert (share.denominator, share.value) == (("a", "b"), 0.45)
