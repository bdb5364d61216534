"""What the pages of an enterprise, of past calls and of a finished period say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhizao.apps.outlook import words
from zhizao.apps.outlook.opening import link
from zhizao.apps.outlook.pages import here
from zhizao.base.ui import numbers

if TYPE_CHECKING:
    from zhizao.apps.outlook.shown import Calibration, EnterpriseOutlook, Evaluation, SeriesOutlook


def series_title(told: SeriesOutlook) -> str:
    """What is expected of the next twelve months, in short."""
    return told.name


def series_rows(request: HttpRequest, key: str, told: EnterpriseOutlook | None) -> list[tuple[SeriesOutlook, str]]:
    """Each indicator with the address of its chart's data."""
    return [
        (one, link(request, "outlook:enterprise_data", key, one.indicator)) for one in (told.series if told else ())
    ]


def calibration_answer(told: Calibration) -> str:
    """How good the calls were, in a sentence."""
    if not told.calls:
        return _("No call has an outcome yet.")
    figures = {"calls": told.calls, "brier": numbers.figure(told.brier, decimals=3) or "—"}
    if told.skill is None:
        return _("%(calls)s calls with an outcome: Brier score %(brier)s.") % figures
    figures["skill"] = numbers.signed(100 * told.skill, decimals=0) or ""
    return _("%(calls)s calls with an outcome: Brier score %(brier)s, skill %(skill)s%% over the base rate.") % figures


def calibration_title(told: Calibration) -> str:
    """The finding of the reliability diagram: whether calls were too sure of themselves."""
    if not told.bins:
        return _("No call has an outcome yet")
    off = [one for one in told.bins if not one.rate_lo <= one.mean_p <= one.rate_hi]
    if not off:
        return _("What was told came about as often as told")
    return ngettext(
        "In %(count)s of %(all)s classes it came less or more often than told",
        "In %(count)s of %(all)s classes it came less or more often than told",
        len(off),
    ) % {"count": len(off), "all": len(told.bins)}


def evaluation_answer(told: Evaluation) -> str:
    """What became of the targets, in a sentence."""
    counts = told.counts
    text = _("%(total)s targets: %(reached)s reached, %(missed)s missed, %(not_measurable)s not measurable.")
    return text % {"total": len(told.rows), **{key: counts.get(key, 0) for key in words.VERDICTS}}


def verdicts(request: HttpRequest, told: Evaluation) -> list[tuple[str, str, int, str, bool]]:
    """Each verdict as a filter: kind, word, count, address, whether it is chosen."""
    chosen = request.GET.get("verdict", "")
    return [
        (
            words.VERDICT_KINDS[key],
            str(word),
            told.counts.get(key, 0),
            here(request, verdict=None if key == chosen else key, page=None),
            key == chosen,
        )
        for key, word in words.VERDICTS.items()
    ]
