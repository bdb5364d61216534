"""Runs read back: what their output says, as the pages are told it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from zhizao.apps.ledger import queries as ledger
from zhizao.apps.ledger.figures import Reference
from zhizao.apps.ledger.queries import Basis, exact
from zhizao.apps.outlook.shown import (
    Actual,
    Driver,
    EnterpriseOutlook,
    FanPoint,
    Gap,
    Joint,
    Moved,
    MovedRow,
    Overview,
    Pace,
    Part,
    PathPoint,
    SeriesOutlook,
    TargetOutlook,
)
from zhizao.base.evidence.models import Run
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Subject
from zhizao.base.files import store
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import Area, User

    Actor = User | AnonymousUser | None

ENGINE = "outlook"
TARGETS, ENTERPRISES = "targets", "enterprises"
MONTHS_SHOWN = 36


def latest(actor: Actor, area: Area, *, part: str, as_of: date | None) -> Run | None:
    """The run of the latest day not after ``as_of``; of one day the one made last."""
    seen = Run.objects.all() if actor is None else Run.objects.visible_to(actor)
    found = seen.filter(engine=ENGINE, area=area, parameters__part=part).select_related("area")
    if as_of is not None:
        found = found.filter(as_of__lte=as_of)
    return found.order_by("-as_of", "-made_at", "-pk").first()


def published(area: Area, *, as_of: date) -> dict[str, dict[str, Any]]:
    """What the run of exactly this day said of each target: its P, by the model alone too, and its expected figure."""
    run = latest(None, area, part=TARGETS, as_of=as_of)
    if run is None or run.as_of != as_of:
        return {}
    return {row["key"]: {name: row.get(name) for name in ("p", "p_model", "expected")} for row in read(run)["targets"]}


def read(run: Run) -> dict[str, Any]:
    """The output of a run."""
    return _read(run.output_sha256)


@lru_cache(maxsize=32)
def _read(sha256: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(store.read(sha256))
    return found


def is_backtest(run: Run) -> bool:
    """Whether it was made on a later day than it speaks for."""
    return run.as_of is not None and run.as_of < run.made_at.astimezone(facts.CHINA).date()


def overview(run: Run) -> Overview:
    """All targets of a run."""
    data = read(run)
    assert run.as_of is not None
    joint = [
        Joint(row["pillar"], row["p"], row["p_lo"], row["p_hi"], row["targets"], f"{run.sha12}:/joint/{place}/p")
        for place, row in enumerate(data["joint"])
    ]
    targets = [
        _target(row, data["names"], f"{run.sha12}:/targets/{place}/p") for place, row in enumerate(data["targets"])
    ]
    return Overview(run, run.as_of, is_backtest(run), tuple(targets), tuple(joint), data["draws"])


def _target(row: Mapping[str, Any], names: Mapping[str, str], evidence: str) -> TargetOutlook:
    latest_day = row.get("latest_reachable")
    return TargetOutlook(
        **{key: row[key] for key in ("key", "name", "unit", "pillar", "position", "bound", "state")},
        **{key: row.get(key) for key in ("p", "p_lo", "p_hi", "p_model", "expected")},
        span=Span.parse(row["span"]),
        value=Decimal(row["value"]),
        weight_outside=row.get("weight_outside", 0.0),
        reason=row.get("reason", ""),
        reason_params=row.get("reason_params", {}),
        fan=tuple(_fan(point) for point in row.get("fan", ())),
        actual=tuple(Actual(Span.parse(s), Decimal(v), status, ref) for s, v, status, ref in row["actual"]),
        path=tuple(PathPoint(Span.parse(span), Decimal(value)) for span, value in row["path"]),
        pace=Pace(**row["pace"]),
        parts=tuple(Part(name=_called(p["key"], names), **p) for p in row.get("parts", ())),
        gap=_gap(row.get("gap"), names),
        latest_reachable=date.fromisoformat(latest_day) if latest_day else None,
        too_late=row.get("too_late", False),
        follows=tuple(row["follows"]),
        inside=tuple(row.get("included", ())),
        not_inside=tuple(row.get("excluded", ())),
        simulated=row["simulated"],
        evidence=evidence if row["p"] is not None else "",
    )


def _fan(point: Mapping[str, Any]) -> FanPoint:
    return FanPoint(Span.parse(point["span"]), *(point[name] for name in ("q025", "q10", "q50", "q90", "q975")))


def _called(key: str, names: Mapping[str, str]) -> str:
    return names.get(key) or key.partition(":")[2] or _("in no sector")


def _gap(row: Mapping[str, Any] | None, names: Mapping[str, str]) -> Gap | None:
    if row is None:
        return None
    drivers = tuple(Driver(name=_called(driver["key"], names), **driver) for driver in row["drivers"])
    return Gap(row["gap"], drivers, row["left"])


def moved(run: Run, key: str) -> Moved | None:
    """What moved a target since the day that the run was compared with."""
    data = read(run)
    row = data["moved"].get(key)
    if row is None or run.as_of is None:
        return None
    names = data["names"]

    def rows(part: list[dict[str, Any]]) -> tuple[MovedRow, ...]:
        return tuple(MovedRow(name=_called(one["key"], names), **one) for one in part)

    return Moved(
        before_as_of=date.fromisoformat(data["since"]),
        as_of=run.as_of,
        **{name: row[name] for name in ("before", "after", "p_before", "p_after")},
        causes=tuple(MovedRow(key=cause, name="", **told) for cause, told in row["causes"].items()),
        sectors=rows(row["sectors"]),
        enterprises=rows(row["enterprises"]),
        explained_by=tuple(names.get(one, one) for one in row["explained_by"]),
        evidence=f"{run.sha12}:/moved/{key}/p_after",
    )


def enterprise(actor: Actor, subject: Subject, *, as_of: date | None) -> EnterpriseOutlook | None:
    """An enterprise's outlook out of its area's run, for one who may see the enterprise."""
    if actor is not None and not Subject.objects.visible_to(actor).filter(pk=subject.pk).exists():
        return None
    run = _of_enterprises(subject.area, as_of)
    if run is None or run.as_of is None:
        return None
    data = read(run)
    own = data["enterprises"].get(subject.key, {})
    known = {item.key: item for item in ledger.indicators().filter(key__in=own)}
    series = tuple(
        SeriesOutlook(
            indicator=key,
            name=str(known[key]),
            unit=known[key].unit,
            actual=_months(subject, key, known[key].kind, run.as_of),
            fan=tuple(FanPoint(Span.parse(span), *values) for span, *values in own[key]["fan"]),
            note=own[key]["note"],
        )
        for key in own
        if key in known
    )
    name = facts.names([subject.pk], on=run.as_of, as_of=run.as_of).get(subject.pk, subject.id_part)
    simulated = any(item.simulated for one in series for item in one.actual)
    return EnterpriseOutlook(subject.key, name, run, run.as_of, series, simulated)


def _of_enterprises(area: Area | None, as_of: date | None) -> Run | None:
    """The run of the area, or of the nearest above it that has one: it is of all enterprises in it."""
    while area is not None:
        if (run := latest(None, area, part=ENTERPRISES, as_of=as_of)) is not None:
            return run
        area = area.parent
    return None


def _months(subject: Subject, indicator: str, kind: str, as_of: date) -> tuple[Actual, ...]:
    """The last months of an enterprise that its figures determine; January and February are one."""
    basis = Basis()
    rows = ledger.observations(None, subjects=[subject.pk], indicators=[indicator], basis=basis, as_of=as_of)
    frame = ledger.frame(rows)
    status = "simulated" if (frame["status"] == int(ledger.Status.SIMULATED)).any() else "normal"
    found = ledger.months(frame, {indicator: kind}).drop_nulls("value").sort("start_month").tail(MONTHS_SHOWN)
    told = []
    for start, months, millionths in found.select("start_month", "months", "value").iter_rows():
        value, span = exact(millionths), Span(start, months)
        assert value is not None
        told.append(Actual(span, value, status, str(Reference(subject.key, indicator, span, basis))))
    return tuple(told)
