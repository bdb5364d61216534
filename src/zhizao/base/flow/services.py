"""What is done to a case. Each verb is one transaction: lock, permission, workflow, event, audit row, to-dos.

Every verb takes the ``version`` that its page showed. Who acts on a case that has changed since is refused
(``flow.changed``), who sends the same twice changes nothing, and who comes after another closed it is told who did and
with what. See ``acting``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from zhizao.base.accounts.roles import Role
from zhizao.base.flow import advancing, allowing, asking, clock
from zhizao.base.flow.acting import Verb, keep, take, wanted
from zhizao.base.flow.ending import close as close
from zhizao.base.flow.ending import rate as rate
from zhizao.base.flow.ending import withdraw as withdraw
from zhizao.base.flow.models import Case, Step
from zhizao.base.flow.opening import open_case as open_case
from zhizao.base.flow.opening import unit_for
from zhizao.base.flow.saying import answer_part as answer_part
from zhizao.base.flow.saying import ask_part as ask_part
from zhizao.base.flow.saying import attach as attach
from zhizao.base.flow.saying import opine as opine
from zhizao.base.messages.services import ask, notify, settle
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.base.accounts.models import Organisation, User


# --- the workflow


@transaction.atomic
def do_step(*, actor: User | None, step: Step, answer: Mapping[str, Any], version: int | None) -> Case:
    """Do a step of the procedure with its answer, and go on to what follows.

    Raises
    ------
    Refused : somebody did it before (``flow.step_done``), or the answer is not what the step asks (``flow.field_…``).
    """
    said = {"step": step.task_id, "answer": dict(answer)}
    case, repeated = take(
        actor,
        step.case,
        Verb.STEP_DONE,
        said=said,
        version=version,
        may=lambda who, of: allowing.does(who, of, step),
    )
    if repeated:
        return case
    step = case.steps.select_related("done_by").get(pk=step.pk)
    if step.state != Step.State.READY:
        raise Refused(
            Problem(
                "flow.step_done",
                mark("The step “%(step)s” is not to be done any more."),
                remedy=mark("Look at the case as it is now."),
                params={"step": step.title},
            )
        )
    now = timezone.now()
    run = advancing.running_of(case)
    run.complete(step.task_id, answer, at=now)
    step.state, step.done_at, step.done_by, step.answer = Step.State.DONE, now, actor, dict(answer)
    step.save(update_fields=["state", "done_at", "done_by", "answer"])
    settle(actor=actor, subject=step.topic)
    advancing.mirror(actor, case, run, at=now)
    keep(actor, case, Verb.STEP_DONE, said=said, at=now, step=step, timer=clock.answered(case))
    return case


@transaction.atomic
def learn(*, actor: User | None, case: Case, facts: Mapping[str, Any], version: int | None = None) -> Case:
    """Take in facts that a gateway of the procedure waits for; the case goes on as soon as they suffice."""
    said = {"facts": dict(facts)}
    case, repeated = take(actor, case, Verb.PROCEDURE, said=said, version=version, may=allowing.holds)
    if repeated:
        return case
    now = timezone.now()
    run = advancing.running_of(case)
    run.learn(facts, at=now)
    case.facts = {**case.facts, **facts}
    advancing.mirror(actor, case, run, at=now)
    keep(actor, case, Verb.PROCEDURE, said=said, at=now)
    return case


@transaction.atomic
def give_back(*, actor: User | None, case: Case, text: str, version: int | None, to_subject: bool = False) -> Case:
    """Return a case: to the step before, or to the enterprise, which is to add what is missing; with the reason.

    While the enterprise has it the clock stands.

    Raises
    ------
    Refused : there is no step to go back to (``flow.first_step``), or nobody of the enterprise sees the case.
    """
    text = wanted(text)
    said = {"text": text, "to_subject": to_subject}
    case, repeated = take(actor, case, Verb.RETURNED, said=said, version=version, may=allowing.gives_back)
    if repeated:
        return case
    now = timezone.now()
    step = None
    if not to_subject:
        run, step = advancing.go_back(case, at=now)
        advancing.mirror(actor, case, run, at=now)
    elif not (people := asking.of_enterprise(case)):
        raise Refused(
            Problem(
                "flow.nobody_there",
                mark("Nobody of the enterprise sees this case."),
                remedy=mark("Ask the enterprise yourself, and write down what it says."),
            )
        )
    else:
        notify(to=people, title=f"{case.number} {case.title}"[:200], body=text, url=case.get_absolute_url())
    stops = to_subject or (step is not None and step.role == allowing.SUBJECT)
    held = clock.RETURNED in clock.held(case)
    timer = {"stop": clock.RETURNED} if stops and not held else None
    keep(actor, case, Verb.RETURNED, said=said, at=now, text=text, step=step, timer=timer)
    return case


@transaction.atomic
def suspend(*, actor: User | None, case: Case, text: str, version: int | None) -> Case:
    """Lay a case aside with the reason; its clock stands and nobody is asked for anything until it is resumed."""
    text = wanted(text)
    said = {"text": text}
    case, repeated = take(actor, case, Verb.SUSPENDED, said=said, version=version, may=allowing.holds)
    if repeated:
        return case
    case.status = Case.Status.SUSPENDED
    for step in case.steps.filter(state=Step.State.READY):
        settle(actor=actor, subject=step.topic)
    keep(actor, case, Verb.SUSPENDED, said=said, text=text, timer={"stop": clock.SUSPENDED})
    return case


@transaction.atomic
def resume(*, actor: User | None, case: Case, version: int | None, text: str = "") -> Case:
    """Take a suspended case up again, or one that was given back to the enterprise: its clock goes on.

    Raises
    ------
    Refused : its clock runs already (``flow.runs``).
    """
    said = {"text": text}
    states = (Case.Status.OPEN, Case.Status.SUSPENDED)
    case, repeated = take(actor, case, Verb.RESUMED, said=said, version=version, may=allowing.holds, states=states)
    if repeated:
        return case
    held = clock.held(case)
    if not held:
        raise Refused(
            Problem(
                "flow.runs",
                mark("The clock of the case runs already."),
                remedy=mark("Look at the case as it is now."),
            )
        )
    reason = clock.SUSPENDED if clock.SUSPENDED in held else clock.RETURNED
    case.status = Case.Status.OPEN
    keep(actor, case, Verb.RESUMED, said=said, text=text.strip(), timer={"go": reason})
    asking.ask_again(actor, case)
    return case


# --- who has it


@transaction.atomic
def transfer(
    *,
    actor: User | None,
    case: Case,
    text: str,
    version: int | None,
    owner: User | None = None,
    unit: Organisation | None = None,
) -> Case:
    """Hand a case over to somebody, or to a unit, with the reason.

    Raises
    ------
    Refused : nobody is named (``flow.to_nobody``), or he cannot have it (``flow.owner``, ``flow.unit``).
    """
    text = wanted(text)
    said = {"text": text, "owner": owner.pk if owner else None, "unit": unit.pk if unit else None}
    states = (Case.Status.OPEN, Case.Status.SUSPENDED)
    case, repeated = take(actor, case, Verb.TRANSFERRED, said=said, version=version, may=allowing.leads, states=states)
    if repeated:
        return case
    unit = unit_for(owner, unit, case.area)
    if unit is None:
        raise Refused(
            Problem(
                "flow.to_nobody",
                mark("Nobody is named to have the case."),
                remedy=mark("Choose a unit, or somebody of it."),
            )
        )
    case.owner, case.unit = owner, unit
    keep(actor, case, Verb.TRANSFERRED, said=said, text=text)
    _ask_anew(actor, case)
    return case


@transaction.atomic
def escalate(*, actor: User | None, case: Case, text: str, version: int | None) -> Case:
    """Take a case to the nearest unit above that handles cases, or where there is none ask the leaders of the area.

    It is serious from now on.
    """
    text = wanted(text)
    said = {"text": text}
    case, repeated = take(actor, case, Verb.ESCALATED, said=said, version=version, may=allowing.leads)
    if repeated:
        return case
    above = case.unit.parent if case.unit else None
    while above is not None and not asking.members(above):
        above = above.parent
    case.severity = Case.Severity.SERIOUS
    if above is not None:
        case.owner, case.unit = None, above
    keep(actor, case, Verb.ESCALATED, said=said, text=text)
    _ask_anew(actor, case)
    if above is None:
        title = f"{case.number} {case.title}"[:200]
        url = case.get_absolute_url()
        ask(asked_by=actor, area=case.area, title=title, url=url, role=Role.LEADER, subject=asking.escalation(case))
    return case


def _ask_anew(actor: User | None, case: Case) -> None:
    settle(actor=actor, subject=asking.orphan(case))
    if case.status == Case.Status.OPEN:
        asking.ask_again(actor, case)
