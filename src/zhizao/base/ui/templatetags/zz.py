from __future__ import annotations

from typing import Any

from django import template
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhizao.base.ui import numbers
from zhizao.base.ui import sparkline as drawing
from zhizao.base.ui.context import provider
from zhizao.kernel.span import Span

register = template.Library()


def _or_unknown(text: str | None) -> str | SafeString:
    return format_html('<span class="unk">—{}</span>', _("unknown")) if text is None else text


@register.filter
def figure(value: object, unit: str = "") -> str | SafeString:
    """``{{ value|figure:"亿元" }}``: the figure with that unit's decimals; nothing known is “—未知”, never 0."""
    return _or_unknown(numbers.figure(value, unit))


@register.filter
def signed(value: object, unit: str = "") -> str | SafeString:
    """``{{ value|signed:"亿元" }}``: a change with its sign."""
    return _or_unknown(numbers.signed(value, unit))


@register.filter
def change(value: object, unit: str = "%") -> str | SafeString:
    """``{{ value|change }}``: ↑8.6% or ↓2.1%; direction colours only where the page turns them on."""
    text = numbers.figure(value, unit)
    if text is None:
        return _or_unknown(None)
    shown = f"{text.lstrip(numbers.MINUS)}{numbers.unit_name(unit)}"
    if not text.strip("0.−"):
        return shown
    arrow, kind = ("↓", "fall") if text.startswith(numbers.MINUS) else ("↑", "rise")
    return format_html('<span class="{}">{}{}</span>', kind, arrow, shown)


@register.filter
def unit(value: object) -> str:
    """``{{ "亿元"|unit }}``: the unit in the reader's language."""
    return numbers.unit_name(str(value or ""))


@register.filter
def period(value: Span) -> str:
    """``{{ span|period }}``: a period in the reader's language."""
    return numbers.period(value)


@register.filter
def html_lang(value: str | None) -> str:
    """The language code as HTML writes it: zh-hans is zh-Hans."""
    code = value or get_language() or "zh-hans"
    return "zh-Hans" if code.startswith("zh") else code


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """``{% query page=2 evidence=None %}``: this page's address with the query changed; ``None`` takes a key out."""
    request = context["request"]
    parameters: QueryDict = request.GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            parameters.pop(name, None)
        else:
            parameters[name] = value
    return f"{request.path}?{parameters.urlencode()}" if parameters else request.path


@register.simple_tag(takes_context=True)
def dated(context: template.Context, url: str) -> str:
    """``{% dated url %}``: the address with the day looked back to, so that a reader stays in the past."""
    request = context.get("request")
    as_of = getattr(request, "as_of", None)
    if not as_of:
        return url
    return f"{url}{'&' if '?' in url else '?'}as_of={as_of.isoformat()}"


@register.inclusion_tag("ui/_hidden_fields.html", takes_context=True)
def kept_fields(context: template.Context, *without: str) -> dict[str, Any]:
    """``{% kept_fields "page" "q" %}``: the query as hidden inputs, without the named keys, for a GET form."""
    pairs = [
        (name, value) for name, values in context["request"].GET.lists() if name not in without for value in values
    ]
    return {"pairs": pairs}


@register.simple_tag
def sparkline(label: str, *, periods: int, **parts: Any) -> SafeString:
    """``{% sparkline "2020—2025年" periods=6 path=… actual=… forecast=… low=… high=… target=… %}``."""
    return SafeString(
        render_to_string("ui/_sparkline.html", {"label": label, "s": drawing.sparkline(periods=periods, **parts)})
    )


@register.inclusion_tag("ui/_bar.html")
def bar(share: float | None, *, width: int = 32, height: int = 4, kind: str = "") -> dict[str, Any]:
    """``{% bar 0.21 kind="bad" %}``: a bar drawn by SVG attributes; an unknown share is a dashed rule."""
    filled = None if share is None else round(width * min(1.0, max(0.0, float(share))), 1)
    return {"filled": filled, "width": width, "height": height, "kind": kind, "middle": height / 2}


@register.simple_tag(takes_context=True)
def evidence_drawer(context: template.Context) -> SafeString:
    """The evidence that ``?evidence=`` names, for the drawer; empty when none is asked for."""
    request = context["request"]
    reference = request.GET.get("evidence", "")
    if not reference:
        return SafeString("")
    resolve = provider("UI_EVIDENCE")
    evidence = resolve(request.user, reference, as_of=getattr(request, "as_of", None)) if resolve else None
    name = evidence.template if evidence is not None else "ui/_no_evidence.html"
    return SafeString(render_to_string(name, {"evidence": evidence, "reference": reference}, request=request))


@register.inclusion_tag("ui/_hidden_fields.html", takes_context=True)
def table_kept_fields(context: template.Context, table: Any) -> dict[str, Any]:
    """What the address holds besides the table's filters, as hidden inputs for the filter form."""
    return kept_fields(context, *table.filter_names, "page", "evidence")


@register.simple_tag(takes_context=True)
def table_clear_url(context: template.Context, table: Any) -> str:
    """This page without the table's filters."""
    return query(context, page=None, **dict.fromkeys(table.filter_names))


@register.simple_tag(takes_context=True)
def table_sort_url(context: template.Context, table: Any, column: Any) -> str:
    """This page sorted by the column; again turns the direction."""
    return query(context, **{table.prefixed_order_by_field: column.order_by_alias.next, "page": None})
