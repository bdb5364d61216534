"""Long tables: read whole, refused with the row, written with 12 digits in the order they came."""

from __future__ import annotations

import polars as pl
import pytest

from zhizao.engines.outlook.grid import grid
from zhizao.kernel.result import Refused


def table(*rows: tuple[str | None, str | None, str | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(("series", "span", "mean"), pl.String), orient="row")


@pytest.mark.parametrize(
    ("rows", "code", "row"),
    [
        ([("a", "2025-01", "x")], "outlook.not_a_number", 2),
        ([("a", "2025-01", None)], "outlook.not_a_number", 2),
        ([("a", "2025-01", "nan")], "outlook.not_a_number", 2),
        ([("a", "2025-01", "1"), ("a", "2025-02", "inf")], "outlook.not_a_number", 3),
        ([(None, "2025-01", "1")], "outlook.series_blank", 2),
        ([("a", "2025-01", "1"), ("a", "yesterday", "1")], "span.unreadable", 3),
        ([("a", None, "1")], "span.unreadable", 2),
        ([("a", "2025-01", "1"), ("a", "2025年1月", "1")], "outlook.row_double", 3),
        ([("a", "2025-01", "1"), ("a", "2025-02", "1"), ("b", "2025-01", "1")], "outlook.span_missing", None),
        ([], "outlook.no_rows", None),
    ],
)
def test_a_bad_table_is_refused_with_the_row(rows: list[tuple[str, str, str]], code: str, row: int | None) -> None:
    with pytest.raises(Refused) as refused:
        grid(table(*rows), figures=["mean"], file="base.csv")
    assert (refused.value.problems[0].code, refused.value.problems[0].place.row) == (code, row)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(Refused, match="Column span is missing"):
        grid(pl.DataFrame({"series": ["a"]}), figures=["mean"])


def test_the_table_comes_back_in_its_own_order() -> None:
    rows = [("b", "2025-02", "1"), ("a", "2025-01", "2"), ("b", "2025-01", "3"), ("a", "2025-02", "4")]
    found = grid(table(*rows), figures=["mean"])
    assert found.series == ("b", "a")
    assert found.table(dict(found.figures)).rows() == rows
