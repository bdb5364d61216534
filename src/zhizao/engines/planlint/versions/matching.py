"""Which row of one version is which row of another: by stable keys, then by likeness, never by place in the table.

A table's rows are joined level by level, from the strongest sign to the weakest: the whole content, then key and
companions (a project's name with its owner, then its name alone), then for organisations the core of a name. Rows of
one sign on both sides are paired in the order of their content, so that duplicates find their likest partner, the
result does not depend on the order of rows, and matching b with a gives the same pairs as a with b. What is left of
targets, projects and tasks may have been renamed: two rows are one if each is the other's likest, and like enough.

Likeness of names is Dice's coefficient of their pairs of characters, 2·|A∩B| ÷ (|A|+|B|).
Source: L. R. Dice, Measures of the Amount of Ecologic Association Between Species, Ecology 26 (1945) 297–302.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.schema import STRING, TABLES, Record
from zhizao.kernel import names

LIKE: Final = 0.6
"""Names that share this much are one name changed."""
LIKE_WITH_COMPANIONS: Final = 0.4
"""… or this much where everything else that tells rows apart is the same."""
COMMON: Final = 40
"""A pair of characters in more names than this tells nothing, and would make the search slow."""

IGNORED: Final = frozenset(
    {"id", "serial", "line", "confidence", "note", "quote", "start", "end", "section", "printed", "list_id"}
    | {"base_printed", "target_printed", "growth_printed", "total_printed", "demand_printed", "stage_printed"}
)
"""Columns that say where and how a row stands, and not what it says; of projects ``start`` does count."""
_DATES: Final = frozenset({"start", "finish"})
_NUMERALS: Final = re.compile(r"[0-9.]+|[一二三四五六七八九十百千万亿]+(?=[期号批个台条家])")
_SCOPES: Final = re.compile(
    r"规模以上|规上|规模|全部|全区|全市|全县|新增|累计|年均|人均|亩均|地均|单位|占比|比重|比例|增速|增长|率|强度|净"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Rows of two versions that are one, by index; ``None`` where only one version has it."""

    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class _Signs:
    """What identifies a row of a table: its name, and the levels of columns that are tried behind the whole content."""

    name: str
    levels: tuple[tuple[str, ...], ...]
    companions: tuple[str, ...] = ()
    organisation: bool = False
    """Two organisations are never one because their names look alike: only typing and legal form may differ."""


SIGNS: Final = {
    "indicators": _Signs("name", (("id",), ("name", "unit"), ("name",)), ("unit", "base_value", "base_year")),
    "projects": _Signs(
        "name",
        (("name", "owner", "total_wan_yuan"), ("name", "owner"), ("name", "sector"), ("name",)),
        ("owner", "total_wan_yuan"),
    ),
    "enterprises": _Signs("name", (("name", "tier"), ("name", "industry"), ("name",)), organisation=True),
    "land": _Signs("enterprise", (("enterprise", "table"), ("enterprise", "sector"), ("enterprise",)), (), True),
    "suppliers": _Signs("enterprise", (("enterprise", "sector"), ("enterprise",)), (), True),
    "chain_members": _Signs(
        "member",
        (("chain", "node", "member"), ("chain", "stage", "member"), ("chain", "member"), ("member",)),
        (),
        True,
    ),
    "claims": _Signs("indicator", (("id",), ("subject", "indicator", "span", "kind", "scope"))),
    "aliases": _Signs("alias", (("canonical", "alias"), ("alias",)), (), True),
    "tasks": _Signs("task", (("id",), ("task", "lead_unit"), ("task",)), ("lead_unit", "section")),
}


def content_columns(table: str) -> tuple[str, ...]:
    """The columns of a table that say something of their own.

    >>> content_columns("suppliers")
    ('sector', 'enterprise', 'total', 'local', 'share_stated_pct')
    """
    kept = IGNORED - _DATES if table == "projects" else IGNORED
    return tuple(field.name for field in TABLES[table] if field.name not in kept)


def same_value(value: object, *, number: bool) -> Hashable:
    """A cell in the form in which two versions are compared: numbers by value, words without differences of typing.

    >>> same_value("176.0", number=True) == same_value(Decimal(176), number=True), same_value("", number=False)
    (True, None)
    """
    if value is None or value == "":
        return None
    return Decimal(str(value)).normalize() if number else names.normalise(str(value))


def is_number(table: str, column: str) -> bool:
    """Whether a column holds figures."""
    return column in _NUMBERS[table]


_NUMBERS: Final = {table: {field.name for field in fields if field.type != STRING} for table, fields in TABLES.items()}


def match(table: str, old: Sequence[Record], new: Sequence[Record]) -> list[Pair]:
    """Pair the rows of one table of two versions; those without a partner stand alone.

    Examples
    --------
    >>> match("enterprises", [{"name": "甲厂"}, {"name": "乙 厂"}], [{"name": "乙厂"}, {"name": "丙厂"}])
    [Pair(old=1, new=0), Pair(old=0, new=None), Pair(old=None, new=1)]
    """
    signs = SIGNS[table]
    left, right = _Side(table, old), _Side(table, new)
    pairs: list[Pair] = []
    for level in (None, *signs.levels):
        pairs += _join(left, right, level)
    if signs.organisation:
        pairs += _join(left, right, (signs.name,), core=True)
    else:
        pairs += _renamed(left, right, signs)
    alone = [Pair(index, None) for index in sorted(left.open)] + [Pair(None, index) for index in sorted(right.open)]
    return pairs + alone


class _Side:
    """The rows of one version that have no partner yet."""

    def __init__(self, table: str, rows: Sequence[Record]) -> None:
        self.table, self.rows = table, rows
        self.open = set(range(len(rows)))
        columns = content_columns(table)
        self.content = [self.key(index, columns, whole=True) for index in range(len(rows))]
        self.order = [tuple((cell is not None, str(cell)) for cell in content or ()) for content in self.content]

    def key(self, index: int, columns: Sequence[str], *, whole: bool = False) -> tuple[Hashable, ...] | None:
        """The cells that identify a row; ``None`` where one is missing, for two unknowns are not the same thing."""
        row = self.rows[index]
        cells = tuple(same_value(row.get(column), number=is_number(self.table, column)) for column in columns)
        return cells if whole or None not in cells else None

    def sign(self, index: int, columns: Sequence[str] | None, *, core: bool) -> tuple[Hashable, ...] | None:
        """What a level compares: the whole content, some columns, or the core of the name."""
        if columns is None:
            return self.content[index]
        key = self.key(index, columns)
        return tuple(names.core(str(cell)) for cell in key) if core and key else key


def _join(left: _Side, right: _Side, columns: Sequence[str] | None, *, core: bool = False) -> list[Pair]:
    """Pair what has the same sign on both sides; a core tells only where it stands once on either."""
    groups: dict[tuple[Hashable, ...], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for place, side in enumerate((left, right)):
        for index in side.open:
            if (key := side.sign(index, columns, core=core)) is not None:
                groups[key][place].append(index)
    pairs: list[tuple[int, int]] = []
    for ours, theirs in groups.values():
        if core and (len(ours), len(theirs)) != (1, 1):
            continue
        ours.sort(key=left.order.__getitem__)
        theirs.sort(key=right.order.__getitem__)
        pairs += zip(ours, theirs, strict=False)
    return _paired(left, right, pairs)


def _paired(left: _Side, right: _Side, pairs: list[tuple[int, int]]) -> list[Pair]:
    left.open.difference_update(ours for ours, _theirs in pairs)
    right.open.difference_update(theirs for _ours, theirs in pairs)
    return [Pair(*pair) for pair in sorted(pairs)]


def _renamed(left: _Side, right: _Side, signs: _Signs) -> list[Pair]:
    """Pair the rows that are each other's likest by name, and like enough."""
    ours, theirs = (_names(side, signs) for side in (left, right))
    likest, likest_back = _likest(ours, theirs), _likest(theirs, ours)
    mutual = [pair for pair in likest.items() if likest_back.get(pair[1]) == pair[0]]
    return _paired(left, right, [pair for pair in mutual if _is_one(left, right, pair, signs)])


def _names(side: _Side, signs: _Signs) -> dict[int, str]:
    return {index: names.normalise(str(side.rows[index].get(signs.name) or "")) for index in side.open}


def _is_one(left: _Side, right: _Side, pair: tuple[int, int], signs: _Signs) -> bool:
    old, new = (side.rows[index] for side, index in zip((left, right), pair, strict=True))
    before, after = (names.normalise(str(row.get(signs.name) or "")) for row in (old, new))
    if any(sorted(words.findall(before)) != sorted(words.findall(after)) for words in (_NUMERALS, _SCOPES)):
        return False  # another phase, another number, another scope is another thing
    ours, theirs = (side.key(index, signs.companions) for side, index in zip((left, right), pair, strict=True))
    return likeness(before, after) >= (LIKE_WITH_COMPANIONS if ours is not None and ours == theirs else LIKE)


def likeness(one: str, other: str) -> float:
    """Dice's coefficient of the pairs of characters of two names, from 0 to 1.

    >>> likeness("工业总产值", "工业总产量"), likeness("甲", "乙")
    (0.75, 0.0)
    """
    ours, theirs = _bigrams(one), _bigrams(other)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs)) if ours and theirs else 0.0


def _bigrams(name: str) -> frozenset[str]:
    return frozenset(name[at : at + 2] for at in range(len(name) - 1))


def _likest(ours: dict[int, str], theirs: dict[int, str]) -> dict[int, int]:
    """For each of our names the likest of theirs, where one is liker than all others; common pairs do not count."""
    bigrams = {index: _bigrams(name) for index, name in theirs.items()}
    holders: dict[str, list[int]] = defaultdict(list)
    for index, of_name in bigrams.items():
        for bigram in of_name:
            holders[bigram].append(index)
    found = {}
    for index, name in ours.items():
        own = _bigrams(name)
        shared = Counter(
            other for pair in own if len(holders.get(pair, ())) <= COMMON for other in holders.get(pair, ())
        )
        scores = {other: 2 * count / (len(own) + len(bigrams[other])) for other, count in shared.items()}
        best = max(scores.values(), default=0.0)
        winners = [other for other, score in scores.items() if score == best]
        if len(winners) == 1:
            found[index] = winners[0]
    return found
