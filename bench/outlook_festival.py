"""What the Spring Festival's windows are worth: China's exports, January to March, with and without them.

Monthly exports, forecast 12 months ahead from each December of 15 years by the same model (the fast one, the median of
three), once with the windows and once without, which is the peer. That ten years of history are used was found here.
Run: ``python -m bench.outlook_festival``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl

from zhizao.engines.outlook import models
from zhizao.engines.outlook.forecast import forecast
from zhizao.engines.outlook.panel import Panel
from zhizao.engines.outlook.scores import smape_pct

DATA = Path(__file__).parents[2] / "shared" / "data" / "china_monthly_trade.csv"
ORIGINS = range(1998, 2013)
"""The last year that is known."""


def exports() -> Panel:
    """The series as a panel."""
    frame = pl.read_csv(DATA, try_parse_dates=True).filter(pl.col("series") == "exp").drop_nulls().sort("month")
    month = (frame["month"].dt.year() * 12 + frame["month"].dt.month() - 1).to_numpy()
    values = np.full((1, month[-1] - month[0] + 1), np.nan)
    values[0, month - month[0]] = frame["value"].to_numpy()
    return Panel(("exports",), int(month[0]), 1, values)


def errors(panel: Panel, combined: int) -> np.ndarray:
    """sMAPE of each year's months, shape (years, 12); NaN beyond the data."""
    out = np.full((len(ORIGINS), 12), np.nan)
    for row, year in enumerate(ORIGINS):
        end = (year + 1) * 12
        first = end - panel.first_month
        actual = panel.values[0, first : first + 12]
        mean = forecast(panel.before(end), horizon=12, combined=combined, origins=0).mean[0]
        out[row, : len(actual)] = smape_pct(actual, mean[: len(actual)])
    return out


def main() -> int:
    """Compare; 1 if the windows do not lower the error of January to March."""
    if not DATA.exists():
        print(f"{DATA.name} is not at hand: nothing to compare")
        return 0
    panel = exports()
    estimated, kept = models.effects, True
    for model, combined in (("fast", 0), ("median of three", 1)):
        models.effects = estimated
        with_windows = errors(panel, combined)
        models.effects = lambda history, H, season: np.zeros((len(history), H.shape[1]))
        without = errors(panel, combined)
        for name, part in (("January to March", slice(0, 3)), ("twelve months", slice(0, 12))):
            one, other = (np.nanmean(table[:, part]) for table in (with_windows, without))
            print(f"{model:16} {name:17} sMAPE {one:.2f} %, without the windows {other:.2f} %, ratio {other / one:.3f}")
        kept &= bool(np.nanmean(with_windows[:, :3]) < np.nanmean(without[:, :3]))
    models.effects = estimated
    print("the windows help" if kept else "THE WINDOWS DO NOT HELP")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
