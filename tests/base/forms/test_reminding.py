"""Reminders by the calendar: to whom, on which working day, and once; what stands on the workbench of whom."""

from __future__ import annotations

import pytest
import time_machine
from django.utils import timezone
from tests.base.forms.conftest import asked
from tests.base.forms.test_reports import MARCH, handed_in
from tests.factories import make_area, make_user

from zhizao.base.forms import services
from zhizao.base.forms.models import Reminder
from zhizao.base.forms.reminding import remind_by_calendar
from zhizao.base.messages.models import Notice, Todo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2025-04-05 09:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def reporter():
    return asked(make_user("enterprise_reporter", area=make_area()), "2025-03-01", key="e1")


@pytest.fixture
def staff():
    return make_user("department_staff", area=make_area())


def reminded() -> list[tuple[str, str]]:
    """What was sent about the month; the quarterly form goes its own way."""
    return sorted(Reminder.objects.filter(months=1).values_list("form", "kind"))


def month(rows):
    return rows.filter(url__contains="2025-03")


def test_a_reporter_is_reminded_two_working_days_before_and_once(reporter, clock):
    clock.move_to("2025-04-07 09:00+08:00")  # Monday; output and energy are due on Thursday the 10th
    remind_by_calendar(timezone.now())
    assert reminded() == []
    clock.move_to("2025-04-08 09:00+08:00")
    assert remind_by_calendar(timezone.now()) >= 2
    assert remind_by_calendar(timezone.now()) == 0
    clock.move_to("2025-04-09 09:00+08:00")
    assert remind_by_calendar(timezone.now()) == 0
    assert reminded() == [("energy", "before"), ("output", "before")]
    assert sorted((notice.to, notice.url) for notice in month(Notice.objects.all())) == [
        (reporter, f"/forms/begin/{form}/2025-03/") for form in ("energy", "output")
    ]
    assert {str(todo.due) for todo in month(Todo.objects.filter(to=reporter))} == {"2025-04-10"}


def test_a_late_reporter_is_reminded_once_more_and_the_office_gets_the_list(reporter, staff, clock):
    clock.move_to("2025-04-10 18:00+08:00")  # late since noon, and no working day has passed yet
    remind_by_calendar(timezone.now())
    assert ("output", "after") not in reminded()
    clock.move_to("2025-04-11 09:00+08:00")
    for _run in range(2):
        remind_by_calendar(timezone.now())
    assert reminded() == [(form, kind) for form in ("energy", "output") for kind in ("after",)]
    lists = month(Todo.objects.filter(role="department_staff", area=staff.organisation.area))
    assert sorted(todo.url for todo in lists) == [
        f"/forms/board/?form={form}&period=2025-03&state=late" for form in ("energy", "output")
    ]


def test_nobody_is_reminded_of_what_is_handed_in_or_not_asked(reporter, clock):
    make_user("enterprise_reporter", area=make_area(code="990009", name="丁区"))
    handed_in(reporter)
    clock.move_to("2025-04-09 09:00+08:00")
    remind_by_calendar(timezone.now())
    assert reminded() == [("energy", "before")]


def test_a_reminder_missed_while_no_worker_ran_is_sent_at_the_next_run(reporter, clock):
    clock.move_to("2025-04-21 09:00+08:00")
    remind_by_calendar(timezone.now())
    assert reminded() == [("energy", "after"), ("finance", "after"), ("output", "after")]


def test_nobody_is_reminded_of_what_has_long_been_late(reporter, clock):
    clock.move_to("2025-05-31 09:00+08:00")
    remind_by_calendar(timezone.now())
    assert not Reminder.objects.filter(start_month=MARCH.start_month).exists()


def test_in_a_year_whose_holidays_are_not_known_weekdays_are_counted(reporter, clock):
    clock.move_to("2027-01-07 09:00+08:00")  # Thursday; what is due on Sunday the 10th
    assert remind_by_calendar(timezone.now()) > 0


def test_handing_in_takes_the_reminder_off_the_workbench(reporter, clock):
    clock.move_to("2025-04-08 09:00+08:00")
    remind_by_calendar(timezone.now())
    handed_in(reporter)
    assert [todo.url for todo in month(Todo.objects.filter(to=reporter, done_at=None))] == [
        "/forms/begin/energy/2025-03/"
    ]


def test_what_is_handed_in_stands_on_the_offices_workbench_until_the_last_is_judged(reporter, staff):
    street = make_area(code="990001001", name="甲区一街", parent=make_area())
    other = asked(make_user("enterprise_reporter", area=street), "2025-03-01", key="e2")
    reports = [handed_in(person) for person in (reporter, other)]
    todo = Todo.objects.get(role="department_staff")
    assert (todo.area, todo.url) == (
        staff.organisation.area, "/forms/board/?form=output&period=2025-03&state=submitted",
    )  # fmt: skip
    services.accept(actor=staff, submission=reports[0])
    todo.refresh_from_db()
    assert todo.done_at is None
    services.return_(actor=staff, submission=reports[1], reason="核对")
    todo.refresh_from_db()
    assert todo.done_by == staff
