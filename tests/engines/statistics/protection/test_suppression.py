"""What is hidden stays hidden: the attacker's bounds never come inside a protection interval."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizao.engines.statistics.protection import suppression
from zhizao.engines.statistics.protection.attacker import TOLERANCE, attack
from zhizao.engines.statistics.protection.cells import Rules, Total, sensitive, tabulate
from zhizao.engines.statistics.protection.suppression import Protected, protect
from zhizao.kernel.result import Refused

RULES = Rules(least_contributors=3, dominance_pct=70, p_pct=10)
TWO_WAY = (("sector",), ("park",))


def firms(*rows: tuple[str, str, int]) -> pl.DataFrame:
    return pl.DataFrame(
        [(sector, park, str(i), value) for i, (sector, park, value) in enumerate(rows)],
        schema={"sector": pl.String, "park": pl.String, "subject": pl.String, "value": pl.Int64},
        orient="row",
    )


def drawn(seed: int, *, firms_: int, sectors: int, parks: int) -> pl.DataFrame:
    """Firms of very unequal size, as in real industry."""
    draw = np.random.default_rng(seed)
    sector, park = draw.integers(0, sectors, firms_), draw.integers(0, parks, firms_)
    value = np.exp(draw.normal(8, 1.5, firms_)).astype(int) + 1
    return firms(*((f"s{s:02}", f"p{p:02}", int(v)) for s, p, v in zip(sector, park, value, strict=True)))


def too_close(cells: pl.DataFrame, totals: tuple[Total, ...], told: Protected, *, lowest: int | None = 0) -> list[str]:
    """The sensitive cells that the attacker bounds inside their protection interval."""
    judged = sensitive(cells, RULES).join(told.cells.select("cell", "shown"), on="cell")
    assert judged.filter(pl.col("reason").is_not_null())["shown"].is_null().all()
    bounds = attack(told.cells.select("cell", value="shown"), totals, lowest=lowest)
    slack = TOLERANCE * float(cells["gross"].max() or 0)
    found = []
    for row in judged.join(bounds, on="cell").filter(pl.col("reason").is_not_null()).iter_rows(named=True):
        x, u = row["value"], row["protection"]
        down = u if lowest is None else min(u, x - lowest)
        high_enough = row["high"] is None or row["high"] >= x + u - slack
        low_enough = row["low"] is None or row["low"] <= x - down + slack
        if not (high_enough and low_enough):
            found.append(row["cell"])
    return found


def test_a_single_hidden_cell_would_be_given_back_by_its_row() -> None:
    cells, totals = tabulate(
        firms(*[("a", "x", 10)], *[("a", "y", 20)] * 5, *[("b", "x", 20)] * 5, *[("b", "y", 20)] * 5), TWO_WAY
    )
    alone = cells.select("cell", value=pl.when(pl.col("cell") != "a|x").then("value"))
    assert attack(alone, totals).rows() == [("a|x", 10.0, 10.0)]
    told = protect(cells, totals, RULES)
    assert told.cells.drop_nulls("reason").select("cell", "reason").rows() == [
        ("a|x", "few"), ("a|y", "secondary"), ("b|x", "secondary"), ("b|y", "secondary"),
    ]  # fmt: skip
    assert not too_close(cells, totals, told)


def test_two_enterprises_alone_in_a_row_do_not_tell_each_other() -> None:
    """Each knows itself, so the sum of two hidden cells must not be one of two enterprises."""
    cells, totals = tabulate(
        firms(("a", "", 50), ("b", "", 60), *[("c", "", 20)] * 5, *[("d", "", 30)] * 5), [["sector"]]
    )
    told = protect(cells, totals, RULES)
    assert told.cells.drop_nulls("reason").select("cell", "reason").rows() == [
        ("a", "few"), ("b", "few"), ("c", "secondary"),
    ]  # fmt: skip


def test_a_table_without_sensitive_cells_is_shown_whole() -> None:
    cells, totals = tabulate(firms(*[("a", "x", 10)] * 5, *[("b", "y", 20)] * 5), TWO_WAY)
    told = protect(cells, totals, RULES)
    assert told.method == "none"
    assert told.cells["shown"].to_list() == cells["value"].to_list()


def test_sums_of_hierarchies_are_attacked_too() -> None:
    rows = drawn(3, firms_=80, sectors=6, parks=3).with_columns(pillar=pl.col("sector").str.slice(2, 1))
    rows = rows.with_columns(pillar=pl.when(pl.col("pillar") < "3").then(pl.lit("first")).otherwise(pl.lit("second")))
    cells, totals = tabulate(rows, [["pillar", "sector"], ["park"]])
    told = protect(cells, totals, RULES)
    assert not too_close(cells, totals, told)


@given(st.integers(0, 10_000), st.integers(5, 60), st.integers(2, 5), st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_the_attacker_never_beats_the_protection(seed: int, count: int, sectors: int, parks: int) -> None:
    cells, totals = tabulate(drawn(seed, firms_=count, sectors=sectors, parks=parks), TWO_WAY)
    told = protect(cells, totals, RULES)
    assert not too_close(cells, totals, told)
    shown = told.cells.filter(pl.col("reason").is_null())
    assert shown["shown"].null_count() == 0


@pytest.mark.parametrize("seed", range(4))
def test_the_exact_set_costs_no_more_than_any_set_that_protects(seed: int) -> None:
    """All subsets of a 3 × 3 table with margins, each put to the attacker."""
    cells, totals = tabulate(drawn(seed, firms_=40, sectors=2, parks=2), TWO_WAY)
    told = protect(cells, totals, RULES)
    costs = {
        cell: gross / int(cells["gross"].max()) + 0.02 for cell, gross in cells.select("cell", "gross").iter_rows()
    }
    judged = sensitive(cells, RULES)
    primary = set(judged.drop_nulls("reason")["cell"])
    chosen = sum(costs[c] for c in told.cells.filter(pl.col("reason") == "secondary")["cell"])
    others = [c for c in costs if c not in primary]
    if primary:
        assert told.method == "exact"
    for size in range(len(others) + 1):
        for more in combinations(others, size):
            if sum(costs[c] for c in more) < chosen - 1e-9:
                hidden = primary | set(more)
                shown = cells.select(
                    "cell", shown=pl.when(~pl.col("cell").is_in(list(hidden))).then("value"), reason=pl.lit(None)
                )
                guess = Protected(shown, "guess")
                assert too_close(cells, totals, guess) or _tells_by_itself(cells, totals, hidden)


def _tells_by_itself(cells: pl.DataFrame, totals: tuple[Total, ...], hidden: set[str]) -> bool:
    """Whether the hidden parts of a shown total are sensitive together."""
    rows = {row["cell"]: row for row in cells.iter_rows(named=True)}
    for total in totals:
        inside = [rows[part] for part in total.parts if part in hidden]
        if inside and total.total not in hidden:
            top = sorted((x for row in inside for x in (row["largest"], row["second"])), reverse=True)
            gross = sum(row["gross"] for row in inside)
            few = sum(row["contributors"] for row in inside) < 3
            if few or 100 * top[0] > 70 * gross or 100 * (gross - top[0] - top[1]) < 10 * top[0]:
                return True
    return False


def test_the_same_table_gives_the_same_answer_in_any_order() -> None:
    cells, totals = tabulate(drawn(5, firms_=60, sectors=5, parks=4), TWO_WAY)
    told = protect(cells, totals, RULES).cells
    again = protect(cells.reverse(), totals[::-1], RULES).cells.sort("cell")
    assert told.equals(again)


def test_a_table_too_large_for_the_search_hides_more_and_is_still_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    cells, totals = tabulate(drawn(6, firms_=60, sectors=5, parks=4), TWO_WAY)
    searched = protect(cells, totals, RULES)
    monkeypatch.setattr(suppression, "SEARCH_WORK", 0)
    told = protect(cells, totals, RULES)
    assert told.method == "totals"
    assert not too_close(cells, totals, told)
    assert told.cells["shown"].null_count() >= searched.cells["shown"].null_count()


def test_profits_may_be_negative_and_are_judged_by_their_magnitude() -> None:
    rows = firms(("a", "x", -900), *[("a", "x", 10)] * 5, *[("a", "y", -20)] * 6, *[("b", "x", 30)] * 6,
                 *[("b", "y", 20)] * 6)  # fmt: skip
    cells, totals = tabulate(rows, TWO_WAY)
    assert sensitive(cells, RULES).filter(pl.col("cell") == "a|x")["reason"].to_list() == ["dominance"]
    told = protect(cells, totals, RULES, lowest=None)
    assert not too_close(cells, totals, told, lowest=None)
    with pytest.raises(Refused, match="below the value"):
        protect(cells, totals, RULES)


def test_a_sensitive_nought_is_hidden_too() -> None:
    rows = firms(("a", "x", 0), *[("a", "y", 20)] * 5, *[("b", "x", 20)] * 5, *[("b", "y", 20)] * 5)
    cells, totals = tabulate(rows, TWO_WAY)
    told = protect(cells, totals, RULES)
    bounds = attack(told.cells.select("cell", value="shown"), totals)
    low, high = bounds.filter(pl.col("cell") == "a|x").select("low", "high").row(0)
    assert low == 0 < high


def test_a_cell_without_enterprises_is_known_to_be_empty_and_hides_nothing() -> None:
    cells, totals = tabulate(firms(("a", "x", 10), *[("a", "y", 20)] * 5, *[("b", "y", 20)] * 5), TWO_WAY)
    told = protect(cells, totals, RULES)
    assert not too_close(cells, totals, told)
    assert "b|x" not in told.cells["cell"].to_list()


def test_what_is_published_already_cannot_be_hidden_and_the_table_is_refused() -> None:
    cells, totals = tabulate(firms(("a", "x", 10), *[("b", "x", 20)] * 5), [["sector"]])
    with pytest.raises(Refused) as refused:
        protect(cells, totals, RULES, published=["*", "b"])
    assert refused.value.problems[0].code == "statistics.disclosed"
    told = protect(cells, totals, RULES, published=["*"])
    assert told.cells.filter(pl.col("cell") == "*")["shown"].to_list() == [110]
    with pytest.raises(Refused, match="already tells a"):
        protect(cells, totals, RULES, published=["a"])


def test_bad_tables_are_refused() -> None:
    cells, totals = tabulate(firms(*[("a", "x", 10)] * 4, *[("b", "x", 20)] * 4), [["sector"]])
    cases = (
        (cells.with_columns(value=pl.col("value") + 1), totals, "not_additive_cell"),
        (cells, [Total("*", ("a", "z"))], "no_cell"),
        (pl.concat([cells, cells]), totals, "cells"),
        (cells.with_columns(value=pl.lit(None, pl.Int64)), totals, "cells"),
        (cells.drop("largest"), totals, "no_column"),
    )
    for frame, sums, code in cases:
        with pytest.raises(Refused) as refused:
            protect(frame, sums, RULES)
        assert refused.value.problems[0].code == f"statistics.{code}"
    for bad in ((1, 70, 10), (3, 0, 10), (3, 70, 101)):
        with pytest.raises(Refused, match="out of range"):
            Rules(*bad)
    with pytest.raises(Refused, match="more than nothing"):
        protect(cells, totals, RULES, costs={"a": 0})


def test_figures_that_do_not_add_up_tell_the_attacker_so() -> None:
    shown = pl.DataFrame({"cell": ["all", "a", "b"], "value": [10, None, 30]})
    with pytest.raises(Refused, match="do not add up"):
        attack(shown, [Total("all", ("a", "b"))])
    assert attack(shown, [Total("all", ("a", "b"))], lowest=None).rows() == [("a", -20.0, -20.0)]


def test_a_hidden_cell_in_no_sum_is_bounded_by_the_lowest_value_alone() -> None:
    assert attack(pl.DataFrame({"cell": ["a"], "value": [None]}), []).rows() == [("a", 0.0, None)]


@pytest.mark.parametrize(
    ("contributors", "largest", "second", "reason", "protection"),
    [
        (1, 100, 0, "few", 43),  # 100·100/70 − 100 = 42.9, p: 10
        (2, 60, 40, "few", 6),  # p: 10 % of 60 − 0
        (9, 70, 10, None, 0),  # exactly 70 % is allowed
        (9, 71, 10, "dominance", 2),  # 71·100/70 − 100 = 1.4
        (9, 60, 35, "p_percent", 1),  # rest 5 < 6: 6 − 5
        (9, 60, 34, None, 0),  # rest 6 = 10 % of 60
        (0, 0, 0, None, 0),
    ],
)
def test_rules_by_hand(contributors: int, largest: int, second: int, reason: str | None, protection: int) -> None:
    gross = 100 if contributors else 0
    row = pl.DataFrame([("a", gross, contributors, gross, largest, second)], orient="row",
                       schema=["cell", "value", "contributors", "gross", "largest", "second"])  # fmt: skip
    assert sensitive(row, RULES).select("reason", "protection").row(0) == (reason, protection)


def test_holders_count_as_one() -> None:
    rows = firms(*[("a", "x", 10)] * 4).with_columns(group=pl.Series(["g", "g", "h", "i"]))
    by_firm, _ = tabulate(rows, [["sector"]])
    by_group, _ = tabulate(rows, [["sector"]], contributor="group")
    assert by_firm["contributors"].to_list() == [4, 4]
    assert by_group.select("contributors", "largest", "second").rows() == [(3, 20, 10)] * 2


def test_an_enterprise_alone_in_its_cell_cannot_compute_another_across_rows() -> None:
    """Singles on a diagonal: a|* − *|x = a|y − b|x, so who is a|y would know b|x if only four cells were hidden."""
    rows = [("a", "y", 50), ("b", "x", 60)] + [
        (s, p, 20) for s in "abc" for p in "xyz" for _ in range(5) if s + p not in ("ay", "bx")
    ]
    cells, totals = tabulate(firms(*rows), TWO_WAY)
    told = protect(cells, totals, RULES)
    for mine, other in (("a|y", "b|x"), ("b|x", "a|y")):
        knows = pl.when(pl.col("cell") == mine).then(50 if mine == "a|y" else 60).otherwise("shown")
        bounds = attack(told.cells.select("cell", value=knows), totals, only=[other])
        assert bounds["high"][0] - bounds["low"][0] > 5
