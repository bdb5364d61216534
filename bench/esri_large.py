"""Systemic risk at 100,000 firms, fixed points of 10,000 with a proven error, a district, and a cluster.

By default a part of the shocks is run and multiplied up, which is said; ``all`` runs every one. Memory is that of the
whole process. Run: ``python -m bench.esri_large [all]``.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
from bench.esri import EPS, invented

from zhizao.engines.chain import Rule, Shocks, certified_risk, run, systemic_risk
from zhizao.kernel.executor import Dask, Threads

BUDGET_MS_A_SHOCK = 11.0
BUDGET_FIXED_CPU_SECONDS = 360.0  # 3 minutes on 2 cores
BUDGET_DISTRICT_MS = 20.0
PART = 2048


def large(*, is_whole: bool) -> bool:
    """100,000 firms at eps = 1e-2, float32."""
    firms = 100_000
    network = invented(firms, 930_000, 600)
    rule = Rule(eps=EPS, precision="float32")
    places = np.arange(firms) if is_whole else np.random.default_rng(1).choice(firms, PART, replace=False)
    run(network, Shocks.single(places[:1]), rule=rule)  # compile
    before, wall = time.process_time(), time.perf_counter()
    with Threads(workers=2) as threads:
        found = run(network, Shocks.single(places), rule=rule, executor=threads)
    seconds, wall = time.process_time() - before, time.perf_counter() - wall
    each = seconds / len(places) * 1e3
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{firms} firms, {len(network.amount)} links, {len(places)} shocks, float32: {each:.2f} CPU ms a shock,"
        f" all firms {each * firms / 1e3 / 120:.1f} min on 2 free cores (here {wall:.1f} s wall);"
        f" mean updates {found.updates.mean():.2f}; memory {memory} MB"
    )
    return each > BUDGET_MS_A_SHOCK or memory > 1024


def fixed(*, is_whole: bool) -> bool:
    """10,000 firms at the fixed point, error at most 1e-6, proven."""
    failed = False
    for open_share in (0.0, 0.3):
        network = invented(10_000, 75_000, 500, open_share=open_share)
        places = np.arange(0, 10_000, 1 if is_whole else 40)
        certified_risk(network, places[:1])  # compile
        before = time.process_time()
        found = certified_risk(network, places)
        seconds = (time.process_time() - before) * 10_000 / len(places)
        unproven = found["esri_most"].null_count()
        gap = (found["esri_most"] - found["esri"]).max()
        print(
            f"fixed points of 10000 firms, {open_share:.0%} of flows outside: {seconds:.0f} CPU s for all"
            f" ({len(places)} run), {found['sweeps'].mean():.0f} sweeps, proven error {gap:.1e}, unproven {unproven}"
        )
        failed |= seconds > BUDGET_FIXED_CPU_SECONDS or bool(unproven)
    return failed


def district() -> bool:
    """200 firms: all stops again, as after an edit."""
    network = invented(200, 2_000, 20, open_share=0.5)
    systemic_risk(network)
    before = time.process_time()
    for _ in range(20):
        systemic_risk(network)
    each = (time.process_time() - before) / 20 * 1e3
    print(f"district of 200 firms, {len(network.amount)} links, eps 1e-10, float64: {each:.1f} CPU ms for all firms")
    return each > BUDGET_DISTRICT_MS


def cluster() -> bool:
    """The same bytes from this thread, two threads and two loopback workers."""
    network = invented(2_000, 15_000, 100)
    alone = systemic_risk(network, rule=Rule(eps=EPS))
    same = []
    for name, workers in (("two threads", Threads(workers=2)), ("two Dask workers, loopback", Dask(workers=2))):
        with workers:
            same.append(systemic_risk(network, rule=Rule(eps=EPS), executor=workers).equals(alone))
        print(f"{name}: same bytes {same[-1]}")
    return not all(same)


def main() -> int:
    """Print the figures; 1 where a budget is passed."""
    is_whole = sys.argv[1:] == ["all"]
    results = [district(), large(is_whole=is_whole), fixed(is_whole=is_whole), cluster()]
    return int(any(results))


if __name__ == "__main__":
    sys.exit(main())
