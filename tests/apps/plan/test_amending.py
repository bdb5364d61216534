"""Amendments, branches, discarded drafts, the next plan, the parent plan: what is required, kept, refused, audited."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from zhizao.apps.plan import amending, queries, services
from zhizao.apps.plan.models import Plan, PlanVersion, Project, RowCorrection, Target
from zhizao.apps.plan.sheets import SHEETS, record_of
from zhizao.base.audit.models import AuditEvent
from zhizao.base.messages import queries as workbench
from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db
Kind = PlanVersion.Kind
NUMBER = "甲府发〔2023〕9号"


def started(version, actor, *, kind=Kind.AMENDMENT, reason="中期调整", number=""):
    return services.start_draft(actor=actor, version=version, reason=reason, kind=kind, document_number=number)


def set_target(version, actor, value, *, position=0, revision=1):
    values = {"target_value": value, "target_printed": ""}
    return services.correct_row(
        actor=actor, version=version, sheet_name="indicators", position=position, values=values, revision=revision
    )


def target_of(version, position=0):
    return Target.objects.get(version=version, position=position).target_value


def publish(version, actor, day, number=NUMBER):
    known_from = services.start_of(day)
    return services.publish_version(actor=actor, version=version, document_number=number, known_from=known_from)


def records(version, name):
    return [record_of(SHEETS[name], row) for row in queries.rows(version, SHEETS[name].model)]


def replaced(version, actor, rows, name="suppliers"):
    columns = [column.name for column in SHEETS[name].columns]
    return amending.replace_table(
        actor=actor, version=version, sheet_name=name, records=rows, columns=columns, file="t.csv", reason="更正"
    )


# --- reason and document


@pytest.mark.parametrize("kind", [Kind.AMENDMENT, Kind.MID_TERM])
def test_what_decides_anew_is_not_published_without_a_document(version, analyst, kind):
    draft = started(version, analyst, kind=kind)
    with pytest.raises(Refused, match="names no document") as refused:
        services.publish_version(actor=analyst, version=draft)
    assert refused.value.problems[0].place.column == "document_number"
    draft.refresh_from_db()
    assert draft.is_draft
    published = services.publish_version(actor=analyst, version=draft, document_number=NUMBER)
    assert published.document_number == NUMBER
    details = AuditEvent.objects.get(action="plan.version.publish", target_id=str(draft.pk)).details
    assert (details["document_number"], details["reason"], details["kind"]) == (NUMBER, "中期调整", kind)


def test_a_correction_of_the_reading_needs_a_reason_and_no_document(version, analyst):
    draft = started(version, analyst, kind=Kind.CORRECTION, reason="")
    with pytest.raises(Refused, match="says no reason"):
        services.publish_version(actor=analyst, version=draft)
    assert services.publish_version(actor=analyst, version=draft, reason="误读").status == "published"


def test_the_number_given_at_the_start_holds_at_the_end(version, analyst):
    draft = started(version, analyst, number=NUMBER)
    assert services.publish_version(actor=analyst, version=draft).document_number == NUMBER


def test_only_a_corrected_reading_is_kept_for_the_next_reading(version, analyst):
    set_target(started(version, analyst), analyst, "1400")
    assert not RowCorrection.objects.exists()
    set_target(started(version, analyst, kind=Kind.CORRECTION), analyst, "1336")
    assert set(RowCorrection.objects.values_list("column", flat=True)) >= {"target_value"}


# --- one draft


def test_a_form_sent_twice_makes_one_draft(version, analyst, staff):
    first = started(version, analyst)
    assert started(version, analyst) == first
    assert started(version, staff) != first
    assert started(version, analyst, reason="另一原因") != first
    assert AuditEvent.objects.filter(action="plan.version.amend").count() == 3


def test_a_corrected_table_of_a_draft_changes_that_draft(version, analyst):
    draft = started(version, analyst, kind=Kind.CORRECTION)
    rows = records(draft, "suppliers")
    rows[0]["local"] = 150
    assert replaced(draft, analyst, rows) == draft
    assert PlanVersion.objects.count() == 2
    assert records(draft, "suppliers")[0]["local"] == 150
    draft.refresh_from_db()
    from zhizao.base.evidence.queries import resolve

    assert resolve(analyst, f"{draft.run.sha12}:/suppliers/0/local").value == 150


def test_a_page_that_shows_the_table_from_before_cannot_overwrite_the_new_one(version, analyst, staff):
    draft = started(version, analyst, kind=Kind.CORRECTION)
    rows = records(draft, "indicators")
    rows[0]["target_value"] = "1340"
    replaced(draft, analyst, rows, name="indicators")
    with pytest.raises(services.StaleEdit):
        set_target(draft, staff, "1500", revision=1)
    assert target_of(draft) == 1340


def test_a_corrected_table_of_the_version_in_force_goes_into_its_open_draft(version, analyst, staff):
    rows = records(version, "suppliers")
    rows[0]["local"] = 150
    draft = replaced(version, analyst, rows)
    land = records(version, "land")
    land[0]["land_mu"] = "161"
    assert replaced(version, staff, land, name="land") == draft
    rows[1]["local"] = 75
    with pytest.raises(Refused, match="has changed this table already"):
        replaced(version, analyst, rows)
    assert (PlanVersion.objects.count(), records(draft, "suppliers")[0]["local"]) == (2, 150)


def test_a_mid_term_branch_takes_no_corrected_tables_by_itself(version, analyst):
    branch = started(version, analyst, kind=Kind.MID_TERM)
    rows = records(version, "suppliers")
    rows[0]["local"] = 150
    assert replaced(version, analyst, rows) != branch


# --- discarding


def test_a_discarded_draft_is_not_worked_on_and_not_shown_to_others(version, analyst, staff, person):
    draft = started(version, staff)
    (_todo,) = workbench.todos(analyst)
    amending.discard_draft(actor=analyst, version=draft, reason="重复")
    draft.refresh_from_db()
    assert draft.status == PlanVersion.Status.DISCARDED
    assert list(workbench.todos(analyst)) == []
    with pytest.raises(Refused):
        set_target(draft, analyst, "1400")
    with pytest.raises(Refused):
        services.publish_version(actor=analyst, version=draft, document_number=NUMBER)
    with pytest.raises(Refused, match="no draft"):
        amending.discard_draft(actor=analyst, version=draft, reason="重复")
    for actor in (person("leader"), AnonymousUser()):
        assert not PlanVersion.objects.visible_to(actor).filter(pk=draft.pk).exists()
    assert queries.version_at(AnonymousUser(), version.plan) == version
    assert AuditEvent.objects.get(action="plan.version.discard").details["reason"] == "重复"
    assert started(version, staff) != draft


def test_what_is_published_cannot_be_discarded_and_strangers_discard_nothing(version, analyst, stranger):
    with pytest.raises(Refused, match="no draft"):
        amending.discard_draft(actor=analyst, version=version, reason="x")
    draft = started(version, analyst)
    with pytest.raises(PermissionDenied):
        amending.discard_draft(actor=stranger, version=draft, reason="x")
    draft.refresh_from_db()
    assert draft.is_draft


def test_a_pack_whose_draft_was_discarded_may_come_in_again(draft, area, analyst):
    from tests.apps.plan.conftest import PACK

    amending.discard_draft(actor=analyst, version=draft, reason="x")
    again = services.import_pack(actor=None, area=area, path=PACK)
    assert (again.number, again.is_draft, again.kind) == (2, True, Kind.ORIGINAL)


# --- the branch beside the main line


@pytest.fixture
def branched(version, analyst):
    """A mid-term branch that has changed targets 0 and 1; the main line has changed 1 and 2 meanwhile."""
    branch = started(version, analyst, kind=Kind.MID_TERM)
    set_target(branch, analyst, "1400")
    set_target(branch, analyst, "1350", position=1)
    other = started(version, analyst, reason="调整")
    set_target(other, analyst, "1320", position=1)
    set_target(other, analyst, "400", position=2)
    publish(other, analyst, date(2023, 7, 1))
    branch.refresh_from_db()
    return branch, other


def test_a_branch_that_does_not_know_the_version_in_force_is_not_published(branched, analyst):
    branch, other = branched
    with pytest.raises(Refused, match="does not know what version 3"):
        publish(branch, analyst, date(2024, 1, 1))
    other.refresh_from_db()
    assert other.status == PlanVersion.Status.PUBLISHED


def test_bringing_up_to_date_keeps_both_sides_and_tells_where_they_differ(branched, analyst):
    branch, other = branched
    updated, conflicts = amending.bring_up_to_date(actor=analyst, version=branch)
    assert [target_of(updated, position) for position in range(3)] == [1400, 1350, 400]
    assert (conflicts, updated.based_on) == (1, other)
    (problem,) = updated.problems
    assert problem["code"] == amending.MERGED
    assert {problem["params"]["ours"], problem["params"]["theirs"]} == {"1350", "1320"}
    assert publish(updated, analyst, date(2024, 1, 1)).status == "published"
    with pytest.raises(Refused):
        amending.bring_up_to_date(actor=analyst, version=updated)


def test_a_draft_that_is_up_to_date_stays_as_it_is(version, analyst):
    draft = started(version, analyst)
    with pytest.raises(Refused, match="knows all"):
        amending.bring_up_to_date(actor=analyst, version=draft)


def test_who_may_not_edit_brings_nothing_up_to_date(branched, stranger):
    branch, _other = branched
    with pytest.raises(PermissionDenied):
        amending.bring_up_to_date(actor=stranger, version=branch)
    assert target_of(branch, 2) != 400


# --- the next plan


def test_the_next_plan_begins_where_the_old_one_was_to_end(version, analyst):
    key = Target.objects.get(version=version, position=0).key
    draft = amending.roll_over(actor=analyst, version=version, actuals={key: (2025, Decimal("1299.5"))})
    assert (draft.kind, draft.based_on, draft.status, draft.number) == (Kind.ROLL_OVER, version, "draft", 1)
    assert draft.plan != version.plan
    assert (draft.plan.first_year, draft.plan.last_year, draft.plan.area) == (2026, 2030, version.plan.area)
    first, second = Target.objects.filter(version=draft)[:2]
    assert (first.base_year, first.base_value, first.target_year, first.target_value) == (
        2025,
        Decimal("1299.5"),
        2030,
        None,
    )
    assert (second.base_value, second.confidence) == (target_of(version, 1), Decimal("0.5"))
    assert "not an actual" in second.note
    assert Project.objects.filter(version=draft).count() == 4
    assert all("carried_from" in project.note for project in Project.objects.filter(version=draft))
    assert not Plan.objects.visible_to(AnonymousUser()).filter(pk=draft.plan.pk).exists()


def test_rolling_over_twice_makes_one_draft(version, analyst):
    assert amending.roll_over(actor=analyst, version=version) == amending.roll_over(actor=analyst, version=version)
    assert Plan.objects.count() == 2


def test_only_what_is_published_is_rolled_over_and_only_by_who_may_edit(draft, version, analyst, stranger):
    with pytest.raises(Refused, match="not published"):
        amending.roll_over(actor=analyst, version=started(version, analyst))
    with pytest.raises(PermissionDenied):
        amending.roll_over(actor=stranger, version=version)
    assert Plan.objects.count() == 1


# --- the parent plan


def test_a_plan_gets_a_parent_and_never_itself_or_a_descendant(version, analyst, stranger):
    plan = version.plan
    above = Plan.objects.create(area=plan.area, slug="above", title="上级规划")
    amending.set_parent(actor=analyst, plan=plan, parent=above)
    plan.refresh_from_db()
    assert plan.parent == above
    for wrong in (plan, above):
        with pytest.raises(Refused, match="stands below this plan"):
            amending.set_parent(actor=analyst, plan=above, parent=plan if wrong == plan else above)
    with pytest.raises(PermissionDenied):
        amending.set_parent(actor=stranger, plan=plan, parent=None)
    assert AuditEvent.objects.filter(action="plan.parent").count() == 1
    amending.set_parent(actor=analyst, plan=plan, parent=None)
    plan.refresh_from_db()
    assert plan.parent is None


# --- who sees what a draft leaves behind


def test_figures_and_files_of_a_draft_are_seen_by_its_editors_until_it_is_published(version, analyst, staff, person):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from zhizao.apps.plan.models import EDITORS
    from zhizao.base.evidence.models import Run
    from zhizao.base.files.models import StoredFile
    from zhizao.base.files.services import receive

    upload = SimpleUploadedFile("plan.txt", "规划\n".encode())
    file = receive(actor=analyst, upload=upload, area=version.plan.area, kinds={"txt"}, roles=EDITORS)
    draft = started(version, analyst)
    PlanVersion.objects.filter(pk=draft.pk).update(source_sha256=file.sha256)
    readers = [person(role) for role in ("leader", "auditor", "system_administrator")]

    def seen(actor):
        runs, files = Run.objects.visible_to(actor), StoredFile.objects.visible_to(actor)
        return runs.filter(pk=draft.run_id).exists(), files.filter(pk=file.pk).exists()

    assert [seen(actor) for actor in (analyst, staff)] == [(True, True)] * 2
    assert [seen(actor) for actor in readers] == [(False, False)] * 3
    services.publish_version(actor=analyst, version=draft, document_number=NUMBER)
    assert [seen(actor) for actor in readers] == [(True, True)] * 3
