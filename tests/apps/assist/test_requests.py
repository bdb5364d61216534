"""An enterprise asks for help itself: one case, which it is shown; never too often, never for another one."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from zhizao.apps.assist import requests_queries, requests_services
from zhizao.apps.assist.models import Request
from zhizao.base.flow import services as flow
from zhizao.base.flow.models import Case
from zhizao.kernel.result import Refused


def send(manager, firm, text="七月起每日限电四小时", topic="power"):
    return requests_services.ask_for_help(actor=manager, subject=firm, topic=topic, text=text)


def test_a_request_is_a_case_at_once_which_the_enterprise_is_shown(manager, firm, staff, look_after):
    look_after(firm, staff)
    sent = send(manager, firm)
    case = sent.case
    assert (case.kind, case.shown_to_subject, case.unit) == ("assist.request", True, staff.organisation)
    assert case.due_on is not None
    assert Case.objects.visible_to(manager).get() == case


def test_without_anybody_who_looks_after_it_a_request_is_a_case_all_the_same(manager, firm):
    assert send(manager, firm).case.status == "open"


def test_the_same_words_sent_twice_are_one_request(manager, firm):
    assert send(manager, firm) == send(manager, firm)
    assert (Request.objects.count(), Case.objects.count()) == (1, 1)
    send(manager, firm, topic="labour")
    assert Request.objects.count() == 2


def test_the_eleventh_request_of_a_day_is_refused_with_what_to_do(manager, firm):
    for number in range(requests_services.MOST_A_DAY):
        send(manager, firm, text=f"事项{number}")
    with pytest.raises(Refused, match="within a day"):
        send(manager, firm, text="再来一个")
    assert Request.objects.count() == requests_services.MOST_A_DAY


def test_an_empty_or_endless_request_is_refused(manager, firm):
    for text in ("   ", "字" * (requests_services.LONGEST + 1)):
        with pytest.raises(Refused, match="1 to 4000"):
            send(manager, firm, text=text)
    assert Case.objects.count() == 0


def test_nobody_asks_for_another_enterprise(manager, firms, staff):
    for actor, subject in ((manager, firms[1]), (staff, firms[0])):
        with pytest.raises(PermissionDenied):
            send(actor, subject)
    assert Request.objects.count() == 0


def test_each_enterprise_sees_its_own_requests_only(manager, firm, person, other_area):
    send(manager, firm)
    assert len(requests_queries.requests(manager, firm)) == 1
    stranger = person("enterprise_manager", area=other_area)
    assert requests_queries.requests(stranger, firm) == []


def test_a_closed_case_waits_for_the_enterprise_s_rating(manager, firm, staff, look_after):
    look_after(firm, staff)
    case = send(manager, firm).case
    case.refresh_from_db()
    flow.close(actor=None, case=case, result="helped", text="已协调供电", version=None)
    (line,) = requests_queries.requests(manager, firm)
    assert line.waits_for_rating
    assert (line.status, line.result) == ("closed", "已协调供电")


# --- pages


def test_the_enterprise_asks_on_its_page_with_a_file(browse, manager, firm):
    client = browse(manager)
    assert client.get("/assist/requests/").status_code == 200
    photo = SimpleUploadedFile("停电通知.png", b"\x89PNG\r\n\x1a\n" + bytes(32))
    answer = client.post("/assist/requests/new/", {"topic": "power", "text": "每日限电", "file": photo})
    case = Case.objects.get()
    assert answer.url == case.get_absolute_url()
    assert case.attachments.count() == 1
    assert case.number in client.get("/assist/requests/").content.decode()
    assert client.get("/assist/requests/?format=xlsx").content[:2] == b"PK"


def test_a_file_that_is_not_taken_leaves_no_request_behind(browse, manager, firm):
    bad = SimpleUploadedFile("a.png", b"MZ\x00\x01\xff\xfe")
    answer = browse(manager).post("/assist/requests/new/", {"topic": "power", "text": "每日限电", "file": bad})
    assert answer.status_code == 422
    assert "每日限电" in answer.content.decode()
    assert (Request.objects.count(), Case.objects.count()) == (0, 0)
