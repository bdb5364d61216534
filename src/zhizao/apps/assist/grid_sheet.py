"""Duties as a table: the empty form, reading a file, and what it would change before it does.

| column | head | what it says |
|---|---|---|
| enterprise | 企业标识 or 企业名称 | id, credit code or name of the register |
| duty | 职责 | 包联领导, 网格员, 链长单位 |
| person | 责任人 | sign-in name, or the name that one account of the area has |
| unit | 责任单位 | the unit; that of the person where it is empty |
| valid_from | 起始日期 | the first day; the day of the import where it is empty |
| source | 来源 | document or list; the file's name where it is empty |
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from zhizao.apps.assist import grid_queries, grid_services
from zhizao.apps.assist.models import Duty, Responsibility
from zhizao.apps.registry import queries as register
from zhizao.apps.registry import sheet
from zhizao.apps.registry.importing import Known, batch_of
from zhizao.base.accounts.models import Organisation, User
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhizao.apps.assist.grid_queries import Line
    from zhizao.apps.registry.sheet import Row
    from zhizao.base.accounts.models import Area
    from zhizao.base.facts.models import Subject
    from zhizao.kernel.tables import Column
    from zhizao.kernel.tables.schema import Kind

TITLE: Final = "企业包联责任表"
DUTIES: Final = {"包联领导": Duty.LEAD, "网格员": Duty.GRID, "链长单位": Duty.CHAIN}
MOST_PROBLEMS: Final = 200
_COLUMNS: Final[dict[str, tuple[Kind, tuple[str, ...], bool]]] = {
    "enterprise": ("text", ("企业标识", "企业名称", "企业"), True),
    "name": ("text", ("名称（参考）",), False),
    "duty": ("text", ("职责",), True),
    "person": ("text", ("责任人",), False),
    "unit": ("text", ("责任单位",), False),
    "valid_from": ("date", ("起始日期", "生效日期"), False),
    "source": ("text", ("来源",), False),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the file: who would have the duty, and who has it now."""

    row: int
    fact: Responsibility
    name: str
    before: Responsibility | None

    @property
    def is_new(self) -> bool:
        """Whether it says anything that is not so already."""
        before = self.before
        return before is None or (before.person_id, before.unit_id) != (self.fact.person_id, self.fact.unit_id)


@cache
def columns() -> tuple[Column, ...]:
    """The columns of the table."""
    from zhizao.kernel.tables import Column

    return tuple(
        Column(name=name, kind=kind, aliases=heads, required=required)
        for name, (kind, heads, required) in _COLUMNS.items()
    )


def form(lines: Sequence[Line] = ()) -> bytes:
    """The table as an xlsx form: empty, or with every enterprise and what is known of its duties."""
    if not lines:
        return sheet.form_of(TITLE, columns(), None)
    import polars as pl

    words = {duty: word for word, duty in DUTIES.items()}
    rows = [
        _written(line, duty, words[duty]) for line in lines for duty in Duty if duty in line.duties or duty == Duty.GRID
    ]
    frame = pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in _COLUMNS},
        schema={name: pl.Date if kind == "date" else pl.String for name, (kind, _heads, _required) in _COLUMNS.items()},
    )
    return sheet.form_of(TITLE, columns(), frame)


def _written(line: Line, duty: str, word: str) -> dict[str, Any]:
    row: dict[str, Any] = {"enterprise": line.subject.id_part, "name": line.name, "duty": word}
    if (fact := line.duties.get(duty)) is not None:
        row |= {
            "person": fact.person.get_username() if fact.person else None,
            "unit": fact.unit.name if fact.unit else None,
            "valid_from": fact.valid_from,
            "source": fact.source or None,
        }
    return row


def preview(area: Area, data: bytes, *, file: str, on: date) -> list[Change]:
    """What a file would change; rows that name neither person nor unit are left out.

    Raises
    ------
    Refused : with every problem found, each with its row and column.
    """
    rows = sheet.rows_of(data, columns(), file=file)
    reader = _Reader(area, source=file, batch=batch_of(data), on=on)
    changes = [change for row in rows if (change := reader.read(row)) is not None]
    if reader.problems:
        raise Refused(*reader.problems[:MOST_PROBLEMS])
    return changes


@transaction.atomic
def take_in(*, actor: User | None, area: Area, data: bytes, file: str, on: date) -> Sequence[Responsibility]:
    """State what a file says, whole or not at all; the same file again changes nothing.

    Raises
    ------
    Refused : with every problem found; nothing has changed.
    """
    grid_services.allow(actor, "assist.assign", area)
    stated = [change.fact for change in preview(area, data, file=file, on=on) if change.is_new]
    return grid_services.state_all(actor=actor, area=area, stated=stated, action="import", source=file)


class _Reader:
    """Rows of a file as duties, with everything that is wrong with them."""

    def __init__(self, area: Area, *, source: str, batch: str, on: date) -> None:
        self.area, self.source, self.batch, self.on = area, source, batch, on
        self.problems: list[Problem] = []
        self.known = Known(area)
        self.held = {(duty.subject_id, duty.duty): duty for duty in grid_queries.duties(register.view())}
        self.first: dict[tuple[int, str], int] = {}
        self.people: dict[str, list[User]] = defaultdict(list)
        for user in User.objects.filter(is_active=True).select_related("organisation__area"):
            for name in {user.get_username(), user.name} - {""}:
                self.people[name].append(user)
        units = Organisation.objects.filter(is_active=True).select_related("area")
        self.units: dict[str, list[Organisation]] = defaultdict(list)
        for unit in units:
            if not unit.is_outside:
                self.units[unit.name].append(unit)

    def read(self, row: Row) -> Change | None:
        """The duty of a row; ``None`` if it names nobody, or is wrong."""
        if not row.cells["person"] and not row.cells["unit"]:
            return None
        before = len(self.problems)
        subject, duty = self._subject(row), self._duty(row)
        person, unit = self._one(row, "person", self.people), self._one(row, "unit", self.units)
        if len(self.problems) > before or subject is None or duty is None:
            return None
        unit = unit or (person.organisation if person else None)
        try:
            grid_services.check(person, unit, self.area)
        except Refused as refused:
            column = "person" if person else "unit"
            self.problems += [
                Problem(p.code, p.message, row.at(column), p.remedy, params=p.params) for p in refused.problems
            ]
            return None
        self._once(row, subject, duty)
        fact = Responsibility(
            subject=subject,
            duty=duty,
            person=person,
            unit=unit,
            valid_from=row.cells["valid_from"] or self.on,
            source=row.cells["source"] or self.source,
            batch=self.batch,
        )
        name = self.known.current.get(subject.pk, subject.id_part)
        return Change(row.place.row or 0, fact, name, self.held.get((subject.pk, duty)))

    def _subject(self, row: Row) -> Subject | None:
        text = row.cells["enterprise"]
        found = self.known.called(text)
        if len(found) == 1:
            return found[0]
        message = mark("“%(name)s” is not in the register of this area.")
        if found:
            message = mark("Several enterprises bear or bore the name “%(name)s”.")
        self._wrong("enterprise", message, row, mark("Write the id of the register."), text)
        return None

    def _duty(self, row: Row) -> Duty | None:
        text = row.cells["duty"].strip()
        if text in DUTIES:
            return DUTIES[text]
        remedy = mark("Write one of %(words)s.")
        self._wrong("duty", mark("“%(name)s” is no duty."), row, remedy, text, words="、".join(DUTIES))
        return None

    def _one(self, row: Row, column: str, known: dict[str, list[Any]]) -> Any:
        """The person or unit that a cell names; those of the area before others of that name."""
        if not (text := (row.cells[column] or "").strip()):
            return None
        found = known.get(text, [])
        near = [one for one in found if _of(one, self.area)]
        if len(near) == 1:
            return near[0]
        message = mark("Nobody in the administration of this area is called “%(name)s”.")
        remedy = mark("Write the name as the list of accounts and organisations has it.")
        if near:
            message = mark("Several in this area are called “%(name)s”.")
            remedy = mark("Write the sign-in name of the person, or leave the unit empty.")
        self._wrong(column, message, row, remedy, text)
        return None

    def _once(self, row: Row, subject: Subject, duty: str) -> None:
        number = row.place.row or 0
        first = self.first.setdefault((subject.pk, duty), number)
        if first != number:
            remedy = mark("Delete one of the two rows.")
            self._wrong("duty", mark("The duty stands in row %(first)s already."), row, remedy, "", first=first)

    def _wrong(self, column: str, message: str, row: Row, remedy: str, name: str, **more: Any) -> None:
        params = {"name": name[:60], **more}
        self.problems.append(Problem(f"assist.{column}", message, row.at(column), remedy, params=params))


def _of(one: User | Organisation, area: Area) -> bool:
    place = one if isinstance(one, Organisation) else one.organisation
    if place is None or place.is_outside:
        return False
    return area.path.startswith(place.area.path) or place.area.path.startswith(area.path)


def counts(changes: Sequence[Change]) -> Iterator[tuple[str, int]]:
    """How many rows are new, put somebody else in the place, or say what is so already."""
    yield "new", sum(change.before is None for change in changes)
    yield "changed", sum(change.before is not None and change.is_new for change in changes)
    yield "same", sum(not change.is_new for change in changes)
