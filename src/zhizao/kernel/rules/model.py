"""A rule as data: what a file of a pack says, and the rule as it stands on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from zhizao.kernel.result import mark
from zhizao.kernel.rules.expression import Constant, Node, Type

FactKind = Literal["integer", "decimal", "text", "boolean", "date"]
FACT_TYPES: Final[dict[FactKind, Type]] = {
    "integer": Type.NUMBER,
    "decimal": Type.NUMBER,
    "text": Type.TEXT,
    "boolean": Type.BOOLEAN,
    "date": Type.DATE,
}
_DEFAULT_STEPS: Final = {"integer": Decimal(1), "decimal": Decimal("0.01")}


OWN_SOURCE: Final = (mark("Working definition of the project"), mark("confidence L"))
"""Title and article in files of rules that no authority has issued; the only ones that pages translate."""


@dataclass(frozen=True, slots=True)
class Source:
    """The document that an authority issued."""

    document_no: str
    title: str
    article: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """What must be known of a subject. ``step`` is the smallest change of a number worth naming."""

    name: str
    kind: FactKind
    unit: str = ""
    label: Mapping[str, str] = field(default_factory=dict)
    step: Decimal = Decimal(1)

    @property
    def type(self) -> Type:
        return FACT_TYPES[self.kind]

    @staticmethod
    def default_step(kind: FactKind) -> Decimal:
        """1 of an integer, 0.01 of a decimal, a day of a date."""
        return _DEFAULT_STEPS.get(kind, Decimal(1))


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value of a parameter, in force from a day on, known from a day on."""

    valid_from: dt.date
    value: Constant
    known_from: dt.date


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure that an authority may change, with its values by date."""

    name: str
    values: tuple[DatedValue, ...]
    unit: str = ""

    def at(self, as_of: dt.date, known_at: dt.date) -> Constant | None:
        """The value in force on a day, as known on a day; ``None`` before the first.

        >>> day = dt.date(2024, 1, 1)
        >>> Parameter("rate", (DatedValue(day, Decimal(3), day),)).at(dt.date(2025, 1, 1), dt.date(2025, 1, 1))
        Decimal('3')
        """
        valid = [v for v in self.values if v.valid_from <= as_of and v.known_from <= known_at]
        return max(valid, key=lambda v: (v.valid_from, v.known_from)).value if valid else None


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as written: its text for people, its expression, its line in the file."""

    id: str
    text: Mapping[str, str]
    expr: str
    line: int


@dataclass(frozen=True, slots=True)
class Case:
    """A test vector that a rule file carries."""

    name: str
    as_of: dt.date
    facts: Mapping[str, Constant | None]
    status: str
    conditions: Mapping[str, str]
    amount: Decimal | None
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as written in a file; ``effective_to`` is its last day."""

    id: str
    title: Mapping[str, str]
    source: Source
    effective_from: dt.date
    effective_to: dt.date | None
    known_from: dt.date
    parameters: Mapping[str, Parameter]
    facts: Mapping[str, Fact]
    conditions: tuple[Condition, ...]
    result: str
    amount: str | None
    amount_unit: str
    cases: tuple[Case, ...]
    file: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict)

    def in_force(self, as_of: dt.date, known_at: dt.date) -> bool:
        """Whether the rule holds on a day, as known on a day."""
        known = self.known_from <= known_at
        return known and self.effective_from <= as_of and (self.effective_to is None or as_of <= self.effective_to)


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A rule on a day: its parameters have values, its expressions are parsed and typed."""

    rule: Rule
    as_of: dt.date
    known_at: dt.date
    conditions: Mapping[str, Node]
    result: Node
    amount: Node | None
    parameters: Mapping[str, Constant]

    @property
    def facts(self) -> Mapping[str, Fact]:
        return self.rule.facts
