from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zhizao.base.ui.templatetags.zz import figure, query

register = template.Library()


@register.simple_tag(takes_context=True)
def opens(context: template.Context, value: Any, reference: object, unit: str = "") -> SafeString:
    """``{% opens value reference "万元" %}``: a figure that opens its evidence in the drawer; unknown opens nothing."""
    text = figure(value, unit)
    if value is None or not reference:
        return text
    address = query(context, evidence=str(reference))
    return format_html(
        '<a class="fig" href="{0}" hx-get="{0}" hx-target="#drawer" hx-select="#drawer" hx-swap="outerHTML" '
        'hx-push-url="true">{1}</a>',
        address,
        text,
    )
