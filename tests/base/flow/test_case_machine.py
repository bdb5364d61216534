"""Acts in any order: no event is lost, the state stays whole, the clock never runs backwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhizao.base.audit.models import AuditEvent
from zhizao.base.flow import advancing, queries, services
from zhizao.base.flow.models import Case, Part, Step
from zhizao.base.messages.models import Todo
from zhizao.kernel.result import Refused

PEOPLE = ("analyst", "owner", "colleague", "helper", "operator", "leader", "auditor", "reporter", "stranger")
ACTS = (
    *("step", "opine", "ask_part", "answer_part", "give_back", "to_enterprise", "transfer", "escalate"),
    *("suspend", "resume", "close", "withdraw", "rate", "tomorrow"),
)
MOVES = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE), st.integers(0, 2)), max_size=14)


def act(place, case, name, actor, version):
    """Try one act; whoever it is by, and whatever version he saw."""
    said = {"actor": actor, "version": version}
    step = case.steps.order_by("-pk").first()
    part = case.parts.order_by("-pk").first()
    words = {"text": f"理由{version}"}
    if name == "step" and step:
        answers = {"企业说明": {"note": "甲"}, "核实": {"result": "real"}}
        services.do_step(step=step, answer=answers.get(step.label, {}), **said)
    elif name == "ask_part":
        services.ask_part(case=case, unit=place.park, what="腾地", due_on=None, **said)
    elif name == "answer_part" and part:
        services.answer_part(part=part, state="done" if version % 2 else "declined", answer="好", **said)
    elif name == "to_enterprise":
        services.give_back(case=case, to_subject=True, **words, **said)
    elif name == "transfer":
        services.transfer(case=case, unit=place.power if version % 2 else place.office, **words, **said)
    elif name == "close":
        services.close(case=case, result="helped", **words, **said)
    elif name == "rate":
        services.rate(case=case, rating=4, **said)
    elif name in ("opine", "give_back", "escalate", "suspend", "resume", "withdraw"):
        getattr(services, name)(case=case, **words, **said)


def whole(case):
    """What must hold of a case at any time."""
    events = list(case.events.order_by("sequence"))
    assert [event.sequence for event in events] == list(range(1, case.version + 1))
    assert AuditEvent.objects.filter(target_type="flow.case", target_id=str(case.pk)).count() == len(events)
    assert events[-1].details["case"]["status"] == case.status
    ready = {step.task_id for step in case.steps.filter(state=Step.State.READY)}
    if case.is_running:
        assert ready == {step.task_id for step in advancing.running_of(case).ready()}
        assert case.closed_at is None
    else:
        assert not ready
        assert not case.parts.filter(state=Part.State.ASKED).exists()
        assert not Todo.objects.filter(done_at=None, subject__startswith="flow.").exists()
    assert case.status == Case.Status.CLOSED or not case.result
    return [(event.sequence, event.verb, event.text) for event in events]


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_no_order_of_acts_loses_an_event_or_leaves_a_case_in_pieces(place, time_machine, moves):
    case = services.open_case(
        actor=place.owner,
        area=place.area,
        kind="tests.help",
        title="甲",
        subject=place.firm,
        owner=place.owner,
        facts={"power": "no"},
        shown_to_subject=True,
    )
    now, before, used = case.opened_at, whole(case), 0
    time_machine.move_to(now)
    for name, person, behind in moves:
        if name == "tomorrow":
            now += timedelta(days=1)
            time_machine.move_to(now)
        was = Case.objects.get(pk=case.pk)
        try:
            act(place, was, name, getattr(place, person), max(was.version - behind, 0))
        except (Refused, PermissionDenied):
            refused = Case.objects.get(pk=case.pk)
            assert (refused.version, refused.state, refused.status) == (was.version, was.state, was.status)
        case = Case.objects.select_related("procedure").get(pk=case.pk)
        after = whole(case)
        assert after[: len(before)] == before
        clock = queries.clock_of(case, at=now)
        assert clock.elapsed >= used
        before, used = after, clock.elapsed
    Todo.objects.all().delete()
