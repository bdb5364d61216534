"""What tables tell together: two filters, two as-of dates, three tables."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizao.engines.statistics.protection.cells import Rules, tabulate
from zhizao.engines.statistics.protection.differencing import Disclosure, disclosures, withheld
from zhizao.engines.statistics.protection.suppression import protect
from zhizao.kernel.result import Refused

RULES = Rules(least_contributors=3, dominance_pct=70, p_pct=10)


def shown(**figures: dict[str, int]) -> pl.DataFrame:
    rows = [(figure, by, value) for figure, parts in figures.items() for by, value in parts.items()]
    return pl.DataFrame(rows, schema={"figure": pl.String, "subject": pl.String, "value": pl.Int64}, orient="row")


def firms(names: str, value: int = 10) -> dict[str, int]:
    return dict.fromkeys(names, value)


def test_two_filters_that_differ_by_one_enterprise_tell_it() -> None:
    told = disclosures(shown(district=firms("abcdef"), without_park=firms("abcde")), RULES)
    assert told == (Disclosure("difference", ("district", "without_park"), ("f",)),)


def test_two_filters_that_differ_by_three_enterprises_may_stand_together() -> None:
    assert disclosures(shown(district=firms("abcdef"), park=firms("abc")), RULES) == ()


def test_three_enterprises_of_which_one_dominates_are_told_too() -> None:
    district = firms("abc") | {"d": 100, "e": 9, "f": 8}
    told = disclosures(shown(district=district, without=firms("abc")), RULES)
    assert told[0].contributors == ("d",)


def test_an_enterprise_that_exchanges_with_another_tells_both() -> None:
    told = disclosures(shown(x=firms("abcdef"), y=firms("abcdeg")), RULES)
    assert told[0].contributors == ("f", "g")


def test_two_dates_tell_who_came_late() -> None:
    told = disclosures(shown(on_20_may=firms("abcde"), on_20_june=firms("abcdef")), RULES)
    assert [d.contributors for d in told] == [("f",)]


def test_two_dates_tell_who_corrected_its_figure() -> None:
    told = disclosures(shown(on_20_may=firms("abcde"), on_20_june=firms("abcd") | {"e": 14}), RULES)
    assert [d.contributors for d in told] == [("e",)]


def test_a_filter_and_a_date_together_tell_what_neither_does() -> None:
    """Three firms outside the park by the first filter, but two of them corrected to what the park holds."""
    told = disclosures(shown(may_all=firms("abcdef"), june_park=firms("abcd") | {"e": 12}), RULES)
    assert told[0].contributors == ("e", "f")


def test_corrections_of_many_may_stand_together() -> None:
    assert disclosures(shown(may=firms("abcdef"), june=firms("abcdef", 12)), RULES) == ()


def test_figures_unchanged_between_two_dates_tell_nothing() -> None:
    assert disclosures(shown(may=firms("abcdef"), june=firms("abcdef")), RULES) == ()


def test_three_tables_tell_what_no_two_do() -> None:
    """(AB + AC − BC) / 2 = A, where A is one enterprise between groups of ten each."""
    a, b, c = {"a": 60}, {f"b{i}": 10 for i in range(10)}, {f"c{i}": 11 for i in range(10)}
    pairs = {"ab": a | b, "ac": a | c}
    assert disclosures(shown(**pairs), RULES) == ()
    told = disclosures(shown(**pairs, bc=b | c), RULES)
    assert [(d.kind, d.contributors, d.low, d.high) for d in told] == [("combination", ("a",), 60.0, 60.0)]


def test_an_unrelated_table_tells_nothing() -> None:
    assert disclosures(shown(x=firms("abcd"), y=firms("efgh")), RULES) == ()


def test_a_contributor_twice_in_one_figure_is_refused() -> None:
    twice = pl.concat([shown(x=firms("abcd"))] * 2)
    with pytest.raises(Refused, match="twice"):
        disclosures(twice, RULES)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(1, 50)), min_size=8, max_size=40))
@settings(max_examples=12, deadline=None)
def test_a_protected_table_alone_tells_nothing(rows: list[tuple[str, str, int]]) -> None:
    """The two halves of protection agree: what suppression lets stand, differencing finds no fault with."""
    frame = pl.DataFrame(
        [(sector, park, str(i), value) for i, (sector, park, value) in enumerate(rows)],
        schema=["sector", "park", "subject", "value"],
        orient="row",
    )
    cells, totals = tabulate(frame, [["sector"], ["park"]])
    told = protect(cells, totals, RULES).cells.filter(pl.col("reason").is_null())["cell"]
    parts = []
    for cell in told:
        sector, park = cell.split("|")
        inside = frame.filter(
            (pl.lit(sector == "*") | (pl.col("sector") == sector)) & (pl.lit(park == "*") | (pl.col("park") == park))
        )
        parts.append(inside.select(pl.lit(cell).alias("figure"), "subject", "value"))
    if parts:
        found = disclosures(pl.concat(parts), RULES)
        assert found == ()


def test_a_new_table_is_shown_without_what_the_older_ones_would_tell_with_it() -> None:
    before = shown(may_all=firms("abcdef"), may_park=firms("abc"))
    new = shown(june_all=firms("abcdefg"), june_park=firms("abc"), july_all=firms("abcdefghij"))
    out = withheld(before, new, RULES)
    assert out == ("june_all",)
    kept = new.filter(~pl.col("figure").is_in(list(out)))
    assert disclosures(pl.concat([before, kept]), RULES) == ()


def test_what_was_shown_before_cannot_be_mended() -> None:
    before = shown(all=firms("abcdef"), outside=firms("abcde"))
    assert withheld(before, shown(other=firms("uvwxyz")), RULES) == ()
