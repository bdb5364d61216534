"""A figure read, and what has been named so far in its paragraph, sentence and part: what reading carries on."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.text.claim_figures import Figure
from zhizao.kernel.span import Span

CARRIED: Final = Decimal("0.9")
"""Confidence of a figure whose indicator or period was named before its sentence part."""
INHERITED: Final = Decimal("0.8")
"""Of one whose period only its section tells."""
GUESSED: Final = Decimal("0.7")
"""Of one whose indicator is the likelier of two."""
UNSURE: Final = Decimal("0.5")
"""Of one of a list that cannot be paired."""
_SURE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Claim:
    """One figure read; the fields are columns of the table, places are offsets in the paragraph."""

    figure: Figure
    subject: str
    indicator: str
    clause: tuple[int, int]
    kind: str = ""
    span: Span | None = None
    scope: str = ""
    of: str = ""
    base: str = ""
    parts: tuple[str, ...] = ()
    bound: str = ""
    confidence: Decimal = _SURE
    notes: tuple[str, ...] = ()
    whole: int | None = None
    list_at: int | None = None
    list_names: int | None = None
    list_values: int | None = None


@dataclass(slots=True)
class State:
    """What has been named so far: in the section and paragraph, in the sentence, and in its part."""

    section_span: Span | None = None
    is_goal: bool = False
    is_situation: bool = False
    sector: str = ""
    counted: Claim | None = None
    level: Claim | None = None
    before: Claim | None = None
    paragraph_span: Span | None = None
    sentence_span: Span | None = None
    part_span: Span | None = None
    topic: str = ""
    topic_parts: tuple[str, ...] = ()
    several: tuple[str, tuple[str, ...]] | None = None
    last: Claim | None = None
    whole: Claim | None = None
    source: Claim | None = None
    amount: Claim | None = None
    reference: Span | None = None
    since: Span | None = None
    used: set[int] = field(default_factory=set)

    def outside(self) -> Outside:
        """What holds before a parenthesis."""
        return self.last, self.whole, self.paragraph_span, self.sentence_span, self.part_span

    def leave(self, outside: Outside) -> None:
        """Go on behind a parenthesis as before it: （2020年为214家） dates nothing that follows."""
        self.last, self.whole, self.paragraph_span, self.sentence_span, self.part_span = outside

    def begin_part(self) -> None:
        """Forget what holds only up to a semicolon."""
        self.topic, self.topic_parts, self.several = "", (), None
        self.before, self.level = self.level or self.before, None
        self.last = self.whole = self.source = self.amount = None
        self.reference = self.since = self.part_span = None


Outside = tuple[Claim | None, Claim | None, Span | None, Span | None, Span | None]
"""What a parenthesis does not change."""


def alike(one: Figure, other: Figure) -> bool:
    """Whether two figures count or measure in one unit: 5万户 and 300户."""
    return one.unit.lstrip("十百千万亿") == other.unit.lstrip("十百千万亿")
