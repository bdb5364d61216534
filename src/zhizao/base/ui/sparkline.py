"""Geometry of the small pictures in table rows, drawn on the server as SVG so that they need no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Lines in pixels of a ``width`` × ``height`` drawing; a part that has no data is empty or ``None``."""

    width: int
    height: int
    path: list[str]
    actual: list[str]
    forecast: str
    band: tuple[float, float, float] | None
    last: tuple[float, float] | None
    target: tuple[float, float] | None


def sparkline(
    *,
    periods: int,
    path: Values = (),
    actual: Values = (),
    forecast: float | None = None,
    low: float | None = None,
    high: float | None = None,
    target: float | None = None,
    width: int = 112,
    height: int = 28,
) -> Sparkline:
    """Lay out path, actual, forecast (at the last period) with its interval, and target over ``periods`` periods.

    >>> s = sparkline(periods=3, actual=[0, 1], target=2, width=112, height=28)
    >>> s.actual, s.target
    (['6.0,24.0 54.0,14.0'], (102.0, 4.0))
    """
    known = [v for v in [*path, *actual, forecast, low, high, target] if v is not None]
    bottom, top = (min(known), max(known)) if known else (0.0, 1.0)
    left, right, roof, floor = 6.0, width - 10.0, 4.0, height - 4.0

    def x(index: int) -> float:
        return round(left + (right - left) * index / max(1, periods - 1), 1)

    def y(value: float) -> float:
        share = (float(value) - float(bottom)) / (float(top) - float(bottom)) if top > bottom else 0.5
        return round(floor - (floor - roof) * share, 1)

    def lines(values: Values) -> list[str]:
        runs: list[list[str]] = [[]]
        for index, value in enumerate(values):
            if value is None:
                runs.append([])
            else:
                runs[-1].append(f"{x(index)},{y(value)}")
        return [" ".join(run) for run in runs if run]

    seen = [(index, value) for index, value in enumerate(actual) if value is not None]
    last = (x(seen[-1][0]), y(seen[-1][1])) if seen else None
    end = x(periods - 1)
    return Sparkline(
        width=width,
        height=height,
        path=lines(path),
        actual=lines(actual),
        forecast=f"{last[0]},{last[1]} {end},{y(forecast)}" if last and forecast is not None else "",
        band=(end, y(low), y(high)) if low is not None and high is not None else None,
        last=last,
        target=(end, y(target)) if target is not None else None,
    )
