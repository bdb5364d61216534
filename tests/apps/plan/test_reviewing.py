"""The review of a reading: marks in the document, decisions on rows, which hold when the document is read again."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.plan.checks import RULES, TEXT, check_now

pytestmark = pytest.mark.django_db
DATA = TEXT.encode()


@pytest.fixture(autouse=True)
def _own_rules(monkeypatch):
    from zhizao.engines.planlint import checking as check

    monkeypatch.setattr(check, "all_rules", lambda: RULES)


def take(area, actor, data=DATA, **options):
    from zhizao.apps.plan import services
    from zhizao.base.files.services import receive
    from zhizao.engines.planlint import read_document

    receive(actor=actor, upload=SimpleUploadedFile("qingxi.txt", data), area=area, kinds={"txt"})
    reading = read_document(data, file="qingxi.txt")
    return services.take_reading(actor=None, area=area, reading=reading, file="qingxi.txt", **options)


@pytest.fixture
def draft_read(area, analyst):
    return check_now(take(area, analyst))


@pytest.fixture
def browser(client, analyst):
    client.force_login(analyst, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    return client


def page(browser, version, **query):
    return browser.get(
        f"/plan/versions/{version.number}/reading/", {"version": version.number} | query
    ).content.decode()


def decide(browser, version, row, **words):
    name, position = row.rsplit("-", 1)
    address = f"/plan/versions/{version.number}/reading/{name}/{position}/?version={version.number}"
    return browser.post(address, {"revision": "1", **words}, follow=True)


def names(version):
    from zhizao.apps.plan.models import Target

    return list(Target.objects.filter(version=version).order_by("position").values_list("name", flat=True))


def test_each_row_stands_beside_the_words_it_was_read_from(draft_read, browser):
    shown = page(browser, draft_read, table="indicators")
    assert "3 rows were read from this part" in shown
    assert '<mark class="read">研发机构数' in shown
    assert '<mark class="read">120</mark>' in shown
    assert "研发机构达到&lt;b&gt;2030" in shown


def test_the_number_of_a_row_stands_at_its_name_not_at_a_category_before_it():
    from types import SimpleNamespace

    from zhizao.apps.plan import paper

    lines = ["类别\t指标\t2025年", "总量\t产值\t615"]
    sheet, row = SimpleNamespace(title="x"), SimpleNamespace(line=2, extra={})
    card = SimpleNamespace(row=row, number=1, href="", sheet=sheet, chosen=False, title="产值", cells=())
    markup = str(paper.blocks(lines, 1, paper.row_marks([card], lines, 1))[0].markup)
    assert '<mark class="read">产值</mark><a class="fn read" id="d1"' in markup
    assert '<mark class="read">总量</mark></td>' in markup


def test_the_chosen_row_stands_first_beside_the_document(draft_read, browser):
    shown = page(browser, draft_read, table="indicators", row="indicators-3")
    assert shown.index('id="r3"') < shown.index('id="r1"')
    assert 'id="d3"' in shown


def test_kept_decisions_name_row_and_column_in_words(draft_read, browser):
    decide(browser, draft_read, "indicators-2", action="accept")
    shown = page(browser, draft_read)
    assert "研发机构数</th><td>accepted" in shown
    assert "ind-" not in shown[shown.index("Decisions kept") :]


def test_the_chosen_row_has_its_frame_in_both_and_its_acts(draft_read, browser):
    shown = page(browser, draft_read, table="indicators", row="indicators-2")
    assert '<mark class="read sel">研发机构数' in shown
    assert "finding none sel" in shown
    assert 'value="reject"' in shown


def test_an_accepted_row_is_sure_and_stays_so_when_the_document_is_read_again(draft_read, browser, area, analyst):
    from zhizao.apps.plan.models import RowCorrection, Target

    Target.objects.filter(version=draft_read, position=1).update(confidence="0.6")
    assert "finding watch" in page(browser, draft_read, table="indicators", state="doubtful")
    assert "accepted" in decide(browser, draft_read, "indicators-2", action="accept").content.decode()
    assert Target.objects.get(version=draft_read, position=1).confidence == 1
    kept = RowCorrection.objects.get()
    assert (kept.table, kept.action, kept.sha256) == ("indicators", "accept", draft_read.source_sha256)
    assert kept.by == str(analyst)


def test_a_rejected_row_leaves_the_table_and_does_not_come_back(draft_read, browser, area, analyst):
    decide(browser, draft_read, "indicators-2", action="reject", reason="表头，不是指标")
    assert names(draft_read) == ["工业总产值", "工业增加值"]
    amended = take(area, analyst, DATA.replace("推动企业".encode(), "大力推动企业".encode()), plan=draft_read.plan)
    assert amended.pk != draft_read.pk
    assert names(amended) == ["工业总产值", "工业增加值"]
    assert "表头，不是指标" in page(browser, amended)


def test_positions_stay_without_gaps_after_a_rejection(draft_read, browser):
    from zhizao.apps.plan.models import Target

    decide(browser, draft_read, "indicators-1", action="reject", reason="x")
    assert list(Target.objects.filter(version=draft_read).values_list("position", flat=True)) == [0, 1]


def test_a_corrected_cell_survives_an_amended_document(draft_read, browser, area, analyst):
    from zhizao.apps.plan import services
    from zhizao.apps.plan.models import Target

    correct = {"sheet_name": "indicators", "position": 1, "values": {"growth_stated_pct": "14.9"}}
    services.correct_row(actor=analyst, version=draft_read, revision=1, **correct)
    moved = ("前言一段。\n\n" + TEXT).encode()
    amended = take(area, analyst, moved, plan=draft_read.plan)
    row = Target.objects.get(version=amended, position=1)
    assert (row.growth_text, row.line) == ("14.9", 25)
    assert any(problem["code"] == "planlint.corrections_other_document" for problem in amended.problems)


def test_a_cell_corrected_twice_keeps_what_was_read_first(draft_read, analyst):
    from zhizao.apps.plan import services
    from zhizao.apps.plan.models import RowCorrection

    for revision, value in ((1, "14.8"), (2, "14.9")):
        values = {"growth_stated_pct": value}
        services.correct_row(
            actor=analyst, version=draft_read, sheet_name="indicators", position=1, values=values, revision=revision
        )
    kept = RowCorrection.objects.get(column="growth_stated_pct")
    assert (kept.read, kept.value) == ("100", "14.9")


def test_a_correction_that_no_longer_fits_is_reported_and_not_applied(draft_read, area, analyst):
    from zhizao.apps.plan import services
    from zhizao.apps.plan.models import Target

    services.correct_row(
        actor=analyst,
        version=draft_read,
        sheet_name="indicators",
        position=1,
        values={"target_value": "125"},
        revision=1,
    )
    amended = take(area, analyst, TEXT.replace("\t120\n", "\t130\n").encode(), plan=draft_read.plan)
    assert Target.objects.get(version=amended, position=1).target_text == "130"
    assert any(problem["code"] == "planlint.correction_changed" for problem in amended.problems)


def accept_page(browser, version, *rows, **query):
    address = f"/plan/versions/{version.number}/reading/accept/?version={version.number}"
    address += "".join(f"&{key}={value}" for key, value in query.items())
    return browser.post(address, {"row": rows}, follow=True)


def test_the_sure_rows_of_a_page_are_accepted_at_once_and_the_next_undecided_is_shown(draft_read, browser):
    from zhizao.apps.plan.models import RowCorrection, Target
    from zhizao.base.audit.models import AuditEvent

    targets = Target.objects.filter(version=draft_read)
    targets.filter(position=0).update(confidence="0.95")
    targets.filter(position=1).update(confidence="0.6")
    shown = page(browser, draft_read, table="indicators")
    assert "Accept 2 sure rows of this page" in shown
    assert 'value="indicators-1:1"' in shown and 'value="indicators-2:1"' not in shown
    answer = accept_page(browser, draft_read, "indicators-1:1", "indicators-3:1", table="indicators")
    assert list(targets.values_list("confidence", flat=True)) == [1, Decimal("0.6"), 1]
    assert {(one.table, one.action) for one in RowCorrection.objects.all()} == {("indicators", "accept")}
    event = AuditEvent.objects.get(action="plan.rows.accept")
    assert event.details["rows"] == ["indicators-1", "indicators-3"]
    assert answer.redirect_chain[-1][0].endswith("table=indicators&row=indicators-2#d2")
    assert "2 rows are accepted." in answer.content.decode()


def test_a_doubtful_row_or_one_with_a_remark_is_not_accepted_with_the_others(draft_read, browser):
    from zhizao.apps.plan.models import RowCorrection, Target

    Target.objects.filter(version=draft_read, position=0).update(confidence="0.89")
    Target.objects.filter(version=draft_read, position=1).update(note="list without names")
    assert "Accept 1 sure row of this page" in page(browser, draft_read, table="indicators")
    accept_page(browser, draft_read, "indicators-1:1", "indicators-2:1", "nothing-1:1", "indicators-x:1")
    assert not RowCorrection.objects.exists()


def test_a_row_of_the_page_that_somebody_else_changed_keeps_all_from_being_accepted(draft_read, browser):
    from zhizao.apps.plan.models import RowCorrection

    answer = accept_page(browser, draft_read, "indicators-1:1", "indicators-2:7")
    assert "Somebody else has changed" in answer.content.decode()
    assert not RowCorrection.objects.exists()


def test_after_a_decision_the_next_undecided_row_is_shown_and_after_the_last_none(draft_read, browser):
    query = f"?version={draft_read.number}&table=indicators&state=open"
    address = f"/plan/versions/{draft_read.number}/reading/indicators/"
    went = [
        browser.post(f"{address}{number}/{query}", {"revision": "1", "action": "accept"})["Location"]
        for number in (2, 3, 1)
    ]
    assert [one.partition("row=")[2] for one in went] == ["indicators-3#d2", "indicators-1#d1", ""]
    assert all("table=indicators&state=open" in one for one in went)


def test_the_filters_stay_after_a_row_is_corrected_and_a_reason_is_asked_for(draft_read, browser):
    from zhizao.apps.plan.models import RowCorrection, Target
    from zhizao.base.audit.models import AuditEvent

    chosen = {"table": "indicators", "state": "open", "row": "indicators-2"}
    address = next(
        part.partition('"')[0].replace("&amp;", "&")
        for part in page(browser, draft_read, **chosen).split('href="')
        if "back=reading" in part.partition('"')[0]
    )
    form = browser.get(address).context["form"]
    assert "“target value as printed” (120) is emptied" in form.fields["target_value"].help_text
    cells = {name: value for name, value in form.initial.items() if name in form.fields} | {"target_value": "125"}
    assert browser.post(address, cells).status_code == 422
    assert Target.objects.get(version=draft_read, position=1).target_text == "120"
    answer = browser.post(address, cells | {"reason": "看错一行"})
    assert answer["Location"].endswith("table=indicators&state=open&row=indicators-2")
    assert set(RowCorrection.objects.values_list("reason", flat=True)) == {"看错一行"}
    assert AuditEvent.objects.get(action="plan.row.correct").details["reason"] == "看错一行"


def test_a_rejection_needs_a_reason(draft_read, browser):
    answer = decide(browser, draft_read, "indicators-2", action="reject", at="d2")
    assert answer.redirect_chain[-1][0].endswith("row=indicators-2#d2")
    shown = answer.content.decode()
    assert shown.count("Say why") == 2  # above the page, and where the reason is asked for
    assert shown.index("finding none sel") < shown.rindex("Say why")
    assert len(names(draft_read)) == 3


def test_a_row_that_somebody_else_changed_is_not_touched(draft_read, browser):
    answer = decide(browser, draft_read, "indicators-2", action="reject", reason="x", revision="7")
    assert "Somebody else has changed" in answer.content.decode()
    assert len(names(draft_read)) == 3


def test_a_published_version_is_only_looked_at(draft_read, browser):
    from zhizao.apps.plan import services

    version = services.publish_version(actor=None, version=draft_read)
    assert 'value="reject"' not in page(browser, version, row="indicators-1")
    assert (
        "published and cannot be changed" in decide(browser, version, "indicators-1", action="accept").content.decode()
    )


def test_without_the_document_rows_are_listed_and_the_document_is_asked_for(draft_read, browser):
    from zhizao.base.files.models import StoredFile

    StoredFile.objects.all().delete()
    shown = page(browser, check_now(draft_read), table="indicators")
    assert "The document is not at hand" in shown
    assert "研发机构数" in shown


@pytest.mark.parametrize("role", ["leader", "auditor", "bank", "enterprise_manager"])
def test_others_may_neither_look_nor_decide(draft_read, client, person, role):
    client.force_login(person(role), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/plan/versions/{draft_read.number}/reading/").status_code in (403, 404)
    assert (
        client.post(f"/plan/versions/{draft_read.number}/reading/indicators/1/", {"action": "accept"}).status_code
        == 403
    )
    assert len(names(draft_read)) == 3


def test_corrections_and_pack_are_downloaded_and_read_back(draft_read, browser, tmp_path, analyst):
    from zhizao.apps.plan import services
    from zhizao.engines.planlint import read_pack
    from zhizao.engines.planlint.corrections import read_corrections

    services.correct_row(
        actor=analyst,
        version=draft_read,
        sheet_name="indicators",
        position=1,
        values={"growth_stated_pct": "14.9"},
        revision=1,
    )
    address = f"/plan/versions/{draft_read.number}/reading/"
    query = {"version": draft_read.number}
    csv = browser.get(address, query | {"format": "corrections"})
    kept = read_corrections(csv.content)
    assert [(one.column, one.read, one.value) for one in kept if one.column == "growth_stated_pct"] == [
        ("growth_stated_pct", "100", "14.9")
    ]
    answer = browser.get(address, query | {"format": "pack"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path / "out")
    (folder,) = (tmp_path / "out").iterdir()
    pack = read_pack(folder)
    assert [str(record["growth_stated_pct"]) for record in pack.rows["indicators"]] == ["9.3", "14.9", "9.9"]
    assert (folder / "corrections.csv").read_bytes() == csv.content
    assert browser.get(address, query | {"format": "pack"}).content == answer.content


def test_a_pack_brings_its_corrections_along(draft_read, area, analyst, tmp_path):
    from zhizao.apps.plan import reviewing, services
    from zhizao.apps.plan.models import Plan, RowCorrection

    services.correct_row(
        actor=analyst,
        version=draft_read,
        sheet_name="indicators",
        position=1,
        values={"growth_stated_pct": "14.9"},
        revision=1,
    )
    with zipfile.ZipFile(io.BytesIO(reviewing.pack_zip(draft_read))) as archive:
        archive.extractall(tmp_path / "out")
    (folder,) = (tmp_path / "out").iterdir()
    before = RowCorrection.objects.count()
    RowCorrection.objects.all().delete()
    services.import_pack(actor=None, area=area, path=folder)
    assert RowCorrection.objects.filter(plan=Plan.objects.get()).count() == before


def test_a_long_table_stands_on_pages(draft_read, browser, monkeypatch):
    from zhizao.apps.plan import editing

    monkeypatch.setattr(editing, "ROWS_OF_PAGE", 2)
    address = f"/plan/versions/{draft_read.number}/indicators/"
    first = browser.get(address, {"version": draft_read.number}).content.decode()
    second = browser.get(address, {"version": draft_read.number, "page": 2}).content.decode()
    assert "3 rows" in first
    assert ("工业增加值" in first, "工业增加值" in second) == (False, True)
