"""The workflow of a case: its steps as rows beside its state, and the ways forward and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from zhizao.base.flow import asking, clock, deadline
from zhizao.base.flow.diagram import SUBJECT
from zhizao.base.flow.models import Case, Step
from zhizao.base.messages.services import settle
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.base.accounts.models import User
    from zhizao.base.flow.running import ReadyStep, Running


def running_of(case: Case) -> Running:
    """The workflow as it stands.

    Raises
    ------
    Refused : the stored state is not one of the procedure's version (``flow.bad_state``).
    """
    from zhizao.base.flow import procedures, running

    return running.from_json(procedures.diagram_of(case.procedure), case.state)


def begin(case: Case, facts: Mapping[str, Any], *, at: datetime) -> Running:
    """The workflow at the beginning of the case's procedure."""
    from zhizao.base.flow import procedures, running

    return running.start(procedures.diagram_of(case.procedure), facts, at=at)


def mirror(actor: User | None, case: Case, run: Running, *, at: datetime) -> None:
    """Take over where the workflow stands: new steps are asked for, those that it has left are cancelled.

    The caller keeps the case.
    """
    case.state = run.to_json()
    ready = {step.task_id: step for step in run.ready()}
    known: set[str] = set()
    for step in case.steps.filter(state=Step.State.READY):
        known.add(step.task_id)
        if step.task_id not in ready:
            leave(actor, step, at=at)
    for task_id in ready.keys() - known:
        asking.ask_step(actor, case, _enter(case, ready[task_id], at=at))
    if run.is_finished or not (ready or run.waiting() or run.current):
        asking.ask_close(actor, case)


def leave(actor: User | None, step: Step, *, at: datetime) -> None:
    """Cancel a step that nobody has to do any more."""
    step.state, step.done_at = Step.State.CANCELLED, at
    step.save(update_fields=["state", "done_at"])
    settle(actor=actor, subject=step.topic)


def _enter(case: Case, ready: ReadyStep, *, at: datetime) -> Step:
    due = deadline.due(clock.day_of(at), ready.working_days)[0] if ready.working_days is not None else None
    return Step.objects.create(
        case=case,
        task_id=ready.task_id,
        spec=ready.spec,
        label=ready.label,
        label_en=ready.label_en,
        state=Step.State.READY,
        role=ready.role,
        form=[
            {
                "name": field.name,
                "kind": field.kind,
                "label": field.label,
                "options": [list(option) for option in field.options],
                "required": field.required,
                "label_en": field.label_en,
                "options_en": [list(option) for option in field.options_en],
            }
            for field in ready.form
        ],
        due_on=due,
        opened_at=at,
    )


def move_due(case: Case, marks: Sequence[tuple[date, Mapping[str, Any]]]) -> None:
    """Give the steps that are to be done the days back for which the clock stood."""
    for step in case.steps.filter(state=Step.State.READY, due_on__isnull=False):
        but = clock.RETURNED if step.role == SUBJECT else ""  # it is the enterprise that has it then
        day = clock.step_due(step.due_on, clock.day_of(step.opened_at), marks, but=but)
        if day != step.due_on:
            step.due_on = day
            step.save(update_fields=["due_on"])


def go_back(case: Case, *, at: datetime) -> tuple[Running, Step]:
    """The workflow before the step that was done last, and that step; what was learnt since is learnt again.

    Raises
    ------
    Refused : no step has been done yet (``flow.first_step``).
    """
    from zhizao.base.flow import procedures, running

    done = case.steps.filter(state=Step.State.DONE).order_by("done_at", "pk").last()
    acts = case.state["acts"]
    places = [place for place, act in enumerate(acts) if done is not None and act.get("step") == done.task_id]
    if done is None or not places:
        raise Refused(
            Problem(
                "flow.first_step",
                mark("No step has been done yet, so there is none to go back to."),
                remedy=mark("Write an opinion, or return it to the enterprise."),
            )
        )
    diagram = procedures.diagram_of(case.procedure)
    run = running.from_json(diagram, {**case.state, "acts": acts[: places[-1]]})
    for act in acts[places[-1] + 1 :]:
        if "facts" in act:
            run.learn(act["facts"], at=at)
    return run, done
