"""What the page of a case shows, put together from its rows, its events and its workflow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from zhizao.base.accounts.roles import Role
from zhizao.base.facts import queries as known
from zhizao.base.flow import allowing, case_forms, clock, deadline, drawing, kinds, procedures, queries
from zhizao.base.flow.models import CaseEvent, Part, Step
from zhizao.kernel.result import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

    from zhizao.base.accounts.models import User
    from zhizao.base.flow.models import Case
    from zhizao.base.flow.queries import Standing
    from zhizao.base.flow.running import Running

Verb = CaseEvent.Verb


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline: what happened, said by whom, on which working day of the case."""

    event: CaseEvent
    used: int
    answers: tuple[tuple[str, str], ...]
    text: str

    @property
    def what(self) -> str:
        """The act in words, with the step, the part or the unit that it is about."""
        event = self.event
        words = event.get_verb_display()
        if event.step is not None:
            return _("%(what)s: %(name)s") % {"what": words, "name": event.step.title}
        if event.part is not None:
            return _("%(what)s: %(name)s") % {"what": words, "name": event.part.unit}
        return words

    @property
    def is_by_system(self) -> bool:
        return self.event.actor is None


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part as it stood: what was asked, and what came of it by then."""

    part: Part
    state: str
    answer: str

    @property
    def kind(self) -> str:
        return {Part.State.DONE: "good", Part.State.DECLINED: "bad"}.get(self.state, "watch")

    def get_state_display(self) -> str:
        return str(Part.State(self.state).label)


def who(case: Case, step: Step, stood: Standing) -> str:
    """Who is to do a step, in words."""
    if step.assignee is not None:
        return str(step.assignee)
    if step.role in ("", allowing.OWNER):
        if stood.owner is not None:
            return _("%(name)s, %(unit)s") % {"name": stood.owner, "unit": stood.unit}
        return str(stood.unit) if stood.unit else _("nobody yet: the analysts of the area hand it over")
    if step.role == allowing.SUBJECT:
        return _("the enterprise")
    return str(Role(step.role).label) if step.role in Role.values else step.role


def timeline(case: Case, events: list[CaseEvent], *, reader: User, outside: bool) -> list[Line]:
    """What happened, oldest first, each with the working days used by then."""
    timers = _timers(case)
    found = []
    for event in events:
        text = timers.get(event.details["said"].get("timer", ""), event.text)  # what the system said, in any language
        own = event.actor is not None and event.actor.organisation_id == getattr(reader, "organisation_id", None)
        answers = _answers(event.step) if event.verb == Verb.STEP_DONE and (own or not outside) else ()
        found.append(Line(event, clock.read(case, events, at=event.at).elapsed, answers, text))
    return found


def _timers(case: Case) -> dict[str, str]:
    try:
        nodes = procedures.diagram_of(case.procedure).nodes.values()
    except Refused:
        return {}
    return {node.id: node.title for node in nodes if node.wait is not None and node.name}


def _answers(step: Step | None) -> tuple[tuple[str, str], ...]:
    if step is None:
        return ()
    found = []
    for field in case_forms.fields_of(step.form):
        value = step.answer.get(field.name)
        if value not in (None, ""):
            words = {"yes": _("yes"), "no": _("no")} if field.kind == "yes_no" else dict(field.choices)
            found.append((field.title, str(words.get(value, value))))
    return tuple(found)


def drawn(case: Case, *, at: datetime, looking_back: bool) -> tuple[SafeString | None, Running | None]:
    """The diagram with where the case stands, and its workflow; the workflow is None looking back or if unreadable."""
    from zhizao.base.flow import advancing

    try:
        diagram = procedures.diagram_of(case.procedure)
    except Refused:
        return None, None
    run = None
    if not looking_back:
        try:
            run = advancing.running_of(case)
        except Refused:
            return drawing.draw(diagram, title=case.procedure.title), None
    if run is not None:
        current, done = run.current if case.is_running else frozenset(), run.done
    else:
        steps = [step for step in case.steps.all() if step.opened_at <= at]
        current = frozenset(step.spec for step in steps if step.done_at is None or step.done_at > at)
        done = frozenset(step.spec for step in steps if step.state == Step.State.DONE and step.done_at <= at)
    labels = [node.title for node in diagram.nodes.values() if node.id in current and node.name]
    words = {"name": diagram.title, "steps": "、".join(labels) or "—"}
    return drawing.draw(diagram, current, done, title=_("%(name)s; now: %(steps)s") % words), run


def context(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Everything that the template of the page needs."""
    reader: User = request.user
    at = known.instant(request.as_of)
    outside = queries.outside(reader)
    stood = queries.standing(case, request.as_of)
    everything = list(queries.events(case, request.as_of))
    shown = list(queries.events(case, request.as_of, reader=reader)) if outside else everything
    time = clock.read(case, everything, at=at)
    day = clock.day_of(at)
    svg, run = drawn(case, at=at, looking_back=request.looking_back)
    acts = queries.allowed_acts(reader, case) if not request.looking_back else ()
    mine = queries.my_steps(reader, case) if acts else []
    rated = case.rating is not None and case.rated_at <= at
    return {
        "case": case,
        "stood": stood,
        "kind": kinds.label(case.kind),
        "clock": time,
        "late_days": -deadline.working_days(day, stood.due_on)[0] if stood.due_on and stood.due_on < day else 0,
        "svg": svg,
        "waiting": run.waiting() if run is not None and case.is_running else (),
        "unreadable": run is None and case.is_running and not request.looking_back,
        "timeline": timeline(case, shown, reader=reader, outside=outside),
        "steps": [(step, who(case, step, stood)) for step in stood.steps] if stood.is_running else [],
        "my_step": mine[0] if mine else None,
        "my_parts": queries.my_parts(reader, case) if acts else [],
        "parts": [] if outside else _parts(case, at),
        "attachments": [file for event in shown for file in event.attachments.all()],
        "about": _about(case, day, request.as_of),
        "origin": kinds.link(case) if not outside else None,
        "sections": kinds.sections(reader, case, request.as_of) if not outside else [],
        "acts": acts,
        "rated": rated,
        "outside": outside,
        "ended": case.closed_at is not None and case.closed_at <= at,
    }


def _parts(case: Case, at: datetime) -> list[PartLine]:
    found = []
    for part in case.parts.filter(asked_at__lte=at).select_related("unit", "asked_by", "done_by"):
        answered = part.done_at is not None and part.done_at <= at
        found.append(PartLine(part, part.state if answered else Part.State.ASKED, part.answer if answered else ""))
    return found


def _about(case: Case, day: date, as_of: date | None) -> str:
    if case.subject is None:
        return ""
    found = known.names([case.subject_id], on=day, as_of=as_of)
    return found.get(case.subject_id, case.subject.key)
