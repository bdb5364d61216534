"""What the pictures of the plan draw, in the form that ``<x-chart>`` and ``<x-graph>`` read; each with its table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhizao.apps.plan.chains import Chain
from zhizao.apps.plan.models import Project
from zhizao.apps.plan.queries import CheckedTarget, TargetSummary, period

LEVELS = {"none": 0, "good": 1, "watch": 2, "bad": 3}
TIMELINE_ROWS = 60
DOWNSTREAM = "下游"
HUB = "product"


def growth_finding(summary: TargetSummary) -> str:
    """The title of the growth chart: how many stated growths the end points do not give."""
    count = len(summary.differing)
    if not summary.stated:
        return _("No target states a yearly growth")
    if not count:
        return _("Every stated growth follows from its end points")
    return ngettext(
        "%(count)s stated growth does not follow from its end points",
        "%(count)s stated growths do not follow from their end points",
        count,
    ) % {"count": count}


def growth_chart(items: Sequence[CheckedTarget], *, title: str) -> dict[str, Any]:
    """Stated against computed growth of the targets that state one."""
    stated = [item for item in items if item.target.growth_stated_pct is not None]
    names = [item.target.name for item in stated]
    printed = [float(item.target.growth_stated_pct) for item in stated]
    computed = [
        None if item.growth.computed_pct is None else round(float(item.growth.computed_pct), 1) for item in stated
    ]
    words = (_("Stated"), _("Computed"))
    return {
        "title": title,
        "subtitle": _("Mean annual growth, %"),
        "kind": "bar",
        "unit": "%",
        "categories": names,
        "series": [
            {"name": words[0], "role": "category", "values": printed, "simulated": False},
            {"name": words[1], "role": "category", "values": computed, "simulated": False},
        ],
        "table": {"columns": [_("Indicator"), *words], "rows": _rows(names, printed, computed)},
    }


def path_finding(item: CheckedTarget) -> str:
    """What the target asks for, in one line."""
    target, growth = item.target, item.growth
    words = {"base": target.base_text, "target": target.target_text, "unit": target.unit}
    if growth.points is not None:
        words["points"] = format(growth.points.normalize(), "f")
        return _("From %(base)s to %(target)s%(unit)s: %(points)s percentage points") % words
    if growth.computed_pct is None:
        return _("From %(base)s to %(target)s %(unit)s") % words
    words["growth"] = format(round(growth.computed_pct, 1), "f")
    return _("From %(base)s to %(target)s %(unit)s: %(growth)s%% a year") % words


def path_chart(item: CheckedTarget) -> dict[str, Any]:
    """The path from base to target, year by year."""
    years = [_("%(year)s") % {"year": year} for year in item.years]
    path = [round(float(value), 4) for value in item.path]
    series = [
        {"name": _("Planned path"), "role": "path", "values": path, "simulated": False},
        {"name": _("Base"), "role": "actual", "values": [*path[:1], *[None] * (len(path) - 1)], "simulated": False},
        {"name": _("Target"), "role": "target", "values": [*[None] * (len(path) - 1), *path[-1:]], "simulated": False},
    ]
    return {
        "title": path_finding(item),
        "subtitle": item.target.unit,
        "kind": "line",
        "unit": item.target.unit,
        "categories": years,
        "series": series if path else [],
        "table": {"columns": [_("Year"), _("Planned path")], "rows": _rows(years, path)},
    }


def timeline_finding(found: Sequence[Project]) -> str:
    """How many projects run, and of how many that is unknown."""
    known = [p for p in found if all(period(p))]
    words = {"count": len(found), "unknown": len(found) - len(known)}
    if words["unknown"]:
        return _("%(count)s projects, of which %(unknown)s without a known start or finish") % words
    return _("%(count)s projects, all with start and finish") % words


def timeline_chart(found: Sequence[Project]) -> dict[str, Any]:
    """Start and finish of projects by year; an unknown end leaves the row empty."""
    shown = list(found)[:TIMELINE_ROWS]
    spans = [_years(project) for project in shown]
    names = [project.name for project in shown]
    return {
        "title": timeline_finding(found),
        "subtitle": _("From start to finish, by year"),
        "kind": "timeline",
        "unit": "",
        "categories": names,
        "series": [{"name": _("Under way"), "role": "category", "values": spans, "simulated": False}],
        "table": {
            "columns": [_("Project"), _("Start"), _("Finish")],
            "rows": [[p.name, p.start, p.finish] for p in found],
        },
    }


def _years(project: Project) -> list[int] | None:
    start, finish = period(project)
    if start is None or finish is None or finish[1] < start[0]:
        return None
    return [start[0] // 12, finish[1] // 12]


def chain_finding(chain: Chain) -> str:
    """How many nodes have nobody, and how many one enterprise of the list."""
    makers = [node for node in chain.nodes if not node.is_channel]
    return _("Of %(nodes)s nodes %(bad)s have no enterprise of the list, %(watch)s have one only") % {
        "nodes": len(makers),
        "bad": len(chain.at_level("bad")),
        "watch": len(chain.at_level("watch")),
    }


def chain_graph(chain: Chain) -> dict[str, Any]:
    """Nodes by stage around the chain's product: what lies up and midstream leads to it, what lies downstream from it.

    The plan names no single supply relation, so none is drawn.
    """
    before = [stage for stage in chain.stages if stage != DOWNSTREAM]
    columns = [*before, chain.name, *(stage for stage in chain.stages if stage == DOWNSTREAM)]
    rows = dict.fromkeys(columns, 0)
    tallest = max(sum(node.stage == stage for node in chain.nodes) for stage in chain.stages)
    nodes = [
        {
            "id": HUB,
            "label": chain.name,
            "sublabel": "",
            "column": len(before),
            "row": (tallest - 1) // 2,
            "kind": "stage",
            "href": "",
            "dashed": False,
            "level": 0,
        }
    ]
    for node in chain.nodes:
        nodes.append(
            {
                "id": f"n{node.number}",
                "label": node.name or node.stage,
                "sublabel": _("%(count)s channels or bases") % {"count": node.member_count}
                if node.is_channel
                else _("listed %(listed)s / named %(named)s")
                % {"listed": node.listed_count, "named": node.member_count},
                "column": columns.index(node.stage),
                "row": rows[node.stage],
                "kind": "stage",
                "href": f"#node-{node.number}",
                "dashed": node.level == "bad",
                "level": LEVELS[node.level],
            }
        )
        rows[node.stage] += 1
    return {
        "title": chain_finding(chain),
        "nodes": nodes,
        "edges": [
            {"source": HUB, "target": f"n{node.number}"}
            if node.stage == DOWNSTREAM
            else {"source": f"n{node.number}", "target": HUB}
            for node in chain.nodes
        ],
        "columns": [{"label": stage, "sublabel": ""} for stage in columns],
    }


def _rows(*columns: Sequence[Any]) -> list[list[Any]]:
    return [list(cells) for cells in zip(*columns, strict=True)]
