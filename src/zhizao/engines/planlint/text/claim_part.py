"""One part of a paragraph as it is read: its words, its time words, where its figures stand."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from zhizao.engines.planlint.text import claim_words
from zhizao.engines.planlint.text.claim_spans import Time, Use
from zhizao.engines.planlint.text.sentences import HIDDEN, Paragraph, Part

LONGEST: Final = 400
"""Characters before a figure that may be its words: no clause of prose is longer, and a text without points may be."""
_MANY: Final = 40
"""Time words that are looked at, for the same reason."""


class PartText:
    """What stands between two full stops or semicolons; ``starts`` are the places of its figures."""

    def __init__(self, paragraph: Paragraph, part: Part, clock: Sequence[Time], starts: Sequence[int]) -> None:
        self.text, self.masked = paragraph.text, paragraph.masked
        self.start, self.clauses = part.start, part.clauses
        self._clock, self._ticks, self._starts = clock, [one.start for one in clock], starts

    def near(self, start: int, stop: int) -> Sequence[Time]:
        """The time words of a stretch, the last ones of many."""
        last = bisect_left(self._ticks, stop)
        return self._clock[max(bisect_left(self._ticks, start), last - _MANY) : last]

    def words(self, start: int, end: int) -> str:
        """The words of a stretch, time words replaced; parentheses stay only where they are part of a name."""
        start = max(start, end - LONGEST)
        pieces: list[str] = []
        at = start
        for one in self.near(start, end):
            if one.end <= end and one.use is not Use.NOW and one.use is not Use.NAME:
                pieces += (self._plain(at, one.start), claim_words.TIME)
                at = one.end
        return "".join([*pieces, self._plain(at, end)])

    def _plain(self, start: int, end: int) -> str:
        masked, text = self.masked, self.text
        if HIDDEN not in masked[start:end]:
            return text[start:end]
        pieces: list[str] = []
        at = start
        for hidden in re.finditer(f"{HIDDEN}+", masked[start:end]):
            first, last = start + hidden.start(), start + hidden.end()
            words = text[first:last]
            pieces.append(text[at:first])
            is_short = len(words) <= 14 and not re.search(r"[0-9如见图表注“]", words)
            if words[:1] == "《" or (is_short and last < len(text) and "一" <= text[last] <= "龥"):
                pieces.append(words)
            at = last
        return "".join([*pieces, text[at:end]])

    def has_figures(self, clause: tuple[int, int]) -> bool:
        """Whether a figure stands in a clause."""
        return bisect_left(self._starts, clause[0]) < bisect_left(self._starts, clause[1])
