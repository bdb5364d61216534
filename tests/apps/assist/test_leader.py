"""Three decisions: what waits for a leader, ranked by what help would avoid; his word stands in the case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from tests.apps.assist.alarming import alarm

from zhizao.apps.assist import leader_queries, leader_services
from zhizao.base.facts.queries import today
from zhizao.base.flow import services as flow
from zhizao.base.flow.models import Case
from zhizao.base.messages.models import Todo
from zhizao.kernel.result import Refused


@pytest.fixture
def leader(person):
    return person("leader")


@pytest.fixture
def open_case(area):
    """``open_case(subject, owner=…)``: a running case after a note."""

    def make(subject, *, number=1, **more):
        return flow.open_case(
            actor=None,
            area=area,
            kind="assist.note",
            title="办件",
            subject=subject,
            origin=f"assist.note:{number}",
            **more,
        )

    return make


def late(case, days=10):
    Case.objects.filter(pk=case.pk).update(due_on=today() - timedelta(days=days))
    case.refresh_from_db()
    return case


def waiting(leader, area):
    return [(one.waits, one.case) for one in leader_queries.decisions(leader, area)]


def test_a_case_within_its_days_and_with_an_owner_needs_no_leader(leader, area, firm, staff, open_case):
    open_case(firm, owner=staff)
    assert waiting(leader, area) == []


def test_an_overdue_case_waits_and_says_how_many_working_days(leader, area, firm, staff, open_case):
    case = late(open_case(firm, owner=staff), days=14)
    (one,) = leader_queries.decisions(leader, area)
    assert (one.waits, one.case, one.days_late, one.who) == ("late", case, 10, str(staff))
    assert one.acts == ("report", "assign")


def test_a_case_that_nobody_has_waits_to_be_given_to_somebody(leader, area, firm, open_case):
    case = open_case(firm)
    assert waiting(leader, area) == [("nobody", case)]


def test_an_escalated_case_waits_until_somebody_answers(leader, area, firm, staff, open_case):
    case = open_case(firm, owner=staff)
    case = flow.escalate(actor=staff, case=case, text="需要区里协调用电", version=case.version)
    assert waiting(leader, area) == [("escalated", case)]
    leader_services.approve(actor=leader, case=case, text="同意，由供电公司增容")
    assert [event.text for event in case.events.filter(actor=leader)] == ["同意，由供电公司增容"]
    assert "escalated" not in [waits for waits, _case in waiting(leader, area)]


def test_a_part_that_is_overdue_waits_with_the_unit_that_must_act(leader, area, firm, staff, person, open_case):
    case = open_case(firm, owner=staff)
    unit = person("chain_office").organisation
    part = flow.ask_part(actor=staff, case=case, unit=unit, what="核实用地", due_on=today(), version=case.version)
    part.__class__.objects.filter(pk=part.pk).update(due_on=today() - timedelta(days=7))
    (one,) = leader_queries.decisions(leader, area)
    assert (one.waits, one.who, one.days_late) == ("part", str(unit), 5)


def test_giving_it_to_somebody_writes_the_leader_s_word_and_twice_changes_nothing(
    leader, area, firm, analyst, staff, open_case
):
    case = late(open_case(firm, owner=staff))
    seen = case.version
    for _ in range(2):
        leader_services.assign(actor=leader, case=case, alarm=None, person=analyst, text="周五前办结", version=seen)
    case.refresh_from_db()
    assert case.owner == analyst
    assert [event.text for event in case.events.filter(actor=leader)] == ["周五前办结"]
    assert case.events.filter(verb="transferred").count() == 1


def test_who_decides_on_a_case_that_changed_meanwhile_is_told(leader, firm, analyst, staff, open_case):
    case = open_case(firm, owner=staff)
    seen = case.version
    flow.escalate(actor=staff, case=case, text="上报", version=seen)
    case.refresh_from_db()
    with pytest.raises(Refused):
        leader_services.assign(actor=leader, case=case, alarm=None, person=analyst, text="办", version=seen)
    case.refresh_from_db()
    assert case.owner != analyst
    assert not case.events.filter(actor=leader).exists()


def test_a_report_is_asked_for_once_on_the_owner_s_workbench(leader, firm, staff, open_case):
    case = open_case(firm, owner=staff)
    Todo.objects.all().delete()
    for _ in range(2):
        leader_services.ask_for_report(actor=leader, case=case, text="报告进展", due_on=today())
    assert [(todo.to, todo.due) for todo in Todo.objects.filter(done_at=None)] == [(staff, today())]
    assert case.events.filter(actor=leader).count() == 1
    with pytest.raises(Refused, match="is over"):
        leader_services.ask_for_report(actor=leader, case=case, text="x", due_on=today() - timedelta(days=1))


def test_only_leaders_and_analysts_decide(staff, firm, open_case):
    case = open_case(firm)
    with pytest.raises(PermissionDenied):
        leader_services.approve(actor=staff, case=case, text="x")
    assert case.events.count() == 1


def test_an_alarm_that_nobody_acts_on_is_given_to_somebody_as_one_case(leader, area, firm, analyst):
    one = alarm(area, firm)
    (decision,) = leader_queries.decisions(leader, area)
    assert (decision.waits, decision.case, decision.row.alarm) == ("nobody", None, one)
    for _ in range(2):
        leader_services.assign(actor=leader, case=None, alarm=one, person=analyst, text="三日内上门", version=0)
    case = Case.objects.get()
    assert (case.owner, case.origin) == (analyst, one.origin)
    assert [event.text for event in case.events.filter(actor=leader)] == ["三日内上门"]
    assert waiting(leader, area) == []


# --- pages


def test_the_page_shows_three_and_counts_the_rest(browse, leader, firms, staff, open_case):
    cases = [late(open_case(firms[n % 3], number=n, owner=staff), days=20 + n) for n in range(5)]
    page = browse(leader).get("/assist/leader/").content.decode()
    assert [case.number in page for case in cases] == [False, False, True, True, True]


def test_a_leader_decides_on_the_pages(browse, leader, firm, analyst, staff, open_case):
    case = late(open_case(firm, owner=staff))
    client = browse(leader)
    for act in ("assign", "report", "approve"):
        assert client.get(f"/assist/leader/act/?act={act}&case={case.pk}").status_code == 200
    said = {"version": case.version, "person": analyst.pk, "text": "接办"}
    assert client.post(f"/assist/leader/act/?act=assign&case={case.pk}", said).status_code == 302
    case.refresh_from_db()
    assert case.owner == analyst


def test_what_is_not_there_or_not_a_decision_is_404(browse, leader, firm, open_case, person, other_area):
    case = open_case(firm)
    client = browse(leader)
    for query in ("", "act=assign&case=999999", "act=assign&alarm=999999", f"act=dance&case={case.pk}", "act=report"):
        assert client.get(f"/assist/leader/act/?{query}").status_code == 404
    client = browse(person("leader", area=other_area))
    assert client.get(f"/assist/leader/act/?act=assign&case={case.pk}").status_code == 404


def test_looking_back_nothing_is_decided(browse, leader, firm, open_case):
    case = open_case(firm)
    day = (timezone.localdate() - timedelta(days=1)).isoformat()
    assert browse(leader).get(f"/assist/leader/?as_of={day}").status_code == 200
    assert browse(leader).get(f"/assist/leader/act/?act=assign&case={case.pk}&as_of={day}").status_code == 403
