"""The gallery of components in a real browser: how it looks, how it is worked, and that it is open to everyone."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from playwright.sync_api import expect

GALLERY = "/ui/gallery/"
LOOKS = [
    pytest.param({}, id="light"),
    pytest.param({"theme": "dark"}, id="dark"),
    pytest.param({"density": "large"}, id="large"),
    pytest.param({"language": "en"}, id="english"),
    pytest.param({"width": 1024}, id="1024"),
    pytest.param({"density": "compact", "theme": "dark", "width": 1024, "language": "en"}, id="1024-dark-english"),
]


def _drawn(page):
    """Wait until every picture of the page is there."""
    page.wait_for_function("() => document.querySelectorAll('x-chart .plot svg').length === 4")
    page.wait_for_selector("x-graph .graph-node")


@pytest.mark.parametrize("look", LOOKS)
def test_gallery_is_accessible_and_fits_in_every_look(new_page, axe, screenshot, look, request):
    page = new_page(**look)
    page.goto(GALLERY)
    _drawn(page)
    wider = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"the page is {wider} px wider than the window"
    axe(page)
    screenshot(page, f"gallery-{request.node.callspec.id}")


def test_form_errors_take_the_focus_and_lead_to_the_field(page, axe):
    page.goto(f"{GALLERY}?wrong=1")
    assert page.evaluate("() => document.activeElement.matches('[data-errors]')")
    axe(page)
    page.click(".errors a >> nth=0")
    assert page.evaluate("() => document.activeElement.id") == "id_name"


def test_chart_colours_follow_the_theme(page):
    page.goto(GALLERY)
    _drawn(page)
    ink = "() => getComputedStyle(document.querySelector('x-chart .plot svg text')).fill"
    light = page.evaluate(ink)
    page.evaluate("() => { document.documentElement.dataset.theme = 'dark'; }")
    page.wait_for_function(f"(before) => ({ink})() !== before", arg=light)


def test_chart_is_named_by_its_finding_and_its_points_are_reached_by_keyboard(page):
    page.goto(GALLERY)
    _drawn(page)
    plot = page.locator("x-chart .plot").first
    assert plot.get_attribute("role") == "img"
    assert plot.get_attribute("aria-label") == "2025年比规划路径低45.8亿元"
    plot.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "() => document.querySelector('x-chart .plot').textContent.includes('2020年\\n') "
        "|| document.querySelector('x-chart .plot').textContent.includes('797.1')"
    )


def _downloaded(page, label, ending):
    with page.expect_download() as download:
        page.locator("x-chart").first.get_by_role("button", name=f"下载 {label}").click()
    assert download.value.suggested_filename == f"2025年比规划路径低45.8亿元{ending}"
    return download.value.path().read_bytes()


def test_chart_is_downloaded_as_picture_and_as_data(page):
    page.goto(GALLERY)
    _drawn(page)
    drawing = ElementTree.fromstring(_downloaded(page, "SVG", ".svg"))
    assert "2025年比规划路径低45.8亿元" in "".join(drawing.itertext())  # a picture takes its title along
    assert _downloaded(page, "PNG", ".png").startswith(b"\x89PNG")
    lines = _downloaded(page, "CSV", ".csv").decode("utf-8-sig").splitlines()
    assert lines[:2] == ["名称,规划路径,实绩,预测,目标", "2020年,797.1,797.1,,"]


def test_arrow_keys_go_along_the_chain(page, screenshot):
    page.goto(GALLERY)
    _drawn(page)
    focused = "() => document.activeElement.querySelector('b').textContent"
    page.locator(".graph-node", has_text="无源器件").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "摄像头模组"
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == "芯片模组"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "整机制造"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(focused) == "电池组件"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#a2$"))


def test_a_picture_that_cannot_be_drawn_opens_its_table(page):
    page.route("**/ui/gallery/chart/line.json", lambda route: route.fulfill(status=500, body=""))
    page.goto(GALLERY)
    page.wait_for_selector(".plot-failed")
    assert page.locator("details.twin").first.get_attribute("open") is not None


def test_ctrl_k_goes_to_the_search_box(page):
    page.goto(GALLERY)
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Control+k")
    assert page.evaluate("() => document.activeElement.name") == "q"


def test_menu_closes_on_escape_and_gives_the_focus_back(page):
    page.goto(GALLERY)
    page.wait_for_load_state("networkidle")
    page.click(".user > summary")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.locator(".user").get_attribute("open") is None
    assert page.evaluate("() => document.activeElement.matches('.user > summary')")


def test_filter_changes_the_list_and_the_address_without_a_page_load(page):
    page.goto(GALLERY)
    page.wait_for_load_state("networkidle")
    page.evaluate("() => { window.same = true; }")
    page.select_option(".filters select[name=state]", "watch")
    page.wait_for_url("**/ui/gallery/?state=watch")
    page.wait_for_selector(".tbl-count:has-text('已设1个筛选条件')")
    expect(page.locator(".data tbody tr:not(.grp)")).to_have_count(3)
    assert page.evaluate("() => window.same")
    page.wait_for_selector("x-chart .plot svg")  # the pictures are there again after the swap


def test_figure_opens_its_evidence_beside_the_page_and_closes_it(page):
    page.goto(GALLERY)
    page.wait_for_load_state("networkidle")
    page.locator("a.fig[hx-get]").first.click()
    page.wait_for_selector("#drawer:not([hidden])")
    expect(page).to_have_url(re.compile("evidence="))
    page.click("#drawer-close")
    page.wait_for_selector("#drawer[hidden]", state="attached")
    expect(page).not_to_have_url(re.compile("evidence="))


def test_everything_but_the_pictures_works_without_script(new_page, screenshot):
    page = new_page(javascript=False)
    page.goto(GALLERY)
    page.fill(".filters input[name=q]", "工厂")
    page.click(".filters button")
    expect(page.locator(".data tbody tr:not(.grp)")).to_have_count(1)
    page.click(".tbl-tools summary")
    page.uncheck("input[name=columns][value=rate]")
    page.click(".tbl-tools form button")
    expect(page.locator(".data thead th")).to_have_count(4)
    page.goto(GALLERY)
    page.click(".data thead a >> nth=1")
    expect(page.locator("th[aria-sort=descending]")).to_have_count(1)
    page.click("details.twin summary >> nth=0")
    expect(page.locator("details.twin table").first).to_be_visible()
    page.click("button[aria-label='Switch to English (EN)']")
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page).to_have_url(re.compile("sort=-base"))
    page.click(".user > summary")
    page.click("button[value=dark]")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.goto(GALLERY)
    page.click(".asof > summary")
    page.fill("#as-of-day", "2024-07-20")
    page.click(".asof button")
    expect(page.locator(".asof.back")).to_have_count(1)
    screenshot(page, "gallery-without-script")


def test_narrow_navigation_opens_as_a_menu(new_page):
    page = new_page(width=1024)
    page.goto(GALLERY)
    for step in page.locator(".nav-small > summary").all():
        step.click()
        expect(page.locator(".nav-small[open] .menu-list a").first).to_be_visible()


@pytest.mark.parametrize("status", [400, 403, 404, 413, 500, 503])
def test_error_pages_are_accessible(page, axe, screenshot, status):
    assert page.goto(f"{GALLERY}error/{status}/").status == status
    axe(page)
    screenshot(page, f"error-{status}", full_page=False)


def test_printed_page_has_the_words_and_not_the_controls(page):
    page.goto(GALLERY)
    page.emulate_media(media="print")
    for gone in (".head", ".nav", ".filters", ".tbl-tools", ".acts"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator(".data")).to_be_visible()
    assert "Serif" in page.evaluate("() => getComputedStyle(document.body).fontFamily")
