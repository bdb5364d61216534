"""What a fault is: one change to a clean plan, the families that may find it, and where it is to be found."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from tests.engines.planlint.evaluation.generator import Plan
from tests.engines.planlint.evaluation.paper import Row, Table

from zhizao.kernel.result import Severity

Places = tuple[str, ...] | None
"""Addresses that the change touches, or that it now contradicts; None where the plan has nothing to change."""


@dataclass(frozen=True)
class Fault:
    """A kind of fault.

    ``families`` are those of which a finding counts; the first is the one it is listed under. ``least`` is the lowest
    severity that counts.
    """

    name: str
    families: tuple[str, ...]
    change: Callable[[Plan, random.Random], Places]
    least: Severity

    @property
    def family(self) -> str:
        """The family that the fault belongs to."""
        return self.families[0]


FAULTS: Final[list[Fault]] = []


def fault(
    *families: str, least: Severity = Severity.WARNING
) -> Callable[[Callable[[Plan, random.Random], Places]], Callable[[Plan, random.Random], Places]]:
    """Register a change as a fault of these families."""

    def register(change: Callable[[Plan, random.Random], Places]) -> Callable[[Plan, random.Random], Places]:
        FAULTS.append(Fault(f"{families[0]}.{change.__name__}", families, change, least))
        return change

    return register


def scaled(words: str, factor: float, *, more: float = 0) -> str:
    """A printed figure times a factor and plus an amount, with the same decimals and sign.

    >>> scaled("≥86.0%", 1.1), scaled("12", 1, more=3)
    ('≥94.6%', '15')
    """
    body = words.strip("≥≤%")
    value = Decimal(body)
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    new = (value * Decimal(repr(factor)) + Decimal(repr(more))).quantize(Decimal(1).scaleb(exponent), ROUND_HALF_UP)
    return words.replace(body, str(new))


def number(words: str) -> float:
    """The value of a printed figure."""
    return float(words.strip("≥≤%"))


def pick(draw: random.Random, items: list) -> object | None:  # type: ignore[type-arg]
    """One of the items, or None."""
    return draw.choice(items) if items else None


def growing(plan: Plan, *units: str) -> list[Row]:
    """Rows of targets that state a growth, of these units if any are given."""
    keys = {one.key for one in plan.world.indicators if one.growth and (not units or one.unit in units)}
    return [row for row in plan.paper.table("indicators").rows if row.key in keys]


def rows_of(table: Table) -> list[Row]:
    """The full rows of a table."""
    return [row for row in table.rows if row.kind == "full"]


def sectors(plan: Plan) -> range:
    """The numbers of the sectors."""
    return range(len(plan.world.sectors))
