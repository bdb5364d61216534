"""Plan health: the check as a run, its page with and without the document, decisions, and what is shared."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.plan.checks import RULES, TEXT, check_now, stated

from zhizao.engines.planlint.finding import Number

pytestmark = pytest.mark.django_db
DATA = TEXT.encode()


@pytest.fixture(autouse=True)
def _own_rules(monkeypatch):
    from zhizao.engines.planlint import checking as check

    monkeypatch.setattr(check, "all_rules", lambda: RULES)


@pytest.fixture
def read(area, analyst):
    """The invented plan, read from its document and published; not checked yet."""
    from zhizao.apps.plan import services
    from zhizao.base.files.services import receive
    from zhizao.engines.planlint import read_document

    file = SimpleUploadedFile("qingxi.txt", DATA)
    receive(actor=analyst, upload=file, area=area, kinds={"txt"})
    reading = read_document(DATA, file="qingxi.txt")
    draft = services.take_reading(actor=None, area=area, reading=reading, file="qingxi.txt")
    return services.publish_version(actor=None, version=draft)


@pytest.fixture
def checked(read):
    return check_now(read)


@pytest.fixture
def at_desk(client):
    """The page of a person: ``at_desk(person)``."""

    def sit(person):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        client.cookies["django_language"] = "en"
        return client

    return sit


def page(client, **query):
    return client.get("/plan/health/", query).content.decode()


def names(version):
    from zhizao.apps.plan import checking

    return [one.id for one in checking.checked(version).report.findings]


# --- the run


def test_the_check_is_a_run_of_the_version_and_the_same_check_is_the_same_run(checked):
    again = check_now(checked)
    assert again.check_run == checked.check_run
    run = checked.check_run
    assert (run.engine, run.parameters["how"], run.parameters["version"]) == ("planlint", "check", 1)
    assert set(run.inputs) == {"rows", "rules", "source"}
    assert run.inputs["source"] == checked.source_sha256


def test_the_output_says_what_was_found_what_agrees_and_what_was_not_run(checked):
    from zhizao.base.files import store

    output = json.loads(store.read(checked.check_run.output_sha256))
    assert [one["rule"] for one in output["findings"]] == ["history.year", "growth.stated", "agreement.value"]
    assert output["not_run"][0]["missing"] == ["parents"]
    # 150 → 240 in five years is 9.9 % a year: base, target and growth agree; the other two stand in a finding
    agreed = [(one["row"], one["column"], one["text"]) for one in output["agreed"] if one["table"] == "indicators"]
    assert agreed == [(2, "base_value", "150"), (2, "target_value", "240"), (2, "growth_stated_pct", "9.9")]


def test_reading_and_publishing_ask_for_a_check_and_a_published_one_that_is_checked_asks_no_more(read, area):
    from zhizao.apps.plan import services
    from zhizao.base.jobs.models import Job

    # published before the check that the reading asked for has begun: that one will do
    assert Job.objects.filter(kind="plan.check").count() == 1
    Job.objects.update(state=Job.State.DONE)
    services.ask_for_check(read)
    assert Job.objects.filter(kind="plan.check").count() == 2
    assert services.is_checked(check_now(read))


def test_the_job_checks_a_version(read, analyst):
    from zhizao.apps.plan.models import PlanVersion
    from zhizao.base.jobs.execution import execute
    from zhizao.base.jobs.models import Job

    execute(Job.objects.filter(kind="plan.check").first().pk)
    assert PlanVersion.objects.get(pk=read.pk).check_run is not None


def test_rows_of_the_database_are_the_rows_that_were_read(read):
    """A check of the version sees what a check of its document sees, to the last printed digit."""
    from zhizao.apps.plan.correcting import engine_rows
    from zhizao.engines.planlint import read_document

    fresh = read_document(DATA, file="qingxi.txt").rows
    for table, records in engine_rows(read).items():
        assert len(records) == len(fresh[table]), table
        for kept, record in zip(records, fresh[table], strict=True):
            said = {name: None if value in (None, "") else str(value) for name, value in record.items()}
            assert {name: None if value is None else str(value) for name, value in kept.items()} | said == {
                name: None if value is None else str(value) for name, value in kept.items()
            }, table


# --- the page


def test_the_page_says_first_how_many_there_are(checked, at_desk, analyst):
    shown = page(at_desk(analyst))
    assert "1 errors, 1 warnings and 1 notes;" in shown
    assert "4 rules run, 1 not" in shown


def test_findings_stand_in_the_document_with_line_numbers_and_arithmetic(checked, at_desk, analyst):
    shown = page(at_desk(analyst), chapter=1)
    assert 'data-l="7"' in shown
    assert '<mark class="f none">2030' in shown
    assert '<mark class="f bad">100%<a class="fn bad" id="d2"' in shown
    assert "(120÷60)<sup>1/5</sup>−1" in shown
    assert "14.9%" in shown
    assert '<span class="v">150</span>' in shown


def test_words_of_the_document_are_escaped(checked, at_desk, analyst):
    shown = page(at_desk(analyst), chapter=1)
    assert "&lt;b&gt;" in shown
    assert "<b>2030" not in shown


def test_a_chapter_is_a_page_and_shows_only_its_own_findings(checked, at_desk, analyst):
    shown = page(at_desk(analyst), chapter=2)
    assert "980亿元" in shown
    assert 'id="f3"' in shown
    assert 'id="f1"' not in shown
    assert "9.3%，研发机构" not in shown


def test_a_chosen_finding_opens_its_chapter_and_its_frame(checked, at_desk, analyst):
    shown = page(at_desk(analyst), finding=names(checked)[2])
    assert "finding watch sel" in shown
    assert '<mark class="f watch sel">' in shown
    assert 'name="verdict" value="accepted"' in shown


@pytest.mark.parametrize(
    ("query", "seen", "hidden"),
    [
        ({"family": "growth"}, "stated as annual", "A year may stand"),
        ({"severity": "info"}, "A year may stand", "stated as annual"),
        ({"family": "growth", "severity": "warning"}, "Nothing was found in this chapter", "stated as annual"),
        ({"family": "nonsense"}, "Nothing was found in this chapter", "stated as annual"),
        ({"chapter": "99999999", "page": "x"}, "stated as annual", "980亿元，"),
    ],
)
def test_filters_stand_in_the_address(checked, at_desk, analyst, query, seen, hidden):
    shown = page(at_desk(analyst), **query)
    assert seen in shown
    assert hidden not in shown


def test_the_chosen_finding_stands_first_and_its_places_lead_into_the_document(checked, at_desk, analyst):
    browser = at_desk(analyst)
    shown = page(browser, finding=names(checked)[1])
    assert shown.index('id="f2"') < shown.index('id="f1"')
    assert "#l17" in shown
    assert "#d2" in shown


def test_what_was_judged_no_problem_is_not_counted_in_the_filters(checked, at_desk, analyst):
    browser = at_desk(analyst)
    every = len(names(checked))
    decide(browser, names(checked)[1], verdict="dismissed", reason="x")
    assert f"<b>{every - 1}</b>" in page(browser)
    assert f"all <b>{every}</b>" not in page(browser)


def test_parts_of_a_chapter_with_one_title_are_told_apart():
    from zhizao.apps.plan.checking import Chapter
    from zhizao.apps.plan.health_page import chapters_words

    chapters = [Chapter("第一章 基础 · 一 现状", 1, 9), Chapter("附件一", 10, 99), Chapter("附件一", 100, 120)]
    assert chapters_words(chapters) == ["第一章 一、现状", "附件一 · 第10—99行", "附件一 · 第100—120行"]


def test_rules_that_could_not_be_run_are_listed_with_what_they_need(checked, at_desk, analyst):
    shown = page(at_desk(analyst))
    assert "below the parent" in shown
    assert "a parent plan" in shown


def test_a_version_without_a_check_says_so_and_offers_one(read, at_desk, analyst):
    shown = page(at_desk(analyst))
    assert "has not been checked yet" in shown
    assert "Check now" in shown


def test_a_changed_row_makes_the_report_stale(checked, at_desk, analyst):
    from zhizao.apps.plan import services

    draft = services.start_draft(actor=analyst, version=checked, reason="r")
    draft = check_now(draft)
    services.correct_row(
        actor=analyst,
        version=draft,
        sheet_name="indicators",
        position=1,
        values={"growth_stated_pct": "14.9"},
        revision=1,
    )
    shown = page(at_desk(analyst), version=draft.number)
    assert "Rows have changed since this check" in shown
    check_now(draft)
    shown = page(at_desk(analyst), version=draft.number)
    assert "0 errors, 1 warnings" in shown
    assert "Rows have changed" not in shown


# --- without the document


@pytest.fixture
def packed(read):
    """The same version where nobody has uploaded the document."""
    from zhizao.base.files.models import StoredFile

    StoredFile.objects.all().delete()
    return check_now(read)


def test_without_the_document_findings_stand_by_line_and_the_document_is_asked_for(packed, at_desk, analyst):
    shown = page(at_desk(analyst))
    assert "The document is not at hand" in shown
    assert "stated as annual" in shown
    assert "980" not in shown  # what needs the text was not run
    assert "the document" in shown
    assert packed.source_sha256[:12] in shown


def test_another_document_is_refused_and_nothing_is_stored(packed, at_desk, analyst):
    from zhizao.base.files.models import StoredFile

    browser = at_desk(analyst)
    answer = browser.post("/plan/health/document/", {"file": SimpleUploadedFile("other.txt", DATA + b"x")}, follow=True)
    assert "This is another document" in answer.content.decode()
    assert not StoredFile.objects.exists()


def test_the_right_document_is_kept_and_shown_after_the_next_check(packed, at_desk, analyst):
    browser = at_desk(analyst)
    answer = browser.post("/plan/health/document/", {"file": SimpleUploadedFile("plan.txt", DATA)})
    assert answer["Location"].startswith("/jobs/")
    check_now(packed)
    assert "980亿元" in page(browser, chapter=2)


# --- decisions


def decide(browser, finding, **words):
    return browser.post(f"/plan/health/findings/{finding}/", {"at": "d2", **words})


def test_a_decision_is_kept_audited_and_counted(checked, at_desk, analyst):
    from zhizao.base.audit.models import AuditEvent

    browser = at_desk(analyst)
    finding = names(checked)[1]
    answer = decide(browser, finding, verdict="dismissed", reason="言明为五年合计")
    assert answer["Location"].endswith(f"finding={finding}#d2")
    shown = page(browser, finding=finding)
    assert "0 errors, 1 warnings and 1 notes" in shown
    assert "言明为五年合计" in shown
    assert "2 open · 1 decided" in shown
    event = AuditEvent.objects.filter(action="plan.finding.decide").get()
    assert (event.actor, event.details["verdict"]) == (analyst, "dismissed")


def carried_to(draft):
    from zhizao.apps.plan import judging

    judging.carry(check_now(draft))
    return {one.finding.partition(".")[0]: one for one in judging.decisions(draft).values()}


def test_a_decision_goes_along_to_the_next_draft_where_the_figures_are_the_same(checked, at_desk, analyst):
    from zhizao.apps.plan import judging, services
    from zhizao.base.audit.models import AuditEvent

    year, growth, _differs = names(checked)
    for finding in (year, growth):
        judging.decide(actor=analyst, version=checked, finding=finding, verdict="dismissed", reason="已核对")
    draft = services.start_draft(actor=analyst, version=checked, reason="r")
    services.correct_row(
        actor=analyst, version=draft, sheet_name="indicators", position=0, values={"nature": "预期性"}, revision=1
    )
    kept = carried_to(draft)
    assert {one.finding for one in kept.values()} == {year, growth}
    assert (kept["growth"].carried_from, kept["growth"].decided_by) == (checked, analyst)
    assert kept["growth"].decided_at == judging.decisions(checked)[growth].decided_at
    assert AuditEvent.objects.get(action="plan.finding.carry").details["findings"] == [year, growth]
    shown = page(at_desk(analyst), version=draft.number, finding=growth)
    assert "carried from version 1" in shown
    assert "1 open · 2 decided" in shown


def test_a_decision_stays_behind_where_the_figures_have_changed(checked, analyst, monkeypatch):
    from zhizao.apps.plan import checking, judging, services
    from zhizao.engines.planlint import checking as check

    for finding in names(checked)[:2]:
        judging.decide(actor=analyst, version=checked, finding=finding, verdict="dismissed", reason="已核对")
    draft = services.start_draft(actor=analyst, version=checked, reason="r")
    assert set(carried_to(draft)) == {"history", "growth"}

    def otherwise(facts):
        for finding in stated(facts):
            yield replace(finding, numbers=(*finding.numbers, Number("share", Decimal(1), "%")))

    monkeypatch.setattr(checking, "rules_sha256", lambda: "other rules")
    monkeypatch.setattr(check, "all_rules", lambda: (replace(RULES[0], find=otherwise), *RULES[1:]))
    assert set(carried_to(draft)) == {"history"}  # what was carried before the figures changed goes too


def test_a_word_of_the_drafts_own_stands_above_one_that_is_carried(checked, analyst):
    from zhizao.apps.plan import judging, services

    growth = names(checked)[1]
    judging.decide(actor=analyst, version=checked, finding=growth, verdict="dismissed", reason="已核对")
    draft = services.start_draft(actor=analyst, version=checked, reason="r")
    carried_to(draft)
    own = judging.decide(actor=analyst, version=check_now(draft), finding=growth, verdict="accepted")
    assert own.carried_from is None
    assert carried_to(draft)["growth"].verdict == "accepted"


def test_judged_otherwise_takes_the_severity_that_was_given(checked, at_desk, analyst):
    browser = at_desk(analyst)
    decide(browser, names(checked)[1], verdict="judged", severity="info", reason="小")
    assert "0 errors, 1 warnings and 2 notes" in page(browser)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"verdict": "dismissed"}, "Say why"),
        ({"verdict": "judged", "reason": "x", "severity": "dreadful"}, "Choose the severity"),
        ({"verdict": "accepted", "reason": "x" * 501}, "too long"),
    ],
)
def test_a_decision_without_its_words_is_refused(checked, at_desk, analyst, words, said):
    from zhizao.apps.plan.models import FindingDecision

    browser = at_desk(analyst)
    finding = names(checked)[1]
    answer = browser.post(f"/plan/health/findings/{finding}/?chapter=1", {"at": "d2", **words}, follow=True)
    shown = answer.content.decode()
    assert shown.count(said) == 2  # above the page, and at the finding
    assert answer.redirect_chain[-1][0].endswith("#d2")
    assert not FindingDecision.objects.exists()


def test_a_finding_that_is_gone_cannot_be_decided(checked, at_desk, analyst):
    answer = at_desk(analyst).post(
        "/plan/health/findings/growth.stated-00000000/", {"verdict": "accepted"}, follow=True
    )
    assert "no longer has this finding" in answer.content.decode()


@pytest.mark.parametrize("role", ["department_staff", "leader", "auditor"])
def test_who_may_read_the_report_may_not_decide(checked, at_desk, person, role):
    from zhizao.apps.plan.models import FindingDecision

    browser = at_desk(person(role))
    assert "1 errors" in page(browser)
    assert 'name="verdict"' not in page(browser, finding=names(checked)[1])
    assert decide(browser, names(checked)[1], verdict="accepted").status_code == 403
    assert not FindingDecision.objects.exists()


def test_the_report_of_another_area_is_not_found(checked, at_desk, stranger):
    browser = at_desk(stranger)
    assert browser.get("/plan/health/", {"plan": checked.plan.slug}).status_code == 404
    assert decide(browser, names(checked)[1], verdict="accepted").status_code == 404


def test_looking_back_nothing_can_be_decided(checked, at_desk, analyst):
    from django.utils import timezone

    browser = at_desk(analyst)
    day = timezone.localdate().isoformat()
    answer = browser.post(f"/plan/health/findings/{names(checked)[1]}/?as_of={day}", {"verdict": "accepted"})
    shown = browser.get("/plan/health/", {"as_of": day, "finding": names(checked)[1]})
    assert answer.status_code == 302 or answer.status_code == 403
    assert shown.status_code == 200


# --- what is shared


def inside(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("word/document.xml").decode()


def test_the_report_is_shared_as_html_docx_and_pdf_with_version_day_numbers_and_places(checked, at_desk, analyst):
    from zhizao.engines.planlint.report import present_pdf
    from zhizao.kernel.result import Refused

    browser = at_desk(analyst)
    html = browser.get("/plan/health/", {"format": "html"})
    docx = browser.get("/plan/health/", {"format": "docx"})
    day = checked.check_run.made_at.date().isoformat()[:7]
    for text in (html.content.decode(), inside(docx.content)):
        for words in (
            checked.plan.title,
            "version 1",
            day,
            "14.9%",
            "line 17",
            "stated as annual",
            "below the parent",
        ):
            assert words in text, words
    assert docx.content == browser.get("/plan/health/", {"format": "docx"}).content
    try:
        present_pdf.font()
    except Refused:
        assert browser.get("/plan/health/", {"format": "pdf"}).status_code == 400
    else:
        assert browser.get("/plan/health/", {"format": "pdf"}).content.startswith(b"%PDF-")
    assert browser.get("/plan/health/", {"format": "exe"}).status_code == 400


def test_the_letter_holds_what_was_accepted_and_nothing_else(checked, at_desk, analyst):
    browser = at_desk(analyst)
    assert browser.get("/plan/health/letter/").status_code == 400
    decide(browser, names(checked)[1], verdict="accepted")
    decide(browser, names(checked)[0], verdict="dismissed", reason="x")
    text = inside(browser.get("/plan/health/letter/").content)
    assert "stated as annual" in text
    assert "A year may stand" not in text
    assert "Accepted" not in text and "Growth rates" not in text  # how the office classed it is its own affair
    assert str(analyst.organisation) in text


def test_the_page_of_a_long_document_stays_small(area, analyst, at_desk):
    """5 MB of text: a chapter is cut into parts, and a page holds one."""
    from zhizao.apps.plan import services
    from zhizao.base.files.services import receive
    from zhizao.engines.planlint import read_document

    data = (TEXT + "这是一段没有数字的说明文字，只为把文件写长。\n\n" * 30_000).encode()
    receive(actor=analyst, upload=SimpleUploadedFile("long.txt", data), area=area, kinds={"txt"})
    draft = services.take_reading(actor=None, area=area, reading=read_document(data, file="long.txt"), file="long.txt")
    version = check_now(services.publish_version(actor=None, version=draft))
    shown = page(at_desk(analyst), plan=version.plan.slug)
    assert len(shown) < 300_000
    assert "stated as annual" in shown


def test_a_decision_on_a_finding_that_is_gone_asks_for_no_letter(checked, at_desk, analyst, monkeypatch):
    from zhizao.apps.plan import checking
    from zhizao.engines.planlint import checking as check

    browser = at_desk(analyst)
    decide(browser, names(checked)[1], verdict="accepted")
    assert "Make a letter with 1 correction" in page(browser)
    monkeypatch.setattr(check, "all_rules", lambda: RULES[1:])
    monkeypatch.setattr(checking, "rules_sha256", lambda: "other rules")
    check_now(checked)
    assert "Make a letter" not in page(browser)
