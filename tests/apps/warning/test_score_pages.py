"""The pages of the score: judged by two people, chosen by an analyst, seen by who may."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from tests.apps.warning import scored

from zhizao.kernel.result import Refused


@pytest.fixture
def alarm(area):
    """An alarm of April that a rule has found true, and the record of looking back."""
    from zhizao.apps.warning import outcomes, runs

    run = scored.keep(area, runs.ALARMS, {"alarms": []})
    scored.keep(area, outcomes.PART, scored.record())
    made = scored.alarm(run, scored.subjects(area)[0])
    scored.said(made, "true")
    return made


def test_the_page_of_scores_tells_recall_and_opens_thresholds_and_what_was_missed(alarm, client, person):
    client.force_login(person("analyst"))
    page = client.get(reverse("warning:scores"))
    text = page.content.decode()
    assert page.status_code == 200
    assert reverse("warning:threshold", args=["warning.distress", "most_false_pct"]) in text
    assert client.get(reverse("warning:scores") + "?format=xlsx").status_code == 200
    assert client.get(reverse("warning:missed")).status_code == 200
    told = client.get(reverse("warning:reliability_data")).json()
    assert told["kind"] == "reliability"


def test_before_anything_is_looked_back_on_the_pages_say_so(area, client, person):
    client.force_login(person("analyst"))
    assert client.get(reverse("warning:scores")).status_code == 200
    assert client.get(reverse("warning:missed")).status_code == 200
    assert client.get(reverse("warning:threshold", args=["warning.distress", "most_false_pct"])).status_code == 404


def test_a_person_overrules_the_rule_and_a_corrected_judgement_is_a_new_row(alarm, client, person):
    from zhizao.apps.warning import queries

    me = person("department_staff")
    client.force_login(me)
    assert queries.outcome(alarm).by_rule
    sent = {"verdict": "false", "why": "搬迁停产，已核实", "cost_hours": "2.5", "seen": ""}
    answer = client.post(reverse("warning:judge", args=[alarm.pk]), sent)
    assert answer.status_code == 302
    said = queries.outcome(alarm)
    assert (said.verdict, said.actor, said.cost_hours) == ("false", me, Decimal("2.5"))
    before = alarm.outcomes.count()
    client.post(reverse("warning:judge", args=[alarm.pk]), sent)  # a double click
    assert alarm.outcomes.count() == before
    client.post(
        reverse("warning:judge", args=[alarm.pk]), sent | {"verdict": "true", "why": "更正", "seen": str(said.pk)}
    )
    assert alarm.outcomes.count() == before + 1
    assert queries.outcome(alarm).verdict == "true"


def test_two_people_judging_one_alarm_the_second_sees_what_the_first_said_and_loses_nothing(alarm, client, person):
    from zhizao.apps.warning import outcomes, queries

    first, second = person("analyst"), person("department_staff")
    outcomes.judge(actor=first, alarm=alarm, verdict="true", why="现场核实")
    client.force_login(second)
    sent = {"verdict": "false", "why": "电话核实无异常", "seen": ""}
    answer = client.post(reverse("warning:judge", args=[alarm.pk]), sent)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "现场核实" in text
    assert "电话核实无异常" in text
    assert queries.outcome(alarm).verdict == "true"
    seen = str(queries.outcome(alarm).pk)
    assert f'value="{seen}"' in text
    assert client.post(reverse("warning:judge", args=[alarm.pk]), sent | {"seen": seen}).status_code == 302
    assert queries.outcome(alarm).verdict == "false"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"verdict": "perhaps"}, "warning.verdict"),
        ({"why": "  "}, "warning.no_reason"),
        ({"cost_hours": Decimal(-1)}, "warning.hours"),
        ({"cost_hours": Decimal("NaN")}, "warning.hours"),
    ],
)
def test_a_judgement_that_says_nothing_is_refused_and_adds_no_row(alarm, person, sent, code):
    from zhizao.apps.warning import outcomes

    before = alarm.outcomes.count()
    with pytest.raises(Refused) as refused:
        outcomes.judge(actor=person("analyst"), alarm=alarm, **{"verdict": "true", "why": "核实", **sent})
    assert [one.code for one in refused.value.problems] == [code]
    assert alarm.outcomes.count() == before


def test_who_may_only_look_can_neither_judge_nor_publish(alarm, client, person):
    from zhizao.apps.warning.models import Choice

    client.force_login(person("leader"))
    assert client.get(reverse("warning:scores")).status_code == 200
    before = alarm.outcomes.count()
    assert client.post(reverse("warning:judge", args=[alarm.pk]), {"verdict": "true", "why": "x"}).status_code == 403
    publish = reverse("warning:publish", args=["warning.distress", "most_false_pct"])
    assert client.post(publish, {"value": "3", "effective_from": "2030-01-01", "why": "x"}).status_code == 403
    assert client.post(reverse("warning:look_back")).status_code == 403
    assert (alarm.outcomes.count(), Choice.objects.count()) == (before, 0)


def test_a_chosen_threshold_holds_from_its_day_and_stands_above_the_packs(alarm, area, client, person):
    from zhizao.apps.warning import rules
    from zhizao.base.facts.queries import today

    client.force_login(person("analyst"))
    page = client.get(reverse("warning:threshold", args=["warning.distress", "most_false_pct"]) + "?value=3")
    assert page.status_code == 200
    day = today() + dt.timedelta(days=10)
    sent = {"value": "3", "effective_from": day.isoformat(), "why": "本区误报多", "seen": ""}
    publish = reverse("warning:publish", args=["warning.distress", "most_false_pct"])
    assert client.post(publish, sent).status_code == 302
    told = rules.rules_of(area)
    assert told.bound("warning.distress", on=day).parameters["most_false_pct"] == Decimal(3)
    assert told.bound("warning.distress", on=today()).parameters["most_false_pct"] == Decimal(13)
    from zhizao.apps.warning.models import Choice

    client.post(publish, sent)  # a double click
    assert Choice.objects.count() == 1
    answer = client.post(publish, sent | {"value": "6", "why": "另一人"})  # who had not seen the first
    assert answer.status_code == 422
    assert "另一人" in answer.content.decode()
    assert Choice.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"value": Decimal("3.3")}, "warning.not_computed"),
        ({"days": -1}, "warning.past"),
        ({"days": 900}, "warning.past"),
        ({"why": " "}, "warning.no_reason"),
        ({"parameter": "nothing"}, "warning.no_threshold"),
    ],
)
def test_a_threshold_that_nobody_computed_or_of_the_past_is_refused(alarm, area, person, sent, code):
    from zhizao.apps.warning import tuning
    from zhizao.apps.warning.models import Choice
    from zhizao.base.facts.queries import today

    wish = {"rule": "warning.distress", "parameter": "most_false_pct", "value": Decimal(3), "why": "x"} | {
        key: value for key, value in sent.items() if key != "days"
    }
    day = today() + dt.timedelta(days=sent.get("days", 1))
    with pytest.raises(Refused) as refused:
        tuning.publish(actor=person("analyst"), area=area, effective_from=day, **wish)
    assert [one.code for one in refused.value.problems] == [code]
    assert not Choice.objects.exists()
