"""A finding: what contradicts what, with the arithmetic that shows it and the places where the figures stand.

Severity is not a matter of taste. An **error** is two printed figures that cannot both be true, under any reading of
their rounding, bounds and scopes, or one that cannot be true by itself. A **warning** is a contradiction under the
likelier of two readings, or a target that nobody can measure as it stands. An **info** is worth knowing and breaks
nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from zhizao.kernel.result import Severity as Severity


@dataclass(frozen=True, slots=True)
class Number:
    """One line of a finding's arithmetic.

    Attributes
    ----------
    label : what the figure is: an English template of the catalogue (``mark``), or the document's own words
    value : the figure in ``unit``; None where only the expression can be said
    unit : as printed
    expression : how it comes about, in the plan's figures: ``(120÷60)^(1/5)−1``; empty for a printed one
    low, high : the interval that the rounding of the printed figures leaves, where it matters
    """

    label: str
    value: Decimal | None
    unit: str = ""
    expression: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a figure stands: the line of the source, its own words, and the row of the pack it was read into.

    ``table`` and ``row`` (from 0) name the record; ``quote`` is empty where the pack travels without the document.
    """

    line: int | None
    quote: str = ""
    table: str = ""
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A contradiction, or what makes a target unfit to be measured.

    ``message`` and ``suggestion`` are English templates in ``%(name)s`` form with one set of ``params``, said in the
    reader's language by whoever shows them. ``key`` names the subject (an indicator's id, a project's name, two of
    them); with the rule it makes the finding's ``id``, which does not change when lines move.

    >>> Finding("growth.stated", Severity.ERROR, "It differs.", key="ind-1").id
    'growth.stated-d27c4dfa'
    """

    rule: str
    severity: Severity
    message: str
    key: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    numbers: tuple[Number, ...] = ()
    places: tuple[Mention, ...] = ()
    suggestion: str = ""

    @property
    def id(self) -> str:
        """Stable name: the rule and eight characters of its subject's hash."""
        return f"{self.rule}-{hashlib.sha256(self.key.encode()).hexdigest()[:8]}"

    @property
    def family(self) -> str:
        """The part of the rule's name before the point."""
        return self.rule.partition(".")[0]

    @property
    def line(self) -> int:
        """The first place, for sorting; 0 if it has none."""
        return next((place.line for place in self.places if place.line), 0)
