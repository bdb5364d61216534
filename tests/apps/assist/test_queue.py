"""Who is helped first: p × what is lost in all × what the measure averts, an hour; what is unknown is not nought."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.apps.assist.alarming import AS_OF, alarm, figures, risk

from zhizao.apps.assist import queries, reasons, services
from zhizao.apps.assist.measures import pack_of
from zhizao.base.flow.models import Case
from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db


def year(subject, value):
    """Output of the twelve months before June 2026, as it was reported."""
    parts = (("2025-06..11", value / 2), ("2025-12", value / 4), ("2026-01..05", value / 4))
    return [(subject, "gross_output", span, part) for span, part in parts]


def test_rank_is_probability_times_loss_times_share_an_hour(area, firms):
    """2400 万元 a year, serious distress: 40 % over 6 months is 480; others 0.05·100000 − 3000 = 2000 → 400.

    p 0.9 is the prior of the family; the measure averts 15 % in 12 hours: 0.9·880·0.15/12 = 9.9 万元 an hour.
    """
    figures(area, *year(firms[0], 2400))
    risk(area, (firms[0], 0.05, 3000.0))
    alarm(area, firms[0])
    (row,) = queries.queue(None, area)
    assert (row.p, row.p_source) == (0.9, "prior")
    assert row.loss.own_wan_yuan == pytest.approx(480)
    assert row.loss.others_wan_yuan == pytest.approx(400)
    assert row.measure.key == "receivables"
    assert row.value_per_hour == pytest.approx(9.9)
    assert row.output_at.startswith("figure:") and row.risk_at.endswith("/firms/0/esri")


def test_the_reason_says_what_was_seen_what_is_lost_and_what_help_avoids_of_it(area, firms):
    from django.utils import translation

    figures(area, *year(firms[0], 2400))
    risk(area, (firms[0], 0.05, 3000.0))
    one = alarm(area, firms[0])
    type(one).objects.filter(pk=one.pk).update(facts=one.facts | {"sentence": "%(count)s measures are worse."})
    with translation.override("en"):
        (row,) = queries.queue(None, area)
        assert reasons.reason(row) == (
            "Jun 2026: 3 measures are worse. If true (90%), 880 万元 are lost in 6 months, 400 万元 of it at suppliers "
            "and buyers. Advised: “Overdue payments collected”, about 12 hours, avoids 119 万元."
        )


def test_the_queue_of_a_day_uses_the_systemic_risk_known_on_it(area, firms):
    """A fifth (40 % over 6 months) of 0.05·100000 − 3000 by the run of July, of 0.1·100000 − 3000 by that of August."""
    later = AS_OF + dt.timedelta(days=20)
    figures(area, *year(firms[0], 2400))
    risk(area, (firms[0], 0.05, 3000.0))
    alarm(area, firms[0])
    risk(area, (firms[0], 0.10, 3000.0), as_of=later)
    before, after, now = (
        queries.queue(None, area, as_of=day)[0] for day in (later - dt.timedelta(days=1), later, None)
    )
    assert [row.loss.others_wan_yuan for row in (before, after, now)] == pytest.approx([400, 1400, 1400])
    assert before.risk_at != after.risk_at == now.risk_at
    assert after.value_per_hour > before.value_per_hour


def test_before_any_run_of_systemic_risk_others_are_unknown(area, firms):
    figures(area, *year(firms[0], 2400))
    alarm(area, firms[0])
    risk(area, (firms[0], 0.05, 3000.0), as_of=AS_OF + dt.timedelta(days=20))
    (row,) = queries.queue(None, area, as_of=AS_OF)
    assert (row.loss.others_wan_yuan, row.risk_at) == (None, "")


def test_failure_that_spreads_goes_before_a_larger_one_that_does_not(area, firms):
    figures(area, *year(firms[0], 2400), *year(firms[1], 1200))
    risk(area, (firms[0], 0.024, 2400.0), (firms[1], 0.20, 1200.0))
    alarm(area, firms[0])
    alarm(area, firms[1])
    assert [row.subject for row in queries.queue(None, area)] == [firms[1], firms[0]]


def test_unknown_risk_is_not_nought_and_is_said(area, firms):
    figures(area, *year(firms[0], 2400))
    risk(area, (firms[1], 0.05, 3000.0))
    alarm(area, firms[0])
    (row,) = queries.queue(None, area)
    assert row.loss.others_wan_yuan is None
    assert row.loss_wan_yuan == pytest.approx(480)
    assert "影响未知" in " ".join(reasons.against(row))


def test_without_any_known_output_there_is_no_rank_and_it_stands_last(area, firms):
    figures(area, *year(firms[0], 1))
    alarm(area, firms[0], severity="notice")
    alarm(area, firms[1])
    rows = queries.queue(None, area)
    assert [(row.subject, row.value_per_hour is None) for row in rows] == [(firms[0], False), (firms[1], True)]


def test_of_who_does_not_report_nobody_knows_what_is_at_stake_until_somebody_has_asked(area, firms):
    """That it did not report is probable; that its output falls does not follow: the two are not multiplied."""
    figures(area, *year(firms[0], 2400), *year(firms[1], 100))
    alarm(area, firms[0], family="silent", indicator="")
    alarm(area, firms[1])
    ranked, silent = queries.queue(None, area)
    assert (silent.subject, silent.value_per_hour, silent.loss_wan_yuan) == (firms[0], None, None)
    assert silent.measure.key == "figures"
    assert ranked.value_per_hour is not None


def test_ties_are_broken_by_the_key(area, firms):
    figures(area, *year(firms[0], 2400), *year(firms[1], 2400))
    for one in firms[:2]:
        alarm(area, one)
    keys = [row.subject.key for row in queries.queue(None, area)]
    assert keys == sorted(keys)


def test_several_alarms_of_one_enterprise_are_one_row_and_the_strongest_speaks(area, firms):
    figures(area, *year(firms[0], 2400))
    weak, strong = alarm(area, firms[0], severity="notice", family="electricity", indicator=""), alarm(area, firms[0])
    (row,) = queries.queue(None, area)
    assert row.alarm == strong
    assert set(row.alarms) == {weak, strong}


def test_alarms_that_lapsed_or_were_called_false_are_not_in_the_queue(area, firms, analyst):
    from zhizao.apps.warning.models import Alarm, Outcome

    lapsed, false, old = alarm(area, firms[0]), alarm(area, firms[1]), alarm(area, firms[2], month=24300)
    Alarm.objects.filter(pk=lapsed.pk).update(lapsed_as_of=AS_OF, lapsed_why="changed")
    Outcome(alarm=false, verdict="false", by_rule=False, actor=analyst, why="x").save()
    assert old.start_month < lapsed.start_month - 3
    assert queries.queue(None, area) == []


def test_others_see_nothing_of_the_queue(area, other_area, firms, person):
    alarm(area, firms[0])
    stranger = person("analyst", area=other_area)
    assert queries.queue(stranger, area) == []


def test_the_queue_of_a_past_day_knows_nothing_of_later(area, firms):
    alarm(area, firms[0])
    assert queries.queue(None, area, as_of=AS_OF - dt.timedelta(days=1)) == []


# --- alarms become cases


def test_a_serious_alarm_above_the_limit_becomes_a_case_once(area, firms):
    """The rule's limit is 100 万元 of expected loss; 0.9 · 480 = 432."""
    figures(area, *year(firms[0], 2400))
    one = alarm(area, firms[0])
    assert len(services.take_alarms([one])) == 1
    assert services.take_alarms([one]) == []
    case = Case.objects.get()
    assert (case.kind, case.origin, case.severity) == ("assist.alarm", one.origin, "serious")
    (row,) = queries.queue(None, area)
    assert row.case == case


@pytest.mark.parametrize("kind", ["notice", "small", "unknown", "backtest", "lapsed"])
def test_others_wait_for_a_person(area, firms, kind):
    from zhizao.apps.warning.models import Alarm

    if kind != "unknown":
        figures(area, *year(firms[0], 10 if kind == "small" else 2400))
    one = alarm(area, firms[0], severity="notice" if kind == "notice" else "serious", is_backtest=kind == "backtest")
    if kind == "lapsed":
        Alarm.objects.filter(pk=one.pk).update(lapsed_as_of=AS_OF, lapsed_why="changed")
        one.refresh_from_db()
    assert services.take_alarms([one]) == []
    assert not Case.objects.exists()


def test_a_second_click_opens_the_case_that_is_there(area, firms, staff):
    one, next_month = alarm(area, firms[0]), alarm(area, firms[0], family="electricity", indicator="")
    case = services.open_for_alarm(actor=staff, alarm=one)
    assert services.open_for_alarm(actor=staff, alarm=one) == case
    assert services.open_for_alarm(actor=staff, alarm=next_month) == case
    assert Case.objects.count() == 1


def test_an_alarm_of_an_area_has_a_case_of_its_own_that_no_enterprise_sees(area, staff):
    from zhizao.apps.registry.services import area_subject

    first, second = (alarm(area, area_subject(area), family="path", indicator="", about=key) for key in ("a", "b"))
    one, other = (services.open_for_alarm(actor=staff, alarm=each) for each in (first, second))
    assert one != other
    assert not one.shown_to_subject
    assert services.open_for_alarm(actor=staff, alarm=first) == one


def test_the_page_of_an_alarm_offers_the_case_and_then_leads_to_it(area, firms, staff, person):
    from zhizao.apps.assist.alarm_acts import offer

    one = alarm(area, firms[0])
    assert [act.posts for act in offer(staff, one)] == [True]
    assert list(offer(person("leader"), one)) == []
    case = services.open_for_alarm(actor=staff, alarm=one)
    assert [(act.label, act.done) for act in offer(person("auditor"), one)] == [(case.number, True)]


def test_who_looks_after_the_enterprise_has_the_case(area, firms, staff, analyst, look_after):
    look_after(firms[0], staff)
    case = services.open_for_alarm(actor=analyst, alarm=alarm(area, firms[0]))
    assert (case.owner, case.unit) == (staff, staff.organisation)


def test_an_account_that_was_closed_gets_no_case(area, firms, staff, analyst, look_after):
    look_after(firms[0], staff)
    staff.is_active = False
    staff.save(update_fields=["is_active"])
    case = services.open_for_alarm(actor=analyst, alarm=alarm(area, firms[0]))
    assert case.owner is None


def test_a_lapsed_alarm_is_refused_and_opens_nothing(area, firms, staff):
    from zhizao.apps.warning.models import Alarm

    one = alarm(area, firms[0])
    Alarm.objects.filter(pk=one.pk).update(lapsed_as_of=AS_OF, lapsed_why="changed")
    one.refresh_from_db()
    with pytest.raises(Refused) as refused:
        services.open_for_alarm(actor=staff, alarm=one)
    assert refused.value.problems[0].code == "assist.alarm_lapsed"
    assert not Case.objects.exists()


@pytest.mark.parametrize("role", ["leader", "auditor", "enterprise_manager", "park_operator"])
def test_who_may_not_act_opens_nothing(area, firms, person, role):
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        services.open_for_alarm(actor=person(role), alarm=alarm(area, firms[0]))
    assert not Case.objects.exists()


# --- what the packs say


def test_each_family_has_a_measure_and_each_topic(area):
    from zhizao.apps.assist.models import Topic

    pack = pack_of(area, AS_OF)
    assert all(pack.best(family=family) for family in pack.stakes.depths)
    assert all(pack.best(topic=topic) for topic in Topic.values)
    assert all(one.confidence in "HML" and one.source for one in pack.measures)


def test_the_measure_for_the_worst_figure_goes_first(area):
    pack = pack_of(area, AS_OF)
    assert pack.best(family="distress", indicator="employees").key == "staff"
    assert pack.best(family="distress").indicators == ()


def test_a_day_before_the_pack_is_refused(area):
    with pytest.raises(Refused) as refused:
        pack_of(area, dt.date(1999, 12, 31))
    assert refused.value.problems[0].code == "assist.no_stakes"


def test_the_rule_that_takes_alarms_holds_its_own_cases():
    from importlib.resources import files

    from zhizao.kernel.rules import Rulebook, check_cases

    folder = files("zhizao") / "packs/china/assist/rules"
    assert check_cases(Rulebook.load([folder / "take.yaml"])) == []
