"""What the ledger's charts draw, in the form that ``<x-chart>`` reads; and the words of the quality statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhizao.apps.ledger.models import Indicator
from zhizao.apps.ledger.pages import Point
from zhizao.base.ui.numbers import figure, period

QUALITY_WORDS = {
    "verified": gettext_lazy("How verified"),
    "source": gettext_lazy("Source"),
    "accuracy": gettext_lazy("Accuracy needed"),
    "limits": gettext_lazy("Limits"),
    "remedy": gettext_lazy("Remedy"),
}


def trend_finding(indicator: Indicator, points: Sequence[Point]) -> str:
    """The last sum in a sentence."""
    if not points:
        return ""
    last = points[-1]
    return _("%(indicator)s %(span)s: %(value)s %(unit)s from %(count)s subjects") % {
        "indicator": indicator,
        "span": period(last.span),
        "value": figure(last.value, indicator.unit),
        "unit": indicator.unit,
        "count": last.count,
    }


def trend_chart(indicator: Indicator, points: Sequence[Point]) -> dict[str, Any]:
    """Sums by month with how many report; the joint figure of January and February stays one point.

    A flow over two months is drawn at its mean per month, which says so, for a line through sums of one month and of
    two would show a peak that is none; the table has the sum.
    """
    names = [period(point.span) for point in points]
    values = [float(point.value) for point in points]
    simulated = any(point.simulated for point in points)
    joint = [indicator.kind == Indicator.Kind.FLOW and point.span.months > 1 for point in points]
    drawn = [
        value / point.span.months if two else value for value, two, point in zip(values, joint, points, strict=True)
    ]
    marked = [
        _("%(period)s, per month") % {"period": name} if two else name for name, two in zip(names, joint, strict=True)
    ]
    mean = _("%(unit)s; periods of several months are drawn per month") % {"unit": indicator.unit}
    return {
        "title": trend_finding(indicator, points),
        "subtitle": mean if any(joint) else indicator.unit,
        "kind": "line",
        "unit": indicator.unit,
        "categories": marked,
        "series": [{"name": str(indicator), "role": "actual", "values": drawn, "simulated": simulated}],
        "table": {
            "columns": [_("Period"), str(indicator), _("Subjects")],
            "rows": [[name, value, point.count] for name, value, point in zip(names, values, points, strict=True)],
        },
    }
