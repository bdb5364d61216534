"""What is known of an economy before it is simulated: its firms and everything stated about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from zhizao.engines.simulation.entropy import Floats, Ints, Statement
from zhizao.kernel import names


@dataclass(frozen=True)
class Target:
    """A row of the table of targets; ``None`` is not stated."""

    key: str
    name: str
    unit: str
    base_value: float
    target_value: float
    decimals: int


@dataclass(frozen=True)
class SupplierCount:
    """How many suppliers a firm has, and how many of them are local."""

    firm: int
    total: int
    local: int


@dataclass(frozen=True)
class EconomyFacts:
    """What a simulated economy has to agree with.

    Attributes
    ----------
    region_code : division code of the area
    base_year : the year that statements are about
    target_year : the last year of the targets
    firms : Polars frame ``name``, ``tier`` (0 the highest), ``tier_name``, ``industry`` as printed, ``sector`` (place
        in ``Parameters.sectors``)
    statements : sums of gross output in the base year, 万元
    totals : of all firms in the base year, 万元: ``operating_revenue``, ``profit_total``, ``tax_paid``
    output_per_electricity : (firms, 万元 for 1 万千瓦时) where stated
    growth : planned growth a year of each sector's output; of all firms where a sector has none
    targets, suppliers : as stated
    unused : key of what was read but not used, and why
    """

    region_code: str
    base_year: int
    target_year: int
    firms: pl.DataFrame
    statements: tuple[Statement, ...]
    growth: tuple[float, ...]
    totals: Mapping[str, float] = field(default_factory=dict)
    output_per_electricity: tuple[tuple[Ints, float], ...] = ()
    targets: tuple[Target, ...] = ()
    suppliers: tuple[SupplierCount, ...] = ()
    unused: tuple[tuple[str, str], ...] = ()

    @property
    def sector(self) -> Ints:
        """The sector of each firm."""
        return self.firms["sector"].to_numpy().astype(np.int64)

    @property
    def tier(self) -> Ints:
        """The tier of each firm, 0 the highest."""
        return self.firms["tier"].to_numpy().astype(np.int64)


def subject_of(name: str) -> str:
    """The ledger's key of an enterprise.

    >>> subject_of("甲厂")
    'enterprise:73c823b3d483'
    """
    return f"enterprise:{names.stable_id(name)}"


def reached(statements: tuple[Statement, ...], output: Floats) -> pl.DataFrame:
    """How far each statement is met by the output of the base year (万元).

    Examples
    --------
    >>> total = Statement("total", "table", np.arange(2), 100.0, 0.0)
    >>> reached((total,), np.array([40.0, 61.0])).row(0)
    ('total', 'table', True, 2, 100.0, 101.0, 1.0)
    """
    sums = [float(output[statement.firms].sum()) for statement in statements]
    return pl.DataFrame(
        {
            "statement": [statement.key for statement in statements],
            "kind": [statement.kind for statement in statements],
            "exact": [statement.deviation == 0 for statement in statements],
            "enterprises": [len(statement.firms) for statement in statements],
            "stated_wan_yuan": [statement.value for statement in statements],
            "reached_wan_yuan": sums,
            "deviation_pct": [
                round(100 * (found / statement.value - 1), 6) for statement, found in zip(statements, sums, strict=True)
            ],
        },
        schema={
            "statement": pl.String,
            "kind": pl.String,
            "exact": pl.Boolean,
            "enterprises": pl.Int64,
            "stated_wan_yuan": pl.Float64,
            "reached_wan_yuan": pl.Float64,
            "deviation_pct": pl.Float64,
        },
    )
