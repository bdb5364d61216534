"""Figures in the wrong unit: ten times, a thousand or ten thousand times too large or too small.

A firm that writes 元 where 万元 is asked is wrong by 10⁴, 千元 by 10, 亿元 by 10⁻⁴. For a positive figure let

    d = log₁₀(value / months) − log₁₀ of what was to be expected,

expected from the firm's **own history**, the median of the same over up to six figures before and six after it, moved
by what its **peers** did in that month against theirs (the median of their d). Noise of honest figures is a Student t
with seven degrees of freedom: shocks of 60 % (−0.4) are in its tails. Its scale s is the firm's own median |d| times
1.4826 / 1.13, but at least 0.04 (10 %). With the prior share π of slips and w(f) of them off by the factor f,

    score = max over f of  π w(f) t((d − log₁₀ f)/s) / ( (1 − π) t(d/s) + π Σ w(f) t((d − log₁₀ f)/s) ),

the probability that the figure is off by f, given that the model holds. A figure of nought or below tells nothing about
its unit; a figure without three others of its own has no score: unknown is not good.

Source
------
Unit errors by the ratio to the own past: T. de Waal, J. Pannekoek, S. Scholtus, *Handbook of Statistical Data Editing
and Imputation*, Wiley, 2011, chapter 2, doi 10.1002/9780470904848. Median absolute deviation: F. R. Hampel, *JASA* 69
(1974) 383–393.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from zhizao.engines.statistics._frames import require

Floats = npt.NDArray[np.float64]

FACTORS: Final = {10: 0.2, 100: 0.02, 1_000: 0.06, 10_000: 0.2, 100_000_000: 0.02}
"""By how much figures are off, and the share of slips that are so, upwards and again downwards."""
PRIOR: Final = 0.01
"""The share of figures that are slips, before any is looked at."""
LEAST_SCORE: Final = 0.5
_WINDOW = 6
_LEAST_HISTORY = 3
_LEAST_SCALE = 0.04
_DEGREES = 7.0


def unit_slips(
    figures: pl.DataFrame, *, by: Sequence[str], peers: Sequence[str] = (), least_score: float = LEAST_SCORE
) -> pl.DataFrame:
    """Figures that are probably off by a power of ten, the surest first.

    Parameters
    ----------
    figures : DataFrame
        Columns ``by``, ``peers``, ``start_month``, ``months``, ``value`` (whole; null = unknown): months, or
        year-to-date figures, as they were reported.
    by : sequence of str
        What names a series: subject, indicator …
    peers : sequence of str
        What peers share: sector and indicator. Without it, all series are peers.
    least_score : float
        Figures below it are left out.

    Returns
    -------
    DataFrame
        The rows of ``figures`` with ``factor`` (the figure is so many times too large; below 1: too small), ``score``
        and ``proposed`` (what the figure is in the right unit, whole).

    Examples
    --------
    >>> rows = pl.DataFrame({"subject": "a", "start_month": range(24300, 24308), "months": 1,
    ...                      "value": [102, 98, 1_010_000, 99, 103, 97, 100, 101]})
    >>> unit_slips(rows, by=["subject"]).select("start_month", "factor", "proposed").rows()
    [(24302, 10000.0, 101)]
    """
    require(figures, columns=(*by, *peers), whole=("start_month", "months", "value"))
    rows = figures.with_row_index("_row").filter(pl.col("value") > 0)
    end = pl.col("start_month") + pl.col("months")
    rows = rows.with_columns(
        _end=end, _log=(pl.col("value") / pl.col("months")).log10(), _series=pl.struct(*by).rank("dense")
    ).sort("_series", "_end", "months")
    log, series = rows["_log"].to_numpy(), rows["_series"].to_numpy().astype(np.int64)
    rows = rows.with_columns(pl.Series("_d", log - _expected(log, series)).fill_nan(None))
    common = [pl.col(name) for name in (*peers, "_end", "months")]
    # of an odd pair or less there is no telling the peers' move from the firm's own
    moved = pl.when(pl.col("_d").count().over(common) > _LEAST_HISTORY).then(pl.col("_d").median().over(common))
    rows = rows.with_columns(_d=pl.col("_d") - moved.fill_null(0))
    spread = (pl.col("_d").abs().median().over("_series") * 1.4826 / 1.13).clip(lower_bound=_LEAST_SCALE)
    d, scale = (rows.select(column).to_series().to_numpy() for column in ("_d", spread))
    score, factor = _score(d, scale)
    told = rows.with_columns(pl.Series("factor", factor), pl.Series("score", score)).filter(
        pl.col("score") >= least_score
    )
    proposed = (pl.col("value") / pl.col("factor")).round().cast(pl.Int64)
    return told.with_columns(proposed=proposed).sort("score", "_row", descending=[True, False]).drop("^_.*$")


def _expected(log: Floats, series: npt.NDArray[np.int64]) -> Floats:
    """The median of up to six figures before and six after each, of the same series; NaN of fewer than three."""
    around = np.full((2 * _WINDOW, len(log)), np.nan)
    for step in range(1, min(_WINDOW, len(log) - 1) + 1):
        same = series[step:] == series[:-step]
        around[2 * step - 2, step:] = np.where(same, log[:-step], np.nan)
        around[2 * step - 1, :-step] = np.where(same, log[step:], np.nan)
    around.sort(axis=0)  # NaN last
    known = (~np.isnan(around)).sum(axis=0)
    at = np.arange(len(log))
    median = (around[np.maximum(known - 1, 0) // 2, at] + around[known // 2 % len(around), at]) / 2
    median = np.where(known == len(around), (around[_WINDOW - 1] + around[_WINDOW]) / 2, median)
    return np.where(known >= _LEAST_HISTORY, median, np.nan)


def _score(d: Floats, scale: Floats) -> tuple[Floats, Floats]:
    """The probability of the likeliest factor, and that factor; 0 where nothing is to be expected."""

    def density(x: Floats) -> Floats:
        return (1 + (x / scale) ** 2 / _DEGREES) ** (-(_DEGREES + 1) / 2)

    logs = np.log10(np.array(list(FACTORS), dtype=float))
    factors, weights = np.concatenate([logs, -logs]), PRIOR * np.tile(list(FACTORS.values()), 2)
    off = np.stack([weight * density(d - factor) for factor, weight in zip(factors, weights, strict=True)])
    score = off.max(axis=0) / ((1 - PRIOR) * density(d) + off.sum(axis=0))
    return np.nan_to_num(score), 10.0 ** factors[off.argmax(axis=0)]
