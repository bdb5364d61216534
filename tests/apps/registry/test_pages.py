"""The register's pages: what they show to whom, what they refuse, and that the past can be opened but not changed."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from zhizao.apps.registry import queries, sections, services
from zhizao.apps.registry.models import Absorption, Attribute, NamePair
from zhizao.base.facts.models import Name, Subject
from zhizao.base.jobs.execution import execute
from zhizao.base.jobs.models import Job

pytestmark = pytest.mark.django_db


def url(name: str, firm: Subject | None = None, *more: object) -> str:
    return reverse(f"registry:{name}", args=[firm.id_part, *more] if firm else more)


@pytest.fixture
def browse(client):
    def as_(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_


@pytest.fixture
def other(area):
    return services.enter(actor=None, area=area, name="戊己门业有限公司", valid_from=None, source="")


def test_list_shows_the_area_and_exports_it(browse, analyst, firm, other):
    page = browse(analyst).get(url("list"))
    assert "甲乙制冷设备有限公司" in page.content.decode()
    assert "戊己门业有限公司" in browse(analyst).get(url("list"), {"q": "wuji"}).content.decode()
    assert "甲乙制冷" not in browse(analyst).get(url("list"), {"q": "wuji"}).content.decode()
    csv = browse(analyst).get(url("list"), {"format": "csv"}).content.decode("utf-8-sig")
    assert [line.split(",")[0].strip('"') for line in csv.splitlines()[1:]] == [
        "甲乙制冷设备有限公司",
        "戊己门业有限公司",
    ]


def test_export_for_completion_can_be_read_again(browse, analyst, firm):
    from zhizao.apps.registry import sheet

    data = browse(analyst).get(url("export")).content
    assert [row.cells["name"] for row in sheet.read(data, file="r.xlsx")] == ["甲乙制冷设备有限公司"]
    assert sheet.read.__doc__


def test_file_of_another_area_or_unknown_is_not_found(browse, person, firm, other_area):
    stranger = person("analyst", area=other_area)
    for name in ("file", "history", "state", "merge", "certify"):
        assert browse(stranger).get(url(name, firm)).status_code == 404
    assert browse(stranger).get("/registry/enterprises/nonsense/").status_code == 404


def test_contacts_are_shown_to_those_who_deal_with_the_enterprise_only(browse, person, firm):
    services.set_attribute(actor=None, subject=firm, name="contact_phone", value="0231234567", source="visit")
    operator = person("park_operator")
    services.join(actor=None, subject=firm, tree="park", parent=operator.organisation.name, source="licence")
    own = person("enterprise_manager")
    own.organisation.enterprise_key = firm.key
    own.organisation.save()
    shown = {
        role: ["0231234567" in browse(user).get(url(name, firm)).content.decode() for name in ("file", "history")]
        for role, user in {
            "own": own,
            "park_operator": operator,
            "leader": person("leader"),
            "auditor": person("auditor"),
        }.items()
    }
    assert shown == {
        "own": [True, True],
        "park_operator": [True, True],
        "leader": [False, False],
        "auditor": [False, False],
    }


def test_enterprise_opens_its_own_file_and_no_other(browse, person, firm, other):
    own = person("enterprise_reporter")
    own.organisation.enterprise_key = firm.id_part
    own.organisation.save()
    browser = browse(own)
    assert browser.get(url("own")).url == url("file", firm)
    assert browser.get(url("file", firm)).status_code == 200
    assert browser.get(url("file", other)).status_code == 404
    assert browser.get(url("list")).status_code == 403
    assert browser.get(url("state", firm)).status_code == 403


def test_fact_is_stated_through_the_form(browse, analyst, firm):
    data = {"what": "attribute:tier", "value": "骨干", "valid_from": "2024-01-01", "source": "list of 2024"}
    answer = browse(analyst).post(url("state", firm), data)
    assert answer.url == url("file", firm)
    fact = Attribute.objects.get()
    assert (fact.value, fact.valid_from, fact.source) == ("骨干", date(2024, 1, 1), "list of 2024")
    assert browse(analyst).get(url("file", firm)).content.decode().count("骨干") >= 2


@pytest.mark.parametrize(
    "data",
    [
        {"what": "attribute:employees", "value": "many"},
        {"what": "attribute:employees", "value": "1e400"},
        {"what": "code", "value": "9.15E+17"},
        {"what": "name:registered", "value": "丙丁有限公司"},
        {"what": "name:registered", "value": " ", "valid_from": "2024-01-01"},
        {"what": "attribute:tier", "value": "骨干", "valid_from": "2024-02-01", "valid_to": "2024-01-01"},
        {"what": "attribute:nonsense", "value": "x"},
        {"what": "attribute:tier", "value": "x" * 500},
        {"what": "tree:sector", "value": "\x00"},
        {},
    ],
)
def test_bad_fact_is_refused_at_its_field_and_nothing_changes(browse, analyst, firm, data):
    before = Name.objects.count()
    answer = browse(analyst).post(url("state", firm), {"source": "s"} | data)
    assert answer.status_code == 422
    assert (Attribute.objects.count(), Name.objects.count()) == (0, before)


def test_nothing_is_changed_looking_back(browse, analyst, firm):
    past = f"?as_of={timezone.localdate() - timedelta(days=3)}"
    page = browse(analyst).get(url("file", firm) + past)
    assert page.status_code == 200
    assert url("state", firm) not in page.content.decode()
    data = {"what": "attribute:tier", "value": "骨干", "source": "s"}
    assert browse(analyst).post(url("state", firm) + past, data).status_code == 403
    assert browse(analyst).get(url("enter") + past).status_code == 403
    assert browse(analyst).get(url("import") + past).status_code == 403
    assert not Attribute.objects.exists()


def test_merge_and_split_through_the_forms(browse, analyst, firm, other):
    browser = browse(analyst)
    data = {"survivor": firm.id_part, "reason": "one enterprise"}
    assert browser.post(url("merge", other), data).url == url("file", other)
    page = browser.get(url("file", other)).content.decode()
    assert url("file", firm) in page
    assert url("file", other) in browser.get(url("file", firm)).content.decode()
    assert "戊己" not in browser.get(url("list")).content.decode()
    assert "戊己" in browser.get(url("list"), {"state": "absorbed"}).content.decode()
    assert browser.post(url("split", other), {"reason": "two after all"}).url == url("file", other)
    assert "戊己" in browser.get(url("list")).content.decode()


@pytest.mark.parametrize("survivor", ["nonsense", "", "self"])
def test_merge_into_nothing_or_itself_is_refused(browse, analyst, firm, survivor):
    data = {"survivor": firm.id_part if survivor == "self" else survivor, "reason": "r"}
    assert browse(analyst).post(url("merge", firm), data).status_code == 422
    assert not Absorption.objects.exists()


def test_fact_is_withdrawn_or_ended_from_the_history(browse, analyst, firm):
    services.set_attribute(actor=None, subject=firm, name="tier", value="骨干", source="")
    act = url("take_back", firm, "attribute", Attribute.objects.get().pk)
    assert act in browse(analyst).get(url("history", firm)).content.decode()
    assert browse(analyst).post(act, {"last_day": "2023-12-31", "reason": "left"}).status_code == 302
    rows = Attribute.objects.all()
    assert [queries.facts_at(rows, on=date(y, 6, 1)).exists() for y in (2023, 2024)] == [True, False]
    assert browse(analyst).post(act, {"reason": "never"}).status_code == 302
    assert not queries.facts_at(rows, on=date(2023, 6, 1)).exists()
    assert browse(analyst).get(url("take_back", firm, "attribute", 999_999)).status_code == 404
    assert browse(analyst).get(url("take_back", firm, "subject", 1)).status_code == 404


def upload(browser, text: str, *, what: str = "register", name: str = "r.csv") -> Job:
    """Send a file and let the worker take it in."""
    file = SimpleUploadedFile(name, text.encode(), content_type="text/csv")
    answer = browser.post(url("import"), {"what": what, "file": file, "valid_from": "2024-01-01"})
    job = Job.objects.latest("pk")
    assert answer.url == job.get_absolute_url()
    execute(job.pk)
    job.refresh_from_db()
    return job


def test_register_is_taken_in_by_a_job_or_refused_with_row_and_column(browse, analyst, area):
    job = upload(browse(analyst), "企业名称,梯队\n甲有限公司,骨干\n")
    assert (job.state, job.result["entered"], job.result["url"]) == (Job.State.DONE, 1, url("list"))
    job = upload(browse(analyst), "企业名称,统一社会信用代码\n乙有限公司,9.15E+17\n")
    assert job.state == Job.State.FAILED
    assert [(item["place"]["row"], item["place"]["column"]) for item in job.problems] == [(2, "credit_code")]
    assert Name.objects.filter(kind="registered").count() == 1


def test_links_are_taken_in_by_a_job(browse, analyst, firm, other):
    row = f"{firm.id_part},{other.id_part},12.5,2024-01-01\n"
    job = upload(browse(analyst), "供应商,采购方,年金额（万元）,起始日期\n" + row, what="links")
    assert (job.state, job.result["facts"]) == (Job.State.DONE, 1)
    page = browse(analyst).get(url("file", other)).content.decode()
    assert firm.id_part in page
    assert browse(analyst).get(url("partners", other), {"format": "xlsx"}).status_code == 200
    assert browse(analyst).get(url("export_links")).status_code == 200


def test_a_file_that_is_none_is_refused_at_once(browse, analyst, area):
    assert browse(analyst).post(url("import"), {"valid_from": "2024-01-01"}).status_code == 422
    picture = SimpleUploadedFile("r.png", BytesIO(b"\x89PNG\r\n\x1a\n").read(), content_type="image/png")
    data = {"what": "register", "file": picture, "valid_from": "2024-01-01"}
    assert browse(analyst).post(url("import"), data).status_code == 422
    assert not Job.objects.exists()


@pytest.mark.parametrize("text", ["乙" * 201, "乙丙\n" * 1001])
def test_more_than_names_can_be_is_refused_before_anything_is_compared(browse, analyst, text, monkeypatch):
    from zhizao.apps.registry import resolving

    monkeypatch.setattr(resolving, "resolve", None)  # calling it would fail
    assert browse(analyst).post(url("resolve"), {"names": text}).status_code == 422


def test_names_are_resolved_and_the_doubtful_decided_for_good(browse, analyst, area):
    for name in ("乙丙门业有限公司", "乙丙印务有限公司"):
        services.enter(actor=None, area=area, name=name, valid_from=None, source="")
    browser = browse(analyst)
    page = browser.post(url("resolve"), {"names": "乙丙\n乙丙门叶\n丁戊\n", "keep": "on"}).content.decode()
    assert page.count('class="st watch"') == 2
    assert page.count('class="st good"') == 1
    assert page.count('class="st none"') == 1
    assert NamePair.objects.count() == 2
    first, second = NamePair.objects.order_by("candidate__key")
    browser.post(url("decide", None, first.pk), {"state": "refused"})
    again = browser.post(url("resolve"), {"names": "乙丙", "keep": "on"}).content.decode()
    assert first.candidate.id_part not in again
    browser.post(url("decide", None, second.pk), {"state": "accepted"})
    assert Name.objects.get(kind="alias").subject == second.candidate
    found = browser.post(url("resolve"), {"names": "乙丙"}).content.decode()
    assert found.count('class="st good"') == 1
    assert browser.post(url("decide", None, second.pk), {"state": "refused"}).status_code == 404


def test_other_apps_bring_sections_to_the_file(browse, analyst, firm, monkeypatch):
    monkeypatch.setattr(sections, "_providers", [])
    sections.add(lambda actor, subject, seen: sections.Section("A section", "registry/_plan.html", {"plans": []}))
    sections.add(lambda actor, subject, seen: None)
    assert "A section" in browse(analyst).get(url("file", firm)).content.decode()


def test_file_takes_a_bounded_number_of_queries(browse, analyst, firm, django_assert_max_num_queries):
    for number in range(20):
        services.add_name(actor=None, subject=firm, kind="alias", text=f"别名{number}", source="")
    browse(analyst).get(url("file", firm))
    with django_assert_max_num_queries(55):  # of all apps that have a section in it
        browse(analyst).get(url("file", firm))


def test_hostile_addresses_are_answered(browse, analyst, firm):
    for query in ("?q=%00", "?tier=x&sector=y&industry=%27", "?page=-1", "?per_page=1e9", "?as_of=1000-01-01"):
        assert browse(analyst).get(url("list") + query).status_code in (200, 400)
        assert browse(analyst).get(url("history", firm) + query).status_code in (200, 400)
