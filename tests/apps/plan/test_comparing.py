"""Pages of versions: what changed, the line they stand on, discarding, updating, the next plan, the plan above."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse

from zhizao.apps.plan import comparison, services
from zhizao.apps.plan.models import Plan, PlanVersion, Project, Target
from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db
Kind = PlanVersion.Kind
NUMBER = "甲府发〔2023〕9号"


def page(name, *args, **query):
    address = reverse(f"plan:{name}", args=args)
    return f"{address}?{'&'.join(f'{k}={v}' for k, v in query.items())}" if query else address


def amended(version, actor, *, kind=Kind.AMENDMENT, value="1400"):
    draft = services.start_draft(actor=actor, version=version, reason="中期调整", kind=kind)
    services.correct_row(
        actor=actor,
        version=draft,
        sheet_name="indicators",
        position=0,
        values={"target_value": value, "target_printed": ""},
        revision=1,
    )
    draft.refresh_from_db()
    return draft


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def second(version, analyst):
    """A second version in force that sets one target anew."""
    draft = amended(version, analyst)
    return services.publish_version(
        actor=analyst, version=draft, document_number=NUMBER, known_from=services.start_of(date(2023, 7, 1))
    )


def test_a_restored_database_whose_keys_come_again_shows_no_old_difference(version, analyst):
    told = []
    for value in ("1400", "1500"):
        with transaction.atomic():
            draft = amended(version, analyst, value=value)
            told.append(comparison.lines(comparison.difference(version, draft))[0].new)
            transaction.set_rollback(True)
    assert told == ["1400亿元", "1500亿元"]


def test_anyone_reads_what_changed_between_two_published_versions(client, version, second):
    html = client.get(page("compare")).content.decode()
    assert "From version 1 to version 2: 1 target set anew, 1 row changed." in html
    assert "1335亿元" in html and "1400亿元" in html
    assert NUMBER in html
    back = client.get(page("compare", old=2, new=1)).content.decode()
    assert back.index("1400亿元") < back.index("1335亿元")


def test_a_changed_figure_opens_its_evidence_in_the_version_it_stands_in(client, version, second):
    html = client.get(page("compare")).content.decode()
    for one in (version, second):
        assert f"evidence={one.run.sha12}%3A/indicators/0/target_value" in html or (
            f"evidence={one.run.sha12}:/indicators/0/target_value" in html
        )
    opened = client.get(page("compare", evidence=f"{second.run.sha12}:/indicators/0/target_value"))
    assert 'id="drawer"' in opened.content.decode()
    assert "1400" in opened.content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_changes_are_a_file_too(client, version, second, kind):
    response = client.get(page("compare", format=kind))
    assert response.status_code == 200
    if kind == "csv":
        lines = response.content.decode("utf-8-sig").splitlines()
        assert len(lines) == 2
        assert "1335亿元" in lines[1] and "1400亿元" in lines[1]


def test_filters_narrow_the_list(client, version, second):
    assert "1400亿元" in client.get(page("compare", sort="retargeted")).content.decode()
    assert "1400亿元" not in client.get(page("compare", q="没有")).content.decode()
    assert client.get(page("compare", sort="nonsense", table="nonsense")).status_code == 200


def test_a_version_that_the_reader_may_not_see_is_not_found(client, version, analyst):
    amended(version, analyst)
    assert client.get(page("compare", old=1, new=2)).status_code == 404
    for number in ("9", "x", "9" * 40, "-1"):
        assert client.get(page("compare", old=number)).status_code == 404
    client.force_login(analyst)
    assert client.get(page("compare", old=1, new=2)).status_code == 200


def test_with_one_version_the_page_says_so(client, version):
    assert "No second version" in client.get(page("compare")).content.decode()
    assert client.get(page("compare", format="csv")).status_code == 400


def test_the_line_shows_branches_and_counts_to_those_who_may_see_them(client, version, second, analyst):
    branch = amended(version, analyst, kind=Kind.MID_TERM, value="1500")
    public = client.get(page("versions")).content.decode()
    assert public.count("<circle") == 2
    assert "+0 −0 ~1" in public
    client.force_login(analyst)
    html = client.get(page("versions")).content.decode()
    assert html.count("<circle") == 3
    assert "Mid-term adjustment" in html and "Amendment" in html
    stops = {stop.version.pk: stop for stop in comparison.stops([version, second, branch])}
    assert (stops[branch.pk].lane, stops[branch.pk].before) == (1, version)
    assert (stops[second.pk].lane, stops[version.pk].lane) == (0, 0)


def test_a_changed_draft_is_compared_anew(version, analyst):
    draft = amended(version, analyst)
    assert comparison.difference(version, draft).counts["indicators"].changed == 1
    services.correct_row(
        actor=analyst, version=draft, sheet_name="indicators", position=1, values={"target_value": "9"}, revision=1
    )
    draft.refresh_from_db()
    assert comparison.difference(version, draft).counts["indicators"].changed == 2


def test_starting_twice_by_a_double_click_makes_one_draft(client, version, analyst):
    client.force_login(analyst)
    form = {"kind": "amendment", "reason": "中期调整", "document_number": NUMBER}
    assert client.post(page("amend", 1), form).url == client.post(page("amend", 1), form).url
    assert PlanVersion.objects.count() == 2


def test_publishing_an_amendment_without_its_document_is_refused_at_the_field(client, version, analyst):
    draft = amended(version, analyst)
    client.force_login(analyst)
    response = client.post(page("publish", draft.number), {"reason": "x"})
    assert response.status_code == 422
    assert "document_number" in response.context["form"].errors
    assert client.post(page("publish", draft.number), {"reason": "x", "document_number": NUMBER}).status_code == 302


def test_a_draft_is_discarded_in_the_browser(client, version, analyst):
    draft = amended(version, analyst)
    client.force_login(analyst)
    assert client.get(page("discard", draft.number)).status_code == 200
    assert client.post(page("discard", draft.number), {}).status_code == 422
    assert client.post(page("discard", draft.number), {"reason": "重复"}).status_code == 302
    draft.refresh_from_db()
    assert draft.status == PlanVersion.Status.DISCARDED
    assert client.post(page("discard", draft.number), {"reason": "重复"}).status_code == 422
    assert "Discarded: 重复" in client.get(page("versions")).content.decode()


def test_a_branch_is_brought_up_to_date_in_the_browser(client, version, analyst):
    branch = amended(version, analyst, kind=Kind.MID_TERM, value="1500")
    other = amended(version, analyst)
    services.publish_version(actor=analyst, version=other, document_number=NUMBER)
    client.force_login(analyst)
    assert "Bring the draft up to date" in client.get(page("review", branch.number)).content.decode()
    assert client.post(page("publish", branch.number), {"reason": "x", "document_number": NUMBER}).status_code == 422
    assert client.get(page("update", branch.number)).status_code == 200
    assert client.post(page("update", branch.number)).status_code == 302
    review = client.get(page("review", branch.number)).content.decode()
    assert "1500" in review and "1400" in review
    assert client.post(page("update", branch.number)).status_code == 422
    assert client.post(page("publish", branch.number), {"reason": "x", "document_number": NUMBER}).status_code == 302


def test_the_next_plan_is_begun_in_the_browser(client, version, analyst):
    client.force_login(analyst)
    form = client.get(page("next_plan", 1)).context["form"]
    assert len(form.fields) == 28
    response = client.post(
        page("next_plan", 1), {"actual_0": "1299.5", "finished": [form.fields["finished"].choices[0][0]]}
    )
    draft = PlanVersion.objects.get(kind=Kind.ROLL_OVER)
    assert response.url == f"{page('review', 1)}?plan={draft.plan.slug}&version=1"
    assert str(Target.objects.get(version=draft, position=0).base_text) == "1299.5"
    shown = client.get(response.url).content.decode()
    assert "its targets are still to be set" in shown
    assert "Compare with the document" not in shown
    assert client.post(page("next_plan", 1, plan=version.plan.slug), {"actual_0": "many"}).status_code == 422


def test_a_project_whose_date_is_over_may_be_carried_because_it_is_late(client, version, analyst):
    client.force_login(analyst)
    form = client.get(page("next_plan", 1)).context["form"]
    late = [name for name, _words in form.fields["late"].choices]
    done = [name for name, _words in form.fields["finished"].choices]
    assert late and done and not set(late) & set(done)
    client.post(page("next_plan", 1), {"finished": done[:1], "late": late[:1]})
    draft = PlanVersion.objects.get(kind=Kind.ROLL_OVER)
    names = list(Project.objects.filter(version=draft).values_list("name", flat=True))
    assert late[0] in names and not {late[1], done[0]} & set(names)
    carried = Project.objects.get(version=draft, name=late[0])
    old = Project.objects.get(version=version, name=late[0])
    assert (carried.finish, carried.plan_wan_yuan) == ("", None)  # nobody knows when it ends, or what is left
    assert (carried.total_wan_yuan, carried.sector) == (old.total_wan_yuan, old.sector)


def test_a_late_project_that_the_plan_does_not_have_is_refused(version, analyst):
    from zhizao.apps.plan import amending

    with pytest.raises(Refused, match="has no project"):
        amending.roll_over(actor=analyst, version=version, late=["没有的项目"])
    assert not PlanVersion.objects.filter(kind=Kind.ROLL_OVER).exists()


def test_the_next_plan_is_not_checked_against_the_document_of_the_plan_before(version, analyst, area):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from zhizao.apps.plan import amending, checking
    from zhizao.base.files.services import receive

    data = "规划（2021—2025年）".encode()
    file = receive(actor=analyst, upload=SimpleUploadedFile("a.txt", data), area=area, kinds={"txt"})
    PlanVersion.objects.filter(pk=version.pk).update(source_sha256=file.sha256)
    version.refresh_from_db()
    assert checking.source_of(version) == file
    draft = amending.roll_over(actor=analyst, version=version, actuals={}, finished=[])
    PlanVersion.objects.filter(pk=draft.pk).update(source_sha256=file.sha256)
    draft.refresh_from_db()
    assert checking.source_of(draft) is None


def test_codes_are_compared_in_words(client, version, analyst):
    from zhizao.apps.plan.models import Claim

    draft = services.start_draft(actor=analyst, version=version, reason="x", kind=Kind.CORRECTION)
    claim = Claim.objects.filter(version=draft, kind="count").first()
    services.correct_row(
        actor=analyst,
        version=draft,
        sheet_name="claims",
        position=claim.position,
        values={"kind": "target"},
        revision=1,
    )
    client.force_login(analyst)
    html = client.get(page("compare", old=1, new=draft.number)).content.decode()
    assert "target figure" in html
    assert ">target<" not in html
    assert "Of the figures of the text" not in html  # none new, none gone


def test_the_plan_above_stands_beside(client, version, analyst, area):
    above = Plan.objects.create(area=area.parent, slug="above", title="上级规划", first_year=2021, last_year=2025)
    other = PlanVersion.objects.create(
        plan=above, number=1, status="published", known_from=services.start_of(date(2021, 1, 1))
    )
    known = {"version": other, "unit": "亿元", "base_value": 5, "base_text": "5", "target_value": 9, "target_text": "9"}
    Target.objects.create(position=0, key="a", name="规模以上工业总产值", **known)
    Target.objects.create(position=1, key="b", name="数字经济增加值", **known)
    slug = version.plan.slug
    assert client.post(page("set_parent", plan=slug), {"parent": "above"}).status_code == 302
    version.plan.refresh_from_db()
    assert version.plan.parent is None
    client.force_login(analyst)
    assert client.post(page("set_parent", plan=slug), {"parent": "none"}).status_code == 404
    assert client.post(page("set_parent", plan=slug), {"parent": "above"}).status_code == 302
    response = client.get(page("parent", plan=slug))
    pairs = response.context["pairs"]
    (met,) = [pair for pair in pairs if pair.target and pair.above]
    assert (met.target.name, met.above.name, met.near) == ("规模工业总产值", "规模以上工业总产值", False)
    assert [pair.above.name for pair in pairs if pair.target is None] == ["数字经济增加值"]
    PlanVersion.objects.filter(pk=other.pk).update(status="draft", known_from=None)
    html = client.get(page("parent", plan=slug)).content.decode()
    assert "it has no published version yet" in html and "No plan above this one is named" not in html
    client.post(page("set_parent", plan="above"), {"parent": slug})
    above.refresh_from_db()
    assert above.parent is None


@pytest.mark.parametrize("name", ["discard", "update", "next_plan"])
def test_who_may_not_edit_acts_on_no_version(client, version, person, stranger, name):
    client.force_login(person("leader"))
    assert client.post(page(name, 1), {"reason": "x"}).status_code == 403
    client.force_login(stranger)
    assert client.post(page(name, 1), {"reason": "x"}).status_code == 403
    assert (PlanVersion.objects.count(), Plan.objects.count()) == (1, 1)


@pytest.mark.parametrize("name", ["discard", "update", "next_plan"])
def test_looking_back_no_version_is_acted_on(client, version, analyst, name):
    client.force_login(analyst)
    assert client.post(page(name, 1, as_of="2023-01-01"), {"reason": "x"}).status_code == 403
