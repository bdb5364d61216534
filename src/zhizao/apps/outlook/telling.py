"""From draws to what is said of a target: P, its fan, the pace, what would close the gap, until when it can wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from zhizao.apps.outlook.conventions import conventions
from zhizao.apps.outlook.shown import QUANTILES
from zhizao.kernel.result import Refused, mark
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.apps.outlook.assessing import Told
    from zhizao.apps.outlook.promises import Promise
    from zhizao.engines.outlook.panel import Floats

PARTS_SHOWN = 20
LEAST_SHARE = 0.05
"""A driver of a smaller part would have to grow many times over: no more is told of it."""
DAYS = 365.25
BY_MONTHS = mark("monthly figures of the enterprises, at their last known ratio to the target's yearly figure")
BY_YEARS = mark("the target's own yearly figures")
OUTSIDE = mark("what plans of the same kind reached, since the record is short")


def bands(draws: Floats) -> dict[str, float]:
    """The quantiles of a figure, by their names."""
    import numpy as np

    found = np.percentile(draws, QUANTILES)
    return dict(zip(("q025", "q10", "q50", "q90", "q975"), map(float, found), strict=True))


def fan(told: Told) -> list[dict[str, Any]]:
    """The quantiles of each year to come."""
    return [{"span": str(Span.of_year(year))} | bands(draws) for year, draws in told.years.items()]


def probability(told: Told) -> dict[str, Any]:
    """P with its interval; where the record is short, drawn towards what plans of the same kind reached."""
    from zhizao.engines.outlook.prior import outside_view, shipped_reference_classes
    from zhizao.engines.outlook.probability import wilson

    hits = reached(told)
    count, draws = int(hits.sum()), len(hits)
    p, (low, high) = count / draws, wilson(count, draws)
    found = {"hits": count, "draws": draws, "p_model": p, "evidence_blocks": told.evidence, "weight_outside": 0.0}
    if told.evidence < conventions().short_record:
        view = outside_view(shipped_reference_classes())
        found["weight_outside"] = view.weight(told.evidence)
        p, low, high = (float(view.shrunk(one, told.evidence)) for one in (p, low, high))
    return found | {"p": p, "p_lo": low, "p_hi": high, "state": conventions().state(p)}


def reached(told: Told) -> Any:
    """On which paths the target is reached, shape (B,)."""
    assert told.draws is not None
    value = float(told.promise.value)
    return told.draws >= value if told.promise.bound == "ge" else told.draws <= value


def joint(told: Sequence[Told]) -> list[dict[str, Any]]:
    """For each pillar with two targets or more, P that all that are told are reached together.

    Targets that are told by the months stand on the same paths; those of their own years on those of the years.
    """
    import numpy as np

    from zhizao.engines.outlook.probability import wilson

    found = []
    for pillar in dict.fromkeys(one.promise.pillar for one in told if one.promise.pillar):
        members = [reached(one) for one in told if one.promise.pillar == pillar]
        if len(members) < 2:
            continue
        together = np.all(members, axis=0)
        low, high = wilson(int(together.sum()), len(together))
        found.append(
            {"pillar": pillar, "p": float(together.mean()), "p_lo": low, "p_hi": high, "targets": len(members)}
        )
    return found


def pace(told: Told) -> dict[str, Any]:
    """Growth a year, in per cent or points of a share: needed, planned, forecast, of the last twelve months, the best.

    A target without months has its last year's in place of the last twelve months'.
    """
    promise = told.promise
    expected = None if told.draws is None else float(told.draws.mean())
    known = promise.known
    last = max(known, default=None)
    found: dict[str, Any] = {"unit": "points" if promise.is_share else "pct"}
    end, value = promise.span.first_year, float(promise.value)
    if promise.base is not None and promise.base_year is not None and promise.base_year < end:
        found["planned"] = _growth(promise, float(promise.base), value, end - promise.base_year)
    if last is None or last >= end:
        return found
    now = float(known[last])
    found["needed"] = _growth(promise, now, value, end - last)
    found["forecast"] = None if expected is None else _growth(promise, now, expected, end - last)
    steps = [_growth(promise, float(known[y - 1]), float(known[y]), 1) for y in known if y - 1 in known]
    told_steps = [step for step in steps if step is not None]
    if told_steps:
        found["recent"] = steps[-1] if told.recent is None else 100 * told.recent
        better = min if promise.bound == "le" else max
        found["best"] = better(told_steps)
    best = told.best.get("")
    if best is not None and not promise.is_share and promise.bound == "ge":
        found["best"] = 100 * best
    return found


def _growth(promise: Promise, start: float, end: float, years: int) -> float | None:
    if promise.is_share:
        return (end - start) / years
    if start <= 0 or end <= 0:
        return None
    return 100 * ((end / start) ** (1 / years) - 1)


def latest(told: Told, as_of: date) -> dict[str, Any]:
    """The day until which the target can still be reached at the best pace ever seen, if it goes as forecast till then.

    Shares and ceilings have none, nor what was never seen to grow; too late is a day that has passed.
    """
    from zhizao.engines.outlook.path_to_target import pace as needed

    promise, best = told.promise, told.best.get("")
    years = [year for year in promise.known if year < promise.span.first_year]
    if told.draws is None or promise.is_share or promise.bound == "le" or best is None or not years:
        return {"latest_reachable": None, "too_late": False}
    now, last = float(promise.known[max(years)]), Span.of_year(max(years)).last_day
    left, expected = promise.span.first_year - max(years), float(told.draws.mean())
    try:
        until = needed(now, expected, left).needed
        wait = needed(now, float(promise.value), left, best=best, until=until).latest_start_years
    except Refused:
        return {"latest_reachable": None, "too_late": False}
    if wait is None or wait == float("-inf"):
        return {"latest_reachable": None, "too_late": wait is not None}
    day = last + timedelta(days=round(wait * DAYS))
    return {"latest_reachable": min(day, promise.span.last_day).isoformat(), "too_late": day < as_of}


def gap(told: Told) -> dict[str, Any] | None:
    """What would close the gap between the expected figure and the target; sectors move it, or enterprises of one."""
    from zhizao.engines.outlook.drivers import Driver, close, shares

    if told.draws is None or not told.follows:
        return None
    expected, value = float(told.draws.mean()), float(told.promise.value)
    missing = value > expected if told.promise.bound == "ge" else value < expected
    several = len([key for key in told.sectors if key]) > 1
    parts = {key: part for key, part in (told.sectors if several else told.parts).items() if part > 0}
    if not missing or expected <= 0 or value <= 0 or not parts:
        return None
    elasticity = shares(parts)
    largest = sorted((key for key in parts if key and elasticity[key] >= LEAST_SHARE), key=lambda key: -parts[key])
    drivers = [Driver(key, elasticity[key], told.best.get(key)) for key in largest]
    found = close(expected, value, drivers)
    mix = {change.key: change for change in found.mix}
    limits = {driver.key: driver.limit for driver in drivers}
    return {
        "gap": found.gap,
        "left": found.left,
        "drivers": [
            {
                "key": change.key,
                "elasticity": change.elasticity,
                "limit": limits[change.key],
                "change": change.change,
                "within_limit": change.within_limit,
                "mix_change": mix[change.key].change if change.key in mix else None,
                "mix_closes": mix[change.key].closes if change.key in mix else None,
            }
            for change in found.alone
        ],
    }


def parts(told: Told) -> list[dict[str, Any]]:
    """The largest enterprises' and all sectors' parts of the expected figure; nothing of a target without months."""
    if not told.follows:
        return []
    whole = sum(told.parts.values())
    return _largest(told.sectors, whole, len(told.sectors)) + _largest(told.parts, whole, PARTS_SHOWN)


def _largest(of: Mapping[str, float], whole: float, count: int) -> list[dict[str, Any]]:
    keys = sorted(of, key=lambda key: (-of[key], key))[:count]
    return [{"key": key, "value": of[key], "share": of[key] / whole if whole > 0 else None} for key in keys]
