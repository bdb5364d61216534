from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from zhizao.base.flow import clock, queries, services, ticking
from zhizao.base.flow.models import Case, CaseEvent
from zhizao.base.messages.models import Notice, Todo

KIND = "tests.help"


@pytest.fixture
def monday(time_machine):
    """Monday 9 June 2025 in China: no holiday until the end of September."""
    start = datetime(2025, 6, 9, 10, tzinfo=clock.CHINA)
    time_machine.move_to(start)
    return start


@pytest.fixture
def opened(monday, case):
    return case


def reminders(case):
    return [event.details["said"]["when"] for event in case.events.filter(verb="reminded", part=None)]


def test_a_case_is_due_five_working_days_after_monday(opened):
    assert opened.due_on.isoformat() == "2025-06-16"


def test_who_has_it_is_reminded_two_working_days_before_on_the_day_and_once_overdue(opened, monday, place):
    for days in range(10):
        for hour in (0, 1):
            ticking.tick_all(monday + timedelta(days=days, hours=hour))
    assert reminders(opened) == ["soon", "due", "overdue"]
    assert Notice.objects.filter(to=place.owner, title__startswith=opened.number).count() == 3
    first = opened.events.filter(verb="reminded").first()
    assert first.at.astimezone(clock.CHINA).date().isoformat() == "2025-06-12"


def test_a_unit_is_reminded_of_its_part_on_its_day(opened, monday, place):
    due = (monday + timedelta(days=1)).date()
    services.ask_part(actor=place.owner, case=opened, unit=place.power, what="查", due_on=due, version=1)
    ticking.tick_all(monday)
    assert not Notice.objects.filter(to=place.helper).exists()
    for hour in (0, 1):
        ticking.tick_all(monday + timedelta(days=1, hours=hour))
    assert Notice.objects.filter(to=place.helper).count() == 1


def test_while_it_is_suspended_nobody_is_reminded(opened, monday, place):
    services.suspend(actor=place.owner, case=opened, text="等", version=1)
    ticking.tick_all(monday + timedelta(days=30))
    assert reminders(opened) == []


def test_a_provisional_day_is_computed_anew_once_the_holidays_are_known(place, time_machine):
    time_machine.move_to(datetime(2025, 9, 29, 10, tzinfo=clock.CHINA))
    case = services.open_case(actor=place.owner, area=place.area, kind=KIND, title="甲", working_days=3)
    # as if opened before the holidays of 2025 were published: weekends alone were left out
    Case.objects.filter(pk=case.pk).update(due_on="2025-10-02", due_provisional=True)
    ticking.tick_all(datetime(2025, 9, 29, 11, tzinfo=clock.CHINA))
    case.refresh_from_db()
    assert (case.due_on.isoformat(), case.due_provisional) == ("2025-10-10", False)
    assert case.events.last().verb == CaseEvent.Verb.PROCEDURE


def test_a_case_whose_owner_has_left_is_found_and_given_to_his_unit(opened, place, monday):
    assert not queries.orphaned(place.area).exists()
    place.owner.is_active = False
    place.owner.save(update_fields=["is_active"])
    assert list(queries.orphaned(place.area)) == [opened]
    for hour in (0, 1):
        ticking.tick_all(monday + timedelta(hours=hour))
    todo = Todo.objects.get(subject=f"flow.orphan:{opened.pk}", done_at=None)
    assert todo.to == place.colleague
    services.transfer(actor=place.analyst, case=opened, text="接手", version=opened.version, owner=place.colleague)
    assert not queries.orphaned(place.area).exists()
    assert not Todo.objects.filter(subject=f"flow.orphan:{opened.pk}", done_at=None).exists()


def test_a_case_whose_owner_moved_and_whose_unit_is_empty_goes_to_the_analysts(opened, place, monday):
    for person in (place.owner, place.colleague):
        person.organisation = place.power
        person.save(update_fields=["organisation"])
    ticking.tick_all(monday)
    assert list(queries.orphaned(place.area)) == [opened]
    assert Todo.objects.get(subject=f"flow.orphan:{opened.pk}").role == "analyst"
    assert opened.events.count() == 1  # nothing of the case is lost or changed


def test_a_case_that_cannot_be_read_stops_no_other(opened, place, monday):
    broken = services.open_case(actor=place.owner, area=place.area, kind=KIND, title="坏", owner=place.owner)
    Case.objects.filter(pk=broken.pk).update(state={"format": 99})
    done = ticking.tick_all(monday + timedelta(days=3))
    assert done == {"cases": 2, "reminded": 1, "broken": 1}
    assert reminders(opened)


def test_a_timer_of_the_procedure_reminds_and_escalates(place, time_machine):
    start = datetime(2025, 6, 9, 10, tzinfo=clock.CHINA)
    time_machine.move_to(start)
    case = services.open_case(
        actor=place.owner, area=place.area, kind=KIND, title="预警", procedure="alarm", owner=place.owner
    )
    ticking.tick_all(start + timedelta(days=2))  # 核实 has two working days
    assert case.events.filter(verb="reminded").count() == 1
    step = case.steps.get(state="ready")
    version = Case.objects.get(pk=case.pk).version
    services.do_step(actor=place.owner, step=step, answer={"result": "real", "note": "属实"}, version=version)
    ticking.tick_all(start + timedelta(days=14))  # 走访 is reported to the head after seven working days
    case.refresh_from_db()
    assert (case.unit, case.severity) == (place.bureau, "serious")
    assert "escalated" in case.events.values_list("verb", flat=True)


def test_a_timer_and_the_day_of_a_step_wait_while_the_case_is_suspended(place, time_machine):
    """核实 has two working days from Monday 9 June 2025; of the week in which the case stood none counts."""
    start = datetime(2025, 6, 9, 10, tzinfo=clock.CHINA)
    time_machine.move_to(start)
    case = services.open_case(
        actor=place.owner, area=place.area, kind=KIND, title="预警", procedure="alarm", owner=place.owner
    )
    time_machine.move_to(start + timedelta(days=1))
    services.suspend(actor=place.owner, case=case, text="等", version=1)
    time_machine.move_to(start + timedelta(days=8))
    services.resume(actor=place.owner, case=case, version=2)  # on Tuesday 17
    assert case.steps.get(state="ready").due_on.isoformat() == "2025-06-18"
    todo = Todo.objects.get(subject=case.steps.get(state="ready").topic, done_at=None)
    assert todo.due.isoformat() == "2025-06-18"
    ticking.tick_all(start + timedelta(days=8, hours=1))
    assert "verify_late" not in str(list(case.events.values_list("details", flat=True)))
    ticking.tick_all(start + timedelta(days=9))
    assert case.events.filter(verb="reminded", details__said__timer="verify_late").count() == 1


def test_the_day_of_a_step_that_was_late_is_not_moved(opened, place, monday, time_machine):
    time_machine.move_to(monday + timedelta(days=4))  # 企业说明 was due on Wednesday
    services.suspend(actor=place.owner, case=opened, text="等", version=1)
    time_machine.move_to(monday + timedelta(days=14))
    services.resume(actor=place.owner, case=opened, version=2)
    assert opened.steps.get().due_on.isoformat() == "2025-06-11"


def test_the_hourly_job_is_declared_and_goes_through_the_cases(opened, monday, time_machine):
    from zhizao.base.jobs import registry
    from zhizao.base.jobs.execution import execute
    from zhizao.base.jobs.models import Job

    kind = registry.get("flow.clock")
    assert (kind.every, kind.resumable) == (timedelta(hours=1), True)
    time_machine.move_to(monday + timedelta(days=3))
    job = Job.objects.create(kind="flow.clock", parameters={})
    execute(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"cases": 1, "reminded": 1, "broken": 0})
