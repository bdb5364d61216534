"""Stale data: indicators of which the last months are not there, though the day has come by which they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhizao.apps.warning.gathering import Case, Missing, Seen
from zhizao.apps.warning.telling import row
from zhizao.kernel.result import mark

if TYPE_CHECKING:
    from datetime import date

FAMILY: Final = "stale"
FACTS: Final = ("stale_cells",)
FIGURES_IN_FROM: Final = 18
SENTENCE: Final = mark("%(count)s indicators lack their last %(cells)s periods: half of those who report have not.")
LACKS: Final = mark("Periods missing at the end: %(indicator)s")
NEVER: Final = mark("%(indicator)s was never reported by half of the enterprises.")


def gather(seen: Seen) -> tuple[list[Case], list[Missing]]:
    """One case for the area: how many periods its indicators lack at their end, the worst counts."""
    import numpy as np

    gathered = seen.gathered
    due = due_cell(gathered.as_of)
    figures = gathered.figures
    late: dict[str, int] = {}
    never: list[Missing] = []
    most = max((int(np.isfinite(values).sum(axis=0).max()) for values in figures.values.values()), default=0)
    for indicator in gathered.watch.indicators:
        values = figures.values.get(indicator)
        told = np.isfinite(values).sum(axis=0) if values is not None else np.zeros(1)
        full = np.flatnonzero(2 * told >= max(most, 1))
        if len(full):
            late[indicator] = max(due - (figures.first_cell + int(full[-1])), 0)
        else:
            never.append(Missing(FAMILY, NEVER, {"indicator": indicator}))
    worst = max(late.values(), default=0)
    case = Case(
        subject=f"area:{gathered.area.code}",
        facts={"stale_cells": worst if late else None},
        sentence=SENTENCE,
        params={"count": sum(cells == worst for cells in late.values()), "cells": worst},
        rows=tuple(
            row(LACKS, params={"indicator": key}, unit="", value=cells, expected=0, off=cells)
            for key, cells in late.items()
        ),
        simulated=bool(gathered.simulated),
    )
    return [case], never


def due_cell(day: date) -> int:
    """The cell of which figures are in on a day: last month's from the 18th on, January's with February.

    >>> from datetime import date
    >>> [due_cell(date(2025, *day)) - 2025 * 11 for day in ((3, 18), (3, 17), (2, 20), (7, 20))]
    [0, -1, -1, 5]
    """
    month = day.year * 12 + day.month - 1 - (1 if day.day >= FIGURES_IN_FROM else 2)
    return month // 12 * 11 + month % 12 - 1
