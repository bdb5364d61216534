"""How a case ends: closed with a result and rated by the enterprise, or withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils import timezone

from zhizao.base.events.services import publish
from zhizao.base.flow import advancing, allowing, asking
from zhizao.base.flow.acting import Verb, keep, take, wanted
from zhizao.base.flow.models import Case, Part, Step
from zhizao.base.messages.services import notify, settle
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.base.accounts.models import User

BEST: Final = 5


@transaction.atomic
def close(*, actor: User | None, case: Case, result: str, text: str, version: int | None) -> Case:
    """Close a case with its result; steps that are left are cancelled.

    Raises
    ------
    Refused : somebody closed it before (``flow.ended``), a unit still owes its part (``flow.parts_open``), no such
        result (``flow.result``).
    """
    text = wanted(text)
    said = {"result": result, "text": text}
    case, repeated = take(actor, case, Verb.CLOSED, said=said, version=version, may=allowing.holds)
    if repeated:
        return case
    if result not in Case.Outcome.values:
        raise Refused(
            Problem("flow.result", mark("A case is closed with a result."), remedy=mark("Choose one of the list."))
        )
    if (owing := case.parts.filter(state=Part.State.ASKED).select_related("unit")).exists():
        raise Refused(
            Problem(
                "flow.parts_open",
                mark("Not answered yet: %(units)s."),
                remedy=mark("Wait for the answer, or take the part back."),
                params={"units": "、".join(str(part.unit) for part in owing)},
            )
        )
    _end(actor, case, Verb.CLOSED, status=Case.Status.CLOSED, said=said, text=text, result=result)
    return case


@transaction.atomic
def withdraw(*, actor: User | None, case: Case, text: str, version: int | None) -> Case:
    """Take a case back with the reason: it was opened in error, or who asked for it does not want it any more."""
    text = wanted(text)
    said = {"text": text}
    states = (Case.Status.OPEN, Case.Status.SUSPENDED)
    case, repeated = take(
        actor, case, Verb.WITHDRAWN, said=said, version=version, may=allowing.takes_back, states=states
    )
    if repeated:
        return case
    now = timezone.now()
    for part in case.parts.filter(state=Part.State.ASKED):
        part.state, part.done_by, part.done_at = Part.State.DECLINED, actor, now
        part.save(update_fields=["state", "done_by", "done_at"])
    _end(actor, case, Verb.WITHDRAWN, status=Case.Status.WITHDRAWN, said=said, text=text, result="")
    return case


def _end(
    actor: User | None, case: Case, verb: Verb, *, status: str, said: Mapping[str, Any], text: str, result: str
) -> None:
    now = timezone.now()
    asking.settle_all(actor, case)
    settle(actor=actor, subject=asking.escalation(case))
    for step in case.steps.filter(state=Step.State.READY):
        advancing.leave(actor, step, at=now)
    case.status, case.closed_at, case.closed_by, case.result, case.result_text = status, now, actor, result, text
    keep(actor, case, verb, said=said, at=now, text=text)
    payload = {"case": case.pk, "kind": case.kind, "origin": case.origin, "result": result}
    publish(name="flow.case_closed", area=case.area, subject=case.topic, payload=payload)
    if people := asking.of_enterprise(case):
        title = f"{case.number} {case.title}：{case.get_status_display()}"[:200]
        notify(to=people, title=title, body=text, url=case.get_absolute_url())


@transaction.atomic
def rate(*, actor: User | None, case: Case, rating: int, text: str = "", version: int | None) -> Case:
    """The enterprise's judgement of a closed case, from 1 to 5, once.

    Raises
    ------
    Refused : the case is not closed (``flow.running``), it has been rated (``flow.rated``), no such mark.
    """
    said = {"rating": rating, "text": text}
    states = (Case.Status.CLOSED,)
    case, repeated = take(actor, case, Verb.RATED, said=said, version=version, may=allowing.is_subject, states=states)
    if repeated:
        return case
    if case.rating is not None:
        raise Refused(Problem("flow.rated", mark("The case has been rated."), remedy=mark("A rating is given once.")))
    if not 1 <= rating <= BEST:
        raise Refused(
            Problem("flow.rating", mark("A rating is a whole number from 1 to 5."), remedy=mark("Choose one of them."))
        )
    case.rating, case.rating_text, case.rated_by, case.rated_at = rating, text.strip(), actor, timezone.now()
    keep(actor, case, Verb.RATED, said=said, text=text.strip(), at=case.rated_at)
    return case
