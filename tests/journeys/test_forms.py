"""Walks through reporting: what is due, a grid filled in and saved by itself, handed in, returned and accepted."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db(transaction=True)
CODES, COLUMNS = ("01", "02", "03", "04"), ("period", "ytd", "lastperiod", "lastytd")


@pytest.fixture
def reporter(transactional_db, settings, tmp_path):
    from tests.base.forms.conftest import asked
    from tests.factories import make_area, make_user

    settings.MEDIA_ROOT = tmp_path / "files"
    user = make_user("enterprise_reporter", area=make_area())
    user.organisation.name = "江南机械有限公司"
    return asked(user, key="e1")


@pytest.fixture
def report(reporter):
    from zhizao.base.forms import services
    from zhizao.kernel.span import Span

    return services.open_report(actor=reporter, form="output", period=Span.parse("2025-03"))


def block() -> str:
    return "\n".join("\t".join("3000" if "ytd" in column else "1000" for column in COLUMNS) for _code in CODES)


def paste(page, text: str) -> None:
    """As from a sheet: the browser's clipboard is not ours to use, its event is."""
    page.locator("#c-01-period").evaluate(
        """(cell, text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def test_a_reporter_finds_what_is_due(reporter, signed_in, screenshot, axe):
    page = signed_in("enterprise_reporter", user=reporter)
    page.goto("/forms/")
    screenshot(page, "forms-mine")
    axe(page)
    page.locator("ul.months a").first.click()
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/forms/reports/*/")


def test_a_block_is_pasted_saved_by_itself_and_handed_in(report, reporter, signed_in, screenshot, axe):
    page = signed_in("enterprise_reporter", user=reporter)
    page.goto(f"/forms/reports/{report.pk}/")
    page.locator("#c-01-period").click()
    paste(page, block())
    assert page.locator("#c-04-lastytd").input_value() == "3000"
    page.locator("#c-02-ytd").fill("1700")
    page.locator("#said-02 .st.watch").first.wait_for()  # the check came back with the autosave
    assert page.locator("#c-01-ytd").get_attribute("class") == "soft"
    assert page.locator("#c-02-ytd").get_attribute("class") == "hard"  # less than what was delivered for export
    screenshot(page, "forms-grid")
    axe(page)
    page.locator("#c-01-period").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") == "c-02-period"
    page.locator("#c-03-ytd").fill("1000")
    page.locator("#said-02 input").fill("设备检修，四月初集中交货")
    page.locator("button[formaction$='/submit/']").click()
    page.locator("#c-01-period").wait_for(state="detached")
    report.refresh_from_db()
    assert report.state == "submitted"
    expect(page.locator("#c-01-period")).to_have_count(0)


def test_without_script_the_buttons_do_the_same(report, reporter, signed_in):
    page = signed_in("enterprise_reporter", user=reporter, javascript=False)
    page.goto(f"/forms/reports/{report.pk}/")
    page.locator("#pasted").fill(block())
    page.locator("form[action$='/paste/'] button").click()
    assert page.locator("#c-03-ytd").input_value() == "3000"
    page.locator("#c-03-period").fill("1001")
    page.locator("#report-form button:not([formaction])").click()
    expect(page.locator("#said-03 .st.bad")).to_be_visible()
    assert page.locator("#c-03-period").get_attribute("aria-invalid") == "true"


def test_a_reviewer_sees_who_is_late_and_returns_a_report(report, reporter, signed_in, screenshot, axe):
    from zhizao.base.forms import services

    cells = {f"{c}.{k}": "3000" if "ytd" in k else "1000" for c in CODES for k in COLUMNS}
    kept = services.save(actor=reporter, submission=report, cells=cells, revision=1)
    services.submit(actor=reporter, submission=kept, revision=kept.revision)
    page = signed_in("department_staff", area=reporter.organisation.area)
    page.goto("/forms/board/?form=output&period=2025-03")
    screenshot(page, "forms-board")
    axe(page)
    page.get_by_role("link", name="江南机械有限公司").click()
    screenshot(page, "forms-judge")
    axe(page)
    page.locator("#reason").fill("请核对出口交货值")
    page.locator("button[value=return]").click()
    page.wait_for_url("**/forms/board/**")
    report.refresh_from_db()
    assert report.state == "returned"


def test_anyone_reads_what_a_form_asks(page, screenshot, axe):
    page.goto("/forms/library/")
    axe(page)
    page.get_by_role("link", name="工业企业财务状况").click()
    screenshot(page, "forms-definition")
    axe(page)
