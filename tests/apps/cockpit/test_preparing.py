"""A brief of a past day has alarms, lamps and risk of that day: computed for it where no run of then is there."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.apps.cockpit.conftest import AS_OF

from zhizao.base.evidence.models import Run

pytestmark = pytest.mark.django_db


def asked(area, day=AS_OF):
    from zhizao.apps.cockpit import gathering

    return gathering.ask(area, "2024-06", day)


def test_what_no_run_has_looked_at_is_computed_as_known_that_day_once_and_said_to_be_made_later(area, figures):
    from zhizao.apps.cockpit import gathering, preparing

    said: list[str] = []
    preparing.prepare(actor=None, asked=asked(area), step=said.append)
    made = gathering.gather(asked(area))
    facts = made.data["facts"]
    assert facts["alarms.run"]["value"] and facts["alarms.backtest"]["value"] and "alarms.none" not in facts
    assert facts["alarms.as_of"]["value"] == AS_OF.isoformat() and facts["alarms.month"]["value"] == "2024-06"
    runs = set(Run.objects.values_list("pk", flat=True))
    assert Run.objects.filter(engine="warning", as_of=AS_OF).count() == 2 and "Looking for alarms" in said[0]
    preparing.prepare(actor=None, asked=asked(area), step=said.append)
    assert set(Run.objects.values_list("pk", flat=True)) == runs


def test_a_run_from_before_the_month_was_over_is_none_of_this_month(area, figures):
    from zhizao.apps.cockpit import warnings
    from zhizao.apps.warning import runs

    of = {"area": area, "engine": "warning", "as_of": dt.date(2024, 6, 30), "parameters": {"part": runs.ALARMS}}
    kept = {"engine_version": "1", "inputs": {}, "seed": None, "actor": None, "output": b"{}"}
    from zhizao.base.evidence.services import record_run

    record_run(**of, **kept)
    assert warnings.run_of(asked(area), runs.ALARMS) is None
    found = record_run(**of | {"as_of": dt.date(2024, 7, 1)}, **kept)
    assert warnings.run_of(asked(area), runs.ALARMS) == found


def test_without_links_the_risk_of_the_chains_stays_unknown_and_the_brief_says_why(area, figures):
    from zhizao.apps.cockpit import gathering, preparing, reading

    preparing.prepare(actor=None, asked=asked(area), step=lambda text: None)
    written = reading.paper(gathering.gather(asked(area)).data, version=1, language="zh", run="0" * 12)
    chains = next(section for section in written.sections if section.key == "chains")
    assert chains.paragraphs[0][0].text == "产业链系统性风险未测算：当日所知的供需关系不足，或没有测算运行。"
    assert not Run.objects.filter(engine="chain.risk").exists()


def test_lamps_are_read_by_the_system_itself(area, figures):
    from zhizao.apps.cockpit import preparing
    from zhizao.apps.warning import lamp_queries

    preparing.prepare(actor=None, asked=asked(area), step=lambda text: None)
    (whole, *_rest) = lamp_queries.lamps(None, area, as_of=AS_OF)
    assert whole.kind == "region"
