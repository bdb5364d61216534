"""Walks through the plan: every page looked at, evidence opened, a row corrected in two tabs, a draft published."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db(transaction=True)
PACK = files("zhizao") / "packs" / "nanan"
PAGES = {
    "plan-overview": "/plan/",
    "plan-target": "/plan/targets/{key}/",
    "plan-enterprises": "/plan/enterprises/",
    "plan-projects": "/plan/projects/",
    "plan-project": "/plan/projects/4/",
    "plan-land": "/plan/land/",
    "plan-suppliers": "/plan/suppliers/",
    "plan-chains": "/plan/chains/",
    "plan-chain": "/plan/chains/1/",
    "plan-versions": "/plan/versions/",
}


@pytest.fixture
def version(transactional_db, settings, tmp_path):
    from tests.factories import make_area

    from zhizao.apps.plan import services

    settings.MEDIA_ROOT = tmp_path / "files"
    area = make_area(code="500108", name="南岸区", parent=make_area(code="500000", name="重庆市"))
    draft = services.import_pack(actor=None, area=area, path=PACK)
    return services.publish_version(actor=None, version=draft, known_from=services.start_of(draft.plan.issued_on))


def key_of(version):
    from zhizao.apps.plan.models import Target

    return Target.objects.get(version=version, name="规上企业新建研发机构数量").key


def test_the_public_reads_every_page(version, page, screenshot, axe):
    for name, address in PAGES.items():
        page.goto(address.format(key=key_of(version)))
        screenshot(page, name)
        axe(page)


def test_the_overview_is_good_in_dark_large_narrow_and_english(version, new_page, screenshot, axe):
    looks = {
        "plan-overview-dark": {"theme": "dark"},
        "plan-overview-large": {"density": "large"},
        "plan-overview-1024": {"width": 1024},
        "plan-overview-en": {"language": "en"},
    }
    for name, look in looks.items():
        page = new_page(**look)
        page.goto("/plan/")
        screenshot(page, name)
        axe(page)


def test_the_pictures_of_the_readme(version, new_page, screenshot):
    """Copied to docs/images when the pages have changed."""
    page = new_page(width=1280, height=960)
    for name, address in {"readme-plan": "/plan/", "readme-chain": "/plan/chains/1/"}.items():
        page.goto(address)
        page.locator("table tbody tr").first.wait_for()
        screenshot(page, name, full_page=False)


def test_without_scripts_every_figure_is_in_a_table(version, new_page):
    page = new_page(javascript=False)
    page.goto("/plan/")
    expect(page.get_by_text("差85.1")).to_be_visible()
    page.goto("/plan/chains/1/")
    expect(page.get_by_text("重庆瑞莲新能源科技有限公司", exact=False).first).to_be_visible()


def test_a_figure_opens_its_evidence_and_the_address_keeps_it(version, page, screenshot, axe):
    page.goto("/plan/")
    page.get_by_role("link", name="14.9").first.click()
    drawer = page.locator("#drawer")
    drawer.get_by_text("规上企业新建研发机构数量").first.wait_for()
    expect(page).to_have_url(re.compile("evidence="))
    screenshot(page, "plan-evidence")
    axe(page)
    page.reload()
    expect(drawer).to_be_visible()


def test_an_enterprise_is_found_by_its_initials(version, page):
    page.goto("/plan/enterprises/")
    page.get_by_label("名称、拼音或首字母").fill("cqcjzc")
    page.get_by_role("button", name="筛选").click()
    page.get_by_text("共1行").wait_for()
    expect(page.get_by_text("重庆长江轴承股份有限公司")).to_be_visible()
    expect(page).to_have_url(re.compile("q=cqcjzc"))


def test_an_analyst_amends_corrects_in_two_tabs_and_publishes(version, signed_in, screenshot, axe):
    page = signed_in("analyst", area=version.plan.area)
    page.goto("/plan/")
    page.get_by_role("link", name="建立草稿").click()
    page.get_by_label("类型").select_option("correction")
    page.get_by_label("原因").fill("更正年均增速")
    page.get_by_role("button", name="建立草稿").click()
    page.wait_for_url("**/plan/versions/2/**")
    screenshot(page, "plan-review")
    axe(page)
    row = "/plan/versions/2/indicators/20/"
    other = page.context.new_page()
    page.goto(row)
    other.goto(row)
    for tab, value in ((page, "14.9"), (other, "15")):
        tab.get_by_label("原文年均增速（%）").fill(value)
        tab.get_by_role("button", name="保存本行").click()
    expect(other.get_by_text("两方的值")).to_be_visible()
    expect(other.get_by_role("cell", name="14.9")).to_be_visible()
    screenshot(other, "plan-row-both")
    axe(other)
    page.goto("/plan/versions/2/publish/")
    screenshot(page, "plan-publish")
    page.get_by_role("button", name="发布第2版").click()
    page.get_by_text("第2版已发布。").wait_for()
    page.goto("/plan/")
    expect(page.get_by_text("其中2项与首尾值不符")).to_be_visible()
    page.goto("/plan/?as_of=2023-01-01")
    expect(page.get_by_text("其中3项与首尾值不符")).to_be_visible()


def test_a_wrong_table_is_refused_by_row_and_column(version, signed_in, screenshot, axe):
    page = signed_in("department_staff", area=version.plan.area)
    page.goto("/plan/versions/1/suppliers/")
    wrong = "sector,enterprise,total,local,share_stated_pct\n电子,甲厂,许多,1,50\n".encode()
    page.get_by_label("更正后的表").set_input_files({"name": "s.csv", "mimeType": "text/csv", "buffer": wrong})
    page.get_by_label("原因").fill("更正")
    page.get_by_role("button", name="上传表格").click()
    page.locator("[data-errors]").get_by_text("第2行").first.wait_for()
    screenshot(page, "plan-table-refused")
    axe(page)


def test_a_new_document_can_be_uploaded(version, signed_in, screenshot, axe):
    page = signed_in("analyst", area=version.plan.area)
    page.goto("/plan/upload/")
    screenshot(page, "plan-upload")
    axe(page)
