"""The figures of an area's enterprises over a span, beside those of the year before: what growth is computed from.

A month of a flow that is reported as year to date is the difference of two such figures of one enterprise; where one
of them is unknown, so is the month. January and February are one span.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhizao.apps.ledger import monitoring, queries, spanning
from zhizao.apps.ledger.queries import Basis
from zhizao.base.evidence import canonical
from zhizao.base.facts.models import Subject
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    import polars as pl

    from zhizao.apps.cockpit.book import Asked
    from zhizao.apps.ledger.queries import AsOf

BASIS = Basis()


@dataclass(frozen=True, slots=True)
class Sample:
    """``frame`` as ``engines.statistics.decompose`` takes it; ``simulated``: the indicators with such figures."""

    frame: pl.DataFrame
    simulated: frozenset[str]

    @property
    def sha256(self) -> str:
        """The fingerprint of its figures, by the keys of subjects: their primary keys are this database's only."""
        keys = subject_keys(self.frame["subject"])
        return canonical.sha256(sorted([key, keys[pk], *rest] for key, pk, *rest in self.frame.iter_rows()))


def subject_keys(pks: Iterable[int]) -> dict[int, str]:
    """The permanent key of each subject."""
    found = Subject.objects.in_bulk(list(set(pks)))
    return {pk: subject.key for pk, subject in found.items()}


def sample(asked: Asked, kinds: Mapping[str, str], span: Span) -> Sample:
    """One row an indicator and enterprise that has a figure in this span or in that of the year before."""
    import polars as pl

    before = span.year_earlier()
    now, base_now = known(asked, kinds, span, asked.as_of), known(asked, kinds, before, asked.as_of)
    base_then = known(asked, kinds, before, monitoring.same_age(asked.as_of))
    silent = (base_now.keys() | base_then.keys()) - now.keys()
    late = monitoring.reported_lately(None, silent, span.end_month, basis=BASIS, as_of=asked.as_of)
    rows = [
        (*pair, pair in now or pair in late, now.get(pair), base_now.get(pair), base_then.get(pair))
        for pair in sorted(now.keys() | base_now.keys() | base_then.keys())
    ]
    schema = {
        "indicator": pl.String,
        "subject": pl.Int64,
        "in_sample": pl.Boolean,
        "value": pl.Int64,
        "base_now": pl.Int64,
        "base_then": pl.Int64,
    }
    return Sample(pl.DataFrame(rows, schema=schema, orient="row"), frozenset(now.simulated | base_now.simulated))


def known(asked: Asked, kinds: Mapping[str, str], span: Span, as_of: AsOf) -> spanning.Values:
    """Each enterprise's figure of a span, as known at an instant."""
    subjects = Subject.objects.filter(kind=Subject.Kind.ENTERPRISE, area__path__startswith=asked.area.path)

    def values(of: Span, wanted: Mapping[str, str]) -> spanning.Values:
        return spanning.values(None, wanted, of, basis=BASIS, subjects=subjects.order_by().values("pk"), as_of=as_of)

    found = values(span, kinds)
    flows = {key: kind for key, kind in kinds.items() if kind == "flow"}
    if not flows or span.is_year_to_date or not span.is_month:
        return found
    to_date = Span.from_to(Span.of_month(span.first_year, 1), span)
    last, first = values(to_date, flows), values(Span(to_date.start_month, to_date.months - 1), flows)
    for pair in last.keys() - found.keys():
        now, earlier = last[pair], first.get(pair)
        if now is not None and earlier is not None:
            found[pair] = now - earlier
    found.simulated |= last.simulated
    return found


def has_figures(asked: Asked) -> bool:
    """Whether anything is known of the area's enterprises in the months from January to this one."""
    subjects = Subject.objects.filter(kind=Subject.Kind.ENTERPRISE, area__path__startswith=asked.area.path)
    return queries.observations(
        None, subjects=subjects.order_by().values("pk"), within=asked.to_date, basis=BASIS, as_of=asked.as_of
    ).exists()


def statuses(asked: Asked, keys: list[str]) -> dict[str, int]:
    """How many figures of the year so far have each status, by the status' name."""
    from django.db.models import Count

    subjects = Subject.objects.filter(kind=Subject.Kind.ENTERPRISE, area__path__startswith=asked.area.path)
    rows = queries.observations(
        None,
        subjects=subjects.order_by().values("pk"),
        indicators=keys,
        within=asked.to_date,
        basis=BASIS,
        as_of=asked.as_of,
    )
    counted = rows.order_by().values_list("status").annotate(count=Count("pk"))
    return {queries.Status(status).key: count for status, count in counted}
