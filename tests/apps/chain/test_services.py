"""What the chain office does: each act adds facts, leaves its trace, and is refused to others with nothing changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from tests.apps.chain.conftest import FIRMS

from zhizao.apps.chain import ending, queries, services
from zhizao.apps.chain.finding import enterprise_called
from zhizao.apps.chain.models import Leader, Matter, NodeEdge, Placement
from zhizao.base.audit.models import AuditEvent
from zhizao.base.events.models import Event
from zhizao.base.facts import services as facts
from zhizao.base.facts.models import Link, Membership
from zhizao.base.facts.queries import facts_at, today
from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db


def placement(chain, firm=None, name="戊己", **more) -> Placement:
    return Placement(
        subject=chain.nodes[0].subject,
        name=name,
        enterprise=firm,
        basis="judged",
        confidence="M",
        source="visit",
        **more,
    )


def in_tree(chain, firm) -> bool:
    rows = Membership.objects.filter(subject=firm, parent=chain.nodes[0].subject, tree="chain")
    return facts_at(rows, on=today()).exists()


def again(chain):
    return queries.chain(None, chain.id)


def test_a_member_is_added_with_its_trace_and_ended(chain, office, firms):
    services.place(actor=office, placement=placement(chain, firms[1]))
    assert firms[1] in again(chain).enterprises and in_tree(chain, firms[1])
    assert AuditEvent.objects.filter(action="chain.place", actor_id=office.pk).count() == 1
    assert Event.objects.get(name="chain.place").payload["enterprise"] == firms[1].key
    member = next(m for m in again(chain).nodes[0].members if m.enterprise == firms[1])
    assert member.fact.batch == "by:chain_office-990001"
    services.unplace(actor=office, placement=member.fact, reason="moved away", last_day=today() - timedelta(days=1))
    assert firms[1] not in again(chain).enterprises and not in_tree(chain, firms[1])


def test_an_enterprise_that_stands_there_under_two_names_stays_until_both_end(chain, office, firms):
    for name in ("戊己", "戊己门业"):
        services.place(actor=office, placement=placement(chain, firms[1], name))
    first, second = [m.fact for m in again(chain).nodes[0].members if m.enterprise == firms[1]]
    services.unplace(actor=office, placement=first, reason="twice")
    assert in_tree(chain, firms[1])
    services.unplace(actor=office, placement=second, reason="gone")
    assert not in_tree(chain, firms[1])


def test_a_name_that_comes_to_mean_another_enterprise_leaves_the_first(chain, office, firms):
    services.place(actor=office, placement=placement(chain, firms[1]))
    services.place(actor=office, placement=placement(chain, firms[0]))
    assert not in_tree(chain, firms[1]) and in_tree(chain, firms[0])


def test_a_node_is_moved_from_today_with_its_reason(chain, office):
    node = chain.nodes[1].subject
    services.set_node(actor=office, node=node, layer=4, source="needed earlier")
    moved = again(chain).nodes[1]
    assert (moved.layer, moved.stage, moved.fact.source) == (4, "中游", "needed earlier")
    assert services.set_node(actor=office, node=node, layer=4, source="again") == []
    services.set_node(actor=office, node=node, layer=None, source="computed again")
    assert not again(chain).nodes[1].layer_is_manual
    with pytest.raises(Refused):
        services.set_node(actor=office, node=node, stage="顶端", source="x")


def test_a_chain_and_a_node_are_entered_once(area, office):
    subject = services.add_chain(actor=office, area=area, name="机器人", source="minutes")
    made = {"actor": office, "chain": subject, "chain_name": "机器人", "stage": "上游", "source": "minutes"}
    services.add_node(name="减速器", **made)
    (view,) = queries.chains(office)
    assert [(node.name, node.stage) for node in view.nodes] == [("减速器", "上游")]
    with pytest.raises(Refused):
        services.add_chain(actor=office, area=area, name=" 机器人 ", source="minutes")
    with pytest.raises(Refused):
        services.add_node(name="减速器", **made)
    with pytest.raises(Refused):
        services.add_node(name=" ", **made)


def test_an_edge_leads_to_another_node_and_ends(chain, office):
    first, second, _third = chain.nodes
    edge = NodeEdge(subject=first.subject, buyer=second.subject, confidence="H", source="visit")
    services.connect(actor=office, edge=edge)
    assert again(chain).nodes[0].buyers == (second.key,)
    services.end_fact(actor=office, fact=edge, reason="wrong", last_day=None)
    assert again(chain).nodes[0].buyers == ()
    with pytest.raises(Refused):
        loop = NodeEdge(subject=first.subject, buyer=first.subject, confidence="H", source="visit")
        services.connect(actor=office, edge=loop)


def test_leaders_are_dated(chain, office, firms):
    led = {"subject": chain.subject, "source": "notice"}
    official = Leader(kind="administrative", person="甲", valid_from=date(2024, 1, 1), **led)
    services.appoint(actor=office, leader=official)
    services.appoint(actor=office, leader=Leader(kind="enterprise", person="乙", enterprise=firms[0], **led))
    assert [leader.person for leader in queries.leaders(office, chain)] == ["甲", "乙"]
    services.end_fact(actor=office, fact=official, reason="retired", last_day=today() - timedelta(days=1))
    assert [leader.person for leader in queries.leaders(office, chain)] == ["乙"]


def test_a_matter_is_opened_with_owner_and_day_and_closed_once(chain, office, person, other_area):
    matter = services.open_matter(
        actor=office, chain=chain.subject, title="对接", owner="专班", due_on=today() + timedelta(days=9)
    )
    assert queries.matters(office, chain) == [matter]
    assert queries.matters(person("analyst", area=other_area), chain) == []
    assert queries.matters(office, chain, as_of=today() - timedelta(days=1)) == []
    services.close_matter(actor=office, matter=matter, result="found one")
    assert (Matter.objects.get().state, Matter.objects.get().result) == ("done", "found one")
    assert queries.open_matters_of([chain]) == {}
    with pytest.raises(Refused):
        services.close_matter(actor=office, matter=matter, result="again")
    assert Event.objects.filter(name__in=("chain.open_matter", "chain.close_matter")).count() == 2


@pytest.mark.parametrize("role", ["analyst", "leader", "department_staff", "auditor", "park_operator", "bank"])
def test_others_change_nothing(chain, person, role, firms):
    actor = person(role)
    node = chain.nodes[0].subject
    before = AuditEvent.objects.count()
    for act in (
        lambda: services.add_chain(actor=actor, area=chain.subject.area, name="甲", source="x"),
        lambda: services.set_node(actor=actor, node=node, layer=1, source="x"),
        lambda: services.place(actor=actor, placement=placement(chain)),
        lambda: services.unplace(actor=actor, placement=chain.nodes[0].members[0].fact, reason="x"),
        lambda: services.connect(actor=actor, edge=NodeEdge(subject=node, buyer=chain.nodes[1].subject)),
        lambda: services.appoint(actor=actor, leader=Leader(subject=chain.subject, kind="enterprise", person="x")),
        lambda: services.open_matter(actor=actor, chain=chain.subject, title="x", owner="x", due_on=today()),
        lambda: services.renew(actor=actor, area=chain.subject.area, links=[], until=today(), source="x"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert AuditEvent.objects.count() == before


def test_an_office_of_another_area_changes_nothing_here(chain, person, other_area):
    with pytest.raises(PermissionDenied):
        services.set_node(
            actor=person("chain_office", area=other_area), node=chain.nodes[0].subject, layer=1, source="x"
        )


# --- links that run out


@pytest.fixture
def link(firms):
    """``link(days)``: a link whose last day is so many days from today."""

    def make(days: int | None, product: str = "弹簧") -> Link:
        row = Link(
            subject=firms[2],
            buyer=firms[0],
            product=product,
            yearly_amount_fen=100,
            basis="declared",
            confidence="M",
            valid_from=date(2024, 1, 1),
            valid_to=None if days is None else today() + timedelta(days=days),
            source="contract",
        )
        (added,) = facts.state([row])
        return added

    return make


def found(actor) -> list[tuple[str, int]]:
    return [(item.link.product, item.days_left) for item in ending.ending(actor, on=today())]


def test_links_that_run_out_within_90_days_are_listed_the_next_first(link, office):
    for days, product in ((90, "a"), (10, "b"), (91, "c"), (-3, "d"), (-91, "e"), (None, "f")):
        link(days, product)
    assert found(office) == [("d", -3), ("b", 10), ("a", 90)]


def test_a_renewed_link_goes_on_as_it_was_and_leaves_the_list(link, office, area):
    row = link(10)
    until = today() + timedelta(days=400)
    (new,) = services.renew(actor=office, area=area, links=[row], until=until, source="new contract")
    assert (new.valid_from, new.valid_to, new.yearly_amount_fen) == (row.valid_to + timedelta(days=1), until, 100)
    assert (new.basis, new.source) == ("declared", "new contract")
    assert found(office) == []
    assert services.renew(actor=office, area=area, links=[row], until=until, source="again") == []
    assert Event.objects.filter(name="chain.links_renewed").count() == 1


def test_what_was_said_later_of_the_days_after_counts(link, office):
    row = link(10)
    end = facts.withdraw(row, source="never was")
    assert end and found(office) == []
    other = link(20, "门")
    facts.state([Link(subject=other.subject, buyer=other.buyer, product="门", basis="declared", confidence="M")])
    assert found(office) == []


def test_a_link_is_not_renewed_into_its_own_past(link, office, area):
    with pytest.raises(Refused):
        services.renew(actor=office, area=area, links=[link(10)], until=today(), source="x")
    with pytest.raises(Refused):
        services.renew(actor=office, area=area, links=[link(None, "b")], until=today(), source="x")


def test_a_word_in_a_form_means_one_enterprise_that_the_actor_may_see(firms, office, person, other_area):
    assert enterprise_called(office, "") is None
    assert enterprise_called(office, firms[0].id_part) == firms[0]
    assert enterprise_called(office, firms[0].key) == firms[0]
    assert enterprise_called(office, f" {FIRMS[0]}") == firms[0]
    with pytest.raises(Refused):
        enterprise_called(office, "甲乙")
    with pytest.raises(Refused):
        enterprise_called(person("chain_office", area=other_area), FIRMS[0])
