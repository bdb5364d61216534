"""Walks through plan health, the review of a reading and the list of tasks: an invented plan, its own document."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect
from tests.apps.plan.checks import RULES, TEXT

pytestmark = pytest.mark.django_db(transaction=True)
DATA = TEXT.encode()


@pytest.fixture(autouse=True)
def _own_rules(monkeypatch):
    from zhizao.engines.planlint import checking as check

    monkeypatch.setattr(check, "all_rules", lambda: RULES)


@pytest.fixture
def area(transactional_db, settings, tmp_path):
    from tests.factories import make_area

    settings.MEDIA_ROOT = tmp_path / "files"
    return make_area(code="509901", name="青溪市")


@pytest.fixture
def read(area):
    """The plan read from its document, as a draft that was checked."""
    from tests.apps.plan.checks import check_now

    from zhizao.apps.plan import services
    from zhizao.base.files.services import receive
    from zhizao.engines.planlint import read_document

    receive(actor=None, upload=SimpleUploadedFile("qingxi.txt", DATA), area=area, kinds={"txt"})
    reading = read_document(DATA, file="qingxi.txt")
    draft = services.take_reading(actor=None, area=area, reading=reading, file="qingxi.txt")
    return check_now(draft)


@pytest.fixture
def version(read):
    from zhizao.apps.plan import services

    return services.publish_version(actor=None, version=read)


def test_an_analyst_reads_findings_in_the_document_and_decides(version, signed_in, screenshot, axe):
    page = signed_in("analyst", area=version.plan.area)
    page.goto("/plan/health/?chapter=1")
    screenshot(page, "plan-health")
    axe(page)
    page.locator("mark.f.bad a.fn").first.click()
    page.locator(".finding.sel").wait_for()
    screenshot(page, "plan-health-chosen")
    axe(page)
    page.locator(".finding.sel [name=reason]").fill("五年合计")
    page.locator(".finding.sel [value=accepted]").click()
    page.locator(".finding.sel .st.good").wait_for()
    expect(page.locator("mark.f.bad").first).to_be_visible()
    with page.expect_download() as download:
        page.locator(".next .btn.pri").click()
    assert download.value.suggested_filename.endswith(".docx")


def test_without_the_document_the_report_asks_for_it(version, signed_in, screenshot, axe):
    from tests.apps.plan.checks import check_now

    from zhizao.base.files.models import StoredFile

    StoredFile.objects.all().delete()
    check_now(version)
    page = signed_in("analyst", area=version.plan.area)
    page.goto("/plan/health/")
    screenshot(page, "plan-health-no-document")
    axe(page)
    page.locator("input[type=file]").set_input_files(
        {"name": "other.txt", "mimeType": "text/plain", "buffer": b"another document"}
    )
    page.locator(".ask button").click()
    page.locator(".note.bad, .msg, [role=alert]").first.wait_for()
    screenshot(page, "plan-health-other-document")


def test_the_report_is_good_in_dark_large_narrow_and_english(version, signed_in, screenshot, axe):
    looks = {
        "plan-health-dark": {"theme": "dark"},
        "plan-health-large": {"density": "large"},
        "plan-health-1024": {"width": 1024},
        "plan-health-en": {"language": "en"},
    }
    from tests.factories import make_user

    leader = make_user("leader", area=version.plan.area)
    for name, look in looks.items():
        page = signed_in("leader", user=leader, **look)
        page.goto("/plan/health/?chapter=1")
        screenshot(page, name)
        axe(page)


def test_the_public_reads_the_tasks_by_unit(version, page, screenshot, axe):
    page.goto("/plan/tasks/")
    screenshot(page, "plan-tasks")
    axe(page)


REAL = Path(__file__).resolve().parents[3] / "shared" / "plan" / "nanan-plan.txt"


@pytest.mark.skipif(not REAL.is_file(), reason="the real plan is not beside the checkout")
def test_the_report_of_the_real_plan(area, monkeypatch, signed_in, screenshot, axe):
    from tests.apps.plan.checks import check_now

    from zhizao.apps.plan import services
    from zhizao.base.files.services import receive
    from zhizao.engines.planlint import read_document

    monkeypatch.undo()  # every rule there is
    data = REAL.read_bytes()
    receive(actor=None, upload=SimpleUploadedFile("plan.txt", data), area=area, kinds={"txt"})
    draft = services.take_reading(actor=None, area=area, reading=read_document(data, file="plan.txt"), file="plan.txt")
    version = check_now(services.publish_version(actor=None, version=draft))
    page = signed_in("analyst", area=area, height=1500)
    page.goto(f"/plan/health/?plan={version.plan.slug}")
    expect(page.locator("mark.f.bad").first).to_be_attached()
    screenshot(page, "plan-health-real")
    axe(page)
    page.goto(f"/plan/health/?plan={version.plan.slug}&chapter=2&severity=error")
    screenshot(page, "plan-health-real-errors", full_page=False)
    page.goto("/plan/tasks/")
    screenshot(page, "plan-tasks-real")
    page.goto(f"/plan/versions/{version.number}/reading/?version={version.number}&chapter=4")
    screenshot(page, "plan-reading-real")
    axe(page)


def test_an_analyst_reviews_the_rows_beside_the_document(read, signed_in, screenshot, axe):
    page = signed_in("analyst", area=read.plan.area)
    page.goto("/plan/versions/1/reading/?version=1&table=indicators")
    screenshot(page, "plan-reading")
    axe(page)
    page.locator(".paper a.fn.read").nth(1).click()
    page.locator(".finding.sel").wait_for()
    screenshot(page, "plan-reading-chosen")
    axe(page)
    page.locator(".finding.sel [value=accept]").click()
    page.locator(".finding.good").wait_for()
    expect(page.locator(".finding.sel.good")).to_have_count(0)  # the next undecided row is chosen
    page.locator(".finding h3 a").nth(2).click()
    page.locator(".finding.sel [name=reason]").fill("不是指标")
    page.locator(".finding.sel [value=reject]").click()
    page.get_by_text("不是指标").wait_for()
    expect(page.locator(".finding")).to_have_count(2)
    screenshot(page, "plan-reading-decided")
