"""Nodes, members and flows taken in whole or not at all, and given out as they are taken in."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from tests.apps.chain.conftest import FIRMS

from zhizao.apps.chain import exporting, importing, queries, sheets
from zhizao.apps.chain.models import NodeEdge, NodeFact, Placement
from zhizao.base.audit.models import AuditEvent
from zhizao.base.facts.models import Membership
from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db

DAY = date(2025, 1, 1)
NODES = """产业链,环节,阶段,产品,序号,层,起始日期,来源
机器人,减速器,上游,谐波减速器,1,,2024-06-01,名单
机器人,整机,下游,,2,3,,
"""
MEMBERS = """产业链,环节,名称,企业标识,类型,依据,可信度,起始日期,终止日期,来源
机器人,减速器,丙丁,丙丁弹簧有限公司,,申报,高,2024-06-01,2026-12-31,走访
机器人,减速器,甲乙制冷设备有限公司,,企业,,,,,
机器人,整机,外地厂,,,估算,低,,,
"""
EDGES = """产业链,供方环节,需方环节,流向产品,可信度
机器人,减速器,整机,减速器,高
"""


def take(area, what: str, text: str, *, actor=None, file: str = "a.csv"):
    return importing.take_in(actor=actor, area=area, what=what, data=text.encode(), file=file, valid_from=DAY)


def refused(area, what: str, text: str) -> list[tuple[str, int | None, str | None]]:
    counts = [model.objects.count() for model in (NodeFact, Placement, NodeEdge, Membership, AuditEvent)]
    with pytest.raises(Refused) as found:
        take(area, what, text)
    assert counts == [model.objects.count() for model in (NodeFact, Placement, NodeEdge, Membership, AuditEvent)]
    assert all(problem.remedy for problem in found.value.problems)
    return [(problem.code, problem.place.row, problem.place.column) for problem in found.value.problems]


@pytest.fixture
def robots(area, firms):
    take(area, "nodes", NODES)
    take(area, "members", MEMBERS)
    take(area, "edges", EDGES)
    return queries.chains(None)[0]


def test_nodes_members_and_flows_are_taken_in(robots, firms):
    assert [(node.name, node.stage, node.layer, node.products) for node in robots.nodes] == [
        ("减速器", "上游", None, "谐波减速器"),
        ("整机", "下游", 3, ""),
    ]
    first, second = robots.nodes
    assert first.buyers == (second.key,)
    assert [(m.name, m.enterprise, m.member_type, m.basis, m.confidence) for m in first.members] == [
        ("丙丁", firms[2], "enterprise", "declared", "H"),
        (FIRMS[0], firms[0], "enterprise", "judged", "M"),
    ]
    assert (first.members[0].fact.valid_to, first.members[1].fact.valid_from) == (date(2026, 12, 31), DAY)
    assert (first.members[0].source, first.members[1].source) == ("走访", "a.csv")
    assert second.members[0].enterprise is None


def test_the_same_file_twice_changes_nothing(area, robots):
    before = AuditEvent.objects.count()
    for what, text in (("nodes", NODES), ("members", MEMBERS), ("edges", EDGES)):
        assert take(area, what, text).facts == 0
    assert AuditEvent.objects.count() == before


def test_an_old_file_again_does_not_undo_what_came_after(area, robots):
    take(area, "nodes", "产业链,环节,阶段\n机器人,减速器,中游\n")
    take(area, "nodes", NODES)
    assert queries.chains(None)[0].nodes[0].stage == "中游"


def test_an_empty_cell_changes_nothing(area, robots):
    take(area, "nodes", "产业链,环节,产品\n机器人,整机,机器人本体\n")
    node = queries.chains(None)[0].nodes[1]
    assert (node.stage, node.layer, node.products) == ("下游", 3, "机器人本体")


@pytest.mark.parametrize("what", ["nodes", "members", "edges"])
def test_what_is_exported_is_taken_in_again_without_a_change(area, robots, what):
    frame = exporting.frame(what, queries.chains(None))
    for data, file in ((sheets.form(what, frame), "b.xlsx"), (sheets.table(what, frame), "b.csv")):
        found = importing.take_in(actor=None, area=area, what=what, data=data, file=file, valid_from=DAY)
        assert (found.rows, found.facts) == (frame.height, 0)


@pytest.mark.parametrize("what", ["nodes", "members", "edges"])
def test_the_empty_form_has_the_columns_and_no_row(what):
    assert sheets.read(what, sheets.form(what), file="t.xlsx") == []


@pytest.mark.parametrize(
    ("what", "text", "problems"),
    [
        ("nodes", "产业链,环节\n机器人,\n", [("tables.required", 2, "node")]),
        ("nodes", "产业链,环节,阶段\n机器人,甲,顶端\n", [("chain.word", 2, "stage")]),
        ("nodes", "产业链,环节,层\n机器人,甲,-1\n", [("chain.number", 2, "layer")]),
        ("nodes", f"产业链,环节\n机器人,{'甲' * 121}\n", [("chain.name", 2, "node")]),
        ("nodes", "产业链,环节\n机器人,甲\n机器人,乙\n机器人,甲\n", [("chain.twice", 4, "node")]),
        ("members", "产业链,环节,名称\n船舶,甲,乙\n", [("chain.no_chain", 2, "chain")]),
        ("members", "产业链,环节,名称\n机器人,甲,乙\n", [("chain.no_node", 2, "node")]),
        ("members", "产业链,环节,名称,企业标识\n机器人,整机,乙,无此企业\n", [("chain.member", 2, "enterprise")]),
        (
            "members",
            "产业链,环节,名称,起始日期,终止日期\n机器人,整机,乙,2025-02-01,2025-01-01\n",
            [("chain.days", 2, "valid_to")],
        ),
        ("members", "产业链,环节,名称,可信度,依据\n机器人,整机,乙,很高,听说\n", [
            ("chain.word", 2, "basis"),
            ("chain.word", 2, "confidence"),
        ]),
        ("edges", "产业链,供方环节,需方环节\n机器人,整机,整机\n", [("chain.edge_to_itself", 2, "buyer")]),
        ("edges", "产业链,供方环节,需方环节\n机器人,甲,整机\n", [("chain.no_node", 2, "supplier")]),
    ],
)  # fmt: skip
def test_bad_rows_are_refused_with_row_and_column_and_nothing_lands(area, robots, what, text, problems):
    assert refused(area, what, text) == problems


def test_one_bad_row_keeps_the_good_ones_out(area, robots):
    good = "机器人,整机,新厂\n"
    assert refused(area, "members", f"产业链,环节,名称\n{good}机器人,没有,乙\n") == [("chain.no_node", 3, "node")]


def test_a_name_in_another_area_is_not_meant(other_area, robots):
    take(other_area, "nodes", "产业链,环节\n机器人,整机\n")
    text = f"产业链,环节,名称,企业标识\n机器人,整机,乙,{FIRMS[0]}\n"
    assert refused(other_area, "members", text) == [("chain.member", 2, "enterprise")]
    assert len({view.key for view in queries.chains(None)}) == 2


def test_only_the_chain_office_takes_chains_in(area, firms, analyst, office, other_area, person):
    for actor in (analyst, person("chain_office", area=other_area)):
        with pytest.raises(PermissionDenied):
            take(area, "nodes", NODES, actor=actor)
    assert not NodeFact.objects.exists()
    assert take(area, "nodes", NODES, actor=office).entered == 3
