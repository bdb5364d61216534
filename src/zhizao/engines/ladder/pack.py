"""The nation's rules and the facts that they ask for, from ``packs/china/rules``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from zhizao.kernel import tables
from zhizao.kernel.rules import Rulebook

SIZES: Final = ("size.large", "size.medium", "size.small")
"""At least large, at least medium, at least small; what is not even small is micro."""
LADDER: Final = ("innovative_sme", "srdi_sme", "little_giant", "single_champion")
"""The rungs from below; each rule says by itself whether the one below is needed."""
RULES: Final = (*SIZES, "above_scale.entry", "above_scale.exit", *LADDER, "high_tech")


@dataclass(frozen=True, slots=True)
class FactKind:
    """A fact that rules ask for.

    ``better`` is the direction worth going: ``up``, ``down``, ``true``, ``false``, ``either`` where none is,
    ``fixed`` where nothing can be done about it any more (a year long past).
    ``indicator`` is what a ledger calls it (empty: no ledger has it), over ``years`` calendar years that begin
    ``years_back`` years before the year of the day; of a stock the value at the end of that year.
    """

    name: str
    kind: str
    unit: str
    better: str
    zh: str
    en: str
    indicator: str = ""
    years_back: int = 0
    years: int = 0


def _folder() -> Path:
    return Path(str(files("zhizao"))) / "packs" / "china" / "rules"


@cache
def rulebook(*regional: Path) -> Rulebook:
    """The rules of the nation, and above them those of the files given.

    >>> set(RULES) <= set(rulebook().ids)
    True
    """
    return Rulebook.load([*sorted(_folder().glob("*.yaml")), *regional])


@cache
def facts() -> dict[str, FactKind]:
    """Every fact by its name.

    >>> facts()["rd_wan_yuan"].unit, facts()["debts_wan_yuan"].better
    ('万元', 'down')
    """
    frame = tables.read_csv(_folder() / "facts.csv")
    columns = ("name", "kind", "unit", "better", "zh", "en", "indicator", "years_back", "years")
    return {
        name: FactKind(name, kind, unit or "", better, zh, en, indicator or "", int(back or 0), int(years or 0))
        for name, kind, unit, better, zh, en, indicator, back, years in frame.select(columns).iter_rows()
    }


@cache
def confidences() -> dict[str, tuple[str, str]]:
    """The confidence and the note of each rule file by its name.

    >>> confidences()["little-giant-2026.yaml"]
    ('M', 'one source')
    """
    frame = tables.read_csv(_folder() / "sources.csv")
    return {file: (confidence, note) for file, confidence, note in frame.select("file", "confidence", "note").rows()}
