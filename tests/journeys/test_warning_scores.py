"""An analyst sees how good alarms were, opens what was missed, moves a threshold on its curve, judges an alarm."""

from __future__ import annotations

import pytest
from tests.apps.warning import scored

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def area(settings, tmp_path):
    from tests.factories import make_area

    from zhizao.apps.warning import outcomes, runs

    settings.MEDIA_ROOT = tmp_path / "files"
    area = make_area(code="990701", name="甲区")
    run = scored.keep(area, runs.ALARMS, {"alarms": []})
    events = [scored.event(number % 6, f"2024-0{2 + number % 4}") for number in range(14)]
    scored.keep(area, outcomes.PART, scored.record(events=events, simulated=True))
    subjects = scored.subjects(area, 6)
    for number in range(24):
        inputs = {"distress_q_pct": (0.4, 3.0, 7.0, 12.0)[number // 2 % 4]}
        made = scored.alarm(
            run,
            subjects[number % 4],
            month=scored.APRIL - 2 + number // 4,
            score=3.0 + number % 5,
            simulated=True,
            facts={"inputs": inputs, "sentence": "", "params": {}, "rows": []},
        )
        if number < 20:
            scored.said(made, "false" if number % 5 == 0 else "true")
    return area


def test_scores_missed_falls_a_threshold_and_a_judgement(signed_in, client, area, screenshot, axe):
    from playwright.sync_api import expect

    from zhizao.apps.warning.models import Alarm, Choice

    page = signed_in("analyst", area=area)
    client.get("/warning/scores/")  # the first reader waits for the modules to load, not the browser
    page.goto("/warning/scores/")
    expect(page.locator("x-chart canvas, x-chart svg").first).to_be_visible()
    screenshot(page, "warning-scores")
    axe(page)
    page.locator("a[href*='scores/missed']").click()
    expect(page.locator("tbody tr").first).to_be_visible()
    screenshot(page, "warning-missed")
    axe(page)
    page.goto("/warning/scores/warning.distress/most_false_pct/")
    page.locator("table a[href*='value=6']").click()
    expect(page.locator("#id_value")).to_have_value("6")
    screenshot(page, "warning-threshold")
    axe(page)
    page.fill("#id_why", "本区误报多于预期")
    page.locator("form[action*='publish'] button[type=submit]").click()
    expect(page.get_by_text("本区误报多于预期")).to_be_visible()
    assert [str(one.value.normalize()) for one in Choice.objects.all()] == ["6"]
    alarm = Alarm.objects.earliest("pk")
    page.goto(f"/warning/alarms/{alarm.pk}/judge/")
    page.locator("input[name=verdict][value=false]").check()
    page.locator("form[method=post] button[type=submit]").last.click()
    expect(page.locator(".field-error").first).to_be_visible()  # without a reason nothing is recorded
    screenshot(page, "warning-judge")
    axe(page)
    assert alarm.outcomes.filter(by_rule=False).count() == 0


@pytest.mark.parametrize("look", [{"theme": "dark", "width": 1024}, {"language": "en"}])
def test_the_score_in_the_dark_and_in_english(signed_in, area, screenshot, axe, look):
    from playwright.sync_api import expect

    page = signed_in("leader", area=area, **look)
    page.goto("/warning/scores/")
    expect(page.locator("x-chart canvas, x-chart svg").first).to_be_visible()
    screenshot(page, f"warning-scores-{'-'.join(map(str, look.values()))}")
    axe(page)
