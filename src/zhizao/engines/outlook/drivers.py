"""What would close the gap: how much of which driver, alone and in the smallest mix; elasticities always shown.

Between what is expected, F, and the target, X, the gap is γ = ln(X / F). A driver k with elasticity εₖ (per cent of the
target for one per cent of the driver) closes it alone by

    ln(1 + δₖ) = γ / εₖ        δₖ: change of the driver

A total moves with each of its parts by the part's share, εₖ = partₖ / total (exact for small changes). Each driver has
a limit uₖ, the best change ever seen. The smallest mix takes the least total effort, each change counted as a share of
its limit:

    min Σ xₖ / uₖ      Σ εₖ xₖ = γ,   0 ≤ xₖ / uₖ ≤ 1,   xₖ = ln(1 + δₖ)

One equation and bounds: the drivers are taken by their effect at the limit, |εₖ uₖ|, the strongest first, the last one
in part (the continuous knapsack). The same order takes the fewest drivers. Where all limits together fall short, the
rest is told. A driver whose elasticity or limit is not known is told as such, and is never taken as nought.

Source: G. B. Dantzig, Discrete-variable extremum problems, Oper. Res. 5 (1957) 266, doi:10.1287/opre.5.2.266.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhizao.kernel.result import Problem, Refused, mark


@dataclass(frozen=True)
class Driver:
    """What can be moved.

    Attributes
    ----------
    key : its name
    elasticity : per cent of the target for one per cent of the driver; negative where less of it helps; None unknown
    limit : the best change ever seen, such as 0.12 (−0.08 where less of it helps); None unknown
    """

    key: str
    elasticity: float | None
    limit: float | None = None


@dataclass(frozen=True)
class Change:
    """A change of one driver.

    Attributes
    ----------
    key, elasticity : of the driver
    change : such as 0.05
    closes : the share of the gap that it closes
    within_limit : whether it was ever seen; None where the limit is not known
    """

    key: str
    elasticity: float
    change: float
    closes: float
    within_limit: bool | None


@dataclass(frozen=True)
class Gap:
    """What would close a gap.

    Attributes
    ----------
    gap : X / F − 1
    alone : each driver by itself, the smallest change first
    mix : the smallest mix, the strongest first
    left : the share of the gap that no mix closes
    unknown : drivers whose elasticity is not known
    """

    gap: float
    alone: tuple[Change, ...]
    mix: tuple[Change, ...]
    left: float
    unknown: tuple[str, ...]


def shares(parts: Mapping[str, float]) -> dict[str, float]:
    """The elasticity of a total to each of its parts.

    >>> shares({"steel": 30.0, "food": 10.0})
    {'steel': 0.75, 'food': 0.25}
    """
    total = math.fsum(parts.values())
    if total <= 0:
        raise Refused(Problem("outlook.no_total", mark("Shares need a total above nought.")))
    return {key: value / total for key, value in parts.items()}


def close(expected: float, target: float, drivers: Sequence[Driver]) -> Gap:
    """What would close the gap between what is expected and the target.

    Parameters
    ----------
    expected, target : float
        Above nought; the target may lie below (an energy intensity).
    drivers : sequence of Driver

    Raises
    ------
    Refused
        ``outlook.gap_sign``; ``outlook.driver_double``.

    Examples
    --------
    >>> told = close(100.0, 105.0, [Driver("steel", 0.5, 0.06), Driver("food", 0.3, 0.20), Driver("toys", None)])
    >>> [(c.key, round(c.change, 4), c.within_limit) for c in told.alone]
    [('steel', 0.1025, False), ('food', 0.1766, True)]
    >>> [(c.key, round(c.change, 4), round(c.closes, 4)) for c in told.mix], told.left, told.unknown
    ([('food', 0.1766, 1.0)], 0.0, ('toys',))
    """
    if expected <= 0 or target <= 0:
        raise Refused(Problem("outlook.gap_sign", mark("A gap is told of figures above nought.")))
    if len({driver.key for driver in drivers}) < len(drivers):
        raise Refused(Problem("outlook.driver_double", mark("A driver is named twice.")))
    gap = math.log(target / expected)
    known = [(driver, driver.elasticity) for driver in drivers if driver.elasticity]
    unknown = tuple(driver.key for driver in drivers if driver.elasticity is None)
    if gap == 0:
        return Gap(0.0, (), (), 0.0, unknown)
    alone = [_change(driver, elasticity, gap / elasticity, gap) for driver, elasticity in known]
    alone.sort(key=lambda change: abs(math.log1p(change.change)))
    mix, left = _mix(known, gap)
    return Gap(target / expected - 1, tuple(alone), tuple(mix), left, unknown)


def _mix(known: Sequence[tuple[Driver, float]], gap: float) -> tuple[list[Change], float]:
    """Greedy by effect at the limit; drivers whose limit lies the wrong way are left out."""
    usable = []
    for driver, elasticity in known:
        if driver.limit is not None and driver.limit > -1:
            most = elasticity * math.log1p(driver.limit) / gap
            if most > 0:
                usable.append((most, driver, elasticity))
    usable.sort(key=lambda entry: (-entry[0], entry[1].key))
    mix: list[Change] = []
    left = 1.0
    for most, driver, elasticity in usable:
        if left <= 0:
            break
        part = min(most, left)
        mix.append(_change(driver, elasticity, part * gap / elasticity, gap))
        left -= part
    return mix, max(left, 0.0)


def _change(driver: Driver, elasticity: float, log_change: float, gap: float) -> Change:
    within = None if driver.limit is None else _within(log_change, driver.limit)
    return Change(driver.key, elasticity, math.expm1(log_change), elasticity * log_change / gap, within)


def _within(log_change: float, limit: float) -> bool:
    most = math.log1p(limit) if limit > -1 else -math.inf
    return log_change * most > 0 and abs(log_change) <= abs(most) * (1 + 1e-12)
