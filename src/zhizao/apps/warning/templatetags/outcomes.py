"""What became of an alarm, on its page: everything that was said, and the form to say more."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from zhizao.apps.warning.models import Alarm, Outcome

register = template.Library()


@register.inclusion_tag("warning/_outcome.html", takes_context=True)
def outcome_of(context: dict[str, Any], alarm: Alarm) -> dict[str, Any]:
    """The section of an alarm's page."""
    from zhizao.apps.warning import score_views
    from zhizao.apps.warning.score_forms import JudgeForm

    request = context["request"]
    may_judge = not request.looking_back and request.user.has_perm("warning.judge", alarm)
    return {
        "alarm": alarm,
        "said": score_views.said_of(alarm, as_of=request.as_of),
        "form": JudgeForm(initial={"seen": score_views.last_said(alarm)}) if may_judge else None,
        "request": request,
        "csrf_token": context.get("csrf_token"),
    }


@register.filter
def reason(outcome: Outcome) -> str:
    """Why: in a person's words, or the title of the rule that said it."""
    from zhizao.apps.warning.looking_back import book_of

    if not outcome.by_rule:
        return outcome.why
    rules = [rule for rule in book_of(outcome.alarm.area)[0].rules if rule.id == outcome.why]
    if not rules:
        return outcome.why
    return rules[-1].title.get("zh" if (get_language() or "zh").startswith("zh") else "en") or outcome.why
