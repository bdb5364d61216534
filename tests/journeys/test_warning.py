"""An analyst sees early: the overview, the alarm to look at first with its evidence, lamps, cut-offs set by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.apps.warning import told

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def area(transactional_db: None, settings: Any, tmp_path: Any) -> Any:
    """An area with a run of lamps and one alarm: the pages are walked here, not the engine."""
    from tests.factories import make_area

    from zhizao.apps.ledger import services as ledger
    from zhizao.base.facts import services

    settings.MEDIA_ROOT = tmp_path / "files"
    ledger.load_indicators()
    area = make_area(code="990703", name="甲区")
    firm = services.subject(kind="enterprise", id_part="l0", area=area)
    known = {"source": "test", "known_from": dt.datetime(2021, 1, 1, tzinfo=dt.UTC)}
    services.state([services.name(firm, "registered", "甲厂", **known)])
    told.lamps(area)
    told.alarm(area, firm)
    return area


def test_an_analyst_goes_from_the_overview_to_the_arithmetic_of_an_alarm(
    area: Any, signed_in: Any, axe: Any, screenshot: Any
) -> None:
    page = signed_in("analyst", area=area)
    page.goto("/warning/")
    expect(page.locator("svg.tiles a")).to_have_count(2)
    axe(page)
    screenshot(page, "warning-overview")
    page.locator(".stat a.fig").first.click()
    expect(page.locator("#drawer")).to_be_visible()
    axe(page)
    page.locator(".next a.btn", has_not_text="→").first.click()
    expect(page.locator("h1")).to_be_visible()
    page.locator("x-chart [role=img]").wait_for()
    axe(page)
    screenshot(page, "warning-alarm")


def test_bounds_that_are_set_light_the_classic_lamp(area: Any, signed_in: Any, axe: Any, screenshot: Any) -> None:
    page = signed_in("analyst", area=area)
    page.goto("/warning/lamps/")
    expect(page.locator(".meta .lamp.none")).to_be_visible()
    for picture in page.locator("x-chart").all():
        picture.locator("[role=img]").wait_for()
    axe(page)
    screenshot(page, "warning-lamps")
    page.goto("/warning/lamps/cut-offs/")
    axe(page)
    page.select_option("[name=key]", "gross_output")
    for name, value in (("red", "15"), ("yellow", "11"), ("green", "5"), ("light_blue", "2")):
        page.fill(f"[name={name}]", value)
    page.fill("[name=effective_from]", "2024-01-01")
    page.fill("[name=why]", "甲区经济信息委2024年第3次会议")
    page.locator("form.form button[type=submit]").click()
    expect(page.locator("td", has_text="甲区经济信息委2024年第3次会议")).to_be_visible()
    screenshot(page, "warning-cut-offs")
    page.goto("/warning/lamps/")
    expect(page.locator(".meta .lamp.green")).to_be_visible()


@pytest.mark.parametrize("look", [{"width": 1024}, {"language": "en"}, {"theme": "dark"}])
def test_the_pages_of_early_warning_stand_in_every_look(
    area: Any, signed_in: Any, axe: Any, screenshot: Any, look: dict[str, Any]
) -> None:
    page = signed_in("leader", area=area, **look)
    name = "-".join(str(value) for value in look.values())
    for address, part in (
        ("", "overview"),
        ("alarms/", "alarms"),
        ("lamps/", "lamps"),
        ("lamps/cut-offs/", "cut-offs"),
    ):
        page.goto(f"/warning/{address}")
        page.wait_for_load_state("networkidle")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        screenshot(page, f"warning-{part}-{name}")
