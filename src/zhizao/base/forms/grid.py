"""A report as its page shows it: rows of cells, with what is wrong beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zhizao.base.forms.definition import Column, Form, Row, key, text_in
from zhizao.base.forms.queries import Assessment
from zhizao.base.jobs.problems import say

if TYPE_CHECKING:
    from zhizao.base.forms.checks import Finding

REASON = "reason:"
CELL = "cell:"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: ``locked`` cells show their source, others are typed into; ``worst`` is hard, soft or nothing."""

    id: str
    name: str
    label: str
    printed: str
    source: str
    computed: bool
    worst: str
    choices: tuple[tuple[str, str], ...]
    integer: bool

    @property
    def locked(self) -> bool:
        return self.computed or bool(self.source)


@dataclass(frozen=True, slots=True)
class Said:
    """A finding in the reader's words, with the reason given for it."""

    id: str
    hard: bool
    where: str
    words: str
    remedy: str
    reason: str

    @property
    def field(self) -> str:
        """The name of the input for its reason."""
        return f"{REASON}{self.id}"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the form."""

    code: str
    name: str
    unit: str
    level: int
    cells: tuple[Cell, ...]
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """A header of one or two levels: the upper names with how many columns each covers, and the lower ones."""

    upper: tuple[tuple[str, int, int], ...]
    lower: tuple[str, ...]


def head(form: Form, language: str) -> Head:
    """The column names of a form; an upper name without a lower one reaches over both rows."""
    names = [text_in(column.name, language).split("/", 1) for column in form.columns]
    deep = any(len(name) == 2 for name in names)
    upper: list[tuple[str, int, int]] = []
    for name in names:
        if len(name) == 2 and upper and upper[-1][0] == name[0]:
            upper[-1] = (name[0], upper[-1][1] + 1, 1)
        else:
            upper.append((name[0], 1, 1 if len(name) == 2 or not deep else 2))
    return Head(tuple(upper), tuple(name[1] for name in names if len(name) == 2))


def lines(
    found: Assessment, findings: Iterable[Finding], *, language: str, typed: Mapping[str, str] | None = None
) -> list[Line]:
    """The rows of a report with the findings; ``typed`` are cells that could not be saved, shown as they were typed."""
    by_row: dict[str, list[Finding]] = {}
    for finding in findings:
        code = finding.cells[0].partition(".")[0] if finding.cells else ""
        by_row.setdefault(code, []).append(finding)
    worst_of = worst(findings)
    return [
        Line(
            code=row.code,
            name=text_in(row.name, language),
            unit=row.unit,
            level=row.level,
            cells=tuple(_cell(found, row, column, language, worst_of, typed or {}) for column in found.form.columns),
            said=tuple(_said(finding, found, language) for finding in by_row.get(row.code, [])),
        )
        for row in found.form.rows
    ]


def worst(findings: Iterable[Finding]) -> dict[str, str]:
    """For each cell that a finding is about, whether the worst of them is hard or soft."""
    found: dict[str, str] = {}
    for finding in findings:
        for cell in finding.cells:
            if finding.severity == "hard" or cell not in found:
                found[cell] = finding.severity
    return found


def _cell(
    found: Assessment, row: Row, column: Column, language: str, worst_of: Mapping[str, str], typed: Mapping[str, str]
) -> Cell:
    cell = key(row, column)
    value = found.outcome.values.get(cell)
    printed = typed.get(cell, found.printed.get(cell, ""))
    if row.node is not None:
        printed = "" if value is None else f"{value:f}"
    return Cell(
        id=f"c-{cell.replace('.', '-')}",
        name=f"{CELL}{cell}",
        label=found.form.label(cell, language),
        printed=printed,
        source=found.filled[cell].source if cell in found.filled else "",
        computed=row.node is not None,
        worst=worst_of.get(cell, ""),
        choices=tuple((name, text_in(words, language)) for name, words in row.choices.items()),
        integer=row.kind == "integer",
    )


def _said(finding: Finding, found: Assessment, language: str) -> Said:
    return Said(
        id=finding.id,
        hard=finding.severity == "hard",
        where="；".join(found.form.label(cell, language) for cell in finding.cells[:1]),
        words=say(finding.message, finding.params),
        remedy=say(finding.remedy, finding.params),
        reason=found.submission.reasons.get(finding.id, ""),
    )


def typed_cells(data: Mapping[str, Any]) -> dict[str, str]:
    """The cells of a posted page."""
    return {name[len(CELL) :]: str(value) for name, value in data.items() if name.startswith(CELL)}


def typed_reasons(data: Mapping[str, Any]) -> dict[str, str]:
    """The reasons of a posted page."""
    return {name[len(REASON) :]: str(value) for name, value in data.items() if name.startswith(REASON)}
