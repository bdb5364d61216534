"""The work of looking back (in the worker): what became of alarms, which falls were missed, what thresholds give.

From the figures known at the end of a day the engine is run once more; its hindsight judges each alarm whose two cells
after have come, by the dated rules ``outcome.…`` of the packs. An alarm is true if an event of its family shows at it
(from the event's first month to two after its last), false if the rule of false alarms says so, else unknown. An alarm
of the chain stands or falls with the distress of its enterprise. Of targets and facts by themselves
``looking_back_facts`` tells. Breaks and shortages of factors are judged by persons alone.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from zhizao.apps.warning import gathering, looking_back_facts, rules
from zhizao.apps.warning.judging import NOTICE, SERIOUS
from zhizao.apps.warning.models import Alarm, Outcome
from zhizao.apps.warning.reasons import GRAVER
from zhizao.apps.warning.running import cell_of, sources_sha256
from zhizao.base.evidence import canonical
from zhizao.base.forms.library import packs_of
from zhizao.kernel.rules import Rulebook
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from zhizao.apps.warning.gathering import Gathered
    from zhizao.base.accounts.models import Area
    from zhizao.engines.warning.figures import Floats, Ints
    from zhizao.engines.warning.running import Warnings

PREFIX: Final = "outcome."
MEASURES: Final = {"distress": "output", "trade": "output", "electricity": "electricity_gap"}
"""Families with events, and the measure that tells their size."""
FIRST_CELLS: Final = 22
"""Two years of history come before what is scored."""
JUDGED_AS: Final = {"chain": "distress"}
TUNED: Final = tuple(MEASURES)
WITHIN_MONTHS: Final = 2


@dataclass(frozen=True, slots=True)
class Judged:
    """What a rule says of an alarm."""

    alarm: int
    verdict: str
    rule: str
    lead_months: int | None


@dataclass(frozen=True, slots=True, eq=False)
class LookedBack:
    """What looking back gave: the verdicts, and the record with its bytes."""

    area: Area
    as_of: date
    verdicts: tuple[Judged, ...]
    record: dict[str, Any]
    output: bytes
    inputs: dict[str, str]


def book_of(area: Area) -> tuple[Rulebook, str]:
    """The rules of outcomes, the region's above the nation's, and the SHA-256 of their files."""
    return _read(tuple(str(pack) for pack in packs_of(area.path)))


@lru_cache(maxsize=16)
def _read(packs: tuple[str, ...]) -> tuple[Rulebook, str]:
    folders = [Path(pack) / rules.FOLDER / "outcomes" for pack in packs]
    paths = {path.name: path for folder in folders for path in sorted(folder.glob("*.yaml"))}  # the region's last
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in paths.values())).hexdigest()
    return Rulebook.load(list(paths.values())), digest


def make(area: Area, as_of: date) -> LookedBack:
    """Look back as of the end of a day.

    Raises
    ------
    Refused
        As ``gathering.at``.
    """
    from zhizao.engines.warning.hindsight import events, hindsight
    from zhizao.engines.warning.running import answers, run

    gathered = gathering.at(area, gathering.said(area, rules.watch_of(area, as_of)), as_of)
    found = run(gathered.figures, gathered.watch)
    book, book_sha256 = book_of(area)
    facts = hindsight(found)
    told = {rule_id: called for rule_id, (called, _score) in answers(found.figures, book, facts).items()}
    happened = {
        family: events(found, told[f"{PREFIX}{family}_true"], facts, measure) for family, measure in MEASURES.items()
    }
    since = str(Span(_month(found.figures.first_cell + FIRST_CELLS), 1))
    record = {
        "area": area.code,
        "as_of": as_of.isoformat(),
        "month": str(Span(gathered.month, 1)),
        "since": since,
        "watched": _watched(found),
        "events": [{"family": family, **row} for family, rows in happened.items() for row in rows.to_dicts()],
        "curves": list(_curves(found, gathered, happened, since)),
        "simulated": bool(gathered.simulated),
    }
    return LookedBack(
        area=area,
        as_of=as_of,
        verdicts=(
            *_verdicts(area, as_of, found, facts, told, happened),
            *(Judged(*one, None) for one in looking_back_facts.verdicts(area, as_of, book)),
        ),
        record=record,
        output=canonical.dumps(record),
        inputs={
            "figures": gathered.sha256,
            "rules": gathered.rules.sha256,
            "outcomes": book_sha256,
            "sources": hashlib.sha256((sources_sha256() + _own_sha256()).encode()).hexdigest(),
        },
    )


def _own_sha256() -> str:
    own = (files("zhizao") / "apps" / "warning" / f"{name}.py" for name in ("looking_back", "looking_back_facts"))
    return hashlib.sha256(b"".join(one.read_bytes() for one in own)).hexdigest()


def _month(cell: int) -> int:
    """The last month of a cell."""
    return cell // 11 * 12 + cell % 11 + 1


def _watched(found: Warnings) -> list[list[Any]]:
    """Enterprises with a figure, by the last month of each cell; January–February counts twice."""
    import numpy as np

    known = np.any([np.isfinite(y) for y in found.figures.values.values()], axis=0).sum(axis=0)
    months = found.figures.months()
    return [[month, int(n) * (2 if month.endswith("-02") else 1)] for month, n in zip(months, known, strict=True)]


def _verdicts(
    area: Area,
    as_of: date,
    found: Warnings,
    facts: Mapping[str, Floats],
    told: Mapping[str, Ints],
    happened: Mapping[str, pl.DataFrame],
) -> Iterator[Judged]:
    """A verdict on each alarm about an enterprise for whose cell hindsight is known or never will be."""
    place = {subject: row for row, subject in enumerate(found.figures.subjects)}
    spans: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for family, rows in happened.items():
        for subject, text in rows.select("subject", "span").iter_rows():
            spans[family, subject].append(Span.parse(text))
    last = found.figures.first_cell + found.figures.cells - 1 - WITHIN_MONTHS
    families = (*rules.OF_ENTERPRISES, *JUDGED_AS)
    rows = Alarm.objects.filter(area=area, family__in=families, found_as_of__lte=as_of)
    columns = ("pk", "family", "subject__key", "start_month")
    for pk, own, subject, month in rows.exclude(lapsed_why=GRAVER).order_by("pk").values_list(*columns):
        family = JUDGED_AS.get(own, own)
        cell = cell_of(month)
        if cell > last:
            continue  # what comes after is not known yet
        event = _event_at(spans[family, subject], month)
        if event is not None:
            yield Judged(pk, Outcome.Verdict.TRUE, f"{PREFIX}{family}_true", event.start_month - month)
            continue
        at = (place.get(subject, -1), cell - found.figures.first_cell)
        yield Judged(pk, *_by_rules(family, told, at), None)


def _by_rules(family: str, told: Mapping[str, Ints], at: tuple[int, int]) -> tuple[str, str]:
    """The verdict of the rules at a cell, and which one said it."""
    if min(at) >= 0:
        sides = ((Outcome.Verdict.FALSE, f"{PREFIX}{family}_false"), (Outcome.Verdict.TRUE, f"{PREFIX}{family}_true"))
        for verdict, rule_id in sides:
            if rule_id in told and told[rule_id][at]:
                return verdict, rule_id
    return Outcome.Verdict.UNKNOWN, ""


def _event_at(spans: list[Span], month: int) -> Span | None:
    """The event that shows in a month; the latest one where there are several."""
    shown = [one for one in spans if one.start_month <= month < one.end_month + WITHIN_MONTHS]
    return max(shown, key=lambda one: one.start_month, default=None)


def _curves(
    found: Warnings, gathered: Gathered, happened: Mapping[str, pl.DataFrame], since: str
) -> Iterator[dict[str, Any]]:
    """What other values of each threshold of a family with events would have given."""
    from zhizao.engines.warning.tuning import candidates, curve

    book = gathered.watch.book
    for rule_id in book.ids:
        family = rules.family_of(rule_id)
        if family not in TUNED:
            continue
        bound = book.rule(rule_id, as_of=gathered.last_day)
        for name, value in bound.parameters.items():
            if not isinstance(value, Decimal):
                continue
            severity = SERIOUS if name.startswith(SERIOUS) else NOTICE
            told = curve(found, rule_id, name, candidates(value), happened[family], since=since, severity=severity)
            rule = bound.rule
            yield {
                "rule": rule_id,
                "parameter": name,
                "unit": rule.parameters[name].unit,
                "in_force": str(value),
                "points": told.to_dicts(),
            }
