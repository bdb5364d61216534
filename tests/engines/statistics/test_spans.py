"""What observed spans determine, against exact linear algebra."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.engines.statistics.spans import Kind, pieces, solve, values
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

YEAR = 2025 * 12


def observed(*figures: tuple[str, int | None], subject: str = "a") -> pl.DataFrame:
    spans = [Span.parse(text) for text, _ in figures]
    return pl.DataFrame(
        {
            "subject": [subject] * len(figures),
            "start_month": [span.start_month for span in spans],
            "months": [span.months for span in spans],
            "value": pl.Series([value for _, value in figures], dtype=pl.Int64),
        }
    )


def told(frame: pl.DataFrame) -> dict[str, int | None]:
    return {
        str(Span(start, months)): value
        for start, months, value in frame.select("start_month", "months", "value").iter_rows()
    }


def wanted(*texts: str) -> pl.DataFrame:
    spans = [Span.parse(text) for text in texts]
    return pl.DataFrame({"start_month": [s.start_month for s in spans], "months": [s.months for s in spans]})


def test_months_are_differences_of_year_to_date_and_january_february_stays_one() -> None:
    solved = solve(observed(("2025-01..02", 50), ("2025Q1", 80), ("2025-01..04", 75), ("2025", 400)), by=["subject"])
    assert told(pieces(solved)) == {"2025-01..02": 50, "2025-03": 30, "2025-04": -5, "2025-05..12": 325}
    assert solved.contradictions.is_empty()


def test_a_negative_month_is_kept_as_the_correction_it_is() -> None:
    solved = solve(observed(("2025Q1", 80), ("2025-01..04", 75)), by=["subject"])
    assert told(values(solved, wanted("2025-04"))) == {"2025-04": -5}


def test_a_span_that_only_a_guess_could_give_is_unknown() -> None:
    solved = solve(observed(("2025-01..02", 50), ("2025-04", 7)), by=["subject"])
    asked = values(solved, wanted("2025-01", "2025-02", "2025-03", "2025-04", "2025-01..04", "2025-01..02"))
    assert told(asked) == {
        "2025-01": None, "2025-02": None, "2025-03": None, "2025-04": 7, "2025-01..04": None, "2025-01..02": 50,
    }  # fmt: skip


def test_quarters_and_years_come_from_months_and_from_each_other() -> None:
    figures = (("2025Q1", 10), ("2025Q2", 20), ("2025-07..09", 30), ("2025", 100), ("2024Q4", 5))
    asked = values(solve(observed(*figures), by=["subject"]), wanted("2025-01..06", "2025Q4", "2024-10..2025-03"))
    assert told(asked) == {"2025-01..06": 30, "2025Q4": 40, "2024-10..2025-03": 15}


def test_a_reported_month_against_the_year_to_date_is_a_revision_record() -> None:
    """r = C(t) − C(t−1) − month: 80 − 50 − 28 = 2 (forecasting conventions, cumulative values)."""
    solved = solve(observed(("2025-01..02", 50), ("2025-03", 28), ("2025Q1", 80)), by=["subject"])
    record = solved.contradictions.row(0, named=True)
    assert (record["start_month"], record["months"]) == (YEAR + 2, 1)
    assert (record["value"], record["implied"], record["revision"]) == (28, 30, 2)


def test_year_to_date_wins_over_months_and_long_over_short() -> None:
    months = [(f"2025-{month:02}", 1) for month in range(1, 13)]
    solved = solve(observed(*months, ("2025", 13)), by=["subject"])
    assert told(values(solved, wanted("2025"))) == {"2025": 13}
    assert solved.contradictions["revision"].to_list() == [1]


def test_a_missing_figure_determines_nothing_and_is_not_nought() -> None:
    solved = solve(observed(("2025-01..02", 50), ("2025Q1", None)), by=["subject"])
    assert told(pieces(solved)) == {"2025-01..02": 50}
    nothing = solve(observed(("2025Q1", None)), by=["subject"])
    assert pieces(nothing).is_empty()
    assert values(nothing, wanted("2025Q1")).is_empty()


def test_a_stock_is_known_at_the_ends_it_was_observed_at() -> None:
    figures = observed(("2025-01..02", 500), ("2025-04", 520), ("2025Q2", 530))
    solved = solve(figures, by=["subject"], kind=Kind.STOCK)
    assert told(values(solved, wanted("2025-02", "2025-03", "2025-04", "2025-01..04", "2025-06"))) == {
        "2025-02": 500, "2025-03": None, "2025-04": 520, "2025-01..04": 520, "2025-06": 530,
    }  # fmt: skip
    assert solved.contradictions.is_empty()


def test_two_stocks_of_one_day_that_differ_contradict() -> None:
    solved = solve(observed(("2025-03", 500), ("2025Q1", 510)), by=["subject"], kind=Kind.STOCK)
    assert solved.contradictions.select("months", "value", "implied").rows() == [(1, 500, 510)]


def test_series_do_not_touch_each_other() -> None:
    both = pl.concat([observed(("2025-01..02", 5)), observed(("2025Q1", 9), subject="b")])
    assert values(solve(both, by=["subject"]), wanted("2025-03"))["value"].to_list() == [None, None]
    mine = wanted("2025Q1").with_columns(subject=pl.lit("b"))
    assert values(solve(both, by=["subject"]), mine)["value"].to_list() == [9]
    assert values(solve(both, by=["subject"]), mine.with_columns(subject=pl.lit("z")))["value"].to_list() == [None]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"months": 0}, "statistics.not_a_span"),
        ({"start_month": 3}, "statistics.not_a_span"),
        ({"start_month": None}, "statistics.not_a_span"),
        ({"value": 1.5}, "statistics.not_whole"),
        ({"value": 2**62 + 2**61}, "statistics.out_of_range"),
    ],
)
def test_what_is_no_observation_is_refused(change: dict[str, object], code: str) -> None:
    row = {"subject": "a", "start_month": YEAR, "months": 1, "value": 5} | change
    with pytest.raises(Refused) as refused:
        solve(pl.DataFrame([row]), by=["subject"])
    assert refused.value.problems[0].code == code
    with pytest.raises(Refused, match="subject"):
        solve(pl.DataFrame([row]).drop("subject"), by=["subject"])


def test_large_figures_stay_exact() -> None:
    solved = solve(observed(("2025-01..02", 2**61 + 1), ("2025Q1", 2**61 + 4)), by=["subject"])
    assert told(values(solved, wanted("2025-03"))) == {"2025-03": 3}


SPANS = st.tuples(st.integers(0, 11), st.integers(1, 12)).map(lambda pair: (pair[0], min(pair[1], 12 - pair[0])))


@given(st.lists(SPANS, max_size=10, unique=True), st.lists(st.integers(-100, 100), min_size=12, max_size=12), SPANS)
def test_a_span_is_known_exactly_if_linear_algebra_determines_it(
    spans: list[tuple[int, int]], truth: list[int], ask: tuple[int, int]
) -> None:
    """Against the rank of the matrix of months, in exact fractions."""
    frame = pl.DataFrame(
        [("a", YEAR + start, months, sum(truth[start : start + months])) for start, months in spans],
        schema={"subject": pl.String, "start_month": pl.Int64, "months": pl.Int64, "value": pl.Int64},
        orient="row",
    )
    solved = solve(frame, by=["subject"])
    assert solved.contradictions.is_empty()
    asked = pl.DataFrame({"subject": ["a"], "start_month": [YEAR + ask[0]], "months": [ask[1]]})
    value = values(solved, asked)["value"][0]
    rows = [[1 if start <= month < start + months else 0 for month in range(12)] for start, months in [*spans, ask]]
    determined = _rank(rows) == _rank(rows[:-1])
    assert value == (sum(truth[ask[0] : ask[0] + ask[1]]) if determined else None)


@given(st.lists(st.tuples(SPANS, st.integers(-(10**12), 10**12)), min_size=1, max_size=12))
def test_pieces_add_up_to_every_observed_span_but_for_its_revision(
    figures: list[tuple[tuple[int, int], int]],
) -> None:
    frame = pl.DataFrame(
        [("a", YEAR + start, months, value) for (start, months), value in figures],
        schema=["subject", "start_month", "months", "value"],
        orient="row",
    )
    solved = solve(frame, by=["subject"])
    parts = {(start, months): value for _, start, months, value in pieces(solved).iter_rows()}
    revised = {row[:4]: row[5] for row in solved.contradictions.iter_rows()}
    for row in frame.iter_rows():
        _, start, months, value = row
        assert _walk(parts, start, start + months) == value + revised.get(row, 0)


def test_pieces_do_not_depend_on_the_order_of_rows_without_contradictions() -> None:
    frame = observed(("2025-01..02", 50), ("2025Q1", 80), ("2025-01..04", 75), ("2025", 400))
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=3)
    assert pieces(solve(frame, by=["subject"])).equals(pieces(solve(shuffled, by=["subject"])))


def _walk(parts: dict[tuple[int, int], int], start: int, end: int) -> int:
    total = 0
    while start < end:
        months = next(m for (s, m) in parts if s == start and _reaches(parts, s + m, end))
        total, start = total + parts[start, months], start + months
    return total


def _reaches(parts: dict[tuple[int, int], int], start: int, end: int) -> bool:
    return start == end or (start < end and any(s == start and _reaches(parts, s + m, end) for s, m in parts))


def _rank(rows: list[list[int]]) -> int:
    left = [[Fraction(cell) for cell in row] for row in rows]
    rank = 0
    for column in range(12):
        pivot = next((i for i in range(rank, len(left)) if left[i][column]), None)
        if pivot is None:
            continue
        left[rank], left[pivot] = left[pivot], left[rank]
        for i in range(rank + 1, len(left)):
            factor = left[i][column] / left[rank][column]
            left[i] = [a - factor * b for a, b in zip(left[i], left[rank], strict=True)]
        rank += 1
    return rank


def test_many_series_are_solved_together() -> None:
    draw = np.random.default_rng(1)
    month = draw.integers(1, 1000, (300, 24))
    rows = [
        (str(s), YEAR + 12 * year, m + 1, int(month[s, 12 * year : 12 * year + m + 1].sum()))
        for s in range(300) for year in range(2) for m in range(1, 12)
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=["subject", "start_month", "months", "value"], orient="row")
    got = pieces(solve(frame, by=["subject"]))
    assert len(got) == 300 * 22
    march = got.filter(pl.col("start_month") == YEAR + 2)["value"].to_list()
    assert march == month[:, 2].tolist()


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(2023, 2026), st.integers(1, 12)), max_size=20, unique=True),
    st.randoms(),
)
def test_year_to_date_figures_are_solved_as_the_graph_solves_them(cells, chance) -> None:
    """The layout that is solved without a graph, in any order of rows, gives the pieces that the graph gives."""
    frame = pl.DataFrame(
        [(who, year * 12, months, chance.randint(-(10**12), 10**12)) for who, year, months in cells],
        schema={"subject": pl.String, "start_month": pl.Int64, "months": pl.Int64, "value": pl.Int64},
        orient="row",
    )
    quick = solve(frame, by=["subject"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("zhizao.engines.statistics.spans.solve_cumulative", lambda *_arrays: None)
        graph = solve(frame, by=["subject"])
    assert pieces(quick).equals(pieces(graph))
    assert quick.contradictions.equals(graph.contradictions)
    spans = pl.DataFrame({"start_month": [2024 * 12, 2024 * 12 + 1], "months": [24, 1]})
    assert values(quick, spans).equals(values(graph, spans))
