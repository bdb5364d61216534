"""Runs read back: what their output says, as the pages are told it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from zhizao.apps.outlook.shown import EnterpriseOutlook, Moved, Overview
from zhizao.base.evidence.models import Run

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import Area, User
    from zhizao.base.facts.models import Subject

    Actor = User | AnonymousUser | None

ENGINE = "outlook"
TARGETS, ENTERPRISES = "targets", "enterprises"


def latest(actor: Actor, area: Area, *, part: str, as_of: date | None) -> Run | None:
    """The run of the latest day not after ``as_of``; of one day the one made last."""
    seen = Run.objects.all() if actor is None else Run.objects.visible_to(actor)
    found = seen.filter(engine=ENGINE, area=area, parameters__part=part)
    if as_of is not None:
        found = found.filter(as_of__lte=as_of)
    return found.order_by("-as_of", "-made_at", "-pk").first()


def overview(actor: Actor, run: Run) -> Overview:
    """All targets of a run."""
    raise NotImplementedError


def moved(run: Run, key: str) -> Moved | None:
    """What moved a target."""
    raise NotImplementedError


def enterprise(actor: Actor, subject: Subject, *, as_of: date | None) -> EnterpriseOutlook | None:
    """An enterprise's outlook, from the run of its area."""
    raise NotImplementedError
