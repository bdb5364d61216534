"""How much an indicator's figures changed after they were first given: what a reader of the newest ones may expect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING

from zhizao.apps.ledger import queries
from zhizao.apps.ledger.models import Indicator
from zhizao.apps.ledger.queries import Basis
from zhizao.base.facts.queries import instant
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.apps.ledger.queries import Actor, AsOf

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Revised:
    """``mean`` and ``mean_absolute`` are a figure's, in the indicator's unit; ``relative_pct`` is of all figures."""

    figures: int
    changed_pct: Decimal
    mean: Decimal
    mean_absolute: Decimal
    relative_pct: Decimal | None


def revised(actor: Actor, indicator: Indicator, within: Span, *, basis: Basis, as_of: AsOf = None) -> Revised | None:
    """The changes of all figures of enterprises for periods within a span, from first to last known; None if none is.

    Source: ``engines.statistics.vintages``.
    """
    import polars as pl

    from zhizao.engines.statistics import revisions, summary

    rows = queries.vintages(actor, indicator=indicator.key, within=within, basis=basis, as_of=as_of)
    names = ("series", "start_month", "months", "known_from", "value")
    whole = dict.fromkeys(("series", "start_month", "months", "value"), pl.Int64)
    schema = {name: whole.get(name, pl.Datetime("us", "UTC")) for name in names}
    frame = pl.DataFrame(list(rows.values_list(*names)), schema=schema, orient="row")
    inside = frame.filter(pl.col("start_month") + pl.col("months") <= within.end_month)
    first_to_last = revisions(
        inside, identity=("series", "start_month", "months"), as_of=instant(as_of).astimezone(UTC)
    )
    found = summary(first_to_last.with_columns(indicator=pl.lit(indicator.key)), by=["indicator"])
    if found.is_empty():
        return None
    row = found.row(0, named=True)
    return Revised(
        row["figures"],
        _decimal(row["changed_pct"]),
        _decimal(row["mean"] / MILLION),
        _decimal(row["mean_absolute"] / MILLION),
        None if row["relative_pct"] is None else _decimal(row["relative_pct"]),
    )


def _decimal(value: float) -> Decimal:
    """A measure of a sample, with two decimals."""
    return Decimal(str(round(value, 2)))
