"""The way from a base to a target: what each year and month should bring, and until when it can still be reached.

Of a base x₀ in year 0 and a target X in year n:

    geometric   xₖ = x₀ (X / x₀)^(k/n)          linear   xₖ = x₀ + (X − x₀) k/n          own   as given

A year's value becomes months by the shares that the months had of their year (mean of the years given). From here:

    pace needed a year       (X / x)^(1/t) − 1,   t years left
    rest of the year         (X − realised) / Σ same months a year earlier − 1
    latest start             T − ln(X / x) / ln(1 + g*)        x stays until then, then grows at the best pace g*

g* is the best pace ever seen: the highest growth of twelve months over the twelve before. With a pace g₀ until the
start it is T − ln(X / x (1 + g₀)^t) / ln((1 + g*) / (1 + g₀)).

Source: 国家统计局, average annual growth as a geometric mean with the year before the period as base; the rest is
arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from zhizao.engines.outlook.hierarchy import Floats
from zhizao.kernel.result import Problem, Refused, mark


class Shape(StrEnum):
    """How a path goes from base to target."""

    GEOMETRIC = "geometric"
    LINEAR = "linear"


def yearly_path(base: float, target: float, years: int, shape: Shape) -> tuple[float, ...]:
    """Values of the years 0 (the base) to n (the target).

    Raises
    ------
    Refused
        ``outlook.path_years`` under one year; ``outlook.path_sign`` of a geometric path from or to nought or below.

    Examples
    --------
    >>> [round(value, 3) for value in yearly_path(100.0, 121.0, 2, Shape.GEOMETRIC)]
    [100.0, 110.0, 121.0]
    >>> yearly_path(100.0, 121.0, 2, Shape.LINEAR)
    (100.0, 110.5, 121.0)
    """
    if years < 1:
        raise Refused(Problem("outlook.path_years", mark("A path needs a year at least.")))
    steps = [k / years for k in range(years + 1)]
    if shape is Shape.LINEAR:
        return tuple(base + (target - base) * step for step in steps)
    if base <= 0 or target <= 0:
        message = mark("A geometric path needs a base and a target above nought.")
        raise Refused(Problem("outlook.path_sign", message, remedy=mark("Use a linear path.")))
    return tuple(base * (target / base) ** step for step in steps)


def own_path(values: Sequence[float], *, base: float, target: float) -> tuple[float, ...]:
    """A path given by its years, checked to start at the base and to end at the target or beyond it.

    Raises
    ------
    Refused
        ``outlook.own_path``.

    Examples
    --------
    >>> own_path([100.0, 104.0, 121.0], base=100.0, target=121.0)
    (100.0, 104.0, 121.0)
    """
    reaches = len(values) > 1 and (values[-1] - target) * (target - base) >= 0
    if not reaches or values[0] != base or not all(map(math.isfinite, values)):
        message = mark("A path of one's own starts at the base %(base)s and ends at the target %(target)s or beyond.")
        raise Refused(Problem("outlook.own_path", message, params={"base": base, "target": target}))
    return tuple(values)


def month_shares(years: Floats) -> Floats:
    """The share of each month in its year, mean over years.

    Parameters
    ----------
    years : array, shape (y, 12), all known

    Returns
    -------
    array, shape (12,), sums to 1

    Raises
    ------
    Refused
        ``outlook.month_shares`` where a month is unknown or a year's total is not above nought.

    Examples
    --------
    >>> month_shares(np.array([[1.0] * 11 + [13.0]])).round(4).tolist()[-2:]
    [0.0417, 0.5417]
    """
    totals = years.sum(axis=1, keepdims=True)
    if not len(years) or np.isnan(years).any() or (totals <= 0).any():
        message = mark("Shares of months need whole years with a total above nought.")
        raise Refused(Problem("outlook.month_shares", message))
    found: Floats = (years / totals).mean(axis=0)
    return np.asarray(found / found.sum())


def monthly_path(path: Sequence[float], shares: Floats) -> Floats:
    """The months of the years 1 to n of a flow's path; each year adds up.

    Examples
    --------
    >>> monthly_path((100.0, 120.0), np.full(12, 1 / 12)).round(6).tolist()[:2]
    [10.0, 10.0]
    """
    return np.asarray(np.outer(path[1:], shares).ravel())


@dataclass(frozen=True)
class Pace:
    """How fast it must go from here.

    Attributes
    ----------
    needed : growth a year
    best : the best ever seen, or None where no two whole years are known
    latest_start_years : years from now until when it can wait; negative: too late even at the best pace; None: not told
    """

    needed: float
    best: float | None
    latest_start_years: float | None


def best_pace(months: Floats) -> float | None:
    """The highest growth of twelve months over the twelve before; None where no two known years follow each other.

    Parameters
    ----------
    months : array, shape (T,), NaN = unknown

    Examples
    --------
    >>> best_pace(np.concatenate([np.full(12, 10.0), np.full(12, 11.0), np.full(12, 9.0)])).__round__(12)
    0.1
    >>> best_pace(np.ones(23)) is None
    True
    """
    if len(months) < 24:
        return None
    sums = np.convolve(months, np.ones(12), mode="valid")
    before, after = sums[:-12], sums[12:]
    growth = np.divide(after, before, out=np.full(len(after), np.nan), where=before > 0) - 1.0
    known = growth[~np.isnan(growth)]
    return float(known.max()) if len(known) else None


def pace(now: float, target: float, years_left: float, *, best: float | None = None, until: float = 0.0) -> Pace:
    """The pace needed from here, and how long it can wait.

    Parameters
    ----------
    now, target : float
        Level now and the level to reach, both above nought.
    years_left : float
    best : float, optional
        The best pace ever seen, a year.
    until : float
        The pace until the start, a year.

    Raises
    ------
    Refused
        ``outlook.path_sign``, ``outlook.path_years``.

    Examples
    --------
    >>> told = pace(100.0, 121.0, 4.0, best=0.10)
    >>> round(told.needed, 6), round(told.latest_start_years, 6)
    (0.048809, 2.0)
    >>> pace(100.0, 121.0, 1.0, best=0.10).latest_start_years < 0
    True
    """
    if now <= 0 or target <= 0:
        raise Refused(Problem("outlook.path_sign", mark("A pace needs a level and a target above nought.")))
    if years_left <= 0:
        raise Refused(Problem("outlook.path_years", mark("No time is left.")))
    needed = (target / now) ** (1 / years_left) - 1
    if best is None:
        return Pace(needed, None, None)
    gap = math.log(target / now) - years_left * math.log1p(until)
    if gap <= 0:  # at this pace it is reached without a start
        return Pace(needed, best, years_left)
    if best <= until:
        return Pace(needed, best, -math.inf)
    return Pace(needed, best, years_left - gap / (math.log1p(best) - math.log1p(until)))


def rest_of_year(target: float, realised: float, same_months_earlier: float) -> float:
    """The growth over the same months a year earlier that the rest of the year needs.

    Raises
    ------
    Refused
        ``outlook.path_sign`` where those months had nothing.

    Examples
    --------
    >>> rest_of_year(120.0, 54.0, 60.0)
    0.1
    """
    if same_months_earlier <= 0:
        raise Refused(Problem("outlook.path_sign", mark("The same months a year earlier had nothing to grow from.")))
    return round((target - realised) / same_months_earlier - 1, 12)
