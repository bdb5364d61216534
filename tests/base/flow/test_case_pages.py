from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from zhizao.base.flow import services, ticking
from zhizao.base.flow.models import Case

KIND = "tests.help"


@pytest.fixture
def page(place, client):
    """The answer that a person gets at an address, or to a form sent there."""

    def get(person, address, form=None):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client.get(address) if form is None else client.post(address, form)

    return get


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_list_has_running_cases_and_its_filters_are_in_the_address(page, place, case):
    other = services.open_case(actor=place.helper, area=place.area, kind=KIND, title="线路改造", severity="serious")
    services.close(actor=place.helper, case=other, result="helped", text="好", version=1)
    services.open_case(actor=None, area=place.area, kind=KIND, title="没人管")

    def titles(query):
        answer = page(place.owner, f"/cases/?{query}&format=csv")
        return sorted(line[next(key for key in line if key in ("名称", "Title", "标题"))] for line in rows(answer))

    assert titles("") == ["没人管", "缺电停产"]
    assert titles("status=closed") == ["线路改造"]
    assert titles("status=all") == ["没人管", "线路改造", "缺电停产"]
    assert titles("whose=mine") == ["缺电停产"]
    assert titles("whose=nobody") == ["没人管"]
    assert titles(f"status=all&unit={place.power.pk}") == ["线路改造"]
    assert titles("overdue=yes") == []
    assert titles("q=停产") == ["缺电停产"]
    assert titles("status=nonsense&unit=x") == ["没人管", "缺电停产"]  # what is no filter is left out


def test_the_list_of_a_park_and_an_enterprise_holds_only_what_is_theirs(page, place, case):
    assert case.title in page(place.reporter, "/cases/").content.decode()
    assert case.title not in page(place.operator, "/cases/").content.decode()
    assert page(place.operator, case.get_absolute_url()).status_code == 404
    assert page(place.stranger, case.get_absolute_url()).status_code == 404
    assert page(place.stranger, f"{case.get_absolute_url()}opine/").status_code == 404


def test_a_stale_form_keeps_what_was_typed_and_can_be_sent_again(page, place, case):
    address = f"{case.get_absolute_url()}suspend/"
    services.transfer(actor=place.owner, case=case, text="换人", version=1, owner=place.colleague)
    answer = page(place.owner, address, {"version": 1, "text": "等企业检修"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "等企业检修" in text
    assert "承办人" in text
    assert 'name="version" value="2"' in text
    assert page(place.owner, address, {"version": 2, "text": "等企业检修"}).status_code == 302
    assert Case.objects.get().status == "suspended"


@pytest.mark.parametrize(
    ("act", "form"),
    [
        ("opine", {"text": "  "}),
        ("opine", {"text": "长" * 4001}),
        ("attach", {}),
        ("attach", {"file": SimpleUploadedFile("a.exe", b"MZ\x00\x01\x02")}),
        ("ask_part", {"unit": "999999", "what": "查"}),
        ("ask_part", {"what": "查"}),
        ("ask_part", {"unit": "power", "what": "查", "due_on": "2020-13-45"}),
        ("give_back", {"to": "somewhere", "text": "退"}),
        ("give_back", {"to": "step", "text": "退"}),
        ("transfer", {"text": "转"}),
        ("transfer", {"text": "转", "unit": "company"}),
        ("escalate", {"text": ""}),
        ("suspend", {"text": ""}),
        ("close", {"result": "perfect", "text": "好"}),
        ("close", {"result": "helped", "text": ""}),
        ("withdraw", {"text": ""}),
    ],
)
def test_a_bad_form_is_refused_at_its_field_and_changes_nothing(page, place, case, act, form):
    form = {
        key: getattr(place, value).pk if key == "unit" and hasattr(place, value) else value
        for key, value in form.items()
    }
    answer = page(place.owner, f"{case.get_absolute_url()}{act}/", {"version": 1, **form})
    assert answer.status_code == 422
    assert Case.objects.get().version == 1
    assert page(place.owner, f"{case.get_absolute_url()}{act}/", form).status_code == 422  # no version


def test_an_act_that_is_not_there_or_not_ones_own_has_no_page(page, place, case):
    address = case.get_absolute_url()
    assert page(place.owner, f"{address}explode/").status_code == 404
    assert page(place.helper, f"{address}close/").status_code == 403
    assert page(place.helper, f"{address}close/", {"version": 1, "result": "helped", "text": "好"}).status_code == 403
    assert page(place.owner, f"{address}rate/").status_code == 403
    assert page(place.owner, f"{address}steps/999999/").status_code == 404
    assert page(place.owner, f"{address}parts/999999/").status_code == 404
    assert page(place.owner, f"{address}files/999999/").status_code == 404
    assert Case.objects.get().version == 1


def test_a_case_is_opened_by_hand_only_with_what_the_form_asks(page, place):
    assert page(place.leader, "/cases/new/").status_code in (200, 403)
    for form in ({}, {"kind": "no.such", "title": "甲", "severity": "notice"}, {"kind": KIND, "severity": "notice"}):
        assert page(place.owner, "/cases/new/", form).status_code == 422
    unknown = {"kind": KIND, "title": "甲", "severity": "notice", "subject": "无此企业"}
    answer = page(place.owner, "/cases/new/", unknown)
    assert (answer.status_code, "无此企业" in answer.content.decode()) == (422, True)
    assert not Case.objects.exists()
    assert page(place.owner, "/cases/new/", {**unknown, "subject": "flowfirm"}).status_code == 302
    assert Case.objects.get().subject == place.firm


def test_a_file_of_a_case_is_given_to_who_sees_it_and_nobody_else(page, place, case):
    brought = services.attach(actor=place.owner, case=case, upload=SimpleUploadedFile("内部.pdf", b"%PDF-1.4 a"))
    own = services.attach(actor=place.reporter, case=case, upload=SimpleUploadedFile("合同.pdf", b"%PDF-1.4 b"))
    address = f"{case.get_absolute_url()}files/"
    answer = page(place.auditor, f"{address}{brought.pk}/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.4 a"
    assert page(place.reporter, f"{address}{brought.pk}/").status_code == 404
    answer = page(place.reporter, f"{address}{own.pk}/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.4 b"
    assert page(place.operator, f"{address}{own.pk}/").status_code == 404
    assert page(place.reporter, brought.file.get_absolute_url()).status_code == 404


def test_looking_back_the_page_shows_the_case_as_it_stood_and_offers_nothing(page, place, case, time_machine):
    opened = case.opened_at
    time_machine.move_to(opened + timedelta(days=3))
    services.close(actor=place.owner, case=case, result="helped", text="已恢复供电", version=1)
    time_machine.move_to(opened + timedelta(days=4))
    day: date = (opened + timedelta(days=1)).date()
    then = page(place.owner, f"{case.get_absolute_url()}?as_of={day}").content.decode()
    assert "已恢复供电" not in then
    assert "企业说明" in then
    assert f"{case.get_absolute_url()}opine/" not in then
    assert page(place.owner, f"{case.get_absolute_url()}opine/?as_of={day}").status_code == 403
    assert "已恢复供电" in page(place.owner, case.get_absolute_url()).content.decode()
    before: date = (opened - timedelta(days=2)).date()
    assert page(place.owner, f"{case.get_absolute_url()}?as_of={before}").status_code == 404
    listed = rows(page(place.owner, f"/cases/?as_of={day}&format=csv"))
    assert len(listed) == 1
    assert rows(page(place.owner, "/cases/?format=csv")) == []


def test_a_case_whose_state_cannot_be_read_still_shows_what_happened(page, place, case):
    Case.objects.filter(pk=case.pk).update(state={"format": 99})
    text = page(place.owner, case.get_absolute_url())
    assert text.status_code == 200
    assert "三号线停产" in text.content.decode()


def test_a_case_speaks_english_where_its_procedure_does(page, place, client, time_machine):
    """In the list, on the page, in the form of the step, in the picture and in what happened."""
    case = services.open_case(
        actor=place.owner, area=place.area, kind=KIND, title="A", procedure="alarm", owner=place.owner
    )
    client.cookies["django_language"] = "en"
    text = page(place.owner, case.get_absolute_url()).content.decode()
    for english, chinese in (
        ("Verify the alarm", "核实预警"),
        ("Finding", "核实结果"),
        ("not clear yet", "一时难以核实"),
    ):
        assert english in text
        assert chinese not in text
    assert "Visit the" in text  # in the picture
    assert "Verify the alarm" in page(place.owner, "/cases/?format=csv").content.decode("utf-8-sig")
    answer = {"result": "real", "note": "yes"}
    services.do_step(actor=place.owner, step=case.steps.get(), answer=answer, version=1)
    text = page(place.owner, case.get_absolute_url()).content.decode()
    assert "step done: Verify the alarm" in text
    time_machine.move_to(case.opened_at + timedelta(days=30))
    ticking.tick_all(case.opened_at + timedelta(days=30))
    text = page(place.owner, case.get_absolute_url()).content.decode()
    assert '<span class="quote">escalation</span>' in text
    assert '<span class="quote">逾期上报</span>' not in text
    assert "founded" in text
    client.cookies["django_language"] = "zh-hans"
    assert "核实预警" in page(place.owner, case.get_absolute_url()).content.decode()


def test_a_step_begun_before_there_were_english_names_keeps_its_chinese_one(page, place, case, client):
    case.steps.update(form=[{"name": "note", "kind": "text", "label": "说明", "options": [], "required": True}])
    client.cookies["django_language"] = "en"
    text = page(place.reporter, case.get_absolute_url()).content.decode()
    assert "企业说明" in text
    assert "说明" in text
