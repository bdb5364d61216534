from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from zhizao.base.audit.models import AuditEvent
from zhizao.base.events.models import Event
from zhizao.base.facts.models import AppendOnlyError
from zhizao.base.flow import queries, services
from zhizao.base.flow.models import Attachment, Case, CaseEvent, Part, Step
from zhizao.base.messages.models import Todo
from zhizao.kernel.result import Refused

KIND = "tests.help"


def now(case):
    return Case.objects.get(pk=case.pk)


def step(case):
    return case.steps.get(state=Step.State.READY)


def verbs(case):
    return list(case.events.order_by("sequence").values_list("verb", flat=True))


def code(refused):
    return refused.value.problems[0].code


def advance(place, case, *, to="visit"):
    """Do the steps before one."""
    services.do_step(actor=place.reporter, step=step(case), answer={"note": "缺电"}, version=now(case).version)
    if to != "check":
        services.do_step(actor=place.owner, step=step(case), answer={"result": "real"}, version=now(case).version)
    return now(case)


# --- opening


def test_a_case_has_a_number_its_first_step_and_a_deadline(place, case):
    assert case.number == f"{case.opened_at.year}-0001"
    assert (step(case).label, step(case).role) == ("企业说明", "subject")
    assert case.unit == place.office
    assert verbs(case) == ["opened"]
    assert case.version == 1
    assert Event.objects.get(name="flow.case_opened").payload == {"case": case.pk, "kind": KIND, "origin": "tests:1"}
    assert AuditEvent.objects.filter(action="flow.opened", target_id=str(case.pk)).count() == 1
    assert list(Todo.objects.filter(done_at=None).values_list("to__username", flat=True)) == ["厂办"]


def test_a_second_click_with_the_same_origin_opens_no_second_case(place, case):
    again = services.open_case(actor=place.colleague, area=place.area, kind=KIND, title="又一次", origin="tests:1")
    assert again == case
    assert verbs(case) == ["opened"]


def test_after_the_case_has_ended_its_origin_can_have_another(place, case):
    services.withdraw(actor=place.owner, case=case, text="误报", version=case.version)
    again = services.open_case(actor=place.owner, area=place.area, kind=KIND, title="再来", origin="tests:1")
    assert again.number.endswith("-0002")
    assert set(Case.objects.filter(kind=KIND, origin="tests:1")) == {case, again}


def test_a_case_is_refused_without_title_or_with_an_owner_of_another_area(place):
    with pytest.raises(Refused) as refused:
        services.open_case(actor=place.owner, area=place.area, kind=KIND, title="  ")
    assert code(refused) == "flow.title"
    with pytest.raises(Refused) as refused:
        services.open_case(actor=place.owner, area=place.area, kind=KIND, title="甲", owner=place.stranger)
    assert code(refused) == "flow.unit"
    with pytest.raises(Refused) as refused:
        services.open_case(actor=place.owner, area=place.area, kind=KIND, title="甲", unit=place.company)
    assert code(refused) == "flow.unit"
    with pytest.raises(PermissionDenied):
        services.open_case(actor=place.stranger, area=place.area, kind=KIND, title="甲")
    assert not Case.objects.exists()
    assert not Todo.objects.exists()


# --- steps


def test_the_steps_lead_through_the_procedure_and_then_the_case_is_to_be_closed(place, case):
    advance(place, case)
    assert step(case).label == "走访"
    services.do_step(actor=place.colleague, step=step(case), answer={}, version=now(case).version)
    assert not case.steps.filter(state=Step.State.READY).exists()
    assert [todo.to for todo in Todo.objects.filter(subject=case.topic, done_at=None)] == [place.owner]
    assert verbs(case) == ["opened", "step_done", "step_done", "step_done"]
    assert case.events.get(sequence=3).step.answer == {"result": "real"}


def test_a_gateway_takes_the_way_that_the_facts_say(place):
    case = services.open_case(
        actor=place.owner, area=place.area, kind=KIND, title="停电", subject=place.firm, facts={"power": "yes"}
    )
    services.do_step(actor=place.owner, step=step(case), answer={"note": "电话核实"}, version=1)
    services.do_step(actor=place.owner, step=step(case), answer={"result": "real"}, version=2)
    assert step(case).label == "协调供电"
    with pytest.raises(PermissionDenied):
        services.do_step(actor=place.owner, step=step(case), answer={}, version=3)
    services.do_step(actor=place.leader, step=step(case), answer={}, version=3)
    assert not case.steps.filter(state=Step.State.READY).exists()


def test_a_gateway_that_misses_a_fact_waits_and_goes_on_when_it_is_told(place):
    case = services.open_case(actor=place.owner, area=place.area, kind=KIND, title="停电", subject=place.firm)
    services.do_step(actor=place.owner, step=step(case), answer={"note": "电话核实"}, version=1)
    services.do_step(actor=place.owner, step=step(case), answer={"result": "real"}, version=2)
    assert not case.steps.filter(state=Step.State.READY).exists()
    assert not Todo.objects.filter(subject=case.topic).exists()  # nobody is asked to close it
    with pytest.raises(PermissionDenied):
        services.learn(actor=place.helper, case=case, facts={"power": "yes"}, version=3)
    services.learn(actor=place.owner, case=case, facts={"power": "yes"}, version=3)
    assert step(case).label == "协调供电"
    assert now(case).facts["power"] == "yes"


def test_a_step_is_done_by_whom_it_is_asked_of_and_nobody_else(place, case):
    advance(place, case, to="check")
    before = now(case)
    for person in (place.helper, place.reporter, place.auditor, place.stranger, place.leader):
        with pytest.raises(PermissionDenied):
            services.do_step(actor=person, step=step(case), answer={"result": "real"}, version=before.version)
    after = now(case)
    assert (after.version, after.state, step(case).label) == (before.version, before.state, "核实")


def test_a_wrong_answer_changes_nothing(place, case):
    advance(place, case, to="check")
    for answer in ({}, {"result": "perhaps"}, {"result": "real", "code": "x"}):
        with pytest.raises(Refused):
            services.do_step(actor=place.owner, step=step(case), answer=answer, version=now(case).version)
    assert verbs(case) == ["opened", "step_done"]
    assert step(case).label == "核实"


def test_a_double_click_does_a_step_once(place, case):
    first = step(case)
    for _ in range(2):
        services.do_step(actor=place.reporter, step=first, answer={"note": "缺电"}, version=1)
    assert verbs(case) == ["opened", "step_done"]
    assert step(case).label == "核实"


def test_who_acts_on_what_has_changed_is_told_by_whom(place, case):
    services.ask_part(actor=place.colleague, case=case, unit=place.power, what="查线路", due_on=None, version=1)
    with pytest.raises(Refused) as refused:
        services.suspend(actor=place.owner, case=case, text="等企业", version=1)
    assert code(refused) == "flow.changed"
    assert refused.value.problems[0].params["who"] == "同事"
    assert now(case).status == "open"


def test_an_opinion_or_a_reminder_meanwhile_makes_nobody_lose_an_act(place, case):
    services.opine(actor=place.leader, case=case, text="抓紧", version=1)
    services.suspend(actor=place.owner, case=case, text="等企业", version=1)
    assert verbs(case) == ["opened", "opinion", "suspended"]


# --- back, aside, on


def test_a_case_goes_back_to_the_step_before_with_the_reason(place, case):
    advance(place, case)
    services.give_back(actor=place.owner, case=case, text="材料不齐", version=3)
    assert step(case).label == "核实"
    assert case.steps.get(label="走访").state == Step.State.CANCELLED
    assert case.events.get(verb="returned").text == "材料不齐"
    services.do_step(actor=place.owner, step=step(case), answer={"result": "false"}, version=4)
    assert step(case).label == "走访"
    assert [s.answer for s in case.steps.filter(label="核实").order_by("pk")] == [
        {"result": "real"},
        {"result": "false"},
    ]


def test_at_the_first_step_there_is_no_way_back(place, case):
    with pytest.raises(Refused) as refused:
        services.give_back(actor=place.owner, case=case, text="不行", version=1)
    assert code(refused) == "flow.first_step"
    with pytest.raises(Refused) as refused:
        services.give_back(actor=place.owner, case=case, text="  ", version=1)
    assert code(refused) == "flow.text"
    assert verbs(case) == ["opened"]


def test_back_at_the_enterprise_the_clock_stands_until_it_answers(place, case):
    advance(place, case)
    services.give_back(actor=place.owner, case=case, text="补充合同", version=3, to_subject=True)
    assert now(case).due_on is None
    assert queries.clock_of(now(case), at=now(case).opened_at + timedelta(days=30)).elapsed == 0
    services.opine(actor=place.reporter, case=case, text="已补", version=4)
    assert now(case).due_on == case.due_on
    assert step(case).label == "走访"


def test_while_a_case_is_suspended_nobody_is_asked_and_nothing_is_done(place, case):
    services.suspend(actor=place.owner, case=case, text="等企业检修", version=1)
    assert not Todo.objects.filter(done_at=None).exists()
    with pytest.raises(Refused) as refused:
        services.do_step(actor=place.reporter, step=step(case), answer={"note": "x"}, version=2)
    assert code(refused) == "flow.suspended"
    services.resume(actor=place.colleague, case=case, version=2)
    assert Todo.objects.get(done_at=None).to == place.reporter
    with pytest.raises(Refused) as refused:
        services.resume(actor=place.owner, case=case, version=3)
    assert code(refused) == "flow.runs"


# --- parts, opinions, files


def test_a_part_is_asked_of_a_unit_and_answered_by_it_alone(place, case):
    part = services.ask_part(
        actor=place.owner, case=case, unit=place.power, what="查线路", due_on=case.due_on, version=1
    )
    assert Todo.objects.get(subject=part.topic).to == place.helper
    for person in (place.reporter, place.operator, place.stranger, place.auditor):
        with pytest.raises(PermissionDenied):
            services.answer_part(actor=person, part=part, state="done", answer="好", version=2)
    with pytest.raises(PermissionDenied):  # who has the case may take it back, but not call it done
        services.answer_part(actor=place.owner, part=part, state="done", answer="好", version=2)
    services.answer_part(actor=place.helper, part=part, state="done", answer="已修", version=2)
    part.refresh_from_db()
    assert (part.state, part.answer, part.done_by) == (Part.State.DONE, "已修", place.helper)
    assert not Todo.objects.filter(subject=part.topic, done_at=None).exists()
    with pytest.raises(Refused) as refused:
        services.answer_part(actor=place.helper, part=part, state="declined", answer="不行", version=3)
    assert code(refused) == "flow.part_done"


def test_a_park_is_asked_for_a_part_and_sees_the_case_from_then_on(place, case):
    assert queries.case(place.operator, case.pk) is None
    services.ask_part(actor=place.owner, case=case, unit=place.park, what="腾出厂房", due_on=None, version=1)
    assert queries.case(place.operator, case.pk) == case
    assert "answer_part" in queries.allowed_acts(place.operator, case)


def test_a_part_is_not_asked_of_an_enterprise_another_area_or_for_a_day_that_has_passed(place, case):
    for unit, day, said in (
        (place.company, None, "flow.unit"),
        (place.stranger.organisation, None, "flow.unit"),
        (place.power, date(2020, 1, 1), "flow.past"),
    ):
        with pytest.raises(Refused) as refused:
            services.ask_part(actor=place.owner, case=case, unit=unit, what="查", due_on=day, version=1)
        assert code(refused) == said
    assert not Part.objects.exists()
    assert verbs(case) == ["opened"]


def test_a_file_is_brought_once_however_often_it_is_sent(place, case):
    for _ in range(2):
        upload = SimpleUploadedFile("a.pdf", b"%PDF-1.4 x")
        services.attach(actor=place.reporter, case=case, upload=upload, text="合同", version=1)
    assert Attachment.objects.get().file.name == "a.pdf"
    assert verbs(case) == ["opened", "attached"]
    with pytest.raises(Refused):
        services.attach(actor=place.owner, case=case, upload=SimpleUploadedFile("a.exe", b"MZ\x00\x01"), version=2)
    with pytest.raises(PermissionDenied):
        services.attach(actor=place.auditor, case=case, upload=SimpleUploadedFile("b.pdf", b"%PDF-1.4"), version=2)
    assert verbs(case) == ["opened", "attached"]


def test_offices_speak_among_themselves(place, case):
    services.opine(actor=place.leader, case=case, text="内部意见", version=1)
    services.opine(actor=place.reporter, case=case, text="企业的话", version=2)
    seen = [event.text for event in queries.events(case, reader=place.reporter)]
    assert "内部意见" not in seen
    assert "企业的话" in seen
    assert "内部意见" in [event.text for event in queries.events(case, reader=place.auditor)]


# --- who has it


def test_a_case_is_handed_on_with_its_to_dos(place, case):
    advance(place, case, to="check")
    services.transfer(actor=place.owner, case=case, text="专业对口", version=2, unit=place.power)
    found = now(case)
    assert (found.owner, found.unit) == (None, place.power)
    assert [todo.to for todo in Todo.objects.filter(subject=step(case).topic, done_at=None)] == [place.helper]
    with pytest.raises(PermissionDenied):
        services.do_step(actor=place.owner, step=step(case), answer={"result": "real"}, version=3)
    services.transfer(actor=place.analyst, case=case, text="收回", version=3, owner=place.owner)
    assert now(case).unit == place.office
    with pytest.raises(Refused) as refused:
        services.transfer(actor=place.owner, case=case, text="无", version=4)
    assert code(refused) == "flow.to_nobody"
    with pytest.raises(Refused) as refused:
        services.transfer(actor=place.owner, case=case, text="给企业", version=4, unit=place.company)
    assert code(refused) == "flow.unit"


def test_a_case_goes_up_to_the_unit_above_and_then_to_the_leaders(place, case):
    services.escalate(actor=place.owner, case=case, text="需局长协调", version=1)
    found = now(case)
    assert (found.unit, found.owner, found.severity) == (place.bureau, None, "serious")
    services.escalate(actor=place.analyst, case=case, text="需区里协调", version=2)
    assert now(case).unit == place.bureau
    assert Todo.objects.get(subject=f"flow.escalated:{case.pk}").role == "leader"


# --- the end


def test_two_people_close_a_case_and_the_second_is_told_who_did_and_with_what(place, case):
    services.close(actor=place.owner, case=case, result="helped", text="已恢复供电", version=1)
    with pytest.raises(Refused) as refused:
        services.close(actor=place.colleague, case=case, result="not_needed", text="不用了", version=1)
    (problem,) = refused.value.problems
    assert problem.code == "flow.ended"
    assert (problem.params["who"], problem.params["text"]) == ("承办人", "已恢复供电")
    found = now(case)
    assert (found.status, found.result, found.closed_by) == ("closed", "helped", place.owner)
    assert not Todo.objects.filter(done_at=None).exists()
    assert not case.steps.filter(state=Step.State.READY).exists()
    closed = Event.objects.get(name="flow.case_closed")
    assert closed.payload == {"case": case.pk, "kind": KIND, "origin": "tests:1", "result": "helped"}


def test_the_same_click_twice_closes_once(place, case):
    for _ in range(2):
        services.close(actor=place.owner, case=case, result="helped", text="好了", version=1)
    assert verbs(case) == ["opened", "closed"]
    assert Event.objects.filter(name="flow.case_closed").count() == 1


def test_a_case_is_not_closed_without_a_result_or_while_a_unit_owes_its_part(place, case):
    with pytest.raises(Refused) as refused:
        services.close(actor=place.owner, case=case, result="", text="好", version=1)
    assert code(refused) == "flow.result"
    part = services.ask_part(actor=place.owner, case=case, unit=place.power, what="查", due_on=None, version=1)
    with pytest.raises(Refused) as refused:
        services.close(actor=place.owner, case=case, result="helped", text="好", version=2)
    assert code(refused) == "flow.parts_open"
    assert refused.value.problems[0].params["units"] == "供电所"
    services.answer_part(actor=place.owner, part=part, state="declined", answer="不需要了", version=2)
    services.close(actor=place.owner, case=case, result="helped", text="好", version=3)
    assert now(case).status == "closed"


def test_the_enterprise_rates_a_closed_case_once_and_nobody_for_it(place, case):
    with pytest.raises(Refused) as refused:
        services.rate(actor=place.reporter, case=case, rating=5, version=1)
    assert code(refused) == "flow.running"
    services.close(actor=place.owner, case=case, result="helped", text="好", version=1)
    for person in (place.owner, place.leader, place.operator):
        with pytest.raises(PermissionDenied):
            services.rate(actor=person, case=case, rating=5, version=2)
    for wrong in (0, 6):
        with pytest.raises(Refused) as refused:
            services.rate(actor=place.reporter, case=case, rating=wrong, version=2)
        assert code(refused) == "flow.rating"
    services.rate(actor=place.reporter, case=case, rating=4, text="及时", version=2)
    with pytest.raises(Refused) as refused:
        services.rate(actor=place.reporter, case=case, rating=1, text="变了", version=3)
    assert code(refused) == "flow.rated"
    assert (now(case).rating, now(case).rating_text) == (4, "及时")


@pytest.mark.parametrize("act", ["suspend", "close", "transfer", "escalate", "withdraw", "give_back", "ask_part"])
def test_what_is_denied_changes_nothing(place, case, act):
    more = {
        "close": {"result": "helped"},
        "transfer": {"unit": place.power},
        "ask_part": {"unit": place.power, "due_on": None},
    }.get(act, {})
    words = {"what": "查"} if act == "ask_part" else {"text": "理由"}
    for person in (place.reporter, place.operator, place.auditor, place.stranger, place.leader, place.helper):
        with pytest.raises(PermissionDenied):
            getattr(services, act)(actor=person, case=case, version=1, **more, **words)
    assert now(case).version == 1
    assert verbs(case) == ["opened"]


# --- who sees what; what is kept


def test_a_case_is_seen_by_the_offices_of_its_area_and_by_those_it_concerns(place, case):
    seeing = {
        person.username
        for person in (
            *(place.analyst, place.owner, place.colleague, place.helper, place.operator, place.leader),
            *(place.auditor, place.reporter, place.stranger),
        )
        if queries.case(person, case.pk)
    }
    assert seeing == {"分析员", "承办人", "同事", "供电员", "区领导", "审计员", "厂办"}
    hidden = services.open_case(actor=place.owner, area=place.area, kind=KIND, title="内部", subject=place.firm)
    assert queries.case(place.reporter, hidden.pk) is None


def test_what_happened_is_neither_changed_nor_removed(place, case):
    event = case.events.get()
    with pytest.raises(AppendOnlyError):
        event.save()
    with pytest.raises(AppendOnlyError):
        event.delete()
    with pytest.raises(AppendOnlyError):
        CaseEvent.objects.all().delete()
    with pytest.raises(AppendOnlyError):
        place.procedure.save()


def test_the_database_refuses_to_change_what_happened(place, case):
    from django.db import connection

    from zhizao.base.flow import triggers

    triggers.TRIGGERS.install(connection)
    try:
        for statement in ("UPDATE flow_caseevent SET text = 'x'", "DELETE FROM flow_procedure"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    finally:
        triggers.TRIGGERS.remove(connection)


def test_an_earlier_standing_is_read_from_the_events(place, case, time_machine):
    opened = case.opened_at
    time_machine.move_to(opened + timedelta(days=3))
    services.transfer(actor=place.owner, case=case, text="转", version=1, unit=place.power)
    time_machine.move_to(opened + timedelta(days=6))
    services.close(actor=place.helper, case=case, result="helped", text="好", version=2)
    then = queries.standing(now(case), opened + timedelta(days=1))
    assert (then.status, then.owner, then.unit) == ("open", place.owner, place.office)
    assert [s.label for s in then.steps] == ["企业说明"]
    then = queries.standing(now(case), opened + timedelta(days=4))
    assert (then.status, then.owner, then.unit) == ("open", None, place.power)
    then = queries.standing(now(case), opened + timedelta(days=7))
    assert (then.status, then.result, then.steps) == ("closed", "helped", ())


def test_a_case_reported_to_a_head_who_handles_no_cases_stays_and_the_leaders_are_asked(place):
    """The government stands above the bureau and has only its leader, who acts on no case: nobody could go on there."""
    place.bureau.parent = place.leader.organisation
    place.bureau.save(update_fields=["parent"])
    case = services.open_case(actor=place.analyst, area=place.area, kind=KIND, title="甲", unit=place.bureau)
    services.escalate(actor=place.analyst, case=case, text="需区里协调", version=1)
    case.refresh_from_db()
    assert (case.unit, case.severity) == (place.bureau, "serious")
    assert Todo.objects.get(subject=f"flow.escalated:{case.pk}", done_at=None).role == "leader"
    assert "transfer" in queries.allowed_acts(place.analyst, case)


def test_a_case_whose_unit_has_only_people_who_handle_none_is_without_an_owner(place):
    case = services.open_case(
        actor=place.analyst, area=place.area, kind=KIND, title="甲", unit=place.leader.organisation
    )
    assert list(queries.orphaned(place.area)) == [case]
