"""What the last runs say of risk; read-only. Runs are scoped to the actor, what lower parts ask is not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from zhizao.apps.chain import risk_run, what_if_run
from zhizao.apps.chain.risk_models import Scenario
from zhizao.base.evidence.models import Run
from zhizao.base.facts.models import Subject
from zhizao.base.files import store

if TYPE_CHECKING:
    from datetime import date

    from zhizao.apps.registry.queries import Actor
    from zhizao.base.accounts.models import Area


@dataclass(frozen=True)
class Computed:
    """A run and what it says."""

    run: Run
    data: Mapping[str, Any]

    def reference(self, pointer: str) -> str:
        """What opens a figure of it."""
        return f"{self.run.sha12}:{pointer}"


@lru_cache(maxsize=8)
def _read(sha256: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(store.read(sha256))
    return found


def computed(run: Run | None) -> Computed | None:
    """The output of a run."""
    return None if run is None else Computed(run, _read(run.output_sha256))


def last(runs: QuerySet[Run], engine: str, as_of: date | None = None) -> Run | None:
    """The newest of some runs of an engine; looking back, the newest of a day not later than that."""
    found = runs.filter(engine=engine)
    if as_of is not None:
        found = found.filter(as_of__lte=as_of)
    return found.select_related("area").order_by("-as_of", "-made_at", "-pk").first()


def of_actor(actor: Actor, engine: str, as_of: date | None = None) -> Computed | None:
    """What an engine said last that the actor may see; of his own area if there is any."""
    seen = Run.objects.visible_to(actor)
    own = last(seen.filter(area=actor.organisation.area), engine, as_of) if actor.organisation else None
    return computed(own or last(seen, engine, as_of))


def risk(actor: Actor, as_of: date | None = None) -> Computed | None:
    """Systemic risk as computed last."""
    return of_actor(actor, risk_run.ENGINE, as_of)


def risk_of_enterprises(area: Area, as_of: date | None = None) -> dict[int, float]:
    """ESRI by the enterprise's primary key, from the last run of an area; empty if there is none."""
    found = computed(last(Run.objects.filter(area=area), risk_run.ENGINE, as_of))
    if found is None:
        return {}
    esri = {row["subject"]: row["esri"] for row in found.data["firms"]}
    keys = Subject.objects.filter(kind=Subject.Kind.ENTERPRISE, area__path__startswith=area.path).order_by()
    return {pk: esri[key] for pk, key in keys.values_list("pk", "key") if key in esri}


def firm_row(found: Computed, key: str) -> tuple[int, Mapping[str, Any]] | None:
    """The place of a firm by risk, from 0, and its row."""
    return next(((place, row) for place, row in enumerate(found.data["firms"]) if row["subject"] == key), None)


def what_if(actor: Actor, sha12: str) -> Computed | None:
    """The result of a scenario by its run's short name."""
    if not sha12.isalnum() or len(sha12) < 12:
        return None
    runs = Run.objects.visible_to(actor).filter(engine=what_if_run.ENGINE, fingerprint__startswith=sha12)
    return computed(runs.select_related("area").first())


def scenarios(actor: Actor) -> QuerySet[Scenario]:
    """The stored what-ifs, newest first."""
    return Scenario.objects.visible_to(actor).select_related("run", "made_by")
