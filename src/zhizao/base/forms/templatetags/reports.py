"""Words of forms in the reader's language."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from zhizao.base.forms.definition import Texts, text_in
from zhizao.base.forms.tables import STATE_KINDS, STATE_WORDS

register = template.Library()


@register.filter
def words(texts: Texts) -> str:
    """A text of a definition."""
    return text_in(texts, get_language() or "zh")


@register.filter
def state_kind(state: str) -> str:
    """Good, watch, bad or none."""
    return STATE_KINDS.get(state, "none")


@register.filter
def state_word(state: str) -> str:
    """A state of a report in words."""
    return str(STATE_WORDS.get(state, state))
