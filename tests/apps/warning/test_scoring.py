"""How good alarms were: outcomes by rule, precision, recall, what was missed; from what was known on a day."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.apps.warning import scored
from tests.apps.warning.conftest import FALLEN, monthly_rows

FOUND = dt.date(2024, 5, 20)
"""April is known, and nothing after."""
LATER = dt.date(2024, 7, 20)
"""May and June are known too."""


def rows(**fallen: tuple[str, ...]) -> list[str]:
    """All months; each enterprise named makes four tenths of its usual in its months."""
    told = {f"enterprise:{key}": spans for key, spans in fallen.items()}
    made = []
    for row in monthly_rows(fallen=1.0):
        subject, indicator, span, scope, basis, value, *rest = row.split(",")
        if span in told.get(subject, ()) and indicator != "operating_revenue":
            value = str(round(float(value) * 0.4, 4))
        made.append(",".join([subject, indicator, span, scope, basis, value, *rest]))
    return made


@pytest.fixture
def look_back(area):
    """``look_back(day)``: outcomes by rule as of a day, kept."""
    from zhizao.apps.warning import looking_back, outcomes

    return lambda day=LATER: outcomes.keep(actor=None, made=looking_back.make(area, day))


@pytest.fixture
def alarm(area, take, keep):
    """The alarm of distress of April 2024, found in May."""
    from zhizao.apps.warning import queries

    def made(*months: str):
        take(*rows(e07=months))
        keep(FOUND)
        return queries.alarms(None, area, rule="warning.distress").get(subject__key=FALLEN)

    return made


def test_an_alarm_whose_fall_stayed_is_true_by_rule_once_two_months_are_known_and_only_once(alarm, look_back):
    from zhizao.apps.warning import queries

    found = alarm("2024-04", "2024-05", "2024-06")
    look_back(dt.date(2024, 6, 20))
    assert queries.outcome(found) is None  # one month after is not enough
    first = look_back()
    said = queries.outcome(found)
    assert (said.verdict, said.by_rule, said.lead_months, said.why) == ("true", True, 0, "outcome.distress_true")
    again = look_back()
    assert (again.run, again.verdicts) == (first.run, 0)


def test_an_alarm_on_a_figure_that_was_mended_later_is_false(alarm, take, look_back):
    from zhizao.apps.warning import queries

    found = alarm("2024-04")
    right = [
        row.rsplit(",", 1)[0] + ",2024-06-25" for row in rows() if row.startswith(f"{FALLEN},") and "2024-04" in row
    ]
    take(*right, name="更正.csv")
    look_back()
    assert queries.outcome(found).verdict == "false"


def test_a_fall_of_three_fifths_is_true_though_nothing_came_after(area, take, keep, look_back):
    from zhizao.apps.warning import queries

    kept = [row for row in rows(e07=("2024-04",)) if not (row.startswith(FALLEN) and row.split(",")[2] > "2024-04")]
    take(*kept)
    keep(FOUND)
    look_back()
    found = queries.alarms(None, area, rule="warning.distress").get(subject__key=FALLEN)
    assert queries.outcome(found).verdict == "true"


def test_precision_recall_lead_and_false_alarms_by_hand_with_what_was_missed(area, analyst_of):
    from zhizao.apps.warning import outcomes, runs, scoring

    run = scored.keep(area, runs.ALARMS, {"alarms": []})
    scored.keep(area, outcomes.PART, scored.record())
    e0, e1, e2, _e3 = scored.subjects(area)
    scored.said(scored.alarm(run, e0, score=9.0), "true")
    scored.said(scored.alarm(run, e1, month=scored.APRIL + 1), "true")  # two months after March
    scored.said(scored.alarm(run, e2, month=scored.APRIL - 1), "false")  # a month too early
    scored.alarm(run, e2, month=scored.APRIL + 3)  # three months after, not looked back on yet
    told = scoring.scores(analyst_of, area)
    row = next(row for row in told.rows if row.rule == "warning.distress")
    assert (row.alarms, row.true, row.false, row.unknown, row.waiting) == (4, 2, 1, 0, 1)
    assert (row.precision.hits, row.precision.of) == (2, 3)
    assert (row.recall.hits, row.recall.of) == (2, 3)  # the event of December 2023 is before what is scored
    assert row.lead_months == -1  # 0 and −2
    assert (row.false_per_1000.hits, row.false_per_1000.of) == (1, 24)  # 8 + 4 × 4 since February 2024
    assert [(one.key, str(one.span)) for one in told.missed] == [("e2", "2024-04")]
    assert [(one.low, one.came.hits, one.came.of) for one in told.classes] == [(1.0, 2, 3)]
    assert told.classes[0].said_true == pytest.approx(0.98)


def test_falls_before_anybody_watched_are_not_counted_as_missed(area, analyst_of):
    from zhizao.apps.warning import outcomes, runs, scoring

    scored.subjects(area)
    scored.keep(area, runs.ALARMS, {"alarms": [], "month": "2024-04"}, as_of=dt.date(2024, 5, 20))
    scored.keep(area, outcomes.PART, scored.record())
    told = scoring.scores(analyst_of, area)
    assert told.since == scored.APRIL
    assert [one.key for one in told.missed] == ["e2", "e0"]  # not e1's fall of March
    assert told.enterprise_months == 12


def test_a_notice_that_grew_serious_is_one_alarm_of_the_score(area, analyst_of):
    from zhizao.apps.warning import runs, scoring

    run = scored.keep(area, runs.ALARMS, {"alarms": []})
    one = scored.subjects(area)[0]
    scored.alarm(run, one, lapsed_as_of=scored.DAY, lapsed_why="graver")
    scored.alarm(run, one, severity="serious")
    assert [row.alarms for row in scoring.scores(analyst_of, area).rows] == [1]


def test_wilsons_interval_of_a_share_by_hand():
    from zhizao.apps.warning.scoring import share

    told = share(8, 10)  # Wilson 1927: 0.4902 to 0.9433
    assert (told.value, round(told.low, 4), round(told.high, 4)) == (0.8, 0.4902, 0.9433)
    assert share(0, 0) is None


def test_scores_of_a_past_day_know_nothing_of_later_outcomes(area, analyst_of):
    from zhizao.apps.warning import outcomes, runs, scoring

    run = scored.keep(area, runs.ALARMS, {"alarms": []})
    scored.keep(area, outcomes.PART, scored.record())
    scored.said(scored.alarm(run, scored.subjects(area)[0]), "true")
    before = scoring.scores(analyst_of, area, as_of=dt.date(2024, 6, 1))
    assert before.run is None
    assert [(row.true, row.false, row.waiting) for row in before.rows] == [(0, 0, 1)]


@pytest.fixture
def analyst_of(person):
    return person("analyst")
