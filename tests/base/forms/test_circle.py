"""Who has to report: from the day it entered the circle to the day it left, whoever opened an account when."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from tests.base.forms.conftest import asked
from tests.factories import make_area, make_user

from zhizao.apps.registry.models import Attribute
from zhizao.base.audit.models import AuditEvent
from zhizao.base.facts import services as facts
from zhizao.base.forms import queries, services
from zhizao.base.forms.models import Duty, Submission
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

pytestmark = pytest.mark.django_db
MARCH = Span.parse("2025-03")
NOW = datetime(2025, 6, 5, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def firm(*, joined: str = "2025-06-05"):
    """An enterprise whose first account was opened on a day."""
    user = make_user("enterprise_reporter", area=make_area())
    user.date_joined = datetime.fromisoformat(f"{joined} 09:00+08:00")
    user.save()
    user.organisation.enterprise_key = "e1"
    user.organisation.save()
    return user


@pytest.fixture
def staff():
    return make_user("department_staff", area=make_area())


def above_scale(user, value="yes", *, since=None, until=None):
    subject = facts.subject(kind="enterprise", id_part="e1", area=user.organisation.area)
    days = {"valid_from": date.fromisoformat(since) if since else None, "valid_to": until}
    facts.state([Attribute(subject=subject, name="above_scale", value=value, **days)])


def output_periods(user) -> list[str]:
    return sorted(str(due.deadline.period) for due in queries.due_of(user) if due.deadline.form == "output")


def test_a_newly_linked_enterprise_owes_nothing_of_the_past():
    user = firm(joined="2025-06-05")
    above_scale(user, since="2019-03-01")
    assert output_periods(user) == []  # May ended before anybody could report; June opens in July


def test_a_duty_begins_with_the_day_of_entry():
    user = firm(joined="2023-01-01")
    above_scale(user, since="2025-03-15")
    assert output_periods(user) == ["2025-03", "2025-04", "2025-05"]


def test_a_duty_ends_with_the_exit():
    user = firm(joined="2023-01-01")
    above_scale(user, since="2025-03-15", until=date(2025, 4, 30))
    assert output_periods(user) == ["2025-03", "2025-04"]
    above_scale(user, "no", since="2025-04-30")
    assert output_periods(user) == ["2025-03"]


def test_an_enterprise_of_which_nobody_knows_whether_it_is_above_scale_is_asked_nothing():
    user = firm(joined="2023-01-01")
    assert queries.due_of(user) == []
    with pytest.raises(Refused) as caught:
        services.open_report(actor=user, form="output", period=MARCH)
    assert [p.code for p in caught.value.problems] == ["forms.not_asked"]
    assert not Submission.objects.exists()


def test_an_office_may_ask_since_an_earlier_day_and_ask_no_longer(staff):
    user = firm()
    state = {"actor": staff, "organisation": user.organisation, "reason": "重点企业"}
    services.state_duty(asked=True, since=date(2025, 3, 1), **state)
    assert output_periods(user) == ["2025-03", "2025-04", "2025-05"]
    services.state_duty(asked=False, since=date(2025, 4, 1), **state)
    assert output_periods(user) == ["2025-03"]
    assert [duty.source for duty in Duty.objects.all()] == [f"重点企业 ({staff})"] * 2
    assert AuditEvent.objects.filter(action="forms.duty").count() == 2


def test_what_an_office_states_counts_before_the_register(staff):
    user = firm(joined="2023-01-01")
    above_scale(user, since="2025-03-15")
    services.state_duty(
        actor=staff, organisation=user.organisation, asked=False, since=date(2025, 4, 1), until=date(2025, 4, 30),
        reason="停产",
    )  # fmt: skip
    assert output_periods(user) == ["2025-03", "2025-05"]


def test_what_was_begun_stays_in_sight_when_the_duty_ends(staff):
    user = asked(firm(), "2025-03-01")
    report = services.open_report(actor=user, form="output", period=MARCH)
    services.state_duty(actor=staff, organisation=user.organisation, asked=False, since=date(2025, 1, 1), reason="注销")
    assert output_periods(user) == ["2025-03"]
    assert services.open_report(actor=user, form="output", period=MARCH) == report


def test_the_board_has_those_who_have_to_report_and_no_others(staff):
    user = firm()
    assert queries.board(staff, form="output", period=MARCH) == []
    asked(user, "2025-03-31")
    assert [due.state for due in queries.board(staff, form="output", period=MARCH)] == ["late"]
    assert queries.board(staff, form="output", period=Span.parse("2025-01..02")) == []


@pytest.mark.parametrize(
    ("since", "until", "reason", "code"),
    [
        (date(2025, 3, 1), date(2025, 2, 28), "x", "forms.days"),
        (date(1025, 3, 1), None, "x", "forms.days"),
        (date(2025, 3, 1), date(9999, 12, 31), "x", "forms.days"),
        (date(2025, 3, 1), None, " \x00 ", "forms.no_reason"),
        (date(2025, 3, 1), None, "x" * 501, "forms.too_long"),
    ],
)
def test_days_that_cannot_be_and_no_reason_are_refused(staff, since, until, reason, code):
    user = firm()
    with pytest.raises(Refused) as caught:
        services.state_duty(
            actor=staff, organisation=user.organisation, asked=True, since=since, until=until, reason=reason
        )
    assert [p.code for p in caught.value.problems] == [code]
    assert not Duty.objects.exists()


def test_only_the_office_of_its_area_states_who_has_to_report(staff):
    user = firm()
    elsewhere = make_user("department_staff", area=make_area(code="990002", name="乙区"))
    for actor in (user, elsewhere, make_user("leader", area=make_area())):
        with pytest.raises(PermissionDenied):
            services.state_duty(
                actor=actor, organisation=user.organisation, asked=True, since=date(2025, 1, 1), reason="x"
            )
    assert not Duty.objects.exists()
