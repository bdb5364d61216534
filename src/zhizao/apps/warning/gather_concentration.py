"""Concentration: how much of an area's or a sector's output of a year hangs on one enterprise or on few.

A year is the last eleven cells; an enterprise counts with what it reported of them, and not at all if that is nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zhizao.apps.warning.gathering import Case, Gathered, Missing, Seen
from zhizao.apps.warning.telling import OF, figure, row
from zhizao.kernel.result import mark
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.engines.warning.concentration import Concentration

FAMILY: Final = "concentration"
FACTS: Final = ("largest_pct", "largest_rise_points", "sector_hhi_points", "sector_hhi_rise_points", "enterprises")
OUTPUT: Final = "gross_output"
YEAR: Final = 11
AREA: Final = mark("One enterprise brings %(share)s %% of the output of a year; the four largest %(top)s %%.")
SECTOR: Final = mark("In the sector %(sector)s one enterprise brings %(share)s %% of the output of a year.")
NO_OUTPUT: Final = mark("No output of a year is known.")
LARGEST, TOP, HHI = (
    mark("Share of the largest enterprise"),
    mark("Share of the four largest"),
    mark("Herfindahl index, points"),
)


def gather(seen: Seen) -> tuple[list[Case], list[Missing]]:
    """One case for the area, one for each sector."""
    import numpy as np

    gathered = seen.gathered
    values = seen.found.figures.values.get(OUTPUT)
    if values is None or not np.isfinite(values[:, -YEAR:]).any():
        return [], [Missing(FAMILY, NO_OUTPUT)]
    now, before = _year(values[:, -YEAR:]), _year(values[:, -2 * YEAR : -YEAR])
    whole = _concentrated(now)
    cases = [] if whole is None else [_of_area(gathered, whole, _concentrated(before))]
    for place, key in enumerate(gathered.figures.sectors):
        own = gathered.figures.sector == place
        if key and (found := _concentrated(np.where(own, now, np.nan))) is not None:
            cases.append(_of_sector(gathered, key, found, _concentrated(np.where(own, before, np.nan))))
    return cases, []


def _year(values: Any) -> Any:
    import numpy as np

    known = np.isfinite(values).any(axis=1)
    return np.where(known, np.clip(np.nansum(values, axis=1), 0.0, None), np.nan)


def _concentrated(x: Any) -> Concentration | None:
    from zhizao.engines.warning.concentration import concentration

    return concentration(x)


def _of_area(gathered: Gathered, now: Concentration, before: Concentration | None) -> Case:
    subject = gathered.figures.subjects[now.largest]
    rise = None if before is None else now.largest_pct - before.largest_pct
    return Case(
        subject=subject,
        facts={"largest_pct": now.largest_pct, "largest_rise_points": rise},
        sentence=AREA,
        params={"share": round(now.largest_pct, 1), "top": round(now.top_pct, 1)},
        rows=_rows(gathered, subject, now, before),
        references=(figure(subject, OUTPUT, Span(gathered.month, 1)),),
        simulated=bool(gathered.simulated),
    )


def _of_sector(gathered: Gathered, key: str, now: Concentration, before: Concentration | None) -> Case:
    subject = gathered.figures.subjects[now.largest]
    rise = None if before is None else now.hhi_points - before.hhi_points
    return Case(
        subject=key,
        facts={"sector_hhi_points": now.hhi_points, "sector_hhi_rise_points": rise, "enterprises": now.n},
        sentence=SECTOR,
        params={"sector": gathered.sectors.get(key, key), "share": round(now.largest_pct, 1)},
        rows=_rows(gathered, subject, now, before),
        references=(figure(subject, OUTPUT, Span(gathered.month, 1)),),
        simulated=bool(gathered.simulated),
    )


def _rows(
    gathered: Gathered, subject: str, now: Concentration, before: Concentration | None
) -> tuple[dict[str, Any], ...]:
    """What was a year ago stands where others have what was expected."""

    def told(label: str, unit: str, value: float, earlier: float | None) -> dict[str, Any]:
        off = None if earlier is None else value - earlier
        off_unit = "points" if unit == "%" else unit
        return row(label, unit=unit, off_unit=off_unit, value=value, expected=earlier, off=off)

    was = (None, None, None) if before is None else (before.largest_pct, before.top_pct, before.hhi_points)
    at = gathered.figures.subjects.index(subject)
    return (
        told(LARGEST, "%", now.largest_pct, was[0]),
        told(TOP, "%", now.top_pct, was[1]),
        told(HHI, "", now.hhi_points, was[2]),
        row(
            OF,
            params={"indicator": OUTPUT},
            unit=f"indicator:{OUTPUT}",
            value=float(_year(gathered.figures.values[OUTPUT][at : at + 1, -YEAR:])[0]),
            reference=figure(subject, OUTPUT, Span(gathered.month, 1)),
        ),
    )
