"""What the ledger's pages show, put together from queries: a subject's sheet of months, an indicator's trend and parts.

Everything here is of one actor and one day looked back to; pages, files and charts read it from here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from zhizao.apps.ledger import figures, queries
from zhizao.apps.ledger.figures import Reference
from zhizao.apps.ledger.models import MILLION, Indicator, Status
from zhizao.apps.ledger.queries import Basis, exact
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Subject
from zhizao.base.ui.numbers import period
from zhizao.kernel.names import pinyin
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.apps.ledger.queries import Actor, AsOf

TREND_MONTHS = 36


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a sheet; ``mark`` is a word where it is not simply normal."""

    value: Decimal | None
    unit: str
    reference: str
    status: int | None = None

    @property
    def simulated(self) -> bool:
        return self.status == Status.SIMULATED

    @property
    def word(self) -> str:
        """The status in a word, if it is worth one."""
        plain = (None, Status.NORMAL, Status.SIMULATED, Status.MISSING)
        return "" if self.status in plain else str(Status(self.status).label)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Figures of one subject: a row a span, a column an indicator."""

    indicators: list[Indicator]
    rows: list[dict[str, Any]]
    years: list[int]
    year: int | None

    @property
    def simulated(self) -> bool:
        return any(isinstance(cell, Cell) and cell.simulated for row in self.rows for cell in row.values())


def sheet(actor: Actor, subject: Subject, *, basis: Basis, year: int | None = None, as_of: AsOf = None) -> Sheet:
    """The months of a year that a subject's figures determine; by default of its last year with figures."""
    rows = queries.observations(actor, subjects=[subject.pk], basis=basis, as_of=as_of)
    starts = rows.order_by("start_month").values_list("start_month", flat=True).distinct()
    years = sorted({start // 12 for start in starts}, reverse=True)
    year = year if year in years else next(iter(years), None)
    if year is None:
        return Sheet([], [], [], None)
    frame = queries.frame(rows.filter(start_month__gte=year * 12, start_month__lt=year * 12 + 12))
    cells = _cells(frame, subject, basis)
    by_span: dict[Span, dict[str, Cell]] = defaultdict(dict)
    for (key, span), cell in cells.items():
        by_span[span][key] = cell
    used = [item for item in queries.indicators() if any(item.key in row for row in by_span.values())]
    ordered = sorted(by_span, key=lambda span: (span.end_month, span.months))
    return Sheet(used, [{"span": period(span), **by_span[span]} for span in ordered], years, year)


def _cells(frame: Any, subject: Subject, basis: Basis) -> dict[tuple[str, Span], Cell]:
    """Every figure at the finest spans that the flows have; stocks beside the flow that ends with them."""
    from zhizao.apps.ledger.deriving import derive

    definitions = {item.key: item for item in queries.indicators()}
    kinds = {key: item.kind for key, item in definitions.items()}
    said = {
        (key, Span(start, months)): status
        for key, start, months, status in frame.select("indicator", "start_month", "months", "status").iter_rows()
    }
    marks = {key: status for (key, _span), status in said.items() if status == Status.SIMULATED}
    finest = queries.months(frame, kinds)
    flows = {
        Span(start, months).end_month: Span(start, months)
        for key, start, months in finest.select("indicator", "start_month", "months").iter_rows()
        if kinds[key] != "stock"
    }
    found: dict[tuple[str, Span], Cell] = {}

    def put(key: str, span: Span, value: int | None) -> None:
        shown = flows.get(span.end_month, span) if kinds[key] == "stock" else span
        reference = Reference(subject.key, key, span, basis)
        status = said.get((key, span), marks.get(key))
        found[key, shown] = Cell(exact(value), definitions[key].unit, str(reference), status)

    for key, start, months, value in finest.select("indicator", "start_month", "months", "value").iter_rows():
        put(key, Span(start, months), value)
    _fill_joint(found, put, set(flows.values()), {key for key, kind in kinds.items() if kind == "flow"})
    for (key, span), status in said.items():
        if status == Status.MISSING and kinds[key] != "stock" and span in flows.values():
            put(key, span, None)
    spans = {(span.start_month, span.months) for _key, span in found}
    everything = figures.all_spans(frame, kinds)
    simulated = int(Status.SIMULATED) if marks else None
    for item in definitions.values():
        if not item.is_derived:
            continue
        result = derive(everything, item, kinds).select("start_month", "months", "value")
        for start, months, value in result.iter_rows():
            if value is not None and (start, months) in spans:
                reference = Reference(subject.key, item.key, Span(start, months), basis)
                found[item.key, Span(start, months)] = Cell(exact(value), item.unit, str(reference), simulated)
    return found


def _fill_joint(
    found: dict[tuple[str, Span], Cell], put: Callable[[str, Span, int | None], None], spans: set[Span], flows: set[str]
) -> None:
    """Where one indicator has January and February as one figure and another has both, its sum stands beside."""
    for span in spans:
        for key in flows if span.months > 1 else ():
            parts = [found.get((key, month)) for month in span.each_month()]
            if (key, span) not in found and all(part is not None and part.value is not None for part in parts):
                put(key, span, sum(int(part.value * MILLION) for part in parts if part and part.value is not None))


@dataclass(frozen=True, slots=True)
class Point:
    """A sum over all subjects that report it, in one span."""

    span: Span
    value: Decimal
    count: int
    simulated: bool


def trend(actor: Actor, indicator: Indicator, *, basis: Basis, as_of: AsOf = None) -> list[Point]:
    """Sums over what the actor sees, at the finest spans that each subject's figures determine, the last three years.

    A span is left out in which fewer than half as many report as in the fullest: its sum would mislead.
    """
    import polars as pl

    rows = queries.observations(actor, indicators=[indicator.key], basis=basis, as_of=as_of)
    last = queries.last_month(actor, indicator.key, basis=basis, as_of=as_of)
    if last is None:
        return []
    first = (last - TREND_MONTHS + 1) // 12 * 12
    frame = queries.frame(rows.filter(start_month__gte=first))
    simulated = bool((frame["status"] == int(Status.SIMULATED)).any())
    parts = queries.months(frame, {indicator.key: indicator.kind}).drop_nulls("value")
    if indicator.kind == Indicator.Kind.STOCK:
        parts = parts.with_columns(pl.col("start_month") + pl.col("months") - 1, pl.lit(1, pl.Int32).alias("months"))
    sums = parts.group_by("start_month", "months").agg(
        pl.col("value").cast(pl.Int128).sum().cast(pl.String), pl.len().alias("count")
    )
    most = sums["count"].max() or 0
    kept = sums.filter(pl.col("count") * 2 >= most).sort("start_month", "months")
    return [
        Point(Span(start, months), exact(int(value)) or Decimal(0), count, simulated)
        for start, months, value, count in kept.iter_rows()
    ]


def latest_span(actor: Actor, indicator: Indicator, *, basis: Basis, as_of: AsOf = None) -> Span | None:
    """The last span for which at least half as many report as ever did."""
    rows = queries.observations(actor, indicators=[indicator.key], basis=basis, as_of=as_of)
    last = queries.last_month(actor, indicator.key, basis=basis, as_of=as_of)
    if last is None:
        return None
    recent = rows.filter(start_month__gte=last // 12 * 12 - 12).order_by().values("start_month", "months")
    counted = [(Span(row["start_month"], row["months"]), row["n"]) for row in recent.annotate(n=Count("pk"))]
    most = max(count for _span, count in counted)
    return max((span for span, count in counted if count * 2 >= most), key=lambda span: (span.end_month, span.months))


def reporting(actor: Actor, *, as_of: AsOf = None) -> list[tuple[Subject, str]]:
    """The subjects with figures and their names, by kind and then by name as a Chinese reader looks for it."""
    found = list(queries.reporting(actor, as_of=as_of))
    names = facts.names([subject.pk for subject in found], on=facts.today(), as_of=as_of)
    named = [(subject, names.get(subject.pk, subject.id_part)) for subject in found]
    return sorted(named, key=lambda pair: (pair[0].kind, pinyin(pair[1]), pair[0].key))
