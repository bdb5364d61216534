"""Figures out of cells: value, bound and unit as printed, brought to the unit that the column of a pack has."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from zhizao.kernel import quantities, text, units
from zhizao.kernel.result import Place, Problem, Refused, Severity, mark

_ALONE: Final = re.compile(
    r"约?([+-]?(?:[0-9]{1,3}(?: [0-9]{3})+|[0-9][0-9,]*)(?:\.[0-9]+)?)\s*(%?)(以上|以下|以内|左右)?"
)
_COMMA: Final = re.compile("[、，,/]")
_BEHIND: Final = {None: "eq", "以上": "ge", "以下": "le", "以内": "le", "左右": "eq"}
BOUNDS: Final = {"eq": "eq", "about": "eq", "ge": "ge", "gt": "ge", "le": "le", "lt": "le"}


@dataclass(slots=True)
class Notes:
    """The problems noticed while a plan is read, in the order they were met."""

    file: str | None = None
    problems: list[Problem] = field(default_factory=list)

    def add(
        self,
        code: str,
        message: str,
        *,
        line: int,
        remedy: str = "",
        severity: Severity = Severity.WARNING,
        **params: object,
    ) -> None:
        """Note one problem at a line of the source."""
        place = Place(file=self.file, line=line)
        self.problems.append(Problem(f"planlint.{code}", message, place, remedy, severity, params))


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure: value, upper end if it is a range, bound (eq, ge, le), unit as printed."""

    value: Decimal
    high: Decimal | None = None
    bound: str = "eq"
    unit: str = ""


def figure(words: str) -> Figure | None:
    """The one figure that a cell holds; None if it holds none, or more than one.

    >>> figure("〉86%")
    Figure(value=Decimal('86'), high=None, bound='ge', unit='%')
    >>> figure("50-60亩").high, figure("95以上").bound, figure("[-5]").value, figure("—")
    (Decimal('60'), 'ge', Decimal('-5'), None)
    """
    words = words.replace(">=", "≥").replace("<=", "≤").strip("[]〔〕【】")
    if alone := _ALONE.fullmatch(words):
        return Figure(Decimal(re.sub("[, ]", "", alone[1])), bound=_BEHIND[alone[3]], unit=alone[2])
    found = quantities.find(words)
    if len(found) != 1:
        return None
    one = found[0]
    return Figure(one.value, one.high, BOUNDS.get(one.bound, "eq"), one.unit)


def converted(value: Decimal, unit: str, to: str) -> Decimal | None:
    """A value in another unit, exactly; None if the units are unknown or measure different things.

    >>> converted(Decimal(1800), "平方米", "亩"), converted(Decimal(1), "家", "亩")
    (Decimal('2.7'), None)
    """
    if unit == to:
        return value
    try:
        return plain(units.unit(unit).convert(value, to=units.unit(to)))
    except Refused:
        return None


def plain(value: Decimal) -> Decimal:
    """The same value without exponent and without zeros that a conversion left behind the point."""
    value = value.normalize()
    exponent = value.as_tuple().exponent
    return value.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else value


def unit_near(lines: Iterable[tuple[int, str]]) -> str | None:
    """The unit that a line before a table gives for all of it: the first, where it gives several.

    >>> unit_near([(1, "表5 项目库"), (2, "（单位：亿元、亩）")])
    '亿元'
    """
    return next(iter(units_near(lines)), None)


def units_near(lines: Iterable[tuple[int, str]]) -> tuple[str, ...]:
    """Every unit that a line before a table gives for its columns.

    >>> units_near([(1, "表5 用地（单位：亩、平方米）")])
    ('亩', '平方米')
    """
    for _, line in lines:
        rest = text.normalise(line).replace("单位:", "单位：").partition("单位：")[2]
        if found := tuple(unit for one in _COMMA.split(rest.strip(" ）)")) if (unit := one.strip())):
            return found
    return ()


def number(words: str, *, unit: str | None, to: str, notes: Notes, line: int, column: str) -> Figure | None:
    """A cell's figure in the unit of its column; None where it is empty, or cannot be read (then a problem says so).

    The unit printed in the cell goes before that of the header.
    """
    if text.is_blank_mark(words):
        return None
    one = figure(words)
    if one is None:
        unread(notes, words, line=line, column=column)
        return None
    source = one.unit or unit
    if source is None:
        notes.add(
            "unit_unknown",
            mark("The unit of “%(text)s” in the column “%(column)s” is printed nowhere; the value is left empty."),
            line=line,
            remedy=mark("Write the unit into the column's header."),
            severity=Severity.ERROR,
            text=words,
            column=column,
        )
        return None
    value = converted(one.value, source, to)
    high = None if one.high is None else converted(one.high, source, to)
    if value is None:
        notes.add(
            "unit_wrong",
            mark("“%(text)s” in the column “%(column)s” is in %(unit)s, not a unit of %(to)s; it is left empty."),
            line=line,
            remedy=mark("Correct the unit in the document."),
            severity=Severity.ERROR,
            text=words,
            column=column,
            unit=source,
            to=to,
        )
        return None
    return Figure(value, high, one.bound, to)


def unread(notes: Notes, words: str, *, line: int, column: str) -> None:
    """Note a cell that holds something other than its column should."""
    notes.add(
        "cell_unread",
        mark("“%(text)s” in the column “%(column)s” cannot be read; the value is left empty."),
        line=line,
        remedy=mark("Correct the cell in the document, or the row on the review page."),
        severity=Severity.ERROR,
        text=words[:60],
        column=column,
    )
