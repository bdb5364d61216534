"""Who may do which act on a case. The system (no actor) may do everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied

from zhizao.base.accounts.roles import ENTERPRISE_ROLES, Role
from zhizao.base.accounts.scoping import area_path
from zhizao.base.facts.models import own_key
from zhizao.base.flow.models import OFFICES, Case, Part, Step
from zhizao.base.flow.permissions import HANDLERS

if TYPE_CHECKING:
    from zhizao.base.accounts.models import User

OWNER: Final = "owner"  # as a procedure names who does a step, beside the roles
SUBJECT: Final = "subject"


def in_area(actor: User, case: Case) -> bool:
    """Whether the actor administers the area of the case."""
    path = area_path(actor)
    return path is not None and case.area.path.startswith(path)


def has(actor: User, *roles: str) -> bool:
    return not actor.roles.isdisjoint(roles)


def holds(actor: User, case: Case) -> bool:
    """Whether the actor has the case in hand: he is of the unit that has it, as its owner is."""
    return has(actor, *HANDLERS) and case.unit_id is not None and case.unit_id == actor.organisation_id


def leads(actor: User, case: Case) -> bool:
    """Whether the actor may hand the case on: who has it, and the analysts of its area, who see to what nobody has."""
    return holds(actor, case) or (has(actor, Role.ANALYST) and in_area(actor, case))


def is_subject(actor: User, case: Case) -> bool:
    """Whether the actor speaks for the enterprise that the case is about, and is shown it."""
    return (
        case.shown_to_subject
        and case.subject is not None
        and has(actor, *ENTERPRISE_ROLES)
        and own_key(actor) == case.subject.key
    )


def speaks_for_subject(actor: User | None, case: Case) -> bool:
    """The same, where the system may be acting."""
    return actor is not None and is_subject(actor, case)


def is_asked(actor: User, case: Case) -> bool:
    """Whether the actor's unit is asked for a part of the case."""
    parts = Part.objects.filter(case=case, unit=actor.organisation_id)
    return actor.organisation_id is not None and has(actor, *HANDLERS) and parts.exists()


def speaks(actor: User, case: Case) -> bool:
    """Whether the actor is heard and may bring files: who has the case, is asked for a part, works in its area, and the
    enterprise that it is about.
    """
    offices = set(OFFICES) - {Role.AUDITOR}
    of_area = has(actor, *offices) and in_area(actor, case)
    return of_area or holds(actor, case) or is_asked(actor, case) or is_subject(actor, case)


def takes_back(actor: User, case: Case) -> bool:
    """Whether the actor may withdraw the case: who opened it, or has it."""
    return case.opened_by_id == actor.pk or leads(actor, case)


def does(actor: User, case: Case, step: Step) -> bool:
    """Whether the step is the actor's. Who has the case also writes down what the enterprise told him."""
    if step.assignee_id == actor.pk:
        return True
    if step.role in ("", OWNER):
        return holds(actor, case)
    if step.role == SUBJECT:
        return is_subject(actor, case) or holds(actor, case)
    return has(actor, step.role) and in_area(actor, case)


def gives_back(actor: User, case: Case) -> bool:
    """Whether the actor may send the case back a step: who has it, and whose step it is."""
    steps = Step.objects.filter(case=case, state=Step.State.READY).exclude(role=SUBJECT)
    return holds(actor, case) or any(does(actor, case, step) for step in steps)


def answers(actor: User, case: Case, part: Part) -> bool:
    """Whether the part is the actor's to answer: its unit's; who has the case may take it back."""
    of_unit = has(actor, *HANDLERS) and actor.organisation_id == part.unit_id
    return of_unit or holds(actor, case)


# Act → who may, on a case in the states named.
_RUNNING: Final = (Case.Status.OPEN, Case.Status.SUSPENDED)
_OPEN: Final = (Case.Status.OPEN,)
ACTS: Final[dict[str, tuple[Callable[[User, Case], bool], tuple[str, ...]]]] = {
    "ask_part": (holds, _OPEN),
    "opine": (speaks, _RUNNING),
    "attach": (speaks, _RUNNING),
    "give_back": (gives_back, _OPEN),
    "transfer": (leads, _RUNNING),
    "escalate": (leads, _OPEN),
    "suspend": (holds, _OPEN),
    "resume": (holds, _RUNNING),
    "withdraw": (takes_back, _RUNNING),
    "close": (holds, _OPEN),
    "rate": (is_subject, (Case.Status.CLOSED,)),
}


def allow(actor: User | None, case: Case, may: Callable[[User, Case], bool]) -> None:
    """Raise ``PermissionDenied`` unless the actor sees the case and may do the act; the system may."""
    if actor is None:
        return
    if not Case.objects.visible_to(actor).filter(pk=case.pk).exists() or not may(actor, case):
        raise PermissionDenied("flow.act")
