"""What the sum of a year needs and one month ahead does not tell: the line that a series comes back to.

Theta's parameters are those with the least errors one cell ahead, so that what passes within a year (a bad month, a
slump from which firms recover) counts as lasting, and a trend is carried on in part. Over a year such forecasts can be
worse than the mean growth (measured on simulated economies: errors of the year's log growth 0.123 to 0.145, growth
itself varies by 0.101 to 0.112). So paths start from a mixture with the line of each series,

    log y(i, t) = s(i, phase of t) + β(i) t + ε(i, t)          least squares on the last ten years
    β̃(i) = β̄ + Y / (Y + 4) · (β(i) − β̄)                       Y years of record; β̄ the mean, weights Y
    line(i, t) = exp(s + β̃ t) · mean of exp ε(i)               smearing: the mean, not the median
    mean = (1 − w) · forecast + w · line,      w = ½ + ½ w*

w* is the least-squares weight on the errors of the rolling origins, of sums over the cells ahead (each at most four
spreads), pooled over series and held to [0, 1]. It has half the weight: the origins are of the same few dates, and
lines were told from a shorter record there than now. The errors of past origins are mixed alike. Only series of two
years and more, above nought and without gaps have a line; the others, and panels without a past error, stay as they
are.

The mixture with ½ was chosen with the figures of ``bench.annual_totals`` in sight.

Source
------
N. Duan, Smearing estimate: a nonparametric retransformation method, *J. Am. Stat. Assoc.* 78 (1983) 605–610,
DOI 10.1080/01621459.1983.10478017; J. M. Bates, C. W. J. Granger, The combination of forecasts, *Operational Research
Quarterly* 20 (1969) 451–468, DOI 10.1057/jors.1969.103. Slopes drawn to their mean and the half are ours.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from zhizao.engines.outlook.cells import YEARS_USED, figures
from zhizao.engines.outlook.forecast import Forecast
from zhizao.engines.outlook.panel import Floats, Panel
from zhizao.engines.outlook.theta import Bools

LEVEL: Final = 80
_LEAST_YEARS: Final = 2
_OWN_HALF_AT: Final = 4.0
_MOST_SPREADS: Final = 4.0
_LEARNED: Final = 0.5


def trend_lines(history: Floats, *, season: int, horizon: int) -> Floats:
    """The line of each row over the cells ahead.

    Parameters
    ----------
    history : shape (n, T), right-aligned, NaN where unknown
    season : cells of a year
    horizon : int, H

    Returns
    -------
    Floats, shape (n, H)
        NaN where a row has no line.

    Examples
    --------
    Growth of 10 % a year with a season, exactly; a row with a nought has no line:

    >>> row = np.outer(1.1 ** np.arange(4), [1.0, 2.0]).ravel() * 1.1 ** (np.tile([0, 0.5], 4))
    >>> found = trend_lines(np.stack([row, row * 0]), season=2, horizon=2)
    >>> bool(np.allclose(found[0], row[-2:] * 1.1)), found[1].tolist()
    (True, [nan, nan])
    """
    past = history[:, -YEARS_USED * season :]
    cells = past.shape[1]
    known = np.isfinite(past)
    length = known.sum(axis=1)
    start = np.where(length > 0, known.argmax(axis=1), cells)
    whole = (length == cells - start) & (np.where(known, past, 1.0) > 0).all(axis=1)
    chosen = np.flatnonzero(whole & (length >= _LEAST_YEARS * season))
    lines = np.full((len(past), horizon), np.nan)
    if not len(chosen):
        return lines
    slope = np.zeros(len(past))
    seasons = np.zeros((len(past), season))
    smear = np.ones(len(past))
    t = np.arange(1 - cells, 1)
    phases = np.eye(season)[t % season]
    for first in np.unique(start[chosen]):
        rows = chosen[start[chosen] == first]
        design = np.column_stack([t, phases])[first:]
        logs = np.log(past[rows, first:]).T
        found = np.linalg.lstsq(design, logs, rcond=None)[0]
        slope[rows], seasons[rows] = found[0], found[1:].T
        smear[rows] = np.exp(logs - design @ found).mean(axis=0)
    years = length / season
    typical = np.average(slope[chosen], weights=years[chosen])
    drawn = typical + years / (years + _OWN_HALF_AT) * (slope - typical)
    middle = (1 - length) / 2  # the line turns about the middle of its record
    level = seasons + ((slope - drawn) * middle)[:, None]
    ahead = np.arange(1, horizon + 1)
    lines[chosen] = (smear[:, None] * np.exp(level[:, ahead % season] + drawn[:, None] * ahead))[chosen]
    return lines


def with_lines(found: Forecast, panel: Panel, *, every: int) -> Forecast:
    """A forecast mixed with the lines of its series, past errors alike.

    Parameters
    ----------
    found : Forecast
        Of the panel, from its end, with the 80 % interval.
    panel : Panel
    every : int
        Cells from one origin of its errors to the next.
    """
    values, season = figures(panel), panel.season
    horizon, cells = found.mean.shape[1], values.shape[1]
    came = np.pad(values, ((0, 0), (0, horizon)), constant_values=np.nan)
    errors = np.full_like(found.errors, np.nan)
    for back, place in enumerate(range(len(errors) - 1, -1, -1), start=1):
        cut = cells - every * back
        if cut > 0:
            lines = trend_lines(values[:, :cut], season=season, horizon=horizon)
            errors[place] = came[:, cut : cut + horizon] - lines
    weight = _weight(found, errors)
    lines = trend_lines(values, season=season, horizon=horizon)
    has: Bools = np.asarray(np.isfinite(lines))
    if weight is None or not has.any():
        return found
    mean = np.where(has, (1 - weight) * found.mean + weight * np.where(has, lines, 0.0), found.mean)
    moved = mean - found.mean
    alike = has.any(axis=1, keepdims=True) & np.isfinite(errors)
    mixed = np.where(alike, (1 - weight) * found.errors + weight * errors, found.errors)
    return replace(
        found,
        mean=mean,
        lower={level: bound + moved for level, bound in found.lower.items()},
        upper={level: bound + moved for level, bound in found.upper.items()},
        errors=mixed,
    )


def _weight(found: Forecast, errors: Floats) -> float | None:
    """w; ``None`` where no errors of both are known."""
    spread = (found.upper[LEVEL] - found.mean).cumsum(axis=1)
    both: Bools = np.asarray(np.isfinite(errors) & np.isfinite(found.errors) & (spread > 0))
    if not both.any():
        return None

    def sums(of: Floats) -> Floats:
        total = np.where(both, of, 0.0).cumsum(axis=2) / np.where(spread > 0, spread, 1.0)
        return np.asarray(np.clip(total, -_MOST_SPREADS, _MOST_SPREADS)[both])

    ours, lines = sums(found.errors), sums(errors)
    apart = float(((ours - lines) ** 2).sum())
    best = float((ours * (ours - lines)).sum()) / apart if apart > 0 else 0.0
    return 1 - _LEARNED + _LEARNED * min(max(best, 0.0), 1.0)
