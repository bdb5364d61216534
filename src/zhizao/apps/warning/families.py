"""The families of alarms that are not of single enterprises alone: each gathers facts from data for its dated rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from zhizao.apps.warning.gathering import Case, Missing, Seen

Gatherer = Callable[[Seen], tuple[Iterable[Case], Iterable[Missing]]]
GATHERERS: Final[dict[str, Gatherer]] = {}
FACTS: Final[frozenset[str]] = frozenset()
