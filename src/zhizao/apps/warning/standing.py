"""How the economy stands, by group of enterprises: diffusion, growth, composite index, share in distress, climate.

Frames and arrays in, a record out; colours are not in it, they follow from dated cut-offs when it is read. Of a group
with members i, over those whose figure is known in month t and a year before (t − 11 cells, January–February is one):

    growth(t)    = 100 (Σ y(i,t) / Σ y(i,t−11) − 1)
    diffusion(t) = 100 (rose + same / 2) / known            of the counted indicator, on the year or the month before

Who has more than so many times the year before, or less than that part of it, takes no part in growth: a slip of the
unit, or another business. The composite index cumulates the changes of growth, so that it has no season
(``engines.warning.prosperity``). In distress is who was called by a rule of distress in this or one of the cells just
before. A group of which too few are known in a month is not told: single enterprises could be read from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from zhizao.engines.warning.figures import CELLS, Figures, Floats, months_of
from zhizao.engines.warning.prosperity import climate, composite_index, diffusion_index, turning_points
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    import polars as pl

YEAR_MONTHS = 12
MOST = 100.0


@dataclass(frozen=True, slots=True)
class Series:
    """The pack's choice of series (``prosperity/series.yaml``)."""

    counted: str
    coincident: tuple[str, ...]
    leading: tuple[str, ...]
    lamps: tuple[str, ...]
    least_members: int
    distress_cells: int
    distress_rules: tuple[str, ...]
    most_times: float


@dataclass(frozen=True, slots=True)
class Grouped:
    """Enterprises that are told together."""

    kind: str
    key: str
    name: str
    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class Answers:
    """What enterprises said in one quarter of their state now and of the one expected: 1 is better, 3 worse."""

    span: Span
    asked: frozenset[str]
    now: Mapping[str, str]
    ahead: Mapping[str, str]


@cache
def series() -> Series:
    """Read the pack."""
    import yaml

    data = (files("zhizao") / "packs" / "china" / "warning" / "prosperity" / "series.yaml").read_bytes()
    found: dict[str, Any] = yaml.safe_load(data)
    return Series(**{name: tuple(value) if isinstance(value, list) else value for name, value in found.items()})


def tell(
    figures: Figures, alarms: pl.DataFrame, groups: Sequence[Grouped], answers: Sequence[Answers], chosen: Series
) -> list[dict[str, Any]]:
    """What is told of each group.

    Parameters
    ----------
    figures : n enterprises over T cells
    alarms : ``subject``, ``month`` (the last of a cell, 2025-02), ``rule``
    groups : the first one holds all
    answers : by quarter
    chosen : which series

    Returns
    -------
    list of dict
        ``kind``, ``key``, ``name``, ``of`` (members), ``year_sum`` (of the counted indicator, in its unit), ``months``
        (a row for each cell), ``turns``, ``climate``.
    """
    distressed = _distressed(figures, alarms, chosen)
    rows = {subject: row for row, subject in enumerate(figures.subjects)}
    told = []
    for group in groups:
        members = np.array(sorted(rows[one] for one in group.members if one in rows), dtype=np.int64)
        told.append(
            {"kind": group.kind, "key": group.key, "name": group.name, "of": len(group.members)}
            | _group(figures, distressed, members, chosen)
            | {"climate": [_climate(one, group.members, chosen.least_members) for one in answers]}
        )
    return told


def _distressed(figures: Figures, alarms: pl.DataFrame, chosen: Series) -> Any:
    """Whether each enterprise is in distress in each cell, shape (n, T)."""
    found = np.zeros((len(figures.subjects), figures.cells), dtype=bool)
    row = {subject: place for place, subject in enumerate(figures.subjects)}
    column = {month: place for place, month in enumerate(figures.months())}
    for subject, month, rule in alarms.select("subject", "month", "rule").iter_rows():
        if rule in chosen.distress_rules and subject in row and month in column:
            begin = column[month]
            found[row[subject], begin : begin + chosen.distress_cells] = True
    return found


def _group(figures: Figures, distressed: Any, members: Any, chosen: Series) -> dict[str, Any]:
    own = {name: values[members] for name, values in figures.values.items()}
    growth = {name: _growth(values, chosen) for name, values in own.items()}
    nothing = np.full((len(members), figures.cells), np.nan)
    counted = own.get(chosen.counted, nothing)
    yearly, monthly = _changes(counted, CELLS), _changes(_a_month(counted, figures.first_cell), 1)
    known = np.any([np.isfinite(y) for y in own.values()], axis=0) if own else np.isfinite(nothing)
    trouble = (distressed[members] & known).sum(axis=0)
    is_told = known.sum(axis=0) >= chosen.least_members
    columns: dict[str, Floats] = {
        "diffusion": _enough(diffusion_index(yearly, most=MOST), yearly, chosen.least_members),
        "diffusion_mom": _enough(diffusion_index(monthly, most=MOST), monthly, chosen.least_members),
        "risk_pct": np.where(is_told, 100 * trouble / np.maximum(known.sum(axis=0), 1), np.nan),
        **{f"{name}_yoy_pct": growth[name] for name in chosen.lamps if name in growth},
    }
    columns |= {
        name: _composite([growth[one] for one in parts if one in growth], figures)
        for name, parts in (("coincident", chosen.coincident), ("leading", chosen.leading))
    }
    counts = {
        "known": known.sum(axis=0),
        "compared": np.isfinite(yearly).sum(axis=0),
        "rose": (yearly > 0).sum(axis=0),
        "fell": (yearly < 0).sum(axis=0),
        "distressed": trouble,
    }
    spans = [Span(month, 1) for month in months_of(figures.first_cell + np.arange(figures.cells)).tolist()]
    months = []
    for cell, span in enumerate(spans):
        shown = {
            name: int(values[cell]) if is_told[cell] or name == "known" else None for name, values in counts.items()
        }
        told = {name: float(values[cell]) if np.isfinite(values[cell]) else None for name, values in columns.items()}
        months.append({"span": str(span), **shown, **told})
    turns = _turns(columns["coincident"], figures.first_cell)
    return {"year_sum": _year_sum(counted, chosen.least_members), "months": months, "turns": turns}


def _year_sum(y: Floats, least: int) -> float | None:
    """The sum of all that is known of the last year; None where it is of too few."""
    last = y[:, -CELLS:]
    known = np.isfinite(last)
    return float(np.where(known, last, 0.0).sum()) if known.any(axis=1).sum() >= least else None


def _growth(y: Floats, chosen: Series) -> Floats:
    """Growth in % over those known in both years; NaN where they are too few or the base is not above nought."""
    found = np.full(y.shape[1], np.nan)
    if y.shape[1] <= CELLS:
        return found
    now, before = y[:, CELLS:], y[:, :-CELLS]
    both = np.isfinite(now) & np.isfinite(before)
    times = np.divide(now, before, out=np.ones_like(now), where=both & (now > 0) & (before > 0))
    both &= (times <= chosen.most_times) & (times * chosen.most_times >= 1)
    base, sums = np.where(both, before, 0.0).sum(axis=0), np.where(both, now, 0.0).sum(axis=0)
    can = (both.sum(axis=0) >= chosen.least_members) & (base > 0)
    found[CELLS:] = np.where(can, 100 * (sums / np.where(can, base, 1.0) - 1), np.nan)
    return found


def _changes(y: Floats, back: int) -> Floats:
    """Each enterprise's change on so many cells before; NaN where either is unknown."""
    found = np.full(y.shape, np.nan)
    if y.shape[1] > back:
        found[:, back:] = y[:, back:] - y[:, :-back]
    return found


def _a_month(y: Floats, first_cell: int) -> Floats:
    """Figures of cells by the month: January–February is two."""
    found: Floats = y / np.where((first_cell + np.arange(y.shape[1])) % CELLS == 0, 2.0, 1.0)
    return found


def _enough(index: Floats, changes: Floats, least: int) -> Floats:
    found: Floats = np.where(np.isfinite(changes).sum(axis=0) >= least, index, np.nan)
    return found


def _by_month(cells: Floats, first_cell: int) -> Floats:
    """Cells on the months from the first one: January and February have the same value."""
    found: Floats = np.repeat(cells, np.where((first_cell + np.arange(len(cells))) % CELLS == 0, 2, 1))
    return found


def _composite(parts: Sequence[Floats], figures: Figures) -> Floats:
    """The composite index of rates at each cell, 100 in the mean of its first year; NaN before the first rate."""
    cells, first_cell = figures.cells, figures.first_cell
    found = np.full(cells, np.nan)
    known = np.any([np.isfinite(one) for one in parts], axis=0) if parts else np.zeros(cells, dtype=bool)
    if known.sum() <= CELLS:
        return found
    first, last = int(known.argmax()), cells - int(known[::-1].argmax())
    x = np.array([_by_month(one[first:last], first_cell + first) for one in parts])
    index = composite_index(x, weights=[1.0] * len(parts), rates=[True] * len(parts), base=slice(0, YEAR_MONTHS))
    ends = np.cumsum(_by_cell(first_cell + first, last - first)) - 1
    found[first:last] = index[ends]
    return found


def _by_cell(first_cell: int, cells: int) -> Any:
    """Months of each cell."""
    return np.where((first_cell + np.arange(cells)) % CELLS == 0, 2, 1)


def _turns(index: Floats, first_cell: int) -> list[dict[str, Any]]:
    """The turning points of the coincident index, by month."""
    known = np.isfinite(index)
    if not known.any():
        return []
    first, last = int(known.argmax()), len(index) - int(known[::-1].argmax())
    start = int(months_of(np.array([first_cell + first]))[0]) - int(_by_cell(first_cell + first, 1)[0]) + 1
    found = turning_points(_by_month(index[first:last], first_cell + first))
    return [{"span": str(Span(start + place, 1)), "peak": bool(is_peak)} for place, is_peak in found]


def _climate(answers: Answers, members: frozenset[str], least: int) -> dict[str, Any]:
    """The two indices of the questionnaire in a group; unknown where fewer than ``least`` answered."""
    asked = len(answers.asked & members)
    told: dict[str, Any] = {"span": str(answers.span), "asked": asked}
    for name, given in (("present", answers.now), ("expected", answers.ahead)):
        own = [choice for subject, choice in given.items() if subject in members]
        told[f"{name}_answered"] = len(own)
        better, worse = (own.count(choice) / len(own) if own else 0.0 for choice in ("1", "3"))
        told[name] = climate(better, worse) if len(own) >= least else None
    return told
