"""Spans; the five-year plans' years are those of the plans themselves (the 14th: 2021–2025)."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span
from zhizao.kernel.strategies import spans


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2025", "2025"),
        ("2025年", "2025"),
        ("2025年度", "2025"),
        ("２０２５年", "2025"),
        ("二〇三五年", "2035"),
        ("2025年全年", "2025"),
        ("2025年末", "2025"),
        ("2025年底", "2025"),
        ("截止2020年", "2020"),
        ("截至2020年末", "2020"),
        ("到2025年", "2025"),
        ("2025Q1", "2025Q1"),
        ("2025q4", "2025Q4"),
        ("2025年一季度", "2025Q1"),
        ("2025年第一季度", "2025Q1"),
        ("2025年4季度", "2025Q4"),
        ("2025年1—3月", "2025Q1"),
        ("2025-05", "2025-05"),
        ("2025/5", "2025-05"),
        ("2020.08", "2020-08"),
        ("2020.6", "2020-06"),
        ("2020.12", "2020-12"),
        ("2025年5月", "2025-05"),
        ("2025年5月份", "2025-05"),
        ("2025年十二月", "2025-12"),
        ("2025-01..05", "2025-01..05"),
        ("2025年1—5月", "2025-01..05"),
        ("2025年1-5月", "2025-01..05"),
        ("2025年1至5月", "2025-01..05"),
        ("2025年1月—5月", "2025-01..05"),
        ("2025年一至五月", "2025-01..05"),
        ("2025年1—5月累计", "2025-01..05"),
        ("2025年 1 — 2 月", "2025-01..02"),
        ("2025年前5个月", "2025-01..05"),
        ("2025年上半年", "2025-01..06"),
        ("2025年下半年", "2025-07..12"),
        ("2025年前三季度", "2025-01..09"),
        ("2025年一至三季度", "2025-01..09"),
        ("2021-01..2025-12", "2021-01..2025-12"),
        ("2021—2025年", "2021-01..2025-12"),
        ("2021年至2025年", "2021-01..2025-12"),
        ("2020-2022年", "2020-01..2022-12"),
        ("2024年12月—2025年2月", "2024-12..2025-02"),
        ("“十四五”", "2021-01..2025-12"),
        ("十四五", "2021-01..2025-12"),
        ("“十四五”时期", "2021-01..2025-12"),
        ("“十四五”期间", "2021-01..2025-12"),
        ("第十四个五年规划", "2021-01..2025-12"),
        ("“十四五”末", "2025"),
        ("到“十四五”末", "2025"),
        ("截止“十三五”末期", "2020"),
        ("“十三五”期末", "2020"),
        ("“十二五”年末", "2015"),
        ("“十三五”初期", "2016"),
        ("“十五”", "2001-01..2005-12"),
        ("“十五五”", "2026-01..2030-12"),
        ("“一五”", "1953-01..1957-12"),
        ("“三五”", "1966-01..1970-12"),
    ],
)
def test_period_is_read(text: str, span: str) -> None:
    assert str(Span.parse(text)) == span


@pytest.mark.parametrize(
    ("text", "span"),
    [("一季度", "2024Q1"), ("1—5月", "2024-01..05"), ("上半年", "2024-01..06"), ("5月", "2024-05"), ("全年", "2024"),
     ("前三季度", "2024-01..09"), ("“十四五”以来", "2021-01..2024-12")],
)  # fmt: skip
def test_period_without_a_year_needs_one(text: str, span: str) -> None:
    assert str(Span.parse(text, year=2024)) == span
    with pytest.raises(Refused) as refused:
        Span.parse(text)
    assert refused.value.problems[0].code == "span.needs_year"
    assert refused.value.problems[0].remedy


def test_a_spoilt_decimal_month_is_not_guessed() -> None:
    with pytest.raises(Refused) as refused:
        Span.parse("2020.1")
    assert refused.value.problems[0].code == "span.ambiguous"


@pytest.mark.parametrize(
    "text", ["", "2025-13", "2025年13月", "2025Q5", "25年", "今年", "2025年1—13月", "20255", "第一"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        Span.parse(text)
    assert refused.value.problems[0].code == "span.unreadable"


@pytest.mark.parametrize("text", ["2025年5—1月", "2025—2021年", "2025-05..2025-01", "0000"])
def test_a_period_that_runs_backwards_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        Span.parse(text)
    assert refused.value.problems[0].code == "span.out_of_range"


@given(spans(first_year=1000, last_year=9900))
def test_every_span_is_read_back_as_written(span: Span) -> None:
    assert Span.parse(str(span)) == span
    assert Span.parse(span.to_chinese()) == span


@given(st.text(alphabet="20251—-至到年月季度一四五十上半前Q.“”末 ", max_size=20))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(Refused):
        Span.parse(text, year=2025)


def test_january_and_february_stay_one_figure() -> None:
    joint = Span.parse("2025年1—2月")
    assert joint == Span.year_to_date(2025, 2)
    assert joint.to_chinese() == "2025年1—2月"
    assert joint != Span.of_month(2025, 1)
    assert joint.is_year_to_date


@given(spans(), spans())
def test_containing_and_overlapping_are_those_of_the_months(one: Span, other: Span) -> None:
    mine, theirs = set(one.each_month()), set(other.each_month())
    assert one.contains(other) == (theirs <= mine)
    assert one.overlaps(other) == bool(mine & theirs)


@given(spans())
def test_previous_touches_and_union_is_their_sum(span: Span) -> None:
    whole = span.previous().union(span)
    assert whole.months == 2 * span.months
    assert whole == span.union(span.previous())
    assert list(whole.each_month()) == [*span.previous().each_month(), *span.each_month()]
    assert span.year_earlier().months == span.months
    assert span.start_month - span.year_earlier().start_month == 12


def test_union_needs_neighbours() -> None:
    quarter = Span.of_quarter(2025, 1)
    assert quarter.union(Span.of_month(2025, 4)) == Span.year_to_date(2025, 4)
    for stranger in (quarter, Span.of_month(2025, 3), Span.of_month(2025, 5)):
        with pytest.raises(Refused, match="do not follow"):
            quarter.union(stranger)


def test_split_into_quarters_and_years_only_where_they_are_whole() -> None:
    assert Span.of_year(2025).quarters() == tuple(Span.of_quarter(2025, n) for n in (1, 2, 3, 4))
    assert Span.of_plan(14).years() == tuple(map(Span.of_year, range(2021, 2026)))
    for span, split in ((Span.year_to_date(2025, 5), Span.quarters), (Span.of_quarter(2025, 1), Span.years)):
        with pytest.raises(Refused, match="not made of whole"):
            split(span)


def test_kinds_year_and_days() -> None:
    assert (Span.of_year(2025).is_year, Span.of_year(2025).is_quarter, Span.of_year(2025).is_year_to_date) == (
        True,
        False,
        True,
    )
    assert Span.of_quarter(2025, 2).is_quarter
    assert not Span.parse("2025-02..04").is_quarter
    assert Span.parse("2025-05").is_month
    assert Span.of_plan(13).year_earlier() == Span.from_to(Span.of_year(2015), Span.of_year(2019))
    assert (Span.parse("2024-02").first_day, Span.parse("2024-02").last_day) == (date(2024, 2, 1), date(2024, 2, 29))
    with pytest.raises(Refused, match="within one year"):
        _ = Span.of_plan(14).year


def test_spans_are_values_in_order() -> None:
    assert sorted(map(Span.parse, ("2025Q2", "2025", "2025Q1", "2024"))) == list(
        map(Span.parse, ("2024", "2025Q1", "2025", "2025Q2"))
    )
    with pytest.raises(AttributeError):
        Span.of_year(2025).months = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    "build",
    [lambda: Span.of_month(2025, 0), lambda: Span.of_quarter(2025, 5), lambda: Span(24300, 0), lambda: Span(0, 1)],
)
def test_an_impossible_span_is_refused(build: object) -> None:
    assert callable(build)
    with pytest.raises(Refused):
        build()
