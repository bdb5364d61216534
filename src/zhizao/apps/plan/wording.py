"""What the reader's codes and remarks are in words: kinds of figures, bounds, spans, notes beside a row."""

from __future__ import annotations

import re
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhizao.kernel.result import Refused, mark

_CODES: Final = {
    "kind": {
        "actual": mark("past figure"),
        "target": mark("target figure"),
        "growth": mark("growth"),
        "share": mark("share"),
        "count": mark("count"),
    },
    "bound": {
        "eq": mark("equal to"),
        "about": mark("about"),
        "ge": mark("at least"),
        "gt": mark("more than"),
        "le": mark("at most"),
        "lt": mark("less than"),
    },
    "member_type": {
        "enterprise": mark("enterprise"),
        "channel": mark("channel"),
        "base": mark("industrial base"),
        "other": mark("other"),
    },
}
_NOTES: Final = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"period from the section", mark("period from the section")),
        (r"annual", mark("annual rate")),
        (r"annual mean", mark("annual mean")),
        (r"year on year", mark("year on year")),
        (r"decrease", mark("decrease")),
        (r"earlier value", mark("earlier value")),
        (r"its year is not printed", mark("its year is not printed")),
        (r"base period not printed", mark("base period not printed")),
        (r"against (?P<span>[\d.\-]+)", mark("against %(span)s")),
        (r"of which: (?P<whole>.+)", mark("part of: %(whole)s")),
        (r"the target it is compared with", mark("the target it is compared with")),
        (r"unit (?P<unit>[^:]+): (?P<meant>\S+) is meant", mark("unit %(unit)s: %(meant)s is meant")),
        (r"indicator from the share before it", mark("indicator from the share before it")),
        (r"list without names", mark("list without names")),
        (r"names of the list: (?P<names>.+)", mark("names of the list: %(names)s")),
        (r"list divided among the nodes named before it, in order", mark("list divided among the nodes before it")),
        (r"stage carried from the label before", mark("stage carried from the label before")),
        (r"words in the middle left out", mark("words in the middle left out")),
        (r"one character differs", mark("one character differs")),
        (r"may be the parent", mark("may be the parent company")),
        (r"a group, which may be another company", mark("a group, which may be another company")),
        (r"one of the names has 集团, the other has not", mark("only one of the names has 集团")),
        (r"or (?P<names>.+)", mark("or %(names)s")),
        (r"verb added", mark("verb added")),
        (r"idle (?P<area>.+)", mark("idle %(area)s")),
        (r"finish (?P<printed>\S+): (?P<one>\S+) or (?P<other>\S+)", mark("finish %(printed)s: %(one)s or %(other)s")),
        (r"finish unknown", mark("finish unknown")),
        (r"base_value unknown.*", mark("base unknown")),
        (r"base_value estimated: actual of (?P<year>\d+)", mark("base estimated: actual of %(year)s")),
        (r"base_value estimated: target of (?P<year>\d+).*", mark("base estimated: target of %(year)s, not an actual")),
        (r"carried_from .*", mark("carried from the plan before")),
        (r"corrected: \w+ was (?P<read>.+)", mark("corrected: was %(read)s")),
    )
)


def word(column: str, value: Any) -> Any:
    """A code of a column in words; what is no code stays as it is."""
    if column == "span" and value:
        return span_words(str(value))
    known = _CODES.get(column, {})
    return _(known[value]) if value in known else value


def span_words(text: str) -> str:
    """A span as reports write it, 2016—2020年; English keeps the code."""
    from zhizao.kernel.span import Span

    if not (get_language() or "zh").startswith("zh"):
        return text
    try:
        return Span.parse(text).to_chinese()
    except Refused:
        return text


def note_words(note: str) -> str:
    """The reader's remarks on a row; what it says of itself is translated, what it quotes stays."""
    return _("; ").join(_remark(part) for part in note.split("; "))


def _remark(text: str) -> str:
    for pattern, words in _NOTES:
        if found := pattern.fullmatch(text):
            values = found.groupdict()
            if "span" in values:
                values["span"] = span_words(values["span"])
            return _(words) % values if values else _(words)
    return text
