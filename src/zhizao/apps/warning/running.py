"""The work of a run: what is known at the end of a day, the alarms of its month with their arithmetic, and the rest.

A run tells the alarms that begin in the last cells up to its month; a month later figures may still bring one of the
cells before to light. The output has no clock and no language in it; the same run gives the same bytes, and a run of a
past day knows nothing of what came later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from zhizao.apps.warning import families, gathering, judging, rules, runs, telling
from zhizao.apps.warning.gathering import Case, Gathered, Missing, Seen
from zhizao.apps.warning.judging import GRAVITY, Called
from zhizao.apps.warning.reasons import CHANGED, STANDS, WITHDRAWN
from zhizao.base.evidence import canonical
from zhizao.base.facts import queries as facts
from zhizao.kernel.result import Refused, mark
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from zhizao.base.accounts.models import Area
    from zhizao.engines.warning.running import Warnings

WINDOW_CELLS: Final = 3
"""So many cells, the month's included, a run tells alarms of: the engine's score looks back as far."""
SILENT: Final = "silent"
Step = Callable[[str], None]
READ, ENTERPRISES, REST = (
    mark("Reading what was known"),
    mark("Looking at each enterprise"),
    mark("Looking at targets, chains and the rest"),
)


@dataclass(frozen=True, eq=False)
class Made:
    """What a run gave.

    Attributes
    ----------
    record, output : what is kept, and its bytes; ``prosperity`` is a part of its own, empty where there is none
    standing : of an alarm (rule, subject, about, start_month) why it lapses, ``STANDS`` if it does not, ``None`` where
        this run did not look
    """

    area: Area
    as_of: date
    record: dict[str, Any]
    output: bytes
    prosperity: bytes
    inputs: dict[str, str]
    standing: Callable[[str, str, str, int], str | None]
    subjects: Mapping[str, int] = field(default_factory=dict)

    def parameters(self, part: str) -> dict[str, Any]:
        """As the run keeps them."""
        return {"part": part, "area": self.area.code, "window_cells": WINDOW_CELLS}


def make(area: Area, as_of: date, *, told: pl.DataFrame | None = None, step: Step) -> Made:
    """Find the alarms of an area as of the end of a day.

    Parameters
    ----------
    told : everything ever said (``gathering.said``), if it is at hand; it saves reading it again and changes nothing
    step : told what is being done

    Raises
    ------
    Refused
        As ``gathering.at``.
    """
    from zhizao.apps.warning import prosperity
    from zhizao.engines.warning.running import run

    step(READ)
    if told is None:
        told = gathering.said(area, rules.watch_of(area, as_of))
    gathered = gathering.at(area, told, as_of)
    step(ENTERPRISES)
    found = run(gathered.figures, gathered.watch)
    step(REST)
    cases, missing = _gather(Seen(gathered, found))
    called, untold = judging.judged(gathered, cases)
    record = {
        "area": area.code,
        "as_of": as_of.isoformat(),
        "month": str(Span(gathered.month, 1)),
        "enterprises": len(gathered.figures.subjects),
        "alarms": [*_of_enterprises(gathered, found), *_of_areas(gathered, _begun(gathered, called))],
        "called": [[*one.key, one.severity] for one in called],
        "not_looked_at": [_missing(one) for one in (*missing, *untold)],
        "simulated": bool(gathered.simulated),
    }
    groups = prosperity.record(gathered, found)
    inputs = {
        "figures": gathered.sha256,
        "rules": gathered.rules.sha256,
        "facts": canonical.sha256([[family, [asdict(case) for case in told]] for family, told in cases.items()]),
        "missing": canonical.sha256([_missing(one) for one in missing]),
        "before": canonical.sha256([run.output_sha256 for run in runs.before(area, as_of=as_of)]),
        "groups": groups["sha256"],
        "sources": sources_sha256(),
    }
    looked = {family for family in cases if family not in {one.family for one in missing}}
    return Made(
        area=area,
        as_of=as_of,
        record=record,
        output=canonical.dumps(record),
        prosperity=canonical.dumps(groups),
        inputs=inputs,
        standing=_standing(gathered, found, called, looked),
        subjects=gathered.subjects,
    )


def _gather(seen: Seen) -> tuple[dict[str, list[Case]], list[Missing]]:
    """The cases of every family; a family that cannot be gathered is listed with the reason, the others go on."""
    cases: dict[str, list[Case]] = {}
    missing: list[Missing] = []
    for family, gather in families.GATHERERS.items():
        try:
            found, lacks = gather(seen)
        except Refused as refused:
            found, lacks = [], [Missing(family, one.message, one.params) for one in refused.problems]
        cases[family] = list(found)
        missing += lacks
    return cases, missing


def _of_enterprises(gathered: Gathered, found: Warnings) -> Iterator[dict[str, Any]]:
    recent = dict(list(zip(found.figures.months(), range(found.figures.cells), strict=True))[-WINDOW_CELLS:])
    enterprises, silent = telling.Enterprises(gathered, found), gathered.watch.quiet_cells
    rows = found.alarms.filter(found.alarms["month"].is_in(list(recent)))
    for alarm in rows.sort("month", "rule", "subject").iter_rows(named=True):
        month, family = Span.parse(alarm["month"]).start_month, rules.family_of(alarm["rule"])
        subject, cell = alarm["subject"], recent[alarm["month"]]
        if family == SILENT and not _begins(found.called[alarm["rule"]][enterprises.place[subject]], cell, silent):
            continue
        case = enterprises.case(subject, rule=alarm["rule"], family=family, month=month, cell=cell)
        yield _alarm(gathered, Called(alarm["rule"], case, alarm["score"], alarm["severity"]), month)


def _begins(called: Any, cell: int, silent: int) -> bool:
    """Whether a rule calls more gravely than in the cells before: who has long been silent is not told of again."""
    return bool(called[cell] > max(called[max(cell - silent, 0) : cell], default=0))


def _of_areas(gathered: Gathered, called: Iterable[Called]) -> Iterator[dict[str, Any]]:
    for one in sorted(called, key=lambda one: one.key):
        yield _alarm(gathered, one, gathered.month)


def _alarm(gathered: Gathered, called: Called, month: int) -> dict[str, Any]:
    case = called.case
    bound = gathered.rules.bound(called.rule, on=Span(month, 1).last_day)
    return {
        "rule": called.rule,
        "family": rules.family_of(called.rule),
        "subject": case.subject,
        "about": case.about,
        "start_month": month,
        "months": 1,
        "score": called.score,
        "severity": called.severity,
        "facts": {
            "inputs": dict(case.facts),
            "parameters": {name: str(value) for name, value in bound.parameters.items()},
            "sentence": case.sentence,
            "params": dict(case.params),
            "rows": list(case.rows),
        },
        "references": list(case.references),
        "simulated": case.simulated,
    }


def _begun(gathered: Gathered, called: Iterable[Called]) -> list[Called]:
    """What is called now and was not, or less gravely, in the months before in which a rule stays silent."""
    silent = gathered.watch.quiet_cells
    before: dict[tuple[str, ...], int] = {}
    for run in runs.before(gathered.area, as_of=gathered.as_of):
        record = runs.read(run)
        ago = cell_of(gathered.month) - cell_of(Span.parse(record["month"]).start_month)
        if 0 < ago <= silent:
            for *key, severity in record["called"]:
                before[tuple(key)] = max(before.get(tuple(key), 0), GRAVITY[severity])
    return [one for one in called if GRAVITY[one.severity] > before.get(one.key, 0)]


def _standing(
    gathered: Gathered, found: Warnings, called: Iterable[Called], looked: set[str]
) -> Callable[[str, str, str, int], str | None]:
    """What has become of earlier alarms, as this run sees it."""
    import numpy as np

    place = {subject: row for row, subject in enumerate(found.figures.subjects)}
    known = np.any([np.isfinite(values) for values in found.figures.values.values()], axis=0)
    keys = {one.key for one in called}

    def standing(rule: str, subject: str, about: str, month: int) -> str | None:
        family = rules.family_of(rule)
        if family in families.GATHERERS:
            if month != gathered.month or family not in looked:
                return None
            return STANDS if (rule, subject, about) in keys else CHANGED
        cell = cell_of(month) - found.figures.first_cell
        if rule not in found.called or not cell < found.figures.cells:
            return None
        if subject not in place or cell < 0:
            return WITHDRAWN
        if found.called[rule][place[subject], cell]:
            return STANDS
        return CHANGED if family == SILENT or known[place[subject], cell] else WITHDRAWN

    return standing


def cell_of(month: int) -> int:
    """The engine's cell of a month: year × 11 + place, January and February in one.

    >>> [cell_of(2025 * 12 + month) - 2025 * 11 for month in (0, 1, 2, 11)]
    [0, 0, 1, 10]
    """
    return month // 12 * 11 + max(month % 12 - 1, 0)


def _missing(one: Missing) -> dict[str, Any]:
    return {"family": one.family, "message": one.message, "params": dict(one.params)}


WORKING: Final = ("families", "gathering", "judging", "prosperity", "rules", "running", "runs", "standing", "telling")
"""The modules beside the gatherers by which a run is made; dated rules are in its inputs by themselves."""


@cache
def sources() -> dict[str, bytes]:
    """The code by which a run is made, by path: the engine, the gatherers and the modules here that work."""
    home = files("zhizao")
    ours = [f"{name}.py" for name in WORKING]
    return {
        f"{folder}/{entry.name}": entry.read_bytes()
        for folder in ("apps/warning", "engines/warning")
        for entry in sorted(home.joinpath(folder).iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".py")
        and (folder.startswith("engines") or entry.name.startswith("gather_") or entry.name in ours)
    }


@cache
def sources_sha256() -> str:
    """What tells the code of one run from another's: other code makes another run."""
    digest = hashlib.sha256()
    for path, data in sources().items():
        digest.update(path.encode() + b"\0" + data)
    return digest.hexdigest()


def is_past(as_of: date) -> bool:
    """Whether a run of this day, made now, is a backtest."""
    return as_of < facts.today()
