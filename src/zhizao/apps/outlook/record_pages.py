"""What the pages of an enterprise, of past calls and of a finished period say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhizao.apps.ledger import queries as ledger
from zhizao.apps.outlook import words
from zhizao.apps.outlook.opening import link
from zhizao.apps.outlook.pages import here
from zhizao.base.ui import numbers

if TYPE_CHECKING:
    from zhizao.apps.outlook.shown import Calibration, EnterpriseOutlook, Evaluated, Evaluation, SeriesOutlook


@dataclass(frozen=True, slots=True)
class Group:
    """A verdict as a filter."""

    kind: str
    word: str
    count: int
    href: str
    is_chosen: bool


def is_flow(indicator: str) -> bool:
    """Whether an indicator's periods add up, so that one of two months has a mean month."""
    return ledger.indicators().filter(key=indicator, kind="flow").exists()


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


def judged(told: Evaluation) -> list[Evaluated]:
    """The targets with their verdict; before the period ends, by where the last figure stands against the path."""
    if told.is_final:
        return list(told.rows)
    known = {True: "on_path", False: "behind", None: "not_measurable"}
    return [
        replace(row, verdict=known[_as_printed(row) or row.on_path], reason="" if row.last else row.reason)
        for row in told.rows
    ]


def _as_printed(row: Evaluated) -> bool:
    """Whether the last figure and the path are the same as the page prints them: none is behind by what is not seen."""
    if row.last is None or row.path_value is None:
        return False
    return numbers.figure(row.last.value, row.unit) == numbers.figure(row.path_value, row.unit)


def evaluation_answer(told: Evaluation, rows: Sequence[Evaluated]) -> str:
    """What became of the targets, in a sentence."""
    counts = Counter(row.verdict for row in rows)
    if told.is_final:
        text = _("%(total)s targets: %(reached)s reached, %(missed)s missed, %(not_measurable)s not measurable.")
        return text % {"total": len(rows), **{key: counts[key] for key in words.VERDICTS}}
    text = _(
        "The period is not over: of %(total)s targets %(on_path)s are on the path or ahead, %(behind)s behind,"
        " %(not_measurable)s not measurable."
    )
    return text % {"total": len(rows), **{key: counts[key] for key in words.AT_MID_TERM}}


def verdicts(request: HttpRequest, told: Evaluation, rows: Sequence[Evaluated]) -> list[Group]:
    """Each verdict as a filter."""
    chosen = request.GET.get("verdict", "")
    return [
        Group(
            kind=words.VERDICT_KINDS[key],
            word=str(word),
            count=sum(row.verdict == key for row in rows),
            href=here(request, verdict=None if key == chosen else key, page=None),
            is_chosen=key == chosen,
        )
        for key, word in (words.VERDICTS if told.is_final else words.AT_MID_TERM).items()
    ]
