"""A chain's file: leaders, matters with those overdue, and what of the plan is about the chain and what is not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override
from tests.apps.chain.drawn import draw

from zhizao.apps.chain import file_page, loading, queries, services
from zhizao.apps.chain.file_data import chain_file
from zhizao.apps.chain.map_data import Known, chain_map
from zhizao.apps.chain.models import Leader
from zhizao.apps.plan.models import Claim, PlanTask, Project, Target
from zhizao.apps.registry import queries as registry
from zhizao.base.facts.queries import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn(area):
    return draw(area)


@pytest.fixture
def version(firms, publish):
    """A plan that speaks of its chain 空调 and of others."""
    made = publish()
    loading.load()

    def add(model, *rows):
        model.objects.bulk_create(model(version=made, position=at, **row) for at, row in enumerate(rows))

    figure = {"value": 9, "unit": "家", "kind": "actual", "bound": "eq", "printed": "9家"}
    add(
        Claim,
        {"key": "c1", "subject": "以甲乙制冷为主的200亿级产业链", "indicator": "供应链配套企业", **figure},
        {"key": "c2", "subject": "以外区汽车为主的300亿级产业链", "indicator": "供应链配套企业", **figure},
        {"key": "c3", "subject": "甲乙制冷", "indicator": "职工人数", **figure},
        {"key": "c4", "subject": "空调产业链", "indicator": "产值", **figure},
    )
    add(
        Project,
        {"name": "甲乙制冷新线", "owner": "甲乙制冷设备有限公司", "total_wan_yuan": 7475},
        {"name": "门业新线", "owner": "戊己门业有限公司"},
    )
    add(
        PlanTask,
        {"key": "t1", "task": "完善产业生态，着力补链成群", "indicator_ids": "i1"},
        {"key": "t2", "task": "支持甲乙制冷建设智能工厂", "indicator_ids": "i2 i3"},
        {"key": "t3", "task": "广泛聚集创新人才", "indicator_ids": "i4"},
    )
    add(Target, *({"key": f"i{n}", "name": f"指标{n}", "unit": "家"} for n in range(1, 5)))
    return made


def file_of(actor, chain):
    seen = registry.view()
    return chain_file(actor, chain_map(actor, chain, seen, Known()), seen)


def test_of_the_plan_stands_in_the_file_what_names_the_chain_or_its_enterprises(version, office):
    said = file_of(office, queries.chains(office)[0]).in_plan
    assert said.version == version
    assert [row["id"] for row in said.figures] == ["c1", "c4"]
    assert [row["name"] for row in said.projects] == ["甲乙制冷新线"]
    assert [row["id"] for row in said.tasks] == ["t1", "t2"]
    assert [row["name"] for row in said.targets] == ["指标1", "指标2", "指标3"]


def test_without_a_plan_in_force_the_file_says_nothing_of_one(drawn, office):
    assert file_of(office, drawn.view()).in_plan is None


def test_a_plan_of_another_area_is_not_asked(version, other_area, person):
    far = draw(other_area)
    assert file_of(person("chain_office", area=other_area), far.view()).in_plan is None


def test_the_answer_counts_open_matters_and_those_overdue(drawn, office):
    chain = drawn.chain
    late = services.open_matter(
        actor=office, chain=chain, title="找天线厂", owner="张三", due_on=today() - timedelta(days=1)
    )
    services.open_matter(actor=office, chain=chain, title="访芯片厂", owner="李四", due_on=today())
    file = file_of(office, drawn.view())
    assert file.overdue == [late]
    with override("en"):
        assert file_page.answer(file).endswith("2 matters are open, 1 of them overdue")
        services.close_matter(actor=office, matter=late, result="done")
        assert file_page.answer(file_of(office, drawn.view())).endswith("1 matter is open")


def test_gaps_lead_to_the_map_with_the_node_chosen(drawn, office, browse):
    text = browse(office).get(reverse("chain:file", args=[drawn.chain.id_part])).content.decode()
    assert f"/chain/{drawn.chain.id_part}/map/?node={drawn.nodes['天线'].id_part}#panel" in text


def test_the_page_shows_leader_matter_and_plan(version, office, browse):
    chain = queries.chains(office)[0]
    services.appoint(
        actor=office,
        leader=Leader(subject=chain.subject, kind="administrative", person="王五", post="副区长", source="令"),
    )
    services.open_matter(actor=office, chain=chain.subject, title="找弹簧厂", owner="赵六", due_on=today())
    text = browse(office).get(reverse("chain:file", args=[chain.id])).content.decode()
    for words in ("王五", "副区长", "找弹簧厂", "赵六", "甲乙制冷新线", "着力补链成群", "7475"):
        assert words in text
    assert "门业新线" not in text


def test_an_enterprise_and_the_public_get_no_file(drawn, client, person, browse):
    address = reverse("chain:file", args=[drawn.chain.id_part])
    assert client.get(address).status_code == 302
    assert browse(person("enterprise_manager")).get(address).status_code == 403
