"""The painter's rule over the rows of one identity, in memory: the stretches of days and the row that holds in each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from sys import maxsize

from zhizao.base.facts.models import DatedFact

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days from ``first`` to ``last`` (None: open) in which ``row`` counts, or no row at all."""

    first: date | None
    last: date | None
    row: DatedFact | None

    def says(self) -> object:
        """What holds in it; None if nothing does."""
        return self.row.says() if self.row is not None else None


def stretches(rows: Iterable[DatedFact]) -> list[Stretch]:
    """Cut time where a row of the identity begins or ends, and say which row counts in each piece, oldest first."""
    order = sorted(rows, key=lambda row: (row.known_from, row.pk or maxsize))  # what is not stored yet comes last
    cuts = {row.valid_from for row in order if row.valid_from}
    cuts |= {row.valid_to + DAY for row in order if row.valid_to and row.valid_to < date.max}
    starts: list[date | None] = [None, *sorted(cuts)]
    ends = [*(start - DAY for start in starts[1:] if start), None]
    return [Stretch(first, last, _top(order, first, last)) for first, last in zip(starts, ends, strict=True)]


def history(rows: Iterable[DatedFact]) -> list[Stretch]:
    """The stretches in which something holds, neighbours that say the same joined, oldest first."""
    found: list[Stretch] = []
    for piece in stretches(rows):
        if found and found[-1].says() == piece.says():
            found[-1] = Stretch(found[-1].first, piece.last, found[-1].row)
        else:
            found.append(piece)
    return [piece for piece in found if piece.says() is not None]


def already_so(fact: DatedFact, rows: Sequence[DatedFact]) -> bool:
    """Whether the rows of its identity say, throughout its validity, what the fact says."""
    return all(piece.says() == fact.says() for piece in stretches(rows) if _overlap(piece, fact))


def _overlap(piece: Stretch, fact: DatedFact) -> bool:
    ends_before = piece.last is not None and fact.valid_from is not None and piece.last < fact.valid_from
    begins_after = piece.first is not None and fact.valid_to is not None and piece.first > fact.valid_to
    return not (ends_before or begins_after)


def _top(order: Sequence[DatedFact], first: date | None, last: date | None) -> DatedFact | None:
    for row in reversed(order):
        begins = row.valid_from is None or (first is not None and row.valid_from <= first)
        ends = row.valid_to is None or (last is not None and row.valid_to >= last)
        if begins and ends:
            return row
    return None
