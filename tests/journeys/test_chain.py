"""A chain's office in the browser: the map by keyboard, its filters, panel, sizes and table; the file and the paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.apps.chain.drawn import draw, sell
from tests.factories import make_area

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def drawn():
    from zhizao.engines.chain import node_layers, positions  # noqa: F401 -- loaded before the browser waits for it

    found = draw(make_area(code="990001", name="甲区"))
    sell(found.firms["甲区甲芯片有限公司"], found.firms["甲区乙模组有限公司"], simulated=True)
    sell(found.firms["甲区乙模组有限公司"], found.firms["甲区丁整机有限公司"], simulated=True)
    return found


@pytest.fixture
def office(signed_in, drawn):
    """``office(width=1024)``: a page of the chain leader's office of the area."""
    return lambda **look: signed_in("chain_office", area=drawn.chain.area, **look)


def test_nodes_are_links_in_reading_order_and_arrows_go_along_the_chain(office, drawn, screenshot, axe):
    page = office()
    page.goto(f"/chain/{drawn.chain.id_part}/map/")
    page.wait_for_selector(".graph-node")
    names = page.locator(".graph-node b").all_inner_texts()
    assert names[:3] == ["天线", "芯片", "模组"]
    page.locator("a.graph-node", has_text="芯片").focus()
    page.keyboard.press("ArrowRight")
    assert "模组" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("ArrowRight")
    assert "整机" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel h2")
    expect(page.locator("#panel h2")).to_have_text("整机")
    page.locator('a.graph-node[aria-current="true"]').wait_for()  # one only, or it is refused; drawn after the panel
    axe(page)
    screenshot(page, "chain-map")


def test_a_narrow_map_puts_the_panel_under_the_drawing(office, drawn, screenshot, axe):
    page = office(width=1024)
    page.goto(f"/chain/{drawn.chain.id_part}/map/?node={drawn.nodes['模组'].id_part}")
    page.wait_for_selector(".graph-node")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box, panel = page.locator("x-graph").bounding_box(), page.locator("#panel").bounding_box()
    assert panel["y"] >= box["y"] + box["height"]
    axe(page)
    screenshot(page, "chain-map-1024")


def test_filters_stand_in_the_address_and_the_table_says_the_same(office, drawn):
    page = office()
    page.goto(f"/chain/{drawn.chain.id_part}/map/")
    page.locator('.map-bar a[href*="local=1"]').click()
    expect(page).to_have_url(re.compile("local=1"))
    expect(page.locator(".graph-node b")).to_have_count(3)
    drawing = set(page.locator(".graph-node b").all_inner_texts())
    assert drawing == {"芯片", "模组", "整机"}
    assert set(page.locator(".map-table tbody th").all_inner_texts()) == drawing


def test_without_script_the_table_and_the_panel_say_it_all(office, drawn):
    page = office(javascript=False)
    page.goto(f"/chain/{drawn.chain.id_part}/map/?node={drawn.nodes['天线'].id_part}")
    expect(page.locator(".map-table tbody tr")).to_have_count(5)
    expect(page.locator("#panel h2")).to_have_text("天线")


def test_a_large_map_is_drawn_small_and_can_be_made_larger(office, drawn, page_of_many):
    page = office()
    page.goto(f"/chain/{drawn.chain.id_part}/map/")
    page.wait_for_selector(".graph-stage.line")
    page.locator(".plot-tools button").first.click()
    page.wait_for_selector(".graph-stage.tile")
    page.locator(".plot-tools button").nth(1).click()
    page.locator(".plot-tools button").nth(1).click()
    page.wait_for_selector(".graph-stage.full")


@pytest.fixture
def page_of_many(drawn):
    """150 more nodes."""
    from zhizao.apps.chain.models import NodeFact
    from zhizao.apps.chain.services import node_subject
    from zhizao.base.facts import services as facts
    from zhizao.base.facts.models import Membership, Name

    said = {"source": "list"}
    for number in range(150):
        node = node_subject(drawn.chain.area, "甲产品", f"环节{number}")
        facts.state(
            [
                facts.name(node, Name.Kind.SHORT, f"环节{number}", **said),
                Membership(subject=node, parent=drawn.chain, tree=Membership.Tree.CHAIN, **said),
                NodeFact(subject=node, stage="中游", place=number, **said),
            ]
        )


def test_the_file_ends_in_the_meeting_paper(office, drawn, screenshot, axe):
    page = office()
    page.goto(f"/chain/{drawn.chain.id_part}/file/")
    page.wait_for_selector(".graph-node")
    axe(page)
    screenshot(page, "chain-file")
    with page.expect_download() as found:
        page.locator("a.btn.pri").first.click()
    assert found.value.suggested_filename.endswith(".docx")
