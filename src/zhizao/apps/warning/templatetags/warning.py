from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhizao.apps.warning import opening, words
from zhizao.apps.warning.tables import lamp_mark, opens
from zhizao.base.ui import numbers

register = template.Library()


@register.simple_tag(takes_context=True)
def warning_url(context: template.Context, name: str, *args: object, **query: object) -> str:
    """``{% warning_url "warning:alarm" pk %}``: a page of the same area and day."""
    return opening.link(context["request"], name, *args, **query)


@register.simple_tag(takes_context=True)
def drawer(context: template.Context, value: Any, reference: str) -> SafeString | str:
    """``{% drawer text reference %}``: a figure that opens its evidence; as it is where there is none."""
    text = value if value not in (None, "") else "—"
    return opens(context["request"], text, reference) if reference else text


@register.filter
def lamp(value: Any) -> SafeString:
    """``{{ group.lamp|lamp }}``: the classic lamp."""
    return lamp_mark(value)


@register.filter
def risk_kind(group: Any) -> str:
    """``{{ group|risk_kind }}``: the status of its risk lamp."""
    return words.risk_kind(group.risk)


@register.filter
def risk_word(group: Any) -> str:
    """``{{ group|risk_word }}``: what its risk lamp says."""
    return words.risk_word(group)


@register.filter
def family(key: str) -> str:
    """``{{ alarm.family|family }}``: its name."""
    return words.family(key)


@register.filter
def rounded(value: float | None) -> str:
    """``{{ row.z|rounded }}``: two decimals at most, three digits of what is small; a dash where unknown."""
    if value is None:
        return "—"
    digits = 0 if abs(value) >= 1000 or not value else 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 4
    return numbers.figure(value, decimals=digits) or "—"


@register.filter
def unit_word(unit: str) -> str:
    """``{{ row.unit|unit_word }}``: the unit of a row of arithmetic; a number without one has none."""
    known = {"1": "", "points": _("pct. points")}
    return known[unit] if unit in known else numbers.unit_name(unit)
