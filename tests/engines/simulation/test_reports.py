"""Reports: spans of the real forms, late and revised ones, slips; the last version is the truth."""

from __future__ import annotations

import polars as pl
import pytest

from zhizao.engines.simulation.reports import MONTHLY, SCHEMA, STOCKS
from zhizao.kernel.span import Span

KEYS = ["subject", "indicator", "span"]


@pytest.fixture(scope="module")
def rows(economy) -> pl.DataFrame:
    text = pl.col("subject", "indicator", "span").cast(pl.String)
    return economy.observations.with_columns(text).with_row_index("version_order")


@pytest.fixture(scope="module")
def last(rows) -> pl.DataFrame:
    return rows.sort("known_from").unique(KEYS, keep="last", maintain_order=True)


@pytest.fixture(scope="module")
def spans(rows) -> dict[str, Span]:
    return {text: Span.parse(text) for text in rows["span"].unique()}


def test_columns_are_those_of_the_ledger(economy):
    assert tuple(economy.observations.columns) == SCHEMA


def test_flows_are_cumulative_and_january_is_never_reported_alone(rows, spans):
    flows = rows.filter(~pl.col("indicator").is_in([*STOCKS, *MONTHLY]))
    assert all(spans[text].is_year_to_date and spans[text].months >= 2 for text in flows["span"].unique())
    stocks = rows.filter(pl.col("indicator").is_in(STOCKS))
    assert all(spans[text].is_month and not text.endswith("-01") for text in stocks["span"].unique())
    power = rows.filter(pl.col("indicator").is_in(MONTHLY))
    assert all(spans[text].is_month for text in power["span"].unique())
    assert any(text.endswith("-01") for text in power["span"].unique())


def test_the_last_version_is_the_truth_but_for_slips_never_found(economy, last):
    wide = economy.truth.with_columns(year=pl.col("span").str.slice(0, 4)).sort("subject", "span")
    for indicator, (_unit, decimals) in economy.parameters.units.items():
        if indicator in STOCKS or indicator in MONTHLY:
            right = wide.select("subject", "span", right=indicator)
        else:
            summed = pl.col(indicator).cum_sum().over("subject", "year")
            to_date = {
                str(month): str(Span.year_to_date(month.first_year, month.start_month % 12 + 1))
                for month in economy.span.each_month()
            }
            right = wide.select("subject", pl.col("span").replace_strict(to_date), right=summed)
        both = last.filter(indicator=indicator).join(right, on=["subject", "span"], how="left")
        assert both["right"].null_count() == 0
        wrong = both.filter((pl.col("value") - pl.col("right")).abs() > 0.6 * 10.0**-decimals)
        never = economy.reported.slips.filter(pl.col("found").is_null(), indicator=indicator)
        assert len(wrong) == len(never), indicator


def test_cumulative_figures_never_fall_within_a_year_in_their_last_version(last, spans):
    flows = ["gross_output", "operating_revenue", "tax_paid", "energy_use", "rd_expense", "orders_new"]
    months = pl.col("span").replace_strict({text: span.months for text, span in spans.items()})
    line = (
        last.filter(pl.col("indicator").is_in(flows))
        .with_columns(months=months, year=pl.col("span").str.slice(0, 4))
        .sort("subject", "indicator", "year", "months")
    )
    step = line.select(pl.col("value").diff().over("subject", "indicator", "year"))["value"].drop_nulls()
    assert step.min() > -1e-6


def test_fifteen_in_a_hundred_firm_months_are_late_or_revised(economy):
    alive = economy.truth.filter(~pl.col("span").str.ends_with("-01"))
    share = len(economy.reported.disturbances) / len(alive)
    assert share == pytest.approx(0.15, abs=0.01)
    assert set(economy.reported.disturbances["kind"]) == {"late", "revised"}


def test_late_reports_are_known_after_the_day_on_which_others_are(economy, rows, spans):
    late = economy.reported.disturbances.filter(kind="late")
    ends = {text: Span.parse(text).last_day for text in late["span"].cast(pl.String).unique()}
    delay = [(known - ends[span]).days for span, known in late.select("span", "known_from").iter_rows()]
    assert min(delay) >= 8 + 3
    first = rows.sort("known_from").unique(KEYS, keep="first")
    days = first.with_columns(end=pl.col("span").replace_strict({t: s.last_day for t, s in spans.items()}))
    usual = days.select((pl.col("known_from") - pl.col("end")).dt.total_days())["known_from"]
    assert usual.min() >= 8
    assert (usual <= 14).mean() > 0.9


def test_a_revised_figure_keeps_its_first_version_and_every_version_has_its_own_day(economy, rows):
    assert rows.select(*KEYS, "known_from").is_duplicated().sum() == 0
    versions = rows.group_by(KEYS).agg(pl.len(), pl.col("value").n_unique().alias("values"))
    again = versions.filter(pl.col("len") > 1)
    assert len(again) > 1000
    assert (again["len"] == again["values"]).all()
    revised = economy.reported.disturbances.filter(kind="revised")
    assert len(revised) > 0


def test_slips_are_kept_beside_the_reports_and_those_in_cumulative_figures_are_found(economy, rows):
    slips = economy.reported.slips.with_columns(pl.col("span").cast(pl.String))
    assert len(slips) > 20
    cumulative = slips.filter(~pl.col("indicator").is_in([*STOCKS, *MONTHLY]))
    assert cumulative["found"].null_count() == 0
    first = rows.sort("known_from").unique(KEYS, keep="first")
    final = rows.sort("known_from").unique(KEYS, keep="last").select(*KEYS, right="value")
    both = slips.filter(pl.col("found").is_not_null()).join(first, on=KEYS).join(final, on=KEYS)
    big = both.filter(pl.col("factor") >= 10)
    assert len(big) > 5
    assert (big["value"] / big["right"] / big["factor"]).to_list() == pytest.approx([1.0] * len(big))
    assert (both["found"] > both["known_from"]).all()


def test_reports_of_a_block_are_the_same_whether_others_are_made_or_not(economy):
    assert next(economy.reports()).slips.equals(next(economy.reports()).slips)
