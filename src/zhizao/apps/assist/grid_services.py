"""Who looks after an enterprise: said one by one, by a table, or handed over when somebody leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from zhizao.apps.assist import grid_queries
from zhizao.apps.assist.models import Duty, Responsibility, Visit
from zhizao.apps.registry import queries as register
from zhizao.base.accounts.models import Area, Organisation
from zhizao.base.audit.services import record
from zhizao.base.facts import queries as known
from zhizao.base.facts import services as facts
from zhizao.base.facts.models import Subject
from zhizao.base.facts.queries import today
from zhizao.base.messages.services import ask, settle
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.base.accounts.models import User


def allow(actor: User | None, permission: str, target: object) -> None:
    """Raise ``PermissionDenied`` unless the actor may; the system may."""
    if actor is not None and not actor.has_perm(permission, target):
        raise PermissionDenied(permission)


def allow_at(actor: User | None, permission: str, subject: Subject) -> None:
    """``allow`` for an enterprise, which the actor must see: the operator of a park those of the park."""
    allow(actor, permission, subject)
    if actor is not None and not Subject.objects.visible_to(actor).filter(pk=subject.pk).exists():
        raise PermissionDenied(permission)


@transaction.atomic
def assign(
    *,
    actor: User | None,
    subject: Subject,
    duty: str,
    person: User | None,
    unit: Organisation | None,
    valid_from: date | None = None,
    source: str,
) -> Sequence[Responsibility]:
    """Say who has a duty for an enterprise from a day on, today by default; whoever had it has it no longer.

    Raises
    ------
    Refused : neither a person nor a unit is named, or the one named cannot do it.
    """
    allow(actor, "assist.assign", subject)
    fact = Responsibility(
        subject=subject,
        duty=Duty(duty),
        person=person,
        unit=_unit(person, unit),
        valid_from=valid_from or today(),
        source=source,
        batch=_batch(actor),
    )
    return state_all(actor=actor, area=subject.area, stated=[fact], action="assign", source=source)


def state_all(
    *, actor: User | None, area: Area, stated: Sequence[Responsibility], action: str, source: str
) -> Sequence[Responsibility]:
    """State duties that have been checked, and record it; nothing if all of it is so already."""
    for fact in stated:
        check(fact.person, fact.unit, area)
    added = facts.state(stated)
    if added:
        details = {
            "facts": [fact.pk for fact in added],
            "enterprises": len({f.subject_id for f in added}),
            "source": source,
        }
        record(actor=actor, action=f"assist.duty.{action}", target=area, area=area, details=details)
    return added


def check(person: User | None, unit: Organisation | None, area: Area) -> None:
    """Refuse a person or unit that cannot look after enterprises of an area."""
    if person is None and unit is None:
        raise Refused(
            Problem(
                "assist.nobody",
                mark("Neither a person nor a unit is named."),
                remedy=mark("Name the person, or the unit if nobody is chosen yet."),
            )
        )
    place = unit if unit is not None else person.organisation if person is not None else None
    gone = place is None or not place.is_active or (person is not None and not person.is_active)
    elsewhere = place is not None and not _reaches(place, area)
    if gone or elsewhere or (place is not None and place.is_outside):
        raise Refused(
            Problem(
                "assist.cannot_look_after",
                mark("“%(name)s” cannot look after enterprises of this area."),
                remedy=mark("Name somebody with an open account in the administration of the area."),
                params={"name": str(person or unit or "")},
            )
        )


def _reaches(place: Organisation, area: Area) -> bool:
    """Whether an organisation works for the area, for one in it, or for one that it lies in."""
    return area.path.startswith(place.area.path) or place.area.path.startswith(area.path)


@transaction.atomic
def hand_over(
    *, actor: User | None, area: Area, leaver: User, successor: User, source: str
) -> tuple[Sequence[Responsibility], int]:
    """Give everything that somebody looks after to another, from today: duties, and the visits that were planned.

    Returns
    -------
    The duties that have moved, and how many visits. Doing it twice changes nothing.
    """
    allow(actor, "assist.assign", area)
    if leaver == successor:
        raise Refused(
            Problem(
                "assist.to_himself",
                mark("Nobody hands over to himself."),
                remedy=mark("Choose somebody else."),
            )
        )
    check(successor, None, area)
    held = [
        duty
        for duty in grid_queries.duties(register.view()).filter(person=leaver).select_related("subject__area")
        if duty.subject.area.path.startswith(area.path)
    ]
    stated = [
        Responsibility(
            subject=duty.subject,
            duty=duty.duty,
            person=successor,
            unit=successor.organisation,
            valid_from=today(),
            source=source,
            batch=_batch(actor),
            simulated=duty.simulated,
        )
        for duty in held
    ]
    moved = state_all(actor=actor, area=area, stated=stated, action="hand_over", source=source)
    visits = _take_visits(actor, leaver, successor, area)
    return moved, visits


def _take_visits(actor: User | None, leaver: User, successor: User, area: Area) -> int:
    rows = Visit.objects.filter(visitor=leaver, reported_at=None, cancelled_at=None, area__path__startswith=area.path)
    visits = list(rows.select_for_update().select_related("area"))
    for visit in visits:
        visit.visitor, visit.unit = successor, successor.organisation
        visit.save(update_fields=["visitor", "unit"])
        settle(actor=actor, subject=topic(visit))
        remind(actor, visit)
        record(actor=actor, action="assist.visit.hand_over", target=visit, area=visit.area)
    return len(visits)


def topic(visit: Visit) -> str:
    """What the to-dos of a visit are about."""
    return f"assist.visit:{visit.pk}"


def remind(actor: User | None, visit: Visit) -> None:
    """Put a planned visit on its visitor's workbench."""
    called = names_of([visit.subject_id]).get(visit.subject_id, visit.subject.id_part)
    ask(
        asked_by=actor,
        area=visit.area,
        title=(_("Visit: %(name)s") % {"name": called})[:200],
        url=reverse("assist:visit", args=[visit.pk]),
        to=visit.visitor,
        subject=topic(visit),
        due=visit.planned_on,
    )


def names_of(subjects: Iterable[int]) -> dict[int, str]:
    """What enterprises are called today."""
    return known.names(list(subjects), on=today())


def _unit(person: User | None, unit: Organisation | None) -> Organisation | None:
    return unit if unit is not None else person.organisation if person is not None else None


def _batch(actor: User | None) -> str:
    return f"by:{actor.get_username()}" if actor is not None else ""
