"""How every act on a case begins and ends: lock, permission, what was seen; then the event, the audit row, the clock.

``take`` locks the case. Who sends the same act twice gets the case as the first left it; who acts on what has changed
since he looked is refused, and his page keeps what he typed. ``keep`` writes what happened: one event for each act, and
the version of the case is the sequence of its last event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from zhizao.base.audit.services import record
from zhizao.base.facts.queries import CHINA
from zhizao.base.flow import advancing, allowing, clock
from zhizao.base.flow.models import Case, CaseEvent
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.base.accounts.models import User
    from zhizao.base.flow.models import Part, Step

Verb = CaseEvent.Verb
# Nobody loses his work because a reminder went out or somebody else said something meanwhile.
HARMLESS: Final = (Verb.REMINDED, Verb.OPINION, Verb.ATTACHED)
WRITTEN: Final = (
    *("state", "facts", "status", "severity", "owner", "unit", "working_days", "due_on", "due_provisional", "version"),
    *("closed_at", "closed_by", "result", "result_text", "rating", "rating_text", "rated_by", "rated_at"),
)
LONGEST_TEXT: Final = 4000


def locked(pk: int) -> Case:
    """The case, held until the end of the transaction."""
    related = ("area", "subject", "procedure", "owner", "unit")
    return Case.objects.select_for_update(of=("self",)).select_related(*related).get(pk=pk)


def take(
    actor: User | None,
    case: Case,
    verb: Verb,
    *,
    said: Mapping[str, Any],
    version: int | None,
    may: Callable[[User, Case], bool],
    states: tuple[str, ...] = (Case.Status.OPEN,),
) -> tuple[Case, bool]:
    """The case, locked, and whether the actor has done just this already, so that nothing is left to do.

    Parameters
    ----------
    said : what the actor says with the act, in JSON's own types; by it a repeated act is known
    version : the version that the actor saw; None for the system, which looks now

    Raises
    ------
    PermissionDenied : the act is not the actor's.
    Refused : the case is in none of ``states`` (``flow.ended``, ``flow.suspended``, ``flow.not_suspended``), or it has
        changed since it was seen (``flow.changed``).
    """
    case = locked(case.pk)
    allowing.allow(actor, case, may)
    since = list(case.events.filter(sequence__gt=version).select_related("actor")) if version is not None else []
    mine = actor.pk if actor else None
    if any(event.actor_id == mine and event.verb == verb and event.details["said"] == said for event in since):
        return case, True
    if case.status not in states:
        raise Refused(_wrong_state(case))
    if verb not in HARMLESS and (others := [event for event in since if event.verb not in HARMLESS]):
        raise Refused(_changed(others[-1]))
    return case, False


def keep(
    actor: User | None,
    case: Case,
    verb: Verb,
    *,
    said: Mapping[str, Any],
    at: datetime | None = None,
    text: str = "",
    step: Step | None = None,
    part: Part | None = None,
    timer: Mapping[str, str] | None = None,
) -> CaseEvent:
    """Write the case as it stands now, what happened, and the audit row; ``timer`` stops or starts the clock."""
    at = at or timezone.now()
    case.version += 1
    if timer:
        marks = [*clock.marks_of(case.events.all()), (clock.day_of(at), timer)]
        case.due_on, case.due_provisional = clock.due_day(case, marks)
        advancing.move_due(case, marks)
    case.save(update_fields=WRITTEN)
    event = CaseEvent(
        case=case,
        sequence=case.version,
        at=at,
        actor=actor,
        verb=verb,
        step=step,
        part=part,
        text=text,
        details={"said": dict(said), "case": standing(case)} | ({"clock": dict(timer)} if timer else {}),
    )
    event.save()
    details = {"case": case.number, "sequence": event.sequence, **said}
    record(actor=actor, action=f"flow.{verb}", target=case, area=case.area, details=details)
    return event


def standing(case: Case) -> dict[str, Any]:
    """How a case stands, as an event keeps it."""
    return {
        "status": case.status,
        "severity": case.severity,
        "owner": case.owner_id,
        "unit": case.unit_id,
        "due_on": case.due_on.isoformat() if case.due_on else None,
        "due_provisional": case.due_provisional,
        "result": case.result,
        "result_text": case.result_text,
    }


def wanted(text: str, *, code: str = "flow.text") -> str:
    """A text that must be there.

    Raises
    ------
    Refused : it is empty or too long.
    """
    text = text.strip()
    if not text:
        raise Refused(Problem(code, mark("There is no text."), remedy=mark("Write what others must know of it.")))
    if len(text) > LONGEST_TEXT:
        raise Refused(
            Problem(
                code,
                mark("The text has %(number)s characters; at most %(most)s are kept."),
                remedy=mark("Write the heart of it here and attach the rest as a file."),
                params={"number": len(text), "most": LONGEST_TEXT},
            )
        )
    return text


def _changed(event: CaseEvent) -> Problem:
    return Problem(
        "flow.changed",
        mark("The case has changed since you opened it: %(who)s, %(what)s, %(when)s."),
        remedy=mark("What you wrote is kept below. Look at the case as it is now, then send it again."),
        params={"who": _who(event.actor), "what": event.get_verb_display(), "when": _when(event.at)},
    )


def _wrong_state(case: Case) -> Problem:
    if case.status == Case.Status.SUSPENDED:
        return Problem(
            "flow.suspended",
            mark("The case is suspended."),
            remedy=mark("Resume it first."),
        )
    if case.is_running:
        return Problem(
            "flow.running",
            mark("The case has not been closed yet."),
            remedy=mark("Wait until it is closed."),
        )
    if case.status == Case.Status.WITHDRAWN:
        message = mark("%(who)s withdrew the case, %(when)s: %(text)s")
    else:
        message = mark("%(who)s closed the case, %(when)s, with “%(result)s”: %(text)s")
    return Problem(
        "flow.ended",
        message,
        remedy=mark("Open a new case for what is left to do."),
        params={
            "who": _who(case.closed_by),
            "when": _when(case.closed_at or timezone.now()),
            "result": case.get_result_display() if case.result else "",
            "text": case.result_text,
        },
    )


def _who(person: User | None) -> str:
    return str(person) if person else _("the system")


def _when(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
