"""Small pictures in rows, put together without a template for each: a list has many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhizao.base.ui.sparkline import sparkline

if TYPE_CHECKING:
    from zhizao.apps.outlook.shown import TargetOutlook


def bar(share: float | None, *, kind: str, width: int = 32, height: int = 4) -> SafeString:
    """A bar drawn by SVG attributes; what cannot be told is a dashed rule."""
    frame = '<svg class="bar {0}" width="{1}" height="{2}" viewBox="0 0 {1} {2}" aria-hidden="true">'
    if share is None:
        inside = format_html('<line class="bar-none" x1="0" x2="{0}" y1="{1}" y2="{1}"/>', width, height / 2)
    else:
        inside = format_html(
            '<rect class="bar-all" width="{0}" height="{1}"/><rect class="bar-part" width="{2}" height="{1}"/>',
            width,
            height,
            round(width * min(1.0, max(0.0, share)), 1),
        )
    return format_html(frame + "{3}</svg>", kind, width, height, inside)


def sparkline_of(item: TargetOutlook) -> SafeString:
    """Path dashed, actual figures in ink, forecast in the accent with its 80 % bar, the target a ring."""
    first = item.path[0].span.end_month if item.path else min((a.span.end_month for a in item.actual), default=None)
    end = item.span.end_month
    if first is None or first >= end:
        return SafeString("")
    years = range(first, end + 1, 12)
    path = {one.span.end_month: float(one.value) for one in item.path}
    actual = {one.span.end_month: float(one.value) for one in item.actual if one.span.months == item.span.months}
    told = next((one for one in item.fan if one.span.end_month == end), None)
    s = sparkline(
        periods=len(years),
        path=[path.get(year) for year in years],
        actual=[actual.get(year) for year in years],
        forecast=told.q50 if told else None,
        low=told.q10 if told else None,
        high=told.q90 if told else None,
        target=float(item.value),
    )
    parts = [format_html_join("", '<polyline class="sp-path" points="{}"/>', ((points,) for points in s.path))]
    if s.band:
        parts.append(format_html('<line class="sp-band" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>', *s.band))
    parts.append(format_html_join("", '<polyline class="sp-actual" points="{}"/>', ((points,) for points in s.actual)))
    if s.forecast:
        parts.append(format_html('<polyline class="sp-forecast" points="{}"/>', s.forecast))
    if s.last:
        parts.append(format_html('<circle class="sp-last" cx="{}" cy="{}" r="2"/>', *s.last))
    if s.target:
        parts.append(format_html('<circle class="sp-target" cx="{}" cy="{}" r="2.75"/>', *s.target))
    label = _("%(first)s to %(last)s: path, actual, forecast, target") % {
        "first": first // 12 - 1,
        "last": end // 12 - 1,
    }
    return format_html(
        '<svg class="spark" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img" aria-label="{2}">{3}</svg>',
        s.width,
        s.height,
        label,
        SafeString("".join(parts)),
    )
