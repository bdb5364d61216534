"""Links that nobody declared: estimated from size and recipe, marked, and kept apart from declared ones.

Buyer j of sector l buys recipe[k, l] · costⱼ of the output of sector k; what its declared links of that sector do not
cover is left to estimate. It goes to suppliers drawn without replacement with chances in proportion to their sales

    P(i) ∝ salesᵢ ,    amountᵢⱼ ∝ salesᵢ · leftⱼ ,     fitted (RAS) to what buyers need and suppliers can sell

so that no supplier sells more inside the region than it has to sell there; what finds no seller is bought outside.
An estimate is a picture of the kind of network, not of a link: give results with and without it.

Source: G. Fessina et al., arXiv:2408.02467 (stripe-corrected gravity with input sectors); T. Squartini, G. Caldarelli,
G. Cimini et al., Phys. Rep. 757 (2018) 1, doi:10.1016/j.physrep.2018.06.008; M. Bacharach (1970) for RAS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from zhizao.engines.chain._arrays import Floats, Ints, refusal, require, require_amounts
from zhizao.kernel.result import mark

_ROUNDS: Final = 200


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Estimated links, and what they do not explain.

    Attributes
    ----------
    links : ``supplier``, ``buyer``, ``amount``, ``basis`` (always ``estimated``); sorted by supplier and buyer
    outside : ``buyer``, ``sector``, ``amount``: needs that no local supplier can meet
    """

    links: pl.DataFrame
    outside: pl.DataFrame


def estimate_links(
    firms: pl.DataFrame,
    recipe: pl.DataFrame,
    declared: pl.DataFrame,
    *,
    suppliers_per_input: int,
    rng: np.random.Generator,
) -> Estimate:
    """Estimate the links that declared ones leave open.

    Parameters
    ----------
    firms : DataFrame
        ``firm``, ``sector`` (text), ``sales`` (inside the region, money), ``purchases`` (inside the region, money).
    recipe : DataFrame
        ``supplier_sector``, ``buyer_sector``, ``share`` of the purchases of that buyer sector, 0 to 1.
    declared : DataFrame
        ``supplier``, ``buyer``, ``amount``; of firms in the list.
    suppliers_per_input : suppliers that a buyer has for one input, at most
    rng : numpy Generator; the same state gives the same links

    Raises
    ------
    Refused
        ``chain.no_column``, ``chain.negative``, ``chain.not_finite``, ``chain.firm_twice``, ``chain.unknown_firm``,
        ``chain.recipe`` where the shares of a buyer sector exceed 1.

    Examples
    --------
    >>> firms = pl.DataFrame({"firm": ["m", "n", "b"], "sector": ["mill", "mill", "body"], "sales": [60.0, 40.0, 0.0],
    ...                       "purchases": [0.0, 0.0, 80.0]})
    >>> recipe = pl.DataFrame({"supplier_sector": ["mill"], "buyer_sector": ["body"], "share": [1.0]})
    >>> none = pl.DataFrame(schema={"supplier": pl.String, "buyer": pl.String, "amount": pl.Float64})
    >>> found = estimate_links(firms, recipe, none, suppliers_per_input=2, rng=np.random.default_rng(1))
    >>> found.links.with_columns(pl.col("amount").round(6)).rows()
    [('m', 'b', 48.0, 'estimated'), ('n', 'b', 32.0, 'estimated')]
    """
    at = _checked(firms, recipe, declared)
    sectors = firms["sector"].to_list()
    sales, purchases = (firms[name].cast(pl.Float64).to_numpy() for name in ("sales", "purchases"))
    sold = _places(declared["supplier"], at)
    bought = _places(declared["buyer"], at)
    amount = declared["amount"].cast(pl.Float64).to_numpy()
    left_to_sell = np.maximum(sales - np.bincount(sold, weights=amount, minlength=len(sales)), 0.0)
    covered = {
        (int(buyer), sector): money
        for buyer, sector, money in pl.DataFrame(
            {"buyer": bought, "sector": [sectors[place] for place in sold], "amount": amount},
            schema_overrides={"sector": pl.String},
        )
        .group_by("buyer", "sector")
        .agg(pl.col("amount").sum())
        .iter_rows()
    }
    makers: dict[str, list[int]] = {}
    for place, sector in enumerate(sectors):
        makers.setdefault(sector, []).append(place)
    shares: dict[str, list[tuple[str, float]]] = {}
    for supplier_sector, buyer_sector, share in recipe.select("supplier_sector", "buyer_sector", "share").iter_rows():
        shares.setdefault(buyer_sector, []).append((supplier_sector, share))
    partners = set(zip(sold.tolist(), bought.tolist(), strict=True))
    rows: list[int] = []
    columns: list[int] = []
    wants: list[tuple[int, str]] = []
    needs: list[float] = []
    for buyer, own in enumerate(sectors):
        for sector, share in sorted(shares.get(own, [])):
            need = share * purchases[buyer] - covered.get((buyer, sector), 0.0)
            if need <= 0:
                continue
            open_to = [
                i for i in makers.get(sector, []) if i != buyer and left_to_sell[i] > 0 and (i, buyer) not in partners
            ]
            chosen = _drawn(np.array(open_to, dtype=np.int64), left_to_sell, suppliers_per_input, rng)
            rows += chosen
            columns += [len(needs)] * len(chosen)
            needs.append(need)
            wants.append((buyer, sector))
    fitted = _fitted(np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64), left_to_sell, np.array(needs))
    names = firms["firm"].to_list()
    links = pl.DataFrame(
        {
            "supplier": [names[place] for place in rows],
            "buyer": [names[wants[column][0]] for column in columns],
            "amount": fitted,
        },
        schema={"supplier": pl.String, "buyer": pl.String, "amount": pl.Float64},
    )
    met = np.bincount(np.array(columns, dtype=np.int64), weights=fitted, minlength=len(needs))
    outside = pl.DataFrame(
        {
            "buyer": [names[buyer] for buyer, _ in wants],
            "sector": [sector for _, sector in wants],
            "amount": np.array(needs) - met,
        },
        schema={"buyer": pl.String, "sector": pl.String, "amount": pl.Float64},
    )
    return Estimate(
        links=links.filter(pl.col("amount") > 0).with_columns(basis=pl.lit("estimated")).sort("supplier", "buyer"),
        outside=outside.filter(pl.col("amount") > 1e-9 * max(float(purchases.max(initial=0.0)), 1e-300)),
    )


def _drawn(open_to: Ints, sales: Floats, most: int, rng: np.random.Generator) -> list[int]:
    if len(open_to) > most:
        weight = sales[open_to]
        open_to = rng.choice(open_to, size=most, replace=False, p=weight / weight.sum())
    return sorted(open_to.tolist())


def _fitted(supplier: Ints, need: Ints, sales: Floats, wanted: Floats) -> Floats:
    """Amounts in proportion to sales, met on the side of buyers, capped on that of suppliers; spare sales are used."""
    amount = sales[supplier] * wanted[need] if len(need) else np.zeros(0)
    for _ in range(_ROUNDS):
        bought = np.bincount(need, weights=amount, minlength=len(wanted))
        amount = amount * np.divide(wanted, bought, out=np.zeros_like(bought), where=bought > 0)[need]
        sold = np.bincount(supplier, weights=amount, minlength=len(sales))
        over = np.divide(sales, sold, out=np.ones_like(sold), where=sold > sales)
        amount = amount * over[supplier]
        if (over >= 1 - 1e-12).all():
            break
    return np.asarray(amount, dtype=np.float64)


def _checked(firms: pl.DataFrame, recipe: pl.DataFrame, declared: pl.DataFrame) -> dict[str, int]:
    require(firms, "firm", "sector", "sales", "purchases")
    require(recipe, "supplier_sector", "buyer_sector", "share")
    require(declared, "supplier", "buyer", "amount")
    require_amounts(firms, ["sales", "purchases"])
    require_amounts(recipe, ["share"])
    require_amounts(declared, ["amount"])
    over = recipe.group_by("buyer_sector").agg(pl.col("share").sum()).filter(pl.col("share") > 1 + 1e-9)
    if len(over):
        raise refusal(
            "recipe",
            mark("The inputs of sector %(sector)s add up to more than all that it buys."),
            sector=over["buyer_sector"].min(),
        )
    at = {name: place for place, name in enumerate(firms["firm"].to_list())}
    if len(at) < len(firms):
        raise refusal(
            "firm_twice", mark("A firm is listed twice."), row=int(firms["firm"].is_duplicated().arg_max() or 0)
        )
    for name in ("supplier", "buyer"):
        for row, firm in enumerate(declared[name]):
            if firm not in at:
                raise refusal("unknown_firm", mark("The firm %(firm)s is not in the network."), row=row, firm=firm)
    return at


def _places(names: pl.Series, at: dict[str, int]) -> Ints:
    return np.array([at[name] for name in names.to_list()], dtype=np.int64)
