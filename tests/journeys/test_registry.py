"""Walks through the register: the list, a file, its history, a fact stated, a file in the past, names resolved."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db(transaction=True)
PACK = files("zhizao") / "packs" / "nanan"
# So that the next rung has a distance to show: research is 2.6 % of revenue, 3 % are needed. All invented.
RUNG = {"employees": "320", "revenue_wan_yuan": "10250", "rd_wan_yuan": "266.5", "years_in_niche": "4"}


@pytest.fixture
def area(transactional_db, settings, tmp_path):
    from tests.factories import make_area

    from zhizao.apps.plan import services
    from zhizao.apps.registry import demo

    settings.MEDIA_ROOT = tmp_path / "files"
    area = make_area(code="500108", name="南岸区", parent=make_area(code="500000", name="重庆市"))
    draft = services.import_pack(actor=None, area=area, path=PACK)
    services.publish_version(actor=None, version=draft, known_from=services.start_of(draft.plan.issued_on))
    demo.load(say=lambda text: None, demo_enterprise="enterprise:none")
    return area


@pytest.fixture
def firm(area):
    from zhizao.apps.registry import services
    from zhizao.apps.registry.models import Certificate
    from zhizao.base.facts.models import Name

    firm = Name.objects.get(text="重庆美的制冷设备有限公司", kind="registered").subject
    services.set_attribute(actor=None, subject=firm, name="industry", value="3464", source="统计年报")
    services.set_attribute(actor=None, subject=firm, name="above_scale", value="是", source="统计年报")
    services.join(actor=None, subject=firm, tree="park", parent="示范园", source="走访", valid_from=date(2019, 1, 1))
    for name, value in RUNG.items():
        services.set_attribute(actor=None, subject=firm, name=name, value=value, source="示例")
    certificate = Certificate(
        subject=firm, kind="高新技术企业", number="示例", valid_from=date(2022, 1, 1), valid_to=date(2024, 12, 31)
    )
    services.certify(actor=None, certificate=certificate)
    return firm


def test_an_analyst_reads_the_register(area, firm, signed_in, screenshot, axe):
    page = signed_in("analyst", area=area)
    addresses = {
        "registry-list": "/registry/?industry=&tier=",
        "registry-file": f"/registry/enterprises/{firm.id_part}/",
        "registry-history": f"/registry/enterprises/{firm.id_part}/history/",
        "registry-state": f"/registry/enterprises/{firm.id_part}/state/",
        "registry-merge": f"/registry/enterprises/{firm.id_part}/merge/",
        "registry-import": "/registry/import/",
    }
    for name, address in addresses.items():
        page.goto(address)
        screenshot(page, name)
        axe(page)


def test_a_name_is_resolved_and_a_doubtful_one_decided(area, firm, signed_in, screenshot, axe):
    page = signed_in("analyst", area=area)
    page.goto("/registry/names/")
    page.fill("textarea", "美的制冷\n重庆美的制冷设备\n不存在公司\n重庆长江轴承")
    page.check("input[name=keep]")
    page.click("main form .btn.pri")
    screenshot(page, "registry-resolve")
    axe(page)
    page.goto("/registry/names/pairs/")
    screenshot(page, "registry-pairs")
    axe(page)


def test_a_fact_stated_shows_and_the_past_stays(area, firm, signed_in, screenshot, axe):
    page = signed_in("analyst", area=area)
    page.goto(f"/registry/enterprises/{firm.id_part}/")
    page.locator(f"a[href$='{firm.id_part}/state/']").first.click()
    page.select_option("select[name=what]", "attribute:tier")
    page.fill("input[name=value]", "示例梯队")
    page.fill("input[name=valid_from]", "2025-01-01")
    page.fill("input[name=source]", "示例文件")
    page.click("main form .btn.pri")
    assert page.locator("main").inner_text().count("示例梯队") >= 1
    page.goto(f"/registry/enterprises/{firm.id_part}/?as_of=2024-06-30")
    assert "示例梯队" not in page.locator("main").inner_text()
    expect(page.locator("main .acts a")).to_have_count(1)  # the history; nothing is changed in the past
    screenshot(page, "registry-file-past")
    axe(page)


def test_the_file_is_good_in_dark_narrow_and_english(area, firm, signed_in, screenshot, axe):
    from tests.factories import make_user

    person = make_user("leader", area=area)
    looks = {"dark": {"theme": "dark"}, "1024": {"width": 1024}, "en": {"language": "en"}}
    for name, look in looks.items():
        page = signed_in("leader", user=person, **look)
        page.goto(f"/registry/enterprises/{firm.id_part}/")
        screenshot(page, f"registry-file-{name}")
        axe(page)
