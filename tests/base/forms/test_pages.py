"""The pages and the API of reporting: what a reporter, a reviewer and a stranger get."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from tests.base.forms.conftest import asked
from tests.factories import make_area, make_user

from zhizao.base.accounts.services import create_api_token
from zhizao.base.forms import services
from zhizao.base.forms.models import Submission
from zhizao.base.messages.models import Notice
from zhizao.kernel.span import Span

pytestmark = pytest.mark.django_db
MARCH = Span.parse("2025-03")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CODES, COLUMNS = ("01", "02", "03", "04"), ("period", "ytd", "lastperiod", "lastytd")


def figures(**changed: str) -> dict[str, str]:
    """The output form's cells, ``c01_ytd="5"`` changes one."""
    cells = {f"{code}.{column}": "30" if "ytd" in column else "10" for code in CODES for column in COLUMNS}
    return cells | {name[1:].replace("_", "."): value for name, value in changed.items()}


def posted(report: Submission, cells: dict[str, str], **more: str) -> dict[str, str]:
    return {"revision": str(report.revision), **{f"cell:{cell}": text for cell, text in cells.items()}, **more}


@pytest.fixture(autouse=True)
def clock(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    with time_machine.travel("2025-04-05 09:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def reporter():
    return firm(make_area(), "e1")


def firm(area, key):
    user = make_user("enterprise_reporter", area=area)
    return asked(user, key=key)


@pytest.fixture
def staff(reporter):
    return make_user("department_staff", area=reporter.organisation.area)


@pytest.fixture
def report(reporter):
    return services.open_report(actor=reporter, form="output", period=MARCH)


@pytest.fixture
def as_(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


def at(name, report):
    return reverse(f"forms:{name}", args=[report.pk])


def test_my_reports_list_what_waits_and_the_year(as_, reporter):
    page = as_(reporter).get(reverse("forms:mine"))
    text = page.content.decode()
    assert page.status_code == 200
    assert reverse("forms:begin", args=["output", "2025-03"]) in text
    assert reverse("forms:begin", args=["output", "2025-04"]) not in text  # not open yet
    assert "2024" in text


def test_looking_at_a_report_writes_nothing_and_beginning_it_does(as_, reporter):
    address = reverse("forms:begin", args=["output", "2025-03"])
    assert as_(reporter).get(address).status_code == 200
    assert not Submission.objects.exists()
    answer = as_(reporter).post(address)
    assert answer.url == Submission.objects.get().get_absolute_url()
    assert as_(reporter).get(address).url == answer.url


@pytest.mark.parametrize("period", ["2025-01", "2030-01", "rubbish"])
def test_a_period_that_nobody_asks_for_is_not_found(as_, reporter, period):
    assert as_(reporter).get(reverse("forms:begin", args=["output", period])).status_code == 404


def test_another_firms_report_is_not_found_whatever_is_done_with_it(as_, report):
    stranger = firm(make_area(code="990009", name="丁区"), "e9")
    browser = as_(stranger)
    for name in ("report", "sheet"):
        assert browser.get(at(name, report)).status_code == 404, name
    for name in ("save", "submit", "upload", "paste"):
        assert browser.post(at(name, report), posted(report, figures())).status_code == 404, name
    report.refresh_from_db()
    assert (report.cells, report.state) == ({}, "draft")


@pytest.mark.parametrize("name", ["save", "submit", "upload", "paste"])
def test_nothing_is_changed_while_looking_back(as_, reporter, report, clock, name):
    clock.shift(86400)
    answer = as_(reporter).post(f"{at(name, report)}?as_of=2025-04-05", posted(report, figures()))
    assert answer.status_code == 403
    report.refresh_from_db()
    assert (report.cells, report.state) == ({}, "draft")


def test_a_report_is_not_begun_while_looking_back(as_, reporter):
    address = reverse("forms:begin", args=["output", "2025-03"])
    assert as_(reporter).post(f"{address}?as_of=2025-04-01").status_code == 403
    assert not Submission.objects.exists()


def test_a_draft_is_not_found_by_the_administration(as_, report, staff):
    assert as_(staff).get(at("report", report)).status_code == 404


def test_the_grid_is_saved_by_its_button_and_shows_what_is_wrong(as_, reporter, report):
    browser = as_(reporter)
    answer = browser.post(at("save", report), posted(report, figures(c03_period="11")))
    assert answer.status_code == 302
    text = browser.get(answer.url).content.decode()
    assert 'value="11"' in text
    assert "02≥03" in text
    assert 'aria-invalid="true"' in text


def test_autosave_answers_with_what_changes_on_the_page(as_, reporter, report):
    answer = as_(reporter).post(
        at("save", report), posted(report, figures(c02_ytd="17", c03_ytd="5")), headers={"HX-Request": "true"}
    )
    text = answer.content.decode()
    assert (answer.status_code, 'name="revision" value="2"' in text) == (200, True)
    assert 'id="said-02" class="said" hx-swap-oob="true"' in text
    assert 'name="reason:sales_to_output"' in text
    assert "<html" not in text and "<input id=" not in text.replace('<input id="why', "")


def test_a_second_window_is_told_of_the_first_and_loses_nothing(as_, reporter, report):
    browser = as_(reporter)
    browser.post(at("save", report), posted(report, {"01.period": "10"}))
    answer = browser.post(at("save", report), posted(report, {"01.period": "11"}))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "<td>10</td><td>11</td>" in text
    assert 'name="cell:01.period" value="11"' in text
    assert 'name="revision" value="2"' in text  # saving again keeps one's own


def test_handing_in_with_errors_keeps_what_was_typed_and_names_the_cells(as_, reporter, report):
    answer = as_(reporter).post(at("submit", report), posted(report, figures(c03_period="11", c04_ytd="")))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "04 新增订单额（本年/1—本月）" in text
    report.refresh_from_db()
    assert (report.state, report.cells["03.period"]) == ("draft", "11")


def test_handing_in_with_a_reason(as_, reporter, report):
    cells = figures(c02_ytd="17", c03_ytd="10")
    answer = as_(reporter).post(at("submit", report), posted(report, cells, **{"reason:sales_to_output": "检修"}))
    assert answer.status_code == 302
    report.refresh_from_db()
    assert (report.state, report.late, report.reasons) == ("submitted", False, {"sales_to_output": "检修"})


def test_a_late_report_says_so_to_both_sides(as_, reporter, report, staff, clock):
    clock.move_to("2025-04-10 12:01+08:00")
    as_(reporter).post(at("submit", report), posted(report, figures()))
    report.refresh_from_db()
    assert report.late
    for person in (reporter, staff):
        assert 'class="st bad"' in as_(person).get(at("report", report)).content.decode()


def test_the_sheet_goes_out_and_comes_back_filled_in(as_, reporter, report):
    browser = as_(reporter)
    book = openpyxl.load_workbook(io.BytesIO(browser.get(at("sheet", report) + "?blank=1").content))
    for line, row in enumerate(range(9, 13)):
        for column, letter in zip(COLUMNS, "DEFG", strict=True):
            book.active[f"{letter}{row}"] = figures()[f"{CODES[line]}.{column}"]
    answer = browser.post(at("upload", report), {"file": upload(book), "revision": "1"})
    assert answer.status_code == 302
    report.refresh_from_db()
    assert report.cells == figures()


def upload(book) -> SimpleUploadedFile:
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("report.xlsx", out.getvalue(), content_type=XLSX)


@pytest.mark.parametrize(
    ("address", "value", "said"),
    [("A4", "报告期：2025年4月", "2025年4月"), ("A5", "计量单位：千元", "千元"), ("C10", "77", "77")],
)
def test_a_sheet_of_another_month_unit_or_row_is_refused_and_nothing_lands(as_, reporter, report, address, value, said):
    browser = as_(reporter)
    book = openpyxl.load_workbook(io.BytesIO(browser.get(at("sheet", report)).content))
    book.active[address] = value
    book.active["D9"] = "5"
    answer = browser.post(at("upload", report), {"file": upload(book), "revision": "1"})
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    report.refresh_from_db()
    assert report.cells == {}


def test_no_file_and_a_file_of_another_kind_are_refused(as_, reporter, report):
    browser = as_(reporter)
    assert browser.post(at("upload", report), {"revision": "1"}).status_code == 422
    file = SimpleUploadedFile("report.xlsx", b"name,value\n", content_type=XLSX)
    assert browser.post(at("upload", report), {"file": file, "revision": "1"}).status_code == 422


def test_a_pasted_block_lands_in_the_draft_and_one_too_large_does_not(as_, reporter, report):
    browser = as_(reporter)
    assert browser.post(at("paste", report), {"pasted": "1\t2\n3\t4", "revision": "1"}).status_code == 302
    report.refresh_from_db()
    assert report.cells == {"01.period": "1", "01.ytd": "2", "02.period": "3", "02.ytd": "4"}
    assert browser.post(at("paste", report), {"pasted": "1\t2\t3\t4\t5", "revision": "2"}).status_code == 422


def handed_in(reporter, report):
    kept = services.save(actor=reporter, submission=report, cells=figures(), revision=report.revision)
    return services.submit(actor=reporter, submission=kept, revision=kept.revision)


def test_a_reviewer_returns_with_a_reason_and_accepts(as_, reporter, report, staff):
    report = handed_in(reporter, report)
    browser = as_(staff)
    assert 'name="cell:' not in browser.get(at("report", report)).content.decode()
    assert browser.post(at("judge", report), {"act": "return", "reason": ""}).status_code == 422
    assert browser.post(at("judge", report), {"act": "return", "reason": "核对出口"}).status_code == 302
    report.refresh_from_db()
    assert (report.state, Notice.objects.get().to) == ("returned", reporter)
    services.submit(actor=reporter, submission=report, revision=report.revision)
    assert browser.post(at("judge", report), {"act": "accept"}).status_code == 302
    report.refresh_from_db()
    assert report.state == "accepted"


def test_a_reviewer_does_not_see_what_is_being_corrected(as_, reporter, report, staff):
    report = services.return_(actor=staff, submission=handed_in(reporter, report), reason="x")
    services.save(actor=reporter, submission=report, cells={"04.ytd": "31.77"}, revision=report.revision)
    assert "31.77" not in as_(staff).get(at("report", report)).content.decode()
    assert "31.77" in as_(reporter).get(at("report", report)).content.decode()


def test_a_simulated_enterprise_is_marked_and_its_figures_are_too(as_, reporter, report, staff):
    from zhizao.base.facts.models import Subject
    from zhizao.base.forms.queries import observations_of

    Subject.objects.filter(key="enterprise:e1").update(simulated=True)
    assert 'class="sim"' in as_(reporter).get(at("report", report)).content.decode()
    done = services.accept(actor=staff, submission=handed_in(reporter, report))
    assert {row["status"] for row in observations_of(done)} == {"simulated"}


def test_a_fresh_draft_is_not_scolded_for_what_is_to_come(as_, reporter, report):
    browser = as_(reporter)
    assert 'aria-invalid="true"' not in browser.get(at("report", report)).content.decode()
    answer = browser.post(at("submit", report), posted(report, {"01.ytd": "1"}))
    assert answer.status_code == 422
    assert answer.content.decode().count('aria-invalid="true"') == 7  # eight cells are asked, one is filled in


def test_the_board_counts_filters_exports_and_reminds(as_, reporter, staff, report, clock):
    clock.move_to("2025-04-11 09:00+08:00")
    browser = as_(staff)
    address = reverse("forms:board")
    text = browser.get(address).content.decode()
    assert "工业产销总值 2025年3月" in text  # what was due last
    assert reporter.organisation.name in text
    assert (
        reporter.organisation.name not in browser.get(f"{address}?state=accepted").content.decode().split("<table")[-1]
    )
    assert (
        browser.get(f"{address}?format=csv")
        .content.decode("utf-8-sig")
        .splitlines()[1]
        .startswith(reporter.organisation.name)
    )
    assert browser.post(reverse("forms:remind"), {"form": "output", "period": "2025-03"}).status_code == 302
    assert Notice.objects.get().to == reporter


@pytest.mark.parametrize("query", ["?form=nothing", "?period=rubbish", "?form=climate&period=2025-03", "?state=x"])
def test_a_board_that_cannot_be_is_no_fault(as_, staff, query):
    assert as_(staff).get(reverse("forms:board") + query).status_code == 200


def test_an_office_records_who_has_to_report(as_, staff):
    street = make_area(code="990001001", name="甲区一街", parent=make_area())
    user = make_user("enterprise_reporter", area=street)
    user.organisation.enterprise_key = "e7"
    user.organisation.save()
    browser, address = as_(staff), reverse("forms:circle")
    assert "○" in browser.get(address).content.decode()
    address = f"{address}?enterprise={user.organisation.pk}"
    assert 'name="reason"' in browser.get(address).content.decode()
    refused = browser.post(
        address, {"asked": "yes", "since": "2025-03-01", "until": "2025-02-01", "reason": "重点企业"}
    )
    assert (refused.status_code, "2025-02-01" in refused.content.decode()) == (422, True)
    assert browser.post(address, {"asked": "yes", "since": "1", "reason": "x"}).status_code == 422
    assert browser.post(address, {"asked": "yes", "since": "2025-03-01", "reason": "重点企业"}).status_code == 302
    text = browser.get(reverse("forms:circle")).content.decode()
    assert "重点企业" in text and "●" in text
    exported = browser.get(reverse("forms:circle") + "?format=csv").content.decode("utf-8-sig")
    assert user.organisation.name in exported


def test_another_areas_enterprise_is_not_found_in_the_circle(as_, staff):
    from zhizao.base.forms.models import Duty

    stranger = firm(make_area(code="990009", name="丁区"), "e9")
    browser, address = as_(staff), f"{reverse('forms:circle')}?enterprise={stranger.organisation.pk}"
    assert stranger.organisation.name not in browser.get(address).content.decode()
    answer = browser.post(address, {"asked": "no", "since": "2025-03-01", "reason": "x"})
    assert (answer.status_code, Duty.objects.filter(asked=False).count()) == (404, 0)


def test_a_report_that_nobody_asks_of_this_enterprise_is_not_found(as_, reporter):
    answer = as_(reporter).get(reverse("forms:begin", args=["output", "2018-03"]))
    assert answer.status_code == 404


def test_the_library_is_open_to_everyone(client):
    for name, arguments in (("library", []), ("definition", ["finance"]), ("blank", ["finance"])):
        assert client.get(reverse(f"forms:{name}", args=arguments)).status_code == 200
    text = client.get(reverse("forms:definition", args=["finance"])).content.decode()
    assert "%(" not in text
    assert client.get(reverse("forms:definition", args=["nothing"])).status_code == 404
    assert client.get(reverse("forms:blank", args=["output"]) + "?period=2025-01").status_code == 404


# --- the API


def bearer(user, *scopes) -> dict[str, str]:
    month = timezone.now() + timedelta(days=30)
    _token, text = create_api_token(actor=user, name="n", scopes=list(scopes), expires_at=month)
    return {"Authorization": f"Bearer {text}"}


def test_a_program_reads_a_definition_writes_a_draft_and_hands_it_in(client, reporter):
    address = "/api/v1/forms/output"
    definition = client.get(address).json()
    assert [row["code"] for row in definition["rows"]] == list(CODES)
    headers = bearer(reporter, "forms:write")
    draft = {"cells": figures(c03_period="11"), "revision": 1}
    answer = client.put(f"{address}?period=2025-03", json.dumps(draft), "application/json", headers=headers)
    found = answer.json()
    assert (answer.status_code, found["state"], found["revision"]) == (200, "draft", 2)
    assert [finding["check"] for finding in found["findings"]] == ["export_in_sales:03.period"]
    refused = client.post(f"{address}?period=2025-03", {"revision": 2}, "application/json", headers=headers)
    assert (refused.status_code, [p["code"] for p in refused.json()["problems"]]) == (422, ["forms.hard"])
    draft = {"cells": {"03.period": "10"}, "revision": 1}
    stale = client.put(f"{address}?period=2025-03", json.dumps(draft), "application/json", headers=headers)
    assert stale.status_code == 409
    draft["revision"] = 2
    client.put(f"{address}?period=2025-03", json.dumps(draft), "application/json", headers=headers)
    done = client.post(f"{address}?period=2025-03", {"revision": 3}, "application/json", headers=headers)
    assert (done.status_code, done.json()["state"]) == (200, "submitted")


def test_a_program_without_the_scope_or_an_enterprise_writes_nothing(client, reporter, staff):
    draft = json.dumps({"cells": {"01.ytd": "1"}})
    address = "/api/v1/forms/output?period=2025-03"
    assert client.put(address, draft, "application/json").status_code == 401
    wrong = bearer(reporter, "forms:read")
    assert client.put(address, draft, "application/json", headers=wrong).status_code == 401
    other = bearer(staff, "forms:write")
    assert client.put(address, draft, "application/json", headers=other).status_code == 403
    assert not Submission.objects.exists()


def test_a_period_that_cannot_be_read_is_refused_by_the_api(client, reporter):
    answer = client.put(
        "/api/v1/forms/output?period=x",
        json.dumps({"cells": {}}),
        "application/json",
        headers=bearer(reporter, "forms:write"),
    )
    assert answer.status_code == 422
