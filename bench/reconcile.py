"""Exact MinT-shrink: ours against hierarchicalforecast on the same arrays in one run, and alone where it cannot follow.

The peer forms the n × n covariance (80 GB at 100,000 leaves), so that it is run up to 6,000 leaves. Goals: 100,000
leaves in 5 CPU s and 2 GB, 100 times as fast at 6,000, the same result to 1e-8. Run: ``python -m bench.reconcile``.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
from hierarchicalforecast.methods import MinTrace

from zhizao.engines.outlook.hierarchy import Floats, Hierarchy, hierarchy
from zhizao.engines.outlook.reconcile import Projection, shrink

PEER_LEAVES = (1_000, 3_000, 6_000)
LEAST_RATIO = 100.0
SAME = 1e-8
BIG = 100_000
BUDGET_SECONDS = 5.0
BUDGET_GIGABYTES = 2.0
DATES, HORIZON = 60, 12
RUNS = 3


def economy(leaves: int, *, aggregates: int) -> tuple[list[tuple[str, str]], list[str]]:
    """Total, sectors of one digit, of several, firms."""
    sectors = 31
    groups = aggregates - sectors - 1
    edges = [(f"f{i}", f"g{i % groups}") for i in range(leaves)]
    edges += [(f"g{i}", f"s{i % sectors}") for i in range(groups)] + [(f"s{i}", "all") for i in range(sectors)]
    names = ["all", *(f"s{i}" for i in range(sectors)), *(f"g{i}" for i in range(groups))]
    return edges, [*names, *(f"f{i}" for i in range(leaves))]


def figures(tree: Hierarchy, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Past errors with common movements, and base forecasts that do not add up."""
    leaves, n = len(tree.leaves), len(tree.series)
    size = np.exp(rng.normal(6, 1.5, leaves))
    moves = rng.normal(0, 0.05, (leaves, 4)) @ rng.normal(0, 1, (4, DATES)) + rng.normal(0, 0.2, (leaves, DATES))
    level = tree.summed(size)
    errors = 0.7 * tree.summed(size[:, None] * moves) + level[:, None] * rng.normal(0, 0.05, (n, DATES))
    return errors, level[:, None] * (1 + rng.normal(0, 0.05, (n, HORIZON)))


def ours(tree: Hierarchy, errors: Floats, base: Floats) -> Floats:
    """What is timed."""
    return Projection(tree, shrink(errors)).of(base)


def peer(tree: Hierarchy, errors: Floats, base: Floats, sums: Floats) -> Floats:
    """The same by the peer: actual minus fitted are the errors."""
    found = MinTrace("mint_shrink").fit_predict(
        S=sums, y_hat=base, y_insample=errors, y_hat_insample=np.zeros_like(errors)
    )
    return np.asarray(found["mean"])


def compared() -> bool:
    """Up to the size the peer can do."""
    kept = True
    for leaves in PEER_LEAVES:
        edges, names = economy(leaves, aggregates=32 + leaves // 20)
        tree = hierarchy(edges, series=names)
        errors, base = figures(tree, np.random.default_rng(1))
        times = []
        for _ in range(RUNS):
            before = time.process_time()
            found = ours(tree, errors, base)
            times.append(time.process_time() - before)
        sums = tree.summed(np.eye(leaves))
        before = time.process_time()
        theirs = peer(tree, errors, base, sums)
        spent = time.process_time() - before
        apart = float(np.max(np.abs(found - theirs) / np.abs(theirs)))
        ratio = spent / min(times)
        print(f"{leaves:7,} leaves: {min(times):.4f} s CPU, hierarchicalforecast {spent:.2f} s, ", end="")
        print(f"peer : ours {ratio:.0f}, apart by {apart:.1e}")
        kept &= apart <= SAME and (leaves < PEER_LEAVES[-1] or ratio >= LEAST_RATIO)
    return kept


def alone() -> bool:
    """A size the peer cannot do, with the building of the tree."""
    edges, names = economy(BIG, aggregates=1_621)
    before = time.process_time()
    tree = hierarchy(edges, series=names)
    built = time.process_time() - before
    errors, base = figures(tree, np.random.default_rng(1))
    before = time.process_time()
    found = ours(tree, errors, base)
    spent = time.process_time() - before
    gap = float(np.abs(tree.constraints @ found).max() / np.abs(found).max())
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{BIG:7,} leaves: {spent:.2f} s CPU (budget {BUDGET_SECONDS} s), the tree {built:.2f} s, ", end="")
    print(f"{gigabytes:.2f} GB at most (budget {BUDGET_GIGABYTES} GB), does not add up by {gap:.1e}")
    return spent + built <= BUDGET_SECONDS and gigabytes <= BUDGET_GIGABYTES and gap <= 1e-9


def main() -> int:
    """Alone first: the peer's memory would count as ours."""
    big = alone()
    same = compared()
    return int(not (big and same))


if __name__ == "__main__":
    sys.exit(main())
