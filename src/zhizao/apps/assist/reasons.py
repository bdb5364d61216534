"""Why an enterprise stands where it stands in the queue: what speaks for it, and what is unknown or speaks against."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from zhizao.apps.assist.queue import ASSUMED
from zhizao.apps.warning import probabilities
from zhizao.apps.warning.queries import rule_of, title
from zhizao.base.ui.numbers import figure, period

if TYPE_CHECKING:
    from zhizao.apps.assist.measures import Measure
    from zhizao.apps.assist.queue import QueueRow


LOW = "L"


def reason(row: QueueRow) -> str:
    """What speaks for helping: what was seen, what is lost if it is true, and what help avoids of it."""
    return in_turn(sign(row), stake(row))


def sign(row: QueueRow) -> str:
    """What was seen: what the alarm says that speaks, else what the case is about."""
    if row.alarm is None:
        return row.case.title if row.case else ""
    text = row.said.get(row.alarm.pk) or title(rule_of(row.alarm), row.alarm.rule)
    return _("%(month)s: %(text)s") % {"month": period(row.alarm.span), "text": text}


def stake(row: QueueRow) -> str:
    """What is lost if it is true, and what help avoids of it."""
    if row.depth is None:
        return in_turn(_("Whether it still produces is unknown: ask first."), _advice(row))
    if row.loss_wan_yuan is None:
        return _("Nothing is known of its output: find out first.")
    if not row.depth:
        return _("Its figures are in doubt, no output is at stake yet.")
    words = {
        "p": figure(row.p * 100, "%", decimals=0),
        "months": row.months,
        "loss": figure(row.loss_wan_yuan, "万元"),
        "others": figure(row.loss.others_wan_yuan, "万元"),
        "own": figure(row.loss.own_wan_yuan, "万元"),
    }
    if row.loss.others_wan_yuan is None:
        text = _("If true (%(p)s%%), %(own)s 万元 of its own output are lost in %(months)s months.")
    elif row.loss.own_wan_yuan is None:
        text = _("If true (%(p)s%%), its suppliers and buyers lose %(others)s 万元 in %(months)s months.")
    else:
        text = _(
            "If true (%(p)s%%), %(loss)s 万元 are lost in %(months)s months, "
            "%(others)s 万元 of it at suppliers and buyers."
        )
    return in_turn(text % words, _help(row))


def in_turn(*sentences: str) -> str:
    """Sentences one after the other, as the language sets them."""
    return ("" if (get_language() or "zh").startswith("zh") else " ").join(filter(None, sentences))


def _help(row: QueueRow) -> str:
    if row.measure is None or row.avoided_wan_yuan is None:
        return ""
    text = ngettext(
        "Advised: “%(measure)s”, about %(hours)s hour, avoids %(avoided)s 万元.",
        "Advised: “%(measure)s”, about %(hours)s hours, avoids %(avoided)s 万元.",
        math.ceil(row.measure.hours),
    )
    return text % (_named(row.measure) | {"avoided": figure(row.avoided_wan_yuan, "万元")})


def _advice(row: QueueRow) -> str:
    if row.measure is None:
        return ""
    text = ngettext(
        "Advised: “%(measure)s”, about %(hours)s hour.",
        "Advised: “%(measure)s”, about %(hours)s hours.",
        math.ceil(row.measure.hours),
    )
    return text % _named(row.measure)


def _named(measure: Measure) -> dict[str, str]:
    return {"measure": measure.name, "hours": figure(measure.hours)}


def against(row: QueueRow) -> list[str]:
    """What is unknown, assumed or speaks against."""
    said = list(unknown(row))
    if row.measure is not None and row.measure.confidence == LOW:
        said.append(_("What the measure averts is a working value (confidence L)."))
    return said


def unknown(row: QueueRow) -> Iterator[str]:
    """The same without what the foot of the list says of every row."""
    if row.depth is None:
        pass  # the reason says so
    elif row.loss.others_wan_yuan is None:
        yield _("What others lose with it is unknown: ranked by its own output only.")
    elif row.loss.others_at_most:
        yield _("Its flows outside are unknown: others lose at most as much.")
    if row.loss.own_wan_yuan is None and row.loss.others_wan_yuan is not None:
        yield _("Its own output of twelve months is unknown.")
    if row.p_source == probabilities.PRIOR:
        yield _("The probability is assumed: too few outcomes of this rule are known.")
    elif row.p_source == ASSUMED:
        yield _("The probability is a working value: no alarm stands.")
    if row.measure is None:
        yield _("No measure of the pack fits.")
    if len(row.alarms) > 1:
        others = len(row.alarms) - 1
        yield ngettext("%(n)s more alarm is not added.", "%(n)s more alarms are not added.", others) % {"n": others}


def source_of_p(row: QueueRow) -> str:
    """Whence the probability is."""
    words = {
        probabilities.PRIOR: _("assumed before outcomes"),
        probabilities.RECORD: _("past outcomes of the rule"),
        ASSUMED: _("working value"),
    }
    return words.get(row.p_source, row.p_source)
