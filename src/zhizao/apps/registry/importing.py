"""A whole register taken in at once, whole or not at all; what already is so is not stated again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction

from zhizao.apps.registry import queries, sheet
from zhizao.apps.registry.models import Attribute, CreditCode
from zhizao.apps.registry.services import (
    ONE_NAME,
    ONE_PARENT,
    allow,
    area_subject,
    first_facts,
    new_subjects,
    parent_subject,
)
from zhizao.base.accounts.models import Area
from zhizao.base.audit.services import record
from zhizao.base.events.services import publish
from zhizao.base.facts import services as facts
from zhizao.base.facts.models import DatedFact, Membership, Name, Subject
from zhizao.kernel import names
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.apps.registry.sheet import Row
    from zhizao.base.accounts.models import User

SINGLE_NAMES = {"short_name": Name.Kind.SHORT, "english_name": Name.Kind.ENGLISH}


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import: enterprises in the file, those new, those of which something was stated, facts added."""

    rows: int
    entered: int
    changed: int
    facts: int


def batch_of(data: bytes) -> str:
    """The name under which the facts of a file are kept: its content's, so that the same file is the same batch."""
    return f"import:{sha256(data).hexdigest()[:16]}"


@transaction.atomic
def take_in(
    *, actor: User | None, area: Area, data: bytes, file: str, valid_from: date, simulated: bool = False
) -> Imported:
    """Take in a register from an xlsx or CSV file.

    An enterprise is known by its id, else its credit code, else its registered or a former name; another is entered.
    An empty cell says nothing. ``valid_from`` counts for rows that name no day of their own.

    Raises
    ------
    Refused : with every problem found; nothing has changed.
    """
    allow(actor, "registry.edit", area)
    rows = sheet.read(data, file=file)
    return take_rows(
        actor=actor,
        area=area,
        rows=rows,
        source=file,
        batch=batch_of(data),
        valid_from=valid_from,
        simulated=simulated,
    )


@transaction.atomic
def take_rows(
    *,
    actor: User | None,
    area: Area,
    rows: Sequence[Row],
    source: str,
    batch: str,
    valid_from: date,
    simulated: bool = False,
) -> Imported:
    """``take_in`` for rows that have been read and checked."""
    allow(actor, "registry.edit", area)
    # Two imports at once come one after the other, so that neither enters what the other has just entered.
    area = Area.objects.select_for_update().get(pk=area.pk)
    known = Known(area)
    found = known.subjects(rows)
    names_at_entry = [row.cells["name"] for row, subject in zip(rows, found, strict=True) if subject is None]
    entered = new_subjects(area=area, names_at_entry=names_at_entry, simulated=simulated)
    new = iter(entered)
    stating = _Stating(area, source=source, batch=batch, valid_from=valid_from, simulated=simulated)
    for row, old in zip(rows, found, strict=True):
        if old is None:
            stating.take(row, next(new), old_name=None, held=None)
        else:
            stating.take(row, old, old_name=known.current.get(old.pk), held=known.codes.get(old.pk))
    added = stating.state()
    summary = Imported(len(rows), len(entered), len({fact.subject_id for fact in added}), len(added))
    if added:
        said = {
            "file": source,
            "batch": batch,
            "entered": len(entered),
            "changed": summary.changed,
            "facts": len(added),
        }
        record(actor=actor, action="registry.import", target=area, area=area, details=said)
        publish(name="registry.imported", area=area, subject=f"area:{area.code}", payload=said)
    return summary


class Known:
    """The enterprises that there are, by what a row may call them."""

    def __init__(self, area: Area) -> None:
        self.area = area
        subjects = Subject.objects.filter(kind=Subject.Kind.ENTERPRISE).select_related("area")
        self.by_pk = {subject.pk: subject for subject in subjects}
        self.by_id = {subject.id_part: subject for subject in self.by_pk.values()}
        at = queries.view().at
        self.codes: dict[int, CreditCode] = {
            row.subject_id: row for row in queries.facts_at(CreditCode.objects.all(), **at)
        }
        self.by_code = {row.code: self.by_pk[pk] for pk, row in self.codes.items()}
        own = Name.objects.filter(subject__area__path__startswith=area.path, subject__kind=Subject.Kind.ENTERPRISE)
        kinds = (Name.Kind.REGISTERED, Name.Kind.FORMER)
        self.by_name: dict[str, set[int]] = defaultdict(set)
        for pk, text in own.filter(kind__in=kinds, withdrawn=False).values_list("subject", "text"):
            self.by_name[text].add(pk)
        registered = own.filter(kind=Name.Kind.REGISTERED)
        self.current = dict(queries.facts_at(registered, **at).values_list("subject", "text"))

    def called(self, text: str) -> list[Subject]:
        """The enterprises of the area that a cell means: by id, credit code, registered or former name."""
        for subject in (self.by_id.get(text), self.by_code.get(text.upper())):
            if subject is not None and subject.area.path.startswith(self.area.path):
                return [subject]
        return [self.by_pk[pk] for pk in sorted(self.by_name.get(names.normalise(text), ()))]

    def subjects(self, rows: Sequence[Row]) -> list[Subject | None]:
        """The enterprise of each row, None for a new one; refuses rows that name no or more than one."""
        problems: list[Problem] = []
        found: list[Subject | None] = []
        first: dict[int, int] = {}
        for row in rows:
            try:
                subject = self._subject(row)
            except Refused as refused:
                problems += refused.problems
                continue
            found.append(subject)
            if subject is not None and first.setdefault(subject.pk, row.place.row or 0) != (row.place.row or 0):
                problems.append(
                    Problem(
                        "registry.twice",
                        mark("“%(text)s” stands in row %(first)s already."),
                        row.at("name"),
                        mark("Delete one of the two rows."),
                        params={"text": row.cells["name"], "first": first[subject.pk]},
                    )
                )
        if problems:
            raise Refused(*problems[:200])
        return found

    def _subject(self, row: Row) -> Subject | None:
        cells = row.cells
        code = (cells["credit_code"] or "").upper()
        named = self.by_name.get(names.normalise(cells["name"]), set())
        by_code = self.by_code.get(code)
        if cells["id"]:
            subject = self.by_id.get(cells["id"])
            if subject is None or not subject.area.path.startswith(self.area.path):
                raise Refused(
                    Problem(
                        "registry.unknown_id",
                        mark("There is no enterprise %(id)s in this area."),
                        row.at("id"),
                        mark("Leave the cell empty for a new enterprise."),
                        params={"id": cells["id"]},
                    )
                )
        else:
            subject = by_code or (self.by_pk[next(iter(named))] if len(named) == 1 else None)
            if subject is None and len(named) > 1:
                raise Refused(
                    Problem(
                        "registry.ambiguous",
                        mark("%(count)s enterprises bear or bore the name “%(name)s”."),
                        row.at("name"),
                        mark("Write the id of the one that is meant."),
                        params={"count": len(named), "name": cells["name"]},
                    )
                )
        self._check_code(row, subject, by_code, code)
        return subject

    def _check_code(self, row: Row, subject: Subject | None, by_code: Subject | None, code: str) -> None:
        held = self.codes.get(subject.pk) if subject else None
        other_holder = by_code if by_code and by_code != subject else None
        foreign = by_code if by_code and not by_code.area.path.startswith(self.area.path) else None
        if other_holder or foreign:
            raise Refused(
                Problem(
                    "registry.code_taken",
                    mark("The credit code %(code)s belongs to another enterprise."),
                    row.at("credit_code"),
                    mark("Compare it with the licence; merge the two records if they are one enterprise."),
                    params={"code": code},
                )
            )
        if code and held and held.code != code and not held.simulated:
            raise Refused(
                Problem(
                    "registry.other_code",
                    mark("“%(name)s” has the credit code %(held)s; the file says %(code)s."),
                    row.at("credit_code"),
                    mark("Compare both with the licence; give another enterprise of this name its own id."),
                    params={"name": row.cells["name"], "held": held.code, "code": code},
                )
            )


class _Stating:
    """The facts of an import, gathered to be stated together."""

    def __init__(self, area: Area, *, source: str, batch: str, valid_from: date, simulated: bool) -> None:
        self.area, self.source, self.batch = area, source, batch
        self.valid_from, self.simulated = valid_from, simulated
        self.area_subject = area_subject(area)
        self.plain: list[DatedFact] = []
        self.names: list[Name] = []
        self.memberships: list[Membership] = []
        self.parents: dict[tuple[str, str], Subject] = {}

    def take(self, row: Row, subject: Subject, *, old_name: str | None, held: CreditCode | None) -> None:
        cells = row.cells
        fact = {
            "valid_from": cells["valid_from"] or self.valid_from,
            "source": cells["source"] or self.source,
            "batch": self.batch,
        }
        registered, area = first_facts(subject, cells["name"], area=self.area_subject, **fact)
        if old_name is None:
            self.plain.append(area)
        elif old_name != registered.text:
            self.plain.append(facts.name(subject, Name.Kind.FORMER, old_name, **fact))
        self.names.append(registered)
        self.names += [
            facts.name(subject, kind, cells[column], **fact) for column, kind in SINGLE_NAMES.items() if cells[column]
        ]
        self.plain += [
            facts.name(subject, Name.Kind.FORMER, text, source=fact["source"], batch=self.batch)
            for text in _parts(cells["former_name"])
        ]
        code = (cells["credit_code"] or "").upper()
        if code and not (held and held.code == code):  # a code that is held stays as it is, simulated or not
            self.plain.append(CreditCode(subject=subject, code=code, simulated=self.simulated, **fact))
        self.plain += [
            Attribute(subject=subject, name=column, value=cells[column], **fact)
            for column in sheet.ATTRIBUTES
            if cells[column] is not None
        ]
        for tree in sheet.MEMBERSHIPS:
            for text in _parts(cells[tree]):
                self.memberships.append(Membership(subject=subject, parent=self._parent(tree, text), tree=tree, **fact))

    def _parent(self, tree: str, text: str) -> Subject:
        if (tree, text) not in self.parents:
            self.parents[tree, text] = parent_subject(tree=tree, name=text, area=self.area)
        return self.parents[tree, text]

    def state(self) -> list[DatedFact]:
        """Add what is not so already."""
        return [
            *facts.replace_all(self.names, among=ONE_NAME),
            *facts.replace_all(self.memberships, among=ONE_PARENT),
            *facts.state(self.plain),
        ]


def _parts(text: str | None) -> Iterable[str]:
    return [part.strip() for part in (text or "").split(sheet.SPLIT) if part.strip()]
