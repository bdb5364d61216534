"""The figures of the running text that are no claim: each is reported, none is dropped silently."""

from __future__ import annotations

from collections.abc import Iterable

from zhizao.engines.planlint.tables.values import Notes
from zhizao.engines.planlint.text.sentences import Paragraph
from zhizao.kernel.result import Severity, mark

_SHOWN = 12
"""Figures that are named one by one in the message of a line."""


def note(paragraph: Paragraph, places: Iterable[tuple[int, int]], notes: Notes) -> None:
    """Report the figures at these places, one problem a line.

    >>> from zhizao.engines.planlint.text.sentences import Paragraph
    >>> notes = Notes()
    >>> note(Paragraph("入选500强", "入选500强", ((0, 7, 0),)), [(2, 5)], notes)
    >>> str(notes.problems[0])
    'line 7: Figures that say nothing measurable were left out of the claims: 500.'
    """
    lines: dict[int, list[str]] = {}
    for start, end in sorted(places):
        lines.setdefault(paragraph.place(start)[0], []).append(paragraph.text[start:end])
    for line, printed in lines.items():
        more = "、…" if len(printed) > _SHOWN else ""
        notes.add(
            "figure_unplaced",
            mark("Figures that say nothing measurable were left out of the claims: %(figures)s."),
            line=line,
            severity=Severity.INFO,
            figures="、".join(printed[:_SHOWN]) + more,
            count=len(printed),
        )
