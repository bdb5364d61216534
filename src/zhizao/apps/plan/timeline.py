"""The picture of a plan's versions: a line with a point each, drafts and branches on lanes of their own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from zhizao.apps.plan import comparison
from zhizao.apps.plan.comparison import Stop
from zhizao.apps.plan.models import PlanVersion
from zhizao.apps.plan.opening import link

STEP, LANE, TOP, LEFT = 184, 84, 34, 92  # px
SHORT = 14  # characters of a text on the line


def drawn(request: HttpRequest, known: list[PlanVersion]) -> dict[str, Any]:
    """The picture of the versions: where each point stands, the lines between them, what is written beside them."""
    stops = comparison.stops(known)
    lanes = max((stop.lane for stop in stops), default=0)
    return {
        "width": LEFT * 2 + STEP * max(len(stops) - 1, 0) + 60,
        "height": TOP + LANE * (lanes + 1),
        "points": [_point(request, stop) for stop in stops],
        "stops": {stop.version.pk: stop for stop in stops},
    }


def _point(request: HttpRequest, stop: Stop) -> dict[str, Any]:
    version = stop.version
    x, y = LEFT + STEP * stop.place, TOP + LANE * stop.lane
    day = version.known_from or version.created_at
    return {
        "x": x,
        "y": y,
        "path": _path(stop, x, y),
        "kind": "gone" if stop.is_discarded else "open" if stop.is_open else version.status,
        "href": link(request, "plan:overview", version=version.number),
        "label": _("Version %(number)s") % {"number": version.number},
        "what": " · ".join((str(version.get_kind_display()), str(version.get_status_display()))),
        "when": date_format(localtime(day), "Y-m-d"),
        "why": _short(version.document_number or version.reason),
        "counts": "+{} −{} ~{}".format(*stop.counts) if stop.counts else "",
        "title": "；".join(filter(None, (version.reason, version.document_number))),
        "lines": (y + 20, y + 35, y + 50),
        "above": y - 14,
    }


def _path(stop: Stop, x: int, y: int) -> str:
    """From the version it was made from: straight on one lane, else with a bend just behind the point it leaves."""
    if stop.from_place is None:
        return ""
    from_x, from_y = LEFT + STEP * stop.from_place, TOP + LANE * stop.from_lane
    if from_y == y:
        return f"M{from_x} {from_y}H{x}"
    down, turn = from_x + STEP // 2, 12  # between the words of two points, which stand under them
    return (
        f"M{from_x} {from_y}H{down - turn}Q{down} {from_y} {down} {from_y + turn}"
        f"V{y - turn}Q{down} {y} {down + turn} {y}H{x}"
    )


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"
