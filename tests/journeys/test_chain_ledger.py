"""The chain office keeps its ledger in the browser: a member added, a matter opened and closed, a link renewed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.apps.chain.drawn import draw
from tests.factories import make_area, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def drawn(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return draw(make_area(code="990001", name="甲区"))


def test_the_office_adds_a_member_and_closes_a_matter(signed_in, drawn, screenshot, axe):
    from zhizao.base.facts.queries import today

    page = signed_in("chain_office", area=drawn.chain.area)
    page.goto("/chain/")
    screenshot(page, "chain-ledger")
    axe(page)
    page.locator("tbody a").first.click()
    page.locator("a[href$='members/new/']").first.click()
    page.fill("input[name=name]", "示例名称")
    page.fill("input[name=enterprise]", "无此企业")
    page.fill("input[name=source]", "走访")
    page.click("main form .btn.pri")
    assert page.locator(".errors, [role=alert]").count()
    axe(page)
    page.fill("input[name=enterprise]", "")
    page.click("main form .btn.pri")
    page.locator("main details summary").first.click()
    assert "示例名称" in page.locator("main").inner_text()
    axe(page)
    page.locator("a[href$='matters/new/']").last.click()
    page.fill("input[name=title]", "对接配套")
    page.fill("input[name=owner]", "专班")
    page.fill("input[name=due_on]", (today() + timedelta(days=9)).isoformat())
    page.click("main form .btn.pri")
    screenshot(page, "chain-open")
    page.locator("a[href$='/close/']").click()
    page.fill("textarea[name=result]", "已对接两家")
    page.click("main form .btn.pri")
    assert "已对接两家" in page.locator("#matters").inner_text()
    page.goto(f"/chain/{drawn.chain.id_part}/changes/?before=2020-01-01")
    assert "示例名称" in page.locator("main").inner_text()
    axe(page)
    screenshot(page, "chain-changes")


def test_links_that_run_out_are_ticked_and_renewed(signed_in, drawn, screenshot, axe):
    from zhizao.base.facts import services as facts
    from zhizao.base.facts.models import Link
    from zhizao.base.facts.queries import today

    supplier, buyer = list(drawn.firms.values())[:2]
    last = today() + timedelta(days=9)
    facts.state([Link(subject=supplier, buyer=buyer, product="弹簧", basis="declared", confidence="M", valid_to=last)])
    page = signed_in("chain_office", area=drawn.chain.area)
    page.goto("/chain/ending/")
    axe(page)
    screenshot(page, "chain-ending")
    page.check("input[name=link]")
    page.fill("input[name=until]", (today() + timedelta(days=300)).isoformat())
    page.fill("input[name=source]", "合同")
    page.click("main form .btn.pri")
    assert "弹簧" not in page.locator("main").inner_text()


def test_a_chain_is_good_in_dark_narrow_and_english(signed_in, drawn, screenshot, axe):
    person = make_user("chain_office", area=drawn.chain.area)
    for name, look in {"dark": {"theme": "dark"}, "1024": {"width": 1024}, "en": {"language": "en"}}.items():
        page = signed_in("chain_office", user=person, **look)
        page.goto(f"/chain/{drawn.chain.id_part}/")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        axe(page)
        screenshot(page, f"chain-open-{name}")
        page.goto("/chain/import/")
        axe(page)
        screenshot(page, f"chain-import-{name}")
