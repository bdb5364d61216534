"""What a brief is written from: facts by name, lists of facts, and the sources that they rest on.

A fact is plain data, so that the whole is a run's output and can be read back: ``kind`` says how it is written
(amount, change, points, count, share, chance, text, day, span), ``value`` is exact (a text where it is a decimal),
``None`` where it is unknown. ``source`` names one of the sources; ``evidence`` opens rows or a run where there is a
better place than the brief's own run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.base.accounts.models import Area

Fact = dict[str, Any]
Row = dict[str, Fact]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which brief: of an area, for a month (January and February are one), as known at the end of a day."""

    area: Area
    month: Span
    as_of: date

    @property
    def to_date(self) -> Span:
        """From January to the month."""
        return Span.from_to(Span.of_month(self.month.first_year, 1), self.month)

    @property
    def before(self) -> date:
        """The same day a month earlier, or the last day of that month: when the brief before it was written.

        >>> Asked(None, Span.of_month(2025, 6), date(2025, 7, 31)).before
        datetime.date(2025, 6, 30)
        """
        last = Span.of_month(self.as_of.year, self.as_of.month).previous().last_day
        return min(last, last.replace(day=min(self.as_of.day, last.day)))


@dataclass(slots=True)
class Book:
    """Filled part by part; ``inputs`` are the fingerprints of all that was read."""

    facts: dict[str, Fact] = field(default_factory=dict)
    lists: dict[str, list[Row]] = field(default_factory=dict)
    sources: dict[str, Fact] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)

    def source(self, key: str, kind: str, **about: Any) -> str:
        """Name a source; ``about`` is what the annex says of it."""
        self.sources[key] = {"kind": kind} | {name: value for name, value in about.items() if value not in (None, "")}
        return key

    def plain(self) -> dict[str, Any]:
        """All that the text is written from."""
        return {"facts": self.facts, "lists": self.lists, "sources": self.sources}


def fact(kind: str, value: Any, **about: Any) -> Fact:
    """One fact; what is empty of ``about`` is left out."""
    if isinstance(value, Decimal):
        value = format(value, "f")
    elif isinstance(value, date | Span):
        value = str(value)
    return {"kind": kind, "value": value} | {name: said for name, said in about.items() if said}


def text(value: str, english: str = "", **about: Any) -> Fact:
    """A name in the language of its data, and in English where there is one."""
    return fact("text", value, en=english, **about)


def called(name: str | None, key: str) -> Fact:
    """The name of a subject; where none was on record that day this is said, with the beginning of its key."""
    if name:
        return text(name, key=key)
    short = key.partition(":")[2][:8]
    return text(f"名称当日未登记（{short}）", f"name not on record ({short})", key=key)
