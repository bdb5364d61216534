"""Gaps and local sourcing: to which node a purchase belongs, classes with their rows, gains, candidates, coverage."""

from __future__ import annotations

import pytest
from django.urls import reverse
from tests.apps.chain.conftest import FIRMS
from tests.apps.chain.trading import link, region, trade_inside, trade_outside

from zhizao.apps.chain import gaps_queries, gaps_run, risk_queries
from zhizao.apps.chain import risk_services as services
from zhizao.base.facts import services as facts

pytestmark = pytest.mark.django_db
A, B, C = FIRMS


@pytest.fixture
def trading(area, chain, firms):
    trade_inside(firms)
    trade_outside(area, firms)
    return firms


def computed(area):
    return risk_queries.computed(services.compute_now(actor=None, area=area)[1])


def node(found, name):
    return next(row for row in found.data["nodes"] if row["name"] == name)


def gaps_of(found, name) -> dict[str, str]:
    return {gap["gap"]: gap["status"] for gap in node(found, name)["gaps"]}


def test_a_purchase_belongs_to_the_node_of_its_product_else_to_that_of_its_supplier(area, trading):
    found = computed(area).data
    springs = next(row["subject"] for row in found["nodes"] if row["name"] == "弹簧")
    whole = next(row["subject"] for row in found["nodes"] if row["name"] == "整机")
    at = {(row["supplier"], row["buyer"]): row["node"] for row in found["purchases"]}
    a, b, c = (firm.key for firm in trading)
    assert (at[c, a], at[a, b]) == (springs, whole)  # by their supplier's node
    assert at[f"area:{area.code}.远区.outside", b] == springs  # by its product
    assert at[f"area:{area.code}.outside", a] is None


def test_local_sourcing_by_value_and_by_count_is_what_is_worked_out_by_hand(area, trading):
    found = computed(area).data
    springs = next(row for row in found["sourcing"]["node"] if row["group"] == node(computed(area), "弹簧")["subject"])
    # bought 100 of c here and 50 of one supplier far away
    assert (springs["share_by_value"], springs["share_by_count"]) == (pytest.approx(2 / 3), 0.5)
    buyer = {row["group"]: row for row in found["sourcing"]["buyer"]}[trading[1].key]
    # b: 100 of a here, 50 of four outside, 50 of one far away
    assert (buyer["suppliers"], buyer["suppliers_local"], buyer["share_by_value"]) == (6, 1, 0.5)
    assert buyer["coverage_by_value"] == 1.0
    chain = found["chain_shares"][found["nodes"][0]["chain"]]
    assert chain == {"share": pytest.approx(200 / 250), "coverage": 1.0}


def test_an_unknown_amount_lowers_the_coverage_and_not_the_share(area, trading):
    a, b, _c = trading
    facts.state([link(b, a, None)])
    row = {row["group"]: row for row in computed(area).data["sourcing"]["buyer"]}[a.key]
    assert row["share_by_value"] == 0.5
    assert row["coverage_by_value"] is None  # how much is bought in all is unknown


def test_what_goes_to_no_node_is_told(area, trading):
    assert computed(area).data["of_no_node"] == {"relations": 6, "wan_yuan": 150.0, "all_wan_yuan": 400.0}


def test_a_node_where_nobody_is_and_something_is_bought_is_missing(area, trading, chain):
    a, _b, _c = trading
    from zhizao.apps.chain import services as graph

    graph.add_node(actor=None, chain=chain.subject, chain_name=chain.name, name="压缩机", stage="上游", source="visit")
    assert gaps_of(computed(area), "压缩机")["missing"] == "unknown"  # nothing is known of what is bought
    facts.state([link(region(area, "近区"), a, 80, product="压缩机")])
    found = computed(area)
    assert gaps_of(found, "压缩机") == {
        "missing": "yes",
        "single_source": "yes",
        "exposed": "yes",
        "critical": "unknown",
    }
    gap = node(found, "压缩机")["gaps"][0]
    bought = [found.data["purchases"][row] for row in gap["rows"]]
    assert [(row["product"], row["wan_yuan"]) for row in bought] == [("压缩机", 80.0)]
    # rate of the area's own firms: 1 − cost / revenue of a and b, (200 + 80) of 800 and 200; c buys nothing recorded
    rate = 1 - (280 + 200) / 800
    assert found.data["value_added_rate"] == pytest.approx(rate)
    assert gap["gain_wan_yuan"] == pytest.approx(80 * rate)


def test_goods_from_anywhere_outside_are_of_unknown_region(area, trading):
    from zhizao.apps.registry.linking import outside

    facts.state([link(outside(area), trading[2], 900, product="整机", parties=None)])
    assert gaps_of(computed(area), "整机")["exposed"] == "unknown"


def test_several_unnamed_suppliers_are_no_single_source(area, trading):
    from zhizao.apps.registry.linking import outside

    facts.state([link(outside(area), trading[0], 900, product="弹簧", parties=None)])
    assert "single_source" not in gaps_of(computed(area), "弹簧")


def test_a_second_supplier_of_a_single_source_is_run(area, trading):
    gap = next(row for row in node(computed(area), "整机")["gaps"] if row["gap"] == "single_source")
    assert gap["supplier"] == trading[0].key
    assert gap["esri_before"] == pytest.approx(0.7)
    assert gap["esri_gain"] > 0


def test_candidates_are_those_of_like_products_and_those_that_the_plan_names(area, trading):
    gap = next(row for row in node(computed(area), "整机")["gaps"] if row["status"] == "yes")
    assert all(row["firm"] != trading[0].key for row in gap["candidates"])
    springs = node(computed(area), "弹簧")["gaps"]
    named = [row for gap in springs for row in gap.get("candidates", ()) if row["local"] is None]
    assert all(row["called"] == "庚辛弹簧" for row in named)


def test_nodes_of_channels_have_no_gaps(area, trading):
    assert "输出" not in {row["name"] for row in computed(area).data["nodes"]}


def test_gap_of_nodes_gives_the_certain_classes_and_what_opens_them(browse, analyst, area, trading, other_area):
    assert gaps_queries.gap_of_nodes(area) == {}
    found = computed(area)
    classes, reference = gaps_queries.gap_of_nodes(area)[node(found, "整机")["subject"]]
    assert "single_source" in classes
    assert browse(analyst).get(reverse("evidence:figure", args=[reference])).status_code == 200
    assert gaps_queries.gap_of_nodes(other_area) == {}


def test_the_same_trade_gives_the_same_gaps(area, trading):
    assert computed(area).run.pk == computed(area).run.pk
    assert computed(area).run.engine == gaps_run.ENGINE


def test_another_tier_gives_another_run(area, trading):
    from zhizao.apps.registry.models import Attribute

    before = computed(area).run
    facts.state([Attribute(subject=trading[0], name="tier", value="龙头", source="list")])
    found = computed(area)
    assert found.run.pk != before.pk
    assert [row["group"] for row in found.data["sourcing"]["tier"]] == ["龙头"]


def test_the_pages_of_gaps_and_local_sourcing(browse, analyst, area, trading):
    browser = browse(analyst)
    assert "整机" not in browser.get(reverse("chain:gaps")).content.decode()  # nothing computed yet
    found = computed(area)
    assert "整机" in browser.get(reverse("chain:gaps")).content.decode()
    page = browser.get(reverse("chain:gap_node", args=[node(found, "整机")["subject"].removeprefix("node:")]))
    assert A in page.content.decode() and B in page.content.decode()
    assert browser.get(reverse("chain:gap_node", args=["0" * 12])).status_code == 404
    for by in gaps_run.GROUPS:
        assert browser.get(reverse("chain:sourcing"), {"by": by}).status_code == 200
    sheet = browser.get(reverse("chain:sourcing"), {"by": "buyer", "format": "csv"}).content.decode("utf-8-sig")
    assert B in sheet and "50" in sheet


def test_the_pages_are_closed_to_others(browse, person, area, trading):
    computed(area)
    for role in ("enterprise_manager", "bank", "park_operator"):
        for name in ("gaps", "sourcing", "what_if"):
            assert browse(person(role)).get(reverse(f"chain:{name}")).status_code == 403
            break
