"""Period and kind of a figure: what its clause, its sentence, its paragraph or its section says of time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from zhizao.engines.planlint.growth import SHARE_UNITS
from zhizao.engines.planlint.text import claim_words
from zhizao.engines.planlint.text.claim_figures import DOUBLING
from zhizao.engines.planlint.text.claim_phrases import Phrase, Relation
from zhizao.engines.planlint.text.claim_spans import Calendar, Time, Use, growth_years
from zhizao.engines.planlint.text.claim_state import CARRIED, INHERITED, Claim, State
from zhizao.kernel.span import Span

_OVER: Final = re.compile(
    r"^(?P<years>[两二三四五六七八九十]|[0-9]{1,2})年(?:间|来|内)?(?:累计|共计?|合计|总共)*(?:完成|实现|安排)?"
)
_YEARS_OF: Final = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}


def timed(
    claim: Claim, phrase: Phrase, state: State, calendar: Calendar, *, near: Sequence[Time], cursor: int, words: str
) -> Claim:
    """The same claim with its period and its kind.

    Parameters
    ----------
    near : the time words of its clause before it
    cursor : where its own words begin
    words : its sentence up to it
    """
    notes, confidence = list(claim.notes), claim.confidence
    near = [one for one in near if one.start not in state.used]
    local = [one for one in near if one.use in (Use.AT, Use.NEXT)] or [one for one in near if one.use is Use.NOW]
    span = local[-1].span if local else state.part_span or state.sentence_span
    if phrase.is_expected and near and near[-1].use is Use.NAME:
        span = Span.of_year(near[-1].span.last_year)
    if phrase.relation is Relation.FROM and not any(one.start >= cursor for one in local):
        span = None
        notes.append("earlier value; its year is not printed")
    elif span is None and state.paragraph_span is not None:
        span, confidence = state.paragraph_span, min(confidence, CARRIED)
    elif span is None and state.section_span is not None:
        span, confidence = state.section_span, min(confidence, INHERITED)
        notes.append("period from the section")
    said = span is not None and confidence > INHERITED
    kind = _kind(claim, phrase, span, calendar, is_promise=_is_promise(words) or state.is_goal, is_said=said)
    if kind == "growth":
        reference = [one.span for one in near if one.use is Use.REFERENCE and one.start >= cursor]
        state.reference = reference[-1] if reference else state.reference
        span, note = _growth(phrase, span, state, calendar)
        notes.append(note)
    elif "年均" in claim.indicator or (phrase.statistic in claim_words.ANNUAL and span is not None):
        span = growth_years(span, calendar)
        notes.append("annual mean")
    return replace(claim, span=span, kind=kind, confidence=confidence, notes=tuple(dict.fromkeys(notes)))


def _is_promise(words: str) -> bool:
    return claim_words.FUTURE.search(words) is not None and claim_words.DONE.search(words) is None


def _growth(phrase: Phrase, span: Span | None, state: State, calendar: Calendar) -> tuple[Span | None, str]:
    """The years that a growth runs over, and what sort of growth it is."""
    if phrase.statistic == "同比" or any("上年" in word or "同期" in word for word in phrase.links):
        return span, "year on year"
    if phrase.statistic in claim_words.ANNUAL:
        return growth_years(span, calendar, since=state.since), "annual"
    if state.reference is not None:
        return growth_years(span, calendar, since=state.reference), f"against {state.reference}"
    if "累计" in phrase.links:
        return growth_years(span, calendar), "over all these years"
    return span, "base period not printed"


def _kind(
    claim: Claim, phrase: Phrase, span: Span | None, calendar: Calendar, *, is_promise: bool, is_said: bool
) -> str:
    """Growth, share and count by what is measured; of the rest, by its period whether it is promised.

    A number of things promised for a year that the text itself names (``is_said``) is a target, no count of a list.
    """
    if phrase.relation in (Relation.GROWTH, Relation.DECREASE) or claim.figure.unit == DOUBLING:
        return "growth"
    unit = claim.figure.unit
    if phrase.is_share or (unit in SHARE_UNITS and not claim_words.CHANGE_INDEX.search(claim.indicator)):
        return "share"
    counted = unit.lstrip("十百千万亿") in claim_words.COUNTED
    if counted and not claim_words.OUTPUTS.search(claim.indicator):
        return "target" if is_said and span is not None and calendar.is_future(span) else "count"
    if phrase.is_expected:
        return "target"
    if span is not None:
        return "target" if calendar.is_future(span) else "actual"
    return "target" if is_promise else "actual"


def over_years(claim: Claim, calendar: Calendar) -> Claim:
    """五年累计完成工业投资160亿元: 工业投资 of all these years.

    The years are those of the plan if they are as many, else those up to the year that the claim names.
    """
    found = _OVER.match(claim.indicator)
    rest = claim.indicator[found.end() :] if found else ""
    if found is None or not rest or claim.kind == "growth":
        return claim
    years = _YEARS_OF.get(found["years"]) or int(found["years"])
    last = claim.span.last_year if claim.span is not None else calendar.last
    first = calendar.first if last == calendar.last else None
    if last is None or (first is not None and last - first + 1 != years):
        return replace(claim, indicator=rest)
    span = Span.from_to(Span.of_year(last - years + 1), Span.of_year(last))
    return replace(claim, indicator=rest, span=span, notes=(*claim.notes, "over all these years"))
