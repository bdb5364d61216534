"""Gaps of a chain (断点, 堵点): six classes, each with the conditions that decide and the rows that show it.

| class | rule (thresholds: ``packs/china/gaps``) |
|---|---|
| ``missing`` | no local firm, and local demand |
| ``weak`` | local firms, local share below τ, and demand above the median or a location quotient below 1 |
| ``single_source`` | one supplier, or a high HHI |
| ``exposed`` | most of it from one outside region |
| ``critical`` | systemic risk (ESRI of the node) among the highest |
| ``dead_end`` | a capable local firm without a local customer, and local demand |

The rules are dated data and answer yes, no or unknown: what is not known does not clear a segment. Measures of a node:
shares of purchases of known place (``localisation``), HHI over suppliers (``concentration``), the rank of its ESRI.

Source: working definitions of the project; for HHI and outside dependence see ``concentration``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import polars as pl

from zhizao.engines.chain._arrays import require, require_amounts
from zhizao.engines.chain.concentration import outside_dependence, supplier_concentration
from zhizao.engines.chain.localisation import local_sourcing
from zhizao.kernel.rules import Rulebook, evaluate

GAPS: Final = ("missing", "weak", "single_source", "exposed", "critical", "dead_end")


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """What was found.

    Attributes
    ----------
    measures : one row a node: the facts that the rules ask for
    found : ``node``, ``gap``, ``status`` (yes or unknown), ``deciding``, ``missing`` (lists of names); a no has no row
    evidence : ``node``, ``gap``, ``table`` (purchases or firms), ``row`` (from 0) of that table; for what is yes
    """

    measures: pl.DataFrame
    found: pl.DataFrame
    evidence: pl.DataFrame


@cache
def gap_rules(*regional: Path) -> Rulebook:
    """The nation's rules, and above them those of the files given.

    Examples
    --------
    >>> sorted(gap_rules().ids) == sorted(f"gap.{name}" for name in GAPS)
    True
    """
    folder = Path(str(files("zhizao"))) / "packs" / "china" / "gaps"
    return Rulebook.load([*sorted(folder.glob("*.yaml")), *regional])


def find_gaps(
    nodes: pl.DataFrame, firms: pl.DataFrame, purchases: pl.DataFrame, *, book: Rulebook, on: dt.date
) -> Gaps:
    """Ask every rule of every node.

    Parameters
    ----------
    nodes : DataFrame
        ``node``, ``demand_wan_yuan`` (what the region buys; null = what the purchases show), ``location_quotient``,
        ``esri``; nulls are unknown.
    firms : DataFrame
        Local firms: ``firm``, ``node``, ``capable`` (boolean or null).
    purchases : DataFrame
        What local firms buy: ``buyer``, ``node``, ``supplier``, ``region``, ``local``, ``amount`` (万元).
    book : Rulebook
        Of :func:`gap_rules`.
    on : date
        The day whose thresholds hold.

    Raises
    ------
    Refused
        ``chain.no_column``, ``chain.negative``, ``chain.not_finite``.

    Examples
    --------
    >>> nodes = pl.DataFrame({"node": ["cell"], "demand_wan_yuan": [50.0], "location_quotient": [0.2], "esri": [None]})
    >>> firms = pl.DataFrame(schema={"firm": pl.String, "node": pl.String, "capable": pl.Boolean})
    >>> bought = pl.DataFrame({"buyer": ["a"], "node": ["cell"], "supplier": ["x"], "region": ["sea"],
    ...                        "local": [False], "amount": [50.0]})
    >>> gaps = find_gaps(nodes, firms, bought, book=gap_rules(), on=dt.date(2025, 1, 1))
    >>> gaps.found.filter(status="yes")["gap"].to_list()
    ['missing', 'single_source', 'exposed']
    """
    require(nodes, "node", "demand_wan_yuan", "location_quotient", "esri")
    require(firms, "firm", "node", "capable")
    require(purchases, "buyer", "node", "supplier", "region", "local", "amount")
    require_amounts(nodes, ["demand_wan_yuan", "location_quotient", "esri"])
    measures = _measures(nodes, firms, purchases)
    answers = []
    for gap in GAPS:
        rule = book.rule(f"gap.{gap}", as_of=on)
        answer = evaluate(rule, measures).with_columns(pl.col("status").cast(pl.String))
        if gap == "exposed":
            answer = _doubted(answer, evaluate(rule, _all_from_one_region(measures)))
        answers.append(answer.select(measures["node"], pl.lit(gap).alias("gap"), "status", "deciding", "missing"))
    found = pl.concat(answers).filter(pl.col("status") != "no")
    return Gaps(measures=measures, found=found, evidence=_evidence(found, measures, firms, purchases))


def _all_from_one_region(measures: pl.DataFrame) -> pl.DataFrame:
    """The measures if what comes from outside, nobody knows whence, came from the largest region too."""
    share, unnamed = pl.col("outside_region_share_pct"), pl.col("outside_unnamed_share_pct")
    return measures.with_columns(outside_region_share_pct=share + unnamed.fill_null(0.0))


def _doubted(answer: pl.DataFrame, at_most: pl.DataFrame) -> pl.DataFrame:
    """A no that could be a yes is unknown."""
    doubtful = (pl.col("status") == "no") & (at_most["status"].cast(pl.String) == "yes")
    return answer.with_columns(
        status=pl.when(doubtful).then(pl.lit("unknown")).otherwise("status"),
        missing=pl.when(doubtful).then(pl.lit(["outside_region_share_pct"])).otherwise("missing"),
    )


def _measures(nodes: pl.DataFrame, firms: pl.DataFrame, purchases: pl.DataFrame) -> pl.DataFrame:
    by = ["node"]
    idle = pl.col("idle_known") > 0
    local = (
        firms.with_columns(sells=pl.col("firm").is_in(purchases["supplier"].drop_nulls().to_list()))
        .group_by(by)
        .agg(
            pl.col("firm").n_unique().alias("local_firms"),
            (~pl.col("sells") & pl.col("capable")).sum().alias("idle_known"),
            (~pl.col("sells") & pl.col("capable").is_null()).any().alias("idle_doubtful"),
        )
        .with_columns(idle_firms=pl.when(idle | ~pl.col("idle_doubtful")).then("idle_known"))
    )
    sourcing = local_sourcing(purchases, by=by).select("node", "bought", pl.col("share_by_value") * 100)
    suppliers = supplier_concentration(purchases, by=by, single_source_share=1.0).select(
        "node", "suppliers", "hhi", "largest_supplier"
    )
    outside = outside_dependence(purchases, by=by).select(
        "node",
        "outside_region",
        pl.when(pl.col("outside_share") == 0)
        .then(0.0)
        .otherwise(pl.col("outside_region_share") * 100)
        .alias("outside_region_share_pct"),
        (pl.col("outside_unnamed_share") * 100).alias("outside_unnamed_share_pct"),
    )
    joined = nodes
    counts = ("local_firms", "suppliers", "idle_firms")
    for frame in (local, sourcing, suppliers, outside):
        joined = joined.join(frame, on="node", how="left", maintain_order="left")
    bought = pl.when(pl.col("bought") > 0).then("bought")
    demand = pl.coalesce(pl.col("demand_wan_yuan").cast(pl.Float64), bought)
    esri = pl.col("esri").cast(pl.Float64)
    return joined.with_columns(pl.col(counts).cast(pl.Int64), demand_wan_yuan=demand).select(
        "node",
        pl.col("local_firms").fill_null(0),
        "demand_wan_yuan",
        (pl.col("demand_wan_yuan") > pl.col("demand_wan_yuan").median()).alias("demand_above_median"),
        pl.col("share_by_value").alias("local_share_pct"),
        pl.col("location_quotient").cast(pl.Float64),
        "suppliers",
        "hhi",
        "largest_supplier",
        "outside_region",
        "outside_region_share_pct",
        "outside_unnamed_share_pct",
        ((esri.rank("min", descending=True) - 1) * 100 / esri.count()).alias("esri_rank_pct"),
        pl.when(pl.col("local_firms").is_null()).then(0).otherwise("idle_firms").alias("idle_firms"),
    )


def _evidence(
    found: pl.DataFrame, measures: pl.DataFrame, firms: pl.DataFrame, purchases: pl.DataFrame
) -> pl.DataFrame:
    """The rows behind each gap that is certain."""
    yes = found.filter(pl.col("status") == "yes").select("node", "gap")
    named = measures.select("node", "largest_supplier", "outside_region")
    bought = yes.join(purchases.with_row_index("row"), on="node", how="inner").join(named, on="node", how="left")
    gap = pl.col("gap")
    shows = (
        (gap == "missing")
        | ((gap == "weak") & ~pl.col("local"))
        | ((gap == "single_source") & (pl.col("supplier") == pl.col("largest_supplier")))
        | ((gap == "exposed") & ~pl.col("local") & (pl.col("region") == pl.col("outside_region")))
        | (gap == "dead_end")
    )
    makers = yes.join(firms.with_row_index("row"), on="node", how="inner")
    sells = pl.col("firm").is_in(purchases["supplier"].drop_nulls().to_list())
    stands = (gap == "critical") | ((gap == "dead_end") & ~sells & pl.col("capable"))
    columns = ("node", "gap", "table", pl.col("row").cast(pl.Int64))
    return pl.concat(
        [
            bought.filter(shows).with_columns(table=pl.lit("purchases")).select(*columns),
            makers.filter(stands).with_columns(table=pl.lit("firms")).select(*columns),
        ]
    ).sort("node", "gap", "table", "row")
