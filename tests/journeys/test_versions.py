"""Walks through the versions of a plan: amended, compared, branched, brought up to date, discarded, rolled over."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db(transaction=True)
PACK = files("zhizao") / "packs" / "nanan"
NUMBER = "甲府发〔2023〕9号"


@pytest.fixture
def version(transactional_db, settings, tmp_path):
    from tests.factories import make_area

    from zhizao.apps.plan import services

    settings.MEDIA_ROOT = tmp_path / "files"
    area = make_area(code="500108", name="南岸区", parent=make_area(code="500000", name="重庆市"))
    draft = services.import_pack(actor=None, area=area, path=PACK)
    return services.publish_version(actor=None, version=draft, known_from=services.start_of(draft.plan.issued_on))


def changed(version, *, kind, reason, values, sheet="indicators", position=0):
    """A draft in which one row says something else."""
    from zhizao.apps.plan import services

    draft = services.start_draft(actor=None, version=version, reason=reason, kind=kind)
    services.correct_row(actor=None, version=draft, sheet_name=sheet, position=position, values=values, revision=1)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def history(version):
    """Version 2 sets a target anew and moves money, 3 is a branch from version 1, 4 is discarded."""
    from zhizao.apps.plan import amending, services
    from zhizao.apps.plan.models import PlanVersion

    kinds = PlanVersion.Kind
    retarget = {"target_value": "1400", "target_printed": ""}
    second = changed(version, kind=kinds.AMENDMENT, reason="根据市级调整下达的目标", values=retarget)
    money = {"plan_wan_yuan": "2000", "after_wan_yuan": "550"}
    services.correct_row(actor=None, version=second, sheet_name="projects", position=0, values=money, revision=1)
    second.refresh_from_db()
    services.publish_version(
        actor=None, version=second, document_number=NUMBER, known_from=services.start_of(date(2023, 7, 1))
    )
    branch = {"target_value": "1450", "target_printed": ""}
    changed(version, kind=kinds.MID_TERM, reason="中期评估后调整", values=branch)
    gone = changed(second, kind=kinds.CORRECTION, reason="更正", values={"name": "规上工业总产值"}, position=1)
    amending.discard_draft(actor=None, version=gone, reason="读取无误")
    return second


def test_anyone_compares_versions_and_opens_a_changed_figure(history, page, screenshot, axe):
    page.goto("/plan/versions/")
    page.locator("svg.stops circle").first.wait_for()
    expect(page.locator("svg.stops circle")).to_have_count(2)
    axe(page)
    page.goto("/plan/versions/compare/")
    page.get_by_role("link", name="1400", exact=False).first.wait_for()
    screenshot(page, "plan-compare")
    axe(page)
    page.locator("table.data a.fig").first.click()
    page.locator("#drawer").get_by_text("1335", exact=False).first.wait_for()
    screenshot(page, "plan-compare-evidence")
    axe(page)


def test_without_scripts_versions_are_chosen_by_a_button(history, new_page):
    page = new_page(javascript=False, language="en")
    page.goto("/plan/versions/compare/")
    page.locator("#old").select_option("2")
    page.locator("#new").select_option("1")
    page.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile("old=2"))
    expect(page).to_have_url(re.compile("new=1"))
    expect(page.get_by_text("From version 2 to version 1", exact=False)).to_be_visible()


def test_an_analyst_sees_branches_and_brings_one_up_to_date(history, signed_in, screenshot, axe):
    page = signed_in("analyst", area=history.plan.area, language="en")
    page.goto("/plan/versions/")
    expect(page.locator("svg.stops circle")).to_have_count(4)
    screenshot(page, "plan-versions-line")
    axe(page)
    page.goto("/plan/versions/3/")
    screenshot(page, "plan-review-behind")
    axe(page)
    page.get_by_role("link", name="Bring the draft up to date").click()
    screenshot(page, "plan-update")
    axe(page)
    page.get_by_role("button", name="Bring version 3 up to date").click()
    page.wait_for_url("**/plan/versions/3/**")
    expect(page.get_by_text("the value of this draft was kept", exact=False)).to_be_visible()
    screenshot(page, "plan-review-conflict")
    axe(page)


def test_an_amendment_names_its_document(history, signed_in, screenshot, axe):
    page = signed_in("analyst", area=history.plan.area, language="en")
    page.goto("/plan/versions/2/amend/")
    page.get_by_label("Kind").select_option("amendment")
    page.get_by_label("Reason").fill("reason")
    screenshot(page, "plan-amend")
    axe(page)
    page.get_by_role("button", name="Start a draft").click()
    page.wait_for_url("**/plan/versions/5/**")
    page.goto("/plan/versions/5/publish/")
    page.get_by_role("button", name="Publish version 5").click()
    page.locator("[data-errors]").get_by_text("names no document", exact=False).first.wait_for()
    axe(page)
    page.goto("/plan/versions/5/discard/")
    screenshot(page, "plan-discard")
    axe(page)
    page.get_by_label("Reason").fill("not needed")
    page.get_by_role("button", name="Discard version 5").click()
    page.get_by_text("Version 5 is discarded.").wait_for()


def test_the_next_plan_is_begun_with_an_actual(history, signed_in, screenshot, axe):
    page = signed_in("analyst", area=history.plan.area, language="en")
    page.goto("/plan/versions/2/next/")
    screenshot(page, "plan-next")
    axe(page)
    page.locator("#id_actual_0").fill("1388.8")
    page.get_by_role("button", name="Make the first draft").click()
    page.wait_for_url("**/plan/versions/1/**")
    screenshot(page, "plan-next-review")
    axe(page)


def test_targets_stand_beside_those_of_the_plan_above(history, signed_in, screenshot, axe):
    from zhizao.apps.plan import services
    from zhizao.apps.plan.models import Plan, PlanVersion, Target

    above = Plan.objects.create(area=history.plan.area.parent, slug="above", title="上级制造业规划")
    since = services.start_of(date(2021, 1, 1))
    other = PlanVersion.objects.create(plan=above, number=1, status="published", known_from=since)
    figures = {"unit": "亿元", "base_value": 5000, "base_text": "5000", "target_value": 9000, "target_text": "9000"}
    for position, name in enumerate(("规模以上工业总产值", "数字经济增加值")):
        Target.objects.create(version=other, position=position, key=f"t{position}", name=name, **figures)
    page = signed_in("analyst", area=history.plan.area, language="en")
    page.goto(f"/plan/versions/parent/?plan={history.plan.slug}")
    axe(page)
    page.locator("#parent").select_option("above")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("The plan above is noted.").wait_for()
    screenshot(page, "plan-parent")
    axe(page)
