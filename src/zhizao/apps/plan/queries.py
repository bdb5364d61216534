"""What the plan says: versions, targets with their growth, lists and totals. Read-only, from what the actor may see."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from zhizao.apps.plan.models import (
    LandNeed,
    Plan,
    PlannedEnterprise,
    PlanVersion,
    Project,
    Row,
    SupplierShare,
    Target,
)
from zhizao.apps.plan.sheets import SHEETS, Sheet, record_of
from zhizao.engines.planlint.growth import Check, Growth, check_growth, path_values
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User

    Actor = User | AnonymousUser


# --- plans and versions


def plans(actor: Actor) -> QuerySet[Plan]:
    """Plans of which the actor may see a version."""
    return Plan.objects.visible_to(actor).select_related("area")


def versions(actor: Actor, plan: Plan) -> QuerySet[PlanVersion]:
    """The versions of a plan that the actor may see, newest first."""
    return (
        PlanVersion.objects.visible_to(actor)
        .filter(plan=plan)
        .select_related("plan__area", "run", "check_run", "created_by")
    )


def end_of(day: date) -> datetime:
    """The instant at which a day is over where the plan is."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def version_at(actor: Actor, plan: Plan, *, as_of: date | None = None, number: int | None = None) -> PlanVersion | None:
    """The version in force at the end of a day (by default now), or the one of this number; ``None`` if none is."""
    known = versions(actor, plan)
    if number is not None:
        return known.filter(number=number).first()
    known = known.exclude(status=PlanVersion.Status.DRAFT)
    # one published for a later day is not in force before it
    known = known.filter(known_from__lt=timezone.now() if as_of is None else end_of(as_of))
    return known.order_by("-known_from", "-number").first()


def in_force(plan: Plan) -> PlanVersion | None:
    """The version that is published now."""
    return plan.versions.filter(status=PlanVersion.Status.PUBLISHED).first()


def rows(version: PlanVersion, model: type[Row]) -> QuerySet:
    """All rows of one table of a version, in the document's order."""
    return model.objects.filter(version=version)


def tables(version: PlanVersion) -> dict[str, list[dict[str, Any]]]:
    """Every table of a version as the pack has it."""
    return {name: [record_of(sheet, row) for row in rows(version, sheet.model)] for name, sheet in SHEETS.items()}


def table_counts(version: PlanVersion) -> list[tuple[Sheet, int]]:
    """How many rows each table of a version has."""
    return [(sheet, rows(version, sheet.model).count()) for sheet in SHEETS.values()]


# --- targets


@dataclass(frozen=True)
class CheckedTarget:
    """A target with the growth that its end points imply."""

    target: Target
    growth: Growth

    @cached_property
    def years(self) -> list[int]:
        base, end = self.target.base_year, self.target.target_year
        return list(range(base, end + 1)) if base and end and base < end else []

    @cached_property
    def path(self) -> list[Decimal]:
        """The path from base to target, one value a year; empty if an end is unknown."""
        target = self.target
        if not self.years or target.base_value is None or target.target_value is None:
            return []
        return path_values(target.base_value, target.target_value, len(self.years) - 1)

    @property
    def is_share(self) -> bool:
        return self.growth.points is not None

    @property
    def not_above_base(self) -> bool:
        """Whether the target asks for nothing beyond the base, and is not one to be kept low."""
        target = self.target
        known = target.base_value is not None and target.target_value is not None
        return known and target.bound != Target.Bound.AT_MOST and target.target_value <= target.base_value


def checked(target: Target) -> CheckedTarget:
    """A target with its growth, computed from the figures as printed."""
    years = target.target_year - target.base_year if target.base_year and target.target_year else None
    return CheckedTarget(
        target,
        check_growth(
            base=as_printed(target.base_value, target.base_text),
            target=as_printed(target.target_value, target.target_text),
            years=years,
            stated_pct=as_printed(target.growth_stated_pct, target.growth_text),
            unit=target.unit,
        ),
    )


def as_printed(value: Decimal | None, text: str) -> Decimal | None:
    """The value with the digits that were printed, which say how it was rounded."""
    if value is None:
        return None
    return Decimal(text) if text else value.normalize()


def targets(version: PlanVersion) -> list[CheckedTarget]:
    """All targets of a version in order."""
    return [checked(target) for target in rows(version, Target)]


@dataclass(frozen=True, slots=True)
class TargetSummary:
    """How many targets state a growth, and what became of the check."""

    total: int
    stated: int
    checks: Counter[Check]
    differing: tuple[CheckedTarget, ...]
    not_above_base: tuple[CheckedTarget, ...]


def summary(checked_targets: Sequence[CheckedTarget]) -> TargetSummary:
    """Counts for the answer of the overview."""
    return TargetSummary(
        total=len(checked_targets),
        stated=sum(item.target.growth_stated_pct is not None for item in checked_targets),
        checks=Counter(item.growth.check for item in checked_targets),
        differing=tuple(item for item in checked_targets if item.growth.check == Check.DIFFERS),
        not_above_base=tuple(item for item in checked_targets if item.not_above_base),
    )


def by_category(checked_targets: Iterable[CheckedTarget]) -> list[tuple[str, list[CheckedTarget]]]:
    """Runs of targets of one category, in order."""
    return [(name, list(group)) for name, group in groupby(checked_targets, key=lambda item: item.target.category)]


# --- enterprises, projects, land, suppliers


def enterprises(
    version: PlanVersion, *, tier: str = "", industry: str = "", text: str = ""
) -> QuerySet[PlannedEnterprise]:
    """Enterprises that the plan names; ``text`` is found in the name, its pinyin or its initials."""
    found = rows(version, PlannedEnterprise)
    if tier:
        found = found.filter(tier=tier)
    if industry:
        found = found.filter(industry=industry)
    if text := text.strip():
        latin = text.lower().replace(" ", "")
        found = found.filter(Q(name__icontains=text) | Q(pinyin__contains=latin) | Q(initials__contains=latin))
    return found


def choices(version: PlanVersion, model: type[Row], field: str) -> list[tuple[str, int]]:
    """The distinct words of a column with their counts, in the order in which they first stand."""
    return list(Counter(rows(version, model).values_list(field, flat=True)).items())


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of what is known, and how many are unknown; ``None`` if nothing is known."""

    known: Decimal | None
    unknown: int
    count: int


def total(values: Iterable[Decimal | None]) -> Total:
    """Sum decimals exactly; the unknown are counted, never taken as 0.

    >>> total([Decimal("1.5"), None, Decimal(2)])
    Total(known=Decimal('3.5'), unknown=1, count=3)
    """
    cells = list(values)
    known = [value for value in cells if value is not None]
    return Total(sum(known, Decimal(0)) if known else None, len(cells) - len(known), len(cells))


MONEY = ("total_wan_yuan", "before_wan_yuan", "plan_wan_yuan", "after_wan_yuan")


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """What narrows the project list; empty fields do not."""

    sector: str = ""
    responsible_unit: str = ""
    nature: str = ""
    year: int | None = None
    least_wan_yuan: Decimal | None = None
    most_wan_yuan: Decimal | None = None
    text: str = ""


def projects(version: PlanVersion, wanted: ProjectFilter | None = None) -> list[Project]:
    """Projects of the library; ``year`` keeps those under way in it, as far as their dates are known."""
    wanted = wanted or ProjectFilter()
    found = rows(version, Project)
    for field in ("sector", "responsible_unit", "nature"):
        if value := getattr(wanted, field):
            found = found.filter(**{field: value})
    if wanted.least_wan_yuan is not None:
        found = found.filter(total_wan_yuan__gte=wanted.least_wan_yuan)
    if wanted.most_wan_yuan is not None:
        found = found.filter(total_wan_yuan__lte=wanted.most_wan_yuan)
    if text := wanted.text.strip():
        found = found.filter(Q(name__icontains=text) | Q(owner__icontains=text))
    kept = list(found)
    if wanted.year is not None:
        kept = [project for project in kept if _under_way(project, wanted.year)]
    return kept


def _under_way(project: Project, year: int) -> bool:
    start, finish = period(project)
    return bool(start and finish and start[0] // 12 <= year <= finish[1] // 12)


def period(project: Project) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """First and last month (year × 12 + month − 1) of the printed start and finish; ``None`` for what is not a date."""
    return months(project.start), months(project.finish)


def money_gap(project: Project) -> Decimal | None:
    """Total minus the parts, where the total and at least one part are known; an unknown part counts as not planned."""
    parts = total(getattr(project, field) for field in MONEY[1:])
    if project.total_wan_yuan is None or parts.known is None:
        return None
    return project.total_wan_yuan - parts.known


@dataclass(frozen=True, slots=True)
class SectorTotal:
    """The money of one sector's projects, in 万元."""

    sector: str
    count: int
    money: dict[str, Total]


def project_totals(found: Sequence[Project]) -> list[SectorTotal]:
    """Sums by sector in the order of the library."""
    sectors = list(dict.fromkeys(project.sector for project in found))
    return [project_total(sector, [p for p in found if p.sector == sector]) for sector in sectors]


def project_total(name: str, found: Sequence[Project]) -> SectorTotal:
    """Sums over some projects under one name."""
    return SectorTotal(name, len(found), {field: total(getattr(p, field) for p in found) for field in MONEY})


LAND = ("land_mu", "idle_mu", "building_m2", "demand_min_mu", "demand_max_mu")


def land(version: PlanVersion) -> list[LandNeed]:
    """Land needs in order."""
    return list(rows(version, LandNeed))


def land_totals(found: Sequence[LandNeed]) -> dict[str, Total]:
    """Sums of the columns of the land tables."""
    return {field: total(getattr(need, field) for need in found) for field in LAND}


@dataclass(frozen=True, slots=True)
class CheckedShare:
    """A supplier share as stated and as computed from its counts."""

    row: SupplierShare

    @property
    def computed_pct(self) -> Decimal | None:
        row = self.row
        return None if row.local is None or not row.total else Decimal(row.local) * 100 / row.total

    @property
    def agrees(self) -> bool | None:
        """Whether the stated share is the computed one, rounded to whole per cent; ``None`` if either is unknown."""
        computed, stated = self.computed_pct, self.row.share_stated_pct
        if computed is None or stated is None:
            return None
        places = max(0, -stated.normalize().as_tuple().exponent)
        return abs(computed - stated) <= Decimal("0.5").scaleb(-places)


def supplier_shares(version: PlanVersion) -> list[CheckedShare]:
    """Supplier shares with their check."""
    return [CheckedShare(row) for row in rows(version, SupplierShare)]


def months(text: str) -> tuple[int, int] | None:
    """First and last month (year × 12 + month − 1) that a printed date covers; ``None`` if it names no time.

    What may be a month or a spoilt one (2020.1) counts as its year.

    >>> months("2020.08"), months("2021"), months("分期")
    ((24247, 24247), (24252, 24263), None)
    """
    try:
        span = Span.parse(text)
    except Refused:
        if (year := re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)) is None:
            return None
        span = Span.of_year(int(year[0]))
    return span.start_month, span.end_month - 1
