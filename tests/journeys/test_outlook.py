"""A leader asks whether the plan will be met: all targets, one of them with its evidence, how good such calls were."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from tests.apps.outlook import told

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def area(transactional_db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An area of which all is told as ``told`` has it: the pages are walked here, not the engine."""
    from tests.factories import make_area

    from zhizao.base.facts import services

    settings.MEDIA_ROOT = tmp_path / "files"
    area = make_area(code="990101", name="甲区")
    firm = services.subject(kind="enterprise", id_part="a", area=area)
    services.state([services.name(firm, "registered", "甲厂", source="test")])
    told.answer(monkeypatch, area)
    return area


def test_a_leader_asks_whether_the_plan_will_be_met(area: Any, signed_in: Any, axe: Any, screenshot: Any) -> None:
    page = signed_in("leader", area=area)
    page.goto("/outlook/")
    expect(page.locator("table.data tbody tr a.p")).to_have_count(4)
    axe(page)
    screenshot(page, "outlook-overview")
    page.locator(".strip a.group", has_text="较难").or_(page.locator(".strip a.group", has_text="Unlikely")).click()
    expect(page.locator("table.data tbody tr a.p")).to_have_count(1)
    page.locator("table.data a", has_text="规模工业总产值").click()
    for title in page.locator("x-chart").all():
        title.locator("[role=img]").wait_for()
    axe(page)
    screenshot(page, "outlook-target")
    page.locator(".foot a", has_text="概率").or_(page.locator(".foot a", has_text="probability was told")).click()
    page.locator("#drawer .big", has_text="23%").wait_for()
    axe(page)
    screenshot(page, "outlook-target-evidence")


@pytest.mark.parametrize("look", [{"width": 1024}, {"language": "en"}, {"theme": "dark"}])
def test_the_page_of_a_target_stands_in_every_look(
    area: Any, signed_in: Any, axe: Any, screenshot: Any, look: dict[str, Any]
) -> None:
    page = signed_in("leader", area=area, **look)
    name = "-".join(str(value) for value in look.values())
    for address, part in (("targets/output/", "target"), ("", "overview")):
        page.goto(f"/outlook/{address}")
        page.wait_for_load_state("networkidle")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        screenshot(page, f"outlook-{part}-{name}")


def test_how_good_the_calls_were_and_what_became_of_the_targets(
    area: Any, signed_in: Any, axe: Any, screenshot: Any
) -> None:
    page = signed_in("leader", area=area)
    page.goto("/outlook/calibration/")
    page.locator("x-chart [role=img]").wait_for()
    axe(page)
    screenshot(page, "outlook-calibration")
    page.goto("/outlook/evaluation/")
    axe(page)
    screenshot(page, "outlook-evaluation")
    page.goto("/outlook/enterprises/a/")
    page.locator("x-chart [role=img]").wait_for()
    axe(page)
    screenshot(page, "outlook-enterprise")
