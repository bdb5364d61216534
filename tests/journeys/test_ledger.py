"""A file of figures comes in, a month opens what stands behind it, and the past stays as it was."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from tests.apps.ledger.conftest import csv

pytestmark = [pytest.mark.django_db(transaction=True)]

FIGURES = csv(
    "enterprise:a,gross_output,2025-01..02,5,万元,simulated,2025-03-08",
    "enterprise:a,gross_output,2025-01..03,8,万元,simulated,2025-04-08",
    "enterprise:a,electricity,2025-01..03,4,万千瓦时,simulated,2025-04-08",
)
REVISED = csv("enterprise:a,gross_output,2025-01..03,9,万元,simulated,2025-06-08")


@pytest.fixture
def area(transactional_db: None, settings: Any, tmp_path: Any) -> Any:
    from tests.factories import make_area

    from zhizao.base.facts import services

    settings.MEDIA_ROOT = tmp_path / "files"
    area = make_area(code="990101", name="甲区")
    firm = services.subject(kind="enterprise", id_part="a", area=area)
    services.state([services.name(firm, "registered", "甲厂", source="test")])
    return area


def upload(page: Any, data: bytes, name: str) -> None:
    from zhizao.base.jobs import execution
    from zhizao.base.jobs.models import Job

    page.goto("/ledger/imports/")
    page.get_by_role("link", name="Import a file").or_(page.get_by_role("link", name="导入文件")).click()
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "text/csv", "buffer": data})
    page.get_by_role("button", name="Check and import").or_(page.get_by_role("button", name="核对并导入")).click()
    page.wait_for_url("**/jobs/**")
    job = Job.objects.latest("pk")
    execution.execute(job.pk)
    job.refresh_from_db()
    page.goto(job.result["url"])


def test_figures_come_in_and_open_what_stands_behind_them(area: Any, signed_in: Any, axe: Any, screenshot: Any) -> None:
    page = signed_in("analyst", area=area)
    upload(page, FIGURES, "三月.csv")
    assert "3" in page.locator(".answer").inner_text()
    axe(page)
    page.goto("/ledger/subjects/enterprise:a/")
    row = page.locator("table.data tbody tr", has_text="2025年3月")
    axe(page)
    row.locator("a.fig").first.click()
    drawer = page.locator("#drawer")
    drawer.get_by_text("2025年1—2月").wait_for()
    assert "2025年一季度" in drawer.inner_text()
    screenshot(page, "ledger-subject")
    upload(page, REVISED, "更正.csv")
    page.goto("/ledger/subjects/enterprise:a/?as_of=2025-05-01")
    expect(page.locator("table.data tbody tr", has_text="2025年3月").locator("a.fig").first).to_have_text("3")
    page.goto("/ledger/subjects/enterprise:a/")
    expect(page.locator("table.data tbody tr", has_text="2025年3月").locator("a.fig").first).to_have_text("4")
    page.goto("/ledger/indicators/gross_output/")
    axe(page)
    screenshot(page, "ledger-indicator")


def test_a_leader_reads_how_the_economy_stands(area: Any, signed_in: Any, axe: Any, screenshot: Any) -> None:
    from zhizao.apps.ledger import services

    rows = csv(
        "enterprise:a,gross_output,2024-01..03,8,万元,simulated,2024-04-08",
        "enterprise:a,gross_output,2025-01..03,9,万元,simulated,2025-04-08",
    )
    services.import_file(actor=None, area=area, data=rows, name="two-years.csv")
    page = signed_in("leader", area=area)
    page.goto("/ledger/monitor/")
    assert "12.5%" in page.locator(".answer").inner_text()
    axe(page)
    screenshot(page, "ledger-monitor")
    page.locator("table.data a", has_text="工业总产值").click()
    page.locator("x-chart svg [aria-label], x-chart [role=img]").first.wait_for()
    axe(page)
    screenshot(page, "ledger-monitor-indicator")
    page.locator("select[name=by]").select_option("tier")
    page.locator("form.filters button").click()
    page.wait_for_url("**by=tier**")
    page.locator("table.data tbody tr", has_text="未分组").wait_for()  # no tier is known
    expect(page.locator("table.data a.fig")).to_have_count(0)  # a sum of none opens nothing
