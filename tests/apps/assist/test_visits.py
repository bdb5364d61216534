"""Visits are planned, made and reported, given up; what they find becomes a case; whoever is due is reminded once."""

from __future__ import annotations

import io
from datetime import date, timedelta

import docx
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from zhizao.apps.assist import (
    grid_queries,
    notes_services,
    visits_paper,
    visits_queries,
    visits_reminding,
    visits_services,
)
from zhizao.apps.assist.models import Note, Visit
from zhizao.base.accounts.models import User
from zhizao.base.facts.queries import today
from zhizao.base.flow.deadline import due
from zhizao.base.flow.models import Case
from zhizao.base.messages.models import Notice, Todo
from zhizao.kernel.result import Refused

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


@pytest.fixture
def planned(firm, staff):
    return visits_services.plan_visit(actor=staff, subject=firm, visitor=staff, planned_on=today())


def report(visit, actor, **more):
    said = {"done_on": today(), "findings": "订单减少三成", "needs": ["orders"], "next_step": "对接采购商"}
    return visits_services.report_visit(actor=actor, visit=visit, **{**said, **more})


def test_a_planned_visit_stands_on_the_visitor_s_workbench_once(firm, staff, planned):
    again = visits_services.plan_visit(actor=staff, subject=firm, visitor=staff, planned_on=today())
    assert again == planned
    todo = Todo.objects.get()
    assert (todo.to, todo.due, todo.done_at) == (staff, today(), None)


def test_a_visit_is_not_planned_for_a_day_that_is_over(firm, staff):
    with pytest.raises(Refused, match="is over"):
        visits_services.plan_visit(actor=staff, subject=firm, visitor=staff, planned_on=today() - timedelta(days=1))
    assert Visit.objects.count() == 0


def test_a_report_ends_the_visit_and_its_to_do_and_moves_the_next_one_on(area, firm, staff, planned, look_after):
    look_after(firm, staff)
    report(planned, staff)
    assert Todo.objects.filter(done_at=None).count() == 0
    (line,) = (line for line in grid_queries.lines(None, area) if line.subject == firm)
    assert (line.last_visit, line.due.on) == (today(), today() + timedelta(days=180))


def test_a_visit_is_reported_once(staff, planned):
    report(planned, staff)
    with pytest.raises(Refused, match="already"):
        report(planned, staff, findings="别的")
    planned.refresh_from_db()
    assert planned.findings == "订单减少三成"


def test_a_visit_of_tomorrow_is_not_reported_today(staff, planned):
    with pytest.raises(Refused, match="yet to come"):
        report(planned, staff, done_on=today() + timedelta(days=1))
    planned.refresh_from_db()
    assert planned.reported_at is None


def test_only_the_visitor_or_who_keeps_the_grid_reports(person, planned, analyst):
    office = person("chain_office")
    with pytest.raises(PermissionDenied):
        report(planned, office)
    report(planned, analyst)


def test_a_visit_that_is_given_up_keeps_its_reason_and_cannot_be_reported(staff, planned):
    visits_services.cancel_visit(actor=staff, visit=planned, why="企业停产检修")
    with pytest.raises(Refused):
        report(planned, staff)
    planned.refresh_from_db()
    assert (planned.cancelled_why, planned.done_on) == ("企业停产检修", None)


def test_looking_back_a_visit_reported_since_is_still_planned(staff, planned):
    report(planned, staff)
    from zhizao.apps.registry import queries as register

    yesterday = register.view(today() - timedelta(days=1))
    assert visits_queries.state(planned, yesterday) == "planned"
    planned.refresh_from_db()
    assert visits_queries.state(planned, register.view()) == "done"


def test_a_report_becomes_one_case_however_often_it_is_asked(staff, planned):
    with pytest.raises(Refused, match="not been reported"):
        visits_services.case_of_visit(actor=staff, visit=planned)
    report(planned, staff)
    case = visits_services.case_of_visit(actor=staff, visit=planned)
    assert visits_services.case_of_visit(actor=staff, visit=planned) == case
    assert (case.kind, case.owner, case.origin) == ("assist.visit", staff, f"assist.visit:{planned.pk}")
    assert "订单减少三成" in case.text
    assert Case.objects.count() == 1


def test_an_enterprise_sees_neither_visits_nor_notes_about_itself(browse, manager, staff, firm, planned):
    notes_services.write_note(actor=staff, subject=firm, text="听说要搬走")
    assert not Visit.objects.visible_to(manager).exists()
    assert not Note.objects.visible_to(manager).exists()
    assert browse(manager).get(f"/assist/visits/{planned.pk}/").status_code == 403


# --- notes


def test_a_note_is_kept_once_and_becomes_one_case_or_is_filed(staff, firm):
    note = notes_services.write_note(actor=staff, subject=firm, text="门口无人上班")
    assert notes_services.write_note(actor=staff, subject=firm, text="门口无人上班") == note
    case = notes_services.case_of_note(actor=staff, note=note)
    assert notes_services.case_of_note(actor=staff, note=note) == case
    notes_services.file_note(actor=staff, note=note)
    note.refresh_from_db()
    assert (note.case, note.filed_at, case.kind) == (case, None, "assist.note")


def test_a_note_is_not_written_by_who_may_not_visit(person, firm):
    with pytest.raises(PermissionDenied):
        notes_services.write_note(actor=person("auditor"), subject=firm, text="x")
    assert Note.objects.count() == 0


def test_a_park_operator_writes_no_note_at_an_enterprise_outside_the_park(person, firm):
    with pytest.raises(PermissionDenied):
        notes_services.write_note(actor=person("park_operator"), subject=firm, text="x")


# --- the briefing


def test_the_briefing_tells_what_was_promised_and_is_the_same_bytes(staff, firm, planned):
    report(planned, staff)
    brief = visits_queries.briefing(staff, firm)
    data = visits_paper.paper(staff, brief, source="s")
    assert data == visits_paper.paper(staff, visits_queries.briefing(staff, firm), source="s")
    document = docx.Document(io.BytesIO(data))
    text = "\n".join([p.text for p in document.paragraphs] + [c.text for t in document.tables for c in t._cells])
    assert "对接采购商" in text
    assert "甲乙制冷" in text


# --- reminders


def test_a_visitor_is_told_two_working_days_before_and_on_the_day_each_once(staff, firm):
    soon, _provisional = due(today(), 2)
    visits_services.plan_visit(actor=staff, subject=firm, visitor=staff, planned_on=soon)
    for _ in range(2):
        visits_reminding.remind_all(today())
    assert Notice.objects.filter(to=staff).count() == 1
    visits_reminding.remind_all(soon)
    assert Notice.objects.filter(to=staff).count() == 2


def test_whoever_has_an_overdue_enterprise_is_asked_once_and_no_more_when_a_visit_is_planned(staff, firm, look_after):
    look_after(firm, staff, since=date(2024, 1, 1))
    for _ in range(2):
        counts = visits_reminding.remind_all(today())
    assert counts["due"] == 1
    assert Todo.objects.filter(to=staff, done_at=None).count() == 1
    visits_services.plan_visit(actor=staff, subject=firm, visitor=staff, planned_on=today())
    visits_reminding.remind_all(today())
    (todo,) = Todo.objects.filter(to=staff, done_at=None)
    assert todo.subject.startswith("assist.visit:")


def test_enterprises_of_somebody_who_left_go_to_the_analysts(staff, firm, look_after):
    look_after(firm, staff)
    User.objects.filter(pk=staff.pk).update(is_active=False)
    visits_reminding.remind_all(today())
    visits_reminding.remind_all(today())
    (todo,) = Todo.objects.filter(role="analyst", done_at=None)
    assert todo.url == "/assist/grid/?state=nobody"


def test_planned_visits_of_somebody_who_left_are_handed_over_by_the_analysts(browse, person, firm, staff, planned):
    User.objects.filter(pk=staff.pk).update(is_active=False)
    for _ in range(2):
        visits_reminding.remind_all(today())
    (todo,) = Todo.objects.filter(role="analyst", done_at=None)
    assert todo.url == f"/assist/grid/hand-over/?who={staff.pk}"
    analyst = person("analyst")
    said = {"leaver": staff.pk, "successor": analyst.pk, "source": "调离"}
    assert browse(analyst).post(todo.url, said).status_code == 302
    planned.refresh_from_db()
    assert planned.visitor == analyst
    visits_reminding.remind_all(today())
    assert not Todo.objects.filter(role="analyst", done_at=None).exists()


# --- pages


def test_a_visit_goes_from_plan_to_report_to_case_on_the_pages(browse, staff, firm):
    client = browse(staff)
    answer = client.post(
        f"/assist/enterprises/{firm.id_part}/plan/",
        {"visitor": staff.pk, "planned_on": today().isoformat(), "kind": "plan"},
    )
    visit = Visit.objects.get()
    assert answer.url == f"/assist/visits/{visit.pk}/"
    assert client.get(answer.url).status_code == 200
    photo = SimpleUploadedFile("门口.png", PNG)
    said = {"done_on": today().isoformat(), "findings": "设备闲置", "needs": ["orders", "power"], "file": photo}
    assert client.post(f"/assist/visits/{visit.pk}/report/", said).status_code == 302
    visit.refresh_from_db()
    assert (visit.needs, [file.name for file in visit.files.all()]) == (["orders", "power"], ["门口.png"])
    page = client.get(f"/assist/visits/{visit.pk}/").content.decode()
    assert "设备闲置" in page
    assert client.post(f"/assist/visits/{visit.pk}/case/").url == Case.objects.get().get_absolute_url()


def test_a_report_without_findings_is_refused_at_its_field_and_keeps_what_was_typed(browse, staff, planned):
    answer = browse(staff).post(
        f"/assist/visits/{planned.pk}/report/", {"done_on": today().isoformat(), "next_step": "月底再来"}
    )
    assert answer.status_code == 422
    assert "月底再来" in answer.content.decode()
    planned.refresh_from_db()
    assert planned.reported_at is None


def test_a_file_of_a_kind_that_is_not_taken_is_refused_and_nothing_lands(browse, staff, planned):
    said = {"done_on": today().isoformat(), "findings": "x", "file": SimpleUploadedFile("a.png", b"MZ\x00\x01\xff\xfe")}
    assert browse(staff).post(f"/assist/visits/{planned.pk}/report/", said).status_code == 422
    planned.refresh_from_db()
    assert planned.reported_at is None


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (SimpleUploadedFile("a.exe", b"MZ" + bytes(99)), "a.exe"),
        (SimpleUploadedFile("a.pdf", b"%PDF-1.4" + bytes(2000)), "0.001"),
    ],
)
def test_a_file_that_is_not_taken_is_told_at_the_file_and_what_was_typed_stays(
    browse, staff, firm, planned, settings, file, told
):
    settings.FILES_MAX_BYTES = 1000
    said = {"done_on": today().isoformat(), "findings": "企业反映用工紧张", "file": file}
    answer = browse(staff).post(f"/assist/visits/{planned.pk}/report/", said)
    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors
    assert "企业反映用工紧张" in answer.content.decode()


def test_a_text_that_is_too_long_is_refused_whole_and_not_cut_by_the_browser(browse, staff, firm):
    client, address = browse(staff), f"/assist/enterprises/{firm.id_part}/note/"
    assert "maxlength" not in client.get(address).content.decode().partition("<textarea")[2].partition(">")[0]
    answer = client.post(address, {"text": "长" * 10_000, "becomes": "file"})
    assert answer.status_code == 422
    assert "长" * 10_000 in answer.content.decode()
    assert not Note.objects.exists()


def test_a_good_file_of_a_report_that_is_refused_is_not_kept(browse, staff, planned):
    from zhizao.base.files.models import StoredFile

    visits_services.cancel_visit(actor=staff, visit=planned, why="x")
    said = {"done_on": today().isoformat(), "findings": "x", "file": SimpleUploadedFile("门口.png", PNG)}
    assert browse(staff).post(f"/assist/visits/{planned.pk}/report/", said).status_code == 422
    assert not StoredFile.objects.exists()


def test_of_a_case_whose_owner_has_left_the_unit_must_act(browse, analyst, staff, firm):
    from zhizao.base.flow.opening import open_case

    open_case(actor=analyst, area=firm.area, kind="assist.note", title="t", subject=firm, owner=staff)
    User.objects.filter(pk=staff.pk).update(is_active=False)
    ((_case, who),) = visits_queries.briefing(analyst, firm).open_cases
    assert who == staff.organisation


def test_a_day_whose_holidays_are_not_published_is_told_as_provisional(browse, staff, firm):
    from zhizao.base.flow.opening import open_case

    case = open_case(actor=staff, area=firm.area, kind="assist.note", title="t", subject=firm, working_days=900)
    assert case.due_provisional
    assert "暂定" in browse(staff).get(f"/assist/enterprises/{firm.id_part}/").content.decode()


def test_pages_of_visits_open_and_download(browse, staff, firm, planned):
    client = browse(staff)
    for path in ("/assist/visits/", "/assist/visits/?state=planned&whose=own", f"/assist/enterprises/{firm.id_part}/"):
        assert client.get(path).status_code == 200
    assert client.get("/assist/visits/?format=xlsx").content[:2] == b"PK"
    assert client.get(f"/assist/enterprises/{firm.id_part}/briefing.docx").content[:2] == b"PK"


def test_a_note_is_made_a_case_on_the_page(browse, staff, firm):
    client = browse(staff)
    said = {"text": "用电量骤降", "becomes": "case"}
    answer = client.post(f"/assist/enterprises/{firm.id_part}/note/", said)
    assert answer.url == Case.objects.get().get_absolute_url()
