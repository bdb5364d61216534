"""Who sees which alarm, by page's query, evidence, API and command; how likely it is; what became of it."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from tests.apps.warning.conftest import FALLEN, LAST
from tests.factories import make_area

from zhizao.apps.warning import evidence, probabilities, queries
from zhizao.apps.warning.models import Alarm, Outcome

pytestmark = pytest.mark.django_db
JUNE = 2024 * 12 + 5


@pytest.fixture
def alarm(economy, keep):
    keep()
    return Alarm.objects.get(subject__key=FALLEN, family="distress")


def test_the_administration_sees_the_area_s_alarms_and_nobody_else_does(area, alarm, person):
    other = make_area(code="990702", name="乙区")
    for role in ("analyst", "department_staff", "chain_office", "leader", "auditor"):
        assert alarm in queries.alarms(person(role), area)
    for stranger in (person("analyst", area=other), person("enterprise_manager"), person("bank")):
        assert queries.alarms(stranger, area).count() == 0
        assert queries.alarm(stranger, alarm.pk) is None
        assert evidence.resolve(stranger, str(alarm.pk), as_of=None) is None


def test_a_park_s_operator_sees_the_alarms_of_its_park_only(area, alarm, person, enterprises):
    from zhizao.apps.registry.services import parent_subject
    from zhizao.base.facts import services
    from zhizao.base.facts.models import Membership

    operator = person("park_operator")
    assert queries.alarms(operator, area).count() == 0
    park = parent_subject(tree="park", name=operator.organisation.name, area=area)
    services.state([Membership(subject=enterprises[FALLEN], parent=park, tree="park", source="test")])
    assert list(queries.alarms(operator, area, family="distress")) == [alarm]
    assert set(queries.by_enterprise(operator, area)) == {enterprises[FALLEN].pk}


def test_alarms_are_narrowed_by_month_family_rule_severity_and_subject(area, alarm):
    def found(**wanted):
        return set(queries.alarms(None, area, **wanted))

    assert alarm in found(month=JUNE, family="distress", rule="warning.distress", severity="serious")
    assert alarm in found(subject=alarm.subject_id)
    for other in ({"month": JUNE - 1}, {"family": "silent"}, {"rule": "warning.silent"}, {"severity": "notice"}):
        assert alarm not in found(**other)
    assert queries.months_with_alarms(None, area)[0] == JUNE
    assert queries.latest_run(None, area) == alarm.run
    assert queries.latest_run(None, area, as_of=LAST - dt.timedelta(days=1)) is None


def test_a_person_s_word_counts_before_a_rule_s_and_the_last_one_of_either(alarm, person):
    assert queries.outcome(alarm) is None
    analyst = person("analyst")
    for verdict, actor in (("true", None), ("false", analyst), ("true", analyst), ("false", None)):
        Outcome(alarm=alarm, verdict=verdict, by_rule=actor is None, actor=actor, why="因").save()
    last = queries.outcome(alarm)
    assert (last.verdict, last.actor) == ("true", analyst)
    assert queries.outcome(alarm, as_of=dt.date(2020, 1, 1)) is None


def test_the_chance_is_the_prior_s_until_there_is_a_record_and_then_leans_on_it(area, alarm):
    """A serious alarm of distress: 90 % of weight 20. With 4 true and 16 false: (18 + 4) / 40."""
    p, source = queries.probability(alarm)
    assert (round(p, 6), source) == (0.9, "prior")
    for number in range(20):
        other = Alarm.objects.create(
            area=area, subject=alarm.subject, rule=alarm.rule, family="distress", start_month=JUNE - 40 - number,
            score=3, severity="serious", run=alarm.run, found_as_of=LAST,
        )  # fmt: skip
        Outcome(alarm=other, verdict="true" if number < 4 else "false", by_rule=True, why="规则").save()
    p, source = queries.probability(alarm)
    assert (round(p, 6), source) == (0.55, "record")
    assert probabilities.of(area).counts(alarm) == (4, 16)
    assert probabilities.of(area, as_of=dt.date(2020, 1, 1)).counts(alarm) == (0, 0)


def test_the_evidence_of_an_alarm_has_its_arithmetic_and_that_of_a_number_lists_them(area, alarm, person, rf):
    from django.template.loader import render_to_string

    analyst = person("leader")
    shown = evidence.resolve(analyst, evidence.reference(alarm).partition(":")[2], as_of=None)
    assert shown.alarm == alarm
    assert shown.rows
    request = rf.get("/")
    request.user = analyst
    assert shown.sentence in render_to_string(shown.template, {"evidence": shown}, request=request)
    rest = evidence.count_reference(area, JUNE, "distress").partition(":")[2]
    counted = evidence.resolve_count(analyst, rest, as_of=None)
    assert counted.count == queries.alarms(analyst, area, month=JUNE, family="distress").count()
    assert alarm.pk in {one.pk for one, _text in counted.alarms}
    assert str(counted.count) in render_to_string(counted.template, {"evidence": counted}, request=request)
    for wrong in ("", "x~y", "990701~nonsense~", "000000~2024-06~"):
        assert evidence.resolve_count(analyst, wrong, as_of=None) is None
    assert evidence.resolve(analyst, "9" * 40, as_of=None) is None


@pytest.fixture
def ask(client):
    """``ask(user, …)``: the alarms for a token of this user."""
    from django.utils import timezone

    from zhizao.base.accounts import services as accounts

    def get(user, *, scope="warning:read", **query):
        month = timezone.now() + dt.timedelta(days=30)
        _token, text = accounts.create_api_token(actor=user, name="t", scopes=[scope], expires_at=month)
        return client.get("/api/v1/alarms", query, headers={"Authorization": f"Bearer {text}"})

    return get


def test_the_api_gives_alarms_as_known_on_a_day_to_who_may_see_them(area, alarm, person, ask):
    analyst = person("analyst")
    rows = ask(analyst, month="2024-06", family="distress").json()
    found = next(row for row in rows if row["id"] == alarm.pk)
    assert (found["month"], found["subject"], found["severity"]) == ("2024-06", FALLEN, "serious")
    assert found["outcome"] is None
    assert found["run"] == alarm.run.sha12
    assert any(row["reference"].startswith(f"figure:{FALLEN}~gross_output~") for row in found["rows"])
    Alarm.objects.filter(pk=alarm.pk).update(lapsed_as_of=dt.date(2024, 8, 1), lapsed_why="figures_changed")
    assert alarm.pk not in {row["id"] for row in ask(analyst).json()}
    before = next(row for row in ask(analyst, as_of="2024-07-25").json() if row["id"] == alarm.pk)
    assert (before["lapsed_as_of"], before["lapsed_why"]) == (None, "")
    for wrong in ({"month": "June"}, {"month": "2024"}, {"month": "2024Q2"}, {"family": "weather"}):
        assert ask(analyst, **wrong).status_code == 404
    every = [row["id"] for row in ask(analyst, lapsed=True).json()]
    assert [row["id"] for row in ask(analyst, lapsed=True, limit=1, offset=1).json()] == every[1:2]
    assert ask(analyst, limit=1001).status_code == 422
    assert ask(analyst, area="nowhere").status_code == 404
    assert ask(analyst, scope="outlook:read").status_code in (401, 403)
    stranger = person("analyst", area=make_area(code="990702", name="乙区"), username="b")
    assert ask(stranger, area=area.code).status_code == 404


def test_the_command_lists_alarms_and_refuses_what_is_no_day(area, alarm, capsys, monkeypatch):
    import zhizao.cli

    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            zhizao.cli.main(["warning", "list", *arguments])
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    code, out, _err = run("--format", "json", "--month", "2024-06", "--family", "distress")
    rows = json.loads(out)
    assert code == 1
    assert FALLEN in {row["subject"] for row in rows}
    assert all(row["month"] == "2024-06" and row["rule"] == "warning.distress" for row in rows)
    code, out, _err = run("--as-of", "2020-01-01")
    assert (code, out) == (0, "0 alarms\n")
    code, _out, err = run("--as-of", "soon")
    assert code == 2
    assert "soon" in err
    code, _out, err = run("--month", "June")
    assert code == 2
    for wrong, said in (
        (("--month", "2024Q2"), "“2024Q2” is not one month."),
        (("--family", "weather"), "There is no family “weather”."),
        (("--as-of", "2999-01-01"), "has not come yet"),
    ):
        code, out, err = run(*wrong)
        assert (code, out) == (2, "")
        assert said in err
