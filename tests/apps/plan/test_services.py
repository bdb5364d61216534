"""Versions: published once, never changed, corrected only as drafts, and only by those who may."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from zhizao.apps.plan import amending, queries, services
from zhizao.apps.plan.models import PlanVersion, Target
from zhizao.apps.plan.sheets import SHEETS, record_of
from zhizao.base.audit.models import AuditEvent
from zhizao.base.events.models import Event
from zhizao.base.messages import queries as workbench
from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()
NUMBER = "南岸府发〔2023〕9号"


def records(version, name):
    return [record_of(SHEETS[name], row) for row in queries.rows(version, SHEETS[name].model)]


def replaced(version, actor, rows, name="suppliers"):
    columns = [column.name for column in SHEETS[name].columns]
    return amending.replace_table(
        actor=actor, version=version, sheet_name=name, records=rows, columns=columns, file="t.csv", reason="更正"
    )


def correct(version, actor, *, revision=1, **values):
    return services.correct_row(
        actor=actor, version=version, sheet_name="indicators", position=0, values=values, revision=revision
    )


def test_a_draft_is_seen_by_the_analysts_of_its_area_only(draft, analyst, staff, stranger, person):
    for actor, sees in [(analyst, True), (staff, True), (stranger, False), (person("leader"), False), (NOBODY, False)]:
        assert PlanVersion.objects.visible_to(actor).filter(pk=draft.pk).exists() is sees


def test_publishing_writes_audit_event_and_opens_the_run(version):
    assert version.run.public
    assert AuditEvent.objects.filter(action="plan.version.publish", target_id=str(version.pk)).count() == 1
    assert Event.objects.get(name="plan.version_published").payload["version"] == 1


@pytest.mark.parametrize("role", ["department_staff", "leader", "auditor", "park_operator", "bank"])
def test_who_may_not_publish_changes_nothing(draft, person, role):
    with pytest.raises(PermissionDenied):
        services.publish_version(actor=person(role), version=draft)
    draft.refresh_from_db()
    assert draft.is_draft
    assert not Event.objects.exists()


def test_an_analyst_of_another_area_may_not_touch_the_plan(version, stranger):
    with pytest.raises(PermissionDenied):
        services.start_draft(actor=stranger, version=version, reason="x")
    with pytest.raises(PermissionDenied):
        replaced(version, stranger, [])
    assert PlanVersion.objects.count() == 1


def test_a_published_version_cannot_be_corrected(version, analyst):
    with pytest.raises(Refused, match="published"):
        correct(version, analyst, base_value="1")
    assert Target.objects.get(version=version, position=0).base_value == Decimal("817.6")


def test_an_amendment_supersedes_and_the_past_keeps_the_earlier_version(version, analyst):
    draft = services.start_draft(actor=analyst, version=version, reason="中期调整")
    correct(draft, analyst, target_value="1400", target_printed="")
    services.publish_version(
        actor=analyst, version=draft, document_number=NUMBER, known_from=services.start_of(date(2023, 7, 1))
    )
    version.refresh_from_db()
    assert version.status == PlanVersion.Status.SUPERSEDED

    def target(day):
        return Target.objects.get(version=queries.version_at(NOBODY, version.plan, as_of=day), position=0).target_value

    assert target(None) == 1400
    assert target(date(2023, 6, 30)) == 1335
    assert queries.version_at(NOBODY, version.plan, as_of=date(2022, 3, 8)) is None


def test_a_draft_waits_on_the_workbench_of_the_analysts_until_it_is_published(version, staff, analyst):
    draft = services.start_draft(actor=staff, version=version, reason="中期调整")
    (todo,) = workbench.todos(analyst)
    assert "第2版" in todo.title
    assert list(workbench.todos(staff)) == []
    services.publish_version(actor=analyst, version=draft, document_number=NUMBER)
    assert list(workbench.todos(analyst)) == []
    assert [done.pk for done in workbench.done(analyst)] == [todo.pk]


def test_a_version_published_for_a_later_day_is_not_in_force_before_it(version, analyst):
    draft = services.start_draft(actor=analyst, version=version, reason="中期调整")
    tomorrow = timezone.localdate() + timedelta(days=1)
    services.publish_version(
        actor=analyst, version=draft, document_number=NUMBER, known_from=services.start_of(tomorrow)
    )
    assert queries.version_at(NOBODY, version.plan) == version
    assert queries.version_at(NOBODY, version.plan, as_of=tomorrow) == draft


def test_a_later_version_cannot_be_known_before_the_one_in_force(version, analyst):
    draft = services.start_draft(actor=analyst, version=version, reason="x")
    with pytest.raises(Refused, match="in force since 2022-03-09"):
        services.publish_version(
            actor=analyst, version=draft, document_number=NUMBER, known_from=services.start_of(date(2022, 1, 1))
        )
    version.refresh_from_db()
    assert version.status == PlanVersion.Status.PUBLISHED


def test_a_version_without_targets_is_not_published(version, analyst):
    draft = replaced(version, analyst, [], name="indicators")
    with pytest.raises(Refused, match="no targets"):
        services.publish_version(actor=analyst, version=draft, document_number=NUMBER)


def test_of_two_edits_of_one_row_the_second_sees_both_values(draft, analyst, staff):
    correct(draft, analyst, base_value="820")
    with pytest.raises(services.StaleEdit) as stale:
        correct(draft, staff, base_value="830")
    assert (stale.value.current.base_value, stale.value.current.revision) == (820, 2)
    assert correct(draft, staff, base_value="830", revision=2).base_value == 830


def test_a_correction_leaves_figures_that_open_the_corrected_value(draft, analyst):
    correct(draft, analyst, base_value="820.5", base_printed="")
    draft.refresh_from_db()
    from zhizao.base.evidence.queries import resolve

    assert resolve(analyst, f"{draft.run.sha12}:/indicators/0/base_value").value == "820.5"
    details = AuditEvent.objects.filter(action="plan.row.correct").latest("id").details
    assert details["changed"]["base_value"] == ["817.6", "820.5"]


def test_a_bad_cell_in_a_row_is_refused_by_its_column(draft, analyst):
    with pytest.raises(Refused) as refused:
        correct(draft, analyst, base_value="many", base_year="20")
    assert {problem.place.column for problem in refused.value.problems} == {"base_value", "base_year"}
    assert Target.objects.get(version=draft, position=0).base_value == Decimal("817.6")


def test_a_replaced_table_makes_a_draft_and_keeps_lines_and_other_tables(version, analyst):
    rows = [{k: v for k, v in r.items() if k not in ("line", "confidence")} for r in records(version, "suppliers")]
    rows[0]["local"] = 150
    draft = replaced(version, analyst, rows)
    assert (draft.number, draft.status, draft.based_on) == (2, "draft", version)
    assert records(draft, "suppliers")[0] | {"local": 145} == records(version, "suppliers")[0]
    assert records(draft, "indicators") == records(version, "indicators")
    assert records(version, "suppliers")[0]["local"] == 145


def test_a_replaced_table_with_bad_cells_lands_not_even_in_part(version, analyst):
    rows = records(version, "suppliers")
    rows[1]["total"], rows[2]["enterprise"] = "-3", None
    with pytest.raises(Refused) as refused:
        replaced(version, analyst, rows)
    assert [(p.place.row, p.place.column) for p in refused.value.problems] == [(3, "total"), (4, "enterprise")]
    assert PlanVersion.objects.count() == 1


def test_the_same_table_again_changes_nothing(version, analyst):
    with pytest.raises(Refused, match="same as in version 1"):
        replaced(version, analyst, records(version, "suppliers"))
    assert PlanVersion.objects.count() == 1


def test_a_number_beyond_what_both_databases_keep_is_refused(version, analyst):
    rows = records(version, "land")
    rows[0]["land_mu"] = "1234567890123456"
    with pytest.raises(Refused, match="too many digits"):
        replaced(version, analyst, rows, name="land")


def test_an_indicator_may_stand_once(version, analyst):
    rows = records(version, "indicators")
    with pytest.raises(Refused, match="stands in row 2 already"):
        replaced(version, analyst, [rows[0], rows[0]], name="indicators")


def test_a_corrected_figure_is_no_longer_quoted_as_printed(draft, analyst):
    row = correct(draft, analyst, base_value="820")
    assert (row.base_printed, row.target_printed) == ("", "1335")
    assert correct(draft, analyst, revision=2, base_value="821", base_printed="约821").base_printed == "约821"
