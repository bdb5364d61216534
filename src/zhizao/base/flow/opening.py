"""Open a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from zhizao.base.accounts.models import Area
from zhizao.base.accounts.scoping import area_path
from zhizao.base.events.services import publish
from zhizao.base.flow import acting, advancing, clock, deadline, kinds
from zhizao.base.flow.models import Case, CaseEvent
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.base.accounts.models import Organisation, User
    from zhizao.base.facts.models import Subject

LONGEST_TITLE = 200


@transaction.atomic
def open_case(
    *,
    actor: User | None,
    area: Area,
    kind: str,
    title: str,
    text: str = "",
    subject: Subject | None = None,
    origin: str = "",
    procedure: str | None = None,
    facts: Mapping[str, Any] | None = None,
    owner: User | None = None,
    unit: Organisation | None = None,
    working_days: int | None = None,
    severity: str = Case.Severity.NOTICE,
    shown_to_subject: bool = False,
    simulated: bool = False,
) -> Case:
    """Open a case of a kind; of one origin there is one open case, which is returned as it stands.

    Parameters
    ----------
    actor : who opens it; None for the system
    origin : what it is about in the app of its kind, ``warning.alarm:12``; a second click with the same one opens none
    procedure : the key of the procedure, by default that of the kind; its version in force now is kept to the end
    facts : what the procedure's conditions read
    owner, unit : who has it: the unit is the owner's; without both the actor's own, else the analysts of the area are
        asked
    working_days : until it is due, by default those of the kind

    Raises
    ------
    KeyError : no such kind is registered.
    PermissionDenied : the actor does not have the permission of the kind, or stands outside the area.
    Refused : no title (``flow.title``), an owner who cannot have it (``flow.owner``), no such procedure, a fact that is
        not what the procedure declares.
    """
    found = kinds.find(kind)
    if found is None:
        raise KeyError(kind)
    _allow(actor, area, found, subject)
    # One at a time in an area: numbers have no gaps, and one origin never has two open cases.
    area = Area.objects.select_for_update().get(pk=area.pk)
    if origin:
        same = Case.objects.filter(area=area, kind=kind, origin=origin, status__in=Case.RUNNING).first()
        if same is not None:
            return same
    title = " ".join(title.split())
    if not 0 < len(title) <= LONGEST_TITLE:
        raise Refused(
            Problem(
                "flow.title",
                mark("A title has 1 to %(most)s characters."),
                remedy=mark("Say in one line what is to be done."),
                params={"most": LONGEST_TITLE},
            )
        )
    unit = unit_for(owner, unit, area)
    if unit is None and actor is not None and actor.organisation is not None and not actor.organisation.is_outside:
        unit = actor.organisation
    from zhizao.base.flow import procedures

    now = timezone.now()
    days = found.working_days if working_days is None else working_days
    due_on, provisional = deadline.due(clock.day_of(now), days) if days is not None else (None, False)
    case = Case(
        area=area,
        kind=kind,
        number=_number(area, clock.day_of(now).year),
        title=title,
        text=text.strip(),
        subject=subject,
        origin=origin,
        procedure=procedures.in_force(area, procedure or found.procedure),
        facts={"severity": severity, **(facts or {})},
        severity=severity,
        owner=owner,
        unit=unit,
        working_days=days,
        due_on=due_on,
        due_provisional=provisional,
        opened_by=actor,
        opened_at=now,
        shown_to_subject=shown_to_subject,
        simulated=simulated,
        version=0,
    )
    run = advancing.begin(case, case.facts, at=now)
    case.save()
    advancing.mirror(actor, case, run, at=now)
    said = {"kind": kind, "origin": origin, "title": title, "procedure": str(case.procedure)}
    acting.keep(actor, case, CaseEvent.Verb.OPENED, said=said, at=now, text=case.text)
    payload = {"case": case.pk, "kind": kind, "origin": origin}
    publish(name="flow.case_opened", area=area, subject=case.topic, payload=payload)
    return case


def unit_for(owner: User | None, unit: Organisation | None, area: Area) -> Organisation | None:
    """The unit that is to have a case: the owner's, who must be of the administration of the area and of that unit.

    Raises
    ------
    Refused : ``flow.owner``, ``flow.unit``.
    """
    if owner is not None:
        of = owner.organisation
        if not owner.is_active or of is None or (unit is not None and of.pk != unit.pk):
            raise Refused(
                Problem(
                    "flow.owner",
                    mark("%(who)s cannot have the case."),
                    remedy=mark("Choose somebody of the unit whose account is open."),
                    params={"who": str(owner)},
                )
            )
        unit = of
    if unit is not None and (unit.is_outside or not unit.is_active or not _near(unit.area, area)):
        raise Refused(
            Problem(
                "flow.unit",
                mark("%(unit)s cannot be given this."),
                remedy=mark("Choose a department, district or park of the area."),
                params={"unit": str(unit)},
            )
        )
    return unit


def _near(one: Area, other: Area) -> bool:
    """Whether one of two areas lies in the other."""
    return one.path.startswith(other.path) or other.path.startswith(one.path)


def _allow(actor: User | None, area: Area, kind: kinds.Kind, subject: Subject | None) -> None:
    if actor is None:
        return
    path = area_path(actor)
    inside = path is not None and area.path.startswith(path)
    own = actor.organisation is not None and actor.organisation.area_id == area.pk
    if not (inside or own) or (kind.may_open and not actor.has_perm(kind.may_open, subject)):
        raise PermissionDenied("flow.open")


def _number(area: Area, year: int) -> str:
    """The next number of the year in the area; the caller holds the area."""
    last = Case.objects.filter(area=area, number__startswith=f"{year}-").order_by("pk").last()
    return f"{year}-{int(last.number.partition('-')[2]) + 1 if last else 1:04d}"
