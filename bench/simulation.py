"""The simulated economy by number of firms, and the fit of sizes against proportional fitting on single firms.

The peer is iterative proportional fitting (RAS) as it is usually written: one statement after the other on all firms
until they hold. It knows neither slack nor contradictions; both get statements that agree and must find the same.
Run: ``python -m bench.simulation``.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from zhizao.engines.simulation import invented, shipped_parameters, simulate
from zhizao.engines.simulation.entropy import Floats, Statement, fit

T = TypeVar("T")
FIRMS = (200, 2_000, 10_000, 50_000)
BUDGET_SECONDS = 120.0
RUNS = 3


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds of a piece of work, and its result."""
    before = time.process_time()
    result = work()
    return time.process_time() - before, result


def proportional_fitting(prior: Floats, statements: Sequence[Statement]) -> Floats:
    """RAS on firms until every statement holds to 1e-10."""
    sizes = prior.copy()
    for _ in range(10_000):
        for statement in statements:
            sizes[statement.firms] *= statement.value / sizes[statement.firms].sum()
        worst = max(abs(sizes[one.firms].sum() / one.value - 1) for one in statements)
        if worst < 1e-10:
            return sizes
    raise SystemExit("the peer does not converge")


def statements_of(firms: int, rng: np.random.Generator) -> list[Statement]:
    """Sectors by size classes by parks: margins of true sizes, so that they agree."""
    truth = np.exp(rng.standard_normal(firms))
    found = []
    for name, classes in (("sector", 8), ("size", 5), ("park", 12)):
        group = rng.integers(0, classes, firms)
        for one in range(classes):
            members = np.flatnonzero(group == one)
            found.append(Statement(f"{name}-{one}", "table", members, float(truth[members].sum()), 0.0))
    return found


def main() -> int:
    """Print the table; 1 where the budget is passed or the two fits differ."""
    failed = False
    print(f"{'firms':>8} {'months':>7} {'truth, CPU s':>13} {'reports, CPU s':>15} {'rows':>12} {'memory MB':>10}")
    for firms in FIRMS:
        facts, parameters = invented(firms, seed=1), shipped_parameters()
        truth, economy = timed(lambda facts=facts, parameters=parameters: simulate(facts, parameters, seed=3))
        reports, rows = timed(lambda economy=economy: sum(len(part.observations) for part in economy.reports()))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{firms:8} {economy.span.months:7} {truth:13.2f} {reports:15.2f} {rows:12} {memory:10}")
        failed |= truth + reports > BUDGET_SECONDS
    rng = np.random.default_rng(1)
    prior, statements = np.exp(rng.standard_normal(50_000)), statements_of(50_000, rng)
    ours, found = min((timed(lambda: fit(prior, statements)) for _ in range(RUNS)), key=lambda one: one[0])
    theirs, peer = min(
        (timed(lambda: proportional_fitting(prior, statements)) for _ in range(RUNS)), key=lambda one: one[0]
    )
    gap = float(np.max(np.abs(found / peer - 1)))
    print(f"fit of 50,000 firms to {len(statements)} statements: {ours:.3f} s CPU; RAS on firms {theirs:.3f} s CPU")
    print(f"ratio, peer : ours {theirs / ours:.2f}; largest relative difference of a size {gap:.1e}")
    return int(failed or gap > 1e-6)


if __name__ == "__main__":
    sys.exit(main())
