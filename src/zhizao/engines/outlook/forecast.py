"""Forecasts of a panel: means, calibrated intervals and the errors of rolling origins, for every series of any kind.

    y(i, T + h)  ∈  mean(i, h) ± q(p, h) · g(i) · spread(i, h)        with probability p

Means and spreads come from ``models`` (the fast Theta model, or a fallback); the largest series have the mean of
``combination``. The same is done at rolling origins inside the vintage, a quarter of a year apart, each from what was
known before it; their errors give the factors q and g (``calibrate``) and are handed on, whole vectors of one date, for
joint sample paths.

A series that never was negative is not forecast to be: mean and bounds are kept at nought or above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from zhizao.engines.outlook.calibrate import factors, own_factors
from zhizao.engines.outlook.cells import Cells, cells_of, figures
from zhizao.engines.outlook.fallbacks import Kind
from zhizao.engines.outlook.models import peers_at
from zhizao.engines.outlook.panel import Floats, Panel
from zhizao.engines.outlook.work import Block, forecast_block
from zhizao.kernel.executor import Executor, Serial
from zhizao.kernel.result import Problem, Refused, mark
from zhizao.kernel.span import Span

Ints = npt.NDArray[np.int64]
Progress = Callable[[float], None]
ORIGINS: Final = 12
COMBINED: Final = 1000
"""So many of the largest series get the combination, which costs a hundred times the fast model."""
_DUST: Final = 1e-100
"""Smaller figures are noughts: their squares leave the range of a float."""
_BLOCK: Final = 512
_LARGE_BLOCK: Final = 8
_HORIZON: Final = 120
_REMARKS: Final = {
    int(Kind.CLOSED): mark("Only noughts for a year: taken as closed."),
    int(Kind.CONSTANT): mark("All figures are the same: the forecast repeats them and knows of no spread."),
    int(Kind.ZEROS): mark("Nought now and then, or suspended: the chance of a figure times its size."),
    int(Kind.SHORT): mark("Less than two years of figures: season and growth lean on the other series."),
}
_LATE: Final = mark("The latest figures are missing: the forecast starts from the last one known.")
_JOINT: Final = mark("January and February are known together: their two forecasts are parts of one.")
MODELS: Final = ("none", "closed", "constant", "intermittent", "peers", "theta", "theta")
"""The model of each ``Kind``, in its order; the largest series have “median” in place of “theta”."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """What is expected of n series over H cells, and how wrong such forecasts were.

    Attributes
    ----------
    series : names, n of them
    first_month : first month of the first forecast cell, year × 12 + month − 1
    step_months : months of a cell, as in the panel
    mean : shape (n, H)
    lower, upper : for each level in per cent, shape (n, H)
    errors : shape (O, n, H), actual − forecast of O rolling origins inside the vintage, latest last; NaN where unknown
    notes : (series, model or fallback, remark); the remark is a msgid of the catalogue, or empty
    """

    series: tuple[str, ...]
    first_month: int
    step_months: int
    mean: Floats
    lower: Mapping[int, Floats]
    upper: Mapping[int, Floats]
    errors: Floats
    notes: tuple[tuple[str, str, str], ...] = ()

    def spans(self) -> list[Span]:
        """The span of each forecast cell."""
        months = range(self.first_month, self.first_month + self.step_months * self.mean.shape[1], self.step_months)
        return [Span(month, self.step_months) for month in months]


@dataclass(frozen=True, eq=False)
class _Made:
    """Forecasts by month of all series: the first of the leading axis is the vintage, then the origins back in time."""

    mean: Floats
    spread: Floats
    kind: Ints
    missing: Ints
    combined: npt.NDArray[np.bool_]


def forecast(
    panel: Panel,
    *,
    horizon: int,
    levels: Sequence[int] = (80, 95),
    origins: int = ORIGINS,
    combined: int = COMBINED,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """Forecast every series of a panel.

    Parameters
    ----------
    panel : Panel
    horizon : int
        Cells ahead, 1 to 120.
    levels : sequence of int
        Of the intervals, in per cent, 1 to 99.
    origins : int
        Rolling origins inside the vintage, a quarter of a year apart; 0 leaves calibration to the table.
    combined : int
        How many of the largest series get the median of three models; the others get the fast one.
    executor : Executor, optional
        Where the work runs; the result is the same everywhere.
    progress : callable, optional
        Told the part that is done, 0 to 1.

    Raises
    ------
    Refused
        ``outlook.bad_horizon``, ``outlook.bad_level``.

    Examples
    --------
    >>> months = np.tile([5.0, 1.0, 2.0, 4.0], 6) + np.random.default_rng(0).normal(0, 0.1, 24)
    >>> found = forecast(Panel(("a",), 24300, 3, months[None]), horizon=4, combined=0)
    >>> found.mean.round(0).tolist(), str(found.spans()[0]), found.notes
    ([[5.0, 1.0, 2.0, 4.0]], '2031Q1', (('a', 'theta', ''),))
    """
    _check(horizon, levels)
    panel = replace(panel, values=np.where(np.abs(panel.values) < _DUST, 0.0, panel.values))
    every = max(1, panel.season // 4) * panel.step_months
    ends = panel.end_month - every * np.arange(origins + 1)
    with nullcontext(executor) if executor else Serial() as run:
        made = _made(panel, ends, horizon, combined, run, progress or (lambda part: None))
    errors = _errors(panel, made, ends)
    own = own_factors(errors, made.spread[1:], made.kind[1:])[:, None]
    q = factors(errors, made.spread[1:] * own, made.kind[1:], levels=levels, horizons=np.arange(1, horizon + 1))
    lowest = np.where(_was_negative(panel), -np.inf, 0.0)[:, None]
    mean = np.maximum(made.mean[0], lowest)
    ahead = _ahead(panel, horizon)
    half = {level: q[level][made.kind[0][:, None], ahead] * own * made.spread[0] for level in levels}
    return Forecast(
        series=panel.series,
        first_month=panel.end_month,
        step_months=panel.step_months,
        mean=mean,
        lower={level: np.maximum(mean - half[level], lowest) for level in levels},
        upper={level: mean + half[level] for level in levels},
        errors=errors[::-1],
        notes=tuple(_notes(panel, made)),
    )


forecast_panel = forecast  # the name it has in the package, where that of the module is taken


def _check(horizon: int, levels: Sequence[int]) -> None:
    if not 1 <= horizon <= _HORIZON:
        message = mark("The horizon is %(number)s; it must be from 1 to %(highest)s.")
        params = {"number": horizon, "highest": _HORIZON}
        raise Refused(Problem("outlook.bad_horizon", message, params=params))
    for level in levels:
        if not 1 <= level <= 99:
            message = mark("The level %(number)s is not from 1 to 99 per cent.")
            raise Refused(Problem("outlook.bad_level", message, params={"number": level}))


def _made(panel: Panel, ends: Ints, horizon: int, combined: int, executor: Executor, tell: Progress) -> _Made:
    """Every series at every end."""
    shape = (len(ends), len(panel.series))
    mean = np.full((*shape, horizon), np.nan)
    zero = np.zeros(shape[1], np.int64)
    made = _Made(mean, mean.copy(), np.zeros(shape, np.int64), zero, zero.astype(bool))
    blocks = list(_blocks(panel, ends, horizon, _largest(panel, combined)))
    for number, (block, outlooks) in enumerate(zip(blocks, executor.map(forecast_block, blocks), strict=True)):
        tell(number / len(blocks))
        rows = block.cells.rows
        for k, (end, outlook) in enumerate(zip(ends, outlooks, strict=True)):
            months, cell = _months_and_cells(panel, block.cells, int(end), horizon)
            weights = block.cells.weights(months)
            made.mean[k, rows] = outlook.mean[:, cell] * weights
            made.spread[k, rows] = outlook.spread[:, cell] * weights
            made.kind[k, rows] = outlook.kind
        made.missing[rows], made.combined[rows] = outlooks[0].missing, outlooks[0].combined
    return made


def _blocks(panel: Panel, ends: Ints, horizon: int, largest: Ints) -> Iterator[Block]:
    for cells in cells_of(panel):
        cuts = tuple(int(cells.cell_of(np.array([end]))[0]) for end in ends)
        ahead = tuple(int(_months_and_cells(panel, cells, int(end), horizon)[1][-1]) + 1 for end in ends)
        peers = tuple(peers_at(cells, cut) for cut in cuts)
        is_large = np.isin(cells.rows, largest)
        for chosen, size in ((is_large, _LARGE_BLOCK), (~is_large, _BLOCK)):
            rows = np.flatnonzero(chosen)
            for first in range(0, len(rows), size):
                yield Block(cells.only(rows[first : first + size]), cuts, ahead, peers, combined=chosen is is_large)


def _months_and_cells(panel: Panel, cells: Cells, end: int, horizon: int) -> tuple[Ints, Ints]:
    """The first months of the cells after an end, and how far ahead the cells are in which they lie, from 0."""
    months = end + panel.step_months * np.arange(horizon)
    cell = cells.cell_of(np.append(months, end))
    return months, cell[:-1] - cell[-1]


def _largest(panel: Panel, count: int) -> Ints:
    """The rows of the largest series, by the mean size of what is known of the last year."""
    last = np.abs(panel.values[:, -panel.season :])
    known = np.isfinite(last)
    size = np.where(known, last, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    rows: Ints = np.sort(np.argsort(-size, kind="stable")[: max(count, 0)])
    return rows


def _errors(panel: Panel, made: _Made, ends: Ints) -> Floats:
    """Actual − forecast of the origins; a joint January–February has the error of each month by its part."""
    horizon = made.mean.shape[2]
    actual = np.pad(figures(panel), ((0, 0), (0, horizon)), constant_values=np.nan)
    errors = np.full_like(made.mean[1:], np.nan)
    for k, end in enumerate(ends[1:]):
        first = (int(end) - panel.first_month) // panel.step_months
        if first > 0:
            errors[k] = actual[:, first : first + horizon] - made.mean[k + 1]
    return errors


def _ahead(panel: Panel, horizon: int) -> Ints:
    """Which factor each forecast has, from 0: a joint January has that of its February, so that their bounds add up."""
    ahead = np.tile(np.arange(horizon), (len(panel.series), 1))
    for cells in cells_of(panel):
        if cells.season == 11:
            january = np.flatnonzero((panel.end_month + np.arange(horizon)) % 12 == 0)
            ahead[np.ix_(cells.rows, january)] = np.minimum(january + 1, horizon - 1)
    return ahead


def _was_negative(panel: Panel) -> npt.NDArray[np.bool_]:
    negative = np.array((np.nan_to_num(panel.values) < 0).any(axis=1))
    negative[[one.series for one in panel.joint if one.value < 0]] = True
    return negative


def _notes(panel: Panel, made: _Made) -> Iterator[tuple[str, str, str]]:
    joint = {int(row) for cells in cells_of(panel) if cells.season == 11 for row in cells.rows}
    for row, (series, kind) in enumerate(zip(panel.series, made.kind[0], strict=True)):
        model = "median" if made.combined[row] else MODELS[int(kind)]
        remarks = [_REMARKS.get(int(kind), "")]
        remarks += [_LATE] * bool(made.missing[row]) + [_JOINT] * (row in joint)
        yield from ((series, model, remark) for remark in [one for one in remarks if one] or [""])
