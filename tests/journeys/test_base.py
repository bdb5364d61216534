"""Walks through what every app stands on: signing in, the workbench, messages, jobs, search, and the administrators."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import reverse
from tests.factories import make_area, make_user

pytestmark = pytest.mark.django_db(transaction=True)

PAGES_OF_ROLE = {
    "analyst": ("workbench", "notices", "jobs:list", "evidence:runs", "accounts:own", "accounts:tokens"),
    "department_staff": ("accounts:invitations",),
    "system_administrator": ("accounts:organisations", "accounts:users", "accounts:user_create"),
    "security_administrator": ("accounts:roles", "accounts:lock_outs", "accounts:password_profile"),
    "auditor": ("audit:log", "audit:verification"),
}


@pytest.fixture
def area(transactional_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return make_area(code="990001", name="甲区")


@pytest.mark.parametrize("role", PAGES_OF_ROLE)
def test_each_role_opens_its_own_pages(role, area, signed_in, screenshot, axe):
    from zhizao.base.audit.services import record

    with transaction.atomic():
        record(actor=None, action="plan.version.publish", target=area)
    page = signed_in(role, area=area)
    for name in PAGES_OF_ROLE[role]:
        assert page.goto(reverse(name)).status == 200
        screenshot(page, name.replace(":", "-"))
        axe(page)


def test_one_signs_in_with_a_password_and_is_asked_for_the_second_factor(area, page, screenshot, axe):
    make_user("analyst", area=area, username="someone", password="correct horse battery")
    page.goto(reverse("workbench"))
    screenshot(page, "sign-in")
    axe(page)
    page.get_by_label("用户名").fill("someone")
    page.get_by_label("密码", exact=True).fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_role("alert").first.wait_for()
    screenshot(page, "sign-in-refused")
    axe(page)
    page.get_by_label("用户名").fill("someone")
    page.get_by_label("密码", exact=True).fill("correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url("**/2fa/authenticate/**")
    screenshot(page, "second-factor")
    axe(page)


def test_a_task_is_seen_done_and_kept(area, signed_in, screenshot, axe):
    from zhizao.base.messages import services

    leader = make_user("leader", area=area)
    services.ask(asked_by=leader, area=area, role="analyst", title="核对表2-1的三处增速", url="/plan/")
    page = signed_in("analyst", area=area)
    page.goto(reverse("workbench"))
    screenshot(page, "workbench-task")
    axe(page)
    page.get_by_role("button", name="标为已办").click()
    page.get_by_text("没有待办事项").first.wait_for()
    page.get_by_role("link", name="已办").click()
    page.get_by_text("核对表2-1的三处增速").wait_for()


def test_search_finds_by_name_and_by_initials_from_any_page(area, page, screenshot, axe):
    from zhizao.base.search import services

    entry = services.Entry(area_id=area.pk, kind="Enterprise", title="长江轴承", url="/plan/", public=True)
    services.replace(source="test", entries=[entry])
    page.goto(reverse("search:results"))
    page.keyboard.press("Control+k")
    page.keyboard.type("cjzc")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="长江轴承").wait_for()
    screenshot(page, "search")
    axe(page)
