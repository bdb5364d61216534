"""The pages of the chain office: what they show, what they take, what they refuse, and to whom they are closed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.apps.chain.conftest import FIRMS

from zhizao.apps.chain import ending, finding, queries, services, sheets
from zhizao.apps.chain.models import Leader, Matter, NodeEdge, NodeFact
from zhizao.base.facts import services as facts
from zhizao.base.facts.models import Link
from zhizao.base.facts.queries import today
from zhizao.base.jobs.execution import execute
from zhizao.base.jobs.models import Job

pytestmark = pytest.mark.django_db


def url(name: str, *parts: object) -> str:
    return reverse(f"chain:{name}", args=parts)


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def node(chain):
    return chain.nodes[0]


def test_the_list_counts_nodes_names_and_enterprises(browse, analyst, chain):
    page = browse(analyst).get(url("list"), {"format": "csv"}).content.decode("utf-8-sig")
    assert [cell.strip('"') for cell in page.splitlines()[1].split(",")][:5] == ["空调", "3", "4", "2", "0"]
    assert "空调" in text(browse(analyst).get(url("list")))
    before = text(browse(analyst).get(url("list"), {"as_of": "2024-01-31"}))
    assert chain.id not in before


def test_a_chain_shows_who_stands_where_and_offers_acts_to_the_office_only(browse, analyst, office, chain, node):
    page = text(browse(analyst).get(url("open", chain.id)))
    assert FIRMS[2] in page and "庚辛弹簧" in page and "甲区规划" in page
    act = url("add_member", chain.id, node.id)
    assert act not in page
    assert act in text(browse(office).get(url("open", chain.id)))
    assert act not in text(browse(office).get(url("open", chain.id), {"as_of": "2024-06-01"}))


def test_a_chain_of_another_area_does_not_exist(browse, person, other_area, chain, node):
    stranger = person("chain_office", area=other_area)
    for address in (
        url("open", chain.id),
        url("changes", chain.id),
        url("move", chain.id, node.id),
        url("add_member", chain.id, node.id),
        url("appoint", chain.id),
        url("end_member", chain.id, node.members[0].fact.pk),
    ):
        assert browse(stranger).get(address).status_code == 404, address


def test_nothing_is_changed_looking_back(browse, office, chain, node):
    for address in (url("move", chain.id, node.id), url("open_matter", chain.id), url("add_chain"), url("import")):
        assert browse(office).get(address, {"as_of": "2024-06-01"}).status_code == 403, address


def test_a_member_is_added_and_ended_by_the_page(browse, office, chain, node, firms):
    client = browse(office)
    data = {"name": "戊己", "enterprise": FIRMS[1], "member_type": "enterprise", "basis": "judged", "confidence": "H"}
    wrong = client.post(url("add_member", chain.id, node.id), data | {"enterprise": "无此企业", "source": "走访"})
    assert wrong.status_code == 422 and "无此企业" in text(wrong)
    assert client.post(url("add_member", chain.id, node.id), data).status_code == 422  # without a source
    assert len(queries.chain(None, chain.id).nodes[0].members) == 2
    done = client.post(url("add_member", chain.id, node.id), data | {"source": "走访"})
    assert done.url == url("open", chain.id)
    member = queries.chain(None, chain.id).nodes[0].members[-1]
    assert (member.enterprise, member.confidence, member.source) == (firms[1], "H", "走访")
    client.post(url("end_member", chain.id, member.fact.pk), {"last_day": "", "reason": "误录"})
    assert len(queries.chain(None, chain.id).nodes[0].members) == 2
    assert client.post(url("end_member", chain.id, member.fact.pk), {"reason": "x"}).status_code == 404


def test_a_node_is_moved_with_a_reason(browse, office, chain, node):
    client = browse(office)
    assert client.post(url("move", chain.id, node.id), {"stage": "中游", "layer": "2"}).status_code == 422
    assert (
        client.post(url("move", chain.id, node.id), {"stage": "中游", "layer": "-2", "source": "x"}).status_code == 422
    )
    client.post(url("move", chain.id, node.id), {"stage": "中游", "layer": "2", "products": "", "source": "专班意见"})
    moved = next(item for item in queries.chain(None, chain.id).nodes if item.key == node.key)
    assert (moved.stage, moved.layer, moved.fact.source) == ("中游", 2, "专班意见")


def test_chains_nodes_and_flows_are_entered_by_the_page(browse, office):
    client = browse(office)
    client.post(url("add_chain"), {"name": "机器人", "source": "纪要"})
    (view,) = queries.chains(office)
    for name in ("减速器", "整机"):
        client.post(url("add_node", view.id), {"name": name, "stage": "上游", "source": "纪要"})
    assert client.post(url("add_chain"), {"name": "机器人", "source": "纪要"}).status_code == 422
    first, second = queries.chains(office)[0].nodes
    data = {"buyer": second.key, "confidence": "M", "source": "走访"}
    client.post(url("connect", view.id, first.id), data)
    assert queries.chains(office)[0].nodes[0].buyers == (second.key,)
    assert client.post(url("connect", view.id, first.id), data | {"buyer": first.key}).status_code == 422
    assert "减速器" in text(client.get(url("end_edge", view.id, NodeEdge.objects.get().pk)))
    client.post(url("end_edge", view.id, NodeEdge.objects.get().pk), {"reason": "误录"})
    assert queries.chains(office)[0].nodes[0].buyers == ()


def test_leaders_and_matters_are_kept_by_the_page(browse, office, chain):
    client = browse(office)
    client.post(url("appoint", chain.id), {"kind": "administrative", "person": "甲某", "source": "通知"})
    leader = Leader.objects.get()
    due = (today() + timedelta(days=5)).isoformat()
    client.post(url("open_matter", chain.id), {"title": "对接配套", "owner": "专班", "due_on": due})
    page = text(client.get(url("open", chain.id)))
    assert "甲某" in page and "对接配套" in page and due in page
    assert "甲某" in text(client.get(url("list"))) and "对接配套" in text(client.get(url("list")))
    matter = Matter.objects.get()
    assert client.post(url("close_matter", chain.id, matter.pk), {"result": ""}).status_code == 422
    client.post(url("close_matter", chain.id, matter.pk), {"result": "已对接两家"})
    assert "已对接两家" in text(client.get(url("open", chain.id)))
    assert client.post(url("close_matter", chain.id, matter.pk), {"result": "再次"}).status_code == 422
    client.post(url("end_leader", chain.id, leader.pk), {"reason": "调整"})
    assert queries.leaders(office, chain) == []


def test_changes_between_two_days_are_a_list_and_a_file(browse, office, analyst, chain, node):
    services.set_node(actor=office, node=node.subject, layer=1, source="visit")
    days = {"before": (today() - timedelta(days=1)).isoformat(), "after": today().isoformat()}
    assert "visit" in text(browse(analyst).get(url("changes", chain.id), days))
    csv = browse(analyst).get(url("changes", chain.id), days | {"format": "csv"}).content.decode("utf-8-sig")
    assert len(csv.splitlines()) == 2
    wrong = browse(analyst).get(url("changes", chain.id), {"before": "2025-01-01", "after": "2024-01-01"})
    assert wrong.status_code == 200
    assert browse(analyst).get(url("changes", chain.id), {"before": "x"}).status_code == 200


def test_a_file_is_taken_in_by_a_job_or_refused_whole(browse, office, area, firms):
    def upload(rows: str) -> Job:
        file = SimpleUploadedFile("环节.csv", f"产业链,环节,阶段\n{rows}".encode())
        data = {"what": "nodes", "valid_from": "2025-01-01", "file": file}
        answer = browse(office).post(url("import"), data)
        assert answer.status_code == 302, text(answer)
        job = Job.objects.latest("pk")
        execute(job.pk)
        job.refresh_from_db()
        return job

    assert upload("机器人,减速器,顶端\n").state == Job.State.FAILED
    assert not NodeFact.objects.exists()
    job = upload("机器人,减速器,上游\n")
    assert (job.state, job.result["facts"]) == (Job.State.DONE, 4)
    assert queries.chains(None)[0].nodes[0].stage == "上游"
    bad = SimpleUploadedFile("a.pdf", b"%PDF-1.4")
    answer = browse(office).post(url("import"), {"what": "nodes", "valid_from": "2025-01-01", "file": bad})
    assert answer.status_code == 422


@pytest.mark.parametrize("what", ["nodes", "members", "edges", "../../etc"])
def test_templates_and_downloads_are_files_that_are_taken_in(browse, analyst, chain, what):
    kind = what if what in sheets.TITLES else "nodes"
    for name in ("template", "export"):
        answer = browse(analyst).get(url(name), {"what": what})
        rows = sheets.read(kind, answer.content, file="a.xlsx")
        assert len(rows) == (0 if name == "template" else {"nodes": 3, "members": 4, "edges": 0}[kind])


def test_links_that_run_out_are_renewed_by_one_act(browse, office, analyst, firms):
    (link,) = facts.state(
        [
            Link(
                subject=firms[2],
                buyer=firms[0],
                product="弹簧",
                basis="declared",
                confidence="M",
                valid_to=today() + timedelta(days=9),
            )
        ]
    )
    until = (today() + timedelta(days=300)).isoformat()
    assert "弹簧" in text(browse(analyst).get(url("ending")))
    assert browse(analyst).post(url("ending"), {"link": link.pk, "until": until, "source": "x"}).status_code == 403
    client = browse(office)
    assert client.post(url("ending"), {"until": until, "source": "合同"}).status_code == 422
    assert client.post(url("ending"), {"link": "x", "until": until, "source": "合同"}).status_code == 422
    assert client.post(url("ending"), {"link": link.pk, "until": until}).status_code == 422
    assert Link.objects.count() == 1
    assert client.post(url("ending"), {"link": link.pk, "until": until, "source": "合同"}).status_code == 302
    assert Link.objects.latest("pk").valid_to.isoformat() == until
    assert "弹簧" not in text(client.get(url("ending")))


def test_all_links_that_run_out_are_renewed_though_not_all_are_shown(browse, office, firms, monkeypatch):
    monkeypatch.setattr(ending, "SHOWN", 1)
    said = {"subject": firms[2], "buyer": firms[0], "basis": "declared", "confidence": "M"}
    last = today() + timedelta(days=9)
    facts.state(Link(product=product, valid_to=last, **said) for product in ("弹簧", "铰链"))
    client = browse(office)
    assert text(client.get(url("ending"))).count('name="link"') == 1
    until = (today() + timedelta(days=300)).isoformat()
    assert client.post(url("ending"), {"every": "on", "until": until, "source": "合同"}).status_code == 302
    assert Link.objects.filter(valid_to=until).count() == 2


def test_an_enterprise_sees_its_own_place_in_its_file_only(browse, person, chain, firms):
    reporter = person("enterprise_reporter")
    reporter.organisation.enterprise_key = firms[2].key
    reporter.organisation.save()
    client = browse(reporter)
    page = text(client.get(reverse("registry:file", args=[firms[2].id_part])))
    assert "空调" in page and "弹簧" in page and url("open", chain.id) not in page
    assert client.get(reverse("registry:file", args=[firms[0].id_part])).status_code == 404
    assert client.get(url("open", chain.id)).status_code == 403


def test_the_analyst_goes_from_an_enterprise_to_its_chain(browse, analyst, chain, firms):
    page = text(browse(analyst).get(reverse("registry:file", args=[firms[2].id_part])))
    assert url("open", chain.id) in page


def test_programs_read_the_same(client, analyst, chain, firms):
    from django.utils import timezone

    from zhizao.base.accounts.services import create_api_token

    later = timezone.now() + timedelta(days=1)
    _token, bearer = create_api_token(actor=analyst, name="n", scopes=["chain:read"], expires_at=later)
    head = {"HTTP_AUTHORIZATION": f"Bearer {bearer}"}
    listed = json.loads(client.get(reverse("api-v1:chains"), **head).content)
    assert listed == [{"id": chain.id, "name": "空调", "nodes": 3, "names": 4, "enterprises": 2}]
    found = json.loads(client.get(reverse("api-v1:chain", args=[chain.id]), **head).content)
    assert found["nodes"][0]["members"][0]["enterprise"] == firms[2].id_part
    assert client.get(reverse("api-v1:chain", args=["nothing"]), **head).status_code == 404
    early = client.get(reverse("api-v1:chains"), {"as_of": "2024-01-01"}, **head)
    assert json.loads(early.content) == []


def test_the_search_finds_chains_and_nodes_for_those_who_may_open_them(chain, analyst, person, other_area):
    found = finding.find(analyst, "tanhuang", 9)
    assert [(page.title, page.code) for page in found] == [("弹簧", "空调")]
    assert [page.title for page in finding.find(analyst, "空调", 9)] == ["空调"]
    assert finding.find(person("bank"), "空调", 9) == []
    assert finding.find(person("analyst", area=other_area), "空调", 9) == []
    assert finding.find(analyst, " ", 9) == []
