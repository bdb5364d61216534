"""The families of alarms that are not of single enterprises alone: each gathers facts from data for its dated rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from zhizao.apps.warning import (
    gather_break,
    gather_chain,
    gather_concentration,
    gather_factor,
    gather_path,
    gather_phantom,
    gather_stale,
)
from zhizao.apps.warning.gathering import Case, Missing, Seen

Gatherer = Callable[[Seen], tuple[Iterable[Case], Iterable[Missing]]]
_MODULES: Final = (
    *(gather_path, gather_break, gather_chain, gather_concentration, gather_factor, gather_stale),
    gather_phantom,
)
GATHERERS: Final[dict[str, Gatherer]] = {module.FAMILY: module.gather for module in _MODULES}
FACTS: Final = frozenset(fact for module in _MODULES for fact in module.FACTS)
