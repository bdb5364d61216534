from __future__ import annotations

from typing import Any

from django import template

from zhizao.apps.plan import opening
from zhizao.apps.plan.figures import evidence_link
from zhizao.base.ui import numbers

register = template.Library()


@register.simple_tag(takes_context=True)
def plan_url(context: template.Context, name: str, *args: object, **query: object) -> str:
    """``{% plan_url "plan:target" key %}``: a page of the same plan, version and day."""
    return opening.link(context["request"], name, *args, **query)


@register.simple_tag(takes_context=True)
def evidence(context: template.Context, value: Any, pointer: str, unit: str = "") -> str:
    """``{% evidence value "/land_totals/land_mu/value" "亩" %}``: a figure that opens its evidence."""
    return evidence_link(context["request"], numbers.figure(value, unit), pointer)
