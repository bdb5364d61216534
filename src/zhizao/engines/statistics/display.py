"""Months for the eye: spans that are known only as a whole, spread over their months and marked.

A chart of months needs a bar for January and February, which are one figure. The split

    m(i) = floor(value · w(i) / Σw),   what is left goes by largest remainder,

adds up exactly to the figure and is marked ``interpolated``. It is for display alone: nothing else may read it, and
growth, estimates and models take the spans as they are (``spans``).

Source
------
Largest remainder: M. L. Balinski, H. P. Young, *Fair Representation*, 2nd ed., 2001. Weights are the caller's: working
days of the months, or what the festival leaves of them.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from zhizao.engines.statistics._frames import refusal, require
from zhizao.kernel.result import mark


def months_for_display(pieces: pl.DataFrame, *, weights: Mapping[int, int] | None = None) -> pl.DataFrame:
    """Spread every span over its months.

    Parameters
    ----------
    pieces : DataFrame
        ``start_month``, ``months``, ``value`` (whole), of a flow, and any other columns.
    weights : mapping of month to int, optional
        Working days, say; months it does not name, and all without it, count 1.

    Returns
    -------
    DataFrame
        One row a month: the columns of ``pieces`` with ``months`` = 1, and ``interpolated``.

    Raises
    ------
    Refused
        ``statistics.weight``: a weight is negative, or all months of a span have none.

    Examples
    --------
    >>> joint = pl.DataFrame({"start_month": [24300, 24302], "months": [2, 1], "value": [101, 60]})
    >>> months_for_display(joint, weights={24300: 19, 24301: 18}).rows()
    [(24300, 1, 52, True), (24301, 1, 49, True), (24302, 1, 60, False)]
    """
    require(pieces, whole=("start_month", "months", "value"))
    rows: list[dict[str, object]] = []
    for row in pieces.iter_rows(named=True):
        months = range(row["start_month"], row["start_month"] + row["months"])
        parts = _split(row["value"], [(weights or {}).get(month, 1) for month in months])
        split = row["months"] > 1
        for month, part in zip(months, parts, strict=True):
            rows.append(row | {"start_month": month, "months": 1, "value": part, "interpolated": split})
    return pl.DataFrame(rows, schema={**pieces.schema, "interpolated": pl.Boolean})


def _split(value: int | None, weights: list[int]) -> list[int | None]:
    whole = sum(weights)
    if min(weights) < 0 or not whole:
        raise refusal("weight", mark("The weights of a span's months must not be negative, nor all nought."))
    if value is None:
        return [None] * len(weights)
    parts = [value * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(value * weights[i] % whole), i))
    for i in order[: value - sum(parts)]:
        parts[i] += 1
    return list(parts)
