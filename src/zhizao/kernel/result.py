"""What a check or a reading gives back: a value, and every problem found on the way with place, reason and remedy.

A problem's words are an English template and its figures, kept apart, so that any roof (web, command line, file) can
say them in the reader's language: the template is the msgid of the translation catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


def mark(msgid: str) -> str:
    """Mark a string for the translation catalogue and return it unchanged.

    >>> mark("The file is empty.")
    'The file is empty.'
    """
    return msgid


class Severity(StrEnum):
    """How bad a problem is: an error refuses the input, a warning lets it through, info only tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an input a problem stands; what is not known is ``None``. Lines and rows count from 1.

    >>> str(Place(file="plan.xlsx", sheet="Projects", row=12, column="total_wan_yuan"))
    'plan.xlsx, Projects, row 12, total_wan_yuan'
    """

    file: str | None = None
    sheet: str | None = None
    page: int | None = None
    line: int | None = None
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        parts = [self.file, self.sheet]
        parts += [f"{name} {number}" for name in ("page", "line", "row") if (number := getattr(self, name)) is not None]
        parts.append(self.column)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where, and what to do about it.

    ``message`` and ``remedy`` are English templates in ``%(name)s`` form; ``params`` are their figures.

    >>> p = Problem("tables.not_a_number", "“%(text)s” is not a number.", params={"text": "abc"},
    ...             place=Place(row=3, column="land_mu"), remedy="Write digits, or leave the cell empty.")
    >>> str(p)
    'row 3, land_mu: “abc” is not a number. Write digits, or leave the cell empty.'
    """

    code: str
    message: str
    place: Place = field(default_factory=Place)
    remedy: str = ""
    severity: Severity = Severity.ERROR
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        text = " ".join(part % self.params for part in (self.message, self.remedy) if part)
        return f"{place}: {text}" if (place := str(self.place)) else text


class Refused(Exception):  # noqa: N818 -- it is a decision about an input, not a fault of the program
    """An input or an act was refused; nothing has changed. Carries every problem found, not only the first.

    >>> raise Refused(Problem("files.empty", "The file is empty."))
    Traceback (most recent call last):
    zhizao.kernel.result.Refused: The file is empty.
    """

    def __init__(self, *problems: Problem) -> None:
        if not problems:
            raise ValueError("a refusal needs at least one problem")
        self.problems = problems
        super().__init__("; ".join(map(str, problems)))


@dataclass(frozen=True, slots=True)
class Result(Generic[T]):
    """A value with what was noticed while making it; it has no errors, or it would have been ``Refused``.

    >>> Result(3, (Problem("x", "Rounded.", severity=Severity.WARNING),)).problems[0].severity.value
    'warning'
    """

    value: T
    problems: tuple[Problem, ...] = ()
