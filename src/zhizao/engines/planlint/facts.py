"""What is known about a plan when it is checked: its tables, its claims, and the document if it is at hand."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from zhizao.engines.planlint.schema import Record, Rows

if TYPE_CHECKING:
    from zhizao.engines.planlint.document import Document
    from zhizao.engines.planlint.pack import PlanPack
    from zhizao.engines.planlint.reading import Reading

T = TypeVar("T")
TEXT, PARENTS = "text", "parents"
"""What a rule may need besides tables: the document itself; plans above this one."""


@dataclass(frozen=True)
class Facts:
    """A plan as its rules see it.

    Attributes
    ----------
    rows : records of each table by its name (``schema.TABLES``), numbers as ``Decimal`` with the digits printed
    meta : the ``plan:`` key of the descriptor
    absent : tables that the pack does not have at all (an empty table is known to be empty)
    document : the source, if it is at hand
    parents : the plans above, nearest first
    """

    rows: Rows
    meta: Mapping[str, Any]
    absent: frozenset[str] = frozenset()
    document: Document | None = None
    parents: tuple[Facts, ...] = field(default=())

    def __getitem__(self, table: str) -> Sequence[Record]:
        """The records of a table."""
        return self.rows.get(table, ())

    @property
    def period_years(self) -> tuple[int, int] | None:
        """First and last year of the plan."""
        period = self.meta.get("period") or {}
        first, last = period.get("start"), period.get("end")
        return (int(first), int(last)) if first and last else None

    @property
    def base_year(self) -> int | None:
        """The year before the plan that its targets start from."""
        year = self.meta.get("base_year")
        return int(year) if year else None

    def missing(self, needs: Sequence[str]) -> tuple[str, ...]:
        """Which of a rule's needs are not at hand."""
        absent = set(self.absent)
        if self.document is None:
            absent.add(TEXT)
        if not self.parents:
            absent.add(PARENTS)
        return tuple(need for need in needs if need in absent)


def facts_of(plan: Reading | PlanPack, *, parents: Sequence[Reading | PlanPack] = ()) -> Facts:
    """The facts of a reading (its document is at hand) or of a pack (it is not)."""
    return Facts(
        rows=plan.rows,
        meta=plan.meta,
        absent=getattr(plan, "absent", frozenset()),
        document=getattr(plan, "document", None),
        parents=tuple(facts_of(parent) for parent in parents),
    )


def once(make: Callable[[Facts], T]) -> Callable[[Facts], T]:
    """Make something of a plan once for all rules that ask for it: what was made of the last plan is kept.

    >>> size = once(lambda facts: object())
    >>> one, other = Facts({}, {}), Facts({}, {})
    >>> size(one) is size(one), size(one) is size(other)
    (True, False)
    """
    last: list[tuple[weakref.ref[Facts], T]] = []

    @wraps(make)
    def kept(facts: Facts) -> T:
        for of, made in last:
            if of() is facts:
                return made
        made = make(facts)
        last[:] = [(weakref.ref(facts), made)]
        return made

    return kept
