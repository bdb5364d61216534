"""What the charts of the outlook draw, in the form that ``<x-chart>`` reads; each with its table.

Time lies on the axis as months (``Span.end_month``) or days, so that periods of unlike length stand where they end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from zhizao.apps.outlook import words
from zhizao.base.ui import numbers
from zhizao.base.ui.numbers import period

if TYPE_CHECKING:
    from zhizao.apps.outlook.shown import (
        Calibration,
        CallPoint,
        FanPoint,
        Moved,
        MovedRow,
        SeriesOutlook,
        TargetOutlook,
    )
    from zhizao.kernel.span import Span

BANDS = ((95, "q025", "q975"), (80, "q10", "q90"))
SHOWN_MOVERS = 6


def fan(item: TargetOutlook, *, title: str) -> dict[str, Any]:
    """Path, actual figures, forecast with its intervals, and the target, over the plan's years."""
    actual = {one.span.end_month: float(one.value) for one in item.actual if one.span.months == item.span.months}
    path = {one.span.end_month: float(one.value) for one in item.path}
    ahead = {one.span.end_month: one for one in item.fan}
    end = item.span.end_month
    spans = {one.span.end_month: one.span for one in (*item.actual, *item.path, *item.fan) if one.span.months == 12}
    at = sorted({*actual, *path, *ahead, end})
    last = max((month for month in actual if not ahead or month < min(ahead)), default=None)
    middle = {month: one.q50 for month, one in ahead.items()} | ({last: actual[last]} if last in actual else {})
    digits = words.places(item.unit, [*actual.values(), *path.values(), item.value])

    def along(values: dict[Any, float]) -> list[float | None]:
        return [round(values[month], digits) if month in values else None for month in at]

    series = [
        {"name": _("Planned path"), "role": "path", "values": along(path)},
        {"name": _("Actual"), "role": "actual", "values": along(actual)},
        {"name": _("Forecast median"), "role": "forecast", "values": along(middle) if ahead else [None] * len(at)},
        {"name": _("Target"), "role": "target", "values": along({end: float(item.value)})},
    ]
    if item.simulated:
        series[1]["simulated_name"] = f"{series[1]['name']}（{_('simulated')}）"
    names = [period(spans[month]) if month in spans else str(month // 12 - 1) for month in at]
    found = _chart("fan", title, item.unit, names, series, _year_rows(item, at, names, actual, path, ahead, digits))
    return found | {
        "at": at,
        "ticks": [[month, name] for month, name in zip(at, names, strict=True)],
        "places": digits,
        "bands": _bands(ahead, at, last, actual, digits),
        "now": None if last is None else {"at": last, "name": _("data to %(span)s") % {"span": period(spans[last])}},
        "gap": _gap(item, last, actual, path),
    }


def _bands(
    ahead: dict[int, FanPoint], at: Sequence[int], last: int | None, actual: dict[int, float], digits: int
) -> list[dict[str, Any]]:
    """The intervals, opening from the last figure."""

    def side(name: str) -> list[float | None]:
        found = {month: getattr(one, name) for month, one in ahead.items()}
        if last is not None and last not in found:
            found[last] = actual[last]
        return [round(found[month], digits) if month in found else None for month in at]

    return [
        {
            "name": _("%(level)s%% interval") % {"level": level},
            "level": level,
            "low": side(low),
            "high": side(high),
            "low_name": _("%(level)s%% low") % {"level": level},
            "high_name": _("%(level)s%% high") % {"level": level},
        }
        for level, low, high in (BANDS if ahead else ())
    ]


def _gap(
    item: TargetOutlook, last: int | None, actual: dict[int, float], path: dict[int, float]
) -> dict[str, Any] | None:
    if last is None or last not in path:
        return None
    gap = actual[last] - path[last]
    if not item.value or abs(gap) < 0.005 * abs(float(item.value)):
        return None
    text = numbers.figure(abs(gap), item.unit, decimals=words.places(item.unit, [item.value]))
    name = _("%(gap)s below the path") if gap < 0 else _("%(gap)s above the path")
    return {"at": last, "from": actual[last], "to": path[last], "name": name % {"gap": text}}


def _year_rows(
    item: TargetOutlook,
    at: Sequence[int],
    names: Sequence[str],
    actual: dict[int, float],
    path: dict[int, float],
    ahead: dict[int, FanPoint],
    digits: int,
) -> dict[str, Any]:
    unit = numbers.unit_name(item.unit)
    heads = [_("Planned path"), _("Actual or forecast"), _("80% low"), _("80% high"), _("Gap")]
    rows = []
    for month, name in zip(at, names, strict=True):
        told = ahead.get(month)
        value = actual.get(month, told.q50 if told else None)
        planned = path.get(month)
        gap = None if value is None or planned is None else value - planned
        cells = [planned, value, told.q10 if told else None, told.q90 if told else None, gap]
        rows.append([name, *(None if cell is None else round(cell, digits) for cell in cells)])
    return {"columns": [_("Year"), *(f"{head}（{unit}）" if unit else head for head in heads)], "rows": rows}


def chance(points: Sequence[CallPoint], cuts: Sequence[tuple[float, str]], *, title: str) -> dict[str, Any]:
    """P of one target over the days it was told; a ring is a backtest."""
    at = [point.as_of.toordinal() for point in points]
    names = [words.day(point.as_of) for point in points]
    told = [round(100 * point.p, 1) for point in points]
    low, high = ([round(100 * getattr(point, name), 1) for point in points] for name in ("p_lo", "p_hi"))
    series = [
        {
            "name": _("P"),
            "role": "forecast",
            "values": told,
            "points": True,
            "hollow": [point.is_backtest for point in points],
            "end_label": f"{_('P')} {words.chance(points[-1].p)}" if points else "",
        }
    ]
    rows = [
        [name, p, a, b, _("backtest") if point.is_backtest else _("published")]
        for name, p, a, b, point in zip(names, told, low, high, points, strict=True)
    ]
    table = {"columns": [_("As of"), _("P, %"), _("low"), _("high"), _("Kind")], "rows": rows}
    found = _chart("fan", title, "%", names, series, table)
    band = {"name": _("sampling error, 95%"), "level": 95, "low": low, "high": high}
    return found | {
        "at": at,
        "ticks": _few([[place, name[:7]] for place, name in zip(at, names, strict=True)]),
        "places": 0,
        "min": 0,
        "max": 100,
        "marks": [{"value": value, "name": name} for value, name in cuts],
        "bands": [band],
    }


def _year_ends(at: list[int], names: list[str]) -> list[list[Any]]:
    """The Decembers; where there are not two of them, a few periods."""
    ticks = [[month, name] for month, name in zip(at, names, strict=True)]
    ends = [tick for tick in ticks if tick[0] % 12 == 0]
    return ends if len(ends) > 1 else _few(ticks)


def _few(ticks: list[list[Any]], *, most: int = 4) -> list[list[Any]]:
    """The last and others far enough from it and each other: labels of an axis that do not lie on each other."""
    kept: list[list[Any]] = []
    room = (ticks[-1][0] - ticks[0][0]) / most if ticks else 0
    for tick in reversed(ticks):
        if not kept or kept[-1][0] - tick[0] >= room:
            kept.append(tick)
    return kept[::-1]


def movers(moved: Moved) -> list[tuple[MovedRow | None, float]]:
    """What is drawn: the largest movers, then the rest pooled (``None``); by cause where no enterprise is told."""
    rows = list(moved.enterprises)
    if not rows:
        return [(row, row.p) for row in moved.causes if abs(row.p) >= 0.0005]
    rows.sort(key=lambda row: -abs(row.p))
    top = [row for row in rows[:SHOWN_MOVERS] if abs(row.p) >= 0.0005]
    spread = [row for row in moved.causes if row.key in ("spread", "outside") and abs(row.p) >= 0.0005]
    shown = [(row, row.p) for row in (*top, *spread)]
    rest = moved.p_after - moved.p_before - sum(p for _row, p in shown)
    return [*shown[: len(top)], (None, rest), *shown[len(top) :]] if abs(rest) >= 0.0005 else list(shown)


def steps(moved: Moved, *, title: str) -> dict[str, Any]:
    """What moved P from one run's day to the next, in percentage points."""
    drawn = movers(moved)
    names = [_("the rest") if row is None else words.row_name(row) for row, _p in drawn]
    values = [round(100 * p, 1) for _row, p in drawn]
    ends = [round(100 * moved.p_before, 1), round(100 * moved.p_after, 1)]
    told = [_("as of %(day)s") % {"day": words.day(on)} for on in (moved.before_as_of, moved.as_of)]
    labels = [told[0], *(words.quarter_hint(name) for name in names), told[1]]
    rows = [[told[0], ends[0]], *([name, value] for name, value in zip(names, values, strict=True)), [told[1], ends[1]]]
    found = _chart("steps", title, "%", labels, [], {"columns": [_("What"), _("Percentage points")], "rows": rows})
    quiet = [index for index, (row, _p) in enumerate(drawn) if row is None or row in moved.causes]
    return found | {"ends": ends, "values": values, "places": 1, "quiet": quiet if moved.enterprises else []}


def pace(item: TargetOutlook, *, title: str) -> dict[str, Any]:
    """Needed, planned, forecast, recent and best pace as dots on one axis."""
    told = item.pace
    digits = words.pace_places(told)
    points = []
    if told is not None:
        named = [
            ("recent", "actual", _("latest 12 months")),
            ("forecast", "forecast", _("forecast")),
            ("planned", "path", _("planned mean")),
            ("needed", "needed", _("needed from here")),
            ("best", "best", _("best ever")),
        ]
        points = [
            {"name": name, "value": round(getattr(told, key), digits), "role": role}
            for key, role, name in named
            if getattr(told, key) is not None
        ]
    unit = words.pace_unit(told)
    table = {
        "columns": [_("Pace"), numbers.unit_name(unit)],
        "rows": [[point["name"], point["value"]] for point in points],
    }
    gap = None
    if told is not None and told.forecast is not None and told.needed is not None and told.needed > told.forecast:
        gap = {"from": told.forecast, "to": told.needed}
    return _chart("pace", title, unit, [point["name"] for point in points], [], table) | {
        "points": points,
        "gap": gap,
        "places": digits,
    }


def reliability(told: Calibration, *, title: str) -> dict[str, Any]:
    """How often came what was told, by the probability that was told."""
    x_name, y_name = _("probability told, %"), _("share that came, %")
    per_cent = [
        [round(100 * value, 1) for value in (one.mean_p, one.rate, one.rate_lo, one.rate_hi)] for one in told.bins
    ]
    values = [[*row, one.count] for row, one in zip(per_cent, told.bins, strict=True)]
    only_backtests = told.calls > 0 and told.backtests == told.calls
    series = [
        {
            "name": _("backtests") if only_backtests else _("calls"),
            "role": "forecast",
            "values": values,
            "hollow": only_backtests,
            "simulated": told.simulated,
        }
    ]
    rows = [[f"{100 * one.low:.0f}—{100 * one.high:.0f}", *row] for one, row in zip(told.bins, values, strict=True)]
    table = {"columns": [_("P told, %"), _("mean"), _("came, %"), _("low"), _("high"), _("calls")], "rows": rows}
    names = [row[0] for row in rows]
    return _chart("reliability", title, "%", names, series, table) | {"x_name": x_name, "y_name": y_name}


def series(told: SeriesOutlook, *, title: str, is_flow: bool) -> dict[str, Any]:
    """A monthly figure of an enterprise: what is known and what is expected, each at the end of its period.

    A flow over two months is drawn as its mean month, so that it stands beside single ones.
    """

    def months(span: Span) -> int:
        return span.months if is_flow else 1

    actual = {one.span: float(one.value) / months(one.span) for one in told.actual}
    ahead = {one.span: one for one in told.fan}
    spans = sorted({*actual, *ahead}, key=lambda span: span.end_month)
    at = [span.end_month for span in spans]
    names = [period(span) for span in spans]
    digits = words.places("", list(actual.values()))
    last = max(actual, key=lambda span: span.end_month, default=None)

    def of(span: Span, name: str) -> float | None:
        if span in ahead:
            return round(getattr(ahead[span], name) / months(span), digits)
        return round(actual[span], digits) if span == last else None

    lines = [
        {
            "name": _("Actual"),
            "role": "actual",
            "values": [round(actual[s], digits) if s in actual else None for s in spans],
        },
        {"name": _("Forecast median"), "role": "forecast", "values": [of(span, "q50") for span in spans]},
    ]
    rows = [
        [name, lines[0]["values"][i], *(of(span, key) if span in ahead else None for key in ("q50", "q10", "q90"))]
        for i, (name, span) in enumerate(zip(names, spans, strict=True))
    ]
    heads = [_("Period"), _("Actual"), _("Forecast median"), _("80% low"), _("80% high")]
    found = _chart("fan", title, told.unit, names, lines, {"columns": heads, "rows": rows})
    return found | {
        "at": at,
        "ticks": _year_ends(at, names),
        "places": digits,
        "bands": [
            {
                "name": _("%(level)s%% interval") % {"level": level},
                "level": level,
                "low": [of(span, low) for span in spans],
                "high": [of(span, high) for span in spans],
            }
            for level, low, high in BANDS
        ],
        "now": None if last is None else {"at": last.end_month, "name": _("data to %(span)s") % {"span": period(last)}},
    }


def _chart(
    kind: str, title: str, unit: str, names: list[str], series: list[dict[str, Any]], table: dict[str, Any]
) -> dict[str, Any]:
    return {
        "title": title,
        "subtitle": numbers.unit_name(unit),
        "kind": kind,
        "unit": numbers.unit_name(unit),
        "categories": names,
        "series": series,
        "table": table,
    }
