"""An issued brief keeps its bytes, its run and its template's version; only an analyst of the area issues."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from tests.apps.cockpit.conftest import AS_OF
from tests.apps.outlook.conftest import row

from zhizao.base.facts.models import AppendOnlyError
from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client, person):
    """``browser("leader")``: a client signed in with that role."""

    def sign_in(role):
        client.force_login(person(role))
        return client

    return sign_in


def test_an_issued_brief_keeps_its_bytes_run_and_version(issued, kept):
    from zhizao.base.files import store

    zh, en = sorted(issued, key=lambda one: one.language, reverse=True)
    assert (zh.language, en.language, zh.run, zh.template_version) == ("zh", "en", kept, 1)
    assert store.read(zh.docx_sha256)[:2] == b"PK" and store.read(en.pdf_sha256)[:4] == b"%PDF"
    for change in (zh.save, zh.delete, type(zh).objects.all().delete, lambda: type(zh).objects.update(language="en")):
        with pytest.raises(AppendOnlyError):
            change()


def test_issuing_the_same_again_changes_nothing_and_from_other_facts_is_refused(issued, made, kept):
    from zhizao.apps.cockpit import services
    from zhizao.apps.cockpit.models import Brief

    files = {"zh": {"docx": b"x", "pdf": b"y"}}
    assert services.issue(actor=None, made=made, run=kept, files=files) == [
        one for one in issued if one.language == "zh"
    ]
    assert Brief.objects.count() == 2
    other = services.keep(actor=None, made=replace(made, inputs=made.inputs | {"more": "0" * 64}))
    with pytest.raises(Refused, match="issued already"):
        services.issue(actor=None, made=made, run=other, files=files)


def test_only_an_analyst_of_the_area_issues(made, person):
    from tests.factories import make_area

    from zhizao.apps.cockpit import services
    from zhizao.base.jobs.models import Job

    for actor in (person("leader"), person("analyst", area=make_area(code="990202", name="乙区"))):
        with pytest.raises(PermissionDenied):
            services.keep(actor=actor, made=made)
        with pytest.raises(PermissionDenied):
            services.start(actor=actor, area=made.asked.area, kind=services.ISSUE, month="2024-06", as_of=AS_OF)
    assert not Job.objects.exists()


def test_the_job_writes_both_languages_and_twice_asked_is_one_job(area, figures, analyst):
    from zhizao.apps.cockpit import services
    from zhizao.apps.cockpit.models import Brief
    from zhizao.base.jobs import execution

    wish = {"actor": analyst, "area": area, "kind": services.ISSUE, "month": "2024-06", "as_of": AS_OF}
    job = services.start(**wish)
    assert services.start(**wish) == job
    execution.execute(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["url"]) == ("done", "/cockpit/briefs/2024-06/")
    assert sorted(Brief.objects.values_list("language", flat=True)) == ["en", "zh"]


def test_the_page_gives_the_issued_text_with_evidence_and_the_files_their_bytes(issued, browser):
    from zhizao.base.files import store

    leader = browser("leader")
    answer = leader.get("/cockpit/briefs/2024-06/")
    page = answer.content.decode()
    assert answer.status_code == 200 and "evidence=figure" in page and "模拟" in page
    assert leader.get("/cockpit/briefs/").status_code == 200
    assert leader.get("/cockpit/briefs/2024-06/sectors.json").json()["categories"] == ["电子", "装备"]
    zh = next(one for one in issued if one.language == "zh")
    assert leader.get(f"/cockpit/briefs/files/{zh.pk}/docx/").content == store.read(zh.docx_sha256)
    for missing in ("/cockpit/briefs/2024-05/", f"/cockpit/briefs/files/{zh.pk}/odt/", "/cockpit/briefs/x/"):
        assert leader.get(missing).status_code == 404
    assert leader.get("/cockpit/briefs/2024-06/?as_of=2024-07-20").status_code == 404  # it went out later
    assert leader.post("/cockpit/briefs/issue/", {"month": "2024-06", "as_of": "2024-07-20"}).status_code == 403


def test_another_areas_brief_does_not_exist(issued, client, person):
    from tests.factories import make_area

    client.force_login(person("analyst", area=make_area(code="990202", name="乙区")))
    for address in (f"files/{issued[0].pk}/docx/", f"{issued[0].pk}/difference/", "2024-06/?area=990101"):
        assert client.get(f"/cockpit/briefs/{address}").status_code == 404
    assert client.post(f"/cockpit/briefs/{issued[0].pk}/rebuild/").status_code == 404


def test_a_wrong_wish_is_refused_on_the_page_with_what_was_typed(area, figures, browser):
    from zhizao.base.jobs.models import Job

    analyst = browser("analyst")
    answer = analyst.post("/cockpit/briefs/issue/", {"month": "2024-01", "as_of": "2024-07-20"})
    assert answer.status_code == 422 and 'value="2024-01"' in answer.content.decode()
    assert not Job.objects.exists()
    assert analyst.post("/cockpit/briefs/issue/", {"month": "2024-06", "as_of": "2024-07-20"}).status_code == 302


def test_rebuilt_the_brief_reads_the_same_until_facts_or_words_are_others(area, issued, take, browser, monkeypatch):
    from zhizao.apps.cockpit import gathering, queries, services, template

    zh = next(one for one in issued if one.language == "zh")
    same = queries.difference(zh)
    assert (same.same_facts, same.same_words, same.lines) == (True, True, ())
    first = template.templates()[0]
    headline = [{"zh": "另一种写法。", "en": "Other words."}]
    second = template.Template(2, first.effective_from, first.data | {"version": 2, "headline": headline})
    monkeypatch.setattr(template, "templates", lambda: (first, second))
    other = queries.difference(zh)
    assert not other.same_words and ("+", "另一种写法。") in [(line.mark, line.text) for line in other.lines]
    page = browser("leader").get(f"/cockpit/briefs/{zh.pk}/difference/").content.decode()
    assert "另一种写法。" in page
    monkeypatch.undo()
    take(row("enterprise:a", "gross_output", "2024-01..06", 1000, "2024-07-19"), name="补录.csv")
    services.keep(actor=None, made=gathering.gather(gathering.ask(area, "2024-06", AS_OF)))
    changed = queries.difference(zh)
    assert not changed.same_facts and any("增长17.6%" in line.text for line in changed.lines)
    assert zh.run != changed.run


def test_the_leaders_page_says_what_is_known_and_what_nobody_computed(area, figures, browser):
    leader = browser("leader")
    page = leader.get("/cockpit/").content.decode()
    assert "+10.0" in page and "未知" in page
    assert "2024年1—6月" in leader.get("/cockpit/?as_of=2024-07-20").content.decode()


def test_nothing_computed_is_a_page_too(area, browser):
    leader = browser("leader")
    addresses = ("/cockpit/", "/cockpit/?as_of=2019-01-01", "/cockpit/briefs/")  # 2019: before the first template
    assert [leader.get(address).status_code for address in addresses] == [200, 200, 200]


def test_a_decision_opens_its_case_or_alarm_and_its_arithmetic(area, browser, monkeypatch):
    from types import SimpleNamespace

    from zhizao.apps.assist import leader_queries

    def decision(**more):
        alarm = SimpleNamespace(get_absolute_url=lambda: "/warning/alarms/7/")
        row = SimpleNamespace(measure=SimpleNamespace(name="转贷应急"), value_at="assist.queue:k1", alarm=alarm)
        about = {"name": "A厂", "case": None, "row": row, "avoided_wan_yuan": 1115.4, "hours": 16.0}
        return SimpleNamespace(**about | {"who": "尚无", "finding": "逾期", "simulated": True} | more)

    case = SimpleNamespace(get_absolute_url=lambda: "/cases/3/")
    found = [decision(), decision(case=case), decision(row=None, case=case, avoided_wan_yuan=None, hours=None)]
    monkeypatch.setattr(leader_queries, "decisions", lambda actor, area, as_of=None: found)
    page = browser("leader").get("/cockpit/").content.decode()
    assert page.index("A厂") < page.index('class="stat"')
    assert 'href="/warning/alarms/7/"' in page and page.count('href="/cases/3/"') == 2
    assert page.count("evidence=assist.queue%3Ak1") >= 4 and "1115" in page and "转贷应急" in page


def test_the_proposed_month_is_never_january(monkeypatch):
    from zhizao.apps.cockpit import pages

    found = []
    for month in (1, 2, 3, 7):
        monkeypatch.setattr(pages, "today", lambda month=month: dt.date(2025, month, 20))
        found.append(pages.proposed(None)["month"])
    assert found == ["2024-12", "2024-12", "2025-02", "2025-06"]


def test_no_month_without_figures_is_proposed(monkeypatch):
    from zhizao.apps.cockpit import pages

    monkeypatch.setattr(pages, "today", lambda: dt.date(2025, 7, 20))
    found = [pages.proposed(2025 * 12 + month - 1)["month"] for month in (5, 6, 7)]
    assert found == ["2025-05", "2025-06", "2025-06"]
