"""What enterprises' figures come to over spans, however they were reported: by the month, jointly or year to date."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zhizao.apps.ledger import queries as ledger
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.apps.ledger.queries import AsOf

Pair = tuple[str, int]
"""An indicator's key and a subject's primary key."""


@dataclass(frozen=True)
class Sums:
    """By span the sums in millionths of the indicator's unit; what the figures do not determine is not there."""

    of: Mapping[Span, Mapping[Pair, int]] = field(default_factory=dict)
    simulated: frozenset[str] = frozenset()

    def mean(self, subject: int, indicator: str, span: Span) -> float | None:
        """The mean a month in the indicator's unit."""
        value = self.of[span].get((indicator, subject))
        return None if value is None else value / ledger.MILLION / span.months


def sums(kinds: Mapping[str, str], spans: Collection[Span], *, subjects: Collection[int], as_of: AsOf = None) -> Sums:
    """Sums of flows over spans, as known at an instant.

    Parameters
    ----------
    kinds : indicator's key to its kind; others than flows are left out
    subjects : primary keys
    """
    import polars as pl

    flows = {key: kind for key, kind in kinds.items() if kind == "flow"}
    if not spans or not subjects or not flows:
        return Sums({span: {} for span in spans})
    first = min(span.start_month for span in spans) // 12 * 12  # year-to-date figures begin in January
    within = Span(first, max(span.end_month for span in spans) - first)
    rows = ledger.observations(
        None, subjects=subjects, indicators=list(flows), within=within, basis=ledger.Basis(), as_of=as_of
    )
    frame = ledger.frame(rows)
    finest = ledger.months(frame, flows).drop_nulls("value")
    ids = dict(rows.order_by().values_list("series__subject__key", "series__subject_id").distinct())
    found = {}
    for span in spans:
        inside = finest.filter(
            pl.col("start_month") >= span.start_month, pl.col("start_month") + pl.col("months") <= span.end_month
        )
        whole = inside.group_by("subject", "indicator").agg(pl.col("value").sum(), pl.col("months").sum())
        found[span] = {
            (indicator, ids[subject]): value
            for subject, indicator, value, months in whole.iter_rows()
            if months == span.months
        }
    return Sums(found, frozenset(frame.filter(pl.col("status") == int(ledger.Status.SIMULATED))["indicator"].unique()))
