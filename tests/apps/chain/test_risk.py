"""Systemic risk of an area: revenue and cost with flows outside, exact figures, refusals, runs that repeat."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from tests.apps.chain.conftest import FIRMS
from tests.apps.chain.trading import link, trade_inside, trade_outside

from zhizao.apps.chain import network, risk_queries
from zhizao.apps.chain import risk_services as services
from zhizao.apps.registry import queries as registry
from zhizao.apps.registry.models import Absorption
from zhizao.base.audit.models import AuditEvent
from zhizao.base.evidence.models import Run
from zhizao.base.facts import services as facts
from zhizao.base.jobs.context import Cancelled
from zhizao.base.jobs.execution import execute
from zhizao.base.jobs.models import Job
from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db
A, B, C = FIRMS


@pytest.fixture
def trading(area, firms):
    trade_inside(firms)
    trade_outside(area, firms)
    return firms


@pytest.fixture
def computed(area, chain, trading):
    return services.compute_now(actor=None, area=area)


def trade(area):
    return network.trade(area, registry.view())


def esri(area) -> dict[str, tuple[float, float, float]]:
    found = services.compute_risk(services.basis(area), progress=lambda done, total: None)
    return {
        row["name"]: tuple(round(row[name], 10) for name in ("esri", "esri_down", "esri_up")) for row in found["firms"]
    }


def test_revenue_and_cost_count_what_is_traded_outside(area, trading):
    firms = {firm.name: (firm.revenue / 1e6, firm.cost / 1e6) for firm in trade(area).firms}
    assert firms == {A: (400, 200), B: (400, 200), C: (200, 0)}
    assert trade(area).known_shares == (1.0, 1.0)


def test_systemic_risk_is_what_is_worked_out_by_hand(area, trading):
    # c: 0.2 + 0.4·0.5 + 0.4·0.25; a: 0.4 + 0.4·0.5 down and 0.2·0.5 up; b: 0.4 + 0.4·0.25 + 0.2·0.125 up
    assert esri(area) == {A: (0.7, 0.6, 0.5), B: (0.525, 0.4, 0.525), C: (0.5, 0.5, 0.2)}


def test_vulnerability_is_the_mean_loss_over_all_stops(area, trading):
    found = services.compute_risk(services.basis(area), progress=lambda done, total: None)
    assert {row["name"]: round(row["vulnerability"], 10) for row in found["firms"]}[A] == round(
        (1 + 0.5 + 0.25) / 3, 10
    )


def test_estimated_links_and_those_of_unknown_amount_are_left_out_and_counted(area, trading):
    _a, b, c = trading
    before = esri(area)
    facts.state([link(c, b, 500, basis="estimated"), link(b, c, None)])
    assert esri(area) == before
    counts = trade(area).counts
    assert (counts["links"], counts["links_estimated"], counts["links_of_unknown_amount"]) == (2, 1, 1)


def test_a_record_that_goes_on_in_another_counts_there(area, trading):
    a, _b, c = trading
    facts.state([Absorption(subject=c, survivor=a, source="merger")])
    found = trade(area)
    assert {firm.name for firm in found.firms} == {A, B}
    assert len(found.inside) == 1  # what c sold to a is now inside a
    assert found.by_key[a.key].revenue == 500 * 1_000_000


def test_a_firm_of_unknown_sales_outside_is_an_upper_bound(area, firms):
    trade_inside(firms)
    trade_outside(area, firms, unknown={firms[2]})
    found = services.compute_risk(services.basis(area), progress=lambda done, total: None)
    assert {row["name"]: row["upper_bound"] for row in found["firms"]} == {A: False, B: False, C: True}
    assert found["counts"]["firms_of_unknown_revenue"] == 1


def test_without_flows_outside_nothing_is_computed_and_it_says_why(area, firms, analyst):
    trade_inside(firms)
    job = services.ask(actor=analyst, area=area)
    execute(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert [(item["code"], bool(item["remedy"])) for item in job.problems] == [("chain.closed", True)]
    assert not Run.objects.exists()


def test_without_links_nothing_is_computed(area, firms):
    with pytest.raises(Refused) as found:
        services.compute_now(actor=None, area=area)
    assert found.value.problems[0].code == "chain.no_links"
    assert not Run.objects.exists()


def test_the_same_links_give_the_same_run(area, computed):
    again = services.compute_now(actor=None, area=area)
    assert [run.pk for run in again] == [run.pk for run in computed]


def test_another_link_gives_another_run(area, trading, computed):
    a, b, _c = trading
    facts.state([link(b, a, 1)])
    assert services.compute_now(actor=None, area=area)[0].pk != computed[0].pk


def test_a_job_computes_and_says_where_to_look(area, chain, trading, office):
    job = services.ask(actor=office, area=area)
    execute(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert job.result["url"] == reverse("chain:risk")
    assert Run.objects.filter(engine="chain.risk").get().made_by == office
    assert AuditEvent.objects.filter(action="chain.compute_risk").count() == 1


def test_a_cancelled_computation_stores_nothing(area, trading):
    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        services.compute_risk(services.basis(area), progress=stop)
    assert not Run.objects.exists()


@pytest.mark.parametrize("role", ["leader", "auditor", "enterprise_reporter", "bank"])
def test_others_do_not_have_it_computed(area, trading, person, role):
    with pytest.raises(PermissionDenied):
        services.ask(actor=person(role), area=area)
    assert not Job.objects.exists()


def test_another_area_is_not_computed(other_area, analyst):
    with pytest.raises(PermissionDenied):
        services.ask(actor=analyst, area=other_area)


def test_the_risk_of_enterprises_is_that_of_the_last_run(area, trading, computed, other_area):
    a, b, c = trading
    found = risk_queries.risk_of_enterprises(area)
    assert {pk: round(value, 10) for pk, value in found.items()} == {a.pk: 0.7, b.pk: 0.525, c.pk: 0.5}
    assert risk_queries.risk_of_enterprises(other_area) == {}


def test_a_node_stops_with_all_its_enterprises(computed):
    found = risk_queries.computed(computed[0]).data
    nodes = {row["name"]: (row["firms"], row["esri"]) for row in found["nodes"]}
    assert nodes["弹簧"] == (1, pytest.approx(0.5))
    assert nodes["输出"] == (None, None)  # nobody of the network stands there: unknown, not nought
    # a and c together: b loses 0.5, weights 0.4 and 0.2 and 0.4
    assert found["chains"][0]["esri"] == pytest.approx(0.8)


def test_the_page_names_the_first_and_opens_every_figure(browse, analyst, computed):
    page = browse(analyst).get(reverse("chain:risk")).content.decode()
    assert A in page and "70.0%" in page
    reference = f"{computed[0].sha12}:/firms/0/esri"
    opened = browse(analyst).get(reverse("chain:risk"), {"evidence": reference})
    assert opened.status_code == 200
    figure = browse(analyst).get(reverse("evidence:figure", args=[reference]))
    assert figure.status_code == 200 and "0.7" in figure.content.decode()


def test_the_page_before_the_first_run_says_what_to_do(browse, analyst, computed):
    page = browse(analyst).get(reverse("chain:risk"), {"as_of": "2024-06-01"}).content.decode()
    assert A not in page
    assert reverse("chain:risk_compute") not in page  # nothing is computed looking back


def test_the_risk_of_one_enterprise_stands_on_its_page_and_in_its_file(browse, analyst, trading, computed):
    key = trading[2].id_part
    page = browse(analyst).get(reverse("chain:risk_firm", args=[key])).content.decode()
    assert f"{C} → {A}" in page and "0.5000" in page
    file = browse(analyst).get(reverse("registry:file", args=[key])).content.decode()
    assert reverse("chain:risk_firm", args=[key]) in file


def test_an_enterprise_does_not_read_the_risk_of_others_nor_its_own(browse, person, trading, computed):
    user = person("enterprise_reporter")
    assert browse(user).get(reverse("chain:risk")).status_code == 403
    assert browse(user).get(reverse("chain:risk_firm", args=[trading[0].id_part])).status_code == 403


def test_the_analyst_of_another_area_finds_no_run(browse, person, other_area, trading, computed):
    stranger = person("analyst", area=other_area)
    assert A not in browse(stranger).get(reverse("chain:risk")).content.decode()
    assert browse(stranger).get(reverse("chain:risk_firm", args=[trading[0].id_part])).status_code == 404


def test_a_post_asks_for_the_computation_and_leads_to_its_job(browse, office, trading):
    answer = browse(office).post(reverse("chain:risk_compute"))
    assert answer.status_code == 302
    assert Job.objects.get(kind="chain.risk").owner == office
