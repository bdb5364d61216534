"""Totals of a year: does the 80 % interval hold, and is P(target) better than the usual rate? On rolling origins.

Two sources whose future is known: simulated economies (several seeds; total, sectors, some firms), monthly, and tourism
flows (304 series and their sums), quarterly. At each origin only what was known is read, and the fast model forecasts.
For the year ahead, and for calendar years partly realised, the interval of the joint paths and P(growth ≥ g) for some g
are set against what came.

The peer of the interval is what is done without joint paths: cells taken as independent, and bounds added. That of P is
the climatological rate: how often growth was ≥ g, as known at the origin, and over the very cases scored, which
nobody could have known.
Run: ``python -m bench.annual_totals [path of tourism_quarterly_au.csv.gz]``; without the path, simulated ones only.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from zhizao.engines.outlook.assess import assess
from zhizao.engines.outlook.panel import Panel
from zhizao.engines.outlook.probability import brier, brier_skill
from zhizao.engines.outlook.target import Bound, Kind, Target
from zhizao.engines.simulation import invented, shipped_parameters, simulate
from zhizao.kernel.span import Span

DRAWS = 1000
GROWTHS = (-0.05, 0.0, 0.03, 0.06, 0.10)
SEEDS = range(1, 9)
FIRMS = 10
LOW, HIGH = 77.0, 83.0


@dataclass
class Record:
    """What was said and what came."""

    inside: list[bool] = field(default_factory=list)
    independent: list[bool] = field(default_factory=list)
    added: list[bool] = field(default_factory=list)
    p: list[list[float]] = field(default_factory=list)
    happened: list[list[bool]] = field(default_factory=list)
    climate: list[list[float]] = field(default_factory=list)

    def coverage(self) -> float:
        """In per cent."""
        return 100 * float(np.mean(self.inside))


def annual(panel: Panel, end: int, span: Span, record: Record) -> None:
    """One origin: totals of a span for all series, against what came."""
    names = panel.series
    targets = [
        Target(key=name, kind=Kind.TOTAL, series=(name,), span=span, bound=Bound.GE, value=0.0) for name in names
    ]
    found = assess(panel.before(end), targets, draws=DRAWS, rng=np.random.default_rng(end), combined=0)
    climate = past_rates(panel.before(end))
    cells = slice((span.start_month - panel.first_month) // panel.step_months, None)
    length = span.months // panel.step_months
    for row, target in enumerate(targets):
        came = float(panel.values[row, cells][:length].sum())
        before = float(panel.values[row, cells.start - length : cells.start].sum())
        if not np.isfinite(came) or before <= 0 or came <= 0:
            continue
        drawn = found.futures.figures(target)
        low, high = np.percentile(drawn, [10, 90])
        record.inside.append(bool(low <= came <= high))
        half = found.futures.paths[:, row].std(axis=0) * 1.2816
        middle = float(drawn.mean())
        record.independent.append(bool(abs(came - middle) <= np.sqrt((half**2).sum())))
        record.added.append(bool(abs(came - middle) <= half.sum()))
        record.p.append([float((drawn >= before * (1 + g)).mean()) for g in GROWTHS])
        record.happened.append([came >= before * (1 + g) for g in GROWTHS])
        record.climate.append(climate)


def past_rates(panel: Panel) -> list[float]:
    """How often the growth of a year over the year before was ≥ g, over all series and dates known so far."""
    sums = np.apply_along_axis(np.convolve, 1, panel.values, np.ones(panel.season), mode="valid")
    growth = (sums[:, panel.season :] / np.maximum(sums[:, : -panel.season], 1e-9))[sums[:, : -panel.season] > 0]
    return [float((growth >= 1 + g).mean()) for g in GROWTHS]


def told(name: str, record: Record, seconds: float) -> bool:
    """Print a record; whether the goals are met."""
    p, happened = np.array(record.p), np.array(record.happened)
    skill = brier_skill(p.ravel(), happened.ravel(), np.array(record.climate).ravel())
    after = brier_skill(p.ravel(), happened.ravel(), np.broadcast_to(happened.mean(axis=0), p.shape).ravel())
    shares = [f"{name}: {len(record.inside)} totals", f"{seconds:.0f} s CPU"]
    shares += [f"80 % interval covers {record.coverage():.1f} %"]
    shares += [f"cells taken as independent {100 * np.mean(record.independent):.1f} %"]
    shares += [f"bounds added {100 * np.mean(record.added):.1f} %"]
    shares += [f"Brier {brier(p.ravel(), happened.ravel()):.4f}", f"skill against the rate known then {skill:.3f}"]
    shares += [f"against the rate of these cases themselves {after:.3f}"]
    print("; ".join(shares))
    bins = np.digitize(p.ravel(), [0.1, 0.3, 0.5, 0.7, 0.9])
    shares = [f"{p.ravel()[bins == b].mean():.2f} → {happened.ravel()[bins == b].mean():.2f}" for b in np.unique(bins)]
    print("  said → came: " + ", ".join(shares))
    return LOW <= record.coverage() <= HIGH and skill > 0


def economies() -> Iterator[Panel]:
    """Simulated output: the whole, its sectors and some firms, by month."""
    parameters = shipped_parameters()
    for seed in SEEDS:
        economy = simulate(invented(80, seed=seed), parameters, seed=seed)
        output = economy.ticks["gross_output"].astype(np.float64)
        sector = np.array(economy.enterprises["sector"].to_list())
        sectors = sorted(set(sector))
        whole = economy.alive.all(axis=1)
        firms = np.flatnonzero(whole)[np.argsort(-output[whole].sum(axis=1))[:: max(1, whole.sum() // FIRMS)]]
        rows = [output.sum(axis=0), *(output[sector == one].sum(axis=0) for one in sectors), *output[firms]]
        names = ("all", *sectors, *(f"firm{place}" for place in firms))
        yield Panel(names, economy.span.start_month, 1, np.stack(rows))


def tourism(path: str) -> Panel:
    """Trips by state, region, purpose, and what they sum to."""
    frame = pl.read_csv(path)
    keys = [("State", "Region", "Purpose"), ("State", "Region"), ("State", "Purpose"), ("State",), ("Purpose",), ()]
    quarters = frame["Quarter"].unique().sort().to_list()
    rows, names = [], []
    for key in keys:
        grouped = frame.group_by([*key, "Quarter"]).agg(pl.col("Trips").sum()).sort([*key, "Quarter"])
        for name, part in grouped.group_by(list(key), maintain_order=True) if key else [(("all",), grouped)]:
            values = dict(part.select("Quarter", "Trips").iter_rows())
            rows.append([values.get(quarter, np.nan) for quarter in quarters])
            names.append("/".join(map(str, name)) + f"#{len(key)}")
    year = int(quarters[0][:4])
    return Panel(tuple(names), year * 12, 3, np.array(rows))


def main(arguments: list[str]) -> int:
    """Both sources; 1 where a goal is missed."""
    ahead, partly = Record(), Record()
    start = time.process_time()
    for panel in economies():
        for cut in range(48, 73, 6):
            end = panel.first_month + cut
            annual(panel, end, Span(end, 12), ahead)
        for cut in (51, 54, 57, 63, 66, 69, 75, 78, 81):
            end = panel.first_month + cut
            annual(panel, end, Span(end // 12 * 12, 12), partly)
    spent = time.process_time() - start
    kept = told("simulated economies, the year ahead", ahead, spent)
    kept &= told("simulated economies, calendar years partly realised", partly, spent)
    for path in arguments:
        start = time.process_time()
        record, panel = Record(), tourism(path)
        for cut in range(40, 77, 4):
            end = panel.first_month + 3 * cut
            annual(panel, end, Span(end, 12), record)
        kept &= told("tourism, the year ahead", record, time.process_time() - start)
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
