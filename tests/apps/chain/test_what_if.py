"""What-ifs: exact losses in the end and day by day, refusals, storing with its event, two side by side."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from tests.apps.chain.conftest import FIRMS
from tests.apps.chain.trading import trade_inside, trade_outside

from zhizao.apps.chain import risk_services as services
from zhizao.apps.chain import what_if_run
from zhizao.apps.chain.risk_models import Scenario as Stored
from zhizao.apps.chain.what_if_run import Scenario, Second
from zhizao.base.events.models import Event
from zhizao.base.jobs.execution import execute
from zhizao.base.jobs.models import Job
from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db
A, B, C = FIRMS


@pytest.fixture
def trading(area, chain, firms):
    trade_inside(firms)
    trade_outside(area, firms)
    return firms


@pytest.fixture
def basis(area, trading):
    return services.basis(area)


def scenario(**parts) -> Scenario:
    return Scenario(**{"stops": {}, "regions": {}, "lost": (), "second": None, "days": 30} | parts)


def run(basis, **parts):
    return what_if_run.make(basis.trade, basis.chains, scenario(**parts))


def kept(basis, actor=None, **parts):
    wanted = scenario(**parts)
    output = what_if_run.make(basis.trade, basis.chains, wanted)
    return services.keep_what_if(actor=actor, found=basis, scenario=wanted, output=output)


def losses(found) -> dict[str, float]:
    return {row["name"]: round(row["loss"], 10) for row in found["firms"]}


def test_a_stop_costs_what_systemic_risk_says(basis, trading):
    found = run(basis, stops={trading[2].key: 100.0})
    assert round(found["esri"], 10) == 0.5
    assert losses(found) == {A: 0.5, B: 0.25, C: 1.0}


def test_half_a_stop_costs_its_buyer_less_than_half_as_the_rest_of_the_class_steps_in(basis, trading):
    # of the class 50 + 100 (1 − l) is left, so that c can partly be replaced: l = 0.25 · 100 / (150 − 100 l)
    assert losses(run(basis, stops={trading[2].key: 50.0}))[A] == round((3 - 5**0.5) / 4, 10)


def test_a_region_that_fails_takes_its_share_of_the_purchases(basis):
    # b buys 50 of 200 from there, a loses 100/400 of its revenue with b's loss, c 100/200 of that
    assert losses(run(basis, regions={"远区": 100.0})) == {B: 0.25, A: 0.0625, C: 0.03125}


def test_a_lost_customer_takes_its_share_of_the_revenue_up_the_chain(basis, trading):
    a, b, _c = trading
    found = run(basis, lost=((a.key, b.key),))
    assert losses(found) == {A: 0.25, C: 0.125}
    assert round(found["esri"], 10) == round(0.4 * 0.25 + 0.2 * 0.125, 10)


def test_a_second_supplier_lowers_the_loss_and_says_what_it_was_without(basis, trading):
    a, b, c = trading
    found = run(basis, second=Second(buyer=a.key, supplier=c.key, second=b.key, share_pct=50.0))
    assert round(found["esri_without_second"], 10) == 0.5  # c stops, as nothing else is said
    assert found["esri"] < 0.5


def test_day_by_day_the_direct_loss_is_the_output_of_the_days(basis, trading):
    found = run(basis, stops={trading[2].key: 100.0}, days=30)
    assert found["direct_wan_yuan"] == pytest.approx(200 / 365 * 30)
    assert len(found["lost_by_day"]) == 30 + what_if_run.AFTER_DAYS
    assert found["lost_by_day"][0] == pytest.approx(200 / 365)  # stocks carry the buyers on the first day
    assert found["baseline_wan_yuan_a_day"] == pytest.approx(1000 / 365)


def test_day_by_day_a_lost_customer_is_demand_that_is_gone(basis, trading):
    a, b, _c = trading
    found = run(basis, lost=((a.key, b.key),), days=10)
    assert found["direct_wan_yuan"] == pytest.approx(100 / 365 * 10)
    assert found["lost_by_day"][0] == pytest.approx(100 / 365)


def test_a_link_that_is_not_there_is_refused(basis, trading):
    _a, b, c = trading
    with pytest.raises(Refused) as found:
        run(basis, lost=((b.key, c.key),))
    assert found.value.problems[0].code == "chain.no_link"


def test_the_same_scenario_gives_the_same_run(basis, trading):
    stops = {trading[2].key: 100.0}
    assert kept(basis, stops=stops).pk == kept(basis, stops=stops).pk
    assert kept(basis, stops={trading[2].key: 99.0}).pk != kept(basis, stops=stops).pk


def test_a_scenario_is_the_same_after_a_round_through_json(trading):
    a, b, c = (firm.key for firm in trading)
    full = scenario(stops={a: 10.0}, regions={"远区": 5.0}, lost=((a, b),), second=Second(a, c, b, 20.0), days=3)
    assert Scenario.of(full.plain()) == full


def test_storing_gives_it_a_name_and_tells_it(basis, trading, office):
    found = services.store_scenario(actor=office, run=kept(basis, stops={trading[2].key: 100.0}), name=" 丙丁 停产 ")
    assert found.name == "丙丁 停产"
    event = Event.objects.get(name="chain.scenario_stored")
    assert (event.payload["name"], event.payload["run"]) == ("丙丁 停产", found.run.sha12)
    again = services.store_scenario(actor=office, run=found.run, name="丙丁 停产")
    assert again == found and Event.objects.filter(name="chain.scenario_stored").count() == 1


def test_a_name_stands_once_in_an_area(basis, trading, office):
    services.store_scenario(actor=office, run=kept(basis, stops={trading[2].key: 100.0}), name="停产")
    other = kept(basis, stops={trading[0].key: 100.0})
    for name in ("停产", "", "长" * 121):
        with pytest.raises(Refused) as found:
            services.store_scenario(actor=office, run=other, name=name)
        assert found.value.problems[0].remedy
    assert Stored.objects.count() == 1


@pytest.mark.parametrize("role", ["leader", "auditor", "enterprise_manager"])
def test_others_do_not_store(basis, trading, person, role):
    with pytest.raises(PermissionDenied):
        services.store_scenario(actor=person(role), run=kept(basis, stops={trading[2].key: 100.0}), name="停产")
    assert not Stored.objects.exists()


FORM = {"loss_pct": "100", "region_loss_pct": "100", "second_share_pct": "50", "days": "30"}


def test_the_form_runs_in_the_worker_and_the_wait_leads_to_the_result(browse, office, area, trading):
    services.compute_now(actor=None, area=area)
    browser = browse(office)
    answer = browser.post(reverse("chain:what_if"), FORM | {"firm_1": C})
    job = Job.objects.get(kind="chain.what_if")
    assert answer["Location"] == reverse("chain:what_if_wait", args=[job.pk])
    assert browser.get(answer["Location"]).status_code == 200
    execute(job.pk)
    to = browser.get(answer["Location"])["Location"]
    page = browser.get(to).content.decode()
    assert "50.00%" in page and f"{C} → {A}" in page
    by_script = browser.get(answer["Location"], headers={"HX-Request": "true"})
    assert (by_script.status_code, by_script["HX-Redirect"]) == (204, to)
    chart = browser.get(f"{to}data/").json()
    assert len(chart["categories"]) == 30 + what_if_run.AFTER_DAYS
    stored = browser.post(f"{to}store/", {"name": "丙丁停产"})
    assert stored.status_code == 302 and Stored.objects.get().name == "丙丁停产"
    changed = browser.get(reverse("chain:what_if"), {"from": Stored.objects.get().run.sha12}).content.decode()
    assert f'value="{C}"' in changed


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, None),
        ({"firm_1": "无此企业"}, "firm_1"),
        ({"firm_1": C, "days": "0"}, "days"),
        ({"firm_1": C, "days": "9999"}, "days"),
        ({"firm_1": C, "loss_pct": "101"}, "loss_pct"),
        ({"firm_1": C, "loss_pct": "nan"}, "loss_pct"),
        ({"region": "无此地区"}, "region"),
        ({"lost_supplier": A}, "lost_buyer"),
        ({"second": A, "second_buyer": B}, "second_first"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused_at_its_field(browse, office, area, trading, said, field):
    services.compute_now(actor=None, area=area)
    answer = browse(office).post(reverse("chain:what_if"), FORM | said)
    assert answer.status_code == 422
    assert not Job.objects.exists()
    errors = answer.context["form"].errors
    assert (field or "__all__") in errors


def test_two_stored_scenarios_stand_side_by_side(browse, analyst, basis, trading, office):
    one = services.store_scenario(actor=office, run=kept(basis, stops={trading[2].key: 100.0}), name="全停")
    two = services.store_scenario(actor=office, run=kept(basis, stops={trading[2].key: 50.0}), name="半停")
    page = browse(analyst).get(reverse("chain:what_if_compare"), {"a": one.pk, "b": two.pk}).content.decode()
    assert "全停" in page and "半停" in page and "0.5000" in page
    assert browse(analyst).get(reverse("chain:what_if_compare"), {"a": one.pk, "b": "x"}).status_code == 302


def test_a_what_if_of_another_area_is_not_found(browse, person, other_area, basis, trading):
    sha12 = kept(basis, stops={trading[2].key: 100.0}).sha12
    stranger = browse(person("analyst", area=other_area))
    assert stranger.get(reverse("chain:what_if_result", args=[sha12])).status_code == 404
    assert stranger.post(reverse("chain:what_if_store", args=[sha12]), {"name": "x"}).status_code == 404
