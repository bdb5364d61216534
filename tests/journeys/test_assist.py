"""People help: the grid, a visit from plan to case, an enterprise's own request, a leader's decision."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db(transaction=True)

FIRMS = ("甲乙制冷设备有限公司", "丙丁弹簧有限公司", "戊己门业有限公司", "庚辛电子有限公司")


@pytest.fixture
def area(transactional_db, settings, tmp_path):
    from tests.factories import make_area

    settings.MEDIA_ROOT = tmp_path / "files"
    return make_area(code="990001", name="甲区")


@pytest.fixture
def staff(area):
    from tests.factories import make_user

    return make_user("department_staff", area=area, name="张三")


@pytest.fixture
def firms(area, staff):
    """Four enterprises: two looked after since 2025, one visited lately, two with nobody."""
    from datetime import UTC, datetime

    from zhizao.apps.assist import grid_services, visits_services
    from zhizao.apps.registry import services
    from zhizao.base.facts import services as facts
    from zhizao.base.facts.queries import today

    subjects = services.new_subjects(area=area, names_at_entry=FIRMS)
    place = services.area_subject(area)
    for subject, name in zip(subjects, FIRMS, strict=True):
        known = datetime(2024, 1, 1, tzinfo=UTC)
        facts.state(services.first_facts(subject, name, area=place, source="执照", known_from=known))
    for subject in subjects[:2]:
        grid_services.assign(
            actor=None,
            subject=subject,
            duty="grid",
            person=staff,
            unit=None,
            valid_from=date(2025, 1, 1),
            source="包联名单",
        )
    visits_services.record_visit(
        actor=staff,
        subject=subjects[1],
        done_on=today() - timedelta(days=20),
        findings="订单减少三成，两条产线轮休。",
        needs=["orders"],
        next_step="两周内对接采购商。",
    )
    return subjects


def test_a_grid_worker_plans_a_visit_reports_it_and_makes_a_case(signed_in, staff, firms, screenshot, axe):
    from zhizao.base.facts.queries import today

    page = signed_in("department_staff", user=staff)
    page.goto("/assist/grid/")
    expect(page.locator("main")).to_contain_text("张三")
    axe(page)
    screenshot(page, "assist-grid")
    page.get_by_role("link", name=FIRMS[0]).first.click()
    axe(page)
    page.locator("main .btn[href$='/plan/']").click()
    page.fill("input[name=planned_on]", today().isoformat())
    axe(page)
    page.click("main form .btn.pri")
    expect(page.locator("main")).to_contain_text("张三")
    axe(page)
    page.locator("a[href$='/report/']").click()
    page.click("main form .btn.pri")
    expect(page.locator(".errors")).to_be_visible()
    axe(page)
    page.fill("textarea[name=findings]", "每周限电两次，注塑车间停工。")
    page.locator("input[name=needs][value=power]").check()
    page.fill("textarea[name=next_step]", "联系供电公司，周五前答复。")
    screenshot(page, "assist-report")
    page.click("main form .btn.pri")
    expect(page.locator("main")).to_contain_text("注塑车间停工")
    screenshot(page, "assist-visit")
    page.locator("a[href$='/correct/']").click()
    expect(page.locator("textarea[name=findings]")).to_have_value("每周限电两次，注塑车间停工。")
    page.fill("textarea[name=findings]", "每周限电一次，注塑车间减产。")
    page.fill("input[name=why]", "与车间核对后更正")
    axe(page)
    screenshot(page, "assist-correct")
    page.click("main form .btn.pri")
    expect(page.locator("main")).to_contain_text("与车间核对后更正")
    page.locator("dl a[href*='/assist/visits/']").click()
    expect(page.locator("main")).to_contain_text("注塑车间停工")
    axe(page)
    page.locator("p.note a[href*='/assist/visits/']").click()
    expect(page.locator("main")).to_contain_text("注塑车间减产")
    page.locator("form[action$='/case/'] .btn.pri").click()
    expect(page.locator("main")).to_contain_text(FIRMS[0])
    page.goto(f"/assist/enterprises/{firms[0].id_part}/")
    expect(page.locator("main")).to_contain_text("周五前答复")
    axe(page)
    screenshot(page, "assist-enterprise")
    page.goto("/assist/visits/")
    axe(page)
    screenshot(page, "assist-visits")


def test_duties_are_imported_after_a_look_at_what_changes(signed_in, staff, firms, tmp_path, screenshot, axe):
    page = signed_in("department_staff", user=staff)
    file = tmp_path / "duties.csv"
    file.write_text(f"企业标识,职责,责任人\n{firms[2].id_part},网格员,{staff.username}\n", encoding="utf-8-sig")
    page.goto("/assist/grid/duties/")
    axe(page)
    page.set_input_files("input[name=file]", str(file))
    page.click("main form .btn.pri")
    expect(page.locator("tbody tr")).to_have_count(1)
    axe(page)
    screenshot(page, "assist-duties")
    page.click("main form .btn.pri")
    page.goto("/assist/grid/?state=nobody")
    expect(page.locator("main")).to_contain_text(FIRMS[3])


def test_an_enterprise_asks_for_help_and_sees_its_case(signed_in, area, firms, screenshot, axe):
    from tests.factories import make_user

    from zhizao.base.accounts.models import Organisation

    manager = make_user("enterprise_manager", area=area)
    Organisation.objects.filter(pk=manager.organisation_id).update(enterprise_key=firms[0].key)
    page = signed_in("enterprise_manager", user=manager)
    page.goto("/assist/requests/")
    axe(page)
    page.locator("main a[href$='/requests/new/']").click()
    axe(page)
    page.locator("input[name=topic][value=power]").check()
    page.fill("textarea[name=text]", "七月以来每周限电两次，请协调错峰用电指标。")
    screenshot(page, "assist-request")
    page.click("main form .btn.pri")
    expect(page.locator("main")).to_contain_text("限电")
    axe(page)
    page.goto("/assist/requests/")
    expect(page.locator("tbody tr")).to_have_count(1)
    axe(page)
    screenshot(page, "assist-requests")


def test_a_leader_decides_in_the_dark_at_1024_and_in_english(signed_in, area, staff, firms, screenshot, axe):
    from tests.factories import make_user

    from zhizao.base.facts.queries import today
    from zhizao.base.flow import services as flow
    from zhizao.base.flow.models import Case

    for number, firm in enumerate(firms):
        case = flow.open_case(
            actor=None,
            area=area,
            kind="assist.note",
            title=f"用电增容协调{number}",
            subject=firm,
            origin=f"assist.note:{number}",
            owner=staff,
        )
        Case.objects.filter(pk=case.pk).update(due_on=today() - timedelta(days=10 + number))
    leader = make_user("leader", area=area)
    page = signed_in("leader", user=leader)
    page.goto("/assist/leader/")
    expect(page.locator("main section.sec")).to_have_count(3)
    axe(page)
    screenshot(page, "assist-leader")
    page.locator("a[href*='act=report']").first.click()
    axe(page)
    page.fill("textarea[name=text]", "周五前书面报告进展。")
    page.click("main form .btn.pri")
    expect(page.locator("main section.sec")).to_have_count(3)
    page = signed_in("leader", user=leader, width=1024, theme="dark", language="en")
    page.goto("/assist/leader/")
    axe(page)
    screenshot(page, "assist-leader-en-dark")
    page.goto("/assist/grid/")
    axe(page)
    screenshot(page, "assist-grid-en-dark")
