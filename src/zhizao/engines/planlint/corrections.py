"""What people decided about a reading: cells accepted or corrected, rows rejected or added, kept beside the pack.

A correction names its row by a stable key (an id, or the names that make the row what it is), never by a line, and
holds what was read when it was made. On the next reading it is applied to the row of that key if the reading still
says the same; where it does not, the correction is kept and reported, and the new reading stands until somebody
decides again. Nothing is ever applied silently to something that nobody has seen.

========  ================  ==========================================  =============================================
action    column            read                                        effect
========  ================  ==========================================  =============================================
accept    empty             fingerprint of the row, or empty            the row's confidence is 1
accept    a column          the cell as read                            none but that the cell counts as compared
correct   a column          the cell as read                            the cell holds ``value``; the note says so
reject    empty             fingerprint of the row, or empty            the row leaves the table
add       a column          empty                                       one cell of a new row; its cells share a key
========  ================  ==========================================  =============================================
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

import polars as pl

from zhizao.engines.planlint.bounds import possible
from zhizao.engines.planlint.schema import INTEGER, STRING, TABLES, Field, Record, Rows
from zhizao.kernel import names
from zhizao.kernel.result import Place, Problem, Refused, Severity, mark
from zhizao.kernel.tables import read_csv, write_csv

FILE: Final = "corrections.csv"
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "indicators": ("id",),
    "projects": ("sector", "name", "owner"),
    "enterprises": ("name",),
    "land": ("table", "enterprise"),
    "suppliers": ("enterprise",),
    "chain_members": ("chain", "stage", "node", "member"),
    "claims": ("id",),
    "aliases": ("canonical", "alias"),
    "tasks": ("id",),
}
"""The columns of each table that make a row what it is."""
_DERIVED: Final = frozenset({"line", "confidence", "note", "start", "end", "section", "quote", "list_id"})
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class Action(StrEnum):
    """What was decided."""

    ACCEPT = "accept"
    CORRECT = "correct"
    REJECT = "reject"
    ADD = "add"


class Outcome(StrEnum):
    """What became of a correction when it was applied."""

    APPLIED = "applied"
    CHANGED = "changed"
    """The row is there, and now says something else than when the correction was made."""
    MISSING = "missing"
    """No row has this key any more."""
    INVALID = "invalid"
    """The value does not fit its column, or an added row is not whole."""
    FOREIGN = "foreign"
    """Made for another document, and nothing shows that this one is a later form of it."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One decision; all is text, as it stands in the file. ``sha256`` is the document's that it was made on."""

    table: str
    key: str
    action: str
    column: str = ""
    read: str = ""
    value: str = ""
    reason: str = ""
    by: str = ""
    at: str = ""
    sha256: str = ""


COLUMNS: Final = ("table", "key", "column", "read", "value", "action", "reason", "by", "at", "sha256")


@dataclass(frozen=True, slots=True)
class Applied:
    """Rows with the corrections in them, what could not be applied, and what became of each correction, in order."""

    rows: Rows
    problems: tuple[Problem, ...]
    outcomes: tuple[Outcome, ...]


def row_keys(table: str, records: Sequence[Record]) -> list[str]:
    """The stable key of each row; a row that stands twice has ``#2`` behind its key.

    >>> row_keys("enterprises", [{"name": "甲(集团)公司"}, {"name": "甲（集团） 公司"}])
    ['甲（集团）公司', '甲（集团）公司#2']
    """
    seen: Counter[str] = Counter()
    keys = []
    for record in records:
        key = _key(table, record)
        seen[key] += 1
        keys.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return keys


def _key(table: str, record: Record) -> str:
    words = [str(record.get(column) or "") for column in KEYS[table]]
    return words[0] if KEYS[table] == ("id",) else "/".join(map(names.normalise, words))


def fingerprint(table: str, record: Record) -> str:
    """What a row says, in 12 characters: without its line, its section and how sure its reading is."""
    words = [f"{field.name}={printed(record.get(field.name))}" for field in TABLES[table] if field.name not in _DERIVED]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:12]


def printed(value: object) -> str:
    """A value as a correction and a pack write it.

    >>> printed(Decimal("1.50")), printed(None), printed(3)
    ('1.50', '', '3')
    """
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def read_corrections(source: Path | Traversable | bytes) -> tuple[Correction, ...]:
    """The corrections of a file, in its order.

    Raises
    ------
    Refused
        With every fault: no table of csv, ``planlint.corrections_columns``, ``planlint.correction_damaged`` (a table,
        column or action that there is not, a key or sha256 that is empty or damaged). Nothing of the file counts then.
    """
    file = FILE if isinstance(source, bytes) else source.name
    frame = read_csv(source, file=file, guarded=True)
    if missing := [name for name in COLUMNS if name not in frame.columns]:
        raise Refused(
            Problem(
                "planlint.corrections_columns",
                mark("Columns of the corrections are missing: %(columns)s."),
                Place(file=file),
                mark("Restore the file, or move it away and decide again on the review page."),
                params={"columns": ", ".join(missing)},
            )
        )
    order = [field.name for field in fields(Correction)]
    found = [Correction(*(cell or "" for cell in row)) for row in frame.select(order).iter_rows()]
    problems = [
        Problem(
            "planlint.correction_damaged",
            mark("“%(text)s” is no %(type)s of a correction."),
            Place(file=file, row=number, column=column),
            mark("Correct the cell, or delete the row."),
            params={"text": words[:40], "type": column},
        )
        for number, correction in enumerate(found, start=2)
        for column, words in _faults(correction)
    ]
    if problems:
        raise Refused(*problems[:20])
    return tuple(found)


def _faults(one: Correction) -> Iterable[tuple[str, str]]:
    """The cells of a correction that cannot be."""
    if one.table not in TABLES:
        yield "table", one.table
    else:
        whole_row = not one.column and one.action in (Action.ACCEPT, Action.REJECT)
        if not whole_row and one.column not in {field.name for field in TABLES[one.table]}:
            yield "column", one.column
    if one.action not in set(Action):
        yield "action", one.action
    if not one.key:
        yield "key", one.key
    if not _SHA256.fullmatch(one.sha256):
        yield "sha256", one.sha256


def corrections_csv(corrections: Iterable[Correction]) -> bytes:
    """The corrections as a file: the same give the same bytes; text that a spreadsheet would run is guarded."""
    names_of = [field.name for field in fields(Correction)]
    rows = [astuple(correction) for correction in corrections]
    schema = dict.fromkeys(names_of, pl.String)
    return write_csv(pl.DataFrame(rows, schema=schema, orient="row").select(COLUMNS))


def write_corrections(path: Path, corrections: Iterable[Correction]) -> None:
    """Write the corrections to a file, whole or not at all.

    Raises
    ------
    OSError
    """
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(corrections_csv(corrections))
    beside.replace(path)


def decided(corrections: Iterable[Correction], *new: Correction) -> tuple[Correction, ...]:
    """The corrections with new ones, each in place of an earlier decision on the same cell or row.

    A cell of an added row that is corrected stays added, with the new value; one that is rejected is forgotten.

    >>> a = Correction("land", "甲", "correct", "land_mu", "1", "2")
    >>> [one.value for one in decided((a,), Correction("land", "甲", "correct", "land_mu", "1", "3"))]
    ['3']
    """
    kept = {(one.table, one.key, one.column): one for one in corrections}
    added: dict[tuple[str, str], list[str]] = {}
    for (table, key, column), old in kept.items():
        if old.action == Action.ADD:
            added.setdefault((table, key), []).append(column)
    for one in new:
        row = (one.table, one.key)
        if row in added and one.action == Action.REJECT:
            for column in added.pop(row):
                del kept[*row, column]
            continue
        kept.pop((*row, one.column), None)
        if one.action == Action.ADD or (row in added and one.action == Action.CORRECT):
            one = replace(one, action=Action.ADD, read="")
            if one.column not in added.setdefault(row, []):
                added[row].append(one.column)
        kept[*row, one.column] = one
    return tuple(kept.values())


def apply(rows: Rows, corrections: Sequence[Correction], *, sha256: str = "") -> Applied:
    """The rows of a reading with the corrections in them.

    Parameters
    ----------
    rows : as read, without corrections: keys are those of the reading, and of what corrections made of it
    corrections : in the order they were decided
    sha256 : of the document that was read; corrections made on another are applied where its rows still say what they
        said, and rows are added only if most other corrections have found their rows

    Returns
    -------
    Applied
        New records; the given ones are not changed. A correction that is not applied is a problem at its row's line:
        ``planlint.correction_changed``, ``…_missing``, ``…_invalid``, ``…_foreign``.
    """
    bench = _Bench(rows)
    keyed = [one for one in corrections if one.action != Action.ADD]
    outcomes: dict[int, Outcome] = {}
    for one in keyed:
        outcomes[id(one)] = bench.apply(one)
    found = sum(outcome in (Outcome.APPLIED, Outcome.CHANGED) for outcome in outcomes.values())
    same_plan = not sha256 or found * 2 > len(keyed)
    added: dict[tuple[str, str], list[Correction]] = {}
    for one in corrections:
        if one.action == Action.ADD:
            added.setdefault((one.table, one.key), []).append(one)
    for cells in added.values():
        own = same_plan or all(cell.sha256 == sha256 for cell in cells)
        outcome = bench.add(cells) if own else Outcome.FOREIGN
        outcomes.update(dict.fromkeys(map(id, cells), outcome))
    results = tuple(outcomes[id(one)] for one in corrections)
    problems = [_problem(one, outcome, bench) for one, outcome in zip(corrections, results, strict=True)]
    others = [one for one in corrections if sha256 and one.sha256 != sha256]
    return Applied(bench.rows(), tuple(_other_document(others)) + tuple(filter(None, problems)), results)


class _Bench:
    """Rows under correction: found by key, compared with what was read, changed in copies."""

    def __init__(self, rows: Rows) -> None:
        self.read = rows
        self.now: dict[str, list[Record | None]] = {table: list(records) for table, records in rows.items()}
        self.places: dict[tuple[str, str], int] = {
            (table, key): place for table, records in rows.items() for place, key in enumerate(row_keys(table, records))
        }

    def rows(self) -> dict[str, list[Record]]:
        return {table: [record for record in records if record is not None] for table, records in self.now.items()}

    def line(self, one: Correction) -> int | None:
        place = self.places.get((one.table, one.key))
        if place is None or place >= len(self.read.get(one.table, ())):
            return None
        line = self.read[one.table][place].get("line")
        return line if isinstance(line, int) else None

    def apply(self, one: Correction) -> Outcome:
        place = self.places.get((one.table, one.key))
        if place is None:
            return Outcome.MISSING
        record = self.now[one.table][place]
        if record is None:  # rejected before: nothing is left to say about it
            return Outcome.APPLIED if one.action == Action.REJECT else Outcome.CHANGED
        if not self._still(one, self.read[one.table][place], record):
            return Outcome.CHANGED
        if one.action == Action.REJECT:
            self.now[one.table][place] = None
        elif one.action == Action.CORRECT:
            return self._correct(one, place, record)
        elif not one.column:
            self.now[one.table][place] = {**record, "confidence": Decimal(1)}
        return Outcome.APPLIED

    @staticmethod
    def _still(one: Correction, *states: Record) -> bool:
        """Whether the row says what it said: as read now, or as earlier corrections left it."""
        if one.column:
            return any(_same(one.read, state.get(one.column)) for state in states)
        return not one.read or any(one.read == fingerprint(one.table, state) for state in states)

    def _correct(self, one: Correction, place: int, record: Record) -> Outcome:
        field = next(field for field in TABLES[one.table] if field.name == one.column)
        value, fits = typed(one.value, field)
        if not fits:
            return Outcome.INVALID
        changed = {**record, one.column: value}
        if any(field.name == "note" for field in TABLES[one.table]):
            said = f"corrected: {one.column} was {printed(record.get(one.column)) or 'empty'}"
            changed["note"] = "; ".join(filter(None, (str(record.get("note") or ""), said)))
        self.now[one.table][place] = changed
        if one.column in KEYS[one.table]:
            self.places.setdefault((one.table, _key(one.table, changed)), place)
        return Outcome.APPLIED

    def add(self, cells: Sequence[Correction]) -> Outcome:
        """Put a new row, given by its cells, behind the others; if the document has it by now, that stands."""
        table = cells[0].table
        by_name = {field.name: field for field in TABLES[table]}
        record: Record = dict.fromkeys(by_name) | {"confidence": Decimal(1)}
        for cell in cells:
            record[cell.column], fits = typed(cell.value, by_name[cell.column])
            if not fits:
                return Outcome.INVALID
        if "id" in by_name and record["id"] is None:
            record["id"] = cells[0].key
        if any(field.required and record[field.name] is None for field in by_name.values()):
            return Outcome.INVALID
        if not {(table, cells[0].key), (table, _key(table, record))}.isdisjoint(self.places):
            return Outcome.CHANGED
        self.now.setdefault(table, []).append(record)
        self.places[table, _key(table, record)] = len(self.now[table]) - 1
        return Outcome.APPLIED


def typed(words: str, field: Field) -> tuple[object, bool]:
    """A cell's words as a value of its column, and whether they fit it.

    >>> field = Field("bound", STRING, required=True, values=("eq", "ge"))
    >>> typed("ge", field), typed("", field), typed("1.5", Field("land_mu", "number"))
    (('ge', True), (None, False), (Decimal('1.5'), True))
    """
    if not words:
        return None, not field.required
    if field.type == STRING:
        return words, not field.values or words in field.values
    try:
        value = Decimal(words)
    except InvalidOperation:
        return None, False
    if not possible(value, field):
        return None, False
    return (int(value) if field.type == INTEGER else value), True


def _same(words: str, value: object) -> bool:
    """Whether a cell says what the correction was made on; figures are compared as figures."""
    if words == printed(value):
        return True
    if not isinstance(value, int | Decimal):
        return False
    try:
        return Decimal(words) == value
    except InvalidOperation:
        return False


_SAID: Final = {
    Outcome.CHANGED: (
        mark("A correction of “%(key)s” (%(column)s) was made when the document was read as “%(read)s”; that changed."),
        mark("Compare the row with the document and decide again; the new reading stands until then."),
    ),
    Outcome.MISSING: (
        mark("A correction of “%(key)s” (%(column)s) finds no such row."),
        mark("Look whether the row was renamed or left out, and decide again."),
    ),
    Outcome.INVALID: (
        mark("A correction of “%(key)s” (%(column)s) gives “%(value)s”, which does not fit, or is not a whole row."),
        mark("Give a value of the column's type, and all columns that must be filled."),
    ),
    Outcome.FOREIGN: (
        mark("A row was added for another document (“%(key)s”, %(column)s) and is held back."),
        mark("Add it again if it belongs to this plan."),
    ),
}


def _problem(one: Correction, outcome: Outcome, bench: _Bench) -> Problem | None:
    if outcome is Outcome.APPLIED:
        return None
    message, remedy = _SAID[outcome]
    params = {
        "table": one.table,
        "key": one.key[:80],
        "column": one.column or one.action,
        "read": one.read[:40],
        "value": one.value[:40],
    }
    place = Place(file=FILE, line=bench.line(one), column=one.column or None)
    return Problem(f"planlint.correction_{outcome.value}", message, place, remedy, Severity.ERROR, params)


def _other_document(others: Sequence[Correction]) -> Iterable[Problem]:
    if others:
        yield Problem(
            "planlint.corrections_other_document",
            mark("%(count)s corrections were made on another form of the document (sha256 %(sha256)s…)."),
            Place(file=FILE),
            mark("They are applied where the rows still say the same; look at those that are reported."),
            Severity.WARNING,
            {"count": len(others), "sha256": others[0].sha256[:12]},
        )
