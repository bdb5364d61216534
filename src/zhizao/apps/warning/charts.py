"""What the charts of warning draw, in the form that ``<x-chart>`` reads; each with its table."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from zhizao.apps.ledger import queries as ledger
from zhizao.apps.ledger.figures import KIND, Reference
from zhizao.apps.warning.models import Alarm
from zhizao.base.facts.models import Subject
from zhizao.base.ui import numbers
from zhizao.base.ui.numbers import period
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhizao.apps.warning.lamp_queries import Group

MONTHS_SHOWN = 36
TREND_MONTHS = 24
SIGMAS = 2.0


def trend(count: Callable[..., int], last: int, *, title: str) -> dict[str, Any]:
    """Alarms by month and severity up to a month: ``count(month=…, severity=…)`` says how many."""
    months = list(range(last - TREND_MONTHS + 1, last + 1))
    names = [period(Span(month, 1)) for month in months]
    serious, notice = (
        [count(month=month, severity=str(severity)) for month in months]
        for severity in (Alarm.Severity.SERIOUS, Alarm.Severity.NOTICE)
    )
    rows = [[name, *counts] for name, *counts in zip(names, serious, notice, strict=True)]
    series = [
        {"name": _("serious"), "role": "actual", "values": serious},
        {"name": _("notice"), "role": "path", "values": notice},
    ]
    table = {"columns": [_("Month"), _("serious"), _("notice")], "rows": rows}
    return _lines(title, "", months, names, series, table) | {"min": 0, "places": 0}


def indices(group: Group, *, title: str) -> dict[str, Any]:
    """The coincident and the leading index of a group, with the turning points of the first."""
    found = {"coincident": _("Coincident index"), "leading": _("Leading index")}
    told = _group(group, found, {"coincident": "actual", "leading": "forecast"}, title=title)
    return told | {"marks": [{"value": 100, "name": _("mean of the first year")}]}


def diffusion(group: Group, *, title: str) -> dict[str, Any]:
    """The diffusion index of a group; 50 is neutral."""
    told = _group(group, {"diffusion": _("Diffusion, 0–100")}, {"diffusion": "actual"}, title=title)
    return told | {"min": 0, "max": 100, "marks": [{"value": 50, "name": _("neutral")}]}


def risk(group: Group, *, title: str) -> dict[str, Any]:
    """The share in distress of a group."""
    return _group(group, {"risk_pct": _("In distress, %")}, {"risk_pct": "actual"}, title=title) | {"min": 0}


def _group(group: Group, names: Mapping[str, str], roles: Mapping[str, str], *, title: str) -> dict[str, Any]:
    shown = [month for month in group.months if any(getattr(month, name) is not None for name in names)]
    at = [month.span.start_month for month in shown]
    labels = [period(month.span) for month in shown]
    series = [
        {"name": word, "role": roles[name], "values": [_rounded(getattr(month, name), 1) for month in shown]}
        for name, word in names.items()
    ]
    rows = [[label, *(one["values"][place] for one in series)] for place, label in enumerate(labels)]
    return _lines(title, "", at, labels, series, {"columns": [_("Month"), *names.values()], "rows": rows})


# --- one alarm


@dataclass(frozen=True, slots=True)
class Watched:
    """The figure that an alarm's chart shows, with what was expected of it."""

    reference: Reference
    label: str
    unit: str
    value: float | None
    expected: float | None
    low: float | None
    high: float | None


def watched(alarm: Alarm, labels: Sequence[str]) -> Watched | None:
    """The figure of the arithmetic that is off most in its own unit, or ``None`` where none is a figure of the ledger.

    ``labels`` are the rows' names in the reader's language. The band is what two σ around the expected figure are; σ
    of a figure in a unit is relative, as the engine's residuals are of logarithms.
    """
    best: tuple[float, Watched] | None = None
    for row, label in zip(alarm.facts.get("rows", ()), labels, strict=True):
        kind, _colon, rest = str(row["reference"]).partition(":")
        reference = Reference.parse(rest) if kind == KIND else None
        if reference is None or not str(row["unit"]).startswith("indicator:"):
            continue
        low = high = None
        if row["expected"] is not None and row["scale"] is not None and row["off_unit"] == "%":
            sigma = math.log1p(row["scale"] / 100)
            low, high = (row["expected"] * math.exp(way * SIGMAS * sigma) for way in (-1, 1))
        size = abs(row["z"] or 0.0) * (row["weight"] or 0.01)
        if alarm.family == "doubtful" and best is None:
            size = math.inf  # the first row is the figure in doubt, of which nothing is expected
        if best is None or size > best[0]:
            best = size, Watched(reference, label, row["unit"], row["value"], row["expected"], low, high)
    return best[1] if best else None


def against(alarm: Alarm, shown: Watched, *, title: str) -> dict[str, Any]:
    """A figure's last months as known when the alarm was found, and what was expected of it with its band."""
    indicator = ledger.indicators().get(key=shown.reference.indicator)
    months = _months(alarm, shown.reference)
    end = shown.reference.span.end_month - 1
    known = {month: value for month, value in months.items() if month <= end}
    at = sorted({*known, end})[-MONTHS_SHOWN:]
    before = next((month for month in reversed(at) if month < end and month in known), None)
    share = shown.reference.span.months if indicator.kind == "flow" else 1

    def line(value: float | None) -> list[float | None]:
        opening = known.get(before) if before is not None else None
        at_end = None if value is None else value / share
        return [_rounded(at_end if month == end else opening if month == before else None, 1) for month in at]

    labels = [period(Span(month, 1)) for month in at]
    actual = [_rounded(known.get(month), 1) for month in at]
    series = [
        {"name": _("Actual"), "role": "actual", "values": actual},
        {"name": _("Expected"), "role": "forecast", "values": line(shown.expected)},
    ]
    if alarm.simulated:
        series[0]["simulated_name"] = f"{series[0]['name']}（{_('simulated')}）"
    low, high = line(shown.low), line(shown.high)
    rows = [
        [label, actual[i], *(one[i] if at[i] == end else None for one in (series[1]["values"], low, high))]
        for i, label in enumerate(labels)
    ]
    heads = [_("Month"), _("Actual"), _("Expected"), _("low"), _("high")]
    found = _lines(title, indicator.unit, at, labels, series, {"columns": heads, "rows": rows})
    band = {"name": _("two σ"), "level": 95, "low": low, "high": high, "low_name": _("low"), "high_name": _("high")}
    return found | {"bands": [band] if shown.low is not None else []}


def _months(alarm: Alarm, reference: Reference) -> dict[int, float]:
    """The figure by month as known then; two months that are known together only are their mean in the second."""
    subject = Subject.objects.filter(key=reference.subject).first()
    if subject is None:
        return {}
    indicator = reference.indicator
    rows = ledger.observations(
        None, subjects=[subject.pk], indicators=[indicator], basis=reference.basis, as_of=alarm.found_as_of
    )
    kind = ledger.indicators().get(key=indicator).kind
    pieces = ledger.months(ledger.frame(rows), {indicator: kind}).drop_nulls("value")
    found = {}
    for start, months, value in pieces.select("start_month", "months", "value").iter_rows():
        if months <= 2:
            share = months if kind == "flow" else 1
            found[start + months - 1] = float(Decimal(value) / 1_000_000) / share
    return found


def _rounded(value: float | None, places: int) -> float | None:
    return None if value is None else round(value, places)


def _lines(
    title: str, unit: str, at: list[int], names: list[str], series: list[dict[str, Any]], table: dict[str, Any]
) -> dict[str, Any]:
    """Lines over months; the axis names the Decembers, or where there are not two, a few months."""
    ends = [[month, name] for month, name in zip(at, names, strict=True) if month % 12 == 11]
    few = [[at[place], names[place]] for place in range(0, len(at), max(1, len(at) // 4))]
    return {
        "title": title,
        "subtitle": numbers.unit_name(unit),
        "kind": "fan",
        "unit": numbers.unit_name(unit),
        "categories": names,
        "at": at,
        "ticks": ends if len(ends) > 1 else few,
        "places": 1,
        "bands": [],
        "series": series,
        "table": table,
    }
