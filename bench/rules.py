"""A rule of five conditions for 100,000 subjects: ours against numpy by hand and a plain Python loop.

The peers answer yes or no only, missing facts counting as no; ours also says unknown, each condition, what decided and
what is missing. Run: ``python -m bench.rules``.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import polars as pl

from zhizao.kernel.rules import Rulebook, evaluate, smallest_changes

T = TypeVar("T")
SUBJECTS = 100_000
BUDGET_SECONDS = 0.5
RULE = b"""
id: bench.subsidy
title: {en: Interest subsidy}
source: {document_no: "0", title: Example}
effective_from: 2024-01-01
parameters:
  least_rd_ratio_pct: {unit: "%", values: {2024-01-01: 3}}
  industries: {values: {2024-01-01: [nev, ic, bio]}}
facts:
  industry: {kind: text}
  rd_ratio_pct: {kind: decimal, unit: "%"}
  revenue_wan_yuan: {kind: decimal, step: 1}
  loan_wan_yuan: {kind: decimal}
  dishonest: {kind: boolean}
conditions:
  - {id: in_industry, expr: industry in industries}
  - {id: rd_enough, expr: rd_ratio_pct >= least_rd_ratio_pct}
  - {id: size, expr: 300 <= revenue_wan_yuan <= 40000}
  - {id: honest, expr: not dishonest}
  - {id: has_loan, expr: loan_wan_yuan > 0}
"""


def subjects() -> pl.DataFrame:
    """Facts of firms, one in a hundred R&D ratios missing."""
    draw = np.random.default_rng(1)
    ratio = np.round(draw.random(SUBJECTS) * 9, 2)
    ratio[draw.random(SUBJECTS) < 0.01] = np.nan
    return pl.DataFrame(
        {
            "industry": draw.choice(["nev", "ic", "bio", "steel"], SUBJECTS),
            "rd_ratio_pct": ratio,
            "revenue_wan_yuan": draw.integers(100, 60_000, SUBJECTS).astype(float),
            "loan_wan_yuan": draw.integers(0, 3_000, SUBJECTS).astype(float),
            "dishonest": draw.random(SUBJECTS) < 0.05,
        }
    )


def by_numpy(frame: pl.DataFrame) -> int:
    """The peer: numpy by hand."""
    industry, ratio, revenue, loan, dishonest = (frame[name].to_numpy() for name in frame.columns)
    inside = np.isin(industry.astype(str), ["nev", "ic", "bio"])
    return int((inside & (ratio >= 3) & (revenue >= 300) & (revenue <= 40_000) & ~dishonest & (loan > 0)).sum())


def by_loop(frame: pl.DataFrame) -> int:
    """The peer: a loop in Python."""
    return sum(
        industry in ("nev", "ic", "bio") and ratio >= 3 and 300 <= revenue <= 40_000 and not dishonest and loan > 0
        for industry, ratio, revenue, loan, dishonest in frame.iter_rows()
    )


def timed(label: str, work: Callable[[], T]) -> tuple[T, float]:
    """The best of three runs, printed; gives the wall seconds."""
    best = float("inf")
    for _ in range(3):
        cpu, wall = time.process_time(), time.perf_counter()
        result = work()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        best = min(best, wall)
    print(f"{label:<34} {cpu:7.3f} s CPU {best:7.3f} s wall")
    return result, best


def main() -> int:
    """Compare; 1 if the budget is passed."""
    frame = subjects()
    book = Rulebook.load([RULE])
    rule = book.rule("bench.subsidy", as_of=dt.date(2024, 6, 1))
    answers, ours = timed(f"evaluate (budget {BUDGET_SECONDS} s)", lambda: evaluate(rule, frame))
    count_numpy, numpy_wall = timed("numpy by hand, yes/no only", lambda: by_numpy(frame))
    count_loop, loop_wall = timed("Python loop, yes/no only", lambda: by_loop(frame))
    yes = int((answers["status"] == "yes").sum())
    assert yes == count_numpy == count_loop
    unknown = int((answers["status"] == "unknown").sum())
    print(f"{SUBJECTS:,} subjects: {yes:,} yes, {unknown:,} unknown")
    print(f"ours / numpy: {ours / numpy_wall:.1f}; ours / loop: {ours / loop_wall:.1f}")
    timed("smallest_changes, up to 2 facts", lambda: smallest_changes(rule, frame))
    return int(ours > BUDGET_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
