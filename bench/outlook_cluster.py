"""Forecasts and reconciliation on a cluster of two processes on loopback, against the same work in line.

The same bytes are asked for; the time is told and has no budget, for two workers on two cores that others use too show
what the way costs and not what a cluster gives. Run: ``python -m bench.outlook_cluster``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from bench.reconcile import economy, figures

from zhizao.engines.outlook.forecast import forecast
from zhizao.engines.outlook.hierarchy import hierarchy
from zhizao.engines.outlook.panel import Panel
from zhizao.engines.outlook.reconcile import Projection, shrink
from zhizao.kernel.executor import Dask, Executor, Serial

SERIES, YEARS, HORIZON = 4_000, 8, 12
LEAVES, VECTORS = 20_000, 8


def panel() -> Panel:
    """Firms by month: growth, season, noise."""
    rng = np.random.default_rng(1)
    moves = np.cumsum(rng.normal(0.004, 0.03, (SERIES, 12 * YEARS)), axis=1)
    season = 1 + 0.2 * np.sin(np.arange(12 * YEARS) / 6 * np.pi)
    return Panel(tuple(f"f{i}" for i in range(SERIES)), 2015 * 12, 1, 100 * np.exp(moves) * season)


def main() -> int:
    """1 where a byte differs."""
    many = panel()
    edges, names = economy(LEAVES, aggregates=500)
    tree = hierarchy(edges, series=names)
    errors, base = figures(tree, np.random.default_rng(1))
    projection = Projection(tree, shrink(errors))
    vectors = np.stack([base * (1 + k / 10) for k in range(VECTORS)])

    def forecasts(where: Executor) -> bytes:
        found = forecast(many, horizon=HORIZON, combined=0, executor=where)
        return found.mean.tobytes() + found.upper[80].tobytes() + found.errors.tobytes()

    works: dict[str, Callable[[Executor], bytes]] = {
        f"{SERIES:,} series, {HORIZON} months": forecasts,
        f"{LEAVES:,} leaves, {VECTORS} vectors": lambda where: projection.of_many(vectors, executor=where).tobytes(),
    }
    kept = True
    with Serial() as alone, Dask(workers=2) as cluster:
        for name, work in works.items():
            before = time.perf_counter()
            here = work(alone)
            between = time.perf_counter()
            there = work(cluster)
            after = time.perf_counter()
            same = here == there
            print(f"{name}: in line {between - before:.1f} s, two workers {after - between:.1f} s (wall), ", end="")
            print("the same bytes" if same else "ANOTHER RESULT")
            kept &= same
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
