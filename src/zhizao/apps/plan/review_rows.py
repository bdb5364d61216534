"""The rows that a review shows: which the filters leave, what was decided on each, which is the next to decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from zhizao.apps.plan import checking, correcting, deciding
from zhizao.apps.plan.health_page import here
from zhizao.apps.plan.models import PlanVersion, Row
from zhizao.apps.plan.opening import link
from zhizao.apps.plan.queries import rows
from zhizao.apps.plan.sheets import SHEETS, Sheet, record_of
from zhizao.apps.plan.wording import note_words, word

if TYPE_CHECKING:
    from zhizao.engines.planlint.corrections import Correction

KEPT = ("chapter", "table", "state", "page")
FILTERS = ("table", "state")
CARDS = 60
CELLS = 9
UNDECIDED = ("open", "doubtful")
STATES = (*UNDECIDED, "accepted", "corrected")
_NAMES = ("name", "enterprise", "member", "canonical", "task", "indicator")


@dataclass(frozen=True, slots=True)
class Found:
    """A row and what is decided on it."""

    sheet: Sheet
    row: Row
    state: str

    @property
    def place(self) -> tuple[int, int, int]:
        """Where it stands in the review: by line, then by table and row."""
        return place_of(self.sheet.name, self.row)

    @property
    def name(self) -> str:
        """Which row of the address it is."""
        return f"{self.sheet.name}-{self.row.position + 1}"

    @property
    def is_sure(self) -> bool:
        """Whether it may be accepted together with the others of its page."""
        return self.state == "open" and deciding.is_sure(self.row)

    @property
    def seen(self) -> str:
        """The row as a form names it: which it is, and as it was when it was shown."""
        return f"{self.name}:{self.row.revision}"


@dataclass(frozen=True, slots=True)
class Card:
    """A row as the page shows it: its cells, how sure it is, what was decided, and where its acts lead."""

    number: int
    found: Found
    cells: tuple[tuple[str, Any], ...]
    href: str
    at: str
    action: str
    correct: str
    chosen: bool

    @property
    def row(self) -> Row:
        return self.found.row

    @property
    def sheet(self) -> Sheet:
        return self.found.sheet

    @property
    def title(self) -> str:
        """What the row is called: the cell that names it, else its first."""
        named = [cell for label, cell in self.cells if label in self._naming()]
        return str((named or [cell for _label, cell in self.cells] or ["—"])[0])

    @property
    def rest(self) -> list[tuple[str, Any]]:
        """Its other cells."""
        return [(label, cell) for label, cell in self.cells if str(cell) != self.title]

    def _naming(self) -> set[str]:
        return {column.label for column in self.sheet.columns if column.name in _NAMES}

    @property
    def note(self) -> str:
        """What the reader remarks on it."""
        return note_words(self.row.note) if self.row.note else ""

    @property
    def kind(self) -> str:
        """The colour: decided, doubtful, or as read."""
        return {"accepted": "good", "corrected": "good", "doubtful": "watch"}.get(self.found.state, "none")


def place_of(table: str, row: Row) -> tuple[int, int, int]:
    """Where a row stands in the review: by its line, then by table and row."""
    return row.line or 0, list(SHEETS).index(table), row.position


def kept(request: HttpRequest, *names: str) -> dict[str, str]:
    """What of the page's address goes along: its filters and the part that is shown."""
    return {name: value for name in names or KEPT if (value := request.GET.get(name))}


def find(
    request: HttpRequest, version: PlanVersion, decided: Sequence[Correction], chapter: checking.Chapter | None
) -> list[Found]:
    """The rows that the filters leave in a part of the document (in all of it if there is none), by line."""
    table, state = request.GET.get("table", ""), request.GET.get("state", "")
    found: list[Found] = []
    for sheet in SHEETS.values():
        if table in SHEETS and sheet.name != table:
            continue
        selected = rows(version, sheet.model)
        if chapter:
            selected = selected.filter(line__gte=chapter.first, line__lte=chapter.last)
        states = _states(version, sheet, decided)
        found += [Found(sheet, row, states.get(row.position, _state(row))) for row in selected]
    found.sort(key=lambda one: one.place)
    return [one for one in found if not state or one.state == state or (state == "open" and one.state in UNDECIDED)]


def cards(request: HttpRequest, version: PlanVersion, found: Sequence[Found], *, in_document: bool) -> list[Card]:
    """Rows as cards; their numbers count from the first that was found."""
    chosen = request.GET.get("row", "")
    return [
        Card(
            number=number,
            found=one,
            cells=_cells(one.sheet, one.row),
            href=here(request, row=one.name) + f"#{at}",
            at=at,
            action=link(request, "plan:row_decide", *_row_of(version, one), **kept(request)),
            correct=link(request, "plan:row", *_row_of(version, one), back="reading", **kept(request)),
            chosen=one.name == chosen,
        )
        for number, one in enumerate(found, start=1)
        for at in (anchor(number, in_document=in_document),)
    ]


def anchor(number: int, *, in_document: bool) -> str:
    """Where the page stands when a row is chosen: at its mark in the document, else at its card."""
    return f"{'d' if in_document else 'r'}{number}"


def next_undecided(request: HttpRequest, version: PlanVersion, after: tuple[int, int, int]) -> str:
    """The address of the row to decide next, under the filters of the page; without a row if none is left."""
    decided = correcting.corrections_of(version.plan)
    checked = checking.checked(version)
    chapters = checked.chapters if checked and checked.has_document else ()
    found = [one for one in find(request, version, decided, None) if one.row.line or not chapters]
    waiting = [one for one in found if one.state in UNDECIDED]
    one = next((one for one in waiting if one.place > after), waiting[0] if waiting else None)
    if one is None:
        return link(request, "plan:reading", version.number, **kept(request))
    chapter = next((part for part in chapters if part.first <= (one.row.line or 0) <= part.last), None)
    beside = [other for other in found if not chapter or chapter.first <= (other.row.line or 0) <= chapter.last]
    at = anchor(beside.index(one) + 1, in_document=chapter is not None)
    return link(request, "plan:reading", version.number, **kept(request, *FILTERS), row=one.name) + f"#{at}"


def _row_of(version: PlanVersion, one: Found) -> tuple[int, str, int]:
    return version.number, one.sheet.name, one.row.position + 1


def _state(row: Row) -> str:
    return "doubtful" if deciding.is_doubtful(row) else "open"


def _states(version: PlanVersion, sheet: Sheet, decided: Sequence[Correction]) -> Mapping[int, str]:
    """Rows of a table on which something was decided, by position."""
    from zhizao.engines.planlint.corrections import row_keys

    own = [one for one in decided if one.table == sheet.name]
    if not own:
        return {}
    places = {key: place for place, key in enumerate(row_keys(sheet.name, correcting.engine_records(version, sheet)))}
    words = {"accept": "accepted", "correct": "corrected", "add": "corrected"}
    return {places[one.key]: words[one.action] for one in own if one.key in places and one.action in words}


def _cells(sheet: Sheet, row: Row) -> tuple[tuple[str, Any], ...]:
    record = record_of(sheet, row)
    filled = [
        (column.label, word(column.name, record[column.name]))
        for column in sheet.columns
        if record[column.name] is not None and column.name not in ("id", "quote", "section", "printed")
        if (column.name, record[column.name]) != ("bound", "eq")
    ]
    return tuple(filled[:CELLS])
