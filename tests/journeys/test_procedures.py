"""An analyst changes a procedure in the browser: its diagram, a bad file, what a new version changes, in force."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.factories import make_area

from zhizao.base.flow import procedures

pytestmark = pytest.mark.django_db(transaction=True)
CHANGED = (
    procedures.shipped()["alarm"]
    .replace('name="走访企业"', 'name="走访或视频连线"')
    .replace('zz:days="5"', 'zz:days="4"', 1)
)


@pytest.fixture
def analyst(signed_in):
    return lambda **look: signed_in("analyst", area=make_area(code="990001", name="甲区"), **look)


def file(text: str) -> dict[str, object]:
    return {"name": "alarm.bpmn", "mimeType": "application/xml", "buffer": text.encode()}


def test_a_procedure_is_changed_from_file_to_force(analyst, screenshot, axe):
    page = analyst()
    page.goto("/cases/procedures/")
    expect(page.locator("tbody tr")).to_have_count(5)
    axe(page)
    screenshot(page, "procedures")
    page.get_by_role("link", name="预警帮扶").click()
    expect(page.get_by_role("img", name="预警帮扶")).to_be_visible()
    expect(page.locator("svg.procedure g.step")).to_have_count(6)
    axe(page)
    screenshot(page, "procedure")
    page.goto("/cases/procedures/alarm/propose/")
    bad = CHANGED.replace("<bpmn:documentation>", '<bpmn:scriptTask id="evil"/><bpmn:documentation>', 1)
    page.locator("input[type=file]").set_input_files(file(bad))
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".errors")).to_contain_text("bpmn:scriptTask")
    axe(page)
    screenshot(page, "procedure-refused")
    page.locator("input[type=file]").set_input_files(file(CHANGED))
    page.locator("main form button[type=submit]").click()
    expect(page.get_by_text("走访或视频连线").first).to_be_visible()
    axe(page)
    screenshot(page, "procedure-changes")
    page.locator("textarea[name=note]").fill("走访可以改为视频连线")
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"/cases/procedures/alarm/$"))
    expect(page.get_by_text("走访可以改为视频连线")).to_be_visible()


def test_a_wide_diagram_fits_the_page_and_scrolls_by_itself_only_where_it_would_be_unreadable(analyst, axe, screenshot):
    page = analyst(width=1366, height=768, language="en")
    page.goto("/cases/procedures/alarm/")
    picture = page.get_by_role("img", name="Help after an alarm")
    expect(picture).to_be_visible()
    expect(picture).to_contain_text("Consult")
    room = page.locator(".scroll", has=picture)
    assert room.evaluate("box => box.scrollWidth <= box.clientWidth")
    screenshot(page, "procedure-1366-en", full_page=False)
    for key in ("matter", "request"):
        page.goto(f"/cases/procedures/{key}/")
        expect(page.locator("svg.procedure")).to_be_visible()
        assert page.locator(".scroll:has(svg.procedure)").evaluate("box => box.scrollWidth <= box.clientWidth")
        screenshot(page, f"procedure-{key}-1366-en", full_page=False)
    page.set_viewport_size({"width": 760, "height": 900})
    page.goto("/cases/procedures/alarm/")
    expect(picture).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert room.evaluate("box => box.scrollWidth > box.clientWidth")
    room.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    expect(room).to_be_focused()
    axe(page)
