"""By what an area is watched on a day: the nation's pack, the region's above it, and above both what it has published.

Rules about single enterprises are asked by the engine (``watch_of``), those of the other families by ``judging``
(``book_of``). A region's folder ``warning`` extends or replaces them; a published choice takes the place of a
threshold from its day on, for months that end after it was known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zhizao.apps.warning.models import Choice
from zhizao.base.facts.queries import CHINA, instant
from zhizao.base.forms.library import packs_of
from zhizao.kernel.rules import Rulebook
from zhizao.kernel.rules.model import DatedValue

if TYPE_CHECKING:
    from datetime import date

    from zhizao.base.accounts.models import Area
    from zhizao.engines.warning.settings import Watch
    from zhizao.kernel.rules import BoundRule, Rule

FOLDER, FAMILIES = "warning", "families"
PREFIX: Final = "warning."
OF_ENTERPRISES: Final = ("distress", "trade", "electricity", "silent", "doubtful")
OF_AREAS: Final = ("path", "break", "chain", "concentration", "factor", "stale", "phantom")


def family_of(rule_id: str) -> str:
    """The family of a rule, which its name begins with.

    >>> family_of("warning.path"), family_of("warning.factor_power")
    ('path', 'factor')
    """
    return rule_id.removeprefix(PREFIX).partition("_")[0]


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """What an area is watched by on a day; ``sha256`` of all that was read."""

    watch: Watch
    book: Rulebook
    sha256: str

    def bound(self, rule_id: str, *, on: date) -> BoundRule:
        """A rule as it holds on a day."""
        of_watch = rule_id in self.watch.book.ids
        return (self.watch.book if of_watch else self.book).rule(rule_id, as_of=on)

    def rule(self, rule_id: str) -> Rule | None:
        """The last version of a rule, for its title; ``None`` if there is none of this name any more."""
        found = [rule for rule in (*self.watch.book.rules, *self.book.rules) if rule.id == rule_id]
        return found[-1] if found else None


def rules_of(area: Area, as_of: date | None = None) -> Rules:
    """Everything that an area is watched by, as known at the end of a day.

    Raises
    ------
    Refused
        As ``engines.warning.settings.watch_of``: a rule of a region asks for what nobody gathers, with file and line.
    """
    shipped = _read(_packs(area.path))
    choices = list(Choice.objects.filter(area__in=_above(area), known_from__lte=instant(as_of)).order_by("pk"))
    if not choices:
        return shipped
    said = "|".join(f"{one.rule} {one.parameter} {one.value} {one.effective_from} {one.known_from}" for one in choices)
    return Rules(
        watch=replace(shipped.watch, book=_chosen(shipped.watch.book, choices)),
        book=_chosen(shipped.book, choices),
        sha256=hashlib.sha256(f"{shipped.sha256}|{said}".encode()).hexdigest(),
    )


def watch_of(area: Area, as_of: date | None = None) -> Watch:
    """What single enterprises are watched by."""
    return rules_of(area, as_of).watch


def book_of(area: Area, as_of: date | None = None) -> Rulebook:
    """The rules of the other families."""
    return rules_of(area, as_of).book


@lru_cache(maxsize=64)
def _packs(path: str) -> tuple[str, ...]:
    return tuple(str(pack) for pack in packs_of(path))


@lru_cache(maxsize=16)
def _read(packs: tuple[str, ...]) -> Rules:
    """The packs' rules, the nation's first."""
    return read(Path(packs[0]) / FOLDER, *(Path(pack) / FOLDER for pack in packs[1:]))


def read(folder: Path, *regions: Path) -> Rules:
    """The rules of a nation's folder ``warning`` and of regions' above it.

    Raises
    ------
    Refused
        As ``rules_of``.
    """
    from zhizao.apps.warning.families import FACTS
    from zhizao.engines.warning.settings import refuse_unknown
    from zhizao.engines.warning.settings import rules_of as book_of
    from zhizao.engines.warning.settings import watch_of as read_watch

    folders = [folder, *(region for region in regions if region.is_dir())]
    watch = read_watch(*folders)
    book = book_of(*(one / FAMILIES for one in folders))
    refuse_unknown(book, FACTS)
    digest = hashlib.sha256()
    for path in (path for one in folders for path in sorted(one.rglob("*.yaml"))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return Rules(watch, book, digest.hexdigest())


def _above(area: Area) -> list[int]:
    """The area and all above it: what a city has published holds in its districts."""
    found, one = [], area
    while one is not None:
        found.append(one.pk)
        one = one.parent
    return found


def _chosen(book: Rulebook, choices: Iterable[Choice]) -> Rulebook:
    """The rules with the published values in place of those that the packs give from the same day on or later."""
    by_rule: dict[str, dict[str, list[Choice]]] = {}
    for choice in choices:
        by_rule.setdefault(choice.rule, {}).setdefault(choice.parameter, []).append(choice)
    return Rulebook(_with(rule, by_rule.get(rule.id, {})) for rule in book.rules)


def _with(rule: Rule, chosen: dict[str, list[Choice]]) -> Rule:
    parameters = dict(rule.parameters)
    for name, choices in chosen.items():
        if name not in parameters:
            continue  # the rule has been written anew and has no such threshold any more
        first = min(one.effective_from for one in choices)
        kept = [value for value in parameters[name].values if value.valid_from < first]
        said = [
            DatedValue(one.effective_from, one.value.normalize(), one.known_from.astimezone(CHINA).date())
            for one in choices
        ]
        parameters[name] = replace(parameters[name], values=(*kept, *said))
    return replace(rule, parameters=parameters)
