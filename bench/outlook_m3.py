"""M3 monthly series, 18 months ahead: accuracy, coverage and speed of the outlook, beside statsforecast's AutoETS.

Half of the 1,428 series of the M3 competition, each with its last 18 months held out; of the widths one number
(``calibrate.WIDTH``) was set on those. The peer gives its own intervals. Budgets: OWA ≤ 0.81 (median of three); mean
coverage within 2 points of 80 and 95 %, each horizon within 5 and 3; 5 series a second for the median on two cores,
100 for the fast model. Run: ``python -m bench.outlook_m3 [number of series]``. Without the data there is nothing to
compare, and it says so.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from zhizao.engines.outlook.forecast import forecast
from zhizao.engines.outlook.panel import Panel
from zhizao.engines.outlook.scores import Scores, score

DATA = Path(__file__).parents[2] / "shared" / "data" / "m3_monthly_dev.csv.gz"
HORIZON = 18
LEVELS = (80, 95)
OWA = 0.81
AVERAGE_POINTS = 2.0
POINTS = {80: 5.0, 95: 3.0}
LEAST_SERIES_A_SECOND = {"median of three": 5.0, "fast": 100.0}
CORES = 2


def series(limit: int) -> tuple[np.ndarray, np.ndarray]:
    """Histories, right-aligned, and what came."""
    frame = pl.read_csv(DATA)
    parts = frame.partition_by("series", maintain_order=True)[:limit]
    past = [part.filter(pl.col("is_test") == 0)["value"].to_numpy() for part in parts]
    actual = np.array([part.filter(pl.col("is_test") == 1)["value"].to_numpy() for part in parts])
    history = np.full((len(past), max(map(len, past))), np.nan)
    for row, values in enumerate(past):
        history[row, -len(values) :] = values
    return history, actual


def ours(history: np.ndarray, *, combined: int) -> tuple[np.ndarray, dict, dict]:
    """The outlook's forecast; months are numbered, the data have no dates that matter."""
    names = tuple(str(row) for row in range(len(history)))
    found = forecast(Panel(names, 1980 * 12, 1, history), horizon=HORIZON, levels=LEVELS, combined=combined)
    return found.mean, dict(found.lower), dict(found.upper)


def peer(history: np.ndarray) -> tuple[np.ndarray, dict, dict]:
    """AutoETS with its own intervals."""
    from statsforecast.models import AutoETS

    rows = [values[np.isfinite(values)] for values in history]
    made = [AutoETS(season_length=12).forecast(y=y, h=HORIZON, level=list(LEVELS)) for y in rows]
    lower = {level: np.array([one[f"lo-{level}"] for one in made]) for level in LEVELS}
    upper = {level: np.array([one[f"hi-{level}"] for one in made]) for level in LEVELS}
    return np.array([one["mean"] for one in made]), lower, upper


def verdict(name: str, scores: Scores, seconds: float, count: int) -> bool:
    """Print a line; whether its budgets are kept."""
    far = {level: np.abs(scores.coverage_by_horizon_pct[level] - level).max() for level in LEVELS}
    speed = count / seconds
    shown = "  ".join(f"{level} %: {scores.coverage_pct[level]:.1f} (worst {far[level]:.1f} off)" for level in LEVELS)
    print(
        f"{name:16} sMAPE {scores.smape_pct:6.3f}  MASE {scores.mase:.4f}  OWA {scores.owa:.4f}  {shown}"
        f"  MSIS95 {scores.msis[95]:.2f}  CRPS {scores.crps:.4f}  {seconds:7.2f} s CPU, {speed:.1f} series/s a core"
    )
    kept = name != "median of three" or scores.owa <= OWA
    if name in LEAST_SERIES_A_SECOND:
        kept &= speed * CORES >= LEAST_SERIES_A_SECOND[name]
        kept &= all(abs(scores.coverage_pct[level] - level) <= AVERAGE_POINTS for level in LEVELS)
        kept &= all(far[level] <= POINTS[level] for level in LEVELS)
    return bool(kept)


def main() -> int:
    """Compare; 1 if a budget is passed."""
    if not DATA.exists():
        print(f"{DATA.name} is not at hand: nothing to compare")
        return 0
    history, actual = series(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
    import statsforecast.models  # noqa: F401 -- loading it is no part of the work

    kept = True
    ways = {
        "fast": lambda: ours(history, combined=0),
        "median of three": lambda: ours(history, combined=len(history)),
        "AutoETS (peer)": lambda: peer(history),
    }
    for name, work in ways.items():
        before = time.process_time()
        mean, lower, upper = work()
        seconds = time.process_time() - before
        kept &= verdict(name, score(actual, mean, lower, upper, history=history, season=12), seconds, len(history))
    print("all budgets kept" if kept else "A BUDGET IS PASSED")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
