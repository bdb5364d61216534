"""All that the page of one target says beside its table and charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from zhizao.apps.outlook import charts, head_figures, pages, queries, words

if TYPE_CHECKING:
    from zhizao.apps.outlook.shown import TargetOutlook
    from zhizao.base.accounts.models import Area


def context(request: HttpRequest, area: Area, item: TargetOutlook) -> dict[str, Any]:
    """What the template is given, as known on the day that is looked back to."""
    when = {"as_of": request.as_of}
    moved = queries.moved(request.user, area, item.key, **when)
    points = queries.p_over_time(request.user, area, item.key, **when)
    return {
        "area": area,
        "run": queries.latest_run(request.user, area, **when),
        "item": item,
        "reference": pages.reference(area, item),
        "answer": pages.target_answer(item, moved),
        "stats": head_figures.stats(item),
        "fan_title": pages.fan_title(item),
        "points": points,
        "chance_title": pages.chance_title(points),
        "moved": moved,
        "moved_title": pages.moved_title(moved) if moved else "",
        "has_moved": moved is not None and bool(charts.movers(moved)),
        "causes": pages.moved_rows(moved.causes) if moved else [],
        "sectors": pages.moved_rows(moved.sectors) if moved else [],
        "pace_title": pages.pace_title(item) if pages.has_pace(item) else "",
        "pace_unit": words.pace_unit(item.pace),
        "options": pages.options(item.gap),
        "next_step": pages.next_step(item),
        "state": words.STATES[item.state],
    }
