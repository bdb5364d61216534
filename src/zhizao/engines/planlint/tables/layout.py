"""Which table is it, and which column is which: told by the words of its header, never by place or name.

A header may have two rows (“annual investment” over three periods). Its second row repeats an empty cell under each
plain column, so the cells of the first row are laid over it in order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from zhizao.engines.planlint.document import Cell
from zhizao.kernel import text
from zhizao.kernel.span import Span

EMPTY, NONE, INTEGER, NUMBER, GROUP, TOTAL, WORDS = "empty", "none", "integer", "number", "group", "total", "words"
FIGURES: Final = frozenset({EMPTY, NONE, INTEGER, NUMBER})
TEXT: Final = frozenset({WORDS, GROUP, NONE, EMPTY})
NAME: Final = frozenset({WORDS, GROUP})
SERIAL: Final = frozenset({INTEGER})
UNREAD: Final = ""
"""The key of a column that is known to be one, and is not read."""

_NUMERAL: Final = "[一二三四五六七八九十]+"
_KINDS: Final = (
    (INTEGER, re.compile(r"[0-9]{1,4}[.、]?")),
    (
        NUMBER,
        re.compile(
            r"[\[〔【]?(?:约|超过|突破|不低于|不超过|不少于|至少|[〉〈>＞<＜≥≤~])*\s*"
            r"[+-]?[0-9](?:[0-9,.]| (?=[0-9]{3}))*\s*"
            r"(?:[-—–~至]+\s*[0-9][0-9,.]*)?\s*(?:%|‰|[万亿]?(?:元|平方米|平方公里|千瓦时|吨|个|家|件|台|亩|公顷)|年|月|亩)?"
            r"(?:[0-9]{1,2}月)?(?:以上|以下|以内|左右)?[\]〕】]?"
        ),
    ),
    (TOTAL, re.compile(r"(?:合\s*计|总\s*计|小\s*计|共\s*计)(?:[（(].*[）)])?[:：]?")),
    (GROUP, re.compile(rf"{_NUMERAL}|[（(]{_NUMERAL}[）)]\s*\S*|{_NUMERAL}[、.．]\s*\S+")),
)
SEARCHED: Final = 6
"""A header begins within this many cells of its table: a title or a unit may stand before it."""
LONGEST: Final = 60
"""Cells of a header row, at most."""
UNKNOWN: Final = 3
"""Unknown words in a row that may stand among known ones."""
_HEADER_LENGTH: Final = 30
_COMMON: Final = re.compile(
    r"备注|序号|编号|.*(?:内容|规模|地址|地点|联系人|联系方式|电话|进展|情况|说明|依据|来源|责任领导|电子邮箱|产品)$"
)
_UNIT: Final = re.compile(r"[/（(]\s*(?:单位\s*[:：]?\s*)?([^/（()）]{1,8})\s*[）)]?$")
_PLAN_END: Final = re.compile(r"[“\"]?(十[一二三四五六七八九]五)[”\"]?(?:期|规划期)?末")


@dataclass(frozen=True, slots=True)
class Shape:
    """What a kind of table looks like.

    Attributes
    ----------
    name : str
        Of the table it is read into.
    columns : sequence of (key, pattern)
        The first pattern that is found in a header cell names the column.
    subject : str
        Key of the column that names what a row is about; a row without it is none.
    kinds : mapping of key to the kinds of cell that stand in such a column; any if absent
    claims : callable
        Whether these keys together are such a table.
    merged : frozenset of keys
        Columns whose cell may stand for several rows.
    groups : bool
        Whether rows of one title (a sector, a tier) part the table.
    """

    name: str
    columns: tuple[tuple[str, re.Pattern[str]], ...]
    claims: Callable[[frozenset[str]], bool]
    subject: str
    kinds: dict[str, frozenset[str]] = field(default_factory=dict)
    merged: frozenset[str] = frozenset()
    groups: bool = False
    years: bool = False

    def key(self, words: str) -> str | None:
        """The column that a header cell names; ``UNREAD`` for one without use here, None if it is no header word."""
        words = re.sub(r"\s", "", words)
        if not words or len(words) > _HEADER_LENGTH:
            return None
        for key, pattern in self.columns:
            if pattern.search(words):
                return key
        if self.years and (year := year_of(words)) is not None:
            return f"year:{year}"
        return UNREAD if _COMMON.fullmatch(words) else None


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one table: key and printed words of each, and the cells of its header."""

    keys: tuple[str, ...]
    words: tuple[str, ...]
    header: tuple[str, ...]
    start: int
    end: int

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.keys)

    def unit(self, key: str) -> str | None:
        """The unit printed in a column's header, as printed."""
        return unit_in(self.words[self.keys.index(key)]) if key in self.keys else None


@lru_cache(maxsize=1 << 14)
def kind(words: str) -> str:
    """What a cell looks like, before it is known what it is.

    >>> [kind(cell) for cell in ("", "—", "12", "〉86%", "2020.08", "一、龙头企业", "合计", "5G产业园")]
    ['empty', 'none', 'integer', 'number', 'number', 'group', 'total', 'words']
    """
    if not words:
        return EMPTY
    if text.is_blank_mark(words):
        return NONE
    return next((name for name, pattern in _KINDS if pattern.fullmatch(words)), WORDS)


def year_of(words: str) -> int | None:
    """The year that a header cell names.

    >>> [year_of(words) for words in ("2025年", "目标值（2030年）", "“十四五”末", "年均增长")]
    [2025, 2030, 2025, None]
    """
    if found := re.search(r"(?<![0-9])((?:19|20)[0-9]{2})(?:年|$|[（(/])", words):
        return int(found[1])
    if found := _PLAN_END.search(words):
        return Span.parse(f"“{found[1]}”").last_year
    return None


def unit_in(words: str) -> str | None:
    """The unit at the end of a header cell.

    >>> [unit_in(words) for words in ("总投资（万元）", "现有用地/亩", "单位")]
    ['万元', '亩', None]
    """
    found = _UNIT.search(words)
    return found[1] if found else None


def candidates(cells: Sequence[Cell], shape: Shape) -> list[Layout]:
    """The layouts that the first cells may mean as a header of this shape.

    Where the header ends is often open: unknown words may belong to it or to the first row, empty cells to its second
    row or to spanned columns. Whoever asks takes the one under which the rows fit best.
    """
    for start in range(min(len(cells), SEARCHED)):
        if shape.key(cells[start].text) is None:
            continue
        found: dict[tuple[str, ...], Layout] = {}
        for first in _first_rows(cells, shape, start):
            top = [cell.text for cell in cells[start:first]]
            for below in _second_rows(cells, shape, top, first):
                layout = _layout(top, below, shape, start)
                if layout is not None and shape.claims(frozenset(layout.keys)):
                    found.setdefault(layout.header, layout)
        if found:
            return list(found.values())
    return []


def _layout(top: list[str], below: list[str], shape: Shape, start: int) -> Layout | None:
    pairs = _laid_over(top, below) if below else [("", words) for words in top]
    if pairs is None:
        return None
    pairs = _without_parents(pairs, shape)
    keys = [shape.key(words) or shape.key(parent + words) or UNREAD for parent, words in pairs]
    keys = [UNREAD if key and key in keys[:index] else key for index, key in enumerate(keys)]
    words = [
        words if unit_in(words) or not (unit := unit_in(parent)) else f"{words}（{unit}）" for parent, words in pairs
    ]
    header = tuple(top + below)
    return Layout(tuple(keys), tuple(words), header, start, start + len(header))


def _first_rows(cells: Sequence[Cell], shape: Shape, start: int) -> list[int]:
    """Where the first header row may end: at its last word, with or without spanned empty cells, a few words on, or
    with its line.
    """
    ends: list[int] = []
    for spanned in (False, True):
        end, seen = start, set[str]()
        for index in range(start, min(start + LONGEST, len(cells))):
            words = cells[index].text
            key = shape.key(words)
            if (not words and not spanned) or index - end > UNKNOWN or (key and key in seen):
                break
            if key is not None:
                end = index + 1
                seen.add(key)
        ends.append(end)
    last = start + 1
    while last < len(cells) and last - start < LONGEST and cells[last].line == cells[start].line:
        last += 1
    if last > max(ends) and (last == len(cells) or cells[last].gap):
        ends.append(last)  # a line that holds a row holds the whole header
    plain = ends[0]
    while plain < len(cells) and len(ends) < 2 + UNKNOWN and kind(cells[plain].text) == WORDS:
        plain += 1
        ends.append(plain)
    return list(dict.fromkeys(ends))


def _second_rows(cells: Sequence[Cell], shape: Shape, top: list[str], start: int) -> Iterator[list[str]]:
    """The second rows that may follow: none, or words under spanning cells with an empty cell under each plain one."""
    yield []
    row: list[str] = []
    for cell in cells[start : start + LONGEST]:
        if cell.text and shape.key(cell.text) is None:
            break
        row.append(cell.text)
    named = max((index + 1 for index, words in enumerate(row) if words), default=0)
    if not named or row[0]:
        return
    if "" in top and len(row) >= len(top) >= named:
        yield row[: len(top)]
    groups = sum(bool(words) and not row[index - 1] for index, words in enumerate(row[:named]))
    for parents in range(groups, len(top)):
        behind = len(top) - parents - row[:named].count("")
        if 0 <= behind <= len(row) - named:
            yield row[: named + behind]
            return


def _laid_over(top: list[str], below: list[str]) -> list[tuple[str, str]] | None:
    """Pairs (parent, own words) for each column: the first row's cells over the empty ones of the second."""
    if len(top) == len(below):
        parent, pairs = "", []
        for upper, lower in zip(top, below, strict=True):
            parent = upper or parent
            pairs.append((parent, lower) if lower else ("", upper))
        return pairs
    groups: list[list[str]] = []
    for words in below:
        if words and groups and groups[-1][0]:
            groups[-1].append(words)
        else:
            groups.append([words])
    if len(groups) > len(top):
        return None
    spare = len(top) - len(groups)
    pairs, position = [], 0
    for group in groups:
        parents = 1
        if group[0] and spare and len(group) % (spare + 1) == 0:
            parents, spare = spare + 1, 0
        share = len(group) // parents
        for index, words in enumerate(group):
            parent = top[position + index // share]
            pairs.append((parent, words) if words else ("", parent))
        position += parents
    return pairs if position == len(top) else None


def _without_parents(pairs: list[tuple[str, str]], shape: Shape) -> list[tuple[str, str]]:
    """A parent cell beside its own parts (the second row had no empty cells) gives its place to them."""
    parents = [index for index, (parent, words) in enumerate(pairs) if not parent and shape.key(words) == "parent"]
    if len(parents) != 1:
        return pairs
    place, parent = parents[0], pairs[parents[0]][1]
    tail = [pair for pair in pairs[place + 1 :] if (shape.key(pair[1]) or "").startswith("part:")]
    rest = [pair for pair in pairs[place + 1 :] if pair not in tail]
    return [*pairs[:place], *((parent, words) for _, words in tail), *rest] if tail else pairs
