"""Who could fill a gap: candidate firms with reasons, and what filling it is worth, found by running it.

Candidates are found by what they make, and each reason stands in its own column; an unknown one is null and lowers
nothing:

    product   likeness of the product's words, 0 to 1          code   leading digits of GB/T 4754 in common, of four
    size_fit  min(1, capacity / what is wanted)                ties   buyers of the gap who buy from the firm already
    shared_risk   the firm hangs on the same single source as the supplier it would relieve

They are listed by the mean of product, code and size_fit that are known, without shared risk first. That order is for
asking firms; the order of **gaps** is by simulated effect:

    强链   gain = ESRI(supplier) − ESRI(supplier when a second one has taken the share θ of its sales)
    补链   gain = min(capacity, D − S) · value-added rate          local value added won, before its own suppliers

Source: systemic risk as in ``risk``; likeness is the best partial alignment of rapidfuzz (``partial_ratio``), indel
distance of V. I. Levenshtein, Sov. Phys. Dokl. 10 (1966) 707.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from zhizao.engines.chain._arrays import refusal, require, require_amounts
from zhizao.engines.chain.network import Network
from zhizao.engines.chain.risk import Rule, Shocks, run
from zhizao.engines.chain.scenario import handed_over
from zhizao.kernel.result import mark

_CODE_DIGITS: Final = 4
_ENTRANT: Final = "\x00entrant"


def find_candidates(
    firms: pl.DataFrame,
    purchases: pl.DataFrame,
    *,
    product: str,
    code: str | None = None,
    wanted_wan_yuan: float | None = None,
    buyers: frozenset[str] = frozenset(),
    single_source: str | None = None,
    least_product: float = 0.5,
) -> pl.DataFrame:
    """Firms that make what a gap lacks.

    Parameters
    ----------
    firms : DataFrame
        Inside and outside the region: ``firm``, ``local``, ``product`` (text), ``code`` (GB/T 4754),
        ``capacity_wan_yuan``. Nulls are unknown.
    purchases : DataFrame
        ``buyer``, ``supplier``, ``node``: who buys what from whom.
    product, code : what the segment makes
    wanted_wan_yuan : what is bought outside and could be bought here
    buyers : who buys it
    single_source : the supplier whose only source a candidate should not share
    least_product : likeness from which a firm is listed; a code in common down to three digits lists it too

    Returns
    -------
    DataFrame
        ``firm``, ``local``, ``product_match``, ``code_match``, ``size_fit``, ``ties``, ``shared_risk``, ``score``; best
        first, ties by name.

    Raises
    ------
    Refused
        ``chain.no_column``, ``chain.negative``, ``chain.not_finite``.

    Examples
    --------
    >>> firms = pl.DataFrame({"firm": ["x", "y", "z"], "local": [True, False, True], "code": ["3841", None, "2231"],
    ...                       "product": ["锂电池隔膜", "隔膜", "纸箱"], "capacity_wan_yuan": [50.0, 200.0, 900.0]})
    >>> bought = pl.DataFrame({"buyer": ["a"], "supplier": ["x"], "node": ["foil"]})
    >>> found = find_candidates(
    ...     firms, bought, product="隔膜", code="3841", wanted_wan_yuan=100.0, buyers=frozenset("a"))
    >>> found.select("firm", "product_match", "code_match", "size_fit", "ties").rows()
    [('y', 1.0, None, 1.0, 0), ('x', 1.0, 1.0, 0.5, 1)]
    """
    require(firms, "firm", "local", "product", "code", "capacity_wan_yuan")
    require(purchases, "buyer", "supplier", "node")
    require_amounts(firms, ["capacity_wan_yuan"])
    sources = _single_sources(purchases)
    theirs = sources.get(single_source or "", set())
    tied = (
        purchases.filter(pl.col("buyer").is_in(list(buyers)))
        .group_by("supplier")
        .agg(pl.col("buyer").n_unique().cast(pl.Int64).alias("ties"))
    )
    fit = None if not wanted_wan_yuan else pl.min_horizontal(pl.col("capacity_wan_yuan") / wanted_wan_yuan, pl.lit(1.0))
    size_fit = pl.lit(None, dtype=pl.Float64) if fit is None else pl.when(pl.col("capacity_wan_yuan") >= 0).then(fit)
    shared = [None if single_source is None else bool(sources.get(firm, set()) & theirs) for firm in firms["firm"]]
    rated = firms.with_columns(
        pl.Series("product_match", [_likeness(product, text) for text in firms["product"]], dtype=pl.Float64),
        pl.Series("code_match", [_common(code, other) for other in firms["code"]], dtype=pl.Float64),
        pl.Series("shared_risk", shared, dtype=pl.Boolean),
        size_fit.alias("size_fit"),
    )
    near = (pl.col("product_match") >= least_product) | (pl.col("code_match") >= 3 / _CODE_DIGITS)
    return (
        rated.filter(near.fill_null(value=False) & (pl.col("firm") != (single_source or "")))
        .join(tied, left_on="firm", right_on="supplier", how="left")
        .select(
            "firm",
            "local",
            "product_match",
            "code_match",
            "size_fit",
            pl.col("ties").fill_null(0),
            "shared_risk",
            pl.mean_horizontal("product_match", "code_match", "size_fit").alias("score"),
        )
        .sort(
            [pl.col("shared_risk").fill_null(value=False), "score", "ties", "firm"],
            descending=[False, True, True, False],
        )
    )


def second_supplier_gains(
    network: Network, pairs: pl.DataFrame, *, share: float, rule: Rule | None = None
) -> pl.DataFrame:
    """What a second supplier is worth: the fall of a firm's systemic risk, by a run with and a run without.

    Parameters
    ----------
    network : Network
        Weights, revenues and costs stay as they are.
    pairs : DataFrame
        ``supplier``, ``second``; a null ``second`` is a newcomer of the supplier's sector and market.
    share : θ, of every sale of ``supplier``, 0 to 1
    rule : of the cascade

    Returns
    -------
    DataFrame
        ``supplier``, ``second``, ``esri``, ``esri_after``, ``gain`` (shares of all weight); greatest gain first.

    Raises
    ------
    Refused
        ``chain.no_column``, ``chain.share_range``, ``chain.unknown_firm``.

    Examples
    --------
    >>> firms = pl.DataFrame({"firm": ["a", "b"], "sector": ["1", "2"], "revenue": [10, 100], "cost": [5, 10]})
    >>> links = pl.DataFrame({"supplier": ["a"], "buyer": ["b"], "amount": [10.0]})
    >>> network = Network.from_frames(firms.with_columns(weight=pl.Series([0.1, 0.9])), links)
    >>> pairs = pl.DataFrame({"supplier": ["a"], "second": [None]})
    >>> second_supplier_gains(network, pairs, share=0.5).select(pl.col("esri", "esri_after").round(6)).row(0)
    (1.0, 0.55)
    """
    require(pairs, "supplier", "second")
    if not 0 <= share <= 1:
        raise refusal("share_range", mark("The share must be between 0 and 1, not %(share)s."), share=share)
    places = [_place(network, name, row) for row, name in enumerate(pairs["supplier"])]
    before = run(network, Shocks.single(places), rule=rule).esri[:, 0]
    after = np.empty(len(places))
    for row, (place, second) in enumerate(zip(places, pairs["second"], strict=True)):
        changed = _relieved(network, place, None if second is None else _place(network, second, row), share)
        after[row] = run(changed, Shocks.single([place]), rule=rule).esri[0, 0]
    return (
        pairs.select("supplier", "second")
        .with_columns(esri=pl.Series(before), esri_after=pl.Series(after), gain=pl.Series(before - after))
        .sort(["gain", "supplier"], descending=[True, False])
    )


def filling_gains(gaps: pl.DataFrame) -> pl.DataFrame:
    """Local value added won when what is bought outside is made here.

    Parameters
    ----------
    gaps : DataFrame
        ``node``, ``demand_wan_yuan``, ``local_share_pct``, ``capacity_wan_yuan`` (of the candidate, null = enough),
        ``value_added_rate`` (0 to 1); a null elsewhere makes the gain unknown.

    Returns
    -------
    DataFrame
        ``node``, ``replaced_wan_yuan``, ``gain_wan_yuan``; greatest first, unknown last.

    Raises
    ------
    Refused
        ``chain.no_column``, ``chain.negative``, ``chain.not_finite``.

    Examples
    --------
    >>> filling_gains(pl.DataFrame({"node": ["v"], "demand_wan_yuan": [100.0], "local_share_pct": [20.0],
    ...                             "capacity_wan_yuan": [50.0], "value_added_rate": [0.3]})).row(0)
    ('v', 50.0, 15.0)
    """
    columns = ("demand_wan_yuan", "local_share_pct", "capacity_wan_yuan", "value_added_rate")
    require(gaps, "node", *columns)
    require_amounts(gaps, columns)
    outside = pl.col("demand_wan_yuan") * (1 - pl.col("local_share_pct") / 100)
    replaced = pl.when(outside.is_not_null()).then(pl.min_horizontal(outside, "capacity_wan_yuan"))
    return (
        gaps.with_columns(replaced_wan_yuan=replaced)
        .with_columns(gain_wan_yuan=pl.col("replaced_wan_yuan") * pl.col("value_added_rate"))
        .select("node", "replaced_wan_yuan", "gain_wan_yuan")
        .sort(["gain_wan_yuan", "node"], descending=[True, False], nulls_last=True)
    )


def _relieved(network: Network, supplier: int, second: int | None, share: float) -> Network:
    """The network in which another has taken the share of every sale of ``supplier``."""
    base = network if second is not None else _with_newcomer(network, supplier)
    taker = len(network.firms) if second is None else second
    mine = (base.supplier == supplier) & (base.buyer != taker)
    return handed_over(base, mine, taker, share)


def _with_newcomer(network: Network, like: int) -> Network:
    """One firm more, of the same sector and market and of no weight; its revenue is that of the one it relieves."""
    revenue, cost = network.revenue, network.cost
    return replace(
        network,
        firms=(*network.firms, _ENTRANT),
        sector=np.append(network.sector, network.sector[like]),
        market=np.append(network.market, network.market[like]),
        weight=np.append(network.weight, 0.0),
        revenue=None if revenue is None else np.append(revenue, revenue[like]),
        cost=None if cost is None else np.append(cost, cost[like]),
    )


def _place(network: Network, firm: str, row: int) -> int:
    try:
        return network.firms.index(firm)
    except ValueError:
        raise refusal("unknown_firm", mark("The firm %(firm)s is not in the network."), row=row, firm=firm) from None


def _single_sources(purchases: pl.DataFrame) -> dict[str, set[str]]:
    """For each buyer the suppliers who are the only ones of something he buys."""
    only = (
        purchases.group_by("buyer", "node").agg(pl.col("supplier").unique()).filter(pl.col("supplier").list.len() == 1)
    )
    found: dict[str, set[str]] = {}
    for buyer, _, suppliers in only.iter_rows():
        found.setdefault(buyer, set()).update(suppliers)
    return found


def _likeness(wanted: str, text: str | None) -> float | None:
    from rapidfuzz import fuzz

    return None if not text else fuzz.partial_ratio(wanted, text) / 100


def _common(code: str | None, other: str | None) -> float | None:
    """Leading digits in common, of four."""
    if not code or not other:
        return None
    same = 0
    while same < min(len(code), len(other), _CODE_DIGITS) and code[same] == other[same]:
        same += 1
    return same / _CODE_DIGITS
