"""A month's brief: the analyst has it written, the leader reads it and opens a figure; what nobody computed is said."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.apps.cockpit.conftest import figures  # noqa: F401 -- fixtures
from tests.apps.outlook.conftest import _own_store, area, enterprises, take  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_brief_is_written_read_and_opened(area, figures, signed_in, axe, screenshot):  # noqa: F811
    from zhizao.base.jobs import execution
    from zhizao.base.jobs.models import Job

    page = signed_in("analyst", area=area, language="en")
    page.goto("/cockpit/briefs/")
    page.locator("#id_month").fill("2024-01")
    page.locator("#id_as_of").fill("2024-07-20")
    page.get_by_role("button", name="Write and issue").click()
    expect(page.locator(".errors, [role=alert]").first).to_contain_text("2024-02")
    page.locator("#id_month").fill("2024-06")
    page.get_by_role("button", name="Write and issue").click()
    page.wait_for_url("**/jobs/**")
    execution.execute(Job.objects.get(kind="cockpit.issue").pk)
    page.goto("/cockpit/briefs/2024-06/")
    expect(page.locator("h1")).to_have_text("甲区: monthly brief on the industrial economy")
    expect(page.locator(".answer")).to_contain_text("up 10.0% on a comparable basis")
    axe(page)
    screenshot(page, "brief")
    page.locator(".answer a.fig").first.click()
    expect(page.locator("#drawer")).to_be_visible()
    page.goto("/cockpit/briefs/")
    expect(page.get_by_role("link", name="docx")).to_have_count(2)
    axe(page)
    page.goto("/cockpit/")
    expect(page.locator(".answer")).to_contain_text("+10.0%")
    axe(page)
    screenshot(page, "leader")
