"""Sums for those without a right to the rows: the one place where they are protected, and the act of publishing them.

A table is one indicator by sector over a year. A cell that tells of one enterprise, by itself or with the others, is
hidden (``engines.statistics.protection``); hidden cells keep neither value nor number of contributors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction

from zhizao.apps.ledger import queries
from zhizao.apps.ledger.definitions import definitions
from zhizao.apps.ledger.models import Indicator, Publication, Status
from zhizao.apps.ledger.queries import Basis, exact
from zhizao.base.audit import services as audit
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Membership, Subject
from zhizao.kernel.result import Problem, Refused, mark
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    import polars as pl

    from zhizao.base.accounts.models import Area, User


def protected(contributions: pl.DataFrame, *, may_be_negative: bool) -> dict[str, tuple[int | None, int | None]]:
    """Cells that may be shown, by name (``*`` is the total): value in millionths and contributors, or neither.

    Parameters
    ----------
    contributions : DataFrame
        ``group``, ``subject``, ``value`` (millionths).
    """
    from zhizao.engines.statistics.protection import Rules, protect, tabulate

    words = definitions().publication
    limits = Rules(words["least_contributors"], words["dominance_pct"], words["p_pct"])
    cells, totals = tabulate(contributions, [["group"]])
    shown = protect(cells, totals, limits, lowest=None if may_be_negative else 0).cells
    counts = dict(cells.select("cell", "contributors").iter_rows())
    return {
        cell: (value, counts[cell]) if value is not None else (None, None)
        for cell, value in shown.select("cell", "shown").iter_rows()
    }


@transaction.atomic
def publish(*, actor: User | None, area: Area, indicator: Indicator, span: Span) -> Publication:
    """Publish an indicator by sector for a span, protected; once for each span.

    Raises
    ------
    PermissionDenied : the actor may not publish for the area.
    Refused : it is published already, is none of those that are published, or has no figures.
    """
    if actor is not None and not rules.has_perm("ledger.publish", actor, area):
        raise PermissionDenied
    if indicator.key not in definitions().publication["indicators"]:
        raise _refusal(mark("%(indicator)s is not among the indicators that are published."), indicator, span)
    same = {"area": area, "indicator": indicator, "start_month": span.start_month, "months": span.months}
    if Publication.objects.filter(**same).exists():
        raise _refusal(
            mark("%(indicator)s is published for %(span)s; a second table would tell of corrections."), indicator, span
        )
    if any(_overlap(table, area, span) for table in Publication.objects.filter(indicator=indicator)):
        raise _refusal(
            mark("A table of %(indicator)s that overlaps %(span)s is published: the two would tell more than each."),
            indicator,
            span,
        )
    rows, names, simulated = _contributions(area, indicator, span)
    if rows.is_empty():
        raise _refusal(mark("%(indicator)s has no figures for %(span)s by sector."), indicator, span)
    found = protected(rows, may_be_negative=indicator.definition["below_zero"] != "error")
    cells: list[dict[str, Any]] = [
        {
            "name": "" if cell == "*" else names[cell],
            "value": None if value is None else format(exact(value) or 0, "f"),
            "contributors": count,
        }
        for cell, (value, count) in sorted(found.items(), key=lambda item: (item[0] != "*", names.get(item[0], "")))
    ]
    made = Publication.objects.create(**same, cells=cells, simulated=simulated, made_by=actor)
    audit.record(actor=actor, action="ledger.table.publish", target=made, area=area, details={"span": str(span)})
    return made


def _overlap(table: Publication, area: Area, span: Span) -> bool:
    """Whether a table has months and enterprises in common with one that is to come: areas hold each other or nothing.

    Each table is protected by itself; what is hidden in one could be the difference of two that overlap.
    """
    nested = table.area.path.startswith(area.path) or area.path.startswith(table.area.path)
    return nested and table.start_month < span.end_month and span.start_month < table.span.end_month


def _contributions(area: Area, indicator: Indicator, span: Span) -> tuple[pl.DataFrame, dict[str, str], bool]:
    """What each enterprise adds to its sector, the sectors' names, and whether any of it is simulated."""
    import polars as pl

    inside = Subject.objects.filter(area__path__startswith=area.path, kind=Subject.Kind.ENTERPRISE)
    rows = queries.observations(None, subjects=inside, indicators=[indicator.key], within=span, basis=Basis())
    found = list(
        rows.filter(start_month=span.start_month, months=span.months).values_list("series__subject", "value", "status")
    )
    parents = facts.parents([pk for pk, *_rest in found], tree=Membership.Tree.SECTOR, on=span.last_day)
    names = facts.names({parent.pk for some in parents.values() for parent in some}, on=span.last_day)
    listed = [(str(parents[pk][0].pk), str(pk), value) for pk, value, _status in found if pk in parents]
    frame = pl.DataFrame(
        listed, schema={"group": pl.String, "subject": pl.String, "value": pl.Int64}, orient="row"
    ).drop_nulls("value")
    said = {str(parent.pk): names.get(parent.pk, parent.id_part) for some in parents.values() for parent in some}
    return frame, said, any(status == Status.SIMULATED for *_rest, status in found)


def _refusal(message: str, indicator: Indicator, span: Span) -> Refused:
    params = {"indicator": str(indicator), "span": span.to_chinese()}
    remedy = mark("Choose another indicator or year.")
    return Refused(Problem("ledger.not_published", message, remedy=remedy, params=params))
