"""How good alarms were: outcomes by rule, precision, recall, what was missed; from what was known on a day."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.apps.warning.conftest import FALLEN, monthly_rows

FOUND = dt.date(2024, 5, 20)
"""April is known, and nothing after."""
LATER = dt.date(2024, 7, 20)
"""May and June are known too."""
QUIET = "enterprise:e30"


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


def test_an_alarm_whose_fall_stayed_is_true_by_rule_and_found_in_its_month(alarm, look_back):
    from zhizao.apps.warning import queries

    found = alarm("2024-04", "2024-05", "2024-06")
    look_back()
    said = queries.outcome(found)
    assert (said.verdict, said.by_rule, said.lead_months, said.why) == ("true", True, 0, "outcome.distress_true")


def test_an_alarm_has_no_outcome_before_two_more_months_are_known(alarm, look_back):
    from zhizao.apps.warning import queries

    found = alarm("2024-04", "2024-05", "2024-06")
    look_back(dt.date(2024, 6, 20))
    assert queries.outcome(found) is None


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


def test_looking_back_twice_adds_nothing(alarm, look_back):
    from zhizao.apps.warning.models import Outcome

    alarm("2024-04", "2024-05", "2024-06")
    first, again = look_back(), look_back()
    assert first.run == again.run
    assert (first.verdicts > 0, again.verdicts) == (True, 0)
    assert Outcome.objects.count() == first.verdicts


def test_precision_recall_and_lead_by_hand_with_what_was_missed(area, take, keep, look_back, analyst_of):
    from zhizao.apps.warning import scoring

    take(*rows(e07=("2024-04", "2024-05", "2024-06"), e30=("2024-03", "2024-04", "2024-05")))
    keep(FOUND)
    from zhizao.apps.warning.models import Alarm

    Alarm.objects.filter(subject__key=QUIET).update(lapsed_as_of=LATER, lapsed_why="graver")  # as if never called
    look_back()
    told = scoring.scores(analyst_of, area, as_of=None)
    row = next(row for row in told.rows if row.rule == "warning.distress")
    assert row.true >= 1
    assert (row.recall.hits, row.recall.of) == (1, 2)
    assert row.lead_months == 0
    assert [(one.key, str(one.span)[:7]) for one in told.missed if one.family == "distress"] == [("e30", "2024-03")]
    assert row.false_per_1000.of == told.enterprise_months == 40 * 6  # January to June 2024


def test_wilsons_interval_of_a_share_by_hand():
    from zhizao.apps.warning.scoring import share

    told = share(8, 10)  # Wilson 1927: 0.4902 to 0.9433
    assert (told.value, round(told.low, 4), round(told.high, 4)) == (0.8, 0.4902, 0.9433)
    assert share(0, 0) is None


def test_scores_of_a_past_day_know_nothing_of_later_outcomes(alarm, area, look_back, analyst_of):
    from zhizao.apps.warning import scoring

    alarm("2024-04", "2024-05", "2024-06")
    look_back()
    before = scoring.scores(analyst_of, area, as_of=dt.date(2024, 6, 1))
    assert before.run is None
    assert all((row.true, row.false) == (0, 0) for row in before.rows)


@pytest.fixture
def analyst_of(person):
    return person("analyst")
