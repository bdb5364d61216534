"""What the charts of the score draw: said against came, and a threshold's way between recall and false alarms."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from zhizao.apps.warning.scoring import Scores
from zhizao.apps.warning.tuning import Curve


def reliability(told: Scores, *, title: str) -> dict[str, Any]:
    """How often alarms were true, by what had been said of them."""
    values = [
        [
            *(round(100 * one, 1) for one in (part.said_true, part.came.value, part.came.low, part.came.high)),
            part.came.of,
        ]
        for part in told.classes
    ]
    rows = [[f"{part.low:g}–{part.high:g}", *row] for part, row in zip(told.classes, values, strict=True)]
    columns = [_("said to be false, %"), _("said to be true, %"), _("was true, %"), _("low"), _("high"), _("alarms")]
    series = {"name": _("alarms"), "role": "forecast", "values": values, "simulated": told.simulated}
    return {
        "title": title,
        "subtitle": "%",
        "kind": "reliability",
        "unit": "%",
        "categories": [row[0] for row in rows],
        "series": [series],
        "table": {"columns": columns, "rows": rows},
        "x_name": _("said to be true, %"),
        "y_name": _("was true, %"),
    }


def curve(told: Curve, *, title: str) -> dict[str, Any]:
    """Recall against false alarms, a point for each value."""
    points = [point for point in told.points if point.recall is not None and point.false_per_1000 is not None]
    rows = [
        [str(point.value), round(point.false_per_1000 or 0.0, 2), round(100 * (point.recall or 0.0), 1)]
        for point in points
    ]
    unit = "" if told.unit == "1" else told.unit
    return {
        "title": title,
        "subtitle": _("across: false alarms per 1,000 enterprise-months; up: recall within two months, %"),
        "kind": "scatter",
        "unit": "%",
        "x_unit": _("false per 1,000"),
        "categories": [f"{row[0]}{unit}" for row in rows],
        "series": [
            {
                "name": _("Threshold"),
                "role": "category",
                "values": [[row[1], row[2]] for row in rows],
                "simulated": told.simulated,
            }
        ],
        "table": {"columns": [_("Threshold"), _("false per 1,000"), _("recall, %")], "rows": rows},
    }
