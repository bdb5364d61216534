"""How the economy stands: the year to date of each indicator, its growth on a comparable basis, and who moved it.

The published total of a year before is what was known then, at the same age: as many days after its period as today
is after this one. So raw growth compares two totals of equal completeness, and what was revised since stands apart
(``engines.statistics.growth``). An enterprise without a figure is *late* if it reported anything of the last half
year, and has *left* if it did not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db.models import F

from zhizao.apps.ledger import figures, queries, spanning
from zhizao.apps.ledger.models import Indicator
from zhizao.apps.ledger.queries import Basis, exact
from zhizao.apps.registry import queries as registry
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Membership
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    import polars as pl

    from zhizao.apps.ledger.queries import Actor, AsOf
    from zhizao.engines.statistics import Decomposition

SILENT_MONTHS = 6
"""Who reports nothing for so long has left."""
YEAR = 12


@dataclass(frozen=True, slots=True)
class Standing:
    """An indicator, or a group of one: its sum over the span and how that grew.

    ``points`` and ``share_pct`` are a group's contribution to the comparable growth of all; ``None`` where undefined.
    """

    key: str
    name: str
    growth: Decomposition
    simulated: bool
    unit: str = ""
    points: float | None = None
    part_pct: Fraction | None = None

    @property
    def value(self) -> Decimal | None:
        """The sum of all figures that are known; ``None`` if none is."""
        known = self.growth.value + self.growth.value_without_base
        return exact(known) if self.growth.enterprises else None

    @property
    def count(self) -> int:
        return self.growth.enterprises

    @property
    def late(self) -> int:
        return self.growth.missing

    comparable = property(lambda self: _percent(self.growth.comparable_pct))
    raw = property(lambda self: _percent(self.growth.raw_pct))
    entry = property(lambda self: _percent(self.growth.entry_points))
    exit = property(lambda self: _percent(self.growth.exit_points))
    missing = property(lambda self: _percent(self.growth.missing_points))
    revision = property(lambda self: _percent(self.growth.revision_points))
    part = property(lambda self: _percent(self.part_pct))


def _percent(value: Fraction | None) -> Decimal | None:
    """A rate with one decimal more than is shown."""
    return None if value is None else (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.01"))


def same_age(as_of: AsOf) -> date:
    """The day a year before the one looked back to.

    >>> same_age(date(2024, 2, 29))
    datetime.date(2023, 2, 28)
    """
    day = facts.instant(as_of).astimezone(facts.CHINA).date()
    year = max(day.year - 1, 1)  # of the year 1 nothing is known a year before
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def sample(
    actor: Actor, kinds: Mapping[str, str], span: Span, *, basis: Basis, as_of: AsOf = None
) -> tuple[pl.DataFrame, set[str]]:
    """One row an indicator and enterprise of either year, as ``engines.statistics.decompose`` takes it.

    Returns
    -------
    DataFrame
        ``indicator``, ``subject`` (primary key), ``in_sample``, ``value``, ``base_now``, ``base_then`` (millionths).
    set of str
        The indicators with simulated figures.
    """
    import polars as pl

    before = Span(span.start_month - YEAR, span.months)
    wanted = queries.subjects(actor).filter(kind="enterprise").order_by().values("pk")

    def known(of: Span, at: AsOf) -> spanning.Values:
        return spanning.values(actor, kinds, of, basis=basis, subjects=wanted, as_of=at)

    now, base_now, base_then = known(span, as_of), known(before, as_of), known(before, same_age(as_of))
    silent = (base_now.keys() | base_then.keys()) - now.keys()
    late = reported_lately(actor, silent, span.end_month, basis=basis, as_of=as_of)
    pairs = sorted(now.keys() | base_now.keys() | base_then.keys())
    frame = pl.DataFrame(
        [
            (*pair, pair in now or pair in late, now.get(pair), base_now.get(pair), base_then.get(pair))
            for pair in pairs
        ],
        schema={
            "indicator": pl.String,
            "subject": pl.Int64,
            "in_sample": pl.Boolean,
            "value": pl.Int64,
            "base_now": pl.Int64,
            "base_then": pl.Int64,
        },
        orient="row",
    )
    return frame, now.simulated | base_now.simulated


def reported_lately(
    actor: Actor, silent: set[spanning.Pair], end_month: int, *, basis: Basis, as_of: AsOf
) -> set[spanning.Pair]:
    """Of those without a figure, who reported one that ends within the last half year."""
    if not silent:
        return set()
    rows = queries.observations(
        actor, subjects={pk for _, pk in silent}, indicators={key for key, _ in silent}, basis=basis, as_of=as_of
    ).filter(start_month__gte=end_month - SILENT_MONTHS - YEAR)
    ends = rows.filter(
        start_month__gt=end_month - SILENT_MONTHS - F("months"), start_month__lte=end_month - F("months")
    )
    return spanning.reported_in(ends) & silent


def overview(
    actor: Actor, indicators: Sequence[Indicator], span: Span, *, basis: Basis, as_of: AsOf = None
) -> list[Standing]:
    """Each indicator's sum over what the actor sees, and its growth."""
    from zhizao.engines.statistics import decompose

    named = {item.key: item for item in indicators}
    frame, simulated = sample(actor, {key: item.kind for key, item in named.items()}, span, basis=basis, as_of=as_of)
    found = {str(key): growth for (key,), growth in decompose(frame, by=["indicator"]).items()}
    return [
        Standing(key, str(item), found[key], key in simulated, item.unit) for key, item in named.items() if key in found
    ]


def by_group(
    actor: Actor, indicator: Indicator, span: Span, *, tree: str, basis: Basis, as_of: AsOf = None
) -> list[Standing]:
    """The groups of one indicator as they were on the span's last day, the largest contribution first.

    Who belongs to none of the groups stands under the key ``""``; of two groups of one tree the first counts.
    """
    import polars as pl

    from zhizao.engines.statistics import contributions, decompose

    frame, simulated = sample(actor, {indicator.key: indicator.kind}, span, basis=basis, as_of=as_of)
    groups, names = _divisions(actor, frame["subject"].to_list(), tree=tree, on=span.last_day, as_of=as_of)
    grouped = frame.with_columns(pl.Series("group", [groups.get(pk, "") for pk in frame["subject"]], dtype=pl.String))
    found = {str(key): growth for (key,), growth in decompose(grouped, by=["group"]).items()}
    total = sum(growth.value + growth.value_without_base for growth in found.values())
    points = _points(found, contributions)
    rows = [
        Standing(
            key,
            names.get(key, ""),
            growth,
            indicator.key in simulated,
            indicator.unit,
            points.get(key),
            Fraction(100 * (growth.value + growth.value_without_base), total) if total > 0 else None,
        )
        for key, growth in found.items()
    ]
    return sorted(rows, key=lambda row: (row.points is None, -(row.points or 0), row.key))


def _divisions(
    actor: Actor, subjects: list[int], *, tree: str, on: date, as_of: AsOf
) -> tuple[dict[int, str], dict[str, str]]:
    """The group of each subject (a tier is an attribute of the register, the rest are trees) and the groups' names."""
    if tree == Membership.Tree.TIER:
        groups: dict[int, str] = {}
        for tier in registry.tiers(actor):
            members = figures.in_tier(actor, tier, on=on, as_of=as_of).values_list("pk", flat=True)
            groups |= dict.fromkeys(members, figures.TIER + tier)
        return groups, {key: key.removeprefix(figures.TIER) for key in groups.values()}
    parents = facts.parents(subjects, tree=tree, on=on, as_of=as_of)
    called = facts.names({parent.pk for parent, *_others in parents.values()}, on=on, as_of=as_of)
    return (
        {pk: parent.key for pk, (parent, *_others) in parents.items()},
        {parent.key: called.get(parent.pk, parent.id_part) for parent, *_others in parents.values()},
    )


def _points(
    found: Mapping[str, Decomposition], contributions: Callable[[pl.DataFrame], pl.DataFrame]
) -> dict[str, float]:
    """Each group's points of the comparable growth of all; none where their base is not positive."""
    import polars as pl

    if sum(growth.base for growth in found.values()) <= 0:
        return {}
    parts = pl.DataFrame(
        {
            "key": list(found),
            "value": [growth.value for growth in found.values()],
            "base": [growth.base for growth in found.values()],
        },
        schema={"key": pl.String, "value": pl.Int64, "base": pl.Int64},
    )
    return dict(contributions(parts).select("key", "points").iter_rows())
