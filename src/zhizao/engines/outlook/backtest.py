"""Forecasts as they would have been made, scored against what came: rolling origins, each with what it could know.

At every origin the whole forecast is made anew, calibration and the choice of models included, from the panel that ends
there. What was revised later is not undone here: give panels of each vintage where the ledger has them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zhizao.engines.outlook.cells import Cells, figures, filled
from zhizao.engines.outlook.forecast import COMBINED, ORIGINS, Forecast, forecast
from zhizao.engines.outlook.panel import Floats, Panel
from zhizao.engines.outlook.scores import Scores, naive2, score
from zhizao.kernel.executor import Executor
from zhizao.kernel.result import Problem, Refused, mark


@dataclass(frozen=True, eq=False)
class Backtest:
    """What rolling origins say.

    Attributes
    ----------
    ends : first month not known at each origin, the earliest first
    forecasts : of each origin
    actual : of each origin, shape (n, H)
    scores : over all origins
    by_origin : of each
    """

    ends: tuple[int, ...]
    forecasts: tuple[Forecast, ...]
    actual: tuple[Floats, ...]
    scores: Scores
    by_origin: tuple[Scores, ...]


def backtest(
    panel: Panel,
    *,
    horizon: int,
    origins: int,
    levels: Sequence[int] = (80, 95),
    every: int | None = None,
    combined: int = COMBINED,
    executor: Executor | None = None,
) -> Backtest:
    """Forecast from several origins and score against what came.

    Parameters
    ----------
    panel : Panel
    horizon : int
        Cells ahead; the latest origin lies so far before the panel's end.
    origins : int
        How many.
    levels : sequence of int
    every : int, optional
        Cells between origins; a quarter of a year by default.
    combined : int
        See ``forecast``.
    executor : Executor, optional

    Raises
    ------
    Refused
        ``outlook.no_origin`` where the panel is too short for the earliest origin: two years must lie before it.

    Examples
    --------
    >>> months = np.tile([5.0, 1.0, 2.0, 4.0], 8) + np.random.default_rng(0).normal(0, 0.1, 32)
    >>> found = backtest(Panel(("a",), 24300, 3, months[None]), horizon=4, origins=3, combined=0)
    >>> found.scores.count, found.scores.owa < 1.0
    (12, True)
    """
    every = every or max(1, panel.season // 4)
    cells = panel.values.shape[1]
    cuts = [cells - horizon - every * back for back in reversed(range(origins))]
    if origins < 1 or cuts[0] < 2 * panel.season:
        message = mark("%(origins)s origins with %(horizon)s periods ahead need a longer panel than %(cells)s periods.")
        remedy = mark("Ask for fewer origins or a shorter horizon: two years must lie before the first origin.")
        params = {"origins": origins, "horizon": horizon, "cells": cells}
        raise Refused(Problem("outlook.no_origin", message, remedy=remedy, params=params))
    known = figures(panel)
    ends = [panel.first_month + panel.step_months * cut for cut in cuts]
    forecasts = []
    for end in ends:
        past = panel.before(end)
        some = np.flatnonzero(past.known().any(axis=1))
        made = forecast(
            past.only(some), horizon=horizon, levels=levels, combined=combined, executor=executor, origins=ORIGINS
        )
        forecasts.append(_spread_out(made, panel, some))
    actual = [known[:, cut : cut + horizon] for cut in cuts]
    histories = [known[:, :cut] for cut in cuts]
    dense = [
        filled(Cells(np.arange(len(known)), history, (), panel.first_month, panel.season), history.shape[1])
        for history in histories
    ]
    benchmarks = [naive2(history, season=panel.season, horizon=horizon) for history in dense]
    by_origin = [
        score(one, made.mean, made.lower, made.upper, history=history, season=panel.season, benchmark=benchmark)
        for one, made, history, benchmark in zip(actual, forecasts, histories, benchmarks, strict=True)
    ]
    longest = max(history.shape[1] for history in histories)
    padded = [np.pad(one, ((0, 0), (longest - one.shape[1], 0)), constant_values=np.nan) for one in histories]
    together = score(
        np.vstack(actual),
        np.vstack([made.mean for made in forecasts]),
        {level: np.vstack([made.lower[level] for made in forecasts]) for level in levels},
        {level: np.vstack([made.upper[level] for made in forecasts]) for level in levels},
        history=np.vstack(padded),
        season=panel.season,
        benchmark=np.vstack(benchmarks),
    )
    return Backtest(tuple(ends), tuple(forecasts), tuple(actual), together, tuple(by_origin))


backtest_panel = backtest  # the name it has in the package, where that of the module is taken


def _spread_out(made: Forecast, panel: Panel, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Forecast:
    """The forecast with a row for every series of the panel, NaN where it had no figure yet."""

    def full(values: Floats) -> Floats:
        out = np.full((len(panel.series), values.shape[1]), np.nan)
        out[rows] = values
        return out

    def each(bounds: Mapping[int, Floats]) -> dict[int, Floats]:
        return {level: full(values) for level, values in bounds.items()}

    errors = np.full((len(made.errors), len(panel.series), made.mean.shape[1]), np.nan)
    errors[:, rows] = made.errors
    return Forecast(
        panel.series, made.first_month, made.step_months, full(made.mean), each(made.lower), each(made.upper), errors,
        made.notes,
    )  # fmt: skip
