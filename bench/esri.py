"""Systemic risk of all 10,000 firms against a port to scipy.sparse, on the same invented network in the same run.

The network: log-normal sizes (sigma 1.8), sectors whose recipes have 12 inputs of other sectors (some sectors are in
many recipes), suppliers by size, 7.5 links a firm, a quarter of the firms without customers. The peer is written as
one would with scipy: products with sparse matrices, ``minimum.reduceat`` over the sectors of a buyer, one shock at a
time; it is timed on every tenth firm and multiplied up. Run: ``python -m bench.esri [firms] [links]``.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import polars as pl
import scipy.sparse as sp

from zhizao.engines.chain import Network, Rule, Shocks, run
from zhizao.engines.chain.impact import impact

EPS = 1e-2
BUDGETS = {"float32": 8.0, "float64": 25.0}
RATIOS = {"float32": 4.0, "float64": 1.5}
TOLERANCE = {"float32": 5e-7, "float64": 1e-12}
RECIPE = 12


def invented(firms: int, links: int, sectors: int, *, seed: int = 7, open_share: float = 0.0) -> Network:
    """Invent a network; ``open_share`` of sales and purchases goes outside (0: a closed economy)."""
    draw = np.random.default_rng(seed)
    size = np.exp(1.8 * draw.standard_normal(firms))
    sector = draw.integers(0, sectors, firms)
    popular = (1.0 + np.arange(sectors)) ** -0.8
    recipe = np.stack([draw.choice(sectors, RECIPE, replace=False, p=popular / popular.sum()) for _ in range(sectors)])
    shares = draw.dirichlet(np.ones(RECIPE), sectors)
    wanted = size**0.5 * draw.lognormal(0, 0.5, firms)
    inputs = np.maximum(1, draw.poisson(1.21 * links / firms * wanted / wanted.mean()))
    buyer = np.repeat(np.arange(firms), inputs)
    place = (
        (draw.random(len(buyer))[:, None] > np.cumsum(shares, axis=1)[sector[buyer]]).sum(axis=1).clip(0, RECIPE - 1)
    )
    wanted_sector = recipe[sector[buyer], place]
    by_sector = np.argsort(sector, kind="stable")
    weight = (size**0.8)[by_sector]
    total = np.append(0.0, np.cumsum(weight))
    first = np.searchsorted(sector[by_sector], np.arange(sectors + 1))
    low, high = total[first[wanted_sector]], total[first[wanted_sector + 1]]
    at = np.searchsorted(total, low + (high - low) * draw.random(len(buyer)), side="right") - 1
    supplier = by_sector[at.clip(0, firms - 1)]
    amount = 1e6 * size[buyer] * shares[sector[buyer], place] * draw.lognormal(0, 0.5, len(buyer))
    some = high > low
    sold = np.bincount(supplier[some], weights=amount[some], minlength=firms)
    bought = np.bincount(buyer[some], weights=amount[some], minlength=firms)
    names = pl.Series([f"f{i}" for i in range(firms)])
    frame = pl.DataFrame({"firm": names, "sector": pl.Series(sector).cast(pl.String)})
    if open_share:
        factor = 1 / (1 - open_share)
        frame = frame.with_columns(revenue=pl.Series(sold * factor + 1), cost=pl.Series(bought * factor + 1))
    kinds = pl.DataFrame(
        {
            "supplier_sector": np.repeat(np.arange(sectors), sectors).astype(str),
            "buyer_sector": np.tile(np.arange(sectors), sectors).astype(str),
            "essential": draw.choice([2, 1, 0], sectors * sectors, p=[0.5, 0.4, 0.1]),
        }
    )
    ends = {"supplier": names[supplier[some]], "buyer": names[buyer[some]], "amount": amount[some]}
    return Network.from_frames(frame, pl.DataFrame(ends), kinds)


def peer(network: Network, firms: range) -> tuple[np.ndarray, np.ndarray]:
    """Losses and updates of single stops, by scipy."""
    of = impact(network)
    n = len(network.firms)
    groups = sp.csr_array((of.down, of.supplier, of.link_of), shape=(len(of.link_of) - 1, n))
    up = sp.csr_array((of.up, of.buyer, of.buyer_of), shape=(n, n))
    rows = np.flatnonzero(np.diff(of.group_of))
    starts = of.group_of[rows]
    classes = len(network.markets)
    esri, updates = np.zeros((len(firms), 3)), np.zeros(len(firms), dtype=np.int64)
    for at, firm in enumerate(firms):
        down_left, up_left = np.ones(n), np.ones(n)
        most = np.ones(n)
        down_left[firm] = up_left[firm] = most[firm] = 0.0
        while True:
            available = np.bincount(of.market, weights=down_left * of.out, minlength=classes)
            available[available <= 1e-10] = 1.0
            sigma = np.minimum(1.0, of.out / available[of.market])
            left = 1.0 - groups @ (sigma * (1.0 - down_left))
            down_next = most.copy()
            down_next[rows] = np.minimum(most[rows], np.minimum.reduceat(left, starts))
            np.maximum(down_next, 0.0, out=down_next)
            up_next = np.maximum(np.minimum(most, 1.0 - up @ (1.0 - up_left)), 0.0)
            step = max((down_left - down_next).max(), (up_left - up_next).max())
            down_left, up_left = down_next, up_next
            updates[at] += 1
            if step <= EPS:
                break
        lost = 1 - np.minimum(down_left, up_left), 1 - down_left, 1 - up_left
        esri[at] = [float(of.weight @ loss) for loss in lost]
    return esri, updates


def main() -> int:
    """Print the table; 1 where a budget is passed, or the two disagree."""
    firms = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    links = int(sys.argv[2]) if len(sys.argv) > 2 else int(firms * 7.5)
    network = invented(firms, links, max(12, firms // 20))
    sold = np.bincount(network.supplier, minlength=firms)
    print(f"{firms} firms, {len(network.amount)} links, largest out-degree {sold.max()},", end=" ")
    print(f"{(sold == 0).mean():.0%} without customers; eps {EPS}, rule 1, market on, single stops, one core")
    sample = range(0, firms, 10)
    before = time.process_time()
    theirs, their_updates = peer(network, sample)
    peer_seconds = (time.process_time() - before) * firms / len(sample)
    print(f"scipy.sparse, float64: {peer_seconds:.1f} CPU s ({peer_seconds / firms * 1e3:.2f} ms a shock)")
    failed = False
    for precision, budget in BUDGETS.items():
        rule = Rule(eps=EPS, precision=precision)
        run(network, Shocks.single([0]), rule=rule)  # compile
        before, wall = time.process_time(), time.perf_counter()
        outcome = run(network, Shocks.single(np.arange(firms)), rule=rule)
        seconds, wall = time.process_time() - before, time.perf_counter() - wall
        gap = float(np.abs(outcome.esri[sample] - theirs).max())
        same = bool((outcome.updates[sample] == their_updates).all())
        ratio = peer_seconds / seconds
        print(
            f"ours, {precision}: {seconds:.2f} CPU s, {wall:.2f} s wall ({seconds / firms * 1e3:.3f} ms a shock);"
            f" ratio, peer : ours {ratio:.1f}; largest difference {gap:.1e}; equal updates: {same};"
            f" mean ESRI {outcome.esri[:, 0].mean():.5f}, mean updates {outcome.updates.mean():.2f}"
        )
        failed |= gap > TOLERANCE[precision] or (precision == "float64" and not same)
        if firms == 10_000:
            failed |= seconds > budget or ratio < RATIOS[precision]
    print(f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
