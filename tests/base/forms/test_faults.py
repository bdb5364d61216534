"""What people and programs get wrong with reports: each is refused or recorded as the rules say, nothing half-lands."""

from __future__ import annotations

import io

import openpyxl
import pytest
import time_machine
from django.urls import reverse
from tests.base.forms.conftest import asked
from tests.base.forms.test_pages import at, figures, posted, upload
from tests.factories import make_area, make_user

from zhizao.base.events.models import Event
from zhizao.base.forms import services
from zhizao.base.forms.models import Step, Submission
from zhizao.kernel.span import Span

pytestmark = pytest.mark.django_db
MARCH = Span.parse("2025-03")


@pytest.fixture(autouse=True)
def clock(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    with time_machine.travel("2025-04-05 09:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def reporter():
    return asked(make_user("enterprise_reporter", area=make_area()), key="e1")


@pytest.fixture
def report(reporter):
    return services.open_report(actor=reporter, form="output", period=MARCH)


@pytest.fixture
def browser(client, reporter):
    client.force_login(reporter)
    return client


def sheet_of(browser, report):
    return openpyxl.load_workbook(io.BytesIO(browser.get(at("sheet", report)).content))


def nothing_landed(report) -> bool:
    report.refresh_from_db()
    return (report.cells, report.state, report.revision) == ({}, "draft", 1)


def test_a_double_click_hands_in_once(browser, report):
    form = posted(report, figures())
    assert browser.post(at("submit", report), form).status_code == 302
    again = browser.post(at("submit", report), form)
    assert again.status_code in (409, 422)
    assert Step.objects.filter(state="submitted").count() == 1


def test_a_second_window_saves_nothing_into_what_was_handed_in(browser, report):
    old = posted(report, {"01.period": "99"})
    assert browser.post(at("submit", report), posted(report, figures())).status_code == 302
    answer = browser.post(at("save", report), old)
    assert answer.status_code == 422
    report.refresh_from_db()
    assert (report.state, report.cells["01.period"]) == ("submitted", "10")


def test_two_reviewers_accept_once(reporter, report, client):
    kept = services.save(actor=reporter, submission=report, cells=figures(), revision=1)
    services.submit(actor=reporter, submission=kept, revision=kept.revision)
    staff = make_user("department_staff", area=report.area)
    client.force_login(staff)
    assert client.post(at("judge", report), {"act": "accept"}).status_code == 302
    assert client.post(at("judge", report), {"act": "accept"}).status_code == 422
    assert Event.objects.filter(name="forms.accepted").count() == 1


def test_after_the_deadline_it_is_taken_and_recorded_as_late(client, reporter, report, clock):
    clock.move_to("2025-04-10 12:01+08:00")
    client.force_login(reporter)
    browser = client
    assert 'class="note watch"' in browser.get(at("report", report)).content.decode()
    assert browser.post(at("submit", report), posted(report, figures())).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.late) == ("submitted", True)


@pytest.mark.parametrize("value", [915e15, "9.15E+17", "91500108MA5U12345X"])
def test_a_credit_code_in_a_figures_place_stays_a_draft_with_an_error(browser, report, value):
    book = sheet_of(browser, report)
    book.active["D9"] = value
    browser.post(at("upload", report), {"file": upload(book), "revision": "1"})
    report.refresh_from_db()
    assert "01.period" in report.cells
    answer = browser.post(at("submit", report), {"revision": str(report.revision)})
    assert (answer.status_code, report.state) == (422, "draft")
    assert 'id="c-01-period"' in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()


@pytest.mark.parametrize("value", [915e15, "9.15E+17", "enterprise:e2"])
def test_a_sheet_that_names_another_enterprise_or_a_spoilt_code_is_refused(browser, report, value):
    book = sheet_of(browser, report)
    book.active["A2"] = f"单位标识：{value}"
    answer = browser.post(at("upload", report), {"file": upload(book), "revision": "1"})
    assert answer.status_code == 422
    assert nothing_landed(report)


def shift_columns(page):
    page.insert_cols(4)


def shift_rows(page):
    page.move_range("D9:G12", rows=1)


def double_a_row(page):
    for merged in [found for found in page.merged_cells.ranges if found.min_row > 12]:
        page.unmerge_cells(str(merged))
    for column in range(1, 8):
        page.cell(13, column).value = page.cell(12, column).value


def mix_units(page):
    page["B10"] = "元"


def other_month(page):
    page["A4"] = "报告期：2025年1—3月"


@pytest.mark.parametrize("spoil", [shift_columns, double_a_row, mix_units, other_month])
def test_a_spoilt_sheet_is_refused_with_its_place_and_nothing_lands(browser, report, spoil):
    book = sheet_of(browser, report)
    book.active["D9"] = "5"
    spoil(book.active)
    answer = browser.post(at("upload", report), {"file": upload(book), "revision": "1"})
    assert answer.status_code == 422
    assert "data-errors" in answer.content.decode()
    assert nothing_landed(report)


def test_figures_shifted_by_a_row_are_found_by_the_checks(browser, report):
    """Names and codes in their places, the figures one row down: 03 is then more than 02, and 01 is empty."""
    book = sheet_of(browser, report)
    for row, value in zip(range(9, 13), (100, 95, 10, 120), strict=True):
        for column in "DE":
            book.active[f"{column}{row}"] = value
    shift_rows(book.active)
    browser.post(at("upload", report), {"file": upload(book), "revision": "1"})
    report.refresh_from_db()
    answer = browser.post(at("submit", report), {"revision": str(report.revision)})
    assert (answer.status_code, report.state) == (422, "draft")


@pytest.mark.parametrize("revision", ["", "abc", "-1", "²", "9" * 30])
def test_a_nonsense_revision_overwrites_nothing(browser, report, revision):
    browser.post(at("save", report), posted(report, {"01.period": "10"}))
    answer = browser.post(at("save", report), {"revision": revision, "cell:01.period": "11"})
    assert answer.status_code == 409
    report.refresh_from_db()
    assert report.cells == {"01.period": "10"}


@pytest.mark.parametrize("period", ["2025-13", "999999999-01", "\x00", "2025-03/../x", "²025-03", "x" * 2000])
def test_a_nonsense_period_is_not_found(browser, period):
    from urllib.parse import quote

    assert browser.get(f"/forms/begin/output/{quote(period, safe='')}/").status_code == 404
    assert browser.get("/forms/library/output/blank.xlsx", {"period": period}).status_code == 404
    assert not Submission.objects.exists()


def test_a_name_that_a_spreadsheet_would_compute_is_exported_as_text(client, reporter, report):
    organisation = reporter.organisation
    organisation.name = "=HYPERLINK(1)"
    organisation.save()
    client.force_login(make_user("department_staff", area=report.area))
    address = f"{reverse('forms:board')}?form=output&period=2025-03"
    first = client.get(f"{address}&format=csv").content.decode("utf-8-sig").splitlines()[1]
    assert not first.lstrip('"').startswith("=")
    cells = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}&format=xlsx").content)).active
    assert not any(cell.data_type == "f" for row in cells.iter_rows() for cell in row)


def test_looking_back_shows_the_report_as_it_was_and_offers_no_act(client, reporter, report, clock):
    clock.move_to("2025-04-06 09:00+08:00")
    kept = services.save(actor=reporter, submission=report, cells=figures(), revision=1)
    services.submit(actor=reporter, submission=kept, revision=kept.revision)
    staff = make_user("department_staff", area=report.area)
    clock.move_to("2025-04-08 09:00+08:00")
    report.refresh_from_db()
    services.return_(actor=staff, submission=report, reason="核对")
    client.force_login(staff)
    board = f"{reverse('forms:board')}?form=output&period=2025-03"
    page = client.get(f"{at('report', report)}?as_of=2025-04-07").content.decode()
    assert "核对" not in page and 'name="act"' not in page
    assert client.get(f"{at('report', report)}?as_of=2025-04-05").status_code == 404  # was a draft of its reporter's
    assert "▲" in client.get(f"{board}&as_of=2025-04-07").content.decode()
    client.force_login(reporter)
    page = client.get(f"{at('report', report)}?as_of=2025-04-05").content.decode()
    assert 'name="cell:01.period"' not in page
    assert client.get(f"{at('report', report)}?as_of=2025-04-04").status_code == 404
    assert 'name="cell:01.period"' in client.get(at("report", report)).content.decode()
