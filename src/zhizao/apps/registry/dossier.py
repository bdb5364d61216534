"""One enterprise, one file: what holds on the day, what held before, and every fact as it became known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from zhizao.apps.registry import describe, queries
from zhizao.apps.registry.models import Absorption, Attribute, Certificate, CreditCode, Institution, Patent
from zhizao.base.facts import painting
from zhizao.base.facts.models import DatedFact, Membership, Name, Subject
from zhizao.base.facts.queries import instant, names

if TYPE_CHECKING:
    from zhizao.apps.registry.queries import View

# In the order in which the file shows them.
MODELS: tuple[type[DatedFact], ...] = (
    Name,
    CreditCode,
    Attribute,
    Membership,
    Certificate,
    Institution,
    Patent,
    Absorption,
)
BY_NAME = {model.__name__.lower(): model for model in MODELS}
POINTS_TO = {Membership: "parent", Absorption: "survivor"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact in words, for the days in which it holds."""

    fact: DatedFact
    label: str
    value: str
    first: date | None
    last: date | None
    holds: bool

    @property
    def model(self) -> str:
        return type(self.fact).__name__.lower()

    @property
    def simulated(self) -> bool:
        return bool(getattr(self.fact, "simulated", False))

    @property
    def known_from(self) -> datetime:
        return self.fact.known_from

    @property
    def source(self) -> str:
        return self.fact.source


def known(subject: Subject, seen: View, *, contacts: bool) -> list[DatedFact]:
    """Every fact about an enterprise that was known then, in the order in which they became known."""
    found: list[DatedFact] = []
    for model in MODELS:
        rows = model.objects.filter(subject=subject, known_from__lte=instant(seen.as_of))
        points_to = POINTS_TO.get(model)
        found += rows.select_related(points_to) if points_to else rows
    if not contacts:
        found = [fact for fact in found if not describe.is_contact(fact)]
    return found


def entries(facts: Sequence[DatedFact], seen: View) -> list[Entry]:
    """What holds or held, by the painter's rule: by kind of fact, then by day."""
    groups: dict[tuple[Any, ...], list[DatedFact]] = defaultdict(list)
    for fact in facts:
        groups[type(fact), fact.identity_values()].append(fact)
    called = _called(facts, seen)
    found = []
    for rows in groups.values():
        for piece in painting.history(rows):
            row = piece.row
            holds = (piece.first is None or piece.first <= seen.on) and (piece.last is None or seen.on <= piece.last)
            found.append(Entry(row, describe.label(row), describe.value(row, called), piece.first, piece.last, holds))
    place = {model: number for number, model in enumerate(MODELS)}
    kinds = list(dict.fromkeys(entry.label for entry in sorted(found, key=lambda e: place[type(e.fact)])))
    return sorted(found, key=lambda entry: (kinds.index(entry.label), entry.first or date.min, entry.value))


def as_known(facts: Sequence[DatedFact], seen: View) -> list[Entry]:
    """Every fact by itself, the one known last first; one that is withdrawn or hidden by now does not hold."""
    called = _called(facts, seen)
    standing = {(type(entry.fact), entry.fact.pk) for entry in entries(facts, seen)}
    order = sorted(facts, key=lambda fact: (fact.known_from, fact.pk), reverse=True)
    return [
        Entry(
            fact,
            describe.label(fact),
            describe.value(fact, called),
            fact.valid_from,
            fact.valid_to,
            (type(fact), fact.pk) in standing,
        )
        for fact in order
    ]


def _called(facts: Sequence[DatedFact], seen: View) -> dict[int, str]:
    others = {getattr(fact, f"{POINTS_TO[type(fact)]}_id") for fact in facts if type(fact) in POINTS_TO}
    return names(others, **seen.at) if others else {}


def fact(subject: Subject, model: str, pk: int) -> DatedFact | None:
    """One fact about an enterprise, by the name of its model and its key."""
    found = BY_NAME.get(model)
    return found.objects.filter(subject=subject, pk=pk).select_related("subject__area").first() if found else None


def line(subject: Subject, seen: View) -> queries.Line | None:
    """The enterprise as the list shows it; None on a day on which it had no registered name."""
    rows = Name.objects.filter(subject=subject, kind=Name.Kind.REGISTERED).select_related("subject__area")
    found = queries.lines(queries.facts_at(rows, **seen.at), seen)
    return found[0] if found else None
