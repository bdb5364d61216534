"""Does a network estimated from size and recipe rank firms by systemic risk as the true one does?

Invented networks of 300 firms in 20 sectors; the truth is known. ESRI beyond a firm's own weight is compared, because
size alone ranks plain ESRI nearly perfectly. Peer: size alone. 1 if the rank correlation is below 0.8.
Run: ``python -m bench.gravity``.
"""

from __future__ import annotations

import sys

import numpy as np
import polars as pl
from scipy.stats import spearmanr

from zhizao.engines.chain import Network, estimate_links, systemic_risk

FIRMS, SECTORS, INPUTS = 300, 20, 5


def truth(rng: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Firms with log-normal sizes, and one to three suppliers for each input; 40 % of sales and costs outside."""
    sector = rng.integers(0, SECTORS, FIRMS)
    size = rng.lognormal(0, 1.8, FIRMS)
    rows = []
    recipes = [(rng.choice(SECTORS, INPUTS, replace=False), rng.dirichlet(np.ones(INPUTS))) for _ in range(SECTORS)]
    for buyer in range(FIRMS):
        for of, share in zip(*recipes[sector[buyer]], strict=True):
            makers = np.flatnonzero((sector == of) & (np.arange(FIRMS) != buyer))
            number = min(len(makers), int(rng.integers(1, 4)))
            taken = rng.choice(makers, number, replace=False, p=size[makers] / size[makers].sum())
            weight = rng.lognormal(0, 0.5, number) * np.sqrt(size[taken])
            amounts = 4e5 * weight / weight.sum() * share * size[buyer]
            rows += [(f"f{i}", f"f{buyer}", amount) for i, amount in zip(taken, amounts, strict=True)]
    links = pl.DataFrame(rows, schema=["supplier", "buyer", "amount"], orient="row")
    firms = pl.DataFrame({"firm": [f"f{i}" for i in range(FIRMS)], "sector": [f"s{of}" for of in sector], "size": size})
    for side, name in (("supplier", "sales"), ("buyer", "purchases")):
        sums = links.group_by(side).agg(pl.col("amount").sum().alias(name))
        firms = firms.join(sums, left_on="firm", right_on=side, how="left", maintain_order="left")
    revenue = pl.col("sales") / 0.6 + 5e5 * pl.col("size")
    firms = firms.with_columns(pl.col("sales", "purchases").fill_null(0.0))
    return firms.with_columns(
        revenue=revenue, cost=pl.col("purchases") / 0.6 + 1, weight=revenue / revenue.sum()
    ), links


def recipe_of(firms: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """The recipe that statistics would show: shares of inputs by sector."""
    named = links.join(firms.select("firm", supplier_sector="sector"), left_on="supplier", right_on="firm")
    named = named.join(firms.select("firm", buyer_sector="sector"), left_on="buyer", right_on="firm")
    sums = named.group_by("supplier_sector", "buyer_sector").agg(pl.col("amount").sum())
    share = pl.col("amount") / pl.col("amount").sum().over("buyer_sector")
    return sums.sort("buyer_sector", "supplier_sector").with_columns(share=share)


def main() -> int:
    """Compare three networks, with nothing and with half of the links declared."""
    worst = 1.0
    for seed in range(3):
        firms, links = truth(np.random.default_rng(seed))
        weight = firms["weight"].to_numpy()
        wanted = beyond(firms, links, weight)
        for part in (0.0, 0.5):
            declared = links.sample(fraction=part, seed=seed)
            rng = np.random.default_rng(seed)
            found = estimate_links(firms, recipe_of(firms, links), declared, suppliers_per_input=2, rng=rng)
            both = pl.concat([declared, found.links.select(links.columns)])
            rank = float(spearmanr(wanted, beyond(firms, both, weight))[0])
            alone = float(spearmanr(wanted, weight)[0])
            print(f"network {seed}, {part:.0%} declared: Spearman {rank:.3f}; by size alone {alone:.3f}")
            worst = min(worst, rank)
    return int(worst < 0.8)


def beyond(firms: pl.DataFrame, links: pl.DataFrame, weight: np.ndarray) -> np.ndarray:
    """ESRI less the firm's own weight."""
    return systemic_risk(Network.from_frames(firms, links))["esri"].to_numpy() - weight


if __name__ == "__main__":
    sys.exit(main())
