"""The trail is whole until somebody touches it, and then the row is named."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from zhizao.base.accounts.models import Area
from zhizao.base.audit import triggers
from zhizao.base.audit.chain import FIELDS, row_hash
from zhizao.base.audit.models import AuditEvent, AuditHead
from zhizao.base.audit.queries import verify
from zhizao.base.audit.services import record


@pytest.fixture
def trail(area, make_person):
    """Ten acts."""
    person = make_person("staff", area=area, role="department_staff")
    for number in range(1, 11):
        record(actor=person, action="tests.act", target=area, details={"n": number, "好": 1.5})
    return person


def sql(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def forge(row: int, **changes: object) -> None:
    """Change a row and give it the hash that then belongs to it, as one who knows the method would."""
    values = {**AuditEvent.objects.values(*FIELDS).get(id=row), **changes}
    AuditEvent.objects.filter(id=row).update(**changes, hash=row_hash(values))


def test_an_untouched_trail_is_whole(trail):
    result = verify()
    assert (result.ok, result.count, result.first_bad) == (True, 10, None)


def test_an_empty_trail_is_whole(db):
    assert verify().ok


@pytest.mark.parametrize("column", [name for name in FIELDS if name not in ("id", "at", "previous_hash")])
def test_a_changed_value_is_found_in_its_row(trail, column):
    value = None if column.endswith("_id") and column != "target_id" else "changed"
    sql(f"UPDATE audit_auditevent SET {column} = %s WHERE id = 4", value)
    assert (verify().ok, verify().first_bad) == (False, 4)


def test_a_changed_time_is_found(trail):
    sql("UPDATE audit_auditevent SET at = '2020-01-01 00:00:00+00:00' WHERE id = 7")
    assert verify().first_bad == 7


def test_a_row_changed_together_with_its_hash_breaks_the_next_one(trail):
    forge(4, actor_name="somebody else")
    assert verify().first_bad == 5


def test_a_last_row_changed_together_with_its_hash_is_not_the_one_the_head_names(trail):
    forge(10, actor_name="somebody else")
    assert verify().first_bad == 10


@pytest.mark.parametrize("row", [1, 5])
def test_a_removed_row_is_missed(trail, row):
    sql("DELETE FROM audit_auditevent WHERE id = %s", row)
    assert verify().first_bad == row


def test_a_cut_off_end_is_missed(trail):
    sql("DELETE FROM audit_auditevent WHERE id >= 9")
    assert (verify().count, verify().first_bad) == (8, 9)


def test_a_row_added_past_the_head_is_found(trail):
    last = AuditEvent.objects.values(*FIELDS, "hash").get(id=10)
    new = {**last, "id": 11, "previous_hash": last["hash"]}
    AuditEvent.objects.create(**{**new, "hash": row_hash(new)})
    assert verify().first_bad == 11


def test_an_act_and_its_row_are_kept_or_lost_together(area):
    with pytest.raises(RuntimeError), transaction.atomic():
        record(actor=None, action="tests.act", target=area)
        raise RuntimeError
    assert not AuditEvent.objects.exists() and verify().ok


def test_an_act_is_not_recorded_outside_a_transaction(committed, area):
    with pytest.raises(RuntimeError, match="atomic"):
        record(actor=None, action="tests.act", target=area)


@pytest.fixture
def guarded(trail) -> None:
    triggers.TRIGGERS.install(connection)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET actor_name = 'x' WHERE id = 3",
        "DELETE FROM audit_auditevent WHERE id = 3",
        "DELETE FROM audit_audithead",
        "UPDATE audit_audithead SET count = 3",
    ],
)
def test_the_database_itself_refuses_to_touch_the_trail(guarded, statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)
    assert verify().ok and verify().count == 10


def test_acts_are_still_recorded_under_the_triggers(guarded, area):
    record(actor=None, action="tests.act", target=area)
    assert verify().count == 11


def test_the_migration_puts_the_triggers_in_force():
    from importlib import import_module

    migration = import_module("zhizao.base.audit.migrations.0002_triggers")
    installs = triggers.TRIGGERS.operation().code.__qualname__
    assert [operation.code.__qualname__ for operation in migration.Migration.operations] == [installs]


def test_an_auditor_reads_his_area_and_exports_what_he_filtered(trail, area, other_area, make_person, sign_in):
    record(actor=None, action="tests.elsewhere", area=other_area)
    browser: Client = sign_in(make_person("auditor", area=area, role="auditor"))
    rows = list(csv.reader(io.StringIO(browser.get("/audit/?format=csv&action=tests").content.decode("utf-8-sig"))))
    assert len(rows) == 11
    assert "tests.elsewhere" not in str(rows)
    none = browser.get("/audit/?format=csv&actor_name=nobody").content.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(none)))) == 1
    assert '<span class="st good">' in browser.get("/audit/").content.decode()
    assert browser.get("/audit/verification/").context["result"].ok


def test_the_page_names_the_broken_row(trail, area, make_person, sign_in):
    sql("UPDATE audit_auditevent SET actor_name = 'x' WHERE id = 4")
    page = sign_in(make_person("auditor", area=area, role="auditor")).get("/audit/verification/")
    assert page.context["result"].first_bad == 4


def test_the_trail_of_a_root_area_includes_what_belongs_to_no_area(db, area, make_person):
    record(actor=None, action="tests.nowhere")
    below = Area.objects.create(code="part", name="Part", parent=area, path="region-a/part/")
    top, lower = make_person("top", area=area, role="auditor"), make_person("lower", area=below, role="auditor")
    assert AuditEvent.objects.visible_to(top).filter(action="tests.nowhere").exists()
    assert not AuditEvent.objects.visible_to(lower).filter(action="tests.nowhere").exists()


def test_the_head_counts(trail):
    assert AuditHead.objects.get().count == 10
