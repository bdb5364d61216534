"""A figure on a page, and all that stands behind it: the drawer's contents.

A reference names a figure by what it is, not by a row, so that it opens what was known on the day looked back to:
``figure:<subject>~<indicator>~<span>~<scope>~<price basis>`` and, for a sum over a tree, ``~<tree>``; over a tier of
the register, no subject and ``~tier=<tier>``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from zhizao.apps.ledger import queries, spanning
from zhizao.apps.ledger.models import Indicator, Observation, Status
from zhizao.apps.ledger.queries import Basis, exact
from zhizao.apps.registry import queries as registry
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Subject
from zhizao.base.ui.numbers import period
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhizao.apps.ledger.queries import Actor, AsOf

KIND = "figure"
TIER = "tier="
SHOWN_PARTS = 20


@dataclass(frozen=True, slots=True)
class Reference:
    """What a figure is."""

    subject: str
    indicator: str
    span: Span
    basis: Basis
    tree: str = ""

    def __str__(self) -> str:
        parts = [self.subject, self.indicator, str(self.span), self.basis.scope, self.basis.price_basis]
        return f"{KIND}:{'~'.join([*parts, self.tree] if self.tree else parts)}"

    @classmethod
    def parse(cls, rest: str) -> Reference | None:
        """Read what ``str`` writes, without its kind; ``None`` if it is no reference."""
        parts = rest.split("~")
        if len(parts) not in (5, 6):
            return None
        try:
            span = Span.parse(parts[2])
        except Refused:
            return None
        return cls(parts[0], parts[1], span, Basis(parts[3], parts[4]), parts[5] if len(parts) > 5 else "")


@dataclass(frozen=True, slots=True)
class Said:
    """One row of the ledger, for reading: a figure as it was said once."""

    row: Observation

    @property
    def value(self) -> Decimal | None:
        return exact(self.row.value)


@dataclass(frozen=True, slots=True)
class Part:
    """A figure that another is made of; opens its own evidence."""

    label: str
    span: str
    value: Decimal | None
    unit: str
    reference: str
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What the drawer says of one figure."""

    indicator: Indicator
    subject_name: str
    span: str
    value: Decimal | None
    status: str
    simulated: bool
    how: str  # observed, determined, derived or sum
    said: list[Said] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    more: int = 0
    template: str = "ledger/evidence.html"

    @property
    def name(self) -> str:
        return str(self.indicator)


def resolve(actor: Actor, rest: str, *, as_of: date | None) -> Shown | None:
    """The evidence of a figure; ``None`` if there is none that the actor may see."""
    reference = Reference.parse(rest)
    indicator = Indicator.objects.filter(key=reference.indicator).first() if reference else None
    if reference is None or indicator is None:
        return None
    if reference.tree.startswith(TIER):
        tier = reference.tree.removeprefix(TIER)
        members = in_tier(actor, tier, on=reference.span.last_day, as_of=as_of)
        return _sum(actor, reference, members.values("pk"), indicator, tier, as_of)
    subject = queries.subjects(actor).filter(key=reference.subject).first()
    if subject is None:
        return None
    name = name_of(subject, on=reference.span.last_day, as_of=as_of)
    if reference.tree:
        members = facts.below(subject, tree=reference.tree, on=reference.span.last_day, as_of=as_of)
        return _sum(actor, reference, members, indicator, name, as_of)
    if indicator.is_derived:
        return _derived(actor, reference, subject, indicator, name, as_of)
    return _observed(actor, reference, subject, indicator, name, as_of)


def name_of(subject: Subject, *, on: date, as_of: AsOf = None) -> str:
    """What a subject is called, or its key."""
    return facts.names([subject.pk], on=on, as_of=as_of).get(subject.pk, subject.id_part)


def _observed(
    actor: Actor, ref: Reference, subject: Subject, indicator: Indicator, name: str, as_of: AsOf
) -> Shown | None:
    rows = queries.observations(
        actor, subjects=[subject.pk], indicators=[indicator.key], basis=ref.basis, as_of=as_of
    ).select_related("series", "origin__batch__made_by")
    row = rows.filter(start_month=ref.span.start_month, months=ref.span.months).first()
    if row is not None:
        said = [Said(item) for item in queries.history(row, as_of=as_of)]
        status = Status(row.status)
        simulated = status is Status.SIMULATED
        span = period(ref.span)
        return Shown(indicator, name, span, exact(row.value), str(status.label), simulated, "observed", said=said)
    return _determined(ref, rows, indicator, name)


def _determined(ref: Reference, rows: Iterable[Observation], indicator: Indicator, name: str) -> Shown | None:
    """A month between cumulative figures: the observations of its years that give it."""
    first, last = ref.span.first_year * 12, (ref.span.last_year + 1) * 12
    near = [row for row in rows if first <= row.start_month and row.span.end_month <= last]
    found = {span: value for span, value, _ in monthly(near, indicator)}
    if ref.span not in found:
        return None
    edges = {ref.span.start_month, ref.span.end_month}
    used = [row for row in near if {row.start_month, row.span.end_month} & edges]
    parts = [
        Part(
            str(indicator),
            period(row.span),
            exact(row.value),
            indicator.unit,
            str(Reference(ref.subject, ref.indicator, row.span, ref.basis)),
            row.status == Status.SIMULATED,
        )
        for row in sorted(used, key=lambda row: row.span)
    ]
    simulated = any(row.status == Status.SIMULATED for row in near)
    return Shown(indicator, name, period(ref.span), found[ref.span], "", simulated, "determined", parts=parts)


def monthly(rows: Iterable[Observation], indicator: Indicator) -> list[tuple[Span, Decimal | None, bool]]:
    """The finest spans that the figures of one series determine, and whether anything simulated is in the series."""
    import polars as pl

    listed = list(rows)
    simulated = any(row.status == Status.SIMULATED for row in listed)
    frame = pl.DataFrame(
        [("", indicator.key, "", "", row.start_month, row.months, row.value) for row in listed],
        schema=dict(zip(_COLUMNS, (pl.String,) * 4 + (pl.Int32, pl.Int32, pl.Int64), strict=True)),
        orient="row",
    )
    found = queries.months(frame, {indicator.key: indicator.kind})
    return [
        (Span(start, months), exact(value), simulated)
        for start, months, value in found.select("start_month", "months", "value").sort("start_month").iter_rows()
    ]


_COLUMNS = ("subject", "indicator", "scope", "price_basis", "start_month", "months", "value")


def _derived(
    actor: Actor, ref: Reference, subject: Subject, indicator: Indicator, name: str, as_of: AsOf
) -> Shown | None:
    from zhizao.apps.ledger.deriving import derive, inputs

    kinds = kinds_of()
    needed = inputs(indicator, frozenset(kinds))
    rows = queries.observations(actor, subjects=[subject.pk], indicators=needed, basis=ref.basis, as_of=as_of)
    frame = queries.frame(rows)
    figures = all_spans(frame, kinds)
    found = derive(figures, indicator, kinds)
    at = {(start, months): value for start, months, value in found.select("start_month", "months", "value").iter_rows()}
    here = (ref.span.start_month, ref.span.months)
    if here not in at:
        return None
    known = {
        (key, start if kinds[key] != "stock" else None, start + months): (Span(start, months), value)
        for key, start, months, value in figures.select("indicator", "start_month", "months", "value").iter_rows()
    }
    parts = []
    for used in Indicator.objects.filter(key__in=needed):
        place = (used.key, ref.span.start_month if used.kind != "stock" else None, ref.span.end_month)
        span, value = known.get(place, (ref.span, None))
        reference = Reference(ref.subject, used.key, span, ref.basis)
        parts.append(Part(str(used), period(span), exact(value), used.unit, str(reference)))
    simulated = (frame["status"] == int(Status.SIMULATED)).any()
    return Shown(indicator, name, period(ref.span), exact(at[here]), "", bool(simulated), "derived", parts=parts)


def all_spans(frame, kinds: Mapping[str, str]):
    """Figures over the spans observed and the finest that they determine."""
    import polars as pl

    columns = list(_COLUMNS)
    both = pl.concat([frame.select(columns), queries.months(frame, dict(kinds)).select(columns)])
    return both.unique([name for name in columns if name != "value"], keep="first", maintain_order=True)


def kinds_of() -> dict[str, str]:
    """Each indicator's kind."""
    return dict(Indicator.objects.values_list("key", "kind"))


def in_tier(actor: Actor, tier: str, *, on: date, as_of: AsOf) -> QuerySet[Subject]:
    """The enterprises that the register has in a tier on a day, those that the actor sees."""
    named = registry.enterprises(actor, registry.Wanted(tier=tier), registry.View(on, as_of))
    return Subject.objects.filter(pk__in=named.order_by().values("subject"))


def _sum(
    actor: Actor,
    ref: Reference,
    members: Iterable[int] | QuerySet[Subject],
    indicator: Indicator,
    name: str,
    as_of: AsOf,
) -> Shown | None:
    """A sum over members, with the largest figures in it; months are added up where the span was not reported."""
    found = spanning.values(
        actor, {indicator.key: indicator.kind}, ref.span, basis=ref.basis, subjects=members, as_of=as_of
    )
    if not found:
        return None
    known = {pk: value for (_key, pk), value in found.items() if value is not None}
    largest = sorted(known, key=lambda pk: (-known[pk], pk))[:SHOWN_PARTS]
    names = facts.names(largest, on=ref.span.last_day, as_of=as_of)
    keys = Subject.objects.in_bulk(largest)
    simulated = bool(found.simulated)
    parts = [
        Part(
            names.get(pk, keys[pk].id_part),
            "",
            exact(known[pk]),
            indicator.unit,
            str(Reference(keys[pk].key, indicator.key, ref.span, ref.basis)),
            simulated,
        )
        for pk in largest
    ]
    return Shown(
        indicator,
        name,
        period(ref.span),
        exact(sum(known.values())) if known else None,
        "",
        simulated,
        "sum",
        parts=parts,
        more=max(0, len(found) - SHOWN_PARTS),
    )
