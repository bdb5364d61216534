"""What was reported or written down wrongly is said anew: the old stays readable, lists and effects use the newest."""

from __future__ import annotations

import datetime as dt
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from zhizao.apps.assist import corrections, grid_queries, queries, services, visits_queries, visits_services
from zhizao.apps.assist.models import Help, Visit
from zhizao.base.audit.models import AuditEvent
from zhizao.base.facts.queries import today
from zhizao.base.flow.models import Case
from zhizao.base.messages.models import Notice
from zhizao.kernel.result import Refused

YESTERDAY = today() - timedelta(days=1)


@pytest.fixture
def visit(firm, staff):
    """A visit reported the day before yesterday."""
    day = today() - timedelta(days=2)
    made = visits_services.record_visit(actor=staff, subject=firm, done_on=day, findings="订单减少三成")
    at = timezone.now() - timedelta(days=2)
    Visit.objects.filter(pk=made.pk).update(planned_at=at, reported_at=at)
    made.refresh_from_db()
    return made


@pytest.fixture
def stranger(person, area):
    """One of the chain office, which is a unit of its own."""
    from zhizao.base.accounts.models import Organisation

    user = person("chain_office")
    user.organisation = Organisation.objects.create(name="链办", kind="department", area=area)
    user.save(update_fields=["organisation"])
    return user


def again(visit, actor, **more):
    said = {"done_on": visit.done_on, "findings": "订单减少一成", "needs": ["orders"], "why": "误将两家企业记混"}
    return corrections.correct_visit(actor=actor, visit=visit, **{**said, **more})


def refused(code):
    return pytest.raises(Refused, check=lambda refusal: refusal.problems[0].code == f"assist.{code}")


def test_lists_take_the_corrected_report_and_the_old_one_stays_readable_as_of_its_day(area, firm, staff, visit):
    new = again(visit, staff)
    assert (new.supersedes, new.why, new.reported_by, new.visitor) == (visit, "误将两家企业记混", staff, staff)
    assert list(visits_queries.visits(staff, area)) == [new]
    assert list(visits_queries.visits(staff, area, as_of=YESTERDAY)) == [visit]
    assert visits_queries.visit(staff, visit.pk).findings == "订单减少三成"
    assert visits_queries.visit(staff, new.pk, YESTERDAY) is None
    (then,), (now,) = (visits_queries.briefing(staff, firm, as_of=day).done for day in (YESTERDAY, None))
    assert (then, now) == (visit, new)


def test_a_corrected_day_moves_the_day_on_which_the_next_visit_is_due(area, firm, staff, visit, look_after):
    look_after(firm, staff)
    again(visit, staff, done_on=today() - timedelta(days=30))
    (line,) = (line for line in grid_queries.lines(None, area) if line.subject == firm)
    assert (line.last_visit, line.visits_lately) == (today() - timedelta(days=30), 1)


def test_a_correction_is_audited_with_its_reason(staff, visit):
    new = again(visit, staff)
    entry = AuditEvent.objects.get(action="assist.visit.correct")
    assert (entry.actor, entry.details) == (staff, {"supersedes": visit.pk, "why": new.why})


def test_a_double_click_makes_one_correction_and_who_comes_later_is_refused_and_corrects_that(staff, visit, analyst):
    new = again(visit, staff)
    assert again(visit, staff) == new
    with refused("corrected_meanwhile"):
        again(visit, analyst)
    last = again(new, analyst, findings="订单减少两成")
    assert list(visits_queries.visits(staff, visit.area)) == [last]
    assert Visit.objects.count() == 3


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"why": "  "}, "no_reason"),
        ({"findings": "订单减少三成", "needs": []}, "nothing_corrected"),
        ({"done_on": today() + timedelta(days=1)}, "done_in_the_future"),
    ],
)
def test_a_correction_without_reason_without_change_or_of_tomorrow_is_refused(staff, visit, change, code):
    with refused(code):
        again(visit, staff, **change)
    assert Visit.objects.get() == visit


def test_what_is_not_reported_is_reported_not_corrected(firm, staff):
    planned = visits_services.plan_visit(actor=staff, subject=firm, visitor=staff, planned_on=today())
    with refused("not_reported"):
        again(planned, staff, done_on=today())


def test_the_visitor_the_unit_and_analysts_correct_and_nobody_else(person, stranger, staff, visit, analyst):
    colleague = person("department_staff", username="colleague")
    with pytest.raises(PermissionDenied):
        again(visit, stranger)
    assert not stranger.has_perm(corrections.CORRECT, visit)
    assert colleague.organisation == staff.organisation
    assert all(user.has_perm(corrections.CORRECT, visit) for user in (staff, colleague, analyst))
    assert not person("leader").has_perm(corrections.CORRECT, visit)


def test_who_reported_for_the_visitor_may_correct_his_report(stranger, firm, staff):
    planned = visits_services.plan_visit(actor=staff, subject=firm, visitor=stranger, planned_on=today())
    made = visits_services.report_visit(actor=staff, visit=planned, done_on=today(), findings="x")
    assert made.reported_by == staff
    assert staff.has_perm(corrections.CORRECT, made)


def test_files_stay_and_the_case_is_the_same_and_its_owner_is_told(firm, staff, visit, analyst):
    case = visits_services.case_of_visit(actor=staff, visit=visit)
    new = again(visit, analyst)
    assert new.case == case
    (notice,) = Notice.objects.filter(to=staff, url=case.get_absolute_url())
    assert case.number in notice.title
    assert visits_services.case_of_visit(actor=staff, visit=visit) == case


def test_a_case_asked_for_in_a_tab_that_shows_the_old_report_is_of_the_corrected_one(staff, visit):
    new = again(visit, staff)
    case = visits_services.case_of_visit(actor=staff, visit=visit)
    new.refresh_from_db()
    assert (new.case, case.text) == (case, "订单减少一成")


def test_the_database_keeps_a_report_and_lets_a_plan_be_reported_and_a_case_be_filled_in(firm, staff, visit):
    from zhizao.apps.assist import triggers

    planned = visits_services.plan_visit(actor=staff, subject=firm, visitor=staff, planned_on=today())
    triggers.REPORTS.install(connection)
    for statement in (
        f"UPDATE assist_visit SET findings = 'x' WHERE id = {visit.pk}",
        f"UPDATE assist_visit SET reported_at = NULL, done_on = NULL WHERE id = {visit.pk}",
        "DELETE FROM assist_visit",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    visits_services.report_visit(actor=staff, visit=planned, done_on=today(), findings="x")
    assert visits_services.case_of_visit(actor=staff, visit=visit).text == "订单减少三成"


def test_the_page_of_an_old_report_leads_to_the_new_one_and_offers_nothing(browse, staff, visit):
    client = browse(staff)
    form = client.get(f"/assist/visits/{visit.pk}/correct/").content.decode()
    assert "订单减少三成" in form
    said = {"done_on": today().isoformat(), "findings": "订单减少一成", "needs": [], "next_step": "", "why": "记混"}
    answer = client.post(f"/assist/visits/{visit.pk}/correct/", said)
    new = Visit.objects.get(supersedes=visit)
    assert answer.url == f"/assist/visits/{new.pk}/"
    old, page = (client.get(f"/assist/visits/{pk}/").content.decode() for pk in (visit.pk, new.pk))
    assert answer.url in old and "记混" in old and "/correct/" not in old and "/case/" not in old
    assert f"/assist/visits/{visit.pk}/" in page and "/correct/" in page
    late = client.post(f"/assist/visits/{visit.pk}/correct/", said | {"findings": "又一稿"})
    assert late.status_code == 422
    assert "又一稿" in late.content.decode()


# --- what was done in a case


@pytest.fixture
def case(area, firm, staff):
    from zhizao.base.flow.opening import open_case

    made = open_case(actor=staff, area=area, kind="assist.alarm", title="t", subject=firm, owner=staff)
    at = timezone.now() - timedelta(days=3)
    Case.objects.filter(pk=made.pk).update(opened_at=at)
    made.refresh_from_db()
    return made


@pytest.fixture
def helped(case, staff):
    return services.note_help(actor=staff, case=case, measure="orders", hours=None, taken_on=YESTERDAY)


def other(helped, actor, **more):
    said = {"measure": "power", "hours": 8, "taken_on": YESTERDAY, "why": "实际协调的是用电"}
    return corrections.correct_help(actor=actor, help_=helped, **{**said, **more})


def test_the_corrected_measure_counts_and_the_first_one_stays(area, case, staff, helped):
    new = other(helped, staff)
    assert queries.help_of(staff, case) == [new]
    assert queries.help_before(staff, case)[new.pk] == [helped]
    told = {row.measure.key: row.taken for row in queries.what_helped(staff, area, indicator="gross_output", months=3)}
    assert (told["power"], told["orders"]) == (1, 0)
    assert [one.measure for one in Help.objects.standing(helped.at)] == ["orders"]


def test_a_measure_that_was_not_taken_counts_nowhere_and_can_be_written_down_later(area, case, staff, helped):
    other(helped, staff, measure="", why="误记到本案")
    told = {row.measure.key: row.taken for row in queries.what_helped(staff, area, indicator="gross_output", months=3)}
    assert told["orders"] == 0
    services.note_help(actor=staff, case=case, measure="orders", hours=None, taken_on=today())
    assert [row.measure for row in queries.help_of(staff, case)] == ["", "orders"]


def test_what_was_done_is_corrected_after_the_case_is_closed_and_its_owner_is_told(case, staff, analyst, helped):
    Case.objects.filter(pk=case.pk).update(status="closed", result="helped", closed_at=timezone.now())
    helped.refresh_from_db()
    other(helped, analyst)
    assert Notice.objects.filter(to=staff, url=case.get_absolute_url()).count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"why": ""}, "no_reason"),
        ({"measure": "orders", "hours": None}, "nothing_corrected"),
        ({"measure": "nothing"}, "no_measure"),
        ({"hours": 0}, "hours"),
        ({"taken_on": dt.date(2020, 1, 1)}, "taken_on"),
        ({"measure": "staff"}, "measure_twice"),
    ],
)
def test_a_correction_is_checked_as_what_it_corrects(case, staff, helped, change, code):
    services.note_help(actor=staff, case=case, measure="staff", hours=None, taken_on=YESTERDAY)
    with refused(code):
        other(helped, staff, **change)
    assert Help.objects.count() == 2


def test_one_correction_by_a_double_click_and_the_slower_of_two_is_refused(case, staff, analyst, helped):
    assert other(helped, staff) == other(helped, staff)
    with refused("corrected_meanwhile"):
        other(helped, analyst, hours=9)
    assert Help.objects.count() == 2


def test_another_office_corrects_nothing_of_a_case_that_it_has_not(stranger, helped):
    with pytest.raises(PermissionDenied):
        other(helped, stranger)


def test_the_case_shows_what_stood_there_and_why_it_was_corrected(browse, case, staff, helped):
    client = browse(staff)
    assert f"/assist/help/{helped.pk}/correct/" in client.get(case.get_absolute_url()).content.decode()
    form = client.get(f"/assist/help/{helped.pk}/correct/").content.decode()
    assert YESTERDAY.isoformat() in form
    said = {"measure": "power", "hours": "8", "taken_on": YESTERDAY.isoformat(), "why": "实际协调的是用电"}
    assert client.post(f"/assist/help/{helped.pk}/correct/", said).url == case.get_absolute_url()
    page = client.get(case.get_absolute_url()).content.decode()
    assert "实际协调的是用电" in page
    assert "产销对接" in page
    assert f"/assist/help/{helped.pk}/correct/" not in page
