"""What can differ between two versions of a plan: cells, rows, money that moved; each says itself in a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from zhizao.engines.planlint.schema import TABLES
from zhizao.engines.planlint.versions.diff_words import ADDED, COLUMNS, REMOVED, RENAMED, Sentence
from zhizao.engines.planlint.versions.diff_words import PERIODS as PERIOD_WORDS
from zhizao.engines.planlint.versions.matching import SIGNS
from zhizao.kernel.result import mark

META: Final = "meta"
PERIODS: Final = ("before_wan_yuan", "plan_wan_yuan", "after_wan_yuan")


class Sort(StrEnum):
    """What kind of change it is; one row may have changed in several ways."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    RETARGETED = "retargeted"
    REBASED = "rebased"
    GROWTH = "growth"
    UNIT = "unit"
    MOVED = "moved"
    OWNER = "owner"
    MONEY = "money"
    MONEY_MOVED = "money_moved"
    DATES = "dates"
    OTHER = "other"


_SORT_OF: Final = {
    **dict.fromkeys(("target_value", "target_year", "bound"), Sort.RETARGETED),
    **dict.fromkeys(("base_value", "base_year"), Sort.REBASED),
    "growth_stated_pct": Sort.GROWTH,
    "unit": Sort.UNIT,
    **dict.fromkeys(("sector", "category", "tier", "industry", "chain", "stage", "node", "table"), Sort.MOVED),
    **dict.fromkeys(("owner", "responsible_unit", "lead_unit"), Sort.OWNER),
    **dict.fromkeys(("total_wan_yuan", *PERIODS), Sort.MONEY),
    **dict.fromkeys(("start", "finish", "span"), Sort.DATES),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell in both versions: value and printed form; ``None`` is unknown or not there."""

    column: str
    old: object
    new: object
    old_unit: str = ""
    new_unit: str = ""
    old_printed: str = ""
    new_printed: str = ""

    @property
    def sort(self) -> Sort:
        """What a change of this column is called."""
        return _SORT_OF.get(self.column, Sort.OTHER)

    def inverse(self) -> Cell:
        """The same cell from new to old."""
        return Cell(self.column, self.new, self.old, self.new_unit, self.old_unit, self.new_printed, self.old_printed)


@dataclass(frozen=True, slots=True)
class Shift:
    """Money that a project gets in another period than before; columns of the periods, and 万元."""

    source: str
    goal: str
    amount_wan_yuan: Decimal

    def inverse(self) -> Shift:
        """The money back."""
        return Shift(self.goal, self.source, self.amount_wan_yuan)


@dataclass(frozen=True, slots=True)
class Change:
    """What has become of one row.

    Attributes
    ----------
    table : its table, or ``META``
    old_name, new_name : how it is called in either version; ``None`` where it is not in it
    old_key, new_key : its stable id, or its name
    cells : what differs; of an added or removed row all that it says
    shift : money of a project that went from one period to another while the total stayed
    old_row, new_row : its index in either version, for finding it again; not part of what changed
    """

    table: str
    old_name: str | None
    new_name: str | None
    old_key: str | None
    new_key: str | None
    cells: tuple[Cell, ...]
    shift: Shift | None = None
    old_row: int | None = field(default=None, compare=False)
    new_row: int | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """How it is called now, or was."""
        return str(self.new_name if self.new_name is not None else self.old_name)

    @property
    def key(self) -> str:
        """The stable name of the row: of the older version, where it is in both."""
        return str(self.old_key if self.old_key is not None else self.new_key)

    @property
    def is_added(self) -> bool:
        """Whether only the newer version has it."""
        return self.old_name is None

    @property
    def is_removed(self) -> bool:
        """Whether only the older version has it."""
        return self.new_name is None

    @property
    def sorts(self) -> tuple[Sort, ...]:
        """Every kind of change that it is, the weightiest first."""
        if self.is_added or self.is_removed:
            return (Sort.ADDED if self.is_added else Sort.REMOVED,)
        found = {Sort.RENAMED if cell.column == name_column(self.table) else cell.sort for cell in self.cells}
        if self.shift is not None:
            found = found - {Sort.MONEY} | {Sort.MONEY_MOVED}
        return tuple(sort for sort in Sort if sort in found)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """What has changed, a sentence for each cell; ``Sentence.say`` puts it into a language."""
        if self.is_added:
            return (Sentence(ADDED[self.table], {"name": self.name}),)
        if self.is_removed:
            return (Sentence(REMOVED[self.table], {"name": self.name}),)
        said = [_shift_sentence(self.name, self.shift)] if self.shift else []
        said += [_cell_sentence(self, cell) for cell in self.cells if not (self.shift and cell.sort is Sort.MONEY)]
        return tuple(said)

    def inverse(self) -> Change:
        """The same row from new to old."""
        return Change(
            self.table,
            self.new_name,
            self.old_name,
            self.new_key,
            self.old_key,
            tuple(cell.inverse() for cell in self.cells),
            self.shift and self.shift.inverse(),
            self.new_row,
            self.old_row,
        )


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money that one project lost and another gained, to the last digit."""

    source: str
    goal: str
    amount_wan_yuan: Decimal

    @property
    def sentence(self) -> Sentence:
        """The transfer in words."""
        message = mark("%(amount)s %(unit)s moved from “%(source)s” to “%(goal)s”; their sum stays the same.")
        params = {"amount": plain(self.amount_wan_yuan), "source": self.source, "goal": self.goal, "unit": "万元"}
        return Sentence(message, params)

    def inverse(self) -> Transfer:
        """The money back."""
        return replace(self, source=self.goal, goal=self.source)


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows of a table were added, removed, changed and left as they were."""

    added: int = 0
    removed: int = 0
    changed: int = 0
    same: int = 0

    @property
    def differing(self) -> int:
        """Rows that are not the same in both."""
        return self.added + self.removed + self.changed


@dataclass(frozen=True, slots=True)
class Diff:
    """Everything that differs between two versions.

    Attributes
    ----------
    changes : a row each, by table and name; of ``COUNTED`` tables only those that changed
    transfers : money that moved from one project to another
    counts : for each table that was compared
    not_compared : tables that one of the two does not have
    """

    changes: tuple[Change, ...]
    transfers: tuple[Transfer, ...]
    counts: Mapping[str, Count]
    not_compared: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(count.differing for count in self.counts.values())

    def of(self, sort: Sort, table: str = "") -> tuple[Change, ...]:
        """The changes of one kind, of all tables or of one."""
        return tuple(change for change in self.changes if sort in change.sorts and table in ("", change.table))

    def by_table(self) -> dict[str, tuple[Change, ...]]:
        """The changes of each table that has any."""
        groups: dict[str, list[Change]] = defaultdict(list)
        for change in self.changes:
            groups[change.table].append(change)
        return {table: tuple(group) for table, group in groups.items()}

    @property
    def summary(self) -> Sentence:
        """One sentence over all."""
        if not self:
            return Sentence(mark("The two versions say the same."), {})
        total = [
            sum(getattr(count, name) for count in self.counts.values()) for name in ("added", "removed", "changed")
        ]
        message = mark(
            "%(targets)s targets are set anew; in all %(added)s rows added, %(removed)s removed, %(changed)s changed."
        )
        numbers = dict(zip(("added", "removed", "changed"), total, strict=True))
        return Sentence(message, {"targets": len(self.of(Sort.RETARGETED, "indicators")), **numbers})

    def inverse(self) -> Diff:
        """The difference read from new to old."""
        return Diff(
            ordered(change.inverse() for change in self.changes),
            tuple(sorted((transfer.inverse() for transfer in self.transfers), key=transfer_order)),
            {
                table: Count(count.removed, count.added, count.changed, count.same)
                for table, count in self.counts.items()
            },
            self.not_compared,
        )


_ORDER: Final = {table: number for number, table in enumerate((META, *TABLES))}


def ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """By table and name, the same from either side."""

    def order(change: Change) -> tuple[object, ...]:
        names = sorted(name for name in (change.old_name, change.new_name) if name is not None)
        cells = [(cell.column, *sorted((str(cell.old), str(cell.new)))) for cell in change.cells]
        return _ORDER[change.table], names, cells, str(change)

    return tuple(sorted(changes, key=order))


def _cell_sentence(change: Change, cell: Cell) -> Sentence:
    if cell.column == name_column(change.table):
        return Sentence(RENAMED, {"old": change.old_name, "name": change.name})
    labels = {"column": COLUMNS[cell.column]}
    params: dict[str, object] = {"name": change.name}
    for side in ("old", "new"):
        words = shown(cell, side)
        if words is None:
            labels[side] = mark("unknown")
        else:
            params[side] = words
    return Sentence(mark("“%(name)s”: %(column)s %(old)s → %(new)s."), params, labels)


def _shift_sentence(name: str, shift: Shift) -> Sentence:
    message = mark("“%(name)s”: %(amount)s %(unit)s moved from %(source)s to %(goal)s; the total stays the same.")
    labels = {"source": PERIOD_WORDS[shift.source], "goal": PERIOD_WORDS[shift.goal]}
    return Sentence(message, {"name": name, "amount": plain(shift.amount_wan_yuan), "unit": "万元"}, labels)


_BOUNDS: Final = {"eq": "=", "ge": "≥", "le": "≤", "gt": ">", "lt": "<", "about": "≈"}


def shown(cell: Cell, side: str) -> str | None:
    """A cell of one side as a text: as printed where that is kept, with its unit; ``None`` for unknown.

    >>> shown(Cell("plan_wan_yuan", Decimal("1200.50"), None, "万元", "万元"), "old")
    '1200.50万元'
    """
    value, unit, printed = (getattr(cell, name) for name in (side, f"{side}_unit", f"{side}_printed"))
    if value is None:
        return None
    if cell.column == "bound":
        return _BOUNDS.get(str(value), str(value))
    words = str(printed or (plain(value) if isinstance(value, Decimal) else value))
    return words if unit and words.endswith(unit) else f"{words}{unit}"


def plain(value: Decimal) -> str:
    """A decimal without exponent."""
    return f"{value:f}"


def transfer_order(transfer: Transfer) -> tuple[object, ...]:
    """The order of transfers, the same from either side but for equal pairs."""
    return transfer.amount_wan_yuan, sorted((transfer.source, transfer.goal)), transfer.source


def name_column(table: str) -> str:
    """The column that says how a row is called."""
    return "" if table == META else SIGNS[table].name
