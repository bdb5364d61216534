"""What became of alarms about targets and of facts by themselves."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from tests.apps.warning import scored

from zhizao.apps.warning import looking_back, looking_back_facts
from zhizao.apps.warning.models import Alarm

LATER = dt.date(2024, 8, 20)


@pytest.fixture
def told(area, monkeypatch):
    """``told(states, **alarm)``: the verdict on one alarm, with the states of targets as the outlook tells them."""
    run = scored.keep(area, "alarms", {})
    subject = scored.subjects(area, 1)[0]

    def verdict(*, states=(), as_of=LATER, **given):
        targets = [SimpleNamespace(key=key, state=state) for key, state in dict(states).items()]
        monkeypatch.setattr(
            looking_back_facts.outlook, "overview", lambda actor, area, as_of: SimpleNamespace(targets=targets)
        )
        alarm = scored.alarm(run, subject, **given)
        book, _sha256 = looking_back.book_of(area)
        return {pk: verdict for pk, verdict, _rule in looking_back_facts.verdicts(area, as_of, book)}.get(alarm.pk)

    return verdict


@pytest.mark.parametrize("family", ["stale", "phantom", "concentration"])
def test_a_fact_stands_after_two_months_unless_its_figures_were_corrected(told, family):
    rule = f"warning.{family}"
    assert told(rule=rule, family=family, about="a") == "true"
    assert told(rule=rule, family=family, about="b", found_as_of=dt.date(2024, 7, 20)) == "unknown"
    corrected = {"lapsed_as_of": dt.date(2024, 6, 1), "lapsed_why": "figures_changed"}
    assert told(rule=rule, family=family, about="c", **corrected) == "false"


def test_a_correction_after_the_day_is_not_known_on_it(told):
    later = {"lapsed_as_of": dt.date(2024, 9, 1), "lapsed_why": "figures_changed"}
    assert told(rule="warning.stale", family="stale", **later) == "true"


@pytest.mark.parametrize(
    ("state", "verdict"), [("missed", "true"), ("reached", "false"), ("open", "unknown"), (None, "unknown")]
)
def test_a_target_off_its_path_is_judged_by_what_came_of_the_target(told, state, verdict):
    states = {} if state is None else {"1": state}
    assert told(states=states, rule="warning.path", family="path", about="1") == verdict


def test_what_persons_judge_and_what_grew_graver_is_left_alone(told):
    assert told(rule="warning.break", family="break") is None
    grown = {"lapsed_as_of": dt.date(2024, 6, 1), "lapsed_why": "graver"}
    assert told(rule="warning.stale", family="stale", **grown) is None
    assert Alarm.objects.count() == 2
