"""The plan's targets as promises: what is to be reached until when, and what the ledger knew of it on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser

from zhizao.apps.ledger import queries as ledger
from zhizao.apps.ledger.figures import Reference
from zhizao.apps.ledger.queries import Basis, exact
from zhizao.apps.outlook.shown import Actual, PathPoint
from zhizao.apps.plan import queries as plans
from zhizao.base.facts.models import Subject
from zhizao.kernel import units
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.apps.ledger.queries import AsOf
    from zhizao.apps.plan.queries import CheckedTarget
    from zhizao.base.accounts.models import Area


PLACES = 6


@dataclass(frozen=True, slots=True)
class Promise:
    """A target of a plan in force, in its own unit, with the yearly figures known of it."""

    key: str
    name: str
    unit: str
    pillar: str
    position: int
    plan: str
    version: int
    line: int | None
    span: Span
    bound: str
    value: Decimal
    base: Decimal | None
    base_year: int | None
    is_share: bool
    path: tuple[PathPoint, ...]
    actual: tuple[Actual, ...]

    @property
    def known(self) -> dict[int, Decimal]:
        """What is known of each year: the ledger's figures, and the plan's for the base year if it has none."""
        found = {item.span.first_year: item.value for item in self.actual}
        if self.base_year is not None and self.base is not None:
            found.setdefault(self.base_year, self.base)
        return dict(sorted(found.items()))

    @property
    def is_amount(self) -> bool:
        """Whether it grows in per cent: money, energy, land; things counted come one by one."""
        try:
            read = units.unit(self.unit)
        except Refused:
            return False
        return bool(read.dimension) and read.symbol not in units.COUNTED

    @property
    def came(self) -> Actual | None:
        """The figure of the target's own period."""
        return next((item for item in self.actual if item.span == self.span), None)

    def reached(self, value: Decimal) -> bool:
        """Whether a figure reaches what was promised."""
        return value >= self.value if self.bound == "ge" else value <= self.value


def direction(bound: str, value: Decimal, base: Decimal | None) -> str:
    """From which side a target is reached: printed without a sign it is to be reached coming from its base.

    >>> direction("eq", Decimal(90), Decimal(100)), direction("eq", Decimal(3), Decimal(3)), direction("le", 1, None)
    ('le', 'ge', 'le')
    """
    if bound != "eq":
        return bound
    return "le" if base is not None and value < base else "ge"


def promises(area: Area, *, as_of: AsOf) -> tuple[Promise, ...]:
    """The targets, with a year and a value, of the plans in force in an area; as known then, both."""
    reader = AnonymousUser()
    found: list[Promise] = []
    for plan in plans.plans(reader).filter(area=area).order_by("pk"):
        version = plans.version_at(reader, plan, as_of=as_of)
        if version is None:
            continue
        planned = [item for item in plans.targets(version) if _is_dated(item)]
        actual = actuals(area, [item.target.key for item in planned], as_of=as_of)
        for item in planned:
            known = in_unit(actual.get(item.target.key, ("", [])), item.target.unit)
            found.append(_promise(item, plan.slug, version.number, known))
    return tuple(found)


def _is_dated(item: CheckedTarget) -> bool:
    return item.target.target_year is not None and item.target.target_value is not None


def _promise(item: CheckedTarget, plan: str, version: int, actual: Sequence[Actual]) -> Promise:
    target = item.target
    assert target.target_year is not None and target.target_value is not None
    return Promise(
        key=target.key,
        name=target.name,
        unit=target.unit,
        pillar=target.category,
        position=target.position,
        plan=plan,
        version=version,
        line=target.line,
        span=Span.of_year(target.target_year),
        bound=direction(target.bound, target.target_value, target.base_value),
        value=target.target_value,
        base=target.base_value,
        base_year=target.base_year,
        is_share=item.is_share,
        path=tuple(
            PathPoint(Span.of_year(year), round(value, PLACES))
            for year, value in zip(item.years, item.path, strict=False)
        ),
        actual=tuple(actual),
    )


Known = tuple[str, list[tuple[Any, str]]]


def actuals(area: Area, keys: Sequence[str], *, as_of: AsOf) -> dict[str, Known]:
    """Of each indicator its unit and the yearly figures of an area that have a value, with what opens them.

    Of several scopes or price bases the one that was spoken of last counts.
    """
    subject = Subject.objects.filter(key=f"{Subject.Kind.AREA}:{area.code}").first()
    if subject is None:
        return {}
    rows = ledger.observations(None, subjects=[subject.pk], indicators=keys, as_of=as_of)
    listed = rows.filter(months=12, value__isnull=False).select_related("series__indicator")
    found: dict[str, dict[Basis, list[Any]]] = {}
    for row in listed.order_by("start_month", "known_from", "pk"):
        series = row.series
        by_basis = found.setdefault(series.indicator.key, {})
        by_basis.setdefault(Basis(series.scope, series.price_basis), []).append(row)
    told: dict[str, Known] = {}
    for key, by_basis in found.items():
        basis, last = max(by_basis.items(), key=lambda pair: pair[1][-1].start_month)
        references = [(row, str(Reference(subject.key, key, row.span, basis))) for row in last]
        told[key] = (last[0].series.indicator.unit, references)
    return told


def in_unit(known: Known, unit: str) -> list[Actual]:
    """The figures in the target's unit; none if neither unit leads to the other."""
    of, rows = known
    found = []
    for row, reference in rows:
        value = exact(row.value)
        try:
            converted = value if of == unit else units.unit(of).convert(value, to=units.unit(unit))
        except Refused:
            return []
        found.append(Actual(row.span, converted, ledger.Status(row.status).key, reference))
    return found
