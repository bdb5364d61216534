"""What the ledger knows: figures as they were known at an instant, their history, and sums over trees of subjects.

``actor`` is ``None`` for the system itself (engines, exports from the command line), which sees everything. Everybody
else sees the rows of his areas, an enterprise its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum
from django.db.models.expressions import Combinable

from zhizao.apps.ledger.models import MILLION, Batch, Indicator, Observation, Series, Status
from zhizao.base.facts.models import Membership, Subject
from zhizao.base.facts.queries import below, instant
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    import polars as pl
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User

    Actor = User | AnonymousUser | None
AsOf = date | datetime | None


@dataclass(frozen=True, slots=True)
class Basis:
    """What two figures must share to be compared or added up: which units they cover, and whose prices."""

    scope: str = "enterprise"
    price_basis: str = "current"


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over subjects: exact, and how many figures are in it; ``value`` is ``None`` if none is known."""

    span: Span
    value: Decimal | None
    count: int
    missing: int
    simulated: int
    preliminary: int


def indicators() -> QuerySet[Indicator]:
    """Every indicator, in the order of the packs."""
    return Indicator.objects.all()


def batches(actor: Actor) -> QuerySet[Batch]:
    """Imports, newest first."""
    rows = Batch.objects.all() if actor is None else Batch.objects.visible_to(actor)
    return rows.select_related("area", "made_by")


def subjects(actor: Actor) -> QuerySet[Subject]:
    """The subjects whose figures the actor may see one by one."""
    return Subject.objects.all() if actor is None else Subject.objects.visible_to(actor)


def known(as_of: AsOf = None) -> QuerySet[Observation]:
    """Of each figure the row known last at an instant; a date means its end in China."""
    at = instant(as_of)
    same = {name: OuterRef(name) for name in ("series", "start_month", "months")}
    hidden = Observation.objects.filter(known_from__gt=OuterRef("known_from"), known_from__lte=at, **same)
    return Observation.objects.filter(~Exists(hidden), known_from__lte=at)


def observations(
    actor: Actor,
    *,
    subjects: Iterable[int] | QuerySet[Subject] | None = None,
    indicators: Collection[str] = (),
    within: Span | None = None,
    basis: Basis | None = None,
    as_of: AsOf = None,
) -> QuerySet[Observation]:
    """Figures as known at an instant.

    Parameters
    ----------
    subjects : primary keys, or a queryset; by default all that the actor sees
    indicators : keys; all by default
    within : only spans that lie in it
    basis : only of this scope and price basis
    """
    series = _series(actor, subjects=subjects, indicators=indicators, basis=basis)
    rows = known(as_of).filter(series__in=series.values("pk"))
    if within is not None:
        rows = rows.filter(
            start_month__gte=within.start_month,
            start_month__lt=within.end_month,
            months__lte=within.end_month - F("start_month"),
        )
    return rows


def _series(
    actor: Actor,
    *,
    subjects: Iterable[int] | QuerySet[Subject] | None,
    indicators: Collection[str],
    basis: Basis | None,
) -> QuerySet[Series]:
    """The series that the actor may see of these subjects, indicators and basis."""
    series = Series.objects.all() if actor is None else Series.objects.visible_to(actor)
    if subjects is not None:
        series = series.filter(subject__in=subjects)
    if indicators:
        series = series.filter(indicator__key__in=indicators)
    if basis is not None:
        series = series.filter(scope=basis.scope, price_basis=basis.price_basis)
    return series.order_by()


def figures_of(
    actor: Actor, *, indicator: str, span: Span, basis: Basis, as_of: AsOf = None
) -> dict[int, tuple[int | None, int]]:
    """Of each subject (by primary key) its figure of one span: value in millionths, and status."""
    series = _series(actor, subjects=None, indicators=[indicator], basis=basis)
    subjects = dict(series.values_list("pk", "subject"))
    rows = Observation.objects.filter(
        series__in=series.values("pk"),
        start_month=span.start_month,
        months=span.months,
        known_from__lte=instant(as_of),
    ).order_by("known_from")  # so that of the rows of one figure the last stays: cheaper than to ask of each
    found = {row: (value, status) for row, value, status in rows.values_list("series", "value", "status")}
    return {subjects[row]: figure for row, figure in found.items() if row in subjects}  # a series may be new by now


def last_month(actor: Actor, indicator: str, *, basis: Basis, as_of: AsOf = None) -> int | None:
    """The last month in which a figure of an indicator begins, as known at an instant; ``None`` if there is none.

    Corrections begin where the figure begins that they correct, so that nobody has to ask which row is the last one.
    """
    series = _series(actor, subjects=None, indicators=[indicator], basis=basis)
    rows = Observation.objects.filter(series__in=series.values("pk"), known_from__lte=instant(as_of))
    found: int | None = rows.aggregate(last=Max("start_month"))["last"]
    return found


def reporting(actor: Actor, *, as_of: AsOf = None) -> QuerySet[Subject]:
    """The subjects of which the actor sees figures, as known at an instant."""
    said = Observation.objects.filter(series=OuterRef("pk"), known_from__lte=instant(as_of))
    series = _series(actor, subjects=None, indicators=(), basis=None).filter(Exists(said))
    return subjects(actor).filter(pk__in=series.order_by().values("subject"))


def history(row: Observation, *, as_of: AsOf = None) -> QuerySet[Observation]:
    """Everything that was ever said of the figure of a row, newest first, as far as known at an instant."""
    same = Observation.objects.filter(series=row.series_id, start_month=row.start_month, months=row.months)
    found = same.filter(known_from__lte=instant(as_of)).select_related("origin__batch__made_by")
    return found.order_by("-known_from", "-pk")


def vintages(actor: Actor, *, indicator: str, within: Span, basis: Basis, as_of: AsOf = None) -> QuerySet[Observation]:
    """Everything that was ever said of enterprises' figures for periods that begin in a span."""
    series = _series(actor, subjects=None, indicators=[indicator], basis=basis).filter(subject__kind="enterprise")
    return Observation.objects.filter(
        series__in=series.values("pk"),
        start_month__gte=within.start_month,
        start_month__lt=within.end_month,
        known_from__lte=instant(as_of),
    ).order_by()


def totals(
    actor: Actor,
    parent: Subject,
    *,
    tree: str,
    indicator: str,
    spans: Sequence[Span],
    basis: Basis | None = None,
    as_of: AsOf = None,
) -> list[Total]:
    """Sums over all that is below a subject in a tree on the last day of each span; what the actor may not see is out.

    The members of a group change; a figure counts where its subject belonged when its span ended.
    """
    found = []
    for members, part in _by_members(parent, tree=tree, spans=spans, as_of=as_of):
        found += _sums(actor, members, indicator=indicator, spans=part, basis=basis or Basis(), as_of=as_of)
    return sorted(found, key=lambda total: total.span)


def _by_members(parent: Subject, *, tree: str, spans: Sequence[Span], as_of: AsOf) -> list[tuple[set[int], list[Span]]]:
    """The spans in runs over which the tree stood still, each with its members."""
    changes = _changes(tree, spans, as_of) if spans else []
    runs: list[tuple[set[int], list[Span]]] = []
    previous: date | None = None
    for span in sorted(spans, key=lambda span: span.end_month):
        day = span.last_day
        if previous is None or any(previous < change <= day for change in changes):
            runs.append((below(parent, tree=tree, on=day, as_of=as_of), []))
        runs[-1][1].append(span)
        previous = day
    return runs


def _changes(tree: str, spans: Sequence[Span], as_of: AsOf) -> list[date]:
    """The days within the spans' ends on which a membership of the tree begins, or is over."""
    first, last = min(span.last_day for span in spans), max(span.last_day for span in spans)
    rows = Membership.objects.filter(tree=tree, known_from__lte=instant(as_of)).order_by()
    begins = rows.filter(valid_from__gt=first, valid_from__lte=last).values_list("valid_from", flat=True).distinct()
    ends = rows.filter(valid_to__gte=first, valid_to__lt=last).values_list("valid_to", flat=True).distinct()
    return sorted({*begins, *(day + timedelta(days=1) for day in ends)})


def _sums(
    actor: Actor, members: set[int], *, indicator: str, spans: Sequence[Span], basis: Basis, as_of: AsOf
) -> list[Total]:
    """Every row known by the instant counts with what it says, less what was said before it (``models``)."""
    wanted = {(span.start_month, span.months) for span in spans}
    series = _series(actor, subjects=members, indicators=[indicator], basis=basis)
    rows = Observation.objects.filter(
        series__in=series.values("pk"),
        # a range, which the index takes, and not the list of months; what lies between is left out below
        start_month__gte=min(start for start, _ in wanted),
        start_month__lte=max(start for start, _ in wanted),
        months__in={months for _, months in wanted},
        known_from__lte=instant(as_of),
    )
    preliminary = (Status.PROVISIONAL, Status.ESTIMATED, Status.FORECAST)
    sums = (
        rows.order_by()
        .values("start_month", "months")
        .annotate(
            total=Sum("value"),
            replaced=Sum("before"),
            count=Count("value") - Count("before"),
            missing=_change(Status.MISSING),
            simulated=_change(Status.SIMULATED),
            preliminary=_change(*preliminary),
        )
    )
    return [
        Total(
            Span(row["start_month"], row["months"]),
            exact(row["total"] - (row["replaced"] or 0)) if row["count"] else None,
            row["count"],
            row["missing"],
            row["simulated"],
            row["preliminary"],
        )
        for row in sums
        if (row["start_month"], row["months"]) in wanted
    ]


def _change(*statuses: Status) -> Combinable:
    """How many figures have one of these statuses: rows that give it less rows that take it away."""
    return Count("pk", filter=Q(status__in=statuses)) - Count("pk", filter=Q(before_status__in=statuses))


def exact(millionths: int | Decimal | None) -> Decimal | None:
    """A value in its unit.

    >>> exact(12_500_000), exact(None)
    (Decimal('12.5'), None)
    """
    if millionths is None:
        return None
    value = Decimal(int(millionths)) / MILLION
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


FRAME = {
    "subject": "series__subject__key",
    "indicator": "series__indicator__key",
    "start_month": "start_month",
    "months": "months",
    "scope": "series__scope",
    "price_basis": "series__price_basis",
    "value": "value",
    "status": "status",
    "known_from": "known_from",
}


def frame(rows: QuerySet[Observation]) -> pl.DataFrame:
    """Rows for the engines: one a figure, ``value`` in millionths of the indicator's unit, null where unknown."""
    import polars as pl

    schema: dict[str, Any] = {
        **dict.fromkeys(FRAME, pl.String),
        "start_month": pl.Int32,
        "months": pl.Int32,
        "value": pl.Int64,
        "status": pl.Int16,
        "known_from": pl.Datetime("us", "UTC"),
    }
    ordered = rows.order_by("series__subject__key", "series__indicator__position", "start_month", "months")
    found = ordered.values_list(*FRAME.values())
    return pl.DataFrame(list(found.iterator(chunk_size=20_000)), schema=schema, orient="row")


def months(rows: pl.DataFrame, kinds: dict[str, str]) -> pl.DataFrame:
    """The finest spans that figures determine (months from year-to-date figures): ``frame``'s columns, exact values.

    ``kinds`` is each indicator's kind; ratios are left as they are.
    """
    import polars as pl

    from zhizao.engines.statistics import Kind, pieces, solve

    by = ["subject", "indicator", "scope", "price_basis"]
    columns = [*by, "start_month", "months", "value"]
    parts = []
    for (indicator,), part in rows.partition_by("indicator", as_dict=True, maintain_order=True).items():
        kind = kinds[str(indicator)]
        if kind == Indicator.Kind.RATIO:
            parts.append(part.select(columns))
        else:
            solved = solve(part.select(columns), by=by, kind=Kind(kind))
            parts.append(pieces(solved).select(columns).cast({"start_month": pl.Int32, "months": pl.Int32}))
    return pl.concat(parts) if parts else rows.select(columns)
