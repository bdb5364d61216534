"""The charts of risk and what-ifs, in the form that ``<x-chart>`` reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhizao.base.ui.numbers import figure

FIRST = 20
SHARE_HALF = 0.5
Data = Mapping[str, Any]


def top_finding(data: Data) -> str:
    """How far the risk is gathered in few firms."""
    esri = [row["esri"] for row in data["firms"]]
    several = sum(value >= 0.05 for value in esri)
    return _("%(count)s of %(all)s enterprises would each cost more than 5%% of all sales by stopping") % {
        "count": several,
        "all": len(esri),
    }


def distribution(data: Data) -> dict[str, Any]:
    """The highest risks, each as what it costs its buyers and its suppliers' side."""
    rows = data["firms"][:FIRST]
    names = [row["name"] for row in rows]
    esri = [round(row["esri"] * 100, 4) for row in rows]
    return {
        "title": top_finding(data),
        "subtitle": _("ESRI of the %(count)s most systemic enterprises, %% of all recorded sales")
        % {"count": len(rows)},
        "kind": "bar",
        "unit": "%",
        "categories": names,
        "series": [{"name": "ESRI", "role": "actual", "values": esri, "simulated": data["simulated"]}],
        "table": {
            "columns": [_("Enterprise"), "ESRI (%)"],
            "rows": [[name, value] for name, value in zip(names, esri, strict=True)],
        },
    }


def course_finding(data: Data) -> str:
    """What the scenario costs day by day, in a sentence."""
    worst = max(range(len(data["lost_by_day"])), key=lambda day: data["lost_by_day"][day])
    return _("Day by day %(lost)s 万元 are lost in all; the worst is day %(day)s with %(worst)s 万元") % {
        "lost": figure(data["lost_wan_yuan"], "万元"),
        "day": worst + 1,
        "worst": figure(data["lost_by_day"][worst], "万元"),
    }


def course(data: Data) -> dict[str, Any]:
    """Losses by day beside what is lost directly and what the cascade would end in."""
    days = [str(day + 1) for day in range(len(data["lost_by_day"]))]
    cascade = data["esri"] * data["baseline_wan_yuan_a_day"]
    lost = [round(value, 2) for value in data["lost_by_day"]]
    direct = [round(value, 2) for value in data["direct_by_day"]]
    return {
        "title": course_finding(data),
        "subtitle": _("output lost a day, 万元; below nought it is made up"),
        "kind": "line",
        "unit": "万元",
        "categories": days,
        "series": [
            {"name": _("lost"), "role": "actual", "values": lost, "simulated": data["simulated"]},
            {"name": _("lost directly"), "role": "forecast", "values": direct, "simulated": data["simulated"]},
            {
                "name": _("cascade, if nothing recovers"),
                "role": "path",
                "values": [round(cascade, 2)] * len(days),
                "simulated": data["simulated"],
            },
        ],
        "table": {
            "columns": [_("Day"), _("lost"), _("lost directly")],
            "rows": [list(row) for row in zip(days, lost, direct, strict=True)],
        },
    }
