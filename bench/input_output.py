"""Input–output and losses day by day against pymrio and against published figures, on pymrio's test table.

Prints differences, CPU seconds and the ratio to the peer in the same run; 1 if a difference is too large.
Run: ``python -m bench.input_output``.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from zhizao.engines.chain import input_output as io
from zhizao.engines.chain.ario import Behaviour, Economy, course, economy_of_table, stopped
from zhizao.engines.chain.layers import node_layers
from zhizao.engines.chain.layout import positions

AT_ONCE = Behaviour(psi=1.0, restoration_days=1)
PUBLISHED = {"psi 0.8, 60 days": (Behaviour(), 9_106_741.662358), "psi 1, 1 day": (AT_ONCE, 9_099_646.618716)}


def cpu(work: Callable[[], Any], repeat: int = 1) -> tuple[Any, float]:
    """The result and the least CPU seconds of three."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for _ in range(repeat):
            found = work()
        best = min(best, (time.process_time() - start) / repeat)
    return found, best


def main() -> int:
    """Compare; 1 if a difference is above its tolerance."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pymrio

        table = pymrio.load_test()
    table.calc_all()
    flows, output = table.Z.to_numpy(), table.x.to_numpy().ravel()
    sectors = [sector for _, sector in table.Z.index]
    failed = False

    peer, theirs = cpu(lambda: pymrio.calc_L(pymrio.calc_A(table.Z, table.x)), repeat=20)
    leontief, ours = cpu(lambda: io.inverse(io.technical_coefficients(flows, output)), repeat=20)
    error = float(np.abs(leontief / peer.to_numpy() - 1).max())
    failed |= error > 1e-10
    print(
        f"Leontief inverse, 48 sectors: ours {ours * 1e3:.2f} ms, pymrio {theirs * 1e3:.2f} ms; difference {error:.1e}"
    )

    one_by_one, slow = cpu(lambda: extracted(flows, output))
    at_once, fast = cpu(lambda: io.extraction_losses(flows, output), repeat=20)
    error = float(np.abs(at_once / one_by_one - 1).max())
    failed |= error > 1e-9
    ratio = slow / fast
    print(f"Extraction of all: ours {fast * 1e3:.2f} ms, one by one {slow * 1e3:.2f} ms ({ratio:.0f} ×); {error:.1e}")

    damage = np.where(
        [place < 8 and sector in ("mining", "manufactoring") for place, sector in enumerate(sectors)], 5e4, 0
    )
    share = damage / (4 * (output - flows.sum(axis=0)))
    losses = stopped(share, days=365, first_day=5, stop_days=3, recovery_days=60)
    economy = economy_of_table(flows, output, sectors)
    usual = output.sum() / 365
    for name, (behaviour, lowest) in PUBLISHED.items():
        path, seconds = cpu(lambda behaviour=behaviour: course(economy, losses, behaviour=behaviour))
        total = path.output.sum(axis=1)
        error = float((usual - total.min()) / (usual - lowest) - 1)
        failed |= abs(error) > 1e-3
        print(
            f"Day by day, {name}: lowest {total.min():,.3f} on day {total.argmin()}, published {lowest:,.3f}; "
            f"loss off by {error:+.1e}, output by {total.min() / lowest - 1:+.1e}; 365 days {seconds:.2f} CPU s"
        )

    _, seconds = cpu(lambda: course(district(), stopped(np.eye(200)[0], days=365, stop_days=30)))
    print(f"Day by day, 200 firms with 2,000 links: 365 days {seconds:.2f} CPU s")
    rng = np.random.default_rng(5)
    pairs = np.sort(rng.integers(0, 2000, (4000, 2)), axis=1).astype(str)
    nodes = pl.DataFrame({"node": np.arange(2000).astype(str)})
    links = pl.DataFrame({"supplier": pairs[:, 0], "buyer": pairs[:, 1]})
    _, seconds = cpu(lambda: positions(node_layers(nodes, links), links))
    print(f"Map of 2,000 nodes and 4,000 links: {seconds:.2f} CPU s")
    return int(failed)


def extracted(flows: np.ndarray, output: np.ndarray) -> np.ndarray:
    """The peer: the system solved again for every sector."""
    coefficients, demand = flows / output, output - flows.sum(axis=1)
    found = []
    for sector in range(len(output)):
        left, asked = coefficients.copy(), demand.copy()
        left[sector], left[:, sector], asked[sector] = 0.0, 0.0, 0.0
        found.append(output.sum() - np.linalg.solve(np.eye(len(output)) - left, asked).sum())
    return np.array(found)


def district() -> Economy:
    """200 firms of 20 products, 2,000 links, two thirds of sales outside."""
    rng = np.random.default_rng(1)
    supplier, buyer = rng.integers(0, 200, 2000), rng.integers(0, 200, 2000)
    flow = rng.lognormal(0, 1, 2000)
    output = 3 * (np.bincount(supplier, flow, 200) + np.bincount(buyer, flow, 200))
    return Economy(supplier, buyer, flow, output, rng.integers(0, 20, 200))


if __name__ == "__main__":
    sys.exit(main())
