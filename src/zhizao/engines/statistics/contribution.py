"""What each part contributes to the growth of a total: points first, shares where they mean something.

    points(i) = (x(i) − x₀(i)) / X₀ · 100          Σ points = growth of the total, in per cent
    share(i)  = (x(i) − x₀(i)) / ΔX · 100          Σ share = 100 %

A share is undefined where the total hardly moved although its parts did (|ΔX| < 5 % of Σ|Δ|): a part that grew by 3 can
be “300 %” of a change of 1. It is misleading where parts moved against each other; ``against`` says which did.

Source
------
Contributions to growth: *Quarterly National Accounts Manual*, IMF, 2017, chapter 8; 贡献率 and 拉动百分点 are
explained in the notes on main indicators of 《中国统计年鉴》.
"""

from __future__ import annotations

import polars as pl

from zhizao.engines.statistics._frames import refusal, require
from zhizao.engines.statistics.prices import one_basis
from zhizao.kernel.result import mark

LEAST_NET_SHARE = 0.05
"""Below this part of the parts' gross movement the net change is next to nought, and shares are undefined."""


def contributions(parts: pl.DataFrame) -> pl.DataFrame:
    """Contribution of every part to the growth of their sum.

    Parameters
    ----------
    parts : DataFrame
        Columns ``value`` and ``base`` (whole numbers, all known: a sum with an unknown part is unknown), others.

    Returns
    -------
    DataFrame
        The same rows with ``change`` (whole), ``points``, ``share_pct`` (null = undefined), ``against`` (moved against
        the total).

    Raises
    ------
    Refused
        ``statistics.unknown_part``, ``statistics.base``, ``statistics.mixed_prices``.

    Examples
    --------
    >>> frame = pl.DataFrame({"sector": ["a", "b"], "value": [130, 90], "base": [100, 100]})
    >>> contributions(frame).select("sector", "points", "share_pct", "against").rows()
    [('a', 15.0, 150.0, False), ('b', -5.0, -50.0, True)]
    """
    require(parts, whole=("value", "base"))
    if "price_basis" in parts.columns and len(parts):
        one_basis(parts["price_basis"])
    unknown = parts.select((pl.col("value").is_null() | pl.col("base").is_null()).arg_true()).to_series()
    if len(unknown):
        raise refusal(
            "unknown_part",
            mark("A part is unknown, so the total is unknown too."),
            remedy=mark("Give the missing figure, or leave the part out of both totals and say so."),
            row=int(unknown[0]),
        )
    changes = [value - base for value, base in parts.select("value", "base").iter_rows()]
    base, net, gross = sum(parts["base"].to_list()), sum(changes), sum(map(abs, changes))
    if base <= 0:
        raise refusal("base", mark("Growth needs a base above nought, and what falls keeps a part of it."))
    defined = abs(net) >= LEAST_NET_SHARE * gross and net != 0
    return parts.with_columns(
        pl.Series("change", changes, dtype=pl.Int64),
        pl.Series("points", [100 * change / base for change in changes], dtype=pl.Float64),
        pl.Series("share_pct", [100 * change / net if defined else None for change in changes], dtype=pl.Float64),
        pl.Series("against", [change * net < 0 for change in changes], dtype=pl.Boolean),
    )
