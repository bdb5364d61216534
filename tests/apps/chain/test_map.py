"""The map: where nodes stand, what links them, how they are filled and marked, what narrows it; its page and file."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from tests.apps.chain.drawn import draw, sell
from tests.factories import make_area, make_user

from zhizao.apps.chain import map_drawing, map_known, map_page, map_panel, map_words, services
from zhizao.apps.chain.map_data import Known, Wanted, risk_cuts
from zhizao.apps.chain.map_routes import CLEAR, line_rows
from zhizao.apps.registry import queries as registry
from zhizao.apps.registry import services as register
from zhizao.base.facts.queries import today

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def drawn(area):
    return draw(area)


@pytest.fixture
def page(client, office, drawn):
    """``page(node=…)``: the answer of the map's page."""
    client.force_login(office, backend="django.contrib.auth.backends.ModelBackend")

    def ask(name="map", **query):
        return client.get(reverse(f"chain:{name}", args=[drawn.chain.id_part]), query)

    return ask


def named(found) -> list[str]:
    return [node.view.name for node in found.nodes]


# --- where nodes stand, and what links them


def test_a_node_stands_in_the_stage_that_the_plan_prints_and_else_where_its_links_put_it(drawn, office):
    sell(drawn.firms["甲区乙模组有限公司"], drawn.firms["甲区丁整机有限公司"])
    found = drawn.map(office)
    assert {node.view.name: node.stage for node in found.nodes} == {
        "天线": "上游",
        "芯片": "上游",
        "模组": "中游",
        "整机": "下游",
        "门店": "下游",
    }
    columns = [node.column for node in found.nodes]
    assert columns == sorted(columns)


def test_a_node_without_stage_and_links_has_no_stage(drawn, office):
    assert drawn.map(office).node(drawn.nodes["整机"].key).stage == ""


def test_a_link_of_enterprises_is_an_edge_of_their_nodes_and_simulated_if_it_is(drawn, office):
    sell(drawn.firms["甲区甲芯片有限公司"], drawn.firms["甲区乙模组有限公司"], simulated=True)
    sell(drawn.firms["甲区甲芯片有限公司"], drawn.firms["甲区丙模组有限公司"])
    (edge,) = drawn.map(office).edges
    assert (edge.supplier, edge.buyer) == (drawn.nodes["芯片"].key, drawn.nodes["模组"].key)
    assert (edge.links, edge.simulated) == (2, True)


def test_links_inside_a_node_and_links_that_have_ended_are_no_edges(drawn, office):
    sell(drawn.firms["甲区乙模组有限公司"], drawn.firms["甲区丙模组有限公司"])
    sell(drawn.firms["甲区甲芯片有限公司"], drawn.firms["甲区乙模组有限公司"], until=date(2020, 1, 1))
    assert drawn.map(office).edges == ()


def test_a_layer_set_by_hand_makes_a_column_of_its_own(drawn, office):
    before = drawn.map(office)
    services.set_node(actor=None, node=drawn.nodes["天线"], layer=1, source="moved by the office")
    after = drawn.map(office)
    assert before.node(drawn.nodes["天线"].key).column == before.node(drawn.nodes["芯片"].key).column
    assert after.node(drawn.nodes["天线"].key).column == after.node(drawn.nodes["芯片"].key).column + 1
    assert [(column.stage, column.number) for column in after.columns][:2] == [("上游", 1), ("上游", 2)]


def test_a_node_without_links_stands_with_the_first_of_its_stage_that_have_some(drawn, office):
    sell(drawn.firms["甲区甲芯片有限公司"], drawn.firms["甲区乙模组有限公司"])
    sell(drawn.firms["甲区乙模组有限公司"], drawn.firms["甲区丁整机有限公司"])
    found = drawn.map(office)
    assert found.node(drawn.nodes["门店"].key).column == found.node(drawn.nodes["整机"].key).column == 2


def test_a_line_over_several_columns_runs_where_no_box_stands():
    boxes = {"b": (1, 0.0), "c": (1, 1.0), "d": (1, 2.0), "e": (2, 0.5), "f": (2, 1.5)}
    at = {"a": (0, 1.0), "z": (3, 1.0), **boxes}
    far, near = line_rows(at, [("a", "z"), ("a", "d")])
    assert far in (-0.5, 2.5)
    assert near == 1.0  # nothing stands between
    assert line_rows({"a": (0, 1.0), "b": (1, 1.0), "z": (2, 3.0)}, [("a", "z")]) == [3.0]


@given(
    ends=st.tuples(st.integers(0, 12), st.integers(0, 12)),
    boxes=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 24)), max_size=30),
)
def test_wherever_the_boxes_stand_a_line_passes_none(ends, boxes):
    at = {f"box{n}": (column, row / 2) for n, (column, row) in enumerate(boxes)}
    (row,) = line_rows({"a": (0, ends[0] / 2), "z": (5, ends[1] / 2), **at}, [("a", "z")])
    assert all(abs(row - box) >= CLEAR for _column, box in at.values())


# --- who is here, gaps and risk


def test_presence_is_none_one_or_several_enterprises_and_channels_have_no_gap(drawn, office):
    found = drawn.map(office)
    assert {node.view.name: node.presence for node in found.nodes} == {
        "天线": "bad",
        "芯片": "watch",
        "模组": "good",  # two enterprises under three names
        "整机": "watch",
        "门店": "none",
    }
    assert [(node.here_count, node.named) for node in found.nodes if node.view.name in ("模组", "门店")] == [
        (2, 3),
        (None, 1),
    ]


def test_the_answer_counts_the_whole_chain_whatever_the_map_is_narrowed_to(drawn, office):
    with override("en"):
        answers = {map_page.answer(drawn.map(office, wanted=wanted)) for wanted in (Wanted(), Wanted(local=True))}
    assert answers == {"Of 4 nodes 1 have no enterprise of the region, 2 have one only"}


def test_nodes_are_listed_by_risk_and_those_of_unknown_risk_last(drawn, office):
    known = Known(nodes={drawn.nodes["模组"].key: (0.02, "run:/1"), drawn.nodes["芯片"].key: (0.2, "run:/2")})
    found = drawn.map(office, known)
    assert [node.view.name for node in found.by_risk][:3] == ["芯片", "模组", "天线"]
    assert (found.nodes[0].risk, found.level(None)) == (None, 0)


def test_a_risk_on_a_cut_is_in_the_higher_step(drawn, office):
    found = drawn.map(office)
    assert found.cuts == risk_cuts(today()) == (0.01, 0.05, 0.15)
    assert [found.level(risk) for risk in (0.0, 0.0099, 0.01, 0.05, 0.15, 1.0)] == [1, 1, 2, 3, 4, 4]


def test_nodes_with_nobody_are_spoken_of_first(drawn, office):
    known = Known(nodes={drawn.nodes["芯片"].key: (0.9, "")})
    assert [node.view.name for node in drawn.map(office, known).lacking][:2] == ["天线", "芯片"]


# --- what narrows it


def test_local_only_keeps_the_nodes_with_an_enterprise_of_the_region(drawn, office):
    assert named(drawn.map(office, wanted=Wanted(local=True))) == ["芯片", "模组", "整机"]


def test_gaps_only_keeps_what_the_rules_found_and_else_nobody_or_one(drawn, office):
    wanted = Wanted(gaps=True)
    assert named(drawn.map(office, wanted=wanted)) == ["天线", "芯片", "整机"]
    known = Known({drawn.nodes["芯片"].key: ((), ""), drawn.nodes["模组"].key: (("critical",), "run:/1")})
    assert named(drawn.map(office, known, wanted)) == ["天线", "模组", "整机"]


def test_a_node_with_nobody_is_a_gap_even_if_no_rule_is_sure(drawn, office):
    found = drawn.map(office, Known({node.key: ((), "") for node in drawn.nodes.values()}))
    assert [node.view.name for node in found.lacking] == ["天线"]
    with override("en"):
        assert [map_words.gap_words(node) for node in found.nodes[:2]] == ["nobody here", "none found"]


def test_a_tier_keeps_the_nodes_with_an_enterprise_of_it(drawn, office, rf):
    firm = drawn.firms["甲区甲芯片有限公司"]
    register.set_attribute(actor=None, subject=firm, name="tier", value="龙头企业", valid_from=None, source="plan")
    seen = registry.view()
    wanted = map_known.wanted(office, rf.get("/", {"tier": "龙头企业"}).GET, seen)
    assert named(drawn.map(office, wanted=wanted)) == ["芯片"]


@pytest.mark.parametrize("query", [{"tier": "没有这一级"}, {"local": "yes"}, {"gaps": "'; drop"}, {"tier": "\x00"}])
def test_what_the_address_says_wrongly_narrows_nothing(drawn, office, rf, query):
    assert map_known.wanted(office, rf.get("/", query).GET, registry.view()) == Wanted()


# --- the drawing


def test_the_graph_has_a_box_for_each_node_with_mark_edge_and_choice(drawn, office):
    found = drawn.map(office, Known(nodes={drawn.nodes["芯片"].key: (0.4, "")}))
    graph = map_drawing.as_graph(found, href=lambda node: node.view.id, chosen=drawn.nodes["芯片"].key)
    boxes = {box["label"]: box for box in graph["nodes"]}
    assert (boxes["天线"]["mark"], boxes["天线"]["dashed"], boxes["天线"]["level"]) == ("▼", True, 0)
    assert (boxes["芯片"]["mark"], boxes["芯片"]["dashed"], boxes["芯片"]["level"]) == ("▲", False, 4)
    assert (boxes["门店"]["mark"], boxes["门店"]["dashed"]) == ("", False)
    assert [box["label"] for box in graph["nodes"] if box["chosen"]] == ["芯片"]


def test_the_svg_is_well_formed_whatever_a_name_holds(drawn, office):
    found = drawn.map(office)
    evil = replace(found.nodes[0], view=replace(found.nodes[0].view, name="<b>&\"x'"))
    drawing = map_drawing.as_svg(replace(found, nodes=(evil, *found.nodes[1:])), href=lambda _node: '?a="1"&b')
    root = ElementTree.fromstring(drawing)
    assert len(root.findall(f"{SVG}a")) == 5
    assert root.findall(f"{SVG}a")[0].find(f"{SVG}title").text.startswith("<b>&\"x'")
    assert "style" not in drawing
    assert "script" not in drawing


def test_the_colours_of_the_file_are_those_of_the_light_theme():
    css = (ROOT / "frontend/src/css/tokens.css").read_text(encoding="utf-8")
    light = dict(re.findall(r"--([\w-]+):\s*(#\w+)", css.partition('[data-theme="dark"]')[0]))
    names = ("ink", "ink-2", "line-2", "line-3", "paper", "surface", "risk-1", "risk-2", "risk-3", "risk-4")
    used = (map_drawing.INK, map_drawing.INK_2, map_drawing.LINE_2, map_drawing.LINE_3, map_drawing.PAPER)
    assert [light[name] for name in names] == [*used, *map_drawing.FILLS]


# --- the panels


def test_the_panel_of_a_node_says_who_is_here_who_is_not_and_with_whom_it_deals(drawn, office):
    sell(drawn.firms["甲区甲芯片有限公司"], drawn.firms["甲区乙模组有限公司"])
    panel = map_panel.node_panel(drawn.map(office), drawn.nodes["芯片"].id_part)
    assert [member.called for member in panel.node.here] == ["甲区甲芯片有限公司"]
    assert [member.name for member in panel.others] == ["外省芯片"]
    assert [(other.node.view.name, other.links) for other in panel.buyers] == [("模组", 1)]
    assert (panel.suppliers, panel.rank) == ((), None)


def test_the_panel_of_an_enterprise_counts_partners_in_the_region_once(drawn, office):
    firm, other = drawn.firms["甲区乙模组有限公司"], drawn.firms["甲区甲芯片有限公司"]
    sell(other, firm)
    found = drawn.map(office)
    panel = map_panel.firm_panel(office, found, Known(firms={firm.pk: 0.3}), firm.id_part, registry.view())
    assert (panel.suppliers, panel.customers, panel.risk) == (1, 0, 0.3)
    assert [node.view.name for node in panel.nodes] == ["模组"]


def test_an_enterprise_that_stands_elsewhere_has_no_panel_here(drawn, office, area):
    other = register.enter(actor=None, area=area, name="甲区外链有限公司", valid_from=None, source="licence")
    assert map_panel.firm_panel(office, drawn.map(office), Known(), other.id_part, registry.view()) is None


# --- the page


def test_the_page_shows_map_table_and_the_chosen_node(page, drawn):
    answer = page(node=drawn.nodes["芯片"].id_part)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f"map.json?node={drawn.nodes['芯片'].id_part}" in text
    assert "甲区甲芯片有限公司" in text
    assert "外省芯片" in text
    assert "style=" not in text


def test_a_node_or_enterprise_that_is_not_on_the_map_is_as_if_none_was_chosen(page):
    answer = page(node="no-such-node", firm="no-such-firm")
    assert answer.status_code == 200
    assert 'id="panel"' not in answer.content.decode()


def test_a_filter_that_leaves_nothing_says_so(page, drawn):
    firm = drawn.firms["甲区丁整机有限公司"]
    register.set_attribute(actor=None, subject=firm, name="tier", value="骨干企业", valid_from=None, source="plan")
    text = page(tier="骨干企业", gaps="1", local="1").content.decode()
    assert "x-graph" in text
    services.unplace(actor=None, placement=drawn.view().node(drawn.nodes["整机"].key).members[0].fact, reason="wrong")
    assert "x-graph" not in page(tier="骨干企业").content.decode()


def test_the_table_is_exported_whole_by_risk(page):
    text = page(format="csv").content.decode("utf-8-sig")
    assert len(text.splitlines()) == 6
    assert page(format="xlsx").content[:2] == b"PK"
    assert page(format="exe").status_code == 400


def test_the_drawing_is_a_download(page):
    answer = page("map_svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_map_too_large_for_the_browser_is_drawn_on_the_server(page, monkeypatch):
    monkeypatch.setattr("zhizao.apps.chain.map_views.MOST_DRAWN", 4)
    text = page().content.decode()
    assert "<x-graph" not in text
    assert text.count('class="cm-box') == 5


def test_a_chain_of_another_area_is_not_there(client, drawn):
    stranger = make_user("chain_office", area=make_area(code="990002", name="乙区"))
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("map", "map_data", "map_svg", "file", "paper"):
        assert client.get(reverse(f"chain:{name}", args=[drawn.chain.id_part])).status_code == 404


def test_before_the_chain_was_known_there_is_no_map(page):
    assert page(as_of="2020-01-01").status_code == 404
