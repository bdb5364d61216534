from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from zhizao.apps.cockpit.marking import Piece
from zhizao.apps.cockpit.text import Section
from zhizao.apps.outlook.tables import opens

register = template.Library()

ROW_PX = 26
EDGE_PX = 40


@register.simple_tag(takes_context=True)
def piece(context: template.Context, said: Piece) -> SafeString | str:
    """``{% piece cell %}``: a run of text; a figure opens its evidence."""
    return opens(context["request"], said.text, said.evidence) if said.evidence else said.text


@register.simple_tag(takes_context=True)
def pieces(context: template.Context, said: Iterable[Piece]) -> SafeString:
    """``{% pieces paragraph %}``: a sentence with its figures."""
    return format_html_join("", "{}", ((piece(context, one),) for one in said))


@register.filter
def chart_height(section: Section) -> int:
    """As high as its rows need."""
    rows: tuple[Any, ...] = section.bars.rows if section.bars else ()
    return EDGE_PX + ROW_PX * len(rows)
