"""Who supplies whom: dated links with yearly amounts, purchases and sales outside the region.

A buyer buys ``purchases × (1 − value added) × output``; of that the sector's local share comes from inside (the share
of local suppliers, where the plan states it). Its local suppliers are as many as the plan states, else drawn; some are
enterprises of the register, chosen by size and sector, the others small local firms that no register has (their places
follow those of the firms). Amounts start from random weights and are fitted to the buyers' purchases and to the highest
sales inside of each supplier by iterative proportional fitting (RAS) on the links that exist: purchases are met
exactly, sales as far as the links allow.

Source: M. Bacharach, Biproportional Matrices and Input-Output Change (1970), for RAS. Shares are assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from zhizao.engines.simulation.entropy import Floats, Ints
from zhizao.engines.simulation.facts import EconomyFacts
from zhizao.engines.simulation.parameters import Parameters
from zhizao.engines.simulation.paths import Firms

_ROUNDS: Final = 50
_DRAWS: Final = 3
"""Suppliers drawn for one that is kept: some come twice or are the buyer itself."""


@dataclass(frozen=True)
class Network:
    """Links of the base year and those that come later.

    Attributes
    ----------
    supplier, buyer : shape (links,), places of firms; suppliers from ``n`` on are small local ones
    amount : shape (links,), 万元 of the base year
    first, last : shape (links,), years in which the link exists
    local, outside : shape (n,), numbers of suppliers inside and outside of each buyer in the base year
    purchases_outside : shape (n,), 万元 of the base year
    pool : how many small local suppliers there are
    """

    supplier: Ints
    buyer: Ints
    amount: Floats
    first: Ints
    last: Ints
    local: Ints
    outside: Ints
    purchases_outside: Floats
    pool: int

    def shares(self) -> pl.DataFrame:
        """``supplier``, ``buyer``, ``share`` of the supplier in all that the buyer buys, ``first``, ``last`` year."""
        n = len(self.local)
        inside = np.bincount(self.buyer, weights=self.amount, minlength=n)
        bought = inside + self.purchases_outside
        registered = self.supplier < n
        share = self.amount / np.maximum(bought[self.buyer], 1e-9)
        return pl.DataFrame(
            {
                "supplier": self.supplier[registered],
                "buyer": self.buyer[registered],
                "share": share[registered],
                "first": self.first[registered],
                "last": self.last[registered],
            }
        )


def draw(firms: Firms, facts: EconomyFacts, parameters: Parameters, years: range, rng: np.random.Generator) -> Network:
    """Draw the links and fit their amounts."""
    of = parameters.links
    n = len(firms.output)
    sectors = parameters.sectors
    added = np.array([sector.value_added for sector in sectors])[firms.sector]
    inside = np.array([sector.local for sector in sectors])[firms.sector]
    number = np.maximum(2, np.exp(rng.normal(np.log(of.suppliers), of.suppliers_spread, n)).round()).astype(np.int64)
    local = np.maximum(1, (number * inside).round()).astype(np.int64)
    for stated in facts.suppliers:
        number[stated.firm], local[stated.firm] = stated.total, stated.local
        inside[stated.firm] = stated.local / stated.total
    bought = of.purchases * (1 - added) * firms.output
    pool = max(int(of.pool_of_suppliers * local.max()), n // 2)
    supplier, buyer = _topology(firms, parameters, local, pool, rng)
    got = np.bincount(buyer, minlength=n)
    weight = np.exp(of.amount_spread * rng.standard_normal(len(buyer)))
    wanted = np.where(got > 0, bought * inside, 0.0)
    highest = of.sales_inside * firms.output
    amount = _fitted(supplier, buyer, weight, wanted, highest)
    first, last = _dates(len(buyer), facts.base_year, years, of.churn_a_year, rng)
    return Network(
        supplier=supplier,
        buyer=buyer,
        amount=amount,
        first=first,
        last=last,
        local=got,
        outside=number - local,
        purchases_outside=bought - wanted,
        pool=pool,
    )


def _topology(
    firms: Firms, parameters: Parameters, local: Ints, pool: int, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Supplier and buyer of each link: registered ones by the root of size and by sector, the rest from the pool."""
    of = parameters.links
    n = len(local)
    root = np.sqrt(firms.output)
    root[firms.listed :] = 0.0  # newcomers buy, but nobody has bought from them in the base year
    registered = np.minimum(rng.binomial(local, of.registered), max(n // 3, 1) if n > 1 else 0)
    buyer = np.repeat(np.arange(n), registered * _DRAWS)
    of_sector = [np.flatnonzero(firms.sector == sector) for sector in range(len(parameters.sectors))]
    mass = np.array([root[members].sum() for members in of_sector])
    supplier = np.zeros(len(buyer), dtype=np.int64)
    for own in range(len(of_sector)):
        ours = np.flatnonzero(firms.sector[buyer] == own)
        weights = mass * np.where(np.arange(len(mass)) == own, of.same_sector, 1.0)
        chosen = rng.choice(len(mass), size=len(ours), p=weights / weights.sum()) if len(ours) else ours
        for other, members in enumerate(of_sector):
            some = ours[chosen == other]
            if len(some):
                supplier[some] = rng.choice(members, size=len(some), p=root[members] / mass[other])
    drawn = (
        pl.DataFrame({"buyer": buyer, "supplier": supplier})
        .filter(pl.col("buyer") != pl.col("supplier"))
        .unique(maintain_order=True)
        .with_columns(rank=pl.int_range(pl.len()).over("buyer"))
    )
    kept = drawn.filter(pl.col("rank") < pl.Series(registered)[drawn["buyer"]])
    listed = kept["supplier"].to_numpy(), kept["buyer"].to_numpy()
    left = local - np.bincount(listed[1], minlength=n)
    start = rng.integers(0, pool, n)  # neighbours in a ring of small suppliers: no one twice for one buyer
    small_buyer = np.repeat(np.arange(n), left)
    offset = np.arange(len(small_buyer)) - np.repeat(np.cumsum(left) - left, left)
    small = n + (start[small_buyer] + offset) % pool
    return np.concatenate([listed[0], small]), np.concatenate([listed[1], small_buyer])


def _fitted(supplier: Ints, buyer: Ints, weight: Floats, wanted: Floats, highest: Floats) -> Floats:
    """RAS on the links there are: no firm sells more inside than its highest while its buyers can buy elsewhere."""
    amount = weight.copy()
    n = len(wanted)
    places = int(supplier.max()) + 1 if len(supplier) else 0
    limit = np.full(max(places, n), np.inf)
    limit[:n] = highest
    for _ in range(_ROUNDS):
        bought = np.bincount(buyer, weights=amount, minlength=n)
        amount *= (wanted / np.where(bought > 0, bought, 1.0))[buyer]
        sold = np.bincount(supplier, weights=amount, minlength=len(limit))
        over = np.where(sold > limit, limit / np.where(sold > 0, sold, 1.0), 1.0)
        if (over >= 1 - 1e-9).all():
            break
        amount *= over[supplier]
    bought = np.bincount(buyer, weights=amount, minlength=n)
    return np.asarray(amount * (wanted / np.where(bought > 0, bought, 1.0))[buyer], dtype=np.float64)


def _dates(links: int, base_year: int, years: range, churn: float, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """First and last year of each link: all exist in the base year; some began in it, some end after it."""
    first = np.where(rng.random(links) < churn * (base_year - years[0]), base_year, years[0])
    last = np.minimum(base_year - 1 + rng.geometric(churn, links), years[-1]) if churn else np.full(links, years[-1])
    return first, np.asarray(last, dtype=np.int64)


def yearly(network: Network, firms: Firms, output: Floats, years: range) -> pl.DataFrame:
    """Amounts by year: ``supplier``, ``buyer`` (places), ``year``, ``amount`` (万元).

    A link grows with the output of its buyer; the purchases of links that have ended go to those that are left.

    Parameters
    ----------
    output : shape (n, years), 万元
    """
    n = len(network.local)
    needed = np.bincount(network.buyer, weights=network.amount, minlength=n)
    frames = []
    for place, year in enumerate(years):
        growth = output[:, place] / firms.output
        supplier_there = np.ones(len(network.supplier), dtype=bool)
        registered = network.supplier < n
        supplier_there[registered] = output[network.supplier[registered], place] > 0
        there = (network.first <= year) & (year <= network.last) & supplier_there
        amount = network.amount * there
        left = np.bincount(network.buyer, weights=amount, minlength=n)
        amount *= (growth * np.divide(needed, left, out=np.zeros(n), where=left > 0))[network.buyer]
        kept = amount > 0
        frames.append(
            pl.DataFrame(
                {
                    "supplier": network.supplier[kept],
                    "buyer": network.buyer[kept],
                    "year": np.full(int(kept.sum()), year),
                    "amount_wan_yuan": np.maximum(amount[kept].round(1), 0.1),
                }
            )
        )
    return pl.concat(frames)
