"""What pages, lists and charts of the outlook call things: states, chances, bounds, causes, periods."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from zhizao.base.jobs.problems import say
from zhizao.base.ui import numbers

if TYPE_CHECKING:
    from decimal import Decimal

    from zhizao.apps.outlook.shown import Evaluated, MovedRow, Pace, TargetOutlook

STATES: Mapping[str, Any] = {
    "unlikely": gettext_lazy("Unlikely"),
    "missed": gettext_lazy("Missed"),
    "open": gettext_lazy("In doubt"),
    "likely": gettext_lazy("Likely"),
    "reached": pgettext_lazy("target", "Reached"),
    "untold": gettext_lazy("Cannot be told"),
}
"""In the order in which they ask for a decision."""

KINDS: Mapping[str, tuple[Any, Any]] = {
    "good": (gettext_lazy("Likely"), gettext_lazy("%(likely)s%% and over, or reached")),
    "watch": (gettext_lazy("In doubt"), gettext_lazy("%(open)s to %(likely)s%%")),
    "bad": (gettext_lazy("Unlikely"), gettext_lazy("under %(open)s%%, or missed")),
    "none": (gettext_lazy("Cannot be told"), gettext_lazy("the reason stands at each")),
}
"""Groups of the strip, each with what it means."""

CAUSES: Mapping[str, Any] = {
    "revisions": gettext_lazy("Revised figures"),
    "new_data": gettext_lazy("New data"),
    "model": gettext_lazy("Model"),
    "spread": gettext_lazy("Uncertainty"),
    "outside": gettext_lazy("What plans of the same kind reached"),
}

VERDICTS: Mapping[str, Any] = {
    "reached": pgettext_lazy("target", "Reached"),
    "missed": gettext_lazy("Missed"),
    "not_measurable": gettext_lazy("Not measurable"),
}
AT_MID_TERM: Mapping[str, Any] = {
    "on_path": gettext_lazy("On the path or ahead of it"),
    "behind": gettext_lazy("Behind the path"),
    "not_measurable": gettext_lazy("Not measurable"),
}
VERDICT_KINDS = {"reached": "good", "missed": "bad", "on_path": "good", "behind": "bad", "not_measurable": "none"}
SHAPES = {"good": "●", "watch": "▲", "bad": "▼", "none": "○"}
BOUNDS = {"ge": "≥", "le": "≤", "eq": "="}


def chance(p: float | None) -> str:
    """A probability in per cent without decimals; never 0 or 100.

    >>> [chance(p) for p in (0.0, 0.004, 0.23, 0.994, 1.0)]
    ['<1%', '<1%', '23%', '>99%', '>99%']
    """
    if p is None:
        return "—"
    if p < 0.01:
        return "<1%"
    return ">99%" if p > 0.99 else f"{100 * p:.0f}%"


def chance_or_state(item: TargetOutlook) -> str:
    """What the chip says: the probability, or that it is settled, or that it is unknown."""
    if item.state in ("reached", "missed"):
        return str(STATES[item.state])
    return f"—{_('unknown')}" if item.p is None else chance(item.p)


def why(item: TargetOutlook | Evaluated) -> str:
    """The reason in the reader's language."""
    return say(item.reason, getattr(item, "reason_params", None) or None)


def bound(item: TargetOutlook | Evaluated) -> str:
    """What is promised: ≥1300."""
    return f"{BOUNDS.get(item.bound, '')}{stated(item.value)}"


def stated(value: Decimal | None) -> str:
    """A figure of the plan with the decimals that it has.

    >>> from decimal import Decimal
    >>> stated(Decimal("1300.000000")), stated(Decimal("41.50"))
    ('1300', '41.5')
    """
    return "—" if value is None else numbers.figure(f"{value.normalize():f}") or "—"


def reaches(item: TargetOutlook, value: float) -> bool:
    """Whether a figure would reach the target, as its bound has it."""
    return value <= float(item.value) if item.bound == "le" else value >= float(item.value)


def points(change: float) -> str:
    """A change of a probability in percentage points, with its sign.

    >>> points(-0.0741), points(0.08), points(-0.0004)
    ('−7.4', '+8.0', '0.0')
    """
    return numbers.signed(round(100 * change, 1) + 0.0, decimals=1) or ""


def year_of(item: TargetOutlook | Evaluated) -> int:
    """The year in which the target is due."""
    return item.span.last_day.year


def day(value: date) -> str:
    """A day as data has it."""
    return value.isoformat()


def pointer(item: TargetOutlook, place: str) -> str:
    """What opens another figure of the target in its run: ``evidence`` names the place of P."""
    return f"{item.evidence.removesuffix('/p')}/{place}" if item.evidence else ""


def pace_unit(told: Pace | None) -> str:
    """What a pace is told in: per cent, or points of a share."""
    return "百分点" if told is not None and told.unit == "points" else "%"


def pace_places(told: Pace | None) -> int:
    """Decimals of a pace."""
    return 2 if pace_unit(told) == "百分点" else 1


def row_name(row: MovedRow) -> str:
    """What a line of the movement is called: a cause in words, a subject by its name."""
    return str(CAUSES.get(row.key, row.name or _("in none")))


def mark(kind: str, text: str) -> SafeString:
    """Shape, colour and word."""
    return format_html(
        '<span class="st {}"><span class="shape" aria-hidden="true">{}</span> {}</span>', kind, SHAPES[kind], text
    )


def places(unit: str, values: list[float | Decimal | None]) -> int:
    """Decimals that a chart's figures share: as the unit asks, else as many as tell them apart, two at most."""
    if unit in numbers.DECIMALS:
        return numbers.DECIMALS[unit]
    largest = max((abs(float(value)) for value in values if value is not None), default=0.0)
    return 0 if largest >= 1000 else 1 if largest >= 10 else 2


def quarter_hint(name: str) -> str:
    """A name short enough for the side of a chart."""
    return name if len(name) <= 18 else f"{name[:17]}…"


def of_years(count: int) -> str:
    """How far ahead an interval was told."""
    if count == 0:
        return _("told this year")
    return ngettext("%(count)s year ahead", "%(count)s years ahead", count) % {"count": count}
