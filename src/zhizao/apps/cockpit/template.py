"""The sentences that a brief is written with: data of a pack, each version kept (``packs/china/brief/<version>.yaml``).

A sentence has its text in ``zh`` and ``en`` with slots ``{fact}``. ``when`` names facts that must be known and not
nought or empty lists, ``unless`` facts that must not be; ``each`` repeats the sentence for the rows of a list, joined
by the language's ``list`` word, between ``before`` and ``after``. No figure is typed in a sentence: a test checks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from zhizao.kernel.result import Problem, Refused, mark


@dataclass(frozen=True, slots=True)
class Template:
    """One version of the pack's words, as read."""

    version: int
    effective_from: date
    data: dict[str, Any]

    @property
    def indicators(self) -> tuple[str, ...]:
        """The ledger's indicators that a brief tells of; the first leads."""
        return tuple(self.data["indicators"])

    @property
    def lead(self) -> str:
        """The indicator that is divided by sector and by enterprise."""
        return self.indicators[0]

    def words(self, language: str) -> dict[str, Any]:
        """Single words, units and marks of a language."""
        found: dict[str, Any] = self.data["words"][language]
        return found


@cache
def templates() -> tuple[Template, ...]:
    """Every version, the oldest first."""
    import yaml

    folder = files("zhizao.packs") / "china" / "brief"
    read = [yaml.safe_load(item.read_bytes()) for item in folder.iterdir() if item.name.endswith(".yaml")]
    return tuple(
        sorted(
            (Template(data["version"], data["effective_from"], data) for data in read), key=lambda item: item.version
        )
    )


def in_force(day: date) -> Template:
    """The version that briefs of a day are written with."""
    found = [item for item in templates() if item.effective_from <= day]
    if not found:
        raise Refused(
            Problem(
                "cockpit.no_template",
                mark("No template of the brief is in force on %(day)s."),
                remedy=mark("Ask for a day from %(first)s on."),
                params={"day": day.isoformat(), "first": templates()[0].effective_from.isoformat()},
            )
        )
    return found[-1]


def latest() -> Template:
    """The newest version."""
    return templates()[-1]


def of_version(version: int) -> Template:
    """A version by its number."""
    return next(item for item in templates() if item.version == version)
