"""What can be done for an enterprise, and what is at stake, as the packs say it on a day.

The nation's pack holds everywhere, a region's above it: a measure of the region takes the place of the nation's of that
key. Nothing in these files is decided here; a share that nobody has measured is marked by its confidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import get_language

from zhizao.base.forms.library import packs_of
from zhizao.kernel.result import Place, Problem, Refused, mark

if TYPE_CHECKING:
    from datetime import date

    from zhizao.base.accounts.models import Area
    from zhizao.kernel.rules import BoundRule

FOLDER: Final = "assist"


@dataclass(frozen=True, slots=True)
class Share:
    """A share from its low end to its high end, as a part of 1."""

    low: float
    mid: float
    high: float


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: for which alarms and topics, what share of a loss it can avert, and the hours of staff it takes."""

    key: str
    names: Mapping[str, str]
    effective_from: date
    families: tuple[str, ...]
    topics: tuple[str, ...]
    indicators: tuple[str, ...]
    averts: Share
    hours: float
    confidence: str
    sources: Mapping[str, str]

    @property
    def name(self) -> str:
        """What it is called in the reader's language."""
        return self.names[_language()]

    @property
    def source(self) -> str:
        """Whence its shares are."""
        return self.sources[_language()]


@dataclass(frozen=True, slots=True)
class Asked:
    """How often a loss of what depth follows where an enterprise asks by itself, as parts of 1."""

    p: float
    depth: float


@dataclass(frozen=True, slots=True)
class EffectSettings:
    """How effects are measured: of which indicators, after how many months, against how many peers, how sure."""

    indicators: tuple[str, ...]
    months: tuple[int, ...]
    least_peers: int
    most_peers: int
    level: float


@dataclass(frozen=True, slots=True)
class Stakes:
    """What is lost where an alarm is true and nobody helps."""

    months: int
    queue_months: int
    depths: Mapping[str, Mapping[str, float]]
    asked: Mapping[str, Asked]
    effects: EffectSettings

    def depth(self, family: str, severity: str) -> float | None:
        """The share of its output that the enterprise loses; ``None`` for a family of which nobody has said."""
        found = self.depths.get(family, {}).get(severity)
        return None if found is None else found / 100


@dataclass(frozen=True, slots=True)
class Pack:
    """What the packs say on a day; ``weight`` is how many own cases count as much as a measure's share."""

    measures: tuple[Measure, ...]
    weight: float
    stakes: Stakes
    take: BoundRule

    def measure(self, key: str) -> Measure | None:
        """The measure of this key."""
        return next((one for one in self.measures if one.key == key), None)

    def best(self, *, family: str = "", topic: str = "", indicator: str = "") -> Measure | None:
        """The measure that fits and averts most an hour; one for the figure that is worst goes before the others.

        Of equal ones the first by key, so that the same alarm always gets the same advice.
        """
        fitting = [one for one in self.measures if family in one.families or topic in one.topics]
        nearest = [one for one in self.measures if indicator in one.indicators] or fitting
        return min(nearest, key=lambda one: (-one.averts.mid / one.hours, one.key), default=None)


def pack_of(area: Area, on: date) -> Pack:
    """What holds in an area on a day.

    Raises
    ------
    Refused
        A file of a region is not as it must be, with its name.
    """
    return _pack(tuple(str(pack) for pack in packs_of(area.path)), on)


@lru_cache(maxsize=64)
def _pack(packs: tuple[str, ...], on: date) -> Pack:
    from zhizao.kernel.rules import Rulebook

    folders = [folder for folder in (Path(pack) / FOLDER for pack in packs) if folder.is_dir()]
    measures: dict[str, Measure] = {}
    weight, stakes = 0.0, None
    for folder in folders:
        if found := _read(folder / "measures.yaml"):
            weight = float(found.get("weight", weight))
            measures |= _in_force(map(_measure(folder / "measures.yaml"), found["measures"]), on)
        if found := _read(folder / "stakes.yaml"):
            editions = [one for one in found["editions"] if one["effective_from"] <= on]
            stakes = _stakes(editions[-1]) if editions else stakes
    if stakes is None:
        message, remedy = mark("No stakes hold on %(day)s."), mark("Ask for a later day.")
        raise Refused(Problem("assist.no_stakes", message, remedy=remedy, params={"day": on.isoformat()}))
    book = Rulebook.load([path for folder in folders for path in sorted((folder / "rules").glob("*.yaml"))])
    ordered = tuple(sorted(measures.values(), key=lambda one: one.key))
    return Pack(ordered, weight, stakes, book.rule("assist.take", as_of=on))


def _read(path: Path) -> dict[str, Any]:
    import yaml  # late: only where the queue or an effect is computed

    if not path.is_file():
        return {}
    found: dict[str, Any] = yaml.safe_load(path.read_bytes())
    return found


def _measure(path: Path) -> Any:
    def read(row: Mapping[str, Any]) -> Measure:
        try:
            share = Share(*(float(row["averts_pct"][name]) / 100 for name in ("low", "mid", "high")))
            found = Measure(
                key=row["key"],
                names=row["name"],
                effective_from=row["effective_from"],
                families=tuple(row["families"]),
                topics=tuple(row["topics"]),
                indicators=tuple(row["indicators"]),
                averts=share,
                hours=float(row["hours"]),
                confidence=row["confidence"],
                sources=row["source"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise _wrong(path, str(row.get("key", "?")), str(error)) from None
        if not 0 <= share.low <= share.mid <= share.high <= 1 or found.hours <= 0:
            raise _wrong(path, found.key, "averts_pct, hours")
        return found

    return read


def _wrong(path: Path, key: str, what: str) -> Refused:
    return Refused(
        Problem(
            "assist.measure",
            mark("Measure “%(key)s” is not right: %(what)s."),
            Place(file=path.name),
            mark("Give 0 ≤ low ≤ mid ≤ high ≤ 100 as averts_pct, hours above 0, and all other fields."),
            params={"key": key[:80], "what": what[:80]},
        )
    )


def _in_force(measures: Iterable[Measure], on: date) -> dict[str, Measure]:
    found: dict[str, Measure] = {}
    for one in sorted(measures, key=lambda one: one.effective_from):
        if one.effective_from <= on:
            found[one.key] = one
    return found


def _stakes(row: Mapping[str, Any]) -> Stakes:
    said = row["effects"]
    return Stakes(
        months=row["months"],
        queue_months=row["queue_months"],
        depths=row["depth_pct"],
        asked={kind: Asked(one["p_pct"] / 100, one["depth_pct"] / 100) for kind, one in row["asked"].items()},
        effects=EffectSettings(
            indicators=tuple(said["indicators"]),
            months=tuple(said["months"]),
            least_peers=said["least_peers"],
            most_peers=said["most_peers"],
            level=said["level_pct"] / 100,
        ),
    )


def _language() -> str:
    return "zh" if (get_language() or "zh").startswith("zh") else "en"
