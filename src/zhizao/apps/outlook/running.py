"""The work of a run: what is known at the end of a day, every target on its paths, and what moved since another day.

The output has no clock and no language in it; the same run gives the same bytes. What is known of a day comes from the
ledger as known then, so a run of a past day knows nothing of what came later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from zhizao.apps.outlook import assessing, moving, panels, runs, telling
from zhizao.apps.outlook.conventions import conventions
from zhizao.apps.outlook.promises import promises
from zhizao.base.evidence import canonical
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Subject
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.apps.outlook.assessing import Told, Vintage
    from zhizao.apps.outlook.promises import Promise
    from zhizao.base.accounts.models import Area

ENGINE_VERSION = "1"
MODULES = ("assessing", "conventions", "moving", "panels", "promises", "running", "telling")
AHEAD_MONTHS = 12
"""So far goes an enterprise's own outlook."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What determines a run beside its data."""

    area: Area
    as_of: date
    since: date | None = None
    draws: int = 2000
    seed: int = 0
    combined: int = 0

    def parameters(self, part: str) -> dict[str, Any]:
        """As the run keeps them."""
        return {
            "part": part,
            "area": self.area.code,
            "since": self.since.isoformat() if self.since else None,
            "draws": self.draws,
            "combined": self.combined,
        }


@dataclass(frozen=True, slots=True)
class Made:
    """What a run gave: its output, what it was made from, and the promises that it told."""

    output: bytes
    inputs: dict[str, str]
    promises: Mapping[str, Promise]
    record: dict[str, Any]


Step = Callable[[str], None]
ASSESS, REVISE, BEFORE = (
    mark("Forecasting from all that is known"),
    mark("Forecasting from the earlier figures as they are known now"),
    mark("Forecasting from what was known before"),
)


@dataclass(frozen=True, eq=False)
class Seen:
    """A vintage with what was told of it: the next run compares itself with it."""

    asked: Asked
    vintage: Vintage
    told: Mapping[str, Told]


def make(asked: Asked, *, step: Step) -> Made:
    """Tell every target of an area; see ``make_after``."""
    return make_after(None, asked, step=step)[0]


def make_after(last: Seen | None, asked: Asked, *, step: Step) -> tuple[Made, Seen]:
    """Tell every target of an area, and what moved since another day.

    Parameters
    ----------
    last : the work of that day, if it is at hand; it saves doing it again and changes nothing
    asked : Asked
    step : callable
        Told what is being done.

    Raises
    ------
    Refused
        ``outlook.no_plan`` where no plan with targets was in force that day.
    """
    step(ASSESS)
    seen = _seen(asked, asked.as_of)
    record: dict[str, Any] = {
        "area": asked.area.code,
        "as_of": asked.as_of.isoformat(),
        "since": asked.since.isoformat() if asked.since else None,
        "draws": asked.draws,
        "targets": [target_record(one, seen.told.get(one.key), seen.vintage) for one in seen.vintage.promises],
        "joint": telling.joint([one for one in seen.told.values() if one.draws is not None]),
        "moved": {},
    }
    inputs = {
        "months": seen.vintage.months.sha256,
        "targets": canonical.sha256([_plain(one) for one in seen.vintage.promises]),
        "conventions": conventions().sha256,
        "sources": sources_sha256(),
    }
    if (
        asked.since is not None
        and asked.since < asked.as_of
        and any(one.draws is not None for one in seen.told.values())
    ):
        published = runs.published(asked.area, as_of=asked.since)
        at_hand = last is not None and last.asked == replace(asked, as_of=asked.since, since=last.asked.since)
        earlier = last.vintage if last is not None and at_hand else _vintage(asked, asked.since)
        told = last.told if last is not None and at_hand and _same(last.vintage, seen.vintage) else None
        record["moved"] = dict(_moved(seen, earlier, told, published, step))
        inputs |= {"months_before": earlier.months.sha256}
        inputs |= {"published_before": canonical.sha256(published)} if published else {}
    record["names"] = names(record, seen.vintage, asked.as_of)
    promised = {one.key: one for one in seen.vintage.promises}
    return Made(canonical.dumps(record), inputs, promised, record), seen


def _vintage(asked: Asked, day: date) -> Vintage:
    promised = promises(asked.area, as_of=day)
    if not promised:
        message = mark("No plan with dated targets was in force in %(area)s on %(day)s.")
        remedy = mark("Publish a plan, or ask for a later day.")
        params = {"area": asked.area.name, "day": day.isoformat()}
        raise Refused(Problem("outlook.no_plan", message, remedy=remedy, params=params))
    return assessing.vintage(asked.area, promised, as_of=day)


def _seen(asked: Asked, day: date) -> Seen:
    vintage = _vintage(asked, day)
    return Seen(asked, vintage, _assessed(asked, vintage))


def _assessed(asked: Asked, seen: Vintage) -> dict[str, Told]:
    return assessing.assessed(seen, draws=asked.draws, seed=asked.seed, combined=asked.combined)


def _same(earlier: Vintage, seen: Vintage) -> bool:
    """Whether the same was promised, of the same sectors, so that the earlier day is told as it was."""
    wanted = [(one.key, one.value, one.span, one.bound) for one in seen.promises]
    same = [(one.key, one.value, one.span, one.bound) for one in earlier.promises] == wanted
    return same and earlier.follows == seen.follows


def _moved(
    seen: Seen,
    earlier: Vintage,
    before: Mapping[str, Told] | None,
    published: Mapping[str, Mapping[str, Any]],
    step: Step,
) -> Iterator[tuple[str, dict[str, Any]]]:
    asked, now = seen.asked, seen.vintage
    step(REVISE)
    revised = _assessed(asked, assessing.as_it_was(now, earlier))
    if before is None:
        step(BEFORE)
        before = _assessed(asked, assessing.judged_by(earlier, now))
    sector = dict(zip(now.months.subjects, now.months.sectors, strict=True))
    for key, one in seen.told.items():
        if key in revised and key in before:
            found = moving.moved(
                before=before[key], revised=revised[key], after=one, published=published.get(key), sector=sector
            )
            if found is not None:
                yield key, found


def target_record(promise: Promise, told: Told | None, seen: Vintage) -> dict[str, Any]:
    """A target as a run keeps it."""
    follows = told.follows if told else ()
    record = _plain(promise) | {
        "follows": list(follows),
        "pace": telling.pace(told or assessing.Told(promise)),
        "simulated": any(item.simulated for item in promise.actual) or (bool(follows) and seen.months.simulated),
        "p_unit": "",
    }
    came = promise.came
    if came is not None:
        return record | {"state": "reached" if promise.reached(came.value) else "missed", "p": None}
    if told is None or told.draws is None:
        reason = told.reason if told and told.reason else Problem("outlook.no_draw", assessing.NO_DRAW)
        return record | {"state": "untold", "p": None, "reason": reason.message, "reason_params": dict(reason.params)}
    return record | telling.probability(told) | _around(told, seen)


def _around(told: Told, seen: Vintage) -> dict[str, Any]:
    from zhizao.engines.outlook.target import INSIDE, NOT_INSIDE

    assert told.draws is not None
    short = told.evidence < conventions().short_record
    how = telling.BY_MONTHS if told.follows else telling.BY_YEARS
    return {
        "expected": float(told.draws.mean()),
        "fan": telling.fan(told),
        "parts": telling.parts(told),
        "gap": telling.gap(told),
        "included": [how, *INSIDE, *([telling.OUTSIDE] if short else [])],
        "excluded": list(NOT_INSIDE),
    } | telling.latest(told, seen.as_of)


def _plain(promise: Promise) -> dict[str, Any]:
    """The promise and what is known of it."""
    return {
        "key": promise.key,
        "name": promise.name,
        "unit": promise.unit,
        "pillar": promise.pillar,
        "position": promise.position,
        "plan": promise.plan,
        "version": promise.version,
        "line": promise.line,
        "span": str(promise.span),
        "bound": promise.bound,
        "value": format(promise.value, "f"),
        "base": None if promise.base is None else format(promise.base, "f"),
        "base_year": promise.base_year,
        "is_share": promise.is_share,
        "path": [[str(point.span), format(point.value, "f")] for point in promise.path],
        "actual": [[str(item.span), format(item.value, "f"), item.status, item.reference] for item in promise.actual],
    }


def names(record: Mapping[str, Any], seen: Vintage, as_of: date) -> dict[str, str]:
    """What the enterprises and sectors of a record are called on its day."""
    keys = {part["key"] for target in record["targets"] for part in target.get("parts", ())}
    for one in record["moved"].values():
        keys |= {row["key"] for row in (*one["sectors"], *one["enterprises"])} | set(one["explained_by"])
    firms = dict(Subject.objects.filter(key__in=keys).values_list("pk", "key"))
    called = facts.names(firms, on=as_of, as_of=as_of)
    found = {key: called.get(pk, key.partition(":")[2]) for pk, key in firms.items()}
    return found | {key: name for key, name in seen.sectors.items() if key in keys}


def enterprises(asked: Asked, *, step: Step) -> Made:
    """The outlook of every enterprise that is there, a year ahead."""
    from zhizao.engines.outlook.forecast import forecast

    step(ASSESS)
    seen = _vintage(asked, asked.as_of)
    panel = panels.enterprise_panel(seen.months)
    record: dict[str, Any] = {"area": asked.area.code, "as_of": asked.as_of.isoformat(), "enterprises": {}}
    if panel.series:
        found = forecast(panel, horizon=AHEAD_MONTHS, levels=(80, 95), combined=0)
        spans = [str(span) for span in found.spans()]
        notes = {series: remark for series, _model, remark in found.notes}
        for row, name in enumerate(found.series):
            indicator, _separator, subject = name.partition(panels.SEPARATOR)
            arrays = (found.lower[95], found.lower[80], found.mean, found.upper[80], found.upper[95])
            points = zip(spans, *(array[row].tolist() for array in arrays), strict=True)
            record["enterprises"].setdefault(subject, {})[indicator] = {
                "fan": [list(point) for point in points],
                "note": notes.get(name, ""),
            }
    record["simulated"] = seen.months.simulated
    inputs = {"months": seen.months.sha256, "conventions": conventions().sha256, "sources": sources_sha256()}
    return Made(canonical.dumps(record), inputs, {}, record)


@cache
def sources_sha256() -> str:
    """What a run is made by: the engine and the modules here that work. Another code makes another run."""
    home = files("zhizao")
    found = [entry for entry in home.joinpath("engines", "outlook").iterdir() if entry.name.endswith(".py")]
    found += [home.joinpath("apps", "outlook", f"{name}.py") for name in MODULES]
    digest = hashlib.sha256()
    for entry in sorted(found, key=str):
        digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return digest.hexdigest()


def is_past(as_of: date) -> bool:
    """Whether a run of this day, made now, is a backtest."""
    return as_of < facts.today()
