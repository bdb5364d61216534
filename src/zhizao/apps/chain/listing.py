"""The chains with what a chain office looks at first: who stands there, who leads, what is to be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from zhizao.apps.chain import queries

if TYPE_CHECKING:
    from zhizao.apps.chain.models import Leader, Matter
    from zhizao.apps.chain.queries import ChainView
    from zhizao.apps.registry.queries import Actor


@dataclass(frozen=True, slots=True)
class ChainLine:
    """A chain as the list shows it."""

    view: ChainView
    leaders: tuple[Leader, ...]
    open_matters: tuple[Matter, ...]

    @property
    def name(self) -> str:
        return self.view.name

    @property
    def nodes(self) -> int:
        return len(self.view.nodes)

    @property
    def names(self) -> int:
        return sum(len(node.members) for node in self.view.nodes)

    @property
    def enterprises(self) -> int:
        return len(self.view.enterprises)

    @property
    def empty(self) -> int:
        """Nodes at which makers may stand and nobody of the register does."""
        return sum(node.has_makers and not node.enterprises for node in self.view.nodes)

    @property
    def matters(self) -> int:
        return len(self.open_matters)

    @property
    def due_on(self) -> date | None:
        return self.open_matters[0].due_on if self.open_matters else None


def lines(actor: Actor | None, *, as_of: date | None = None) -> list[ChainLine]:
    """The chains that the actor may see, by name."""
    found = queries.chains(actor, as_of=as_of)
    leaders = queries.leaders_of(found, as_of=as_of)
    matters = queries.open_matters_of(found, as_of=as_of)
    return [ChainLine(view, tuple(leaders.get(view.key, ())), tuple(matters.get(view.key, ()))) for view in found]
