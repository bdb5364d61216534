"""Breaks of level and slope in the sums of the area and of its sectors, nobody's coming or going in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from zhizao.apps.warning.gathering import Case, Gathered, Missing, Seen
from zhizao.apps.warning.telling import row
from zhizao.kernel.result import mark

if TYPE_CHECKING:
    from zhizao.engines.warning.breaks import Break

FAMILY: Final = "break"
FACTS: Final = ("level_q_pct", "level_off_pct", "slope_q_pct", "slope_change_pct")
LEAST_MEMBERS: Final = 3
SENTENCE: Final = mark("%(indicator)s of %(group)s has broken with its past: %(off)s %% off over three months.")
LEVEL, LEVEL_Q, SLOPE, SLOPE_Q = (
    mark("Off from what its past foresees, mean of the last three periods"),
    mark("Expected share of false calls of a break of level"),
    mark("Change of growth a period, in the last six periods"),
    mark("Expected share of false calls of a break of growth"),
)
SHORT: Final = mark("%(count)s series of sectors are too short to be tested for breaks.")


def gather(seen: Seen) -> tuple[list[Case], list[Missing]]:
    """One case a series that can be tested; all of a month are tested at once."""
    import numpy as np

    from zhizao.engines.warning.breaks import broken, linked, q_of

    gathered = seen.gathered
    tested: list[tuple[str, str, str, Break]] = []
    short = 0
    for subject, name, own in _groups(gathered):
        for indicator in _amounts(gathered):
            values = seen.found.figures.values.get(indicator)
            if values is None or not (values[own] > 0).any():
                continue
            found = broken(linked(values[own]), gathered.figures.first_cell)
            if found is None:
                short += 1
            else:
                tested.append((subject, name, indicator, found))
    level, slope = (q_of(np.array([getattr(one[3], which) for one in tested])) for which in ("level_p", "slope_p"))
    cases = [_case(gathered, *one, float(a), float(b)) for one, a, b in zip(tested, level, slope, strict=True)]
    return cases, [Missing(FAMILY, SHORT, {"count": short})] if short else []


def _amounts(gathered: Gathered) -> list[str]:
    """The indicators that are watched by themselves, in logarithms: what may be below nought is not."""
    return [one.of for one in gathered.watch.measures.values() if one.taken == "log" and not one.over]


def _groups(gathered: Gathered) -> Iterator[tuple[str, str, Any]]:
    """Key, name and members of the area and of every sector with enough of them."""
    import numpy as np

    figures = gathered.figures
    yield f"area:{gathered.area.code}", gathered.area.name, np.ones(len(figures.subjects), dtype=bool)
    for place, key in enumerate(figures.sectors):
        own = figures.sector == place
        if key and own.sum() >= LEAST_MEMBERS:
            yield key, gathered.sectors.get(key, key), own


def _case(
    gathered: Gathered, subject: str, name: str, indicator: str, found: Break, level: float, slope: float
) -> Case:
    import math

    off, change = 100 * math.expm1(found.off), 100 * math.expm1(found.slope_change)
    return Case(
        subject=subject,
        about=indicator,
        facts={
            "level_q_pct": 100 * level,
            "level_off_pct": off,
            "slope_q_pct": 100 * slope,
            "slope_change_pct": change,
        },
        sentence=SENTENCE,
        params={"indicator": indicator, "group": name, "off": round(off, 1)},
        rows=(
            row(LEVEL, unit="%", value=off),
            row(LEVEL_Q, unit="%", value=100 * level),
            row(SLOPE, unit="%", value=change),
            row(SLOPE_Q, unit="%", value=100 * slope),
        ),
        simulated=bool(gathered.simulated),
    )
