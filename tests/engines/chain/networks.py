"""Networks for the tests: the reference cases from their files, and drawn ones."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import polars as pl

from zhizao.engines.chain import Network, Rule, Shocks

REFERENCE = Path(__file__).parent / "reference"
CASES = sorted(path.name for path in REFERENCE.iterdir() if path.is_dir())


def reference(case: str) -> tuple[Network, Shocks, Rule]:
    """A reference case: ESRI by the authors' implementation, fastcascade 0.9.3.1."""
    folder = REFERENCE / case
    firms = pl.read_csv(folder / "firms.csv", infer_schema=False).rename({"market_sector": "market"})
    links = pl.read_csv(folder / "edges.csv", infer_schema=False).rename({"weight": "amount"})
    labels = sorted(set(firms["sector"]), key=int)
    with (folder / "essentiality.csv").open() as stream:
        table = list(csv.reader(stream))
    rows = [(a, b, table[i][j]) for i, a in enumerate(labels) for j, b in enumerate(labels)]
    kinds = pl.DataFrame(rows, schema=["supplier_sector", "buyer_sector", "essential"], orient="row")
    network = Network.from_frames(firms, links, kinds)
    options = dict(pl.read_csv(folder / "options.csv", infer_schema=False).rows())
    rule = Rule(eps=float(options["eps"]), stop=int(options["conv_type"]), market=options["market"] == "1")
    if (folder / "psi.csv").exists():
        losses: dict[int, dict[str, float]] = {}
        for scenario, firm, loss in pl.read_csv(folder / "psi.csv").iter_rows():
            losses.setdefault(scenario, {})[str(firm)] = loss
        return network, Shocks.joint(network, [losses[s] for s in sorted(losses)]), rule
    return network, Shocks.single(np.arange(firms.height)), rule


def expected(case: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """ESRI (scenarios × 3), updates, losses down and up (scenarios × firms)."""
    folder = REFERENCE / case
    table = pl.read_csv(folder / "expected_esri.csv")
    n = pl.read_csv(folder / "firms.csv").height
    losses = []
    for direction in ("down", "up"):
        found = np.zeros((table.height, n))
        for scenario, firm, loss in pl.read_csv(folder / f"expected_loss_{direction}.csv").iter_rows():
            found[scenario, firm] = loss
        losses.append(found)
    esri = table.select("ESRI", "ESRI_d", "ESRI_u").to_numpy()
    return esri, table["iterations"].to_numpy(), losses[0], losses[1]


def drawn(seed: int, *, firms: int = 12, links: int = 40, sectors: int = 4, is_open: bool = False) -> Network:
    """A random network with every kind of input, self-loops, firms that are alone and market classes of their own."""
    draw = np.random.default_rng(seed)
    names = [f"f{i}" for i in range(firms)]
    frame = pl.DataFrame(
        {
            "firm": names,
            "sector": draw.integers(0, sectors, firms).astype(str),
            "market": draw.integers(0, sectors + 1, firms).astype(str),
        }
    )
    ends = draw.integers(0, firms, (2, links))
    amount = np.round(np.exp(1 + draw.standard_normal(links)) + 1, 2)
    table = pl.DataFrame(
        {"supplier": [names[i] for i in ends[0]], "buyer": [names[i] for i in ends[1]], "amount": amount}
    )
    labels = np.arange(sectors).astype(str)
    kinds = pl.DataFrame(
        {
            "supplier_sector": np.repeat(labels, sectors),
            "buyer_sector": np.tile(labels, sectors),
            "essential": draw.choice([2, 1, 0], sectors * sectors, p=[0.5, 0.35, 0.15]),
        }
    )
    if is_open:
        closed = Network.from_frames(frame, table, kinds)
        frame = frame.with_columns(
            revenue=closed.out_strength * draw.uniform(1.1, 2, firms) + 1,
            cost=closed.in_strength * draw.uniform(1.1, 2, firms) + 1,
        )
    return Network.from_frames(frame, table, kinds)
