"""What the pages of the outlook say, put together from queries: answers, the strip, the years, the next act."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhizao.apps.outlook import words
from zhizao.apps.outlook.conventions import conventions
from zhizao.apps.outlook.evidence import KIND
from zhizao.apps.outlook.opening import link
from zhizao.base.ui import numbers
from zhizao.base.ui.numbers import period

if TYPE_CHECKING:
    from zhizao.apps.outlook.shown import (
        CallPoint,
        Driver,
        Gap,
        Moved,
        MovedRow,
        Overview,
        TargetOutlook,
    )
    from zhizao.base.accounts.models import Area

ORDER = tuple(words.STATES)
SQUARES = 40
OF_ENTERPRISES = ("new_data", "revisions")
"""The causes that are figures of enterprises."""


@dataclass(frozen=True, slots=True)
class Group:
    """A state of the strip: a filter with its targets as squares."""

    kind: str
    shape: str
    word: str
    means: str
    items: tuple[TargetOutlook, ...]
    href: str
    is_chosen: bool

    @property
    def squares(self) -> tuple[TargetOutlook, ...]:
        return self.items[:SQUARES]


def urgent_first(items: Sequence[TargetOutlook]) -> list[TargetOutlook]:
    """The unlikely first, then what is in doubt; the least likely first in each."""
    return sorted(
        items, key=lambda item: (ORDER.index(item.state), item.p if item.p is not None else 2.0, item.position)
    )


def cuts_pct() -> dict[str, int]:
    """From which per cent on a chance is called likely, and open."""
    known = conventions()
    return {"likely": round(100 * known.likely), "open": round(100 * known.open)}


def strip(request: HttpRequest, items: Sequence[TargetOutlook]) -> list[Group]:
    """How many targets stand how, the chosen group marked."""
    chosen = request.GET.get("state", "")
    cuts = cuts_pct()
    return [
        Group(
            kind=kind,
            shape=words.SHAPES[kind],
            word=str(word),
            means=str(means) % cuts if "%(" in str(means) else str(means),
            items=tuple(item for item in items if item.kind == kind),
            href=here(request, state=None if kind == chosen else kind, page=None, evidence=None),
            is_chosen=kind == chosen,
        )
        for kind, (word, means) in words.KINDS.items()
    ]


def here(request: HttpRequest, **changes: object) -> str:
    """This page with its query changed; ``None`` takes a key out."""
    parameters = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"{request.path}?{parameters.urlencode()}" if parameters else request.path


def filtered(request: HttpRequest, items: Sequence[TargetOutlook]) -> list[TargetOutlook]:
    """What the address narrows the list to."""
    state, pillar = request.GET.get("state", ""), request.GET.get("pillar", "")
    return [item for item in items if state in ("", item.kind) and pillar in ("", item.pillar)]


def overview_answer(items: Sequence[TargetOutlook]) -> str:
    """How many targets stand how, in a sentence."""
    if items and all(item.state in ("reached", "missed") for item in items):
        reached = sum(item.state == "reached" for item in items)
        return _("%(total)s targets: %(reached)s reached, %(missed)s missed.") % {
            "total": len(items),
            "reached": reached,
            "missed": len(items) - reached,
        }
    count = Counter(item.kind for item in items)
    text = ngettext(
        "%(total)s target: %(good)s likely, %(watch)s in doubt, %(bad)s unlikely, %(none)s cannot be told.",
        "%(total)s targets: %(good)s likely, %(watch)s in doubt, %(bad)s unlikely, %(none)s cannot be told.",
        len(items),
    )
    return text % {"total": len(items), **{kind: count[kind] for kind in words.KINDS}}


def joint_rows(request: HttpRequest, told: Overview) -> list[tuple[Any, str, str]]:
    """Joint probability of each pillar: the row, its chance, and the filter it sets."""
    chosen = request.GET.get("pillar", "")
    return [
        (one, words.chance(one.p), here(request, pillar=None if one.pillar == chosen else one.pillar, page=None))
        for one in told.joint_by_pillar
    ]


# --- one target


def target_answer(item: TargetOutlook, moved: Moved | None) -> str:
    """How likely it is and what moved it, in a sentence."""
    if item.state in ("reached", "missed"):
        last = item.actual[-1] if item.actual else None
        told = {
            "state": words.STATES[item.state],
            "span": period(last.span) if last else "",
            "value": numbers.figure(last.value, item.unit) if last else "—",
            "unit": numbers.unit_name(item.unit),
        }
        return _("%(state)s: %(value)s %(unit)s in %(span)s.") % told
    if item.p is None:
        return _("Its probability cannot be told: %(why)s") % {"why": words.why(item)}
    now = {"p": words.chance(item.p)}
    if moved is None:
        return _("Probability %(p)s.") % now
    change = words.points(moved.p_after - moved.p_before)
    now |= {"change": change.lstrip("+−"), "day": words.day(moved.before_as_of)}
    if change in ("0.0", "+0.0"):
        return _("Probability %(p)s, as on %(day)s.") % now
    count = explaining(moved)
    if not count:
        text = (
            _("Probability %(p)s, %(change)s points more than on %(day)s.")
            if moved.p_after > moved.p_before
            else _("Probability %(p)s, %(change)s points less than on %(day)s.")
        )
        return text % now
    now["count"] = count
    if moved.p_after > moved.p_before:
        text = ngettext(
            "Probability %(p)s, %(change)s points more than on %(day)s; %(count)s enterprise explains it.",
            "Probability %(p)s, %(change)s points more than on %(day)s; %(count)s enterprises explain it.",
            count,
        )
    else:
        text = ngettext(
            "Probability %(p)s, %(change)s points less than on %(day)s; %(count)s enterprise explains it.",
            "Probability %(p)s, %(change)s points less than on %(day)s; %(count)s enterprises explain it.",
            count,
        )
    return text % now


def fan_title(item: TargetOutlook) -> str:
    """The finding of the fan chart: the median against the target."""
    last = item.actual[-1] if item.actual else None
    if item.state in ("reached", "missed") and last is not None:
        return _settled_title(item, float(last.value) - float(item.value))
    if item.expected is None:
        if last is None:
            return _("No figure is known")
        return _("%(span)s: %(value)s") % {"span": period(last.span), "value": numbers.figure(last.value, item.unit)}
    gap = item.expected - float(item.value)
    digits = words.places(item.unit, [item.value])
    text = numbers.figure(abs(gap), decimals=digits)
    if not text or not text.strip("0."):
        return _("The forecast median meets the target")
    told = {"gap": text, "unit": numbers.unit_name(item.unit)}
    if gap < 0:
        return _("The forecast median is %(gap)s %(unit)s below the target") % told
    return _("The forecast median is %(gap)s %(unit)s above the target") % told


def _settled_title(item: TargetOutlook, gap: float) -> str:
    text = numbers.figure(abs(gap), decimals=words.places(item.unit, [item.value])) or ""
    told = {"gap": text, "unit": numbers.unit_name(item.unit)}
    if not text.strip("0."):
        return _("The target was met exactly")
    if gap < 0:
        return _("It came %(gap)s %(unit)s below the target") % told
    return _("It came %(gap)s %(unit)s above the target") % told


def next_step(item: TargetOutlook) -> str:
    """What is to be decided of a target: amend it, close its gap, watch it, or write down how it ended; "" nothing."""
    if item.state in ("reached", "missed"):
        return "settled"
    if item.kind not in ("bad", "watch"):
        return ""
    if item.too_late:
        return "amend"
    digits = words.places(item.unit, [item.value])
    short = item.expected is not None and not words.reaches(item, round(item.expected, digits))
    return "close" if short else "watch"


def chance_title(points: Sequence[CallPoint]) -> str:
    """The finding of P over time."""
    if len(points) < 2:
        return _("The first probability that was told")
    change = 100 * (points[-1].p - points[0].p)
    told = {
        "points": numbers.figure(abs(change), decimals=0),
        "day": f"{points[0].as_of:%Y-%m}",
    }
    if abs(change) < 0.5:
        return _("Probability as in %(day)s") % told
    if change < 0:
        return _("Probability %(points)s points lower than in %(day)s") % told
    return _("Probability %(points)s points higher than in %(day)s") % told


def explaining(moved: Moved) -> int:
    """How many enterprises explain a movement; none where their figures, old and new, made less than half of it."""
    change = moved.p_after - moved.p_before
    theirs = sum(row.p for row in moved.causes if row.key in OF_ENTERPRISES)
    return len(moved.explained_by) if change and theirs / change >= 0.5 else 0


def moved_title(moved: Moved) -> str:
    """The finding of what moved it."""
    change = words.points(moved.p_after - moved.p_before)
    if count := explaining(moved):
        told = {"count": count, "points": change}
        text = ngettext(
            "Since then %(points)s: %(count)s enterprise explains it",
            "Since then %(points)s: %(count)s enterprises explain it",
            count,
        )
        return text % told
    causes = [row for row in moved.causes if row.p]
    if not causes:
        return _("Since then nothing moved it")
    most = max(causes, key=lambda row: abs(row.p))
    return _("Since then %(points)s, most of it: %(cause)s") % {"points": change, "cause": words.row_name(most)}


def has_pace(item: TargetOutlook) -> bool:
    """Whether there is more than one pace to compare."""
    told = item.pace
    known = (told.needed, told.planned, told.forecast, told.recent, told.best) if told else ()
    return sum(value is not None for value in known) > 1


def pace_title(item: TargetOutlook) -> str:
    """The finding of the pace line: until when a start is early enough."""
    told = item.pace
    if item.too_late:
        return _("Not even the best pace ever seen would reach it now")
    if item.latest_reachable is not None and item.latest_reachable < item.span.last_day:
        return _("At the best pace ever seen, a start by %(day)s would still reach it") % {
            "day": words.day(item.latest_reachable)
        }
    if told is not None and told.needed is not None and told.forecast is not None and told.needed <= told.forecast:
        return _("The forecast pace is enough")
    return _("Pace needed, planned, forecast, recent and best")


def years(item: TargetOutlook) -> list[dict[str, Any]]:
    """The rows of the table twin, the earliest year first."""
    actual = {one.span: one for one in item.actual}
    path = {one.span: float(one.value) for one in item.path}
    ahead = {one.span: one for one in item.fan}
    rows = []
    for span in sorted({*actual, *path, *ahead}, key=lambda one: (one.end_month, one.months)):
        seen, told, planned = actual.get(span), ahead.get(span), path.get(span)
        value = float(seen.value) if seen else told.q50 if told else None
        gap = None if value is None or planned is None else round(value - planned, 6)
        rows.append(
            {
                "span": period(span),
                "path": planned,
                "value": value,
                "low": told.q10 if told and not seen else None,
                "high": told.q90 if told and not seen else None,
                "gap": gap,
                "gap_pct": 100 * gap / planned if gap is not None and planned else None,
                "status": status(seen.status) if seen else _("forecast") if told else "",
                "reference": seen.reference if seen else "",
                "ahead": not seen and told is not None,
            }
        )
    return rows


def status(code: str) -> str:
    """The status of a figure in a word."""
    known = {
        "normal": _("normal"),
        "provisional": _("provisional"),
        "estimated": _("estimated"),
        "forecast": _("forecast"),
        "missing": _("missing"),
        "simulated": _("simulated"),
    }
    return known.get(code, code)


def options(gap: Gap | None) -> list[str]:
    """What would close the gap: the smallest mix, and the strongest drivers alone."""
    if gap is None or not gap.drivers:
        return []
    mix = [one for one in gap.drivers if one.mix_change]
    found = []
    if mix:
        parts = [f"{name_of(one)} {numbers.signed(100 * (one.mix_change or 0), decimals=1)}%" for one in mix]
        text = (
            _("together: %(parts)s") if gap.left < 0.005 else _("together at their limits: %(parts)s; a part is left")
        )
        found.append(text % {"parts": _(", ").join(parts)})
    alone = sorted(gap.drivers, key=lambda one: abs(one.change))[:3]
    names = [f"{name_of(one)} {numbers.signed(100 * one.change, decimals=1)}%" for one in alone]
    return [*found, _("alone: %(parts)s") % {"parts": _(" or ").join(names)}]


def name_of(driver: Driver) -> str:
    """What a driver is called; the firms of no sector are one too."""
    return driver.name or _("in none")


def target_href(request: HttpRequest, item: TargetOutlook) -> str:
    """The page of a target."""
    return link(request, "outlook:target", item.key)


def reference(area: Area, item: TargetOutlook) -> str:
    """What opens the evidence of the probability."""
    return f"{KIND}:{area.code}~{item.key}"


def promise(item: TargetOutlook) -> dict[str, object]:
    """The words of a target's name line."""
    return {
        "name": item.name,
        "bound": words.bound(item),
        "unit": numbers.unit_name(item.unit),
        "year": words.year_of(item),
    }


def moved_rows(rows: Sequence[MovedRow]) -> list[tuple[str, str, str]]:
    """What moved it: name, points of P, per cent of the figure; what moved nothing is left out."""
    return [
        (
            words.row_name(row),
            words.points(row.p),
            (numbers.signed(row.points, decimals=2) or "") if row.points is not None else "—",
        )
        for row in rows
        if abs(row.p) >= 0.0005 or abs(row.points or 0) >= 0.005
    ]


def cuts() -> list[tuple[float, str]]:
    """The lines between states over the days."""
    known = cuts_pct()
    return [
        (known["open"], _("in doubt / unlikely")),
        (known["likely"], _("likely / in doubt")),
    ]
