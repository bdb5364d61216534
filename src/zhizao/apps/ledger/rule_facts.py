"""What the rules of the ladder ask for and the ledger knows: R&D, revenue and staff of whole calendar years.

Which indicator a fact is, and of which years, stands with the rules (``packs/china/rules/facts.csv``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhizao.apps.ledger import figures, queries
from zhizao.apps.ledger.figures import Reference
from zhizao.apps.ledger.models import Indicator, Status
from zhizao.apps.ledger.queries import Basis, exact
from zhizao.apps.registry.evidence import Known
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    import polars as pl

    from zhizao.apps.registry.queries import Actor, View
    from zhizao.base.facts.models import Subject
    from zhizao.engines.ladder import FactKind

MONTHS = 12


def known(actor: Actor, subject: Subject, seen: View) -> Mapping[str, Known]:
    """The facts of an enterprise whose years are fully known, each opening its figure."""
    if not actor.has_perm("ledger.view"):
        return {}
    rows = queries.observations(actor, subjects=[subject.pk], basis=Basis(), as_of=seen.as_of)
    if not rows.exists():
        return {}
    from zhizao.engines.ladder import facts  # polars: only where there are figures

    asked = {name: kind for name, kind in facts().items() if kind.indicator}
    first = min(_span(kind, seen.on.year).start_month for kind in asked.values())
    rows = rows.filter(series__indicator__key__in={kind.indicator for kind in asked.values()}, start_month__gte=first)
    by_indicator = queries.frame(rows).partition_by("indicator", as_dict=True)
    kinds = figures.kinds_of()
    found: dict[str, Known] = {}
    for (indicator,), frame in by_indicator.items():
        spans = {name: _span(kind, seen.on.year) for name, kind in asked.items() if kind.indicator == indicator}
        if kinds[str(indicator)] == Indicator.Kind.STOCK:
            spans = {name: Span(span.end_month - 1, 1) for name, span in spans.items()}
        simulated = bool((frame["status"] == int(Status.SIMULATED)).any())
        observed = set(frame.select("start_month", "months").iter_rows())
        for (name, span), value in zip(spans.items(), _values(frame, kinds[str(indicator)], spans), strict=True):
            if value is not None:
                source = _("ledger, %(span)s") % {"span": span.to_chinese()}
                reference = str(Reference(subject.key, str(indicator), span, Basis()))
                opens = reference if (span.start_month, span.months) in observed else ""
                found[name] = Known(exact(value), source, opens, simulated)
    return found


def _span(kind: FactKind, year: int) -> Span:
    """The calendar years that a fact is about on a day of a year."""
    return Span(Span.of_year(year - kind.years_back).start_month, kind.years * MONTHS)


def _values(frame: pl.DataFrame, kind: str, spans: Mapping[str, Span]) -> list[int | None]:
    """What the figures of one indicator determine for each span."""
    import polars as pl

    from zhizao.engines.statistics import Kind, solve, values

    wanted = pl.DataFrame(
        [(span.start_month, span.months) for span in spans.values()], ["start_month", "months"], orient="row"
    )
    return values(solve(frame.drop_nulls("value"), by=["subject"], kind=Kind(kind)), wanted)["value"].to_list()
