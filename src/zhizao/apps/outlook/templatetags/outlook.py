from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString

from zhizao.apps.outlook import opening, words
from zhizao.apps.outlook.tables import opens
from zhizao.base.jobs.problems import say
from zhizao.base.ui import numbers
from zhizao.base.ui.templatetags.zz import dated

register = template.Library()


@register.simple_tag(takes_context=True)
def outlook_url(context: template.Context, name: str, *args: object) -> str:
    """``{% outlook_url "outlook:target" key %}``: a page of the same area and day."""
    return opening.link(context["request"], name, *args)


@register.simple_tag(takes_context=True)
def enterprise_url(context: template.Context, key: str) -> str:
    """``{% enterprise_url "enterprise:…" %}``: the outlook of an enterprise, on the same day."""
    return dated(context, reverse("outlook:enterprise", args=[key.partition(":")[2] or key]))


@register.simple_tag(takes_context=True)
def drawer(context: template.Context, value: Any, reference: str, unit: str = "") -> SafeString | str:
    """``{% drawer value reference "亿元" %}``: a figure that opens its evidence."""
    text = value if isinstance(value, str) else numbers.figure(value, unit) or "—"
    return opens(context["request"], text, reference) if reference else text


@register.filter
def per_cent(value: float | None) -> str:
    """``{{ 0.052|per_cent }}``: +5.2; beyond tenfold only that it is."""
    if value is not None and abs(value) > 10:
        return ">1000" if value > 0 else "<−1000"
    return numbers.signed(None if value is None else 100 * value, decimals=1) or "—"


@register.filter
def share(value: float | None) -> str:
    """``{{ 0.23|share }}``: 23%."""
    return "—" if value is None else f"{100 * value:.0f}%"


@register.filter
def points(value: float) -> str:
    """``{{ -0.074|points }}``: −7.4, in percentage points."""
    return words.points(value)


@register.filter
def reason(item: Any) -> str:
    """Why a target cannot be told."""
    return words.why(item)


@register.filter
def said(text: str) -> str:
    """A marked text of the engine in the reader's language."""
    return say(text)


@register.filter
def ahead(years: int) -> str:
    """How far ahead an interval was told."""
    return words.of_years(years)
