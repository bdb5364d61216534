"""What is known of an area's enterprises at the end of a day, on the grid that the engine takes.

Everything that was ever said is read once (``said``); what was known on a day is picked out of it (``at``), so that a
run of many past days asks the ledger one time. The last month of which half of those tell who tell most is the month
of a run: who reports ahead of the others does not make them look silent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from zhizao.apps.ledger import queries as ledger
from zhizao.apps.ledger.queries import Basis
from zhizao.apps.warning.rules import Rules, rules_of
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Membership, Subject
from zhizao.kernel.result import Problem, Refused, mark
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from zhizao.base.accounts.models import Area
    from zhizao.engines.warning.figures import Figures
    from zhizao.engines.warning.running import Warnings
    from zhizao.engines.warning.settings import Watch

MILLION = 1_000_000
EVER = Span(1949 * 12, 200 * 12)
BASIS = Basis()


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """What is known.

    Attributes
    ----------
    rules : what the area is watched by on the day
    rows : figures as known then: ``subject``, ``indicator``, ``start_month``, ``months``, ``value`` (millionths),
        ``status``
    figures : the same on the engine's grid, up to the month of the run
    subjects : key to primary key
    sectors : key of each sector to its name
    month : year × 12 + month − 1
    simulated : keys of enterprises with simulated figures
    sha256 : of figures and sectors
    """

    area: Area
    as_of: date
    rules: Rules
    rows: pl.DataFrame
    figures: Figures
    subjects: Mapping[str, int]
    sectors: Mapping[str, str]
    month: int
    simulated: frozenset[str]
    sha256: str

    @property
    def watch(self) -> Watch:
        return self.rules.watch

    @property
    def last_day(self) -> date:
        """The last day of the month of the run."""
        return Span(self.month, 1).last_day


@dataclass(frozen=True, slots=True)
class Case:
    """Facts about a subject that a rule is asked with, and how they are told.

    ``rows`` are of the arithmetic (``telling.row``), ``references`` open evidence, ``sentence`` is a msgid.
    """

    subject: str
    facts: Mapping[str, float | int | None]
    sentence: str
    params: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    rows: tuple[Mapping[str, Any], ...] = ()
    references: tuple[str, ...] = ()
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """What was not looked at, and why: a msgid with its params."""

    family: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What the gatherers of the other families look at."""

    gathered: Gathered
    found: Warnings


def said(area: Area, watch: Watch) -> pl.DataFrame:
    """Everything ever said of the watched indicators of the area's enterprises, with ``known_from``."""
    import polars as pl

    parts = []
    for indicator in watch.indicators:
        rows = ledger.vintages(None, indicator=indicator, within=EVER, basis=BASIS)
        parts.append(ledger.frame(rows.filter(series__subject__area__path__startswith=area.path)))
    return pl.concat(parts)


def at(area: Area, told: pl.DataFrame, day: date) -> Gathered:
    """What was known at the end of a day, of all that was ever said.

    Raises
    ------
    Refused
        ``warning.nothing_known``: no figure of an enterprise was known by then; as ``rules.rules_of``.
    """
    import polars as pl

    rules = rules_of(area, day)
    same = ["subject", "indicator", "start_month", "months"]
    known = told.filter(pl.col("known_from") <= facts.instant(day).astimezone(UTC)).sort(
        "known_from", maintain_order=True
    )
    known = known.unique(same, keep="last", maintain_order=True).sort(same)
    digest = hashlib.sha256(known.drop("known_from").write_csv().encode())
    rows = known.select(*same, "value", "status")
    if rows["value"].null_count() == len(rows):
        message = mark("Nothing was known of enterprises in %(area)s on %(day)s.")
        remedy = mark("Take in figures, or ask for a later day.")
        params = {"area": area.name, "day": day.isoformat()}
        raise Refused(Problem("warning.nothing_known", message, remedy=remedy, params=params))
    subjects = dict(Subject.objects.filter(key__in=rows["subject"].unique().to_list()).values_list("key", "pk"))
    sector_of, sectors = _sectors(subjects, day)
    digest.update(repr((sorted(sector_of.items()), sorted(sectors.items()))).encode())
    figures, month = _figures(rows, sector_of, rules.watch)
    simulated = rows.filter(pl.col("status") == int(ledger.Status.SIMULATED))["subject"].unique()
    return Gathered(area, day, rules, rows, figures, subjects, sectors, month, frozenset(simulated), digest.hexdigest())


def _sectors(subjects: Mapping[str, int], day: date) -> tuple[dict[str, str], dict[str, str]]:
    """The sector of each enterprise by key, and the sectors' names."""
    key_of = {pk: key for key, pk in subjects.items()}
    above = facts.parents(key_of, tree=Membership.Tree.SECTOR, on=day, as_of=day)
    parents = {parents[0] for parents in above.values()}
    called = facts.names([parent.pk for parent in parents], on=day, as_of=day)
    names = {parent.key: called.get(parent.pk, parent.id_part) for parent in parents}
    return {key_of[pk]: parents[0].key for pk, parents in above.items()}, names


def _figures(rows: pl.DataFrame, sector_of: Mapping[str, str], watch: Watch) -> tuple[Figures, int]:
    """The grid up to the last month that counts, and that month."""
    import numpy as np
    import polars as pl

    from zhizao.engines.warning.figures import figures_of, months_of

    spans = rows.select("start_month", "months").unique()
    texts = [(start, months, str(Span(start, months))) for start, months in spans.iter_rows()]
    named = pl.DataFrame(texts, schema={**spans.schema, "span": pl.String}, orient="row")
    sector = pl.col("subject").replace_strict(sector_of, default="", return_dtype=pl.String)
    frame = rows.join(named, on=["start_month", "months"], how="left", maintain_order="left").select(
        "subject", "indicator", "span", value=pl.col("value") / MILLION, sector=sector
    )
    found = figures_of(frame, stocks=watch.stocks)
    told = np.any([np.isfinite(values) for values in found.values.values()], axis=0).sum(axis=0)
    cells = int(np.flatnonzero(2 * told >= told.max())[-1]) + 1
    cut = replace(found, values={key: values[:, :cells] for key, values in found.values.items()})
    return cut, int(months_of(np.array([found.first_cell + cells - 1]))[0])
