"""The months of a million year-to-date figures, unit slips among them, and the protection of tables of a page's size.

The peer of the months is pandas: sort, group, difference. It knows one layout (year-to-date figures without a gap),
makes January of what was January and February, and sees no contradiction. The peer of the slips is a fixed limit on the
ratio to the figure before. Protection has no free peer in Python: how long it takes, and that the attacker (two linear
programmes for every hidden cell) finds nothing, is told. Run: ``python -m bench.statistics_engine``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pandas as pd
import polars as pl

from zhizao.engines.statistics import pieces, solve, unit_slips
from zhizao.engines.statistics.protection import Rules, attack, protect, sensitive, tabulate

T = TypeVar("T")
OBSERVATIONS = 1_000_000
BUDGET_SECONDS = 4.0
PROTECTION_SECONDS = 30.0
FIGURES_A_SERIES = 77
"""Seven years of February to December, year to date."""
RULES = Rules(least_contributors=3, dominance_pct=70, p_pct=10)
RUNS = 3


def seconds(work: Callable[[], T], *, runs: int = RUNS) -> tuple[T, float]:
    """What the work gives, and the least CPU seconds of several runs."""
    times = []
    for _ in range(runs):
        before = time.process_time()
        result = work()
        times.append(time.process_time() - before)
    return result, min(times)


def observations() -> pl.DataFrame:
    """Year-to-date figures of many series."""
    series = OBSERVATIONS // FIGURES_A_SERIES
    draw = np.random.default_rng(1)
    month = draw.integers(1, 10**9, (series, 7, 11))
    at = np.arange(FIGURES_A_SERIES)
    return pl.DataFrame(
        {
            "subject": np.repeat([f"enterprise:{i}" for i in range(series)], FIGURES_A_SERIES),
            "indicator": "gross_output",
            "start_month": np.tile((2019 + at // 11) * 12, series),
            "months": np.tile(at % 11 + 2, series),
            "value": month.cumsum(axis=2).reshape(-1),
        }
    )


def by_pandas(frame: pd.DataFrame) -> pd.Series:
    """The peer: differences within subject, indicator and year."""
    ordered = frame.sort_values(["subject", "indicator", "start_month", "months"])
    value = ordered.groupby(["subject", "indicator", "start_month"], sort=False)["value"]
    return value.diff().fillna(ordered["value"])


def months() -> bool:
    """Ours against the peer, and the budget."""
    frame = observations()
    table = pd.DataFrame({name: frame[name].to_list() for name in frame.columns})
    ours, cpu = seconds(lambda: pieces(solve(frame, by=["subject", "indicator"])))
    theirs, peer = seconds(lambda: by_pandas(table))
    assert len(ours) == len(theirs) == len(frame)
    assert int(ours["value"].sum()) == int(theirs.sum())
    print(
        f"months of {len(frame):,} figures: {cpu:.2f} s CPU (budget {BUDGET_SECONDS} s), pandas {peer:.2f} s,", end=" "
    )
    print(f"peer : ours {peer / cpu:.2f}")
    return cpu <= BUDGET_SECONDS


def economy(seed: int) -> tuple[pl.DataFrame, set[tuple[str, int]]]:
    """A thousand firms over four years: noise, a common season, shocks of 10 to 60 %, and 1 % of known slips."""
    draw = np.random.default_rng(seed)
    shape = (1_000, 48)
    level = draw.normal(13, 1.5, (shape[0], 1)) + np.cumsum(draw.normal(0, 0.02, shape), axis=1)
    noise = draw.normal(0, 1, shape) * draw.uniform(0.1, 0.4, (shape[0], 1))
    season = np.where(np.arange(shape[1]) % 12 == 1, -0.5, 0.0)
    shock = np.zeros(shape)
    for _ in range(400):
        firm, at, length = draw.integers(shape[0]), draw.integers(shape[1]), draw.integers(1, 6)
        shock[firm, at : at + length] += np.log(1 - draw.uniform(0.1, 0.6))
    slip = draw.random(shape) < 0.01
    factor = np.where(slip, draw.choice([10.0, 1e4, 0.1, 1e-4], shape), 1.0)
    value = np.maximum(np.exp(level + noise + season + shock) * factor * 1e6, 1).astype(np.int64)
    firms = np.repeat([f"f{i:04}" for i in range(shape[0])], shape[1])
    frame = pl.DataFrame(
        {
            "subject": firms,
            "start_month": np.tile(2020 * 12 + np.arange(shape[1]), shape[0]),
            "months": 1,
            "value": value.reshape(-1),
        }
    )
    return frame, {(f"f{f:04}", 2020 * 12 + m) for f, m in np.argwhere(slip).tolist()}


def by_limit(frame: pl.DataFrame) -> set[tuple[str, int]]:
    """The peer: five times the figure before, or a fifth of it."""
    ratio = pl.col("value") / pl.col("value").shift(1).over("subject")
    return set(frame.filter((ratio > 5) | (ratio < 0.2)).select("subject", "start_month").iter_rows())


def slips() -> None:
    """Precision and recall of both."""
    frame, truth = economy(1)
    told, cpu = seconds(lambda: unit_slips(frame, by=["subject"]))
    ours = set(told.select("subject", "start_month").iter_rows())
    theirs, peer = seconds(lambda: by_limit(frame))
    print(f"unit slips: {len(truth)} in {len(frame):,} figures; {cpu:.2f} s CPU, the limit {peer:.2f} s")
    for name, found in (("ours", ours), ("fixed limit", theirs)):
        hits = len(found & truth)
        print(f"  {name:<12} precision {hits / len(found):.3f}, recall {hits / len(truth):.3f}")


def table(seed: int, firms: int, sectors: int, parks: int) -> pl.DataFrame:
    """Firms of very unequal size, by sector and park."""
    draw = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "sector": draw.integers(0, sectors, firms).astype(str),
            "park": draw.integers(0, parks, firms).astype(str),
            "subject": np.arange(firms).astype(str),
            "value": np.exp(draw.normal(8, 1.5, firms)).astype(np.int64) + 1,
        }
    )


def protection() -> bool:
    """Time, what is hidden, and the attacker's verdict."""
    in_time = True
    for firms, sectors, parks in ((200, 8, 4), (2_000, 31, 10), (20_000, 60, 30), (5_000, 60, 30)):
        cells, totals = tabulate(table(1, firms, sectors, parks), [["sector"], ["park"]])
        told, cpu = seconds(lambda c=cells, t=totals: protect(c, t, RULES), runs=1)
        hidden = told.cells["shown"].null_count()
        primary = told.cells.filter(pl.col("reason").is_not_null() & (pl.col("reason") != "secondary")).height
        in_time &= cpu <= PROTECTION_SECONDS
        print(f"protect {len(cells):5,} cells: {cpu:6.2f} s CPU, {primary} sensitive, {hidden - primary} more", end="")
        if len(cells) > 400:
            print()
            continue
        bounds, spent = seconds(lambda c=told, t=totals: attack(c.cells.select("cell", value="shown"), t), runs=1)
        close = sensitive(cells, RULES).join(bounds, on="cell").filter(pl.col("reason").is_not_null())
        slack = 1e-6 * float(cells["gross"].max())
        fall = pl.min_horizontal("protection", "value")
        inside = close.filter(
            (pl.col("high") < pl.col("value") + pl.col("protection") - slack)
            | (pl.col("low") > pl.col("value") - fall + slack)
        )
        print(f"; attacker: {spent:.2f} s CPU, {len(inside)} of {len(close)} told")
        in_time &= inside.is_empty()
    print(f"budget {PROTECTION_SECONDS} s each: {'kept' if in_time else 'EXCEEDED'}")
    return in_time


def main() -> int:
    """Compare; 1 if a budget is passed."""
    kept = months()
    slips()
    return int(not (protection() and kept))


if __name__ == "__main__":
    sys.exit(main())
