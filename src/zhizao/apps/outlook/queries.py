"""What the outlook knows, for one who may see it: the run of a day, its targets, what moved them, how good calls were.

A run is of an area and of a day: what was known at its end. Asked for an earlier day, the latest run of a day not after
it answers, also one that was made later from what was known then (a backtest, and marked as one).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from zhizao.apps.outlook import runs
from zhizao.apps.outlook.shown import (
    Calibration,
    CallPoint,
    EnterpriseOutlook,
    Evaluation,
    Moved,
    Overview,
    TargetOutlook,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import Area, User
    from zhizao.base.evidence.models import Run
    from zhizao.base.facts.models import Subject

    Actor = User | AnonymousUser | None


def latest_run(actor: Actor, area: Area, *, as_of: date | None = None) -> Run | None:
    """The run that speaks for an area on a day; ``None`` if there is none that the actor may see."""
    return runs.latest(actor, area, part=runs.TARGETS, as_of=as_of)


def overview(actor: Actor, area: Area, *, as_of: date | None = None) -> Overview | None:
    """All targets, in the plan's order."""
    run = latest_run(actor, area, as_of=as_of)
    return None if run is None else runs.overview(run)


def target(actor: Actor, area: Area, key: str, *, as_of: date | None = None) -> TargetOutlook | None:
    """One target with all that its page shows."""
    found = overview(actor, area, as_of=as_of)
    return next((item for item in found.targets if item.key == key), None) if found else None


def p_over_time(actor: Actor, area: Area, key: str, *, as_of: date | None = None) -> tuple[CallPoint, ...]:
    """Every call of a target up to a day, the earliest first; of one day the one made last."""
    from zhizao.apps.outlook import calls

    return calls.of_target(actor, area, key, as_of=as_of)


def moved(actor: Actor, area: Area, key: str, *, as_of: date | None = None) -> Moved | None:
    """What moved a target since the run before; ``None`` if there is none to compare with."""
    run = latest_run(actor, area, as_of=as_of)
    return None if run is None else runs.moved(run, key)


def enterprise(actor: Actor, subject: Subject, *, as_of: date | None = None) -> EnterpriseOutlook | None:
    """An enterprise's own outlook, for one who may see the enterprise."""
    return runs.enterprise(actor, subject, as_of=as_of)


def calibration(actor: Actor, area: Area, *, as_of: date | None = None) -> Calibration:
    """How good all calls up to a day were that have an outcome."""
    from zhizao.apps.outlook import calls

    return calls.calibration(actor, area, as_of=as_of)


def evaluation(actor: Actor, area: Area, *, as_of: date | None = None) -> Evaluation | None:
    """What became of the targets of the plan in force."""
    from zhizao.apps.outlook import evaluation as judging

    return judging.evaluation(actor, area, as_of=as_of)
