"""The chains as evidence: taken over from the plan, never over what the chain office has said, as known on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.apps.chain.conftest import FIRMS, MEMBERS

from zhizao.apps.chain import changes, loading, queries, services
from zhizao.apps.chain.models import Placement
from zhizao.base.audit.models import AuditEvent
from zhizao.base.facts.models import Membership, Subject
from zhizao.base.facts.queries import members
from zhizao.kernel.names import stable_id

pytestmark = pytest.mark.django_db

AMENDED = datetime(2025, 7, 1, tzinfo=UTC)


def names(view, node: str) -> dict[str, str | None]:
    found = next(item for item in view.nodes if item.name == node)
    return {member.name: member.called if member.enterprise else None for member in found.members}


def test_the_plan_s_chain_becomes_subjects_with_permanent_ids(chain, area):
    assert chain.key == f"chain:{stable_id('990001 空调')}"
    assert [(node.name, node.stage, node.layer) for node in chain.nodes] == [
        ("弹簧", "上游", None),
        ("整机", "中游", None),
        ("输出", "下游", None),
    ]
    assert chain.nodes[0].key == f"node:{stable_id('990001 空调 弹簧')}"
    assert chain.stages == ("上游", "中游", "下游")


def test_a_name_means_the_enterprise_of_the_register_or_nobody(chain, firms):
    assert names(chain, "弹簧") == {"丙丁弹簧": FIRMS[2], "庚辛弹簧": None}
    assert chain.enterprises == (firms[2], firms[0])
    assert [node.has_makers for node in chain.nodes] == [True, True, False]
    first, second = chain.nodes[0].members
    assert (first.confidence, second.confidence, first.basis) == ("H", "L", "plan")
    assert first.source == "甲区规划，第100行"


def test_an_enterprise_belongs_to_its_node_in_the_tree_of_chains(chain, firms):
    found = members(chain.nodes[0].subject, tree=Membership.Tree.CHAIN, on=date(2026, 1, 1))
    assert list(found) == [firms[2]]
    assert [node.enterprises for node in chain.nodes] == [(firms[2],), (firms[0],), ()]
    (place,) = queries.places(firms[2])
    assert (place.chain, place.chain_name, place.node_name, place.stage) == (chain.subject, "空调", "弹簧", "上游")


def test_loading_again_changes_nothing(chain):
    before = AuditEvent.objects.count()
    assert loading.load() == 0
    assert AuditEvent.objects.count() == before


def test_a_node_drawn_in_two_stages_is_one_node(firms, publish):
    publish((*MEMBERS, ("下游", "弹簧", "壬癸弹簧", "enterprise", "0.95")))
    assert loading.load() > 0
    assert loading.load() == 0
    first = queries.chains(None)[0].nodes[0]
    assert (first.name, first.stage, len(first.members)) == ("弹簧", "上游", 3)


def test_a_box_without_a_head_is_called_by_its_stage(publish):
    publish((("上游", "", "甲", "enterprise", "0.95"), ("配套", "", "乙", "enterprise", "0.95")))
    loading.load()
    assert [(node.name, node.stage) for node in queries.chains(None)[0].nodes] == [("上游", "上游"), ("配套", "")]


def test_before_the_plan_is_known_there_is_no_chain(chain, analyst):
    assert queries.chains(analyst, as_of=date(2024, 2, 28)) == []
    assert len(queries.chains(analyst, as_of=date(2024, 3, 1))) == 1


def test_another_area_sees_nothing(chain, person, other_area):
    stranger = person("analyst", area=other_area)
    assert queries.chains(stranger) == []
    assert queries.chain(stranger, chain.id) is None


def test_a_name_that_a_later_version_leaves_out_ends_and_history_stays(chain, publish, firms):
    publish(MEMBERS[1:], known_from=AMENDED)
    assert loading.load() > 0
    assert names(queries.chain(None, chain.id), "弹簧") == {"庚辛弹簧": None}
    assert names(queries.chain(None, chain.id, as_of=date(2025, 6, 1)), "弹簧") == {
        "丙丁弹簧": FIRMS[2],
        "庚辛弹簧": None,
    }
    assert list(members(chain.nodes[0].subject, tree="chain", on=date(2026, 1, 1))) == []


def test_a_node_and_a_chain_that_a_later_version_leaves_out_end(chain, publish, firms):
    publish(MEMBERS[:2], known_from=AMENDED)
    loading.load()
    assert [node.name for node in queries.chain(None, chain.id).nodes] == ["弹簧"]
    publish(MEMBERS, known_from=datetime(2025, 9, 1, tzinfo=UTC), chain="冰箱")
    loading.load()
    assert [view.name for view in queries.chains(None)] == ["冰箱"]
    assert loading.load() == 0
    assert len(queries.chain(None, chain.id, as_of=date(2025, 6, 1)).nodes) == 3
    publish(MEMBERS, known_from=datetime(2025, 10, 1, tzinfo=UTC))
    loading.load()
    assert len(queries.chain(None, chain.id).nodes) == 3


def test_a_node_of_which_the_office_has_spoken_stays_without_the_plan(chain, office, publish, firms):
    machine = chain.nodes[1].subject
    placement = Placement(subject=machine, name="戊己", enterprise=firms[1], confidence="H", basis="judged")
    services.place(actor=office, placement=placement)
    publish(MEMBERS[:2], known_from=AMENDED, chain="冰箱")
    loading.load()
    found = {view.name: [node.name for node in view.nodes] for view in queries.chains(None)}
    assert found == {"冰箱": ["弹簧"], "空调": ["整机"]}
    assert names(queries.chain(None, chain.id), "整机") == {"戊己": FIRMS[1]}


def test_the_plan_does_not_overrule_the_chain_office(chain, office, publish):
    node = chain.nodes[0]
    services.set_node(actor=office, node=node.subject, layer=2, source="visit")
    services.unplace(actor=office, placement=node.members[1].fact, reason="closed", last_day=date(2025, 1, 31))
    publish(known_from=AMENDED)
    loading.load()
    found = queries.chain(None, chain.id).nodes[0]
    assert (found.layer, found.layer_is_manual) == (2, True)
    assert [member.name for member in found.members] == ["丙丁弹簧"]


def test_an_enterprise_entered_later_is_matched_and_was_unknown_before(publish, area):
    from zhizao.apps.registry import services as registry

    publish()
    loading.load()
    (view,) = queries.chains(None)
    assert view.enterprises == ()
    firm = registry.enter(actor=None, area=area, name=FIRMS[2], valid_from=None, source="")
    assert loading.load() == 2  # the name is placed anew, and the enterprise belongs to the node
    assert queries.chain(None, view.id).enterprises == (firm,)
    assert queries.chain(None, view.id, as_of=date(2025, 1, 1)).enterprises == ()


def test_two_enterprises_of_one_name_are_never_guessed(publish, firms, area):
    from zhizao.apps.registry import services as registry
    from zhizao.base.facts import services as facts

    other = registry.new_subjects(area=area, names_at_entry=["丙丁弹簧厂"])[0]
    facts.state([facts.name(other, "former", FIRMS[2])])
    publish()
    loading.load()
    assert names(queries.chains(None)[0], "弹簧")["丙丁弹簧"] is None


def test_the_number_of_queries_does_not_depend_on_the_number_of_chains(chain, django_assert_num_queries):
    with django_assert_num_queries(8):
        assert len(queries.chains(None)) == 1
    for number in range(3):
        made = services.add_chain(actor=None, area=chain.subject.area, name=f"链{number}", source="")
        services.add_node(actor=None, chain=made, chain_name=f"链{number}", name="甲", stage="", source="")
    with django_assert_num_queries(8):
        assert len(queries.chains(None)) == 4


def test_what_changed_between_two_days_is_told_by_node(chain, office, firms):
    node, machine, _out = chain.nodes
    services.set_node(actor=office, node=node.subject, layer=1, source="visit of May")
    placement = Placement(subject=machine.subject, name="戊己", enterprise=firms[1], confidence="H", basis="judged")
    services.place(actor=office, placement=placement)
    services.unplace(actor=office, placement=node.members[1].fact, reason="closed")
    told = changes.between(None, chain.id, before=date(2024, 12, 31), after=date.today())
    said = [(row.node, row.before.partition(" (")[0], row.after.partition(" (")[0], row.source) for row in told]
    assert said == [
        ("弹簧", "", "1", "visit of May"),
        ("弹簧", "庚辛弹簧", "", ""),
        ("整机", "", f"戊己 → {FIRMS[1]}", ""),
    ]
    assert changes.between(None, chain.id, before=date.today(), after=date.today()) == []


def test_a_chain_of_an_earlier_day_that_was_unknown_is_all_new(chain):
    told = changes.between(None, chain.id, before=date(2023, 1, 1), after=date(2025, 1, 1))
    assert {row.before for row in told} == {""}
    assert len(told) == 3 + len(MEMBERS)


def test_a_record_that_goes_on_in_another_stands_there_as_that_one(chain, firms):
    from zhizao.apps.registry import services as registry

    registry.merge(actor=None, absorbed=firms[2], survivor=firms[1], reason="one licence")
    assert names(queries.chain(None, chain.id), "弹簧")["丙丁弹簧"] == FIRMS[1]
    assert queries.chain(None, chain.id).enterprises == (firms[1], firms[0])
    assert queries.chain(None, chain.id).nodes[0].enterprises == (firms[1],)
    assert [place.node_name for place in queries.places(firms[1])] == ["弹簧"]
    assert queries.chain(None, chain.id, as_of=date(2025, 1, 1)).enterprises == (firms[2], firms[0])


def test_simulated_enterprises_are_marked(publish, area):
    from zhizao.apps.registry import services as registry

    registry.enter(actor=None, area=area, name=FIRMS[2], valid_from=None, source="", simulated=True)
    publish()
    loading.load()
    assert [member.simulated for member in queries.chains(None)[0].nodes[0].members] == [True, False]
    assert Subject.objects.filter(kind="chain", simulated=True).count() == 0
