"""A reporting form as data: rows, columns, checks, and what its cells mean.

A cell is one row in one column, written ``code.column`` (``01.ytd``). Which months a cell speaks of follows from the
period that the report is for and from its column: the period itself, or January to its end; the same a year earlier. A
stock is stated for the end of that span, so for its last month.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.kernel.rules.expression import Node

Texts = Mapping[str, str]
"""One text in several languages: ``{"zh": …, "en": …}``."""
Value = Decimal | str | None
"""Of a cell: a number, the key of a choice, or nothing."""
Kind = Literal["decimal", "integer", "choice"]
Measure = Literal["flow", "stock"]
Reach = Literal["period", "ytd"]
Severity = Literal["hard", "soft"]
BEFORE = "before"
YEAR = "year"
MONTHS = ("months_period", "months_ytd")
"""Names in expressions: the months of the period of the report, and from January to its end."""


def text_in(texts: Texts, language: str) -> str:
    """The text in a language of the site, else in any.

    >>> text_in({"zh": "产值", "en": "Output"}, "zh-hans"), text_in({"zh": "产值"}, "en")
    ('产值', '产值')
    """
    key = "zh" if language.startswith("zh") else "en"
    return texts.get(key) or next(iter(texts.values()), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row: what is asked, in which unit, and which indicator of the ledger it is."""

    code: str
    name: Texts
    unit: str = ""
    kind: Kind = "decimal"
    places: int = 2
    indicator: str = ""
    scope: str = "enterprise"
    price_basis: str = "current"
    measure: Measure = "flow"
    level: int = 0
    required: bool = True
    negative: bool = False
    choices: Mapping[str, Texts] = field(default_factory=dict)
    formula: str = ""
    node: Node | None = field(default=None, repr=False, compare=False)
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of figures: over which months, this year's or last year's; ``name`` may have two levels, ``a/b``."""

    id: str
    name: Texts
    reach: Reach
    year_earlier: bool = False

    def span(self, period: Span, measure: Measure = "flow") -> Span:
        """The months that a cell of this column speaks of in a report for a period.

        >>> ytd = Column(id="ytd", name={}, reach="ytd", year_earlier=True)
        >>> str(ytd.span(Span.parse("2025-03"))), str(ytd.span(Span.parse("2025-03"), "stock"))
        ('2024Q1', '2024-03')
        """
        last = period.end_month - 1
        span = Span(last // 12 * 12, last % 12 + 1) if self.reach == "ytd" else period
        if measure == "stock":
            span = Span(last, 1)
        return span.year_earlier() if self.year_earlier else span


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """A figure of another form that a check uses by name, for the same period or (``at``) an earlier one."""

    name: str
    form: str
    cell: str
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of one set of cells: it must come out true. Unknown is not checked, and no fault."""

    id: str
    severity: Severity
    expr: str
    text: Texts
    cells: tuple[str, ...]
    node: Node = field(repr=False, compare=False)
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """What filling in takes, in minutes."""

    minutes_per_item: Decimal = Decimal(0)
    minutes_per_form: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """An edition of a form, in force for the periods that end from ``effective_from`` to ``effective_to``."""

    id: str
    edition: str
    number: str
    title: Texts
    issuer: Texts
    valid_until: date | None
    source: Mapping[str, Texts]
    demonstration: bool
    effective_from: date
    effective_to: date | None
    rhythm: Literal["month", "quarter", "year"]
    unit: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    parameters: Mapping[str, Decimal]
    others: tuple[Other, ...]
    checks: tuple[Check, ...]
    burden: Burden
    file: str = ""

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it comes from: its own, and those whose rows or checks it takes over."""
        return tuple(dict.fromkeys((self.file, *(part.file for part in (*self.rows, *self.checks)))))

    def row(self, code: str) -> Row | None:
        """The row of a code."""
        return next((row for row in self.rows if row.code == code), None)

    def column(self, name: str) -> Column | None:
        """The column of an id."""
        return next((column for column in self.columns if column.id == name), None)

    def cells(self) -> Iterator[tuple[Row, Column]]:
        """Every cell, row by row."""
        for row in self.rows:
            for column in self.columns:
                yield row, column

    def label(self, cell: str, language: str) -> str:
        """A cell in words: ``01 营业收入（1—本月）``."""
        code, _, name = cell.partition(".")
        row, column = self.row(code), self.column(name)
        if row is None or column is None:
            return cell
        words = f"{code} {text_in(row.name, language)}"
        if len(self.columns) == 1:
            return words
        head = text_in(column.name, language)
        return f"{words}（{head}）" if language.startswith("zh") else f"{words} ({head})"

    def in_force(self, period: Span) -> bool:
        """Whether the edition is the one for a period."""
        day = period.last_day
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


def key(row: Row, column: Column) -> str:
    """The name of a cell."""
    return f"{row.code}.{column.id}"


def fact(cell: str, at: str = "") -> str:
    """A cell as a name in expressions: ``r01_ytd``, and ``r01_ytd_before`` in the report before.

    >>> fact("01.ytd"), fact("01.ytd", BEFORE)
    ('r01_ytd', 'r01_ytd_before')
    """
    code, _, column = cell.partition(".")
    return f"r{code}_{column}{f'_{at}' if at else ''}"
