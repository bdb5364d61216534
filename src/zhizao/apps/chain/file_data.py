"""A chain's file: its map, leaders and matters, and what the plan in force says of it.

The plan names a chain's enterprises, not the chain, in most places. So of the plan's

    figures   those about an industry chain whose subject names the chain or one of its enterprises
    projects  those whose owner is an enterprise of the chain
    tasks     those that name the chain or one of its enterprises, and those about industry chains as such
    targets   those that these tasks serve, and that name the chain
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from zhizao.apps.chain import queries
from zhizao.apps.chain.map_data import ChainMap
from zhizao.apps.plan import queries as plans
from zhizao.apps.registry import queries as registry
from zhizao.base.facts.queries import instant

if TYPE_CHECKING:
    from zhizao.apps.chain.models import Leader, Matter
    from zhizao.apps.registry.queries import Actor, View

ABOUT_CHAINS = "链"
"""The character that every word for industry chains has: 产业链, 供应链, 补链, 链长."""
ABOUT_A_CHAIN = "产业链"
SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True)
class InPlan:
    """What the plan in force on the day says of the chain; rows as the plan's tables have them."""

    version: Any
    figures: tuple[dict[str, Any], ...] = ()
    projects: tuple[dict[str, Any], ...] = ()
    tasks: tuple[dict[str, Any], ...] = ()
    targets: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class ChainFile:
    """All that the page and the meeting paper show."""

    map: ChainMap
    leaders: tuple[Leader, ...]
    matters: tuple[Matter, ...]
    in_plan: InPlan | None
    on: date
    at: datetime

    @property
    def open_matters(self) -> list[Matter]:
        return [matter for matter in self.matters if queries.open_at(matter, self.at)]

    @property
    def overdue(self) -> list[Matter]:
        """Open matters whose day has passed."""
        return [matter for matter in self.open_matters if matter.due_on < self.on]


def chain_file(actor: Actor, found: ChainMap, seen: View) -> ChainFile:
    """The file of a chain as the actor may see it."""
    chain = found.chain
    return ChainFile(
        found,
        tuple(queries.leaders(actor, chain, as_of=seen.as_of)),
        tuple(queries.matters(actor, chain, as_of=seen.as_of)),
        in_plan(actor, found, seen),
        seen.on,
        instant(seen.as_of),
    )


def in_plan(actor: Actor, found: ChainMap, seen: View) -> InPlan | None:
    """What the plan of the chain's area says of it; None where no plan was in force."""
    for plan in plans.plans(actor).filter(area=found.chain.subject.area).order_by("-first_year", "pk"):
        version = plans.version_at(actor, plan, as_of=seen.as_of)
        if version is not None:
            return _said(version, found, seen)
    return None


def _said(version: Any, found: ChainMap, seen: View) -> InPlan:
    tables = plans.tables(version)
    owners = _registered(found, seen)
    words = _words(found) | owners
    tasks = [row for row in tables["tasks"] if ABOUT_CHAINS in _text(row["task"]) or _names(row["task"], words)]
    served = {key for row in tasks for key in _text(row["indicator_ids"]).split()}
    return InPlan(
        version,
        figures=tuple(
            row
            for row in tables["claims"]
            if ABOUT_A_CHAIN in f"{row['subject']}{row['indicator']}" and _names(row["subject"], words)
        ),
        projects=tuple(row for row in tables["projects"] if _text(row["owner"]) in owners),
        tasks=tuple(tasks),
        targets=tuple(row for row in tables["indicators"] if row["id"] in served or _names(row["name"], words)),
    )


def _registered(found: ChainMap, seen: View) -> set[str]:
    """Every name in the register of the chain's enterprises."""
    return {name for firm in found.chain.enterprises for name in registry.known_names(firm, seen)}


def _words(found: ChainMap) -> set[str]:
    """What a text may call the chain: its name, and names printed at its nodes for enterprises of the region."""
    printed = {member.name for node in found.chain.nodes for member in node.members if member.enterprise}
    return {found.chain.name, *(name for name in printed if len(name) >= SHORTEST_NAME)}


def _names(text: object, words: Iterable[str]) -> bool:
    return any(word in _text(text) for word in words)


def _text(value: object) -> str:
    return "" if value is None else str(value)
