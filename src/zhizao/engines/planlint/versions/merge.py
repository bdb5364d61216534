"""Two sets of changes made to one version of a plan, put together: a draft and what was published meanwhile.

Each cell has three states: as it was in the version that both began from, as the draft has it, as the newer version
has it. Who changed it alone is followed. Where both did, differently, the draft's value stays and the conflict is
told. The same holds for whole rows: added by one side they are added; dropped by one side they are dropped, unless
the other side has changed them, which is a conflict too and keeps the row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from zhizao.engines.planlint.schema import TABLES, Record, Rows
from zhizao.engines.planlint.versions.matching import SIGNS, content_columns, is_number, match, same_value

_COMPANIONS: Final = {
    "base_value": "base_printed",
    "target_value": "target_printed",
    "growth_stated_pct": "growth_printed",
    "total_wan_yuan": "total_printed",
    "demand_min_mu": "demand_printed",
    "demand_max_mu": "demand_printed",
    "value": "printed",
}
_TRACE: Final = ("line", "confidence", "note")


@dataclass(frozen=True, slots=True)
class Conflict:
    """What both sides changed: a cell, or with an empty ``column`` a row that one dropped and the other changed."""

    table: str
    row: int
    name: str
    column: str
    ours: object
    theirs: object


@dataclass(frozen=True, slots=True)
class Merged:
    """The rows of both sides, and what they disagree about."""

    rows: Mapping[str, list[Record]]
    conflicts: tuple[Conflict, ...]


def merge(base: Rows, ours: Rows, theirs: Rows) -> Merged:
    """Put our changes since ``base`` into the rows as they are in ``theirs``.

    Examples
    --------
    >>> row = {"name": "甲厂", "tier": "骨干", "industry": "电子"}
    >>> mine, other = row | {"tier": "龙头"}, row | {"industry": "装备"}
    >>> merge({"enterprises": [row]}, {"enterprises": [mine]}, {"enterprises": [other]}).rows["enterprises"]
    [{'name': '甲厂', 'tier': '龙头', 'industry': '装备'}]
    """
    rows: dict[str, list[Record]] = {}
    conflicts: list[Conflict] = []
    for table in TABLES:
        versions = [plan.get(table, ()) for plan in (base, ours, theirs)]
        rows[table] = _merged(table, versions[0], versions[1], versions[2], conflicts)
    return Merged(rows, tuple(conflicts))


def _merged(
    table: str, base: Sequence[Record], ours: Sequence[Record], theirs: Sequence[Record], conflicts: list[Conflict]
) -> list[Record]:
    mine = {pair.old: pair.new for pair in match(table, base, ours) if pair.old is not None}
    other = {pair.old: pair.new for pair in match(table, base, theirs) if pair.old is not None}
    origin = {new: old for old, new in other.items() if new is not None}
    found: list[Record] = []
    for index, row in enumerate(theirs):
        old = origin.get(index)
        if old is None:
            found.append(dict(row))
        elif (at := mine.get(old)) is not None:
            found.append(_cells(table, len(found), base[old], ours[at], row, conflicts))
        elif _differ(table, base[old], row):
            conflicts.append(_conflict(table, len(found), row, ours=None, theirs=_name(table, row)))
            found.append(dict(row))
    for old, at in mine.items():
        if at is not None and other.get(old) is None and _differ(table, base[old], ours[at]):
            conflicts.append(_conflict(table, len(found), ours[at], ours=_name(table, ours[at]), theirs=None))
            found.append(dict(ours[at]))
    kept = {at for at in mine.values() if at is not None}
    added = [row for index, row in enumerate(ours) if index not in kept]
    there = [row for index, row in enumerate(theirs) if index not in origin]
    twice = {pair.old for pair in match(table, added, there) if pair.old is not None and pair.new is not None}
    return found + [dict(row) for index, row in enumerate(added) if index not in twice]


def _cells(table: str, at: int, base: Record, ours: Record, theirs: Record, conflicts: list[Conflict]) -> Record:
    merged = dict(theirs)
    for column in content_columns(table):
        if not _changed(table, column, base, ours):
            continue
        if _changed(table, column, base, theirs) and _changed(table, column, ours, theirs):
            name = _name(table, ours)
            conflicts.append(Conflict(table, at, name, column, ours.get(column), theirs.get(column)))
        merged |= {name: ours[name] for name in (column, _COMPANIONS.get(column, "")) if name in ours}
    if not _differ(table, base, theirs):
        merged |= {name: ours[name] for name in _TRACE if name in ours}
    return merged


def _changed(table: str, column: str, old: Record, new: Record) -> bool:
    number = is_number(table, column)
    return same_value(old.get(column), number=number) != same_value(new.get(column), number=number)


def _differ(table: str, old: Record, new: Record) -> bool:
    return any(_changed(table, column, old, new) for column in content_columns(table))


def _name(table: str, row: Record) -> str:
    return str(row.get(SIGNS[table].name) or "")


def _conflict(table: str, at: int, row: Record, *, ours: object, theirs: object) -> Conflict:
    return Conflict(table, at, _name(table, row), "", ours, theirs)
