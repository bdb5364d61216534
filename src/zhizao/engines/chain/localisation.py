"""Local sourcing (本地配套率): by count and by value, each with its coverage, for firms, nodes, chains, tiers.

Of the purchases of one group (a buyer, a node, a chain, a tier):

    by count   local suppliers / suppliers whose place is known
    by value   S / D'      S bought from local suppliers, D' bought from suppliers whose place is known
    coverage   what is known / all;   by value all is the demand D (declared, or recipe × output) where it is given

A supplier of unknown place is neither local nor outside: it lowers the coverage, not the share. With coverage c and
share s the true share lies between s c and s c + 1 − c.

    chain            Σ_v c_v LSS_v         c_v the share of node v in the chain's purchases
    through tiers    1 − m'(I − A)⁻¹ f / 1'f      m imports per output, A local coefficients, f the bundle bought

Source: R. E. Miller, P. D. Blair, Input-Output Analysis (2nd ed. 2009), ch. 8 (regional purchase coefficients).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from zhizao.engines.chain._arrays import array, refusal, require, require_amounts
from zhizao.engines.chain.input_output import inverse
from zhizao.kernel.result import mark


def local_sourcing(purchases: pl.DataFrame, *, by: Sequence[str], demand: pl.DataFrame | None = None) -> pl.DataFrame:
    """Local sourcing of each group.

    Parameters
    ----------
    purchases : DataFrame
        One row a supply relation: columns ``by``, ``supplier``, ``local`` (boolean, null = place unknown), ``amount``
        (money, null = unknown).
    by : sequence of str
        ``["buyer"]``, ``["node"]``, ``["chain"]``, ``["tier"]``, …
    demand : DataFrame, optional
        Columns ``by`` and ``demand`` (money): all that the group buys.

    Returns
    -------
    DataFrame
        ``by``; ``suppliers``, ``suppliers_known``, ``suppliers_local``, ``share_by_count``, ``coverage_by_count``;
        ``bought``, ``bought_known``, ``bought_local`` (money), ``share_by_value``, ``coverage_by_value``. Shares are
        between 0 and 1, null where nothing is known. In the order of the groups' first rows.

    Raises
    ------
    Refused
        ``chain.no_column``, ``chain.negative``, ``chain.not_finite``.

    Examples
    --------
    >>> rows = pl.DataFrame({"buyer": ["a"] * 3, "supplier": ["x", "y", "z"], "local": [True, False, None],
    ...                      "amount": [30.0, 50.0, 20.0]})
    >>> local_sourcing(rows, by=["buyer"]).select("share_by_count", "coverage_by_count", "share_by_value").row(0)
    (0.5, 0.6666666666666666, 0.375)
    """
    require(purchases, *by, "supplier", "local", "amount")
    require_amounts(purchases, ["amount"])
    amount, known = pl.col("amount").cast(pl.Float64), pl.col("local").is_not_null()
    supplier = pl.col("supplier")
    sums = purchases.group_by(by, maintain_order=True).agg(
        supplier.n_unique().alias("suppliers"),
        supplier.filter(known).n_unique().alias("suppliers_known"),
        supplier.filter(pl.col("local")).n_unique().alias("suppliers_local"),
        amount.sum().alias("bought"),
        amount.filter(known).sum().alias("bought_known"),
        amount.filter(pl.col("local")).sum().alias("bought_local"),
        amount.is_null().any().alias("_unknown_amount"),
    )
    if demand is None:
        whole = sums.with_columns(pl.when(~pl.col("_unknown_amount")).then("bought").alias("demand"))
    else:
        require(demand, *by, "demand")
        require_amounts(demand, ["demand"])
        whole = sums.join(
            demand.select(*by, pl.col("demand").cast(pl.Float64)), on=by, how="left", maintain_order="left"
        )
    return whole.select(
        *by,
        "suppliers",
        "suppliers_known",
        "suppliers_local",
        _share("suppliers_local", "suppliers_known", "share_by_count"),
        _share("suppliers_known", "suppliers", "coverage_by_count"),
        "bought",
        "bought_known",
        "bought_local",
        _share("bought_local", "bought_known", "share_by_value"),
        _share("bought_known", "demand", "coverage_by_value").clip(upper_bound=1.0),
    )


def chain_share(nodes: pl.DataFrame) -> tuple[float | None, float]:
    """Local sourcing of a chain from that of its nodes.

    Parameters
    ----------
    nodes : DataFrame
        Columns ``share_by_value`` (null = unknown) and ``cost_share`` (of the node in the chain, any scale).

    Returns
    -------
    share, coverage : float
        Over the nodes whose share is known, and the part of the cost that they are; no share where none is known.

    Raises
    ------
    Refused
        ``chain.no_column``, ``chain.negative``, ``chain.not_finite``.

    Examples
    --------
    >>> chain_share(pl.DataFrame({"share_by_value": [0.5, 1.0, None], "cost_share": [0.6, 0.2, 0.2]}))
    (0.625, 0.8)
    """
    require(nodes, "share_by_value", "cost_share")
    require_amounts(nodes, ["share_by_value", "cost_share"])
    share = nodes["share_by_value"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    cost = nodes["cost_share"].cast(pl.Float64).fill_null(0.0).to_numpy()
    known = np.isfinite(share)
    weight = float(cost[known].sum())
    if not weight:
        return None, 0.0
    return float(share[known] @ cost[known]) / weight, weight / float(cost.sum())


def share_through_tiers(coefficients: npt.ArrayLike, imports: npt.ArrayLike, bundle: npt.ArrayLike) -> float:
    """The part of a bundle bought locally that stays in the region through all tiers of suppliers.

    Parameters
    ----------
    coefficients : shape (n, n), local inputs for one unit of output
    imports : shape (n,), inputs from outside for one unit of output
    bundle : shape (n,), what is bought from each sector, money

    Raises
    ------
    Refused
        ``chain.shape``, ``chain.negative``, ``chain.not_finite``, ``chain.not_productive``, ``chain.no_total``.

    Examples
    --------
    A part maker imports 20 %, and buys half of its value from a mill that imports 40 %: 1 − 0.2 − 0.5 · 0.4

    >>> round(share_through_tiers([[0, 0], [0.5, 0]], [0.2, 0.4], [100, 0]), 10)
    0.6
    """
    embodied = inverse(coefficients)
    asked = array("bundle", bundle, (len(embodied),))
    if not asked.sum():
        raise refusal("no_total", mark("Nothing is bought: a share needs a bundle above nought."))
    return float(1 - array("imports", imports, asked.shape) @ embodied @ asked / np.sum(asked))


def _share(part: str, whole: str, name: str) -> pl.Expr:
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole)).alias(name)
