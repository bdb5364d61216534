"""An economy that no plan describes, for benchmarks and tests: so many firms in three tiers and all sectors."""

from __future__ import annotations

import numpy as np
import polars as pl

from zhizao.engines.simulation.entropy import Statement
from zhizao.engines.simulation.facts import EconomyFacts, SupplierCount, Target
from zhizao.engines.simulation.parameters import shipped_parameters

_REGION = "999999"
_MEAN_WAN_YUAN = 45_000.0


def invented(n_enterprises: int, seed: int, *, base_year: int = 2020) -> EconomyFacts:
    """Facts about firms that do not exist, in agreement with one another.

    Parameters
    ----------
    n_enterprises : int
        At least 20.
    seed : int
    base_year : int

    Examples
    --------
    >>> facts = invented(100, seed=1)
    >>> len(facts.firms), facts.statements[0].value
    (100, 4500000.0)
    """
    if n_enterprises < 20:
        raise ValueError(n_enterprises)
    rng = np.random.default_rng([seed, 2])
    sectors = len(shipped_parameters().sectors)
    place = np.arange(n_enterprises)
    tier = np.where(place < max(n_enterprises // 25, 1), 0, np.where(place < n_enterprises // 5, 1, 2))
    sector = np.concatenate([np.arange(sectors), rng.integers(0, sectors, n_enterprises - sectors)])
    whole = _MEAN_WAN_YUAN * n_enterprises
    size = 6.0 ** -tier.astype(np.float64)
    statements = [Statement("whole", "table", place, whole, 0.0, 100.0)]
    for one in range(sectors):
        members = np.flatnonzero(sector == one)
        share = float(size[members].sum() / size.sum())
        statements.append(Statement(f"sector-{one}", "table", members, share * whole, 0.0, 10.0))
    leaders = np.flatnonzero(tier == 0)
    share = float(size[leaders].sum() / size.sum())
    statements.append(Statement("tier-0", "tier", leaders, 0.95 * share * whole, 0.0))
    yi_yuan = whole / 10_000
    return EconomyFacts(
        region_code=_REGION,
        base_year=base_year,
        target_year=base_year + 5,
        firms=pl.DataFrame(
            {
                "name": [f"模拟企业{number:06}" for number in range(1, n_enterprises + 1)],
                "tier": tier,
                "tier_name": [("龙头企业", "骨干企业", "成长型企业")[one] for one in tier.tolist()],
                "industry": [shipped_parameters().sectors[one].code for one in sector.tolist()],
                "sector": sector,
            }
        ),
        statements=tuple(statements),
        growth=tuple(rng.uniform(0.05, 0.12, sectors).round(3).tolist()),
        totals={"operating_revenue": 1.1 * whole, "profit_total": 0.06 * whole, "tax_paid": 0.04 * whole},
        targets=(
            Target("target-output", "规模以上工业总产值", "亿元", yi_yuan, round(1.6 * yi_yuan, 1), 1),
            Target("target-centres", "市级研发机构数", "个", 50, 100, 0),
        ),
        suppliers=(SupplierCount(0, 60, 20),) if n_enterprises >= 100 else (),
    )
