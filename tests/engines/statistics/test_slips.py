"""Unit slips among honest noise, shocks and Spring Festival."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from zhizao.engines.statistics.slips import unit_slips
from zhizao.kernel.result import Refused

START = 2023 * 12


def series(values: list[int | None], subject: str = "a") -> pl.DataFrame:
    return pl.DataFrame(
        [(subject, START + i, 1, value) for i, value in enumerate(values)],
        schema={"subject": pl.String, "start_month": pl.Int64, "months": pl.Int64, "value": pl.Int64},
        orient="row",
    )


def economy(
    seed: int, *, firms: int = 120, months: int = 36, share: float = 0.01
) -> tuple[pl.DataFrame, set[tuple[str, int]]]:
    """Firms with noise of 0.1 to 0.4 (log), a common season, shocks of 10 to 60 %, and known slips."""
    draw = np.random.default_rng(seed)
    level = draw.normal(13, 1.5, (firms, 1)) + np.cumsum(draw.normal(0, 0.02, (firms, months)), axis=1)
    noise = draw.normal(0, 1, (firms, months)) * draw.uniform(0.1, 0.4, (firms, 1))
    season = np.where(np.arange(months) % 12 == 1, -0.5, 0.0)
    shock = np.zeros((firms, months))
    for _ in range(60):
        firm, at, length = draw.integers(firms), draw.integers(months), draw.integers(1, 6)
        shock[firm, at : at + length] += np.log(1 - draw.uniform(0.1, 0.6))
    value = np.exp(level + noise + season + shock)
    slip = draw.random((firms, months)) < share
    factor = draw.choice([10.0, 1e4, 0.1, 1e-4], (firms, months))
    value = np.maximum(np.where(slip, value * factor, value) * 1e6, 1).astype(np.int64)
    rows = [(f"f{f:03}", START + m, 1, int(value[f, m])) for f in range(firms) for m in range(months)]
    frame = pl.DataFrame(rows, schema=["subject", "start_month", "months", "value"], orient="row")
    return frame, {(f"f{f:03}", START + m) for f, m in np.argwhere(slip).tolist()}


def test_slips_are_found_and_few_honest_figures_are_blamed() -> None:
    found, hits, true = 0, 0, 0
    for seed in range(3):
        frame, slips = economy(seed)
        told = {(row["subject"], row["start_month"]) for row in unit_slips(frame, by=["subject"]).iter_rows(named=True)}
        found, hits, true = found + len(told), hits + len(told & slips), true + len(slips)
    assert hits / true >= 0.9
    assert hits / found >= 0.97


def test_the_unit_is_proposed_and_the_figure_in_it() -> None:
    told = unit_slips(series([100, 104, 97, 990_000, 101, 99, 100, 10, 100]), by=["subject"]).sort("start_month")
    assert told.select("start_month", "factor", "proposed").rows() == [(START + 3, 10_000.0, 99), (START + 7, 0.1, 100)]


def test_a_shock_of_sixty_per_cent_is_no_slip() -> None:
    assert unit_slips(series([100, 104, 97, 40, 41, 39, 100, 99, 103]), by=["subject"]).is_empty()


def test_a_lasting_change_of_level_is_no_slip() -> None:
    before, after = [100, 104, 97, 99, 98, 101, 100], [960, 1010, 990, 1000, 980, 1020, 1000]
    assert unit_slips(series([*before, *after]), by=["subject"]).is_empty()


def test_what_all_peers_do_is_no_slip_of_one() -> None:
    stopped = [100, 104, 97, 10, 101, 99, 100, 98]
    many = pl.concat([series(stopped, subject) for subject in "abcdef"])
    assert unit_slips(many, by=["subject"]).is_empty()
    assert not unit_slips(series(stopped), by=["subject"]).is_empty()


def test_nought_losses_and_unknown_figures_tell_nothing_of_their_unit() -> None:
    assert unit_slips(series([100, 0, -5, None, 101, 99, 100]), by=["subject"]).is_empty()


def test_too_short_a_history_has_no_score() -> None:
    assert unit_slips(series([100, 1_000_000, 99]), by=["subject"]).is_empty()
    assert unit_slips(series([]), by=["subject"]).is_empty()
    assert unit_slips(series([5]), by=["subject"]).is_empty()


def test_year_to_date_figures_are_compared_by_the_month() -> None:
    ytd = pl.DataFrame(
        {"subject": "a", "start_month": START, "months": range(2, 13), "value": [100 * m for m in range(2, 13)]}
    )
    assert unit_slips(ytd, by=["subject"]).is_empty()
    wrong = ytd.with_columns(value=pl.when(pl.col("months") == 7).then(7_000_000).otherwise("value"))
    assert unit_slips(wrong, by=["subject"])["proposed"].to_list() == [700]


def test_figures_that_are_not_whole_are_refused() -> None:
    with pytest.raises(Refused, match="whole"):
        unit_slips(series([1]).with_columns(pl.col("value") * 1.5), by=["subject"])
