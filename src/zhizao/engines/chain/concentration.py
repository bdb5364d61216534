"""Concentration of supply: how few suppliers, and how far one outside region, a purchase depends on.

    sᵢ   share of supplier i in what is bought of one input          HHI = Σ sᵢ²       effective number = 1 / HHI
    single source         one supplier, or the largest s at or above a threshold
    outside dependence    OD = 1 − share bought locally, of what is of known place; with the largest outside region

HHI is between 0 and 1 (times 10 000 as competition authorities write it). Purchases of unknown amount are counted as
suppliers and not as shares: where every amount is unknown the HHI is null.

Source: A. O. Hirschman, Am. Econ. Rev. 54 (1964) 761; O. C. Herfindahl, Concentration in the Steel Industry (1950).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from zhizao.engines.chain._arrays import require, require_amounts


def supplier_concentration(purchases: pl.DataFrame, *, by: Sequence[str], single_source_share: float) -> pl.DataFrame:
    """Concentration of suppliers in each group.

    Parameters
    ----------
    purchases : DataFrame
        Columns ``by``, ``supplier``, ``amount`` (money, null = unknown); several rows of one supplier are summed.
    by : sequence of str
        ``["buyer", "node"]`` for a firm's inputs, ``["node"]`` for the region.
    single_source_share : largest share (0 to 1) from which an input counts as single-sourced

    Returns
    -------
    DataFrame
        ``by``, ``suppliers``, ``hhi``, ``effective_number``, ``largest_supplier``, ``largest_share``,
        ``single_source`` (boolean; null where shares are unknown and suppliers are several).

    Raises
    ------
    Refused
        ``chain.no_column``, ``chain.negative``, ``chain.not_finite``.

    Examples
    --------
    >>> rows = pl.DataFrame({"node": ["v"] * 2, "supplier": ["x", "y"], "amount": [30.0, 10.0]})
    >>> supplier_concentration(rows, by=["node"], single_source_share=0.8).row(0)
    ('v', 2, 0.625, 1.6, 'x', 0.75, False)
    """
    require(purchases, *by, "supplier", "amount")
    require_amounts(purchases, ["amount"])
    firms = purchases.group_by([*by, "supplier"], maintain_order=True).agg(_amount())
    share = pl.col("amount") / pl.col("amount").sum()
    top = pl.col("amount").fill_null(-1.0).arg_max()
    known = pl.col("amount").sum() > 0
    return (
        firms.group_by(by, maintain_order=True)
        .agg(
            pl.len().alias("suppliers"),
            pl.when(known).then((share**2).sum()).alias("hhi"),
            pl.when(known).then(1 / (share**2).sum()).alias("effective_number"),
            pl.when(known | (pl.len() == 1)).then(pl.col("supplier").get(top)).alias("largest_supplier"),
            pl.when(known).then(share.max()).alias("largest_share"),
        )
        .with_columns(
            ((pl.col("suppliers") == 1) | (pl.col("largest_share") >= single_source_share)).alias("single_source")
        )
    )


def outside_dependence(purchases: pl.DataFrame, *, by: Sequence[str]) -> pl.DataFrame:
    """How much of each group comes from outside, and from which region most.

    Parameters
    ----------
    purchases : DataFrame
        Columns ``by``, ``region`` (of the supplier; null = unknown), ``local`` (boolean or null), ``amount`` (money
        or null).

    Returns
    -------
    DataFrame
        ``by``, ``outside_share`` (OD), ``region_hhi`` over the outside regions, ``outside_region``,
        ``outside_region_share`` of all that is of known place, ``outside_unnamed_share`` (outside, of no known
        region). Null where nothing is known.

    Raises
    ------
    Refused
        ``chain.no_column``, ``chain.negative``, ``chain.not_finite``.

    Examples
    --------
    >>> rows = pl.DataFrame({"node": ["v"] * 3, "region": ["here", "sea", "hill"], "local": [True, False, False],
    ...                      "amount": [20.0, 60.0, 20.0]})
    >>> outside_dependence(rows, by=["node"]).row(0)
    ('v', 0.8, 0.625, 'sea', 0.6, 0.0)
    """
    require(purchases, *by, "region", "local", "amount")
    require_amounts(purchases, ["amount"])
    known = pl.col("local").is_not_null()
    sums = purchases.group_by([*by, "region", "local"], maintain_order=True).agg(_amount())
    outside = pl.col("amount").filter(known & ~pl.col("local"))
    named = pl.col("amount").filter(known & ~pl.col("local") & pl.col("region").is_not_null())
    region = pl.col("region").filter(known & ~pl.col("local") & pl.col("region").is_not_null())
    whole = pl.col("amount").filter(known).sum()
    return sums.group_by(by, maintain_order=True).agg(
        pl.when(whole > 0).then(outside.sum() / whole).alias("outside_share"),
        pl.when(named.sum() > 0).then(((named / named.sum()) ** 2).sum()).alias("region_hhi"),
        pl.when(named.sum() > 0)
        .then(region.get(named.fill_null(-1.0).arg_max(), null_on_oob=True))
        .alias("outside_region"),
        pl.when(named.sum() > 0).then(named.max() / whole).alias("outside_region_share"),
        pl.when(whole > 0).then((outside.sum() - named.sum()) / whole).alias("outside_unnamed_share"),
    )


def _amount() -> pl.Expr:
    """A sum that is null where no amount is known."""
    amount = pl.col("amount").cast(pl.Float64)
    return pl.when(amount.count() > 0).then(amount.sum()).alias("amount")
