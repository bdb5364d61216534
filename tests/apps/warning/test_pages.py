"""The pages of early warning: what they say, to whom, of which day; what they do not say of few."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from tests.apps.warning import told

from zhizao.apps.warning import cutoffs, lamp_queries
from zhizao.apps.warning.models import CutOff
from zhizao.engines.warning.lamps import Lamp
from zhizao.kernel.result import Refused

BOUNDS = {"red": Decimal(15), "yellow": Decimal(11), "green": Decimal(5), "light_blue": Decimal(2)}
LONG_AGO = dt.date(2020, 1, 1)


@pytest.fixture
def subject(area):
    from zhizao.base.facts import services

    one = services.subject(kind="enterprise", id_part="l0", area=area)
    known = {"source": "test", "known_from": dt.datetime(2021, 1, 1, tzinfo=dt.UTC)}
    services.state([services.name(one, "registered", "甲厂", **known)])
    return one


@pytest.fixture
def park(area):
    from zhizao.base.facts import services

    return services.subject(kind="park", id_part="南园", area=area)


@pytest.fixture
def alarm(area, subject):
    from zhizao.apps.ledger import services

    services.load_indicators()
    return told.alarm(area, subject)


@pytest.fixture
def analyst(person):
    return person("analyst")


@pytest.fixture
def read(client, analyst):
    """``read(path)``: the page as the analyst sees it, in English."""

    def opened(path: str, *, by=None, status: int = 200, **data):
        client.force_login(by or analyst, backend="django.contrib.auth.backends.ModelBackend")
        client.cookies["django_language"] = "en"
        answer = client.get(path, data)
        assert answer.status_code == status, answer.content.decode()[:500]
        return answer.content.decode()

    return opened


# --- lamps


def test_a_group_has_its_risk_lamp_from_the_share_in_distress(area, analyst):
    # one of ten is 10 %, red from 8 % on; one of eight is 12.5 %
    told.lamps(area)
    region, electronics, *_ = lamp_queries.lamps(analyst, area)
    assert (region.risk_pct, region.risk, region.known, region.of) == (10.0, Lamp.RED, 10, 10)
    assert (electronics.risk_pct, electronics.risk) == (12.5, Lamp.RED)


def test_of_two_enterprises_nothing_is_told_but_that_they_are_two(area, analyst, read):
    told.lamps(area)
    machines = lamp_queries.group(analyst, area, "sector:装备")
    assert not machines.is_told
    assert (machines.risk, machines.diffusion, machines.composite, machines.year_sum, machines.known) == (
        None, None, None, None, 2,
    )  # fmt: skip
    page = read("/warning/lamps/", group="sector:装备")
    assert "too few to be told" in page
    assert "<x-chart" not in page


def test_without_cut_offs_the_classic_lamp_is_dark_and_says_so(area, analyst, read):
    told.lamps(area)
    told.run(area)
    assert lamp_queries.group(analyst, area, "").lamp is None
    assert "none are published" in read("/warning/")


def test_a_cut_off_gives_the_colour_from_its_day_on_and_a_day_before_it_was_known_does_not_have_it(area, analyst):
    # growth of June 2024 on June 2023: (1 + 0.26) / (1 + 0.15) is 9.6 %, green; one of one known: 3 of 5 points
    told.lamps(area)
    cutoffs.set_cut_off(
        actor=analyst, area=area, key="gross_output", colours=BOUNDS, effective_from=dt.date(2024, 1, 1), why="x"
    )
    region = lamp_queries.group(analyst, area, "")
    value, colour = region.last.single["gross_output"]
    assert value == pytest.approx(100 * (1.26 / 1.15 - 1))
    assert colour == Lamp.GREEN
    assert (region.percent, region.lamp, region.last.known_lamps, region.last.of_lamps) == (60.0, Lamp.GREEN, 1, 6)
    by_month = {str(month.span): month.single["gross_output"][1] for month in region.months}
    assert by_month["2023-12"] is None
    assert by_month["2024-02"] is not None
    assert lamp_queries.group(analyst, area, "", as_of=told.AS_OF).lamp is None


def test_bounds_that_do_not_fall_are_refused_and_nothing_is_kept(area, analyst):
    with pytest.raises(Refused) as refused:
        cutoffs.set_cut_off(
            actor=analyst, area=area, key="x", colours=BOUNDS | {"green": Decimal(12)}, effective_from=LONG_AGO, why="x"
        )
    assert refused.value.problems[0].code == "warning.cut_off_order"
    assert not CutOff.objects.exists()


def test_bounds_need_a_reason(area, analyst):
    with pytest.raises(Refused):
        cutoffs.set_cut_off(actor=analyst, area=area, key="x", colours=BOUNDS, effective_from=LONG_AGO, why=" ")
    assert not CutOff.objects.exists()


def test_only_an_analyst_sets_bounds(area, person, client, read):
    from django.core.exceptions import PermissionDenied

    told.lamps(area)
    leader = person("leader")
    with pytest.raises(PermissionDenied):
        cutoffs.set_cut_off(actor=leader, area=area, key="x", colours=BOUNDS, effective_from=LONG_AGO, why="x")
    assert "Set the bounds" not in read("/warning/lamps/cut-offs/", by=leader)
    assert client.post("/warning/lamps/cut-offs/", {}).status_code == 403
    assert not CutOff.objects.exists()


def test_the_form_keeps_what_was_typed_when_bounds_are_refused(area, analyst, client, read):
    told.lamps(area)
    read("/warning/lamps/cut-offs/")
    said = {"key": "gross_output", "effective_from": "2024-01-01", "why": "decided in March"}
    wrong = said | {"red": "5", "yellow": "6", "green": "1", "light_blue": "0"}
    answer = client.post("/warning/lamps/cut-offs/", wrong)
    assert answer.status_code == 422
    assert "decided in March" in answer.content.decode()
    right = said | {name: str(value) for name, value in BOUNDS.items()}
    assert client.post("/warning/lamps/cut-offs/", right).status_code == 302
    assert CutOff.objects.get().colours == {"red": "15", "yellow": "11", "green": "5", "light_blue": "2"}


def test_proposed_bounds_are_marked_and_proposed_once(area, analyst):
    # sixteen months with growth are too few; with the least lowered, every lamp of the run gets a proposal
    told.lamps(area)
    assert cutoffs.propose(actor=analyst, area=area) == []
    known = [float(value) for value in range(101)]
    assert cutoffs.quantiles(known)["red"] == Decimal("90.0")


def test_a_parks_operator_sees_its_park_and_no_other_group(area, person, park, monkeypatch):
    told.lamps(area, parks=[park])
    operator = person("park_operator")
    assert lamp_queries.lamps(operator, area) == []
    from zhizao.base.facts import services

    known = {"source": "test", "known_from": dt.datetime(2021, 1, 1, tzinfo=dt.UTC)}
    services.state([services.name(park, "registered", operator.organisation.name, **known)])
    assert [group.key for group in lamp_queries.lamps(operator, area)] == [park.key]
    assert lamp_queries.group(operator, area, "sector:电子") is None


def test_another_areas_lamps_are_not_there(area, person):
    from tests.factories import make_area

    told.lamps(area)
    stranger = person("analyst", area=make_area(code="990702", name="乙区"))
    assert lamp_queries.lamps(stranger, area) == []


# --- the overview and the list


def test_before_a_run_the_overview_says_what_is_to_be_done(area, read):
    page = read("/warning/")
    assert "No run of the early warning is known." in page
    assert "Look for alarms" in page


def test_the_overview_answers_with_alarms_and_the_share_in_distress(area, alarm, read):
    told.lamps(area)
    page = read("/warning/")
    assert "1 alarm stands as of Jun 2024, 1 of them serious" in page
    assert "10.0% of the enterprises that report are in distress: high risk" in page
    assert "甲厂" in page
    assert "1 thing was not looked at" in page


def test_a_day_before_the_run_knows_of_nothing(area, alarm, read):
    told.lamps(area)
    assert "No run of the early warning is known." in read("/warning/", as_of="2024-07-19")
    read(f"/warning/alarms/{alarm.pk}/", as_of="2024-07-19", status=404)


def test_sectors_stand_in_on_the_tiles_where_fewer_than_two_places_report(area, analyst, park):
    from zhizao.apps.warning import tiles

    told.lamps(area, parks=[park])
    picture = tiles.picture(lamp_queries.lamps(analyst, area))
    assert not picture.of_places
    assert [tile.group.key for tile in picture.tiles] == ["sector:电子", "sector:装备"]
    assert all(tile.width >= tiles.LEAST_WIDTH - tiles.GAP for tile in picture.tiles)


def test_the_list_is_narrowed_by_the_address_and_exported_whole(area, alarm, read):
    assert "甲厂" in read("/warning/alarms/", family="distress", severity="serious", month=told.MONTH)
    assert "甲厂" not in read("/warning/alarms/", family="path")
    assert "甲厂" not in read("/warning/alarms/", text="乙")
    assert "甲厂" in read("/warning/alarms/", format="csv")
    assert "甲厂" in read("/warning/alarms/", family="no such family")


def test_lapsed_alarms_are_listed_only_when_asked_for(area, alarm, read):
    alarm.lapsed_as_of, alarm.lapsed_why = dt.date(2024, 8, 20), "data_withdrawn"
    alarm.save()
    assert "甲厂" not in read("/warning/alarms/")
    assert "甲厂" in read("/warning/alarms/", lapsed="on")
    assert "甲厂" in read("/warning/alarms/", as_of="2024-08-19")


# --- one alarm


def test_an_alarm_shows_its_arithmetic_rule_and_what_would_undo_it(area, alarm, read):
    told.lamps(area)
    page = read(f"/warning/alarms/{alarm.pk}/")
    for said in ("甲厂", "−9.6", "−60", "False calls at most as many", "most_false_pct", "13.01"):
        assert said in page, said
    assert "<x-chart" in page


def test_the_chart_opens_from_the_figure_to_what_was_expected_with_two_sigma(area, alarm, read):
    # σ is 10 % of a logarithm: 100 × 1.1⁻² and 100 × 1.1²
    import json

    data = json.loads(read(f"/warning/alarms/{alarm.pk}/figure.json"))
    assert data["series"][1]["values"][-1] == 100.0
    (band,) = data["bands"]
    assert (band["low"][-1], band["high"][-1]) == (82.6, 121.0)


def test_a_lapsed_alarm_still_opens_and_says_so_first(area, alarm, read):
    alarm.lapsed_as_of, alarm.lapsed_why = dt.date(2024, 8, 20), "data_withdrawn"
    alarm.save()
    page = read(f"/warning/alarms/{alarm.pk}/")
    assert "This alarm lapsed on 2024-08-20." in page
    assert "The figures it stood on were withdrawn." in page
    assert "This alarm lapsed" not in read(f"/warning/alarms/{alarm.pk}/", as_of="2024-08-19")


def test_an_alarm_of_a_rule_that_is_gone_still_opens(area, subject, alarm, read):
    gone = told.alarm(area, subject, rule="warning.gone", run=alarm.run)
    page = read(f"/warning/alarms/{gone.pk}/")
    assert "There is no rule “warning.gone” any more" in page
    assert "most_false_pct" in page


def test_a_wrong_rule_of_the_region_stops_the_next_run_but_nothing_that_was_found_is_hidden(
    area, alarm, read, monkeypatch, tmp_path
):
    from zhizao.apps.warning import rules
    from zhizao.base.forms.library import NATION, ROOT
    from zhizao.kernel.result import Refused

    (tmp_path / "warning").mkdir()
    wrong = (ROOT / NATION / "warning" / "distress.yaml").read_text().replace("distress_q_pct", "weather_q_pct")
    (tmp_path / "warning" / "distress.yaml").write_text(wrong)
    monkeypatch.setattr(rules, "_packs", lambda path: (str(ROOT / NATION), str(tmp_path)))
    with pytest.raises(Refused) as refused:
        rules.rules_of(area)
    assert refused.value.problems[0].place.file == "distress.yaml"
    assert "甲厂" in read("/warning/alarms/")
    assert "甲厂" in read("/warning/")
    assert "−60" in read(f"/warning/alarms/{alarm.pk}/")


def test_an_alarm_of_a_foreign_area_is_not_there(area, alarm, person, read):
    from tests.factories import make_area

    stranger = person("analyst", area=make_area(code="990702", name="乙区"))
    read(f"/warning/alarms/{alarm.pk}/", by=stranger, status=404)
    read(f"/warning/alarms/{alarm.pk}/figure.json", by=stranger, status=404)


def test_an_alarm_offers_what_apps_above_have_to_do_about_it_but_not_in_the_past(area, alarm, read, monkeypatch):
    from zhizao.apps.warning import acts

    offer = [lambda actor, found: [acts.Act("Make it a case", f"/x/{found.pk}/", posts=True)]]
    monkeypatch.setattr(acts, "_offers", offer)
    assert "Make it a case" in read(f"/warning/alarms/{alarm.pk}/")
    assert "Make it a case" not in read(f"/warning/alarms/{alarm.pk}/", as_of="2024-12-01")
