"""From an alarm to the effect of the help: queue with reason, case, steps, what was done, closed, rated, measured."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import expect
from tests.apps.assist.alarming import alarm, figures, risk
from tests.apps.assist.conftest import firm, firms, manager, person  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def area(db, tmp_path, settings):
    from tests.factories import make_area

    settings.MEDIA_ROOT = tmp_path / "files"
    return make_area(code="990001", name="甲区")


@pytest.fixture
def waiting(area, firms):  # noqa: F811 -- fixture
    from zhizao.apps.assist import queries

    figures(area, *[(firms[at], "gross_output", "2025-06..12", value) for at, value in ((0, 1500), (1, 900))])
    figures(area, *[(firms[at], "gross_output", "2026-01..05", v) for at, v in ((0, 900), (1, 600))], name="y.csv")
    risk(area, (firms[0], 0.05, 3000.0))
    found = [
        alarm(area, firms[0]),
        alarm(area, firms[1], severity="notice", indicator="employees"),
        alarm(area, firms[2]),
    ]
    queries.queue(None, area)  # loads what is heavy before a browser waits for it
    return found


def test_from_an_alarm_to_the_effect_of_the_help(waiting, firms, area, manager, person, signed_in, axe, screenshot):  # noqa: F811
    from zhizao.apps.assist.models import Effect
    from zhizao.base.flow import services as flow
    from zhizao.base.flow.models import Case

    staff = person("department_staff")
    page = signed_in("", user=staff)
    page.goto("/assist/")
    expect(page.locator(".answer")).to_contain_text("甲乙制冷设备有限公司")
    axe(page)
    screenshot(page, "assist-queue")
    page.locator("section.next button[type=submit]").click()
    page.wait_for_url("**/cases/*/")
    case = Case.objects.get()
    assert (case.subject, case.origin) == (firms[0], waiting[0].origin)
    axe(page)
    page.goto("/assist/")
    expect(page.locator("table form[action$='/case/']")).to_have_count(2)
    expect(page.locator("table a", has_text=case.number)).to_have_count(1)

    page.goto(f"/assist/cases/{case.pk}/help/")
    page.locator("#id_hours").fill("-1")
    page.locator("main button[type=submit]").first.click()
    page.locator(".errors, .error").first.wait_for()
    page.locator("#id_hours").fill("12")
    page.locator("#id_taken_on").fill(dt.date.today().isoformat())
    axe(page)
    screenshot(page, "assist-help")
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(f"**/cases/{case.pk}/")
    expect(page.locator("table", has_text="清理拖欠账款协调")).to_have_count(1)

    case.refresh_from_db()
    flow.close(actor=staff, case=case, result="helped", text="账款已清", version=case.version)
    case.refresh_from_db()
    flow.rate(actor=manager, case=case, rating=5, text="", version=case.version)
    _effect(case, area)
    page.goto(f"/cases/{case.pk}/")
    expect(page.locator("td", has_text="+9.1").first).to_be_visible()
    axe(page)
    screenshot(page, "assist-effect")
    assert Effect.objects.count() == 2
    page.goto("/assist/helped/")
    axe(page)
    screenshot(page, "assist-helped")

    dark = signed_in("", user=staff, theme="dark", width=1024, language="en")
    dark.goto("/assist/")
    axe(dark)
    screenshot(dark, "assist-queue-dark-en")


def _effect(case, area):
    """As the worker would have kept it three months later."""
    from tests.apps.assist.alarming import run

    from zhizao.apps.assist.models import Effect

    month = 2026 * 12 + 5
    kept = run(area, {"effects": [{"effect_pct": 9.1}]}, engine="assist.effects")
    said = {"case": case, "before_start": month - 3, "before_months": 3, "after_start": month, "after_months": 3}
    Effect(
        **said, indicator="gross_output", months=3, expected=88_400_000, actual=96_000_000, effect_pct=9.1, low=1.2,
        high=17.5, peers=11, run=kept,
    ).save()  # fmt: skip
    Effect(**said, indicator="electricity", months=3, why="few_peers", peers=2, run=kept).save()
