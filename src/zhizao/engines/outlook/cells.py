"""The year that a series really has: twelve months, or eleven cells where January and February are one figure.

A model needs one observation a cell. A series whose January and February are known only together is put on a year of
**eleven** cells, the first of two months, in all its years (where both months are known they are added, and exactly).
So the joint figure is an observation like any other, is never divided before estimation, and its greater size is a
matter of the season. What is forecast for the joint cell is shown by month with the weights

    w(m) = days of m outside the seven days from the Spring Festival on / the same of both months

bounds and errors likewise, so that the two months add up to the joint figure, its bounds and its errors exactly.

Other joint figures (a month was not reported, the next year-to-date figure has both) are rare and irregular: their
cells are filled as gaps are, and then brought to their sum.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from zhizao.engines.outlook.panel import Floats, Joint, Panel
from zhizao.kernel.calendar import spring_festival
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

Ints = npt.NDArray[np.int64]
_PASSES: Final = 12
"""Filling a gap moves the level around it a little, and that the filling."""
YEARS_USED: Final = 10
"""Seasons change: with twenty years of China's exports the errors of the next are by a sixth to a third larger."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Series that share one kind of year.

    Attributes
    ----------
    rows : rows of the panel, shape (n,)
    values : shape (n, C), NaN where unknown
    joint : irregular joint figures; ``series`` counts the rows here, ``first`` the cells
    first_month : first month of the first cell
    season : cells of a year: 12, 11, 4 or 1
    """

    rows: Ints
    values: Floats
    joint: tuple[Joint, ...]
    first_month: int
    season: int

    def only(self, rows: Ints) -> Cells:
        """Some of the series, by their place here, in the order asked."""
        joint = _renumbered(self.joint, rows)
        return Cells(self.rows[rows], self.values[rows], joint, self.first_month, self.season)

    def cell_of(self, months: Ints) -> Ints:
        """The cell in which each month lies, counted from the first.

        >>> at = Cells(np.array([0]), np.zeros((1, 0)), (), 24300, 11)
        >>> at.cell_of(np.array([24300, 24301, 24302, 24311, 24312])).tolist()
        [0, 0, 1, 10, 11]
        """
        if self.season == 11:
            return _eleven(months) - int(_eleven(np.array([self.first_month]))[0])
        cells: Ints = (months - self.first_month) // (12 // self.season)
        return cells

    def weights(self, months: Ints) -> Floats:
        """The part of its cell that each month has: 1, but for January and February of eleven cells.

        >>> Cells(np.array([0]), np.zeros((1, 0)), (), 24300, 11).weights(np.array([24300, 24301, 24302])).round(3)
        array([0.538, 0.462, 1.   ])
        """
        if self.season != 11:
            return np.ones(len(months))
        return np.array([_weight(int(month)) for month in months])


def _eleven(months: Ints) -> Ints:
    cells: Ints = months // 12 * 11 + np.maximum(months % 12 - 1, 0)
    return cells


def _weight(month: int) -> float:
    if month % 12 > 1:
        return 1.0
    january = month - month % 12
    days = [_days_outside_the_festival(one) for one in (january, january + 1)]
    return days[month - january] / sum(days)


def _days_outside_the_festival(month: int) -> int:
    span = Span(month, 1)
    days = (span.last_day - span.first_day).days + 1
    try:
        first = spring_festival(span.year)
    except Refused:  # before 1990 and after 2050: days alone
        return days
    holidays = (first + timedelta(days=n) for n in range(7))
    return days - sum(span.first_day <= day <= span.last_day for day in holidays)


def cells_of(panel: Panel) -> list[Cells]:
    """The panel's series by the kind of their year: those of single months first, then those of eleven cells.

    Examples
    --------
    >>> from zhizao.engines.outlook.panel import read_panel
    >>> one, two = cells_of(read_panel(b"series,span,value\\na,2025-01..02,50\\na,2025-03,30\\nb,2025-03,7\\n"))
    >>> (one.rows.tolist(), one.season), (two.rows.tolist(), two.season, two.values.tolist())
    (([1], 12), ([0], 11, [[50.0, 30.0]]))
    """
    begin = max(panel.first_month, panel.end_month - 12 * YEARS_USED)
    skipped = -(-(begin - panel.first_month) // panel.step_months)
    values = panel.values[:, skipped:]
    first_month = panel.first_month + skipped * panel.step_months
    joint = [Joint(one.series, one.first - skipped, one.cells, one.value) for one in panel.joint]
    joint = [one for one in joint if one.first >= 0]
    winter = {
        one.series for one in joint if panel.step_months == 1 and one.cells == 2 and (first_month + one.first) % 12 == 0
    }
    apart = np.array([row for row in range(len(panel.series)) if row not in winter], dtype=np.int64)
    together = np.array(sorted(winter), dtype=np.int64)
    plain = Cells(apart, values[apart], _renumbered(joint, apart), first_month, panel.season)
    eleven = Cells(together, values[together], _renumbered(joint, together), first_month, 11)
    return [plain, _joined(eleven)] if len(together) else [plain]


def _renumbered(joint: Iterable[Joint], rows: Ints) -> tuple[Joint, ...]:
    place = {int(row): new for new, row in enumerate(rows)}
    return tuple(Joint(place[one.series], one.first, one.cells, one.value) for one in joint if one.series in place)


def _joined(by_month: Cells) -> Cells:
    """The same series with eleven cells a year; a cell of which a month is missing is unknown."""
    months = by_month.first_month + np.arange(by_month.values.shape[1])
    cell = by_month.cell_of(months)
    values = np.full((len(by_month.rows), cell[-1] + 1 if len(cell) else 0), np.nan)
    alone = months % 12 > 1
    values[:, cell[alone]] = by_month.values[:, alone]
    for january in np.flatnonzero(months[:-1] % 12 == 0):
        values[:, cell[january]] = by_month.values[:, january] + by_month.values[:, january + 1]
    others = []
    for one in by_month.joint:
        first, last = int(cell[one.first]), int(cell[one.first + one.cells - 1])
        if first == last:
            values[one.series, first] = one.value
        elif months[one.first] % 12 != 1:  # one that starts with February alone cannot be told in these cells
            others.append(Joint(one.series, first, last - first + 1, one.value))
    return Cells(by_month.rows, values, tuple(others), by_month.first_month, 11)


def filled(cells: Cells, cut: int) -> Floats:
    """The history before a cell, gaps inside filled: by the level around and the season.

    A gap takes the level around it (a moving average over a year) and the mean distance from it that the same cell has
    in other years; with less than two years, the line between its neighbours. Nothing is filled before the first figure
    or after the last.

    >>> at = Cells(np.array([0]), np.array([[1.0, np.nan, 3.0, np.nan]]), (), 24300, 12)
    >>> filled(at, 4).tolist()
    [[1.0, 2.0, 3.0, nan]]
    """
    history = cells.values[:, :cut].copy()
    known = np.array(np.isfinite(history))
    if known.all():
        return history
    at = np.arange(cut)
    first, last = known.argmax(axis=1), cut - 1 - known[:, ::-1].argmax(axis=1)
    inside = np.array(~known & (at >= first[:, None]) & (at <= last[:, None]) & (known.sum(axis=1) > 0)[:, None])
    for row in np.flatnonzero(inside.any(axis=1)):
        history[row] = _without_gaps(history[row], known[row], inside[row], cells.season)
    for one in cells.joint:
        part = slice(one.first, one.first + one.cells)
        if one.first + one.cells <= cut and not known[one.series, part].any():
            history[one.series, part] = _brought_to(history[one.series, part], one.value)
    return history


def figures(panel: Panel) -> Floats:
    """The panel's figures by cell, where a joint January–February stands by the parts that forecasts have too.

    Such parts serve to compare and to add up; no model reads them.

    >>> from zhizao.engines.outlook.panel import read_panel
    >>> figures(read_panel(b"series,span,value\\na,2025-01..02,52\\na,2025-03,30\\n")).tolist()
    [[28.0, 24.0, 30.0]]
    """
    found = panel.values.copy()
    months = panel.first_month + panel.step_months * np.arange(found.shape[1])
    for cells in cells_of(panel):
        if cells.season == 11:
            used = months >= cells.first_month
            parts = cells.values[:, np.minimum(cells.cell_of(months[used]), cells.values.shape[1] - 1)]
            parts = np.where(cells.cell_of(months[used]) < cells.values.shape[1], parts, np.nan)
            found[np.ix_(cells.rows, np.flatnonzero(used))] = parts * cells.weights(months[used])
    return found


def _without_gaps(row: Floats, known: npt.NDArray[np.bool_], inside: npt.NDArray[np.bool_], season: int) -> Floats:
    at = np.arange(len(row))
    line = np.interp(at, at[known], row[known])
    if known.sum() < 2 * season:
        return np.where(inside, line, row)
    weights = np.ones(season + 1 - season % 2) / season
    weights[[0, -1]] /= 2 - season % 2
    half = len(weights) // 2
    first, last = np.flatnonzero(known)[[0, -1]]
    clear = known & (at >= first + half) & (at <= last - half)  # the average leans to one side at the ends
    used = np.where(np.bincount(at[clear] % season, minlength=season)[at % season] > 0, clear, known)
    count = np.maximum(np.bincount(at[used] % season, minlength=season), 1)
    for _ in range(_PASSES):
        smooth = np.convolve(np.pad(line, half, mode="edge"), weights, mode="valid")
        above = np.where(used, row - smooth, 0.0)
        index = np.bincount(at % season, weights=above, minlength=season) / count
        line = np.where(inside, smooth + index[at % season], row)
        line = np.where(known | inside, line, np.interp(at, at[known], row[known]))
    return np.where(inside, line, row)


def _brought_to(part: Floats, total: float) -> Floats:
    """Cells brought to their sum: scaled where all are above nought, else the difference shared alike."""
    if not np.isfinite(part).all():
        return np.full(len(part), total / len(part))
    if bool((part > 0).all()) and total > 0:
        return np.asarray(part * (total / part.sum()))
    return np.asarray(part + (total - part.sum()) / len(part))
