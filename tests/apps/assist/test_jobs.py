"""What events ask of help: alarms and matters become cases, a matter is closed with its case, effects are measured."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.apps.assist.alarming import alarm, figures

from zhizao.apps.chain import services as chains
from zhizao.base.events.models import Event
from zhizao.base.events.services import publish, subscribers
from zhizao.base.flow import services as flow
from zhizao.base.flow.models import Case
from zhizao.base.jobs.execution import execute
from zhizao.base.jobs.services import enqueue

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(area, firms):
    return chains.add_chain(actor=None, area=area, name="冰箱", source="t")


def tell(name: str) -> list[str]:
    """Serve the last event of a name by its subscribers; the states of their jobs."""
    event = Event.objects.filter(name=name).latest("sequence")
    kinds = [kind for kind in subscribers()[name] if kind.startswith("assist.")]
    jobs = [enqueue(actor=None, kind=kind, parameters={"event": event.sequence}, area=event.area) for kind in kinds]
    for job in jobs:
        execute(job.pk)
        job.refresh_from_db()
    return [job.state for job in jobs]


def test_serious_alarms_become_cases_when_they_are_found_and_again_none_twice(area, firms):
    figures(area, (firms[0], "gross_output", "2025-06..12", 1400), (firms[0], "gross_output", "2026-01..05", 1000))
    one = alarm(area, firms[0])
    publish(name="warning.found", area=area, subject="x", payload={"run": "x", "alarms": [one.pk, 987654]})
    assert tell("warning.found") == ["done"]
    assert tell("warning.found") == ["done"]
    assert Case.objects.get().origin == one.origin


def test_a_matter_of_a_chain_is_a_case_and_closed_with_its_result(area, chain, staff):
    matter = chains.open_matter(actor=None, chain=chain, title="补压缩机", owner="链办", due_on=dt.date(2027, 1, 1))
    assert tell("chain.open_matter") == ["done"]
    case = Case.objects.get()
    assert (case.kind, case.title, case.subject) == ("assist.matter", "补压缩机", chain)
    flow.close(actor=None, case=case, result="helped", text="已引进一家", version=case.version)
    assert tell("flow.case_closed") == ["done"]
    matter.refresh_from_db()
    assert matter.state == "done"
    assert "已引进一家" in matter.result
    assert tell("flow.case_closed") == ["done"]  # said twice, it is closed once


def test_a_matter_that_was_closed_before_makes_no_case_and_is_left_as_it_is(area, chain):
    matter = chains.open_matter(actor=None, chain=chain, title="补压缩机", owner="链办", due_on=dt.date(2027, 1, 1))
    chains.close_matter(actor=None, matter=matter, result="不需要")
    assert tell("chain.open_matter") == ["done"]
    assert not Case.objects.exists()


def test_effects_are_measured_by_a_job_and_without_closed_cases_it_does_nothing(area, firms):
    job = enqueue(actor=None, kind="assist.effects", parameters={}, area=area)
    execute(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"effects": 0})


def test_the_api_gives_the_queue_to_a_token_with_the_scope_only(area, firms, analyst, client):
    from zhizao.base.accounts.services import create_api_token

    alarm(area, firms[0])
    month = dt.datetime.now(dt.UTC) + dt.timedelta(days=30)
    for scope, code in (("assist:read", 200), ("chain:read", 401)):
        _token, text = create_api_token(actor=analyst, name=scope, scopes=[scope], expires_at=month)
        answer = client.get("/api/v1/assist/queue", headers={"authorization": f"Bearer {text}"})
        assert answer.status_code == code
        if code == 200:
            (row,) = answer.json()
            assert (row["name"], row["loss_avoided_wan_yuan_per_hour"]) == ("甲乙制冷设备有限公司", None)
