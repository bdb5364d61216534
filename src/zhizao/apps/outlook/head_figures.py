"""The figures at the head of a target's page: the target, the median, the latest, the pace; four at most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhizao.apps.outlook import words
from zhizao.base.ui import numbers
from zhizao.base.ui.numbers import period

if TYPE_CHECKING:
    from zhizao.apps.outlook.shown import TargetOutlook


@dataclass(frozen=True, slots=True)
class Stat:
    """A figure with its label, what it is measured against, and what opens it."""

    label: str
    value: str
    unit: str
    context: str = ""
    reference: str = ""
    simulated: bool = False


def stats(item: TargetOutlook) -> list[Stat]:
    """Those of them that are known."""
    base = item.path[0] if item.path else None
    from_base = {"span": period(base.span), "value": words.stated(base.value)} if base else {}
    found = [
        Stat(
            _("Target for %(year)s") % {"year": words.year_of(item)},
            words.bound(item),
            item.unit,
            _("%(span)s: %(value)s") % from_base if base else "",
        )
    ]
    if item.expected is not None:
        end = next((one for one in item.fan if one.span.end_month == item.span.end_month), None)
        digits = words.places(item.unit, [item.value])
        low, high = (numbers.figure(getattr(end, name), decimals=digits) if end else "" for name in ("q10", "q90"))
        found.append(
            Stat(
                _("Forecast median for %(year)s") % {"year": words.year_of(item)},
                numbers.figure(item.expected, decimals=digits) or "",
                item.unit,
                _("80%% interval %(low)s to %(high)s") % {"low": low, "high": high} if end else "",
                words.pointer(item, "expected"),
                item.simulated,
            )
        )
    if item.actual:
        last = item.actual[-1]
        found.append(
            Stat(
                _("Latest: %(span)s") % {"span": period(last.span)},
                numbers.figure(last.value, item.unit) or "—",
                item.unit,
                _since(item),
                last.reference,
                last.simulated,
            )
        )
    told = item.pace
    if told is not None and told.needed is not None:
        digits = words.pace_places(told)
        best = numbers.figure(told.best, decimals=digits)
        found.append(
            Stat(
                _("Pace needed a year"),
                numbers.figure(told.needed, decimals=digits) or "",
                words.pace_unit(told),
                _("best ever %(best)s") % {"best": best} if best else "",
                words.pointer(item, "pace/needed"),
                item.simulated,
            )
        )
    return found


def _since(item: TargetOutlook) -> str:
    """The change of the last figure over the one before of the same length."""
    last = item.actual[-1]
    before = next((one for one in item.actual if one.span == last.span.year_earlier()), None)
    if before is None or not before.value or item.unit == "%":
        return ""
    change = float(last.value / before.value - 1) * 100
    return _("on the year before %(change)s%%") % {"change": numbers.signed(change, decimals=1)}
