"""The plan's targets and the ledger: each target names an indicator by its key, and here are that indicator's figures.

The plan says what is wanted (base, target, bound, year by year); the ledger alone says what was reached. A target's
key is the key of its indicator, which is defined when the plan is published and is never defined anew: an amendment
that means something else brings a new key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser

from zhizao.apps.ledger import queries
from zhizao.apps.ledger.figures import Reference
from zhizao.apps.ledger.models import Indicator, Status
from zhizao.apps.ledger.queries import Basis, exact
from zhizao.apps.plan import queries as plans
from zhizao.base.facts.models import Subject
from zhizao.base.ui.numbers import period
from zhizao.kernel import units
from zhizao.kernel.result import Refused

if TYPE_CHECKING:
    from zhizao.apps.ledger.models import Observation
    from zhizao.apps.ledger.queries import Actor, AsOf
    from zhizao.apps.plan.queries import CheckedTarget

QUALITY = "plan_target"
"""The statements of quality, in the nation's pack, of a target's indicator."""


def definitions() -> Iterator[tuple[str, dict[str, Any]]]:
    """An indicator for each target of the plans in force, as a pack would define it; a key once only."""
    seen: set[str] = set()
    for plan in plans.plans(AnonymousUser()).order_by("pk"):
        version = plans.in_force(plan)
        for found in plans.targets(version) if version is not None else ():
            if found.target.key not in seen:
                seen.add(found.target.key)
                yield found.target.key, _definition(found, plan.issuer)


def _definition(found: CheckedTarget, owner: str) -> dict[str, Any]:
    target = found.target
    return {
        "name": {"zh": target.name},
        "unit": target.unit,
        "kind": kind_of(target.unit),
        "scope": target.category,
        "frequency": "year",
        "owner": owner,
        "quality": QUALITY,
        "nature": target.nature,
    }


def kind_of(unit: str) -> Indicator.Kind:
    """What a yearly figure in a unit is: a share does not add up, things counted stand at the year's end, money flows.

    >>> [kind_of(unit).value for unit in ("%", "家", "亿元", "")]
    ['ratio', 'stock', 'flow', 'ratio']
    """
    try:
        read = units.unit(unit)
    except Refused:
        return Indicator.Kind.RATIO  # nothing is added up of what cannot be read
    if not read.dimension:
        return Indicator.Kind.RATIO
    return Indicator.Kind.STOCK if read.symbol in units.COUNTED else Indicator.Kind.FLOW


@dataclass(frozen=True, slots=True)
class Reached:
    """A target with the last figure of its indicator, in the target's unit."""

    planned: CheckedTarget
    indicator: Indicator
    span: str = ""
    value: Decimal | None = None
    reference: str = ""
    simulated: bool = False

    @property
    def way_pct(self) -> Decimal | None:
        """How much of the way from base to target is made, in per cent; unknown where an end is, or no way is to go."""
        base, aim = self.planned.target.base_value, self.planned.target.target_value
        if self.value is None or base is None or aim is None or base == aim:
            return None
        return (100 * (self.value - base) / (aim - base)).quantize(Decimal("0.1"))


def reached(actor: Actor, subject: Subject, *, as_of: Any = None) -> list[Reached]:
    """The targets of the plans of an area, each with what the ledger last knows of it; as known then, both."""
    if subject.kind != Subject.Kind.AREA:
        return []
    found = []
    reader = AnonymousUser() if actor is None else actor
    for plan in plans.plans(reader).filter(area__code=subject.id_part):
        version = plans.version_at(reader, plan, as_of=as_of)
        if version is not None:
            found += _of_version(plans.targets(version), actor, subject, as_of)
    return found


def _of_version(planned: list[CheckedTarget], actor: Actor, subject: Subject, as_of: AsOf) -> list[Reached]:
    keys = [item.target.key for item in planned]
    indicators = {item.key: item for item in queries.indicators().filter(key__in=keys)}
    rows = queries.observations(actor, subjects=[subject.pk], indicators=keys, as_of=as_of)
    listed = list(rows.select_related("series__indicator").order_by("start_month", "months", "pk"))
    by_key: dict[str, list[Observation]] = {}
    for row in listed:
        by_key.setdefault(row.series.indicator.key, []).append(row)
    return [
        _reached(item, indicators[item.target.key], subject, by_key.get(item.target.key, []))
        for item in planned
        if item.target.key in indicators
    ]


def _reached(planned: CheckedTarget, indicator: Indicator, subject: Subject, rows: list[Observation]) -> Reached:
    known = [row for row in rows if row.value is not None]
    if not known:
        return Reached(planned, indicator)
    last = max(known, key=lambda row: row.span.end_month)
    basis = Basis(last.series.scope, last.series.price_basis)
    return Reached(
        planned,
        indicator,
        period(last.span),
        _in_unit(exact(last.value), indicator.unit, planned.target.unit),
        str(Reference(subject.key, indicator.key, last.span, basis)),
        last.status == Status.SIMULATED,
    )


def _in_unit(value: Decimal | None, unit: str, wanted: str) -> Decimal | None:
    """The value in the target's unit; unknown if neither leads to the other."""
    if value is None or unit == wanted:
        return value
    try:
        return units.unit(unit).convert(value, to=units.unit(wanted))
    except Refused:
        return None
