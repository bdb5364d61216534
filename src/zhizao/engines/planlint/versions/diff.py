"""What has changed from one version of a plan to another, said as people say it: retargeted, added, money moved.

Rows are matched by what they are (``matching``), never by their place, so that a table in another order is no change.
A cell has changed if its value has: ``176.0`` and ``176`` are one, ``甲 厂`` and ``甲厂`` too. ``diff(a, a)`` is empty,
and ``diff(b, a)`` is ``diff(a, b).inverse()``. A table that one of the two does not have at all is not compared, and
the answer says so.

Money has moved where nothing but its place has changed: within a project, if its total stayed and two periods changed
by opposite amounts; between two projects, if one total fell by exactly what another rose by, and no other did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Protocol

from zhizao.engines.planlint.schema import TABLES, Record, Rows
from zhizao.engines.planlint.versions.changes import (
    META,
    PERIODS,
    Cell,
    Change,
    Count,
    Diff,
    Shift,
    Transfer,
    name_column,
    ordered,
    transfer_order,
)
from zhizao.engines.planlint.versions.matching import content_columns, is_number, match, same_value

_META_FACTS: Final = ("title", "region", "issuer", "document_number", "issued", "period", "base_year", "parent_plans")
COUNTED: Final = frozenset({"claims"})
"""Tables of which new and missing rows are counted, not told one by one: a text says the same thing in new words."""
_PRINTED: Final = {
    "base_value": "base_printed",
    "target_value": "target_printed",
    "growth_stated_pct": "growth_printed",
    "total_wan_yuan": "total_printed",
}


class Plan(Protocol):
    """A plan as a pack, a reading or facts have it."""

    @property
    def rows(self) -> Rows: ...

    @property
    def meta(self) -> Mapping[str, Any]: ...


def diff(old: Plan, new: Plan) -> Diff:
    """What has changed from one version to another; linear in their rows.

    Parameters
    ----------
    old, new : PlanPack, Reading or Facts

    Examples
    --------
    >>> from zhizao.engines.planlint.facts import Facts
    >>> row = {"id": "ind-1", "name": "工业总产值", "unit": "亿元", "bound": "eq", "target_value": Decimal("100")}
    >>> change = diff(Facts({"indicators": [row]}, {}), Facts({"indicators": [row | {"target_value": 90}]}, {}))
    >>> change.changes[0].sorts[0].value, change.changes[0].sentences[0].say()
    ('retargeted', '“工业总产值”: target value 100亿元 → 90亿元.')
    """
    absent = {name for plan in (old, new) for name in getattr(plan, "absent", ())}
    changes = _meta_changes(old.meta, new.meta)
    counts: dict[str, Count] = {META: Count(changed=len(changes))} if changes else {}
    for table in TABLES:
        if table in absent:
            continue
        found, counts[table] = _table_changes(table, old.rows.get(table, ()), new.rows.get(table, ()))
        changes += found
    return Diff(ordered(changes), _transfers(changes), counts, tuple(table for table in TABLES if table in absent))


def _table_changes(table: str, old: Sequence[Record], new: Sequence[Record]) -> tuple[list[Change], Count]:
    changes, tally = [], {"added": 0, "removed": 0, "changed": 0, "same": 0}
    for pair in match(table, old, new):
        before = old[pair.old] if pair.old is not None else None
        after = new[pair.new] if pair.new is not None else None
        cells = _cells(table, before or {}, after or {})
        how = "added" if before is None else "removed" if after is None else "changed" if cells else "same"
        tally[how] += 1
        if how == "changed" or (how != "same" and table not in COUNTED):
            names = _said(before, name_column(table)), _said(after, name_column(table))
            keys = _said(before, "id") or names[0], _said(after, "id") or names[1]
            shift = _shift(before, after) if table == "projects" and before and after else None
            changes.append(Change(table, *names, *keys, cells, shift, pair.old, pair.new))
    return changes, Count(**tally)


def _cells(table: str, old: Record, new: Record) -> tuple[Cell, ...]:
    cells = []
    for column in content_columns(table):
        number = is_number(table, column)
        before, after = (same_value(row.get(column), number=number) for row in (old, new))
        if before != after:
            values = (_value(old.get(column), number=number), _value(new.get(column), number=number))
            units = (_unit(table, column, old), _unit(table, column, new))
            cells.append(Cell(column, *values, *units, _printed(column, old), _printed(column, new)))
    return tuple(cells)


def _printed(column: str, row: Record) -> str:
    return str(row.get(_PRINTED.get(column, ""), "") or "")


def _value(cell: object, *, number: bool) -> object:
    if cell is None or cell == "":
        return None
    return Decimal(str(cell)) if number else str(cell)


_UNITS: Final = {table: {field.name: field.unit for field in fields} for table, fields in TABLES.items()}


def _unit(table: str, column: str, row: Record) -> str:
    """The unit of a figure: that of its column, or the row's own."""
    if fixed := _UNITS[table].get(column):
        return fixed
    return str(row.get("unit") or "") if column in ("base_value", "target_value", "value", "value_high") else ""


def _said(row: Record | None, column: str) -> str | None:
    if row is None:
        return None
    return str(row.get(column) or "") or (None if column == "id" else "")


def _meta_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    cells = []
    for fact in _META_FACTS:
        before, after = (_meta_words(plan.get(fact)) for plan in (old, new))
        if same_value(before, number=False) != same_value(after, number=False):
            cells.append(Cell(fact, before, after))
    title = (str(old.get("title") or ""), str(new.get("title") or ""))
    return [Change(META, *title, META, META, tuple(cells))] if cells else []


def _meta_words(value: Any) -> str | None:
    if isinstance(value, Mapping):
        return "–".join(str(part) for part in value.values() if part) or None
    if isinstance(value, list | tuple):
        return "、".join(map(str, value)) or None
    return None if value is None else str(value)


def _transfers(changes: Sequence[Change]) -> tuple[Transfer, ...]:
    """Pairs of projects of which one lost what the other gained, where the amount tells them apart from all others."""
    lost: dict[Decimal, list[Change]] = defaultdict(list)
    gained: dict[Decimal, list[Change]] = defaultdict(list)
    for change in changes:
        if change.table != "projects" or change.is_added or change.is_removed:
            continue
        total = next((cell for cell in change.cells if cell.column == "total_wan_yuan"), None)
        amount = total and _difference(total)
        if amount:
            (gained if amount > 0 else lost)[abs(amount)].append(change)
    found = [
        Transfer(lost[amount][0].name, gainers[0].name, amount)
        for amount, gainers in gained.items()
        if len(gainers) == 1 and len(lost.get(amount, ())) == 1
    ]
    return tuple(sorted(found, key=transfer_order))


def _difference(cell: Cell) -> Decimal | None:
    """How much a sum of money rose. An empty cell beside a known total is unknown, not nothing, and gives no answer."""
    if not isinstance(cell.old, Decimal) or not isinstance(cell.new, Decimal):
        return None
    return cell.new - cell.old


def _shift(old: Record, new: Record) -> Shift | None:
    """Money that went from one period to another: two parts changed by opposite amounts, and the total did not."""
    if same_value(old.get("total_wan_yuan"), number=True) != same_value(new.get("total_wan_yuan"), number=True):
        return None
    before, after = known_parts(old), known_parts(new)
    rises = {name: after[name] - before[name] for name in PERIODS if name in before and name in after}
    moved = {name: rise for name, rise in rises.items() if rise}
    known = all(name in rises for name in PERIODS if old.get(name) != new.get(name))
    if len(moved) != 2 or sum(moved.values(), Decimal(0)) or not known:
        return None
    source, goal = sorted(moved, key=moved.__getitem__)
    return Shift(source, goal, moved[goal])


def known_parts(row: Record) -> dict[str, Decimal]:
    """The money of each period; an empty one is nought only where the others make up the whole total already."""
    known = {name: Decimal(str(row[name])) for name in PERIODS if row.get(name) not in (None, "")}
    total = row.get("total_wan_yuan")
    whole = total not in (None, "") and sum(known.values()) == Decimal(str(total))
    return dict.fromkeys(PERIODS, Decimal(0)) | known if whole else known
