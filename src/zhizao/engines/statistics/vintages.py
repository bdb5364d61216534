"""How much figures change after they are first published.

For one figure (subject, indicator, span …) with the vintages v₁ (first known) … v_n (last known by the as-of instant),
r = v_n − v₁. Over the figures of an indicator:

    mean revision                    MR   = Σ r / N            a bias: first figures too low (+) or too high (−)
    mean absolute revision           MAR  = Σ |r| / N
    relative mean absolute revision  RMAR = Σ |r| / Σ |v_n|

A figure that is withdrawn or unknown in either vintage has no revision and is not counted as nought.

Source
------
R. McKenzie, M. Gamba, *Interpreting the results of revision analyses: recommended summary statistics*, OECD/Eurostat
Task Force on Revision Analysis, 2008.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from zhizao.engines.statistics._frames import require


def revisions(vintages: pl.DataFrame, *, identity: Sequence[str], as_of: datetime) -> pl.DataFrame:
    """First and last vintage of every figure.

    Parameters
    ----------
    vintages : DataFrame
        Columns ``identity`` (what names a figure), ``known_from`` (instant), ``value`` (whole; null = unknown).
    identity : sequence of str
    as_of : datetime
        Vintages known later do not exist yet.

    Returns
    -------
    DataFrame
        ``identity``, ``first``, ``latest``, ``vintages`` (how many), ``revision`` (null where either is unknown).

    Examples
    --------
    >>> rows = pl.DataFrame({"span": ["2025-03"] * 2, "known_from": [datetime(2025, 4, 9), datetime(2025, 5, 9)],
    ...                      "value": [100, 97]})
    >>> revisions(rows, identity=["span"], as_of=datetime(2025, 6, 1)).row(0)
    ('2025-03', 100, 97, 2, -3)
    >>> revisions(rows, identity=["span"], as_of=datetime(2025, 5, 1))["revision"].item()
    0
    """
    require(vintages, columns=(*identity, "known_from"), whole=["value"])
    known = vintages.filter(pl.col("known_from") <= as_of).sort("known_from", maintain_order=True)
    return known.group_by(*identity, maintain_order=True).agg(
        first=pl.col("value").first(),
        latest=pl.col("value").last(),
        vintages=pl.len().cast(pl.Int64),
        revision=pl.col("value").last() - pl.col("value").first(),
    )


def summary(revised: pl.DataFrame, *, by: Sequence[str]) -> pl.DataFrame:
    """Mean, mean absolute and relative mean absolute revision of each group.

    Parameters
    ----------
    revised : DataFrame
        What :func:`revisions` gives.
    by : sequence of str
        The indicator, or the indicator and the sector.

    Returns
    -------
    DataFrame
        ``by``, ``figures``, ``changed_pct``, ``mean``, ``mean_absolute`` (in the figures' unit), ``relative_pct`` (null
        where all latest figures are nought).

    Examples
    --------
    >>> rows = pl.DataFrame({"indicator": ["x", "x"], "latest": [110, 190], "revision": [10, -10]})
    >>> summary(rows, by=["indicator"]).row(0)
    ('x', 2, 100.0, 0.0, 10.0, 6.66...)
    """
    require(revised, columns=by, whole=("latest", "revision"))
    revision, latest = pl.col("revision"), pl.col("latest")
    size = latest.abs().cast(pl.Float64).sum()
    known = revised.drop_nulls("revision")
    return known.group_by(*by, maintain_order=True).agg(
        figures=pl.len().cast(pl.Int64),
        changed_pct=100 * (revision != 0).mean(),
        mean=revision.mean(),
        mean_absolute=revision.abs().mean(),
        relative_pct=pl.when(size > 0).then(100 * revision.abs().cast(pl.Float64).sum() / size),
    )
