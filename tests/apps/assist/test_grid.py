"""Who looks after which enterprises: said, imported, handed over; and by which day each is to be visited."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from tests.apps.assist.alarming import alarm

from zhizao.apps.assist import grid_queries, grid_services, grid_sheet, visits_rhythm, visits_services
from zhizao.apps.assist.models import Responsibility, Visit
from zhizao.base.accounts.models import User
from zhizao.base.audit.models import AuditEvent
from zhizao.base.facts.queries import today
from zhizao.base.messages.models import Todo
from zhizao.kernel.result import Refused


def lines(area, actor=None, **more):
    return {line.subject.pk: line for line in grid_queries.lines(actor, area, **more)}


# --- the rhythm of visits


def test_the_tier_sets_the_days_between_visits():
    rule = visits_rhythm.rhythm(date(2026, 1, 1))
    due = {
        tier: visits_rhythm.visit_due(rule, tier=tier, last_visit=date(2026, 1, 1), since=None).on
        for tier in ("龙头企业", "骨干企业", "成长型企业", "")
    }
    # 1 January 2026 and 30, 60, 90, 180 days (packs/china/assist/visits.yaml)
    assert list(due.values()) == [date(2026, 1, 31), date(2026, 3, 2), date(2026, 4, 1), date(2026, 6, 30)]


def test_an_alarm_asks_for_a_visit_within_working_days_and_only_if_nobody_was_there_since():
    rule = visits_rhythm.rhythm(date(2025, 9, 30))
    alarm = [(date(2025, 9, 30), "serious")]
    # five working days after 30 September 2025: the holidays end on the 8th, Saturday the 11th is worked
    due = visits_rhythm.visit_due(rule, tier="龙头企业", last_visit=date(2025, 9, 29), since=None, alarms=alarm)
    assert (due.on, due.by_alarm) == (date(2025, 10, 14), True)
    after = visits_rhythm.visit_due(rule, tier="龙头企业", last_visit=date(2025, 10, 1), since=None, alarms=alarm)
    assert (after.on, after.by_alarm) == (date(2025, 10, 31), False)


def test_without_anybody_and_without_an_alarm_no_day_is_told():
    rule = visits_rhythm.rhythm(date(2026, 1, 1))
    assert visits_rhythm.visit_due(rule, tier="", last_visit=None, since=None) is None


# --- who has it


def test_an_enterprise_without_anybody_stands_first(area, firms, staff, look_after):
    look_after(firms[0], staff)
    look_after(firms[1], staff)
    assert grid_queries.lines(None, area)[0].subject == firms[2]
    assert lines(area)[firms[2].pk].state == "nobody"


def test_whose_account_is_closed_holds_nothing_any_more(area, firm, staff, look_after):
    look_after(firm, staff)
    User.objects.filter(pk=staff.pk).update(is_active=False)
    line = lines(area)[firm.pk]
    assert (line.state, line.holders) == ("nobody", [])
    assert line.duties["grid"].person == staff  # the fact stays; it is only nobody who can do it


def test_a_new_holder_follows_the_old_one_and_the_past_keeps_the_old(area, firm, staff, analyst, look_after):
    look_after(firm, staff)
    look_after(firm, analyst, since=date(2026, 6, 1))
    held = {
        day: Responsibility.objects.get(pk=grid_queries.facts_at(Responsibility.objects.all(), on=day).get().pk).person
        for day in (date(2026, 5, 31), date(2026, 6, 1))
    }
    assert list(held.values()) == [staff, analyst]


def test_stating_a_duty_twice_changes_nothing(firm, staff, look_after):
    assert len(look_after(firm, staff)) == 1
    assert len(look_after(firm, staff)) == 0
    assert AuditEvent.objects.filter(action="assist.duty.assign").count() == 1


def test_nobody_outside_the_administration_or_of_another_area_looks_after_an_enterprise(
    firm, manager, person, other_area, look_after
):
    for wrong in (manager, person("department_staff", area=other_area)):
        with pytest.raises(Refused, match="cannot look after"):
            look_after(firm, wrong)
    with pytest.raises(Refused, match="Neither a person nor a unit"):
        look_after(firm, None)
    assert Responsibility.objects.count() == 0


def test_only_those_who_may_assign_do(firm, staff, person):
    office = person("chain_office")
    with pytest.raises(grid_services.PermissionDenied):
        grid_services.assign(actor=office, subject=firm, duty="grid", person=staff, unit=None, source="list")
    assert Responsibility.objects.count() == 0


def test_rows_of_the_grid_count_each_holder_and_nobody_first(area, firms, staff, analyst, look_after):
    look_after(firms[0], staff)
    look_after(firms[0], analyst, duty="lead")
    look_after(firms[1], staff)
    rows = grid_queries.grid(None, area)
    assert [(row.person, row.enterprises) for row in rows if row.person is None] == [(None, 1)]
    assert {row.person: row.enterprises for row in rows if row.person} == {staff: 2, analyst: 1}
    assert rows[0].key == "nobody"
    chosen = grid_queries.of_holder(grid_queries.lines(None, area), f"person:{staff.pk}")
    assert {line.subject for line in chosen} == {firms[0], firms[1]}


def test_the_number_of_queries_does_not_grow_with_the_enterprises(
    area, firms, staff, look_after, django_assert_max_num_queries
):
    for firm in firms:
        look_after(firm, staff)
    with django_assert_max_num_queries(16):
        assert len(grid_queries.lines(staff, area)) == 3


def test_an_alarm_makes_a_visit_due_until_somebody_was_there_or_it_is_old(area, firm, staff, look_after):
    one = alarm(area, firm)
    look_after(firm, staff, since=one.found_as_of)
    asked = {line.subject: line for line in grid_queries.lines(None, area, as_of=one.found_as_of)}[firm]
    assert (asked.alarms, asked.due.by_alarm, asked.is_serious) == ([one], True, True)
    later = one.found_as_of + timedelta(days=121)  # it counts for 120 days
    if later <= today():
        assert {line.subject: line for line in grid_queries.lines(None, area, as_of=later)}[firm].alarms == []


# --- handing over


def test_handing_over_moves_duties_and_planned_visits_and_their_to_dos(area, firms, staff, analyst, look_after):
    for firm in firms[:2]:
        look_after(firm, staff)
    visit = visits_services.plan_visit(actor=analyst, subject=firms[0], visitor=staff, planned_on=today())
    User.objects.filter(pk=staff.pk).update(is_active=False)
    moved, visits = grid_services.hand_over(actor=analyst, area=area, leaver=staff, successor=analyst, source="moved")
    assert (len(moved), visits) == (2, 1)
    visit.refresh_from_db()
    assert visit.visitor == analyst
    assert list(Todo.objects.filter(done_at=None).values_list("to", flat=True)) == [analyst.pk]
    assert all(lines(area)[firm.pk].holders[0].person == analyst for firm in firms[:2])
    again, none = grid_services.hand_over(actor=analyst, area=area, leaver=staff, successor=analyst, source="moved")
    assert (len(again), none) == (0, 0)


def test_nobody_hands_over_to_himself(area, staff, analyst):
    with pytest.raises(Refused, match="himself"):
        grid_services.hand_over(actor=analyst, area=area, leaver=staff, successor=staff, source="moved")


# --- the table


def table(*rows):
    head = "企业标识,职责,责任人,责任单位,起始日期,来源"
    return "\n".join([head, *rows]).encode("utf-8-sig")


def test_a_table_is_shown_before_it_counts_and_the_same_again_changes_nothing(area, firms, staff, analyst):
    data = table(f"{firms[0].id_part},网格员,{staff.username},,2026-03-01,名单", f"{firms[1].id_part},网格员,,,,")
    (change,) = grid_sheet.preview(area, data, file="d.csv", on=today())
    assert (change.is_new, change.before, change.fact.person) == (True, None, staff)
    assert Responsibility.objects.count() == 0
    assert len(grid_sheet.take_in(actor=analyst, area=area, data=data, file="d.csv", on=today())) == 1
    assert len(grid_sheet.take_in(actor=analyst, area=area, data=data, file="d.csv", on=today())) == 0
    assert Responsibility.objects.get().unit == staff.organisation


def test_every_wrong_cell_is_told_with_its_row_and_column_and_nothing_lands(area, firms, staff, analyst):
    data = table(
        f"{firms[0].id_part},网格员,{staff.username},,,",
        f"{firms[0].id_part},网格员,{staff.username},,,",
        f"没有的公司,网格员,{staff.username},,,",
        f"{firms[1].id_part},保安,{staff.username},,,",
        f"{firms[1].id_part},网格员,没有的人,,,",
        f"{firms[2].id_part},网格员,,没有的单位,,",
    )
    with pytest.raises(Refused) as refused:
        grid_sheet.take_in(actor=analyst, area=area, data=data, file="d.csv", on=today())
    found = [(problem.place.row, problem.place.column, problem.code) for problem in refused.value.problems]
    assert found == [
        (3, "duty", "assist.duty"),
        (4, "enterprise", "assist.enterprise"),
        (5, "duty", "assist.duty"),
        (6, "person", "assist.person"),
        (7, "unit", "assist.unit"),
    ]
    assert Responsibility.objects.count() == 0


def test_what_is_downloaded_for_completion_is_taken_in_again(area, firms, staff, analyst, look_after):
    look_after(firms[0], staff)
    data = grid_sheet.form(grid_queries.lines(None, area))
    changes = grid_sheet.preview(area, data, file="d.xlsx", on=today())
    assert [change.is_new for change in changes] == [False]


# --- pages


def test_the_grid_shows_a_park_operator_only_the_park(browse, person, firms, staff, look_after):
    look_after(firms[0], staff)
    answer = browse(person("park_operator")).get("/assist/grid/")
    assert answer.status_code == 200
    assert firms[0].id_part not in answer.content.decode()


def test_an_area_s_grid_is_not_another_s(browse, person, other_area, firm):
    client = browse(person("analyst", area=other_area))
    assert firm.id_part not in client.get("/assist/grid/").content.decode()
    assert client.get(f"/assist/enterprises/{firm.id_part}/").status_code == 404


def test_the_table_is_previewed_and_confirmed_on_the_pages(browse, analyst, staff, firms):
    file = io.BytesIO(table(f"{firms[0].id_part},网格员,{staff.username},,,"))
    file.name = "duties.csv"
    client = browse(analyst)
    answer = client.post("/assist/grid/duties/", {"file": file})
    assert (answer.status_code, Responsibility.objects.count()) == (302, 0)
    assert "甲乙制冷" in client.get(answer.url).content.decode()
    client.post(answer.url)
    client.post(answer.url)
    assert Responsibility.objects.get().person == staff


def test_looking_back_shows_who_had_it_and_offers_no_acts(browse, analyst, staff, firm, look_after):
    look_after(firm, staff)
    yesterday = today() - timedelta(days=1)
    page = browse(analyst).get(f"/assist/enterprises/{firm.id_part}/?as_of={yesterday}").content.decode()
    assert f"{firm.id_part}/plan/" not in page
    assert browse(analyst).get(f"/assist/enterprises/{firm.id_part}/plan/?as_of={yesterday}").status_code == 403


def test_the_grid_is_a_workbook_too(browse, analyst, staff, firm, look_after):
    look_after(firm, staff)
    answer = browse(analyst).get("/assist/grid/?format=xlsx")
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"
    assert Visit.objects.count() == 0
