"""Runs read back: what was found on a day, what was not looked at and why."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from zhizao.base.evidence.models import Run
from zhizao.base.facts import queries as facts
from zhizao.base.files import store
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import Area, User

    Actor = User | AnonymousUser | None

ENGINE, ENGINE_VERSION = "warning", "1"
ALARMS, PROSPERITY = "alarms", "prosperity"


def latest(actor: Actor, area: Area, *, part: str = ALARMS, as_of: date | None = None) -> Run | None:
    """The run of the latest day not after ``as_of``; of one day the one made last."""
    seen = Run.objects.all() if actor is None else Run.objects.visible_to(actor)
    found = seen.filter(engine=ENGINE, area=area, parameters__part=part).select_related("area")
    if as_of is not None:
        found = found.filter(as_of__lte=as_of)
    return found.order_by("-as_of", "-made_at", "-pk").first()


def before(area: Area, *, as_of: date) -> list[Run]:
    """The last runs of alarms before a day, the newest first: enough for the months in which a rule is silent."""
    found = Run.objects.filter(engine=ENGINE, area=area, parameters__part=ALARMS, as_of__lt=as_of)
    return list(found.order_by("-as_of", "-made_at", "-pk")[:12])


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


def areas() -> set[int]:
    """Areas of which there are runs, by primary key."""
    return set(Run.objects.filter(engine=ENGINE).order_by().values_list("area", flat=True).distinct())


def latest_key(area: Area) -> str:
    """What tells an area's last run of alarms from others; empty without one."""
    found = latest(None, area)
    return found.sha12 if found else ""


def first_month(area: Area, *, as_of: date | None = None) -> int | None:
    """The month of the earliest run of alarms, from which on an area has been watched; ``None`` without one."""
    rows = Run.objects.filter(engine=ENGINE, area=area, parameters__part=ALARMS)
    found = (rows if as_of is None else rows.filter(as_of__lte=as_of)).order_by("as_of", "pk").first()
    month = read(found).get("month") if found else None
    return Span.parse(month).start_month if month else None
