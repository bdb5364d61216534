"""Figures that a plan can have: what is beyond them is a slip of the printer, or made to break the arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.schema import INTEGER, NUMBER, TABLES, Field, Record
from zhizao.engines.planlint.tables.values import Notes
from zhizao.kernel.result import Severity, mark

_LARGEST: Final = 15
"""Digits before the point but one: ten thousand times what the world makes in a year, in yuan."""
_SMALLEST: Final = -9
_LAST_YEAR: Final = 9999


def possible(value: Decimal | int, field: Field) -> bool:
    """Whether a column may hold this number: a year of the calendar, a figure that the arithmetic can carry.

    >>> possible(Decimal("1e400"), Field("value", NUMBER)), possible(-2025, Field("base_year", INTEGER))
    (False, False)
    >>> possible(Decimal("-0.5"), Field("value", NUMBER)), possible(2030, Field("target_year", INTEGER))
    (True, True)
    """
    value = Decimal(value)
    if not value.is_finite() or (value and not _SMALLEST <= value.adjusted() <= _LARGEST):
        return False
    if field.type == INTEGER and value != value.to_integral_value():
        return False
    return not field.name.endswith("_year") or 1 <= value <= _LAST_YEAR


def without_impossible(table: str, records: Sequence[Record], notes: Notes) -> list[Record]:
    """The rows of a reading without such figures, each of them noted; a row that cannot be without it goes too.

    >>> notes = Notes()
    >>> without_impossible("land", [{"land_mu": Decimal("1e30"), "idle_mu": Decimal(2), "line": 7}], notes)
    [{'land_mu': None, 'idle_mu': Decimal('2'), 'line': 7}]
    >>> notes.problems[0].code
    'planlint.figure_impossible'
    """
    numeric = [field for field in TABLES[table] if field.type in (INTEGER, NUMBER)]
    kept: list[Record] = []
    for record in records:
        wrong = [field for field in numeric if _is_impossible(record.get(field.name), field)]
        for field in wrong:
            notes.add(
                "figure_impossible",
                mark("“%(text)s” is larger, smaller or finer than any figure of a plan, and was not taken."),
                line=int(str(record["line"])),
                remedy=mark("Correct it in the document and read it again."),
                severity=Severity.ERROR,
                text=str(record[field.name])[:40],
            )
        if not any(field.required for field in wrong):
            kept.append(record | {field.name: None for field in wrong} if wrong else record)
    return kept


def _is_impossible(value: object, field: Field) -> bool:
    return isinstance(value, int | Decimal) and not possible(value, field)
