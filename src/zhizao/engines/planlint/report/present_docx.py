"""A report, and a letter of corrections, as docx: the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from zhizao.engines.planlint.report.present import (
    Heading,
    Item,
    Presentation,
    Say,
    english,
    places_words,
    quotes,
    raised,
)
from zhizao.kernel import word
from zhizao.kernel.result import mark


def docx(shown: Presentation, heading: Heading, *, say: Say = english, on: date | None = None) -> bytes:
    """The report as a Word document.

    Parameters
    ----------
    shown, heading, say : as for ``present_html.html``
    on : date, optional
        The day that the file bears inside; the same day gives the same bytes.
    """
    file = word.blank(heading.title)
    _heading(file, heading)
    word.paragraph(file, shown.answer, bold=True)
    if shown.families:
        word.heading(file, say(mark("Score by family"), {}))
        heads = (
            mark("Family"),
            mark("Score (0–100)"),
            mark("Rules run"),
            mark("Errors"),
            mark("Warnings"),
            mark("Notes"),
        )
        cells = [
            (one.title, "—" if one.score is None else one.score, one.rules, one.errors, one.warnings, one.notes)
            for one in shown.families
        ]
        word.table(file, [say(head, {}) for head in heads], cells, pieces=raised)
    if shown.items:
        word.heading(file, say(mark("Findings and their arithmetic"), {}))
    for item in shown.items:
        _item(file, item, say, title=f"{item.shape} {item.number}. {item.message}")
    if shown.not_run:
        word.heading(file, say(mark("Rules that could not be run"), {}))
        heads_of_rest = [say(mark("Rule"), {}), say(mark("Needs"), {})]
        word.table(file, heads_of_rest, [(one.title, one.needs) for one in shown.not_run], pieces=raised)
    _foot(file, heading)
    return word.to_bytes(file, on=on)


def letter(
    items: Sequence[Item],
    heading: Heading,
    *,
    to: str,
    sender: str,
    say: Say = english,
    on: date | None = None,
) -> bytes:
    """A letter that asks whoever issued the plan to correct what was accepted as wrong.

    Parameters
    ----------
    items : the accepted findings, in order
    to, sender : names of the addressee and of the office that writes
    """
    file = word.blank(heading.title)
    word.title(file, say(mark("Letter asking for corrections"), {}))
    word.paragraph(file, say(mark("To %(name)s:"), {"name": to}))
    params = {"title": heading.title, "version": heading.version, "count": len(items)}
    word.paragraph(
        file,
        say(
            mark(
                "While checking %(title)s (%(version)s) we found %(count)s places where the plan contradicts itself. "
                "Each stands below with its arithmetic. Please correct them or say which figure holds."
            ),
            params,
        ),
    )
    for number, item in enumerate(items, start=1):
        _item(file, item, say, title=f"{number}. {item.message}", outside=True)
    day = mark("%(year)s-%(month)s-%(day)s")
    signed = [sender, *([say(day, {"year": on.year, "month": on.month, "day": on.day})] if on else [])]
    for text in signed:
        word.paragraph(file, text, align=word.RIGHT)
    return word.to_bytes(file, on=on)


def _item(file: Any, item: Item, say: Say, *, title: str, outside: bool = False) -> None:
    """A finding; what goes ``outside`` says nothing of how the office itself has classed and decided it."""
    word.heading(file, title, level=2)
    where = places_words(item, say)
    about = (where,) if outside else (item.family_title, item.word, where)
    word.paragraph(file, " · ".join(filter(None, about)), size=word.SMALL_PT)
    for quote in quotes(item):
        word.paragraph(file, f"“{quote}”")
    if item.lines:
        cells = [(line.label, line.expression, line.value) for line in item.lines]
        word.table(file, [], cells, pieces=raised)
    if item.suggestion:
        word.paragraph(file, item.suggestion)
    if item.judgement and not outside:
        word.paragraph(
            file, " · ".join(filter(None, (item.judgement.words, item.judgement.reason))), size=word.SMALL_PT
        )


def _heading(file: Any, heading: Heading) -> None:
    word.title(file, heading.title)
    about = " · ".join(filter(None, (heading.version, heading.checked_on)))
    word.paragraph(file, about, size=word.SMALL_PT, align=word.CENTRE)


def _foot(file: Any, heading: Heading) -> None:
    for text in (heading.source, *(f"{name} {value}" for name, value in heading.facts)):
        if text:
            word.paragraph(file, text, size=word.SMALL_PT)
