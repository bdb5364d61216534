"""What each subject's figures come to over one span, whether they were reported for it or for its months.

A flow is taken as reported for the span itself, else added up from the finest spans that the subject's figures
determine; a stock is what it was at the end. A figure that was announced as missing is there, with ``None``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from django.db.models import F

from zhizao.apps.ledger import queries
from zhizao.apps.ledger.models import Indicator, Observation, Status
from zhizao.apps.ledger.queries import Basis
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhizao.apps.ledger.queries import Actor, AsOf

Pair = tuple[str, int]
"""An indicator's key and a subject's primary key."""
PAIR = ("series__indicator__key", "series__subject_id")


class Values(dict[Pair, int | None]):
    """Millionths of the indicator's unit by indicator and subject, and which of the indicators are simulated."""

    def __init__(self) -> None:
        super().__init__()
        self.simulated: set[str] = set()


def values(
    actor: Actor,
    kinds: Mapping[str, str],
    span: Span,
    *,
    basis: Basis,
    subjects: Collection[int] | QuerySet | None = None,
    as_of: AsOf = None,
) -> Values:
    """The figures of a span, of indicators whose kinds are given, as known at an instant.

    Parameters
    ----------
    kinds : indicator's key to flow or stock; ratios do not add up and are left out
    subjects : primary keys; by default all that the actor sees
    """
    found = Values()
    flows = [key for key, kind in kinds.items() if kind == Indicator.Kind.FLOW]
    stocks = [key for key, kind in kinds.items() if kind == Indicator.Kind.STOCK]
    within = queries.observations(
        actor, subjects=subjects, indicators=[*flows, *stocks], within=span, basis=basis, as_of=as_of
    ).order_by()
    as_reported = within.filter(series__indicator__key__in=flows, start_month=span.start_month, months=span.months)
    at_the_end = within.filter(series__indicator__key__in=stocks, start_month=span.end_month - F("months"))
    _take(found, as_reported)
    _take(found, at_the_end)
    _add_up(found, within.filter(series__indicator__key__in=flows), span)
    return found


def reported_in(rows: QuerySet[Observation]) -> set[Pair]:
    """Who reported what in these rows."""
    return set(rows.order_by().values_list(*PAIR).distinct())


def _take(found: Values, rows: QuerySet[Observation]) -> None:
    for key, subject, value, status in rows.values_list(*PAIR, "value", "status"):
        found[key, subject] = value
        if status == Status.SIMULATED:
            found.simulated.add(key)


def _add_up(found: Values, rows: QuerySet[Observation], span: Span) -> None:
    """The flows that nobody reported for the span itself, from the months that their figures determine."""
    import polars as pl

    lacking = reported_in(rows) - found.keys()
    if not lacking:
        return
    keys, subjects = {key for key, _ in lacking}, {subject for _, subject in lacking}
    some = rows.filter(series__indicator__key__in=keys, series__subject__in=subjects)
    frame = queries.frame(some)
    finest = queries.months(frame, dict.fromkeys(keys, str(Indicator.Kind.FLOW))).drop_nulls("value")
    sums = finest.group_by("subject", "indicator").agg(
        pl.col("value").cast(pl.Int128).sum().cast(pl.String), pl.col("months").sum()
    )
    ids = _ids(some)
    for subject, key, value, months in sums.iter_rows():
        if months == span.months and (key, ids[subject]) in lacking:
            found[key, ids[subject]] = int(value)
    found.simulated |= set(frame.filter(pl.col("status") == int(Status.SIMULATED))["indicator"].unique())


def _ids(rows: QuerySet[Observation]) -> dict[str, int]:
    pairs: Iterable[tuple[str, int]] = rows.order_by().values_list("series__subject__key", "series__subject_id")
    return dict(pairs.distinct())  # type: ignore[attr-defined]
