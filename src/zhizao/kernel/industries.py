"""The classification of industries: section, division, group, class; parent, children, lookup and search.

A code is written with its section (C3911) or without (3911), as divisions are numbered through; its length tells the
level.

Source: GB/T 4754-2017, without its amendment of 2019.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from zhizao.kernel import text as texts
from zhizao.kernel.result import Problem, Refused, mark

Level = Literal["section", "division", "group", "class"]

_LENGTHS: Final = {"section": 1, "division": 3, "group": 4, "class": 5}


@dataclass(frozen=True, slots=True)
class Industry:
    """One line of the classification.

    Parameters
    ----------
    code : str
        With its section: ``C``, ``C39``, ``C391``, ``C3911``.
    level : str
        ``section``, ``division``, ``group`` or ``class``.
    name : str

    Examples
    --------
    >>> get("3911")
    Industry(code='C3911', level='class', name='计算机整机制造')
    """

    code: str
    level: Level
    name: str

    @property
    def number(self) -> str:
        """The code without its section, as forms print it; empty for a section.

        >>> get("C39").number
        '39'
        """
        return self.code[1:]

    def at(self, level: Level) -> Industry:
        """The line of a level at or above its own; refused (``industries.level``) for a level below.

        >>> get("C3911").at("division").name
        '计算机、通信和其他电子设备制造业'
        """
        length = _LENGTHS[level]
        if length > len(self.code):
            message = mark("%(code)s %(name)s is above the level asked for.")
            raise Refused(Problem("industries.level", message, params={"code": self.code, "name": self.name}))
        return get(self.code[:length])

    @property
    def parent(self) -> Industry | None:
        """The line right above; ``None`` for a section.

        >>> get("C391").parent == get("39"), get("C").parent
        (True, None)
        """
        above = {"division": "section", "group": "division", "class": "group"}.get(self.level)
        return None if above is None else self.at(above)  # type: ignore[arg-type]

    @property
    def children(self) -> tuple[Industry, ...]:
        """The lines right below, by code.

        >>> [child.code for child in get("C383").children]
        ['C3831', 'C3832', 'C3833', 'C3834', 'C3839']
        """
        return _children().get(self.code, ())

    def contains(self, other: Industry) -> bool:
        """Whether the other is this line or below it.

        >>> get("C39").contains(get("C3911")), get("C38").contains(get("C3911"))
        (True, False)
        """
        return other.code.startswith(self.code)


def get(code: str) -> Industry:
    """The line of a code, with or without its section; refused (``industries.unknown``) where there is none.

    >>> get("C").name, get("01").code, get("c39").code
    ('制造业', 'A01', 'C39')
    >>> get("C99")
    Traceback (most recent call last):
    zhizao.kernel.result.Refused: No industry with the code “C99” is known. Check it against GB/T 4754-2017.
    """
    wanted = texts.normalise(code).upper()
    found = _by_code().get(wanted) or _by_code().get(_sections().get(wanted[:2], "?") + wanted)
    if found is None:
        message = mark("No industry with the code “%(code)s” is known.")
        remedy = mark("Check it against GB/T 4754-2017.")
        raise Refused(Problem("industries.unknown", message, remedy=remedy, params={"code": code}))
    return found


def every(level: Level | None = None) -> Iterator[Industry]:
    """All lines, or those of a level, in the order of the standard.

    >>> [sum(1 for _ in every(level)) for level in ("section", "division", "group", "class")]
    [20, 97, 473, 1381]
    """
    return (industry for industry in _by_code().values() if level in (None, industry.level))


def find(name: str) -> tuple[Industry, ...]:
    """The lines of exactly that name; a group and its only class often share one.

    >>> [industry.code for industry in find("汽车整车制造")]
    ['C361']
    """
    wanted = _folded(name)
    return tuple(industry for industry in every() if _folded(industry.name) == wanted)


def search(text: str) -> tuple[Industry, ...]:
    """The lines whose name contains every word of the text, or whose code begins with it, in the order of the standard.

    >>> [industry.code for industry in search("玻璃 光学")]
    ['C3052']
    >>> [industry.code for industry in search("383")][:2]
    ['C383', 'C3831']
    """
    words = [_folded(word) for word in texts.normalise(text).split()]
    code = texts.normalise(text).upper()
    if not words:
        return ()
    return tuple(
        industry
        for industry in every()
        if industry.code.startswith(code)
        or (industry.number and industry.number.startswith(code))
        or all(word in _folded(industry.name) for word in words)
    )


def _folded(name: str) -> str:
    return "".join(texts.normalise(name).split())


@cache
def _by_code() -> dict[str, Industry]:
    from zhizao.kernel import tables  # late: the tables take a second to import

    frame = tables.read_csv(files("zhizao") / "packs" / "china" / "codes" / "gbt4754_2017.csv")
    return {code: Industry(code, level, name) for code, level, name in frame.select("code", "level", "name").rows()}


@cache
def _sections() -> dict[str, str]:
    """The section letter of each division's number."""
    return {industry.number: industry.code[0] for industry in every("division")}


@cache
def _children() -> dict[str, tuple[Industry, ...]]:
    below: dict[str, list[Industry]] = {}
    for industry in every():
        if industry.parent is not None:
            below.setdefault(industry.parent.code, []).append(industry)
    return {code: tuple(industries) for code, industries in below.items()}
