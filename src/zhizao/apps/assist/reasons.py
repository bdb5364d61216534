"""Why an enterprise stands where it stands in the queue: what speaks for it, and what is unknown or speaks against."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhizao.apps.assist.queue import ASSUMED
from zhizao.apps.warning import probabilities
from zhizao.base.ui.numbers import figure

if TYPE_CHECKING:
    from zhizao.apps.assist.queue import QueueRow

LOW = "L"


def reason(row: QueueRow) -> str:
    """What speaks for helping, in a sentence."""
    if row.loss_wan_yuan is None:
        return _("Nothing is known of its output: find out first.")
    if not row.depth:
        return _("Its figures are in doubt, no output is at stake yet.")
    words = {
        "p": figure(row.p * 100, "%", decimals=0),
        "depth": figure(row.depth * 100, "%", decimals=0),
        "months": row.months,
        "loss": figure(row.loss_wan_yuan, "万元"),
        "others": figure(row.loss.others_wan_yuan, "万元"),
        "own": figure(row.loss.own_wan_yuan, "万元"),
    }
    if row.loss.others_wan_yuan is None:
        text = _(
            "Probability %(p)s%%; a fall by %(depth)s%% over %(months)s months costs %(own)s 万元 of its own output."
        )
    elif row.loss.own_wan_yuan is None:
        text = _("Probability %(p)s%%; a fall by %(depth)s%% over %(months)s months costs others %(others)s 万元.")
    else:
        text = _(
            "Probability %(p)s%%; a fall by %(depth)s%% over %(months)s months costs %(loss)s 万元, "
            "of which %(others)s 万元 at others."
        )
    return text % words + _help(row)


def _help(row: QueueRow) -> str:
    if row.measure is None or row.avoided_wan_yuan is None:
        return ""
    words = {
        "measure": row.measure.name,
        "avoided": figure(row.avoided_wan_yuan, "万元"),
        "hours": figure(row.measure.hours),
    }
    return " " + _("“%(measure)s” avoids %(avoided)s 万元 of it in %(hours)s hours.") % words


def against(row: QueueRow) -> list[str]:
    """What is unknown, assumed or speaks against."""
    return list(_against(row))


def _against(row: QueueRow) -> Iterator[str]:
    if row.loss.others_wan_yuan is None:
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
    elif row.measure.confidence == LOW:
        yield _("What the measure averts is a working value (confidence L).")
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
