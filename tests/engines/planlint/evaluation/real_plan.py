"""The labelled cases of the real plan: which findings are right, which contradictions are found, what must stay quiet.

``real_plan.csv`` holds facts only: lines, families, figures. A *fault* counts for recall; *also* is right where it is
found and not asked for; *sound* must not be called an error or a warning. An error that no label knows is counted as
false until somebody has looked at it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from zhizao.engines.planlint import Reading, read_document
from zhizao.engines.planlint.finding import Finding, Severity

ROOT: Final = Path(__file__).resolve().parents[4]
PLAN: Final = ROOT.parent / "shared" / "plan" / "nanan-plan.txt"
LABELS: Final = Path(__file__).with_name("real_plan.csv")
FAULT, ALSO, SOUND = "fault", "also", "sound"
_FIGURE: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")


@cache
def reading() -> Reading:
    """The real plan as it is read, once for all who ask."""
    return read_document(PLAN.read_bytes(), file=PLAN.name)


@dataclass(frozen=True)
class Label:
    """One labelled case."""

    id: str
    verdict: str
    families: frozenset[str]
    lines: frozenset[int]
    figures: tuple[frozenset[Decimal], ...]
    what: str

    def meets(self, one: Finding) -> bool:
        """Whether a finding is about this case: of its families, at its lines, with its figures.

        Figures stand in sets (``3&5``), of which one is enough; a sound case is only violated by a finding on all.
        """
        if one.family not in self.families or not any(place.line in self.lines for place in one.places):
            return False
        if not self.figures:
            return True
        shown = figures_of(one)
        known = [figures <= shown for figures in self.figures]
        return all(known) if self.verdict == SOUND else any(known)


@dataclass(frozen=True)
class Score:
    """What the labels say of a list of findings."""

    found: tuple[Label, ...]
    missed: tuple[Label, ...]
    violated: tuple[tuple[Label, Finding], ...]
    errors: tuple[Finding, ...]
    false: tuple[Finding, ...]
    unknown: tuple[Finding, ...]

    @property
    def recall(self) -> float:
        """Share of the faults that were found."""
        return len(self.found) / max(len(self.found) + len(self.missed), 1)

    @property
    def false_share(self) -> float:
        """Share of the errors that are false, or that no label knows."""
        return len(self.false) / max(len(self.errors), 1)


def labels() -> list[Label]:
    """The labelled cases."""
    with LABELS.open(newline="") as file:
        return [
            Label(
                row["id"],
                row["verdict"],
                frozenset(row["families"].split()),
                frozenset(int(line) for line in row["lines"].split()),
                tuple(
                    frozenset(Decimal(figure).normalize() for figure in figures.split("&"))
                    for figures in row["figures"].split()
                ),
                row["what"],
            )
            for row in csv.DictReader(file)
        ]


def figures_of(one: Finding) -> frozenset[Decimal]:
    """Every figure that a finding shows: its numbers, their expressions, its words' parameters."""
    words = " ".join(
        [str(number.value) for number in one.numbers]
        + [number.expression for number in one.numbers]
        + [str(value) for number in one.numbers for value in number.params.values()]
        + [str(value) for value in one.params.values()]
    )
    return frozenset(Decimal(found).normalize() for found in _FIGURE.findall(words))


def score(findings: Iterable[Finding]) -> Score:
    """Compare the findings with the labels."""
    every = tuple(findings)
    known = labels()
    right = [label for label in known if label.verdict != SOUND]
    faults = [label for label in known if label.verdict == FAULT]
    found = tuple(label for label in faults if any(label.meets(one) for one in every))
    loud = [one for one in every if one.severity is not Severity.INFO]
    violated = tuple(
        (label, one)
        for label in known
        if label.verdict == SOUND
        for one in loud
        if label.meets(one) and not _right(one, right)
    )
    errors = tuple(one for one in every if one.severity is Severity.ERROR)
    return Score(
        found,
        tuple(label for label in faults if label not in found),
        violated,
        errors,
        tuple(one for one in errors if not _right(one, right)),
        tuple(one for one in loud if not _right(one, right)),
    )


def _right(one: Finding, right: list[Label]) -> bool:
    return any(label.meets(one) for label in right)
