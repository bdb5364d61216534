"""A case in the browser: opened, another unit asked, an opinion, a file, back and on, closed, rated; two close one."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.base.flow.region import build, open_case

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "files"
    return build(monkeypatch)


@pytest.fixture
def as_person(signed_in, client):
    """A page of a person, who stays signed in while others sign in too."""

    def make(person):
        client.cookies.clear()
        return signed_in("", user=person)

    return make


def test_a_case_from_its_opening_to_its_rating(as_person, place, screenshot, axe):
    owner = as_person(place.owner)
    owner.goto("/cases/")
    expect(owner.locator("tbody a")).to_have_count(0)
    expect(owner.locator("a[href='/cases/new/']")).to_be_visible()
    owner.goto("/cases/new/?kind=tests.help")
    owner.fill("input[name=title]", "缺电停产，请协调")
    owner.fill("input[name=subject]", "无此企业")
    owner.click("main form .btn.pri")
    expect(owner.locator(".errors")).to_be_visible()
    axe(owner)
    owner.fill("input[name=subject]", place.firm.key)
    owner.check("input[name=shown_to_subject]")
    owner.select_option("select[name=owner]", str(place.owner.pk))
    owner.click("main form .btn.pri")
    expect(owner.locator("#now h2")).to_contain_text("企业说明")
    address = owner.url

    reporter = as_person(place.reporter)
    reporter.goto(address)
    reporter.fill("textarea[name=answer_note]", "三号线停电两天")
    reporter.click("#now .btn.pri")
    expect(reporter.locator("#now h2")).to_contain_text("核实")
    expect(reporter.locator("#now form")).to_have_count(0)

    owner.goto(f"{address}ask_part/")
    owner.select_option("select[name=unit]", str(place.power.pk))
    owner.fill("textarea[name=what]", "查明线路故障")
    owner.click("main form .btn.pri")
    expect(owner.locator("#parts tbody tr")).to_have_count(1)
    owner.select_option("select[name=answer_result]", "real")
    owner.click("#now .btn.pri")
    expect(owner.locator("#now")).to_contain_text("缺电")  # the gateway waits to know that

    helper = as_person(place.helper)
    helper.goto("/workbench/")
    helper.locator(f"a[href='{address[address.index('/cases/') :]}']").first.click()
    helper.locator("a[href*='/parts/']").click()
    helper.fill("textarea[name=answer]", "变压器已更换")
    helper.click("main form .btn.pri")
    expect(helper.locator("#parts")).to_contain_text("变压器已更换")

    owner.goto(f"{address}learn/")
    owner.select_option("select[name=answer_power]", "no")
    owner.click("main form .btn.pri")
    expect(owner.locator("#now h2")).to_contain_text("走访")
    owner.goto(f"{address}opine/")
    owner.fill("textarea[name=text]", "建议错峰生产")
    owner.click("main form .btn.pri")
    expect(owner.locator("#timeline")).to_contain_text("建议错峰生产")
    owner.goto(f"{address}attach/")
    owner.set_input_files("input[name=file]", {"name": "a.exe", "mimeType": "x/y", "buffer": b"MZ\x00\x01"})
    owner.click("main form .btn.pri")
    expect(owner.locator(".errors")).to_be_visible()
    owner.set_input_files(
        "input[name=file]", {"name": "走访记录.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 x"}
    )
    owner.click("main form .btn.pri")
    expect(owner.locator("#timeline")).to_contain_text("走访记录.pdf")
    owner.goto(f"{address}give_back/")
    axe(owner)
    owner.fill("textarea[name=text]", "核实不全")
    owner.click("main form .btn.pri")
    expect(owner.locator("#now h2")).to_contain_text("核实")
    axe(owner)
    screenshot(owner, "case")
    owner.goto(f"{address}transfer/")
    owner.select_option("select[name=owner]", str(place.colleague.pk))
    owner.fill("textarea[name=text]", "出差")
    owner.click("main form .btn.pri")
    expect(owner.locator("#timeline")).to_contain_text("出差")

    colleague = as_person(place.colleague)
    colleague.goto("/cases/?whose=mine")
    screenshot(colleague, "cases")
    axe(colleague)
    colleague.locator("tbody a").click()
    colleague.locator("a[href$='/close/']").click()
    colleague.select_option("select[name=result]", "helped")
    colleague.fill("textarea[name=text]", "已恢复供电")
    colleague.click("main form .btn.pri")
    expect(colleague.locator("main")).to_contain_text("已恢复供电")

    reporter.goto(address)
    expect(reporter.locator("#timeline")).not_to_contain_text("建议错峰生产")
    expect(reporter.locator("#parts")).to_have_count(0)
    reporter.locator("a[href$='/rate/']").click()
    reporter.check("input[name=rating][value='5']")
    reporter.fill("textarea[name=text]", "很及时")
    reporter.click("main form .btn.pri")
    expect(reporter.locator("main")).to_contain_text("很及时")
    expect(reporter.locator("a[href$='/rate/']")).to_have_count(0)
    axe(reporter)
    screenshot(reporter, "case-closed")


def test_two_people_close_a_case_and_the_second_keeps_what_he_wrote(as_person, place, axe):
    address = f"{open_case(place).get_absolute_url()}close/"
    first, second = as_person(place.owner), as_person(place.colleague)
    for page, words in ((first, "已恢复供电"), (second, "企业不需要了")):
        page.goto(address)
        page.select_option("select[name=result]", "helped")
        page.fill("textarea[name=text]", words)
    first.click("main form .btn.pri")
    expect(first.locator("main")).to_contain_text("已恢复供电")
    second.click("main form .btn.pri")
    expect(second.locator(".errors")).to_contain_text("承办人")
    expect(second.locator(".errors")).to_contain_text("已恢复供电")
    expect(second.locator("textarea[name=text]")).to_have_value("企业不需要了")
    axe(second)
