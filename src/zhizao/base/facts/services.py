"""Stating facts. The caller's verb checks the right, writes the audit row, and holds the transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from zhizao.base.accounts.models import Area
from zhizao.base.facts.models import DatedFact, Name, Subject
from zhizao.base.facts.painting import already_so
from zhizao.kernel import names as kernel_names

Fact = TypeVar("Fact", bound=DatedFact)

SUBJECTS_A_QUERY = 500
ROWS_A_WRITE = 1000


def subject(*, kind: str, id_part: str, area: Area, simulated: bool = False) -> Subject:
    """The subject of a kind and id, entered if it is new."""
    defaults = {"kind": kind, "area": area, "simulated": simulated}
    return Subject.objects.get_or_create(key=f"{kind}:{id_part}", defaults=defaults)[0]


def name(subject: Subject, kind: str, text: str, **fact: Any) -> Name:
    """A name to be stated, with what it is found by."""
    text = kernel_names.normalise(text) if kind != Name.Kind.ENGLISH else " ".join(text.split())
    sound, initials = kernel_names.pinyin(text), kernel_names.initials(text)
    return Name(subject=subject, kind=kind, text=text, pinyin=sound.replace(" ", ""), initials=initials, **fact)


@transaction.atomic
def state(facts: Iterable[Fact]) -> list[Fact]:
    """Add the facts that do not already hold, each known from now unless it says since when; returns those added.

    A fact is left out if all its days already say the same as known at its instant: stating a thing twice changes
    nothing. The facts of one call are taken in their order.
    """
    now = timezone.now()
    by_model: dict[type[DatedFact], list[Fact]] = defaultdict(list)
    for fact in facts:
        fact.known_from = fact.known_from or now
        by_model[type(fact)].append(fact)
    added: list[Fact] = []
    for model, rows in by_model.items():
        for part in _by_subject(rows):
            added += model.objects.bulk_create(_new(model, part), batch_size=ROWS_A_WRITE)
    return added


def _by_subject(facts: Iterable[Fact]) -> Iterator[list[Fact]]:
    """The facts of some subjects at a time, those of one subject together: what is known of it is read once."""
    by_subject: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_subject[fact.subject_id].append(fact)
    rest = iter(by_subject.values())
    while part := list(islice(rest, SUBJECTS_A_QUERY)):
        yield [fact for rows in part for fact in rows]


def _new(model: type[DatedFact], facts: Sequence[Fact]) -> list[Fact]:
    known: dict[tuple[Any, ...], list[DatedFact]] = defaultdict(list)
    for row in model.objects.filter(subject__in={fact.subject_id for fact in facts}):
        known[row.identity_values()].append(row)
    new: list[Fact] = []
    for fact in facts:
        rows = known[fact.identity_values()]
        if not already_so(fact, [row for row in rows if row.known_from <= fact.known_from]):
            rows.append(fact)
            new.append(fact)
    # Of rows known at one instant the one stored last counts, so their order is the caller's.
    return new


def replace(fact: Fact, *, among: tuple[str, ...]) -> list[Fact]:
    """State a fact in place of every other that is alike in the fields ``among``: one name, one parent at a time.

    >>> replace(membership, among=("subject", "tree"))  # doctest: +SKIP
    """
    return replace_all([fact], among=among)


@transaction.atomic
def replace_all(facts: Sequence[Fact], *, among: tuple[str, ...]) -> list[Fact]:
    """``replace`` for facts of one model; those of one call do not replace each other."""
    now = timezone.now()
    standing: dict[tuple[Any, ...], dict[tuple[Any, ...], Fact]] = defaultdict(dict)
    for start in range(0, len(facts), SUBJECTS_A_QUERY):
        part = facts[start : start + SUBJECTS_A_QUERY]
        for row in type(part[0]).objects.filter(subject__in={fact.subject_id for fact in part}):
            standing[_values(row, among)][row.identity_values()] = row
    stated = {fact.identity_values() for fact in facts}
    rows: list[Fact] = []
    for fact in facts:
        fact.known_from = fact.known_from or now
        rows += [
            _copy(row, fact, valid_from=fact.valid_from, valid_to=fact.valid_to)
            for identity, row in standing[_values(fact, among)].items()
            if identity not in stated
        ]
    return state([*rows, *facts])


def _values(fact: DatedFact, fields: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(fact, fact._meta.get_field(name).attname) for name in fields)


@transaction.atomic
def withdraw(fact: Fact, *, source: str, batch: str = "", known_from: datetime | None = None) -> list[Fact]:
    """Say that a fact never held on any of its days."""
    template = type(fact)(known_from=known_from, source=source, batch=batch)
    return state([_copy(fact, template, valid_from=fact.valid_from, valid_to=fact.valid_to)])


@transaction.atomic
def end(fact: Fact, *, last_day: date, source: str, batch: str = "", known_from: datetime | None = None) -> list[Fact]:
    """Say that a fact holds no longer after its last day."""
    template = type(fact)(known_from=known_from, source=source, batch=batch)
    return state([_copy(fact, template, valid_from=last_day + timedelta(days=1), valid_to=fact.valid_to)])


def _copy(row: Fact, template: DatedFact, *, valid_from: date | None, valid_to: date | None) -> Fact:
    """A withdrawing row of the same thing."""
    model = type(row)
    content = {name: getattr(row, name) for name in model.content()}
    return model(
        subject_id=row.subject_id,
        valid_from=valid_from,
        valid_to=valid_to,
        known_from=template.known_from,
        withdrawn=True,
        source=template.source,
        batch=template.batch,
        **content,
    )
